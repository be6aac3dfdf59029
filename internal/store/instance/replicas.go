package instance

import (
	"context"
	"encoding/json"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/upkeep"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
)

var _ upkeep.Replicas = (*Store)(nil)

// maxReplicas bounds how many are read: more than a thousand processes of one instance are none that serve.
const maxReplicas = 1000

// Beat keeps what a replica says of itself. Where the database has a clock of its own, it is compared: times of the instance are those of its replicas.
func (st *Store) Beat(ctx context.Context, s access.Scope, r upkeep.Replica, before time.Time) error {
	h, err := st.homes.For(ctx, s)
	if err != nil {
		return err
	}
	defer h.Release()
	checks, err := json.Marshal(r.Checks)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "what a replica found cannot be written")
	}
	return h.Upkeep(ctx, home.Replicas, func(tx *sqldb.Tx) error {
		ahead := int64(0)
		if tx.DB().Engine() == sqldb.PostgreSQL {
			var there int64
			if _, err := tx.Row(ctx, []any{&there}, `SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint`); err != nil {
				return err
			}
			ahead = r.Seen.UnixMicro() - there
		}
		if err := tx.Queue(ctx, `INSERT INTO replica (id, version, started_at, seen_at, workers, listening, engine, step, ahead, checks) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
			ON CONFLICT (org_id, id) DO UPDATE SET seen_at = excluded.seen_at, listening = excluded.listening, ahead = excluded.ahead, checks = excluded.checks`,
			r.ID, r.Version, r.Started.UnixMicro(), r.Seen.UnixMicro(), r.Workers, r.Listening, r.Engine, r.Step, ahead, string(checks)); err != nil {
			return err
		}
		return tx.Queue(ctx, `DELETE FROM replica WHERE seen_at < $1`, before.UnixMicro())
	})
}

// Leave removes the row of a replica that ends.
func (st *Store) Leave(ctx context.Context, s access.Scope, replica string) error {
	h, err := st.homes.For(ctx, s)
	if err != nil {
		return err
	}
	defer h.Release()
	return h.Upkeep(ctx, home.Replicas, func(tx *sqldb.Tx) error {
		return tx.Queue(ctx, `DELETE FROM replica WHERE id = $1`, replica)
	})
}

// Replicas are all, the one that was started last first.
func (st *Store) Replicas(ctx context.Context, s access.Scope) ([]upkeep.Replica, error) {
	h, err := st.homes.For(ctx, s)
	if err != nil {
		return nil, err
	}
	defer h.Release()
	list := []upkeep.Replica{}
	err = h.Read(ctx, func(tx *sqldb.Tx) error {
		list = list[:0]
		return tx.Each(ctx, `SELECT id, version, started_at, seen_at, workers, listening, engine, step, ahead, checks FROM replica ORDER BY started_at DESC, id LIMIT $1`, func(scan func(...any) error) error {
			var r upkeep.Replica
			var started, seen, ahead int64
			var checks string
			if err := scan(&r.ID, &r.Version, &started, &seen, &r.Workers, &r.Listening, &r.Engine, &r.Step, &ahead, &checks); err != nil {
				return err
			}
			r.Started, r.Seen, r.Ahead = time.UnixMicro(started).UTC(), time.UnixMicro(seen).UTC(), time.Duration(ahead)*time.Microsecond
			if json.Unmarshal([]byte(checks), &r.Checks) != nil {
				r.Checks = []upkeep.Found{{Name: "heartbeat", Says: "what it said of itself cannot be read"}}
			}
			list = append(list, r)
			return nil
		}, maxReplicas)
	})
	return list, err
}
