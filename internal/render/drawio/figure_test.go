package drawio_test

import (
	"iter"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/layout"
)

// plain draws a view in the plainest way: boundaries of one row of boxes below each other, straight lines with one bend. It is
// here so that these files do not change whenever the layout engine gets better.
func plain(m *c4.Model, v *c4.View) *figure.Figure {
	f := &figure.Figure{Model: m, View: v, Title: v.Title}
	d := &plainly{f: f, element: map[string]*c4.Element{}, children: map[string][]*c4.Node{}, at: map[string]layout.Rect{}}
	for i := range m.Elements {
		d.element[m.Elements[i].ID] = &m.Elements[i]
	}
	for i := range v.Nodes {
		d.children[v.Nodes[i].Parent] = append(d.children[v.Nodes[i].Parent], &v.Nodes[i])
	}
	w, h := d.inside("", 20, 80)
	f.W, f.H = w+40, h+100
	f.Parts = append([]figure.Part{{
		Kind: figure.Heading, Rect: layout.Rect{X: 20, Y: 20, W: max(w, 1), H: 50},
		Shapes: []figure.Shape{{Role: figure.RoleTitle, Text: v.Title, X: 20, Y: 42}, {Role: figure.RoleScope, Text: "where from", X: 20, Y: 62}},
	}}, f.Parts...)
	for i := range v.Lines {
		d.line(i, &v.Lines[i])
	}
	f.Parts = append(f.Parts,
		figure.Part{Kind: figure.Key, Rect: layout.Rect{X: 20, Y: h + 90, W: 140, H: 26}, Tip: "Container", Look: figure.Look{Kind: c4.Container, Shape: "box"}, Shapes: []figure.Shape{
			{Role: figure.RoleBox, Rect: layout.Rect{X: 20, Y: h + 90, W: 44, H: 26}}, {Role: figure.RoleKey, Text: "Container", X: 72, Y: h + 107},
		}},
		figure.Part{Kind: figure.Key, Rect: layout.Rect{X: 180, Y: h + 90, W: 140, H: 26}, Tip: "May", Look: figure.Look{Confidence: c4.May}, Shapes: []figure.Shape{
			{Role: figure.RoleWay, Path: []figure.Seg{{Op: 'M', P: [6]int{18000, 100 * (h + 103)}}, {Op: 'L', P: [6]int{21600, 100 * (h + 103)}}}}, {Role: figure.RoleKey, Text: "May", X: 232, Y: h + 107},
		}})
	return f
}

type plainly struct {
	f        *figure.Figure
	element  map[string]*c4.Element
	children map[string][]*c4.Node
	at       map[string]layout.Rect
}

// inside puts the nodes inside parent, from x, y on, and returns their width and height.
func (d *plainly) inside(parent string, x, y int) (w, h int) {
	left := x
	for _, n := range d.children[parent] {
		r := layout.Rect{X: x, Y: y, W: 200, H: 100}
		p := figure.Part{Kind: figure.Box, Node: n.ID, Element: n.Element, Folded: n.Folded}
		at := len(d.f.Parts)
		d.f.Parts = append(d.f.Parts, p)
		if len(d.children[n.ID]) > 0 {
			w, h := d.inside(n.ID, x+20, y+50)
			r.W, r.H = w+40, h+70
			d.f.Parts[at].Kind = figure.Frame
		}
		d.fill(&d.f.Parts[at], d.element[n.Element], r)
		d.at[n.ID] = r
		x += r.W + 60
		h = max(h, r.H)
	}
	return max(x-60-left, 0), h
}

func (d *plainly) fill(p *figure.Part, e *c4.Element, r layout.Rect) {
	p.Rect = r
	p.Look = figure.Look{Kind: e.Kind, External: e.External, Shape: "box"}
	switch {
	case p.Kind == figure.Frame:
		p.Look.Shape = "boundary"
	case e.Shape != "":
		p.Look.Shape = e.Shape
	}
	p.Tip = e.Name
	write := func(role figure.Role, s string, y, size int) {
		if s != "" {
			p.Shapes = append(p.Shapes, figure.Shape{Role: role, Text: s, X: r.X + 14, Y: r.Y + y, Face: figure.Face{Size: size}})
		}
	}
	meta := "[" + map[c4.Kind]string{c4.Person: "Person", c4.SoftwareSystem: "Software System", c4.Container: "Container", c4.Component: "Component", c4.Resource: "Resource"}[e.Kind]
	if e.Technology != "" {
		meta += ": " + e.Technology
	}
	write(figure.RoleName, e.Name, 28, 15)
	write(figure.RoleMeta, meta+"]", 46, 12)
	if p.Kind == figure.Frame {
		return
	}
	write(figure.RoleText, e.Description, 66, 13)
	for _, b := range e.Badges {
		write(figure.RoleBadge, b, 88, 11)
	}
	if e.Shape == "database" {
		p.Shapes = append(p.Shapes, figure.Shape{
			Role: figure.RoleIcon, Icon: "database", X: r.X + 170, Y: r.Y + 10, Size: 20,
			Path: []figure.Seg{{Op: 'M', P: [6]int{100 * (r.X + 170), 100 * (r.Y + 10)}}, {Op: 'L', P: [6]int{100*(r.X+190) + 50, 100 * (r.Y + 30)}}, {Op: 'Z'}},
		})
	}
}

func (d *plainly) line(i int, l *c4.Line) {
	s, t := d.at[l.Source], d.at[l.Target]
	a, c := layout.Point{X: s.X + s.W/2, Y: s.Bottom()}, layout.Point{X: t.X + t.W/2, Y: t.Bottom()}
	low := max(a.Y, c.Y) + 20
	p := figure.Part{Kind: figure.Line, Index: i, Way: []layout.Point{a, {X: a.X, Y: low}, {X: c.X, Y: low}, c}, Tip: l.Description, Look: figure.Look{Confidence: l.Confidence}}
	mid := (a.X + c.X) / 2
	p.Rect = layout.Rect{X: mid - 50, Y: low - 14, W: 100, H: 30}
	for k, w := range []string{l.Description, l.Technology} {
		if w != "" {
			p.Shapes = append(p.Shapes, figure.Shape{Role: []figure.Role{figure.RoleLabel, figure.RoleTech}[k], Text: w, X: mid, Y: low + 12*k, Middle: true, Face: figure.Face{Size: 12 - k}})
		}
	}
	d.f.Parts = append(d.f.Parts, p)
}

// all draws all views of m.
func all(m *c4.Model) iter.Seq2[*figure.Figure, error] {
	return func(yield func(*figure.Figure, error) bool) {
		for i := range m.Views {
			if !yield(plain(m, &m.Views[i]), nil) {
				return
			}
		}
	}
}
