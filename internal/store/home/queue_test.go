package home

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

const lease = 30 * time.Second

func (w *world) enqueue(h *Home, jobs ...job.New) {
	w.tb.Helper()
	env := w.change(h.Org(), "scan.queued")
	if h.Org() == id.Platform {
		env = w.change(h.Org(), "setup.created")
	}
	env.Jobs = jobs
	_, err := h.Commit(context.Background(), env, nil)
	must(w.tb, err)
}

func (w *world) claim(owner string) *task.Claimed {
	w.tb.Helper()
	c, err := w.Queue().Claim(context.Background(), owner, lease)
	must(w.tb, err)
	return c
}

// finish commits a change that ends the job.
func (w *world) finish(c *task.Claimed) (change.Committed, error) {
	w.tb.Helper()
	h := w.home(c.Lease.Org)
	kind := "scan.finished"
	if c.Lease.Org == id.Platform {
		kind = "setup.used"
	}
	env := w.change(c.Lease.Org, kind)
	env.Done = c.Lease
	return h.Commit(context.Background(), env, nil)
}

func TestJob(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		if c := w.claim("w"); c != nil {
			t.Fatalf("%+v", c)
		}
		h := w.organisation()
		w.enqueue(h, job.New{Kind: "a", Args: []byte(`{"x":1}`)}, job.New{Kind: "b", RunAt: noon.Add(time.Hour)})
		c := w.claim("w")
		if c == nil || c.Lease.Kind != "a" || string(c.Lease.Args) != `{"x":1}` || c.Lease.Attempt != 1 || c.Lease.MaxAttempts != job.Attempts || c.Lease.Org != h.Org() {
			t.Fatalf("%+v", c)
		}
		if c.Actor.OnBehalf != "person:pn_owner" || c.Actor.Org != h.Org() || c.Actor.Request != c.Lease.ID || c.Actor.Surface != "job" {
			t.Errorf("%+v", c.Actor)
		}
		if again := w.claim("v"); again != nil {
			t.Errorf("it was given twice: %+v", again)
		}
		_, err := w.finish(c)
		must(t, err)
		_, err = w.finish(c)
		isKind(t, err, fault.Conflict)
		w.clock.move(time.Hour)
		if c = w.claim("w"); c == nil || c.Lease.Kind != "b" {
			t.Fatalf("%+v", c)
		}
		_, err = w.finish(c)
		must(t, err)
		if n := count(t, h, `SELECT count(*) FROM job`); n != 0 || verify(t, h) != 4 {
			t.Errorf("%d jobs are left", n)
		}
	})
}

// A worker that lost its lease commits nothing, and cannot keep the lease or fail the job.
func TestLostLease(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h, q := w.organisation(), w.Queue()
		w.enqueue(h, job.New{Kind: "a"})
		first := w.claim("w")
		w.clock.move(lease - time.Second)
		if c := w.claim("v"); c != nil {
			t.Fatal("the lease holds still")
		}
		must(t, q.Extend(t.Context(), first.Lease, lease))
		w.clock.move(lease - time.Second)
		if c := w.claim("v"); c != nil {
			t.Fatal("the lease was extended")
		}
		w.clock.move(2 * time.Second)
		second := w.claim("v")
		if second == nil || second.Lease.ID != first.Lease.ID || second.Lease.Attempt != 2 {
			t.Fatalf("%+v", second)
		}
		entries := verify(t, h)
		_, err := w.finish(first)
		isKind(t, err, fault.Conflict)
		isKind(t, q.Extend(t.Context(), first.Lease, lease), fault.Conflict)
		isKind(t, q.Fail(t.Context(), first.Lease, "x", 0), fault.Conflict)
		isKind(t, q.GiveBack(t.Context(), first.Lease), fault.Conflict)
		if verify(t, h) != entries {
			t.Error("the first worker wrote")
		}
		_, err = w.finish(second)
		must(t, err)
	})
}

