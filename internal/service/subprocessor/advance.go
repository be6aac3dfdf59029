package subprocessor

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/clock"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/subprocessor"
)

// Every is how often windows are looked at.
const Every = 15 * time.Minute

// Schedule is when windows are looked at.
func Schedule(from time.Time) change.Schedule {
	return change.Schedule{Kind: task.AdvanceSupply, Key: "quarterly", Args: []byte("{}"), Every: Every, Next: from.Add(Every)}
}

// Handle is the handler of the job [task.AdvanceSupply]: it takes every change on, for each organisation whom it concerns. One that fails does not hold up the others.
func (s *Service) Handle(ctx context.Context, c *task.Claimed) error {
	scope, err := access.Decide(c.Actor, access.SubprocessorChange, access.Resource{})
	if err != nil {
		return err
	}
	all, err := s.Store.Changes(ctx, scope)
	if err != nil {
		return err
	}
	for i := range all {
		err = errors.Join(err, s.Advance(ctx, c.Actor, all[i].ID))
	}
	if err != nil {
		return err
	}
	return s.Store.Settle(ctx, scope, c.Lease)
}

// Advance takes one change on: it tells those who were not told, takes receipts, opens and closes windows, and begins the change for each organisation for which it may begin.
func (s *Service) Advance(ctx context.Context, cause access.Actor, name string) error {
	scope, err := system(id.Platform, access.SubprocessorChange, "a change of subprocessors", cause)
	if err != nil {
		return err
	}
	c, err := s.Store.Change(ctx, scope, name)
	if err != nil || !c.Material() || c.State != subprocessor.Approved && c.State != subprocessor.Withdrawn && c.State != subprocessor.Done {
		return err
	}
	orgs, err := s.Store.Organisations(ctx, scope)
	if err != nil {
		return err
	}
	standings, err := s.Store.Standings(ctx, scope, name)
	if err != nil {
		return err
	}
	var failed error
	for _, o := range orgs {
		var have *subprocessor.Standing
		if i := slices.IndexFunc(standings, func(t subprocessor.Standing) bool { return t.Org == o.ID }); i >= 0 {
			have = &standings[i]
		}
		if err := s.one(ctx, cause, scope, &c, o, have); err != nil && fault.KindOf(err) != fault.NotFound { // an organisation may be destroyed meanwhile
			failed = errors.Join(failed, err)
		}
	}
	if err := s.settle(ctx, scope, &c, orgs); err != nil {
		return errors.Join(failed, err)
	}
	return errors.Join(failed, s.Reload(ctx))
}

// one takes a change on for one organisation, in its home first, and notes in the platform's what came of it.
func (s *Service) one(ctx context.Context, cause access.Actor, scope access.Scope, c *subprocessor.Change, o Org, have *subprocessor.Standing) error {
	if have == nil {
		if yes, err := s.concerns(ctx, c, o); err != nil || !yes {
			return err
		}
	} else if st := have.Notice.Stage; st == subprocessor.Activated || st == subprocessor.Recall {
		return nil
	}
	n, err := s.went(ctx, cause, c, o)
	if err != nil {
		return err
	}
	return s.note(ctx, scope, o.ID, n, have)
}

// went is the notice in the organisation's home, as far as it goes now.
func (s *Service) went(ctx context.Context, cause access.Actor, c *subprocessor.Change, o Org) (n subprocessor.Notice, err error) {
	scope, err := system(o.ID, access.SubprocessorNotify, "a change of subprocessors", cause)
	if err != nil {
		return n, err
	}
	err = change.Again(func() error {
		n, err = s.Store.Notice(ctx, scope, c.ID)
		if fault.KindOf(err) == fault.NotFound && c.State == subprocessor.Approved {
			n, err = s.deliver(ctx, scope, c, o)
			return err
		}
		if err != nil {
			return err
		}
		return s.step(ctx, scope, c, &n)
	})
	return n, err
}

// deliver records the notice in the organisation's home: from then on it stands in the portal, and package notify sends mail to those whom the entry of the ledger concerns.
func (s *Service) deliver(ctx context.Context, scope access.Scope, c *subprocessor.Change, o Org) (subprocessor.Notice, error) {
	t, err := s.Orders.Terms(ctx, o.ID)
	if err != nil {
		return subprocessor.Notice{}, err
	}
	now := s.now()
	n := subprocessor.Notice{
		Change: c.ID, Kind: c.Kind, Entry: c.Entry().Public(), Old: c.Old, OldName: c.OldName, Reason: c.Reason, Emergency: c.Emergency, Stage: subprocessor.Noticed, At: now,
		Days: max(subprocessor.LeastDays, t.ObjectionDays), Zone: t.Zone,
		Receipts: []subprocessor.Receipt{
			{Channel: subprocessor.InPortal, State: subprocessor.Delivered, At: now},
			{Channel: subprocessor.InPublic, State: subprocessor.Delivered, At: c.Decided},
		},
	}
	n.Entry.Change, n.Entry.Announced, n.Entry.Replaces = c.ID, c.Decided, c.Old
	n.Entry.Reviewer = ""
	_, err = s.Store.Commit(ctx, &Change{Envelope: change.New(scope, now, entry("subprocessor.noticed",
		ledger.Text("change", n.Change), ledger.Text("kind", string(n.Kind)), ledger.Text("name", n.Entry.Name), ledger.Text("emergency", n.Emergency), ledger.Int("days", int64(n.Days)))), Notice: &n})
	n.Version = 1
	return n, err
}

