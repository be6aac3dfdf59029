package home

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/store/sqldb"
)

// core is an open home, shared by all that hold it.
type core struct {
	org       id.Org
	key       *secret.Key
	db        *sqldb.DB
	objects   Objects // nil for the platform
	dir       string  // "" with PostgreSQL
	random    io.Reader
	committer committer
	homes     *Homes      // nil for a laptop's own
	lock      *sqldb.Lock // of a laptop's own: among processes
	alone     chan struct{}
	writer    chan struct{}
	marked    atomic.Int64 // until when the platform knows that it may be written to

	// step is called between the steps of a change, by name: tests interrupt there. It is nil otherwise.
	step func(name string)

	// Guarded by Homes.mu.
	refs    int
	used    time.Time
	checked time.Time
	closing bool
	ready   chan struct{} // closed when it is open, or could not be opened
	gone    chan struct{} // closed when it is closed
	err     error         // why it could not be opened
}

func newCore(org id.Org, random io.Reader) *core {
	c := &core{org: org, random: random, alone: make(chan struct{}, 1), writer: make(chan struct{}, 1), ready: make(chan struct{}), gone: make(chan struct{})}
	c.committer.core = c
	return c
}

func (c *core) pass(name string) {
	if c.step != nil {
		c.step(name)
	}
}

func (c *core) log() *slog.Logger {
	if c.homes == nil || c.homes.cfg.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return c.homes.cfg.Log
}

// transact runs a transaction that may write. Of a file there is one at a time in this process: SQLite makes a second writer wait by sleeping, mostly longer than
// it has to (sqlite.org/c3ref/busy_timeout.html).
func (c *core) transact(ctx context.Context, fn func(tx *sqldb.Tx) error) error {
	if c.db.Engine() == sqldb.SQLite {
		select {
		case c.writer <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		defer func() { <-c.writer }()
	}
	return c.db.Transact(ctx, fn)
}

// Home is a home that is held until Release.
type Home struct {
	core     *core
	released atomic.Bool
}

// Org is whose home it is.
func (h *Home) Org() id.Org { return h.core.org }

// Key is the key of the organisation.
func (h *Home) Key() *secret.Key { return h.core.key }

// Objects are the large things of the organisation, sealed under its key; those of a laptop's own history are as they are. The platform has none: nil.
func (h *Home) Objects() Objects { return h.core.objects }

// Dir is the folder of the home, "" where it has none.
func (h *Home) Dir() string { return h.core.dir }

// ObjectsDir is the folder of the objects of a home that has a folder.
func (h *Home) ObjectsDir() string { return filepath.Join(h.core.dir, blobDir) }

// DB is the database, for what is asked of it as a whole: Check, Free, Vacuum and Flush. What is written goes through Commit, or is of the closed list.
func (h *Home) DB() *sqldb.DB { return h.core.db }

// Read runs fn in a transaction that sees one state of the home.
func (h *Home) Read(ctx context.Context, fn func(tx *sqldb.Tx) error) error {
	return h.core.db.Read(ctx, fn)
}

// Exclusive runs fn while nobody else of this process runs such a thing on the home; on a laptop, nobody on the machine. It keeps writers from working in
// vain: what keeps the data right is what a change expects.
func (h *Home) Exclusive(ctx context.Context, wait time.Duration, fn func() error) error {
	if h.core.lock != nil {
		return h.core.lock.Hold(ctx, wait, fn)
	}
	late := time.NewTimer(wait)
	defer late.Stop()
	select {
	case h.core.alone <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	case <-late.C:
		return fault.New(fault.Unavailable, "something else is changing the organisation and does not end").WithHelp("try again later")
	}
	defer func() { <-h.core.alone }()
	return fn()
}