// A job that fails comes again, later each time, and is dead at the end: with an entry, in a list, until somebody retries it.
func TestDies(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h, q := w.organisation(), w.Queue()
		w.enqueue(h, job.New{Kind: "a", Key: "one", MaxAttempts: 3})
		for attempt := 1; attempt <= 3; attempt++ {
			c := w.claim("w")
			if c == nil || c.Lease.Attempt != attempt {
				t.Fatalf("attempt %d: %+v", attempt, c)
			}
			must(t, q.Fail(t.Context(), c.Lease, "person:pn_x said \"no\"\n\x00 "+strings.Repeat("ü", 400), 0))
			if c := w.claim("w"); c != nil {
				t.Fatal("it came at once")
			}
			w.clock.move(time.Hour)
		}
		if c := w.claim("w"); c != nil {
			t.Fatalf("the dead came back: %+v", c)
		}
		dead, err := h.Jobs(t.Context(), job.Dead, 0)
		if err != nil || len(dead) != 1 || dead[0].Attempt != 3 || dead[0].Actor != "person:pn_owner" || !strings.HasPrefix(dead[0].Error, "it failed: person:pn_x said 'no' ü") || len(dead[0].Error) > 530 {
			t.Fatalf("%+v %v", dead, err)
		}
		if n := count(t, h, `SELECT count(*) FROM ledger_entry WHERE kind = 'job.died'`); n != 1 {
			t.Errorf("%d entries say so", n)
		}
		retry := func() error {
			env := w.change(h.Org(), "job.retried")
			_, err := h.Retry(t.Context(), env, dead[0].ID)
			return err
		}
		w.enqueue(h, job.New{Kind: "a", Key: "one"})
		isKind(t, retry(), fault.Conflict) // the same work waits already
		_, err = w.finish(w.claim("w"))
		must(t, err)
		must(t, retry())
		isKind(t, retry(), fault.NotFound)
		if c := w.claim("w"); c == nil || c.Lease.ID != dead[0].ID || c.Lease.Attempt != 1 {
			t.Errorf("%+v", c)
		}
		verify(t, h)
	})
}

// A job whose worker is killed each time dies as well.
func TestWorkersDie(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h := w.organisation()
		w.enqueue(h, job.New{Kind: "a", MaxAttempts: 2})
		for range 2 {
			if c := w.claim("w"); c == nil {
				t.Fatal("it did not come again")
			}
			w.clock.move(lease)
		}
		if c := w.claim("w"); c != nil {
			t.Fatalf("%+v", c)
		}
		dead, err := h.Jobs(t.Context(), job.Dead, 0)
		if err != nil || len(dead) != 1 || dead[0].Error != "its worker did not come back" {
			t.Errorf("%+v %v", dead, err)
		}
	})
}

func TestGivenBack(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h := w.organisation()
		w.enqueue(h, job.New{Kind: "a", MaxAttempts: 1})
		for range 3 {
			c := w.claim("w")
			if c == nil || c.Lease.Attempt != 1 {
				t.Fatalf("%+v", c)
			}
			must(t, w.Queue().GiveBack(t.Context(), c.Lease))
		}
	})
}

// Whoever has many jobs does not keep the others waiting.
func TestFair(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		big, small, other := w.organisation(), w.organisation(), w.organisation()
		many := make([]job.New, 50)
		for i := range many {
			many[i] = job.New{Kind: "a"}
		}
		w.enqueue(big, many...)
		w.enqueue(small, many[:3]...)
		w.enqueue(other, many[:1]...)
		turns := map[id.Org][]int{}
		for i := range 54 {
			w.clock.move(time.Millisecond)
			c := w.claim("w")
			if c == nil {
				t.Fatalf("nothing at %d", i)
			}
			turns[c.Lease.Org] = append(turns[c.Lease.Org], i)
			_, err := w.finish(c)
			must(t, err)
		}
		if n := turns[small.Org()]; len(n) != 3 || n[2] > 7 {
			t.Errorf("the small one was served at %v", n)
		}
		if n := turns[other.Org()]; len(n) != 1 || n[0] > 2 {
			t.Errorf("the third was served at %v", n)
		}
		if c := w.claim("w"); c != nil {
			t.Errorf("%+v", c)
		}
	})
}

