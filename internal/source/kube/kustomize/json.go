package kustomize

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"c4arch/internal/base/tree"
)

// appendJSON writes v as JSON that every YAML parser reads as the same value: characters that YAML
// does not allow, or takes for the end of a line, are escaped (YAML 1.2 sections 5.1 and 5.4).
func appendJSON(b []byte, v *tree.Value) []byte {
	switch v.Kind {
	case tree.Null:
		return append(b, "null"...)
	case tree.Bool, tree.Number:
		return append(b, v.Text...)
	case tree.String:
		return appendText(b, v.Text)
	case tree.Array:
		b = append(b, '[')
		for i := range v.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, &v.Items[i])
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
		b = appendJSON(b, &v.Members[i].Value)
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

// restate writes documents anew, one behind the other.
func restate(docs []tree.Value) []byte {
	var parts [][]byte
	for i := range docs {
		parts = append(parts, appendJSON(nil, &docs[i]))
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
