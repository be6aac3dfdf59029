package arch

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

// maxLogFaults bounds what is said of a ledger: a log of which every entry is wrong need not name each.
const maxLogFaults = 50

// logCheck grows the tree again from the leaves, and holds it to the hashes, the tiles and the head that are kept. Everything is read in one state of the home.
type logCheck struct {
	*checker
	ledger.Builder
	tiles  map[tileAt][]byte
	next   int64 // the index that comes
	at     time.Time
	sealed []int64 // entries whose values do not open
	said   int
}

type tileAt struct {
	level int
	n     int64
}

func (l *logCheck) say(format string, args ...any) {
	if l.said++; l.said <= maxLogFaults {
		l.fault("the ledger: "+format, args...)
	}
}

// ledger verifies the ledger of the home: every leaf against its hash, its row and its values, and all of them against tiles and head.
func (c *checker) ledger(ctx context.Context, tx *sqldb.Tx, _ []row) error {
	l := &logCheck{checker: c, tiles: map[tileAt][]byte{}}
	l.Full = l.full
	if err := l.read(ctx, tx); err != nil {
		return err
	}
	c.out.Entries = l.next
	if err := l.end(ctx, tx); err != nil {
		return err
	}
	switch n := len(l.sealed); {
	case n == 1:
		l.say("the values of entry %d do not open under this key, or were changed", l.sealed[0])
	case n > 1:
		l.say("the values of %d entries, from entry %d, do not open under this key, or were changed", n, l.sealed[0])
	}
	if l.said > maxLogFaults {
		c.fault("the ledger: %d more faults", l.said-maxLogFaults)
	}
	return nil
}

func (l *logCheck) read(ctx context.Context, tx *sqldb.Tx) error {
	err := tx.Each(ctx, `SELECT level, n, hashes FROM ledger_tile`, func(scan func(...any) error) error {
		var at tileAt
		var hashes []byte
		err := scan(&at.level, &at.n, &hashes)
		l.tiles[at] = hashes
		return err
	})
	if err != nil {
		return err
	}
	return tx.Each(ctx, `SELECT idx, at, kind, leaf, leaf_hash, sealed FROM ledger_entry ORDER BY idx`, func(scan func(...any) error) error {
		var index, at int64
		var kind string
		var leaf, hash, sealed []byte
		if err := scan(&index, &at, &kind, &leaf, &hash, &sealed); err != nil {
			return err
		}
		l.entry(index, time.UnixMicro(at).UTC(), kind, leaf, hash, sealed)
		return ctx.Err()
	})
}

// entry verifies one entry, and grows the tree by its leaf.
func (l *logCheck) entry(index int64, at time.Time, kind string, data, hash, sealed []byte) {
	if index != l.next {
		l.say("entry %d is missing; the next one is %d", l.next, index)
	}
	sum := ledger.LeafHash(data)
	if !bytes.Equal(sum[:], hash) {
		l.say("entry %d: its leaf is not the one of its hash", index)
	}
	l.Add(sum)
	l.next = index + 1
	leaf, err := ledger.ParseLeaf(data)
	if err != nil {
		l.say("entry %d: its leaf cannot be read", index)
		return
	}
	if leaf.Index != index || leaf.Log != l.store.home.Org() || leaf.Kind != kind || !leaf.At.Equal(at) {
		l.say("entry %d: its leaf says other than its row", index)
	}
	if at.Before(l.at) {
		l.say("entry %d is from before the entry before it", index)
	}
	l.at = at
	openings, err := home.OpenOpenings(l.store.home.Key(), index, sealed)
	if err != nil {
		l.sealed = append(l.sealed, index)
		return
	}
	for _, f := range leaf.Fields {
		if o, there := openings[f.Name]; there && !o.Opens(f.Sum[:]) {
			l.say("entry %d: the value of %s is not the one that its leaf commits to", index, f.Name)
		}
	}
}

// full holds a tile that is full to the one that is kept.
func (l *logCheck) full(level int, n int64, hashes []byte) { l.tile(level, n, hashes) }

func (l *logCheck) tile(level int, n int64, hashes []byte) {
	at := tileAt{level, n}
	kept, there := l.tiles[at]
	delete(l.tiles, at)
	switch {
	case !there:
		l.say("%s is missing", at)
	case !bytes.Equal(kept, hashes):
		l.say("%s is not that of the entries", at)
	}
}

func (a tileAt) String() string { return fmt.Sprintf("tile %d of level %d", a.n, a.level) }

// end holds the tree to the last tiles and to the head.
func (l *logCheck) end(ctx context.Context, tx *sqldb.Tx) error {
	size := l.Size
	for level, hashes := range l.Partial() {
		if size >>= ledger.TileHeight; level > 0 && len(hashes) > 0 { // the last tile of level 0 is the entries themselves
			l.tile(level, size, hashes)
		}
	}
	left := slices.SortedFunc(maps.Keys(l.tiles), func(a, b tileAt) int { return cmp.Or(cmp.Compare(a.level, b.level), cmp.Compare(a.n, b.n)) })
	for _, at := range left {
		l.say("%s belongs to no tree of this size", at)
	}
	var kept, micros int64
	var frontier []byte
	found, err := tx.Row(ctx, []any{&kept, &frontier, &micros}, `SELECT size, frontier, at FROM ledger_head`)
	if err != nil {
		return err
	}
	head, err := ledger.ParseHead(kept, frontier, time.UnixMicro(micros).UTC())
	switch {
	case !found:
		l.say("it has no head")
	case fault.KindOf(err) != "":
		l.say("its head cannot be read")
	case head.Size != l.Size:
		l.say("its head ends at %d, and there are %d entries", head.Size, l.Size)
	case head.Root() != l.Root():
		l.say("its head is not that of the %d entries", head.Size)
	}
	return nil
}
