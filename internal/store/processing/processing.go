// Package processing keeps instructions, texts of the record of processing, the register of transfers and flags, in the homes that they belong to.
//
// It promises: a read is one transaction in the home of its scope; a record is written only where it has the version that was read, and a version of a text once; a change that has
// held work asked about again does so in its own transaction. It leaves out who may do what.
package processing

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/processing"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	values "c4arch/internal/trust/processing"
)

// Homes is what opens the home of a scope.
type Homes interface {
	For(ctx context.Context, s access.Scope) (*home.Home, error)
}

// Store is over homes.
type Store struct{ homes Homes }

// New is over those homes.
func New(homes Homes) *Store { return &Store{homes: homes} }

var _ processing.Store = (*Store)(nil)

// open holds the scope's home. Of the two kinds of homes, platform says which one is meant: the tables of the other are not there.
func (st *Store) open(ctx context.Context, s access.Scope, platform bool) (*home.Home, error) {
	if s.Zero() || (s.Org() == id.Platform) != platform {
		return nil, missing("organisation")
	}
	return st.homes.For(ctx, s)
}

func (st *Store) read(ctx context.Context, s access.Scope, platform bool, fn func(tx *sqldb.Tx) error) error {
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

func missing(what string) error { return fault.New(fault.NotFound, "there is no such %s", what) }

func list[T any](ctx context.Context, tx *sqldb.Tx, query string, row func(scan func(...any) error) (T, error), args ...any) ([]T, error) {
	all := []T{}
	err := tx.Each(ctx, query, func(scan func(...any) error) error {
		v, err := row(scan)
		all = append(all, v)
		return err
	}, args...)
	return all, err
}

// micros is a time as it is kept: 0 is none.
func micros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

func kept(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// mostRows bounds every list.
const mostRows = 2000

// instructionText is what of an instruction stands in one column.
type instructionText struct {
	Title    string           `json:"title"`
	Purposes []values.Purpose `json:"purposes"`
	Narrow   bool             `json:"narrow,omitempty"`
	Reason   string           `json:"reason,omitempty"`
	Marked   int64            `json:"marked,omitempty"`
	Answer   values.Answer    `json:"answer,omitempty"`
	Waiting  string           `json:"waiting,omitempty"`
}

// Instructions are those of the scope's organisation, the newest first.
func (st *Store) Instructions(ctx context.Context, s access.Scope) (all []values.Instruction, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, `SELECT id, source, reference, state, mark, actor, text, from_at, until_at, version FROM instruction ORDER BY id DESC LIMIT $1`, instructionRow, mostRows)
		return err
	})
	return all, err
}

func instructionRow(scan func(...any) error) (i values.Instruction, err error) {
	var text string
	var from, until int64
	if err = scan(&i.ID, &i.Source, &i.Reference, &i.State, &i.Mark, &i.By, &text, &from, &until, &i.Version); err != nil {
		return i, err
	}
	var t instructionText
	if err = json.Unmarshal([]byte(text), &t); err != nil {
		return i, fault.Wrap(fault.Internal, err, "an instruction that is kept cannot be read")
	}
	i.Title, i.Purposes, i.Narrow, i.Reason, i.Answer, i.Waiting = t.Title, t.Purposes, t.Narrow, t.Reason, t.Answer, t.Waiting
	i.From, i.Until, i.Marked = micros(from), micros(until), micros(t.Marked)
	return i, nil
}

// Versions are those of a text, the newest first.
func (st *Store) Versions(ctx context.Context, s access.Scope, kind string, limit int) (all []processing.Version, err error) {
	platform := s.Org() == id.Platform
	query := `SELECT kind, n, digest, body, actor, at FROM record_version WHERE kind = $1 ORDER BY n DESC LIMIT $2`
	if platform {
		query = `SELECT kind, n, digest, body, '', at FROM annex WHERE kind = $1 ORDER BY n DESC LIMIT $2`
	}
	err = st.read(ctx, s, platform, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, query, func(scan func(...any) error) (v processing.Version, err error) {
			var at int64
			err = scan(&v.Kind, &v.N, &v.Digest, &v.Body, &v.Actor, &at)
			v.At = micros(at)
			return v, err
		}, kind, limit)
		return err
	})
	return all, err
}

type transferText struct {
	Mechanism values.Mechanism `json:"mechanism"`
	Module    int              `json:"module,omitempty"`
	Evidence  string           `json:"evidence"`
}

// Transfers are the register, the newest first.
func (st *Store) Transfers(ctx context.Context, s access.Scope) (all []values.Transfer, err error) {
	err = st.read(ctx, s, true, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, `SELECT id, country, recipient, text, from_at, until_at, ended_at, version FROM transfer ORDER BY id DESC LIMIT $1`, transferRow, mostRows)
		return err
	})
	return all, err
}

func transferRow(scan func(...any) error) (t values.Transfer, err error) {
	var text string
	var from, until, ended int64
	if err = scan(&t.ID, &t.Country, &t.Recipient, &text, &from, &until, &ended, &t.Version); err != nil {
		return t, err
	}
	var x transferText
	if err = json.Unmarshal([]byte(text), &x); err != nil {
		return t, fault.Wrap(fault.Internal, err, "a transfer that is kept cannot be read")
	}
	t.Mechanism, t.Module, t.Evidence, t.From, t.Until, t.Ended = x.Mechanism, x.Module, x.Evidence, micros(from), micros(until), micros(ended)
	return t, nil
}

// Flags are those of the platform, the newest first.
func (st *Store) Flags(ctx context.Context, s access.Scope) (all []processing.Flag, err error) {
	err = st.read(ctx, s, true, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, `SELECT organisation, id, title, reason, barred, actor, at, lifted_at, version FROM instruction_flag ORDER BY at DESC, id LIMIT $1`, func(scan func(...any) error) (f processing.Flag, err error) {
			var at, lifted int64
			var barred int
			err = scan((*string)(&f.Organisation), &f.Instruction, &f.Title, &f.Reason, &barred, &f.Actor, &at, &lifted, &f.Version)
			f.Barred, f.At, f.Lifted = barred == 1, micros(at), micros(lifted)
			return f, err
		}, mostRows)
		return err
	})
	return all, err
}

// Scanned is what a scan reads.
func (st *Store) Scanned(ctx context.Context, s access.Scope, scan string) (what string, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		found, err := tx.Row(ctx, []any{&what}, `SELECT coalesce(connection, project) FROM scan WHERE id = $1`, scan)
		if err == nil && !found {
			err = missing("scan")
		}
		return err
	})
	return what, err
}
