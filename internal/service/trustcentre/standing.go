package trustcentre

import (
	"context"
	"slices"
	"time"

	"c4arch/internal/content/statement"
	"c4arch/internal/trust/control"
)

// Standing is a statement with how it stands.
type Standing struct {
	statement.Statement
	State control.State `json:"state"`
	// AsOf is the oldest run on which it rests; zero is none.
	AsOf time.Time `json:"asOf,omitzero"`
	// Until is when the first attestation on which it rests ends; zero is none.
	Until  time.Time `json:"until,omitzero"`
	Checks []Check   `json:"checks"`
}

// Check is one that looks at what a statement says.
type Check struct {
	ID    string        `json:"id"`
	Title string        `json:"title"`
	State control.State `json:"state"`
	At    time.Time     `json:"at,omitzero"` // of its newest run
	Run   string        `json:"run,omitempty"`
}

// Page is what is said in public.
type Page struct {
	At      time.Time  `json:"at"`              // when it was put together
	Newest  time.Time  `json:"newest,omitzero"` // the newest run of a check
	Changed time.Time  `json:"textChanged"`     // the day on which the words changed last
	All     []Standing `json:"statements"`
}

// Count is how many statements stand so.
func (p *Page) Count(s control.State) (n int) {
	for _, x := range p.All {
		if x.State == s {
			n++
		}
	}
	return n
}

// About are the statements about a subject.
func (p *Page) About(s statement.Subject) (some []Standing) {
	for _, x := range p.All {
		if x.Subject == s {
			some = append(some, x)
		}
	}
	return some
}

// worse is the graver of two states. One that is not known is the gravest.
func worse(a, b control.State) control.State {
	all := control.States()
	i, j := slices.Index(all, a), slices.Index(all, b)
	if i < 0 || j < 0 {
		return control.NotYet
	}
	if j > i {
		return b
	}
	return a
}

// Evaluate says how each statement stands by a report: as the checks that look at what it says, or as its clauses where none does; and never better than a control of its clauses
// that fails, cannot tell, or is stale.
func Evaluate(all []statement.Statement, r *control.Report) *Page {
	e := newEvaluation(r)
	p := &Page{At: r.At, Changed: statement.Changed(all), All: make([]Standing, 0, len(all))}
	for _, s := range all {
		p.All = append(p.All, e.standing(s))
	}
	for _, c := range r.Checks {
		if c.Run != nil && c.Run.At.After(p.Newest) && !c.Run.At.After(r.At.Add(time.Minute)) {
			p.Newest = c.Run.At
		}
	}
	return p
}

type evaluation struct {
	checks   map[string]control.CheckState
	clauses  map[string]control.ClauseState
	controls map[string]control.State
	attested map[string]control.AttestedState
}

func newEvaluation(r *control.Report) evaluation {
	e := evaluation{map[string]control.CheckState{}, map[string]control.ClauseState{}, map[string]control.State{}, map[string]control.AttestedState{}}
	for _, c := range r.Checks {
		e.checks[c.Check.ID] = c
	}
	for _, c := range r.Clauses {
		e.clauses[c.ID] = c
	}
	for _, c := range r.Controls {
		e.controls[c.ID] = c.State
	}
	for _, a := range r.Attestations {
		e.attested[a.Wanted.ID] = a
	}
	return e
}

func (e evaluation) standing(s statement.Statement) Standing {
	x := Standing{Statement: s, State: control.Holds, Checks: []Check{}}
	names := s.Checks
	for _, id := range s.Clauses {
		c, known := e.clauses[id]
		if !known {
			x.State = worse(x.State, control.NotYet)
		}
		if known && len(s.Checks) == 0 {
			x.State = worse(x.State, c.State)
			names = append(slices.Clone(names), c.Checks...)
			x.vouched(e, c.Attestations)
		}
		for _, k := range c.Controls {
			if state := e.controls[k]; state == control.Failing || state == control.Unsure || state == control.Stale {
				x.State = worse(x.State, state)
			}
		}
	}
	slices.Sort(names[len(s.Checks):])
	for _, id := range slices.Compact(slices.Clone(names)) {
		x.rest(e.checks[id], id, len(s.Checks) > 0)
	}
	if len(x.Checks) == 0 && x.Until.IsZero() {
		x.State = worse(x.State, control.NotYet)
	}
	return x
}

// vouched adds attestations on which the statement rests.
func (x *Standing) vouched(e evaluation, names []string) {
	for _, id := range names {
		a := e.attested[id]
		if a.State != control.Attested || a.Made == nil {
			continue
		}
		if x.Until.IsZero() || a.Made.Until.Before(x.Until) {
			x.Until = a.Made.Until
		}
		if x.AsOf.IsZero() || a.Made.At.Before(x.AsOf) {
			x.AsOf = a.Made.At
		}
	}
}

// rest adds a check on which the statement rests.
func (x *Standing) rest(c control.CheckState, id string, named bool) {
	if c.Check.ID == "" {
		if named {
			x.State = worse(x.State, control.NotYet) // nothing looks at it on this instance
		}
		return
	}
	k := Check{ID: id, Title: c.Check.Title, State: c.State}
	if named {
		x.State = worse(x.State, c.State)
	}
	if c.Run != nil {
		k.At, k.Run = c.Run.At, c.Run.ID
		if x.AsOf.IsZero() || k.At.Before(x.AsOf) {
			x.AsOf = k.At
		}
	}
	x.Checks = append(x.Checks, k)
}

// Public is what is said in public, as it stands now.
func (s *Service) Public(ctx context.Context) (*Page, error) {
	r, err := s.Sources.Standing(ctx)
	if err != nil {
		return nil, err
	}
	return Evaluate(s.Statements, r), nil
}
