// Package stream keeps the access log, streams, how far they are, and what of them was put aside, in the homes that they belong to.
//
// It promises: a read is one transaction in the home of its scope; what is asked for by an id that another home has takes the same statements, and gives the same answer, as by
// one that exists nowhere; a secret is sealed under the organisation's key, bound to its record; the numbers of the access log have no gaps, so that whoever reads on from a number
// misses nothing, whichever replica wrote. It leaves out who may do what.
package stream

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/stream"
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

var _ stream.Store = (*Store)(nil)

// open holds the scope's home. The platform's has an access log and no streams.
func (st *Store) open(ctx context.Context, s access.Scope, platform bool) (*home.Home, error) {
	if s.Zero() || s.Org() == id.Platform && !platform {
		return nil, missing("organisation")
	}
	return st.homes.For(ctx, s)
}

// read runs fn in a transaction. That something is not there ends it as if it were.
func (st *Store) read(ctx context.Context, s access.Scope, platform bool, fn func(h *home.Home, tx *sqldb.Tx) error) error {
	h, err := st.open(ctx, s, platform)
	if err != nil {
		return err
	}
	defer h.Release()
	var none error
	err = h.Read(ctx, func(tx *sqldb.Tx) error {
		if none = fn(h, tx); fault.KindOf(none) == fault.NotFound {
			return nil
		}
		return none
	})
	return cmp.Or(err, none)
}

// upkeep writes what is no decision.
func (st *Store) upkeep(ctx context.Context, s access.Scope, platform bool, u home.Upkeep, fn func(tx *sqldb.Tx) error) error {
	h, err := st.open(ctx, s, platform)
	if err != nil {
		return err
	}
	defer h.Release()
	return h.Upkeep(ctx, u, fn)
}

func missing(what string) error { return fault.New(fault.NotFound, "there is no such %s", what) }

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

const streamColumns = `SELECT id, kind, name, settings, COALESCE(secret, ''), off, created_at, version FROM stream`

func streamRow(scan func(...any) error) (st stream.Stream, err error) {
	var settings string
	var off, created int64
	if err = scan(&st.ID, &st.Kind, &st.Name, &settings, &st.Secret, &off, &created, &st.Version); err != nil {
		return st, err
	}
	st.Off, st.Created = off == 1, micros(created)
	if json.Unmarshal([]byte(settings), &st.Settings) != nil {
		err = fault.New(fault.Internal, "the settings of a stream cannot be read")
	}
	return st, err
}

// Streams are all of the scope's organisation.
func (st *Store) Streams(ctx context.Context, s access.Scope) (all []stream.Stream, err error) {
	err = st.read(ctx, s, false, func(_ *home.Home, tx *sqldb.Tx) error {
		all, err = list(ctx, tx, streamColumns+` ORDER BY id`, streamRow)
		return err
	})
	return all, err
}

// Stream is one of them.
func (st *Store) Stream(ctx context.Context, s access.Scope, name string) (found stream.Stream, err error) {
	err = st.read(ctx, s, false, func(_ *home.Home, tx *sqldb.Tx) error {
		found, err = single(ctx, tx, "stream", streamColumns+` WHERE id = $1`, streamRow, name)
		return err
	})
	return found, err
}

// Secret opens the secret of a stream.
func (st *Store) Secret(ctx context.Context, s access.Scope, of stream.Stream) (found stream.Secret, err error) {
	err = st.read(ctx, s, false, func(h *home.Home, tx *sqldb.Tx) error {
		var text []byte
		found, err = single(ctx, tx, "secret", `SELECT s.id, s.version, s.sealed FROM secret s JOIN stream t ON t.org_id = s.org_id AND t.secret = s.id WHERE t.id = $1`,
			func(scan func(...any) error) (x stream.Secret, err error) {
				return x, scan(&x.ID, &x.Version, &text)
			}, of.ID)
		if err != nil {
			return err
		}
		plain, err := h.Key().Open(secret.ForSecrets, found.ID, text)
		if err != nil {
			return fault.Wrap(fault.Internal, err, "the secret of a stream")
		}
		found.Value = secret.New(plain)
		return nil
	})
	return found, err
}

