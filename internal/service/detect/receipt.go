package detect

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/trust/ledger"
)

// Log is the port to the ledger of the scope's home.
type Log interface {
	Head(ctx context.Context, s access.Scope) (ledger.Head, error)
	// Decisions are the entries of these kinds, the newest first, at most limit below the index before; 0 is the end of the log.
	Decisions(ctx context.Context, s access.Scope, kinds []string, before int64, limit int) ([]ledger.Entry, error)
	Tiles(ctx context.Context, s access.Scope) ledger.Tiles
}

// Receipt is the entry of an approval, with the proof that the ledger holds it. The proof was checked when it was made: what is shown does not rest on somebody's word.
type Receipt struct {
	Index int64
	At    time.Time
	Kind  string
	Leaf  ledger.Hash
	// Tree is the ledger as it was when the proof was made, and Proof the hashes that lead from the leaf to its root (RFC 6962 section 2.1.1).
	Tree  ledger.Tree
	Proof []ledger.Hash
	// Fields are the values of the entry that are there, in words, by their names.
	Fields map[string]string
}

// Limits of how far back the entry of an approval is sought: the newest come first, and a project with more approvals than these shows older ones in the ledger.
const (
	pageOfEntries = 256
	mostEntries   = 20 * pageOfEntries
)

// Receipt is the entry of the approval of a baseline of the project; notfound where it is none of the newest.
func (h *Hosted) Receipt(ctx context.Context, a access.Actor, project id.Project, baseline string) (*Receipt, error) {
	p, s, err := h.open(ctx, a, access.BaselineRead, project)
	if err != nil {
		return nil, err
	}
	defer p.Close() //nolint:errcheck // it was read only
	if _, _, err := p.Baseline(ctx, baseline); err != nil {
		return nil, err
	}
	for before, seen := int64(0), 0; seen < mostEntries; seen += pageOfEntries {
		rows, err := h.Log.Decisions(ctx, s, []string{"baseline.approved"}, before, pageOfEntries)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(rows, func(e ledger.Entry) bool {
			return worded(e, "baseline") == baseline && worded(e, "project") == string(project)
		})
		if i >= 0 {
			return h.proven(ctx, s, rows[i])
		}
		if len(rows) < pageOfEntries {
			break
		}
		before = rows[len(rows)-1].Index
	}
	return nil, fault.New(fault.NotFound, "the entry of this approval is not among the newest").WithHelp("look for it in the ledger")
}

// worded is a text of an entry, or "" where it has none of that name, or where it was erased.
func worded(e ledger.Entry, name string) string {
	var text string
	_ = json.Unmarshal(e.Openings[name].Value, &text) // another kind of value is none
	return text
}

// proven makes the proof of an entry, and checks it and the leaf.
func (h *Hosted) proven(ctx context.Context, s access.Scope, e ledger.Entry) (*Receipt, error) {
	head, err := h.Log.Head(ctx, s)
	if err != nil {
		return nil, err
	}
	r := &Receipt{Index: e.Index, At: e.At, Kind: e.Kind, Leaf: ledger.LeafHash(e.Leaf), Tree: head.Tree(), Fields: map[string]string{}}
	if r.Proof, err = ledger.Inclusion(head.Size, e.Index, h.Log.Tiles(ctx, s)); err != nil {
		return nil, err
	}
	for name := range e.Openings {
		r.Fields[name] = worded(e, name)
	}
	return r, ledger.VerifyInclusion(r.Tree, r.Index, r.Leaf, r.Proof)
}
