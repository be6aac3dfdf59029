package form

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"c4arch/internal/base/tree"
)

// Fields are the members of one mapping, with their names checked.
type Fields struct {
	*File
	Value *tree.Value
	Place string // as messages name it
	OK    bool   // it is a mapping
}

// Fields checks that v is a mapping with no other keys than those known.
func (f *File) Fields(v *tree.Value, place string, known ...string) Fields {
	m := Fields{File: f, Value: v, Place: place, OK: v.Kind == tree.Object}
	if !m.OK {
		f.Say(v, "%s must be a mapping with the keys %s", place, strings.Join(known, ", "))
		return m
	}
	for _, x := range v.Members {
		if slices.Contains(known, x.Name) {
			continue
		}
		hint := "the keys here are " + strings.Join(known, ", ")
		if n := nearest(x.Name, known); n != "" {
			hint = fmt.Sprintf("did you mean %s?", n)
		}
		f.SayAt(f.lineOfKey(x), 0, "unknown key %s in %s: %s", Quote(x.Name), place, hint)
	}
	return m
}

// Line is where the mapping begins.
func (f Fields) Line() int { return int(f.Value.Line) }

// Get returns the value of a key; nil where it is not there.
func (f Fields) Get(name string) *tree.Value { return f.Value.Get(name) }

// Text returns an optional text of at most so many characters; see [File.Words].
func (f Fields) Text(name string, most int) string {
	v := f.Get(name)
	if none(v) {
		return ""
	}
	return f.Words(v, name+" of "+f.Place, most)
}

// Required is [Fields.Text] for a text that must be there and say something.
func (f Fields) Required(name string, most int) string {
	s := f.Text(name, most)
	if v := f.Get(name); s == "" && f.OK && (none(v) || v.Kind == tree.String) {
		f.Say(f.Value, "%s needs %s", f.Place, article(name))
	}
	return s
}

// List returns the items of an optional list of at most so many; none of a longer one.
func (f Fields) List(name string, most int) []*tree.Value {
	switch v := f.Get(name); {
	case none(v):
	case v.Kind != tree.Array:
		f.Say(v, "%s of %s must be a list: begin each entry with a dash", name, f.Place)
	case len(v.Items) > most:
		f.Say(v, "%s of %s has more than %d entries", name, f.Place, most)
	default:
		all := make([]*tree.Value, len(v.Items))
		for i := range v.Items {
			all[i] = &v.Items[i]
		}
		return all
	}
	return nil
}

// Entries reads each item of a list, which is told its place, such as persons[0].
func Entries[T any](f Fields, name string, most int, read func(v *tree.Value, place string) T) []T {
	var out []T
	for i, v := range f.List(name, most) {
		out = append(out, read(v, fmt.Sprintf("%s[%d]", name, i)))
	}
	return out
}

// Words returns a text with its white space collapsed, so that folding in the YAML does not matter. what names it in messages.
func (f *File) Words(v *tree.Value, what string, most int) string {
	if v.Kind != tree.String {
		f.Say(v, "%s must be text: put it in quotes", what)
		return ""
	}
	s := strings.Join(strings.Fields(v.Text), " ")
	f.Check(v, what, s, most)
	return s
}

// Check says what is wrong with a text that stands at v: that it is too long, or holds what would make a terminal, a page or
// a picture lie: control characters and the marks that turn the direction of text (Unicode Technical Report 36, section 2.9).
func (f *File) Check(v *tree.Value, what, s string, most int) {
	if utf8.RuneCountInString(s) > most {
		f.Say(v, "%s is longer than %d characters", what, most)
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			f.Say(v, "%s holds the control character %U", what, r)
			return
		}
	}
}

func none(v *tree.Value) bool { return v == nil || v.Kind == tree.Null }

// article puts a or an before the name of a key.
func article(name string) string {
	if strings.ContainsRune("aeio", rune(name[0])) {
		return "an " + name
	}
	return "a " + name
}
