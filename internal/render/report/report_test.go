package report_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
	"c4arch/internal/render/report"
	"c4arch/internal/render/report/reporttest"
)

func TestValue(t *testing.T) {
	for raw, want := range map[string]string{
		"":                               report.Absent,
		"null":                           report.Absent,
		"true":                           "true",
		"1.5":                            "1.5",
		`"a"`:                            `"a"`,
		`""`:                             `""`,
		"[]":                             "[]",
		"{}":                             "{}",
		`[1,2]`:                          "[1, 2]",
		`{"a":{"b":[null,"c"]}}`:         `{a: {b: [null, "c"]}}`,
		`{"$number":"9007199254740993"}`: "9007199254740993",
		`"secret:hmac-sha256:51f0c2a97c9e4d0fb1a6cc0e8f0d9b37"`:                     "secret (fingerprint 51f0c2a9…)",
		`"Server=db;Password=secret:hmac-sha256:51f0c2a97c9e4d0fb1a6cc0e8f0d9b37;"`: `"Server=db;Password=secret (fingerprint 51f0c2a9…);"`,
		`"a\nb\u001b[1m"`: "\"a b\uFFFD[1m\"",
		`{"a":`:           `{"a":`,
	} {
		if got := report.Value(canon.Raw(raw), 100); got != want {
			t.Errorf("%s: %s, not %s", raw, got, want)
		}
	}
	for _, n := range []int{1, 2, 10, 1000} {
		if got := report.Value(canon.Raw(`["`+strings.Repeat("ä", 5000)+`",1,2,3]`), n); utf8.RuneCountInString(got) > n {
			t.Errorf("%d characters where %d were asked for", utf8.RuneCountInString(got), n)
		}
	}
}

// TestValuesShowWhereTheyDiffer: two long values that begin alike are cut at both ends, so that what differs is seen.
func TestValuesShowWhereTheyDiffer(t *testing.T) {
	long := strings.Repeat("x", 500)
	for name, c := range map[string][2]string{
		"in the middle": {`"` + long + `A` + long + `"`, `"` + long + `B` + long + `"`},
		"at the end":    {`"` + long + `"`, `"` + long + `y"`},
		"soon":          {`"A` + long + `"`, `"B` + long + `"`},
		"very far":      {`"` + strings.Repeat("z", 1<<18) + `A"`, `"` + strings.Repeat("z", 1<<18) + `B"`},
		"short":         {"1", "2"},
		"one is absent": {"", `"` + long + `"`},
	} {
		a, b := report.Values(&drift.Finding{Old: canon.Raw(c[0]), New: canon.Raw(c[1])}, 60)
		if a == b {
			t.Errorf("%s: both are %s", name, a)
		}
		if utf8.RuneCountInString(a) > 60 || utf8.RuneCountInString(b) > 60+len(" (differs further on)") {
			t.Errorf("%s: too long: %s, %s", name, a, b)
		}
	}
}

func TestFails(t *testing.T) {
	active, expired := &drift.Excepted{State: "active"}, &drift.Excepted{State: "expired"}
	for _, c := range []struct {
		f    drift.Finding
		on   string
		want bool
	}{
		{drift.Finding{Severity: severity.High}, "medium", true},
		{drift.Finding{Severity: severity.Medium}, "medium", true},
		{drift.Finding{Severity: severity.Low}, "medium", false},
		{drift.Finding{Severity: severity.Low}, "low", true},
		{drift.Finding{Severity: severity.Critical, Direction: severity.Tightened}, "low", false},
		{drift.Finding{Severity: severity.Critical, Exception: active}, "low", false},
		{drift.Finding{Severity: severity.Critical, Exception: expired}, "low", true},
		{drift.Finding{Severity: severity.Critical}, "none", false},
		{drift.Finding{Severity: severity.Critical}, "", false},
	} {
		if got := report.Fails(&c.f, c.on); got != c.want {
			t.Errorf("%+v on %q: %v", c.f, c.on, got)
		}
	}
}

// TestSplitLosesNothing, not even a finding whose severity is no severity.
func TestSplitLosesNothing(t *testing.T) {
	for name, r := range reporttest.Reports() {
		p := report.Split(r)
		if n := len(p.AllOpen()) + len(p.Excepted) + len(p.Improvements); n != len(r.Findings) {
			t.Errorf("%s: %d of %d findings", name, n, len(r.Findings))
		}
	}
	odd := report.Split(&drift.Report{Findings: []drift.Finding{{Severity: "fatal"}}})
	if len(odd.Open[0]) != 1 {
		t.Error("a finding of an unknown severity is not the gravest")
	}
}

