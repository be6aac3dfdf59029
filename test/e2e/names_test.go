//go:build e2e

package e2e

import (
	"strconv"
	"strings"
	"unicode"
)

func number(n int) string { return strconv.Itoa(n) }

// oneLine is what all formats make of a name: what breaks a line is a space, and what turns the text after it around is gone.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		case unicode.IsSpace(r), unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
