// Package tenant has what an organisation consists of.
package tenant

import (
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
)

// State is where an organisation stands.
type State string

// The states. Creating and destroying end by themselves; a sweep finishes what was interrupted.
const (
	Creating  State = "creating"
	Active    State = "active"
	Destroyed State = "destroyed" // its key is gone, and with it all that it had
)

// Organisation is the boundary of everything. The record lies in its own home; the platform's directory knows id, slug and state alone.
type Organisation struct {
	ID      id.Org    `json:"id"`
	Slug    string    `json:"slug"` // lower case, digits and hyphens, 2 to 40 characters; unique on the platform
	Name    string    `json:"name"`
	State   State     `json:"state"`
	Version int64     `json:"version"`
	Created time.Time `json:"createdAt"`
	// Approvals is how many people a baseline or an exception takes: 1 or 2.
	Approvals int `json:"approvals"`
}

// Project is what is scanned, compared and approved together.
type Project struct {
	ID      id.Project `json:"id"`
	Slug    string     `json:"slug"` // unique in the organisation
	Name    string     `json:"name"`
	Version int64      `json:"version"`
	Created time.Time  `json:"createdAt"`
	// Archived projects are read and not written.
	Archived bool `json:"archived"`
	// Example projects hold nothing of the organisation's own: they are to be looked at, and count nowhere. There is one at most.
	Example bool `json:"example,omitempty"`
}

// Member is a person in an organisation. Name and e-mail address are personal data; the id is not.
type Member struct {
	Person  string      `json:"id"` // pn_…
	Name    string      `json:"name"`
	Email   string      `json:"email"`
	Role    access.Role `json:"role"`
	Version int64       `json:"version"`
	Created time.Time   `json:"createdAt"`
	// Removed members may do nothing any more; Erased ones have no name and no address either.
	Removed bool `json:"removed"`
	Erased  bool `json:"erased"`
	// Until is when the membership ends by itself; zero is never.
	Until time.Time `json:"until,omitzero"`
	// External says who provisions the member: "" a person, [BySCIM].
	External string `json:"external,omitempty"`
}

// BySCIM is what provisions members by SCIM.
const BySCIM = "scim"

// Live reports whether the membership gives any right at that time.
func (m Member) Live(now time.Time) bool {
	return m.Person != "" && !m.Removed && !m.Erased && (m.Until.IsZero() || now.Before(m.Until))
}

// ConnectionKind says what is read.
type ConnectionKind string

// The kinds that read what somebody put there. Those that go out and read are in live.go.
const (
	Upload    ConnectionKind = "upload"    // what is handed over with each scan
	Directory ConnectionKind = "directory" // a directory of the server below one that the operator allows
)

// Connection is where a project's inputs come from.
type Connection struct {
	ID      string         `json:"id"`
	Project id.Project     `json:"project"`
	Kind    ConnectionKind `json:"kind"`
	Name    string         `json:"name"`
	Path    string         `json:"path,omitempty"`   // of a directory, relative to the allowed one
	Target  *Target        `json:"target,omitempty"` // of a live one
	Secret  string         `json:"secret,omitempty"` // id of its credential, or ""
	Version int64          `json:"version"`
	Created time.Time      `json:"createdAt"`
	// Credential is since when its credential is the one that it is, nil without one. Verified is what was found when it was last looked at.
	Credential *time.Time    `json:"credentialAt,omitempty"`
	Verified   *Verification `json:"verified,omitempty"`
}
