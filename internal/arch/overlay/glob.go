package overlay

import (
	"strings"
	"unicode/utf8"
)

// glob reports whether the pattern matches all of s. It goes back to the last star only,
// so its cost is at most the product of the lengths whatever the pattern.
func glob(pattern, s string, fold bool) bool {
	if fold {
		pattern, s = strings.ToLower(pattern), strings.ToLower(s)
	}
	if !strings.ContainsAny(pattern, "*?") {
		return pattern == s
	}
	p, i := 0, 0
	star, from := -1, 0
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

func lowerHost(host string) string { return strings.TrimSuffix(strings.ToLower(host), ".") }

// cutWildcard splits "*.example.com" into "example.com" and true.
func cutWildcard(host string) (string, bool) { return strings.CutPrefix(host, "*.") }
