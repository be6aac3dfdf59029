package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/layout/layouttest"
)

// sample is some graphs that are measured together.
type sample struct {
	name   string
	graphs []layout.Graph
}

// generated are the graphs of a number of boxes each, without labels and with.
func generated(sizes []int) []sample {
	var all []sample
	for _, n := range sizes {
		all = append(all, sample{fmt.Sprintf("%d boxes", n), []layout.Graph{layouttest.Nested(n, 1)}})
	}
	for _, n := range sizes {
		if n <= 300 {
			all = append(all, sample{fmt.Sprintf("%d boxes, labels", n), []layout.Graph{layouttest.Labelled(layouttest.Nested(n, 1), 1)}})
		}
	}
	return all
}

// scanned are the views of the models below a folder, each folder directly below it a sample.
func scanned(dir string) ([]sample, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*", "*", "model.json"))
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	var all []sample
	for _, file := range files {
		name := filepath.Base(filepath.Dir(filepath.Dir(file)))
		graphs, err := views(file)
		if err != nil {
			return nil, err
		}
		if n := len(all); n == 0 || all[n-1].name != name {
			all = append(all, sample{name: name})
		}
		all[len(all)-1].graphs = append(all[len(all)-1].graphs, graphs...)
	}
	for i, s := range all {
		all[i].name = fmt.Sprintf("%s: %d views", s.name, len(s.graphs))
	}
	return all, nil
}

func views(file string) ([]layout.Graph, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	m, err := c4.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	names := make(map[string]string)
	for _, e := range m.Elements {
		names[e.ID] = e.Name
	}
	var graphs []layout.Graph
	for i := range m.Views {
		graphs = append(graphs, ofView(&m.Views[i], names))
	}
	return graphs, nil
}

// Sizes of a view's boxes, and about how wide a letter of a label or a title is.
const (
	cardW, cardH       = 228, 124
	letterW, rowH      = 6, 15
	titleLetterW, rows = 8, 34
	labelW             = 170
)

// ofView is a view as a graph, of boxes of one size and labels as large as their letters.
func ofView(v *c4.View, names map[string]string) layout.Graph {
	var g layout.Graph
	for _, n := range v.Nodes {
		g.Nodes = append(g.Nodes, layout.Node{
			ID: n.ID, Parent: n.Parent, Size: layout.Size{W: cardW, H: cardH},
			Title: layout.Size{W: min(400, max(80, titleLetterW*len(names[n.Element]))), H: rows},
		})
	}
	for i, l := range v.Lines {
		g.Edges = append(g.Edges, layout.Edge{ID: strings.Join([]string{l.Source, l.Target, strconv.Itoa(i)}, ">"), Source: l.Source, Target: l.Target, Label: labelSize(l)})
	}
	return g
}

func labelSize(l c4.Line) layout.Size {
	s := layout.Size{}
	for _, text := range []string{l.Description, l.Technology} {
		if text != "" {
			w := letterW * len(text)
			s.W = max(s.W, min(w, labelW))
			s.H += rowH * ((w + labelW - 1) / labelW)
		}
	}
	return s
}
