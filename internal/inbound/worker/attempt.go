package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/job"
	"c4arch/internal/service/task"
)

// Why a handler is told to stop: the cause of its context.
var (
	errLost    = fault.New(fault.Conflict, "the job is in other hands by now")
	errLate    = fault.New(fault.Unavailable, "it took longer than it may")
	errStopped = fault.New(fault.Unavailable, "the program is ending")
)

// panicked is a panic of a handler. Its value is not shown: it could be anything that the handler had in hand.
type panicked struct{ what string }

func (p *panicked) Error() string { return "the handler panicked: " + p.what }

func (d *Dispatcher) guard(fn func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			p := &panicked{fmt.Sprintf("%T", r)}
			if e, ok := r.(runtime.Error); ok { //nolint:errorlint // what recover returns is not wrapped
				p.what = e.Error()
			}
			d.cfg.Log.Error("a panic", "what", p.what, "stack", string(debug.Stack()))
			err = p
		}
	}()
	return fn()
}

// work does one attempt.
func (d *Dispatcher) work(ctx context.Context, c *task.Claimed) {
	log := d.cfg.Log.With("request", c.Lease.ID, "org", string(c.Lease.Org), "actor", string(c.Actor.OnBehalf), "job", c.Lease.Kind, "attempt", c.Lease.Attempt)
	held := *c.Lease // the handler has its own
	begun := d.cfg.Now()
	d.cfg.Meter.Started(held.Kind)
	log.Debug("job begins")
	err := d.attempt(context.WithoutCancel(ctx), c, &held)
	outcome := d.settle(&held, err, log)
	took := d.cfg.Now().Sub(begun)
	d.cfg.Meter.Ended(held.Kind, outcome, took)
	level := slog.LevelInfo
	if outcome != Done && outcome != Given {
		level = slog.LevelWarn
	}
	log.Log(ctx, level, "job ends", "outcome", string(outcome), "took", took)
}

// attempt runs the handler and keeps the lease meanwhile. A handler that does not stop when it is told to is left alone: its job goes to somebody else, and
// whatever it still commits fails for want of the lease.
func (d *Dispatcher) attempt(ctx context.Context, c *task.Claimed, held *job.Lease) error {
	handler, known := d.cfg.Handlers[held.Kind]
	if !known {
		return fault.New(fault.Internal, "this program has no handler for it")
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	done := make(chan error, 1)
	go func() { done <- d.guard(func() error { return handler(ctx, c) }) }()
	timeout := d.cfg.Timeout
	if t, ok := d.cfg.Timeouts[held.Kind]; ok {
		timeout = t
	}
	beat, limit, halt := d.cfg.After(d.cfg.Lease/3), d.cfg.After(timeout), d.halt
	var over <-chan time.Time
	tell := func(why error) {
		stop(why)
		limit, halt, over = nil, nil, d.cfg.After(d.cfg.Grace)
	}
	for {
		select {
		case err := <-done:
			if why := context.Cause(ctx); err != nil && why != nil {
				return why
			}
			return err
		case <-beat:
			if d.extend(held) {
				beat = d.cfg.After(d.cfg.Lease / 3)
			} else {
				beat = nil
				tell(errLost)
			}
		case <-limit:
			tell(errLate)
		case <-halt:
			tell(errStopped)
		case <-over:
			return context.Cause(ctx)
		}
	}
}

// extend keeps the lease. While the queue does not answer it may still be ours, until its end.
func (d *Dispatcher) extend(held *job.Lease) bool {
	ctx, cancel := context.WithTimeout(context.Background(), min(brief, max(time.Second, d.cfg.Lease/3)))
	defer cancel()
	err := d.cfg.Queue.Extend(ctx, held, d.cfg.Lease)
	switch kind := fault.KindOf(err); {
	case err == nil:
		return true
	case kind == fault.Conflict, kind == fault.NotFound:
		return false
	}
	return d.cfg.Now().Before(held.Until)
}

// settle says to the queue how the attempt ended.
func (d *Dispatcher) settle(held *job.Lease, err error, log *slog.Logger) Outcome {
	var p *panicked
	outcome := Failed
	switch {
	case err == nil:
		if !d.left(held) {
			return Done
		}
		err = fault.New(fault.Internal, "the work ended without having finished the job")
	case errors.Is(err, errLost):
		return Lost
	case errors.Is(err, errStopped):
		d.giveBack(held)
		return Given
	case errors.Is(err, errLate):
		outcome = Late
	case errors.As(err, &p):
		outcome = Panicked
	}
	log.Warn("job failed", "kind", string(fault.KindOf(err)), "error", err)
	ctx, cancel := context.WithTimeout(context.Background(), brief)
	defer cancel()
	switch failed := d.cfg.Queue.Fail(ctx, held, err.Error(), 0); {
	case failed == nil:
	case fault.KindOf(failed) == fault.Conflict, fault.KindOf(failed) == fault.NotFound:
		return Lost
	default:
		log.Error("the failure of a job could not be kept: it is due when its lease ends", "error", failed)
	}
	return outcome
}

// left reports whether the job is still there after its handler has ended well: a handler ends by committing the change that finishes it.
func (d *Dispatcher) left(held *job.Lease) bool {
	ctx, cancel := context.WithTimeout(context.Background(), brief)
	defer cancel()
	return d.cfg.Queue.Extend(ctx, held, d.cfg.Lease) == nil
}
