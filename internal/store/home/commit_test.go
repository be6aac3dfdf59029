package home

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

// A change is all there, and its entries are the last of the log.
func TestCommit(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h := w.organisation()
		ctx := t.Context()
		env := w.change(h.Org(), "project.created")
		env.Drafts = append(env.Drafts, ledger.Draft{Kind: "project.changed", Fields: []ledger.Field{ledger.Text("name", "x")}})
		env.Jobs = []job.New{{Kind: "k", Key: "one"}, {Kind: "k", Key: "one"}, {Kind: "k", RunAt: noon.Add(time.Hour)}}
		env.Schedules = []change.Schedule{{Kind: "s", Key: "1", Every: time.Hour, Next: noon.Add(time.Hour)}}
		env.Expect = []change.Expect{{Kind: "organisation", ID: string(h.Org()), Version: 1}, {Kind: "project", ID: "pj_none"}}
		out, err := h.Commit(ctx, env, project("pj_1"))
		must(t, err)
		if out.Index != 1 || !out.At.Equal(noon) || out.Known || out.Replay != nil {
			t.Errorf("%+v", out)
		}
		if n := verify(t, h); n != 3 {
			t.Errorf("%d entries", n)
		}
		for query, want := range map[string]int{
			`SELECT count(*) FROM project`: 1, `SELECT count(*) FROM job WHERE state = 'ready'`: 2, `SELECT count(*) FROM schedule`: 1,
			`SELECT count(*) FROM ledger_subject WHERE subject = 'pn_owner'`: 3,
		} {
			if n := count(t, h, query); n != want {
				t.Errorf("%s: %d", query, n)
			}
		}
		if n := count(t, w.home(id.Platform), `SELECT count(*) FROM due WHERE organisation = $1 AND at = $2 AND active > $2`, string(h.Org()), noon.UnixMicro()); n != 1 {
			t.Error("the dispatcher was not told")
		}
	})
}

