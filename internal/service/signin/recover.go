package signin

import (
	"context"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Recovery. A member who lost every passkey gets one again when two people agree to it: one asks, another one, who is not the member either, approves and hands the link over.
// Both must be allowed to give the member's role. Where an organisation has nobody for one of the two parts, such as the only owner who is to be recovered, an administrator of
// the platform can take it, for the owner who proved to be it by the contract; that stands in the organisation's own ledger, with who it was. The two are never the same person.
//
// What an organisation decides, counts there: other organisations go on taking the passkeys that they took, and never take the new one.

// AskRecovery asks for the recovery of a member. org is that of the actor, or of an administrator of the platform any.
func (s *Service) AskRecovery(ctx context.Context, a access.Actor, org id.Org, person, reason string) (identity.Recovery, error) {
	scope, m, err := s.recovering(ctx, a, org, person)
	if err != nil {
		return identity.Recovery{}, err
	}
	if err := tenant.CheckReason(reason); err != nil {
		return identity.Recovery{}, err
	}
	if err := s.screened(ctx, a, "reason", &reason); err != nil {
		return identity.Recovery{}, err
	}
	var r identity.Recovery
	err = again(func() error {
		now := s.now()
		r = identity.Recovery{Person: person, Role: m.Role, Reason: reason, Asked: a.ID, Created: now, Expires: now.Add(InvitationLasts)}
		all, err := s.Homes.Recoveries(ctx, scope)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(o identity.Recovery) bool {
			return o.Person == person && o.Role == m.Role && !o.Used && now.Before(o.Expires)
		}) {
			return fault.New(fault.Limited, "a recovery of the member is open already").WithHelp("use that one, or wait until it has expired")
		}
		if r.ID, err = s.mint(id.PrefixRecovery, now); err != nil {
			return err
		}
		c := &Joining{Envelope: change.New(scope, now, entry("recovery.asked", ledger.Text("recovery", r.ID), aPerson(person), ledger.Text("role", string(m.Role)), ledger.Text("reason", reason))), Recoveries: []identity.Recovery{r}}
		_, err = s.Homes.Join(ctx, c)
		return err
	})
	r.Version = 1
	return r, err
}

// AskRecoveryOf is [Service.AskRecovery] of the member with an e-mail address, as the platform's people know one.
func (s *Service) AskRecoveryOf(ctx context.Context, a access.Actor, org id.Org, email, reason string) (identity.Recovery, error) {
	if _, err := s.recoverer(a, org); err != nil {
		return identity.Recovery{}, err
	}
	email, err := tenant.Email(email)
	if err != nil {
		return identity.Recovery{}, err
	}
	scope, err := platform(a)
	if err != nil {
		return identity.Recovery{}, err
	}
	p, err := s.People.PersonByEmail(ctx, scope, email)
	if err != nil {
		return identity.Recovery{}, hidden(err, errMember)
	}
	return s.AskRecovery(ctx, a, org, p.ID, reason)
}

// recovering decides whether the actor may have a part in the recovery of a member.
func (s *Service) recovering(ctx context.Context, a access.Actor, org id.Org, person string) (access.Scope, Membership, error) {
	scope, err := s.recoverer(a, org)
	if err != nil {
		return scope, Membership{}, err
	}
	m, err := s.Homes.Membership(ctx, scope, person)
	if err != nil {
		return scope, m, hidden(err, errMember)
	}
	switch {
	case !m.Good(s.now()):
		return scope, m, errMember
	case a.Kind != access.Staff && !a.Covers(m.Role):
		return scope, m, fault.New(fault.Denied, "the role %s is above your own", m.Role).WithHelp("another owner, or an administrator of the platform, can do that")
	case a.ID.Person() == person:
		return scope, m, fault.New(fault.Denied, "nobody has a part in their own recovery")
	}
	return scope, m, nil
}

func (s *Service) recoverer(a access.Actor, org id.Org) (access.Scope, error) {
	if a.ID.Person() == "" {
		return access.Scope{}, errPerson
	}
	if a.Kind == access.Staff && a.Grant == "" && a.Org == id.Platform {
		if _, err := access.Decide(a, access.StaffChange, access.Resource{}); err != nil {
			return access.Scope{}, err
		}
		return inside(org, a)
	}
	if org != a.Org {
		return access.Scope{}, errMember
	}
	return access.Decide(a, access.MemberRecover, access.Resource{})
}

// Recoveries are those of the actor's organisation, the newest first.
func (s *Service) Recoveries(ctx context.Context, a access.Actor) ([]identity.Recovery, error) {
	scope, err := access.Decide(a, access.MemberRecover, access.Resource{})
	if err != nil {
		return nil, err
	}
	all, err := s.Homes.Recoveries(ctx, scope)
	slices.Reverse(all)
	return all, err
}

// ApproveRecovery agrees to a recovery that another person asked for, and gives the text of the link, which is told this once.
func (s *Service) ApproveRecovery(ctx context.Context, a access.Actor, org id.Org, recovery string) (identity.Recovery, secret.Value, error) {
	var r identity.Recovery
	text, err := identity.NewRecovery(org, s.Random)
	if err != nil {
		return r, text, errMember
	}
	err = again(func() error {
		scope, err := s.recoverer(a, org)
		if err != nil {
			return err
		}
		all, err := s.Homes.Recoveries(ctx, scope)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(o identity.Recovery) bool { return o.ID == recovery })
		if i < 0 {
			return fault.New(fault.NotFound, "there is no such recovery")
		}
		r = all[i]
		scope, m, err := s.recovering(ctx, a, org, r.Person)
		now := s.now()
		switch {
		case err != nil:
			return err
		case r.Used || r.Approved != "" || !now.Before(r.Expires):
			return fault.New(fault.Limited, "the recovery was agreed to, or has expired").WithHelp("ask for another one")
		case r.Role != m.Role:
			return fault.New(fault.Limited, "the member had another role when the recovery was asked for").WithHelp("ask for another one")
		case r.Asked.Person() == a.ID.Person():
			return fault.New(fault.Denied, "another person has to agree to it than the one who asked")
		}
		r.Approved, r.Hash, r.Expires = a.ID, identity.Hash(text.Expose()), now.Add(RecoveryLasts)
		c := &Joining{Envelope: change.New(scope, now, entry("recovery.approved", ledger.Text("recovery", r.ID), aPerson(r.Person), ledger.Actor("asker", r.Asked), ledger.Text("reason", r.Reason), ledger.Time("expires", r.Expires))), Recoveries: []identity.Recovery{r}}
		c.Expect = []change.Expect{{Kind: "member", ID: r.Person, Version: m.Version}}
		_, err = s.Homes.Join(ctx, c)
		return err
	})
	if err != nil {
		return identity.Recovery{}, secret.Value{}, err
	}
	r.Version++
	return r, text, nil
}
