package home

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

// closedLog is the time in the head of a log whose organisation was destroyed: nothing is appended any more.
const closedLog = never

// readHead reads the end of the log. With lock nobody else appends before the transaction ends.
func readHead(ctx context.Context, tx *sqldb.Tx, lock bool) (ledger.Head, error) {
	query := `SELECT size, frontier, at FROM ledger_head`
	if lock {
		query += tx.ForUpdate()
	}
	var size, at int64
	var frontier []byte
	found, err := tx.Row(ctx, []any{&size, &frontier, &at}, query)
	if err == nil && !found {
		err = fault.New(fault.Internal, "the ledger has no head").WithHelp("restore the home from a backup")
	}
	if err == nil && at == closedLog {
		err = noOrganisation()
	}
	if err != nil {
		return ledger.Head{}, err
	}
	return ledger.ParseHead(size, frontier, time.UnixMicro(at).UTC())
}

// row is an entry as it is inserted.
type row struct {
	index    int64
	at       time.Time
	kind     string
	leaf     []byte
	hash     ledger.Hash
	sealed   []byte
	subjects []string
}

// appendEntries is the last thing that a transaction does: it locks the head, gives the entries of the changes their places, and writes them. It sets
// Index and At of what was committed.
func (c *core) appendEntries(ctx context.Context, tx *sqldb.Tx, members []*pending) (first row, err error) {
	head, err := readHead(ctx, tx, true)
	if err != nil {
		return row{}, err
	}
	c.pass("locked")
	rows, err := c.place(&head, members)
	if err != nil || len(rows) == 0 {
		return row{}, err
	}
	if err := insertRows(ctx, tx, rows); err != nil {
		return row{}, err
	}
	c.pass("appended")
	hashes := make([]ledger.Hash, len(rows))
	for i := range rows {
		hashes[i] = rows[i].hash
	}
	tiles, err := head.Extend(hashes, kept{ctx, tx})
	if err != nil {
		return row{}, err
	}
	for _, t := range tiles {
		if err := tx.Queue(ctx, `INSERT INTO ledger_tile (level, n, hashes) VALUES ($1, $2, $3) ON CONFLICT (org_id, level, n) DO UPDATE SET hashes = excluded.hashes`, t.Level, t.N, t.Hashes); err != nil {
			return row{}, err
		}
	}
	c.pass("tiled")
	err = tx.Queue(ctx, `UPDATE ledger_head SET size = $1, frontier = $2, at = $3`, head.Size, head.Frontier(), head.At.UnixMicro())
	c.pass("moved")
	return rows[0], err
}

// place gives the entries their indexes and times: a clock that jumps back does not take the log with it.
func (c *core) place(head *ledger.Head, members []*pending) ([]row, error) {
	var rows []row
	index := head.Size
	for _, m := range members {
		if m.p.at.After(head.At) {
			head.At = m.p.at
		}
		m.out.Index, m.out.At = index, head.At
		for i := range m.p.entries {
			e := &m.p.entries[i]
			leaf, hash := e.Seal(c.org, index, head.At)
			sealed, err := SealOpenings(c.key, index, e.Openings)
			if err != nil {
				return nil, err
			}
			rows = append(rows, row{index: index, at: head.At, kind: e.Kind, leaf: leaf, hash: hash, sealed: sealed, subjects: subjects(e)})
			index++
		}
	}
	return rows, nil
}

func subjects(e *ledger.Prepared) []string {
	var list []string
	seen := map[string]bool{}
	for _, o := range e.Openings {
		if o.Subject != "" && !seen[o.Subject] {
			seen[o.Subject] = true
			list = append(list, o.Subject)
		}
	}
	slices.Sort(list)
	return list
}

// rowsAtOnce bounds the values of one statement, and with it how many different statements there are.
const rowsAtOnce = 64

func insertRows(ctx context.Context, tx *sqldb.Tx, rows []row) error {
	var about [][2]any
	for len(rows) > 0 {
		n := chunk(len(rows))
		args := make([]any, 0, n*6)
		for _, r := range rows[:n] {
			args = append(args, r.index, r.at.UnixMicro(), r.kind, r.leaf, r.hash[:], r.sealed)
			for _, s := range r.subjects {
				about = append(about, [2]any{s, r.index})
			}
		}
		if err := tx.Queue(ctx, `INSERT INTO ledger_entry (idx, at, kind, leaf, leaf_hash, sealed) VALUES `+values(n, 6), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	for len(about) > 0 {
		n := chunk(len(about))
		args := make([]any, 0, n*2)
		for _, a := range about[:n] {
			args = append(args, a[0], a[1])
		}
		if err := tx.Queue(ctx, `INSERT INTO ledger_subject (subject, idx) VALUES `+values(n, 2), args...); err != nil {
			return err
		}
		about = about[n:]
	}
	return nil
}

// chunk is the largest power of two that fits, so that a server has few statements to plan.
func chunk(n int) int {
	size := rowsAtOnce
	for size > n {
		size /= 2
	}
	return size
}

// values writes ($1, $2), ($3, $4) and so on.
func values(rows, columns int) string {
	var b strings.Builder
	for i := range rows * columns {
		switch {
		case i == 0:
			b.WriteString("(")
		case i%columns == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(i+1))
	}
	return b.String() + ")"
}

// kept is what the home has of its tree.
type kept struct {
	ctx context.Context
	tx  *sqldb.Tx
}

func (k kept) Leaves(from, to int64) ([]ledger.Hash, error) {
	var hashes []ledger.Hash
	err := k.tx.Each(k.ctx, `SELECT leaf_hash FROM ledger_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx`, func(scan func(...any) error) error {
		var b []byte
		if err := scan(&b); err != nil {
			return err
		}
		if len(b) != ledger.HashSize {
			return fault.New(fault.Internal, "the hash of an entry of the ledger is damaged")
		}
		hashes = append(hashes, ledger.Hash(b))
		return nil
	}, from, to)
	return hashes, err
}

func (k kept) Tile(level int, n int64) ([]byte, error) {
	var b []byte
	found, err := k.tx.Row(k.ctx, []any{&b}, `SELECT hashes FROM ledger_tile WHERE level = $1 AND n = $2`, level, n)
	if err == nil && !found {
		err = fault.New(fault.Internal, "tile %d of level %d of the ledger is missing", n, level)
	}
	return b, err
}