// step takes receipts, and lets time do what it does.
func (s *Service) step(ctx context.Context, scope access.Scope, c *subprocessor.Change, n *subprocessor.Notice) error {
	now, was := s.now(), n.Stage
	changed := false
	if c.State == subprocessor.Withdrawn {
		if n.Withdraw(now) != nil {
			return nil // it was taken back already
		}
		changed = true
	} else {
		receipts, err := s.Store.Receipts(ctx, scope, n.Change, n.At)
		if err != nil {
			return err
		}
		for _, r := range receipts {
			changed = n.Receive(r) || changed
		}
		changed = n.Progress(now, calendar(n.Zone)) || changed
		n.Entry.Reviewer = c.Entry().Reviewer // it counts whether the duties flow down, and lies with the platform
		changed = n.Activate(now) == nil || changed
		n.Entry.Reviewer = ""
	}
	if !changed {
		return nil
	}
	kind := "subprocessor.went"
	if n.Stage == was {
		kind = "subprocessor.received"
	}
	fields := []ledger.Field{ledger.Text("change", n.Change), ledger.Text("stage", string(n.Stage))}
	if !n.Closes.IsZero() {
		fields = append(fields, ledger.Time("delivered", n.Delivered), ledger.Time("closes", n.Closes))
	}
	_, err := s.Store.Commit(ctx, &Change{Envelope: change.New(scope, now, entry(kind, fields...)), Notice: n})
	n.Version++
	return err
}

// calendar is that of the organisation's zone. The holidays are those of the platform's country: a window that ends later than it has to harms nobody.
func calendar(zone string) clock.Calendar {
	at, err := time.LoadLocation(zone)
	if err != nil || zone == "" {
		at = time.UTC
	}
	return clock.Calendar{Zone: at, Holidays: clock.Belgium}
}

// note keeps, beside the change, where the organisation is.
func (s *Service) note(ctx context.Context, scope access.Scope, org id.Org, n subprocessor.Notice, have *subprocessor.Standing) error {
	t := subprocessor.Standing{Change: n.Change, Org: org, Notice: n.Outline()}
	if have != nil {
		was := have.Notice
		was.Version = 0
		if t.Version = have.Version; reflect.DeepEqual(was, t.Notice) {
			return nil
		}
	}
	_, err := s.Store.Operate(ctx, &PlatformChange{Envelope: change.New(scope, s.now(), entry("subprocessor.standing",
		ledger.Text("change", n.Change), ledger.Text("organisation", string(org)), ledger.Text("stage", string(n.Stage)))), Standing: &t})
	return err
}

// settle brings the list to where the change is by now: in force with the first organisation for which it began, and what it replaced ends with the last one.
func (s *Service) settle(ctx context.Context, scope access.Scope, c *subprocessor.Change, orgs []Org) error {
	if c.State != subprocessor.Approved {
		return nil
	}
	standings, err := s.Store.Standings(ctx, scope, c.ID)
	if err != nil {
		return err
	}
	began, waits := c.Emergency != "", false
	for _, t := range standings {
		if !slices.ContainsFunc(orgs, func(o Org) bool { return o.ID == t.Org }) {
			continue // it is destroyed
		}
		began = began || t.Notice.Stage == subprocessor.Activated
		waits = waits || t.Notice.Stage != subprocessor.Activated && (c.Kind == subprocessor.Replace || !t.Notice.Stays())
	}
	if !waits { // also where it concerns nobody
		began = true
	}
	return s.listedAs(ctx, scope, c, began, !waits)
}

func (s *Service) listedAs(ctx context.Context, scope access.Scope, c *subprocessor.Change, began, done bool) error {
	l, err := s.Store.List(ctx, scope, 0)
	if err != nil {
		return err
	}
	now := s.now()
	next, events := l, []subprocessor.Event{}
	put := func(e subprocessor.Entry, what string) {
		next.Entries = next.With(e)
		events = append(events, subprocessor.Event{What: what, Entry: e.ID, Name: e.Name, Why: c.Reason})
	}
	first := c.Entry()
	if e := l.Find(first.ID); e != nil && began && e.State() == subprocessor.Announced {
		x := *e
		x.Since = now
		put(x, subprocessor.Began)
	}
	if e := next.Find(c.Old); e != nil && done && e.State() == subprocessor.InForce {
		x := *e
		x.Until = now
		put(x, subprocessor.Stopped)
	}
	p := &PlatformChange{}
	if len(events) > 0 {
		if next, err = l.Next(now, next.Entries, events...); err != nil {
			return err
		}
		p.List, p.Drafts = &next, append(p.Drafts, listed(&next))
	}
	if done {
		c.State = subprocessor.Done
		p.Change, p.Drafts = c, append(p.Drafts, entry("subprocessor.settled", ledger.Text("change", c.ID)))
	}
	if len(p.Drafts) == 0 {
		return nil
	}
	p.Envelope = change.New(scope, now, p.Drafts...)
	_, err = s.Store.Operate(ctx, p)
	if err == nil && done {
		c.Version++
	}
	return err
}
