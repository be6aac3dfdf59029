// Package mermaid writes one view as a Mermaid C4 diagram (mermaid.js.org/syntax/c4), for pages
// that draw Mermaid themselves: wikis, forges, README files.
//
// Mermaid knows five C4 diagrams. Landscape and context views become C4Context, the others
// their namesakes; a view of resources, for which there is none, becomes a C4Component
// diagram in which each resource is a component. Two things are written otherwise than one
// would expect, since Mermaid's grammar or drawing code leaves no choice: a
// deployment node with nothing inside is written as a Container (a node must hold something), and
// a line that ends at a boundary is left as a comment (a boundary cannot be the end of a Rel). Lines have one style, so that
// one which is only permitted says so in words; marks, too, are words behind the description. docs/formats/mermaid.md says
// what gets lost.
package mermaid

import (
	"bytes"
	"fmt"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

// Render returns the diagram of v, a view of m. A view that names an element which m does not have is invalid.
func Render(m *c4.Model, v *c4.View) ([]byte, error) {
	o, err := scene.Outlined(m, v)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	d := &drawing{Outline: o, Lines: scene.NewLines(&out, "  "), alias: o.Identifiers("n_", "_", 4)}
	d.Line(diagram(v.Kind))
	if s := title(scene.OrElse(v.Title, v.Key)); s != "" {
		d.Line("title " + s)
	}
	d.In()
	d.Walk(func(id string) { d.Line(d.shape(id, d.Element(id))) }, func(id string) { d.Open(d.boundary(id, d.Element(id))) }, func(string) { d.Close() })
	for i := range v.Lines {
		d.rel(&v.Lines[i])
	}
	d.Line(`UpdateLayoutConfig($c4ShapeInRow="4", $c4BoundaryInRow="2")`)
	_ = d.Flush() // a buffer takes all
	return out.Bytes(), nil
}

func diagram(k c4.ViewKind) string {
	switch k {
	case c4.Containers:
		return "C4Container"
	case c4.Components, c4.Resources:
		return "C4Component"
	case c4.Deployment:
		return "C4Deployment"
	default:
		return "C4Context"
	}
}

// drawing is a view being written.
type drawing struct {
	*scene.Outline
	*scene.Lines
	alias map[string]string // by node id
}

func (d *drawing) boundary(id string, e *c4.Element) string {
	name := text(d.Name(id))
	switch e.Kind {
	case c4.SoftwareSystem:
		return fmt.Sprintf("System_Boundary(%s, %s)", d.alias[id], name)
	case c4.Container:
		return fmt.Sprintf("Container_Boundary(%s, %s)", d.alias[id], name)
	case c4.DeploymentNode, c4.InfrastructureNode:
		if d.View.Kind == c4.Deployment {
			return fmt.Sprintf("Deployment_Node(%s, %s, %s, %s)", d.alias[id], name, text(e.Technology), text(e.Description))
		}
	}
	return fmt.Sprintf("Boundary(%s, %s, %s)", d.alias[id], name, text(scene.OrElse(e.Technology, string(e.Kind))))
}

func (d *drawing) shape(id string, e *c4.Element) string {
	name, about, ext := text(d.Name(id)), text(d.About(id)), ""
	if e.External {
		ext = "_Ext"
	}
	switch e.Kind {
	case c4.Person:
		return fmt.Sprintf("Person%s(%s, %s, %s)", ext, d.alias[id], name, about)
	case c4.SoftwareSystem:
		return fmt.Sprintf("System%s%s(%s, %s, %s)", scene.MacroForm(e.Shape), ext, d.alias[id], name, about)
	case c4.Component, c4.Resource:
		return fmt.Sprintf("Component%s%s(%s, %s, %s, %s)", scene.MacroForm(e.Shape), ext, d.alias[id], name, text(scene.OrElse(e.Technology, e.ResourceType)), about)
	default:
		return fmt.Sprintf("Container%s%s(%s, %s, %s, %s)", scene.MacroForm(e.Shape), ext, d.alias[id], name, text(e.Technology), about)
	}
}

func (d *drawing) rel(l *c4.Line) {
	s, t := d.alias[l.Source], d.alias[l.Target]
	if s == "" || t == "" {
		return
	}
	label := scene.LineText(l)
	if l.Confidence == c4.May {
		label = strings.TrimSpace(label + " (may)")
	}
	end := fmt.Sprintf("Rel(%s, %s, %s, %s)", s, t, text(label), text(l.Technology))
	if d.Boundary(l.Source) || d.Boundary(l.Target) {
		end = "%% ends at a boundary, which Mermaid cannot draw: " + end
	}
	d.Line(end)
}
