package signin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
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

// The second step of the platform's own people. Their provider says who they are; unless it says also that a hardware key was used, they prove one of their own, and only both together
// make the session. What the provider said is kept for five minutes under a handle of the browser, and is used up by the key that is shown, whether it is the right one or not.
//
// Who has no key yet, or has lost it, registers one with a code: another administrator makes it, or whoever has the console, never the person alone. The code is nothing without what
// the provider says, where there is one: who makes it cannot come in with it. Where there is none it is like an invitation. Whatever keys the person had before are taken no more.

// KeyCodeLasts is how long a code to register a key can be used.
const KeyCodeLasts = 24 * time.Hour

// ErrNoKey says that somebody of the platform has no key to go on with.
var ErrNoKey = fault.New(fault.Conflict, "no hardware key of yours is registered here").WithHelp("ask another administrator for a code to register one, or whoever has the console: c4arch staff key")

// held is what a provider said, until its person has shown a key.
type held struct {
	Person   string            `json:"person"`
	Strength identity.Strength `json:"strength"`
	Device   string            `json:"device"`
	Options  json.RawMessage   `json:"options,omitempty"` // none where the person has no key yet
	State    []byte            `json:"state,omitempty"`
}

// Hold keeps what a provider has proven of one of the platform's people, until a key is shown. The handle is told this once.
func (s *Service) Hold(ctx context.Context, in Start) (secret.Value, error) {
	if in.Realm != identity.Staff || in.Method != identity.ByProvider || in.Person == "" {
		return secret.Value{}, fault.New(fault.Internal, "a provider's word is held of the platform's people alone")
	}
	if _, err := s.Personnel.RolesOf(ctx, in.Person); err != nil {
		return secret.Value{}, hidden(err, ErrFailed)
	}
	cause := causeOf(in.Person, in.Request)
	keys, err := s.platformKeys(ctx, in.Person, cause)
	if err != nil {
		return secret.Value{}, err
	}
	h := held{Person: in.Person, Strength: in.Strength, Device: shortened(in.Device, "unknown")}
	var allowed [][]byte
	for _, k := range keys {
		if s.WebAuthn.Hardware(k) {
			allowed = append(allowed, k.Handle)
		}
	}
	if len(allowed) > 0 {
		if h.Options, h.State, err = s.WebAuthn.Get(allowed); err != nil {
			return secret.Value{}, err
		}
	}
	c, err := s.begin(ctx, ofKey, nil, h, cause)
	return c.Handle, err
}

// platformKeys are the passkeys of a person that the platform takes.
func (s *Service) platformKeys(ctx context.Context, person string, cause access.Actor) ([]identity.Passkey, error) {
	scope, err := platform(cause)
	if err != nil {
		return nil, err
	}
	all, err := s.People.Passkeys(ctx, scope, person)
	if err != nil {
		return nil, err
	}
	trusts, err := s.People.Trusts(ctx, scope, person)
	return slices.DeleteFunc(all, func(k identity.Passkey) bool { return !slices.Contains(trusted(trusts, k.ID), id.Platform) }), err
}

// both is what a provider said and a key has shown.
func (s *Service) both(said identity.Strength, k identity.Passkey) identity.Strength {
	said.Phishing, said.Hardware, said.AAGUID, said.Passkey = true, s.WebAuthn.Hardware(k), k.AAGUID, k.ID
	return said
}

// BeginKey asks for the key. Asking again gives the same challenge, which is answered once.
func (s *Service) BeginKey(ctx context.Context, handle string, cause Cause) (json.RawMessage, error) {
	h, err := s.heldBy(ctx, handle, cause)
	if err == nil && len(h.State) == 0 {
		err = ErrNoKey
	}
	return h.Options, err
}

func (s *Service) heldBy(ctx context.Context, handle string, cause Cause) (h held, err error) {
	if err := s.attempt(ctx, ofSignIn, cause.Addr); err != nil {
		return h, err
	}
	if !identity.IsHandle(handle) {
		return h, ErrFailed
	}
	return h, s.waiting(ctx, s.Ceremonies.Peek, identity.Hash([]byte(handle)), ofKey, &h, access.Actor{Request: cause.Request})
}

