package likec4

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

// printer writes the text.
type printer struct{ *scene.Lines }

func newPrinter(w io.Writer) printer { return printer{scene.NewLines(w, "  ")} }

func (p printer) property(key, value string) {
	if s := scene.OneLine(value); s != "" {
		p.Line(key, quote(s))
	}
}

func (p printer) tags(list []string) {
	if len(list) > 0 {
		p.Line("#" + strings.Join(list, " #"))
	}
}

// entry is a key of a metadata block with its values.
type entry struct {
	key    string
	values []string
}

// metadata writes the entries that have a value; several values are an array.
func (p printer) metadata(list []entry) {
	p.Open("metadata")
	for _, e := range list {
		var out []string
		for _, v := range e.values {
			if v = scene.OneLine(v); v != "" {
				out = append(out, quote(v))
			}
		}
		switch len(out) {
		case 0:
		case 1:
			p.Line(e.key, out[0])
		default:
			p.Line(e.key, "["+strings.Join(out, ", ")+"]")
		}
	}
	p.Close()
}

// about is the metadata of an element.
func about(e *c4.Element) []entry {
	return []entry{
		{"id", []string{e.ID}},
		{"rule", []string{e.Rule}},
		{"owner", []string{e.Owner}},
		{"type", []string{e.ResourceType}},
		{"badges", slices.Sorted(slices.Values(e.Badges))},
		{"labels", slices.Sorted(slices.Values(e.Tags))},
		{"hiddenBy", []string{e.HiddenBy}},
		evidence(e.Evidence),
	}
}

// evidence is one text a piece: source, place, resource, property, digest.
func evidence(list []c4.Evidence) entry {
	out := entry{key: "evidence"}
	for _, e := range list {
		s := fmt.Sprintf("%s:%d", e.Input, e.Line)
		if e.Column > 0 {
			s += fmt.Sprintf(":%d", e.Column)
		}
		for _, more := range []string{e.Resource, e.Property, e.Expression, string(e.Commitment)} {
			if more != "" {
				s += " " + more
			}
		}
		out.values = append(out.values, s)
	}
	return out
}

func nameOf(e *c4.Element) string { return scene.OrElse(scene.OneLine(e.Name), scene.OneLine(e.ID)) }

// quote returns s as a string of LikeC4. Inside one a backslash stands before a quote or a backslash; other letters after a
// backslash would be a line break or the like, so none of ours is left alone (langium's value converter).
func quote(s string) string {
	return `"` + escapes.Replace(s) + `"`
}

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
