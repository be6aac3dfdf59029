package exception

import (
	"strings"
	"testing"
	"unicode/utf8"

	"c4arch/internal/arch/severity"
	"c4arch/internal/base/fault"
)

// FuzzParse: whatever the input, Parse answers with a set or with an error of a kind and never both; what it accepts has all
// that an exception must have, and can be asked.
func FuzzParse(f *testing.F) {
	f.Add([]byte(complete(f)))
	for _, s := range []string{
		"", "version: 1", "version: 2", "version: 1\nexceptions: [{}]", "version: 1\nwindows: [{from: a}]", "a: &a [*a]", "\xff\xfe", "<<: {version: 1}",
		file(one(nil), one(map[string]string{"id": "b", "scope": "'tag:*=*'", "rule": "'*'"})),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Parse(FileName, data)
		if err != nil {
			if k := fault.KindOf(err); s != nil || k != fault.Invalid && k != fault.Limited || strings.ContainsAny(err.Error(), "\x00\x1b\r") {
				t.Fatalf("%q with set %v", err, s)
			}
			return
		}
		for i := range s.Exceptions {
			e := &s.Exceptions[i]
			if e.ID == "" || e.Scope == "" || e.Rule == "" || e.Owner == "" || e.Reason == "" || e.CreatedBy == "" || e.approvers() == 0 || e.Line <= 0 {
				t.Fatalf("%+v", e)
			}
			finding := Finding{Resource: e.Scope, Path: e.Path, Rule: e.Rule, New: e.Allow, Severity: severity.Low}
			if strings.ContainsAny(e.Scope+e.Path+e.Rule, `\`) || strings.HasPrefix(e.Scope, tagPrefix) || strings.Contains(e.Scope, "//") || strings.HasSuffix(e.Scope, "/") {
				continue
			}
			if _, state := s.Match(finding, day(max(e.Created, "0001-01-02"))); state != Active {
				t.Fatalf("%+v does not match itself: %q", e, state)
			}
		}
		for i := range s.Windows {
			if w := &s.Windows[i]; w.From >= w.To && len(w.From) == len(w.To) {
				t.Fatalf("%+v", w)
			}
		}
		s.Stale(nil, today)
		s.Window(today)
	})
}

// FuzzGlob compares with a plain recursive reading of the rules.
func FuzzGlob(f *testing.F) {
	f.Add("a*b?c", "axxbyc")
	f.Add("*", "")
	f.Add(`[=\*]`, "[=*]")
	f.Add(`\\*`, `\x`)
	f.Add(`a\b*`, `a\bc`)
	f.Add("?ü*", "üü")
	f.Fuzz(func(t *testing.T, text, s string) {
		if len(text) > 12 || len(s) > 24 || !utf8.ValidString(text) || !utf8.ValidString(s) {
			return
		}
		if got, want := newPattern(text).match(s), slowGlob([]rune(text), []rune(s)); got != want {
			t.Fatalf("glob(%q, %q) = %v, want %v", text, s, got, want)
		}
	})
}

func slowGlob(p, s []rune) bool {
	switch {
	case len(p) == 0:
		return len(s) == 0
	case p[0] == '*':
		return slowGlob(p[1:], s) || len(s) > 0 && slowGlob(p, s[1:])
	case len(s) == 0:
		return false
	case p[0] == '\\' && len(p) > 1 && strings.ContainsRune(`*?\`, p[1]):
		return s[0] == p[1] && slowGlob(p[2:], s[1:])
	}
	return (p[0] == '?' || p[0] == s[0]) && slowGlob(p[1:], s[1:])
}
