// Package sqldb is a database on two engines behind one handle: a SQLite file, encrypted or plain, that is shared by processes and survives being
// killed, or the rows of one organisation in a PostgreSQL database under forced row security.
//
// It promises, on both: what a transaction committed is durable when [DB.Transact] returns; a transaction is whole or not at all; an error has a kind of package
// fault, told by the engine's code and not by its words, and shows no value; statements are written with $1, $2, and a text that one engine would refuse (a NUL
// byte, invalid UTF-8) is refused by both. A transaction on PostgreSQL sees the rows of its organisation only, and the connection that it used carries none afterwards.
//
// It leaves out everything that only one of the two has (what must differ is [Tx.ForUpdate] and its like), and who may see what: it is handed the organisation.
package sqldb

import (
	"context"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
)

// Engine is which of the two it is.
type Engine string

// The engines.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgresql"
)

// Observe is told the text of each statement before it is run, with those that begin and end transactions and savepoints. It is told no argument.
type Observe func(ctx context.Context, statement string)

// Options are how a file is opened. The zero value is right for use.
type Options struct {
	// Key encrypts the file (32 bytes); empty means that it is plain. It stands in no error and in no URI.
	Key secret.Value
	// Wait is how long a transaction waits for another writer; 0 means 30 s.
	Wait time.Duration
	// MaxPages bounds the file, as a full disk would; 0 is no bound.
	MaxPages int
	Observe  Observe
}

// DB is an open file, or one organisation's part of a server.
type DB struct {
	name    string // for messages: no secret is in it
	observe Observe
	engine  engine
}

// engine is what the two do differently.
type engine interface {
	kind() Engine
	begin(ctx context.Context, readOnly bool) (session, error)
	// fault gives an error its kind and words.
	fault(err error) error
	close() error
}

// session is one transaction of an engine. After an error of any method but commit only savepoint's and rollback are called.
type session interface {
	exec(ctx context.Context, query string, args []any) (int64, error)
	// queue runs the statement now, or with the next one that is waited for.
	queue(ctx context.Context, query string, args []any) error
	query(ctx context.Context, query string, args []any) (rows, error)
	// last says that the next query is the last thing of a transaction that reads, so that its end can go with it.
	last()
	save(ctx context.Context, depth int) (mark, error)
	commit(ctx context.Context) error
	rollback()
}

// mark is a savepoint.
type mark interface {
	release(ctx context.Context) error
	rollback(ctx context.Context) error
}

// rows are the result of a query.
type rows interface {
	Next() bool
	Scan(to ...any) error
	Err() error
	Close() error
}

// Engine is which engine it is.
func (db *DB) Engine() Engine { return db.engine.kind() }

// Path is where the file is; of a part of a server it says whose it is.
func (db *DB) Path() string { return db.name }

// Close lets it go. A part of a server has nothing to let go.
func (db *DB) Close() error { return db.engine.close() }

// fault gives an error its kind. A cancelled context stays what it is.
func (db *DB) fault(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return db.engine.fault(err)
}

func (db *DB) say(ctx context.Context, statement string) {
	if db.observe != nil {
		db.observe(ctx, statement)
	}
}

// ErrUnknownOutcome says that the connection was lost while a transaction was being committed: it is whole or not at all, but which of the two cannot be said.
var ErrUnknownOutcome error = fault.New(fault.Unavailable, "the database went away during a commit: whether it was done is not known").
	WithHelp("ask again under the same idempotency key")

// noHome is what an organisation that is none gets.
type noHome struct{}

func (noHome) kind() Engine          { return PostgreSQL }
func (noHome) close() error          { return nil }
func (noHome) fault(err error) error { return err }

func (noHome) begin(context.Context, bool) (session, error) {
	return nil, fault.New(fault.NotFound, "there is no such organisation")
}
