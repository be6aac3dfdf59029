package kustomize

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"unicode/utf8"

	"c4arch/internal/base/tree"
)

// appendJSON writes v as JSON that every YAML parser reads as the same value: characters that YAML
// does not allow, or takes for the end of a line, are escaped (YAML 1.2 sections 5.1 and 5.4).
func appendJSON(b []byte, v *tree.Value) []byte { return writer{}.append(b, v) }

// writer writes values as JSON, save that texts which bare reports stay without quotes.
type writer struct{ bare func(*tree.Value) bool }

func (w writer) append(b []byte, v *tree.Value) []byte {
	switch v.Kind {
	case tree.Null:
		return append(b, "null"...)
	case tree.Bool, tree.Number:
		return append(b, v.Text...)
	case tree.String:
		if w.bare != nil && w.bare(v) {
			return append(b, v.Text...)
		}
		return appendText(b, v.Text)
	case tree.Array:
		b = append(b, '[')
		for i := range v.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = w.append(b, &v.Items[i])
		}
		return append(b, ']')
	}
	b = append(b, '{')
	for i := range v.Members {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, v.Members[i].Name)
		b = append(b, ':', ' ')
		b = w.append(b, &v.Members[i].Value)
	}
	return append(b, '}')
}

func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < 0x20, r >= 0x7f && r < 0xa0, r == 0x2028, r == 0x2029, r == 0xfeff, r == 0xfffe, r == 0xffff:
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

// parsed is a text of YAML documents.
type parsed struct {
	docs  []tree.Value
	lines [][]byte // nil where they are counted in another way than by line feeds
}

// documents parses YAML or JSON.
func documents(data []byte) (*parsed, error) {
	text, err := tree.Decode(data)
	if err == nil {
		var docs []tree.Value
		if docs, err = tree.ParseYAML(text, tree.Limits{Depth: 100, Nodes: maxNodes}); err == nil {
			p := &parsed{docs: docs}
			if bytes.Count(text, []byte{'\r'}) == bytes.Count(text, []byte("\r\n")) && !bytes.ContainsAny(text, "\u0085\u2028\u2029") {
				p.lines = bytes.Split(text, []byte{'\n'})
			}
			return p, nil
		}
	}
	t := &trouble{reason: "it is not a text file"}
	if at := (*tree.Error)(nil); errors.As(err, &at) {
		t.line, t.reason = at.Line, at.Msg
	}
	if bytes.Contains(data, []byte("{{")) {
		t.reason, t.help = "it is a template ({{ ... }}), not YAML", "render it first"
	}
	return nil, t
}

// bareText is a text that means the same without quotes anywhere.
var bareText = regexp.MustCompile(`^[A-Za-z0-9_/](?:[\w/.%+=~()$@-]|:[\w/])*$`)

// bare reports whether a text stands without quotes in the source. The library puts the number that replaces a quoted
// text between the same quotes, where it is a text too.
func (p *parsed) bare(v *tree.Value) bool {
	if v.Column == 0 || v.Line < 1 || int(v.Line) > len(p.lines) {
		return false
	}
	line := p.lines[v.Line-1]
	at := int(v.Column) - 1
	return at < len(line) && bytes.HasPrefix(line[at:], []byte(v.Text)) && bareText.MatchString(v.Text)
}

func (p *parsed) json(v *tree.Value) []byte {
	if v.Kind == tree.Array {
		return appendJSON(nil, v) // a JSON patch, which the library reads as JSON
	}
	return writer{p.bare}.append(nil, v)
}

// restate writes documents anew, one behind the other.
func (p *parsed) restate() []byte {
	var parts [][]byte
	for i := range p.docs {
		parts = append(parts, p.json(&p.docs[i]))
	}
	return bytes.Join(parts, []byte("\n---\n"))
}

// fold follows names, without regard to case as kustomize reads them, and positions from v as far as they lead.
func fold(v *tree.Value, steps ...any) *tree.Value {
	for _, s := range steps {
		next := (*tree.Value)(nil)
		switch s := s.(type) {
		case string:
			next = v.GetFold(s)
		case int:
			if list := v.List(); s < len(list) {
				next = &list[s]
			}
		}
		if next == nil {
			return v
		}
		v = next
	}
	return v
}
