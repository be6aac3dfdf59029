package dot

import "c4arch/internal/arch/c4"

// style is how a box is drawn. The text stands out from the fill by 4.5 to 1 or more (WCAG 2.2, 1.4.3).
type style struct{ shape, style, fill, text, border string }

var words = map[c4.Kind]string{
	c4.Person: "Person", c4.SoftwareSystem: "Software system", c4.Container: "Container", c4.Component: "Component",
	c4.DeploymentNode: "Deployment node", c4.InfrastructureNode: "Infrastructure node", c4.Resource: "Resource",
}

var byKind = map[c4.Kind]style{
	c4.Person:             {"oval", "filled", "#0b3d66", "#ffffff", "#072b49"},
	c4.SoftwareSystem:     {"box", "filled", "#155a92", "#ffffff", "#0e4573"},
	c4.Container:          {"box", "filled,rounded", "#2a70a9", "#ffffff", "#1d5585"},
	c4.Component:          {"component", "filled", "#a9cdea", "#0b1f33", "#4a7fa8"},
	c4.DeploymentNode:     {"box3d", "filled", "#f4f6f8", "#16212c", "#5b6470"},
	c4.InfrastructureNode: {"box3d", "filled", "#e6eaee", "#16212c", "#5b6470"},
	c4.Resource:           {"folder", "filled", "#f4f6f8", "#16212c", "#5b6470"},
}

var byShape = map[string]string{
	"database": "cylinder", "cache": "cylinder", "storage": "cylinder", "queue": "cds", "browser": "tab", "function": "box",
	"gateway": "house", "secret": "note", "network": "octagon", "internet": "oval",
}

func look(e *c4.Element) style {
	s, known := byKind[e.Kind]
	if !known {
		s = style{"box", "filled", "#f4f6f8", "#16212c", "#5b6470"}
	}
	if shape := byShape[e.Shape]; shape != "" {
		s.shape, s.style = shape, "filled"
	}
	if e.Shape == "function" {
		s.style = "filled,diagonals" // shapes with more corners are much wider than their text
	}
	if e.External {
		s.fill, s.text, s.border = "#63676e", "#ffffff", "#44474c"
	}
	for _, b := range e.Badges {
		if b == "inferred" || b == "unverified" {
			s.style += ",dashed"
			break
		}
	}
	return s
}
