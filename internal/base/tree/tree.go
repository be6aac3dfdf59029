// Package tree holds one decoded JSON or YAML value together with the line on
// which each of its parts stands in the input, so that a fact taken from it can
// say where it was read.
//
// A tree is made by [ParseJSON], [ReadJSON] or [ParseYAML]. The parsers bound depth,
// size and YAML alias expansion (see [Limits]) and refuse duplicate keys: a
// document in which one key says two things has no one meaning. Numbers keep
// their literal text; nothing is rounded here.
package tree

import (
	"iter"
	"slices"
	"strconv"
	"strings"
)

// Kind tells what a [Value] is.
type Kind uint8

// The kinds of a value. The zero Kind is Null, so the zero Value is JSON null.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// String returns the JSON name of the kind.
func (k Kind) String() string {
	return [...]string{"null", "boolean", "number", "string", "array", "object"}[k]
}

// Value is one node of a decoded document.
type Value struct {
	Kind Kind
	// Column is the 1-based column, in bytes, on which the value begins; 0 where it is not known or past 65,535. Only
	// readers of code tell it.
	Column uint16
	// Line is the 1-based line of the input on which the value begins; 0 where it
	// is not known (a value that we made).
	Line int32
	// Text is the text of a String, the literal of a Number, "true" or "false" of a Bool.
	Text    string
	Items   []Value  // of an Array
	Members []Member // of an Object, in the order of the input
}

// Member is one name and value of an object.
type Member struct {
	Name  string
	Value Value
}

// Str makes a string value without a line.
func Str(s string) Value { return Value{Kind: String, Text: s} }

// Get returns the member with that name, or nil.
func (v *Value) Get(name string) *Value {
	if v == nil || v.Kind != Object {
		return nil
	}
	for i := range v.Members {
		if v.Members[i].Name == name {
			return &v.Members[i].Value
		}
	}
	return nil
}

// GetFold is Get with ASCII case folded: Azure spells its property names in several ways.
func (v *Value) GetFold(name string) *Value {
	if v == nil || v.Kind != Object {
		return nil
	}
	for i := range v.Members {
		if strings.EqualFold(v.Members[i].Name, name) {
			return &v.Members[i].Value
		}
	}
	return nil
}

// Lookup follows member names from v; nil when one is missing.
func (v *Value) Lookup(names ...string) *Value {
	for _, n := range names {
		v = v.Get(n)
	}
	return v
}

// Str returns the text of a string value, or "" for anything else, nil included.
func (v *Value) Str() string {
	if v == nil || v.Kind != String {
		return ""
	}
	return v.Text
}

// True reports whether v is the boolean true.
func (v *Value) True() bool { return v != nil && v.Kind == Bool && v.Text == "true" }

// List returns the items of an array, or nothing.
func (v *Value) List() []Value {
	if v == nil || v.Kind != Array {
		return nil
	}
	return v.Items
}

// Fields returns the members of an object, or nothing.
func (v *Value) Fields() []Member {
	if v == nil || v.Kind != Object {
		return nil
	}
	return v.Members
}

// Set replaces the member with that name or appends it. v becomes an object if it is null.
func (v *Value) Set(name string, to Value) {
	if v.Kind == Null {
		v.Kind = Object
	}
	if m := v.Get(name); m != nil {
		*m = to
		return
	}
	v.Members = append(v.Members, Member{name, to})
}

// Delete removes the member with that name, if there is one.
func (v *Value) Delete(name string) {
	v.Members = slices.DeleteFunc(v.Members, func(m Member) bool { return m.Name == name })
}

// Clone returns a deep copy.
func (v Value) Clone() Value {
	if v.Items != nil {
		items := make([]Value, len(v.Items))
		for i := range v.Items {
			items[i] = v.Items[i].Clone()
		}
		v.Items = items
	}
	if v.Members != nil {
		members := make([]Member, len(v.Members))
		for i := range v.Members {
			members[i] = Member{v.Members[i].Name, v.Members[i].Value.Clone()}
		}
		v.Members = members
	}
	return v
}

// Leaves yields the path and the value of every scalar below v, in the order of the
// document. An empty array or object is a leaf too. The yielded pointer may be
// written through.
func (v *Value) Leaves() iter.Seq2[Path, *Value] {
	return func(yield func(Path, *Value) bool) { leaves(v, "", yield) }
}

