package accounts

import (
	"cmp"
	"context"
	"errors"
	"net/netip"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// ErrUnauthenticated is what is said of every token that is not good, whatever the reason: one that never was, was revoked, has expired, is of somebody who is
// no member any more or of a service account that is disabled, is used from elsewhere than it may be, or names an organisation that is not there. An entry point tells it
// from other denials by errors.Is.
var ErrUnauthenticated = fault.New(fault.Denied, "the token is not valid").
	WithHelp("it may be mistyped, revoked, expired, of a disabled account or not for this address: log in again (c4arch login), or ask an administrator of your organisation")

// Attempt is a request that shows a token.
type Attempt struct {
	Token   string
	Addr    netip.Addr // from which it comes; the zero one is not known, and is none of those that a token names
	Surface access.Surface
	Purpose string // of the request, or "" for that of the token
	Request string
}

// UsedEvery is how exactly it is known when a token was used last.
const UsedEvery = 5 * time.Minute

// Authenticate says who shows the token. The organisation that the token names is proven by the token's hash, which only that organisation's home has; membership, role and
// service account are read there each time, so that whoever was removed is refused from the next request on.
func (s *Service) Authenticate(ctx context.Context, try Attempt) (access.Actor, error) {
	scope, c, err := s.shown(ctx, try)
	if err != nil {
		return access.Actor{}, err
	}
	if err := s.admitted(ctx, scope.Org(), c.Token, try.Addr); err != nil {
		return access.Actor{}, err
	}
	now := s.now()
	if now.Sub(c.Token.Used) >= UsedEvery {
		if err := s.Credentials.Used(ctx, scope, c.Token.ID, c.Token.Account, now); err != nil && s.Failed != nil {
			s.Failed(ctx, err)
		}
	}
	return c.actor(scope.Org(), try), nil
}

// admitted says why a person is not let in from an address: the networks that the organisation names are those of its people, with a browser or without. A program has its own.
func (s *Service) admitted(ctx context.Context, org id.Org, t identity.Token, addr netip.Addr) error {
	if s.Policy == nil || t.Purpose != access.Interactive {
		return nil
	}
	p, err := s.Policy(ctx, org)
	if err == nil && !p.Admits(addr) {
		err = ErrUnauthenticated
	}
	return err
}

// shown is the credential that a request shows, if it is good; else [ErrUnauthenticated], whatever the reason.
func (s *Service) shown(ctx context.Context, try Attempt) (access.Scope, Credential, error) {
	org, err := identity.ParseToken(try.Token)
	if err != nil {
		return access.Scope{}, Credential{}, ErrUnauthenticated
	}
	scope, err := inside(org, access.TokenUse, "authentication", access.Actor{Surface: try.Surface, Request: try.Request})
	if err != nil {
		return access.Scope{}, Credential{}, ErrUnauthenticated
	}
	hash := identity.Hash([]byte(try.Token))
	c, err := s.Credentials.Credential(ctx, scope, hash)
	if fault.KindOf(err) == fault.NotFound {
		return access.Scope{}, Credential{}, ErrUnauthenticated
	}
	if err != nil {
		return access.Scope{}, Credential{}, err
	}
	if !identity.Same(c.Token.Hash, hash) || c.Lacks(org, s.now()) != "" || !c.Token.From(try.Addr) {
		return access.Scope{}, Credential{}, ErrUnauthenticated
	}
	return scope, c, nil
}

// DropToken revokes the token that is shown, for whoever shows it (RFC 7009). One that is not good needs no revoking, and nobody is told which it was.
func (s *Service) DropToken(ctx context.Context, try Attempt, reason string) error {
	scope, c, err := s.shown(ctx, try)
	if errors.Is(err, ErrUnauthenticated) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.RevokeToken(ctx, c.actor(scope.Org(), try), c.Token.ID, reason)
}

// Lacks says why the token is not good at that time, or "": what an administrator is told, and whoever shows it is not.
func (c Credential) Lacks(org id.Org, now time.Time) string {
	t := c.Token
	switch {
	case t.Revoked:
		return "the token is revoked"
	case !t.Good(now):
		return "the token has expired"
	case !t.Purpose.Known() || (t.Purpose == access.Operation) != (org == id.Platform):
		return "the token has no purpose that there is here"
	case org == id.Platform:
		return ""
	case t.Purpose == access.Interactive:
		if c.Member.Person != t.Person || !c.Member.Live(now) {
			return "the person is no member any more"
		}
	case c.Account.ID == "" || c.Account.ID != t.Account:
		return "the token belongs to no service account"
	case c.Account.Disabled:
		return "the service account is disabled: " + c.Account.Why
	}
	return ""
}

// actor is who a good token stands for: the operator, a person in the lower of the token's and the person's role, or a program, which has no role: it may what its purpose
// gives.
func (c Credential) actor(org id.Org, try Attempt) access.Actor {
	t := c.Token
	a := access.Actor{
		ID: id.Actor("token:" + t.ID), Kind: access.Token, Org: org, Project: t.Project, For: t.Purpose, Scopes: t.Scopes,
		Surface: try.Surface, Purpose: cmp.Or(try.Purpose, t.About, string(t.Purpose)), Request: try.Request,
	}
	switch t.Purpose {
	case access.Operation:
		a.Kind, a.Roles = access.Staff, []access.Role{access.Operator}
	case access.Interactive:
		a.ID, a.Kind, a.Roles = id.Actor("person:"+t.Person), access.Person, []access.Role{access.Least(t.Role, c.Member.Role)}
	}
	return a
}
