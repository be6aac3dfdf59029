package exception

import (
	"strings"
	"unicode/utf8"
)

// pattern is a text in which * stands for any run of characters, ? for one, and \ takes its meaning from what follows: an item "*" of a
// set stands in a path as [=*].
type pattern struct {
	text    string // where it is not wild: without the backslashes
	wild    bool
	literal int // how many characters stand for themselves
}

func newPattern(s string) pattern {
	var plain strings.Builder
	p := pattern{text: s}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '*' || c == '?':
			p.wild = true
			continue
		case c == '\\' && i+1 < len(s) && strings.IndexByte(`*?\`, s[i+1]) >= 0:
			i++
		}
		plain.WriteByte(s[i])
	}
	p.literal = plain.Len()
	if !p.wild {
		p.text = plain.String()
	}
	return p
}

// match reports whether the pattern matches all of s. It goes back to the last star only, so that its cost is at most the product of the
// lengths whatever the pattern.
func (p pattern) match(s string) bool {
	if !p.wild {
		return p.text == s
	}
	t, i, star, from := 0, 0, -1, 0
	for i < len(s) {
		c, width, special := p.next(t)
		switch {
		case special && c == '*':
			star, from = t, i
			t++
		case special && c == '?':
			_, n := utf8.DecodeRuneInString(s[i:])
			t, i = t+1, i+n
		case width > 0 && c == s[i]:
			t, i = t+width, i+1
		case star >= 0:
			_, n := utf8.DecodeRuneInString(s[from:])
			from += n
			t, i = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(p.text[t:], "*") == ""
}

// next returns the character of the pattern at t, how many bytes it takes there, and whether it stands for others.
func (p pattern) next(t int) (c byte, width int, special bool) {
	if t >= len(p.text) {
		return 0, 0, false
	}
	c = p.text[t]
	if c == '\\' && t+1 < len(p.text) && strings.IndexByte(`*?\`, p.text[t+1]) >= 0 {
		return p.text[t+1], 2, false
	}
	return c, 1, c == '*' || c == '?'
}
