package scene

import (
	"regexp"
	"strconv"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
)

// Outline is a view as a text tells it: which node is inside which, and the element of each.
type Outline struct {
	View     *c4.View
	element  map[string]*c4.Element // by node id
	node     map[string]*c4.Node
	children map[string][]string // node ids by parent, in the view's order
}

// Outlined reads v, a view of m. A view that names an element which m does not have is invalid, as is one with two nodes of
// the same id or a node in front of the one around it.
func Outlined(m *c4.Model, v *c4.View) (*Outline, error) {
	byID := make(map[string]*c4.Element, len(m.Elements))
	for i := range m.Elements {
		byID[m.Elements[i].ID] = &m.Elements[i]
	}
	o := &Outline{View: v, element: make(map[string]*c4.Element, len(v.Nodes)), node: make(map[string]*c4.Node, len(v.Nodes)), children: map[string][]string{}}
	for i := range v.Nodes {
		n := &v.Nodes[i]
		e := byID[n.Element]
		switch {
		case e == nil:
			return nil, fault.New(fault.Invalid, "view %q shows the element %q, which the model does not have", v.Key, n.Element)
		case o.element[n.ID] != nil:
			return nil, fault.New(fault.Invalid, "view %q has two nodes %q", v.Key, n.ID)
		case n.Parent != "" && o.element[n.Parent] == nil:
			return nil, fault.New(fault.Invalid, "view %q: node %q stands before the node around it", v.Key, n.ID)
		}
		o.element[n.ID], o.node[n.ID] = e, n
		o.children[n.Parent] = append(o.children[n.Parent], n.ID)
	}
	return o, nil
}

// Element returns the element of a node, or nil where the view has no such node.
func (o *Outline) Element(node string) *c4.Element { return o.element[node] }

// Node returns the node of that id, or nil.
func (o *Outline) Node(id string) *c4.Node { return o.node[id] }

// Children are the nodes inside a node, in the view's order; of "", those inside none.
func (o *Outline) Children(node string) []string { return o.children[node] }

// Walk goes through the nodes in the view's order, each inside the one around it: box is called with a node that holds nothing,
// enter and leave before and after what is inside a boundary.
func (o *Outline) Walk(box, enter, leave func(node string)) { o.walk("", box, enter, leave) }

func (o *Outline) walk(parent string, box, enter, leave func(string)) {
	for _, id := range o.children[parent] {
		if !o.Boundary(id) {
			box(id)
			continue
		}
		enter(id)
		o.walk(id, box, enter, leave)
		leave(id)
	}
}

// Boundary reports whether something is inside a node, which is then drawn as a boundary.
func (o *Outline) Boundary(node string) bool { return len(o.children[node]) > 0 }

// Name returns what a node is called, on one line: its element's name, or the id where that is blank.
func (o *Outline) Name(node string) string {
	e := o.element[node]
	if s := OneLine(e.Name); s != "" {
		return s
	}
	return OneLine(e.ID)
}

// Asides are what a picture says of a node in marks, in words: how many nodes a folded box stands for, the layer that it is
// drawn in, and its badges.
func (o *Outline) Asides(node string) []string {
	var out []string
	if n := o.node[node].Folded; n > 0 {
		out = append(out, "+"+strconv.Itoa(n)+" inside")
	}
	e := o.element[node]
	if l := OneLine(e.Layer); l != "" {
		out = append(out, "layer: "+l)
	}
	for _, b := range e.Badges {
		if b = OneLine(b); b != "" {
			out = append(out, b)
		}
	}
	return out
}

// About is the text below a name: the description, and what marks say in brackets.
func (o *Outline) About(node string) string {
	s := OneLine(o.element[node].Description)
	if a := o.Asides(node); len(a) > 0 {
		s = strings.TrimSpace(s + " [" + strings.Join(a, ", ") + "]")
	}
	return s
}

// LineText says what a line says, on one line: its description, and how many relationships it stands for where they are several.
// A description that says so itself, as that of a line between folded boxes does, stays as it is; one that ends with how many
// more descriptions there are, "(+1)", gets the count of relationships in its place.
func LineText(l *c4.Line) string {
	s := OneLine(l.Description)
	n := len(l.Relationships)
	if n < 2 {
		return s
	}
	count := strconv.Itoa(n) + " relationships"
	if s == count || strings.HasSuffix(s, "("+count+")") {
		return s
	}
	return strings.TrimSpace(Lead(l) + " (" + count + ")")
}

var others = regexp.MustCompile(` \(\+\d+\)$`)
