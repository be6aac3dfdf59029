package web

import (
	"context"
	"encoding/json"
	"net/netip"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
)

// Who is whoever is signed in.
type Who struct {
	Actor   access.Actor
	Session identity.Session
}

// Attempt is a request that shows a cookie.
type Attempt struct {
	Cookie  string
	Realm   identity.Realm
	Addr    netip.Addr
	Request string
}

// From is where a ceremony is finished.
type From struct {
	Realm   identity.Realm
	Device  string // browser and system in a few words
	Addr    netip.Addr
	Request string
}

// Ceremony is one of WebAuthn that was begun: what the browser is asked, and by what it is found again.
type Ceremony struct {
	Handle  secret.Value
	Options json.RawMessage
}

// Membership is an organisation that a person belongs to.
type Membership struct {
	Org  id.Org
	Slug string
	Name string
	Role access.Role
}

// Founder is who sets a new instance up, and the first organisation.
type Founder struct{ Name, Email, Organisation, Slug string }

// Undertaking is the text that is signed.
type Undertaking struct{ Version, Text string }

// Invited is what an invitation says before it is accepted.
type Invited struct {
	Organisation, Slug, Name string
	Role                     access.Role
	Expires                  time.Time
}

// Asking is a program that waits for a person to let it in (RFC 8628).
type Asking struct {
	Program, Device, Addr string
}

// SignIn is how people come in and go, and what a person has of it.
type SignIn interface {
	Authenticate(ctx context.Context, try Attempt) (Who, error)
	BeginSignIn(ctx context.Context, from From) (Ceremony, error)
	FinishSignIn(ctx context.Context, handle secret.Value, response []byte, from From) (secret.Value, error)
	BeginStepUp(ctx context.Context, who Who, from From) (Ceremony, error)
	FinishStepUp(ctx context.Context, who Who, handle secret.Value, response []byte, from From) (secret.Value, error)
	Switch(ctx context.Context, who Who, org id.Org) (secret.Value, error)
	SignOut(ctx context.Context, who Who) error
	Organisations(ctx context.Context, who Who) ([]Membership, error)
	Sessions(ctx context.Context, who Who) ([]identity.Session, error)
	EndSession(ctx context.Context, who Who, session string) error
	// EndOthers ends all of the person's but this one.
	EndOthers(ctx context.Context, who Who) error
	Passkeys(ctx context.Context, who Who) ([]identity.Passkey, error)
	RenamePasskey(ctx context.Context, who Who, passkey, name string) error
	RemovePasskey(ctx context.Context, who Who, passkey string) error
	BeginPasskey(ctx context.Context, who Who) (Ceremony, error)
	FinishPasskey(ctx context.Context, who Who, handle secret.Value, response []byte, name string) error

	// BeginKey and FinishKey are the second step of staff, after the provider; BeginFirstKey and FinishFirstKey the same for who has no key yet, with a code. held may be empty
	// where the operator has no provider. AllowKey makes such a code for somebody else.
	BeginKey(ctx context.Context, held string, from From) (json.RawMessage, error)
	FinishKey(ctx context.Context, held string, response []byte, from From) (secret.Value, error)
	BeginFirstKey(ctx context.Context, held, code string, from From) (Ceremony, error)
	FinishFirstKey(ctx context.Context, handle string, response []byte, from From) (secret.Value, error)
	AllowKey(ctx context.Context, a access.Actor, person string) (Told, error)

	BeginSetup(ctx context.Context, code string, f Founder, from From) (Ceremony, error)
	FinishSetup(ctx context.Context, handle secret.Value, response []byte, from From) (secret.Value, error)

	Invitation(ctx context.Context, code string, from From) (Invited, error)
	// BeginJoin and FinishJoin make a passkey for who has the code of an invitation or of a recovery.
	BeginJoin(ctx context.Context, code string, from From) (Ceremony, error)
	FinishJoin(ctx context.Context, handle secret.Value, response []byte, from From) (secret.Value, error)
	Join(ctx context.Context, who Who, code string, from From) (secret.Value, error)

	Device(ctx context.Context, who Who, code string, from From) (Asking, error)
	DecideDevice(ctx context.Context, who Who, code string, approve bool, from From) error
}

