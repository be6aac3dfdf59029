// Package glob matches text with a pattern in which * stands for any run of characters, also none, and ? for one; nothing
// else is special. A pattern from a stranger is safe: the cost is at most the product of the lengths.
package glob

import (
	"strings"
	"unicode/utf8"
)

// Match reports whether the pattern matches all of s; with fold, without regard to case.
func Match(pattern, s string, fold bool) bool {
	if fold {
		pattern, s = strings.ToLower(pattern), strings.ToLower(s)
	}
	if !strings.ContainsAny(pattern, "*?") {
		return pattern == s
	}
	p, i := 0, 0
	star, from := -1, 0 // the last star, the one place to which it goes back, and where its run ends
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, i
			p++
		case p < len(pattern) && pattern[p] == '?':
			_, n := utf8.DecodeRuneInString(s[i:])
			p++
			i += n
		case p < len(pattern) && pattern[p] == s[i]:
			p++
			i++
		case star >= 0:
			_, n := utf8.DecodeRuneInString(s[from:])
			from += n
			p, i = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
