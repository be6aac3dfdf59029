package trust

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/register"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/ledger"
)

// exported makes a bundle and verifies it with the log's key.
func exported(t *testing.T, svc *auditing.Service, org id.Org, x auditing.Export) ledger.Report {
	t.Helper()
	var b bytes.Buffer
	if _, err := svc.Export(t.Context(), actor(org), &b, x); err != nil {
		t.Fatal(err)
	}
	s, err := signers{}.Signer(t.Context(), org)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ledger.Verify(bytes.NewReader(b.Bytes()), int64(b.Len()), ledger.Trust{LogKeys: []ledger.Key{s.Key()}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Who reads and who exports is in the log first; a bundle verifies with the key, before and after an erasure.
func TestReadExportEraseExport(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		svc := w.auditing(copies(t))
		w.write(contoso, 300)
		page, err := svc.List(t.Context(), actor(contoso), auditing.Query{Kinds: []string{"member.added"}, Limit: 10})
		w.check(err)
		if len(page.Entries) != 10 || page.Next != 10 || page.Size != 300 || string(page.Entries[0].Fields["role"]) != `"reader"` || page.Entries[0].Meaning == "" {
			t.Errorf("%+v", page)
		}
		page, err = svc.List(t.Context(), actor(contoso), auditing.Query{From: 300})
		w.check(err)
		if len(page.Entries) != 1 || page.Entries[0].Kind != "ledger.read" || page.Next != 0 || string(page.Entries[0].Fields["query"]) != `"kinds: member.added"` {
			t.Errorf("%+v", page)
		}
		r := exported(t, svc, contoso, auditing.Export{Values: true})
		if r.Verdict != ledger.Proven || r.Entries != 302 || r.Shown == 0 || r.Erased != 0 {
			t.Errorf("%+v", r)
		}
		env := change.New(w.scope(contoso, access.PersonErase), w.clock.now(), ledger.Draft{Kind: "person.erased", Fields: []ledger.Field{ledger.Text("reason", "asked for")}})
		gone, err := w.store.EraseSubject(t.Context(), &env, another)
		w.check(err)
		r = exported(t, svc, contoso, auditing.Export{Values: true, Proofs: true, Older: []int64{302}})
		if r.Verdict != ledger.Proven || r.Erased != gone.Values || r.Unaccounted != 0 || r.Proofs == 0 {
			t.Errorf("after the erasure of %+v: %+v", gone, r)
		}
		if r = exported(t, svc, contoso, auditing.Export{From: 5, Before: 9}); r.Verdict != ledger.Proven || r.Entries != 4 || r.Shown != 0 {
			t.Errorf("without values: %+v", r)
		}
		rows, err := w.store.Rows(t.Context(), w.scope(contoso, access.LedgerRead), auditing.Query{Kinds: []string{"ledger.exported"}})
		w.check(err)
		if len(rows) != 3 || string(rows[2].Openings["openings"].Value) != `"none"` {
			t.Errorf("%+v", rows)
		}
	})
}

// A reader who may not read is not in the log and gets nothing; when the entry cannot be written nothing is read either.
func TestReadingFailsClosed(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.write(contoso, 3)
		svc := w.auditing(nil)
		nobody := actor(contoso)
		nobody.Roles = []access.Role{access.Viewer}
		if _, err := svc.List(t.Context(), nobody, auditing.Query{}); fault.KindOf(err) != fault.Denied {
			t.Errorf("got %v", err)
		}
		if _, err := svc.Export(t.Context(), nobody, &bytes.Buffer{}, auditing.Export{}); fault.KindOf(err) != fault.Denied {
			t.Errorf("got %v", err)
		}
		log := &refusing{Store: w.store}
		svc.Log = log
		if page, err := svc.List(t.Context(), actor(contoso), auditing.Query{}); err == nil || page != nil || log.read {
			t.Errorf("%v %v, read %v", page, err, log.read)
		}
		var b bytes.Buffer
		if _, err := svc.Export(t.Context(), actor(contoso), &b, auditing.Export{}); err == nil || b.Len() > 0 || log.read {
			t.Errorf("%v, %d bytes", err, b.Len())
		}
	})
}

// refusing is a log that takes no entries.
type refusing struct {
	*Store
	read bool
}

func (r *refusing) Append(context.Context, *change.Envelope) (change.Committed, error) {
	return change.Committed{}, fault.New(fault.Unavailable, "the disk is full")
}

func (r *refusing) Rows(ctx context.Context, s access.Scope, q auditing.Query) ([]auditing.Row, error) {
	r.read = true
	return r.Store.Rows(ctx, s, q)
}

// witness is one that works, without a network.
type witness struct {
	key  *ledger.Signer
	held ledger.Tree
	down bool
}

