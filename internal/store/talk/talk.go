// Package talk keeps comments, and what people are told, in the homes that they belong to.
//
// It promises: a read is one transaction in the home of its scope, and of a comment in the project of its scope; what another home or another project has takes the same statements,
// and gives the same answer, as what exists nowhere; what a comment says, and the secret of a webhook, are sealed under the organisation's key, bound to their records; nobody is told
// the same twice, however often the ledger is followed. It leaves out who may do what.
package talk

import (
	"cmp"
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/service/talk"
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

var _ talk.Store = (*Store)(nil)

// open holds the scope's home. The platform's has no such tables.
func (st *Store) open(ctx context.Context, s access.Scope) (*home.Home, error) {
	if s.Zero() || s.Org() == id.Platform {
		return nil, missing("organisation")
	}
	return st.homes.For(ctx, s)
}

// read runs fn in a transaction. That something is not there ends it as if it were.
func (st *Store) read(ctx context.Context, s access.Scope, fn func(h *home.Home, tx *sqldb.Tx) error) error {
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

const commentColumns = `SELECT id, project, about, subject, label, author, text, state, created_at, changed_at, version FROM comment`

// commentRow opens what was said.
func commentRow(h *home.Home) func(scan func(...any) error) (talk.Comment, error) {
	return func(scan func(...any) error) (c talk.Comment, err error) {
		var text []byte
		var created, changed int64
		if err = scan(&c.ID, &c.Project, &c.About, &c.Subject, &c.Label, &c.Author, &text, &c.State, &created, &changed, &c.Version); err != nil {
			return c, err
		}
		c.Created, c.Changed = micros(created), micros(changed)
		if len(text) == 0 {
			return c, nil
		}
		plain, err := h.Key().Open(secret.ForRecords, commentRecord(c.ID), text)
		if err != nil {
			return c, fault.Wrap(fault.Internal, err, "the text of a comment")
		}
		c.Text = string(plain)
		return c, nil
	}
}

func commentRecord(comment string) string { return "comment/" + comment }

// Comments are those about something in the scope's project, the oldest first.
func (st *Store) Comments(ctx context.Context, s access.Scope, about talk.About, subject string, limit int) (all []talk.Comment, err error) {
	err = st.read(ctx, s, func(h *home.Home, tx *sqldb.Tx) error {
		all, err = list(ctx, tx, commentColumns+` WHERE project = $1 AND about = $2 AND subject = $3 ORDER BY id LIMIT $4`, commentRow(h), string(s.Project()), string(about), subject, limit)
		return err
	})
	return all, err
}

// Comment is one of the scope's project.
func (st *Store) Comment(ctx context.Context, s access.Scope, comment string) (c talk.Comment, err error) {
	err = st.read(ctx, s, func(h *home.Home, tx *sqldb.Tx) error {
		c, err = single(ctx, tx, "comment", commentColumns+` WHERE id = $1 AND project = $2`, commentRow(h), comment, string(s.Project()))
		return err
	})
	return c, err
}

// Commit writes a comment.
func (st *Store) Commit(ctx context.Context, c *talk.Change) (change.Committed, error) {
	h, err := st.open(ctx, c.Scope)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	text := []byte{}
	if c.Comment.Text != "" {
		text = h.Key().Seal(secret.ForRecords, commentRecord(c.Comment.ID), []byte(c.Comment.Text))
	}
	return h.Commit(ctx, &c.Envelope, func(ctx context.Context, tx *sqldb.Tx, _ time.Time) error { return writeComment(ctx, tx, c, text) })
}

func writeComment(ctx context.Context, tx *sqldb.Tx, ch *talk.Change, text []byte) error {
	c := ch.Comment
	if c.Version > 0 {
		n, err := tx.Exec(ctx, `UPDATE comment SET text = $4, state = $5, changed_at = $6, version = version + 1 WHERE id = $1 AND version = $2 AND project = $3`,
			c.ID, c.Version, string(c.Project), text, string(c.State), c.Changed.UnixMicro())
		if err == nil && n != 1 {
			err = fault.New(fault.Conflict, "the comment was changed meanwhile")
		}
		return err
	}
	n, err := tx.Exec(ctx, `INSERT INTO comment (id, project, about, subject, label, author, text, state, created_at, changed_at, version)
		SELECT $1, id, $3, $4, $5, $6, $7, $8, $9, $10, 1 FROM project WHERE id = $2`,
		c.ID, string(c.Project), string(c.About), c.Subject, c.Label, c.Author, text, string(c.State), c.Created.UnixMicro(), c.Changed.UnixMicro())
	if err == nil && n != 1 {
		err = missing("project")
	}
	for _, person := range ch.Mentions {
		if err == nil {
			_, err = tx.Exec(ctx, `INSERT INTO mention (comment, person) VALUES ($1, $2)`, c.ID, person)
		}
	}
	return err
}

// Named is what a finding or a proposal of the scope's project is called, and whether it is open.
func (st *Store) Named(ctx context.Context, s access.Scope, about talk.About, subject string) (t talk.Thing, err error) {
	query := `SELECT title, CASE WHEN state = 'gone' THEN 0 ELSE 1 END FROM finding WHERE id = $1 AND project = $2`
	if about == talk.Proposal {
		query = `SELECT kind, CASE WHEN state = 'open' THEN 1 ELSE 0 END FROM proposal WHERE id = $1 AND project = $2`
	}
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		t, err = single(ctx, tx, string(about), query, func(scan func(...any) error) (t talk.Thing, err error) {
			var there int
			err = scan(&t.Label, &there)
			t.There = there == 1
			return t, err
		}, subject, string(s.Project()))
		return err
	})
	return t, err
}
