package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/task"
)

// timers are moved by hand.
type timers struct {
	mu   sync.Mutex
	set  map[time.Duration][]chan time.Time
	more chan struct{}
}

func newTimers() *timers {
	return &timers{set: map[time.Duration][]chan time.Time{}, more: make(chan struct{}, 1000)}
}

func (c *timers) after(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan time.Time, 1)
	c.set[d] = append(c.set[d], ch)
	c.more <- struct{}{}
	return ch
}

// ring lets the nth timer of that duration go off, 1 being the first, as soon as it is set.
func (c *timers) ring(d time.Duration, n int) {
	for {
		c.mu.Lock()
		list := c.set[d]
		c.mu.Unlock()
		if len(list) >= n {
			list[n-1] <- time.Time{}
			return
		}
		<-c.more
	}
}

// Each has another length, so that a test can tell them apart.
const (
	beat  = 11 * time.Second
	grace = 7 * time.Second
	poll  = time.Second
)

// queue is a queue in memory.
type queue struct {
	mu     sync.Mutex
	jobs   []*job.Lease
	said   []string
	lost   map[string]bool
	broken int // so many claims fail
	events chan string
}

func newQueue(kinds ...string) *queue {
	q := &queue{lost: map[string]bool{}, events: make(chan string, 1000)}
	for i, k := range kinds {
		q.jobs = append(q.jobs, &job.Lease{Org: id.Local, ID: fmt.Sprintf("jb_%d", i), Kind: k, Actor: "person:pn_1", Attempt: 1, MaxAttempts: 3})
	}
	return q
}

func (q *queue) say(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	q.said = append(q.said, text)
	q.events <- text
}

func (q *queue) Claim(_ context.Context, owner string, _ time.Duration) (*task.Claimed, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.broken > 0 {
		q.broken--
		q.events <- "broken"
		return nil, fault.New(fault.Unavailable, "the disk is away")
	}
	if len(q.jobs) == 0 {
		return nil, nil
	}
	l := q.jobs[0]
	q.jobs = q.jobs[1:]
	l.Owner = owner
	return &task.Claimed{Lease: l, Actor: access.Actor{OnBehalf: l.Actor}}, nil
}

func (q *queue) ClaimBut(ctx context.Context, owner string, lease time.Duration, but []id.Org) (*task.Claimed, error) {
	q.mu.Lock()
	i := slices.IndexFunc(q.jobs, func(l *job.Lease) bool { return !slices.Contains(but, l.Org) })
	if i < 0 {
		q.mu.Unlock()
		q.events <- "nothing for others"
		return nil, nil
	}
	q.jobs[0], q.jobs[i] = q.jobs[i], q.jobs[0]
	q.mu.Unlock()
	return q.Claim(ctx, owner, lease)
}

func (q *queue) answer(l *job.Lease, what string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.lost[l.ID] {
		q.say("%s: not %s", l.ID, what)
		return fault.New(fault.Conflict, "in other hands")
	}
	q.say("%s: %s", l.ID, what)
	return nil
}

func (q *queue) Extend(_ context.Context, l *job.Lease, _ time.Duration) error {
	return q.answer(l, "kept")
}

func (q *queue) Fail(_ context.Context, l *job.Lease, why string, _ time.Duration) error {
	return q.answer(l, "failed: "+why)
}

func (q *queue) GiveBack(_ context.Context, l *job.Lease) error { return q.answer(l, "given back") }

func (q *queue) Wait(ctx context.Context, _ time.Duration) error {
	q.events <- "waiting"
	<-ctx.Done()
	return ctx.Err()
}

// done makes a job finished, as a handler's commit does.
func (q *queue) done(c *task.Claimed) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.lost[c.Lease.ID] = true
}

func (q *queue) until(t *testing.T, want string) {
	t.Helper()
	for {
		got := <-q.events
		if strings.Contains(got, want) {
			return
		}
		if got == "waiting" && want != "waiting" {
			t.Fatalf("%q never came, but %q", want, q.said)
		}
	}
}

type meter struct {
	mu    sync.Mutex
	ended map[string]int
}

func (*meter) Started(string) {}
func (m *meter) Ended(kind string, o Outcome, _ time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended[kind+" "+string(o)]++
}

type rig struct {
	*queue
	*timers
	meter *meter
	logs  *bytes.Buffer
	stop  context.CancelFunc
	ended chan struct{}
}

