package stream

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/stream"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
)

func recordRow(scan func(...any) error) (r stream.Record, err error) {
	var at int64
	err = scan(&r.Seq, &at, &r.Actor, &r.Surface, &r.Method, &r.Route, &r.Status, &r.Decision, &r.Policy, &r.Request, &r.Count)
	r.At = micros(at)
	return r, err
}

// Records are the next of the access log from a number on.
func (st *Store) Records(ctx context.Context, s access.Scope, from int64, limit int) (all []stream.Record, err error) {
	err = st.read(ctx, s, true, func(_ *home.Home, tx *sqldb.Tx) error {
		all, err = list(ctx, tx, `SELECT seq, at, actor, surface, method, route, status, decision, policy, request, count FROM access_log WHERE seq >= $1 ORDER BY seq LIMIT $2`, recordRow, from, limit)
		return err
	})
	for i := range all {
		all[i].Org = s.Org()
	}
	return all, err
}

const newestRecord = `SELECT COALESCE(max(seq), 0) FROM access_log`

// Last is the number of the newest record.
func (st *Store) Last(ctx context.Context, s access.Scope) (n int64, err error) {
	err = st.read(ctx, s, true, func(_ *home.Home, tx *sqldb.Tx) error {
		_, err := tx.Row(ctx, []any{&n}, newestRecord)
		return err
	})
	return n, err
}

// writers is how often a batch is numbered again because another replica wrote at the same time.
const writers = 5

// Write appends records. Each is numbered behind the newest: of two replicas that write at once, one gives way and numbers its batch again, so that a number that can be read has
// every one before it.
func (st *Store) Write(ctx context.Context, s access.Scope, all []stream.Record) (err error) {
	for range writers {
		err = st.upkeep(ctx, s, true, home.AccessLog, func(tx *sqldb.Tx) error { return appendAll(ctx, tx, all) })
		if fault.KindOf(err) != fault.Conflict {
			return err
		}
	}
	return err
}

func appendAll(ctx context.Context, tx *sqldb.Tx, all []stream.Record) error {
	var last int64
	if _, err := tx.Row(ctx, []any{&last}, newestRecord); err != nil {
		return err
	}
	for i, r := range all {
		n, err := tx.Exec(ctx, `INSERT INTO access_log (seq, at, actor, surface, method, route, status, decision, policy, request, count)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (org_id, seq) DO NOTHING`,
			last+1+int64(i), kept(r.At), string(r.Actor), string(r.Surface), r.Method, r.Route, r.Status, string(r.Decision), r.Policy, r.Request, r.Count)
		if err != nil {
			return err
		}
		if n != 1 {
			return fault.New(fault.Conflict, "somebody else wrote the access log")
		}
	}
	return nil
}