// FinishKey begins the session of one of the platform's people, with what the provider said and the key that was shown.
func (s *Service) FinishKey(ctx context.Context, in Finish) (Signed, error) {
	var h held
	if err := s.take(ctx, in.Handle, ofKey, in.Response, &h, access.Actor{Request: in.Request}); err != nil {
		return Signed{}, err
	}
	if len(h.State) == 0 {
		return Signed{}, ErrNoKey
	}
	key, got, err := s.shown(ctx, h.State, in, false)
	if err != nil {
		return Signed{}, err
	}
	keys, err := s.platformKeys(ctx, h.Person, causeOf(h.Person, in.Request))
	if err != nil {
		return Signed{}, err
	}
	if key.Person != h.Person || !s.WebAuthn.Hardware(key) || !slices.ContainsFunc(keys, func(k identity.Passkey) bool { return k.ID == key.ID }) {
		return Signed{}, ErrFailed
	}
	ss, err := s.colleague(ctx, h.Person, identity.ByProvider, s.both(h.Strength, key), h.Device, in.Request)
	if err != nil {
		return Signed{}, err
	}
	return s.commitSession(ctx, ss, nil, func(c *Change) { c.Passkeys = append(c.Passkeys, used(key, got, c)) }, in.Request)
}

// colleague is the session of one of the platform's people who is let in.
func (s *Service) colleague(ctx context.Context, person string, how identity.Method, strength identity.Strength, device, request string) (identity.Session, error) {
	now := s.now()
	ss := identity.Session{Realm: identity.Staff, Person: person, Org: id.Platform, Method: how, Strength: strength, Device: device, Created: now, Proven: now}
	if _, err := s.Personnel.RolesOf(ctx, person); err != nil {
		return ss, hidden(err, ErrFailed)
	}
	return ss, s.Personnel.Arrive(ctx, person, strength, request)
}

// KeyCode is a code to register a key with, which is told this once.
type KeyCode struct {
	Text    secret.Value
	Expires time.Time
}

// keyCode is what is kept of one.
type keyCode struct {
	Person string   `json:"person"`
	By     id.Actor `json:"by"`
}

// AllowKey lets one of the platform's people register a key, once: by an administrator who is somebody else and has just proven to be there, or by the console.
func (s *Service) AllowKey(ctx context.Context, a access.Actor, person string) (KeyCode, error) {
	if _, err := access.Decide(a, access.StaffChange, access.Resource{}); err != nil {
		return KeyCode{}, err
	}
	switch {
	case a.Surface == access.Console && a.Session == "":
	case a.ID.Person() == "" || !slices.Contains(a.Roles, access.Administrator):
		return KeyCode{}, fault.New(fault.Denied, "an administrator of the platform does that, or the console")
	case a.ID.Person() == person:
		return KeyCode{}, fault.New(fault.Denied, "another administrator does that for you, or the console").WithHelp("a second key is added on the page of your keys")
	case !a.Fresh:
		return KeyCode{}, ErrStale
	}
	if _, err := s.Personnel.RolesOf(ctx, person); err != nil {
		return KeyCode{}, err
	}
	scope, err := platform(a)
	if err != nil {
		return KeyCode{}, err
	}
	code, err := identity.NewKeyCode(s.Random)
	if err != nil {
		return KeyCode{}, err
	}
	plain, err := json.Marshal(keyCode{Person: person, By: a.ID})
	if err != nil {
		return KeyCode{}, fault.Wrap(fault.Internal, err, "a code cannot be kept")
	}
	now := s.now()
	out := KeyCode{Text: code, Expires: now.Add(KeyCodeLasts)}
	c := &Change{Envelope: change.New(scope, now, entry("staff.keyAllowed", aPerson(person), ledger.Time("expires", out.Expires)))}
	if _, err := s.People.Commit(ctx, c); err != nil {
		return KeyCode{}, err
	}
	return out, s.keep(ctx, scope, identity.Hash(code.Expose()), ofKeyCode, plain, KeyCodeLasts)
}

