package trust

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

// Open are the organisations whose logs can have grown: those that were open since their log was taken in, and with all every one that is not destroyed.
func (st *Store) Open(ctx context.Context, platform access.Scope, all bool) (orgs []id.Org, err error) {
	query := `SELECT d.id FROM directory d JOIN due u ON u.organisation = d.id WHERE d.state = 'active' AND d.id <> $1 AND u.active > 0 ORDER BY d.id`
	if all {
		query = `SELECT id FROM directory WHERE state = 'active' AND id <> $1 ORDER BY id`
	}
	err = st.read(ctx, platform, func(_ *home.Home, tx *sqldb.Tx) error {
		return tx.Each(ctx, query, func(scan func(...any) error) error {
			var org string
			if err := scan(&org); err != nil {
				return err
			}
			orgs = append(orgs, id.Org(org))
			return nil
		}, string(id.Platform)) // its own log is the one that takes the others in
	})
	return orgs, err
}

// Gathered is how far the log of an organisation was.
func (st *Store) Gathered(ctx context.Context, platform access.Scope, org id.Org) (t ledger.Tree, known bool, err error) {
	err = st.read(ctx, platform, func(_ *home.Home, tx *sqldb.Tx) error {
		var root []byte
		known, err = tx.Row(ctx, []any{&t.Size, &root}, `SELECT size, root FROM log_head WHERE organisation = $1`, string(org))
		if err != nil || !known {
			return err
		}
		if len(root) != ledger.HashSize {
			return fault.New(fault.Internal, "what the instance knows of the log of %s is damaged", org)
		}
		t.Root = ledger.Hash(root)
		return nil
	})
	return t, known, err
}

// Gather commits how far logs are. One that is known to be further is a conflict: two replicas gathered at the same time.
func (st *Store) Gather(ctx context.Context, c *auditing.Gathering) (change.Committed, error) {
	return st.commit(ctx, &c.Envelope, func(ctx context.Context, _ *home.Home, tx *sqldb.Tx) error {
		for _, g := range c.Logs {
			n, err := tx.Exec(ctx, `INSERT INTO log_head (organisation, size, root, at) VALUES ($1, $2, $3, $4)
				ON CONFLICT (org_id, organisation) DO UPDATE SET size = excluded.size, root = excluded.root, at = excluded.at WHERE log_head.size < excluded.size`,
				string(g.Org), g.Size, g.Root[:], c.At.UnixMicro())
			if err != nil {
				return err
			}
			if n != 1 {
				return fault.New(fault.Conflict, "the log of %s was taken in meanwhile", g.Org)
			}
		}
		return nil
	})
}
