package compose

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// origin is where a thing stands: an input, a line, and what that input says of it.
type origin struct {
	input  string
	line   int32
	values []*tree.Value // the thing itself, then what it extends in the same file
}

// origin finds a thing where it is written first: in the input, its override, an include.
func (p *project) origin(section, name string) origin {
	o := origin{}
	for _, mains := range []bool{true, false} {
		for _, s := range p.sources {
			if s.main != mains || o.input != "" && s.name != o.input {
				continue
			}
			things := s.root.Get(section)
			for i := range things.Fields() {
				m := &things.Members[i]
				if m.Name != name {
					continue
				}
				if o.input == "" {
					o.input, o.line = s.name, m.Value.Line
				}
				o.values = append(o.values, &m.Value)
				o.values = append(o.values, p.extendedHere(s, &m.Value)...)
			}
		}
		if o.input != "" {
			return o
		}
	}
	return origin{input: p.in.Name, line: 1}
}

// extendedHere follows extends within one file.
func (p *project) extendedHere(s *source, v *tree.Value) []*tree.Value {
	var all []*tree.Value
	for range 20 {
		ext := v.Get("extends")
		ref := ext.Str()
		if ext.Get("file") == nil && ext.Get("service") != nil {
			ref = ext.Get("service").Str()
		}
		if v = s.services().Get(ref); ref == "" || v == nil || slices.Contains(all, v) {
			return all
		}
		all = append(all, v)
	}
	return all
}

// carry gives every part of v the place where the source says it; what the source does
// not say itself has the line of what holds it.
func (p *project) carry(v *tree.Value, c carried) (found []evidence.Expression) {
	v.Column = 0
	if len(c.from) > 0 && c.from[0].Line > 0 {
		c.line, v.Column = c.from[0].Line, c.from[0].Column
	}
	v.Line = c.line
	if x, ok := p.expression(v, c.input, c.name); ok {
		x.Path = c.at
		found = append(found, x)
	}
	for i := range v.Members {
		m := &v.Members[i]
		from := pick(c.from, func(src *tree.Value) *tree.Value { return member(src, m.Name) })
		found = append(found, p.carry(&m.Value, carried{c.input, from, c.line, c.at.Key(p.vars.restore(m.Name)), m.Name})...)
	}
	for i := range v.Items {
		it := &v.Items[i]
		from := pick(c.from, func(src *tree.Value) *tree.Value { return item(src, i, it) })
		found = append(found, p.carry(it, carried{c.input, from, c.line, c.at.Index(i), ""})...)
	}
	return found
}

// carried is where a value comes from.
type carried struct {
	input string
	from  []*tree.Value // what the input says of it, the nearest first
	line  int32         // of what holds it
	at    tree.Path
	name  string // of a member
}

// spot is a place in an input, and written what stood there before variables were filled in.
type (
	spot struct {
		input  string
		line   int32
		column uint16
	}
	written struct{ text, now string }
)

// write remembers a text into which variables were filled.
func (p *project) write(s *source, v *tree.Value, text, now string) {
	if v.Column > 0 && strings.Contains(strings.ReplaceAll(text, "$$", ""), "$") {
		p.written[spot{s.name, v.Line, v.Column}] = written{text, now}
	}
}

// expression returns what the source writes where a value stands, if that has variables in it. Another file may
// have replaced the value since, and of a short form only some parts have any.
func (p *project) expression(v *tree.Value, input, name string) (x evidence.Expression, ok bool) {
	w, ok := p.written[spot{input, v.Line, v.Column}]
	if !ok || v.Column == 0 || v.Kind == tree.Object || v.Kind == tree.Array {
		return x, false
	}
	if text, ok := strings.CutPrefix(w.text, name+"="); ok && name != "" { // NAME=value in a list
		w.text, w.now = text, strings.TrimPrefix(w.now, name+"=")
	}
	if !strings.Contains(w.now, v.Text) || v.Text != w.now && literalPart(w.text, v.Text) {
		return x, false
	}
	x.Text = w.text
	// One with a default keeps its mark, by which the sealer knows that a literal is in it.
	if name := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(x.Text, "$"), "{"), "}"); nameLen(name) == len(name) {
		x.Text = name
	}
	if p.vars.holds(v.Text) {
		x.Unresolved = evidence.UnknownParameter
	}
	return x, true
}

// literalPart reports whether a part of a short form, such as "${PORT}:8080/tcp", stands there as it is.
func literalPart(text, part string) bool {
	var rest strings.Builder
	for text != "" {
		before, after, found := strings.Cut(text, "$")
		rest.WriteString(before)
		if !found {
			break
		}
		if end := closed(after); strings.HasPrefix(after, "{") && end > 0 {
			text = after[end:]
		} else {
			text = after[nameLen(after):]
		}
		rest.WriteByte('$')
	}
	return slices.Contains(strings.FieldsFunc(rest.String(), func(r rune) bool { return strings.ContainsRune(":/=,", r) }), part)
}

// closed returns where the brace that text begins with is closed.
func closed(text string) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

func pick(from []*tree.Value, f func(*tree.Value) *tree.Value) []*tree.Value {
	var out []*tree.Value
	for _, src := range from {
		if v := f(src); v != nil {
			out = append(out, v)
		}
	}
	return out
}

// member finds what became the member of an object: a member, an item NAME or NAME=value
// of a list, or the short form that the object was made from.
func member(src *tree.Value, name string) *tree.Value {
	switch src.Kind {
	case tree.Object:
		return src.Get(name)
	case tree.Array:
		for i := range src.Items {
			rest, ok := strings.CutPrefix(src.Items[i].Text, name)
			if src.Items[i].Kind == tree.String && ok && (rest == "" || rest[0] == '=') {
				return &src.Items[i]
			}
		}
		return nil
	}
	return src
}

// item finds what became the item of a list: the same text, or what stands at the same
// place, since merging keeps the place of what came first.
func item(src *tree.Value, i int, it *tree.Value) *tree.Value {
	if src.Kind != tree.Array {
		if src.Kind == tree.Object {
			return nil
		}
		return src
	}
	if it.Kind == tree.String {
		for j := range src.Items {
			if src.Items[j].Text == it.Text {
				return &src.Items[j]
			}
		}
	}
	if i < len(src.Items) {
		return &src.Items[i]
	}
	return nil
}

// restoreAll turns every placeholder below v back into its expression.
func (p *project) restoreAll(v *tree.Value) {
	if v.Kind == tree.String {
		v.Text = p.vars.restore(v.Text)
	}
	for i := range v.Items {
		p.restoreAll(&v.Items[i])
	}
	for i := range v.Members {
		v.Members[i].Name = p.vars.restore(v.Members[i].Name)
		p.restoreAll(&v.Members[i].Value)
	}
}

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
