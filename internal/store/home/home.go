// Package home opens the homes of organisations, one SQLite file each or their rows in one PostgreSQL database, and commits what changes them.
//
// It promises: a change is one transaction: what was expected, the records, the objects, the jobs and last the entries of the ledger; what
// was acknowledged is durable; a scope opens its own organisation's home and no other, and the zero scope none (notfound); no write takes no
// draft of an entry, but for those of the closed list in docs/adr/0011, each of which is a method with a name of its own.
package home

import (
	"context"
	"io"
	"log/slog"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
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
	// Opened is asked before a home of an organisation is handed out; after an error it is not, and not opened. It looks whether the log is the one that is known from elsewhere.
	// It must not ask for the home by its organisation. nil asks nobody.
	Opened func(ctx context.Context, h *Home) error
	// Restored is an organisation whose home is opened although it is older than what is known of it, without Opened being asked: for the one command that accepts that.
	Restored id.Org
	MaxOpen  int           // 0 means 64
	Idle     time.Duration // after which a home is closed; 0 means 5 minutes
	Now      func() time.Time
	Random   io.Reader
	Log      *slog.Logger  // nil: nothing is logged
	Observe  sqldb.Observe // is told the statements on the embedded engine; with Server its own is
	// Around is called when a change begins to be committed, and what it returns when it ended: traces and metrics. It may be nil.
	Around func(ctx context.Context, s access.Scope) (context.Context, func(error))
}

// Apply writes the records of a change; at is the time of the change.
type Apply func(ctx context.Context, tx *sqldb.Tx, at time.Time) error
