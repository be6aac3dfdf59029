package control

import (
	"cmp"
	"slices"
	"time"

	"c4arch/internal/base/fault"
)

// Plan is a check whose subject does not exist yet. It is no check: what it is for is not yet, and it says what it waits for. Once a check exercises a clause, in whole or
// in part, the plan for that clause is over.
type Plan struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"` // what will be looked at
	Controls []string `json:"controls"`
	Clauses  []string `json:"clauses"`
	Waits    string   `json:"waits"` // what does not exist
}

// Wanted is an attestation that is asked for, where no check can look: what a person of the platform has to be able to say, and for how long it counts at most.
type Wanted struct {
	ID       string        `json:"id"`
	Title    string        `json:"title"`
	Ask      string        `json:"ask"` // what has to be true, and by what it is shown
	Controls []string      `json:"controls"`
	Clauses  []string      `json:"clauses"`
	Counts   time.Duration `json:"counts"`
}

// LongestAttested is how long an attestation may count: thirteen months, so that a yearly one has a month to be made again.
const LongestAttested = 396 * 24 * time.Hour

// Attestation is a statement that was made: by whom, when, until when, on which evidence. Withdrawn is when it was taken back.
type Attestation struct {
	ID        string    `json:"id"` // at_…
	Of        string    `json:"of"` // what was asked for
	Person    string    `json:"-"`  // who made it; shown to the platform's people alone
	Text      string    `json:"text"`
	Reference string    `json:"reference"` // where the evidence is
	Digest    string    `json:"digest"`    // of the evidence, SHA-256
	At        time.Time `json:"at"`
	Until     time.Time `json:"until"`
	Withdrawn time.Time `json:"withdrawnAt,omitzero"`
	Why       string    `json:"why,omitempty"` // it was withdrawn
	Seal      string    `json:"seal"`          // the digest that the ledger has of it
	Version   int64     `json:"-"`
}

// AttestedState is where what is asked for stands: attested while a statement is valid, stale when the last one is over, and not yet.
type AttestedState struct {
	Wanted Wanted       `json:"wanted"`
	State  State        `json:"state"`
	Reason string       `json:"reason,omitempty"`
	Made   *Attestation `json:"made,omitempty"` // the newest that was not withdrawn
}

