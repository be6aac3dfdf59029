// Package acceptance keeps what was accepted for an organisation, and what it ordered, in its home.
//
// It promises: rows are added and never changed; a read is one transaction in the home of its scope; what another home has is not there. It leaves out who may do what.
package acceptance

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	service "c4arch/internal/service/acceptance"
	"c4arch/internal/service/change"
	"c4arch/internal/service/order"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/acceptance"
	"c4arch/internal/trust/terms"
)

// Homes is what opens the home of a scope.
type Homes interface {
	For(ctx context.Context, s access.Scope) (*home.Home, error)
}

// Store is over homes.
type Store struct{ homes Homes }

// New is over those homes.
func New(homes Homes) *Store { return &Store{homes: homes} }

var (
	_ service.Store = (*Store)(nil)
	_ order.Store   = Orders{}
)

// Orders is the store of what was ordered.
type Orders struct{ *Store }

// open holds the scope's home. The platform has accepted and ordered nothing.
func (st *Store) open(ctx context.Context, s access.Scope) (*home.Home, error) {
	if s.Zero() || s.Org() == id.Platform {
		return nil, fault.New(fault.NotFound, "there is no such organisation")
	}
	return st.homes.For(ctx, s)
}

func (st *Store) read(ctx context.Context, s access.Scope, fn func(tx *sqldb.Tx) error) error {
	h, err := st.open(ctx, s)
	if err != nil {
		return err
	}
	defer h.Release()
	var none error
	err = h.Read(ctx, func(tx *sqldb.Tx) error { none = fn(tx); return none })
	return cmp.Or(err, none)
}

func micros(us int64) time.Time { return time.UnixMicro(us).UTC() }

// Acceptances are all of the scope's organisation, by slug and version.
func (st *Store) Acceptances(ctx context.Context, s access.Scope) (all []acceptance.Record, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) (err error) { all, err = recordsOf(ctx, tx); return err })
	return all, err
}

func recordsOf(ctx context.Context, tx *sqldb.Tx) (all []acceptance.Record, err error) {
	err = tx.Each(ctx, `SELECT id, slug, edition, digest, list, list_digest, person, authority, method, origin, at FROM acceptance ORDER BY slug, edition`, func(scan func(...any) error) error {
		var r acceptance.Record
		var at int64
		err := scan(&r.ID, &r.Slug, &r.Edition, &r.Digest, &r.List, &r.ListDigest, &r.Person, &r.Authority, &r.Method, &r.Origin, &at)
		r.At = micros(at)
		all = append(all, r)
		return err
	})
	return all, err
}

// Commit writes acceptances.
func (st *Store) Commit(ctx context.Context, c *service.Change) (change.Committed, error) {
	h, err := st.open(ctx, c.Scope)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	return h.Commit(ctx, &c.Envelope, func(ctx context.Context, tx *sqldb.Tx, _ time.Time) error {
		for _, r := range c.Records {
			n, err := tx.Exec(ctx, `INSERT INTO acceptance (id, slug, edition, digest, list, list_digest, person, authority, method, origin, at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (org_id, slug, edition) DO NOTHING`,
				r.ID, r.Slug, r.Edition, r.Digest, r.List, r.ListDigest, r.Person, r.Authority, string(r.Method), r.Origin, r.At.UnixMicro())
			if err == nil && n != 1 {
				err = fault.New(fault.Conflict, "that version was accepted meanwhile")
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Orders are all versions of the terms of the scope's organisation, the newest first.
func (st Orders) Orders(ctx context.Context, s access.Scope) (all []order.Kept, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		all = nil
		return tx.Each(ctx, `SELECT number, text, reason, actor, at FROM order_terms ORDER BY number DESC LIMIT 200`, func(scan func(...any) error) error {
			var k order.Kept
			var number int
			var text string
			var at int64
			if err := scan(&number, &text, &k.Reason, &k.Actor, &at); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(text), &k.Terms); err != nil {
				return fault.Wrap(fault.Internal, err, "version %d of the terms cannot be read", number)
			}
			k.Version, k.At = number, micros(at)
			all = append(all, k)
			return nil
		})
	})
	return all, err
}

// Keep adds a version of the terms.
func (st Orders) Keep(ctx context.Context, c *order.Change) (change.Committed, error) {
	h, err := st.open(ctx, c.Scope)
	if err != nil {
		return change.Committed{}, err
	}
	defer h.Release()
	text, err := json.Marshal(c.Kept.Terms)
	if err != nil {
		return change.Committed{}, fault.Wrap(fault.Internal, err, "write the terms")
	}
	return h.Commit(ctx, &c.Envelope, func(ctx context.Context, tx *sqldb.Tx, _ time.Time) error {
		n, err := tx.Exec(ctx, `INSERT INTO order_terms (number, text, reason, actor, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (org_id, number) DO NOTHING`,
			c.Kept.Version, string(text), c.Kept.Reason, string(c.Kept.Actor), c.Kept.At.UnixMicro())
		if err == nil && n != 1 {
			err = fault.New(fault.Conflict, "the terms were changed meanwhile").WithHelp("look at them again, and change them then")
		}
		return err
	})
}

// counts are what is bounded, as it is counted: people who are members, projects that are not archived and no example, live connections, scans that were asked for since a time.
var counts = map[terms.Limit]string{
	terms.Users:         `SELECT count(*) FROM member WHERE removed = 0`,
	terms.Projects:      `SELECT count(*) FROM project WHERE archived = 0 AND id NOT IN (SELECT project FROM example)`,
	terms.Subscriptions: `SELECT count(*) FROM live_connection WHERE kind IN ('azure', 'kubernetes')`,
	terms.Repositories:  `SELECT count(*) FROM live_connection WHERE kind = 'repository'`,
	terms.Scans:         `SELECT count(*) FROM scan WHERE created_at >= $1 AND project NOT IN (SELECT project FROM example)`,
}

// Used is how much of it the scope's organisation has; of scans since a time.
func (st Orders) Used(ctx context.Context, s access.Scope, l terms.Limit, since time.Time) (n int, err error) {
	query, known := counts[l]
	if !known {
		return 0, fault.New(fault.Internal, "%.40q is no limit", string(l))
	}
	var args []any
	if l == terms.Scans {
		args = append(args, since.UnixMicro())
	}
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		_, err := tx.Row(ctx, []any{&n}, query, args...)
		return err
	})
	return n, err
}

// Connected are the kinds of the live connections of the scope's organisation, and whether it has an identity provider of its own that is not switched off.
func (st Orders) Connected(ctx context.Context, s access.Scope) (kinds []string, provider bool, err error) {
	err = st.read(ctx, s, func(tx *sqldb.Tx) error {
		kinds = nil
		err := tx.Each(ctx, `SELECT DISTINCT kind FROM live_connection ORDER BY kind`, func(scan func(...any) error) error {
			var kind string
			err := scan(&kind)
			kinds = append(kinds, kind)
			return err
		})
		var n int
		if err == nil {
			_, err = tx.Row(ctx, []any{&n}, `SELECT count(*) FROM provider WHERE off = 0`)
		}
		provider = n > 0
		return err
	})
	return kinds, provider, err
}