func leaves(v *Value, at Path, yield func(Path, *Value) bool) bool {
	switch {
	case v.Kind == Object && len(v.Members) > 0:
		for i := range v.Members {
			if !leaves(&v.Members[i].Value, at.Key(v.Members[i].Name), yield) {
				return false
			}
		}
	case v.Kind == Array && len(v.Items) > 0:
		for i := range v.Items {
			if !leaves(&v.Items[i], at.Index(i), yield) {
				return false
			}
		}
	default:
		return yield(at, v)
	}
	return true
}

// At returns the value at the path, or nil.
func (v *Value) At(p Path) *Value {
	for step := range p.Steps() {
		if v == nil {
			return nil
		}
		if step.IsIndex {
			if v.Kind != Array || step.Index >= len(v.Items) {
				return nil
			}
			v = &v.Items[step.Index]
			continue
		}
		v = v.Get(step.Key)
	}
	return v
}

// Path names a place below a value: property names joined by dots, array positions
// in brackets, as in properties.subnets[0].name. A name that holds a dot, a bracket, a
// quote, a control character or nothing at all stands quoted in brackets, as in
// tags["hidden-link:/app.id"]. The empty Path is the value itself.
type Path string

// Key returns the path of a member of the object at p.
func (p Path) Key(name string) Path {
	if plain(name) {
		if p == "" {
			return Path(name)
		}
		return p + "." + Path(name)
	}
	return p + "[" + Path(strconv.Quote(name)) + "]"
}

// Index returns the path of an item of the array at p.
func (p Path) Index(i int) Path { return p + "[" + Path(strconv.Itoa(i)) + "]" }

func plain(name string) bool {
	if name == "" {
		return false
	}
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '.' || c == '[' || c == ']' || c == '"' || c < 0x20 || c == 0x7f:
			return false
		}
	}
	return true
}

// Step is one step of a path: a member name or an array position.
type Step struct {
	Key     string
	Index   int
	IsIndex bool
}

// Steps yields the steps of the path. A malformed rest ends it.
func (p Path) Steps() iter.Seq[Step] {
	return func(yield func(Step) bool) {
		rest := string(p)
		for rest != "" {
			if rest[0] == '.' {
				rest = rest[1:]
			}
			if strings.HasPrefix(rest, "[\"") {
				quoted, err := strconv.QuotedPrefix(rest[1:])
				if err != nil {
					return
				}
				name, err := strconv.Unquote(quoted)
				if err != nil || !yield(Step{Key: name}) {
					return
				}
				rest = strings.TrimPrefix(rest[1+len(quoted):], "]")
				continue
			}
			if strings.HasPrefix(rest, "[") {
				end := strings.IndexByte(rest, ']')
				if end < 0 {
					return
				}
				i, err := strconv.Atoi(rest[1:end])
				if err != nil || i < 0 || !yield(Step{Index: i, IsIndex: true}) {
					return
				}
				rest = rest[end+1:]
				continue
			}
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			if !yield(Step{Key: rest[:end]}) {
				return
			}
			rest = rest[end:]
		}
	}
}

// Pattern returns the path with every array position replaced by [], and quoted names
// kept: the shape of the place, which rules match on.
func (p Path) Pattern() string {
	if strings.IndexByte(string(p), '[') < 0 {
		return string(p)
	}
	var b strings.Builder
	for rest := string(p); rest != ""; {
		if strings.HasPrefix(rest, "[\"") {
			if quoted, err := strconv.QuotedPrefix(rest[1:]); err == nil {
				b.WriteString(rest[:1+len(quoted)])
				rest = rest[1+len(quoted):]
				continue
			}
		}
		b.WriteByte(rest[0])
		if rest[0] == '[' {
			rest = rest[digits(rest[1:]):]
		}
		rest = rest[1:]
	}
	return b.String()
}

// IsNumber reports whether s is a number as RFC 8259 section 6 writes it.
func IsNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole := digits(s)
	if whole == 0 || whole > 1 && s[0] == '0' {
		return false
	}
	s = s[whole:]
	if strings.HasPrefix(s, ".") {
		n := digits(s[1:])
		if n == 0 {
			return false
		}
		s = s[1+n:]
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		n := digits(s)
		return n > 0 && n == len(s)
	}
	return s == ""
}

// digits counts the decimal digits at the start of s.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