// beside binds plans and attestations, and says all that is wrong with a binding.
func (c *Catalogue) beside(plans []Plan, wanted []Wanted) (bad []error) {
	ids := map[string]bool{}
	for _, x := range c.checks {
		ids[x.ID] = true
	}
	once := func(id, title string, controls, clauses []string) {
		switch {
		case !checkID.MatchString(id) || ids[id]:
			bad = append(bad, fault.New(fault.Invalid, "%q is no id, or stands there twice", id))
		case title == "" || len(controls) == 0 || len(clauses) == 0:
			bad = append(bad, fault.New(fault.Invalid, "%s has no title, no control or no clause", id))
		}
		ids[id] = true
		bad = append(bad, c.belongs(id, controls, clauses)...)
	}
	for _, p := range plans {
		once(p.ID, p.Title, p.Controls, p.Clauses)
		if p.Waits == "" {
			bad = append(bad, fault.New(fault.Invalid, "plan %s does not say what it waits for", p.ID))
		}
		if p.Clauses = slices.DeleteFunc(slices.Clone(p.Clauses), c.exercised); len(p.Clauses) > 0 {
			c.plans = append(c.plans, p)
		}
	}
	for _, w := range wanted {
		once(w.ID, w.Title, w.Controls, w.Clauses)
		if w.Ask == "" || w.Counts <= 0 || w.Counts > LongestAttested {
			bad = append(bad, fault.New(fault.Invalid, "attestation %s does not say what is asked, or counts for longer than thirteen months", w.ID))
		}
		c.wanted = append(c.wanted, w)
	}
	slices.SortFunc(c.plans, func(a, b Plan) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(c.wanted, func(a, b Wanted) int { return cmp.Compare(a.ID, b.ID) })
	return bad
}

// belongs says which clauses are of none of the controls, and which controls are of none of the clauses.
func (c *Catalogue) belongs(id string, controls, clauses []string) (bad []error) {
	for i, x := range clauses {
		if slices.Contains(clauses[:i], x) || !slices.ContainsFunc(c.of[x], func(k string) bool { return slices.Contains(controls, k) }) {
			bad = append(bad, fault.New(fault.Invalid, "%s names clause %q, which is of none of its controls or stands there twice", id, x))
		}
	}
	for i, k := range controls {
		if slices.Contains(controls[:i], k) || !slices.ContainsFunc(clauses, func(x string) bool { return slices.Contains(c.of[x], k) }) {
			bad = append(bad, fault.New(fault.Invalid, "%s names control %q, of which it names no clause or which stands there twice", id, k))
		}
	}
	return bad
}

// exercised reports whether a check looks at a clause, in whole or in part.
func (c *Catalogue) exercised(clause string) bool {
	return slices.ContainsFunc(c.checks, func(x Check) bool {
		return slices.Contains(x.Clauses, clause) || slices.ContainsFunc(x.Partly, func(p Part) bool { return p.Clause == clause })
	})
}

// Plans are those that are not over, by id.
func (c *Catalogue) Plans() []Plan { return slices.Clone(c.plans) }

// Wanted are the attestations that are asked for, by id.
func (c *Catalogue) Wanted() []Wanted { return slices.Clone(c.wanted) }

// WantedBy finds one.
func (c *Catalogue) WantedBy(id string) (Wanted, bool) {
	i := slices.IndexFunc(c.wanted, func(w Wanted) bool { return w.ID == id })
	if i < 0 {
		return Wanted{}, false
	}
	return c.wanted[i], true
}

// Bare are clauses and controls that have nothing of their own: no check, no plan, no attestation. Text of the law needs none. A register that is whole has none.
func (c *Catalogue) Bare() (bare []string) {
	for _, x := range c.clauses {
		of := func(list []string) bool { return slices.Contains(list, x.ID) }
		if x.Kind == LegalText || c.exercised(x.ID) || slices.ContainsFunc(c.plans, func(p Plan) bool { return of(p.Clauses) }) ||
			slices.ContainsFunc(c.wanted, func(w Wanted) bool { return of(w.Clauses) }) {
			continue
		}
		bare = append(bare, x.ID)
	}
	for _, k := range c.controls {
		of := func(list []string) bool { return slices.Contains(list, k.ID) }
		if !slices.ContainsFunc(c.checks, func(x Check) bool { return of(x.Controls) }) && !slices.ContainsFunc(c.plans, func(p Plan) bool { return of(p.Controls) }) &&
			!slices.ContainsFunc(c.wanted, func(w Wanted) bool { return of(w.Controls) }) {
			bare = append(bare, k.ID)
		}
	}
	return bare
}

// attestedState is where one stands at that time, from all that were made.
func attestedState(w Wanted, made []Attestation, now time.Time) AttestedState {
	s := AttestedState{Wanted: w, State: NotYet, Reason: "nobody has attested it"}
	for i := range made {
		if a := &made[i]; a.Of == w.ID && a.Withdrawn.IsZero() && (s.Made == nil || a.At.After(s.Made.At)) {
			s.Made = a
		}
	}
	switch a := s.Made; {
	case a == nil:
		if slices.ContainsFunc(made, func(x Attestation) bool { return x.Of == w.ID }) {
			s.Reason = "the attestation was withdrawn"
		}
	case a.At.After(now.Add(time.Minute)):
		s.State, s.Reason = Stale, "its attestation is from the future: the clock was set back"
	case !now.Before(a.Until) || !now.Before(a.At.Add(w.Counts)):
		s.State, s.Reason = Stale, "its attestation ended on "+ends(*a, w).UTC().Format(time.DateOnly)
	default:
		s.State, s.Reason = Attested, ""
	}
	return s
}

func ends(a Attestation, w Wanted) time.Time {
	if most := a.At.Add(w.Counts); most.Before(a.Until) {
		return most
	}
	return a.Until
}
