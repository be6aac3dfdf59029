// Package draw is the use case of looking: the pictures of what was scanned, where people put the boxes of them, what differs between two times, and all of it as files.
//
// It promises: each use case decides before it reads anything; a picture depends on the snapshot, on what is kept of its view's layout and on what is folded, and on nothing
// else but the newest snapshot, after which older pictures are arranged so that boxes stay where they were; what is drawn is kept in memory up to a bound, is never given to whoever
// was not allowed to read the project at that moment, and is drawn anew as soon as content is withdrawn; what two ask for at the same time is drawn once, and only so much at the
// same time. It leaves out how anything looks, which is the artist's.
package draw

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/placement"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
)

// Moment is a snapshot as a list has it.
type Moment struct {
	ID        string       `json:"id"`
	Root      canon.Digest `json:"root"`
	Name      string       `json:"name"`
	Collected time.Time    `json:"collectedAt"`
	Recorded  time.Time    `json:"recordedAt"`
	Method    string       `json:"method"`
	Resources int          `json:"resources"`
	NotRead   int          `json:"notRead"`
	Approved  string       `json:"approved,omitempty"` // the newest baseline of it
}

// Subject is a snapshot as it was kept.
type Subject struct {
	Snapshot    *evidence.Snapshot
	OverlayName string
	OverlayText []byte
}

// Projects is the port to what was scanned.
type Projects interface {
	// Scanned opens the scope's project until Close; notfound when the scope's organisation has none of that id.
	Scanned(ctx context.Context, s access.Scope) (Project, error)
}

// Project is the port to what was scanned of one project.
type Project interface {
	// List returns the newest first, at most limit.
	List(ctx context.Context, limit int) ([]Moment, error)
	// Find resolves what people write: an id, a prefix of one, "latest".
	Find(ctx context.Context, ref string) (Moment, error)
	// Load returns the whole, verified.
	Load(ctx context.Context, id string) (Subject, error)
	Close() error
}

// Layout is what is kept of one view.
type Layout struct {
	View    placement.View // without nodes where it was let go
	Version int64
}

// Change is what a use case changes. A layout with Version 0 is new; one with a version is written where it is still that one.
type Change struct {
	change.Envelope
	Layouts []Layout
}

// Layouts is the port to where layouts are kept.
type Layouts interface {
	// Read returns the layouts of the scope's project, sorted by view, and how often content was withdrawn in its organisation.
	Read(ctx context.Context, s access.Scope) (list []Layout, withdrawn int64, err error)
	// Commit is one transaction with its entries in the ledger; conflict when a layout was changed since it was read.
	Commit(ctx context.Context, c *Change) (change.Committed, error)
}

// Artist is the port to what draws.
type Artist interface {
	// Open prepares a model for drawing. r is what to mark in its pictures; nil marks nothing.
	Open(m *c4.Model, r *drift.Report) Canvas
}

// Canvas draws views of one model. Its methods may be used by several goroutines at once.
type Canvas interface {
	// Draw draws a view, which may be folded, after where things stood the last time, or nil. plain is for a file of its own, else for the viewer.
	Draw(v *c4.View, last *placement.View, plain bool) (svg []byte, at placement.View, err error)
}

// Service is the use case.
type Service struct {
	Projects Projects
	Layouts  Layouts
	Artist   Artist
	// Derive gives the model of what was scanned.
	Derive func(ctx context.Context, s Subject) (*c4.Model, error)
	// Contrast holds two snapshots against each other, or a snapshot against the baseline where from is a baseline's id.
	Contrast func(ctx context.Context, a access.Actor, project id.Project, from, to string) (*Contrasted, error)
	// Standing is what the pictures of a comparison depend on besides.
	Standing func(ctx context.Context, s access.Scope) (Standing, error)
	// Files writes an architecture as files.
	Files func(ctx context.Context, o Files) ([]File, error)
	Now   func() time.Time

	shelf *shelf
}

// New fills in what a service needs besides its ports. most is how many bytes of pictures and models are kept, about.
func New(s Service, most int64) *Service {
	s.shelf = newShelf(most)
	return &s
}

// Limits of what is asked for.
const (
	mostMoments = 200 // of a list; older snapshots are there by their address
	mostFolds   = 200
	mostText    = 4096 // bytes of the key of a view, the id of a node
)

// Moments are the newest snapshots of a project.
func (d *Service) Moments(ctx context.Context, a access.Actor, project id.Project) ([]Moment, error) {
	s, err := access.Decide(a, access.SnapshotRead, access.Resource{Project: project})
	if err != nil {
		return nil, err
	}
	p, err := d.Projects.Scanned(ctx, s)
	if err != nil {
		return nil, err
	}
	defer p.Close() //nolint:errcheck // it was read only
	return p.List(ctx, mostMoments)
}
