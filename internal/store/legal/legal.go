// Package legal keeps the legal registry in the platform's home.
//
// It promises: a read is one transaction; a write is one change, whose draft is written only where it still has the version that was read; what was published is only ever added to.
// It leaves out who may what, and what a document says.
package legal

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/legal"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	values "c4arch/internal/trust/legal"
)

// Homes is what opens the home of a scope.
type Homes interface {
	For(ctx context.Context, s access.Scope) (*home.Home, error)
}

// Store is over homes.
type Store struct{ homes Homes }

// New is over those homes.
func New(homes Homes) *Store { return &Store{homes: homes} }

var _ legal.Store = (*Store)(nil)

func (st *Store) open(ctx context.Context, s access.Scope) (*home.Home, error) {
	if s.Zero() || s.Org() != id.Platform {
		return nil, missing()
	}
	return st.homes.For(ctx, s)
}

func (st *Store) read(ctx context.Context, s access.Scope, fn func(*home.Home, *sqldb.Tx) error) error {
	h, err := st.open(ctx, s)
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

func missing() error { return fault.New(fault.NotFound, "there is no such draft") }

// micros is a time, zero for 0.
func micros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// stamp is how a time is kept: 0 for none.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func supports(text string) (list []string, err error) {
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "a record of the legal registry is damaged")
	}
	return list, nil
}

const draftColumns = `SELECT id, slug, audience, title, summary, body, material, accept, supports, place, template, weakens, decision, state, author, asker, remark, effective_at, asked_at,
	created_at, changed_at, version FROM legal_draft`

func draft(scan func(...any) error) (d legal.Draft, err error) {
	var list string
	var material, accept, template, weakens, effective, asked, created, changed int64
	t := &d.Text
	err = scan(&t.ID, &t.Slug, &t.Audience, &t.Title, &t.Summary, &t.Body, &material, &accept, &list, &t.Rank, &template, &weakens, &t.Decision, &d.State, &t.Author, &d.Asker, &d.Remark,
		&effective, &asked, &created, &changed, &d.Version)
	if err != nil {
		return d, err
	}
	t.Material, t.Accept, t.Template, t.Weakens = material == 1, accept == 1, template == 1, weakens == 1
	t.Effective, d.AskedAt, d.Created, d.Changed = micros(effective), micros(asked), micros(created), micros(changed)
	t.Supports, err = supports(list)
	return d, err
}

// Drafts are all, in the order of their ids.
func (st *Store) Drafts(ctx context.Context, s access.Scope) (all []legal.Draft, err error) {
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		return tx.Each(ctx, draftColumns+` ORDER BY id`, func(scan func(...any) error) error {
			d, err := draft(scan)
			all = append(all, d)
			return err
		})
	})
	return all, err
}

// Draft is one of them.
func (st *Store) Draft(ctx context.Context, s access.Scope, name string) (d legal.Draft, err error) {
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		found := false
		err := tx.Each(ctx, draftColumns+` WHERE id = $1`, func(scan func(...any) error) (err error) {
			d, err = draft(scan)
			found = true
			return err
		}, name)
		if err == nil && !found {
			return missing()
		}
		return err
	})
	return d, err
}

// State is one small query.
func (st *Store) State(ctx context.Context, s access.Scope) (x legal.State, err error) {
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		_, err := tx.Row(ctx, []any{&x.Count, &x.Last}, `SELECT COUNT(*), COALESCE(MAX(published_at), 0) FROM legal_document`)
		return err
	})
	return x, err
}

// Published are all versions.
func (st *Store) Published(ctx context.Context, s access.Scope) (all []values.Version, err error) {
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		return tx.Each(ctx, `SELECT id, slug, edition, effective_at, audience, title, summary, body, material, accept, supports, place, template, weakens, decision, digest, author, approver, published_at
			FROM legal_document ORDER BY published_at, id`, func(scan func(...any) error) error {
			v, err := version(scan)
			all = append(all, v)
			return err
		})
	})
	return all, err
}

