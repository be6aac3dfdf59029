package d2

import (
	"fmt"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

// The widths, in characters, at which labels are broken into lines, and how much of the evidence a tooltip names.
const (
	titleWidth   = 80
	nameWidth    = 34
	textWidth    = 40
	lineWidth    = 28
	mostEvidence = 5
)

// quote returns s as a string of D2 in double quotes, on one line of the file.
//
// In such a string a backslash takes the next character as it is, but for "\n", a line break; "$" would begin a
// substitution, "${HOME}" too, and is an error where it does not (d2lang.com/tour/strings, d2lang.com/tour/vars).
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch r {
		case '"', '\\', '$':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '\n':
			b.WriteString(`\n`)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// wrap breaks s into lines, since D2 breaks none.
func wrap(s string, width int) string { return strings.Join(scene.Wrap(s, width), "\n") }

// label is what a box says: name, [Kind: Technology], description, badges, and how many it stands for. A boundary says its
// name and kind only.
func (d *drawing) label(n *c4.Node) string {
	e, name := d.Element(n.ID), d.Name(n.ID)
	if d.Boundary(n.ID) { // D2 keeps little more room for a title than one line needs
		return wrap(name+" "+meta(e), titleWidth)
	}
	out := []string{wrap(name, nameWidth), wrap(meta(e), textWidth)}
	if s := scene.OneLine(e.Description); s != "" && s != name {
		out = append(out, wrap(s, textWidth))
	}
	if b := badges(e); len(b) > 0 {
		out = append(out, wrap("("+strings.Join(b, ", ")+")", textWidth))
	}
	if n.Folded > 0 {
		out = append(out, fmt.Sprintf("%d inside", n.Folded))
	}
	return strings.Join(out, "\n")
}

func meta(e *c4.Element) string {
	s := kindName(e)
	if t := scene.OrElse(scene.OneLine(e.Technology), scene.OneLine(resourceType(e))); t != "" {
		s += ": " + t
	}
	return "[" + s + "]"
}

func resourceType(e *c4.Element) string {
	if e.Kind == c4.Resource {
		return e.ResourceType
	}
	return ""
}

func kindName(e *c4.Element) string {
	s := map[c4.Kind]string{
		c4.Person: "Person", c4.SoftwareSystem: "Software System", c4.Container: "Container", c4.Component: "Component",
		c4.DeploymentNode: "Deployment Node", c4.InfrastructureNode: "Infrastructure Node", c4.Resource: "Resource",
	}[e.Kind]
	if s == "" {
		s = scene.OneLine(string(e.Kind))
	}
	if e.External {
		s = "External " + s
	}
	return s
}

func badges(e *c4.Element) []string {
	var out []string
	for _, b := range e.Badges {
		if b = scene.OneLine(b); b != "" && !slices.Contains(out, b) {
			out = append(out, b)
		}
	}
	slices.Sort(out)
	return out
}

// noMarkup is for tooltips only, which D2 0.7 shows as they are but refuses where they would be bad XML as Markdown.
var noMarkup = strings.NewReplacer("<", "\u2039", ">", "\u203a")

// tooltip says by which rule and from what evidence an element is there.
func tooltip(e *c4.Element) string {
	var out []string
	if e.Owner != "" {
		out = append(out, "Owner: "+scene.OneLine(e.Owner))
	}
	if e.Rule != "" {
		out = append(out, "Rule: "+scene.OneLine(e.Rule))
	}
	return noMarkup.Replace(strings.Join(append(out, evidence(e.Evidence)...), "\n"))
}

// why says the same of a line, for each relationship that it stands for.
func (d *drawing) why(l *c4.Line) string {
	var out []string
	for i, id := range l.Relationships {
		if i == mostEvidence {
			out = append(out, fmt.Sprintf("and %d more relationships", len(l.Relationships)-i))
			break
		}
		r := d.related[id]
		if r == nil {
			continue
		}
		s := "Rule: " + scene.OneLine(r.Rule) + ", " + string(r.Confidence)
		if r.Declared {
			s += ", declared"
		}
		out = append(append(out, s), evidence(r.Evidence)...)
	}
	return noMarkup.Replace(strings.Join(out, "\n"))
}

func evidence(list []c4.Evidence) []string {
	var out []string
	for i, e := range list {
		if i == mostEvidence {
			return append(out, fmt.Sprintf("and %d more pieces of evidence", len(list)-i))
		}
		s := fmt.Sprintf("%s:%d", e.Input, e.Line)
		if e.Property != "" {
			s += " " + e.Property
		}
		out = append(out, scene.OneLine(s))
	}
	return out
}
