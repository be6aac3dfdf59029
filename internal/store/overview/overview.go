// Package overview reads where an organisation and its projects stand, from the tables that others write.
//
// It promises: what is asked for together is one transaction, with one statement for each kind of thing whose cost follows the number of projects and not of what they keep; it
// writes nothing. It leaves out who may see what.
package overview

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/overview"
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

var _ overview.Estate = (*Store)(nil)

// Facts reads what the query asks for. See [overview.Estate].
func (st *Store) Facts(ctx context.Context, s access.Scope, q overview.Query) (f overview.Facts, err error) {
	if s.Zero() || s.Org() == id.Platform {
		return f, fault.New(fault.NotFound, "there is no such organisation")
	}
	h, err := st.homes.For(ctx, s)
	if err != nil {
		return f, err
	}
	defer h.Release()
	err = h.Read(ctx, func(tx *sqldb.Tx) error {
		r := reader{ctx: ctx, tx: tx, q: q}
		f = r.facts()
		return r.err
	})
	return f, err
}

// reader reads until the first error.
type reader struct {
	ctx context.Context //nolint:containedctx // of one call
	tx  *sqldb.Tx
	q   overview.Query
	err error
}

func (r *reader) facts() (f overview.Facts) {
	if r.q.Projects {
		f.Projects = all(r, projects, project)
		if r.q.Only != "" && len(f.Projects) == 0 {
			return f
		}
		f.Findings, f.Scans, f.Snapshots = all(r, findings, count), all(r, scans, scanned), all(r, snapshots, snapshot)
		f.Baselines, f.Connections, f.Proposals = all(r, baselines, baselineRow), all(r, connections, connection), all(r, proposals, proposal)
	}
	if r.q.Newest && r.q.Projects {
		f.Latest, f.Drift, f.Exceptions = all(r, latest, scanned), all(r, drift, finding), all(r, exceptions, exception)
	}
	if r.q.Tokens {
		f.Tokens = every(r, tokens, token, r.q.Now.UnixMicro(), r.q.Until.UnixMicro())
	}
	if r.q.Jobs {
		f.Jobs = every(r, jobs, died)
	}
	return f
}

// all reads the rows of a statement about projects: $1 is the one that is asked for, or "".
func all[T any](r *reader, query string, row func(scan func(...any) error) (T, error)) []T {
	return every(r, query, row, string(r.q.Only))
}

func every[T any](r *reader, query string, row func(scan func(...any) error) (T, error), args ...any) (list []T) {
	if r.err != nil {
		return nil
	}
	r.err = r.tx.Each(r.ctx, query, func(scan func(...any) error) error {
		v, err := row(scan)
		list = append(list, v)
		return err
	}, args...)
	return list
}

func project(scan func(...any) error) (p tenant.Project, err error) {
	var archived, example, at int64
	err = scan(&p.ID, &p.Slug, &p.Name, &archived, &example, &at, &p.Version)
	p.Archived, p.Example, p.Created = archived == 1, example == 1, when(at)
	return p, err
}

func count(scan func(...any) error) (c overview.Count, err error) {
	err = scan((*string)(&c.Project), &c.Severity, &c.N)
	return c, err
}

func when(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
