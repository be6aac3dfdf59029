package trustcentre

import (
	"cmp"
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/service/trustcentre"
	"c4arch/internal/store/blob"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
)

// Acceptance is that of a person. See [trustcentre.Store].
func (st *Store) Acceptance(ctx context.Context, s access.Scope, person string) (k trustcentre.Acceptance, err error) {
	err = st.read(ctx, s, false, func(_ *home.Home, tx *sqldb.Tx) error {
		var us int64
		_, err := tx.Row(ctx, []any{&k.Person, &k.Digest, &us}, `SELECT person, digest, accepted_at FROM trust_acceptance WHERE person = $1`, person)
		k.At = at(us)
		return err
	})
	return k, err
}

// A pack whose job died has failed for whoever waits for it, although the job could not say so.
const died = `p.state IN ('queued', 'running') AND EXISTS (SELECT 1 FROM job j WHERE j.org_id = p.org_id AND j.kind = 'trust.make' AND j.key = p.id AND j.state = 'dead')
	AND NOT EXISTS (SELECT 1 FROM job j WHERE j.org_id = p.org_id AND j.kind = 'trust.make' AND j.key = p.id AND j.state <> 'dead')`

const packColumns = `SELECT p.id, CASE WHEN ` + died + ` THEN 'failed' ELSE p.state END, p.done, p.total, CASE WHEN ` + died + ` THEN 'its job was given up' ELSE p.error END, p.actor,
	coalesce(p.object, ''), p.digest, p.manifest, p.size, p.entry, p.created_at, p.ended_at, p.until, p.version FROM trust_pack p `

func packRow(scan func(...any) error) (p trustcentre.Pack, err error) {
	var created, ended, until int64
	err = scan(&p.ID, (*string)(&p.State), &p.Done, &p.Total, &p.Error, (*string)(&p.Actor), &p.Object, (*string)(&p.Digest), (*string)(&p.Manifest), &p.Size, &p.Entry, &created, &ended, &until, &p.Version)
	p.Created, p.Ended, p.Until = at(created), at(ended), at(until)
	return p, err
}

func (st *Store) packs(ctx context.Context, s access.Scope, rest string, args ...any) (all []trustcentre.Pack, err error) {
	err = st.read(ctx, s, false, func(_ *home.Home, tx *sqldb.Tx) error {
		all, err = list(ctx, tx, packColumns+rest, packRow, args...)
		return err
	})
	return all, err
}

const most = 1000

// Packs are those of an organisation. See [trustcentre.Store].
func (st *Store) Packs(ctx context.Context, s access.Scope) ([]trustcentre.Pack, error) {
	return st.packs(ctx, s, `ORDER BY p.id DESC LIMIT $1`, most)
}

// Pack is one. See [trustcentre.Store].
func (st *Store) Pack(ctx context.Context, s access.Scope, pack string) (trustcentre.Pack, error) {
	all, err := st.packs(ctx, s, `WHERE p.id = $1`, pack)
	if err == nil && len(all) == 0 {
		err = missing("pack")
	}
	if err != nil {
		return trustcentre.Pack{}, err
	}
	return all[0], nil
}

// Overdue are packs whose time is over. See [trustcentre.Store].
func (st *Store) Overdue(ctx context.Context, s access.Scope, now time.Time, limit int) ([]trustcentre.Pack, error) {
	return st.packs(ctx, s, `WHERE p.until <= $1 AND p.state IN ('done', 'failed') ORDER BY p.until, p.id LIMIT $2`, now.UnixMicro(), limit)
}

// Data is the file. See [trustcentre.Store].
func (st *Store) Data(ctx context.Context, s access.Scope, p trustcentre.Pack) ([]byte, error) {
	h, err := st.open(ctx, s, false)
	if err != nil {
		return nil, err
	}
	defer h.Release()
	data, err := h.Objects().Read(ctx, p.Object)
	if err == nil && canon.Sum(data) != p.Digest {
		err = fault.New(fault.Internal, "the object %s of a pack does not match its digest", p.Object)
	}
	return data, err
}