// BeginFirstKey begins to register a key with a code. handle is that of [Service.Hold], or "" where the platform has no provider.
func (s *Service) BeginFirstKey(ctx context.Context, handle, code string, cause Cause) (Ceremony, error) {
	if err := s.attempt(ctx, "link", cause.Addr); err != nil {
		return Ceremony{}, err
	}
	if !identity.IsKeyCode(code) {
		return Ceremony{}, identity.ErrCode
	}
	who := registering{Kind: byKeyCode, Code: identity.Hash([]byte(code)), Strict: s.Hardware, Org: id.Platform}
	k, err := s.allowed(ctx, who.Code, s.Ceremonies.Peek, cause.Request)
	if err != nil {
		return Ceremony{}, err
	}
	if handle != "" {
		h, err := s.heldBy(ctx, handle, cause)
		if err != nil {
			return Ceremony{}, err
		}
		if h.Person != k.Person {
			return Ceremony{}, identity.ErrCode
		}
		who.Held = identity.Hash([]byte(handle))
	}
	c := causeOf(k.Person, cause.Request)
	scope, err := platform(c)
	if err != nil {
		return Ceremony{}, err
	}
	p, err := s.People.Person(ctx, scope, k.Person)
	if err != nil {
		return Ceremony{}, hidden(err, identity.ErrCode)
	}
	who.Person, who.Name, who.Email = p.ID, p.Email, p.Email
	return s.create(ctx, scope, who, c)
}

func (s *Service) allowed(ctx context.Context, hash []byte, get func(context.Context, access.Scope, []byte, string, time.Time) (Waiting, error), request string) (k keyCode, err error) {
	if err = s.waiting(ctx, get, hash, ofKeyCode, &k, access.Actor{Request: request}); errors.Is(err, ErrFailed) {
		err = identity.ErrCode
	}
	return k, err
}

// FinishFirstKey makes the key, and begins the session with it and with what the provider said. Code and word of the provider are used up; the person's other keys are taken no more.
func (s *Service) FinishFirstKey(ctx context.Context, in Finish) (Signed, error) {
	who, key, err := s.created(ctx, in)
	if err != nil {
		return Signed{}, err
	}
	if who.Kind != byKeyCode {
		return Signed{}, ErrFailed
	}
	cause := causeOf(who.Person, in.Request)
	scope, err := platform(cause)
	if err != nil {
		return Signed{}, err
	}
	if _, err := s.People.PasskeyByHandle(ctx, scope, key.Handle); !missing(err) {
		return Signed{}, cmp.Or(err, taken(fault.New(fault.Conflict, "")))
	}
	how, strength := identity.ByPasskey, s.strength(key, Asserted{Proof: proofOf(in.Response)})
	if who.Held != nil {
		var h held
		if err := s.waiting(ctx, s.Ceremonies.Take, who.Held, ofKey, &h, cause); err != nil {
			return Signed{}, err
		}
		if h.Person != who.Person {
			return Signed{}, ErrFailed
		}
		how, strength = identity.ByProvider, s.both(h.Strength, key)
	}
	ss, err := s.colleague(ctx, who.Person, how, strength, shortened(in.Device, "unknown"), in.Request)
	if err != nil {
		return Signed{}, err
	}
	if k, err := s.allowed(ctx, who.Code, s.Ceremonies.Take, in.Request); err != nil || k.Person != who.Person {
		return Signed{}, cmp.Or(err, error(ErrFailed))
	}
	old, err := s.platformKeys(ctx, who.Person, cause)
	if err != nil {
		return Signed{}, err
	}
	gone := &Change{}
	for _, k := range old {
		if err := s.distrust(ctx, scope, gone, k, []id.Org{id.Platform}, "another key took its place, with a code"); err != nil {
			return Signed{}, err
		}
	}
	signed, err := s.commitSession(ctx, ss, nil, func(c *Change) {
		c.Passkeys, c.Trusts, c.Distrusts, c.Sessions = append(gone.Passkeys, key), append(c.Trusts, Trust{key.ID, id.Platform}), gone.Distrusts, append(c.Sessions, gone.Sessions...)
		c.Drafts = append(c.Drafts, addedKey(key), entry("passkey.trusted", ledger.Text("passkey", key.ID), aPerson(key.Person), ledger.Text("organisation", string(id.Platform))))
		c.Drafts = append(c.Drafts, gone.Drafts...)
	}, in.Request)
	return signed, taken(err)
}
