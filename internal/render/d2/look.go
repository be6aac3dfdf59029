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
	{"person", c4.Person, "#0b3a66", "#072a4c", "#16202c", 0}, // its words stand below the shape, on the paper
	{"system", c4.SoftwareSystem, "#1a5fa8", "#124880", "#ffffff", 0},
	{"container", c4.Container, "#dfecfa", "#2b6fb6", "#0d2a47", 0},
	{"component", c4.Component, "#f5f9fe", "#5a92ca", "#0d2a47", 0},
	{"deployment", c4.DeploymentNode, "#ffffff", "#74818e", "#16202c", 0},
	{"infrastructure", c4.InfrastructureNode, "#e2f3ed", "#2c7d66", "#0d3328", 0},
	{"resource", c4.Resource, "#fbf6ea", "#97772f", "#38290a", 0},
	{"external", "", "#eef0f3", "#6b7682", "#27303a", 4},
	{"element", "", "#ffffff", "#74818e", "#16202c", 0},
	{"boundary", "", "#f8fafd", "#7a8794", "#16202c", 5},
	{"place", "", "#f8fafd", "#7a8794", "#16202c", 0},
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
	for i := range d.View.Nodes {
		used[d.classOf(&d.View.Nodes[i])] = true
	}
	for i := range d.View.Lines {
		used[confidence(d.View.Lines[i].Confidence)] = true
	}
	if len(used) == 0 {
		return
	}
	d.Open("classes:")
	for _, l := range looks {
		if used[l.class] {
			d.Line(fmt.Sprintf(`%s: {style: {fill: "%s"; stroke: "%s"; font-color: "%s"; stroke-dash: %d; border-radius: 4; bold: false%s}}`,
				l.class, l.fill, l.edge, l.text, l.dash, fontSize(l.class)))
		}
	}
	for _, s := range strokes {
		if used[s.class] {
			d.Line(fmt.Sprintf(`%s: {style: {stroke: "#4a5866"; font-color: "#16202c"; stroke-dash: %d; italic: false; font-size: 13}}`, s.class, s.dash))
		}
	}
	d.Close()
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
