// Package home opens the homes of organisations, one SQLite file each or their rows in one PostgreSQL database, and commits what changes them.
//
// It promises: a change is one transaction: what was expected, the records, the objects, the jobs and last the entries of the ledger; what
// was acknowledged is durable; a scope opens its own organisation's home and no other, and the zero scope none (notfound); no write takes no
// draft of an entry, but for those of the closed list in docs/adr/0011, each of which is a method with a name of its own.
package home

import (
	"context"
	"io"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/store/sqldb"
)

// Keys is the port to the root key: it makes and unwraps keys of organisations. It never runs inside a transaction.
type Keys interface {
	// New makes the key of an organisation, and its wrapped form with the name of the root key that wraps it.
	New(ctx context.Context, org id.Org) (key *secret.Key, wrapped []byte, root string, err error)
	// Open unwraps.
	Open(ctx context.Context, org id.Org, wrapped []byte, root string) (*secret.Key, error)
	// Rewrap wraps under the newest root key; changed is false where it is that already.
	Rewrap(ctx context.Context, org id.Org, wrapped []byte, root string) (again []byte, newest string, changed bool, err error)
}

// Objects is the port to large things of one organisation: package blob has it as a folder and as a bucket.
type Objects interface {
	Write(ctx context.Context, name string, data []byte) error
	// Sync makes what was written, and removed, durable.
	Sync(ctx context.Context) error
	Read(ctx context.Context, name string) ([]byte, error)
	Remove(ctx context.Context, name string) error
	List(ctx context.Context) ([]string, error)
}

// Config is how homes are kept.
type Config struct {
	// Dir is the data directory (0700, one process): DIR/platform.db, DIR/orgs/<id>/home.db and DIR/orgs/<id>/blobs. With Server only for objects.
	Dir string
	// Server is the PostgreSQL database; nil for the embedded engine.
	Server *sqldb.Server
	Keys   Keys
	// Objects are those of an organisation; nil means the folder DIR/orgs/<id>/blobs. They are sealed under the organisation's key by package home.
	Objects func(org id.Org) (Objects, error)
	MaxOpen int           // 0 means 64
	Idle    time.Duration // after which a home is closed; 0 means 5 minutes
	Now     func() time.Time
	Random  io.Reader
}

// Apply writes the records of a change; at is the time of the change.
type Apply func(ctx context.Context, tx *sqldb.Tx, at time.Time) error

// The methods that other packages build on (see the files beside this one):
//
//	func Open(ctx, Config) (*Homes, error)                          // locks the directory, opens and migrates the platform's home
//	func (hs *Homes) For(ctx, access.Scope) (*Home, error)          // the scope's home, held until Release; notfound for the zero scope, unknown, destroyed
//	func (hs *Homes) Create(ctx, platform access.Scope, org id.Org) error // makes the home of an organisation whose directory row is there; a second time is none
//	func (hs *Homes) Forget(ctx, platform access.Scope, org id.Org) error // after its wrapped key was emptied: closes, wipes the key, removes file, objects, rows
//	func (hs *Homes) Rewrap(ctx, platform access.Scope) (changed bool, err error) // the platform's own key under the newest root key
//	func (hs *Homes) Queue() *Queue                                 // implements task.Queue
//	func (hs *Homes) Upkeep(ctx) error                              // each minute: closes idle homes, asks homes that were open for what is due
//	func (hs *Homes) Close() error
//	func Local(ctx, dir string, create bool, key *secret.Key, now time.Time) (*Home, error) // a laptop's own history, not encrypted, shared by processes
//
//	func (h *Home) Commit(ctx, *change.Envelope, Apply) (change.Committed, error)
//	func (h *Home) Read(ctx, func(*sqldb.Tx) error) error
//	func (h *Home) Org() id.Org
//	func (h *Home) Key() *secret.Key
//	func (h *Home) Objects() Objects                                // sealed under the key (a laptop's are not)
//	func (h *Home) Exclusive(ctx, wait time.Duration, fn func() error) error // one at a time: of all processes on a laptop, in this process elsewhere
//	func (h *Home) Release()                                        // of a local home: closes it
//	func (h *Home) Close() error                                    // the same
//	func (h *Home) Dir() string                                     // "" with PostgreSQL
//	func (h *Home) DB() *sqldb.DB                                   // Flush, Vacuum, Free, Check; never to write with
//
// Writes that are no decisions (docs/adr/0011):
//
//	func (h *Home) Stage(ctx, objects []Staged, now time.Time) error // row, object, sync; a change makes them live by naming them in Envelope.Blobs
//	func (h *Home) Drop(ctx, names []string)                        // takes back what was staged
//	func (h *Home) RemoveCondemned(ctx) error                       // objects that a committed change let go
//	func (h *Home) Sweep(ctx, now time.Time) (Swept, error)         // idempotency keys and staged objects older than a day
//	func (h *Home) Upkeep(ctx, Upkeep, func(*sqldb.Tx) error) error // Progress, Checkpoints, Destinations, LastSeen, Indexes: a closed list
//
// Jobs:
//
//	func (h *Home) Jobs(ctx, state job.State, limit int) ([]job.Job, error)
//	func (h *Home) Retry(ctx, *change.Envelope, jobID string) (change.Committed, error) // a dead one; the envelope has the draft job.retried
//
// The ledger's values:
//
//	func SealOpenings(key *secret.Key, index int64, openings map[string]ledger.Opening) ([]byte, error)
//	func OpenOpenings(key *secret.Key, index int64, sealed []byte) (map[string]ledger.Opening, error)
type contract interface {
	Commit(ctx context.Context, env *change.Envelope, apply Apply) (change.Committed, error)
	Read(ctx context.Context, fn func(tx *sqldb.Tx) error) error
	Org() id.Org
	Key() *secret.Key
	Objects() Objects
	Release()
}

var _ = access.Scope{}
