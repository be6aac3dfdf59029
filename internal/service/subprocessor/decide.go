package subprocessor

import (
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/subprocessor"
)

// Decide approves or declines a change. Whoever proposed it does not approve it. What is approved is published, and those whom it concerns are told at once; what could not be told now
// the job tells.
func (s *Service) Decide(ctx context.Context, a access.Actor, name string, approve bool, reason string) error {
	scope, err := access.Decide(a, access.SubprocessorChange, access.Resource{})
	if err != nil {
		return err
	}
	if !approve {
		if err := s.screened(ctx, a, "reason", &reason); err != nil {
			return err
		}
	}
	var c subprocessor.Change
	err = change.Again(func() error {
		if c, err = s.Store.Change(ctx, scope, name); err != nil {
			return err
		}
		l, err := s.Store.List(ctx, scope, 0)
		if err != nil {
			return err
		}
		if err := decidable(&c, a, approve, reason); err != nil {
			return err
		}
		p, err := s.decided(scope, &c, &l, a, approve, reason)
		if err != nil {
			return err
		}
		_, err = s.Store.Operate(ctx, p)
		return err
	})
	if err != nil || !approve {
		return err
	}
	s.later(ctx, s.Advance(ctx, a, name))
	return nil
}

// later is a step that the job makes again when it failed now.
func (s *Service) later(ctx context.Context, err error) {
	if err != nil && s.Failed != nil {
		s.Failed(ctx, err)
	}
}

func decidable(c *subprocessor.Change, a access.Actor, approve bool, reason string) error {
	switch {
	case c.State != subprocessor.Proposed:
		return fault.New(fault.Denied, "the change is %s already", c.State)
	case a.ID.Person() == "":
		return fault.New(fault.Denied, "a person decides")
	case approve && a.ID.Person() == c.Proposer:
		return fault.New(fault.Denied, "who proposed it cannot approve it").WithHelp("another of the platform's people does")
	case !approve:
		return subprocessor.CheckText("reason", reason)
	}
	for i := range c.Entries {
		if err := c.Entries[i].Flows(); err != nil {
			return err
		}
	}
	return nil
}

// decided is the change of the platform's home that a decision is.
func (s *Service) decided(scope access.Scope, c *subprocessor.Change, l *subprocessor.List, a access.Actor, approve bool, reason string) (*PlatformChange, error) {
	now := s.now()
	c.Decided, c.Approver, c.State = now, a.ID.Person(), subprocessor.Declined
	if !approve {
		return &PlatformChange{Envelope: change.New(scope, now, entry("subprocessor.declined", ledger.Text("change", c.ID), about("proposer", c.Proposer), ledger.Text("reason", reason))), Change: c}, nil
	}
	if err := c.Check(l); err != nil { // the list may be another one by now
		return nil, err
	}
	next, err := applied(c, l, now)
	if err != nil {
		return nil, err
	}
	c.State, c.List = subprocessor.Done, next.Number
	if c.Material() {
		c.State = subprocessor.Approved
	}
	drafts := []ledger.Draft{
		entry("subprocessor.approved", ledger.Text("change", c.ID), ledger.Text("kind", string(c.Kind)), about("proposer", c.Proposer), ledger.Bool("material", c.Mat), ledger.Text("emergency", c.Emergency)),
		listed(&next),
	}
	return &PlatformChange{Envelope: change.New(scope, now, drafts...), Change: c, List: &next}, nil
}

func listed(l *subprocessor.List) ledger.Draft {
	return entry("subprocessor.listed", ledger.Text("list", l.Version()), ledger.Text("digest", l.Digest), ledger.Int("count", int64(len(l.Entries))))
}

// applied is the version of the list that announces a change, or has it in force where nobody can object to it.
func applied(c *subprocessor.Change, l *subprocessor.List, now time.Time) (subprocessor.List, error) {
	var events []subprocessor.Event
	next := *l
	put := func(e subprocessor.Entry, what string) {
		next.Entries = next.With(e)
		events = append(events, subprocessor.Event{What: what, Entry: e.ID, Name: e.Name, Why: c.Reason})
	}
	for _, e := range c.Entries {
		switch c.Kind {
		case subprocessor.Stock:
			e.Since = now
			put(e, subprocessor.Listed)
		case subprocessor.Correct:
			put(e, subprocessor.Corrected)
		case subprocessor.Add, subprocessor.Replace:
			e.Change, e.Announced, e.Replaces = c.ID, now, c.Old
			if !c.Material() || c.Emergency != "" {
				e.Since = now
				put(e, subprocessor.Began)
			} else {
				put(e, subprocessor.Told)
			}
		case subprocessor.End:
		}
	}
	if c.Kind == subprocessor.End || c.Kind == subprocessor.Replace && !c.Material() {
		old := *next.Find(c.Old)
		old.Until = now
		put(old, subprocessor.Stopped)
	}
	return l.Next(now, next.Entries, events...)
}

// Withdraw takes back a change that nobody has decided, or that has begun for nobody.
func (s *Service) Withdraw(ctx context.Context, a access.Actor, name, reason string) error {
	scope, err := access.Decide(a, access.SubprocessorChange, access.Resource{})
	if err != nil {
		return err
	}
	if err := subprocessor.CheckText("reason", reason); err != nil {
		return err
	}
	if err := s.screened(ctx, a, "reason", &reason); err != nil {
		return err
	}
	told := false
	err = change.Again(func() error {
		c, err := s.Store.Change(ctx, scope, name)
		if err != nil {
			return err
		}
		if c.State != subprocessor.Proposed && c.State != subprocessor.Approved {
			return fault.New(fault.Denied, "the change is %s", c.State)
		}
		standings, err := s.Store.Standings(ctx, scope, name)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(standings, func(t subprocessor.Standing) bool { return t.Notice.Stage == subprocessor.Activated }) {
			return fault.New(fault.Denied, "the change has begun for an organisation").WithHelp("propose that the entry ends")
		}
		told = c.State == subprocessor.Approved
		p, err := s.recalled(ctx, scope, &c, reason)
		if err != nil {
			return err
		}
		_, err = s.Store.Operate(ctx, p)
		return err
	})
	if err == nil && told {
		s.later(ctx, s.Advance(ctx, a, name))
	}
	return err
}

func (s *Service) recalled(ctx context.Context, scope access.Scope, c *subprocessor.Change, reason string) (*PlatformChange, error) {
	now := s.now()
	was := c.State
	c.State = subprocessor.Withdrawn
	p := &PlatformChange{Envelope: change.New(scope, now, entry("subprocessor.withdrawn", ledger.Text("change", c.ID), ledger.Text("reason", reason))), Change: c}
	if was != subprocessor.Approved {
		return p, nil
	}
	l, err := s.Store.List(ctx, scope, 0)
	if err != nil {
		return nil, err
	}
	e := c.Entry()
	left := slices.DeleteFunc(slices.Clone(l.Entries), func(x subprocessor.Entry) bool { return x.ID == e.ID })
	next, err := l.Next(now, left, subprocessor.Event{What: subprocessor.Recalled, Entry: e.ID, Name: e.Name, Why: reason})
	if err != nil {
		return nil, err
	}
	p.List, p.Drafts = &next, append(p.Drafts, listed(&next))
	return p, nil
}
