package engagement

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/engagement"
	"c4arch/internal/trust/ledger"
)

// Agree agrees for the actor's organisation to what the platform has agreed to. digest is that of the terms that were read.
func (s *Service) Agree(ctx context.Context, a access.Actor, name, digest string) error {
	scope, e, err := s.mine(ctx, a, name)
	if err != nil {
		return err
	}
	now := s.now()
	if e, err = e.Agree(a.ID.Person(), digest, now); err != nil {
		return err
	}
	return s.commit(ctx, scope, e, "engagement.agreed", now, ledger.Digest("digest", canon.Digest(e.Digest)))
}

// Withdraw gives up what not both have agreed to.
func (s *Service) Withdraw(ctx context.Context, a access.Actor, name string) error {
	scope, e, err := s.mine(ctx, a, name)
	if err != nil {
		return err
	}
	now := s.now()
	if e, err = e.Withdraw(now); err != nil {
		return err
	}
	return s.commit(ctx, scope, e, "engagement.withdrawn", now)
}

// End ends what both had agreed to. Its auditors are removed first: where that fails the engagement stands, and it is tried again.
func (s *Service) End(ctx context.Context, a access.Actor, name, reason string) error {
	scope, e, err := s.mine(ctx, a, name)
	if err != nil {
		return err
	}
	if reason, err = s.screen(ctx, a, "reason", reason); err != nil {
		return err
	}
	now := s.now()
	if e, err = e.End(reason, now); err != nil {
		return err
	}
	for _, x := range e.Auditors {
		if err := s.Members.Remove(ctx, a, x.Person, "the audit engagement ended"); err != nil {
			return err
		}
	}
	return s.commit(ctx, scope, e, "engagement.ended", now, ledger.Text("reason", e.Reason))
}

// Invite lets an auditor in under an engagement that is in force, until it ends: a member is made, the engagement names the member, and then there is an invitation. Where it stops in
// between there is a member who can do nothing.
func (s *Service) Invite(ctx context.Context, a access.Actor, engaged, name, email string) (Invited, error) {
	scope, e, err := s.mine(ctx, a, engaged)
	if err != nil {
		return Invited{}, err
	}
	if err := e.Issuable(s.now()); err != nil {
		return Invited{}, err
	}
	person, err := s.Members.Add(ctx, a, name, email, e.Ends())
	if err != nil {
		return Invited{}, err
	}
	err = change.Again(func() error {
		if e, err = s.Store.Engagement(ctx, scope, engaged); err != nil {
			return err
		}
		now := s.now()
		if e, err = e.Issue(person, a.ID.Person(), now); err != nil {
			return err
		}
		return s.commit(ctx, scope, e, "engagement.issued", now, ledger.Personal("person", person, person), ledger.Time("until", e.Ends()))
	})
	if err != nil {
		return Invited{}, err
	}
	return s.Members.Invite(ctx, a, person)
}

func (s *Service) mine(ctx context.Context, a access.Actor, name string) (access.Scope, engagement.Engagement, error) {
	scope, err := decide(a, access.EngagementChange)
	if err != nil {
		return scope, engagement.Engagement{}, err
	}
	e, err := s.Store.Engagement(ctx, scope, name)
	return scope, e, err
}

// Bound is the last instant until which somebody may be a member: of one who was let in under an engagement that both agreed to, its end; the zero time for everybody else. It is for
// who changes members.
func (s *Service) Bound(ctx context.Context, org id.Org, person string) (time.Time, error) {
	scope, err := access.Decide(access.System(org, "until when an auditor may stay", access.Actor{}), access.EngagementRead, access.Resource{})
	if err != nil {
		return time.Time{}, err
	}
	all, err := s.Store.Engagements(ctx, scope, Most)
	var last time.Time
	for _, e := range all {
		for _, x := range e.Auditors {
			if x.Person == person && x.Until.After(last) {
				last = x.Until
			}
		}
	}
	return last, err
}

// View is an engagement as the platform sees it.
type View struct {
	Customer
	engagement.Engagement
}

