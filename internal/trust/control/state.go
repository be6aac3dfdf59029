package control

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// State is where a check, a control or a clause stands.
type State string

// The states.
const (
	Holds  State = "holds"  // a passing, fresh run of everything
	Partly State = "partly" // everything that looks at it passes, and nothing looks at all of it
	Stale  State = "stale"  // the newest run is too old, or there is none; or what was attested is over
	// Attested is of what no check looks at: somebody of the platform vouches for it, until a day. It is not what holds is.
	Attested State = "attested"
	// NotExercised is a newest run that found nothing to look at.
	NotExercised State = "not exercised"
	Unsure       State = "unknown" // the newest run could not tell, which is no pass
	NotYet       State = "not yet" // nothing checks it
	Failing      State = "failing"
	Legal        State = "legal text" // a clause that says what the law or the contract is: there is nothing to look at, and it is not counted as true
)

// LegalText is the kind of clauses that are law or contract alone.
const LegalText = "legal-text"

// States are all of them: the best first, and text of the law apart at the end. What failed weighs more than what is not yet, so that nothing hides it.
func States() []State {
	return []State{Holds, Attested, Partly, NotExercised, Stale, Unsure, NotYet, Failing, Legal}
}

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
	// Plans and Attestations are what it has besides.
	Plans        []string `json:"plans,omitempty"`
	Attestations []string `json:"attestations,omitempty"`
}

// ClauseState is where a clause stands.
type ClauseState struct {
	Clause
	State    State    `json:"state"`
	Reason   string   `json:"reason,omitempty"`
	Controls []string `json:"controls"`
	Checks   []string `json:"checks"` // those that exercise it
	// Plans and Attestations are what it has besides.
	Plans        []string `json:"plans,omitempty"`
	Attestations []string `json:"attestations,omitempty"`
}

// Report is where everything stands at a time.
type Report struct {
	At       time.Time      `json:"at"`
	Checks   []CheckState   `json:"checks"`
	Controls []ControlState `json:"controls"`
	Clauses  []ClauseState  `json:"clauses"`
	// Plans are checks whose subject does not exist yet, Attestations what is asked of people.
	Plans        []Plan          `json:"plans"`
	Attestations []AttestedState `json:"attestations"`
}

// found is where everything else stands while one control or clause is looked at.
type found struct {
	checks   map[string]CheckState
	attested map[string]AttestedState
	controls map[string]ControlState
}

