package arch

import (
	"context"

	"c4arch/internal/store/sqldb"
)

// packRow is a pack as the database knows it.
type packRow struct {
	seq       int64
	object    string
	keys      []key
	withdrawn map[int]key // the former key of a content that was withdrawn, by its place
}

const packColumns = `seq, object, digests, withdrawn`

func scanPack(scan func(...any) error) (packRow, error) {
	var p packRow
	var digests, withdrawn []byte
	if err := scan(&p.seq, &p.object, &digests, &withdrawn); err != nil {
		return p, err
	}
	if len(digests)%16 != 0 || len(digests) > 16*packSlots || len(withdrawn)%17 != 0 || p.seq < 1 {
		return p, damaged("the row of the pack number %d cannot be read", p.seq)
	}
	for i := 0; i < len(digests); i += 16 {
		p.keys = append(p.keys, key(digests[i:i+16]))
	}
	for i := 0; i < len(withdrawn); i += 17 {
		if p.withdrawn == nil {
			p.withdrawn = map[int]key{}
		}
		p.withdrawn[int(withdrawn[i])] = key(withdrawn[i+1 : i+17])
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

func (p *packRow) withdrawnBytes() []byte {
	b := []byte{}
	for i := range p.keys {
		if k, ok := p.withdrawn[i]; ok {
			b = append(append(b, byte(i)), k[:]...)
		}
	}
	return b
}

func insertPack(ctx context.Context, tx *sqldb.Tx, p *packRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO pack (seq, object, digests, withdrawn) VALUES ($1, $2, $3, $4)`, p.seq, p.object, p.digests(), p.withdrawnBytes())
	return err
}

func readPacks(ctx context.Context, tx *sqldb.Tx) ([]packRow, error) {
	var list []packRow
	err := tx.Each(ctx, `SELECT `+packColumns+` FROM pack ORDER BY seq`, func(scan func(...any) error) error {
		p, err := scanPack(scan)
		list = append(list, p)
		return err
	})
	return list, err
}

// index tells where each object is.
type index struct {
	known     map[key]ref
	withdrawn map[key]ref // contents that were withdrawn, by what their key was
	gone      map[ref]bool
}

func indexOf(packs []packRow) *index {
	n := 0
	for i := range packs {
		n += len(packs[i].keys)
	}
	x := &index{known: make(map[key]ref, n+n/8), withdrawn: map[key]ref{}, gone: map[ref]bool{}}
	for i := range packs {
		p := &packs[i]
		for slot, k := range p.keys {
			if k != (key{}) {
				x.known[k] = refOf(p.seq, slot)
			}
		}
		for slot, k := range p.withdrawn {
			x.withdrawn[k] = refOf(p.seq, slot)
			x.gone[refOf(p.seq, slot)] = true
		}
	}
	return x
}
