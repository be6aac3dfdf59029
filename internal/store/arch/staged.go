package arch

import (
	"context"
	"time"

	"c4arch/internal/store/blob"
	"c4arch/internal/store/sqldb"
)

// batch is the packs that a change writes, in the order that keeps the home whole wherever it ends: first a row that says that
// the object is being staged, then the file, synced, then, in the transaction that refers to it, the row becomes live.
type batch struct {
	home  *Home
	names []string
	sizes []int
}

// stage writes packs and returns the names of their objects.
func (h *Home) stage(ctx context.Context, packs [][]byte, now time.Time) (*batch, error) {
	b := &batch{home: h}
	if len(packs) == 0 {
		return b, nil
	}
	for _, p := range packs {
		b.names, b.sizes = append(b.names, blob.Name()), append(b.sizes, len(p))
	}
	err := h.db.Transact(ctx, func(tx *sqldb.Tx) error {
		for i, name := range b.names {
			if _, err := tx.Exec(ctx, `INSERT INTO object (name, state, size, at) VALUES ($1, 'staged', $2, $3)`, name, b.sizes[i], now.UnixMicro()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	h.pass("staged")
	if err := b.write(ctx, packs); err != nil {
		b.drop(ctx)
		return nil, err
	}
	h.pass("written")
	return b, nil
}

func (b *batch) write(ctx context.Context, packs [][]byte) error {
	for i, p := range packs {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := b.home.blobs.Write(b.names[i], p); err != nil {
			return err
		}
	}
	return b.home.blobs.Sync()
}

// live makes the objects live, in the transaction of the change.
func (b *batch) live(ctx context.Context, tx *sqldb.Tx) error {
	for _, name := range b.names {
		if _, err := tx.Exec(ctx, `UPDATE object SET state = 'live' WHERE name = $1 AND state = 'staged'`, name); err != nil {
			return err
		}
	}
	return nil
}

// drop takes back what was staged, after an error. What it cannot take back, c4arch gc finds.
func (b *batch) drop(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	for _, name := range b.names {
		if b.home.blobs.Remove(name) != nil {
			return
		}
	}
	_ = b.home.db.Transact(ctx, func(tx *sqldb.Tx) error {
		for _, name := range b.names {
			if _, err := tx.Exec(ctx, `DELETE FROM object WHERE name = $1 AND state = 'staged'`, name); err != nil {
				return err
			}
		}
		return nil
	})
}

// removeCondemned removes the objects that a committed change let go. A name is never used twice, so that it can be done late, and twice.
func (h *Home) removeCondemned(ctx context.Context) error {
	var names []string
	err := h.db.Read(ctx, func(tx *sqldb.Tx) error {
		return tx.Each(ctx, `SELECT name FROM object WHERE state = 'condemned' ORDER BY name`, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			names = append(names, name)
			return err
		})
	})
	if err != nil || len(names) == 0 {
		return err
	}
	for _, name := range names {
		if err := h.blobs.Remove(name); err != nil {
			return err
		}
	}
	if err := h.blobs.Sync(); err != nil {
		return err
	}
	h.pass("removed")
	return h.db.Transact(ctx, func(tx *sqldb.Tx) error {
		for _, name := range names {
			if _, err := tx.Exec(ctx, `DELETE FROM object WHERE name = $1 AND state = 'condemned'`, name); err != nil {
				return err
			}
		}
		return nil
	})
}
