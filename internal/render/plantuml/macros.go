package plantuml

import (
	"fmt"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

// macros writes what C4-PlantUML 2.x knows.
type macros struct{ *drawing }

func (d macros) head() {
	file, hosts := d.include(), slices.ContainsFunc(d.View.Nodes, func(n c4.Node) bool { return host(d.Element(n.ID)) })
	if !hosts || file == "C4_Component" {
		d.Line("!include <C4/" + file + ">")
	}
	if hosts {
		d.Line("!include <C4/C4_Deployment>") // which includes C4_Container
	}
	for _, t := range d.marks() {
		d.Line(fmt.Sprintf(`AddElementTag(%s, $legendText=%s, $borderColor="#16212C")`, quote(strings.ReplaceAll(t, " ", "-")), quote(t)))
	}
	for _, c := range []struct{ tag, style, text string }{
		{string(c4.High), "DashedLine()", "high: resolves to one thing"},
		{string(c4.May), "DottedLine()", "may: permitted, use not shown"},
	} {
		if slices.ContainsFunc(d.View.Lines, func(l c4.Line) bool { return string(l.Confidence) == c.tag }) {
			d.Line(fmt.Sprintf(`AddRelTag(%s, $lineStyle=%s, $legendText=%s)`, quote(c.tag), c.style, quote(c.text)))
		}
	}
}

func (d macros) foot() { d.Line("SHOW_LEGEND()") }

// known are the badges that become tags: a closed list, since a tag is a stereotype, which cannot hold every character.
var known = []string{"internet-facing", "inferred", "unverified", "declared", "content not visible"}

// marks are the tags that the view's boxes bear.
func (d macros) marks() (out []string) {
	for _, b := range known {
		if slices.ContainsFunc(d.View.Nodes, func(n c4.Node) bool { return slices.Contains(d.Element(n.ID).Badges, b) }) {
			out = append(out, b)
		}
	}
	return out
}

// tags is the argument that names an element's tags, or "".
func (d macros) tags(id string) string {
	var out []string
	for _, b := range known {
		if slices.Contains(d.Element(id).Badges, b) {
			out = append(out, strings.ReplaceAll(b, " ", "-"))
		}
	}
	if out == nil {
		return ""
	}
	return `, $tags="` + strings.Join(out, "+") + `"`
}

func (d macros) boundary(id string) string {
	e, name := d.Element(id), quote(d.Name(id))
	switch e.Kind {
	case c4.SoftwareSystem:
		return fmt.Sprintf("System_Boundary(%s, %s%s)", d.id[id], name, d.tags(id))
	case c4.Container:
		return fmt.Sprintf("Container_Boundary(%s, %s%s)", d.id[id], name, d.tags(id))
	case c4.DeploymentNode, c4.InfrastructureNode:
		return d.node(id)
	}
	return fmt.Sprintf("Boundary(%s, %s, %s%s)", d.id[id], name, quote(d.technology(id)), d.tags(id))
}

func host(e *c4.Element) bool { return e.Kind == c4.DeploymentNode || e.Kind == c4.InfrastructureNode }

func (d macros) node(id string) string {
	return fmt.Sprintf("Deployment_Node(%s, %s, %s, %s%s)", d.id[id], quote(d.Name(id)), quote(d.technology(id)), quote(d.About(id)), d.tags(id))
}

func (d macros) box(id string) string {
	e := d.Element(id)
	ext := ""
	if e.External {
		ext = "_Ext"
	}
	keyword := "Container"
	switch {
	case e.Kind == c4.Person:
		return fmt.Sprintf("Person%s(%s, %s, %s%s)", ext, d.id[id], quote(d.Name(id)), quote(d.About(id)), d.tags(id))
	case e.Kind == c4.SoftwareSystem:
		return fmt.Sprintf("System%s%s(%s, %s, %s%s)", scene.MacroForm(e.Shape), ext, d.id[id], quote(d.Name(id)), quote(d.About(id)), d.tags(id))
	case host(e):
		return d.node(id)
	case e.Kind == c4.Component || e.Kind == c4.Resource:
		keyword = "Component"
	}
	return fmt.Sprintf("%s%s%s(%s, %s, %s, %s%s)", keyword, scene.MacroForm(e.Shape), ext, d.id[id], quote(d.Name(id)), quote(d.technology(id)), quote(d.About(id)), d.tags(id))
}

func (d macros) line(l *c4.Line) string {
	s := fmt.Sprintf("Rel(%s, %s, %s, %s", d.id[l.Source], d.id[l.Target], quote(scene.LineText(l)), quote(l.Technology))
	if l.Confidence == c4.High || l.Confidence == c4.May {
		s += `, $tags="` + string(l.Confidence) + `"`
	}
	return s + ")"
}
