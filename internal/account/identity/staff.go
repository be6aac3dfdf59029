package identity

import (
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
)

// Personnel is the record of one of the platform's own people. Without a signed undertaking in its current version, and of a contractor without a contract in force, it
// gives no role.
type Personnel struct {
	Person     string        `json:"person"` // pn_…
	Name       string        `json:"name"`
	Email      string        `json:"email"`
	Roles      []access.Role `json:"roles"`
	Contractor bool          `json:"contractor"`
	Contract   string        `json:"contract,omitempty"` // its reference
	Until      time.Time     `json:"contractUntil"`
	Signed     Undertaking   `json:"undertaking"`
	Left       bool          `json:"left"`
	Created    time.Time     `json:"createdAt"`
	Version    int64         `json:"version"`
}

// Undertaking is a signed undertaking of confidentiality: which text, and when.
type Undertaking struct {
	Document string    `json:"document"` // its version
	Digest   string    `json:"digest"`   // SHA-256 of the text, hexadecimal
	At       time.Time `json:"signedAt"`
}

// Grant lets one of the platform's people look into an organisation for a while. It lies in the organisation's home; the platform keeps what was asked.
type Grant struct {
	ID      string    `json:"id"` // gr_…
	Org     id.Org    `json:"organisation"`
	Staff   string    `json:"staff"` // the person
	Reason  string    `json:"reason"`
	Ticket  string    `json:"ticket"`
	State   string    `json:"state"` // asked, active, refused, revoked
	Asked   time.Time `json:"askedAt"`
	From    time.Time `json:"from"`
	Until   time.Time `json:"until"` // at most eight hours after From
	Decided id.Actor  `json:"decidedBy,omitempty"`
	Looked  int64     `json:"reads"` // how often something was read under it
	Version int64     `json:"version"`
}
