package federate

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// stranger is what is said of everybody whom the organisation does not let in, whatever the reason: the provider knows the person, this organisation may not say whom it knows.
func stranger() error {
	return fault.New(fault.Denied, "you are not a member of this organisation, or its provider does not vouch for your e-mail address").
		WithHelp("ask an administrator of the organisation for an invitation, or to have the provider send a verified address of a domain that the organisation has proven")
}

// person is who signs in: whom the subject was linked to, or else whom the asserted address belongs to here.
func (s *Service) person(ctx context.Context, scope access.Scope, p identity.Provider, said Assertion) (string, error) {
	there, err := step(id.Platform, scope.Actor().Request)
	if err != nil {
		return "", err
	}
	policy, err := s.Store.Policy(ctx, scope)
	if err != nil {
		return "", err
	}
	role := joins(p, policy, said)
	person, err := s.Platform.Linked(ctx, there, said.Issuer, said.Subject, scope.Org())
	if err == nil {
		return person, s.still(ctx, scope, person, role)
	}
	if fault.KindOf(err) != fault.NotFound {
		return "", err
	}
	if person, err = s.byAddress(ctx, scope, p, said, role); err != nil {
		return "", err
	}
	return person, s.link(ctx, there, Link{Issuer: said.Issuer, Subject: said.Subject, Org: scope.Org(), Person: person})
}

// joins is the role that the provider gives now: by the groups, or else that of whoever joins; "" for none.
func joins(p identity.Provider, policy identity.Policy, said Assertion) access.Role {
	if p.Join == "" {
		return ""
	}
	if said.Grouped {
		if role := RoleOf(policy.Groups, said.Groups); role != "" {
			return role
		}
	}
	return p.Join
}

// still sees that a person is a member, and gives the role that the provider says now to whom a provider made one. A provider that gives no role any more lets nobody in that
// it made a member.
func (s *Service) still(ctx context.Context, scope access.Scope, person string, role access.Role) error {
	return again(func() error {
		m, err := s.Store.Member(ctx, scope, person)
		if fault.KindOf(err) == fault.NotFound {
			return stranger()
		}
		if err != nil {
			return err
		}
		now := s.now()
		switch ours := m.External == ByProvider && m.Role != access.Owner; {
		case m.Removed || m.Erased || ours && role == "":
			return stranger()
		case !ours && !m.Live(now):
			return stranger()
		case !ours, m.Role == role && m.Live(now) && role != access.Auditor:
			return nil
		}
		m.Role, m.Until = role, until(role, now)
		_, err = s.Store.Commit(ctx, &Change{Envelope: change.New(scope, now, changed(m)), Members: []tenant.Member{m}})
		return err
	})
}

// until is when somebody stops being what a provider said: an auditor is one for a time.
func until(role access.Role, now time.Time) time.Time {
	if role == access.Auditor {
		return now.Add(Audited)
	}
	return time.Time{}
}

func changed(m tenant.Member) ledger.Draft {
	return entry("member.provided", ledger.Personal("person", m.Person, m.Person), ledger.Text("role", string(m.Role)), ledger.Text("by", m.External))
}

// byAddress is who has the address that the provider asserts, in a domain that this organisation has proven.
func (s *Service) byAddress(ctx context.Context, scope access.Scope, p identity.Provider, said Assertion, role access.Role) (string, error) {
	email, err := tenant.Email(said.Email)
	if err != nil || !said.Verified {
		return "", stranger()
	}
	domains, err := s.Store.Domains(ctx, scope)
	if err != nil {
		return "", err
	}
	if !verified(domains, email, p.ID) {
		return "", stranger()
	}
	m, err := s.Store.MemberByEmail(ctx, scope, email)
	switch {
	case err == nil && (m.Removed || m.Erased):
		return "", stranger() // who was removed comes back by somebody's decision
	case err == nil:
		return m.Person, s.still(ctx, scope, m.Person, role)
	case fault.KindOf(err) != fault.NotFound:
		return "", err
	case role == "":
		return "", stranger()
	}
	return s.join(ctx, scope, email, said.Name, role)
}

// join makes somebody a member whom nobody has invited, as the provider's setting says.
func (s *Service) join(ctx context.Context, scope access.Scope, email, name string, role access.Role) (string, error) {
	n, err := s.Store.Crowd(ctx, scope)
	if err != nil {
		return "", err
	}
	if n >= tenant.MaxMembers {
		return "", fault.New(fault.Limited, "the organisation has had %d members, and can have no more", n)
	}
	if tenant.CheckName("the name", name) != nil {
		name = email
	}
	person, err := s.People.Belong(ctx, scope.Actor(), email)
	if err != nil {
		return "", err
	}
	err = again(func() error {
		now := s.now()
		m := tenant.Member{Person: person, Name: name, Email: email, Role: role, Until: until(role, now), External: ByProvider, Created: now}
		d := entry("member.added", ledger.Personal("person", m.Person, m.Person), ledger.Personal("name", m.Name, m.Person), ledger.Personal("email", m.Email, m.Person), ledger.Text("role", string(m.Role)))
		_, err := s.Store.Commit(ctx, &Change{Envelope: change.New(scope, now, d, changed(m)), Members: []tenant.Member{m}})
		return err
	})
	return person, err
}

func (s *Service) link(ctx context.Context, there access.Scope, l Link) error {
	d := entry("subject.linked", ledger.Personal("person", l.Person, l.Person), ledger.Text("organisation", string(l.Org)), ledger.Text("issuer", l.Issuer))
	_, err := s.Platform.Operate(ctx, &PlatformChange{Envelope: change.New(there, s.now(), d), Link: &l})
	return err
}

// colleague is one of the platform's own people: whom the subject was linked to, or else of whom there is a record with the address that the provider asserts.
func (s *Service) colleague(ctx context.Context, said Assertion, request string) (string, error) {
	there, err := step(id.Platform, request)
	if err != nil {
		return "", err
	}
	person, err := s.Platform.Linked(ctx, there, said.Issuer, said.Subject, id.Platform)
	if err == nil || fault.KindOf(err) != fault.NotFound {
		return person, err
	}
	email, err := tenant.Email(said.Email)
	if err != nil || !said.Verified {
		return "", notStaff()
	}
	person, err = s.Staff.ByEmail(ctx, email)
	if fault.KindOf(err) == fault.NotFound {
		return "", notStaff()
	}
	if err != nil {
		return "", err
	}
	return person, s.link(ctx, there, Link{Issuer: said.Issuer, Subject: said.Subject, Org: id.Platform, Person: person})
}

func notStaff() error {
	return fault.New(fault.Denied, "there is no record of you among the platform's people, or the provider does not vouch for your e-mail address")
}
