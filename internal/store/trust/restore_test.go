package trust

import (
	"bytes"
	"context"
	"crypto/sha256"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// restoring signs for the origins that a log has had, as an instance does.
type restoring struct {
	w *world
	t *testing.T
}

func (r restoring) signers(ctx context.Context, org id.Org) (list []*ledger.Signer, kept []ledger.Tree, err error) {
	since, err := r.w.store.Epochs(ctx, r.w.scope(id.Platform, access.PlatformRead), org)
	if err != nil {
		return nil, nil, err
	}
	for i := range len(since) + 1 {
		epoch := ""
		if i > 0 {
			epoch, kept = since[i-1].Name, append(kept, since[i-1].Kept)
		}
		origin, err := ledger.OriginSince("audit.contoso.example", org, epoch)
		r.w.check(err)
		seed := sha256.Sum256([]byte("seed of " + org))
		s, err := ledger.NewSigner(origin, seed[:])
		r.w.check(err)
		list = append(list, s)
	}
	return list, kept, nil
}

func (r restoring) Signer(ctx context.Context, org id.Org) (*ledger.Signer, error) {
	list, _, err := r.signers(ctx, org)
	if err != nil {
		return nil, err
	}
	return list[len(list)-1], nil
}

func (r restoring) Ended(ctx context.Context, org id.Org) (ended []auditing.Ended, err error) {
	list, kept, err := r.signers(ctx, org)
	for i := range kept {
		ended = append(ended, auditing.Ended{Key: list[i].Key(), Kept: kept[i]})
	}
	return ended, err
}

func (r restoring) Accept(ctx context.Context, c *auditing.Acceptance) (change.Committed, error) {
	return r.w.store.Accept(ctx, c)
}

func (r restoring) auditing(c auditing.Copies) *auditing.Service {
	return auditing.New(auditing.Config{
		Log: r.w.store, Checkpoints: r.w.store, Heads: r.w.store, Signers: r, Epochs: r, Copies: c, Now: r.w.clock.now,
	})
}

// An older backup is refused until the operator has accepted it; then the log goes on under another origin, is taken in and verifies, and what was lost is told for good.
func TestAnOlderBackupIsAccepted(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, c, another := t.Context(), copies(t), copies(t)
		svc := restoring{w, t}.auditing(c)
		w.write(contoso, 20)
		first, err := svc.Checkpoint(ctx, actor(contoso))
		w.check(err)
		older := w.backup(contoso)
		w.write(contoso, 280)
		w.check(svc.HandleGather(ctx, w.platformJob(t, `{"all":true}`)))
		lost, err := svc.Checkpoint(ctx, actor(contoso))
		w.check(err)
		w.check(another.Put(ctx, contoso, lost)) // another replica's

		if _, err := svc.AcceptRollback(ctx, actor(id.Platform), contoso, "nothing happened"); fault.KindOf(err) != fault.Conflict {
			t.Fatalf("a log that was not rolled back: %v", err)
		}
		older()
		if err := svc.Opened(ctx, contoso); fault.KindOf(err) != fault.Internal {
			t.Fatalf("at opening: %v", err)
		}
		for _, a := range []access.Actor{actor(contoso), {}} {
			if _, err := svc.AcceptRollback(ctx, a, contoso, "x"); err == nil {
				t.Error("somebody else than the operator has accepted it")
			}
		}
		if _, err := svc.AcceptRollback(ctx, actor(id.Platform), contoso, " "); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		done, err := svc.AcceptRollback(ctx, actor(id.Platform), contoso, "the disk failed")
		w.check(err)
		if done.Kept.Size != 20 || done.Known.Size != 300 || done.Index != 20 || ledger.EpochOf(done.Origin) == "" || ledger.LogOf(done.Origin) != contoso {
			t.Errorf("%+v", done)
		}
		// It says so in both logs.
		for _, org := range []id.Org{contoso, id.Platform} {
			rows, err := w.store.Rows(ctx, w.scope(org, access.LedgerRead), auditing.Query{Kinds: []string{ledger.KindRollback}})
			w.check(err)
			if len(rows) != 1 || string(rows[0].Openings["knownSize"].Value) != "300" || string(rows[0].Openings["size"].Value) != "20" || string(rows[0].Openings["reason"].Value) != `"the disk failed"` {
				t.Errorf("%s: %+v", org, rows)
			}
		}
		// It opens again, here and at a replica whose copy knows more, is taken in, signed and verified.
		w.check(svc.Opened(ctx, contoso))
		w.check(restoring{w, t}.auditing(another).Opened(ctx, contoso))
		w.write(contoso, 400)
		w.check(svc.HandleGather(ctx, w.platformJob(t, `{"all":true}`)))
		tree, known, err := w.store.Gathered(ctx, w.scope(id.Platform, access.PlatformRead), contoso)
		if err != nil || !known || tree.Size != 421 {
			t.Errorf("the instance's log knows %+v %v", tree, err)
		}
		if v, err := svc.Verify(ctx, actor(contoso), auditing.Full); err != nil || v.Checkpoints < 2 {
			t.Errorf("%v %+v", err, v)
		}
		// Whoever held a checkpoint of the lost part sees it.
		var bundle bytes.Buffer
		x, err := svc.Export(ctx, actor(contoso), &bundle, auditing.Export{Values: true})
		w.check(err)
		list, _, err := restoring{w, t}.signers(ctx, contoso)
		w.check(err)
		trust := ledger.Trust{LogKeys: []ledger.Key{list[0].Key(), list[1].Key()}, Held: [][]byte{first}}
		report, err := ledger.Verify(bytes.NewReader(bundle.Bytes()), int64(bundle.Len()), trust)
		w.check(err)
		if report.Verdict != ledger.Proven || report.Size != x.Size || !strings.Contains(report.Text(), "entries 20 to 299 as they had been are lost") {
			t.Errorf("%s", report.Text())
		}
		trust.Held = append(trust.Held, lost)
		if report, err = ledger.Verify(bytes.NewReader(bundle.Bytes()), int64(bundle.Len()), trust); err != nil || report.Verdict != ledger.Broken {
			t.Errorf("%v %s", err, report.Text())
		}
		if _, err := svc.Export(ctx, actor(contoso), &bundle, auditing.Export{Older: []int64{20}}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a checkpoint of the origin before went into a bundle: %v", err)
		}
		// Another one later: the first acceptance is no door for it.
		older2 := w.backup(contoso)
		w.write(contoso, 5)
		_, err = svc.Checkpoint(ctx, actor(contoso))
		w.check(err)
		older2()
		if err := svc.Opened(ctx, contoso); fault.KindOf(err) != fault.Internal {
			t.Errorf("a second older backup: %v", err)
		}
		if _, err = svc.AcceptRollback(ctx, actor(id.Platform), contoso, "again"); err != nil {
			t.Error(err)
		}
		w.check(svc.Opened(ctx, contoso))
		w.check(restoring{w, t}.auditing(another).Opened(ctx, contoso))
	})
}

