// Package identity has what people and programs prove who they are with.
package identity

import (
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
)

// Token is an API token. The organisation that it names is proven by its secret, of which the home of the organisation keeps a hash.
type Token struct {
	ID      string      `json:"id"` // tk_…
	Name    string      `json:"name"`
	Person  string      `json:"person,omitempty"` // the member as whom it acts, or "" for a program
	Role    access.Role `json:"role"`
	Project id.Project  `json:"project,omitempty"` // narrowed to one project, or ""
	Purpose string      `json:"purpose"`
	Hash    []byte      `json:"-"` // SHA-256 of the whole token
	Version int64       `json:"version"`
	Created time.Time   `json:"createdAt"`
	Expires time.Time   `json:"expiresAt"`
	Revoked bool        `json:"revoked"`
}