func (x *witness) Cosign(ctx context.Context, log id.Org, note []byte, prove func(int64) ([]ledger.Hash, error)) ([]byte, error) {
	if x.down {
		return nil, errors.New("no answer")
	}
	s, err := signers{}.Signer(ctx, log)
	if err != nil {
		return nil, err
	}
	proof, err := prove(x.held.Size)
	if err != nil {
		return nil, err
	}
	c, err := ledger.Decide(ledger.Request{Old: x.held.Size, Proof: proof, Checkpoint: note}, map[string][]ledger.Key{s.Name(): {s.Key()}}, func(string) ledger.Tree { return x.held })
	if err != nil {
		return nil, err
	}
	x.held = c.Tree
	line, err := ledger.Cosign(c, x.key)
	if err != nil {
		return nil, err
	}
	return ledger.AddSignatures(note, line, []ledger.Key{x.key.Key()})
}

func TestSigning(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		seed := sha256.Sum256([]byte("witness"))
		key, err := ledger.NewCosigner("witness.contoso.example", seed[:], w.clock.now)
		w.check(err)
		x := &witness{key: key}
		c := copies(t)
		svc := w.auditing(c)
		svc.Witnesses = x
		w.write(contoso, 5)
		note, err := svc.Checkpoint(t.Context(), actor(contoso))
		w.check(err)
		parsed, err := ledger.ParseCheckpoint(note)
		w.check(err)
		if by, err := parsed.SignedBy([]ledger.Key{key.Key()}); err != nil || len(by) != 1 || parsed.Size != 5 {
			t.Errorf("%v %v", by, err)
		}
		// Nothing has grown: the same checkpoint again.
		again, err := svc.Checkpoint(t.Context(), actor(contoso))
		w.check(err)
		copied, err := c.Get(t.Context(), contoso)
		w.check(err)
		if !bytes.Equal(note, again) || !bytes.Equal(note, copied) {
			t.Error("another checkpoint")
		}
		// A witness that does not answer does not keep the log from being signed, and sees it later.
		w.write(contoso, 1)
		x.down = true
		_, err = svc.Checkpoint(t.Context(), actor(contoso))
		w.check(err)
		x.down = false
		w.write(contoso, 1)
		_, err = svc.Checkpoint(t.Context(), actor(contoso))
		w.check(err)
		if x.held.Size != 7 {
			t.Errorf("the witness has %d", x.held.Size)
		}
	})
}

// Jobs: signing when something happened and saying so when nothing did, verifying, gathering. Each ends with its job.
func TestJobs(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		svc := w.auditing(copies(t))
		w.check(svc.HandleSign(t.Context(), w.job(t, contoso, task.SignLog, `{}`)))
		newest, err := w.store.Newest(t.Context(), w.scope(contoso, access.LedgerRead))
		w.check(err)
		w.check(svc.HandleSign(t.Context(), w.job(t, contoso, task.SignLog, `{}`)))
		same, err := w.store.Newest(t.Context(), w.scope(contoso, access.LedgerRead))
		w.check(err)
		if newest.Size != same.Size {
			t.Errorf("signed at %d and again at %d, though nothing but bookkeeping happened", newest.Size, same.Size)
		}
		w.write(contoso, 1)
		w.check(svc.HandleSign(t.Context(), w.job(t, contoso, task.SignLog, `{}`)))
		if same, err = w.store.Newest(t.Context(), w.scope(contoso, access.LedgerRead)); err != nil || same.Size <= newest.Size {
			t.Errorf("not signed: %v %d", err, same.Size)
		}
		for _, args := range []string{`{"depth":"tail"}`, `{"depth":"full"}`, `{}`} {
			w.check(svc.HandleVerify(t.Context(), w.job(t, contoso, task.VerifyLog, args)))
		}
		rows, err := w.store.Rows(t.Context(), w.scope(contoso, access.LedgerRead), auditing.Query{Kinds: []string{"ledger.verified"}})
		w.check(err)
		if len(rows) != 3 || string(rows[0].Openings["detail"].Value) != `"tail"` || string(rows[2].Openings["detail"].Value) != `"full"` || string(rows[2].Openings["outcome"].Value) != `"whole"` {
			t.Errorf("%+v", rows)
		}
		w.check(svc.HandleGather(t.Context(), w.job(t, id.Platform, task.GatherHeads, `{"all":true}`)))
		w.check(svc.HandleGather(t.Context(), w.job(t, id.Platform, task.GatherHeads, `{}`)))
		rows, err = w.store.Rows(t.Context(), w.scope(id.Platform, access.LedgerRead), auditing.Query{Kinds: []string{"ledger.gathered", "job.finished"}})
		w.check(err)
		gathered := 0
		for _, r := range rows {
			if r.Kind == "ledger.gathered" {
				gathered++
			}
		}
		if gathered != 1 { // the other organisation's log is empty
			t.Errorf("%d logs were taken in", gathered)
		}
	})
}

// probe is a check whose outcome the test sets.
type probe struct{ outcome control.Outcome }

func (p *probe) Check() control.Check {
	return control.Check{ID: "a-check", Title: "a check", Controls: []string{"ARC-TEN-01"}, Clauses: []string{"SE-3.5"}, Fresh: 2 * time.Hour, Mutation: "TestRunsOfChecks"}
}

