package plantuml

import (
	"fmt"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

// classic writes what C4-PlantUML 1.0.0 knows, and plain PlantUML for the rest.
type classic struct{ *drawing }

func (d classic) head() {
	d.Line("!include <C4/" + d.include() + ">")
	if d.View.Kind != c4.Deployment {
		return
	}
	d.Line("left to right direction")
	// The macros of this version style no nodes.
	d.Open("skinparam node")
	for _, s := range []string{"BackgroundColor #FFFFFF", "BorderColor #5B6470", "FontColor #16212C", "Shadowing false"} {
		d.Line(s)
	}
	d.Close()
}

// foot explains the lines that are there; the legend of the macros is written differently in each version.
func (d classic) foot() {
	var lines []string
	for _, c := range []struct {
		confidence c4.Confidence
		text       string
	}{
		{c4.Certain, "Solid line: the source states it"},
		{c4.High, "Dashed line: resolves to one thing"},
		{c4.May, "Dotted line: permitted, use not shown"},
	} {
		if slices.ContainsFunc(d.View.Lines, func(l c4.Line) bool { return l.Confidence == c.confidence }) {
			lines = append(lines, c.text)
		}
	}
	if lines == nil {
		return
	}
	d.Line("legend right")
	for _, l := range lines {
		d.Line("  " + l)
	}
	d.Line("endlegend")
}

func (d classic) boundary(id string) string {
	e, name := d.Element(id), quote(d.Name(id))
	switch e.Kind {
	case c4.SoftwareSystem:
		return fmt.Sprintf("System_Boundary(%s, %s)", d.id[id], name)
	case c4.Container:
		return fmt.Sprintf("Container_Boundary(%s, %s)", d.id[id], name)
	case c4.DeploymentNode, c4.InfrastructureNode:
		return fmt.Sprintf(`node "==%s\n<size:12>&#91;%s&#93;</size>" as %s`, plain(d.Name(id)), plain(d.technology(id)), d.id[id])
	}
	return fmt.Sprintf("Boundary(%s, %s, %s)", d.id[id], name, quote(d.technology(id)))
}

func (d classic) box(id string) string {
	e := d.Element(id)
	name, about := quote(d.Name(id)), quote(d.About(id))
	ext, db := "", ""
	if e.External {
		ext = "_Ext"
	}
	if scene.MacroForm(e.Shape) == "Db" {
		db = "Db"
	}
	switch {
	case e.Kind == c4.Person:
		return fmt.Sprintf("Person%s(%s, %s, %s)", ext, d.id[id], name, about)
	case e.Kind == c4.SoftwareSystem:
		return fmt.Sprintf("System%s%s(%s, %s, %s)", db, ext, d.id[id], name, about)
	case e.Kind == c4.DeploymentNode || e.Kind == c4.InfrastructureNode:
		return d.plain("node", id, "")
	case e.External:
		// There is no macro for a container or a component outside; the look of a system outside is there.
		return d.plain(map[string]string{"": "rectangle", "Db": "database"}[db], id, " <<external_system>>")
	case e.Kind == c4.Component || e.Kind == c4.Resource:
		return fmt.Sprintf("Component%s(%s, %s, %s, %s)", db, d.id[id], name, quote(d.technology(id)), about)
	default:
		return fmt.Sprintf("Container%s(%s, %s, %s, %s)", db, d.id[id], name, quote(d.technology(id)), about)
	}
}

// plain writes a box without a macro, laid out as the macros do.
func (d classic) plain(keyword, id, stereotype string) string {
	s := fmt.Sprintf(`%s "==%s\n//<size:12>&#91;%s&#93;</size>//`, keyword, plain(d.Name(id)), plain(d.technology(id)))
	if a := d.About(id); a != "" {
		s += `\n\n` + plain(a)
	}
	return s + `"` + stereotype + " as " + d.id[id]
}

// line writes a relationship that is stated with Rel, and others with an arrow of their own style, which Rel does not take. The
// macro would draw a label that is empty as an equals sign.
func (d classic) line(l *c4.Line) string {
	label, tech := scene.LineText(l), scene.OneLine(l.Technology)
	if l.Confidence == c4.Certain && label != "" {
		if tech == "" {
			return fmt.Sprintf("Rel(%s, %s, %s)", d.id[l.Source], d.id[l.Target], quote(label))
		}
		return fmt.Sprintf("Rel(%s, %s, %s, %s)", d.id[l.Source], d.id[l.Target], quote(label), quote(tech))
	}
	var text []string
	if label != "" {
		text = append(text, "==="+plain(label))
	}
	if tech != "" {
		text = append(text, "//<size:12>&#91;"+plain(tech)+"&#93;</size>//")
	}
	s := d.id[l.Source] + " " + arrow[l.Confidence] + " " + d.id[l.Target]
	if text != nil {
		s += ` : "` + strings.Join(text, `\n`) + `"`
	}
	return s
}

var arrow = map[c4.Confidence]string{"": "-->", c4.Certain: "-->", c4.High: "-[dashed]->", c4.May: "-[dotted]->"}
