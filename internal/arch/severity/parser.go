package severity

import (
	"cmp"
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
	lines    []string
	table    *Table
	seen     map[string]int32 // ids of this file, with their lines
	trusted  bool             // the file comes with the program: its conditions are compiled when they are asked
	problems []problem
}

// problem is what is wrong at a place of the file.
type problem struct {
	line, column int
	msg          string
}

// Error names the place as editors and compilers do.
func (p problem) Error() string {
	switch {
	case p.line <= 0:
		return p.msg
	case p.column <= 0:
		return fmt.Sprintf("line %d: %s", p.line, p.msg)
	}
	return fmt.Sprintf("line %d, column %d: %s", p.line, p.column, p.msg)
}

func (p *parser) say(line int32, column uint16, format string, args ...any) {
	p.problems = append(p.problems, problem{int(line), int(column), fmt.Sprintf(format, args...)})
}

// err joins the problems in the order of the file.
func (p *parser) err() error {
	if len(p.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(p.problems, func(a, b problem) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
	})
	var all []error
	for i, e := range p.problems {
		if i == maxReport {
			all = append(all, fmt.Errorf("and %d more", len(p.problems)-maxReport))
			break
		}
		all = append(all, e)
	}
	return fault.Wrap(fault.Invalid, errors.Join(all...), "%s is not a valid rule file", p.name)
}

// fields are the members of one mapping, with their names checked.
type fields struct {
	p     *parser
	v     *tree.Value
	place string
	ok    bool // it is a mapping
}

// fields checks that v is a mapping with no other keys than those known.
func (p *parser) fields(v *tree.Value, place string, known ...string) fields {
	f := fields{p: p, v: v, place: place, ok: v.Kind == tree.Object}
	if !f.ok {
		p.say(v.Line, v.Column, "%s must be a mapping with the keys %s", place, strings.Join(known, ", "))
		return f
	}
	for _, m := range v.Members {
		if !slices.Contains(known, m.Name) {
			p.say(p.lineOfKey(m), 0, "unknown key %s in %s: the keys here are %s", quote(m.Name), place, strings.Join(known, ", "))
		}
	}
	return f
}

// list returns the items of an optional list.
func (p *parser) list(f fields, name string, most int) []*tree.Value {
	v := f.v.Get(name)
	if v == nil || v.Kind == tree.Null {
		return nil
	}
	if v.Kind != tree.Array {
		p.say(v.Line, v.Column, "%s of %s must be a list", name, f.place)
		return nil
	}
	if len(v.Items) > most {
		p.say(v.Line, v.Column, "%s of %s has more than %d entries", name, f.place, most)
		return nil
	}
	out := make([]*tree.Value, len(v.Items))
	for i := range v.Items {
		out[i] = &v.Items[i]
	}
	return out
}

// text returns an optional text, its white space collapsed so that folding in the YAML does not matter.
func (f fields) text(name string) string {
	v := f.v.Get(name)
	if v == nil || v.Kind == tree.Null {
		return ""
	}
	return f.p.word(v, name+" of "+f.place)
}

func (p *parser) word(v *tree.Value, what string) string {
	if v.Kind != tree.String {
		p.say(v.Line, v.Column, "%s must be text: put it in quotes", what)
		return ""
	}
	s := strings.Join(strings.Fields(v.Text), " ")
	p.check(v, what, s, maxText)
	return s
}

func (f fields) required(name string) string {
	s := f.text(name)
	if v := f.v.Get(name); s == "" && f.ok && (v == nil || v.Kind == tree.Null || v.Kind == tree.String) {
		f.p.say(f.v.Line, f.v.Column, "%s needs a text for %s", f.place, name)
	}
	return s
}

// expression returns the text of a condition as it stands. A lone true or false need not be quoted.
func (f fields) expression(name string) string {
	v := f.v.Get(name)
	if v == nil || v.Kind == tree.Null {
		return ""
	}
	if v.Kind != tree.String && v.Kind != tree.Bool {
		f.p.say(v.Line, v.Column, "%s of %s must be an expression: put it in quotes", name, f.place)
		return ""
	}
	if strings.TrimSpace(v.Text) == "" {
		f.p.say(v.Line, v.Column, "%s of %s is empty: leave the key out", name, f.place)
		return ""
	}
	if utf8.RuneCountInString(v.Text) > maxExpression {
		f.p.say(v.Line, v.Column, "%s of %s is longer than %d characters", name, f.place, maxExpression)
		return ""
	}
	return v.Text
}

// severities are the severities from grave to light.
var severities = []Severity{Critical, High, Medium, Low}

func (f fields) severity(name string) Severity {
	v := f.v.Get(name)
	if v == nil || v.Kind == tree.Null {
		return ""
	}
	if s := Severity(v.Str()); slices.Contains(severities, s) {
		return s
	}
	f.p.say(v.Line, v.Column, "%s of %s must be critical, high, medium or low", name, f.place)
	return ""
}

// check refuses what would make a terminal or a page lie: control characters and the marks that turn the direction of text.
func (p *parser) check(v *tree.Value, what, s string, most int) {
	if utf8.RuneCountInString(s) > most {
		p.say(v.Line, v.Column, "%s is longer than %d characters", what, most)
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			p.say(v.Line, v.Column, "%s holds the control character %U", what, r)
			return
		}
	}
}

// lineOfKey finds the line of a key: the tree knows that of its value only, which in a block mapping stands below.
func (p *parser) lineOfKey(m tree.Member) int32 {
	for l := m.Value.Line; l > 0 && l > m.Value.Line-50 && int(l) <= len(p.lines); l-- {
		text := strings.TrimLeft(p.lines[l-1], " -\t\"'{?")
		if strings.HasPrefix(text, m.Name) || strings.Contains(p.lines[l-1], m.Name+":") {
			return l
		}
	}
	return m.Value.Line
}

// quote shows a word of the file in a message, short and without control characters.
func quote(s string) string {
	if utf8.RuneCountInString(s) > 40 {
		s = string([]rune(s)[:40]) + "..."
	}
	return fmt.Sprintf("%q", s)
}