// What cannot be a change is refused before any transaction.
func TestRefused(t *testing.T) {
	w := embedded(t, nil)
	h, other := w.organisation(), w.organisation()
	long := string(make([]byte, 300))
	for name, x := range map[string]struct {
		change func(*change.Envelope)
		kind   fault.Kind
	}{
		"no scope":         {func(e *change.Envelope) { e.Scope = access.Scope{} }, fault.NotFound},
		"another's scope":  {func(e *change.Envelope) { e.Scope = may(t, other.Org()) }, fault.NotFound},
		"the platform's":   {func(e *change.Envelope) { e.Scope = w.ops() }, fault.NotFound},
		"no draft":         {func(e *change.Envelope) { e.Drafts = nil }, fault.Internal},
		"unknown kind":     {func(e *change.Envelope) { e.Drafts[0].Kind = "cat.fed" }, fault.Internal},
		"no time":          {func(e *change.Envelope) { e.At = time.Time{} }, fault.Internal},
		"any table":        {func(e *change.Envelope) { e.Expect = []change.Expect{{Kind: "job; DROP TABLE job"}} }, fault.Internal},
		"no such versions": {func(e *change.Envelope) { e.Expect = []change.Expect{{Kind: "directory"}} }, fault.Internal},
		"a long key":       {func(e *change.Envelope) { e.Key = &change.Idempotency{Key: long, Digest: "d"} }, fault.Invalid},
		"no key":           {func(e *change.Envelope) { e.Key = &change.Idempotency{Digest: "d"} }, fault.Invalid},
		"a large answer": {func(e *change.Envelope) {
			e.Key = &change.Idempotency{Key: "k", Digest: "d", Body: make([]byte, maxBody+1)}
		}, fault.Limited},
		"another's job":   {func(e *change.Envelope) { e.Done = &job.Lease{Org: other.Org(), ID: "jb", Owner: "w"} }, fault.NotFound},
		"no source":       {func(e *change.Envelope) { e.Inbox = &change.Inbox{Key: "k"} }, fault.Internal},
		"args no JSON":    {func(e *change.Envelope) { e.Jobs = []job.New{{Kind: "k", Args: []byte("{")}} }, fault.Internal},
		"no kind of job":  {func(e *change.Envelope) { e.Jobs = []job.New{{}} }, fault.Internal},
		"many jobs":       {func(e *change.Envelope) { e.Jobs = make([]job.New, maxJobs+1) }, fault.Limited},
		"a fast schedule": {func(e *change.Envelope) { e.Schedules = []change.Schedule{{Kind: "k", Key: "k", Every: 1, Next: noon}} }, fault.Internal},
	} {
		env := w.change(h.Org(), "project.created")
		x.change(env)
		if _, err := h.Commit(t.Context(), env, nil); fault.KindOf(err) != x.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.Commit(t.Context(), nil, nil); fault.KindOf(err) != fault.NotFound {
		t.Error("nothing at all:", err)
	}
	env := w.change(id.Platform, "setup.created")
	env.Blobs = []string{"x"}
	if _, err := w.home(id.Platform).Commit(t.Context(), env, nil); fault.KindOf(err) != fault.Internal {
		t.Error("objects of the platform:", err)
	}
	if n := verify(t, h); n != 1 {
		t.Errorf("%d entries", n)
	}
}

var errStopped = errors.New("stopped")

// A change that ends at any step leaves nothing before the commit, and everything after it.
func TestAtomic(t *testing.T) {
	steps := []string{"begun", "remembered", "finished", "expected", "applied", "live", "queued", "locked", "appended", "tiled", "moved", "ready", "committed", "unhinted"}
	engines(t, func(t *testing.T, w *world) {
		h := w.organisation()
		for i, step := range steps {
			name := fmt.Sprintf("pj_%d", i)
			must(t, h.Stage(t.Context(), []Staged{{Name: fmt.Sprintf("%032x", i), Data: []byte("x")}}, noon))
			env := w.change(h.Org(), "project.created")
			env.Blobs = []string{fmt.Sprintf("%032x", i)}
			env.Jobs = []job.New{{Kind: "k"}}
			env.Key = &change.Idempotency{Key: name, Digest: "d"}
			env.Inbox = &change.Inbox{Source: id.Platform, Key: name}
			state := func() [5]int {
				return [5]int{
					count(t, h, `SELECT count(*) FROM project`), count(t, h, `SELECT count(*) FROM object WHERE state = 'live'`),
					count(t, h, `SELECT count(*) FROM job`), count(t, h, `SELECT count(*) FROM idem`), count(t, h, `SELECT count(*) FROM inbox`),
				}
			}
			before, entries := state(), verify(t, h)
			h.core.step = func(at string) {
				if at == step {
					panic(errStopped)
				}
			}
			if !stopped(t, func() { _, _ = h.Commit(t.Context(), env, project(name)) }) {
				t.Fatalf("never came to %s", step)
			}
			h.core.step = nil
			after, now := state(), verify(t, h)
			if i < len(steps)-2 {
				if before != after || entries != now {
					t.Fatalf("%s: %v %d became %v %d", step, before, entries, after, now)
				}
				_, err := h.Commit(t.Context(), env, project(name))
				must(t, err)
				after, now = state(), verify(t, h)
			}
			for i := range after {
				before[i]++
			}
			if before != after || entries+1 != now {
				t.Fatalf("%s: %v %d, not %v", step, after, now, before)
			}
		}
	})
}

func stopped(t *testing.T, fn func()) (yes bool) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			if r != errStopped { //nolint:errorlint // it is the value itself
				panic(r)
			}
			yes = true
		}
	}()
	fn()
	return false
}

