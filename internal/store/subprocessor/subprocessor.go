// Package subprocessor keeps the list of subprocessors and its changes in the platform's home, and what organisations were told and objected in theirs.
//
// It promises: a read is one transaction in the home of its scope; a version of the list is written once, behind the one before it, and never changed; a record is written only where it
// still has the version that was read; what an organisation was told and says is sealed under its key. It leaves out who may do what.
package subprocessor

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/service/subprocessor"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	pure "c4arch/internal/trust/subprocessor"
)

// Homes is what opens the home of a scope.
type Homes interface {
	For(ctx context.Context, s access.Scope) (*home.Home, error)
}

// Store is over homes.
type Store struct{ homes Homes }

// New is over those homes.
func New(homes Homes) *Store { return &Store{homes: homes} }

var _ subprocessor.Store = (*Store)(nil)

// open holds the scope's home. Of the two kinds of homes, platform says which one is meant: the tables of the other kind are not there.
func (st *Store) open(ctx context.Context, s access.Scope, platform bool) (*home.Home, error) {
	if s.Zero() || (s.Org() == id.Platform) != platform {
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

func missing(what string) error { return fault.New(fault.NotFound, "there is no such %s", what) }

func micros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

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

// decode reads JSON that this package wrote.
func decode(text []byte, v any) error {
	if err := json.Unmarshal(text, v); err != nil {
		return fault.Wrap(fault.Internal, err, "a record of subprocessors is damaged")
	}
	return nil
}

func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fault.Wrap(fault.Internal, err, "a record of subprocessors cannot be written")
	}
	return string(b), nil
}

// one runs a statement that must change one row: none is one that was changed meanwhile, or is not there.
func one(ctx context.Context, tx *sqldb.Tx, what, query string, args ...any) error {
	n, err := tx.Exec(ctx, query, args...)
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "the %s was changed meanwhile", what).WithHelp("look at it again, and decide again")
	}
	return err
}

// Settle ends the job.
func (st *Store) Settle(ctx context.Context, s access.Scope, l *job.Lease) error {
	h, err := st.open(ctx, s, true)
	if err != nil {
		return err
	}
	defer h.Release()
	return h.Settle(ctx, home.Progress, l)
}

// Commit writes a notice in an organisation's home.
func (st *Store) Commit(ctx context.Context, c *subprocessor.Change) (change.Committed, error) {
	h, err := st.open(ctx, c.Scope, false)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	sealed, err := seal(h, c.Notice)
	if err != nil {
		return change.Committed{}, err
	}
	return h.Commit(ctx, &c.Envelope, func(ctx context.Context, tx *sqldb.Tx, _ time.Time) error {
		n := c.Notice
		if n.Version == 0 {
			return one(ctx, tx, "notice", `INSERT INTO subprocessor_notice (id, stage, noticed_at, closes_at, sealed, version) VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT DO NOTHING`,
				n.Change, string(n.Stage), stamp(n.At), stamp(n.Closes), sealed)
		}
		return one(ctx, tx, "notice", `UPDATE subprocessor_notice SET stage = $3, closes_at = $4, sealed = $5, version = version + 1 WHERE id = $1 AND version = $2`,
			n.Change, n.Version, string(n.Stage), stamp(n.Closes), sealed)
	})
}

// Operate writes a change of the platform's home.
func (st *Store) Operate(ctx context.Context, c *subprocessor.PlatformChange) (change.Committed, error) {
	h, err := st.open(ctx, c.Scope, true)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	return h.Commit(ctx, &c.Envelope, func(ctx context.Context, tx *sqldb.Tx, _ time.Time) error {
		if err := writeList(ctx, tx, c.List); err != nil {
			return err
		}
		if err := writeChange(ctx, tx, c.Change); err != nil {
			return err
		}
		return writeStanding(ctx, tx, c.Standing)
	})
}

func writeList(ctx context.Context, tx *sqldb.Tx, l *pure.List) error {
	if l == nil {
		return nil
	}
	events, err := encode(l.Events)
	if err != nil {
		return err
	}
	entries, err := encode(l.Entries)
	if err != nil {
		return err
	}
	var newest int
	if _, err := tx.Row(ctx, []any{&newest}, `SELECT COALESCE(MAX(number), 0) FROM subprocessor_list`); err != nil {
		return err
	}
	if newest != l.Number-1 {
		return fault.New(fault.Conflict, "the list was changed meanwhile").WithHelp("look at it again, and decide again")
	}
	return one(ctx, tx, "list", `INSERT INTO subprocessor_list (number, at, digest, events, entries) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		l.Number, stamp(l.At), l.Digest, events, entries)
}

func writeChange(ctx context.Context, tx *sqldb.Tx, c *pure.Change) error {
	if c == nil {
		return nil
	}
	x := *c
	x.Proposer, x.Approver = "", "" // they have columns of their own
	data, err := encode(x)
	if err != nil {
		return err
	}
	if c.Version == 0 {
		return one(ctx, tx, "change", `INSERT INTO supply (id, kind, state, data, proposer, approver, created_at, decided_at, version) VALUES ($1, $2, $3, $4, $5, '', $6, 0, 1)`,
			c.ID, string(c.Kind), string(c.State), data, c.Proposer, stamp(c.At))
	}
	return one(ctx, tx, "change", `UPDATE supply SET state = $3, data = $4, approver = $5, decided_at = $6, version = version + 1 WHERE id = $1 AND version = $2`,
		c.ID, c.Version, string(c.State), data, c.Approver, stamp(c.Decided))
}

func writeStanding(ctx context.Context, tx *sqldb.Tx, t *pure.Standing) error {
	if t == nil {
		return nil
	}
	n := &t.Notice
	data, err := encode(n)
	if err != nil {
		return err
	}
	if t.Version == 0 {
		return one(ctx, tx, "standing", `INSERT INTO supply_standing (supply, organisation, stage, noticed_at, closes_at, settled_at, data, version) VALUES ($1, $2, $3, $4, $5, $6, $7, 1) ON CONFLICT DO NOTHING`,
			t.Change, string(t.Org), string(n.Stage), stamp(n.At), stamp(n.Closes), stamp(n.Settled), data)
	}
	return one(ctx, tx, "standing", `UPDATE supply_standing SET stage = $4, closes_at = $5, settled_at = $6, data = $7, version = version + 1 WHERE supply = $1 AND organisation = $2 AND version = $3`,
		t.Change, string(t.Org), t.Version, string(n.Stage), stamp(n.Closes), stamp(n.Settled), data)
}