func TestVerdict(t *testing.T) {
	for name, c := range map[string]struct {
		change     func(*drift.Report)
		word, want string
	}{
		"clean":   {func(*drift.Report) {}, "Clean", "no drift"},
		"unknown": {func(r *drift.Report) { r.Summary.Unknown = 2 }, "Clean", "no drift; 2 things could not be compared"},
		"below": {func(r *drift.Report) {
			r.Findings = []drift.Finding{{Severity: severity.Low}}
		}, "Passed", "no drift at or above medium; 1 finding below it"},
		"incomplete": {
			func(r *drift.Report) { r.Summary.Verdict, r.Summary.WasKnown, r.Summary.Unknown = "incomplete", 3, 3 }, "Incomplete",
			"3 things that could be read when the baseline was approved cannot be read now; no drift",
		},
		"drift and incomplete": {func(r *drift.Report) {
			r.Findings = []drift.Finding{{Severity: severity.High}}
			r.Summary.Verdict, r.Summary.WasKnown = "drift", 1
		}, "Drift", "1 finding at or above medium; 1 thing that could be read when the baseline was approved cannot be read now"},
	} {
		r := reporttest.Empty()
		c.change(r)
		if word, got := report.Verdict(r); word != c.word || got != c.want {
			t.Errorf("%s: %s: %s", name, word, got)
		}
	}
}

func TestPlacesBeginWithCode(t *testing.T) {
	f := reporttest.Sample().Findings[0]
	var got []string
	for _, p := range report.Places(&f) {
		got = append(got, report.Place(&p))
	}
	if want := []string{"infra/network.tf:27", "exports/subscription.json:311", "exports/approved.json:298"}; !slices.Equal(got, want) {
		t.Error(got)
	}
	if f.Places[0].Input != "exports/subscription.json" {
		t.Error("the report was changed")
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -1: "-1", 100_000: "100,000"} {
		if got := report.Number(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

func FuzzLine(f *testing.F) {
	for _, bad := range reporttest.Nasty {
		f.Add(bad, 10)
	}
	f.Fuzz(func(t *testing.T, s string, n int) {
		n = min(max(n, 1), 1000)
		got := report.Line(s, n)
		if utf8.RuneCountInString(got) > n || !utf8.ValidString(got) || strings.ContainsAny(got, "\n\r\t\x00\x1b\u202e\ufeff\ufffe") {
			t.Errorf("%q", got)
		}
		report.Value(canon.Raw(s), n)
		report.Value(canon.Raw(`"`+s+`"`), n)
	})
}

// TestSaidOnce: an id that the label has, a framework and a line of code are not said again.
func TestSaidOnce(t *testing.T) {
	side := drift.Side{Label: "baseline b0123456789abcdef", Baseline: &drift.Approved{ID: "b0123456789abcdef", By: "platform-team", At: "2026-03-01T10:00:00Z"}}
	if got, want := report.SideText(&drift.Report{}, &side), "baseline b0123456789abcdef, 0 resources; approved by platform-team on 2026-03-01T10:00:00Z"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
	side.Label = "c4arch.baseline.json"
	if got, want := report.SideText(&drift.Report{}, &side), "c4arch.baseline.json, 0 resources; baseline b0123456789abcdef, approved by platform-team on 2026-03-01T10:00:00Z"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
	if got, want := report.SideText(&drift.Report{Mode: drift.ModePlan}, &side), "c4arch.baseline.json, 0 resources; exceptions and dates are those of the baseline b0123456789abcdef, approved by platform-team on 2026-03-01T10:00:00Z"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
	if got := report.SideText(&drift.Report{}, &drift.Side{Label: "."}); got != "the working directory, 0 resources" {
		t.Error(got)
	}
	if got, want := report.Controls([]string{"NIST SP 800-53: SC-7", "CIS Docker 5.14", "NIST SP 800-53: AC-3"}), "NIST SP 800-53: SC-7, AC-3; CIS Docker 5.14"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
	f := drift.Finding{Places: []drift.Place{{Input: "a.json", Line: 7, Side: "old"}, {Input: "a.json", Line: 7, Side: "new"}, {Input: "a.json", Line: 9, Side: "old"}}}
	if got := report.Places(&f); len(got) != 2 || got[0].Side != "new" || got[1].Line != 9 {
		t.Errorf("places are %v", got)
	}
}

// TestNothingIsCleanThatHasFindings: findings below the threshold pass, and are not called clean.
func TestNothingIsCleanThatHasFindings(t *testing.T) {
	r := &drift.Report{Findings: []drift.Finding{{Severity: severity.Low, Direction: severity.Neutral}}, Summary: drift.Summary{Low: 1, FailOn: "medium", Verdict: "clean"}}
	if word, clause := report.Verdict(r); word != "Passed" || clause != "no drift at or above medium; 1 finding below it" {
		t.Errorf("%s: %s", word, clause)
	}
	r.Summary.FailOn = ""
	if word, clause := report.Verdict(r); word != "Compared" || clause != "1 finding, and nothing was to fail" {
		t.Errorf("%s: %s", word, clause)
	}
	if got := report.Threshold(&r.Summary); got != "nothing fails" {
		t.Error(got)
	}
	r.Findings = nil
	if word, _ := report.Verdict(r); word != "Clean" {
		t.Error(word)
	}
}
