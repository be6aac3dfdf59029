package accounts

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

// Change is what a use case does in the home of one organisation, in one transaction. A record has the version that was read: 0 is new, any other is written where it
// is still that one (conflict otherwise); either way it goes up by one.
type Change struct {
	change.Envelope
	Organisation *tenant.Organisation
	Projects     []tenant.Project
	Members      []tenant.Member
	// Returned is one of them who was removed before, or "": invitations of that time are not used ones any more.
	Returned    string
	Accounts    []identity.Service
	Tokens      []identity.Token
	Secrets     []Secret
	Connections []tenant.Connection
	// Gone are connections and secrets that are removed, in the version that was read.
	GoneConnections []tenant.Connection
	GoneSecrets     []Secret
	// Refused is what the decision came to when it is a refusal: the change is not made, and this is the error, unless the idempotency key is known: the same
	// request that was answered before is answered the same, although what it asks for is there by now.
	Refused error
}

// Secret is a credential. Value is what is to be sealed; a list has none.
type Secret struct {
	ID      string
	Purpose string
	Version int64
	Value   secret.Value
}

// Tenancy is the port to what an organisation consists of. Every read is in the scope's organisation; what it does not have is notfound.
type Tenancy interface {
	Organisation(ctx context.Context, s access.Scope) (tenant.Organisation, error)
	// Projects, Members: in the order of their ids.
	Projects(ctx context.Context, s access.Scope) ([]tenant.Project, error)
	Project(ctx context.Context, s access.Scope, p id.Project) (tenant.Project, error)
	// Members are all, those that were removed too.
	Members(ctx context.Context, s access.Scope) ([]tenant.Member, error)
	Member(ctx context.Context, s access.Scope, person string) (tenant.Member, error)
}

// Credentials is the port to tokens, connections and their secrets.
type Credentials interface {
	Tokens(ctx context.Context, s access.Scope) ([]identity.Token, error)
	// Credential is the token with that hash, and who it is of. In the platform's home it is an operator's. A token that is not there takes the same statements as one
	// that is.
	Credential(ctx context.Context, s access.Scope, hash []byte) (Credential, error)
	// Used notes that a token was used, and the service account that it is of, if it is of one.
	Used(ctx context.Context, s access.Scope, token, account string, at time.Time) error
	// ServiceAccounts are all of the organisation, in the order in which they were made.
	ServiceAccounts(ctx context.Context, s access.Scope) ([]identity.Service, error)
	// Connections are those of the scope's project.
	Connections(ctx context.Context, s access.Scope) ([]tenant.Connection, error)
	Connection(ctx context.Context, s access.Scope, connection string) (tenant.Connection, error)
	// AllConnections are those of every project of the organisation, by project.
	AllConnections(ctx context.Context, s access.Scope) ([]tenant.Connection, error)
	// Secret is one without its value, Unseal its value.
	Secret(ctx context.Context, s access.Scope, name string) (Secret, error)
	Unseal(ctx context.Context, s access.Scope, name string) (secret.Value, error)
}

// Credential is a token, with the member as whom it acts or the service account that it is of; the other is zero.
type Credential struct {
	Token   identity.Token
	Member  tenant.Member
	Account identity.Service
}

// Prover is the port to what live connections read. It looks whether one answers, as whom it knows the credential, and what that may do there; it changes nothing, and what
// goes wrong is a part of what it found.
type Prover interface {
	Prove(ctx context.Context, org id.Org, c tenant.Connection, credential secret.Value) tenant.Verification
}

// Sessions is the port to those who are signed in with a browser.
type Sessions interface {
	// EndIn ends what a person has open in an organisation, which takes none of the person's passkeys any more; where org is "" it ends what is open in every one.
	EndIn(ctx context.Context, org id.Org, person, reason string) error
	// Forget removes what the instance keeps of how a person signs in: passkeys, sessions, who the person is at providers.
	Forget(ctx context.Context, person string) error
}

// Writer is the port to the one way of writing in an organisation's home.
type Writer interface {
	Commit(ctx context.Context, c *Change) (change.Committed, error)
}

// Entry is an organisation as the platform's directory has it.
type Entry struct {
	ID      id.Org
	Slug    string
	State   tenant.State
	Wrapped []byte // its key, wrapped; empty when it is destroyed
	Root    string // the root key that wraps it
	Created int64  // microseconds
	Version int64
}

// Person is somebody who is known to the instance. Erased ones have no address.
type Person struct {
	ID      string
	Email   string
	Version int64
}

// Belongs is a hint that a person belongs to an organisation; the truth is there.
type Belongs struct {
	Person string
	Org    id.Org
}

// PlatformChange is what a use case does in the platform's home, in one transaction. Records have versions as in [Change].
type PlatformChange struct {
	change.Envelope
	Entry *Entry
	// Person is made known unless there is one with that id or address; conflict when the address is that of another id. Version 0 only.
	Person *Person
	// Erased is a person whose address is emptied, if it is there.
	Erased string
	// Joins and Leaves are hints that are written and removed; Left removes those of an organisation. Whoever then belongs nowhere has no address any more.
	Joins  []Belongs
	Leaves []Belongs
	Left   id.Org
	// Setup is a new code; Used is the hash of one that is used, after which no other can be (denied where it cannot be).
	Setup *Setup
	Used  []byte
	Token *identity.Token // of the operator
}

// Setup is a one-time code.
type Setup struct {
	Hash    []byte
	Created int64 // microseconds
	Expires int64
}

// Directory is the port to the platform's home. Every scope is of the platform.
type Directory interface {
	Entry(ctx context.Context, s access.Scope, org id.Org) (Entry, error)
	// Entries are the next limit organisations behind after, in the order of their ids.
	Entries(ctx context.Context, s access.Scope, after id.Org, limit int) ([]Entry, error)
	PersonByEmail(ctx context.Context, s access.Scope, email string) (Person, error)
	Person(ctx context.Context, s access.Scope, person string) (Person, error)
	Operators(ctx context.Context, s access.Scope) ([]identity.Token, error)
	Operate(ctx context.Context, c *PlatformChange) (change.Committed, error)
}

// Homes is the port to homes as such: internal/store/home.
type Homes interface {
	// Create makes the home of an organisation that the directory has; a second time is none.
	Create(ctx context.Context, platform access.Scope, org id.Org) error
	// Forget closes a home whose key was emptied and removes what it left; a second time is none.
	Forget(ctx context.Context, platform access.Scope, org id.Org) error
	// Rewrap wraps the platform's own key under the newest root key.
	Rewrap(ctx context.Context, platform access.Scope) (changed bool, err error)
}

// Keys is the port to the root key. It is never called inside a transaction.
type Keys interface {
	New(ctx context.Context, org id.Org) (key *secret.Key, wrapped []byte, root string, err error)
	Rewrap(ctx context.Context, org id.Org, wrapped []byte, root string) (again []byte, newest string, changed bool, err error)
}

// Erased says what an erasure took away.
type Erased struct {
	Entries int // entries that lost a value
	Values  int // values with their salts
}

// Subjects is the port to the values in the ledger.
type Subjects interface {
	// EraseSubject commits the envelope, and in the same transaction removes value and salt of every field of the home's ledger that is personal data of the subject,
	// in entries before those of the envelope. The leaves stay.
	EraseSubject(ctx context.Context, env *change.Envelope, subject string) (Erased, error)
}
