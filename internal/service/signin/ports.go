package signin

import (
	"context"
	"encoding/json"
	"net/netip"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Change is what signing in does in the platform's home, in one transaction. Records have versions: 0 is new, any other is written where it is still that one.
type Change struct {
	change.Envelope
	// Person is made known unless there is one with that id or address.
	Person   *Person
	Sessions []identity.Session
	Passkeys []identity.Passkey
	Trusts   []Trust
	// Distrusts are taken away. A passkey that no organisation trusts any more is to be among Passkeys, removed.
	Distrusts []Trust
	// Setup is the hash of a one-time code that is used with this, and with it every other that is open; denied where it cannot be.
	Setup []byte
	// Forgotten is a person of whom nothing stays but the ids.
	Forgotten string
}

// Trust says that an organisation takes a passkey for the one of its member: it came to it by its own invitation or recovery, or its holder accepted one. A person's other
// passkeys count nothing there, since other organisations handed them out.
type Trust struct {
	Passkey string
	Org     id.Org
}

// Person is somebody who is known to the instance.
type Person struct {
	ID    string
	Email string
}

// People is the port to the platform's home. Every scope is of the platform. What is not there is notfound.
type People interface {
	Person(ctx context.Context, s access.Scope, person string) (Person, error)
	PersonByEmail(ctx context.Context, s access.Scope, email string) (Person, error)
	// Belongs are the organisations that a hint says the person belongs to.
	Belongs(ctx context.Context, s access.Scope, person string) ([]id.Org, error)
	// SessionByHash is the session with that hash, SessionByID the one with that id.
	SessionByHash(ctx context.Context, s access.Scope, hash []byte) (identity.Session, error)
	SessionByID(ctx context.Context, s access.Scope, session string) (identity.Session, error)
	// Sessions are those of a person that have not ended, Passkeys those that are not removed.
	Sessions(ctx context.Context, s access.Scope, person string) ([]identity.Session, error)
	Passkeys(ctx context.Context, s access.Scope, person string) ([]identity.Passkey, error)
	// SessionsIn are those in an organisation that began at a provider and have not ended.
	SessionsIn(ctx context.Context, s access.Scope, org id.Org) ([]identity.Session, error)
	PasskeyByHandle(ctx context.Context, s access.Scope, handle []byte) (identity.Passkey, error)
	// Trusts are those of all passkeys of a person.
	Trusts(ctx context.Context, s access.Scope, person string) ([]Trust, error)
	// Linked reports whether a provider of the organisation has signed the person in.
	Linked(ctx context.Context, s access.Scope, person string, org id.Org) (bool, error)
	// Setup says whether the one-time code with that hash could be used.
	Setup(ctx context.Context, s access.Scope, hash []byte, now time.Time) (bool, error)
	Commit(ctx context.Context, c *Change) (change.Committed, error)
	// Seen notes when a session was used last. It is no decision.
	Seen(ctx context.Context, s access.Scope, session string, at time.Time) error
}

// Waiting is something that was begun and comes back, once.
type Waiting struct {
	Hash    []byte
	Kind    string
	Code    []byte // hash of the user code of a device, or nil
	Plain   []byte // kept sealed
	State   string
	At      time.Time
	Expires time.Time
}

// States of what waits.
const (
	Open     = "open"
	Approved = "approved"
	Refused  = "refused"
	Used     = "used"
)

// Ceremonies is the port to what waits, in the platform's home. None of it is a decision: what is decided at the end of it is.
type Ceremonies interface {
	Keep(ctx context.Context, s access.Scope, w Waiting) error
	// Take is what waits under that hash, of that kind, open and not expired; nobody gets it a second time. Else it is notfound.
	Take(ctx context.Context, s access.Scope, hash []byte, kind string, now time.Time) (Waiting, error)
	// Peek is what Take would give, without taking it.
	Peek(ctx context.Context, s access.Scope, hash []byte, kind string, now time.Time) (Waiting, error)
	// Device is the device that waits under a user code, Asking the one under a device code, whatever its state, if it has not expired.
	Device(ctx context.Context, s access.Scope, code []byte, now time.Time) (Waiting, error)
	Asking(ctx context.Context, s access.Scope, hash []byte, now time.Time) (Waiting, error)
	// Settle moves a device from one state to another, with what is kept of it; conflict where it is not in that state any more. The same state moves its time.
	Settle(ctx context.Context, s access.Scope, w Waiting, from string) error
}

// Joining is what a use case does in the home of an organisation, in one transaction.
type Joining struct {
	change.Envelope
	Invitations []identity.Invitation
	Recoveries  []identity.Recovery
	Token       *identity.Token // an interactive one that is made with it, or nil
	// Revoked is a person none of whose tokens is good there any more, or "".
	Revoked string
}

// Membership is what an organisation says of a person.
type Membership struct {
	Org     id.Org      `json:"organisation"`
	Slug    string      `json:"slug"`
	Name    string      `json:"name"` // of the organisation
	Role    access.Role `json:"role"`
	Member  string      `json:"-"` // name of the person there
	Email   string      `json:"-"`
	Until   time.Time   `json:"until,omitzero"`
	Removed bool        `json:"-"`
	Version int64       `json:"-"`
	// Policy is what the organisation demands of whoever signs in.
	Policy identity.Policy `json:"-"`
}

// Good reports whether the person is a member at that time.
func (m Membership) Good(now time.Time) bool {
	return !m.Removed && m.Role != "" && (m.Until.IsZero() || now.Before(m.Until))
}

// Organisations is the port to the homes of organisations. Every scope is of one.
type Organisations interface {
	// Membership is what the scope's organisation says of a person. It takes the same statements whether the person is a member or not.
	Membership(ctx context.Context, s access.Scope, person string) (Membership, error)

	Invitations(ctx context.Context, s access.Scope) ([]identity.Invitation, error)
	InvitationByHash(ctx context.Context, s access.Scope, hash []byte) (identity.Invitation, error)
	Recoveries(ctx context.Context, s access.Scope) ([]identity.Recovery, error)
	RecoveryByHash(ctx context.Context, s access.Scope, hash []byte) (identity.Recovery, error)
	// Tokens are the ids of the tokens by which a person acts there and that are not revoked.
	Tokens(ctx context.Context, s access.Scope, person string) ([]string, error)
	Join(ctx context.Context, c *Joining) (change.Committed, error)
}

// Policies is the port to what an organisation demands of whoever signs in.
type Policies interface {
	PolicyOf(ctx context.Context, org id.Org) (identity.Policy, error)
	// FellBack writes down that an owner came in with a passkey where the organisation demands its provider.
	FellBack(ctx context.Context, org id.Org, person string, strength identity.Strength, request string) error
}

// Personnel is the port to the platform's own people.
type Personnel interface {
	// RolesOf are the roles that a person has now on the platform: none, without an error, has who may come in only to sign the undertaking; an error is for everybody else.
	RolesOf(ctx context.Context, person string) ([]access.Role, error)
	// Enough is Arrive of a session that was admitted before: it writes nothing, and is asked at each request.
	Enough(strength identity.Strength) error
	// Arrive says why somebody is not let in as one of the platform's own people with what was proven, or is nil. It writes down either.
	Arrive(ctx context.Context, person string, strength identity.Strength, request string) error
	// GrantOf is a grant of an organisation.
	GrantOf(ctx context.Context, org id.Org, grant string) (identity.Grant, error)
	// Found records the first administrator with the undertaking, if there is no such record.
	Found(ctx context.Context, person, name, email, request string) error
}

// Accounts is the port to members, tokens and organisations.
type Accounts interface {
	// Add makes a person a member, for the actor, and says who that is.
	Add(ctx context.Context, a access.Actor, name, email string, role access.Role, key *change.Idempotency) (person string, err error)
	// Prepare is an interactive token of a member who has just shown to be it, with its entry: whoever asked commits both.
	Prepare(ctx context.Context, org id.Org, person, name, request string) (Issued, ledger.Draft, error)
	// Token makes an interactive token of a member, who has just shown to be it.
	Token(ctx context.Context, org id.Org, person, name, request string) (Issued, error)
	// Found makes the first organisation with a person as its owner. The same key is the same organisation.
	Found(ctx context.Context, f Founder, key, request string) (id.Org, error)
}

// Issued is a token with its text, which is told this once.
type Issued struct {
	Token identity.Token
	Text  secret.Value
}

// Limits is the port that counts attempts. It is limited where there were too many: of one address, or by all together.
type Limits interface {
	Attempt(ctx context.Context, what string, addr netip.Addr) error
}

// User is for whom a passkey is made.
type User struct {
	ID    string // of the person
	Name  string // e-mail address, shown by the browser
	Shown string // name of the person
}

// Asserted is what a passkey has shown.
type Asserted struct {
	Count    uint32
	BackedUp bool
	Proof    string // SHA-256 of the assertion, hexadecimal
}

// WebAuthn is the port to the protocol. state is what it needs again at the end, and is kept where the browser cannot reach it.
type WebAuthn interface {
	// Create are the options of a registration. strict asks for attestation.
	Create(u User, exclude [][]byte, strict bool) (options json.RawMessage, state []byte, err error)
	// Created verifies what the browser sent: a passkey with all that the authenticator says of it, but no id, person or name. strict refuses what is not attested hardware.
	Created(state, response []byte, strict bool, now time.Time) (identity.Passkey, error)
	// Get are the options of an assertion; allowed may be none.
	Get(allowed [][]byte) (options json.RawMessage, state []byte, err error)
	// Handles reads whose passkey the browser says that it used; nothing of it is verified.
	Handles(response []byte) (credential, user []byte, err error)
	// Got verifies it.
	Got(state, response []byte, k identity.Passkey) (Asserted, error)
	// Hardware reports whether a passkey is attested hardware as the configuration has it.
	Hardware(k identity.Passkey) bool
}