const positionColumns = `SELECT stream, source, next, attempts, since, retry_at, error, at FROM stream_position`

func positionRow(scan func(...any) error) (p stream.Position, err error) {
	var since, retry, at int64
	err = scan(&p.Stream, &p.Source, &p.Next, &p.Attempts, &since, &retry, &p.Error, &at)
	p.Since, p.RetryAt, p.At = micros(since), micros(retry), micros(at)
	return p, err
}

// Positions are those of a stream in the order in which its sources are sent, or of all with "".
func (st *Store) Positions(ctx context.Context, s access.Scope, name string) (all []stream.Position, err error) {
	err = st.read(ctx, s, false, func(_ *home.Home, tx *sqldb.Tx) error {
		query, args := positionColumns+` ORDER BY stream, CASE source WHEN 'ledger' THEN 0 WHEN 'access' THEN 1 ELSE 2 END`, []any(nil)
		if name != "" {
			query, args = positionColumns+` WHERE stream = $1 ORDER BY CASE source WHEN 'ledger' THEN 0 WHEN 'access' THEN 1 ELSE 2 END`, []any{name}
		}
		all, err = list(ctx, tx, query, positionRow, args...)
		return err
	})
	return all, err
}

const deliveryColumns = `SELECT id, stream, source, first, last, state, attempts, error, at, version FROM delivery`

func deliveryRow(scan func(...any) error) (d stream.Delivery, err error) {
	var at int64
	err = scan(&d.ID, &d.Stream, &d.Source, &d.First, &d.Last, &d.State, &d.Attempts, &d.Error, &at, &d.Version)
	d.At = micros(at)
	return d, err
}

// Deliveries are what was put aside of a stream.
func (st *Store) Deliveries(ctx context.Context, s access.Scope, name string, state stream.State, after string, limit int) (all []stream.Delivery, err error) {
	err = st.read(ctx, s, false, func(_ *home.Home, tx *sqldb.Tx) error {
		all, err = list(ctx, tx, deliveryColumns+` WHERE stream = $1 AND id > $2 AND ($3 = '' OR state = $3) ORDER BY id LIMIT $4`, deliveryRow, name, after, string(state), limit)
		return err
	})
	return all, err
}

// Delivery is one of them.
func (st *Store) Delivery(ctx context.Context, s access.Scope, name, delivery string) (d stream.Delivery, err error) {
	err = st.read(ctx, s, false, func(_ *home.Home, tx *sqldb.Tx) error {
		d, err = single(ctx, tx, "delivery", deliveryColumns+` WHERE id = $1 AND stream = $2`, deliveryRow, delivery, name)
		return err
	})
	return d, err
}

// Move takes a position on, where it is the one it was.
func (st *Store) Move(ctx context.Context, s access.Scope, m stream.Move) error {
	return st.upkeep(ctx, s, false, home.Positions, func(tx *sqldb.Tx) error { return move(ctx, tx, m) })
}

func move(ctx context.Context, tx *sqldb.Tx, m stream.Move) error {
	n, err := tx.Exec(ctx, `UPDATE stream_position SET next = $4, attempts = $5, since = $6, retry_at = $7, error = $8, at = $9 WHERE stream = $1 AND source = $2 AND next = $3 AND attempts = $10`,
		m.From.Stream, string(m.From.Source), m.From.Next, m.To.Next, m.To.Attempts, kept(m.To.Since), kept(m.To.RetryAt), m.To.Error, kept(m.To.At), m.From.Attempts)
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "the stream is elsewhere by now")
	}
	return err
}

// Settle ends a job that decided nothing.
func (st *Store) Settle(ctx context.Context, s access.Scope, l *job.Lease) error {
	h, err := st.open(ctx, s, false)
	if err != nil {
		return err
	}
	defer h.Release()
	return h.Settle(ctx, home.Positions, l)
}
