package app

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
	"c4arch/internal/service/detect"
)

// label is one thing that people do to their infrastructure, and what the report must say of it. The labels were written from the table of
// severities, before any report was looked at; what is not in want is a false alarm.
type label struct {
	name string
	edit func(*sources)
	// want are the findings, each as "severity direction change resource path": alternatives with |, the last two as parts of the text.
	// A line that begins with ? may be missing.
	want []string
	// exit is the exit code with the threshold at medium; -1 is any.
	exit int
}

// truth are labels over one set of sources.
type truth struct {
	name   string
	make   func(testing.TB) *sources
	before []string // what is scanned on the old side; nil is everything
	after  []string
	mode   drift.Mode
	labels []label
}

// finding is what a line of want says.
type finding struct {
	maybe                                       bool
	severity, direction, change, resource, path string
}

func parseWant(t testing.TB, line string) finding {
	t.Helper()
	rest, maybe := strings.CutPrefix(line, "?")
	f := append(strings.Fields(rest), "")
	if len(f) < 5 {
		t.Fatalf("want %q has too few words", line)
	}
	return finding{maybe, f[0], f[1], f[2], f[3], f[4]}
}

func (w finding) fits(f *drift.Finding) bool {
	among := func(words, s string) bool { return words == "*" || slices.Contains(strings.Split(words, "|"), s) }
	has := func(s, part string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(part)) }
	return among(w.severity, string(f.Severity)) && among(w.direction, string(f.Direction)) && among(w.change, string(f.Change)) &&
		(has(f.Resource, w.resource) || has(f.Name, w.resource)) && (w.path == "" || has(string(f.Path), w.path))
}

// judged is how a report stands against its label.
type judged struct {
	missing []string
	extra   []string
}

func judge(t testing.TB, r *drift.Report, want []string) (j judged) {
	t.Helper()
	used := make([]bool, len(r.Findings))
	take := func(w finding) bool {
		for i := range r.Findings {
			if !used[i] && w.fits(&r.Findings[i]) {
				used[i] = true
				return true
			}
		}
		return false
	}
	for _, maybe := range [...]bool{false, true} {
		for _, line := range want {
			if w := parseWant(t, line); w.maybe == maybe && !take(w) && !maybe {
				j.missing = append(j.missing, line)
			}
		}
	}
	for i := range r.Findings {
		if f := &r.Findings[i]; !used[i] {
			j.extra = append(j.extra, fmt.Sprintf("%s %s %s %s %s (%s) %s -> %s", f.Severity, f.Direction, f.Change, f.Resource, f.Path, f.Rule, short(f.Old), short(f.New)))
		}
	}
	return j
}

func short(b []byte) string {
	if len(b) > 70 {
		return string(b[:70]) + "…"
	}
	return string(b)
}

// TestDriftTruth holds reports against what people would say of changes that people make.
func TestDriftTruth(t *testing.T) {
	table, err := severity.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	var right, wrong, alarms, missed int
	for _, x := range []truth{contosoTruth, codeTruth, azurermTruth, awsTruth, googleTruth, kubernetesTruth, composeTruth, planTruth, roleTruth} {
		base := x.make(t)
		before := base.subject(t, x.before...)
		for _, l := range x.labels {
			t.Run(x.name+"/"+strings.ReplaceAll(l.name, " ", "_"), func(t *testing.T) {
				e := base.clone()
				l.edit(e)
				req := detect.Request{Mode: x.mode, Old: before, New: e.subject(t, x.after...), Rules: table, FailOn: severity.Medium, Now: truthTime}
				if x.mode == drift.ModePlan {
					req.Mode, req.Old = "", detect.Subject{}
				}
				res, err := (&detect.Service{}).Compare(t.Context(), req)
				if err != nil {
					t.Fatal(err)
				}
				j := judge(t, res.Report, l.want)
				exit := l.exit
				if exit >= 0 && res.Report.Summary.Exit != exit {
					t.Errorf("exit code %d, want %d", res.Report.Summary.Exit, exit)
				}
				for _, m := range j.missing {
					t.Errorf("missing: %s", m)
				}
				for _, m := range j.extra {
					t.Errorf("false alarm, or not as labelled: %s", m)
				}
				for i := range res.Report.Findings {
					readable(t, &res.Report.Findings[i])
				}
				alarms, missed = alarms+len(j.extra), missed+len(j.missing)
				if t.Failed() {
					wrong++
				} else {
					right++
				}
			})
		}
	}
	if right+wrong > 0 {
		t.Logf("labels: %d right, %d wrong (%.1f %% precise); findings: %d not labelled, %d missing", right, wrong, 100*float64(right)/float64(right+wrong), alarms, missed)
	}
}

// readable checks what every finding owes to its reader.
func readable(t *testing.T, f *drift.Finding) {
	t.Helper()
	if f.Rule == "" || f.Title == "" || f.Reason == "" || f.Remediation == "" || f.Name == "" || len(f.Places) == 0 {
		t.Errorf("the finding on %s %s lacks a rule, a reason, a name or a place: %+v", f.Resource, f.Path, *f)
	}
	if f.Direction == severity.Tightened && f.Severity != severity.Low {
		t.Errorf("an improvement is %s: %s %s", f.Severity, f.Resource, f.Path)
	}
	if bytes.Equal(f.Old, f.New) && len(f.Old) > 0 && string(f.Old) != "null" {
		t.Errorf("the finding on %s %s has %s on both sides", f.Resource, f.Path, short(f.Old))
	}
}

var truthTime = time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)

// subject scans the files of sources, as they lie in a directory of their own that is the working directory.
func (e *sources) subject(t testing.TB, paths ...string) detect.Subject {
	t.Helper()
	dir := t.TempDir()
	for name, text := range e.files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	defer inside(t, dir)()
	if len(paths) == 0 {
		paths = []string{"."}
	}
	m, s, err := Scan(t.Context(), ScanOptions{Paths: paths, At: truthTime, Key: bytes.Repeat([]byte{7}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	out := detect.Subject{Label: cmp.Or(strings.Join(paths, " "), "."), Snapshot: s, Model: m}
	if o := e.files["c4arch.yaml"]; o != nil {
		out.OverlayName, out.OverlayText = "c4arch.yaml", o
	}
	return out
}

// inside makes a directory the working one, so that files have the names that they have for a person who stands there, and returns the way back.
func inside(t testing.TB, dir string) func() {
	t.Helper()
	home, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chdir(dir); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Chdir(home); err != nil {
			t.Error(err)
		}
	}
}
