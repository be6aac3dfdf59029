package scene

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// OneLine returns s on one line: white space, line breaks and control characters become single spaces, and characters that
// turn the direction of what is behind them are left out, since they would turn the rest of the line around.
func OneLine(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Bidi_Control, r):
		case unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			space = b.Len() > 0
		default:
			if space {
				b.WriteByte(' ')
				space = false
			}
			b.WriteRune(r) // what is not UTF-8 becomes U+FFFD
		}
	}
	return b.String()
}

// OrElse returns s, or other where s is blank.
func OrElse(s, other string) string {
	if strings.TrimSpace(s) == "" {
		return other
	}
	return s
}

// Wrap breaks s at its spaces into lines of at most width characters, for languages that break no lines. A longer word stays
// whole.
func Wrap(s string, width int) []string {
	var lines []string
	var b strings.Builder
	at := 0
	for _, w := range strings.Fields(s) {
		n := utf8.RuneCountInString(w)
		switch {
		case at == 0:
		case at+1+n > width:
			lines = append(lines, b.String())
			b.Reset()
			at = 0
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(w)
		at += n
	}
	if at > 0 {
		lines = append(lines, b.String())
	}
	return lines
}
