package staff

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"io"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/content/undertaking"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// The code of the sealed account is c4b_ and 256 random bits in 52 characters (RFC 4648 base 32, lower case). It is written on paper and typed in again on a bad day: case,
// spaces and hyphens do not count, and there is no 0 and no 1 in it.
const (
	codePrefix  = "c4b_"
	codeBytes   = 32
	codeChars   = 52
	longestCode = 200 // as it is typed, with what does not count
)

var codeText = base32.StdEncoding.WithPadding(base32.NoPadding)

// parseCode reads a code as it was typed, and returns the hash under which it is known.
func parseCode(typed string) ([]byte, error) {
	refused := fault.New(fault.Denied, "that is not the code of the sealed account").WithHelp("a part of it may be missing or mistyped, or it was used")
	if len(typed) > longestCode {
		return nil, refused
	}
	text := strings.NewReplacer(" ", "", "-", "", "\t", "").Replace(strings.ToLower(typed))
	body, ok := strings.CutPrefix(text, codePrefix)
	if !ok || len(body) != codeChars {
		return nil, refused
	}
	raw, err := codeText.DecodeString(strings.ToUpper(body))
	if err != nil || len(raw) != codeBytes || codeText.EncodeToString(raw) != strings.ToUpper(body) {
		return nil, refused
	}
	sum := sha256.Sum256([]byte(text))
	return sum[:], nil
}

func newCode(random io.Reader) (secret.Value, []byte, error) {
	var b [codeBytes]byte
	defer clear(b[:])
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return secret.Value{}, nil, fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	text := codePrefix + strings.ToLower(codeText.EncodeToString(b[:]))
	sum := sha256.Sum256([]byte(text))
	return secret.New([]byte(text)), sum[:], nil
}

// SealBreakGlass makes a new code for the account that is for the day when the provider is away, and tells it once. Who can: the console, or an administrator who has just
// proven to be there. After it was opened, it is sealed again only when somebody has said why it was opened.
func (s *Service) SealBreakGlass(ctx context.Context, a access.Actor) (secret.Value, error) {
	scope, err := sealing(a)
	if err != nil {
		return secret.Value{}, err
	}
	code, hash, err := newCode(s.Random)
	if err != nil {
		return secret.Value{}, err
	}
	err = again(func() error {
		_, x, err := s.Store.Standing(ctx, scope, "")
		if err != nil {
			return err
		}
		if x.Person != "" && a.ID.Person() == x.Person {
			return final(errSealed())
		}
		if !x.Used.IsZero() && x.Noted.IsZero() {
			return final(fault.New(fault.Conflict, "the account was opened, and nobody has said why").WithHelp("an administrator acknowledges that with a reason first"))
		}
		now := s.now()
		c := &PlatformChange{}
		if x.Person == "" {
			if x.Person, err = s.mint(id.PrefixPerson, now); err != nil {
				return err
			}
			c.Person = &NewPerson{ID: x.Person}
		}
		c.Envelope = change.New(scope, now, entry("breakGlass.sealed", about("account", x.Person)))
		c.Seal = &Seal{Person: x.Person, Hash: hash, Created: now, Version: x.Version}
		return s.operate(ctx, c)
	})
	if err != nil {
		code.Wipe()
		return secret.Value{}, unwrapped(err)
	}
	return code, nil
}

// errSealed says what the sealed account is not for. Whoever has its code may be an administrator besides, and would be two people by it.
func errSealed() error {
	return fault.New(fault.Denied, "the sealed account is no part of what takes two people, and does not seal itself").WithHelp("an administrator does that, as oneself")
}

// oneself says why the actor cannot be one of two: it is the sealed account.
func (s *Service) oneself(ctx context.Context, a access.Actor) error {
	if a.ID.Person() == "" {
		return nil
	}
	st, err := s.Standing(ctx, a.ID.Person())
	if err == nil && st.BreakGlass {
		err = errSealed()
	}
	return err
}

// sealing is a scope for whoever may seal the account and say why it was opened.
func sealing(a access.Actor) (access.Scope, error) {
	if a.Surface != access.Console && (!slices.Contains(a.Roles, access.Administrator) || a.ID.Person() == "" || !a.Fresh) {
		if _, err := access.Decide(a, access.StaffChange, access.Resource{}); err != nil {
			return access.Scope{}, err
		}
		return access.Scope{}, fault.New(fault.Denied, "the console seals the account, or an administrator who has just proven to be there").WithHelp("use your key again, and repeat this within the next minutes")
	}
	return access.Decide(a, access.StaffChange, access.Resource{})
}

// OpenBreakGlass begins a session of an hour as administrator, with the code, which is used up by it. It is loud: see [Service.Loud].
func (s *Service) OpenBreakGlass(ctx context.Context, code, device, request string) (secret.Value, error) {
	hash, err := parseCode(code)
	if err != nil {
		return secret.Value{}, err
	}
	scope, err := system(id.Platform, access.BreakGlass, "the sealed account", access.Actor{Surface: access.Portal, Request: request})
	if err != nil {
		return secret.Value{}, err
	}
	var person string
	err = again(func() error {
		_, x, err := s.Store.Standing(ctx, scope, "")
		if err != nil {
			return err
		}
		now := s.now()
		if x.Person == "" || !x.Used.IsZero() || subtle.ConstantTimeCompare(x.Hash, hash) != 1 {
			// A well-formed code that is not the one is tried by somebody: that is worth an entry.
			if err := s.operate(ctx, &PlatformChange{Envelope: change.New(scope, now, entry("breakGlass.refused", ledger.Text("reason", "the code is not the one, or was used")))}); err != nil {
				return err
			}
			_, err := parseCode("")
			return final(err)
		}
		x.Used, person = now, x.Person
		opened := entry("breakGlass.opened", about("account", x.Person), ledger.Time("until", now.Add(breakGlassTime)))
		n := &Count{Day: day(now), Method: breakGlass, Strength: breakGlass, Admitted: true}
		return s.operate(ctx, &PlatformChange{Envelope: change.New(scope, now, opened), Seal: &x, SignIn: n})
	})
	if err != nil {
		return secret.Value{}, unwrapped(err)
	}
	return s.Sessions.BreakGlass(ctx, person, device, request)
}

