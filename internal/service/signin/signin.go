// Package signin are the use cases of signing in: passkeys, sessions, invitations, recovery, devices that ask to be let in, and the set-up of an instance with a passkey.
//
// It promises: what a browser or a device sends back is bound to the one that began it, counts once and for minutes; of a session, an invitation, a recovery and a device
// only hashes are kept, and their texts are told once; a role is never in a session but is read in the home of the organisation at each request; whatever the reason, nobody
// is told why nobody signs them in; an organisation takes only those passkeys for its member's that came by its own invitation, so that no organisation can let somebody into
// another. It leaves out providers (package federate), what a role may (package access), and cookies (the pages).
package signin

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/netip"
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

// Service is the use cases. Every field must be set but Policies and Limits: without them there are no policies and no limits.
type Service struct {
	People     People
	Ceremonies Ceremonies
	Homes      Organisations
	Policies   Policies
	Personnel  Personnel
	Accounts   Accounts
	Limits     Limits
	WebAuthn   WebAuthn
	Hardware   bool // the platform's own people need attested hardware
	Now        func() time.Time
	Random     io.Reader
	// Screen looks at a text that somebody wrote before it is kept, and gives what may be kept; nil keeps all.
	Screen func(ctx context.Context, a access.Actor, field, text string) (string, error)
}

// How long things last.
const (
	CeremonyLasts   = 5 * time.Minute
	InvitationLasts = 7 * 24 * time.Hour
	RecoveryLasts   = 24 * time.Hour // once it is agreed to, and a week before
	DeviceLasts     = 10 * time.Minute
	DeviceInterval  = 5 * time.Second

	seenEvery = time.Minute
)

// How much of each there may be.
const (
	MaxPasskeys = 20 // of a person
	MaxSessions = 50 // of a person; the oldest ends
	maxResponse = 64 << 10
	maxDevice   = 100 // bytes
)

// ErrUnauthenticated is what is said of every session that is not good, whatever the reason.
var ErrUnauthenticated = fault.New(fault.Denied, "nobody is signed in").WithHelp("sign in")

// ErrFailed is what is said of every attempt to sign in that failed, whatever the reason.
var ErrFailed = fault.New(fault.Denied, "signing in has failed").WithHelp("try again; if it stays so, ask an administrator of your organisation for a recovery")

// ErrSSO says that the organisation takes people only who come from its own provider.
var ErrSSO = fault.New(fault.Denied, "the organisation asks its members to sign in with its own provider").WithHelp("sign in with your organisation's account")

// ErrAddress says that the organisation takes no request from that address.
var ErrAddress = fault.New(fault.Denied, "the organisation allows no access from this network").WithHelp("use the network that your organisation names")

// Ceremony is something that was begun in a browser: Handle comes back with what the browser's authenticator answers to Options.
type Ceremony struct {
	Handle  secret.Value
	Options json.RawMessage
}

