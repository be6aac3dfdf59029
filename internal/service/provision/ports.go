package provision

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/service/change"
)

// User is a user as the provisioner knows it. Its right is the member's.
type User struct {
	ID       string // pn_…
	UserName string // lower case
	External string
	Active   bool // the member is one
	Kept     Kept
	Member   tenant.Member
	Groups   []Ref
	Created  time.Time
	Changed  time.Time
	Version  int64
}

// Kept are the attributes that are kept: what people are told apart by, and nothing else that a directory knows of them (GDPR article 5(1)(c)).
type Kept struct {
	Display   string  `json:"displayName,omitempty"`
	Formatted string  `json:"formatted,omitempty"`
	Given     string  `json:"givenName,omitempty"`
	Family    string  `json:"familyName,omitempty"`
	Emails    []Email `json:"emails,omitempty"`
}

// Email is an address of a user.
type Email struct {
	Value   string `json:"value"`
	Type    string `json:"type,omitempty"`
	Primary bool   `json:"primary,omitempty"`
}

// Ref names a group of a user.
type Ref struct {
	ID, Name, External string
}

// Group is a group as the provisioner knows it.
type Group struct {
	ID       string // gp_…
	Name     string
	External string
	Members  []string // pn_…, sorted
	Created  time.Time
	Changed  time.Time
	Version  int64
}

// Find narrows a list to what has that value; the zero Find is all.
type Find struct{ ID, Name, External string }

// Change is what a use case does in the home of an organisation, in one transaction. A record has the version that was read, 0 is new.
type Change struct {
	change.Envelope
	Organisation int64 // the version of the organisation where the change takes an owner away; 0 elsewhere
	Members      []tenant.Member
	Users        []User
	Groups       []Group // with all their members
	GoneUsers    []User
	GoneGroups   []Group
	Revoked      []string // persons, whose tokens are no good any more
}

// Standing is what somebody is, with the groups that give it.
type Standing struct {
	Member tenant.Member
	Groups []Ref
}

// Store is the port to users and groups. What the scope's organisation does not have is notfound.
type Store interface {
	// Users and Groups are in the order of their ids; those of a list have no groups and no members unless with is set.
	Users(ctx context.Context, s access.Scope, f Find) ([]User, error)
	Groups(ctx context.Context, s access.Scope, f Find, with bool) ([]Group, error)
	MemberByEmail(ctx context.Context, s access.Scope, email string) (tenant.Member, error)
	// Standings are those of the persons that there are.
	Standings(ctx context.Context, s access.Scope, persons []string) ([]Standing, error)
	// Owners is how many owners there are besides a person, and the version of the organisation in which that is so.
	Owners(ctx context.Context, s access.Scope, besides string) (n int, version int64, err error)
	Crowd(ctx context.Context, s access.Scope) (int, error)
	// Tokens are the ids of a person's tokens that are not revoked.
	Tokens(ctx context.Context, s access.Scope, person string) ([]string, error)
	Policy(ctx context.Context, s access.Scope) (identity.Policy, error)
	Domains(ctx context.Context, s access.Scope) ([]identity.Domain, error)
	Commit(ctx context.Context, c *Change) (change.Committed, error)
}

// People is the port to who is known to the instance.
type People interface {
	// Belong makes somebody with the address known, and notes that the person belongs to the organisation of cause, which gives no right.
	Belong(ctx context.Context, cause access.Actor, email string) (person string, err error)
}

// Sessions is the port to sessions.
type Sessions interface {
	// End ends those that a person has in the organisation of cause, which takes none of the person's passkeys any more.
	End(ctx context.Context, cause access.Actor, person, reason string) error
}
