package glob

import (
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		pattern, s string
		want       bool
	}{
		{"", "", true},
		{"*", "", true},
		{"?", "", false},
		{"?", "ü", true},
		{"a*b*c", "a1b2c", true},
		{"a*b*c", "acb", false},
		{"*a", "bca", true},
		{"*ü?", "xüz", true},
		{"**", "x", true},
		{"a", "ab", false},
		{"A*", "ab", false},
		{"[a]", "[a]", true},
	} {
		if got := Match(tt.pattern, tt.s, false); got != tt.want {
			t.Errorf("Match(%q, %q) = %v", tt.pattern, tt.s, got)
		}
	}
	if !Match("Microsoft.*/s?tes", "microsoft.web/Sites", true) || !Match("ÄB", "äb", true) {
		t.Error("case counts")
	}
	// A pattern made to make backtracking explode ends at once.
	if Match(strings.Repeat("*a", 500), strings.Repeat("a", 499), false) {
		t.Error("499 letters match 500 times *a")
	}
}

// FuzzMatch compares with a plain recursive reading of the rules.
func FuzzMatch(f *testing.F) {
	f.Add("a*b?c", "axxbyc")
	f.Add("*", "")
	f.Add("*/sites/*", "/x/sites/y")
	f.Add("?ü*", "üü")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if len(pattern) > 12 || len(s) > 24 {
			return
		}
		if got, want := Match(pattern, s, false), slow(pattern, []rune(s)); got != want && validText(pattern) && validText(s) {
			t.Fatalf("Match(%q, %q) = %v, want %v", pattern, s, got, want)
		}
	})
}

func validText(s string) bool { return strings.ToValidUTF8(s, "") == s }

func slow(pattern string, s []rune) bool {
	p := []rune(pattern)
	switch {
	case len(p) == 0:
		return len(s) == 0
	case p[0] == '*':
		return slow(string(p[1:]), s) || len(s) > 0 && slow(pattern, s[1:])
	case len(s) == 0:
		return false
	}
	return (p[0] == '?' || p[0] == s[0]) && slow(string(p[1:]), s[1:])
}
