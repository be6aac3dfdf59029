package likec4

import (
	"bufio"
	"fmt"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

// printer writes indented lines. Errors stay in the buffered writer until it is flushed.
type printer struct {
	w      *bufio.Writer
	indent int
}

func (p *printer) line(words ...string) {
	for range p.indent {
		_, _ = p.w.WriteString("  ")
	}
	_, _ = p.w.WriteString(strings.Join(words, " "))
	_ = p.w.WriteByte('\n')
}

func (p *printer) blank() { _ = p.w.WriteByte('\n') }

func (p *printer) open(words ...string) {
	p.line(append(slices.Clone(words), "{")...)
	p.indent++
}

func (p *printer) close() {
	p.indent--
	p.line("}")
}

func (p *printer) property(key, value string) {
	if s := scene.OneLine(value); s != "" {
		p.line(key, quote(s))
	}
}

func (p *printer) tags(list []string) {
	if len(list) > 0 {
		p.line("#" + strings.Join(list, " #"))
	}
}

// entry is a key of a metadata block with its values.
type entry struct {
	key    string
	values []string
}

// metadata writes the entries that have a value; several values are an array.
func (p *printer) metadata(list []entry) {
	p.open("metadata")
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
			p.line(e.key, out[0])
		default:
			p.line(e.key, "["+strings.Join(out, ", ")+"]")
		}
	}
	p.close()
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

func nameOf(e *c4.Element) string { return orElse(scene.OneLine(e.Name), scene.OneLine(e.ID)) }

// quote returns s as a string of LikeC4. Inside one a backslash stands before a quote or a backslash; other letters after a
// backslash would be a line break or the like, so none of ours is left alone (langium's value converter).
func quote(s string) string {
	return `"` + escapes.Replace(s) + `"`
}

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func orElse(s, other string) string {
	if strings.TrimSpace(s) == "" {
		return other
	}
	return s
}
