// Package worker does the jobs of all homes: so many at a time, each by the handler of its kind.
//
// It promises: while a job runs its lease is kept; a handler that fails, panics, takes too long or ends without having finished the job is tried again, at the end the job is
// dead and a person can see it; a worker that lost its lease is told to stop; when the program ends, what runs is given time to finish and is then given back, which costs
// it no attempt. Logs and metrics have the kind and the id of the job, the organisation and the actor, and nothing of what the job was about. It leaves out where jobs
// are, in whose turn, and what they do.
package worker

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/task"
)

// Queue is the port to the jobs.
type Queue interface {
	task.Queue
	// GiveBack ends a lease without an attempt: the worker is stopping.
	GiveBack(ctx context.Context, l *job.Lease) error
	// ClaimBut claims as Claim does, but none of those organisations' jobs.
	ClaimBut(ctx context.Context, owner string, lease time.Duration, but []id.Org) (*task.Claimed, error)
}

// Outcome is how an attempt ended.
type Outcome string

// The outcomes.
const (
	Done     Outcome = "done"
	Failed   Outcome = "failed"
	Panicked Outcome = "panicked"
	Late     Outcome = "late"       // it took longer than it may
	Lost     Outcome = "lost"       // somebody else had the job by then
	Given    Outcome = "given back" // the program ended
)

// Meter is the port to metrics.
type Meter interface {
	Started(kind string)
	Ended(kind string, outcome Outcome, took time.Duration)
}

// Config is what a dispatcher is made of. Queue, Handlers and Owner must be given.
type Config struct {
	Queue    Queue
	Handlers map[string]task.Handler // by kind
	Owner    string                  // of this process; no other has it
	Workers  int                     // how many jobs run at a time; 0 means 4, and -1 none: other processes do them
	Lease    time.Duration           // after which the job of a worker that died is another's; 0 means 30 s
	Timeout  time.Duration           // of one attempt; 0 means 15 minutes
	Timeouts map[string]time.Duration
	Grace    time.Duration // what runs has to finish when the program ends, and to stop when it is told to; 0 means 10 s
	Poll     time.Duration // how long another replica's job may go unseen; 0 means 1 s
	// Upkeep is run at the start and each minute; nil is none.
	Upkeep func(ctx context.Context) error
	Now    func() time.Time                       // nil: the clock
	After  func(d time.Duration) <-chan time.Time // nil: the clock
	Log    *slog.Logger                           // nil: nothing is logged
	Meter  Meter                                  // nil: nothing is counted
}

// Dispatcher runs workers.
type Dispatcher struct {
	cfg  Config
	halt chan struct{} // closed when the time to finish is over

	mu      sync.Mutex     // held while a job is claimed, so that two do not take the last place
	running map[id.Org]int // jobs
	busy    int            // workers that have one
}