func version(scan func(...any) error) (v values.Version, err error) {
	var list string
	var effective, material, accept, template, weakens, published int64
	err = scan(&v.ID, &v.Slug, &v.Version, &effective, &v.Audience, &v.Title, &v.Summary, &v.Body, &material, &accept, &list, &v.Rank, &template, &weakens, &v.Decision, &v.Digest, &v.Author, &v.Approver, &published)
	if err != nil {
		return v, err
	}
	v.Effective, v.Published = micros(effective), micros(published)
	v.Material, v.Accept, v.Template, v.Weakens = material == 1, accept == 1, template == 1, weakens == 1
	v.Supports, err = supports(list)
	return v, err
}

// Commit writes a change: drafts, and the version that one of them becomes.
func (st *Store) Commit(ctx context.Context, c *legal.Change) (change.Committed, error) {
	h, err := st.open(ctx, c.Scope)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	return h.Commit(ctx, &c.Envelope, func(ctx context.Context, tx *sqldb.Tx, _ time.Time) error {
		for i := range c.Drafts {
			d := &c.Drafts[i]
			if c.Publish != nil && c.Publish.ID == d.Text.ID {
				if err := one(tx.Exec(ctx, `DELETE FROM legal_draft WHERE id = $1 AND version = $2`, d.Text.ID, d.Version)); err != nil {
					return err
				}
				continue
			}
			if err := write(ctx, tx, d); err != nil {
				return err
			}
		}
		if c.Publish == nil {
			return nil
		}
		return publish(ctx, tx, c.Publish)
	})
}

func one(n int64, err error) error {
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "the draft was changed meanwhile").WithHelp("look at it again, and decide again")
	}
	return err
}

func write(ctx context.Context, tx *sqldb.Tx, d *legal.Draft) error {
	t := &d.Text
	list, err := json.Marshal(append([]string{}, t.Supports...))
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the draft cannot be written")
	}
	args := []any{
		t.ID, d.Version, t.Slug, string(t.Audience), t.Title, t.Summary, t.Body, t.Material, t.Accept, string(list), t.Rank, t.Template, t.Weakens, t.Decision, d.State, t.Author, d.Asker, d.Remark,
		stamp(t.Effective), stamp(d.AskedAt), stamp(d.Changed),
	}
	if d.Version == 0 {
		_, err := tx.Exec(ctx, `INSERT INTO legal_draft (id, version, slug, audience, title, summary, body, material, accept, supports, place, template, weakens, decision, state, author, asker, remark,
			effective_at, asked_at, changed_at, created_at) VALUES ($1, $2 + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`, append(args, stamp(d.Created))...)
		return err
	}
	return one(tx.Exec(ctx, `UPDATE legal_draft SET version = version + 1, slug = $3, audience = $4, title = $5, summary = $6, body = $7, material = $8, accept = $9, supports = $10, place = $11,
		template = $12, weakens = $13, decision = $14, state = $15, author = $16, asker = $17, remark = $18, effective_at = $19, asked_at = $20, changed_at = $21 WHERE id = $1 AND version = $2`, args...))
}

func publish(ctx context.Context, tx *sqldb.Tx, v *values.Version) error {
	list, err := json.Marshal(append([]string{}, v.Supports...))
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the document cannot be written")
	}
	_, err = tx.Exec(ctx, `INSERT INTO legal_document (id, slug, edition, effective_at, audience, title, summary, body, material, accept, supports, place, template, weakens, decision, digest, author,
		approver, published_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		v.ID, v.Slug, v.Version, stamp(v.Effective), string(v.Audience), v.Title, v.Summary, v.Body, v.Material, v.Accept, string(list), v.Rank, v.Template, v.Weakens, v.Decision, v.Digest, v.Author,
		v.Approver, stamp(v.Published))
	return err
}
