package trust

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/auditing"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

// Head reads the end of the log.
func (st *Store) Head(ctx context.Context, s access.Scope) (head ledger.Head, err error) {
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		var size, at int64
		var frontier []byte
		found, err := tx.Row(ctx, []any{&size, &frontier, &at}, `SELECT size, frontier, at FROM ledger_head`)
		if err != nil {
			return err
		}
		if !found {
			return fault.New(fault.Internal, "the ledger has no head").WithHelp("restore the home from a backup")
		}
		head, err = ledger.ParseHead(size, frontier, time.UnixMicro(at).UTC())
		return err
	})
	return head, err
}

// maxKinds bounds how many kinds a query may name.
const maxKinds = 32

// Rows reads entries in order.
func (st *Store) Rows(ctx context.Context, s access.Scope, q auditing.Query) (rows []auditing.Row, err error) {
	limit := cmp.Or(q.Limit, auditing.Page)
	if limit < 0 || limit > auditing.Page || q.From < 0 || q.Before < 0 || len(q.Kinds) > maxKinds {
		return nil, fault.New(fault.Invalid, "at most %d entries of at most %d kinds are read at once", auditing.Page, maxKinds)
	}
	query, args := rowsQuery(q, limit)
	err = st.read(ctx, s, func(h *home.Home, tx *sqldb.Tx) error {
		var sealed [][]byte
		err := tx.Each(ctx, query, func(scan func(...any) error) error {
			var r auditing.Row
			var at int64
			var hash, values []byte
			if err := scan(&r.Index, &at, &r.Kind, &r.Leaf, &hash, &values); err != nil {
				return err
			}
			r.At = time.UnixMicro(at).UTC()
			if len(hash) == ledger.HashSize {
				r.Hash = ledger.Hash(hash)
			} else {
				r.Damage = fmt.Sprintf("its hash has %d bytes", len(hash))
			}
			rows, sealed = append(rows, r), append(sealed, values)
			return nil
		}, args...)
		if err != nil {
			return err
		}
		if err := subjectsOf(ctx, tx, rows); err != nil {
			return err
		}
		open(h.Key(), rows, sealed)
		return nil
	})
	return rows, err
}

func rowsQuery(q auditing.Query, limit int) (string, []any) {
	args := []any{q.From}
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	var b strings.Builder
	b.WriteString(`SELECT idx, at, kind, leaf, leaf_hash, sealed FROM ledger_entry WHERE idx >= $1`)
	if q.Before > 0 {
		b.WriteString(` AND idx < ` + arg(q.Before))
	}
	if len(q.Kinds) > 0 {
		b.WriteString(` AND kind IN (`)
		for i, k := range q.Kinds {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(arg(k))
		}
		b.WriteString(`)`)
	}
	if q.Subject != "" {
		b.WriteString(` AND idx IN (SELECT idx FROM ledger_subject WHERE subject = ` + arg(q.Subject) + `)`)
	}
	b.WriteString(` ORDER BY idx`)
	if q.Newest {
		b.WriteString(` DESC`)
	}
	b.WriteString(` LIMIT ` + arg(limit))
	return b.String(), args
}

// subjectsOf reads whose personal data the rows are believed to hold.
func subjectsOf(ctx context.Context, tx *sqldb.Tx, rows []auditing.Row) error {
	if len(rows) == 0 {
		return nil
	}
	at := make(map[int64]int, len(rows))
	for i, r := range rows {
		at[r.Index] = i
	}
	return tx.Each(ctx, `SELECT subject, idx FROM ledger_subject WHERE idx >= $1 AND idx <= $2 ORDER BY idx, subject`, func(scan func(...any) error) error {
		var subject string
		var index int64
		if err := scan(&subject, &index); err != nil {
			return err
		}
		if i, ok := at[index]; ok {
			rows[i].Subjects = append(rows[i].Subjects, subject)
		}
		return nil
	}, min(rows[0].Index, rows[len(rows)-1].Index), max(rows[0].Index, rows[len(rows)-1].Index))
}

func open(key *secret.Key, rows []auditing.Row, sealed [][]byte) {
	for i := range rows {
		openings, err := home.OpenOpenings(key, rows[i].Index, sealed[i])
		if err != nil {
			rows[i].Damage = cmp.Or(rows[i].Damage, "its values do not open")
		}
		rows[i].Openings = openings
	}
}

