// Package dot writes one view in the language of Graphviz (graphviz.org/doc/info/lang.html), for those who draw, measure or
// convert with its tools. Boundaries are clusters, the shape of a box says its kind, the style of a line its confidence, and
// the tooltip holds what the box does not show.
//
// Labels are plain strings: no HTML, no records, no ports. A line that ends at a boundary ends at the border of its cluster.
// docs/formats/dot.md says what gets lost.
package dot

import (
	"bytes"
	"fmt"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

// Render returns the graph of v, a view of m. A view that names an element which m does not have is invalid.
func Render(m *c4.Model, v *c4.View) ([]byte, error) {
	o, err := scene.Outlined(m, v)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	g := &graph{Outline: o, Lines: scene.NewLines(&out, "  "), id: o.Identifiers("n_", "_", 4)}
	g.head()
	g.nodes()
	for i := range v.Lines {
		g.edge(&v.Lines[i])
	}
	g.Close()
	_ = g.Flush() // a buffer takes all
	return out.Bytes(), nil
}

// graph is a view being written.
type graph struct {
	*scene.Outline
	*scene.Lines
	id map[string]string // identifier by node
}

func (g *graph) head() {
	title := scene.OneLine(g.View.Title)
	if title == "" {
		title = g.View.Key
	}
	g.Open("digraph", quote(g.View.Key))
	g.Line(attributes("graph",
		// compound lets a line end at the border of a cluster.
		"charset", "UTF-8", "compound", "true", "rankdir", direction(g.View.Kind), "label", wrap(title, 80, `\n`), "labelloc", "t",
		"tooltip", escape(scene.OneLine(g.View.Description)), "fontname", font, "fontsize", "16", "nodesep", "0.5", "ranksep", "0.8"))
	g.Line(attributes("node", "shape", "box", "style", "filled", "fontname", font, "fontsize", "11", "margin", "0.2,0.12"))
	g.Line(attributes("edge", "fontname", font, "fontsize", "9", "color", "#4a5058", "fontcolor", "#33383e"))
}

const font = "Helvetica,Arial,sans-serif"

// direction: what runs where is nested deeply and joined by few lines, and reads better from left to right.
func direction(k c4.ViewKind) string {
	if k == c4.Deployment {
		return "LR"
	}
	return "TB"
}

// nodes writes the nodes, boundaries as clusters.
func (g *graph) nodes() {
	g.Walk(func(id string) { g.Line(quote(g.id[id]), g.box(id)) }, func(id string) {
		g.Open("subgraph", quote("cluster_"+g.id[id]))
		g.Line(attributes("graph",
			"id", g.id[id], "label", g.label(id), "labeljust", "l", "fontsize", "12", "style", "rounded,dashed", "color", "#5b6470", "tooltip", g.tooltip(id)))
	}, func(string) { g.Close() })
}

func (g *graph) box(id string) string {
	l := look(g.Element(id))
	return attributes("", "id", g.id[id], "label", g.label(id), "shape", l.shape, "style", l.style, "fillcolor", l.fill, "fontcolor", l.text, "color", l.border,
		"tooltip", g.tooltip(id))
}

// label is what stands in a box: the name, what it is, and what marks say of it. Lines of a boundary begin at its left side.
func (g *graph) label(id string) string {
	e := g.Element(id)
	br := `\n`
	if g.Boundary(id) {
		br = `\l`
	}
	what := words[e.Kind]
	if e.External {
		what = "External " + strings.ToLower(what)
	}
	if t := scene.OneLine(e.Technology); t != "" {
		what += ": " + t
	}
	lines := []string{wrap(g.Name(id), 28, br), wrap("["+what+"]", 34, br)}
	if d := scene.OneLine(e.Description); d != "" && !g.Boundary(id) {
		lines = append(lines, "", wrap(d, 34, br))
	}
	for _, a := range g.Asides(id) {
		lines = append(lines, wrap("• "+a, 34, br))
	}
	s := strings.Join(lines, br)
	if g.Boundary(id) {
		s += br // ends a line that begins at the left
	}
	return s
}

// tooltip tells in full what a box is and what it rests on.
func (g *graph) tooltip(id string) string {
	e := g.Element(id)
	parts := []string{g.Name(id)}
	if d := scene.OneLine(e.Description); d != "" {
		parts = append(parts, d)
	}
	if e.Rule != "" {
		parts = append(parts, "Rule "+scene.OneLine(e.Rule))
	}
	for i := range e.Evidence {
		v := &e.Evidence[i]
		parts = append(parts, scene.OneLine(fmt.Sprintf("%s:%d %s %s", v.Input, v.Line, v.Property, v.Commitment)))
	}
	for i, p := range parts {
		parts[i] = escape(p)
	}
	return strings.Join(parts, `\n`)
}

func (g *graph) edge(l *c4.Line) {
	if g.id[l.Source] == "" || g.id[l.Target] == "" {
		return
	}
	s, tail := g.end(l.Source)
	t, head := g.end(l.Target)
	// The spaces keep the line, which is drawn at the label's edge, off the text.
	var lines []string
	if s := scene.LineText(l); s != "" {
		lines = append(lines, wrap(s, 26, ` \n `))
	}
	if tech := scene.OneLine(l.Technology); tech != "" {
		lines = append(lines, wrap("["+tech+"]", 26, ` \n `))
	}
	label := ""
	if lines != nil {
		label = " " + strings.Join(lines, ` \n `) + " "
	}
	style, width := stroke(l.Confidence)
	tip := escape(g.Name(l.Source) + " → " + g.Name(l.Target) + ": " + scene.LineText(l) + " (" + scene.OneLine(string(l.Confidence)) + ")")
	g.Line(quote(s) + " -> " + quote(t) + " " + attributes("", "label", label, "style", style, "penwidth", width, "ltail", tail, "lhead", head,
		"tooltip", tip, "labeltooltip", tip))
}

// end is the node that a line is tied to and, where the node is a boundary, the cluster at whose border it ends: Graphviz ties
// lines to nodes only, so the first one inside stands for the boundary.
func (g *graph) end(id string) (node, cluster string) {
	if !g.Boundary(id) {
		return g.id[id], ""
	}
	cluster = "cluster_" + g.id[id]
	for g.Boundary(id) {
		id = g.Children(id)[0]
	}
	return g.id[id], cluster
}

// stroke tells how sure a line is without colour.
func stroke(c c4.Confidence) (style, width string) {
	switch c {
	case c4.High:
		return "dashed", "1.2"
	case c4.May:
		return "dotted", "1.6"
	}
	return "solid", "1.2"
}
