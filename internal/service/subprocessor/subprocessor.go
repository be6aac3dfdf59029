// Package subprocessor are the use cases of the list of subprocessors: what is published, how it is changed, who is told and may object, and when a change begins for an organisation.
//
// It promises: every change of the list is a version that is never changed; what comes to customers' data takes two of the platform's people, and those whom it concerns, which
// follows from the features that they use, are told before; nothing begins for an organisation before its time to object is over without an open objection, but for an emergency,
// which is recorded as one; what an organisation says against a change lies in its own home; a step that was interrupted is made again by the job and has no second effect.
// It leaves out who refuses a connection, which is package egress', and who may do what.
package subprocessor

import (
	"context"
	"io"
	"sync/atomic"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/subprocessor"
	"c4arch/internal/trust/terms"
)

// Org is an organisation as the platform's directory has it.
type Org struct {
	ID      id.Org
	Slug    string
	Created time.Time
}

// Store is the port to the list and the changes in the platform's home, and to notices in those of organisations. A record has the version that was read: 0 is new.
type Store interface {
	// List is the version of that number, the newest for 0; the zero list where there is none.
	List(ctx context.Context, s access.Scope, number int) (subprocessor.List, error)
	// Past are the newest versions without their entries, the newest first.
	Past(ctx context.Context, s access.Scope, limit int) ([]subprocessor.List, error)
	Changes(ctx context.Context, s access.Scope) ([]subprocessor.Change, error)
	Change(ctx context.Context, s access.Scope, name string) (subprocessor.Change, error)
	// Standings are those of a change, or all for "".
	Standings(ctx context.Context, s access.Scope, name string) ([]subprocessor.Standing, error)
	Organisations(ctx context.Context, s access.Scope) ([]Org, error)
	Operate(ctx context.Context, c *PlatformChange) (change.Committed, error)

	Notices(ctx context.Context, s access.Scope) ([]subprocessor.Notice, error)
	Notice(ctx context.Context, s access.Scope, change string) (subprocessor.Notice, error)
	// Receipts are what became of the messages about the change that package notify sends, and of its entry on streams.
	Receipts(ctx context.Context, s access.Scope, change string, since time.Time) ([]subprocessor.Receipt, error)
	Commit(ctx context.Context, c *Change) (change.Committed, error)
	Settle(ctx context.Context, s access.Scope, l *job.Lease) error
}

// PlatformChange is what a use case does in the platform's home, in one transaction.
type PlatformChange struct {
	change.Envelope
	List     *subprocessor.List
	Change   *subprocessor.Change
	Standing *subprocessor.Standing
}

// Change is what a use case does in the home of one organisation.
type Change struct {
	change.Envelope
	Notice *subprocessor.Notice
}

// Orders is the port to what an organisation has ordered and uses.
type Orders interface {
	Terms(ctx context.Context, org id.Org) (terms.Terms, error)
	UsedFeatures(ctx context.Context, org id.Org) ([]terms.Feature, error)
}

// Service is the use cases. Every field but Screen and Failed must be set.
type Service struct {
	Store  Store
	Orders Orders
	Now    func() time.Time
	Random io.Reader
	// Screen looks at a text that somebody wrote before it is kept, and gives what may be kept; nil keeps all.
	Screen func(ctx context.Context, a access.Actor, field, text string) (string, error)
	// Failed is told of a step that the job will make again.
	Failed func(ctx context.Context, err error)

	policy atomic.Pointer[subprocessor.Policy]
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

func (s *Service) mint(prefix string, now time.Time) (string, error) {
	text, err := id.Mint(prefix, s.Random, now)
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	return text, nil
}

// system is a scope for a step of the program itself in a home, made necessary by cause.
func system(org id.Org, act access.Action, purpose string, cause access.Actor) (access.Scope, error) {
	return access.Decide(access.System(org, purpose, cause), act, access.Resource{})
}

func entry(kind string, fields ...ledger.Field) ledger.Draft {
	return ledger.Draft{Kind: kind, Fields: fields}
}

func about(name, person string) ledger.Field { return ledger.Personal(name, person, person) }

func (s *Service) screened(ctx context.Context, a access.Actor, field string, text *string) (err error) {
	if s.Screen != nil && *text != "" {
		*text, err = s.Screen(ctx, a, field, *text)
	}
	return err
}

// published is the newest list, as everybody may read it.
func (s *Service) published(ctx context.Context, number int) (subprocessor.List, access.Scope, error) {
	scope, err := system(id.Platform, access.PublicRead, "the public list of subprocessors", access.Actor{})
	if err != nil {
		return subprocessor.List{}, scope, err
	}
	l, err := s.Store.List(ctx, scope, number)
	l.Entries = l.Public()
	return l, scope, err
}

// List is the newest version of the list, without what is not published. Where there is none its number is 0.
func (s *Service) List(ctx context.Context) (subprocessor.List, error) {
	l, _, err := s.published(ctx, 0)
	return l, err
}

// Entries are those of the newest list, as they are published.
func (s *Service) Entries(ctx context.Context) ([]subprocessor.Entry, error) {
	l, err := s.List(ctx)
	return l.Entries, err
}

// ListVersion is how the newest version is called, and the SHA-256 of its entries: what an acceptance refers to. The version is "0" where nothing was listed yet.
func (s *Service) ListVersion(ctx context.Context) (version, digest string, err error) {
	l, err := s.List(ctx)
	if err == nil && l.Number == 0 {
		l.Digest, err = subprocessor.Digest(nil)
	}
	return l.Version(), l.Digest, err
}

// MostPast is how many versions the history shows.
const MostPast = 200

// Past are the newest versions, without their entries, the newest first.
func (s *Service) Past(ctx context.Context) ([]subprocessor.List, error) {
	scope, err := system(id.Platform, access.PublicRead, "the public list of subprocessors", access.Actor{})
	if err != nil {
		return nil, err
	}
	return s.Store.Past(ctx, scope, MostPast)
}

// At is one version of the list.
func (s *Service) At(ctx context.Context, number int) (subprocessor.List, error) {
	if number < 1 {
		return subprocessor.List{}, fault.New(fault.NotFound, "the list has no such version")
	}
	l, _, err := s.published(ctx, number)
	if err == nil && l.Number == 0 {
		err = fault.New(fault.NotFound, "the list has no such version")
	}
	return l, err
}
