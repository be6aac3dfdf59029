// Package talk are the use cases of comments: what people say about an element, a finding or a proposal.
//
// It promises: what is said is plain text of a bounded size, and whoever is mentioned is a member who may read it; nobody changes what somebody said, but its author takes it back
// and puts it back within an hour, and an administrator takes it away with a reason; the ledger says that somebody commented and where, and not what; every text is shown to the
// detector of free text before it is kept; a comment stays when what it is about is gone, and says so. It leaves out telling those who are mentioned, which follows from the ledger.
package talk

import (
	"context"
	"io"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Limits.
const (
	MaxText     = 4000 // bytes of a comment
	MaxComments = 500  // about one thing
	MaxMentions = 20   // people in a comment
	maxSubject  = 300
)

// UndoFor is how long a comment that was taken back can be put back. What it said is erased after that.
const UndoFor = time.Hour

// About is what sort of thing is commented on.
type About string

// The sorts.
const (
	Element  About = "element"
	Finding  About = "finding"
	Proposal About = "proposal"
)

// Subject is what a comment is about.
type Subject struct {
	Project id.Project
	About   About
	ID      string
}

func (s Subject) check() error {
	switch s.About {
	case Element, Finding, Proposal:
	default:
		return fault.New(fault.Invalid, "a comment is about an element, a finding or a proposal")
	}
	if s.ID == "" || len(s.ID) > maxSubject || strings.ContainsFunc(s.ID, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }) {
		return fault.New(fault.NotFound, "there is nothing of that id to comment on")
	}
	return nil
}

// State is where a comment stands.
type State string

// The states.
const (
	Shown     State = "shown"
	Withdrawn State = "withdrawn" // by its author
	Redacted  State = "redacted"  // by an administrator
	Erased    State = "erased"    // with its author
)

// Comment is one, as it is kept. In Text a mention is the id of a person between two characters, which nobody can type.
type Comment struct {
	ID      string
	Project id.Project
	About   About
	Subject string
	Label   string // what the subject was called then
	Author  string // a person, or "" of somebody who was erased
	Text    string
	State   State
	Created time.Time
	Changed time.Time
	Version int64
}

// Change is what a use case does in the home of one organisation, in one transaction. A comment of version 0 is new.
type Change struct {
	change.Envelope
	Comment  Comment
	Mentions []string // of a new one
}

// Store is the port to comments. Every read is in the scope's organisation and project; what it does not have is notfound.
type Store interface {
	// Comments are those about something, the oldest first.
	Comments(ctx context.Context, s access.Scope, about About, subject string, limit int) ([]Comment, error)
	Comment(ctx context.Context, s access.Scope, comment string) (Comment, error)
	Commit(ctx context.Context, c *Change) (change.Committed, error)
}

// People is the port to the members of the scope's organisation, those that were removed too.
type People interface {
	Members(ctx context.Context, s access.Scope) ([]tenant.Member, error)
}

// Thing is what is commented on, as it is now.
type Thing struct {
	Label string
	There bool // it is in the newest snapshot, or is open
}

// Things is the port to what can be commented on. What there never was is notfound; the actor may be one who may not see it, which is denied.
type Things interface {
	Thing(ctx context.Context, a access.Actor, s Subject) (Thing, error)
}

// Service is the use cases. Every field but Screen must be set.
type Service struct {
	Store  Store
	People People
	Things Things
	// Screen is asked about every text before it is kept: it gives the text to keep, or says why it is refused. nil keeps all.
	Screen func(ctx context.Context, a access.Actor, field, text string) (string, error)
	Now    func() time.Time
	Random io.Reader
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

func entry(kind string, fields ...ledger.Field) ledger.Draft {
	return ledger.Draft{Kind: kind, Fields: fields}
}
