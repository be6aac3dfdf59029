package accounts

import (
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/terms"
)

// Members: a rule about all of them (there is an owner) is a rule about the organisation. So each change of a member is also one of the organisation's version: of
// two that are made at once, the second is decided about again.

// NewMember is a member to be.
type NewMember struct {
	Name, Email string
	Role        access.Role
	Until       time.Time // when the membership ends by itself; zero is never, of an auditor [tenant.AuditorDays] from now
	Key         *change.Idempotency
}

// AddMember makes a person a member. The instance learns first that the person belongs here, which gives no right to anything; the organisation's own record does.
func (s *Service) AddMember(ctx context.Context, a access.Actor, in NewMember) (tenant.Member, error) {
	scope, err := access.Decide(a, access.MemberChange, access.Resource{})
	if err != nil {
		return tenant.Member{}, err
	}
	if err := s.screened(ctx, a, "name", &in.Name); err != nil {
		return tenant.Member{}, err
	}
	email, err := tenant.Email(in.Email)
	if err != nil {
		return tenant.Member{}, err
	}
	if err := tenant.CheckName("the name of the member", in.Name); err != nil {
		return tenant.Member{}, err
	}
	if err := tenant.Grants(a, in.Role); err != nil {
		return tenant.Member{}, err
	}
	m := tenant.Member{Name: in.Name, Email: email, Role: in.Role, Created: s.now()}
	if m.Until, err = tenant.Until(in.Role, in.Until, m.Created); err != nil {
		return tenant.Member{}, err
	}
	if in.Key == nil { // nobody becomes known to the instance for what is refused anyway
		all, err := s.Tenancy.Members(ctx, scope)
		if err != nil {
			return tenant.Member{}, err
		}
		if err := addable(a, all, &m); err != nil {
			return tenant.Member{}, unwrapped(err)
		}
	}
	if m.Person, err = s.belong(ctx, a, email); err != nil {
		return tenant.Member{}, err
	}
	var answer tenant.Member
	err = again(func() error {
		org, all, err := s.household(ctx, scope)
		if err != nil {
			return err
		}
		m.Version = 0
		c := &Change{Envelope: change.New(scope, s.now(), added(m)), Organisation: &org}
		c.Refused = addable(a, all, &m)
		if c.Refused, err = s.room(ctx, scope, terms.Users, c.Refused); err != nil {
			return err
		}
		if m.Version > 0 && c.Refused == nil { // of what the person had before nothing is good again
			if c.Returned = m.Person; s.Sessions != nil {
				if err := s.Sessions.EndIn(ctx, a.Org, m.Person, "the person was removed, and comes back"); err != nil {
					return err
				}
			}
		}
		c.Members = []tenant.Member{m}
		answer = m
		answer.Version++
		return s.once(ctx, c, in.Key, &answer)
	})
	return answer, err
}

// addable says why m cannot be added; where the person was a member once, m takes the place of that record.
func addable(a access.Actor, all []tenant.Member, m *tenant.Member) error {
	if len(all) >= tenant.MaxMembers {
		return fault.New(fault.Limited, "the organisation has had %d members, and can have no more", len(all))
	}
	i := slices.IndexFunc(all, func(o tenant.Member) bool { return o.Person == m.Person || o.Email == m.Email })
	switch {
	case i < 0:
		return nil
	case !all[i].Removed:
		return final(fault.New(fault.Conflict, "the person with that e-mail address is a member already"))
	case m.Person != "" && all[i].Person != m.Person:
		return final(fault.New(fault.Conflict, "another person had that e-mail address here").WithHelp("have that person's data erased first"))
	}
	m.Version, m.Created = all[i].Version, all[i].Created
	return tenant.Grants(a, all[i].Role)
}

// belong tells the instance that somebody with the address belongs to the actor's organisation, and says who that is. The same is done whether the instance knew the
// person or not, so that nothing can be told of other organisations.
func (s *Service) belong(ctx context.Context, a access.Actor, email string) (string, error) {
	scope, err := platform(access.MemberAnnounce, "member", a)
	if err != nil {
		return "", err
	}
	var who Person
	err = again(func() error {
		if who, err = s.person(ctx, email); err != nil {
			return err
		}
		c := &PlatformChange{Envelope: change.New(scope, s.now(), announced(who.ID, a.Org)), Person: &who, Joins: []Belongs{{Person: who.ID, Org: a.Org}}}
		_, err := s.Directory.Operate(ctx, c)
		return err
	})
	return who.ID, err
}

func added(m tenant.Member) ledger.Draft { return entry("member.added", about(m)...) }

func about(m tenant.Member) []ledger.Field {
	f := []ledger.Field{
		ledger.Personal("person", m.Person, m.Person), ledger.Personal("name", m.Name, m.Person), ledger.Personal("email", m.Email, m.Person), ledger.Text("role", string(m.Role)),
	}
	if !m.Until.IsZero() {
		f = append(f, ledger.Time("until", m.Until))
	}
	return f
}

// Grants says whether the actor may give or take the role, for those who write members elsewhere: [tenant.Grants].
func Grants(a access.Actor, role access.Role) error { return tenant.Grants(a, role) }

func (s *Service) household(ctx context.Context, scope access.Scope) (tenant.Organisation, []tenant.Member, error) {
	org, err := s.Tenancy.Organisation(ctx, scope)
	if err != nil {
		return org, nil, err
	}
	all, err := s.Tenancy.Members(ctx, scope)
	return org, all, err
}

