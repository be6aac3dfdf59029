package lang

import (
	"cmp"
	"strconv"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// made sums up an array or object, so that no question about it walks a value that is small in memory, because
// its parts are shared, and huge when written out. size is 0 where nobody has counted.
type made struct {
	size   int32 // values in it, itself included
	text   int32 // bytes of text in it
	depth  uint8
	why    evidence.Unknown // of the first open part in it
	secure bool             // there is a secure part in it
}

// Bounds of one value. Resource Manager takes templates of 4 MB (Template best practices, "Template limits").
const (
	maxDepth = 200
	maxSize  = 2_000_000
	maxBytes = 16 << 20
)

// Str returns a text.
func Str(text string) Value { return Value{Kind: String, Text: text} }

// Number returns an integer.
func Number(n int64) Value { return Value{Kind: Int, Int: n} }

// Truth returns a boolean.
func Truth(b bool) Value { return Value{Kind: Bool, Bool: b} }

// Unknown returns a value that is not known: text is what is left of its expression.
func Unknown(text string, why evidence.Unknown) Value { return Value{Kind: Open, Text: text, Why: why} }

// List returns an array. Where it would be too large or too deep, it is unknown.
func List(items []Value) Value {
	v := Value{Kind: Array, Items: items, made: made{size: 1, depth: 1}}
	for i := range items {
		if !v.made.take(items[i].sum()) {
			return tooLarge()
		}
	}
	return v
}

// Dict returns an object. Where it would be too large or too deep, it is unknown. Names must differ.
func Dict(members []Member) Value {
	v := Value{Kind: Object, Members: members, made: made{size: 1, depth: 1}}
	for i := range members {
		v.made.text += int32(min(len(members[i].Name), maxBytes))
		if v.made.text > maxBytes || !v.made.take(members[i].Value.sum()) {
			return tooLarge()
		}
	}
	return v
}

func tooLarge() Value { return Unknown("a value that is too large", evidence.UnknownLimit) }

// take counts one part and reports whether the whole stays within bounds.
func (m *made) take(sum made) bool {
	m.secure = m.secure || sum.secure
	if m.why == "" {
		m.why = sum.why
	}
	if sum.size > maxSize-m.size || sum.text > maxBytes-m.text || sum.depth >= maxDepth {
		return false
	}
	m.size += sum.size
	m.text += sum.text
	m.depth = max(m.depth, sum.depth+1)
	return true
}

// sum returns what [made] says of any value.
func (v *Value) sum() made {
	text := int32(min(len(v.Text), maxBytes))
	switch {
	case v.Kind == Open:
		return made{size: 1, text: text, why: cmp.Or(v.Why, evidence.UnknownFault), secure: v.Secure}
	case v.Kind == String:
		return made{size: 1, text: text, why: v.Why, secure: v.Secure}
	case v.Kind != Array && v.Kind != Object:
		return made{size: 1, secure: v.Secure}
	case v.made.size > 0:
		sum := v.made
		sum.secure = sum.secure || v.Secure
		return sum
	}
	return v.count(0)
}

// open reports whether there is an open part in v.
func (v *Value) open() bool { return v.sum().why != "" }

// count walks a value that was put together by hand.
func (v *Value) count(deep int) made {
	sum := made{size: 1, depth: 1, secure: v.Secure}
	whole := deep < maxDepth
	part := func(p *Value) {
		if !whole {
			return
		}
		if (p.Kind == Array || p.Kind == Object) && p.made.size == 0 {
			whole = sum.take(p.count(deep + 1))
			return
		}
		whole = sum.take(p.sum())
	}
	for i := range v.Items {
		part(&v.Items[i])
	}
	for i := range v.Members {
		sum.text = min(sum.text+int32(min(len(v.Members[i].Name), maxBytes)), maxBytes)
		part(&v.Members[i].Value)
	}
	if !whole {
		sum.size, sum.text, sum.depth = maxSize, maxBytes, maxDepth
		sum.why = cmp.Or(sum.why, evidence.UnknownLimit)
	}
	return sum
}

// Known reports whether v has no open part at any depth.
func (v Value) Known() bool { return v.sum().why == "" }

// Size is the number of values in v, itself included.
func (v Value) Size() int { return int(v.sum().size) }

// textSize is the size of all texts in v, in bytes.
func (v Value) textSize() int { return int(v.sum().text) }

// HasSecure reports whether v or anything in it is secure.
func (v Value) HasSecure() bool { return v.sum().secure }

// Reason returns why v, or the first open part of it, is not known; "" of a known value.
func (v Value) Reason() evidence.Unknown { return v.sum().why }

// Str returns v as a part of a text: the text of a String, ${...} of an Open, the digits of a number, True or False as
// format() writes them. Of an array or object it is their JSON text.
func (v Value) Str() string {
	switch v.Kind {
	case String, Float:
		return v.Text
	case Open:
		return evidence.Left(v.Text)
	case Int:
		return strconv.FormatInt(v.Int, 10)
	case Bool:
		if v.Bool {
			return "True"
		}
		return "False"
	case Array, Object:
		return string(appendJSON(nil, &v))
	}
	return ""
}

// Tree returns v as it stands in the properties of a resource: what is open is the text ${...}.
func (v Value) Tree() tree.Value {
	t := tree.Value{Line: v.Line, Column: v.Column}
	switch v.Kind {
	case Bool:
		t.Kind, t.Text = tree.Bool, strconv.FormatBool(v.Bool)
	case Int, Float:
		t.Kind, t.Text = tree.Number, v.Str()
	case String, Open:
		t.Kind, t.Text = tree.String, v.Str()
	case Array:
		t.Kind, t.Items = tree.Array, make([]tree.Value, len(v.Items))
		for i := range v.Items {
			t.Items[i] = v.Items[i].Tree()
		}
	case Object:
		t.Kind, t.Members = tree.Object, make([]tree.Member, len(v.Members))
		for i := range v.Members {
			t.Members[i] = tree.Member{Name: v.Members[i].Name, Value: v.Members[i].Value.Tree()}
		}
	}
	return t
}

// FromTree returns a literal value. Text is taken as it stands, whether or not it is an expression.
func FromTree(t tree.Value) Value {
	v := Value{Text: t.Text}
	switch t.Kind {
	case tree.Bool:
		v = Truth(t.Text == "true")
	case tree.Number:
		v.Kind = Float
		if n, err := strconv.ParseInt(t.Text, 10, 64); err == nil {
			v = Number(n)
		}
	case tree.String:
		v.Kind = String
	case tree.Array:
		items := make([]Value, len(t.Items))
		for i := range t.Items {
			items[i] = FromTree(t.Items[i])
		}
		v = List(items)
	case tree.Object:
		members := make([]Member, len(t.Members))
		for i := range t.Members {
			members[i] = Member{t.Members[i].Name, FromTree(t.Members[i].Value)}
		}
		v = Dict(members)
	}
	v.Line, v.Column = t.Line, t.Column
	return v
}

// Get returns the member with that name, in any case of its letters.
func (v Value) Get(name string) (Value, bool) {
	if i := member(v.Members, name); i >= 0 {
		return v.Members[i].Value, true
	}
	return Value{}, false
}

func member(members []Member, name string) int {
	for i := range members {
		if len(members[i].Name) == len(name) && strings.EqualFold(members[i].Name, name) {
			return i
		}
	}
	return -1
}
