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
	d := &drawing{Outline: o, alias: o.Identifiers("n_")}
	d.line(0, diagram(v.Kind))
	if s := title(orElse(v.Title, v.Key)); s != "" {
		d.line(0, "title "+s)
	}
	d.elements("", 1)
	for i := range v.Lines {
		d.rel(&v.Lines[i])
	}
	d.line(1, `UpdateLayoutConfig($c4ShapeInRow="4", $c4BoundaryInRow="2")`)
	return d.out.Bytes(), nil
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
	out   bytes.Buffer
	alias map[string]string // by node id
}

func (d *drawing) line(depth int, s string) {
	for range depth {
		d.out.WriteString("  ")
	}
	d.out.WriteString(s)
	d.out.WriteByte('\n')
}

// elements writes the nodes inside parent.
func (d *drawing) elements(parent string, depth int) {
	for _, id := range d.Children(parent) {
		e := d.Element(id)
		if !d.Boundary(id) {
			d.line(depth, d.shape(id, e))
			continue
		}
		d.line(depth, d.boundary(id, e)+" {")
		d.elements(id, depth+1)
		d.line(depth, "}")
	}
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
	return fmt.Sprintf("Boundary(%s, %s, %s)", d.alias[id], name, text(orElse(e.Technology, string(e.Kind))))
}

func (d *drawing) shape(id string, e *c4.Element) string {
	name, about, ext := text(d.Name(id)), text(d.about(id)), ""
	if e.External {
		ext = "_Ext"
	}
	switch e.Kind {
	case c4.Person:
		return fmt.Sprintf("Person%s(%s, %s, %s)", ext, d.alias[id], name, about)
	case c4.SoftwareSystem:
		return fmt.Sprintf("System%s%s(%s, %s, %s)", form(e.Shape), ext, d.alias[id], name, about)
	case c4.Component, c4.Resource:
		return fmt.Sprintf("Component%s%s(%s, %s, %s, %s)", form(e.Shape), ext, d.alias[id], name, text(orElse(e.Technology, e.ResourceType)), about)
	default:
		return fmt.Sprintf("Container%s%s(%s, %s, %s, %s)", form(e.Shape), ext, d.alias[id], name, text(e.Technology), about)
	}
}

// about is the text below a name: the description, and what marks say.
func (d *drawing) about(id string) string {
	s := scene.OneLine(d.Element(id).Description)
	if a := d.Asides(id); len(a) > 0 {
		s = strings.TrimSpace(s + " [" + strings.Join(a, ", ") + "]")
	}
	return s
}

// form is the part of a keyword that says what an element looks like.
func form(shape string) string {
	switch shape {
	case "database", "cache", "storage":
		return "Db"
	case "queue":
		return "Queue"
	}
	return ""
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
	d.line(1, end)
}

func orElse(s, other string) string {
	if strings.TrimSpace(s) == "" {
		return other
	}
	return s
}
