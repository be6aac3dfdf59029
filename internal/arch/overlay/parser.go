package overlay

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// parser collects problems rather than stopping at the first.
type parser struct {
	lines    []string
	keys     map[string]RefKind // of persons, systems, externals and elements: one namespace
	problems []*tree.Error
}

func (p *parser) say(line int32, format string, args ...any) {
	p.problems = append(p.problems, &tree.Error{Line: int(line), Msg: fmt.Sprintf(format, args...)})
}

// err joins the problems in the order of the file.
func (p *parser) err() error {
	if len(p.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(p.problems, func(a, b *tree.Error) int { return a.Line - b.Line })
	var all []error
	for i, e := range p.problems {
		if i == maxReport {
			all = append(all, fmt.Errorf("and %d more", len(p.problems)-maxReport))
			break
		}
		all = append(all, e)
	}
	return fault.Wrap(fault.Invalid, errors.Join(all...), "the file is not a valid c4arch.yaml")
}

// fields are the members of one mapping, with their names checked.
type fields struct {
	p     *parser
	v     *tree.Value
	place string
	line  int
	ok    bool // it is a mapping
}

// fields checks that v is a mapping with no other keys than those known.
func (p *parser) fields(v *tree.Value, place string, known ...string) fields {
	f := fields{p: p, v: v, place: place, line: int(v.Line), ok: v.Kind == tree.Object}
	if !f.ok {
		p.say(v.Line, "%s must be a mapping with the keys %s", place, strings.Join(known, ", "))
		return f
	}
	for _, m := range v.Members {
		if slices.Contains(known, m.Name) {
			continue
		}
		hint := "the keys here are " + strings.Join(known, ", ")
		if n := nearest(m.Name, known); n != "" {
			hint = fmt.Sprintf("did you mean %s?", n)
		}
		p.say(p.lineOfKey(m), "unknown key %s in %s: %s", quote(m.Name), place, hint)
	}
	return f
}

func (f fields) get(name string) *tree.Value { return f.v.Get(name) }

// text returns an optional text, its white space collapsed so that folding in the YAML does
// not matter.
func (f fields) text(name string) string {
	v := f.get(name)
	if v == nil || v.Kind == tree.Null {
		return ""
	}
	if v.Kind != tree.String {
		f.p.say(v.Line, "%s of %s must be text: put it in quotes", name, f.place)
		return ""
	}
	s := strings.Join(strings.Fields(v.Text), " ")
	f.p.check(v.Line, name+" of "+f.place, s, maxText)
	return s
}

func (f fields) required(name string) string {
	s := f.text(name)
	if v := f.get(name); s == "" && f.ok && (v == nil || v.Kind == tree.Null || v.Kind == tree.String) {
		f.p.say(int32(f.line), "%s needs %s", f.place, article(name))
	}
	return s
}

// article puts a or an before the name of a field.
func article(name string) string {
	if strings.ContainsRune("aeio", rune(name[0])) {
		return "an " + name
	}
	return "a " + name
}

var keyForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// key reads a key by which relationships refer to the entry, and takes it.
func (f fields) key(kind RefKind, must bool) string {
	v := f.get("key")
	if v == nil {
		if must && f.ok {
			f.p.say(int32(f.line), "%s needs a key", f.place)
		}
		return ""
	}
	if v.Kind != tree.String || !keyForm.MatchString(v.Text) {
		f.p.say(v.Line, "key of %s must be 1 to 63 lower-case letters, digits and hyphens, as in online-shop", f.place)
		return ""
	}
	if other, taken := f.p.keys[v.Text]; taken {
		f.p.say(v.Line, "key %s of %s is already that of a %s: keys are unique in the whole file", v.Text, f.place, other)
		return ""
	}
	f.p.keys[v.Text] = kind
	return v.Text
}

// check refuses what would make a picture or a terminal lie: control characters and the
// marks that turn the direction of text (Unicode Technical Report 36, section 2.9).
func (p *parser) check(line int32, what, s string, most int) {
	if utf8.RuneCountInString(s) > most {
		p.say(line, "%s is longer than %d characters", what, most)
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			p.say(line, "%s holds the control character %U", what, r)
			return
		}
	}
}

// lineOfKey finds the line of a key: the tree knows that of its value only, which in a
// block mapping stands below.
func (p *parser) lineOfKey(m tree.Member) int32 {
	for l := m.Value.Line; l > 0 && l > m.Value.Line-50 && int(l) <= len(p.lines); l-- {
		text := strings.TrimLeft(p.lines[l-1], " -\t\"'{?")
		if strings.HasPrefix(text, m.Name) || strings.Contains(p.lines[l-1], m.Name+":") {
			return l
		}
	}
	return m.Value.Line
}

func linesOf(text []byte) []string { return strings.Split(string(text), "\n") }

// quote shows a word of the file in a message, short and without control characters.
func quote(s string) string {
	if utf8.RuneCountInString(s) > 40 {
		s = string([]rune(s)[:40]) + "..."
	}
	return fmt.Sprintf("%q", s)
}
