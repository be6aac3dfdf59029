package staff

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/staff"
	"c4arch/internal/store/sqldb"
)

const grantColumns = `SELECT id, person, reason, ticket, state, asked_at, from_at, until_at, actor, looked, version FROM support_grant`

func grantRow(org id.Org) func(scan func(...any) error) (identity.Grant, error) {
	return func(scan func(...any) error) (identity.Grant, error) {
		g := identity.Grant{Org: org}
		var asked, from, until int64
		err := scan(&g.ID, &g.Staff, &g.Reason, &g.Ticket, &g.State, &asked, &from, &until, &g.Decided, &g.Looked, &g.Version)
		g.Asked, g.From, g.Until = micros(asked), micros(from), micros(until)
		return g, err
	}
}

// Grants are the newest thousand of the scope's organisation, in the order of their ids.
func (st *Store) Grants(ctx context.Context, s access.Scope) (all []identity.Grant, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		all, err = list(ctx, tx, `SELECT * FROM (`+grantColumns+` ORDER BY id DESC LIMIT 1000) newest ORDER BY id`, grantRow(s.Org()))
		return err
	})
	return all, err
}

// Grant is one of them.
func (st *Store) Grant(ctx context.Context, s access.Scope, name string) (g identity.Grant, err error) {
	err = st.read(ctx, s, false, func(tx *sqldb.Tx) error {
		g, err = single(ctx, tx, "grant", grantColumns+` WHERE id = $1`, grantRow(s.Org()), name)
		return err
	})
	return g, err
}

// Commit writes a change of an organisation.
func (st *Store) Commit(ctx context.Context, c *staff.Change) (change.Committed, error) {
	return st.commit(ctx, &c.Envelope, false, func(w *writer) error {
		if c.Grant != nil {
			if err := w.grant(*c.Grant); err != nil {
				return err
			}
		}
		if c.Looked == "" {
			return nil
		}
		// Reading under a grant is no reason to decide about the grant again: its version stays.
		return w.one("grant", `UPDATE support_grant SET looked = looked + 1 WHERE id = $1 AND state = 'active'`, c.Looked)
	})
}

func (w *writer) grant(g identity.Grant) error {
	if g.Version == 0 {
		return w.exec(`INSERT INTO support_grant (id, person, reason, ticket, state, asked_at, from_at, until_at, actor, looked, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 1)`,
			g.ID, g.Staff, g.Reason, g.Ticket, g.State, stamp(g.Asked), stamp(g.From), stamp(g.Until), string(g.Decided))
	}
	return w.one("grant", `UPDATE support_grant SET state = $3, from_at = $4, until_at = $5, actor = $6, version = version + 1 WHERE id = $1 AND version = $2`,
		g.ID, g.Version, g.State, stamp(g.From), stamp(g.Until), string(g.Decided))
}
