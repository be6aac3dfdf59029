package signin

import (
	"context"
	"slices"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// entering is what is kept of an assertion until its end.
type entering struct {
	State   []byte         `json:"state"`
	Realm   identity.Realm `json:"realm"`
	Session string         `json:"session,omitempty"` // of a step-up
}

// BeginSignIn begins signing in. It is asked of anybody and nobody is named: the browser offers the passkeys that it has.
func (s *Service) BeginSignIn(ctx context.Context, realm identity.Realm, cause Cause) (Ceremony, error) {
	if realm != identity.Members && realm != identity.Staff {
		return Ceremony{}, fault.New(fault.Invalid, "there is no such realm")
	}
	if err := s.attempt(ctx, ofSignIn, cause.Addr); err != nil {
		return Ceremony{}, err
	}
	options, state, err := s.WebAuthn.Get(nil)
	if err != nil {
		return Ceremony{}, err
	}
	return s.begin(ctx, ofSignIn, options, entering{State: state, Realm: realm}, access.Actor{Request: cause.Request})
}

// FinishSignIn begins a session with the passkey that was used. Members go into the organisation that takes the passkey, if there is one alone.
func (s *Service) FinishSignIn(ctx context.Context, in Finish, realm identity.Realm) (Signed, error) {
	var kept entering
	if err := s.take(ctx, in.Handle, ofSignIn, in.Response, &kept, access.Actor{Request: in.Request}); err != nil {
		return Signed{}, err
	}
	if kept.Realm != realm {
		return Signed{}, ErrFailed
	}
	key, got, err := s.shown(ctx, kept.State, in, true)
	if err != nil {
		return Signed{}, err
	}
	ss := identity.Session{Realm: realm, Person: key.Person, Method: identity.ByPasskey, Strength: s.strength(key, got), Device: shortened(in.Device, "unknown"), Created: s.now(), Proven: s.now()}
	if ss.Org, err = s.door(ctx, ss, in.Request); err != nil {
		return Signed{}, err
	}
	return s.commitSession(ctx, ss, nil, func(c *Change) { c.Passkeys = append(c.Passkeys, used(key, got, c)) }, in.Request)
}

// door is where a session goes first, or why it goes nowhere.
func (s *Service) door(ctx context.Context, ss identity.Session, request string) (id.Org, error) {
	scope, err := platform(causeOf(ss.Person, request))
	if err != nil {
		return "", err
	}
	if ss.Realm == identity.Staff {
		orgs, err := s.reach(ctx, scope, ss)
		if err != nil {
			return "", err
		}
		if !slices.Contains(orgs, id.Platform) {
			return "", ErrFailed
		}
		if _, err := s.Personnel.RolesOf(ctx, ss.Person); err != nil {
			return "", hidden(err, ErrFailed)
		}
		return id.Platform, s.Personnel.Arrive(ctx, ss.Person, ss.Strength, request)
	}
	list, err := s.Organisations(ctx, ss)
	if err != nil {
		return "", err
	}
	switch len(list) {
	case 0:
		return "", ErrFailed
	case 1:
		return list[0].Org, s.welcome(ctx, ss, list[0], request)
	}
	return "", nil
}

func (s *Service) strength(k identity.Passkey, got Asserted) identity.Strength {
	return identity.Strength{Phishing: true, Hardware: s.WebAuthn.Hardware(k), AAGUID: k.AAGUID, Proof: got.Proof, Passkey: k.ID}
}

// used is a passkey after an assertion, as part of a change whose time is that of the use.
func used(k identity.Passkey, got Asserted, c *Change) identity.Passkey {
	k.Count, k.BackedUp, k.Used = got.Count, got.BackedUp, c.At
	return k
}

// shown finds the passkey that the browser says it used, and verifies that it was. A counter that went back is a sign that the key was copied (Web Authentication, section
// 6.1.1): it is refused, and written down. named says that the answer has to name its owner, since nobody was known before.
func (s *Service) shown(ctx context.Context, state []byte, in Finish, named bool) (identity.Passkey, Asserted, error) {
	handle, user, err := s.WebAuthn.Handles(in.Response)
	if err != nil {
		return identity.Passkey{}, Asserted{}, ErrFailed
	}
	scope, err := platform(access.Actor{Request: in.Request})
	if err != nil {
		return identity.Passkey{}, Asserted{}, err
	}
	key, err := s.People.PasskeyByHandle(ctx, scope, handle)
	if err != nil {
		return key, Asserted{}, hidden(err, ErrFailed)
	}
	owner, _, _ := strings.Cut(string(user), ":")
	if key.Removed || owner != key.Person && (named || owner != "") {
		return key, Asserted{}, ErrFailed
	}
	got, err := s.WebAuthn.Got(state, in.Response, key)
	if err != nil {
		return key, got, ErrFailed
	}
	if (got.Count != 0 || key.Count != 0) && got.Count <= key.Count {
		return key, got, s.copied(ctx, key, got, in.Request)
	}
	return key, got, nil
}

func (s *Service) copied(ctx context.Context, k identity.Passkey, got Asserted, request string) error {
	scope, err := platform(causeOf(k.Person, request))
	if err != nil {
		return err
	}
	c := &Change{Envelope: change.New(scope, s.now(), entry("passkey.suspected", ledger.Text("passkey", k.ID), aPerson(k.Person),
		ledger.Int("count", int64(got.Count)), ledger.Int("known", int64(k.Count)), ledger.Text("reason", "its counter went back, as that of a copy does")))}
	if _, err := s.People.Commit(ctx, c); err != nil {
		return err
	}
	return ErrFailed
}

// BeginStepUp asks who is signed in to prove it once more, with a passkey that the session's organisation takes.
func (s *Service) BeginStepUp(ctx context.Context, ss identity.Session, cause Cause) (Ceremony, error) {
	scope, err := platform(causeOf(ss.Person, cause.Request))
	if err != nil {
		return Ceremony{}, err
	}
	if err := s.attempt(ctx, ofStepUp, cause.Addr); err != nil {
		return Ceremony{}, err
	}
	keys, err := s.stepping(ctx, scope, ss)
	if err != nil {
		return Ceremony{}, err
	}
	if len(keys) == 0 {
		return Ceremony{}, fault.New(fault.Conflict, "there is no passkey to confirm with").WithHelp("sign in once more instead")
	}
	var allowed [][]byte
	for _, k := range keys {
		allowed = append(allowed, k.Handle)
	}
	options, state, err := s.WebAuthn.Get(allowed)
	if err != nil {
		return Ceremony{}, err
	}
	return s.begin(ctx, ofStepUp, options, entering{State: state, Realm: ss.Realm, Session: ss.ID}, causeOf(ss.Person, cause.Request))
}

// stepping are the passkeys by which a session can be confirmed: its own and those that are taken wherever it is.
func (s *Service) stepping(ctx context.Context, scope access.Scope, ss identity.Session) ([]identity.Passkey, error) {
	all, err := s.People.Passkeys(ctx, scope, ss.Person)
	if err != nil {
		return nil, err
	}
	trusts, err := s.People.Trusts(ctx, scope, ss.Person)
	home := ss.Org
	if ss.Realm == identity.Staff {
		home = id.Platform
	}
	return slices.DeleteFunc(all, func(k identity.Passkey) bool {
		if ss.Realm == identity.Staff && s.Hardware && !s.WebAuthn.Hardware(k) {
			return true
		}
		return k.ID != ss.Strength.Passkey && !slices.Contains(trusted(trusts, k.ID), home)
	}), err
}

// FinishStepUp rotates the session: the person has proven to be there now. The strength is that of what was shown now where the session was begun by a passkey; a provider's
// assertion stays what it was begun with, and the hardware that was shown is added to it.
func (s *Service) FinishStepUp(ctx context.Context, ss identity.Session, in Finish) (Signed, error) {
	var kept entering
	if err := s.take(ctx, in.Handle, ofStepUp, in.Response, &kept, causeOf(ss.Person, in.Request)); err != nil {
		return Signed{}, err
	}
	if kept.Session != ss.ID {
		return Signed{}, ErrFailed
	}
	key, got, err := s.shown(ctx, kept.State, in, false)
	if err != nil {
		return Signed{}, err
	}
	scope, err := platform(causeOf(ss.Person, in.Request))
	if err != nil {
		return Signed{}, err
	}
	keys, err := s.stepping(ctx, scope, ss)
	if err != nil {
		return Signed{}, err
	}
	if key.Person != ss.Person || !slices.ContainsFunc(keys, func(k identity.Passkey) bool { return k.ID == key.ID }) {
		return Signed{}, ErrFailed
	}
	return s.rotate(ctx, ss, func(n *identity.Session) {
		n.Proven = s.now()
		if n.Method == identity.ByPasskey {
			n.Strength = s.strength(key, got)
			return
		}
		if n.Realm == identity.Staff {
			n.Strength = s.both(n.Strength, key)
			return
		}
		n.Strength.Phishing, n.Strength.Hardware, n.Strength.AAGUID = true, s.WebAuthn.Hardware(key), key.AAGUID
	}, func(c *Change) { c.Passkeys = append(c.Passkeys, used(key, got, c)) }, in.Request)
}
