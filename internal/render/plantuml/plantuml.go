// Package plantuml writes one view as a PlantUML diagram with the macros of C4-PlantUML, which PlantUML brings along
// (!include <C4/...>: nothing is fetched). docs/formats/plantuml.md says what is written and what gets lost.
//
// There are two dialects. Classic is the subset that C4-PlantUML has had since 1.0.0, which is inside PlantUML 1.2020.2 and every
// later one; what those macros cannot say (dashed lines, external containers, deployment nodes) is said in PlantUML's own
// statements. C42 uses what C4-PlantUML 2.x added: deployment macros, queues, external containers and components, tags with
// a legend.
package plantuml

import (
	"bytes"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/scene"
)

// Dialect is a version of the C4 macros.
type Dialect string

// The dialects.
const (
	// Classic works with C4-PlantUML 1.0.0 and newer, that is PlantUML 1.2020.2 and newer.
	Classic Dialect = "classic"
	// C42 needs C4-PlantUML 2.5.0 or newer (github.com/plantuml-stdlib/C4-PlantUML/releases), that is PlantUML 1.2023.0 or newer.
	C42 Dialect = "c4-2"
)

// Dialects are all dialects, the one that is taken by default first.
var Dialects = []Dialect{Classic, C42}

// Options say how a diagram is written.
type Options struct {
	Dialect Dialect // "" is Classic
}

// Render returns the diagram of v, a view of m. A view that names an element which m does not have is invalid, as is a
// dialect that does not exist.
func Render(m *c4.Model, v *c4.View, o Options) ([]byte, error) {
	out, err := scene.Outlined(m, v)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	d := &drawing{Outline: out, Lines: scene.NewLines(&text, "  "), id: out.Identifiers("n_", "_", 4)}
	switch o.Dialect {
	case Classic, "":
		d.dialect = classic{d}
	case C42:
		d.dialect = macros{d}
	default:
		return nil, fault.New(fault.Invalid, "PlantUML has no dialect %q", o.Dialect).WithHelp("choose classic or c4-2")
	}
	d.write()
	_ = d.Flush() // a buffer takes all
	return text.Bytes(), nil
}

// dialect writes what differs between versions of the macros.
type dialect interface {
	head()
	boundary(id string) string
	box(id string) string
	line(l *c4.Line) string
	foot()
}

// drawing is a view being written.
type drawing struct {
	*scene.Outline
	dialect dialect
	*scene.Lines
	id map[string]string // alias by node
}

func (d *drawing) write() {
	d.Line("@startuml")
	d.dialect.head()
	title := d.View.Title
	if scene.OneLine(title) == "" {
		title = d.View.Key
	}
	d.Line("title " + plain(title))
	d.Walk(func(id string) { d.Line(d.dialect.box(id)) }, func(id string) { d.Open(d.dialect.boundary(id)) }, func(string) { d.Close() })
	for i := range d.View.Lines {
		l := &d.View.Lines[i]
		if d.id[l.Source] != "" && d.id[l.Target] != "" {
			d.Line(d.dialect.line(l))
		}
	}
	d.dialect.foot()
	d.Line("@enduml")
}

// include is the smallest file with the macros that a view needs: each includes the one before it.
func (d *drawing) include() string {
	file := "C4_Context"
	for _, n := range d.View.Nodes {
		switch d.Element(n.ID).Kind {
		case c4.Person, c4.SoftwareSystem:
		case c4.Component, c4.Resource:
			return "C4_Component"
		default:
			file = "C4_Container"
		}
	}
	return file
}

// technology is what stands below a name in brackets; what an element is where nothing is known of its technology, since the
// brackets are always drawn.
func (d *drawing) technology(id string) string {
	e := d.Element(id)
	for _, s := range []string{e.Technology, e.ResourceType} {
		if s = scene.OneLine(s); s != "" {
			return s
		}
	}
	switch e.Kind {
	case c4.DeploymentNode, c4.InfrastructureNode:
		return "Node"
	case c4.Resource:
		return "Resource"
	case c4.Component:
		return "Component"
	case c4.Person:
		return "Person"
	case c4.SoftwareSystem:
		return "Software System"
	}
	return "Container"
}
