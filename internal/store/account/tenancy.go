package account

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/id"
	"c4arch/internal/store/sqldb"
)

// Organisation is the scope's own. That its home can be opened says that it is not destroyed.
func (st *Store) Organisation(ctx context.Context, s access.Scope) (org tenant.Organisation, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		org, err = single(ctx, tx, "organisation", `SELECT id, slug, name, approvals, created_at, version FROM organisation`, func(scan func(...any) error) (o tenant.Organisation, err error) {
			var at int64
			err = scan(&o.ID, &o.Slug, &o.Name, &o.Approvals, &at, &o.Version)
			o.State, o.Created = tenant.Active, micros(at)
			return o, err
		})
		return err
	})
	return org, err
}

const projectColumns = `SELECT id, slug, name, archived, (SELECT count(*) FROM example e WHERE e.org_id = project.org_id AND e.project = project.id), created_at, version FROM project`

func projectRow(scan func(...any) error) (p tenant.Project, err error) {
	var at, archived, example int64
	err = scan(&p.ID, &p.Slug, &p.Name, &archived, &example, &at, &p.Version)
	p.Archived, p.Example, p.Created = archived == 1, example == 1, micros(at)
	return p, err
}

// Projects are all of the scope's organisation.
func (st *Store) Projects(ctx context.Context, s access.Scope) (all []tenant.Project, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, projectColumns+` ORDER BY id`, projectRow)
		return err
	})
	return all, err
}

// Project is one of them.
func (st *Store) Project(ctx context.Context, s access.Scope, p id.Project) (found tenant.Project, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		found, err = single(ctx, tx, "project", projectColumns+` WHERE id = $1`, projectRow, string(p))
		return err
	})
	return found, err
}

const memberColumns = `SELECT id, name, email, role, removed, erased, until, external, created_at, version FROM member`

func memberRow(scan func(...any) error) (m tenant.Member, err error) {
	var at, removed, erased, until int64
	err = scan(&m.Person, &m.Name, &m.Email, &m.Role, &removed, &erased, &until, &m.External, &at, &m.Version)
	m.Removed, m.Erased, m.Until, m.Created = removed == 1, erased == 1, ever(until), micros(at)
	return m, err
}

// Members are all of the scope's organisation, those that were removed too.
func (st *Store) Members(ctx context.Context, s access.Scope) (all []tenant.Member, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, memberColumns+` ORDER BY id`, memberRow)
		return err
	})
	return all, err
}

// Member is one of them.
func (st *Store) Member(ctx context.Context, s access.Scope, person string) (found tenant.Member, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		found, err = single(ctx, tx, "member", memberColumns+` WHERE id = $1`, memberRow, person)
		return err
	})
	return found, err
}
