//go:build unix

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/service/auditing"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

// proofs builds a large ledger in bulk, on both engines, with entries as a service writes them, and measures proofs from it as an export makes them: each tile and each run of leaves
// is a transaction of its own. Every proof is verified. At the end the program's own verifier reads all of it.
func proofs(ctx context.Context, o options) error {
	defer stopServer()
	table(fmt.Sprintf("A ledger of %d entries, built in bulk; proofs of random entries and sizes, each verified", o.entries), "Engine", "Built in s", "Bytes of an entry kept", "MB kept",
		"Inclusion, ms p50 / p95", "Consistency, ms p50 / p95", "Root, ms p50", "The verifier reads all in s")
	for _, open := range []func() (*world, error){
		func() (*world, error) { return embedded(ctx, 64) },
		func() (*world, error) { w, _, err := served(ctx, 64); return w, err },
	} {
		w, err := open()
		if err != nil {
			return err
		}
		err = w.prove(ctx, o)
		w.close()
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *world) prove(ctx context.Context, o options) error {
	made, err := w.organisation(ctx, 0)
	if err != nil {
		return err
	}
	org := made.Organisation.ID
	h, err := w.hold(ctx, org)
	if err != nil {
		return err
	}
	defer h.Release()
	s := scope(owner(org), access.LedgerRead)
	head, err := w.trust.Head(ctx, s)
	if err != nil {
		return err
	}
	from := time.Now()
	if head, err = build(ctx, h, head, w.trust.Tiles(ctx, s), int64(o.entries)); err != nil {
		return err
	}
	built := time.Since(from)
	var inclusion, consistency, roots []float64
	tiles, tree := w.trust.Tiles(ctx, s), head.Tree()
	for range 2000 {
		index := random(head.Size)
		from := time.Now()
		proof, err := ledger.Inclusion(head.Size, index, tiles)
		inclusion = append(inclusion, ms(time.Since(from)))
		if err != nil {
			return err
		}
		leaf, err := tiles.Leaves(index, index+1)
		if err != nil {
			return err
		}
		if err := ledger.VerifyInclusion(tree, index, leaf[0], proof); err != nil {
			return err
		}
	}
	for range 500 {
		size := random(head.Size) + 1
		from := time.Now()
		proof, err := ledger.Consistency(size, head.Size, tiles)
		consistency = append(consistency, ms(time.Since(from)))
		if err != nil {
			return err
		}
		from = time.Now()
		root, err := ledger.RootOf(size, tiles)
		roots = append(roots, ms(time.Since(from)))
		if err != nil {
			return err
		}
		if err := ledger.VerifyConsistency(ledger.Tree{Size: size, Root: root}, tree, proof); err != nil {
			return err
		}
	}
	from = time.Now()
	if err := w.verify(ctx, org, head.Size); err != nil {
		return err
	}
	verified := time.Since(from)
	size, err := w.bytes(ctx, h)
	if err != nil {
		return err
	}
	row(w.engine, fmt.Sprintf("%.0f", built.Seconds()), size/head.Size, fmt.Sprintf("%.0f", float64(size)/1e6), fmt.Sprintf("%.2f / %.2f", at(inclusion, 0.5), at(inclusion, 0.95)),
		fmt.Sprintf("%.2f / %.2f", at(consistency, 0.5), at(consistency, 0.95)), fmt.Sprintf("%.2f", median(roots)), fmt.Sprintf("%.1f", verified.Seconds()))
	return nil
}

func random(n int64) int64 {
	v, err := rand.Int(rand.Reader, big.NewInt(n))
	if err != nil {
		panic(err) // the system has no randomness
	}
	return v.Int64()
}

// written is what every entry of the large ledger says.
var written = ledger.Draft{Kind: "project.changed", Fields: []ledger.Field{ledger.Text("slug", "contoso"), ledger.Text("name", "Contoso shop")}}

// atOnce is how many entries share a transaction: a tile.
const atOnce = ledger.TileWidth

// build appends entries until there are so many, a tile of them to a transaction. It writes what a commit writes, with the ledger's own functions.
func build(ctx context.Context, h *home.Home, head ledger.Head, kept ledger.Tiles, size int64) (ledger.Head, error) {
	common := ledger.Common{Actor: "person:pn_owner", Surface: "api", Purpose: "bench", Request: "rq_bench", Action: "project.change"}
	for head.Size < size {
		n := min(atOnce-head.Size%atOnce, size-head.Size)
		var hashes []ledger.Hash
		var args []any
		now := time.Now().UTC().Truncate(time.Microsecond)
		for i := range n {
			e, err := ledger.Prepare(written, common, rand.Reader)
			if err != nil {
				return head, err
			}
			leaf, hash := e.Seal(h.Org(), head.Size+i, now)
			sealed, err := home.SealOpenings(h.Key(), head.Size+i, e.Openings)
			if err != nil {
				return head, err
			}
			hashes = append(hashes, hash)
			args = append(args, head.Size+i, now.UnixMicro(), e.Kind, leaf, hash[:], sealed)
		}
		begun := head.Size
		// What the tree needs of what is kept is read before the transaction that writes: SQLite has one writer, and the reader is another connection.
		rows, err := head.Extend(hashes, kept)
		if err != nil {
			return head, err
		}
		head.At = now
		if err := h.DB().Transact(ctx, func(tx *sqldb.Tx) error {
			if err := insert(ctx, tx, args); err != nil {
				return err
			}
			if err := subjects(ctx, tx, begun, n); err != nil {
				return err
			}
			for _, t := range rows {
				if _, err := tx.Exec(ctx, `INSERT INTO ledger_tile (level, n, hashes) VALUES ($1, $2, $3) ON CONFLICT (org_id, level, n) DO UPDATE SET hashes = excluded.hashes`, t.Level, t.N, t.Hashes); err != nil {
					return err
				}
			}
			_, err := tx.Exec(ctx, `UPDATE ledger_head SET size = $1, frontier = $2, at = $3`, head.Size, head.Frontier(), head.At.UnixMicro())
			return err
		}); err != nil {
			return head, err
		}
	}
	return head, nil
}

const columns = 6

func insert(ctx context.Context, tx *sqldb.Tx, args []any) error {
	const most = 64 * columns
	for len(args) > 0 {
		n := min(most, len(args))
		if _, err := tx.Exec(ctx, `INSERT INTO ledger_entry (idx, at, kind, leaf, leaf_hash, sealed) VALUES `+places(n, columns), args[:n]...); err != nil {
			return err
		}
		args = args[n:]
	}
	return nil
}

// subjects notes whose personal data each entry holds: the actor's.
func subjects(ctx context.Context, tx *sqldb.Tx, begun, n int64) error {
	var args []any
	for i := range n {
		args = append(args, "pn_owner", begun+i)
	}
	_, err := tx.Exec(ctx, `INSERT INTO ledger_subject (subject, idx) VALUES `+places(len(args), 2), args...)
	return err
}

func places(values, columns int) string {
	var b strings.Builder
	for i := range values {
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

// verify lets the program's verifier read the whole ledger.
func (w *world) verify(ctx context.Context, org id.Org, size int64) error {
	s := auditing.New(auditing.Config{Log: w.trust, Checkpoints: w.trust, Signers: nobody{}, Heads: w.trust, Now: time.Now})
	v, err := s.Look(ctx, owner(org), auditing.Full)
	if err != nil {
		return err
	}
	if len(v.Faults) > 0 || v.Read < size {
		return fmt.Errorf("the verifier found %d faults, the first %v, in %d of %d entries", len(v.Faults), v.Faults, v.Read, size)
	}
	return nil
}

// nobody signs: no checkpoint is made here.
type nobody struct{}

func (nobody) Signer(context.Context, id.Org) (*ledger.Signer, error) {
	return nil, errors.New("nobody signs here")
}

// bytes is what the home takes on the disk.
func (w *world) bytes(ctx context.Context, h *home.Home) (size int64, err error) {
	if w.cfg.Server != nil {
		err := h.Read(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Row(ctx, []any{&size}, `SELECT sum(pg_total_relation_size(c))::bigint FROM unnest(ARRAY['ledger_entry', 'ledger_subject', 'ledger_tile']::regclass[]) c`)
			return err
		})
		return size, err
	}
	if err := h.DB().Flush(ctx); err != nil {
		return 0, err
	}
	err = filepath.WalkDir(h.Dir(), func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := os.Lstat(filepath.Join(h.Dir(), d.Name()))
		if err == nil && strings.HasSuffix(d.Name(), ".db") {
			size += info.Size()
		}
		return err
	})
	return size, err
}
