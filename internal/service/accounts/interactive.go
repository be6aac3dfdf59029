package accounts

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Interactive asks for a token with which a person works at the command line.
type Interactive struct {
	Org       id.Org
	Person    string        // who has just proven to be that person
	Name      string        // by which the person knows it: "c4arch on a laptop"
	Life      time.Duration // 0 is the longest there is
	Addresses []string
	Surface   access.Surface
	Request   string
}

// IssueInteractive makes a token that acts as a person, in the role that the person has now. It is called by what has just seen the person prove who it is: the device flow, an
// accepted invitation, the set-up. No entry point may offer it otherwise: whoever could make the token of somebody else would be two people.
func (s *Service) IssueInteractive(ctx context.Context, in Interactive) (Issued, error) {
	cause := access.Actor{ID: id.Actor("person:" + in.Person), Surface: in.Surface, Request: in.Request}
	scope, err := inside(in.Org, access.SessionBegin, "sign in", cause)
	if err != nil {
		return Issued{}, err
	}
	if err := tenant.CheckName("the name of the token", in.Name); err != nil {
		return Issued{}, err
	}
	now := s.now()
	t, text, err := s.newInteractive(in, now)
	if err != nil {
		return Issued{}, err
	}
	err = again(func() error {
		m, err := s.ofMember(ctx, scope, &t)
		if err != nil {
			return err
		}
		c := &Change{Envelope: change.New(scope, now, told(t)), Tokens: []identity.Token{t}}
		c.Expect = []change.Expect{{Kind: "member", ID: m.Person, Version: m.Version}}
		_, err = s.Writer.Commit(ctx, c)
		return err
	})
	t.Version = 1
	return Issued{Token: t, Text: text}, err
}

// PrepareInteractive is such a token with its entry, which are not committed: another service makes them part of what it commits, as long as the member is what it is now.
func (s *Service) PrepareInteractive(ctx context.Context, in Interactive) (Issued, ledger.Draft, error) {
	cause := access.Actor{ID: id.Actor("person:" + in.Person), Surface: in.Surface, Request: in.Request}
	scope, err := inside(in.Org, access.SessionBegin, "sign in", cause)
	if err != nil {
		return Issued{}, ledger.Draft{}, err
	}
	if err := tenant.CheckName("the name of the token", in.Name); err != nil {
		return Issued{}, ledger.Draft{}, err
	}
	t, text, err := s.newInteractive(in, s.now())
	if err != nil {
		return Issued{}, ledger.Draft{}, err
	}
	_, err = s.ofMember(ctx, scope, &t)
	return Issued{Token: t, Text: text}, told(t), err
}

func (s *Service) newInteractive(in Interactive, now time.Time) (identity.Token, secret.Value, error) {
	if in.Life == 0 {
		in.Life = identity.MaxInteractiveLife
	}
	t := identity.Token{Name: in.Name, Purpose: access.Interactive, Person: in.Person, Addresses: in.Addresses, Created: now, Expires: now.Add(in.Life)}
	if err := t.Check(); err != nil {
		return t, secret.Value{}, err
	}
	return s.interactive(in.Org, t)
}

// ofMember gives a token the role of its person, if that is a member and the organisation can have one more.
func (s *Service) ofMember(ctx context.Context, scope access.Scope, t *identity.Token) (tenant.Member, error) {
	m, err := s.Tenancy.Member(ctx, scope, t.Person)
	if err != nil {
		return m, err
	}
	if !m.Live(t.Created) {
		return m, fault.New(fault.NotFound, "there is no such member")
	}
	t.Role = m.Role
	refused, err := s.holds(ctx, scope, *t)
	return m, firstOf(err, refused)
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// interactive gives a token its id and its text.
func (s *Service) interactive(org id.Org, t identity.Token) (identity.Token, secret.Value, error) {
	text, err := identity.NewToken(org, s.Random)
	if err != nil {
		return t, secret.Value{}, err
	}
	t.Hash = identity.Hash(text.Expose())
	t.ID, err = s.mint(id.PrefixToken, t.Created)
	return t, text, err
}
