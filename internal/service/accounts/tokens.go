package accounts

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
)

// NewToken is a token to be: of a member, or of a program where Person is "".
type NewToken struct {
	Name    string
	Person  string
	Role    access.Role
	Project id.Project // to which it is narrowed, or ""
	Purpose string
	Expires time.Time // must be set, at most MaxLife away
	Key     *change.Idempotency
}

// kept is the answer to a request for a token, as it is kept with an idempotency key: sealed, for a day.
type kept struct {
	Token identity.Token `json:"token"`
	Text  []byte         `json:"text"`
}

// CreateToken makes a token. Its role is not above the maker's nor the member's, a program is never an owner, and a maker whose token is narrowed makes none.
func (s *Service) CreateToken(ctx context.Context, a access.Actor, in NewToken) (Issued, error) {
	scope, err := access.Decide(a, access.TokenChange, access.Resource{})
	if err != nil {
		return Issued{}, err
	}
	now := s.now()
	if err := in.check(a, now); err != nil {
		return Issued{}, err
	}
	text, err := identity.NewToken(a.Org, s.Random)
	if err != nil {
		return Issued{}, err
	}
	t := identity.Token{
		Name: in.Name, Person: in.Person, Role: in.Role, Project: in.Project, Purpose: cmp.Or(in.Purpose, "api"),
		Hash: identity.Hash(text.Expose()), Created: now, Expires: in.Expires.UTC().Truncate(time.Microsecond),
	}
	if t.ID, err = s.mint(id.PrefixToken, now); err != nil {
		return Issued{}, err
	}
	if a.Org == id.Platform {
		return s.createOperator(ctx, scope, t, text, in.Key)
	}
	answer := kept{Token: t, Text: text.Expose()}
	err = again(func() error {
		c := &Change{Envelope: change.New(scope, now, told(t)), Tokens: []identity.Token{t}}
		if c.Refused, err = s.holds(ctx, scope, c, t); err != nil {
			return err
		}
		return s.once(ctx, c, in.Key, &answer)
	})
	if err != nil {
		return Issued{}, err
	}
	answer.Token.Version = 1
	return Issued{Token: answer.Token, Text: secret.New(answer.Text)}, nil
}

func (in NewToken) check(a access.Actor, now time.Time) error {
	if err := tenant.CheckName("the name of the token", in.Name); err != nil {
		return err
	}
	if in.Purpose != "" {
		if err := tenant.CheckName("the purpose of the token", in.Purpose); err != nil {
			return err
		}
	}
	switch {
	case !in.Expires.After(now) || in.Expires.After(now.Add(MaxLife)):
		return fault.New(fault.Invalid, "a token expires, within a year").WithHelp("say when, at most %s from now", MaxLife)
	case a.Org == id.Platform:
		if in.Role != access.Operator || in.Person != "" || in.Project != "" {
			return fault.New(fault.Invalid, "a token of the platform has the role %s, and is neither a member's nor narrowed", access.Operator)
		}
		return nil
	case in.Person == "" && in.Role == access.Owner:
		return fault.New(fault.Invalid, "a program is no owner").WithHelp("make it a token of a member, or give it another role")
	case in.Project != "" && !in.Project.Valid():
		return fault.New(fault.NotFound, "there is no such project")
	}
	return grants(a, in.Role)
}

