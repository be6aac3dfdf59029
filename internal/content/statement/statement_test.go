package statement

import (
	"bytes"
	"strings"
	"testing"

	"c4arch/internal/content/register"
)

func TestBuiltin(t *testing.T) {
	all, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	reg, err := register.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{}
	for _, c := range reg.Clauses {
		kinds[c.ID] = c.Kind
	}
	if len(all) < 40 || len(all) > 70 {
		t.Errorf("there are %d statements", len(all))
	}
	about := map[Subject]int{}
	for _, s := range all {
		about[s.Subject]++
		for _, id := range s.Clauses {
			if kind, ok := kinds[id]; !ok || kind == "legal-text" {
				t.Errorf("%s is bound to %s, which is %q", s.ID, id, kind)
			}
		}
		if s.Changed.After(Changed(all)) {
			t.Errorf("%s changed after the last change", s.ID)
		}
	}
	for _, s := range Subjects() {
		if about[s] == 0 {
			t.Errorf("nothing is said about %s", s)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	head := "id,subject,text,clauses,checks,changed\n"
	good := "S-ISO-1,isolation,This is a sentence of ours.,SE-3.5,,2026-11-23\n"
	if all, err := Parse([]byte(head + good)); err != nil || len(all) != 1 || len(all[0].Checks) != 0 {
		t.Fatal(all, err)
	}
	for name, text := range map[string]string{
		"no head": good, "nothing": "", "twice": head + good + good, "another id": head + strings.Replace(good, "S-ISO", "ISO", 1),
		"no subject": head + strings.Replace(good, "isolation", "weather", 1), "no sentence": head + strings.Replace(good, " of ours.", "", 1),
		"no clause": head + strings.Replace(good, "SE-3.5", "", 1), "an empty check": head + strings.Replace(good, ",,", ",a;,", 1),
		"no day": head + strings.Replace(good, "2026-11-23", "today", 1), "a column too few": head + "S-ISO-1,isolation\n", "an open quote": head + `"`,
		"too many": head + strings.Repeat(good, Most+1),
	} {
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(builtin)
	f.Add([]byte("id,subject,text,clauses,checks,changed\nS-ISO-1,isolation,This is a sentence of ours.,SE-3.5,,2026-11-23\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		all, err := Parse(bytes.Clone(b))
		for _, s := range all {
			if err == nil && (s.Changed.IsZero() || len(s.Clauses) == 0) {
				t.Error(s)
			}
		}
	})
}