// A request that is sent twice is one change, and gets one answer.
func TestIdempotency(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h := w.organisation()
		send := func(key string, digest canon.Digest, actor access.Actor) (change.Committed, error) {
			env := w.change(h.Org(), "project.created")
			env.Scope = scopeOf(t, actor, access.OrganisationChange)
			env.Key = &change.Idempotency{Key: key, Digest: digest, Status: 201, Body: []byte("made")}
			return h.Commit(t.Context(), env, nil)
		}
		me := owner(h.Org())
		out, err := send("k", "one", me)
		must(t, err)
		if out.Replay != nil {
			t.Error("the first is no replay")
		}
		out, err = send("k", "one", me)
		must(t, err)
		if out.Replay == nil || out.Replay.Status != 201 || string(out.Replay.Body) != "made" {
			t.Errorf("%+v", out)
		}
		_, err = send("k", "two", me)
		isKind(t, err, fault.Conflict)
		other := me
		other.ID = "person:pn_other"
		if out, err = send("k", "two", other); err != nil || out.Replay != nil {
			t.Errorf("the key of somebody else: %+v %v", out, err)
		}
		if n := verify(t, h); n != 3 {
			t.Errorf("%d entries", n)
		}
		if n := count(t, h, `SELECT count(*) FROM idem WHERE body = $1`, []byte("made")); n != 0 {
			t.Error("an answer is kept in the clear")
		}
		w.clock.move(25 * time.Hour)
		if out, err = send("k", "two", me); err != nil || out.Replay != nil {
			t.Errorf("a day later: %+v %v", out, err)
		}
		w.clock.move(25 * time.Hour)
		swept, err := h.Sweep(t.Context(), w.clock.Now())
		if err != nil || swept.Keys != 2 {
			t.Errorf("%+v %v", swept, err)
		}
	})
}

func TestInbox(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h := w.organisation()
		for i, known := range []bool{false, true, true} {
			env := w.change(h.Org(), "project.created")
			env.Inbox = &change.Inbox{Source: id.Platform, Key: "7"}
			out, err := h.Commit(t.Context(), env, project(fmt.Sprintf("pj_%d", i)))
			if err != nil || out.Known != known {
				t.Fatalf("%d: %+v %v", i, out, err)
			}
		}
		if n := count(t, h, `SELECT count(*) FROM project`); n != 1 || verify(t, h) != 2 {
			t.Errorf("it had its effect %d times", n)
		}
	})
}

func TestExpect(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h := w.organisation()
		bump := func(ctx context.Context, tx *sqldb.Tx, _ time.Time) error {
			_, err := tx.Exec(ctx, `UPDATE organisation SET version = version + 1`)
			return err
		}
		var wait sync.WaitGroup
		errs := make(chan error, 8)
		for range 8 { // all decided on version 1: one of them wins
			wait.Go(func() {
				env := w.change(h.Org(), "organisation.changed")
				env.Expect = []change.Expect{{Kind: "organisation", ID: string(h.Org()), Version: 1}}
				_, err := h.Commit(t.Context(), env, bump)
				errs <- err
			})
		}
		wait.Wait()
		close(errs)
		won := 0
		for err := range errs {
			if err == nil {
				won++
			} else {
				isKind(t, err, fault.Conflict)
			}
		}
		if won != 1 || verify(t, h) != 2 || count(t, h, `SELECT version FROM organisation`) != 2 {
			t.Errorf("%d decided on the same version", won)
		}
		env := w.change(h.Org(), "organisation.changed")
		env.Expect = []change.Expect{{Kind: "home", Version: 1}, {Kind: "project", ID: "pj_1", Version: 1}}
		_, err := h.Commit(t.Context(), env, nil)
		isKind(t, err, fault.Conflict)
	})
}

