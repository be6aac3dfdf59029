package staff

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
)

// Store is the port to the tables of staff, in the platform's home and in those of organisations. A record has the version that was read: 0 is new, any other is written where
// it is still that one (conflict otherwise); either way it goes up by one.
type Store interface {
	// Personnel are all records, in the order of their ids, and the version of the list of them.
	Personnel(ctx context.Context, s access.Scope) ([]identity.Personnel, int64, error)
	// Standing is the record of one, the zero Personnel where there is none, and the sealed account.
	Standing(ctx context.Context, s access.Scope, person string) (identity.Personnel, Seal, error)
	// PersonByEmail is the id of who has the address, or "".
	PersonByEmail(ctx context.Context, s access.Scope, email string) (string, error)
	// Organisation is the one with that id or short name, if it is not destroyed.
	Organisation(ctx context.Context, s access.Scope, name string) (id.Org, error)
	Proposals(ctx context.Context, s access.Scope) ([]Motion, error)
	Proposal(ctx context.Context, s access.Scope, name string) (Motion, error)
	Requests(ctx context.Context, s access.Scope, person string) ([]Request, error)
	SignIns(ctx context.Context, s access.Scope, since int64) ([]Count, error)
	Operate(ctx context.Context, c *PlatformChange) (change.Committed, error)

	Grants(ctx context.Context, s access.Scope) ([]identity.Grant, error)
	Grant(ctx context.Context, s access.Scope, name string) (identity.Grant, error)
	Commit(ctx context.Context, c *Change) (change.Committed, error)
}

// PlatformChange is what a use case does in the platform's home, in one transaction.
type PlatformChange struct {
	change.Envelope
	List      *int64 // version of the list of personnel that was read
	Person    *NewPerson
	Personnel *identity.Personnel
	Proposal  *Motion
	Request   *Request
	Seal      *Seal
	SignIn    *Count // one more of it
}

// Change is what a use case does in the home of one organisation.
type Change struct {
	change.Envelope
	Grant  *identity.Grant
	Looked string // a grant under which something is read
}

// NewPerson is somebody who becomes known to the instance, if nobody with the address is. Staff without an address is the sealed account.
type NewPerson struct{ ID, Email string }

// Request is what the platform keeps of a grant that was asked for.
type Request struct {
	Grant, Person  string
	Org            id.Org
	Reason, Ticket string
	Created        time.Time
}

// Count is how often staff came in, or did not, on a day.
type Count struct {
	Day      int64  `json:"day"` // days since 1970 in UTC
	Method   string `json:"method"`
	Strength string `json:"strength"`
	Admitted bool   `json:"admitted"`
	Count    int64  `json:"count"`
}

// Seal is the sealed account. Without a person there is none.
type Seal struct {
	Person  string
	Hash    []byte
	Used    time.Time // zero: it is sealed
	Noted   time.Time // when an administrator said why it was used
	Created time.Time
	Version int64
}

// Motion is what takes a second person of the platform.
type Motion struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind"` // administrator, export
	Person   string    `json:"person,omitempty"`
	Org      id.Org    `json:"organisation,omitempty"`
	Reason   string    `json:"reason"`
	Ticket   string    `json:"ticket,omitempty"`
	State    string    `json:"state"` // asked, approved, refused, done
	Proposer string    `json:"proposedBy"`
	Approver string    `json:"decidedBy,omitempty"`
	Created  time.Time `json:"createdAt"`
	Expires  time.Time `json:"expiresAt"`
	Decided  time.Time `json:"decidedAt,omitzero"`
	Version  int64     `json:"version"`
}

// Of a proposal.
const (
	ForAdministrator = "administrator"
	ForExport        = "export"

	Asked    = "asked"
	Approved = "approved"
	Refused  = "refused"
	Done     = "done"
)
