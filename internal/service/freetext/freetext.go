// Package freetext are the use cases of free text: what an organisation lets it hold, the look at each text before it is kept, and the look through what there is.
//
// It promises: every text that a service hands over is judged by one detector and by the organisation's own choice; a text that was refused is kept nowhere, and neither the error
// nor the ledger repeats it; what was warned about is kept only by whoever confirms that very text. It leaves out which texts there are, which their services say, and finding
// (content/freetext).
package freetext

import (
	"context"
	"io"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/freetext"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Service is the use cases. Every field but Comments must be set.
type Service struct {
	Store    Store
	Ledger   Ledger
	Comments Comments // nil where there are none
	Now      func() time.Time
	Random   io.Reader
}

// Choice is what becomes of a text that holds something of a class.
type Choice string

// The choices.
const (
	Warn   Choice = "warn"   // the writer is told, and may keep it
	Redact Choice = "redact" // it is kept without what was found
	Block  Choice = "block"  // it is not kept
)

// Policy is what an organisation chose.
type Policy struct {
	Secret     Choice `json:"secret"`
	Special    Choice `json:"special"`
	Identifier Choice `json:"identifier"`
	Version    int64  `json:"version"`
}

// Default is what holds where nobody has chosen: a secret that is kept is a secret that is lost, and of the others only the writer knows.
func Default() Policy { return Policy{Secret: Block, Special: Warn, Identifier: Warn} }

// Of is the choice for a class.
func (p Policy) Of(c freetext.Class) Choice {
	switch c {
	case freetext.Secret:
		return p.Secret
	case freetext.Special:
		return p.Special
	}
	return p.Identifier
}

func (p Policy) check() error {
	for _, c := range freetext.Classes() {
		switch p.Of(c) {
		case Warn, Redact, Block:
		default:
			return fault.New(fault.Invalid, "a choice is warn, redact or block")
		}
	}
	return nil
}

// Change is what a use case does in one transaction.
type Change struct {
	change.Envelope
	Policy *Policy
	Scans  []Scan
	// Found are what a scan found; those that were judged before stay as they are. Swept says that those of other scans which are open go.
	Found []Found
	Swept bool
	// Judged are hits whose state changes.
	Judged []Found
	// Replaced is a text that takes the place of one.
	Replaced *Text
}

// Store is the port to what is kept.
type Store interface {
	// Policy is what the organisation chose, or [Default] with version 0.
	Policy(ctx context.Context, s access.Scope) (Policy, error)
	Commit(ctx context.Context, c *Change) (change.Committed, error)
	// Scans are the newest first.
	Scans(ctx context.Context, s access.Scope, limit int) ([]Scan, error)
	// Hits are those of a state after that id, in the order of their ids.
	Hits(ctx context.Context, s access.Scope, state State, after string, limit int) ([]Found, error)
	Hit(ctx context.Context, s access.Scope, hit string) (Found, error)
	// Texts are those of a place after that one, in the order of their refs.
	Texts(ctx context.Context, s access.Scope, place Place, after string, limit int) ([]Text, error)
	// Text is one of them; notfound where it is there no more.
	Text(ctx context.Context, s access.Scope, place Place, ref, field string) (Text, error)
	// Progress says how far a scan is; it is no decision.
	Progress(ctx context.Context, s access.Scope, scan string, looked, found int) error
}

// Ledger is the port to the organisation's ledger.
type Ledger interface {
	Size(ctx context.Context, s access.Scope) (int64, error)
	Entries(ctx context.Context, s access.Scope, from int64, limit int) ([]ledger.Entry, error)
	// Erase removes the value of a field from an entry. Its leaf stays, and with it every proof.
	Erase(ctx context.Context, a access.Actor, index int64, field, reason string) error
}

// Comments is the port to comments.
type Comments interface {
	// Redact empties a comment of a project.
	Redact(ctx context.Context, a access.Actor, project, comment, reason string) error
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// PolicyOf is what the organisation chose.
func (s *Service) PolicyOf(ctx context.Context, a access.Actor) (Policy, error) {
	scope, err := access.Decide(a, access.FreeTextRead, access.Resource{})
	if err != nil {
		return Policy{}, err
	}
	return s.Store.Policy(ctx, scope)
}

// SetPolicy changes it, and has what there is looked through again.
func (s *Service) SetPolicy(ctx context.Context, a access.Actor, p Policy) error {
	scope, err := access.Decide(a, access.FreeTextChange, access.Resource{})
	if err != nil {
		return err
	}
	if err := p.check(); err != nil {
		return err
	}
	now := s.now()
	c := &Change{Envelope: change.New(scope, now, entry("freeText.changed",
		ledger.Text("secret", string(p.Secret)), ledger.Text("special", string(p.Special)), ledger.Text("identifier", string(p.Identifier)))), Policy: &p}
	if err := s.queue(c, now); err != nil {
		return err
	}
	_, err = s.Store.Commit(ctx, c)
	return err
}

// Try finds what is in a text, and keeps nothing of it.
func (s *Service) Try(_ context.Context, a access.Actor, text string) ([]freetext.Hit, error) {
	if _, err := access.Decide(a, access.FreeTextRead, access.Resource{}); err != nil {
		return nil, err
	}
	return freetext.Find(text)
}

func entry(kind string, fields ...ledger.Field) ledger.Draft {
	return ledger.Draft{Kind: kind, Fields: fields}
}

func (s *Service) mint(prefix string, now time.Time) (string, error) {
	name, err := id.Mint(prefix, s.Random, now)
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	return name, nil
}
