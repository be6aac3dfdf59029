package auditing

import (
	"context"
	"slices"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Accepted is an older state of a log that was accepted as its newest.
type Accepted struct {
	Log         id.Org
	KnownBy     string // where more of the log was known
	Known, Kept ledger.Tree
	Origin      string // of the log from now on
	Index       int64  // of the entry about it in the log
}

// AcceptRollback accepts that an older backup of a log was brought back: what is known of it beyond that is lost, for a reason, by decision of the operator. It is an entry
// of the log and of the instance's. From then on the log has another origin: under the one before, the operator's key has signed entries that are not there any more, and signing
// others in their place would be two histories of one log. Whoever holds a checkpoint of the lost part goes on being told so by the verifier, and every witness has to be
// given the new key by hand. It is refused where nothing was rolled back, and where what was brought back is not whole in itself.
func (s *Service) AcceptRollback(ctx context.Context, a access.Actor, org id.Org, reason string) (*Accepted, error) {
	platform, err := access.Decide(a, access.PlatformOperate, access.Resource{})
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(reason) == "" || len(reason) > 1000 {
		return nil, fault.New(fault.Invalid, "accepting an older backup takes a reason of at most 1000 bytes")
	}
	if s.Epochs == nil {
		return nil, fault.New(fault.Invalid, "this log can be given no other origin")
	}
	scope, err := access.Decide(access.System(org, "accept an older backup", a), access.LedgerSign, access.Resource{})
	if err != nil {
		return nil, err
	}
	out, err := s.rolledBack(ctx, scope)
	if err != nil {
		return nil, err
	}
	return out, s.accept(ctx, platform, scope, out, reason)
}

// rolledBack reads a log that is older than what is known of it, and whole.
func (s *Service) rolledBack(ctx context.Context, scope access.Scope) (*Accepted, error) {
	v, err := s.verify(ctx, scope, Full)
	if err != nil {
		return nil, err
	}
	out := &Accepted{Log: scope.Org(), Kept: v.tree}
	for _, f := range v.Faults {
		switch {
		case f.known == nil || f.Where == ownCheckpoint:
			return nil, fault.New(fault.Internal, "what was brought back is not whole: %s", f).WithHelp("restore a backup that is")
		case f.known.Size >= out.Known.Size:
			out.Known, out.KnownBy = *f.known, f.Where
		}
	}
	if out.KnownBy == "" {
		return nil, fault.New(fault.Conflict, "the log of %s continues what is known of it: there is nothing to accept", scope.Org())
	}
	return out, nil
}

// accept commits it: in the log first, which stays closed until the instance has it too.
func (s *Service) accept(ctx context.Context, platform, scope access.Scope, out *Accepted, reason string) error {
	at := s.Now()
	epoch := at.UTC().Format(ledger.EpochLayout)
	signer, err := s.Signers.Signer(ctx, out.Log)
	if err != nil {
		return err
	}
	if out.Origin, err = ledger.Continued(signer.Name(), epoch); err != nil {
		return err
	}
	draft := ledger.Draft{Kind: ledger.KindRollback, Fields: []ledger.Field{
		ledger.Text("organisation", string(out.Log)), ledger.Text("knownBy", out.KnownBy),
		ledger.Int("knownSize", out.Known.Size), ledger.Text("knownRoot", hexed(out.Known.Root)),
		ledger.Int("size", out.Kept.Size), ledger.Text("root", hexed(out.Kept.Root)), ledger.Text("origin", out.Origin), ledger.Text("reason", reason),
	}}
	c := &Acceptance{Envelope: change.New(platform, at, draft), Log: out.Log, Epoch: epoch, Kept: out.Kept, Known: out.Known}
	if out.Log != id.Platform {
		env := change.New(scope, at, draft)
		done, err := s.Log.Append(ctx, &env)
		if err != nil {
			return err
		}
		out.Index = done.Index
	}
	done, err := s.Epochs.Accept(ctx, c)
	if err != nil {
		return err
	}
	if out.Log == id.Platform {
		out.Index = done.Index
	}
	head, err := s.Log.Head(ctx, scope)
	if err != nil {
		return err
	}
	if faults := s.contradictions(ctx, scope, head.Tree()); slices.ContainsFunc(faults, func(f Fault) bool { return f.known != nil }) {
		return fault.New(fault.Internal, "the log does not continue what was accepted: %s", faults[0])
	}
	_, err = s.signTree(ctx, scope, head.Tree())
	return err
}
