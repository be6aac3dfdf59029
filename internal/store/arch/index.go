package arch

import (
	"context"
	"time"

	"c4arch/internal/store/sqldb"
)

// packRow is a pack as the database knows it.
type packRow struct {
	seq    int64
	object string
	keys   []key
}

func scanPack(scan func(...any) error) (packRow, error) {
	var p packRow
	var digests []byte
	if err := scan(&p.seq, &p.object, &digests); err != nil {
		return p, err
	}
	if len(digests)%16 != 0 || len(digests) > 16*packSlots || p.seq < 1 {
		return p, damaged("the row of the pack number %d cannot be read", p.seq)
	}
	for i := 0; i < len(digests); i += 16 {
		p.keys = append(p.keys, key(digests[i:i+16]))
	}
	return p, nil
}

func (p *packRow) digests() []byte {
	b := make([]byte, 0, 16*len(p.keys))
	for _, k := range p.keys {
		b = append(b, k[:]...)
	}
	return b
}

func insertPack(ctx context.Context, tx *sqldb.Tx, p *packRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO pack (seq, object, digests) VALUES ($1, $2, $3)`, p.seq, p.object, p.digests())
	return err
}

func readPacks(ctx context.Context, tx *sqldb.Tx) ([]packRow, error) {
	return soundPacks(ctx, tx, func(err error) error { return err })
}

// soundPacks hands what is wrong with a row to bad, which may let it go on without that row.
func soundPacks(ctx context.Context, tx *sqldb.Tx, bad func(error) error) ([]packRow, error) {
	var list []packRow
	err := tx.Each(ctx, `SELECT seq, object, digests FROM pack ORDER BY seq`, func(scan func(...any) error) error {
		p, err := scanPack(scan)
		if err != nil {
			return bad(err)
		}
		list = append(list, p)
		return nil
	})
	return list, err
}

// indexOf tells where each object is.
func indexOf(packs []packRow) map[key]ref {
	n := 0
	for i := range packs {
		n += len(packs[i].keys)
	}
	x := make(map[key]ref, n+n/8)
	for i := range packs {
		for slot, k := range packs[i].keys {
			if k != (key{}) {
				x[k] = refOf(packs[i].seq, slot)
			}
		}
	}
	return x
}

// withdrawals are the reasons for which contents were withdrawn, by their keys. They outlast the snapshots, so that a
// version that was withdrawn does not come back when it is read again.
func withdrawals(ctx context.Context, tx *sqldb.Tx) (map[key]string, error) {
	all := map[key]string{}
	err := tx.Each(ctx, `SELECT digest, reason FROM withdrawal`, func(scan func(...any) error) error {
		var d []byte
		var reason string
		if err := scan(&d, &reason); err != nil {
			return err
		}
		if len(d) != len(key{}) || reason == "" {
			return damaged("a row of what was withdrawn cannot be read")
		}
		all[key(d)] = reason
		return nil
	})
	return all, err
}

func insertWithdrawal(ctx context.Context, tx *sqldb.Tx, k key, reason string, at time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO withdrawal (digest, reason, at) VALUES ($1, $2, $3) ON CONFLICT (org_id, digest) DO NOTHING`, k[:], reason, at.UnixMicro())
	return err
}