// A killed acceptance leaves the home closed, and is done again; one of the instance's own log is the same.
func TestAnAcceptanceThatWasCutShort(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, c := t.Context(), copies(t)
		svc := restoring{w, t}.auditing(c)
		for _, org := range []id.Org{contoso, id.Platform} {
			w.write(contoso, 3)
			older := w.backup(org)
			if org == contoso {
				w.write(contoso, 10)
				w.check(svc.HandleGather(ctx, w.platformJob(t, `{"all":true}`)))
			} else {
				w.check(svc.HandleGather(ctx, w.platformJob(t, `{}`)))
			}
			_, err := svc.Checkpoint(ctx, actor(org))
			w.check(err)
			older()
			if org == contoso { // as after a kill between the two
				env := change.New(w.scope(org, access.LedgerSign), w.clock.now(), ledger.Draft{Kind: ledger.KindRollback})
				_, err := w.store.Append(ctx, &env)
				w.check(err)
			}
			if err := svc.Opened(ctx, org); fault.KindOf(err) != fault.Internal {
				t.Errorf("%s is opened before the instance has accepted it: %v", org, err)
			}
			if _, err := svc.AcceptRollback(ctx, actor(id.Platform), org, "again"); err != nil {
				t.Error(err)
			}
			w.check(svc.Opened(ctx, org))
		}
		// What is not whole is not accepted.
		w.write(fabrikam, 20)
		older := w.backup(fabrikam)
		w.write(fabrikam, 20)
		_, err := svc.Checkpoint(ctx, actor(fabrikam))
		w.check(err)
		older()
		w.tamper(fabrikam, `UPDATE ledger_entry SET leaf_hash = $1 WHERE idx = 3`, make([]byte, 32))
		if _, err := svc.AcceptRollback(ctx, actor(id.Platform), fabrikam, "x"); fault.KindOf(err) != fault.Internal || !strings.Contains(err.Error(), "not whole") {
			t.Errorf("a damaged backup: %v", err)
		}
	})
}