// Report tells where everything stands at that time, from the newest run of each check and all attestations that were made.
func (c *Catalogue) Report(newest map[string]Run, now time.Time, made ...Attestation) *Report {
	r := &Report{At: now, Checks: []CheckState{}, Controls: []ControlState{}, Clauses: []ClauseState{}, Plans: c.Plans(), Attestations: []AttestedState{}}
	f := found{checks: map[string]CheckState{}, attested: map[string]AttestedState{}, controls: map[string]ControlState{}}
	for _, x := range c.checks {
		s := checkState(x, newest, now)
		f.checks[x.ID] = s
		r.Checks = append(r.Checks, s)
	}
	for _, w := range c.wanted {
		s := attestedState(w, made, now)
		f.attested[w.ID] = s
		r.Attestations = append(r.Attestations, s)
	}
	for _, x := range c.controls {
		f.controls[x.ID] = c.controlState(x, f)
	}
	clauses := map[string]State{}
	for _, x := range c.clauses {
		s := c.clauseState(x, f)
		clauses[x.ID] = s.State
		r.Clauses = append(r.Clauses, s)
	}
	for _, x := range c.controls {
		s := f.controls[x.ID]
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
	case run.Outcome == Empty:
		s.State, s.Reason = NotExercised, first(run, Empty)
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
	return slices.Index(States(), s)
}

// controlState is that of one control: of its checks first. Where these pass, what is not there yet and what nobody vouches for leave it in part; where it has none, it stands
// as what was attested.
func (c *Catalogue) controlState(x Control, f found) ControlState {
	s := ControlState{Control: x, State: Holds, Checks: []string{}, Open: []string{}}
	for _, k := range c.checks {
		if !slices.Contains(k.Controls, x.ID) {
			continue
		}
		s.Checks = append(s.Checks, k.ID)
		if of := f.checks[k.ID]; grave(of.State) > grave(s.State) {
			s.State, s.Reason = of.State, k.ID+": "+of.Reason
		}
	}
	lacks, valid := c.besides(&s, f)
	switch {
	case len(s.Checks) > 0:
		if s.State == Holds && lacks != "" {
			s.State, s.Reason = Partly, lacks
		}
	case valid > 0 && lacks == "":
		s.State = Attested
	case valid > 0:
		s.State, s.Reason = Partly, lacks
	case len(s.Attestations) > 0 && len(s.Plans) == 0:
		of := f.attested[s.Attestations[0]]
		s.State, s.Reason = of.State, lacks
	default:
		s.State, s.Reason = NotYet, cmp.Or(lacks, "no check")
	}
	return s
}

// besides adds plans and attestations to a control. lacks says what of them is not there, valid how many attestations are.
func (c *Catalogue) besides(s *ControlState, f found) (lacks string, valid int) {
	for _, w := range c.wanted {
		if !slices.Contains(w.Controls, s.ID) {
			continue
		}
		s.Attestations = append(s.Attestations, w.ID)
		if of := f.attested[w.ID]; of.State == Attested {
			valid++
		} else if lacks == "" {
			lacks = w.ID + ": " + of.Reason
		}
	}
	for _, p := range c.plans {
		if slices.Contains(p.Controls, s.ID) {
			s.Plans = append(s.Plans, p.ID)
			lacks = cmp.Or(lacks, p.ID+": not there yet: "+p.Waits)
		}
	}
	return lacks, valid
}

// clauseState is that of one clause. It holds where checks exercise all of it, all of them and its attestations are good, and every control of it stands; without a check of its
// own it is attested at best.
func (c *Catalogue) clauseState(x Clause, f found) ClauseState {
	s := ClauseState{Clause: x, State: Holds, Controls: []string{}, Checks: []string{}}
	whole, missing := c.looked(&s, f)
	c.vouched(&s, f)
	waits := c.awaited(&s)
	for _, id := range c.of[x.ID] {
		s.Controls = append(s.Controls, id)
		if of := f.controls[id]; grave(of.State) > grave(Partly) {
			s.worse(of.State, id+": "+of.Reason)
		}
	}
	switch {
	case len(s.Checks)+len(s.Attestations) == 0 && x.Kind == LegalText:
		s.State, s.Reason = Legal, "it says what the law or the contract is: there is nothing to look at"
	case len(s.Checks)+len(s.Attestations) == 0 && waits != "":
		s.State, s.Reason = NotYet, "not there yet: "+waits
	case len(s.Checks)+len(s.Attestations) == 0:
		s.State, s.Reason = NotYet, "no check exercises it"
	case len(s.Checks) == 0 && waits != "":
		s.worse(Partly, "not there yet: "+waits)
	case len(s.Checks) == 0:
		s.worse(Attested, "")
	case !whole:
		s.worse(Partly, "not looked at: "+missing)
	}
	return s
}

// looked adds the checks that exercise a clause.
func (c *Catalogue) looked(s *ClauseState, f found) (whole bool, missing string) {
	for _, k := range c.checks {
		part := slices.IndexFunc(k.Partly, func(p Part) bool { return p.Clause == s.ID })
		switch {
		case slices.Contains(k.Clauses, s.ID):
			whole = true
		case part >= 0:
			missing = k.Partly[part].Missing
		default:
			continue
		}
		s.Checks = append(s.Checks, k.ID)
		s.worse(f.checks[k.ID].State, k.ID+": "+f.checks[k.ID].Reason)
	}
	return whole, missing
}

// vouched adds the attestations of a clause.
func (c *Catalogue) vouched(s *ClauseState, f found) {
	for _, w := range c.wanted {
		if !slices.Contains(w.Clauses, s.ID) {
			continue
		}
		s.Attestations = append(s.Attestations, w.ID)
		if of := f.attested[w.ID]; of.State != Attested {
			s.worse(of.State, w.ID+": "+of.Reason)
		}
	}
}

// awaited adds the plans for a clause, and says what the first one waits for.
func (c *Catalogue) awaited(s *ClauseState) (waits string) {
	for _, p := range c.plans {
		if slices.Contains(p.Clauses, s.ID) {
			s.Plans = append(s.Plans, p.ID)
			waits = cmp.Or(waits, p.Waits)
		}
	}
	return waits
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
