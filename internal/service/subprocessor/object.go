package subprocessor

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/subprocessor"
)

// Used is what an organisation sees of the list.
type Used struct {
	List    subprocessor.List
	Entries []subprocessor.Entry // that its data pass now, or may
	Elided  int                  // further entries of the list, behind features that it does not use
	Notices []subprocessor.Notice
}

// Mine is what is used for the actor's organisation, and what it was told.
func (s *Service) Mine(ctx context.Context, a access.Actor) (u Used, err error) {
	scope, err := access.Decide(a, access.ObjectionRead, access.Resource{})
	if err != nil {
		return u, err
	}
	if scope.Org() == id.Platform {
		return u, fault.New(fault.NotFound, "there is no such organisation")
	}
	if u.List, err = s.List(ctx); err != nil {
		return u, err
	}
	used, err := s.Orders.UsedFeatures(ctx, scope.Org())
	if err != nil {
		return u, err
	}
	policy, err := s.current(ctx)
	if err != nil {
		return u, err
	}
	for _, e := range u.List.Entries {
		switch {
		case e.State() == subprocessor.Ended:
		case !e.Concerns(used):
			u.Elided++
		case e.Change == "" || policy.Passes(scope.Org(), &e):
			u.Entries = append(u.Entries, e)
		}
	}
	u.Notices, err = s.Store.Notices(ctx, scope)
	return u, err
}

// Notice is one that the actor's organisation was told.
func (s *Service) Notice(ctx context.Context, a access.Actor, name string) (subprocessor.Notice, error) {
	scope, err := access.Decide(a, access.ObjectionRead, access.Resource{})
	if err != nil {
		return subprocessor.Notice{}, err
	}
	return s.Store.Notice(ctx, scope, name)
}

// Object raises an objection in the name of the actor's organisation. The change does not begin for it while the objection is open, and an emergency that began ends for it.
func (s *Service) Object(ctx context.Context, a access.Actor, name, grounds string) error {
	if err := s.screened(ctx, a, "grounds", &grounds); err != nil {
		return err
	}
	return s.said(ctx, a, name, func(n *subprocessor.Notice) (ledger.Draft, error) {
		now := s.now()
		o := subprocessor.Objection{By: a.ID.Person(), Grounds: grounds}
		var err error
		if o.ID, err = s.mint(id.PrefixObjection, now); err != nil {
			return ledger.Draft{}, err
		}
		return entry("objection.raised", ledger.Text("change", name), ledger.Text("objection", o.ID)), n.Object(now, o)
	})
}

// TakeBack ends the organisation's open objection.
func (s *Service) TakeBack(ctx context.Context, a access.Actor, name string) error {
	return s.said(ctx, a, name, func(n *subprocessor.Notice) (ledger.Draft, error) {
		if n.Current() == nil {
			return ledger.Draft{}, fault.New(fault.Denied, "no objection is open")
		}
		d := entry("objection.withdrawn", ledger.Text("change", name), ledger.Text("objection", n.Current().ID))
		return d, n.TakeBack(s.now())
	})
}

// Reply writes a line of the organisation into the log of its open objection.
func (s *Service) Reply(ctx context.Context, a access.Actor, name, note string) error {
	if err := s.screened(ctx, a, "note", &note); err != nil {
		return err
	}
	return s.said(ctx, a, name, func(n *subprocessor.Notice) (ledger.Draft, error) {
		return s.noted(n, subprocessor.Step{By: "organisation", Note: note})
	})
}

func (s *Service) noted(n *subprocessor.Notice, x subprocessor.Step) (ledger.Draft, error) {
	o := n.Current()
	if o == nil {
		return ledger.Draft{}, fault.New(fault.Denied, "no objection is open")
	}
	f := []ledger.Field{ledger.Text("change", n.Change), ledger.Text("objection", o.ID), ledger.Text("by", x.By), ledger.Text("option", string(x.Option)), ledger.Bool("outcome", x.Outcome)}
	return entry("objection.noted", f...), n.Note(s.now(), x)
}

// said changes a notice in the name of its organisation, and tells the platform's home.
func (s *Service) said(ctx context.Context, a access.Actor, name string, fn func(n *subprocessor.Notice) (ledger.Draft, error)) error {
	scope, err := access.Decide(a, access.ObjectionRaise, access.Resource{})
	if err != nil {
		return err
	}
	return s.changed(ctx, a, scope, name, fn)
}

func (s *Service) changed(ctx context.Context, a access.Actor, scope access.Scope, name string, fn func(n *subprocessor.Notice) (ledger.Draft, error)) error {
	err := change.Again(func() error {
		n, err := s.Store.Notice(ctx, scope, name)
		if err != nil {
			return err
		}
		d, err := fn(&n)
		if fault.KindOf(err) == fault.Conflict {
			said, help := fault.Public(err) // loading again changes nothing
			return fault.New(fault.Denied, "%s", said).WithHelp("%s", help)
		}
		if err != nil {
			return err
		}
		_, err = s.Store.Commit(ctx, &Change{Envelope: change.New(scope, s.now(), d), Notice: &n})
		return err
	})
	if err == nil { // what the guard goes by is to know it at once; where that fails the job does it
		s.later(ctx, s.Advance(ctx, access.Actor{ID: a.ID, Kind: a.Kind, Org: a.Org, Request: a.Request}, name))
	}
	return err
}

// Objection is a notice of an organisation as the platform's people see it, who have to answer what it objected.
func (s *Service) Objection(ctx context.Context, a access.Actor, name string, org id.Org) (n subprocessor.Notice, o Org, err error) {
	if _, err := access.Decide(a, access.SubprocessorRead, access.Resource{}); err != nil {
		return n, o, err
	}
	_, all, err := s.One(ctx, a, name)
	if err != nil {
		return n, o, err
	}
	for _, x := range all {
		if x.ID == org && x.Notice != nil {
			scope, err := system(org, access.ObjectionRead, "answer an objection", a)
			if err != nil {
				return n, o, err
			}
			n, err = s.Store.Notice(ctx, scope, name)
			return n, x.Org, err
		}
	}
	return n, o, fault.New(fault.NotFound, "there is no such notice")
}

// Answer writes a line of the platform into the log of an open objection, or its outcome.
func (s *Service) Answer(ctx context.Context, a access.Actor, name string, org id.Org, x subprocessor.Step) error {
	if _, err := access.Decide(a, access.SubprocessorChange, access.Resource{}); err != nil {
		return err
	}
	if _, _, err := s.Objection(ctx, a, name, org); err != nil {
		return err
	}
	if err := s.screened(ctx, a, "note", &x.Note); err != nil {
		return err
	}
	scope, err := system(org, access.SubprocessorNotify, "answer an objection", a)
	if err != nil {
		return err
	}
	x.By = "platform"
	return s.changed(ctx, a, scope, name, func(n *subprocessor.Notice) (ledger.Draft, error) { return s.noted(n, x) })
}
