// Package evidence keeps packs of evidence in the homes of their organisations: a row each, and one sealed object where it is done.
//
// It promises: what is asked for by an id that another project or home has takes the same statements, and gives the same answer, as by one that exists nowhere; an object is let go in
// the transaction that removes its row; what is read is what was kept, by its digest. It leaves out who may do what.
package evidence

import (
	"cmp"
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/evidence"
	"c4arch/internal/store/blob"
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

var _ evidence.Store = (*Store)(nil)

func (st *Store) open(ctx context.Context, s access.Scope) (*home.Home, error) {
	if s.Zero() || s.Org() == id.Platform {
		return nil, missing()
	}
	return st.homes.For(ctx, s)
}

func missing() error { return fault.New(fault.NotFound, "there is no such pack") }

// A pack whose job died has failed for whoever waits for it, although the job could not say so.
const died = `p.state IN ('queued', 'running') AND EXISTS (SELECT 1 FROM job j WHERE j.org_id = p.org_id AND j.kind = 'evidence.make' AND j.key = p.id AND j.state = 'dead')
	AND NOT EXISTS (SELECT 1 FROM job j WHERE j.org_id = p.org_id AND j.kind = 'evidence.make' AND j.key = p.id AND j.state <> 'dead')`

const columns = `SELECT p.id, p.project, p.kind, p.subject, p.from_at, p.to_at, CASE WHEN ` + died + ` THEN 'failed' ELSE p.state END, p.stage, p.done, p.total,
	CASE WHEN ` + died + ` THEN 'its job was given up: the list of jobs says why' ELSE p.error END, p.actor, coalesce(p.object, ''), p.digest, p.manifest, p.size, p.entry,
	p.created_at, p.ended_at, p.until, p.version FROM evidence_pack p `

func row(scan func(...any) error) (p evidence.Pack, err error) {
	var from, to, created, ended, until int64
	err = scan(&p.ID, (*string)(&p.Project), (*string)(&p.Kind), &p.Subject, &from, &to, (*string)(&p.State), &p.Stage, &p.Done, &p.Total, &p.Error, (*string)(&p.Actor), &p.Object,
		(*string)(&p.Digest), (*string)(&p.Manifest), &p.Size, &p.Entry, &created, &ended, &until, &p.Version)
	p.From, p.To, p.Created, p.Ended, p.Until = at(from), at(to), at(created), at(ended), at(until)
	return p, err
}

func at(us int64) time.Time {
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

func (st *Store) list(ctx context.Context, s access.Scope, rest string, args ...any) ([]evidence.Pack, error) {
	h, err := st.open(ctx, s)
	if err != nil {
		return nil, err
	}
	defer h.Release()
	all := []evidence.Pack{}
	err = h.Read(ctx, func(tx *sqldb.Tx) error {
		return tx.Each(ctx, columns+rest, func(scan func(...any) error) error {
			p, err := row(scan)
			all = append(all, p)
			return err
		}, args...)
	})
	return all, err
}

// most is how many packs of a project are listed; more cannot be made.
const most = 1000

// Packs are those of the scope's project. See [evidence.Store].
func (st *Store) Packs(ctx context.Context, s access.Scope) ([]evidence.Pack, error) {
	if err := st.project(ctx, s); err != nil {
		return nil, err
	}
	return st.list(ctx, s, `WHERE p.project = $1 ORDER BY p.id DESC LIMIT $2`, string(s.Project()), most)
}

// project is notfound where the scope's organisation has none of that id.
func (st *Store) project(ctx context.Context, s access.Scope) error {
	h, err := st.open(ctx, s)
	if err != nil {
		return err
	}
	defer h.Release()
	found := false
	err = h.Read(ctx, func(tx *sqldb.Tx) (err error) {
		var one int
		found, err = tx.Row(ctx, []any{&one}, `SELECT 1 FROM project WHERE id = $1`, string(s.Project()))
		return err
	})
	if err == nil && !found {
		err = fault.New(fault.NotFound, "there is no such project")
	}
	return err
}

// Pack is one. See [evidence.Store].
func (st *Store) Pack(ctx context.Context, s access.Scope, pack string) (evidence.Pack, error) {
	all, err := st.list(ctx, s, `WHERE p.project = $1 AND p.id = $2`, string(s.Project()), pack)
	if err == nil && len(all) == 0 {
		err = missing()
	}
	if err != nil {
		return evidence.Pack{}, err
	}
	return all[0], nil
}

// Overdue are packs whose time is over. See [evidence.Store].
func (st *Store) Overdue(ctx context.Context, s access.Scope, now time.Time, limit int) ([]evidence.Pack, error) {
	return st.list(ctx, s, `WHERE p.until <= $1 AND p.state IN ('done', 'failed') ORDER BY p.until, p.id LIMIT $2`, now.UnixMicro(), limit)
}

// Data is the file. See [evidence.Store].
func (st *Store) Data(ctx context.Context, s access.Scope, p evidence.Pack) ([]byte, error) {
	h, err := st.open(ctx, s)
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

// Stage keeps what is not a pack yet. See [evidence.Store].
func (st *Store) Stage(ctx context.Context, s access.Scope, data []byte, now time.Time) (string, error) {
	h, err := st.open(ctx, s)
	if err != nil {
		return "", err
	}
	defer h.Release()
	name := blob.Name()
	return name, h.Stage(ctx, []home.Staged{{Name: name, Data: data}}, now)
}

// Progress says how far a pack is. It is no decision, and is lost where the pack is over.
func (st *Store) Progress(ctx context.Context, s access.Scope, pack, stage string, done, total int) error {
	h, err := st.open(ctx, s)
	if err != nil {
		return err
	}
	defer h.Release()
	return h.Upkeep(ctx, home.Progress, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE evidence_pack SET state = 'running', stage = $1, done = $2, total = $3 WHERE project = $4 AND id = $5 AND state IN ('queued', 'running')`,
			stage, done, total, string(s.Project()), pack)
		return err
	})
}

// Change commits. See [evidence.Store].
func (st *Store) Change(ctx context.Context, c *evidence.Change) (change.Committed, error) {
	h, err := st.open(ctx, c.Scope)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	for _, p := range c.Packs {
		if p.Project != c.Scope.Project() {
			return change.Committed{}, missing()
		}
	}
	done, err := h.Commit(ctx, &c.Envelope, func(ctx context.Context, tx *sqldb.Tx, _ time.Time) error { return write(ctx, tx, c) })
	if err == nil && len(c.Gone) > 0 {
		_ = h.RemoveCondemned(ctx) // what is over is over: the next one ends it
	}
	return done, err
}

func write(ctx context.Context, tx *sqldb.Tx, c *evidence.Change) error {
	byID := func(a, b evidence.Pack) int { return cmp.Compare(a.ID, b.ID) }
	for _, p := range slices.SortedFunc(slices.Values(c.Packs), byID) {
		if err := put(ctx, tx, p); err != nil {
			return err
		}
	}
	for _, p := range slices.SortedFunc(slices.Values(c.Gone), byID) {
		n, err := tx.Exec(ctx, `DELETE FROM evidence_pack WHERE project = $1 AND id = $2 AND version = $3`, string(p.Project), p.ID, p.Version)
		if err == nil && n != 1 {
			err = stale()
		}
		if err == nil && p.Object != "" {
			_, err = tx.Exec(ctx, `UPDATE object SET state = 'condemned' WHERE name = $1`, p.Object)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func stale() error {
	return fault.New(fault.Conflict, "the pack was changed meanwhile, or is not there").WithHelp("look at it again, and decide again")
}

func put(ctx context.Context, tx *sqldb.Tx, p evidence.Pack) error {
	var object *string
	if p.Object != "" {
		object = &p.Object
	}
	if p.Version == 0 {
		_, err := tx.Exec(ctx, `INSERT INTO evidence_pack (id, project, kind, subject, from_at, to_at, state, stage, done, total, error, actor, object, digest, manifest, size, entry, created_at, ended_at,
			until, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 1)`,
			p.ID, string(p.Project), string(p.Kind), p.Subject, kept(p.From), kept(p.To), string(p.State), p.Stage, p.Done, p.Total, p.Error, string(p.Actor), object, string(p.Digest),
			string(p.Manifest), p.Size, p.Entry, kept(p.Created), kept(p.Ended), kept(p.Until))
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE evidence_pack SET state = $1, stage = $2, done = $3, total = $4, error = $5, object = $6, digest = $7, manifest = $8, size = $9, entry = $10, ended_at = $11,
		version = version + 1 WHERE project = $12 AND id = $13 AND version = $14`,
		string(p.State), p.Stage, p.Done, p.Total, p.Error, object, string(p.Digest), string(p.Manifest), p.Size, p.Entry, kept(p.Ended), string(p.Project), p.ID, p.Version)
	if err == nil && n != 1 {
		err = stale()
	}
	return err
}
