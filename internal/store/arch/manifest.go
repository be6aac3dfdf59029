package arch

import (
	"context"
	"crypto/sha256"
	"database/sql"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/store/sqldb"
)

const (
	chainLength = 128     // a manifest is whole at the latest after so many that are not
	maxTokens   = 1 << 25 // the most that a manifest may have
)

// manifest is the layout of a snapshot as it is kept: whole, or as what differs from the base.
type manifest struct {
	base   sql.NullInt64
	depth  int
	digest []byte // of plain
	plain  []byte
}

// compare writes list as copies from base and what is new:
//
//	2n+1 then n tokens with their lengths;  2n then how far behind the end of the last copy n tokens of the base are copied
//
// It looks for each token where the last copy ended, and else where the base has it first. fresh are the tokens that are not copied.
func compare(base, list []string) (plain []byte, fresh int) {
	var w writer
	first := make(map[string]int, len(base))
	for i := len(base) - 1; i >= 0; i-- {
		first[base[i]] = i
	}
	expected := 0
	for i := 0; i < len(list); {
		at, found := find(base, first, list[i], expected)
		j := i + 1
		if found {
			for k := at + 1; j < len(list) && k < len(base) && list[j] == base[k]; k++ {
				j++
			}
			w.uint(uint64(j-i) << 1)
			w.int(int64(at - expected))
			expected = at + j - i
			i = j
			continue
		}
		for j < len(list) {
			if _, found := find(base, first, list[j], expected); found {
				break
			}
			j++
		}
		w.uint(uint64(j-i)<<1 | 1)
		for ; i < j; i++ {
			w.str(list[i])
			fresh++
		}
	}
	return w.b, fresh
}

func find(base []string, first map[string]int, token string, expected int) (int, bool) {
	if expected < len(base) && base[expected] == token {
		return expected, true
	}
	at, found := first[token]
	return at, found
}

// apply is the other way round.
func apply(base []string, plain string) ([]string, error) {
	in := reader{s: plain}
	var list []string
	expected := int64(0)
	for in.s != "" {
		op := in.uint()
		n := op >> 1
		if n == 0 || n+uint64(len(list)) > maxTokens {
			return nil, errBytes
		}
		if op&1 == 1 {
			for range n {
				if list = append(list, in.str()); in.bad {
					return nil, errBytes
				}
			}
			continue
		}
		at := expected + in.int()
		if in.bad || at < 0 || at > int64(len(base)) || n > uint64(int64(len(base))-at) {
			return nil, errBytes
		}
		expected = at + int64(n)
		list = append(list, base[at:expected]...)
	}
	return list, in.end()
}

// whole is the manifest that needs no other.
func whole(list []string) manifest {
	plain, _ := compare(nil, list)
	return sealed(manifest{plain: plain})
}

func sealed(m manifest) manifest {
	sum := sha256.Sum256(m.plain)
	m.digest = sum[:]
	return m
}

// manifestOf is the shorter of the whole layout and what differs from the base.
func manifestOf(list []string, base int64, baseDepth int, baseList []string) manifest {
	if base == 0 || baseDepth+1 >= chainLength {
		return whole(list)
	}
	plain, fresh := compare(baseList, list)
	if fresh > len(list)*3/4 {
		return whole(list)
	}
	return sealed(manifest{base: sql.NullInt64{Int64: base, Valid: true}, depth: baseDepth + 1, plain: plain})
}

func (st *Store) insertManifest(ctx context.Context, tx *sqldb.Tx, snapshot int64, m manifest) error {
	_, err := tx.Exec(ctx, `INSERT INTO manifest (project, snapshot, base, depth, digest, data) VALUES ($1, $2, $3, $4, $5, $6)`,
		string(st.project), snapshot, m.base, m.depth, m.digest, st.press.encode(m.plain, nil))
	return err
}

// chains reads layouts, and remembers the last of them: the next one that is asked for is often told from one of those.
type chains struct {
	store *Store
	tx    *sqldb.Tx
	known map[int64][]string
	order []int64
}

func (st *Store) chains(tx *sqldb.Tx) *chains {
	return &chains{store: st, tx: tx, known: map[int64][]string{}}
}

// remembered is how many layouts are kept in memory. Two snapshots of different things in turn need two.
const remembered = 4

// list returns the tokens of a snapshot, by reading the manifests that it takes.
func (c *chains) list(ctx context.Context, project id.Project, snapshot int64) ([]string, error) {
	var steps []string
	at := sql.NullInt64{Int64: snapshot, Valid: true}
	var list []string
	for at.Valid {
		if known, ok := c.known[at.Int64]; ok {
			list = known
			break
		}
		if len(steps) > 2*chainLength {
			return nil, damaged("the manifest of the snapshot number %d has no end", snapshot)
		}
		m, err := c.store.readManifest(ctx, c.tx, project, at.Int64)
		if err != nil {
			return nil, err
		}
		steps = append(steps, string(m.plain))
		at = m.base
	}
	var err error
	for i := len(steps) - 1; i >= 0; i-- {
		if list, err = apply(list, steps[i]); err != nil {
			return nil, damaged("the manifest of the snapshot number %d does not fit those that it is told from", snapshot)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	c.remember(snapshot, list)
	return list, nil
}

func (c *chains) remember(snapshot int64, list []string) {
	if _, ok := c.known[snapshot]; ok {
		return
	}
	if len(c.order) == remembered {
		delete(c.known, c.order[0])
		c.order = c.order[1:]
	}
	c.known[snapshot], c.order = list, append(c.order, snapshot)
}

func (st *Store) readManifest(ctx context.Context, tx *sqldb.Tx, project id.Project, snapshot int64) (manifest, error) {
	var m manifest
	var data []byte
	found, err := tx.Row(ctx, []any{&m.base, &m.depth, &m.digest, &data}, `SELECT base, depth, digest, data FROM manifest WHERE project = $1 AND snapshot = $2`, string(project), snapshot)
	if err != nil {
		return m, err
	}
	if !found {
		return m, damaged("the manifest of the snapshot number %d is missing", snapshot)
	}
	m.plain, err = st.press.dec.DecodeAll(data, nil)
	if err != nil {
		return m, damaged("the manifest of the snapshot number %d cannot be read", snapshot)
	}
	if sum := sha256.Sum256(m.plain); string(sum[:]) != string(m.digest) {
		return m, damaged("the manifest of the snapshot number %d does not match its digest", snapshot)
	}
	return m, nil
}

// damaged is the error for what is kept and is not what was kept.
func damaged(format string, args ...any) *fault.Error {
	return fault.New(fault.Internal, format, args...).WithHelp("%s", helpDamaged)
}

const helpDamaged = "it was damaged or changed: c4arch fsck names all that is, and a backup of the folder has it whole"
