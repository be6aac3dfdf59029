package auditing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
)

// Checkpoint signs what the log says now, asks the witnesses, and keeps the note in the home and outside of it. When the log did not grow since the newest
// checkpoint, that one is returned. A log that does not continue its newest checkpoint, or the copy outside, is not signed: that is an error.
func (s *Service) Checkpoint(ctx context.Context, a access.Actor) ([]byte, error) {
	scope, err := access.Decide(a, access.LedgerSign, access.Resource{})
	if err != nil {
		return nil, err
	}
	k, _, err := s.sign(ctx, scope)
	return k.Note, err
}

func (s *Service) sign(ctx context.Context, scope access.Scope) (k Kept, grown bool, err error) {
	head, err := s.Log.Head(ctx, scope)
	if err != nil {
		return k, false, err
	}
	if faults := s.contradictions(ctx, scope, head.Tree()); len(faults) > 0 {
		s.count(scope, Opening, false)
		s.loud(ctx, scope, faults)
		return k, false, fault.New(fault.Internal, "the log is not signed: %s", faults[0])
	}
	newest, err := s.Checkpoints.Newest(ctx, scope)
	if err == nil && newest.Size == head.Size {
		return newest, false, nil
	}
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return k, false, err
	}
	k, err = s.signTree(ctx, scope, head.Tree())
	return k, err == nil, err
}

// signTree signs a tree that was held against what is known, and keeps the checkpoint.
func (s *Service) signTree(ctx context.Context, scope access.Scope, t ledger.Tree) (Kept, error) {
	signer, err := s.Signers.Signer(ctx, scope.Org())
	if err != nil {
		return Kept{}, err
	}
	note, err := ledger.Sign(t, signer)
	if err != nil {
		return Kept{}, err
	}
	k := Kept{Tree: t, Note: s.witnessed(ctx, scope, note), At: s.Now()}
	return k, s.keep(ctx, scope, k)
}

// keep keeps a checkpoint in the home, and then outside of it: the copy is never ahead of what was signed.
func (s *Service) keep(ctx context.Context, scope access.Scope, k Kept) error {
	if err := s.Checkpoints.Keep(ctx, scope, k); err != nil {
		return err
	}
	if s.Copies == nil {
		return nil
	}
	return s.Copies.Put(ctx, scope.Org(), k.Note)
}

// witnessed asks the witnesses. One that does not answer, or refuses, is told of and does not keep the log from being signed: what it did not see it can see later.
func (s *Service) witnessed(ctx context.Context, scope access.Scope, note []byte) []byte {
	if s.Witnesses == nil {
		return note
	}
	c, err := ledger.ParseCheckpoint(note)
	if err != nil {
		return note
	}
	more, err := s.Witnesses.Cosign(ctx, scope.Org(), note, func(old int64) ([]ledger.Hash, error) {
		return ledger.Consistency(old, c.Size, s.Log.Tiles(ctx, scope))
	})
	var refused *ledger.RefusedError
	if errors.As(err, &refused) {
		s.Logger.ErrorContext(ctx, "a witness refuses the log", "organisation", scope.Org(), "why", refused.Why, "held", refused.Held, "size", c.Size)
		s.count(scope, Witnessed, false)
	} else if err != nil {
		s.Logger.WarnContext(ctx, "a witness does not answer", "organisation", scope.Org(), "size", c.Size)
	} else {
		s.count(scope, Witnessed, true)
	}
	if len(more) == 0 {
		return note
	}
	return more
}

// SignSchedule is when the log of a home is signed, when it has grown.
func SignSchedule(from time.Time) change.Schedule {
	return change.Schedule{Kind: task.SignLog, Key: "hourly", Args: []byte("{}"), Every: time.Hour, Next: from}
}

// HandleSign is the handler of the job [task.SignLog].
func (s *Service) HandleSign(ctx context.Context, c *task.Claimed) error {
	scope, err := access.Decide(c.Actor, access.LedgerSign, access.Resource{})
	if err != nil {
		return err
	}
	quiet, err := s.quiet(ctx, scope)
	if err != nil {
		return err
	}
	draft := ledger.Draft{Kind: "job.finished", Fields: []ledger.Field{
		ledger.Text("job", c.Lease.ID), ledger.Text("kind", c.Lease.Kind), ledger.Text("outcome", "nothing happened since the newest checkpoint"),
	}}
	if !quiet {
		k, _, err := s.sign(ctx, scope)
		if err != nil {
			return err
		}
		draft = signedDraft(k)
	}
	env := change.New(scope, s.Now(), draft)
	env.Done = c.Lease
	_, err = s.Log.Append(ctx, &env)
	return err
}

func signedDraft(k Kept) ledger.Draft {
	fields := []ledger.Field{ledger.Int("size", k.Size), ledger.Text("root", hexed(k.Root))}
	if c, err := ledger.ParseCheckpoint(k.Note); err == nil && len(c.Signatures) > 0 {
		fields = append(fields, ledger.Text("key", fmt.Sprintf("%08x", c.Signatures[0].ID)), ledger.Int("cosignatures", int64(len(c.Signatures)-1)))
	}
	return ledger.Draft{Kind: "ledger.signed", Fields: fields}
}

// bookkeeping are the kinds of entries that the upkeep of the log itself makes. A log in which nothing else happened is not signed again and again for its own
// signatures.
var bookkeeping = map[string]bool{"ledger.signed": true, "ledger.verified": true, "job.finished": true}

