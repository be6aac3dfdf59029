package compose

import (
	"cmp"
	"maps"
	"slices"
	"strings"

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

// carry gives every part of v the line on which the source says it; what the source does
// not say itself has the line of what holds it.
func carry(v *tree.Value, from []*tree.Value, line int32) {
	if len(from) > 0 && from[0].Line > 0 {
		line = from[0].Line
	}
	v.Line = line
	for i := range v.Members {
		m := &v.Members[i]
		carry(&m.Value, pick(from, func(src *tree.Value) *tree.Value { return member(src, m.Name) }), line)
	}
	for i := range v.Items {
		it := &v.Items[i]
		carry(it, pick(from, func(src *tree.Value) *tree.Value { return item(src, i, it) }), line)
	}
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
