// Package governance keeps owners, risks, decisions and the measures of versions of the program, in the platform's home.
//
// It promises: a read is one transaction in the platform's home and in no other; a write is one change, whose records are written only where they still have the version that was read;
// what a decision says is written once and never again. It leaves out who may do what.
package governance

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	service "c4arch/internal/service/governance"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/governance"
)

// Homes is what opens the home of a scope.
type Homes interface {
	For(ctx context.Context, s access.Scope) (*home.Home, error)
}

// Store is over homes.
type Store struct{ homes Homes }

// New is over those homes.
func New(homes Homes) *Store { return &Store{homes: homes} }

var _ service.Store = (*Store)(nil)

func (st *Store) open(ctx context.Context, s access.Scope) (*home.Home, error) {
	if s.Zero() || s.Org() != id.Platform {
		return nil, missing("programme")
	}
	return st.homes.For(ctx, s)
}

// read runs fn in a transaction. That something is not there ends it as if it were.
func (st *Store) read(ctx context.Context, s access.Scope, fn func(*sqldb.Tx) error) error {
	h, err := st.open(ctx, s)
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

// all reads a list in one transaction.
func all[T any](ctx context.Context, st *Store, s access.Scope, query string, row func(scan func(...any) error) (T, error), args ...any) (out []T, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		out, err = list(ctx, tx, query, row, args...)
		return err
	})
	return out, err
}

// one reads what has a key in one transaction.
func one[T any](ctx context.Context, st *Store, s access.Scope, what, query string, row func(scan func(...any) error) (T, error), args ...any) (out T, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		out, err = single(ctx, tx, what, query, row, args...)
		return err
	})
	return out, err
}

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

// decode reads JSON that this package wrote.
func decode(text string, v any) error {
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return fault.Wrap(fault.Internal, err, "a record of the programme is damaged")
	}
	return nil
}

func encode(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", fault.Wrap(fault.Internal, err, "a record of the programme cannot be written")
	}
	return string(text), nil
}

// mostOwners bounds the list of owners.
const mostOwners = 2000

// Owners are all.
func (st *Store) Owners(ctx context.Context, s access.Scope) ([]governance.Owner, error) {
	return all(ctx, st, s, `SELECT item, person, since, opened_at, version FROM owner ORDER BY item LIMIT $1`, func(scan func(...any) error) (o governance.Owner, err error) {
		var since, opened int64
		err = scan(&o.Item, &o.Person, &since, &opened, &o.Version)
		o.Since, o.Opened = micros(since), micros(opened)
		return o, err
	}, mostOwners)
}

const riskColumns = `SELECT id, title, threat, likelihood, impact, target_likelihood, target_impact, treatment, plan, controls, acceptor, accepted_at, review_at, reviewed_at, state,
	created_at, changed_at, version FROM risk`

func riskRow(scan func(...any) error) (r governance.Risk, err error) {
	var controls string
	var accepted, review, reviewed, created, changed int64
	if err := scan(&r.ID, &r.Title, &r.Threat, &r.Inherent.Likelihood, &r.Inherent.Impact, &r.Target.Likelihood, &r.Target.Impact, &r.Treatment, &r.Plan, &controls, &r.Accepted.Person,
		&accepted, &review, &reviewed, &r.State, &created, &changed, &r.Version); err != nil {
		return r, err
	}
	r.Accepted.At, r.Review, r.Reviewed, r.Created, r.Changed = micros(accepted), micros(review), micros(reviewed), micros(created), micros(changed)
	return r, decode(controls, &r.Controls)
}

// Risks are all.
func (st *Store) Risks(ctx context.Context, s access.Scope) ([]governance.Risk, error) {
	return all(ctx, st, s, riskColumns+` ORDER BY id LIMIT $1`, riskRow, 2*governance.MaxRisks)
}

