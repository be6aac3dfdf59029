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

// Proven is one entry with what proves that it stands in the log.
type Proven struct {
	Shown
	Proof      ledger.Proof
	Checkpoint ledger.Checkpoint
	Signed     []ledger.Key  // by which of the log's own keys
	Steps      []ledger.Step // from the leaf to the root
	Key        ledger.Key    // that checkpoints are verified with
	Wrong      string        // why the proof does not hold, "" when it does
}

// Prove shows one entry with its proof to a reader of the ledger. That it is read is an entry, which is there before anything is read.
func (s *Service) Prove(ctx context.Context, a access.Actor, index int64) (Proven, error) {
	scope, err := access.Decide(a, access.LedgerRead, access.Resource{})
	if err != nil {
		return Proven{}, err
	}
	if err := s.there(ctx, scope, index); err != nil {
		return Proven{}, err
	}
	env := change.New(scope, s.Now(), ledger.Draft{Kind: "ledger.read", Fields: []ledger.Field{ledger.Int("from", index), ledger.Int("to", index+1)}})
	if _, err := s.Log.Append(ctx, &env); err != nil {
		return Proven{}, err
	}
	return s.prove(ctx, scope, index)
}

func (s *Service) there(ctx context.Context, scope access.Scope, index int64) error {
	head, err := s.Log.Head(ctx, scope)
	if err == nil && (index < 0 || index >= head.Size) {
		err = fault.New(fault.NotFound, "the ledger has no such entry").WithHelp("the list of the ledger has those that there are; the first is number 0")
	}
	return err
}

func (s *Service) prove(ctx context.Context, scope access.Scope, index int64) (Proven, error) {
	rows, err := s.Log.Rows(ctx, scope, Query{From: index, Before: index + 1, Limit: 1})
	if err != nil {
		return Proven{}, err
	}
	if len(rows) == 0 {
		return Proven{}, fault.New(fault.Internal, "entry %d is missing from the ledger", index).WithHelp("c4arch audit verifies the log")
	}
	k, err := s.covering(ctx, scope, index)
	if err != nil {
		return Proven{}, err
	}
	path, err := ledger.Inclusion(k.Size, index, s.Log.Tiles(ctx, scope))
	if err != nil {
		return Proven{}, err
	}
	signer, err := s.Signers.Signer(ctx, scope.Org())
	if err != nil {
		return Proven{}, err
	}
	p := Proven{Shown: shown(&rows[0]), Proof: ledger.Proof{Leaf: rows[0].Leaf, Index: index, Path: path, Checkpoint: k.Note}, Key: signer.Key()}
	p.judge(rows[0].Hash)
	return p, nil
}

// ProofOf proves one entry for a scope that was decided for something else, as [Service.Proofs] does for many.
func (s *Service) ProofOf(ctx context.Context, scope access.Scope, index int64) (ledger.Proof, error) {
	p, err := s.prove(ctx, scope, index)
	if err == nil && p.Wrong != "" {
		err = fault.New(fault.Internal, "entry %d cannot be proven: %s", index, p.Wrong)
	}
	return p.Proof, err
}

// covering is a checkpoint that covers the entry: the newest that there is, or one that is signed now.
func (s *Service) covering(ctx context.Context, scope access.Scope, index int64) (Kept, error) {
	k, err := s.Checkpoints.Newest(ctx, scope)
	if err == nil && k.Size > index && k.Damage == "" {
		return k, nil
	}
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return k, err
	}
	k, _, err = s.sign(ctx, scope)
	return k, err
}

// judge verifies the proof as somebody with the key would.
func (p *Proven) judge(kept ledger.Hash) {
	leaf := ledger.LeafHash(p.Proof.Leaf)
	c, err := p.Proof.Verify(leaf)
	p.Checkpoint = c
	switch {
	case leaf != kept:
		p.Wrong = "the leaf is not the one of its hash: one of the two was changed"
	case err != nil:
		p.Wrong = err.Error()
	default:
		if p.Signed, err = c.SignedBy([]ledger.Key{p.Key}); err != nil || len(p.Signed) == 0 {
			p.Wrong = "the checkpoint is not signed by the key of this log"
		}
	}
	p.Steps = ledger.Steps(c.Size, p.Proof.Index, leaf, p.Proof.Path)
}

// Only says which entries a bundle has; nil is all that the range and the kinds say.
type Only []int64

// ExportEntry writes a bundle of the one entry with its proof. That it is made is an entry, which is there before anything is written.
func (s *Service) ExportEntry(ctx context.Context, a access.Actor, w io.Writer, index int64) error {
	scope, err := access.Decide(a, access.LedgerExport, access.Resource{})
	if err != nil {
		return err
	}
	if err := s.there(ctx, scope, index); err != nil {
		return err
	}
	_, err = s.export(ctx, scope, w, Export{From: index, Before: index + 1, Values: true, Proofs: true})
	return err
}

// Proofs writes a bundle of the named entries, each with its values and its proof, for a scope that was decided for something else: a pack of evidence that cites them. It is
// no entry of its own; whoever asks commits one.
func (s *Service) Proofs(ctx context.Context, scope access.Scope, w io.Writer, only Only) (ledger.Tree, error) {
	k, _, err := s.sign(ctx, scope)
	if err != nil {
		return ledger.Tree{}, err
	}
	signer, err := s.Signers.Signer(ctx, scope.Org())
	if err != nil {
		return ledger.Tree{}, err
	}
	b := ledger.Bundle{
		Checkpoint: k.Note, Keys: []ledger.Key{signer.Key()}, Tiles: s.Log.Tiles(ctx, scope),
		Entries: s.named(ctx, scope, only), Prove: func(ledger.Entry) bool { return true },
	}
	return k.Tree, b.Write(w)
}

// named reads entries one by one, in the order of their indexes.
func (s *Service) named(ctx context.Context, scope access.Scope, only Only) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for _, index := range only {
			rows, err := s.Log.Rows(ctx, scope, Query{From: index, Before: index + 1, Limit: 1})
			switch {
			case err == nil && len(rows) == 0:
				err = fault.New(fault.Internal, "entry %d is missing from the ledger", index)
			case err == nil && rows[0].Damage != "":
				err = fault.New(fault.Internal, "entry %d cannot be exported: %s", index, rows[0].Damage).WithHelp("c4arch audit verifies the log")
			}
			if err != nil {
				yield(ledger.Entry{}, err)
				return
			}
			if !yield(rows[0].Entry, nil) {
				return
			}
		}
	}
}