// Acknowledge says why the sealed account was opened. The account cannot do so itself.
func (s *Service) Acknowledge(ctx context.Context, a access.Actor, reason string) error {
	scope, err := sealing(a)
	if err != nil {
		return err
	}
	if err := tenant.CheckReason(reason); err != nil {
		return err
	}
	if err := s.screened(ctx, a, "reason", &reason); err != nil {
		return err
	}
	return unwrapped(again(func() error {
		_, x, err := s.Store.Standing(ctx, scope, "")
		switch {
		case err != nil:
			return err
		case x.Used.IsZero() || !x.Noted.IsZero():
			return final(fault.New(fault.Conflict, "there is nothing to acknowledge: the account is sealed, or somebody has said why it was opened"))
		case a.ID.Person() == x.Person:
			return final(fault.New(fault.Denied, "the sealed account does not answer for itself").WithHelp("an administrator of the platform does, or the console"))
		}
		x.Noted = s.now()
		return s.operate(ctx, &PlatformChange{Envelope: change.New(scope, x.Noted, entry("breakGlass.acknowledged", about("account", x.Person), ledger.Text("reason", reason))), Seal: &x})
	}))
}

// State is how the platform's own people come in: what the register of commitments says of it, and what is loud.
type State struct {
	Provider       bool      `json:"provider"` // there is one, and staff comes in by it alone
	Hardware       bool      `json:"hardware"` // a proof of hardware is required
	Models         int       `json:"models"`   // of authenticators that count as hardware
	Administrators int       `json:"administrators"`
	People         int       `json:"people"`      // who have not left
	Without        int       `json:"withoutRole"` // of these, without an undertaking in force or a contract
	BreakGlass     string    `json:"breakGlass"`  // none, sealed, opened, acknowledged
	Opened         time.Time `json:"openedAt,omitzero"`
	Below          int64     `json:"admittedBelow"` // in the last ninety days: admitted without provider, or without hardware
	SignIns        []Count   `json:"signIns"`       // of the last ninety days
}

// ShowState is [Service.StaffState] for an actor.
func (s *Service) ShowState(ctx context.Context, a access.Actor) (State, error) {
	if _, err := access.Decide(a, access.StaffList, access.Resource{}); err != nil {
		return State{}, err
	}
	return s.StaffState(ctx)
}

// StaffState is read from what is there, for the register.
func (s *Service) StaffState(ctx context.Context) (State, error) {
	x := State{Provider: s.Rules.Issuer != "", Hardware: s.Rules.Hardware, Models: len(s.Rules.AAGUIDs), BreakGlass: "none"}
	scope, err := system(id.Platform, access.StaffList, "the state of staff", access.Actor{})
	if err != nil {
		return x, err
	}
	l := &list{now: s.now()}
	if l.all, _, err = s.Store.Personnel(ctx, scope); err != nil {
		return x, err
	}
	_, seal, err := s.Store.Standing(ctx, scope, "")
	if err != nil {
		return x, err
	}
	if x.SignIns, err = s.Store.SignIns(ctx, scope, day(l.now)-90); err != nil {
		return x, err
	}
	x.count(l)
	x.sealed(seal)
	return x, nil
}

func (x *State) count(l *list) {
	x.Administrators = l.administrators(l.all, "")
	for _, p := range l.all {
		if p.Left {
			continue
		}
		x.People++
		if standing(p, undertaking.Current(), l.now).Missing != "" {
			x.Without++
		}
	}
	for _, n := range x.SignIns {
		if n.Admitted && n.Strength != breakGlass && (n.Method != string(identity.ByProvider) || n.Strength != hardware && n.Strength != asserted) {
			x.Below += n.Count
		}
	}
}

func (x *State) sealed(seal Seal) {
	x.Opened = seal.Used
	switch {
	case seal.Person == "":
	case seal.Used.IsZero():
		x.BreakGlass = "sealed"
	case seal.Noted.IsZero():
		x.BreakGlass = "opened"
	default:
		x.BreakGlass = "acknowledged"
	}
}

// Loud is what whoever runs the service must know of: that the sealed account was opened, until somebody has said why and a new code is sealed.
func (s *Service) Loud(ctx context.Context) error {
	scope, err := system(id.Platform, access.StaffList, "readiness", access.Actor{})
	if err != nil {
		return err
	}
	_, x, err := s.Store.Standing(ctx, scope, "")
	switch {
	case err != nil || x.Used.IsZero():
		return err
	case x.Noted.IsZero():
		return fault.New(fault.Drift, "the sealed account was opened at %s, and nobody has said why", x.Used.Format(time.RFC3339)).WithHelp("an administrator acknowledges it, and seals a new code")
	}
	return fault.New(fault.Drift, "the sealed account was opened at %s, and no new code is sealed", x.Used.Format(time.RFC3339)).WithHelp("c4arch breakglass seal")
}