// Risk is one.
func (st *Store) Risk(ctx context.Context, s access.Scope, risk string) (governance.Risk, error) {
	return one(ctx, st, s, "risk", riskColumns+` WHERE id = $1`, riskRow, risk)
}

const snapshotColumns = `SELECT risk, at, likelihood, impact, residual_likelihood, residual_impact, failing FROM risk_snapshot s`

func snapshotRow(scan func(...any) error) (x governance.Snapshot, err error) {
	var at int64
	var failing string
	if err := scan(&x.Risk, &at, &x.Inherent.Likelihood, &x.Inherent.Impact, &x.Residual.Likelihood, &x.Residual.Impact, &failing); err != nil {
		return x, err
	}
	x.At = micros(at)
	return x, decode(failing, &x.Failing)
}

// Snapshots are the newest of one risk, the last one first.
func (st *Store) Snapshots(ctx context.Context, s access.Scope, risk string, limit int) ([]governance.Snapshot, error) {
	return all(ctx, st, s, snapshotColumns+` WHERE risk = $1 ORDER BY at DESC LIMIT $2`, snapshotRow, risk, limit)
}

// Newest is the last of each risk.
func (st *Store) Newest(ctx context.Context, s access.Scope) (map[string]governance.Snapshot, error) {
	rows, err := all(ctx, st, s, snapshotColumns+` WHERE at = (SELECT MAX(at) FROM risk_snapshot o WHERE o.org_id = s.org_id AND o.risk = s.risk)`, snapshotRow)
	last := make(map[string]governance.Snapshot, len(rows))
	for _, x := range rows {
		last[x.Risk] = x
	}
	return last, err
}

const decisionColumns = `SELECT id, kind, cause, title, context, options, decision, links, about, supersedes, proposed_at, digest, state, proposer, decider, reason, decided_at, superseded,
	version FROM decision`

func decisionRow(scan func(...any) error) (d governance.Decision, err error) {
	var links string
	var proposed, decided int64
	if err := scan(&d.ID, &d.Kind, &d.Trigger, &d.Title, &d.Context, &d.Options, &d.Decision, &links, &d.Subject, &d.Supersedes, &proposed, &d.Digest, &d.State, &d.Proposer, &d.Decider,
		&d.Reason, &decided, &d.By, &d.Version); err != nil {
		return d, err
	}
	d.Proposed, d.Decided = micros(proposed), micros(decided)
	return d, decode(links, &d.Links)
}

// Decisions are the newest, the last one first.
func (st *Store) Decisions(ctx context.Context, s access.Scope, limit int) ([]governance.Decision, error) {
	return all(ctx, st, s, decisionColumns+` ORDER BY id DESC LIMIT $1`, decisionRow, limit)
}

// Decision is one.
func (st *Store) Decision(ctx context.Context, s access.Scope, decision string) (governance.Decision, error) {
	return one(ctx, st, s, "decision", decisionColumns+` WHERE id = $1`, decisionRow, decision)
}

// Catalogue is the list of measures that was taken last.
func (st *Store) Catalogue(ctx context.Context, s access.Scope) (governance.Recorded, error) {
	rows, err := all(ctx, st, s, `SELECT at, digest, program, measures, decision FROM catalogue ORDER BY at DESC LIMIT 1`, func(scan func(...any) error) (r governance.Recorded, err error) {
		var at int64
		var measures string
		if err := scan(&at, &r.Digest, &r.Program, &measures, &r.Decision); err != nil {
			return r, err
		}
		r.At = micros(at)
		return r, decode(measures, &r.Measures)
	})
	if err != nil || len(rows) == 0 {
		return governance.Recorded{}, err
	}
	return rows[0], nil
}

// Commit writes a change.
func (st *Store) Commit(ctx context.Context, c *service.Change) (change.Committed, error) {
	h, err := st.open(ctx, c.Scope)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	return h.Commit(ctx, &c.Envelope, func(ctx context.Context, tx *sqldb.Tx, _ time.Time) error { return (&writer{ctx, tx}).all(c) })
}
