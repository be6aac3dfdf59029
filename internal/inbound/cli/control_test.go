package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/content/register"
	"c4arch/internal/service/assure"
	"c4arch/internal/trust/control"
)

// controlProgram has one check, whose newest run is the one given.
func controlProgram(t *testing.T, run *control.Run, err error) *Program {
	t.Helper()
	reg, regErr := register.Builtin()
	if regErr != nil {
		t.Fatal(regErr)
	}
	check := control.Check{ID: "row-security", Title: "rows", Controls: []string{"ARC-TEN-01"}, Clauses: []string{"SE-3.5"}, Fresh: time.Hour, Mutation: "TestItFails"}
	catalogue, regErr := control.New(reg, []control.Check{check})
	if regErr != nil {
		t.Fatal(regErr)
	}
	p := &Program{}
	p.RunControls = func(_ context.Context, _ Env, at Instance, ids []string) (*assure.Round, error) {
		if at.Data != "here" || strings.Join(ids, " ") != "row-security" {
			t.Errorf("asked for %v at %+v", ids, at)
		}
		if run == nil {
			return nil, err
		}
		return &assure.Round{Runs: []control.Run{*run}, Index: 5}, err
	}
	p.Controls = func(context.Context, Env, Instance) (*control.Report, error) {
		newest := map[string]control.Run{}
		if run != nil {
			newest[run.Check] = *run
		}
		return catalogue.Report(newest, testTime), err
	}
	return p
}

var testTime = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func runOf(o control.Outcome) *control.Run {
	return &control.Run{
		ID: "rn_x", Check: "row-security", Controls: []string{"ARC-TEN-01"}, Clauses: []string{"SE-3.5"}, At: testTime, Outcome: o,
		Observations: []control.Observation{{Subject: "table a\x1b[31m", Outcome: o, Detail: "no policy"}},
	}
}

func runCommand(p *Program, args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = p.Run(context.Background(), Env{Args: args, Stdin: strings.NewReader(""), Stdout: &o, Stderr: &e, Getenv: func(string) string { return "" }, Now: func() time.Time { return testTime }})
	return code, o.String(), e.String()
}

func TestControlRun(t *testing.T) {
	for _, x := range []struct {
		name      string
		run       *control.Run
		err       error
		code      int
		out, errs string
	}{
		{"passed", runOf(control.Pass), nil, 0, "pass  row-security  1 observation", ""},
		{"failed", runOf(control.Fail), fault.New(fault.Drift, "did not pass: row-security"), 2, "no policy", "did not pass: row-security"},
		{"unknown", runOf(control.Unknown), fault.New(fault.Incomplete, "could not tell"), 3, "unknown  row-security", "could not tell"},
		{"not run", nil, fault.New(fault.Unavailable, "no database"), 1, "", "no database"},
	} {
		t.Run(x.name, func(t *testing.T) {
			code, out, errs := runCommand(controlProgram(t, x.run, x.err), "control", "run", "--data", "here", "row-security")
			if code != x.code || !strings.Contains(out, x.out) || !strings.Contains(errs, x.errs) || x.errs == "" && errs != "" {
				t.Errorf("%d\n%s\n%s", code, out, errs)
			}
			if strings.Contains(out, "\x1b") || strings.Count(errs, "c4arch:") > 1 {
				t.Errorf("%q %q", out, errs)
			}
			if x.run == nil {
				return
			}
			code, out, _ = runCommand(controlProgram(t, x.run, x.err), "control", "run", "--data", "here", "--json", "row-security")
			var round assure.Round
			if err := json.Unmarshal([]byte(out), &round); err != nil || code != x.code || round.Index != 5 || round.Runs[0].Outcome != x.run.Outcome {
				t.Errorf("%v: %d %s", err, code, out)
			}
		})
	}
}

func TestControlList(t *testing.T) {
	p := controlProgram(t, runOf(control.Pass), nil)
	for _, x := range []struct {
		args       []string
		want, none string
	}{
		{nil, "ARC-TEN-01  holds    1 of 4", ""},
		{nil, "ARC-GOV-01  not yet  0 of 6", ""},
		{nil, "285 clauses: 1 holds, 269 not yet, 15 legal text", ""},
		{[]string{"--clauses"}, "SE-3.5", ""},
		{[]string{"--clauses", "--state", "holds"}, "1 clause: 1 holds", "not yet"},
		{[]string{"--clauses", "--state", "failing"}, "no clause is in that state", "SE-3.5"},
		{[]string{"--json"}, `"state": "holds"`, ""},
	} {
		code, out, errs := runCommand(p, append([]string{"control", "list"}, x.args...)...)
		if code != 0 || errs != "" || !strings.Contains(out, x.want) || x.none != "" && strings.Contains(out, x.none) {
			t.Errorf("%v: %d %s\n%s", x.args, code, errs, out)
		}
	}
	if code, _, errs := runCommand(p, "control", "list", "--state", "good"); code != 1 || !strings.Contains(errs, "states are: holds, attested, partly") {
		t.Errorf("%d %s", code, errs)
	}
	_, out, _ := runCommand(controlProgram(t, runOf(control.Fail), nil), "control", "list")
	if !strings.Contains(out, "row-security: table a") || strings.Contains(out, "\x1b") {
		t.Errorf("%q", out)
	}
}