// Beyond counts what the head does not cover.
func (st *Store) Beyond(ctx context.Context, s access.Scope, size int64) (entries int64, tiles []auditing.TileName, err error) {
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		var now int64
		if _, err := tx.Row(ctx, []any{&now}, `SELECT size FROM ledger_head`); err != nil {
			return err
		}
		// What was appended since the caller read the head is no surplus.
		now = max(now, size)
		if _, err := tx.Row(ctx, []any{&entries}, `SELECT count(*) FROM ledger_entry WHERE idx >= $1 OR idx < 0`, now); err != nil {
			return err
		}
		return tx.Each(ctx, `SELECT level, n FROM ledger_tile ORDER BY level, n`, func(scan func(...any) error) error {
			var t auditing.TileName
			if err := scan(&t.Level, &t.N); err != nil {
				return err
			}
			if !belongs(t, now) {
				tiles = append(tiles, t)
			}
			return nil
		})
	})
	return entries, tiles, err
}

// Count counts the entries below an index by kind.
func (st *Store) Count(ctx context.Context, s access.Scope, before int64) (c auditing.Counted, err error) {
	c = auditing.Counted{Kinds: map[string]int64{}, Last: -1}
	err = st.read(ctx, s, func(_ *home.Home, tx *sqldb.Tx) error {
		err := tx.Each(ctx, `SELECT kind, count(*) FROM ledger_entry WHERE idx < $1 GROUP BY kind`, func(scan func(...any) error) error {
			var kind string
			var n int64
			err := scan(&kind, &n)
			c.Kinds[kind] = n
			return err
		}, before)
		if err != nil || len(c.Kinds) == 0 {
			return err
		}
		_, err = tx.Row(ctx, []any{&c.First, &c.Last}, `SELECT min(idx), max(idx) FROM ledger_entry WHERE idx < $1`, before)
		return err
	})
	return c, err
}

// belongs reports whether a tree of that size keeps that tile.
func belongs(t auditing.TileName, size int64) bool {
	if t.Level < 0 || t.Level > ledger.MaxLevel || t.N < 0 || t.N > size {
		return false
	}
	w := ledger.Width(t.Level, t.N, size)
	return w > 0 && (t.Level > 0 || w == ledger.TileWidth)
}

// Tiles reads the tree. Each tile is read by itself, so that nothing is held while a bundle is written to somebody slow: what is kept of a tree is only ever added to.
func (st *Store) Tiles(ctx context.Context, s access.Scope) ledger.Tiles { return tiles{ctx, s, st} }

type tiles struct {
	ctx   context.Context
	scope access.Scope
	st    *Store
}

func (k tiles) Leaves(from, to int64) (hashes []ledger.Hash, err error) {
	err = k.st.read(k.ctx, k.scope, func(_ *home.Home, tx *sqldb.Tx) error {
		return tx.Each(k.ctx, `SELECT idx, leaf_hash FROM ledger_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx`, func(scan func(...any) error) error {
			var index int64
			var b []byte
			if err := scan(&index, &b); err != nil {
				return err
			}
			if len(b) != ledger.HashSize || index != from+int64(len(hashes)) {
				return fault.New(fault.Internal, "entry %d of the ledger is missing or has no hash", from+int64(len(hashes)))
			}
			hashes = append(hashes, ledger.Hash(b))
			return nil
		}, from, to)
	})
	if err == nil && int64(len(hashes)) != to-from {
		err = fault.New(fault.Internal, "entry %d of the ledger is missing", from+int64(len(hashes)))
	}
	return hashes, err
}

func (k tiles) Tile(level int, n int64) (b []byte, err error) {
	err = k.st.read(k.ctx, k.scope, func(_ *home.Home, tx *sqldb.Tx) error {
		found, err := tx.Row(k.ctx, []any{&b}, `SELECT hashes FROM ledger_tile WHERE level = $1 AND n = $2`, level, n)
		if err == nil && !found {
			err = fault.New(fault.Internal, "tile %d of level %d of the ledger is missing", n, level)
		}
		return err
	})
	return b, err
}
