package exception

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// parser collects problems rather than stopping at the first.
type parser struct {
	name     string
	ids      map[string]int // the line of each exception
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
	return fault.Wrap(fault.Invalid, errors.Join(all...), "%s is not a valid %s", p.name, FileName)
}

// fields are the members of one mapping, with their names checked.
type fields struct {
	p     *parser
	v     *tree.Value
	place string
	line  int
	ok    bool // it is a mapping
}

func (p *parser) fields(v *tree.Value, place string, known ...string) fields {
	f := fields{p: p, v: v, place: place, line: int(v.Line), ok: v.Kind == tree.Object}
	if !f.ok {
		p.say(v.Line, "%s must be a mapping with the keys %s", place, strings.Join(known, ", "))
		return f
	}
	for _, m := range v.Members {
		if !slices.Contains(known, m.Name) {
			p.say(m.Value.Line, "unknown key %s in %s: the keys here are %s", quote(m.Name), place, strings.Join(known, ", "))
		}
	}
	return f
}

func (f fields) get(name string) *tree.Value { return f.v.Get(name) }

// text returns an optional text of one line, its white space collapsed so that folding in the YAML does not matter.
func (f fields) text(name string, most int) string {
	v := f.get(name)
	if v == nil || v.Kind == tree.Null {
		return ""
	}
	return f.p.words(v, name+" of "+f.place, most)
}

func (f fields) required(name string, most int) string {
	s := f.text(name, most)
	if v := f.get(name); s == "" && f.ok && (v == nil || v.Kind == tree.Null || v.Kind == tree.String) {
		f.p.say(int32(f.line), "%s needs %s", f.place, name)
	}
	return s
}

func (p *parser) words(v *tree.Value, what string, most int) string {
	if v.Kind != tree.String {
		p.say(v.Line, "%s must be text: put it in quotes", what)
		return ""
	}
	s := strings.Join(strings.Fields(v.Text), " ")
	if utf8.RuneCountInString(s) > most {
		p.say(v.Line, "%s is longer than %d characters", what, most)
	}
	// Control characters and the marks that turn the direction of text make a terminal or a page lie
	// (Unicode Technical Report 36, section 2.9).
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			p.say(v.Line, "%s holds the control character %U", what, r)
			break
		}
	}
	return s
}

// quote shows a word of the file in a message, short and without control characters.
func quote(s string) string {
	if utf8.RuneCountInString(s) > 40 {
		s = string([]rune(s)[:40]) + "..."
	}
	return fmt.Sprintf("%q", s)
}
