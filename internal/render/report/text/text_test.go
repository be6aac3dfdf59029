package text_test

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/drift"
	"c4arch/internal/render/report/reporttest"
	"c4arch/internal/render/report/text"
	"c4arch/test/golden"
)

func render(tb testing.TB, r *drift.Report, o text.Options) string {
	tb.Helper()
	var b bytes.Buffer
	if err := text.Render(&b, r, o); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for name, c := range map[string]struct {
		r *drift.Report
		o text.Options
	}{
		"sample":  {reporttest.Sample(), text.Options{}},
		"color":   {reporttest.Sample(), text.Options{Color: true, Width: 72}},
		"verbose": {reporttest.Sample(), text.Options{Verbose: true, Width: 120}},
		"empty":   {reporttest.Empty(), text.Options{}},
		"code":    {reporttest.Code(), text.Options{}},
		"large":   {reporttest.Large(100), text.Options{}},
		"hostile": {reporttest.Hostile(), text.Options{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := render(t, c.r, c.o)
			golden.Check(t, name+".txt", got)
		})
	}
}

var sequence = regexp.MustCompile("\x1b\\[[0-9;]+m")

// safe says what in the text would do something to a terminal.
func safe(got string, color bool) error {
	if color {
		got = sequence.ReplaceAllString(got, "")
	}
	if !utf8.ValidString(got) {
		return errors.New("not UTF-8")
	}
	for i, c := range got {
		if c != '\n' && (unicode.IsControl(c) || unicode.In(c, unicode.Bidi_Control, unicode.Zl, unicode.Zp)) || c == '\ufeff' {
			return fmt.Errorf("%U after %q", c, got[max(0, i-40):i])
		}
	}
	return nil
}

func TestNothingMovesTheTerminal(t *testing.T) {
	for name, r := range reporttest.Reports() {
		for _, o := range []text.Options{{}, {Color: true}, {Verbose: true}, {Color: true, Verbose: true, Width: 1}} {
			if err := safe(render(t, r, o), o.Color); err != nil {
				t.Errorf("%s %+v: %v", name, o, err)
			}
		}
	}
	if safe("a\x1b[2Jb", true) == nil || safe("a\x1b[1mb", false) == nil || safe("\u202e", true) == nil {
		t.Error("the check lets it pass")
	}
}

// TestColorIsNotAlone: without colours the same words are there.
func TestColorIsNotAlone(t *testing.T) {
	plain := render(t, reporttest.Sample(), text.Options{})
	painted := render(t, reporttest.Sample(), text.Options{Color: true})
	if painted == plain || sequence.ReplaceAllString(painted, "") != plain {
		t.Error("the colours change the words, or there are none")
	}
	for _, want := range []string{"✖ critical", "▲ high", "● medium", "○ low", "✔ BETTER", "? UNKNOWN", "– ACCEPTED"} {
		if !strings.Contains(plain, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestLinesAreNotWiderThanAsked(t *testing.T) {
	for line := range strings.Lines(render(t, reporttest.Sample(), text.Options{Width: 60})) {
		line = strings.TrimRight(line, "\n")
		// A path, a value and a name are not broken; sentences are, and what hangs below them.
		if utf8.RuneCountInString(line) > 60 && !strings.ContainsAny(line, "/[") && !strings.Contains(line, "  exception") && !strings.Contains(line, " -> ") &&
			!strings.Contains(line, "microsoft.") && !strings.HasPrefix(line, "  Resources") && !strings.HasPrefix(line, "  Findings") {
			t.Errorf("%d characters: %s", utf8.RuneCountInString(line), line)
		}
	}
}

// TestManyAreCut: the text of many findings stays short enough to read, says how many are left out, and verbose leaves out none.
func TestManyAreCut(t *testing.T) {
	r := reporttest.Large(5000)
	for i := range r.Findings {
		r.Findings[i].Reason += fmt.Sprint(i) // so that none can be told together
	}
	got := render(t, r, text.Options{})
	if n := strings.Count(got, "\n"); n > 1200 {
		t.Errorf("%d lines", n)
	}
	if !strings.Contains(got, "and 1,369 more: --verbose or --format json") {
		t.Error("it does not say how many are left out")
	}
	if n := strings.Count(render(t, r, text.Options{Verbose: true}), "\n    why "); n != 5000 {
		t.Errorf("verbose has %d of 5000", n)
	}
}

// TestImportBlocksCanBePasted: they stand at the beginning of a line, as they were made.
func TestImportBlocksCanBePasted(t *testing.T) {
	r := reporttest.Code()
	if !strings.Contains(render(t, r, text.Options{}), "\n"+r.Coverage.Entries[0].Import) {
		t.Error("no import block")
	}
	r.Mode = drift.ModeBaseline
	if strings.Contains(render(t, r, text.Options{}), "import {") {
		t.Error("an import block where nobody asked for one")
	}
	if !strings.Contains(render(t, r, text.Options{Verbose: true}), "import {") {
		t.Error("no import block though everything was asked for")
	}
}

func FuzzSafe(f *testing.F) {
	for _, bad := range reporttest.Nasty {
		f.Add(bad)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := reporttest.Sample()
		for i := range r.Findings {
			x := &r.Findings[i]
			x.Name, x.Reason, x.Title, x.Path, x.Labels, x.FirstSeen = s, s, s, diff.Path(s), []string{s}, s
		}
		r.Name, r.Summary.FailOn, r.Notes = s, s, []string{s}
		if err := safe(render(t, r, text.Options{Color: true, Verbose: true}), true); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	r := reporttest.Large(10_000)
	b.ReportAllocs()
	for b.Loop() {
		render(b, r, text.Options{})
	}
}