func (p *probe) Run(context.Context) ([]control.Observation, error) {
	return []control.Observation{{Subject: "a thing", Outcome: p.outcome, Detail: "seen"}}, nil
}

// Runs are kept with their digests in the ledger of the instance, and one that was changed since is a failure.
func TestRunsOfChecks(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		reg, err := register.Builtin()
		w.check(err)
		p := &probe{outcome: control.Fail}
		svc, err := assure.New(assure.Config{
			Register: reg, Probes: []assure.Probe{p}, Store: w.store.Runs(), Log: slog.New(slog.DiscardHandler), Now: w.clock.now, Random: rand.Reader, Version: "1.0.0",
		})
		w.check(err)
		if _, err := svc.Run(t.Context(), actor(id.Platform)); fault.KindOf(err) != fault.Drift {
			t.Errorf("got %v", err)
		}
		p.outcome = control.Pass
		round, err := svc.Run(t.Context(), actor(id.Platform))
		w.check(err)
		rows, err := w.store.Rows(t.Context(), w.scope(id.Platform, access.LedgerRead), auditing.Query{From: round.Index, Kinds: []string{"control.ran"}})
		w.check(err)
		kept, err := assure.Encode(round.Runs[0])
		w.check(err)
		if len(rows) != 1 || string(rows[0].Openings["digest"].Value) != `"`+kept.Digest+`"` {
			t.Errorf("%+v", rows)
		}
		states := func() control.CheckState {
			t.Helper()
			rep, err := svc.States(t.Context(), actor(id.Platform))
			w.check(err)
			return rep.Checks[0]
		}
		if s := states(); s.State != control.Holds || s.Run == nil || s.Run.ID != round.Runs[0].ID {
			t.Errorf("%+v", s)
		}
		var text string
		w.one(id.Platform, &text, `SELECT run FROM control_run WHERE id = $1`, round.Runs[0].ID)
		w.tamper(id.Platform, `UPDATE control_run SET run = $1 WHERE id = $2`, strings.Replace(text, `"duration"`, `"Duration"`, 1), round.Runs[0].ID)
		if s := states(); s.State != control.Failing || !strings.Contains(s.Reason, "it was changed since it was kept") {
			t.Errorf("%+v", s)
		}
		w.tamper(id.Platform, `UPDATE control_run SET run = $1 WHERE id = $2`, text, round.Runs[0].ID)
		w.clock.add(3 * time.Hour)
		if s := states(); s.State != control.Stale {
			t.Errorf("%+v", s)
		}
	})
}

// TestOldRunsGo: what passed goes first, what did not stays for longer, and the newest of each check for good; the ledger says that it was done and keeps the digests.
func TestOldRunsGo(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		reg, err := register.Builtin()
		w.check(err)
		p := &probe{outcome: control.Pass}
		svc, err := assure.New(assure.Config{
			Register: reg, Probes: []assure.Probe{p}, Store: w.store.Runs(), Log: slog.New(slog.DiscardHandler), Now: w.clock.now, Random: rand.Reader, Version: "1.0.0",
		})
		w.check(err)
		run := func(o control.Outcome) string {
			t.Helper()
			p.outcome = o
			round, err := svc.Run(t.Context(), actor(id.Platform))
			if round == nil {
				t.Fatal(err)
			}
			return round.Runs[0].ID
		}
		left := func() string {
			t.Helper()
			var list []string
			w.check(w.store.read(t.Context(), w.scope(id.Platform, access.ControlRead), func(_ *home.Home, tx *sqldb.Tx) error {
				return tx.Each(t.Context(), `SELECT id FROM control_run ORDER BY at`, func(scan func(...any) error) error {
					var x string
					err := scan(&x)
					list = append(list, x)
					return err
				})
			}))
			return strings.Join(list, " ")
		}
		round := func() {
			t.Helper()
			// As the job does it, without the job: what it removes is what there is then.
			w.check(svc.Prune(t.Context(), actor(id.Platform)))
		}
		passed, failed := run(control.Pass), run(control.Fail)
		newest := run(control.Pass)
		w.clock.add(assure.PassedFor - time.Hour)
		if round(); left() != passed+" "+failed+" "+newest {
			t.Errorf("nothing is old yet: %s", left())
		}
		w.clock.add(2 * time.Hour)
		if round(); left() != failed+" "+newest {
			t.Errorf("what passed is old: %s", left())
		}
		w.clock.add(assure.OtherFor)
		if round(); left() != newest {
			t.Errorf("what failed is old: %s", left())
		}
		rows, err := w.store.Rows(t.Context(), w.scope(id.Platform, access.LedgerRead), auditing.Query{Kinds: []string{"control.pruned"}})
		w.check(err)
		if len(rows) != 2 || string(rows[0].Openings["runs"].Value) != "1" {
			t.Errorf("entries: %+v", rows)
		}
	})
}
