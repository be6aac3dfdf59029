// Package layout keeps where people put the boxes of pictures, in the homes that the projects belong to.
//
// It promises: a read is one transaction in the home of its scope, and one of a project that another home has takes the same statements as one of a project that exists nowhere; a
// layout is sealed under the organisation's key, bound to its project and view; a change is one transaction with its entries in the ledger, and conflict when a layout was changed
// since. It leaves out who may do what, and what a layout means.
package layout

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/placement"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/service/draw"
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

var _ draw.Layouts = (*Store)(nil)

// Read is said at [draw.Layouts].
func (st *Store) Read(ctx context.Context, s access.Scope) (list []draw.Layout, withdrawn int64, err error) {
	h, err := st.homes.For(ctx, s)
	if err != nil {
		return nil, 0, err
	}
	defer h.Release()
	err = h.Read(ctx, func(tx *sqldb.Tx) error {
		list = nil
		if _, err := tx.Row(ctx, []any{&withdrawn}, `SELECT COUNT(*) FROM withdrawal`); err != nil {
			return err
		}
		return tx.Each(ctx, `SELECT view, places, version FROM layout WHERE project = $1 ORDER BY view`, func(scan func(...any) error) error {
			l, err := row(h.Key(), s.Project(), scan)
			list = append(list, l)
			return err
		}, string(s.Project()))
	})
	return list, withdrawn, err
}

// bound is what a sealed layout belongs to: it opens as nothing else.
func bound(project id.Project, view string) string {
	return "layout " + string(project) + " " + view
}

func row(key *secret.Key, project id.Project, scan func(...any) error) (draw.Layout, error) {
	var l draw.Layout
	var view string
	var sealed []byte
	if err := scan(&view, &sealed, &l.Version); err != nil {
		return l, err
	}
	plain, err := key.Open(secret.ForRecords, bound(project, view), sealed)
	if err != nil {
		return l, fault.Wrap(fault.Internal, err, "the layout of a view")
	}
	f, err := placement.Decode(plain)
	if err != nil {
		return l, fault.Wrap(fault.Internal, err, "the layout of a view")
	}
	if v := f.View(view); v != nil {
		l.View = *v
	}
	l.View.Key = view
	return l, nil
}

// Commit is said at [draw.Layouts]. Layouts are written in the order of their views, so that two changes never wait for each other in a circle.
func (st *Store) Commit(ctx context.Context, c *draw.Change) (change.Committed, error) {
	h, err := st.homes.For(ctx, c.Scope)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	list := slices.SortedFunc(slices.Values(c.Layouts), func(a, b draw.Layout) int { return cmp.Compare(a.View.Key, b.View.Key) })
	project := c.Scope.Project()
	text := make([][]byte, len(list))
	for i := range list {
		if text[i], err = sealed(h.Key(), project, list[i].View); err != nil {
			return change.Committed{}, err
		}
	}
	return h.Commit(ctx, &c.Envelope, func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		if err := lives(ctx, tx, project); err != nil {
			return err
		}
		for i := range list {
			if err := write(ctx, tx, project, &list[i], text[i], at); err != nil {
				return err
			}
		}
		return nil
	})
}

// lives refuses a project that is not there, and one that is archived.
func lives(ctx context.Context, tx *sqldb.Tx, project id.Project) error {
	var archived int
	found, err := tx.Row(ctx, []any{&archived}, `SELECT archived FROM project WHERE id = $1`, string(project))
	switch {
	case err != nil:
		return err
	case !found:
		return fault.New(fault.NotFound, "there is no such project")
	case archived != 0:
		return fault.New(fault.Invalid, "the project is archived").WithHelp("bring it back first: in its settings")
	}
	return nil
}

func write(ctx context.Context, tx *sqldb.Tx, project id.Project, l *draw.Layout, text []byte, at time.Time) error {
	query, args := `INSERT INTO layout (project, view, places, at, version) VALUES ($1, $2, $3, $4, 1) ON CONFLICT (org_id, project, view) DO NOTHING`,
		[]any{string(project), l.View.Key, text, at.UnixMicro()}
	if l.Version > 0 {
		query, args = `UPDATE layout SET places = $3, at = $4, version = version + 1 WHERE project = $1 AND view = $2 AND version = $5`, append(args, l.Version)
	}
	n, err := tx.Exec(ctx, query, args...)
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "the layout was changed meanwhile").WithHelp("load the page again: what you placed stays, and can be saved over the new layout")
	}
	return err
}

// sealed is a layout as it is kept.
func sealed(key *secret.Key, project id.Project, v placement.View) ([]byte, error) {
	f := placement.File{}
	if len(v.Nodes) > 0 {
		f.Views = []placement.View{v}
	}
	var b bytes.Buffer
	if err := placement.Encode(&b, &f); err != nil {
		return nil, err
	}
	return key.Seal(secret.ForRecords, bound(project, v.Key), b.Bytes()), nil
}
