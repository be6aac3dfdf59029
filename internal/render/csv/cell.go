package csv

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// cell returns a value as a cell: on one line, and no formula. What is not UTF-8 becomes U+FFFD.
func cell(s string) string { return guard(escape(s, false)) }

// items returns values as one cell, with a semicolon and a space between them. No value and one that is empty are both an empty
// cell; of evidence, the column of places, which are never empty, says how many there are.
func items(values []string) string {
	out := make([]string, len(values))
	for i, s := range values {
		out[i] = escape(s, true)
	}
	return guard(strings.Join(out, "; "))
}

// escape writes a backslash in front of itself and, in a list, of a semicolon, and control characters as \n, \r, \t or \u00XX,
// so that a record is one line and that tools which count lines or split at tabs see what is meant.
func escape(s string, inList bool) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r == '\\' || r == ';' && inList || control(r) }) {
		return s // as most are
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\\', r == ';' && inList:
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case control(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func control(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufeff'
}

// formula are the characters at which a spreadsheet may take what follows for a formula, with their full-width forms, and the
// apostrophe itself, so that one that is ours can be told from one that is not.
const formula = "=+-@'\uff1d\uff0b\uff0d\uff20"

// guard puts an apostrophe in front of formula characters at the beginning of the cell and behind each semicolon, which is
// where a cell begins for a spreadsheet that takes semicolons for the separator, as those of many countries do.
func guard(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); !strings.ContainsRune(formula, first) && !strings.Contains(s, ";") {
		return s
	}
	var b strings.Builder
	start := true
	for _, r := range s {
		if start && strings.ContainsRune(formula, r) {
			b.WriteByte('\'')
		}
		start = r == ';'
		b.WriteRune(r)
	}
	return b.String()
}

// Plain returns the value of a cell that holds one.
func Plain(cell string) string { return unescape(unguard(cell)) }

// Items returns the values of a cell that holds a list.
func Items(cell string) []string {
	s := unguard(cell)
	if s == "" {
		return nil
	}
	var out []string
	from := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ';':
			out = append(out, unescape(s[from:i]))
			from = i + 1
			if from < len(s) && s[from] == ' ' {
				from++
			}
		}
	}
	return append(out, unescape(s[min(from, len(s)):]))
}

func unguard(s string) string {
	var b strings.Builder
	start := true
	for _, r := range s {
		if start && r == '\'' {
			start = false
			continue
		}
		start = r == ';'
		b.WriteRune(r)
	}
	return b.String()
}

func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		if r != '\\' || i == len(s) {
			b.WriteRune(r)
			continue
		}
		r, n = utf8.DecodeRuneInString(s[i:])
		i += n
		switch r {
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'u':
			if v, err := strconv.ParseUint(s[i:min(i+4, len(s))], 16, 16); err == nil && i+4 <= len(s) {
				b.WriteRune(rune(v))
				i += 4
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