// A schedule comes once however late it is, and then in the future.
func TestSchedule(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h := w.organisation()
		set := func(every time.Duration) {
			env := w.change(h.Org(), "scan.queued")
			env.Schedules = []change.Schedule{{Kind: "s", Key: "nightly", Args: []byte(`{"p":1}`), Every: every, Next: w.clock.Now().Add(every)}}
			_, err := h.Commit(t.Context(), env, nil)
			must(t, err)
		}
		set(time.Hour)
		for _, late := range []time.Duration{time.Hour, time.Hour, 5*time.Hour + 20*time.Minute} {
			if c := w.claim("w"); c != nil {
				t.Fatalf("it came early: %+v", c)
			}
			w.clock.move(late)
			c := w.claim("w")
			if c == nil || c.Lease.Kind != "s" || string(c.Lease.Args) != `{"p":1}` || c.Actor.OnBehalf != "person:pn_owner" {
				t.Fatalf("%+v", c)
			}
			_, err := w.finish(c)
			must(t, err)
		}
		w.clock.move(39 * time.Minute)
		if c := w.claim("w"); c != nil {
			t.Error("it lost its rhythm")
		}
		w.clock.move(time.Minute)
		c := w.claim("w")
		if c == nil {
			t.Fatal("it lost its rhythm")
		}
		w.clock.move(time.Hour) // the next would be due, and the one before runs still
		must(t, w.Queue().Extend(t.Context(), c.Lease, 10*time.Hour))
		if again := w.claim("v"); again != nil {
			t.Errorf("it runs twice: %+v", again)
		}
		set(0)
		_, err := w.finish(c)
		must(t, err)
		w.clock.move(100 * time.Hour)
		if c := w.claim("w"); c != nil {
			t.Errorf("it was taken away: %+v", c)
		}
	})
}

// Dispatchers that race for jobs, of two replicas where the engine has replicas, get each job once.
func TestRace(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		worlds := []*world{w, w}
		if w.cfg.Server != nil {
			worlds[1] = w.again()
		}
		const jobs = 40
		for range 4 {
			h := w.organisation()
			var list []job.New
			for range jobs / 4 {
				list = append(list, job.New{Kind: "a"})
			}
			w.enqueue(h, list...)
		}
		var mu sync.Mutex
		got := map[string]int{}
		var all sync.WaitGroup
		for i := range 6 {
			all.Go(func() {
				for {
					mu.Lock()
					n := len(got)
					mu.Unlock()
					if n == jobs {
						return
					}
					c, err := worlds[i%2].Queue().Claim(context.Background(), fmt.Sprint("w", i), lease)
					if err != nil {
						t.Error(err)
						return
					}
					if c == nil {
						continue // another one holds the hint at this moment
					}
					mu.Lock()
					got[c.Lease.ID]++
					mu.Unlock()
					env := envelope(t, c.Lease.Org, "scan.finished", noon)
					env.Done = c.Lease
					h, err := worlds[i%2].For(context.Background(), env.Scope)
					if err == nil {
						_, err = h.Commit(context.Background(), env, nil)
						h.Release()
					}
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
		for name, n := range got {
			if n != 1 {
				t.Errorf("%s was given %d times", name, n)
			}
		}
	})
}

// A job of whose hint nothing came is found after the program was started again, and by another replica after the mark has ended.
func TestHintLost(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h := w.organisation()
		h.core.step = func(at string) {
			if at == "unhinted" {
				panic(errStopped)
			}
		}
		if !stopped(t, func() { w.enqueue(h, job.New{Kind: "a"}) }) {
			t.Fatal("it did not end there")
		}
		h.core.step = nil
		h.Release()
		if c := w.claim("w"); c != nil {
			t.Fatal("who told?")
		}
		again := w.again()
		if w.cfg.Server != nil {
			must(t, w.Upkeep(t.Context())) // its first, which finds it: a replica that ran on has had its first before
			must(t, w.platform.db.Transact(t.Context(), func(tx *sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), `UPDATE due SET at = $1`, never)
				return err
			}))
			must(t, w.Upkeep(t.Context()))
			if c := w.claim("w"); c != nil {
				t.Fatal("the mark holds still")
			}
			w.clock.move(markFor + markLeast + time.Second)
			must(t, w.Upkeep(t.Context()))
		} else {
			must(t, again.Upkeep(t.Context()))
		}
		if c := again.claim("w"); c == nil {
			t.Fatal("it was never found")
		}
		w.clock.move(time.Hour)
		must(t, again.Upkeep(t.Context()))
		if n := count(t, again.home(id.Platform), `SELECT count(*) FROM due WHERE active > 0`); n != 0 {
			t.Error("marks stay for ever")
		}
	})
}

