package engagement

import (
	"slices"
	"strings"
	"time"

	"c4arch/internal/base/fault"
)

// Ask is the engagement with terms that the organisation asks for: a new one, or one on which not both have agreed. What the platform had agreed to counts no more.
func (e Engagement) Ask(t Terms, person string, at time.Time) (Engagement, error) {
	if e.State != "" && !slices.Contains([]State{Asked, Returned, Offered}, e.State) {
		return e, stands(e.State)
	}
	if err := t.Check(at); err != nil {
		return e, err
	}
	sum, err := t.Sum()
	e.Terms, e.Digest, e.State, e.AskedBy, e.AskedAt, e.Reason, e.Platform = t, sum, Asked, person, at, "", Consent{}
	return e, err
}

// Offer is the engagement once the platform has agreed to the terms of that digest.
func (e Engagement) Offer(person, digest string, at time.Time) (Engagement, error) {
	if err := e.agreeable(Asked, digest, at); err != nil {
		return e, err
	}
	e.State, e.Platform = Offered, Consent{person, at}
	return e, nil
}

// Return is the engagement once the platform has sent it back.
func (e Engagement) Return(reason string) (Engagement, error) {
	if e.State != Asked {
		return e, stands(e.State)
	}
	return e.because(Returned, reason)
}

// Agree is the engagement once the organisation has agreed to what the platform agreed to.
func (e Engagement) Agree(person, digest string, at time.Time) (Engagement, error) {
	if err := e.agreeable(Offered, digest, at); err != nil {
		return e, err
	}
	e.State, e.Customer = Agreed, Consent{person, at}
	return e, nil
}

// agreeable says why a side cannot agree: it is not its turn, it saw other terms, something is missing, or the days are over.
func (e Engagement) agreeable(turn State, digest string, at time.Time) error {
	if e.State != turn {
		return stands(e.State)
	}
	if digest != e.Digest {
		return fault.New(fault.Conflict, "the terms were changed meanwhile").WithHelp("read them again, and agree then")
	}
	return e.Check(at)
}

// Withdraw is the engagement once the organisation has given it up, before both had agreed.
func (e Engagement) Withdraw(at time.Time) (Engagement, error) {
	if !slices.Contains([]State{Asked, Returned, Offered}, e.State) {
		return e, stands(e.State)
	}
	e.State, e.EndedAt = Withdrawn, at
	return e, nil
}

// End is the engagement once the organisation has ended what both had agreed to.
func (e Engagement) End(reason string, at time.Time) (Engagement, error) {
	if e.State != Agreed {
		return e, stands(e.State)
	}
	e, err := e.because(Ended, reason)
	e.EndedAt = at
	return e, err
}

// Issue is the engagement with an auditor, who leaves when it ends. Somebody who is there already gets no second line.
func (e Engagement) Issue(person, by string, at time.Time) (Engagement, error) {
	if err := e.Issuable(at); err != nil {
		return e, err
	}
	e.Auditors = slices.DeleteFunc(slices.Clone(e.Auditors), func(a Auditor) bool { return a.Person == person })
	e.Auditors = append(e.Auditors, Auditor{Person: person, By: by, At: at, Until: e.Ends()})
	return e, nil
}

// Issuable says why nobody can be let in under it now.
func (e Engagement) Issuable(at time.Time) error {
	switch {
	case e.State != Agreed:
		return fault.New(fault.Conflict, "an auditor comes once both sides have agreed to the engagement").WithHelp("it is %s", e.State)
	case !e.InForce(at):
		return fault.New(fault.Conflict, "an auditor comes from the first day to the last: %s to %s", e.First, e.Last)
	case len(e.Auditors) >= MaxAuditors:
		return fault.New(fault.Limited, "an engagement has at most %d auditors", MaxAuditors)
	}
	return nil
}

func (e Engagement) because(to State, reason string) (Engagement, error) {
	if bad := worded(reason); bad != "" {
		return e, fault.New(fault.Invalid, "the reason %s", bad).WithHelp("the other side reads it")
	}
	e.State, e.Reason = to, strings.TrimSpace(reason)
	return e, nil
}

func stands(s State) error {
	return fault.New(fault.Conflict, "the engagement is %s, and that is no step from there", s).WithHelp("look at it again")
}