// Members are those of the actor's organisation, in the order of their ids; gone says to list those too that were removed.
func (s *Service) Members(ctx context.Context, a access.Actor, gone bool) ([]tenant.Member, error) {
	scope, err := access.Decide(a, access.MemberList, access.Resource{})
	if err != nil {
		return nil, err
	}
	all, err := s.Tenancy.Members(ctx, scope)
	return slices.DeleteFunc(all, func(m tenant.Member) bool { return m.Removed && !gone }), err
}

// MemberChange is what is to be otherwise; nil stays as it is.
type MemberChange struct {
	Name    *string
	Role    *access.Role
	Until   *time.Time // zero: the membership does not end by itself
	Version int64      // that was seen, or 0 for whichever there is
}

// ChangeMember gives a member another role or name. The last owner stays one.
func (s *Service) ChangeMember(ctx context.Context, a access.Actor, person string, in MemberChange) (tenant.Member, error) {
	scope, err := access.Decide(a, access.MemberChange, access.Resource{})
	if err != nil {
		return tenant.Member{}, err
	}
	var m tenant.Member
	err = again(func() error {
		org, all, err := s.household(ctx, scope)
		if err != nil {
			return err
		}
		if m, err = present(all, person); err != nil {
			return err
		}
		if err := seen("member", in.Version, m.Version); err != nil {
			return err
		}
		was := m.Role
		set(&m.Name, in.Name)
		set(&m.Role, in.Role)
		if err := in.until(&m, was, s.now()); err != nil {
			return err
		}
		for _, bad := range []error{tenant.CheckName("the name of the member", m.Name), tenant.Grants(a, was), tenant.Grants(a, m.Role)} {
			if bad != nil {
				return bad
			}
		}
		if !m.Owns(s.now()) {
			if err := tenant.OwnerBesides(all, person, s.now()); err != nil {
				return final(err)
			}
		}
		_, err = s.Writer.Commit(ctx, &Change{Envelope: change.New(scope, s.now(), entry("member.changed", about(m)...)), Organisation: &org, Members: []tenant.Member{m}})
		return err
	})
	m.Version++
	return m, err
}

func present(all []tenant.Member, person string) (tenant.Member, error) {
	i := slices.IndexFunc(all, func(m tenant.Member) bool { return m.Person == person && !m.Removed })
	if i < 0 {
		return tenant.Member{}, fault.New(fault.NotFound, "there is no such member")
	}
	return all[i], nil
}

// until is when the membership ends: as it is said, or as it was; a member who becomes an auditor gets an end.
func (in MemberChange) until(m *tenant.Member, was access.Role, now time.Time) (err error) {
	if in.Until == nil && m.Role == was {
		return nil
	}
	set(&m.Until, in.Until)
	if in.Until == nil && !m.Until.IsZero() && !m.Until.After(now) {
		return nil // it is over, and stays so
	}
	m.Until, err = tenant.Until(m.Role, m.Until, now)
	return err
}

// RemoveMember takes a member out: from the next request on nothing is allowed to the person, the person's tokens are revoked and what the person has open in the organisation
// ends. The last owner stays. Service accounts for which the person answered go on, and need another owner: [Service.ServiceAccounts] shows them.
func (s *Service) RemoveMember(ctx context.Context, a access.Actor, person, reason string) error {
	scope, err := access.Decide(a, access.MemberChange, access.Resource{})
	if err != nil {
		return err
	}
	if err := tenant.CheckReason(reason); err != nil {
		return err
	}
	if err := s.screened(ctx, a, "reason", &reason); err != nil {
		return err
	}
	err = again(func() error {
		org, all, err := s.household(ctx, scope)
		if err != nil {
			return err
		}
		m, err := present(all, person)
		if err != nil {
			return err
		}
		for _, bad := range []error{tenant.Grants(a, m.Role), tenant.OwnerBesides(all, person, s.now())} {
			if bad != nil {
				return final(bad)
			}
		}
		tokens, drafts, err := s.revokeAll(ctx, scope, person, "the member was removed")
		if err != nil {
			return err
		}
		m.Removed = true
		drafts = append([]ledger.Draft{entry("member.removed", ledger.Personal("person", person, person), ledger.Text("reason", reason))}, drafts...)
		_, err = s.Writer.Commit(ctx, &Change{Envelope: change.New(scope, s.now(), drafts...), Organisation: &org, Members: []tenant.Member{m}, Tokens: tokens})
		return err
	})
	if err == nil {
		s.signOut(ctx, a.Org, person, "the member was removed")
	}
	return err
}

// signOut ends what a person has open in an organisation. The membership is read at each request, so nothing is allowed there any more either way: that it could not be done is told
// and makes nothing fail.
func (s *Service) signOut(ctx context.Context, org id.Org, person, reason string) {
	if s.Sessions == nil {
		return
	}
	if err := s.Sessions.EndIn(ctx, org, person, reason); err != nil && s.Failed != nil {
		s.Failed(ctx, err)
	}
}

// revokeAll are the tokens of a person, revoked, with their entries.
func (s *Service) revokeAll(ctx context.Context, scope access.Scope, person, reason string) ([]identity.Token, []ledger.Draft, error) {
	all, err := s.Credentials.Tokens(ctx, scope)
	if err != nil {
		return nil, nil, err
	}
	var tokens []identity.Token
	var drafts []ledger.Draft
	now := s.now()
	for _, t := range all {
		if t.Person == person && t.Good(now) {
			t.Revoked = true
			tokens, drafts = append(tokens, t), append(drafts, revoked(t.ID, reason))
		}
	}
	return tokens, drafts, nil
}

func revoked(token, reason string) ledger.Draft {
	return entry("token.revoked", ledger.Text("token", token), ledger.Text("reason", reason))
}
