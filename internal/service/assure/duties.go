package assure

import (
	"context"
	"fmt"
	"slices"

	"c4arch/internal/base/id"
	"c4arch/internal/trust/control"
)

// Duty is one of the duties that an organisation is told of.
type Duty struct {
	ID      string
	Clauses []string
	Open    bool
	Count   int // of what it is open for
	Detail  string
	Do      string
}

// Truth is what the duties of an organisation are about, as its home has it, counted apart from whoever tells it.
type Truth struct {
	Org        id.Org
	Idle       int  // tokens that nothing has used for 30 days
	Endless    int  // auditors without a last day, or past it
	Owners     int  // members who are
	Provider   bool // one is in use
	SignedOnly bool // single sign-on is demanded
}

// spoken are the clauses of which each organisation must hear.
var spoken = []string{"SE-13.1", "SE-13.2", "SE-13.3", "SE-13.5", "SE-13.6", "SE-13.7", "SE-13.8", "DPA-13.3", "DPA-13.4", "DPA-13.5", "DPA-13.11", "DPA-13.12"}

// Told says whether each organisation is told of its duties, in words, and as they are.
func Told(truths func(context.Context) ([]Truth, error), ask func(context.Context, id.Org) ([]Duty, error)) func(context.Context) ([]control.Observation, error) {
	return func(ctx context.Context) (seen []control.Observation, err error) {
		all, err := truths(ctx)
		if err != nil {
			return nil, err
		}
		for _, t := range all {
			duties, err := ask(ctx, t.Org)
			if err != nil {
				return seen, err
			}
			open := 0
			for _, d := range duties {
				if d.Open {
					open++
				}
			}
			lacks := t.lacks(duties)
			seen = append(seen, observed("duties of "+string(t.Org), lacks == "", fmt.Sprintf("%d, of which %d are open", len(duties), open), lacks))
		}
		if len(seen) == 0 {
			seen = []control.Observation{{Subject: "organisations", Outcome: control.Unknown, Detail: "there is none that could be told"}}
		}
		return seen, nil
	}
}

// lacks says what the duties that are told do not say, or say otherwise than it is.
func (t Truth) lacks(duties []Duty) string {
	heard, by := map[string]bool{}, map[string]Duty{}
	for _, d := range duties {
		if d.Detail == "" || d.Open && d.Do == "" {
			return d.ID + " is told without words"
		}
		for _, c := range d.Clauses {
			heard[c] = true
		}
		by[d.ID] = d
	}
	if i := slices.IndexFunc(spoken, func(c string) bool { return !heard[c] }); i >= 0 {
		return "nothing is told of " + spoken[i]
	}
	for _, x := range []struct {
		name string
		open bool
	}{
		{"unused-tokens", t.Idle > 0}, {"auditors", t.Endless > 0}, {"single-sign-on", !t.Provider || !t.SignedOnly}, {"owners", t.Owners < 2 || t.Owners > 5},
	} {
		if d, ok := by[x.name]; !ok || d.Open != x.open {
			return x.name + " is not told as it is"
		}
	}
	if by["unused-tokens"].Count != t.Idle || by["auditors"].Count != t.Endless {
		return "another number is told than there is"
	}
	return ""
}
