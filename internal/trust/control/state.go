package control

import (
	"fmt"
	"slices"
	"time"
)

// State is where a check, a control or a clause stands.
type State string

// The states, the best first.
const (
	Holds   State = "holds"   // a passing, fresh run of everything
	Partly  State = "partly"  // of a clause: everything that looks at it passes, and nothing looks at all of it
	Stale   State = "stale"   // the newest run is too old, or there is none
	Unsure  State = "unknown" // the newest run could not tell, which is no pass
	Failing State = "failing"
	NotYet  State = "not yet" // nothing checks it
)

// States are all of them, the best first.
func States() []State { return []State{Holds, Partly, Stale, Unsure, Failing, NotYet} }

// CheckState is where a check stands.
type CheckState struct {
	Check  Check  `json:"check"`
	State  State  `json:"state"`
	Reason string `json:"reason,omitempty"`
	Run    *Run   `json:"run,omitempty"` // the newest
}

// ControlState is where a control stands.
type ControlState struct {
	Control
	State  State    `json:"state"`
	Reason string   `json:"reason,omitempty"`
	Checks []string `json:"checks"`
	// Open are its clauses that are not true.
	Open []string `json:"open"`
}

// ClauseState is where a clause stands.
type ClauseState struct {
	Clause
	State    State    `json:"state"`
	Reason   string   `json:"reason,omitempty"`
	Controls []string `json:"controls"`
	Checks   []string `json:"checks"` // those that exercise it
}

// Report is where everything stands at a time.
type Report struct {
	At       time.Time      `json:"at"`
	Checks   []CheckState   `json:"checks"`
	Controls []ControlState `json:"controls"`
	Clauses  []ClauseState  `json:"clauses"`
}

// Report tells where everything stands at that time, from the newest run of each check.
func (c *Catalogue) Report(newest map[string]Run, now time.Time) *Report {
	r := &Report{At: now, Checks: []CheckState{}, Controls: []ControlState{}, Clauses: []ClauseState{}}
	checks := map[string]CheckState{}
	for _, x := range c.checks {
		s := checkState(x, newest, now)
		checks[x.ID] = s
		r.Checks = append(r.Checks, s)
	}
	controls := map[string]ControlState{}
	for _, x := range c.controls {
		controls[x.ID] = c.controlState(x, checks)
	}
	clauses := map[string]State{}
	for _, x := range c.clauses {
		s := c.clauseState(x, checks, controls)
		clauses[x.ID] = s.State
		r.Clauses = append(r.Clauses, s)
	}
	for _, x := range c.controls {
		s := controls[x.ID]
		for _, id := range x.Clauses {
			if clauses[id] != Holds {
				s.Open = append(s.Open, id)
			}
		}
		r.Controls = append(r.Controls, s)
	}
	return r
}

// checkState is that of one check. A run from after now is of a clock that was wrong and counts for nothing; so does one that looked at less than is claimed today.
func checkState(x Check, newest map[string]Run, now time.Time) CheckState {
	run, ran := newest[x.ID]
	s := CheckState{Check: x}
	if !ran {
		s.State, s.Reason = Stale, "it has not run"
		return s
	}
	s.Run = &run
	age := now.Sub(run.At)
	switch {
	case run.Outcome == Fail:
		s.State, s.Reason = Failing, first(run, Fail)
	case run.Outcome != Pass:
		s.State, s.Reason = Unsure, first(run, Unknown)
	case age < -time.Minute:
		s.State, s.Reason = Stale, "its newest run is from the future: the clock was set back"
	case age > x.Fresh:
		s.State, s.Reason = Stale, fmt.Sprintf("its newest run is %s old and counts for %s", age.Truncate(time.Minute), x.Fresh)
	case !covers(run.Controls, x.Controls) || !covers(run.Clauses, x.Clauses):
		s.State, s.Reason = Stale, "its newest run was bound to less than it is now"
	default:
		s.State = Holds
	}
	return s
}

func covers(have, want []string) bool {
	return !slices.ContainsFunc(want, func(id string) bool { return !slices.Contains(have, id) })
}

// first is what the first observation of that outcome says.
func first(run Run, o Outcome) string {
	for _, x := range run.Observations {
		if x.Outcome == o {
			return x.Subject + ": " + x.Detail
		}
	}
	return "nothing was looked at"
}

// grave orders states: what weighs more wins.
func grave(s State) int {
	return slices.Index([]State{Holds, Partly, Stale, Unsure, Failing, NotYet}, s)
}

func (c *Catalogue) controlState(x Control, checks map[string]CheckState) ControlState {
	s := ControlState{Control: x, State: Holds, Checks: []string{}, Open: []string{}}
	for _, k := range c.checks {
		if !slices.Contains(k.Controls, x.ID) {
			continue
		}
		s.Checks = append(s.Checks, k.ID)
		if of := checks[k.ID]; grave(of.State) > grave(s.State) {
			s.State, s.Reason = of.State, k.ID+": "+of.Reason
		}
	}
	if len(s.Checks) == 0 {
		s.State, s.Reason = NotYet, "no check"
	}
	return s
}

func (c *Catalogue) clauseState(x Clause, checks map[string]CheckState, controls map[string]ControlState) ClauseState {
	s := ClauseState{Clause: x, State: Holds, Controls: []string{}, Checks: []string{}}
	whole, missing := false, ""
	for _, k := range c.checks {
		part := slices.IndexFunc(k.Partly, func(p Part) bool { return p.Clause == x.ID })
		switch {
		case slices.Contains(k.Clauses, x.ID):
			whole = true
		case part >= 0:
			missing = k.Partly[part].Missing
		default:
			continue
		}
		s.Checks = append(s.Checks, k.ID)
		s.worse(checks[k.ID].State, k.ID+": "+checks[k.ID].Reason)
	}
	for _, id := range c.of[x.ID] {
		s.Controls = append(s.Controls, id)
		s.worse(controls[id].State, id+": "+controls[id].Reason)
	}
	if len(s.Checks) == 0 {
		s.State, s.Reason = NotYet, "no check exercises it"
	} else if !whole {
		s.worse(Partly, "not looked at: "+missing)
	}
	return s
}

func (s *ClauseState) worse(state State, why string) {
	if grave(state) > grave(s.State) {
		s.State, s.Reason = state, why
	}
}

// Count says how many of the clauses are in each state.
func (r *Report) Count() map[State]int {
	n := map[State]int{}
	for _, c := range r.Clauses {
		n[c.State]++
	}
	return n
}
