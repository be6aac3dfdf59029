package figure

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

// kindName is how the C4 notation writes a kind.
func kindName(k c4.Kind) string {
	switch k {
	case c4.Person:
		return "Person"
	case c4.SoftwareSystem:
		return "Software System"
	case c4.Container:
		return "Container"
	case c4.Component:
		return "Component"
	case c4.DeploymentNode:
		return "Deployment Node"
	case c4.InfrastructureNode:
		return "Infrastructure Node"
	case c4.Resource:
		return "Resource"
	}
	return "Element"
}

// meta is the line below a name: [Kind: Technology].
func meta(e *c4.Element) string {
	s := kindName(e.Kind)
	if e.External {
		s = "External " + s
	}
	if t := clean(scene.Technology(e)); t != "" {
		s += ": " + t
	}
	return "[" + s + "]"
}

// nameOf is the name to show; an element without one shows its id.
func nameOf(e *c4.Element) string {
	if n := clean(e.Name); n != "" {
		return n
	}
	return clean(e.ID)
}

// badges are the badges of an element, without what its box says anyway.
func badges(e *c4.Element) []string {
	var out []string
	for _, b := range e.Badges {
		if b = clean(b); b != "" && !slices.Contains(out, b) {
			out = append(out, b)
		}
	}
	slices.Sort(out)
	if len(out) > 4 {
		out = append(out[:3], "more")
	}
	return out
}

// tip is all that a box says, and what it had no room for.
func tip(e *c4.Element) string {
	s := nameOf(e) + "\n" + meta(e)
	if t := clean(e.Technology); t != clean(scene.Technology(e)) {
		s += " " + t + "."
	}
	if d := clean(e.Description); d != "" {
		s += " " + d
	}
	return s
}

// spoken is an element in one sentence.
func spoken(e *c4.Element, folded int, mark scene.Mark) string {
	s := told(mark) + nameOf(e) + ", " + strings.Trim(meta(e), "[]")
	if d := clean(e.Description); d != "" {
		s += ". " + strings.TrimSuffix(d, ".")
	}
	if folded > 0 {
		s += ". " + inside(folded)
	}
	if b := badges(e); len(b) > 0 {
		s += ". " + strings.Join(b, ", ")
	}
	return s
}

// told is a mark in words, to stand before what it marks.
func told(mark scene.Mark) string {
	if mark.Kind == "" {
		return ""
	}
	return strings.TrimLeft(clean(mark.String()), "+−~→?• ") + ": "
}

func inside(n int) string { return fmt.Sprintf("%d inside", n) }

// says is a line in one sentence.
func says(l *c4.Line, source, target *c4.Element, declared bool, mark scene.Mark) string {
	s := told(mark) + nameOf(source) + " → " + nameOf(target)
	if d := clean(scene.Lead(l)); d != "" {
		s += ": " + d
	}
	if t := clean(l.Technology); t != "" {
		s += " [" + t + "]"
	}
	switch l.Confidence {
	case c4.May:
		s += ", may be so"
	case c4.High:
		s += ", high confidence"
	case c4.Certain:
		s += ", certain"
	}
	if declared {
		s += ", declared by people"
	}
	if n := several(l); n != "" {
		s += ", " + n
	}
	return s
}

// headline is the title of the picture and the line below it: what, of what, as of when.
func headline(m *c4.Model, v *c4.View) (title, scope string) {
	if title = clean(v.Title); title == "" {
		title = clean(v.Key)
	}
	var parts []string
	if n := clean(m.Name); n != "" {
		parts = append(parts, n)
	}
	for i, s := range m.Scope {
		if i == 3 {
			parts = append(parts, fmt.Sprintf("and %d more", len(m.Scope)-3))
			break
		}
		if s = clean(s); s != "" && !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	if at := collected(m.CollectedAt); at != "" {
		parts = append(parts, "collected "+at)
	}
	return title, strings.Join(parts, " · ")
}

// collected is the time of collection with its zone.
func collected(s string) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return clean(s)
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// about is the picture in a sentence, for those who cannot see it.
func about(v *c4.View, scope string) string {
	var parts []string
	if d := clean(v.Description); d != "" {
		parts = append(parts, strings.TrimSuffix(d, ".")+".")
	}
	if scope != "" {
		parts = append(parts, scope+".")
	}
	parts = append(parts, fmt.Sprintf("%d elements, %d relationships.", len(v.Nodes), len(v.Lines)))
	return strings.Join(parts, " ")
}
