package structurizr

import "strings"

// style is how what bears a tag is drawn, as attributes and values of Structurizr's.
type style struct {
	kind, tag string
	lines     [][2]string
}

// table is the one table of styles, for the DSL and the document. Text stands out from its box by 4.5 to 1 or more. No theme is
// named: one is an address, and a picture of an architecture should not tell that address whenever it is looked at.
var table = []style{
	{"element", "Element", [][2]string{{"color", "#ffffff"}}},
	{"element", "Person", [][2]string{{"shape", "Person"}, {"background", "#0b3d66"}}},
	{"element", "Software System", [][2]string{{"background", "#155a92"}}},
	{"element", "Container", [][2]string{{"background", "#2a70a9"}}},
	{"element", "Component", [][2]string{{"background", "#7db4dd"}, {"color", "#0b1f33"}}},
	{"element", "Deployment Node", [][2]string{{"color", "#16212c"}}},
	{"element", "Infrastructure Node", [][2]string{{"background", "#e6eaee"}, {"color", "#16212c"}}},
	{"element", "Shape database", [][2]string{{"shape", "Cylinder"}}},
	{"element", "Shape storage", [][2]string{{"shape", "Cylinder"}}},
	{"element", "Shape cache", [][2]string{{"shape", "Cylinder"}}},
	{"element", "Shape queue", [][2]string{{"shape", "Pipe"}}},
	{"element", "Shape browser", [][2]string{{"shape", "WebBrowser"}}},
	{"element", "Shape function", [][2]string{{"shape", "Hexagon"}}},
	{"element", "Shape gateway", [][2]string{{"shape", "Ellipse"}}},
	{"element", "Shape secret", [][2]string{{"shape", "Folder"}}},
	{"element", "Shape network", [][2]string{{"shape", "RoundedBox"}}},
	{"element", "Shape internet", [][2]string{{"shape", "Ellipse"}}},
	{"element", "External", [][2]string{{"background", "#63676e"}, {"color", "#ffffff"}}},
	{"element", "inferred", [][2]string{{"border", "dashed"}}},
	{"element", "unverified", [][2]string{{"border", "dashed"}}},
	{"relationship", "Relationship", [][2]string{{"color", "#4a5058"}, {"style", "solid"}}},
	{"relationship", "Confidence high", [][2]string{{"style", "dashed"}}},
	{"relationship", "Confidence may", [][2]string{{"style", "dotted"}}},
}

func styles(p printer) {
	p.Open("styles")
	for _, s := range table {
		p.Open(s.kind, quote(s.tag))
		for _, l := range s.lines {
			p.Line(l[0] + " " + l[1])
		}
		p.Close()
	}
	p.Close()
}

type jsonLook struct {
	Styles struct {
		Elements      []jsonStyle `json:"elements"`
		Relationships []jsonStyle `json:"relationships"`
	} `json:"styles"`
	MetadataSymbols string `json:"metadataSymbols"`
}

type jsonStyle struct {
	Tag        string `json:"tag"`
	Shape      string `json:"shape,omitempty"`
	Background string `json:"background,omitempty"`
	Color      string `json:"color,omitempty"`
	Border     string `json:"border,omitempty"`
	Style      string `json:"style,omitempty"`
	// Dashed is what readers that do not know Style go by.
	Dashed *bool `json:"dashed,omitempty"`
}

func look() (out jsonLook) {
	out.MetadataSymbols = "SquareBrackets"
	for _, s := range table {
		j := jsonStyle{Tag: s.tag}
		for _, l := range s.lines {
			switch l[0] {
			case "shape":
				j.Shape = l[1]
			case "background":
				j.Background = l[1]
			case "color":
				j.Color = l[1]
			case "border":
				j.Border = strings.ToUpper(l[1][:1]) + l[1][1:]
			case "style":
				j.Style = strings.ToUpper(l[1][:1]) + l[1][1:]
				dashed := l[1] != "solid"
				j.Dashed = &dashed
			}
		}
		if s.kind == "element" {
			out.Styles.Elements = append(out.Styles.Elements, j)
		} else {
			out.Styles.Relationships = append(out.Styles.Relationships, j)
		}
	}
	return out
}
