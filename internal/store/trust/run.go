package trust

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/change"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
)

// Runs keeps the runs of checks, in the platform's home.
type Runs struct{ st *Store }

// Runs is the store of runs over the same homes.
func (st *Store) Runs() *Runs { return &Runs{st: st} }

// Keep commits runs with their entries.
func (r *Runs) Keep(ctx context.Context, c *assure.Change) (change.Committed, error) {
	return r.st.commit(ctx, &c.Envelope, func(ctx context.Context, _ *home.Home, tx *sqldb.Tx) error {
		for _, k := range c.Runs {
			if _, err := tx.Exec(ctx, `INSERT INTO control_run (id, check_id, outcome, at, run, digest) VALUES ($1, $2, $3, $4, $5, $6)`,
				k.Run.ID, k.Run.Check, string(k.Run.Outcome), k.Run.At.UnixMicro(), string(k.JSON), k.Digest); err != nil {
				return err
			}
		}
		return nil
	})
}

// Newest is the newest run of each check. One that is not what was kept any more is a failure of its check, and says so.
func (r *Runs) Newest(ctx context.Context, s access.Scope) (map[string]control.Run, error) {
	kept, err := r.newestKept(ctx, s)
	newest := make(map[string]control.Run, len(kept))
	for check, k := range kept {
		newest[check] = k.Run
	}
	return newest, err
}

// newestKept are the same, as they lie there. Which ones they are is told by the index alone.
func (r *Runs) newestKept(ctx context.Context, s access.Scope) (map[string]assure.Kept, error) {
	newest, last := map[string]assure.Kept{}, map[string]string{}
	err := r.st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		return tx.Each(ctx, `SELECT a.check_id, a.id, a.run, a.digest FROM (SELECT check_id, MAX(at) AS at FROM control_run GROUP BY check_id) n
			JOIN control_run a ON a.check_id = n.check_id AND a.at = n.at`, func(scan func(...any) error) error {
			var check, name, text, digest string
			if err := scan(&check, &name, &text, &digest); err != nil {
				return err
			}
			if name > last[check] { // two of one instant: the later id
				last[check], newest[check] = name, assure.Kept{Run: decoded(check, text, digest), JSON: []byte(text), Digest: digest}
			}
			return nil
		})
	})
	return newest, err
}

// decoded is a run as it was kept; one that is not that any more is a failure.
func decoded(check, text, digest string) control.Run {
	run, err := assure.Decode([]byte(text), digest)
	if err != nil || run.Check != check {
		return control.Run{Check: check, Outcome: control.Fail, Observations: []control.Observation{{
			Subject: "its newest run", Outcome: control.Fail, Detail: "it was changed since it was kept: its digest is another one",
		}}}
	}
	return run
}

// Past are the newest runs of one check, the last one first.
func (r *Runs) Past(ctx context.Context, s access.Scope, check string, limit int) ([]assure.Kept, error) {
	list := []assure.Kept{}
	err := r.st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		list = list[:0]
		return tx.Each(ctx, `SELECT run, digest, at FROM control_run WHERE check_id = $1 ORDER BY at DESC, id DESC LIMIT $2`, func(scan func(...any) error) error {
			var text, digest string
			var at int64
			if err := scan(&text, &digest, &at); err != nil {
				return err
			}
			run := decoded(check, text, digest)
			if run.At.IsZero() {
				run.At = time.UnixMicro(at).UTC()
			}
			list = append(list, assure.Kept{Run: run, JSON: []byte(text), Digest: digest})
			return nil
		}, check, limit)
	})
	return list, err
}

// old is the rule of what is removed: $1 and $2 are before when a run is old. The newest run of each check stays, however old it is.
const old = `(outcome = 'pass' AND at < $1 OR outcome <> 'pass' AND at < $2)
	AND EXISTS (SELECT 1 FROM control_run b WHERE b.check_id = control_run.check_id AND b.at > control_run.at)`

// Old counts the runs that Prune would remove.
func (r *Runs) Old(ctx context.Context, s access.Scope, age assure.Age) (n int64, err error) {
	err = r.st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		_, err := tx.Row(ctx, []any{&n}, `SELECT count(*) FROM control_run WHERE `+old, age.Passed.UnixMicro(), age.Other.UnixMicro())
		return err
	})
	return n, err
}

// Prune removes runs that are old.
func (r *Runs) Prune(ctx context.Context, c *assure.Pruning) (change.Committed, error) {
	return r.st.commit(ctx, &c.Envelope, func(ctx context.Context, _ *home.Home, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM control_run WHERE `+old, c.Passed.UnixMicro(), c.Other.UnixMicro())
		return err
	})
}
