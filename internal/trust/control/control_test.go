package control

import (
	"strings"
	"testing"
	"time"

	"c4arch/internal/content/register"

	"pgregory.net/rapid"
)

var now = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func builtin(t testing.TB) *register.Register {
	r, err := register.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func rows() Check {
	return Check{ID: "row-security", Title: "rows", Controls: []string{"ARC-TEN-01"}, Clauses: []string{"SE-3.5", "SE-4.4"}, Fresh: time.Hour, Mutation: "TestItFails drops a policy"}
}

func passed(c Check, at time.Time) Run {
	return Run{
		Check: c.ID, Controls: c.Controls, Clauses: c.Clauses, At: at, Outcome: Pass,
		Observations: []Observation{{Subject: "a table", Outcome: Pass}},
	}
}

func states(t *testing.T, checks []Check, runs ...Run) (clause func(string) (State, string), ctl func(string) (State, string)) {
	t.Helper()
	c, err := New(builtin(t), checks)
	if err != nil {
		t.Fatal(err)
	}
	newest := map[string]Run{}
	for _, r := range runs {
		newest[r.Check] = r
	}
	rep := c.Report(newest, now)
	return func(id string) (State, string) {
			for _, s := range rep.Clauses {
				if s.ID == id {
					return s.State, s.Reason
				}
			}
			return "", "no such clause"
		}, func(id string) (State, string) {
			for _, s := range rep.Controls {
				if s.ID == id {
					return s.State, s.Reason
				}
			}
			return "", "no such control"
		}
}

func TestStates(t *testing.T) {
	other := Check{ID: "suite", Title: "suite", Controls: []string{"ARC-TEN-01"}, Partly: []Part{{"SE-4.1", "jobs"}}, Fresh: time.Hour, Mutation: "TestSuite"}
	fail := passed(rows(), now)
	fail.Outcome, fail.Observations = Fail, []Observation{{"table a", Pass, ""}, {"table b", Fail, "no policy"}}
	unsure := passed(rows(), now)
	unsure.Outcome, unsure.Observations = Unknown, []Observation{{"table a", Unknown, "no answer"}}
	empty := passed(rows(), now)
	empty.Outcome, empty.Observations = Empty, nil
	less := passed(rows(), now)
	less.Clauses = less.Clauses[:1]
	for _, x := range []struct {
		name    string
		checks  []Check
		runs    []Run
		clause  string
		state   State
		reason  string
		control State // of ARC-TEN-01
	}{
		{"no check", nil, nil, "SE-3.5", NotYet, "no check exercises it", NotYet},
		{"not run", []Check{rows()}, nil, "SE-3.5", Stale, "row-security: it has not run", Stale},
		{"passing", []Check{rows()}, []Run{passed(rows(), now)}, "SE-3.5", Holds, "", Holds},
		{"at the edge", []Check{rows()}, []Run{passed(rows(), now.Add(-time.Hour))}, "SE-3.5", Holds, "", Holds},
		{"past it", []Check{rows()}, []Run{passed(rows(), now.Add(-61*time.Minute))}, "SE-3.5", Stale, "row-security: its newest run is 1h1m0s old and counts for 1h0m0s", Stale},
		{"a clock set back", []Check{rows()}, []Run{passed(rows(), now.Add(time.Hour))}, "SE-3.5", Stale, "row-security: its newest run is from the future: the clock was set back", Stale},
		{"failing", []Check{rows()}, []Run{fail}, "SE-3.5", Failing, "row-security: table b: no policy", Failing},
		{"unknown is no pass", []Check{rows()}, []Run{unsure}, "SE-3.5", Unsure, "row-security: table a: no answer", Unsure},
		{"an empty set is no pass", []Check{rows()}, []Run{empty}, "SE-3.5", NotExercised, "row-security: nothing was looked at", NotExercised},
		{"bound to less", []Check{rows()}, []Run{less}, "SE-4.4", Stale, "row-security: its newest run was bound to less than it is now", Stale},
		{"a clause of the control that no check exercises", []Check{rows()}, []Run{passed(rows(), now)}, "SE-4.1", NotYet, "no check exercises it", Holds},
		{"in part", []Check{rows(), other}, []Run{passed(rows(), now), passed(other, now)}, "SE-4.1", Partly, "not looked at: jobs", Holds},
		{"another check of the control has not run", []Check{rows(), other}, []Run{passed(rows(), now)}, "SE-3.5", Stale, "ARC-TEN-01: suite: it has not run", Stale},
	} {
		clause, ctl := states(t, x.checks, x.runs...)
		if s, why := clause(x.clause); s != x.state || why != x.reason {
			t.Errorf("%s: clause %s is %q (%s), not %q (%s)", x.name, x.clause, s, why, x.state, x.reason)
		}
		if s, why := ctl("ARC-TEN-01"); s != x.control {
			t.Errorf("%s: the control is %q (%s), not %q", x.name, s, why, x.control)
		}
	}
}

// SE-7.4 has two controls: one that holds is not enough.
func TestEveryControlOfAClause(t *testing.T) {
	a := Check{ID: "a", Title: "a", Controls: []string{"ARC-LOG-02"}, Clauses: []string{"SE-7.4"}, Fresh: time.Hour, Mutation: "TestMutated"}
	clause, _ := states(t, []Check{a}, passed(a, now))
	if s, why := clause("SE-7.4"); s != NotYet || why != "ARC-GOV-05: no check" {
		t.Errorf("SE-7.4 is %q (%s)", s, why)
	}
}

func TestNewRefuses(t *testing.T) {
	for want, change := range map[string]func(*Check){
		`no id of a check`:         func(c *Check) { c.ID = "Row security" },
		`has no title`:             func(c *Check) { c.Title = "" },
		`is of no control`:         func(c *Check) { c.Controls, c.Clauses = nil, nil },
		`counts for 0s`:            func(c *Check) { c.Fresh = 0 },
		`counts for 8760h0m0s`:     func(c *Check) { c.Fresh = 365 * 24 * time.Hour },
		`names no test`:            func(c *Check) { c.Mutation = "somebody looked" },
		`control "ARC-NOT-01"`:     func(c *Check) { c.Controls = append(c.Controls, "ARC-NOT-01") },
		`stands there twice`:       func(c *Check) { c.Controls = append(c.Controls, "ARC-TEN-01") },
		`claims clause "SE-5.1"`:   func(c *Check) { c.Clauses = append(c.Clauses, "SE-5.1") },
		`claims clause "SE-3.5"`:   func(c *Check) { c.Clauses = append(c.Clauses, "SE-3.5") },
		`claims clause "SE-99.1"`:  func(c *Check) { c.Partly = []Part{{"SE-99.1", "all"}} },
		`does not say what is mis`: func(c *Check) { c.Partly = []Part{{"SE-4.1", ""}} },
	} {
		x := rows()
		change(&x)
		if _, err := New(builtin(t), []Check{x}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if _, err := New(builtin(t), []Check{rows(), rows()}); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("got %v", err)
	}
}

func TestWorst(t *testing.T) {
	o := func(list ...Outcome) (out []Observation) {
		for _, x := range list {
			out = append(out, Observation{Outcome: x})
		}
		return out
	}
	for _, x := range []struct {
		in   []Observation
		want Outcome
	}{
		{nil, Empty},
		{o(Pass, Empty, Pass), Empty},
		{o(Empty, Unknown), Unknown},
		{o(Pass), Pass},
		{o(Pass, Unknown, Pass), Unknown},
		{o(Unknown, Fail, Unknown), Fail},
		{o(Pass, "surprise"), Fail},
	} {
		if got := Worst(x.in); got != x.want {
			t.Errorf("%v is %s, not %s", x.in, got, x.want)
		}
	}
}

// Whatever ran, with whatever outcome, a clause is true only with a passing, fresh run that claims it, under controls that all hold.
func TestATrueClauseHasAPassingRun(t *testing.T) {
	reg := builtin(t)
	rapid.Check(t, func(t *rapid.T) {
		var checks []Check
		newest := map[string]Run{}
		for _, k := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(reg.Controls)-1), 0, 12, rapid.ID[int]).Draw(t, "controls") {
			of := reg.Controls[k]
			x := Check{
				ID: strings.ToLower(of.ID), Title: "x", Controls: []string{of.ID}, Fresh: time.Hour, Mutation: "TestMutated",
				Clauses: of.Clauses[:rapid.IntRange(0, len(of.Clauses)).Draw(t, "clauses")],
			}
			checks = append(checks, x)
			if rapid.Bool().Draw(t, "ran") {
				run := passed(x, now.Add(-time.Duration(rapid.IntRange(0, 120).Draw(t, "age"))*time.Minute))
				run.Outcome = rapid.SampledFrom([]Outcome{Pass, Pass, Pass, Fail, Unknown}).Draw(t, "outcome")
				newest[x.ID] = run
			}
		}
		c, err := New(reg, checks)
		if err != nil {
			t.Fatal(err)
		}
		good := func(id string) bool {
			r, ok := newest[id]
			return ok && r.Outcome == Pass && now.Sub(r.At) <= time.Hour
		}
		rep := c.Report(newest, now)
		total := 0
		for _, n := range rep.Count() {
			total += n
		}
		if total != len(reg.Clauses) {
			t.Fatalf("%d clauses counted of %d", total, len(reg.Clauses))
		}
		for _, s := range rep.Clauses {
			want := false // it is claimed
			for _, x := range checks {
				want = want || contains(x.Clauses, s.ID)
			}
			for _, k := range s.Controls { // and each control has a good check
				want = want && good(strings.ToLower(k))
			}
			if (s.State == Holds) != want {
				t.Fatalf("clause %s is %q (%s)", s.ID, s.State, s.Reason)
			}
		}
	})
}

func contains(list []string, x string) bool {
	for _, y := range list {
		if x == y {
			return true
		}
	}
	return false
}
