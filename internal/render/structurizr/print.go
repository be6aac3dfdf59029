package structurizr

import (
	"io"
	"strings"
	"unicode"

	"c4arch/internal/render/scene"
)

// printer writes the text.
type printer struct{ *scene.Lines }

func newPrinter(w io.Writer) printer { return printer{scene.NewLines(w, "    ")} }

// properties writes a properties block. A property without a value is refused by the DSL and is left out.
func (p printer) properties(list [][2]string) {
	p.Open("properties")
	for _, kv := range list {
		if strings.TrimSpace(kv[1]) != "" {
			p.Line(quote(kv[0]), quote(kv[1]))
		}
	}
	p.Close()
}

// quote returns s as a quoted token of the DSL.
//
// The DSL is read line by line, and its tokens lose their quotes before they are
// looked at (structurizr/java, structurizr-dsl, StructurizrDslParser). Hence:
//   - a backslash escapes a quote and nothing else, so one of its own cannot be
//     written; the look-alike U+2216 takes its place;
//   - "${NAME}" is replaced, inside quotes too, by an environment variable of whoever opens
//     the file, so it is broken up;
//   - a token that is only "{" or "->" is taken for syntax though it was quoted.
func quote(s string) string {
	switch s = strings.TrimSpace(s); s {
	case "{", "}", "->", "=":
		s = "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	space := false
	for _, r := range s {
		if unicode.Is(unicode.Bidi_Control, r) {
			continue // would turn around the text after it, up to the end of the line
		}
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			space = true
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		switch r {
		case '"':
			b.WriteString(`\"`)
		case '\\':
			b.WriteRune('\u2216')
		case '$':
			b.WriteByte('$')
			space = strings.Contains(s, "${")
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