// Of changes that share a transaction, one that fails or panics does not hurt the others.
func TestTogether(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h := w.organisation()
		must2 := func(_ change.Committed, err error) { t.Helper(); must(t, err) }
		must2(h.Commit(t.Context(), w.change(h.Org(), "project.created"), project("pj_taken")))
		held, release := make(chan struct{}), make(chan struct{})
		transactions := 0 // the committer lets one run at a time
		h.core.step = func(at string) {
			if at == "begun" {
				if transactions++; transactions == 1 {
					close(held)
					<-release
				}
			}
		}
		var wait sync.WaitGroup
		results := make([]error, 40)
		outs := make([]change.Committed, 40)
		panics := make([]any, 40)
		run := func(i int, apply Apply) {
			wait.Go(func() {
				defer func() { panics[i] = recover() }()
				outs[i], results[i] = h.Commit(context.Background(), w.change(h.Org(), "project.created"), apply)
			})
		}
		run(0, project("pj_0"))
		<-held
		for i := 1; i < 40; i++ {
			switch {
			case i == 7:
				run(i, project("pj_taken")) // the database refuses it
			case i == 8:
				run(i, func(context.Context, *sqldb.Tx, time.Time) error { return errStopped })
			case i == 9:
				run(i, func(context.Context, *sqldb.Tx, time.Time) error { panic(errStopped) })
			default:
				run(i, project(fmt.Sprintf("pj_%d", i)))
			}
		}
		for waiting := 0; waiting < 39; {
			h.core.committer.mu.Lock()
			waiting = len(h.core.committer.waiting)
			h.core.committer.mu.Unlock()
		}
		close(release)
		wait.Wait()
		h.core.step = nil
		seen := map[int64]bool{}
		for i, err := range results {
			switch i {
			case 7:
				isKind(t, err, fault.Conflict)
			case 8:
				if !errors.Is(err, errStopped) {
					t.Error(err)
				}
			case 9:
				if panics[i] != errStopped { //nolint:errorlint // it is the value itself
					t.Errorf("the panic became %v, %v", panics[i], err)
				}
			default:
				if err != nil || panics[i] != nil || seen[outs[i].Index] {
					t.Errorf("%d: %v %v %+v", i, err, panics[i], outs[i])
				}
				seen[outs[i].Index] = true
			}
		}
		if n := verify(t, h); n != 2+37 || count(t, h, `SELECT count(*) FROM project`) != 38 || transactions != 2 {
			t.Errorf("%d entries, %d transactions", n, transactions)
		}
	})
}

// Who gives up before the change was begun has changed nothing; who gives up later is told what became of it.
func TestGivesUp(t *testing.T) {
	w := embedded(t, nil)
	h := w.organisation()
	held, release := make(chan struct{}), make(chan struct{})
	var first sync.Once
	h.core.step = func(at string) {
		if at == "applied" {
			first.Do(func() { close(held); <-release })
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	running, waiting := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := h.Commit(ctx, w.change(h.Org(), "project.created"), project("pj_1"))
		running <- err
	}()
	<-held
	go func() {
		_, err := h.Commit(ctx, w.change(h.Org(), "project.created"), project("pj_2"))
		waiting <- err
	}()
	for n := 0; n == 0; {
		h.core.committer.mu.Lock()
		n = len(h.core.committer.waiting)
		h.core.committer.mu.Unlock()
	}
	cancel()
	if err := <-waiting; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(release)
	if err := <-running; err != nil {
		t.Error(err)
	}
	if n := count(t, h, `SELECT count(*) FROM project`); n != 1 || verify(t, h) != 2 {
		t.Errorf("%d projects", n)
	}
	_, err := h.Commit(ctx, w.change(h.Org(), "project.created"), project("pj_3"))
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// The log never goes back in time, whatever the clock does.
func TestClockJumps(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h := w.organisation()
		last := time.Time{}
		for _, d := range []time.Duration{time.Hour, -3 * time.Hour, time.Minute, 2 * time.Hour, -48 * time.Hour, time.Nanosecond} {
			w.clock.move(d)
			out, err := h.Commit(t.Context(), w.change(h.Org(), "project.created"), nil)
			must(t, err)
			if out.At.Before(last) {
				t.Errorf("%v after %v", out.At, last)
			}
			last = out.At
		}
		if !last.Equal(noon.Add(time.Hour)) {
			t.Errorf("%v", last)
		}
		verify(t, h)
	})
}

// A long log has its tiles, also where one change fills more than one.
func TestTiles(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h := w.organisation()
		env := w.change(h.Org(), "project.created")
		for range maxDrafts - 1 {
			env.Drafts = append(env.Drafts, ledger.Draft{Kind: "project.created"})
		}
		for range 3 {
			_, err := h.Commit(t.Context(), env, nil)
			must(t, err)
		}
		if n := verify(t, h); n != 1+3*maxDrafts || count(t, h, `SELECT count(*) FROM ledger_tile WHERE level = 0`) != 6 || count(t, h, `SELECT count(*) FROM ledger_tile WHERE level = 1`) != 1 {
			t.Errorf("%d entries", n)
		}
	})
}
