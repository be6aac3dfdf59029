package staff

import (
	"context"
	"io"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/undertaking"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// exportTime is how long an export can be made once it was approved.
const exportTime = 24 * time.Hour

func proposed(x Motion) ledger.Draft {
	f := []ledger.Field{
		ledger.Text("proposal", x.ID), ledger.Text("kind", x.Kind), ledger.Text("organisation", string(x.Org)),
		ledger.Text("reason", x.Reason), ledger.Text("ticket", x.Ticket), ledger.Time("expires", x.Expires),
	}
	if x.Person != "" {
		f = append(f, about("person", x.Person))
	}
	return entry("staff.proposed", f...)
}

// Proposals are those that take two people of the platform, the newest first.
func (s *Service) Proposals(ctx context.Context, a access.Actor) ([]Motion, error) {
	scope, err := access.Decide(a, access.StaffList, access.Resource{})
	if err != nil {
		return nil, err
	}
	all, err := s.Store.Proposals(ctx, scope)
	slices.Reverse(all)
	return all, err
}

// AskExport asks that what an organisation's ledger holds be exported by the platform. It takes an administrator besides the one who asks.
func (s *Service) AskExport(ctx context.Context, a access.Actor, in Ask) (Motion, error) {
	scope, err := access.Decide(a, access.GrantRequest, access.Resource{})
	if err != nil {
		return Motion{}, err
	}
	in.Hours = 1
	if err := s.askable(a, in); err != nil {
		return Motion{}, err
	}
	for field, text := range map[string]*string{"reason": &in.Reason, "ticket": &in.Ticket} {
		if err := s.screened(ctx, a, field, text); err != nil {
			return Motion{}, err
		}
	}
	if err := s.oneself(ctx, a); err != nil {
		return Motion{}, err
	}
	org, err := s.Store.Organisation(ctx, scope, in.Organisation)
	if err != nil {
		return Motion{}, err
	}
	all, err := s.Store.Proposals(ctx, scope)
	if err != nil {
		return Motion{}, err
	}
	now := s.now()
	if waiting := slices.DeleteFunc(all, func(x Motion) bool { return x.State != Asked || !now.Before(x.Expires) }); len(waiting) >= maxProposals {
		return Motion{}, fault.New(fault.Limited, "%d proposals wait, and there can be no more", len(waiting))
	}
	x := Motion{Kind: ForExport, Org: org, Reason: in.Reason, Ticket: in.Ticket, State: Asked, Proposer: a.ID.Person(), Created: now, Expires: now.Add(proposalTime)}
	if x.ID, err = s.mint(id.PrefixProposal, now); err != nil {
		return x, err
	}
	err = s.operate(ctx, &PlatformChange{Envelope: change.New(scope, now, proposed(x)), Proposal: &x})
	x.Version = 1
	return x, err
}

// Decision is what a second person says to a proposal.
type Decision struct {
	Approve bool
	Reason  string // of declining
	Version int64
}

// DecideProposal approves or declines what takes two. The second is an administrator, who is neither the one who proposed it nor the one whom it is about.
func (s *Service) DecideProposal(ctx context.Context, a access.Actor, name string, in Decision) (x Motion, err error) {
	scope, err := access.Decide(a, access.StaffChange, access.Resource{})
	if err != nil {
		return x, err
	}
	if !in.Approve {
		if err := tenant.CheckReason(in.Reason); err != nil {
			return x, err
		}
		if err := s.screened(ctx, a, "reason", &in.Reason); err != nil {
			return x, err
		}
	} else if err := s.oneself(ctx, a); err != nil {
		return x, err
	}
	err = again(func() error {
		l := &list{scope: scope, actor: a, now: s.now()}
		if x, err = s.Store.Proposal(ctx, scope, name); err != nil {
			return err
		}
		if l.all, l.version, err = s.Store.Personnel(ctx, scope); err != nil {
			return err
		}
		if err := l.second(x, in); err != nil {
			return final(err)
		}
		c, err := l.decided(&x, in)
		if err != nil {
			return final(err)
		}
		return s.operate(ctx, c)
	})
	x.Version++
	return x, unwrapped(err)
}

// second says why the actor cannot be the second person.
func (l *list) second(x Motion, in Decision) error {
	person := l.actor.ID.Person()
	switch {
	case !slices.Contains(l.actor.Roles, access.Administrator) || person == "" || l.actor.Session == "":
		return fault.New(fault.Denied, "an administrator decides, signed in")
	case in.Version != 0 && in.Version != x.Version:
		return fault.New(fault.Conflict, "the proposal was changed meanwhile").WithHelp("look at it again, and decide again")
	case in.Approve && person == x.Proposer:
		return fault.New(fault.Denied, "who proposed it cannot approve it").WithHelp("another administrator does")
	case person == x.Person:
		return fault.New(fault.Denied, "it is about you: another administrator decides")
	case x.State != Asked:
		return fault.New(fault.Conflict, "the proposal is %s already", x.State)
	case in.Approve && !l.now.Before(x.Expires):
		return fault.New(fault.Conflict, "the proposal is too old").WithHelp("it has to be proposed again")
	}
	return nil
}

// decided makes the change that a decision is.
func (l *list) decided(x *Motion, in Decision) (*PlatformChange, error) {
	x.Approver, x.Decided, x.State = l.actor.ID.Person(), l.now, Refused
	c := &PlatformChange{Proposal: x}
	draft := entry("staff.declined", ledger.Text("proposal", x.ID), ledger.Text("kind", x.Kind), about("proposer", x.Proposer), ledger.Text("reason", in.Reason))
	if in.Approve {
		x.State = Approved
		f := []ledger.Field{ledger.Text("proposal", x.ID), ledger.Text("kind", x.Kind), ledger.Text("organisation", string(x.Org)), about("proposer", x.Proposer)}
		if x.Person != "" {
			f = append(f, about("person", x.Person))
		}
		draft = entry("staff.approved", f...)
		if x.Kind == ForExport {
			x.Expires = l.now.Add(exportTime)
		}
	}
	c.Envelope = change.New(l.scope, l.now, draft)
	if x.State != Approved || x.Kind != ForAdministrator {
		return c, nil
	}
	p, err := l.one(x.Person)
	if err != nil {
		return nil, err
	}
	if slices.Contains(p.Roles, access.Administrator) {
		return nil, fault.New(fault.Conflict, "the person is an administrator already")
	}
	if !slices.ContainsFunc(l.all, func(o identity.Personnel) bool {
		return o.Person == x.Proposer && slices.Contains(standing(o, undertaking.Current(), l.now).Roles, access.Administrator)
	}) {
		return nil, fault.New(fault.Conflict, "who proposed it is no administrator any more").WithHelp("it has to be proposed again")
	}
	p.Roles = append(p.Roles, access.Administrator)
	c.List, c.Personnel = &l.version, &p
	c.Drafts = append(c.Drafts, entry("staff.changed", described(p)...))
	return c, nil
}

// Export writes what the organisation's ledger holds to w, once: by whoever asked for it, within a day of another one's approval. That it is made is in both ledgers before
// anything is written; when writing fails it has to be asked for again.
func (s *Service) Export(ctx context.Context, a access.Actor, name string, w io.Writer) error {
	scope, err := access.Decide(a, access.GrantRequest, access.Resource{})
	if err != nil {
		return err
	}
	x, err := s.Store.Proposal(ctx, scope, name)
	if err != nil {
		return err
	}
	now := s.now()
	switch person := a.ID.Person(); {
	case s.Bundles == nil:
		return fault.New(fault.Unavailable, "nothing can be exported here")
	case x.Kind != ForExport:
		return fault.New(fault.NotFound, "there is no such proposal")
	case person != x.Proposer || a.Session == "":
		return fault.New(fault.Denied, "who asked for the export makes it")
	case x.State != Approved:
		return fault.New(fault.Denied, "the export is %s", x.State).WithHelp("it takes a second person's approval, and is made once")
	case !now.Before(x.Expires):
		return fault.New(fault.Denied, "the approval is more than a day old").WithHelp("ask again")
	}
	x.State = Done
	used := entry("export.done", ledger.Text("proposal", x.ID), ledger.Text("organisation", string(x.Org)), about("person", x.Proposer))
	if err := s.operate(ctx, &PlatformChange{Envelope: change.New(scope, now, used), Proposal: &x}); err != nil {
		return err
	}
	inside, err := system(x.Org, access.AccessRecord, "an export by the platform", a)
	if err != nil {
		return err
	}
	told := entry("export.made", ledger.Text("proposal", x.ID), ledger.Text("reason", x.Reason), ledger.Text("ticket", x.Ticket), about("proposer", x.Proposer), about("approver", x.Approver))
	if err := s.commit(ctx, &Change{Envelope: change.New(inside, s.now(), told)}); err != nil {
		return err
	}
	return s.Bundles.Bundle(ctx, x.Org, a, w)
}

// Published is how many exports of what organisations have there were, in public: counts without names.
type Published struct {
	Asked    int `json:"asked"`
	Approved int `json:"approved"` // of those, by a second person
	Declined int `json:"declined"`
	Made     int `json:"made"`
}

// Exports counts for everybody.
func (s *Service) Exports(ctx context.Context) (p Published, err error) {
	scope, err := system(id.Platform, access.StaffList, "the public count of exports", access.Actor{})
	if err != nil {
		return p, err
	}
	all, err := s.Store.Proposals(ctx, scope)
	for _, x := range all {
		if x.Kind != ForExport {
			continue
		}
		p.Asked++
		switch x.State {
		case Refused:
			p.Declined++
		case Done:
			p.Made++
			p.Approved++
		case Approved:
			p.Approved++
		}
	}
	return p, err
}