// start runs one worker.
func start(t *testing.T, q *queue, handlers map[string]task.Handler, upkeep func(context.Context) error) *rig {
	t.Helper()
	r := &rig{queue: q, timers: newTimers(), meter: &meter{ended: map[string]int{}}, logs: &bytes.Buffer{}, ended: make(chan struct{})}
	d, err := New(Config{
		Queue: q, Handlers: handlers, Owner: "me", Workers: 1, After: r.after, Lease: 3 * beat, Grace: grace, Poll: poll, Timeouts: map[string]time.Duration{"long": 20 * time.Minute, "deaf": 30 * time.Minute}, Meter: r.meter, Upkeep: upkeep,
		Log: slog.New(slog.NewTextHandler(r.logs, nil)), Now: func() time.Time { return time.Unix(1, 0) },
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go func() { d.Run(ctx); close(r.ended) }()
	t.Cleanup(func() { stop(); <-r.ended })
	return r
}

// A handler that does its work, one that fails, one that panics, one that forgets to finish, one that nobody has.
func TestOutcomes(t *testing.T) {
	q := newQueue("good", "bad", "panics", "forgets", "nil", "unknown", "good")
	r := start(t, q, map[string]task.Handler{
		"good":   func(_ context.Context, c *task.Claimed) error { q.done(c); return nil },
		"bad":    func(context.Context, *task.Claimed) error { return errors.New("no disk") },
		"panics": func(context.Context, *task.Claimed) error { panic("a password") },
		"nil": func(_ context.Context, c *task.Claimed) error {
			var m map[string]*task.Claimed
			return errors.New(m[c.Lease.ID].Lease.ID)
		},
		"forgets": func(context.Context, *task.Claimed) error { return nil },
	}, nil)
	q.until(t, "waiting")
	r.stop()
	<-r.ended
	want := []string{
		"jb_0: not kept", "jb_1: failed: no disk", "jb_2: failed: the handler panicked: string", "jb_3: kept", "jb_3: failed: the work ended without having finished the job",
		"jb_4: failed: the handler panicked: runtime error: invalid memory address or nil pointer dereference", "jb_5: failed: this program has no handler for it", "jb_6: not kept",
	}
	if got := strings.Join(q.said, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("%s", got)
	}
	for name, n := range map[string]int{"good done": 2, "bad failed": 1, "panics panicked": 1, "nil panicked": 1, "forgets failed": 1, "unknown failed": 1} {
		if r.meter.ended[name] != n {
			t.Errorf("%s: %d", name, r.meter.ended[name])
		}
	}
	if text := r.logs.String(); strings.Contains(text, "password") || !strings.Contains(text, "request=jb_2 org=local actor=person:pn_1 job=panics attempt=1") {
		t.Errorf("%s", text)
	}
}

// The lease is kept while a job runs; who lost it is told to stop.
func TestHeartbeat(t *testing.T) {
	q := newQueue("long")
	var cause error
	r := start(t, q, map[string]task.Handler{"long": func(ctx context.Context, _ *task.Claimed) error {
		<-ctx.Done()
		cause = context.Cause(ctx)
		return ctx.Err()
	}}, nil)
	for n := range 3 {
		r.ring(beat, n+1)
		q.until(t, "kept")
	}
	q.mu.Lock()
	q.lost["jb_0"] = true
	q.mu.Unlock()
	r.ring(beat, 4)
	q.until(t, "waiting")
	if !errors.Is(cause, errLost) || r.meter.ended["long lost"] != 1 {
		t.Errorf("%v %v", cause, r.meter.ended)
	}
}

// A job that takes too long is stopped and fails; one that does not stop is left alone, and the worker goes on.
func TestLate(t *testing.T) {
	q := newQueue("long", "deaf", "good")
	release := make(chan struct{})
	r := start(t, q, map[string]task.Handler{
		"long": func(ctx context.Context, _ *task.Claimed) error { <-ctx.Done(); return ctx.Err() },
		"deaf": func(context.Context, *task.Claimed) error { <-release; return nil },
		"good": func(_ context.Context, c *task.Claimed) error { q.done(c); return nil },
	}, nil)
	r.ring(20*time.Minute, 1)
	q.until(t, "jb_0: failed: it took longer than it may")
	r.ring(30*time.Minute, 1)
	r.ring(grace, 2)
	q.until(t, "jb_1: failed: it took longer than it may")
	q.until(t, "waiting")
	close(release)
	if r.meter.ended["long late"] != 1 || r.meter.ended["deaf late"] != 1 || r.meter.ended["good done"] != 1 {
		t.Errorf("%v", r.meter.ended)
	}
}

// At the end what runs may finish.
func TestFinishes(t *testing.T) {
	q := newQueue("long", "never")
	begun, release := make(chan struct{}), make(chan struct{})
	r := start(t, q, map[string]task.Handler{"long": func(ctx context.Context, c *task.Claimed) error {
		close(begun)
		<-release
		q.done(c)
		return ctx.Err()
	}}, nil)
	<-begun
	r.stop()
	close(release)
	<-r.ended
	if r.meter.ended["long done"] != 1 || len(q.jobs) != 1 {
		t.Errorf("%v, %d jobs are left", r.meter.ended, len(q.jobs))
	}
}

// What does not finish in time is given back, and costs no attempt.
func TestGivenBack(t *testing.T) {
	q := newQueue("long")
	begun := make(chan struct{})
	r := start(t, q, map[string]task.Handler{"long": func(ctx context.Context, _ *task.Claimed) error {
		close(begun)
		<-ctx.Done()
		return context.Cause(ctx)
	}}, nil)
	<-begun
	r.stop()
	r.ring(grace, 1)
	<-r.ended
	if q.said[len(q.said)-1] != "jb_0: given back" || r.meter.ended["long given back"] != 1 {
		t.Errorf("%q %v", q.said, r.meter.ended)
	}
}

// A queue that does not answer is asked again, and upkeep is done over and over whatever comes of it.
func TestGoesOn(t *testing.T) {
	q := newQueue("good")
	q.broken = 2
	upkeep := make(chan int, 10)
	n := 0
	r := start(t, q, map[string]task.Handler{"good": func(_ context.Context, c *task.Claimed) error { q.done(c); return nil }}, func(context.Context) error {
		n++
		upkeep <- n
		if n == 1 {
			panic("no")
		}
		return errors.New("no")
	})
	for n := range 2 {
		q.until(t, "broken")
		r.ring(poll, n+1)
	}
	q.until(t, "jb_0: not kept")
	for want := 1; want <= 3; want++ {
		if got := <-upkeep; got != want {
			t.Errorf("upkeep %d", got)
		}
		r.ring(time.Minute, want)
	}
}

func TestNew(t *testing.T) {
	for _, cfg := range []Config{{}, {Queue: newQueue(), Owner: "me"}, {Queue: newQueue(), Handlers: map[string]task.Handler{"a": nil}}, {Queue: newQueue(), Owner: "me", Handlers: map[string]task.Handler{"a": nil}, Workers: -2}} {
		if _, err := New(cfg); fault.KindOf(err) != fault.Internal {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}

// TestLastWorkerIsForOthers: however many jobs an organisation has, one worker is left for another's.
func TestLastWorkerIsForOthers(t *testing.T) {
	q := newQueue("long", "long", "long", "short")
	const other = id.Org("og_01jq8z6y5x4w3v2t1s0r9q8p7n")
	q.jobs[3].Org = other
	const workers = 2
	end, began := make(chan struct{}), make(chan id.Org, 10)
	tm := newTimers()
	d, err := New(Config{
		Queue: q, Owner: "me", Workers: workers, After: tm.after, Poll: poll, Lease: 3 * beat, Grace: grace,
		Handlers: map[string]task.Handler{
			"long": func(_ context.Context, c *task.Claimed) error {
				began <- c.Lease.Org
				<-end
				q.done(c)
				return nil
			},
			"short": func(_ context.Context, c *task.Claimed) error {
				began <- c.Lease.Org
				q.done(c)
				return nil
			},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() { d.Run(ctx); close(over) }()
	if a, b := <-began, <-began; a == b || a != id.Local && a != other || b != id.Local && b != other { // in either order: both run
		t.Errorf("%s and %s", a, b)
	}
	q.until(t, "nothing for others") // and the worker stays free while the long one runs
	q.mu.Lock()
	if len(q.jobs) != 2 {
		t.Errorf("%d jobs wait, and 2 should", len(q.jobs))
	}
	q.mu.Unlock()
	close(end)
	tm.ring(poll, 1)
	for range 2 {
		if org := <-began; org != id.Local {
			t.Errorf("%s", org)
		}
	}
	stop()
	<-over
}
