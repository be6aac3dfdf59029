package signin

import (
	"context"
	"encoding/hex"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Setting up. The order is one in which a crash leaves less than there should be and never more: the code is used up in the same transaction in which the person and the passkey
// become known; then the personnel record; then the organisation; then the session. Where it stops in between nobody is an administrator yet, so that the next start of the
// service gives another code, and what is there already is taken as it is: the person by the e-mail address, the organisation by the key of the request.

// Founder is who sets an instance up.
type Founder struct {
	Person       string `json:"person,omitempty"` // filled by the service
	Name         string `json:"name"`
	Email        string `json:"email"`
	Organisation string `json:"organisation"` // name
	Slug         string `json:"slug"`
}

func (f *Founder) check() (err error) {
	if err := tenant.CheckName("your name", f.Name); err != nil {
		return err
	}
	if f.Email, err = tenant.Email(f.Email); err != nil {
		return err
	}
	if err := tenant.CheckName("the name of the organisation", f.Organisation); err != nil {
		return err
	}
	return tenant.CheckSlug(f.Slug)
}

// ErrSetup is what is said of every set-up code that cannot be used.
var ErrSetup = fault.New(fault.Denied, "the set-up link is not one, was used or has expired").WithHelp("start the server again for a new one")

// BeginSetup begins to make the first passkey. The code is looked at, and used at the end.
func (s *Service) BeginSetup(ctx context.Context, code string, f Founder, cause Cause) (Ceremony, error) {
	if err := s.attempt(ctx, "setup", cause.Addr); err != nil {
		return Ceremony{}, err
	}
	if identity.ParseSetup(code) != nil {
		return Ceremony{}, ErrSetup
	}
	if err := f.check(); err != nil {
		return Ceremony{}, err
	}
	c := access.Actor{Surface: access.Setup, Request: cause.Request}
	scope, err := platform(c)
	if err != nil {
		return Ceremony{}, err
	}
	hash := identity.Hash([]byte(code))
	good, err := s.People.Setup(ctx, scope, hash, s.now())
	if err != nil {
		return Ceremony{}, err
	}
	if !good {
		return Ceremony{}, ErrSetup
	}
	p, err := s.People.PersonByEmail(ctx, scope, f.Email)
	if missing(err) {
		p.ID, err = s.mint(id.PrefixPerson, time.Time{}) // as accounts does: the id of a person holds no time
	}
	if err != nil {
		return Ceremony{}, err
	}
	f.Person = p.ID
	return s.create(ctx, scope, registering{Person: p.ID, Name: f.Name, Email: f.Email, Strict: s.Hardware, Kind: bySetup, Code: hash, Founder: &f}, c)
}

// FinishSetup makes the first administrator, who is the owner of the first organisation, and signs them in there.
func (s *Service) FinishSetup(ctx context.Context, in Finish) (Signed, error) {
	who, key, err := s.created(ctx, in)
	if err != nil {
		return Signed{}, err
	}
	if who.Kind != bySetup || who.Founder == nil {
		return Signed{}, ErrFailed
	}
	cause := causeOf(who.Person, in.Request)
	cause.Surface = access.Setup
	scope, err := platform(cause)
	if err != nil {
		return Signed{}, err
	}
	c := &Change{
		Envelope: change.New(scope, s.now(), entry("setup.used", ledger.Text("passkey", key.ID)), addedKey(key)), Setup: who.Code,
		Person: &Person{ID: who.Person, Email: who.Email}, Passkeys: []identity.Passkey{key}, Trusts: []Trust{{key.ID, id.Platform}},
	}
	if _, err := s.People.Commit(ctx, c); err != nil {
		return Signed{}, taken(err)
	}
	if err := s.Personnel.Found(ctx, who.Person, who.Name, who.Email, in.Request); err != nil {
		return Signed{}, err
	}
	org, err := s.Accounts.Found(ctx, *who.Founder, "setup-"+hex.EncodeToString(who.Code[:8]), in.Request)
	if err != nil {
		return Signed{}, err
	}
	now := s.now()
	ss := identity.Session{
		Realm: identity.Members, Person: key.Person, Org: org, Method: identity.ByPasskey, Strength: s.strength(key, Asserted{Proof: proofOf(in.Response)}),
		Device: shortened(in.Device, "unknown"), Created: now, Proven: now,
	}
	return s.commitSession(ctx, ss, nil, func(c *Change) {
		c.Trusts = append(c.Trusts, Trust{key.ID, org})
		c.Drafts = append(c.Drafts, entry("passkey.trusted", ledger.Text("passkey", key.ID), aPerson(key.Person), ledger.Text("organisation", string(org))))
	}, in.Request)
}

// Forget takes away all that signing in has of a person: sessions, passkeys, who they are at providers. Package accounts asks for it when a person is erased.
func (s *Service) Forget(ctx context.Context, person string) error {
	scope, err := platform(access.Actor{})
	if err != nil {
		return err
	}
	c := &Change{Envelope: change.New(scope, s.now(), entry("person.forgotten", aPerson(person))), Forgotten: person}
	_, err = s.People.Commit(ctx, c)
	return err
}