// holds says why nobody can hold that token: refused is about the request, err about reading. It makes the change expect what it looked at.
func (s *Service) holds(ctx context.Context, scope access.Scope, c *Change, t identity.Token) (refused, err error) {
	if t.Person != "" {
		m, err := s.Tenancy.Member(ctx, scope, t.Person)
		if err != nil {
			return nil, err
		}
		c.Expect = append(c.Expect, change.Expect{Kind: "member", ID: m.Person, Version: m.Version})
		if m.Removed {
			return fault.New(fault.NotFound, "there is no such member"), nil
		}
		if !m.Role.Covers(t.Role) {
			return fault.New(fault.Denied, "the role %s is above that of the member", t.Role), nil
		}
	}
	if t.Project != "" {
		if _, err := s.Tenancy.Project(ctx, scope, t.Project); err != nil {
			return nil, err
		}
	}
	all, err := s.Credentials.Tokens(ctx, scope)
	if err != nil {
		return nil, err
	}
	live := 0
	for _, o := range all {
		if good(o, t.Created) {
			live++
		}
	}
	if live >= tenant.MaxTokens {
		return fault.New(fault.Limited, "the organisation has %d tokens, and can have no more", live).WithHelp("revoke those that are not needed"), nil
	}
	return nil, nil
}

func (s *Service) createOperator(ctx context.Context, scope access.Scope, t identity.Token, text secret.Value, key *change.Idempotency) (Issued, error) {
	c := &PlatformChange{Envelope: change.New(scope, t.Created, told(t)), Token: &t}
	answer := kept{Token: t, Text: text.Expose()}
	if err := change.Remember(&c.Envelope, key, answer); err != nil {
		return Issued{}, err
	}
	done, err := s.Directory.Operate(ctx, c)
	if err != nil {
		return Issued{}, err
	}
	if err := change.Replayed(done, &answer); err != nil {
		return Issued{}, err
	}
	answer.Token.Version = 1
	return Issued{Token: answer.Token, Text: secret.New(answer.Text)}, nil
}

// Tokens are those of the actor's organisation, or of the platform, the newest last; nothing of their text.
func (s *Service) Tokens(ctx context.Context, a access.Actor) ([]identity.Token, error) {
	scope, err := access.Decide(a, access.TokenList, access.Resource{})
	if err != nil {
		return nil, err
	}
	return s.tokens(ctx, scope)
}

func (s *Service) tokens(ctx context.Context, scope access.Scope) ([]identity.Token, error) {
	if scope.Org() == id.Platform {
		return s.Directory.Operators(ctx, scope)
	}
	return s.Credentials.Tokens(ctx, scope)
}

// RevokeToken revokes a token from the next request on. Administrators revoke those that are not above their own role; everybody their own.
func (s *Service) RevokeToken(ctx context.Context, a access.Actor, token, reason string) error {
	scope, own, err := dropping(a)
	if err != nil {
		return err
	}
	if err := tenant.CheckReason(reason); err != nil {
		return err
	}
	return again(func() error {
		all, err := s.tokens(ctx, scope)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(t identity.Token) bool { return t.ID == token })
		if i < 0 || own && !belongs(a, all[i]) {
			return fault.New(fault.NotFound, "there is no such token")
		}
		t := all[i]
		switch {
		case t.Revoked:
			return nil
		case !belongs(a, t) && a.Org != id.Platform && !a.Covers(t.Role):
			return fault.New(fault.Denied, "the token has a role that is above your own")
		}
		t.Revoked = true
		env := change.New(scope, s.now(), revoked(t.ID, reason))
		if a.Org == id.Platform {
			_, err = s.Directory.Operate(ctx, &PlatformChange{Envelope: env, Token: &t})
		} else {
			_, err = s.Writer.Commit(ctx, &Change{Envelope: env, Tokens: []identity.Token{t}})
		}
		return err
	})
}

// dropping decides whether the actor may revoke any token, or its own alone.
func dropping(a access.Actor) (scope access.Scope, own bool, err error) {
	if scope, err = access.Decide(a, access.TokenChange, access.Resource{}); err == nil {
		return scope, false, nil
	}
	scope, err = access.Decide(a, access.TokenDrop, access.Resource{})
	return scope, true, err
}

func belongs(a access.Actor, t identity.Token) bool {
	own, program := strings.CutPrefix(string(a.ID), "token:")
	return program && own == t.ID || t.Person != "" && t.Person == a.ID.Person()
}
