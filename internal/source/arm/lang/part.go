package lang

import (
	"strconv"
	"strings"
)

// Functions of single characters are known of the known parts of a text that is open in part; what they do to an open part
// is left beside it. So a name that a template makes of a prefix and of a hash still shows its prefix, and is the same
// wherever it is made.

// digits is how long the hash is that an open call will be, or 0 where the call is no hash. Hashes are lower-case.
func digits(open string) int {
	switch {
	case !strings.HasSuffix(open, ")"):
		return 0
	case strings.HasPrefix(open, "uniqueString("):
		return 13
	case strings.HasPrefix(open, "guid("):
		return 36
	}
	return 0
}

// eachPart changes the known parts of a text with known, and writes the others between before and after.
func (e *eval) eachPart(v *Value, known func(string) string, before, after string) (Value, error) {
	j := joiner{e: e, v: Value{Why: v.Why, Secure: v.Secure}}
	for text := v.Text; text != "" && !j.full; {
		at := firstOpen(text)
		j.text(known(text[:at]))
		if text = text[at:]; text == "" {
			break
		}
		end := closed(text, 0)
		switch part := text[:end]; {
		case !strings.HasPrefix(part, "${") || !strings.HasSuffix(part, "}") || digits(part[2:end-1]) > 0:
			j.text(part)
		default:
			j.text("${" + before + part[2:end-1] + after + "}")
		}
		if text = text[end:]; len(j.b) > maxBytes {
			return Value{}, errLimit
		}
	}
	return j.done()
}

// takeOpen is the start of a text that is longer than what is known of it: the known start, and what of the rest the
// number of characters leaves.
func (e *eval) takeOpen(v *Value, count int64) (Value, error) {
	text, size := v.Text, int64(0)
	for text != "" {
		at := firstOpen(text)
		if n := int64(units(text[:at])); size+n >= count {
			start := Str(v.Text[:len(v.Text)-len(text)] + cut(text[:at], 0, int(count-size)))
			if start.Text != "" && firstOpen(start.Text) < len(start.Text) {
				start.Why = v.Why
			}
			return start, nil
		} else if size += n; at == len(text) {
			return *v, nil
		}
		text = text[at:]
		end := closed(text, 0)
		n := int64(0)
		if strings.HasPrefix(text, "${") && strings.HasSuffix(text[:end], "}") {
			n = int64(digits(text[2 : end-1]))
		}
		if n == 0 || size+n > count {
			break
		}
		size, text = size+n, text[end:]
	}
	if text == "" {
		return *v, nil
	}
	known := v.Text[:len(v.Text)-len(text)]
	if known == "" {
		return Value{}, errOpen
	}
	w := writer{max: maxWords, b: []byte("take(")}
	rest := *v
	if rest.Text = text; strings.HasPrefix(text, "${") && closed(text, 0) == len(text) && strings.HasSuffix(text, "}") {
		w.b = append(w.b, text[2:len(text)-1]...)
	} else {
		w.text(&rest)
	}
	w.b = append(append(append(w.b, ", "...), strconv.FormatInt(count-size, 10)...), ')')
	if len(w.b) > maxWords || !e.b.Room(len(known)+len(w.b)) {
		return Value{}, errOpen
	}
	return Value{Kind: String, Text: known + "${" + words(string(w.b)) + "}", Why: v.Why, Secure: v.Secure}, nil
}