// Stage keeps what is not a pack yet. See [trustcentre.Store].
func (st *Store) Stage(ctx context.Context, s access.Scope, data []byte, now time.Time) (string, error) {
	h, err := st.open(ctx, s, false)
	if err != nil {
		return "", err
	}
	defer h.Release()
	name := blob.Name()
	return name, h.Stage(ctx, []home.Staged{{Name: name, Data: data}}, now)
}

// Progress says how far a pack is. It is no decision, and is lost where the pack is over.
func (st *Store) Progress(ctx context.Context, s access.Scope, pack string, done, total int) error {
	h, err := st.open(ctx, s, false)
	if err != nil {
		return err
	}
	defer h.Release()
	return h.Upkeep(ctx, home.Progress, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE trust_pack SET state = 'running', done = $1, total = $2 WHERE id = $3 AND state IN ('queued', 'running')`, done, total, pack)
		return err
	})
}

// Organisation commits in the home of an organisation. See [trustcentre.Store].
func (st *Store) Organisation(ctx context.Context, c *trustcentre.OrgChange) (change.Committed, error) {
	h, err := st.open(ctx, c.Scope, false)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	done, err := h.Commit(ctx, &c.Envelope, func(ctx context.Context, tx *sqldb.Tx, _ time.Time) error { return write(ctx, tx, c) })
	if err == nil && len(c.Gone) > 0 {
		_ = h.RemoveCondemned(ctx) // what is over is over: the next one ends it
	}
	return done, err
}

func write(ctx context.Context, tx *sqldb.Tx, c *trustcentre.OrgChange) error {
	if k := c.Acceptance; k != nil {
		err := one(ctx, tx, "acceptance", `INSERT INTO trust_acceptance (person, digest, accepted_at) VALUES ($1, $2, $3)
			ON CONFLICT (org_id, person) DO UPDATE SET digest = excluded.digest, accepted_at = excluded.accepted_at`, k.Person, k.Digest, kept(k.At))
		if err != nil {
			return err
		}
	}
	byID := func(a, b trustcentre.Pack) int { return cmp.Compare(a.ID, b.ID) }
	for _, p := range slices.SortedFunc(slices.Values(c.Packs), byID) {
		if err := putPack(ctx, tx, p); err != nil {
			return err
		}
	}
	for _, p := range slices.SortedFunc(slices.Values(c.Gone), byID) {
		err := one(ctx, tx, "pack", `DELETE FROM trust_pack WHERE id = $1 AND version = $2`, p.ID, p.Version)
		if err == nil && p.Object != "" {
			_, err = tx.Exec(ctx, `UPDATE object SET state = 'condemned' WHERE name = $1`, p.Object)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func putPack(ctx context.Context, tx *sqldb.Tx, p trustcentre.Pack) error {
	var object *string
	if p.Object != "" {
		object = &p.Object
	}
	if p.Version == 0 {
		return one(ctx, tx, "pack", `INSERT INTO trust_pack (id, state, done, total, error, actor, object, digest, manifest, size, entry, created_at, ended_at, until, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1)`,
			p.ID, string(p.State), p.Done, p.Total, p.Error, string(p.Actor), object, string(p.Digest), string(p.Manifest), p.Size, p.Entry, kept(p.Created), kept(p.Ended), kept(p.Until))
	}
	return one(ctx, tx, "pack", `UPDATE trust_pack SET state = $1, done = $2, total = $3, error = $4, object = $5, digest = $6, manifest = $7, size = $8, entry = $9, ended_at = $10, version = version + 1
		WHERE id = $11 AND version = $12`, string(p.State), p.Done, p.Total, p.Error, object, string(p.Digest), string(p.Manifest), p.Size, p.Entry, kept(p.Ended), p.ID, p.Version)
}
