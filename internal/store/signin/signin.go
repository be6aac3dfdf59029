// Package signin keeps sessions, passkeys and what waits for a browser or a device in the platform's home, and invitations and recoveries in those of organisations.
//
// It promises: of a text that somebody holds there is a hash only; what waits is sealed, bound to its hash, and given out once; a record is written only where it still has the
// version that was read; a session that has ended, a passkey that was removed, and a link that was used stay so. It leaves out who may do what.
package signin

import (
	"cmp"
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/signin"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
)

// Homes is what opens the home of a scope.
type Homes interface {
	For(ctx context.Context, s access.Scope) (*home.Home, error)
}

// Store is over homes.
type Store struct{ homes Homes }

// New is over those homes.
func New(homes Homes) *Store { return &Store{homes: homes} }

var (
	_ signin.People        = (*Store)(nil)
	_ signin.Ceremonies    = (*Store)(nil)
	_ signin.Organisations = (*Store)(nil)
)

func (st *Store) open(ctx context.Context, s access.Scope, platform bool) (*home.Home, error) {
	if s.Zero() || (s.Org() == id.Platform) != platform {
		return nil, missing("organisation")
	}
	return st.homes.For(ctx, s)
}

// read runs fn in a transaction. That something is not there ends it as if it were.
func (st *Store) read(ctx context.Context, s access.Scope, platform bool, fn func(*sqldb.Tx) error) error {
	h, err := st.open(ctx, s, platform)
	if err != nil {
		return err
	}
	defer h.Release()
	var none error
	err = h.Read(ctx, func(tx *sqldb.Tx) error {
		if none = fn(tx); fault.KindOf(none) == fault.NotFound {
			return nil
		}
		return none
	})
	return cmp.Or(err, none)
}

func (st *Store) commit(ctx context.Context, env *change.Envelope, platform bool, write func(w *writer) error) (change.Committed, error) {
	h, err := st.open(ctx, env.Scope, platform)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	return h.Commit(ctx, env, func(ctx context.Context, tx *sqldb.Tx, at time.Time) error { return write(&writer{ctx, tx, at}) })
}

// writer writes the records of one change.
type writer struct {
	ctx context.Context
	tx  *sqldb.Tx
	at  time.Time
}

func (w *writer) exec(query string, args ...any) error {
	_, err := w.tx.Exec(w.ctx, query, args...)
	return err
}

// one runs a statement that must change one row: none is one that was changed meanwhile, or is not there.
func (w *writer) one(what, query string, args ...any) error {
	n, err := w.tx.Exec(w.ctx, query, args...)
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "the %s was changed meanwhile", what).WithHelp("look at it again, and decide again")
	}
	return err
}

func missing(what string) error { return fault.New(fault.NotFound, "there is no such %s", what) }

func micros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

type scan = func(...any) error

// list reads all rows of a query.
func list[T any](ctx context.Context, tx *sqldb.Tx, query string, row func(scan) (T, error), args ...any) ([]T, error) {
	all := []T{}
	err := tx.Each(ctx, query, func(s func(...any) error) error {
		v, err := row(s)
		all = append(all, v)
		return err
	}, args...)
	return all, err
}

// single reads the one row of a query that is by a key.
func single[T any](ctx context.Context, tx *sqldb.Tx, what, query string, row func(scan) (T, error), args ...any) (T, error) {
	all, err := list(ctx, tx, query, row, args...)
	var none T
	switch {
	case err != nil:
		return none, err
	case len(all) == 0:
		return none, missing(what)
	}
	return all[0], nil
}

// all reads all rows in the home of a scope.
func all[T any](ctx context.Context, st *Store, s access.Scope, platform bool, query string, row func(scan) (T, error), args ...any) (out []T, err error) {
	err = st.read(ctx, s, platform, func(tx *sqldb.Tx) error {
		tx.Last()
		out, err = list(ctx, tx, query, row, args...)
		return err
	})
	return out, err
}

// one reads one row in the home of a scope.
func one[T any](ctx context.Context, st *Store, s access.Scope, platform bool, what, query string, row func(scan) (T, error), args ...any) (out T, err error) {
	err = st.read(ctx, s, platform, func(tx *sqldb.Tx) error {
		tx.Last()
		out, err = single(ctx, tx, what, query, row, args...)
		return err
	})
	return out, err
}
