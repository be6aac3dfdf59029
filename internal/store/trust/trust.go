// Package trust keeps what trust rests on: it reads the ledgers of homes for those who audit them, keeps checkpoints, runs of checks, and how far the log of each
// organisation was, and it erases values from entries.
//
// It promises: a row that is damaged is handed on as that, with what is wrong with it, so that the verifier can say where; an erasure takes value, salt and index of the
// person in one transaction with its own entry, and leaves the leaf as it was. It leaves out appending, which package home does, and verifying.
package trust

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
)

// Homes is what opens the home of a scope: all homes of an instance, or a laptop's one.
type Homes interface {
	For(ctx context.Context, s access.Scope) (*home.Home, error)
}

// Store is over homes.
type Store struct {
	homes Homes
	one   *home.Home // in the place of homes
}

// New is over those homes.
func New(homes Homes) *Store { return &Store{homes: homes} }

// Of is over one home that is open already, as a laptop's is; whoever opened it closes it.
func Of(h *home.Home) *Store { return &Store{one: h} }

// open opens the home of a scope, and says how it is let go.
func (st *Store) open(ctx context.Context, s access.Scope) (*home.Home, func(), error) {
	if st.one != nil {
		if s.Zero() || s.Org() != st.one.Org() {
			return nil, nil, fault.New(fault.NotFound, "there is no such organisation")
		}
		return st.one, func() {}, nil
	}
	h, err := st.homes.For(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	return h, h.Release, nil
}

var (
	_ Homes                = (*home.Homes)(nil)
	_ auditing.Log         = (*Store)(nil)
	_ auditing.Checkpoints = (*Store)(nil)
	_ auditing.Heads       = (*Store)(nil)
	_ assure.Store         = (*Runs)(nil)
	_ accounts.Subjects    = (*Store)(nil)
)

// read runs fn in a transaction of the scope's home that sees one state.
func (st *Store) read(ctx context.Context, s access.Scope, fn func(*home.Home, *sqldb.Tx) error) error {
	h, release, err := st.open(ctx, s)
	if err != nil {
		return err
	}
	defer release()
	return h.Read(ctx, func(tx *sqldb.Tx) error { return fn(h, tx) })
}

// commit commits a change in its home; apply may be nil.
func (st *Store) commit(ctx context.Context, env *change.Envelope, apply func(ctx context.Context, h *home.Home, tx *sqldb.Tx) error) (change.Committed, error) {
	h, release, err := st.open(ctx, env.Scope)
	if err != nil {
		return change.Committed{}, err
	}
	defer release()
	if apply == nil {
		return h.Commit(ctx, env, nil)
	}
	return h.Commit(ctx, env, func(ctx context.Context, tx *sqldb.Tx, _ time.Time) error { return apply(ctx, h, tx) })
}

// Append commits a change that writes nothing besides its entries.
func (st *Store) Append(ctx context.Context, env *change.Envelope) (change.Committed, error) {
	return st.commit(ctx, env, nil)
}
