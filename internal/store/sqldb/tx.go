package sqldb

import (
	"context"
	"errors"

	"c4arch/internal/base/fault"
)

// Tx is a transaction. Statements have $1, $2 for their arguments, in any order and more than once.
//
// A statement that fails, fails the transaction, or the innermost savepoint: what follows is refused until that is rolled back. (PostgreSQL is so;
// SQLite is made so.) A Tx is used by one goroutine.
type Tx struct {
	db     *DB
	s      session
	write  bool
	depth  int
	failed error
}

// Transact runs fn in a transaction that may write: on SQLite it has the database for itself among writers from its beginning, on PostgreSQL it is READ
// COMMITTED. When fn returns an error or panics, or the commit fails, nothing happened; but see [ErrUnknownOutcome].
func (db *DB) Transact(ctx context.Context, fn func(*Tx) error) error {
	return db.run(ctx, false, fn)
}

// Read runs fn in a transaction that sees one state of the database, whatever others write meanwhile.
func (db *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	return db.run(ctx, true, fn)
}

func (db *DB) run(ctx context.Context, readOnly bool, fn func(*Tx) error) error {
	s, err := db.engine.begin(ctx, readOnly)
	if err != nil {
		return db.fault(ctx, err)
	}
	defer s.rollback() // after a commit it does nothing
	db.say(ctx, "BEGIN")
	tx := &Tx{db: db, s: s, write: !readOnly}
	if err := fn(tx); err != nil {
		db.say(ctx, "ROLLBACK")
		return err
	}
	if tx.failed != nil {
		db.say(ctx, "ROLLBACK")
		return tx.failed
	}
	db.say(ctx, "COMMIT")
	err = s.commit(ctx)
	if readOnly && errors.Is(err, ErrUnknownOutcome) {
		return nil // it has read what it wanted
	}
	return db.fault(ctx, err)
}

// DB is what the transaction is on.
func (tx *Tx) DB() *DB { return tx.db }

// ForUpdate is what a SELECT ends with that locks the rows it reads. On SQLite the whole transaction is locked already.
func (tx *Tx) ForUpdate() string {
	if tx.db.Engine() == PostgreSQL {
		return " FOR UPDATE"
	}
	return ""
}

// SkipLocked is what a SELECT ends with that locks the rows it reads, and passes over those that another transaction has locked.
func (tx *Tx) SkipLocked() string {
	if tx.db.Engine() == PostgreSQL {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// ready says why a statement cannot be run.
func (tx *Tx) ready(ctx context.Context, query string, args []any) ([]any, error) {
	if tx.failed != nil {
		return nil, fault.Wrap(fault.KindOf(tx.failed), tx.failed, "an earlier statement of this transaction failed")
	}
	list, err := values(args)
	if err != nil {
		return nil, err
	}
	tx.db.say(ctx, query)
	return list, nil
}

// done gives an error its kind, and remembers it.
func (tx *Tx) done(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	err = tx.db.fault(ctx, err)
	if tx.write {
		tx.failed = err
	}
	return err
}

// Exec runs a statement and returns how many rows it changed.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	args, err := tx.ready(ctx, query, args)
	if err != nil {
		return 0, err
	}
	n, err := tx.s.exec(ctx, query, args)
	return n, tx.done(ctx, err)
}

// Queue runs a statement of which only success matters. On PostgreSQL it is sent together with the next statement that is waited for, or with the commit, and its
// error is that one's: it saves a round trip.
func (tx *Tx) Queue(ctx context.Context, query string, args ...any) error {
	args, err := tx.ready(ctx, query, args)
	if err != nil {
		return err
	}
	return tx.done(ctx, tx.s.queue(ctx, query, args))
}

// Last says that the next query is the last statement of a transaction that only reads. On PostgreSQL the end is sent together with it: it saves a round trip. In one that may write
// it means nothing.
func (tx *Tx) Last() {
	if !tx.write && tx.failed == nil {
		tx.s.last()
	}
}

// Row reads the first row of a query; found is false when there is none.
func (tx *Tx) Row(ctx context.Context, to []any, query string, args ...any) (found bool, err error) {
	args, err = tx.ready(ctx, query, args)
	if err != nil {
		return false, err
	}
	r, err := tx.s.query(ctx, query, args)
	if err != nil {
		return false, tx.done(ctx, err)
	}
	if found = r.Next(); found {
		if err := r.Scan(to...); err != nil {
			_ = r.Close()
			return false, tx.db.fault(ctx, err) // what was asked for, not what the engine did
		}
	}
	err = errors.Join(r.Close(), r.Err())
	return found && err == nil, tx.done(ctx, err)
}

// Each calls fn for each row of a query. fn may run other statements.
func (tx *Tx) Each(ctx context.Context, query string, fn func(scan func(...any) error) error, args ...any) error {
	args, err := tx.ready(ctx, query, args)
	if err != nil {
		return err
	}
	r, err := tx.s.query(ctx, query, args)
	if err != nil {
		return tx.done(ctx, err)
	}
	defer r.Close() //nolint:errcheck // Err tells
	for r.Next() {
		if err := fn(func(to ...any) error { return tx.db.fault(ctx, r.Scan(to...)) }); err != nil {
			return err
		}
	}
	return tx.done(ctx, r.Err())
}

// Savepoint runs fn; when it returns an error, what it did is undone, its error returned, and the transaction can be used further. After some
// errors it cannot (a lost connection, a full disk): then every further statement and the commit are refused.
func (tx *Tx) Savepoint(ctx context.Context, fn func(*Tx) error) error {
	if tx.failed != nil {
		return fault.Wrap(fault.KindOf(tx.failed), tx.failed, "an earlier statement of this transaction failed")
	}
	tx.depth++
	defer func() { tx.depth-- }()
	tx.db.say(ctx, "SAVEPOINT")
	m, err := tx.s.save(ctx, tx.depth)
	if err != nil {
		return tx.done(ctx, err)
	}
	err = fn(tx)
	if err == nil && tx.failed == nil {
		tx.db.say(ctx, "RELEASE")
		if err = tx.done(ctx, m.release(ctx)); err == nil {
			return nil
		}
	}
	if err == nil {
		err = tx.failed
	}
	tx.db.say(ctx, "ROLLBACK TO")
	tx.failed = nil
	if back := m.rollback(ctx); back != nil {
		tx.failed = tx.db.fault(ctx, errors.Join(err, back))
	}
	return err
}
