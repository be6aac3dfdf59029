package d2

import (
	"fmt"

	"c4arch/internal/arch/c4"
)

// look is how what is of one kind looks.
type look struct {
	class            string
	kind             c4.Kind
	fill, edge, text string
	dash             int
}

// looks are the colours of our own pictures on white paper.
var looks = []look{
	{"person", c4.Person, "#0b3f73", "#072c52", "#ffffff", 0},
	{"system", c4.SoftwareSystem, "#1259a3", "#0b4179", "#ffffff", 0},
	{"container", c4.Container, "#2a6fb8", "#1a5591", "#ffffff", 0},
	{"component", c4.Component, "#d3e6f8", "#4a86bd", "#10283f", 0},
	{"deployment", c4.DeploymentNode, "#ffffff", "#66727f", "#17222e", 0},
	{"infrastructure", c4.InfrastructureNode, "#e9edf2", "#66727f", "#17222e", 0},
	{"resource", c4.Resource, "#f7f9fb", "#5b7f9f", "#17222e", 0},
	{"external", "", "#616b76", "#434c55", "#ffffff", 0},
	{"element", "", "#ffffff", "#66727f", "#17222e", 0},
	{"boundary", "", "#f6f8fa", "#66727f", "#17222e", 5},
	{"place", "", "#f6f8fa", "#66727f", "#17222e", 0},
}

// strokes are the strokes of a connection by how sure it is.
var strokes = []struct {
	class string
	dash  int
}{{"certain", 0}, {"high", 5}, {"may", 2}}

func confidence(c c4.Confidence) string {
	switch c {
	case c4.High:
		return "high"
	case c4.May:
		return "may"
	}
	return "certain"
}

// classes writes the classes that the view uses.
func (d *drawing) classes() {
	used := map[string]bool{}
	for i := range d.view.Nodes {
		used[d.classOf(&d.view.Nodes[i])] = true
	}
	for i := range d.view.Lines {
		used[confidence(d.view.Lines[i].Confidence)] = true
	}
	if len(used) == 0 {
		return
	}
	d.line(0, "classes: {")
	for _, l := range looks {
		if used[l.class] {
			d.line(1, fmt.Sprintf(`%s: {style: {fill: "%s"; stroke: "%s"; font-color: "%s"; stroke-dash: %d; border-radius: 4; bold: false%s}}`,
				l.class, l.fill, l.edge, l.text, l.dash, fontSize(l.class)))
		}
	}
	for _, s := range strokes {
		if used[s.class] {
			d.line(1, fmt.Sprintf(`%s: {style: {stroke: "#45525f"; font-color: "#17222e"; stroke-dash: %d; italic: false; font-size: 13}}`, s.class, s.dash))
		}
	}
	d.line(0, "}")
}

// fontSize makes the titles of boundaries quieter than D2's own, which grow with every level.
func fontSize(class string) string {
	if class == "boundary" || class == "place" {
		return "; font-size: 16"
	}
	return "; font-size: 14"
}

// shape is what D2 calls the shape of an element; "" is its rectangle.
func shape(e *c4.Element) string {
	if e.Kind == c4.Person {
		return "person"
	}
	switch e.Shape {
	case "database", "cache":
		return "cylinder"
	case "storage":
		return "stored_data"
	case "queue":
		return "queue"
	case "function":
		return "hexagon"
	case "gateway":
		return "step"
	case "browser":
		return "page"
	case "secret":
		return "package"
	case "network", "internet":
		return "cloud"
	}
	return ""
}
