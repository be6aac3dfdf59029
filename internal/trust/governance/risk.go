package governance

import (
	"slices"
	"time"

	"c4arch/internal/base/fault"
)

// What is done about a risk (ISO 31000 section 6.5 names these four).
const (
	Avoid    = "avoid"
	Reduce   = "reduce"
	Transfer = "transfer"
	Accept   = "accept"
)

// Treatments are all of them.
func Treatments() []string { return []string{Reduce, Accept, Transfer, Avoid} }

// The states of a risk.
const (
	RiskOpen   = "open"
	RiskClosed = "closed"
)

// Top is the highest likelihood and the highest impact.
const Top = 5

// Level is how likely something is and how much it would matter, each from 1 to 5.
type Level struct {
	Likelihood int `json:"likelihood"`
	Impact     int `json:"impact"`
}

// Score is the product, from 1 to 25.
func (l Level) Score() int { return l.Likelihood * l.Impact }

// Grade is the score in a word.
func (l Level) Grade() string {
	switch s := l.Score(); {
	case s >= 15:
		return "high"
	case s >= 8:
		return "medium"
	}
	return "low"
}

func (l Level) whole() bool {
	return l.Likelihood >= 1 && l.Likelihood <= Top && l.Impact >= 1 && l.Impact <= Top
}

// Risk is one of the register.
type Risk struct {
	ID        string
	Title     string
	Threat    string
	Inherent  Level // without any measure
	Target    Level // while every control holds, as a person assessed it
	Treatment string
	Plan      string
	Controls  []string
	Accepted  Acceptance
	Review    time.Time // by when it is looked at again
	Reviewed  time.Time
	State     string
	Created   time.Time
	Changed   time.Time
	Version   int64
}

// Acceptance is that a person accepts what remains.
type Acceptance struct {
	Person string
	At     time.Time
}

// Limits of a risk.
const (
	MaxTitle    = 200
	MaxText     = 4000
	MaxControls = 20
	MaxRisks    = 500
	// LongestReview is how far ahead the next review may lie.
	LongestReview = 366 * 24 * time.Hour
)

// Check says what is wrong with a risk.
func (r Risk) Check(known func(control string) bool, now time.Time) error {
	switch {
	case r.Title == "" || len(r.Title) > MaxTitle || r.Threat == "" || len(r.Threat) > MaxText || len(r.Plan) > MaxText:
		return fault.New(fault.Invalid, "a risk has a title of at most %d bytes, and says in at most %d what could happen and what is done", MaxTitle, MaxText)
	case !r.Inherent.whole() || !r.Target.whole():
		return fault.New(fault.Invalid, "likelihood and impact are numbers from 1 to %d", Top)
	case r.Target.Likelihood > r.Inherent.Likelihood || r.Target.Impact > r.Inherent.Impact:
		return fault.New(fault.Invalid, "with its controls a risk is not greater than without them")
	case !slices.Contains(Treatments(), r.Treatment):
		return fault.New(fault.Invalid, "a risk is avoided, reduced, transferred or accepted")
	case len(r.Controls) == 0 || len(r.Controls) > MaxControls:
		return fault.New(fault.Invalid, "a risk names from 1 to %d controls", MaxControls).WithHelp("an accepted risk too: name the control that would show that it grows")
	case r.Review.Before(now) || r.Review.After(now.Add(LongestReview)):
		return fault.New(fault.Invalid, "the next review is within a year from now")
	case r.Treatment == Accept && r.Accepted.Person == "":
		return fault.New(fault.Invalid, "a risk is accepted by a person")
	}
	for i, c := range r.Controls {
		if !known(c) || slices.Contains(r.Controls[:i], c) {
			return fault.New(fault.Invalid, "there is no control %.40q, or it is named twice", c)
		}
	}
	return nil
}

// Residual is what remains of a risk while some of its controls hold and others do not. What a person assessed as the effect of the controls is shared among them: with k of n holding,
// the reduction counts for k/n, rounded down. So one control that does not hold raises what remains by at least one step, in each of the two where there is a reduction, and without
// any that holds the risk is as if nothing were done.
func Residual(r Risk, holds func(control string) bool) (Level, []string) {
	var failing []string
	for _, c := range r.Controls {
		if !holds(c) {
			failing = append(failing, c)
		}
	}
	n := len(r.Controls)
	if n == 0 {
		return r.Inherent, nil
	}
	k := n - len(failing)
	return Level{
		Likelihood: r.Inherent.Likelihood - (r.Inherent.Likelihood-r.Target.Likelihood)*k/n,
		Impact:     r.Inherent.Impact - (r.Inherent.Impact-r.Target.Impact)*k/n,
	}, failing
}

// Snapshot is what remained of a risk at a time.
type Snapshot struct {
	Risk     string
	At       time.Time
	Inherent Level
	Residual Level
	Failing  []string // controls that did not hold
}

// Same reports whether nothing changed since.
func (s Snapshot) Same(o Snapshot) bool {
	return s.Inherent == o.Inherent && s.Residual == o.Residual && slices.Equal(s.Failing, o.Failing)
}

// Overdue reports whether a risk was to be looked at before that time.
func (r Risk) Overdue(now time.Time) bool { return r.State == RiskOpen && now.After(r.Review) }
