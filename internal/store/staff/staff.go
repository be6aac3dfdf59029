// Package staff keeps the platform's own people and what takes two of them in the platform's home, and what they may look at in the homes of organisations.
//
// It promises: a read is one transaction in the home of its scope; a write is one change, whose records are written only where they still have the version that was read; a
// grant that is in force, one that is over and one that never was take the same statements. It leaves out who may do what.
package staff

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/staff"
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

var _ staff.Store = (*Store)(nil)

// open holds the scope's home. Of the two kinds of homes, platform says which one is meant: the tables of the other kind are not there.
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

// one runs a statement that must change one row: none is one that was changed meanwhile, or is not there.
func (w *writer) one(what, query string, args ...any) error {
	n, err := w.tx.Exec(w.ctx, query, args...)
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "the %s was changed meanwhile", what).WithHelp("look at it again, and decide again")
	}
	return err
}

func (w *writer) exec(query string, args ...any) error {
	_, err := w.tx.Exec(w.ctx, query, args...)
	return err
}

func missing(what string) error { return fault.New(fault.NotFound, "there is no such %s", what) }

// micros is a time, zero for 0.
func micros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// stamp is how a time is kept: 0 for none.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// list reads all rows of a query.
func list[T any](ctx context.Context, tx *sqldb.Tx, query string, row func(scan func(...any) error) (T, error), args ...any) ([]T, error) {
	all := []T{}
	err := tx.Each(ctx, query, func(scan func(...any) error) error {
		v, err := row(scan)
		all = append(all, v)
		return err
	}, args...)
	return all, err
}

// single reads the one row of a query that is by a key.
func single[T any](ctx context.Context, tx *sqldb.Tx, what, query string, row func(scan func(...any) error) (T, error), args ...any) (T, error) {
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

// decode reads JSON that this package wrote.
func decode(text string, v any) error {
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return fault.Wrap(fault.Internal, err, "a record of staff is damaged")
	}
	return nil
}