// New makes a dispatcher.
func New(cfg Config) (*Dispatcher, error) {
	if cfg.Queue == nil || cfg.Owner == "" || len(cfg.Handlers) == 0 || cfg.Workers < -1 || cfg.Workers > 1000 {
		return nil, fault.New(fault.Internal, "a dispatcher needs a queue, an owner, handlers and at most 1000 workers")
	}
	cfg.Workers = cmp.Or(cfg.Workers, 4)
	cfg.Lease = cmp.Or(cfg.Lease, 30*time.Second)
	cfg.Timeout = cmp.Or(cfg.Timeout, 15*time.Minute)
	cfg.Grace = cmp.Or(cfg.Grace, 10*time.Second)
	cfg.Poll = cmp.Or(cfg.Poll, time.Second)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.After == nil {
		cfg.After = time.After
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Meter == nil {
		cfg.Meter = silent{}
	}
	return &Dispatcher{cfg: cfg, halt: make(chan struct{}), running: map[id.Org]int{}}, nil
}

type silent struct{}

func (silent) Started(string)                       {}
func (silent) Ended(string, Outcome, time.Duration) {}

// Run does jobs until ctx ends, and returns when every worker has finished its job or given it back. It is run once.
func (d *Dispatcher) Run(ctx context.Context) {
	var all sync.WaitGroup
	for i := range max(0, d.cfg.Workers) {
		all.Go(func() { d.loop(ctx, fmt.Sprintf("%s/%d", d.cfg.Owner, i)) })
	}
	if d.cfg.Upkeep != nil {
		all.Go(func() { d.keepUp(ctx) })
	}
	ended := make(chan struct{})
	go func() { all.Wait(); close(ended) }()
	<-ctx.Done()
	select {
	case <-ended:
	case <-d.cfg.After(d.cfg.Grace):
		close(d.halt)
		<-ended
	}
}

// upkeepEvery is how often upkeep is run.
const upkeepEvery = time.Minute

func (d *Dispatcher) keepUp(ctx context.Context) {
	for ctx.Err() == nil {
		if err := d.guard(func() error { return d.cfg.Upkeep(ctx) }); err != nil && ctx.Err() == nil {
			d.cfg.Log.Error("upkeep failed", "kind", string(fault.KindOf(err)), "error", err)
		}
		select {
		case <-ctx.Done():
		case <-d.cfg.After(upkeepEvery):
		}
	}
}

// loop is one worker.
func (d *Dispatcher) loop(ctx context.Context, owner string) {
	for ctx.Err() == nil {
		c, kept, err := d.claim(ctx, owner)
		switch {
		case err != nil:
			d.cfg.Log.Error("no job could be claimed", "kind", string(fault.KindOf(err)), "error", err)
			select {
			case <-ctx.Done():
			case <-d.cfg.After(d.cfg.Poll):
			}
		case c == nil && kept:
			select {
			case <-ctx.Done():
			case <-d.cfg.After(d.cfg.Poll):
			}
		case c == nil:
			if err := d.cfg.Queue.Wait(ctx, d.cfg.Poll); err != nil && ctx.Err() == nil {
				select {
				case <-ctx.Done():
				case <-d.cfg.After(d.cfg.Poll):
				}
			}
		case ctx.Err() != nil: // it came too late
			d.giveBack(c.Lease)
			d.ended(c.Lease.Org)
		default:
			org := c.Lease.Org
			d.work(ctx, c)
			d.ended(org)
		}
	}
}

// brief is how long a call to the queue may take: it is not cut off halfway when the program ends, since it would leave a lease to nobody.
const brief = 30 * time.Second

// claim takes a job. The last free worker is kept for organisations that have nothing running: however many long jobs one has, another's does not wait for their end.
func (d *Dispatcher) claim(ctx context.Context, owner string) (c *task.Claimed, kept bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), brief)
	defer cancel()
	d.mu.Lock()
	defer d.mu.Unlock()
	if kept = d.busy > 0 && d.busy == d.cfg.Workers-1; kept {
		c, err = d.cfg.Queue.ClaimBut(ctx, owner, d.cfg.Lease, slices.Sorted(maps.Keys(d.running)))
	} else {
		c, err = d.cfg.Queue.Claim(ctx, owner, d.cfg.Lease)
	}
	if c != nil {
		d.busy++
		d.running[c.Lease.Org]++
	}
	return c, kept, err
}

// ended frees the place of a job.
func (d *Dispatcher) ended(org id.Org) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.busy--
	if d.running[org]--; d.running[org] == 0 {
		delete(d.running, org)
	}
}

func (d *Dispatcher) giveBack(l *job.Lease) {
	ctx, cancel := context.WithTimeout(context.Background(), brief)
	defer cancel()
	if err := d.cfg.Queue.GiveBack(ctx, l); err != nil && fault.KindOf(err) != fault.Conflict {
		d.cfg.Log.Error("a job could not be given back: it is due when its lease ends", "request", l.ID, "org", string(l.Org), "error", err)
	}
}