// PerPage is how many organisations are looked through at once: of each the home is opened.
const PerPage = 50

// Everywhere are the engagements of the organisations behind after, for the platform's own people. more is where it goes on, "" at the end.
func (s *Service) Everywhere(ctx context.Context, a access.Actor, after id.Org) (views []View, more id.Org, err error) {
	platform, err := access.Decide(a, access.EngagementRead, access.Resource{})
	if err != nil {
		return nil, "", err
	}
	if platform.Org() != id.Platform {
		return nil, "", missing()
	}
	all, err := s.Directory.Customers(ctx, a, after, PerPage)
	if err != nil {
		return nil, "", err
	}
	if len(all) == PerPage {
		more = all[len(all)-1].Org
	}
	for _, c := range all {
		scope, err := of(c.Org, a, access.EngagementRead)
		if err != nil {
			return nil, "", err
		}
		list, err := s.Store.Engagements(ctx, scope, Most)
		if fault.KindOf(err) == fault.NotFound { // it is being made, or destroyed
			continue
		}
		if err != nil {
			return nil, "", err
		}
		for _, e := range list {
			views = append(views, View{c, e})
		}
	}
	return views, more, nil
}

// of is a scope of an organisation, for one of the platform's people who has the right in the platform's home.
func of(org id.Org, cause access.Actor, act access.Action) (access.Scope, error) {
	return access.Decide(access.System(org, "audit engagements, for the platform", cause), act, access.Resource{})
}

// Of is one engagement of an organisation, for the platform's own people.
func (s *Service) Of(ctx context.Context, a access.Actor, org id.Org, name string) (View, error) {
	_, v, err := s.of(ctx, a, access.EngagementRead, org, name)
	return v, err
}

func (s *Service) of(ctx context.Context, a access.Actor, act access.Action, org id.Org, name string) (platform access.Scope, v View, err error) {
	if platform, err = access.Decide(a, act, access.Resource{}); err != nil {
		return platform, v, err
	}
	if platform.Org() != id.Platform || !id.Is(id.PrefixOrg, string(org)) {
		return platform, v, missing()
	}
	if v.Customer, err = s.Directory.Customer(ctx, a, org); err != nil {
		return platform, v, err
	}
	scope, err := of(org, a, access.EngagementRead)
	if err != nil {
		return platform, v, err
	}
	v.Engagement, err = s.Store.Engagement(ctx, scope, name)
	return platform, v, err
}

// Answer is what the platform says of what was asked: it agrees to the terms of that digest, or sends them back with a reason.
type Answer struct {
	Agree  bool
	Digest string // of the terms that were read
	Reason string
}

// Answer answers an organisation. The entry of the platform's own ledger comes last.
func (s *Service) Answer(ctx context.Context, a access.Actor, org id.Org, name string, in Answer) error {
	platform, v, err := s.of(ctx, a, access.EngagementAgree, org, name)
	if err != nil {
		return err
	}
	if in.Reason, err = s.screen(ctx, a, "reason", in.Reason); err != nil {
		return err
	}
	scope, err := of(org, a, access.EngagementKeep)
	if err != nil {
		return err
	}
	now, kind := s.now(), "engagement.offered"
	sum := ledger.Digest("digest", canon.Digest(v.Digest))
	fields := []ledger.Field{sum}
	e := v.Engagement
	if in.Agree {
		e, err = e.Offer(a.ID.Person(), in.Digest, now)
	} else {
		e, err = e.Return(in.Reason)
		kind, fields = "engagement.returned", append(fields, ledger.Text("reason", e.Reason))
	}
	if err != nil {
		return err
	}
	if err := s.commit(ctx, scope, e, kind, now, fields...); err != nil {
		return err
	}
	env := change.New(platform, now, ledger.Draft{Kind: "engagement.answered", Fields: []ledger.Field{
		ledger.Text("organisation", string(org)), ledger.Text("engagement", e.ID), ledger.Text("state", string(e.State)), ledger.Text("reason", e.Reason), sum,
	}})
	_, err = s.Directory.Note(ctx, &env)
	return err
}
