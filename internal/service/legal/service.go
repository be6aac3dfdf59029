// Package legal are the use cases of the legal registry: drafts of documents, their publication by two people, what is in force, and the verification of everything that was
// ever published.
//
// It promises: what is published was asked for by one person and approved by another, both signed in, each change is an entry of the platform's ledger, and the one of a
// publication holds the digest of the canonical bytes; a version that was published is never changed; one that says that it lowers a measure has an approved decision behind it;
// what is in force at an instant is the same for whoever asks. It leaves out who accepts what, which is package acceptance's, and whether a text is right, which is counsel's.
package legal

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/legal"
)

// Store is the port to the registry in the platform's home. A draft has the version that was read: 0 is new, any other is written where it is still that one (conflict otherwise).
type Store interface {
	Drafts(ctx context.Context, s access.Scope) ([]Draft, error)
	// Draft is one of them; not found where there is none.
	Draft(ctx context.Context, s access.Scope, name string) (Draft, error)
	// Published are all versions, in the order in which they were published.
	Published(ctx context.Context, s access.Scope) ([]legal.Version, error)
	// State changes with each publication.
	State(ctx context.Context, s access.Scope) (State, error)
	// Entries are what the ledger says of each publication, in its order.
	Entries(ctx context.Context, s access.Scope) ([]Entry, error)
	Commit(ctx context.Context, c *Change) (change.Committed, error)
}

// State says how many versions there are, and when the last one was published.
type State struct{ Count, Last int64 }

// Entry is what the ledger says of a publication.
type Entry struct {
	Index    int64
	Document string // ld_…
	Slug     string
	Version  string
	Digest   string
}

// Change is what a use case does, in one transaction.
type Change struct {
	change.Envelope
	Drafts  []Draft
	Publish *legal.Version // the draft with its id becomes this
}

// Where a draft stands.
const (
	Writing   = "draft"
	Asked     = "asked"
	Withdrawn = "withdrawn"
)

// Draft is a version that was not published. The digest, the version and the approver of Text are not set yet; its Effective is zero where it is to be in force as soon as it is
// approved.
type Draft struct {
	Text    legal.Version
	State   string
	Remark  string // why it was sent back
	Asker   string // who asked for publication: the id of a person
	AskedAt time.Time
	Created time.Time
	Changed time.Time
	Version int64
}

// Accepted is that somebody accepted a version.
type Accepted struct {
	Org           id.Org
	Slug, Version string
	Digest        string
}

// Rules are what the operator demands.
type Rules struct {
	// Notice is how long before it is in force a material version of an enterprise document has to be published, where another version is in force already.
	Notice time.Duration
}

// Service is the use cases. Fields that may be nil say so.
type Service struct {
	Store  Store
	Rules  Rules
	Now    func() time.Time
	Random io.Reader
	Log    *slog.Logger
	// Approved reports whether there is an approved decision with that id to lower a measure. Where it is nil there are no decisions, and nothing that lowers one is published.
	Approved func(ctx context.Context, decision string) (bool, error)
	// Acceptances are all that anybody accepted, for the verification; nil where nothing is accepted yet.
	Acceptances func(ctx context.Context) ([]Accepted, error)
	// Told is called when a version was published; nil tells nobody.
	Told func()
	// Templates are the starter texts.
	Templates func() ([]legal.Version, error)
	// Screen looks at a text that somebody wrote before it is kept; nil keeps all.
	Screen func(ctx context.Context, a access.Actor, field, text string) (string, error)

	mu    sync.Mutex
	known []legal.Version // as they were at state
	state State
}

// now is the time of a change, to the microsecond in which it is kept.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

func (s *Service) mint(now time.Time) (string, error) {
	text, err := id.Mint(id.PrefixDocument, s.Random, now)
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	return text, nil
}

func (s *Service) commit(ctx context.Context, c *Change) error {
	_, err := s.Store.Commit(ctx, c)
	return err
}

func entry(kind string, fields ...ledger.Field) ledger.Draft {
	return ledger.Draft{Kind: kind, Fields: fields}
}

// of are the fields that every entry about a draft has.
func of(d Draft) []ledger.Field {
	return []ledger.Field{ledger.Text("document", d.Text.ID), ledger.Text("slug", d.Text.Slug)}
}

// person is who acts: a person of the platform who is signed in.
func person(a access.Actor) (string, error) {
	p := a.ID.Person()
	if p == "" || a.Session == "" {
		return "", fault.New(fault.Denied, "a person of the platform does this, signed in")
	}
	return p, nil
}
