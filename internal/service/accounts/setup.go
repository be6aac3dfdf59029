package accounts

import (
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// SetupLasts is how long a code for setting up can be used.
const SetupLasts = time.Hour

// Issued is a token with its text, which is told this once.
type Issued struct {
	Token identity.Token
	Text  secret.Value
}

// Begin makes a code with which the first operator's token can be had, once. It is empty when there is an operator already: one whose token is good. Each start makes
// another one while none was used.
func (s *Service) Begin(ctx context.Context) (secret.Value, error) {
	scope, err := platform(access.PlatformSetup, "start", access.Actor{Surface: access.Console})
	if err != nil {
		return secret.Value{}, err
	}
	now := s.now()
	operators, err := s.Directory.Operators(ctx, scope)
	if err != nil {
		return secret.Value{}, err
	}
	if slices.ContainsFunc(operators, func(t identity.Token) bool { return t.Good(now) }) {
		return secret.Value{}, nil
	}
	code, err := identity.NewSetup(s.Random)
	if err != nil {
		return secret.Value{}, err
	}
	until := now.Add(SetupLasts)
	c := &PlatformChange{Envelope: change.New(scope, now, entry("setup.created", ledger.Time("expires", until)))}
	c.Setup = &Setup{Hash: identity.Hash(code.Expose()), Created: now.UnixMicro(), Expires: until.UnixMicro()}
	if _, err := s.Directory.Operate(ctx, c); err != nil {
		return secret.Value{}, err
	}
	return code, nil
}

// Complete takes the code and gives the operator's token. A code is used once, and with it every other that is open.
func (s *Service) Complete(ctx context.Context, code, request string) (Issued, error) {
	if err := identity.ParseSetup(code); err != nil {
		return Issued{}, errSetup
	}
	cause := access.Actor{Surface: access.Setup, Request: request}
	scope, err := platform(access.PlatformSetup, "setup", cause)
	if err != nil {
		return Issued{}, err
	}
	now := s.now()
	t, err := s.operator("setup", now, now.Add(identity.MaxProgramLife))
	if err != nil {
		return Issued{}, err
	}
	c := &PlatformChange{Envelope: change.New(scope, now, entry("setup.used", ledger.Text("token", t.Token.ID)), told(t.Token)), Token: &t.Token}
	c.Used = identity.Hash([]byte(code))
	if _, err := s.Directory.Operate(ctx, c); err != nil {
		return Issued{}, err
	}
	t.Token.Version = 1
	return t, nil
}

var errSetup = fault.New(fault.Denied, "the set-up link is not one, was used or has expired").WithHelp("start the server again for a new one")

// ErrSetup is what a store says of a code that cannot be used: the same whatever the reason.
func ErrSetup() error { return errSetup }

func (s *Service) operator(name string, now, until time.Time) (Issued, error) {
	text, err := identity.NewToken(id.Platform, s.Random)
	if err != nil {
		return Issued{}, err
	}
	tk, err := s.mint(id.PrefixToken, now)
	if err != nil {
		return Issued{}, err
	}
	return Issued{Text: text, Token: identity.Token{
		ID: tk, Name: name, Purpose: access.Operation, Role: access.Operator, Hash: identity.Hash(text.Expose()), Created: now, Expires: until,
	}}, nil
}

func named(field, text, subject string) ledger.Field {
	if subject == "" {
		return ledger.Text(field, text)
	}
	return ledger.Personal(field, text, subject)
}
