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

// Epoch is an older backup that was accepted.
type Epoch struct {
	Name string // of the epoch that began with it
	Kept ledger.Tree
}

// Epochs are the older backups of a log that were accepted, the first one first.
func (st *Store) Epochs(ctx context.Context, platform access.Scope, org id.Org) (list []Epoch, err error) {
	err = st.read(ctx, platform, func(_ *home.Home, tx *sqldb.Tx) error {
		list = nil
		return tx.Each(ctx, `SELECT epoch, size, root FROM log_epoch WHERE organisation = $1 ORDER BY epoch`, func(scan func(...any) error) error {
			var e Epoch
			var root []byte
			if err := scan(&e.Name, &e.Kept.Size, &root); err != nil {
				return err
			}
			if len(root) != ledger.HashSize {
				return fault.New(fault.Internal, "what the instance knows of the log of %s is damaged", org)
			}
			e.Kept.Root = ledger.Hash(root)
			list = append(list, e)
			return nil
		}, string(org))
	})
	return list, err
}

// Accept commits that an older state of a log is its newest: from there the instance's log goes on taking it in.
func (st *Store) Accept(ctx context.Context, c *auditing.Acceptance) (change.Committed, error) {
	return st.commit(ctx, &c.Envelope, func(ctx context.Context, _ *home.Home, tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `INSERT INTO log_epoch (organisation, epoch, size, root, known_size, known_root, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (org_id, organisation, epoch) DO NOTHING`, string(c.Log), c.Epoch, c.Kept.Size, c.Kept.Root[:], c.Known.Size, c.Known.Root[:], c.At.UnixMicro())
		if err == nil && n != 1 {
			err = fault.New(fault.Conflict, "an older backup of %s was accepted this very second", c.Log).WithHelp("try again")
		}
		if err != nil || c.Log == id.Platform {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE log_head SET size = $1, root = $2, at = $3 WHERE organisation = $4`, c.Kept.Size, c.Kept.Root[:], c.At.UnixMicro(), string(c.Log))
		return err
	})
}
