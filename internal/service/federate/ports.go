package federate

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
)

// ByProvider says of a member that a provider of OpenID Connect made it one, and says with each signing in what it is.
const ByProvider = "oidc"

// Secret is a client's secret that is to be sealed, or one that is removed.
type Secret struct {
	ID      string
	Purpose string
	Version int64
	Value   secret.Value
}

// Change is what a use case does in the home of an organisation, in one transaction. A record has the version that was read, 0 is new.
type Change struct {
	change.Envelope
	Secrets       []Secret
	Providers     []identity.Provider
	Domains       []identity.Domain
	Policy        *identity.Policy
	Members       []tenant.Member
	GoneDomains   []identity.Domain
	GoneProviders []identity.Provider // with their secrets
}

// Store is the port to what an organisation says of signing in. What it does not have is notfound.
type Store interface {
	Providers(ctx context.Context, s access.Scope) ([]identity.Provider, error)
	Provider(ctx context.Context, s access.Scope, name string) (identity.Provider, error)
	Domains(ctx context.Context, s access.Scope) ([]identity.Domain, error)
	Domain(ctx context.Context, s access.Scope, name string) (identity.Domain, error)
	// Policy is the zero policy where none was set.
	Policy(ctx context.Context, s access.Scope) (identity.Policy, error)
	Member(ctx context.Context, s access.Scope, person string) (tenant.Member, error)
	MemberByEmail(ctx context.Context, s access.Scope, email string) (tenant.Member, error)
	// Crowd is how many members there are, those that were removed too.
	Crowd(ctx context.Context, s access.Scope) (int, error)
	SecretVersion(ctx context.Context, s access.Scope, name string) (int64, error)
	Unseal(ctx context.Context, s access.Scope, name string) (secret.Value, error)
	Commit(ctx context.Context, c *Change) (change.Committed, error)
}

// Link says who a person is at a provider of an organisation.
type Link struct {
	Issuer, Subject string
	Org             id.Org
	Person          string
}

// PlatformChange is what a use case does in the platform's home, in one transaction.
type PlatformChange struct {
	change.Envelope
	Link *Link
	// Claim gives a domain to an organisation, unless another one has it (conflict); Release takes it back from the one that has it.
	Claim, Release *Claim
}

// Claim is a domain that an organisation has proven to have.
type Claim struct {
	Name string
	Org  id.Org
}

// Begun is what is kept between the two halves of signing in, under the hash of what the browser holds.
type Begun struct {
	Hash    []byte
	Text    []byte // is sealed
	At      time.Time
	Expires time.Time
}

// Platform is the port to the platform's home.
type Platform interface {
	// Keep and Take: a ceremony is taken once, and not when it has expired (notfound). They are no decisions (docs/adr/0011).
	Keep(ctx context.Context, s access.Scope, b Begun) error
	Take(ctx context.Context, s access.Scope, hash []byte, now time.Time) ([]byte, error)
	Linked(ctx context.Context, s access.Scope, issuer, subject string, org id.Org) (person string, err error)
	// Holder is the organisation that has proven to have the domain.
	Holder(ctx context.Context, s access.Scope, domain string) (id.Org, error)
	// Slug is the organisation of that short name, if it is active.
	Slug(ctx context.Context, s access.Scope, slug string) (id.Org, error)
	Operate(ctx context.Context, c *PlatformChange) (change.Committed, error)
}

// Party is the client that we are at a provider.
type Party struct {
	Org      id.Org
	Issuer   string
	Client   string
	Secret   secret.Value
	Scopes   []string
	Redirect string
	Groups   string
}

// Ask is what is new for each time.
type Ask struct {
	State, Nonce, Verifier string
	Hint                   string
	ACR                    []string
	Again                  bool
}

// Assertion is what a provider says of a person, verified.
type Assertion struct {
	Issuer   string
	Subject  string
	Email    string
	Verified bool // the provider says that the address is the person's
	Name     string
	ACR      string
	AMR      []string
	At       time.Time
	Groups   []string
	Grouped  bool
	Proof    string // SHA-256 of the ID token
}

// Protocol is the port to providers: OpenID Connect.
type Protocol interface {
	Discover(ctx context.Context, org id.Org, issuer string) error
	Begin(ctx context.Context, p Party, a Ask) (url string, err error)
	Finish(ctx context.Context, p Party, a Ask, code, issuer string) (Assertion, error)
}

// Resolver is the port to the name service.
type Resolver interface {
	// TXT are the texts at a name; notfound where there are none.
	TXT(ctx context.Context, org id.Org, name string) ([]string, error)
}

// Start is a session that is to begin.
type Start struct {
	Person   string
	Realm    identity.Realm
	Org      id.Org
	Method   identity.Method
	Strength identity.Strength
	Device   string
	Request  string
}

// Signed is a session that has begun, with its text, which is told once.
type Signed struct {
	Session identity.Session
	Cookie  secret.Value
	// Held stands in the place of the session where one of the platform's people has to show a key too: by it what the provider said is found again.
	Held secret.Value
}

// Sessions is the port to sessions.
type Sessions interface {
	Start(ctx context.Context, s Start) (Signed, error)
	// Hold keeps what was proven until a hardware key of the person is shown.
	Hold(ctx context.Context, s Start) (secret.Value, error)
	// Session is the actor's own.
	Session(ctx context.Context, a access.Actor) (identity.Session, error)
}

// People is the port to who is known to the instance.
type People interface {
	// Belong makes somebody with the address known, and notes that the person belongs to the organisation of cause, which gives no right.
	Belong(ctx context.Context, cause access.Actor, email string) (person string, err error)
}

// Staff is the port to the platform's own people.
type Staff interface {
	// ByEmail is who of them has the address.
	ByEmail(ctx context.Context, email string) (person string, err error)
	// Key reports whether a strength is enough together with a hardware key, and not without one.
	Key(strength identity.Strength) bool
	// Arrive says why somebody is not let in as one of the platform's own people, and writes down either; person is "" where there is no record.
	Arrive(ctx context.Context, person string, strength identity.Strength, request string) error
}
