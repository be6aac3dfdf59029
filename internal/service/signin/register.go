package signin

import (
	"context"
	"net/netip"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Registration says for whom a passkey is made: for who is signed in, or for who has the link of an invitation or a recovery.
type Registration struct {
	Actor access.Actor // or
	Code  string
	Cause Cause
}

// Cause is where a request comes from.
type Cause struct {
	Addr    netip.Addr
	Request string
}

// registering is what is kept of a registration until its end.
type registering struct {
	State   []byte   `json:"state"`
	Person  string   `json:"person"`
	Name    string   `json:"name"`
	Email   string   `json:"email"`
	Strict  bool     `json:"strict"`
	Session string   `json:"session,omitempty"` // of who is signed in
	Code    []byte   `json:"code,omitempty"`    // hash of the link
	Org     id.Org   `json:"organisation,omitempty"`
	Kind    string   `json:"kind,omitempty"` // invitation, recovery, setup
	Founder *Founder `json:"founder,omitempty"`
	Held    []byte   `json:"held,omitempty"` // hash of the handle under which it is kept what the provider said
}

const (
	ofRegistration = "registration"
	ofSignIn       = "sign-in"
	ofStepUp       = "step-up"
	ofDevice       = "device"
	ofKey          = "key"      // of the platform's people, after their provider has said who they are
	ofKeyCode      = "key-code" // to register one

	byInvitation = "invitation"
	byRecovery   = "recovery"
	bySetup      = "setup"
	byKeyCode    = "key-code"
)

// BeginRegistration begins to make a passkey. Who is signed in must have proven a moment ago to be there.
func (s *Service) BeginRegistration(ctx context.Context, in Registration) (Ceremony, error) {
	if in.Code != "" {
		return s.beginJoin(ctx, in)
	}
	a := in.Actor
	m, err := s.self(ctx, a)
	if err != nil {
		return Ceremony{}, err
	}
	who := registering{Person: m.person, Session: a.Session, Strict: s.strict(a)}
	p, err := s.People.Person(ctx, m.scope, m.person)
	if err != nil {
		return Ceremony{}, err
	}
	who.Email, who.Name = p.Email, p.Email
	if a.Org != id.Platform && a.Org != "" && a.Grant == "" {
		here, err := s.membership(ctx, a.Org, m.person, a.Request)
		if err != nil {
			return Ceremony{}, err
		}
		who.Email, who.Name = here.Email, here.Member
	}
	return s.create(ctx, m.scope, who, a)
}

// self is the actor as the person that it is, in a session, freshly proven: what is needed to change with what it signs in.
func (s *Service) self(ctx context.Context, a access.Actor) (own, error) {
	if _, err := access.Decide(a, access.SelfChange, access.Resource{}); err != nil {
		return own{}, err
	}
	if a.Session == "" {
		return own{}, fault.New(fault.Denied, "that is done in a browser, signed in")
	}
	if !a.Fresh {
		return own{}, ErrStale
	}
	return s.mine(ctx, a)
}

// ErrStale says that the person has to prove once more to be there: it is [access.ErrStepUp], so that who asked is led to where that is done.
var ErrStale = fault.Wrap(fault.Denied, access.ErrStepUp, "that needs a fresh proof that it is you").WithHelp("confirm with your passkey, and do it again")

// strict reports whether a passkey of the actor has to be attested hardware.
func (s *Service) strict(a access.Actor) bool { return s.Hardware && a.Kind == access.Staff }

func (s *Service) create(ctx context.Context, scope access.Scope, who registering, cause access.Actor) (Ceremony, error) {
	keys, err := s.People.Passkeys(ctx, scope, who.Person)
	if err != nil {
		return Ceremony{}, err
	}
	if len(keys) >= MaxPasskeys {
		return Ceremony{}, fault.New(fault.Limited, "a person has at most %d passkeys", MaxPasskeys).WithHelp("remove one that is not used")
	}
	// An authenticator that has a passkey of the person makes no second one. A link names nobody's: whoever has it may be somebody else than another organisation let in.
	var exclude [][]byte
	if who.Kind == "" {
		for _, k := range keys {
			exclude = append(exclude, k.Handle)
		}
	}
	handle := who.Person
	if who.Org != "" {
		handle += ":" + string(who.Org) // or the authenticator would put it in the place of the passkey that another organisation handed out
	}
	options, state, err := s.WebAuthn.Create(User{ID: handle, Name: who.Email, Shown: who.Name}, exclude, who.Strict)
	if err != nil {
		return Ceremony{}, err
	}
	who.State = state
	return s.begin(ctx, ofRegistration, options, who, cause)
}

// Finish is what a browser sends at the end of a ceremony.
type Finish struct {
	Actor    access.Actor // who is signed in, or the zero Actor
	Handle   string
	Response []byte
	Name     string // of a new passkey, or ""
	Device   string
	Request  string
}

// Registered is a new passkey; with a link, also the session that begins with it.
type Registered struct {
	Passkey identity.Passkey
	Signed  Signed
}

// FinishRegistration makes the passkey. The ceremony is over whatever comes of it.
func (s *Service) FinishRegistration(ctx context.Context, in Finish) (Registered, error) {
	who, key, err := s.created(ctx, in)
	if err != nil {
		return Registered{}, err
	}
	switch who.Kind {
	case "":
		return s.added(ctx, in, who, key)
	case byInvitation, byRecovery:
		return s.finishJoin(ctx, in, who, key)
	}
	return Registered{}, ErrFailed // the set-up and the keys of staff have ways of their own
}

// created takes the ceremony and verifies the passkey.
func (s *Service) created(ctx context.Context, in Finish) (registering, identity.Passkey, error) {
	var who registering
	if err := s.take(ctx, in.Handle, ofRegistration, in.Response, &who, access.Actor{Request: in.Request}); err != nil {
		return who, identity.Passkey{}, err
	}
	if in.Name != "" {
		if err := tenant.CheckName("the name of the passkey", in.Name); err != nil {
			return who, identity.Passkey{}, err
		}
	}
	now := s.now()
	key, err := s.WebAuthn.Created(who.State, in.Response, who.Strict, now)
	if err != nil {
		return who, key, err
	}
	key.Person, key.Name, key.Created, key.Used = who.Person, in.Name, now, now
	if key.Name == "" {
		key.Name = shortened(in.Device, "Passkey")
	}
	key.ID, err = s.mint(id.PrefixPasskey, now)
	return who, key, err
}

// added is a passkey more for who is signed in: taken where the one is taken by which it is signed in.
func (s *Service) added(ctx context.Context, in Finish, who registering, key identity.Passkey) (Registered, error) {
	m, err := s.self(ctx, in.Actor)
	if err != nil {
		return Registered{}, err
	}
	if in.Actor.Session != who.Session || m.person != who.Person {
		return Registered{}, ErrFailed // begun in another browser
	}
	c := &Change{Envelope: change.New(m.scope, s.now(), addedKey(key)), Passkeys: []identity.Passkey{key}}
	for _, org := range m.orgs {
		if org == id.Platform && s.Hardware && !s.WebAuthn.Hardware(key) {
			continue
		}
		c.Trusts = append(c.Trusts, Trust{key.ID, org})
	}
	_, err = s.People.Commit(ctx, c)
	key.Version = 1
	return Registered{Passkey: key}, taken(err)
}

// taken says of a passkey that somebody has already what may be said of it.
func taken(err error) error {
	if fault.KindOf(err) == fault.Conflict {
		return fault.New(fault.Conflict, "this passkey is registered already").WithHelp("use another authenticator, or sign in with it")
	}
	return err
}

func addedKey(k identity.Passkey) ledger.Draft {
	return entry("passkey.added", ledger.Text("passkey", k.ID), aPerson(k.Person), ledger.Text("aaguid", k.AAGUID), ledger.Text("attestation", k.Format),
		ledger.Bool("attested", k.Trusted), ledger.Bool("backupEligible", k.Eligible))
}

// Passkeys are the actor's own.
func (s *Service) Passkeys(ctx context.Context, a access.Actor) ([]identity.Passkey, error) {
	if _, err := access.Decide(a, access.SelfRead, access.Resource{}); err != nil {
		return nil, err
	}
	m, err := s.mine(ctx, a)
	if err != nil {
		return nil, err
	}
	all, err := s.People.Passkeys(ctx, m.scope, m.person)
	return slices.DeleteFunc(all, func(k identity.Passkey) bool { return !m.passkey(k.ID) }), err
}

// key is one of the actor's own.
func (s *Service) key(ctx context.Context, m own, passkey string) (identity.Passkey, error) {
	all, err := s.People.Passkeys(ctx, m.scope, m.person)
	if err != nil {
		return identity.Passkey{}, err
	}
	i := slices.IndexFunc(all, func(k identity.Passkey) bool { return k.ID == passkey && m.passkey(k.ID) })
	if i < 0 {
		return identity.Passkey{}, fault.New(fault.NotFound, "there is no such passkey")
	}
	return all[i], nil
}

// RenamePasskey gives one of the actor's own another name.
func (s *Service) RenamePasskey(ctx context.Context, a access.Actor, passkey, name string) (k identity.Passkey, err error) {
	if err := tenant.CheckName("the name of the passkey", name); err != nil {
		return k, err
	}
	m, err := s.self(ctx, a)
	if err != nil {
		return k, err
	}
	err = again(func() error {
		if k, err = s.key(ctx, m, passkey); err != nil {
			return err
		}
		k.Name = name
		c := &Change{Envelope: change.New(m.scope, s.now(), entry("passkey.changed", ledger.Text("passkey", k.ID), aPerson(m.person))), Passkeys: []identity.Passkey{k}}
		_, err := s.People.Commit(ctx, c)
		return err
	})
	k.Version++
	return k, err
}

// RemovePasskey takes one of the actor's own away, and ends the sessions that were begun with it. Where an organisation trusts it that the actor's does not share, it stays good
// there. The last one stays where there is nothing else to sign in with.
func (s *Service) RemovePasskey(ctx context.Context, a access.Actor, passkey string) error {
	m, err := s.self(ctx, a)
	if err != nil {
		return err
	}
	return again(func() error {
		k, err := s.key(ctx, m, passkey)
		if err != nil {
			return err
		}
		all, err := s.People.Passkeys(ctx, m.scope, m.person)
		if err != nil {
			return err
		}
		mine := slices.DeleteFunc(all, func(o identity.Passkey) bool { return o.ID == k.ID || !m.passkey(o.ID) })
		ss, err := s.People.SessionByID(ctx, m.scope, a.Session)
		if err != nil {
			return hidden(err, ErrUnauthenticated)
		}
		if len(mine) == 0 && (ss.Method != identity.ByProvider || ss.Strength.Passkey != "") {
			return fault.New(fault.Conflict, "that is the last passkey, without which nobody could sign in").WithHelp("register another one first")
		}
		c := &Change{Envelope: change.New(m.scope, s.now())}
		if err := s.distrust(ctx, m.scope, c, k, m.orgs, "removed by its owner"); err != nil {
			return err
		}
		_, err = s.People.Commit(ctx, c)
		return err
	})
}

// distrust adds to a change that some organisations take a passkey no more. One that none takes is removed; the sessions that it began there end.
func (s *Service) distrust(ctx context.Context, scope access.Scope, c *Change, k identity.Passkey, orgs []id.Org, reason string) error {
	all, err := s.People.Trusts(ctx, scope, k.Person)
	if err != nil {
		return err
	}
	left := 0
	for _, org := range trusted(all, k.ID) {
		if slices.Contains(orgs, org) {
			c.Distrusts = append(c.Distrusts, Trust{k.ID, org})
		} else {
			left++
		}
	}
	if left == 0 {
		k.Removed = true
		c.Passkeys = append(c.Passkeys, k)
	}
	c.Drafts = append(c.Drafts, entry("passkey.removed", ledger.Text("passkey", k.ID), aPerson(k.Person), ledger.Text("reason", reason)))
	sessions, err := s.People.Sessions(ctx, scope, k.Person)
	if err != nil {
		return err
	}
	for _, ss := range sessions {
		home := ss.Org
		if ss.Realm == identity.Staff {
			home = id.Platform // in whatever organisation it looks under a grant
		}
		if ss.Strength.Passkey == k.ID && (left == 0 || home == "" || slices.Contains(orgs, home)) {
			c.end(ss, "its passkey was removed")
		}
	}
	return nil
}
