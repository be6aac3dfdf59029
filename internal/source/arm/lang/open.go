package lang

import (
	"strconv"
	"strings"

	"c4arch/internal/arch/evidence"
)

// A text with open parts holds ${...} for each, or @(...) in an id. What stands before the first and after the
// last of them is known for certain, whatever braces the known parts hold themselves.

// head returns what a text certainly begins with, and tail what it certainly ends with. Of a known
// text both are all of it.
func head(v *Value) string {
	switch {
	case v.Kind != String:
		return ""
	case v.Why == "":
		return v.Text
	}
	return v.Text[:firstOpen(v.Text)]
}

func tail(v *Value) string {
	switch {
	case v.Kind != String:
		return ""
	case v.Why == "":
		return v.Text
	}
	return v.Text[max(strings.LastIndexByte(v.Text, '}'), strings.LastIndexByte(v.Text, ')'))+1:]
}

// firstOpen is where the first open part begins, or the length.
func firstOpen(text string) int {
	for at := 0; ; at++ {
		i := strings.IndexAny(text[at:], "$@")
		if i < 0 || at+i+1 >= len(text) {
			return len(text)
		}
		at += i
		if text[at] == '$' && text[at+1] == '{' || text[at] == '@' && text[at+1] == '(' {
			return at
		}
	}
}

// sure returns parts that are known for certain to stand in the text, and their length together.
func sure(v *Value) (parts []string, length int) {
	text := v.Text
	for text != "" {
		at := firstOpen(text)
		if at > 0 {
			parts, length = append(parts, text[:at]), length+at
		}
		if at == len(text) {
			break
		}
		text = text[closed(text, at):]
	}
	return parts, length
}

// closed returns where the open part that begins at text[at:] ends.
func closed(text string, at int) int {
	pair := map[byte]string{'$': "{}", '@': "()"}[text[at]]
	open := 0
	for i := at + 1; i < len(text); i++ {
		switch text[i] {
		case pair[0]:
			open++
		case pair[1]:
			if open--; open == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

// blanks reports whether all open parts of a text are segments of an id: then a slash of the text always ends one.
func blanks(v *Value) bool { return !strings.Contains(v.Text, "${") }

// blanked returns the text of an id with its open parts as segments.
func blanked(text string) string {
	i := strings.Index(text, "${")
	if i < 0 {
		return text
	}
	var b strings.Builder
	for ; i >= 0; i = strings.Index(text, "${") {
		end := closed(text, i)
		b.WriteString(text[:i])
		b.WriteString(evidence.Segment(text[i:end]))
		text = text[end:]
	}
	b.WriteString(text)
	return b.String()
}

// joiner joins values into one text; what is open in them stays open.
type joiner struct {
	e *eval
	b []byte
	v Value // the marks of the text
	// full: there was no room for all of it.
	full bool
}

func (j *joiner) text(s string) {
	if j.full = j.full || !j.e.b.Room(len(s)); !j.full {
		j.b = append(j.b, s...)
	}
}

func (j *joiner) value(v *Value) {
	j.v.blend(v)
	j.full = j.full || !j.e.b.Step(1)
	switch v.Kind {
	case Open:
		j.text("${")
		j.text(v.Text)
		j.text("}")
	case Int:
		j.b = strconv.AppendInt(j.b, v.Int, 10)
	default:
		j.text(v.Str())
	}
}

// done returns the text.
func (j *joiner) done() (Value, error) {
	if j.full {
		return Value{}, errLimit
	}
	j.v.Kind, j.v.Text = String, string(j.b)
	return j.v, nil
}

// splice joins values into one text.
func (e *eval) splice(parts []Value) (Value, error) {
	j := joiner{e: e}
	for i := range parts {
		j.value(&parts[i])
	}
	return j.done()
}

// blend gives a text the marks of a value that went into it: the first reason in the order of the text.
func (v *Value) blend(part *Value) {
	if v.Why == "" {
		v.Why = part.Reason()
	}
	v.Secure = v.Secure || part.HasSecure() && !part.Listed()
}
