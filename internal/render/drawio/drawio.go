// Package drawio writes figures as a file of draw.io (drawio.com), uncompressed, one page a view.
//
// Places, sizes and ways are those of the figure, so that the page looks as our own picture does, and everything on it is a
// thing of draw.io: boundaries are containers, lines are joined to their ends and follow when a box is moved, names,
// technologies and descriptions are the properties that draw.io's own C4 shapes have (c4Name, c4Type, c4Technology,
// c4Description), and a box that a view is inside of links to its page. Rule, evidence and owner are properties too (Edit Data).
//
// A label is made of these properties, so that it changes with them, where that looks as it should. It is written out where a
// text had to be shortened to fit, where two properties would not do, and where a text has characters that draw.io would take
// for markup. Colours are those of the light theme. The file says nothing of when or where it was written.
package drawio

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"slices"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/scene"
)

// Write writes a page for each figure, in the order in which they come. It stops at the first error of pages and returns it.
func Write(w io.Writer, pages iter.Seq2[*figure.Figure, error]) error {
	p := &printer{w: bufio.NewWriter(w)}
	p.text(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	p.open("mxfile", "host", "c4arch", "compressed", "false")
	keys, count := names{}, 0
	for f, err := range pages {
		if err != nil {
			return err
		}
		if err := p.page(f, keys.unused(f.View.Key)); err != nil {
			return err
		}
		count++
	}
	if count == 0 {
		// draw.io does not open a file without a page.
		p.open("diagram", "id", "empty", "name", "Nothing to show")
		p.root(0, 0)
		p.close("root", "mxGraphModel", "diagram")
	}
	p.close("mxfile")
	return p.w.Flush() // holds the first error of any write
}

// root opens a page down to its layer, the cell "1".
func (p *printer) root(w, h int) {
	p.open("mxGraphModel", "dx", "0", "dy", "0", "grid", "0", "gridSize", "10", "guides", "1", "tooltips", "1", "connect", "1", "arrows", "1", "fold", "1",
		"page", "1", "pageScale", "1", "pageWidth", number(max(w, 1)), "pageHeight", number(max(h, 1)), "math", "0", "shadow", "0")
	p.open("root")
	p.leaf("mxCell", "id", "0")
	p.leaf("mxCell", "id", "1", "parent", "0")
}

// names are the ids that are taken.
type names map[string]bool

func (n names) unused(id string) string {
	s := id
	for i := 2; n[s]; i++ {
		s = fmt.Sprintf("%s-%d", id, i)
	}
	n[s] = true
	return s
}

// sheet is a page being written.
type sheet struct {
	*printer
	f             *figure.Figure
	elements      map[string]*c4.Element
	relationships map[string]*c4.Relationship
	ids           names
	cell          map[string]string       // cell id by node
	rect          map[string]layout.Rect  // by node
	parent        map[string]string       // node by node
	boundary      map[string]*figure.Part // by node
	turned        map[string]bool         // by node: a shape that is turned by a quarter
	theme         figure.Theme
}

func (p *printer) page(f *figure.Figure, key string) error {
	s, err := newSheet(p, f)
	if err != nil {
		return err
	}
	p.open("diagram", "id", key, "name", scene.OneLine(orElse(f.View.Title, f.View.Key)))
	p.root(f.W, f.H)
	for _, kind := range []figure.PartKind{figure.Heading, figure.Frame, figure.Box, figure.Line, figure.Key} {
		for i := range f.Parts {
			if part := &f.Parts[i]; part.Kind == kind {
				s.part(part, i)
			}
		}
	}
	p.close("root", "mxGraphModel", "diagram")
	return nil
}

func newSheet(p *printer, f *figure.Figure) (*sheet, error) {
	s := &sheet{
		printer: p, f: f, elements: map[string]*c4.Element{}, relationships: map[string]*c4.Relationship{}, theme: figure.Light,
		ids: names{"0": true, "1": true}, cell: map[string]string{}, rect: map[string]layout.Rect{}, parent: map[string]string{}, boundary: map[string]*figure.Part{}, turned: map[string]bool{},
	}
	if f.Model == nil {
		return nil, fault.New(fault.Internal, "the figure of view %q has no model", f.View.Key)
	}
	for i := range f.Model.Elements {
		s.elements[f.Model.Elements[i].ID] = &f.Model.Elements[i]
	}
	for i := range f.Model.Relationships {
		s.relationships[f.Model.Relationships[i].ID] = &f.Model.Relationships[i]
	}
	for i := range f.Parts {
		p := &f.Parts[i]
		if p.Kind != figure.Box && p.Kind != figure.Frame {
			continue
		}
		if s.elements[p.Element] == nil {
			return nil, fault.New(fault.Invalid, "view %q shows the element %q, which the model does not have", f.View.Key, p.Element)
		}
		s.cell[p.Node], s.rect[p.Node] = s.ids.unused("n-"+digest(p.Node)), p.Rect
		if p.Kind == figure.Frame {
			s.boundary[p.Node] = p
		} else {
			s.turned[p.Node] = p.Folded == 0 && p.Look.Shape == "queue"
		}
	}
	for _, n := range f.View.Nodes {
		if s.boundary[n.Parent] != nil {
			s.parent[n.ID] = n.Parent
		}
	}
	return s, nil
}

func (s *sheet) part(p *figure.Part, index int) {
	switch p.Kind {
	case figure.Heading:
		s.heading(p)
	case figure.Frame, figure.Box:
		s.node(p)
	case figure.Line:
		s.line(p)
	case figure.Key:
		s.key(p, index)
	}
}

// inside returns the cell that a node is put into, and its corner, from which places inside count.
func (s *sheet) inside(node string) (cell string, at layout.Rect) {
	if p := s.parent[node]; p != "" {
		return s.cell[p], s.rect[p]
	}
	return "1", layout.Rect{}
}

// common is the innermost boundary around both nodes, "" for the sheet. A node is not around itself.
func (s *sheet) common(a, b string) string {
	var around []string
	for p := s.parent[a]; p != "" && len(around) <= len(s.parent); p = s.parent[p] {
		around = append(around, p)
	}
	steps := 0
	for p := s.parent[b]; p != "" && steps <= len(s.parent); p = s.parent[p] {
		if slices.Contains(around, p) {
			return p
		}
		steps++
	}
	return ""
}

// geometry writes where a vertex stands inside its parent.
func (s *sheet) geometry(r, in layout.Rect) {
	s.leaf("mxGeometry", "x", number(r.X-in.X), "y", number(r.Y-in.Y), "width", number(r.W), "height", number(r.H), "as", "geometry")
}
