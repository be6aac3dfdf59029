// Package d2 writes one view as a diagram of D2 (d2lang.com/tour), the language of Terrastruct, versions 0.6 and later.
//
// A boundary becomes a container, an element the shape that D2 has for it, a relationship a connection whose strokes say how
// sure it is, as in our own pictures: unbroken, dashed, dotted. What a box has no room for, its rule and its evidence, is in
// the tooltip. Three things are written otherwise than one might expect: a label is broken into lines here, since D2 does not
// wrap; a text is one line to us, so line breaks inside a name become spaces; and characters that turn the direction of
// writing around are left out, letters of any direction are not. In tooltips alone "<" and ">" are the quotes that look like them.
package d2

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/scene"
)

// Render returns the diagram of v, a view of m. A view that names an element which m does not have is invalid, as is a line
// between nodes that the view does not have.
func Render(m *c4.Model, v *c4.View) ([]byte, error) {
	var out bytes.Buffer
	d, err := read(m, v, &out)
	if err != nil {
		return nil, err
	}
	d.Line("# Written by c4arch from evidence; tooltips say which.")
	d.Line("direction: down")
	d.Line("vars: {d2-config: {layout-engine: elk}}")
	d.classes()
	if s := scene.OneLine(scene.OrElse(v.Title, v.Key)); s != "" {
		d.Line("title: " + quote(wrap(s, titleWidth)) + " {shape: text; near: top-center; style: {font-size: 24; bold: true}}")
	}
	d.nodes("")
	for i := range v.Lines {
		d.connection(&v.Lines[i])
	}
	_ = d.Flush() // a buffer takes all
	return out.Bytes(), nil
}

// drawing is a view being written.
type drawing struct {
	*scene.Outline
	*scene.Lines
	path    map[string]string // by node id: the key from the root
	alias   map[string]string // by node id: its last part
	related map[string]*c4.Relationship
}

func read(m *c4.Model, v *c4.View, w io.Writer) (*drawing, error) {
	o, err := scene.Outlined(m, v)
	if err != nil {
		return nil, err
	}
	d := &drawing{Outline: o, Lines: scene.NewLines(w, "  "), path: map[string]string{}, related: make(map[string]*c4.Relationship, len(m.Relationships))}
	for i := range m.Relationships {
		d.related[m.Relationships[i].ID] = &m.Relationships[i]
	}
	for _, l := range v.Lines {
		if d.Element(l.Source) == nil || d.Element(l.Target) == nil {
			return nil, fault.New(fault.Invalid, "view %q has a line from %q to %q, and not both nodes", v.Key, l.Source, l.Target)
		}
	}
	d.alias = o.Identifiers("n_", "__", 6) // a word of its own has no two underscores
	for _, n := range v.Nodes {
		d.path[n.ID] = d.alias[n.ID]
		if n.Parent != "" {
			d.path[n.ID] = d.path[n.Parent] + "." + d.alias[n.ID]
		}
	}
	return d, nil
}

// nodes writes what is inside parent.
func (d *drawing) nodes(parent string) {
	for _, id := range d.Children(parent) {
		n, e := d.Node(id), d.Element(id)
		d.Open(d.alias[id]+":", quote(d.label(n)))
		d.Line("class: " + d.classOf(n))
		if s := shape(e); s != "" && !d.Boundary(id) {
			d.Line("shape: " + s)
		}
		if n.Folded > 0 {
			d.Line("style.multiple: true")
		}
		if k := len(d.Children(id)); k > 3 && len(d.View.Lines) == 0 {
			// Nothing but lines decides what stands below what; without them all would stand in one row.
			d.Line(fmt.Sprintf("grid-columns: %d", columns(k)))
		}
		if tip := tooltip(e); tip != "" {
			d.Line("tooltip: " + quote(tip))
		}
		d.nodes(id)
		d.Close()
	}
}

// columns make a grid of k boxes about as wide as it is high, boxes being wider than high.
func columns(k int) int {
	n := 1
	for n*n < k {
		n++
	}
	return n
}

func (d *drawing) connection(l *c4.Line) {
	var words []string
	if s := scene.OneLine(l.Description); s != "" {
		words = append(words, wrap(s, lineWidth))
	}
	if s := scene.OneLine(l.Technology); s != "" {
		words = append(words, wrap("["+s+"]", lineWidth))
	}
	if n := len(l.Relationships); n > 1 {
		words = append(words, fmt.Sprintf("(%d relationships)", n))
	}
	s := d.path[l.Source] + " -> " + d.path[l.Target]
	if len(words) > 0 {
		s += ": " + quote(strings.Join(words, "\n"))
	}
	d.Open(s)
	d.Line("class: " + confidence(l.Confidence))
	if tip := d.why(l); tip != "" {
		d.Line("tooltip: " + quote(tip))
	}
	d.Close()
}

// classOf is the class of a node: what a box is decides its colours, what a boundary is its outline.
func (d *drawing) classOf(n *c4.Node) string {
	e := d.Element(n.ID)
	switch {
	case d.Boundary(n.ID) && (e.Kind == c4.DeploymentNode || e.Kind == c4.InfrastructureNode):
		return "place"
	case d.Boundary(n.ID):
		return "boundary"
	case e.External:
		return "external"
	}
	if i := slices.IndexFunc(looks, func(l look) bool { return l.kind == e.Kind }); i >= 0 {
		return looks[i].class
	}
	return "element"
}