// quiet reports whether there is nothing but bookkeeping since the newest checkpoint.
func (s *Service) quiet(ctx context.Context, scope access.Scope) (bool, error) {
	newest, err := s.Checkpoints.Newest(ctx, scope)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	rows, err := s.Log.Rows(ctx, scope, Query{From: newest.Size})
	if err != nil || len(rows) == Page {
		return false, err
	}
	for i := range rows {
		if !bookkeeping[rows[i].Kind] {
			return false, nil
		}
	}
	return true, nil
}

// ownCheckpoint is where a contradiction comes from the home itself.
const ownCheckpoint = "the newest checkpoint"

// contradictions holds the tree of a log against what is known of it from elsewhere: its newest checkpoint, the copy outside of the database, and the instance's log.
func (s *Service) contradictions(ctx context.Context, scope access.Scope, now ledger.Tree) (faults []Fault) {
	say := func(where, what string) { faults = append(faults, Fault{Where: where, What: what, Index: -1}) }
	hold := func(where string, old ledger.Tree) {
		if what := s.contradiction(ctx, scope, now, old); what != "" {
			faults = append(faults, Fault{Where: where, What: what, Index: -1, known: &old})
		}
	}
	newest, err := s.Checkpoints.Newest(ctx, scope)
	switch {
	case err == nil && newest.Damage == "":
		hold(ownCheckpoint, newest.Tree)
	case err == nil:
		say(ownCheckpoint, newest.Damage)
	case fault.KindOf(err) != fault.NotFound:
		say(ownCheckpoint, err.Error())
	}
	if s.Copies != nil {
		copied, err := s.copied(ctx, scope.Org())
		switch {
		case err == nil:
			hold("the copy of the checkpoint outside of the database", copied)
		case fault.KindOf(err) != fault.NotFound:
			say("the copy of the checkpoint outside of the database", err.Error())
		}
	}
	if s.Heads != nil && scope.Org() != id.Platform {
		known, taken, err := s.gathered(ctx, scope)
		switch {
		case err != nil:
			say("the instance's log", err.Error())
		case taken:
			hold("the instance's log", known)
		}
	}
	return faults
}

// copied is the tree in the copy, when the log's key has signed it. Where the copy is from before an older backup was accepted, and knows what that has lost, it is what
// was kept.
func (s *Service) copied(ctx context.Context, org id.Org) (ledger.Tree, error) {
	note, err := s.Copies.Get(ctx, org)
	if err != nil {
		return ledger.Tree{}, err
	}
	t, ended, err := s.signedTree(ctx, org, note)
	for _, e := range ended {
		if e.Kept.Size < t.Size {
			t = e.Kept
		}
	}
	return t, err
}

// signedTree is the tree of a checkpoint that the log's own key has signed, under the origin that it has now or had before. ended are the origins that ended since.
func (s *Service) signedTree(ctx context.Context, org id.Org, note []byte) (t ledger.Tree, ended []Ended, err error) {
	c, err := ledger.ParseCheckpoint(note)
	if err != nil {
		return t, nil, err
	}
	signer, err := s.Signers.Signer(ctx, org)
	if err != nil {
		return t, nil, err
	}
	key := signer.Key()
	if c.Origin != signer.Name() {
		if ended, err = s.endedSince(ctx, org, c.Origin); err != nil {
			return t, nil, err
		}
		if len(ended) == 0 {
			return t, nil, fault.New(fault.Invalid, "it is of the log %.100q, and this one is %s", c.Origin, signer.Name())
		}
		key = ended[0].Key
	}
	by, err := c.SignedBy([]ledger.Key{key})
	if err != nil {
		return t, nil, err
	}
	if len(by) == 0 {
		return t, nil, fault.New(fault.Invalid, "the log's own key did not sign it")
	}
	return c.Tree, ended, nil
}

// endedSince are the origins of the log that ended, from that one on.
func (s *Service) endedSince(ctx context.Context, org id.Org, origin string) ([]Ended, error) {
	if s.Epochs == nil {
		return nil, nil
	}
	ended, err := s.Epochs.Ended(ctx, org)
	if i := slices.IndexFunc(ended, func(e Ended) bool { return e.Key.Name() == origin }); i >= 0 && err == nil {
		return ended[i:], nil
	}
	return nil, err
}

func (s *Service) gathered(ctx context.Context, scope access.Scope) (ledger.Tree, bool, error) {
	platform, err := access.Decide(access.System(id.Platform, "compare a log with the instance's", scope.Actor()), access.PlatformRead, access.Resource{})
	if err != nil {
		return ledger.Tree{}, false, err
	}
	return s.Heads.Gathered(ctx, platform, scope.Org())
}

// contradiction says in words why now cannot be a later state of old, or "".
func (s *Service) contradiction(ctx context.Context, scope access.Scope, now, old ledger.Tree) string {
	if old.Size > now.Size {
		return fmt.Sprintf("it knows %d entries and the log has %d: the log was rolled back, as by an older backup", old.Size, now.Size)
	}
	root, err := now.Root, error(nil)
	if old.Size < now.Size {
		root, err = ledger.RootOf(old.Size, s.Log.Tiles(ctx, scope))
	}
	switch {
	case err != nil:
		return "the tree cannot be read: " + err.Error()
	case root != old.Root:
		return fmt.Sprintf("the first %d entries had another root: history was rewritten, or a tile is damaged", old.Size)
	}
	return ""
}