// Told is something of which the text is told once.
type Told struct {
	ID      string
	Text    secret.Value
	Expires time.Time
}

// NewToken is a token to be.
type NewToken struct {
	Service   string // the service account
	Name      string
	Purpose   access.Purpose
	Scopes    []access.Action
	Project   id.Project
	Addresses []string
	Days      int
}

// Reach is what a token could reach.
type Reach struct {
	Name, As string
	Purpose  access.Purpose
	Expires  time.Time
	Live     bool
	Why      string // it reaches nothing
	Actions  []access.Action
	Projects []string
	From     []string // addresses; none is any
	Used     time.Time
}

// Token is a token as the pages show it.
type Token struct {
	ID, Name, Owner, Service string
	Purpose                  access.Purpose
	Scopes                   []access.Action
	Project                  id.Project
	Addresses                []string
	Created, Expires, Used   time.Time
	Revoked, Mine            bool
}

// Organisation is what the administrators of an organisation decide about members and programs.
type Organisation interface {
	Members(ctx context.Context, a access.Actor) ([]tenant.Member, error)
	ChangeRole(ctx context.Context, a access.Actor, person string, role access.Role, until time.Time) error
	RemoveMember(ctx context.Context, a access.Actor, person, reason string) error
	Invitations(ctx context.Context, a access.Actor) ([]identity.Invitation, error)
	Invite(ctx context.Context, a access.Actor, name, email string, role access.Role) (Told, error)
	RevokeInvitation(ctx context.Context, a access.Actor, invitation string) error
	Recoveries(ctx context.Context, a access.Actor) ([]identity.Recovery, error)
	AskRecovery(ctx context.Context, a access.Actor, person, reason string) error
	ApproveRecovery(ctx context.Context, a access.Actor, recovery string) (Told, error)

	Projects(ctx context.Context, a access.Actor) ([]tenant.Project, error)
	Services(ctx context.Context, a access.Actor) ([]identity.Service, error)
	CreateService(ctx context.Context, a access.Actor, name string) error
	DisableService(ctx context.Context, a access.Actor, service, reason string) error
	Tokens(ctx context.Context, a access.Actor) ([]Token, error)
	// MyTokens are those that act as the actor. Who may list none is denied.
	MyTokens(ctx context.Context, a access.Actor) ([]Token, error)
	CreateToken(ctx context.Context, a access.Actor, in NewToken) (Told, error)
	RevokeToken(ctx context.Context, a access.Actor, token, reason string) error
	Reach(ctx context.Context, a access.Actor, token string) (Reach, error)
}

// FoundProvider is a provider that somebody can sign in by.
type FoundProvider struct {
	Org      id.Org
	ID, Name string
}

// Back is what a browser brings back from a provider.
type Back struct{ Provider, State, Code, Issuer, Error string }

// Entered is what comes of a way to a provider: the cookie of a session, or for the operator's own people the handle by which they go on with a key.
type Entered struct{ Cookie, Held secret.Value }

// NewProvider is a provider to be.
type NewProvider struct {
	Name, Issuer, Client string
	Secret               secret.Value
	Groups               string
	Join                 access.Role
}

