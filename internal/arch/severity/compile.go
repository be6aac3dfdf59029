package severity

import (
	"strings"
	"unicode/utf8"

	"c4arch/internal/base/form"
	"c4arch/internal/base/tree"
)

// compile checks how the parts of a rule go together, and makes its conditions ready to run.
func (p *parser) compile(f form.Fields, c *compiled) {
	var about [subjects]bool
	for _, on := range c.On {
		t := target{On: on, steps: ruleSteps(on.Path), each: on.Path == "*"}
		switch {
		case on.Exposure != "":
			t.subject = ofExposure
		case on.Element != "":
			t.subject = ofElement
		case on.Relationship != "":
			t.subject = ofRelationship
		}
		about[t.subject] = true
		c.ons = append(c.ons, t)
	}
	if len(c.On) == 0 {
		p.Say(f.Value, "%s looks at nothing: give it an on", f.Place)
	}
	if c.Weak+c.Strength+c.Loosened+c.Tightened+c.Neutral == "" {
		p.Say(f.Value, "%s says nothing: give it a weak, strength, loosened, tightened or neutral condition", f.Place)
	}
	if c.Weak+c.Strength != "" && (about[ofExposure] || about[ofElement] || about[ofRelationship]) {
		p.Say(f.Value, "%s has a weak or strength condition, which goes with a type only", f.Place)
		return
	}
	c.weak, c.strength = p.condition(f, "weak", c.Weak, ofSide), p.condition(f, "strength", c.Strength, ofSide)
	for s := range subjects {
		if !about[s] {
			continue
		}
		c.loosened[s] = p.condition(f, "loosened", c.Loosened, s)
		c.tightened[s] = p.condition(f, "tightened", c.Tightened, s)
		c.neutral[s] = p.condition(f, "neutral", c.Neutral, s)
	}
}

// condition compiles one expression; nil where there is none or it is wrong.
func (p *parser) condition(f form.Fields, name, source string, s subject) *condition {
	if source == "" {
		return nil
	}
	if p.trusted {
		return p.table.language.postpone(s, source, name == "strength")
	}
	c, flaws := p.table.language.compile(s, source, name == "strength", true)
	for _, x := range flaws {
		v := f.Get(name)
		line, column := int(v.Line), int(v.Column)
		if x.offset >= 0 {
			line, column = p.placeIn(v, x.offset)
		}
		p.SayAt(line, column, "%s of %s: %s", name, f.Place, x.msg)
	}
	return c
}

// placeIn is where in the file the letter of a scalar stands, as line and column in letters: the text of the scalar is followed through
// the file, since folding, quotes and indentation make the two differ.
func (p *parser) placeIn(v *tree.Value, offset int) (line, column int) {
	w := walker{lines: p.Lines, line: int(v.Line) - 1}
	if w.line < 0 || w.line >= len(w.lines) || v.Column == 0 || int(v.Column) > len(w.lines[w.line])+1 {
		return int(v.Line), int(v.Column)
	}
	w.byte = int(v.Column) - 1
	w.quoted = strings.HasPrefix(w.lines[w.line][w.byte:], "'")
	w.open()
	for i, r := range []rune(v.Text) {
		if r == ' ' || r == '\n' || r == '\t' {
			if i == offset {
				break
			}
			continue
		}
		if !w.seek(r) {
			return int(v.Line), int(v.Column)
		}
		if i >= offset {
			break
		}
		w.byte += utf8.RuneLen(r)
	}
	return w.line + 1, utf8.RuneCountInString(w.lines[w.line][:w.byte]) + 1
}

// walker is a position in the file.
type walker struct {
	lines      []string
	line, byte int
	quoted     bool // in single quotes, where two stand for one
}

// open steps over what opens a scalar: a quote, or the header of a block.
func (w *walker) open() {
	switch rest := w.lines[w.line][w.byte:]; {
	case strings.HasPrefix(rest, "|"), strings.HasPrefix(rest, ">"):
		w.byte = len(w.lines[w.line])
	case strings.HasPrefix(rest, `"`), strings.HasPrefix(rest, "'"):
		w.byte++
	}
}

// seek goes to the next letter that is not white space, nor a backslash before what is looked for, and reports whether it is r.
func (w *walker) seek(r rune) bool {
	for w.line < len(w.lines) {
		rest := w.lines[w.line][w.byte:]
		got, size := utf8.DecodeRuneInString(rest)
		switch {
		case rest == "" && w.line+1 < len(w.lines):
			w.line, w.byte = w.line+1, 0
		case rest == "":
			return false
		case got == r:
			return true
		case got == '\'' && w.quoted, got == ' ', got == '\t', got == '\r', got == '\\':
			w.byte += size
		default:
			return false
		}
	}
	return false
}
