package legal

import (
	"strings"
	"testing"
	"time"

	"c4arch/internal/base/canon"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func some() Version {
	return Version{
		Slug: Addendum, Version: "2026-11-23", Effective: noon, Audience: Enterprise, Title: "Data processing addendum", Summary: "First version", Body: "## 1. Definitions\n\nA word.\n",
		Material: true, Accept: true, Supports: []string{Agreement}, Rank: RankExhibit,
	}
}

// The bytes are written out here: who changes them changes what every digest that was ever published means, and needs another Format.
func TestCanonicalBytes(t *testing.T) {
	b, err := some().Canonical()
	want := `{"accept":true,"audience":"enterprise","body":"## 1. Definitions\n\nA word.\n","decision":"","effective":"2026-11-23T12:00:00Z","format":"c4arch.legal/1","material":true,"rank":2,` +
		`"slug":"data-processing-addendum","summary":"First version","supports":["master-services-agreement"],"template":false,"title":"Data processing addendum","version":"2026-11-23","weakens":false}`
	if err != nil || string(b) != want {
		t.Fatalf("%s\n%v", b, err)
	}
	d, err := some().Sum()
	if err != nil || d != canon.Sum([]byte(want)) {
		t.Error(d, err)
	}
}

func TestSameForAReader(t *testing.T) {
	want, err := some().Sum()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Version){
		"line ends of Windows": func(v *Version) { v.Body = strings.ReplaceAll(v.Body, "\n", "\r\n") },
		"line ends of old":     func(v *Version) { v.Body = strings.ReplaceAll(v.Body, "\n", "\r") },
		"blanks at line ends":  func(v *Version) { v.Body = strings.ReplaceAll(v.Body, "\n", " \t\n") },
		"no line end":          func(v *Version) { v.Body = strings.TrimSpace(v.Body) },
		"empty lines around":   func(v *Version) { v.Body = "\n\n" + v.Body + "\n\n" },
		"blanks in the title":  func(v *Version) { v.Title = " Data  processing addendum " },
		"another zone":         func(v *Version) { v.Effective = v.Effective.In(time.FixedZone("", 3600)) },
		"parts of a second":    func(v *Version) { v.Effective = v.Effective.Add(time.Millisecond) },
		"twice supported":      func(v *Version) { v.Supports = append(v.Supports, Agreement) },
		"who wrote it":         func(v *Version) { v.Author, v.Approver, v.ID, v.Published = "a", "b", "c", noon },
	} {
		v := some()
		change(&v)
		if got, err := v.Sum(); err != nil || got != want {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	e, d := some(), some()
	e.Body, d.Body = "caf\u00e9", "cafe\u0301"
	if a, _ := e.Sum(); a != mustSum(t, d) {
		t.Error("composed and decomposed letters differ")
	}
}

func mustSum(t *testing.T, v Version) canon.Digest {
	t.Helper()
	d, err := v.Sum()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Every field that has a meaning changes the digest.
func TestEveryFieldCounts(t *testing.T) {
	want := mustSum(t, some())
	for name, change := range map[string]func(*Version){
		"slug": func(v *Version) { v.Slug = Terms }, "version": func(v *Version) { v.Version = "2026-11-24" }, "effective": func(v *Version) { v.Effective = noon.Add(time.Second) },
		"audience": func(v *Version) { v.Audience = Public }, "title": func(v *Version) { v.Title += "s" }, "summary": func(v *Version) { v.Summary += "s" },
		"body": func(v *Version) { v.Body += "." }, "material": func(v *Version) { v.Material = false }, "accept": func(v *Version) { v.Accept = false },
		"supports": func(v *Version) { v.Supports = nil }, "rank": func(v *Version) { v.Rank = 3 }, "template": func(v *Version) { v.Template = true },
		"weakens": func(v *Version) { v.Weakens = true }, "decision": func(v *Version) { v.Decision = "dc_1" },
	} {
		v := some()
		change(&v)
		if mustSum(t, v) == want {
			t.Errorf("%s is in no digest", name)
		}
	}
}

func TestIntact(t *testing.T) {
	v := some()
	if v.Intact() {
		t.Error("a version without a digest is intact")
	}
	v.Digest = string(mustSum(t, v))
	if !v.Intact() {
		t.Error("a version with its digest is not intact")
	}
	v.Body = strings.Replace(v.Body, "A word", "Two words", 1)
	if v.Intact() {
		t.Error("a tampered version is intact")
	}
}

func TestCheckSaysAll(t *testing.T) {
	v := Version{
		Slug: "A b", Audience: "all", Title: "\u202edda", Summary: "a\nb", Body: "a\x00", Rank: 100, Supports: []string{"A"}, Decision: "dc_1",
	}
	err := v.Check()
	for _, want := range []string{"short name", "audience", "direction of reading", "more than a line", "control character", "rank 100", `part of "A"`, "names a decision"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said: %v", want, err)
		}
	}
	if err := some().Check(); err != nil {
		t.Error(err)
	}
	v = some()
	v.Title, v.Summary, v.Body = "", "", ""
	if err := v.Check(); err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("three faults are %v", err)
	}
	for _, body := range []string{"a\xff", "a\u200bb", strings.Repeat("a", MaxBody+1)} {
		v = some()
		if v.Body = body; v.Check() == nil {
			t.Errorf("%.10q passes", body)
		}
	}
}

func TestVersions(t *testing.T) {
	for text, want := range map[string]bool{
		"2026-11-23": true, "2026-11-23.2": true, "2026-11-23.99": true, "2026-11-23.1": false, "2026-11-23.0": false, "2026-02-30": false, "2026-11-23.100": false, "23-11-2026": false, "": false,
	} {
		if Dated(text) != want {
			t.Errorf("%q is a version: %v", text, !want)
		}
	}
	var there []string
	for range 99 {
		v, err := Next(noon, there)
		if err != nil || !Dated(v) {
			t.Fatal(v, err)
		}
		there = append(there, v)
	}
	if there[0] != "2026-11-23" || there[1] != "2026-11-23.2" {
		t.Error(there[:2])
	}
	if _, err := Next(noon, there); err == nil {
		t.Error("a hundredth version of a day")
	}
}

func TestInForce(t *testing.T) {
	v := func(slug, version string, day int) Version {
		return Version{Slug: slug, Version: version, Effective: noon.AddDate(0, 0, day), Audience: Enterprise, Rank: RankExhibit}
	}
	pub := Version{Slug: Terms, Version: "2026-11-01", Effective: noon.AddDate(0, 0, -20), Audience: Public}
	all := []Version{v("b", "2", 1), v("b", "1", -3), v("a", "1", -1), v("a", "2", 0), pub}
	got := ""
	for _, x := range InForce(all, noon) {
		got += x.Slug + "@" + x.Version + " "
	}
	if want := "terms-of-service@2026-11-01 a@2 b@1 "; got != want {
		t.Errorf("in force: %s, not %s", got, want)
	}
	if list := InForce(all, noon.AddDate(0, 0, 1)); list[2].Version != "2" {
		t.Error("what is to be in force is not")
	}
	if list := InForce(all, noon.AddDate(0, 0, -40)); len(list) != 0 {
		t.Error("something is in force before everything")
	}
	if list := Of(all, "b"); len(list) != 2 || list[0].Version != "2" {
		t.Error(list)
	}
	if list := Coming(all, noon); len(list) != 1 || list[0].Slug != "b" {
		t.Error(list)
	}
}

func TestDiffWords(t *testing.T) {
	lines := Diff("a\nWe tell you in 48 hours.\nb", "a\nWe tell you in 24 hours.\nb\nc")
	if r, a := Counts(lines); r != 1 || a != 2 {
		t.Fatalf("%d removed, %d added: %+v", r, a, lines)
	}
	if w := lines[1].Words; len(w) != 3 || w[1] != (Piece{Removed, " 48"}) {
		t.Errorf("%+v", w)
	}
	if w := lines[2].Words; len(w) != 3 || w[1] != (Piece{Added, " 24"}) {
		t.Errorf("%+v", w)
	}
	if got := Around(Diff("a\nb\nc\nd\ne\nf", "a\nb\nc\nd\ne\ng"), 1); len(got) != 4 || got[0].Words != nil {
		t.Errorf("%+v", got)
	}
	if Around(Diff("a", "a"), 3) != nil {
		t.Error("nothing changed, and something is shown")
	}
}

// Both texts come out of a comparison again.
func TestDiffIsWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SampledFrom([]string{"", "a", "b", "a b", "a c", "a b c", "d"})
		before, after := strings.Join(rapid.SliceOfN(line, 0, 30).Draw(t, "before"), "\n"), strings.Join(rapid.SliceOfN(line, 0, 30).Draw(t, "after"), "\n")
		whole(t, before, after, Diff(before, after))
	})
}