// Federation is providers of OpenID Connect, and what signing in demands.
type Federation interface {
	// Discover finds by an e-mail address, or by an organisation's short name. It says nothing of whether there is a person or an organisation: nothing found is no provider.
	Discover(ctx context.Context, emailOrSlug string) ([]FoundProvider, error)
	Begin(ctx context.Context, org id.Org, provider string, from From) (to string, handle secret.Value, err error)
	Finish(ctx context.Context, handle secret.Value, back Back, from From) (Entered, error)

	Providers(ctx context.Context, a access.Actor) ([]identity.Provider, error)
	AddProvider(ctx context.Context, a access.Actor, in NewProvider) error
	SwitchProvider(ctx context.Context, a access.Actor, provider string, off bool) error
	Domains(ctx context.Context, a access.Actor) ([]identity.Domain, error)
	AddDomain(ctx context.Context, a access.Actor, name, provider string) error
	VerifyDomain(ctx context.Context, a access.Actor, domain string) error
	RemoveDomain(ctx context.Context, a access.Actor, domain string) error
	Policy(ctx context.Context, a access.Actor) (identity.Policy, error)
	SetPolicy(ctx context.Context, a access.Actor, p identity.Policy) error
}

// Read is one line of the access log.
type Read struct {
	At            time.Time
	Who, Did, For string
}

// Asked is a grant that staff asks for.
type Asked struct {
	Slug, Reason, Ticket string
	Hours                int
}

// Person is a new record of personnel.
type Person struct {
	Name, Email string
	Roles       []access.Role
	Contractor  bool
	Contract    string
	Until       time.Time
}

// TakenOn is an organisation as the platform sees it: nothing of what it has.
type TakenOn struct {
	ID      id.Org
	Slug    string
	State   string
	Created time.Time
	// Worked is when something was last done in its home, as far as the platform knows without opening it; Dead is how many of its jobs died.
	Worked time.Time
	Dead   int
	Canary bool // the service keeps it for its own checks
}

// Employed is a record of personnel, with why it gives no role now, or "".
type Employed struct {
	identity.Personnel
	Missing string
}

// NewOrganisation is an organisation to be taken on, with its first owner.
type NewOrganisation struct{ Name, Slug, OwnerName, OwnerEmail string }

// Staff is the operator's own people, and their access to an organisation.
type Staff interface {
	// Of an organisation.
	Grants(ctx context.Context, a access.Actor) ([]identity.Grant, error)
	Reads(ctx context.Context, a access.Actor) ([]Read, error)
	ApproveGrant(ctx context.Context, a access.Actor, grant string) error
	RefuseGrant(ctx context.Context, a access.Actor, grant, reason string) error

	// Of the platform.
	Providers(ctx context.Context) ([]FoundProvider, error)
	Personnel(ctx context.Context, a access.Actor) ([]Employed, error)
	// ChangePerson changes the roles of somebody else and, of a contractor, the contract; version is that of the record that was seen.
	ChangePerson(ctx context.Context, a access.Actor, person string, p Person, version int64) error
	AddPerson(ctx context.Context, a access.Actor, p Person) error
	Leave(ctx context.Context, a access.Actor, person, reason string) error
	Organisations(ctx context.Context, a access.Actor) ([]TakenOn, error)
	// TakeOn makes an organisation, and tells the code of the invitation of its first owner.
	TakeOn(ctx context.Context, a access.Actor, in NewOrganisation, from From) (Told, error)
	Self(ctx context.Context, who Who) (identity.Personnel, error)
	Sign(ctx context.Context, who Who, version string) error
	// AskRecovery and ApproveRecovery are the two parts of letting a member of an organisation in again that has nobody for them; two administrators have them.
	AskRecovery(ctx context.Context, a access.Actor, organisation, email, reason string) (recovery string, err error)
	ApproveRecovery(ctx context.Context, a access.Actor, organisation, recovery string) (Told, error)
	// OpenBreakGlass opens the sealed account with its code.
	OpenBreakGlass(ctx context.Context, code string, from From) (secret.Value, error)
	Asked(ctx context.Context, who Who) ([]identity.Grant, error)
	Ask(ctx context.Context, who Who, in Asked) error
	Enter(ctx context.Context, who Who, grant identity.Grant) (secret.Value, error)
}
