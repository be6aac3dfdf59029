// Package staff are the use cases of the platform's own people: their records and undertakings, how they are let in, what they may look at in an organisation and who agreed
// to it, the sealed account for the day when the provider is away, and exports that take two of them.
//
// It promises: nobody has a role of the platform whose record does not give it now; only an administrator changes records, nobody their own, and another administrator takes
// two; every admission and every refusal is an entry of the ledger with what was proven; a grant lies in the organisation's home and is read there, the organisation sees it
// at once, and each read under it is an entry of the organisation's ledger before it is answered. It leaves out who may what under a role, which is package access's, and the
// proofs of signing in themselves.
package staff

import (
	"context"
	"errors"
	"io"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Service is the use cases. Every field must be set, but those that say otherwise.
type Service struct {
	Store    Store
	Policies Policies
	Postures Postures
	Sessions Sessions
	Bundles  Bundles // nil: nothing can be exported
	Rules    Rules
	Now      func() time.Time
	Random   io.Reader
	// Screen looks at a text that somebody wrote before it is kept, and gives what may be kept; nil keeps all.
	Screen func(ctx context.Context, a access.Actor, field, text string) (string, error)
}

// Rules are what the operator demands of staff who sign in.
type Rules struct {
	Issuer   string   // of the platform's provider; "" is none
	ACR      []string // values of the provider that say that a hardware key was used (OpenID Connect Core section 2)
	AMR      []string // the same, of RFC 8176
	AAGUIDs  []string // authenticators that count as hardware; none counts when it is empty
	Hardware bool     // a proof of hardware is required
}

// Policies is the port to what organisations demand.
type Policies interface {
	PolicyOf(ctx context.Context, org id.Org) (identity.Policy, error)
}

// Sessions is the port to sessions.
type Sessions interface {
	// BreakGlass begins a session of staff for the sealed account, and returns its cookie.
	BreakGlass(ctx context.Context, person, device, request string) (secret.Value, error)
	EndAll(ctx context.Context, person, reason string) error
}

// Bundles is the port to an export of what an organisation's ledger holds, on behalf of cause.
type Bundles interface {
	Bundle(ctx context.Context, org id.Org, cause access.Actor, to io.Writer) error
}

// now is the time of a change, to the microsecond in which it is kept.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

func (s *Service) mint(prefix string, now time.Time) (string, error) {
	text, err := id.Mint(prefix, s.Random, now)
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	return text, nil
}

// system is a scope for a step of the program itself in a home, made necessary by cause.
func system(org id.Org, act access.Action, purpose string, cause access.Actor) (access.Scope, error) {
	return access.Decide(access.System(org, purpose, cause), act, access.Resource{})
}

func entry(kind string, fields ...ledger.Field) ledger.Draft {
	return ledger.Draft{Kind: kind, Fields: fields}
}

// about is a field that names a person of the platform.
func about(name, person string) ledger.Field { return ledger.Personal(name, person, person) }

// operate commits a change of the platform's home.
func (s *Service) operate(ctx context.Context, c *PlatformChange) error {
	_, err := s.Store.Operate(ctx, c)
	return err
}

// commit commits a change of an organisation's home.
func (s *Service) commit(ctx context.Context, c *Change) error {
	_, err := s.Store.Commit(ctx, c)
	return err
}

var again = change.Again

// settled is a refusal that loading again cannot change, whatever its kind.
type settled struct{ err error }

func (s settled) Error() string { return s.err.Error() }

// final makes err one that is not decided about again.
func final(err error) error { return settled{err} }

func unwrapped(err error) error {
	if s := (settled{}); errors.As(err, &s) {
		return s.err
	}
	return err
}