type failer interface{ Errorf(string, ...any) }

func whole(t failer, before, after string, lines []Line) {
	var was, is []string
	for _, l := range lines {
		if l.Op != Added {
			was = append(was, l.Text())
		}
		if l.Op != Removed {
			is = append(is, l.Text())
		}
	}
	if strings.Join(was, "\n") != before || strings.Join(is, "\n") != after {
		t.Errorf("%q to %q: %+v", before, after, lines)
	}
}

// What is too large for a table is cut, and still whole.
func TestDiffOfMuch(t *testing.T) {
	var a, b strings.Builder
	for i := range 3000 {
		a.WriteString(strings.Repeat("x", i%7) + string(rune('a'+i%26)) + "\n")
		b.WriteString(string(rune('a'+i%25)) + strings.Repeat("y", i%5) + "\n")
		if i == 1500 {
			a.WriteString("the middle\n")
			b.WriteString("the middle\n")
		}
	}
	lines := Diff(a.String(), b.String())
	whole(t, a.String(), b.String(), lines)
	same := 0
	for _, l := range lines {
		if l.Op == Same && l.Text() == "the middle" {
			same++
		}
	}
	if same != 1 {
		t.Error("the line that both have once is not found")
	}
}

func FuzzNormal(f *testing.F) {
	for _, s := range []string{"", "a", "a\r\nb \n\n", "e\u0301", "\n \n\t", "\xff\r"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := NormalBody(s)
		if NormalBody(n) != n {
			t.Errorf("%q is normal and becomes %q", n, NormalBody(n))
		}
		v := some()
		v.Body = s
		once, err := v.Canonical()
		v.Body = n
		twice, err2 := v.Canonical()
		if (err == nil) != (err2 == nil) || string(once) != string(twice) {
			t.Errorf("%q: %v, %v", s, err, err2)
		}
	})
}
