package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/render/layout"
	"c4arch/internal/render/layout/layouttest"
)

// limit is how long dot may take for one graph.
const limit = time.Minute

// dot is graphviz's engine for directed graphs. Its time holds that of starting the process and of writing the answer.
func dot(splines string) engine {
	name := "dot, splines=" + splines
	return engine{name: name, curves: splines != "ortho", draw: func(g layout.Graph, _ *result, runs int) (*result, error) {
		source := dotSource(g, splines)
		var took, cpu []time.Duration
		var out []byte
		for range runs {
			ctx, cancel := context.WithTimeout(context.Background(), limit)
			cmd := exec.CommandContext(ctx, "dot", "-Tjson0")
			cmd.Stdin = strings.NewReader(source)
			var complaints bytes.Buffer
			cmd.Stderr = &complaints
			start := time.Now()
			o, err := cmd.Output()
			cancel()
			if err != nil {
				said, _, _ := strings.Cut(complaints.String(), "\n")
				return nil, fmt.Errorf("%s: %w: %.200s", name, err, said)
			}
			took, out = append(took, time.Since(start)), o
			cpu = append(cpu, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
		}
		d, err := fromDot(g, out)
		if err != nil {
			return nil, err
		}
		return &result{took: median(took), cpu: median(cpu), drawing: d}, nil
	}}
}

// dotSource writes a graph for dot: a pixel is a point.
func dotSource(g layout.Graph, splines string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph { compound=true; splines=%s; nodesep=%.3f; ranksep=%.3f; node [shape=box, fixedsize=true, label=\"\"]\n", splines, 48.0/72, 60.0/72)
	kids := make(map[string][]layout.Node)
	for _, n := range g.Nodes {
		kids[n.Parent] = append(kids[n.Parent], n)
	}
	var write func(parent string)
	write = func(parent string) {
		for _, n := range kids[parent] {
			if len(kids[n.ID]) == 0 {
				fmt.Fprintf(&b, "%s [width=%.4f, height=%.4f]\n", quote(n.ID), float64(n.Size.W)/72, float64(n.Size.H)/72)
				continue
			}
			fmt.Fprintf(&b, "subgraph %s { margin=28; labeljust=l; label=%s\n", quote("cluster "+n.ID), room(n.Title))
			write(n.ID)
			b.WriteString("}\n")
		}
	}
	write("")
	leaf := func(id string) (string, string) { // dot joins boxes only, and cuts a line at the boundary around one
		end := id
		for len(kids[end]) > 0 {
			end = kids[end][0].ID
		}
		if end == id {
			return end, ""
		}
		return end, "cluster " + id
	}
	for _, e := range g.Edges {
		s, tail := leaf(e.Source)
		t, head := leaf(e.Target)
		fmt.Fprintf(&b, "%s -> %s [id=%s", quote(s), quote(t), quote(e.ID))
		if tail != "" {
			fmt.Fprintf(&b, ", ltail=%s", quote(tail))
		}
		if head != "" {
			fmt.Fprintf(&b, ", lhead=%s", quote(head))
		}
		if e.Label.W > 0 && splines != "ortho" { // which has none
			fmt.Fprintf(&b, ", label=%s", room(e.Label))
		}
		b.WriteString("]\n")
	}
	b.WriteString("}\n")
	return b.String()
}

// room is a label of a size.
func room(s layout.Size) string {
	return fmt.Sprintf(`<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" FIXEDSIZE="TRUE" WIDTH="%d" HEIGHT="%d"><TR><TD> </TD></TR></TABLE>>`, max(1, s.W), max(1, s.H))
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ").Replace(s) + `"`
}

// fromDot reads dot's JSON. Its y grows upwards.
func fromDot(g layout.Graph, out []byte) (d layouttest.Drawing, err error) {
	var a struct {
		BB      string `json:"bb"`
		Objects []struct {
			Name, BB, Pos, Width, Height string
		} `json:"objects"`
		Edges []struct {
			ID, Pos, LP string
		} `json:"edges"`
	}
	if err := json.Unmarshal(out, &a); err != nil {
		return d, fmt.Errorf("dot: %w", err)
	}
	page := numbers(a.BB)
	if len(page) != 4 {
		return d, fmt.Errorf("dot: the page is %q", a.BB)
	}
	top := page[3]
	at := make(map[string]layout.Rect)
	for _, o := range a.Objects {
		if n := numbers(o.BB); len(n) == 4 {
			at[strings.TrimPrefix(o.Name, "cluster ")] = rect([4]float64{n[0], top - n[3], n[2] - n[0], n[3] - n[1]})
		} else if p, w, h := numbers(o.Pos), numbers(o.Width), numbers(o.Height); len(p) == 2 && len(w) == 1 && len(h) == 1 {
			at[o.Name] = rect([4]float64{p[0] - w[0]*36, top - p[1] - h[0]*36, w[0] * 72, h[0] * 72})
		}
	}
	ends := make(map[string]layout.Edge)
	for _, e := range g.Edges {
		ends[e.ID] = e
	}
	d = layouttest.Drawing{Size: layout.Size{W: round(page[2]), H: round(top)}, Boxes: frames(g, at)}
	for _, e := range a.Edges {
		l := layouttest.Line{ID: e.ID, Source: ends[e.ID].Source, Target: ends[e.ID].Target, Points: sampled(e.Pos, top)}
		if p := numbers(e.LP); len(p) == 2 {
			size := ends[e.ID].Label
			l.Label = rect([4]float64{p[0] - float64(size.W)/2, top - p[1] - float64(size.H)/2, float64(size.W), float64(size.H)})
		}
		d.Lines = append(d.Lines, l)
	}
	return d, nil
}

func numbers(s string) []float64 {
	var all []float64
	for f := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		n, err := strconv.ParseFloat(f, 64)
		if err != nil {
			return nil
		}
		all = append(all, n)
	}
	return all
}

// samples is how many points of a curve stand for it.
const samples = 12

// sampled makes a polyline of a chain of Bézier curves, with the arrowheads at its ends.
func sampled(pos string, top float64) []layout.Point {
	var points [][2]float64
	var head, tail *[2]float64
	for _, word := range strings.Fields(pos) {
		to := &points
		end, isEnd := strings.CutPrefix(word, "e,")
		start, isStart := strings.CutPrefix(end, "s,")
		n := numbers(start)
		switch {
		case len(n) != 2:
			continue
		case isEnd:
			head = &[2]float64{n[0], n[1]}
		case isStart:
			tail = &[2]float64{n[0], n[1]}
		default:
			*to = append(*to, [2]float64{n[0], n[1]})
		}
	}
	var line []layout.Point
	put := func(x, y float64) { line = append(line, layout.Point{X: round(x), Y: round(top - y)}) }
	if tail != nil {
		put(tail[0], tail[1])
	}
	for i := 0; i+3 < len(points); i += 3 {
		for k := range samples + 1 {
			t := float64(k) / samples
			u := 1 - t
			a, b, c, d := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
			put(a*points[i][0]+b*points[i+1][0]+c*points[i+2][0]+d*points[i+3][0],
				a*points[i][1]+b*points[i+1][1]+c*points[i+2][1]+d*points[i+3][1])
		}
	}
	if head != nil {
		put(head[0], head[1])
	}
	return line
}
