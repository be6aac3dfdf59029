package trust

import (
	"context"
	"fmt"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/auditing"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

const checkpointColumns = `SELECT size, root, note, at FROM checkpoint`

func scanned(size int64, root []byte, note string, at int64) auditing.Kept {
	k := auditing.Kept{Tree: ledger.Tree{Size: size}, Note: []byte(note), At: time.UnixMicro(at).UTC()}
	if len(root) == ledger.HashSize {
		k.Root = ledger.Hash(root)
	} else {
		k.Damage = fmt.Sprintf("its root has %d bytes", len(root))
	}
	return k
}

// Checkpoints are those with at least that size.
func (st *Store) Checkpoints(ctx context.Context, s access.Scope, from int64) (list []auditing.Kept, err error) {
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		return tx.Each(ctx, checkpointColumns+` WHERE size >= $1 ORDER BY size LIMIT $2`, func(scan func(...any) error) error {
			var size, at int64
			var root []byte
			var note string
			if err := scan(&size, &root, &note, &at); err != nil {
				return err
			}
			list = append(list, scanned(size, root, note, at))
			return nil
		}, from, auditing.Page)
	})
	return list, err
}

// Newest is the one with the largest size.
func (st *Store) Newest(ctx context.Context, s access.Scope) (k auditing.Kept, err error) {
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		var size, at int64
		var root []byte
		var note string
		found, err := tx.Row(ctx, []any{&size, &root, &note, &at}, checkpointColumns+` ORDER BY size DESC LIMIT 1`)
		if err == nil && !found {
			err = fault.New(fault.NotFound, "no checkpoint was signed yet").WithHelp("sign one: c4arch audit checkpoint")
		}
		k = scanned(size, root, note, at)
		return err
	})
	return k, err
}

// Keep keeps a checkpoint. It is no decision: it states what the log says already.
func (st *Store) Keep(ctx context.Context, s access.Scope, k auditing.Kept) error {
	h, release, err := st.open(ctx, s)
	if err != nil {
		return err
	}
	defer release()
	return h.Upkeep(ctx, home.Checkpoints, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO checkpoint (size, root, note, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (org_id, size) DO UPDATE SET root = excluded.root, note = excluded.note, at = excluded.at`, k.Size, k.Root[:], string(k.Note), k.At.UnixMicro())
		return err
	})
}
