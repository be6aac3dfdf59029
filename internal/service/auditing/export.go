package auditing

import (
	"context"
	"io"
	"iter"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Export says what goes into a bundle.
type Export struct {
	From, Before int64 // entries of which the bundle has lines; Before 0 is the end. The tree is always whole
	Kinds        []string
	// Values are shown with their salts; without, only leaves are.
	Values bool
	// Proofs go with the entries, one each, which can be passed on alone.
	Proofs bool
	// Older checkpoints of those sizes are shown to be beginnings of the newest.
	Older []int64
}

// Exported says what was written.
type Exported struct {
	Size int64 // of the tree
	Root ledger.Hash
	// Index is that of the entry about the export, which is not in the bundle.
	Index int64
}

// Export writes a bundle to w. That it is made is an entry, which is there before anything is written. The checkpoint is a new one, when the log grew.
func (s *Service) Export(ctx context.Context, a access.Actor, w io.Writer, x Export) (*Exported, error) {
	scope, err := access.Decide(a, access.LedgerExport, access.Resource{})
	if err != nil {
		return nil, err
	}
	if x.From < 0 || x.Before < 0 || x.Before > 0 && x.Before < x.From {
		return nil, fault.New(fault.Invalid, "entries are exported from an index to a later one")
	}
	return s.export(ctx, scope, w, x)
}

func (s *Service) export(ctx context.Context, scope access.Scope, w io.Writer, x Export) (*Exported, error) {
	k, _, err := s.sign(ctx, scope)
	if err != nil {
		return nil, err
	}
	if x.Before == 0 || x.Before > k.Size {
		x.Before = k.Size
	}
	signer, err := s.Signers.Signer(ctx, scope.Org())
	if err != nil {
		return nil, err
	}
	older, err := s.older(ctx, scope, signer.Name(), x.Older)
	if err != nil {
		return nil, err
	}
	openings := "none"
	if x.Values {
		openings = "all"
	}
	env := change.New(scope, s.Now(), ledger.Draft{Kind: "ledger.exported", Fields: []ledger.Field{
		ledger.Int("from", x.From), ledger.Int("to", x.Before), ledger.Int("size", k.Size), ledger.Text("root", hexed(k.Root)), ledger.Text("openings", openings),
	}})
	c, err := s.Log.Append(ctx, &env)
	if err != nil {
		return nil, err
	}
	b := ledger.Bundle{
		Checkpoint: k.Note, Older: older, Keys: []ledger.Key{signer.Key()}, Tiles: s.Log.Tiles(ctx, scope),
		Entries: s.lines(ctx, scope, x), Show: func(ledger.Entry, string) bool { return x.Values }, Prove: func(ledger.Entry) bool { return x.Proofs },
	}
	if err := b.Write(w); err != nil {
		return nil, err
	}
	return &Exported{Size: k.Size, Root: k.Root, Index: c.Index}, nil
}

func (s *Service) older(ctx context.Context, scope access.Scope, origin string, sizes []int64) (notes [][]byte, err error) {
	if len(sizes) > Page {
		return nil, fault.New(fault.Limited, "a bundle shows at most %d older checkpoints", Page)
	}
	for _, size := range sizes {
		list, err := s.Checkpoints.Checkpoints(ctx, scope, size)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 || list[0].Size != size {
			return nil, fault.New(fault.NotFound, "there is no checkpoint of size %d", size)
		}
		if c, err := ledger.ParseCheckpoint(list[0].Note); err == nil && c.Origin != origin {
			return nil, fault.New(fault.Conflict, "the checkpoint of size %d is of the origin %s, which ended when an older backup was accepted", size, c.Origin)
		}
		notes = append(notes, list[0].Note)
	}
	return notes, nil
}

// lines reads the entries page by page. One that is damaged ends the export: a bundle that does not verify helps nobody who does not know why.
func (s *Service) lines(ctx context.Context, scope access.Scope, x Export) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for next := x.From; next < x.Before; {
			rows, err := s.Log.Rows(ctx, scope, Query{From: next, Before: x.Before, Kinds: x.Kinds})
			if err != nil {
				yield(ledger.Entry{}, err)
				return
			}
			for i := range rows {
				if rows[i].Damage != "" {
					err = fault.New(fault.Internal, "entry %d cannot be exported: %s", rows[i].Index, rows[i].Damage).WithHelp("c4arch audit verifies the log")
				}
				if !yield(rows[i].Entry, err) || err != nil {
					return
				}
			}
			if len(rows) < Page {
				return
			}
			next = rows[len(rows)-1].Index + 1
		}
	}
}