// Signed is a session with the text of its cookie, which is told this once.
type Signed struct {
	Session identity.Session
	Cookie  secret.Value
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

func (s *Service) mint(prefix string, now time.Time) (string, error) {
	text, err := id.Mint(prefix, s.Random, now)
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	return text, nil
}

// platform is a scope for the program's own step in the platform's home, inside one in an organisation's.
func platform(cause access.Actor) (access.Scope, error) { return inside(id.Platform, cause) }

func inside(org id.Org, cause access.Actor) (access.Scope, error) {
	return access.Decide(access.System(org, "signing in", cause), access.SessionBegin, access.Resource{})
}

// causeOf is the person for whom the program does a step.
func causeOf(person, request string) access.Actor {
	a := access.Actor{Surface: access.Portal, Request: request}
	if person != "" {
		a.ID = id.Actor("person:" + person)
	}
	return a
}

func entry(kind string, fields ...ledger.Field) ledger.Draft {
	return ledger.Draft{Kind: kind, Fields: fields}
}

func aPerson(person string) ledger.Field { return ledger.Personal("person", person, person) }

// again loads, decides and commits in fn, once more while what it was decided on has changed meanwhile.
func again(fn func() error) error { return change.Again(fn) }

func missing(err error) bool { return fault.KindOf(err) == fault.NotFound }

// hidden is err, or as when it says only that something is not there.
func hidden(err, as error) error {
	if missing(err) {
		return as
	}
	return err
}

func (s *Service) attempt(ctx context.Context, what string, addr netip.Addr) error {
	if s.Limits == nil {
		return nil
	}
	return s.Limits.Attempt(ctx, what, addr)
}

// begin keeps what is needed at the end of a ceremony under a handle of its own.
func (s *Service) begin(ctx context.Context, kind string, options json.RawMessage, state any, cause access.Actor) (Ceremony, error) {
	scope, err := platform(cause)
	if err != nil {
		return Ceremony{}, err
	}
	handle, err := identity.NewHandle(s.Random)
	if err != nil {
		return Ceremony{}, err
	}
	plain, err := json.Marshal(state)
	if err != nil {
		return Ceremony{}, fault.Wrap(fault.Internal, err, "a ceremony cannot be kept")
	}
	return Ceremony{Handle: handle, Options: options}, s.keep(ctx, scope, identity.Hash(handle.Expose()), kind, plain, CeremonyLasts)
}

func (s *Service) keep(ctx context.Context, scope access.Scope, hash []byte, kind string, plain []byte, lasts time.Duration) error {
	now := s.now()
	return s.Ceremonies.Keep(ctx, scope, Waiting{Hash: hash, Kind: kind, Plain: plain, State: Open, At: now, Expires: now.Add(lasts)})
}

// take reads what was kept under a handle, which nobody can use again, whatever comes of it.
func (s *Service) take(ctx context.Context, handle, kind string, response []byte, into any, cause access.Actor) error {
	if !identity.IsHandle(handle) || len(response) == 0 || len(response) > maxResponse {
		return ErrFailed
	}
	return s.waiting(ctx, s.Ceremonies.Take, identity.Hash([]byte(handle)), kind, into, cause)
}

// waiting reads what is kept under a hash, by taking it or by looking at it.
func (s *Service) waiting(ctx context.Context, get func(context.Context, access.Scope, []byte, string, time.Time) (Waiting, error), hash []byte, kind string, into any, cause access.Actor) error {
	scope, err := platform(cause)
	if err != nil {
		return err
	}
	w, err := get(ctx, scope, hash, kind, s.now())
	if err != nil {
		return hidden(err, ErrFailed)
	}
	if err := json.Unmarshal(w.Plain, into); err != nil {
		return fault.Wrap(fault.Internal, err, "what was kept of a ceremony cannot be read")
	}
	return nil
}

// policy is what the organisation demands.
func (s *Service) policy(ctx context.Context, org id.Org) (identity.Policy, error) {
	if s.Policies == nil || org == id.Platform {
		return identity.Policy{}, nil
	}
	p, err := s.Policies.PolicyOf(ctx, org)
	return p, hidden(err, nil)
}

// demands says what of the policy a session does not meet.
func demands(p identity.Policy, ss identity.Session, role access.Role, addr netip.Addr, now time.Time) error {
	if p.SSO && ss.Method != identity.ByProvider && role != access.Owner {
		return ErrSSO
	}
	if p.Session > 0 && now.Sub(ss.Created) >= p.Session {
		return ErrUnauthenticated
	}
	if !p.Admits(addr) {
		return ErrAddress
	}
	return nil
}

// trusted are the organisations that take a passkey.
func trusted(all []Trust, passkey string) []id.Org {
	var orgs []id.Org
	for _, t := range all {
		if t.Passkey == passkey {
			orgs = append(orgs, t.Org)
		}
	}
	slices.Sort(orgs)
	return orgs
}

// shortened is text of a browser, such as the name of a device, made fit to be kept: it is shown to its owner alone.
func shortened(text, otherwise string) string {
	out := make([]rune, 0, maxDevice)
	for _, r := range text {
		if r < ' ' || r == 0x7f || r == '\uFFFD' {
			continue
		}
		if out = append(out, r); len(out) == maxDevice {
			break
		}
	}
	if len(out) == 0 {
		return otherwise
	}
	return string(out)
}

func proofOf(b []byte) string { return hex.EncodeToString(identity.Hash(b)) }
