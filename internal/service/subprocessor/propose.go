package subprocessor

import (
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/subprocessor"
)

// StockDays is for how long after its first version the list can take in who was in use before it. After that who is new is announced.
const StockDays = 30

// maxWaiting bounds changes that nobody has decided.
const maxWaiting = 50

// All are the changes, the newest first, with the list as the platform's people see it.
func (s *Service) All(ctx context.Context, a access.Actor) (subprocessor.List, []subprocessor.Change, error) {
	scope, err := access.Decide(a, access.SubprocessorRead, access.Resource{})
	if err != nil {
		return subprocessor.List{}, nil, err
	}
	l, err := s.Store.List(ctx, scope, 0)
	if err != nil {
		return l, nil, err
	}
	all, err := s.Store.Changes(ctx, scope)
	slices.Reverse(all)
	return l, all, err
}

// Affected is an organisation whom a change concerns.
type Affected struct {
	Org
	Notice *subprocessor.Notice // nil where it was not told yet
}

// One is a change with whom it concerns: those who were told, and of one that nobody has decided those who will be.
func (s *Service) One(ctx context.Context, a access.Actor, name string) (c subprocessor.Change, all []Affected, err error) {
	scope, err := access.Decide(a, access.SubprocessorRead, access.Resource{})
	if err != nil {
		return c, nil, err
	}
	if c, err = s.Store.Change(ctx, scope, name); err != nil {
		return c, nil, err
	}
	orgs, err := s.Store.Organisations(ctx, scope)
	if err != nil {
		return c, nil, err
	}
	standings, err := s.Store.Standings(ctx, scope, name)
	if err != nil {
		return c, nil, err
	}
	for _, o := range orgs {
		x := Affected{Org: o}
		if i := slices.IndexFunc(standings, func(t subprocessor.Standing) bool { return t.Org == o.ID }); i >= 0 {
			x.Notice = &standings[i].Notice
		} else if yes, err := s.concerns(ctx, &c, o); err != nil {
			return c, nil, err
		} else if !yes {
			continue
		}
		all = append(all, x)
	}
	return c, all, nil
}

// concerns reports whether an organisation without a notice depends on what a change brings.
func (s *Service) concerns(ctx context.Context, c *subprocessor.Change, o Org) (bool, error) {
	if !c.Material() || c.State != subprocessor.Proposed && c.State != subprocessor.Approved {
		return false, nil
	}
	used, err := s.Orders.UsedFeatures(ctx, o.ID)
	if err != nil {
		return false, err
	}
	e := c.Entry()
	return e.Concerns(used), nil
}

// Propose notes a change that another of the platform's people decides. Whom it concerns is told by nothing yet.
func (s *Service) Propose(ctx context.Context, a access.Actor, in subprocessor.Change) (c subprocessor.Change, err error) {
	scope, err := access.Decide(a, access.SubprocessorChange, access.Resource{})
	if err != nil {
		return c, err
	}
	for field, text := range map[string]*string{"reason": &in.Reason, "materiality": &in.Why, "emergency": &in.Emergency} {
		if err := s.screened(ctx, a, field, text); err != nil {
			return c, err
		}
	}
	l, err := s.Store.List(ctx, scope, 0)
	if err != nil {
		return c, err
	}
	now := s.now()
	c = subprocessor.Change{
		Kind: in.Kind, Entries: slices.Clone(in.Entries), Old: in.Old, Reason: in.Reason, Why: in.Why, Mat: in.Mat, Emergency: in.Emergency, State: subprocessor.Proposed, Proposer: a.ID.Person(), At: now,
	}
	if old := l.Find(in.Old); old != nil {
		c.OldName = old.Name
	}
	if c.ID, err = s.mint(id.PrefixSupply, now); err != nil {
		return c, err
	}
	if err := s.prepare(&c, &l, now); err != nil {
		return c, err
	}
	if err := s.room(ctx, scope, &c, &l, now); err != nil {
		return c, err
	}
	c.Mat = c.Material()
	first := c.Entry()
	_, err = s.Store.Operate(ctx, &PlatformChange{Envelope: change.New(scope, now, entry("subprocessor.proposed",
		ledger.Text("change", c.ID), ledger.Text("kind", string(c.Kind)), ledger.Text("name", first.Name), ledger.Bool("material", c.Mat), ledger.Text("reason", c.Reason), ledger.Text("emergency", c.Emergency))), Change: &c})
	c.Version = 1
	return c, err
}

// prepare gives entries their ids and what follows from the change, and checks it as a whole.
func (s *Service) prepare(c *subprocessor.Change, l *subprocessor.List, now time.Time) (err error) {
	for i := range c.Entries {
		e := &c.Entries[i]
		e.Since, e.Until, e.Announced, e.Change, e.Replaces = time.Time{}, time.Time{}, time.Time{}, "", ""
		if c.Kind == subprocessor.Correct {
			if old := l.Find(c.Old); old != nil {
				e.ID, e.Since, e.Change, e.Announced, e.Replaces = old.ID, old.Since, old.Change, old.Announced, old.Replaces
				e.Hosts, e.Status, e.Own = old.Hosts, old.Status, old.Own // what the guard goes by is no matter of words
			}
			continue
		}
		if e.ID, err = s.mint(id.PrefixSupplier, now); err != nil {
			return err
		}
	}
	return c.Check(l)
}

// room says why a change cannot be proposed now.
func (s *Service) room(ctx context.Context, scope access.Scope, c *subprocessor.Change, l *subprocessor.List, now time.Time) error {
	if len(l.Entries)+len(c.Entries) > subprocessor.MaxEntries {
		return fault.New(fault.Limited, "the list has at most %d entries", subprocessor.MaxEntries)
	}
	all, err := s.Store.Changes(ctx, scope)
	if err != nil {
		return err
	}
	waiting := 0
	for i := range all {
		x := &all[i]
		if x.State == subprocessor.Proposed {
			waiting++
		}
		if open := x.State == subprocessor.Proposed || x.State == subprocessor.Approved; open && c.Old != "" && x.Old == c.Old && c.Kind != subprocessor.Correct {
			return fault.New(fault.Conflict, "another change of the same entry is on its way").WithHelp("withdraw it first")
		}
	}
	if waiting >= maxWaiting {
		return fault.New(fault.Limited, "%d changes wait for a second person", waiting)
	}
	if c.Kind != subprocessor.Stock || l.Number == 0 {
		return nil
	}
	first, err := s.Store.List(ctx, scope, 1)
	if err == nil && now.After(first.At.AddDate(0, 0, StockDays)) {
		err = fault.New(fault.Denied, "the list is older than %d days: who is new is announced", StockDays).WithHelp("propose an addition; those whom it concerns are told, and it begins for them when their time to object is over")
	}
	return err
}
