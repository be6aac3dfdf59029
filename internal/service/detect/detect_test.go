package detect_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/app"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/history"
	"c4arch/internal/store/arch"
	"c4arch/internal/store/storetest"
)

var (
	key   = bytes.Repeat([]byte{7}, 32)
	start = time.Date(2026, 11, 2, 6, 0, 0, 0, time.UTC)
)

// scan scans files of the pull request's example.
func scan(t *testing.T, at time.Time, paths ...string) detect.Subject {
	t.Helper()
	m, s, err := app.Scan(context.Background(), app.ScanOptions{Paths: paths, Name: "orders", At: at, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	return detect.Subject{Label: strings.Join(paths, " "), Snapshot: s, Model: m}
}

func example(name string) string { return filepath.Join("../../../examples/pull-request", name) }

func compare(t *testing.T, req detect.Request) *detect.Result {
	t.Helper()
	table, err := severity.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	req.Rules, req.FailOn = table, severity.Medium
	if req.Now.IsZero() {
		req.Now = start
	}
	res, err := new(detect.Service).Compare(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func approve(t *testing.T, sub detect.Subject) *baseline.Baseline {
	t.Helper()
	b, err := new(detect.Service).Approve(context.Background(), sub, detect.Approval{By: "platform-team", Reason: "release 12", At: start, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestModes(t *testing.T) {
	live, code, plan := scan(t, start, example("terraform.tfstate")), scan(t, start, example("main.tf")), scan(t, start, example("plan.json"))
	approved := live
	approved.Baseline = approve(t, live)
	for _, c := range []struct {
		name string
		req  detect.Request
		mode drift.Mode
		exit int
	}{
		{"a baseline", detect.Request{Old: approved, New: live}, drift.ModeBaseline, 0},
		{"two scans", detect.Request{Old: live, New: live}, drift.ModeSnapshots, 0},
		{"code against what is live", detect.Request{Old: code, New: live}, drift.ModeCode, 2},
		{"a plan by itself", detect.Request{New: plan}, drift.ModePlan, 2},
		{"a plan with a baseline", detect.Request{Old: approved, New: plan}, drift.ModePlan, 2},
		{"environments", detect.Request{Mode: drift.ModeEnvironments, Old: live, New: live}, drift.ModeEnvironments, 0},
	} {
		r := compare(t, c.req).Report
		if r.Mode != c.mode || r.Summary.Exit != c.exit {
			t.Errorf("%s: mode %s, exit %d %+v", c.name, r.Mode, r.Summary.Exit, r.Summary)
		}
		if (r.Coverage != nil) != (c.mode == drift.ModeCode) {
			t.Errorf("%s: coverage %v", c.name, r.Coverage)
		}
	}
}

func TestAPlanIsHeldAgainstItsPriorState(t *testing.T) {
	res := compare(t, detect.Request{New: scan(t, start, example("plan.json"))})
	if n := len(res.Report.Findings); n != 3 || res.Report.Improvements != 1 || res.Report.Summary.Critical != 1 {
		t.Errorf("%d findings, %+v", n, res.Report.Summary)
	}
	if res.Report.Old.Resources != 6 || res.Report.New.Resources != 6 {
		t.Errorf("%d resources before and %d after", res.Report.Old.Resources, res.Report.New.Resources)
	}
	if res.Merged == nil {
		t.Error("there is nothing to draw")
	} else if err := res.Merged.Validate(); err != nil {
		t.Error(err)
	}
}

// Code beside a plan is no side of it, and says where things are declared.
func TestCodeBesideAPlan(t *testing.T) {
	alone := compare(t, detect.Request{New: scan(t, start, example("plan.json"))}).Report
	both := compare(t, detect.Request{New: scan(t, start, example("plan.json"), example("main.tf"))}).Report
	if len(alone.Findings) != len(both.Findings) {
		t.Fatalf("%d findings alone, %d with the code", len(alone.Findings), len(both.Findings))
	}
	for i := range both.Findings {
		if p := both.Findings[i].Places[0]; !p.Declared || filepath.Base(p.Input) != "main.tf" || p.Line == 0 {
			t.Errorf("%s stands at %+v", both.Findings[i].Name, p)
		}
	}
}

// The same code from another directory is other code, and that is said.
func TestCodeUnderAnotherPath(t *testing.T) {
	there := t.TempDir()
	if err := os.CopyFS(filepath.Join(there, "infra"), os.DirFS("../../../examples/terraform")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(there)
	old, same, moved := scan(t, start, "infra"), scan(t, start, "infra"), scan(t, start, filepath.Join(there, "infra"))
	for _, n := range compare(t, detect.Request{Old: old, New: same}).Report.Notes {
		if strings.Contains(n, "known by its path") {
			t.Errorf("the same path: %s", n)
		}
	}
	if !slices.ContainsFunc(compare(t, detect.Request{Old: old, New: moved}).Report.Notes, func(n string) bool { return strings.Contains(n, "scan from the same directory") }) {
		t.Error("nothing says that the code was read under another path")
	}
}

func TestWhatCannotBeCompared(t *testing.T) {
	table, err := severity.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	live := scan(t, start, example("terraform.tfstate"))
	for name, req := range map[string]detect.Request{
		"nothing":                    {},
		"nothing to hold it against": {New: live},
		"no plan":                    {Mode: drift.ModePlan, Old: live, New: live},
	} {
		req.Rules = table
		if res, err := new(detect.Service).Compare(context.Background(), req); fault.KindOf(err) != fault.Invalid || res != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPlanIsNoBaseline(t *testing.T) {
	_, err := new(detect.Service).Approve(context.Background(), scan(t, start, example("plan.json")), detect.Approval{By: "a", Reason: "b", At: start, Key: key})
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("a plan is approved: %v", err)
	}
}

// What is kept remembers since when; two people who approve at once do not overwrite each other.
func TestKept(t *testing.T) {
	ctx := context.Background()
	home, err := arch.Create(ctx, storetest.Mine(access.ProjectCreate), filepath.Join(t.TempDir(), "store"), storetest.MachineKey(), start)
	if err != nil {
		t.Fatal(err)
	}
	defer home.Close()
	live := scan(t, start, example("terraform.tfstate"))
	e, err := history.Keep(ctx, home, storetest.Mine(access.SnapshotKeep), history.Scan{Snapshot: live.Snapshot, Model: live.Model}, start)
	if err != nil {
		t.Fatal(err)
	}
	b := approve(t, live)
	if err := detect.KeepApproval(ctx, home, storetest.Mine(access.BaselineApprove), b, e.ID, "", start); err != nil {
		t.Fatal(err)
	}
	if err := detect.KeepApproval(ctx, home, storetest.Mine(access.BaselineApprove), approve(t, live), e.ID, "", start); fault.KindOf(err) != fault.Conflict {
		t.Errorf("an approval over one that was not seen: %v", err)
	}
	kept, _, err := home.Current(ctx)
	if err != nil || kept.Verify(key) != nil {
		t.Fatal(err, kept.Verify(key))
	}
	live.Baseline = kept

	changed := scan(t, start.Add(24*time.Hour), tampered(t, "terraform.tfstate", `"https_only": true`, `"https_only": false`))
	first := compare(t, detect.Request{Old: live, New: changed, Keep: home, Scope: storetest.Mine(access.DriftCompare), Now: start.Add(24 * time.Hour)})
	if len(first.Report.Findings) == 0 {
		t.Fatal("no finding")
	}
	later := changed
	later.Snapshot = scan(t, start.Add(48*time.Hour), tampered(t, "terraform.tfstate", `"https_only": true`, `"https_only": false`)).Snapshot
	second := compare(t, detect.Request{Old: live, New: later, Keep: home, Scope: storetest.Mine(access.DriftCompare), Now: start.Add(48 * time.Hour)})
	f := second.Report.Findings[0]
	if f.FirstSeen != "2026-11-03T06:00:00Z" || f.LastSeen != "2026-11-04T06:00:00Z" {
		t.Errorf("seen %s to %s", f.FirstSeen, f.LastSeen)
	}
}

// tampered is a file of the example with a text replaced.
func tampered(t *testing.T, name, from, to string) string {
	t.Helper()
	data, err := os.ReadFile(example(name))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(data), from, to, 1)
	if text == string(data) {
		t.Fatalf("%s has no %s", name, from)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestSecretInClear: a file that somebody made holds a password in clear; no report shows it, and nobody approves it.
func TestSecretInClear(t *testing.T) {
	const password = "hunter2-Secret!"
	sub := scan(t, start, example("terraform.tfstate"))
	forged := *sub.Snapshot
	forged.Resources = slices.Clone(forged.Resources)
	r := &forged.Resources[0]
	r.Props = canon.Raw(`{"administrator_login_password":"` + password + `"}`)
	res := compare(t, detect.Request{Old: detect.Subject{Label: "forged.json", Snapshot: &forged}, New: sub, Mode: drift.ModeSnapshots})
	var out bytes.Buffer
	if err := res.Report.Encode(&out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "hunter2") || !strings.Contains(strings.Join(res.Report.Notes, " "), "looks like a secret, in 1 of") {
		t.Errorf("%v\n%s", res.Report.Notes, out.String())
	}
	_, err := new(detect.Service).Approve(context.Background(), detect.Subject{Snapshot: &forged}, detect.Approval{By: "platform-team", Reason: "x", At: start, Key: key})
	if err == nil || fault.KindOf(err) != fault.Invalid || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("approved: %v", err)
	}
}

// TestWhatWasNotReadIsApprovedToo: the seal is over the resources; somebody who adds to what was not read makes what is gone look merely unseen.
func TestWhatWasNotReadIsApprovedToo(t *testing.T) {
	b := approve(t, scan(t, start, example("terraform.tfstate")))
	const note = "is not the one that was approved"
	notes := func(b *baseline.Baseline) string {
		old := detect.Subject{Label: "baseline", Snapshot: b.Snapshot, OverlayName: b.OverlayName, OverlayText: b.OverlayText, Baseline: b}
		return strings.Join(compare(t, detect.Request{Old: old, New: scan(t, start, example("terraform.tfstate"))}).Report.Notes, " ")
	}
	if got := notes(b); strings.Contains(got, note) {
		t.Errorf("of a good baseline: %s", got)
	}
	forged, snap := *b, *b.Snapshot
	snap.NotRead = append(slices.Clone(snap.NotRead), evidence.NotRead{Kind: evidence.InputNotUnderstood, Input: "other.tfstate", Reason: "no reader knows it"})
	forged.Snapshot = &snap
	if err := forged.Verify(key); err != nil || !strings.Contains(notes(&forged), note) {
		t.Errorf("%v, %s", err, notes(&forged))
	}
}