// The platform has jobs as others do.
func TestPlatformJob(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.enqueue(w.home(id.Platform), job.New{Kind: "a", MaxAttempts: 1})
		c := w.claim("w")
		if c == nil || c.Lease.Org != id.Platform || c.Actor.Org != id.Platform {
			t.Fatalf("%+v", c)
		}
		must(t, w.Queue().Fail(t.Context(), c.Lease, "no", 0))
		if n := count(t, w.home(id.Platform), `SELECT count(*) FROM ledger_entry WHERE kind = 'job.died'`); n != 1 {
			t.Error("its death is no entry")
		}
	})
}

// An organisation that was destroyed, or whose home cannot be opened, does not keep the others from being served.
func TestUnreachable(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		bad, gone, good := w.organisation(), w.organisation(), w.organisation()
		for _, h := range []*Home{bad, gone, good} {
			w.enqueue(h, job.New{Kind: "a"})
		}
		bad.Release()
		gone.Release()
		must(t, w.settle(t.Context(), bad.Org()))
		must(t, w.settle(t.Context(), gone.Org()))
		must(t, w.platform.db.Transact(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE directory SET wrapped = $1 WHERE id = $2`, []byte("damaged"), string(bad.Org()))
			if err == nil {
				_, err = tx.Exec(t.Context(), `UPDATE directory SET state = 'destroyed', wrapped = $1 WHERE id = $2`, []byte{}, string(gone.Org()))
			}
			return err
		}))
		if c := w.claim("w"); c == nil || c.Lease.Org != good.Org() {
			t.Fatalf("%+v", c)
		}
		if c := w.claim("w"); c != nil { // whoever is first by chance: all were asked now
			t.Fatalf("%+v", c)
		}
		if n := count(t, w.home(id.Platform), `SELECT count(*) FROM due WHERE organisation = $1`, string(gone.Org())); n != 0 {
			t.Error("the destroyed one is asked for ever")
		}
		if n := count(t, w.home(id.Platform), `SELECT count(*) FROM due WHERE organisation = $1 AND at = $2`, string(bad.Org()), noon.Add(again).UnixMicro()); n != 1 {
			t.Error("the bad one is never asked again")
		}
	})
}

func TestWait(t *testing.T) {
	w := embedded(t, nil)
	h := w.organisation()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Queue().Wait(ctx, time.Hour) }()
	w.enqueue(h, job.New{Kind: "a"})
	must(t, <-done)
	must(t, w.Queue().Wait(ctx, time.Hour)) // something is due
	if c := w.claim("w"); c == nil {
		t.Fatal("nothing")
	}
	go func() { done <- w.Queue().Wait(ctx, time.Hour) }()
	cancel()
	if err := <-done; err == nil {
		t.Error("it waits on")
	}
}

// Progress and the like are written without an entry, what is not on the list is not.
func TestUpkeepWrites(t *testing.T) {
	w := embedded(t, nil)
	h := w.organisation()
	must(t, h.Upkeep(t.Context(), Checkpoints, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO checkpoint (size, root, note, at) VALUES (1, $1, 'n', 1)`, make([]byte, ledger.HashSize))
		return err
	}))
	isKind(t, h.Upkeep(t.Context(), "whatever", func(*sqldb.Tx) error { return nil }), fault.Internal)
}

// TestClaimBut leaves out organisations, and what they have stays due.
func TestClaimBut(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		a, b := w.organisation(), w.organisation()
		w.enqueue(a, job.New{Kind: "a"})
		w.enqueue(b, job.New{Kind: "b"})
		for _, x := range []struct {
			but  []id.Org
			want string
		}{{[]id.Org{a.Org(), b.Org()}, ""}, {[]id.Org{a.Org()}, "b"}, {[]id.Org{a.Org()}, ""}, {nil, "a"}} {
			c, err := w.Queue().ClaimBut(context.Background(), "w", lease, x.but)
			must(t, err)
			got := ""
			if c != nil {
				got = c.Lease.Kind
			}
			if got != x.want {
				t.Errorf("without %v: %q, not %q", x.but, got, x.want)
			}
		}
	})
}
