package accounts

import (
	"cmp"
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// ErrUnauthenticated is what is said of every token that is not good, whatever the reason: one that never was, was revoked, has expired, is of somebody who is
// no member any more, or names an organisation that is not there. An entry point tells it from other denials by errors.Is.
var ErrUnauthenticated = fault.New(fault.Denied, "the token is not valid").WithHelp("it may be mistyped, revoked or expired: ask an administrator of your organisation for another one")

// Attempt is a request that shows a token.
type Attempt struct {
	Token   string
	Surface access.Surface
	Purpose string // of the request, or "" for that of the token
	Request string
}

// Authenticate says who shows the token. The organisation that the token names is proven by the token's hash, which only that organisation's home has; membership and role
// are read there each time, so that whoever was removed is refused from the next request on.
func (s *Service) Authenticate(ctx context.Context, try Attempt) (access.Actor, error) {
	org, err := identity.ParseToken(try.Token)
	if err != nil {
		return access.Actor{}, ErrUnauthenticated
	}
	scope, err := inside(org, access.TokenUse, "authentication", access.Actor{Surface: try.Surface, Request: try.Request})
	if err != nil {
		return access.Actor{}, ErrUnauthenticated
	}
	hash := identity.Hash([]byte(try.Token))
	t, m, err := s.Credentials.Credential(ctx, scope, hash)
	if fault.KindOf(err) == fault.NotFound {
		return access.Actor{}, ErrUnauthenticated
	}
	if err != nil {
		return access.Actor{}, err
	}
	if !identity.Same(t.Hash, hash) || !good(t, s.now()) || t.Person != "" && (m.Person != t.Person || m.Removed || m.Erased) {
		return access.Actor{}, ErrUnauthenticated
	}
	return actor(org, t, m, try), nil
}

// actor is who a good token stands for: the operator, a person in the lower of the token's and the person's role, or a program.
func actor(org id.Org, t identity.Token, m tenant.Member, try Attempt) access.Actor {
	a := access.Actor{
		ID: id.Actor("token:" + t.ID), Kind: access.Token, Org: org, Project: t.Project, Roles: []access.Role{t.Role},
		Surface: try.Surface, Purpose: cmp.Or(try.Purpose, t.Purpose, "api"), Request: try.Request,
	}
	switch {
	case org == id.Platform:
		a.Kind, a.Roles = access.Staff, []access.Role{access.Operator}
	case t.Person != "":
		a.ID, a.Kind, a.Roles = id.Actor("person:"+t.Person), access.Person, []access.Role{access.Least(t.Role, m.Role)}
	}
	return a
}
