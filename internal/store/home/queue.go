package home

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"sync"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

// Queue is the jobs of all homes: it gives the organisation that was served longest ago its next one.
type Queue struct {
	homes *Homes

	mu    sync.Mutex
	woken chan struct{} // closed and made anew when a hint came
}

var _ task.Queue = (*Queue)(nil)

func newQueue(hs *Homes) *Queue { return &Queue{homes: hs, woken: make(chan struct{})} }

func (q *Queue) wake() {
	q.mu.Lock()
	defer q.mu.Unlock()
	close(q.woken)
	q.woken = make(chan struct{})
}

// asked is how many organisations one claim asks at most, before it lets others have a turn.
const asked = 64

// again is when a home that could not be opened is asked again.
const again = time.Minute

// Claim gives the next job of the organisation that was served longest ago among those with something due; nil when there is none.
func (q *Queue) Claim(ctx context.Context, owner string, lease time.Duration) (*task.Claimed, error) {
	return q.ClaimBut(ctx, owner, lease, nil)
}

// ClaimBut claims as [Queue.Claim] does, but none of those organisations' jobs.
func (q *Queue) ClaimBut(ctx context.Context, owner string, lease time.Duration, but []id.Org) (*task.Claimed, error) {
	if owner == "" || lease <= 0 {
		return nil, fault.New(fault.Internal, "a job is claimed by somebody and for a time")
	}
	if err := q.homes.retell(ctx); err != nil {
		return nil, err
	}
	next, err := q.homes.nextDue(ctx) // who waits for work does not write
	if err != nil || next > q.homes.cfg.Now().UnixMicro() {
		return nil, err
	}
	for range asked {
		org, found, err := q.homes.take(ctx, q.homes.cfg.Now(), but)
		if err != nil || !found {
			return nil, err
		}
		l, err := q.serve(ctx, org, owner, lease)
		if err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			q.homes.platform.log().Error("the jobs of an organisation could not be reached", "org", string(org), "kind", string(fault.KindOf(err)), "error", err)
			continue
		}
		if l != nil {
			return claimedBy(l), nil
		}
	}
	return nil, nil
}

// claimedBy is a job with who does it: a worker of the home, on behalf of whoever caused it.
func claimedBy(l *job.Lease) *task.Claimed {
	a := access.System(l.Org, l.Kind, access.Actor{OnBehalf: l.Actor, Request: l.ID})
	a.Surface = access.Jobs
	return &task.Claimed{Lease: l, Actor: a}
}

// serve asks one home, whose hint was taken, and says when it is due next. Whatever happens the hint is set again, or the mark remains.
func (q *Queue) serve(ctx context.Context, org id.Org, owner string, lease time.Duration) (*job.Lease, error) {
	hs, now := q.homes, q.homes.cfg.Now()
	h, err := hs.hold(ctx, org)
	if fault.KindOf(err) == fault.NotFound {
		return nil, hs.dropDue(ctx, org)
	}
	var out claimed
	if err == nil {
		defer h.Release()
		out, err = h.core.claim(ctx, owner, now, lease)
	}
	if err != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), hintTime)
		defer cancel()
		return nil, errors.Join(err, hs.lower(ctx, org, now.Add(again).UnixMicro()))
	}
	h.core.pass("claimed")
	for i := range out.worn {
		if err := h.core.die(ctx, &out.worn[i], "its worker did not come back"); err != nil && fault.KindOf(err) != fault.Conflict {
			return out.lease, errors.Join(err, hs.lower(ctx, org, now.Add(again).UnixMicro()))
		}
	}
	if err := hs.lower(ctx, org, out.next); err != nil && out.lease == nil {
		return nil, err // of a job in hand the mark tells
	}
	return out.lease, nil
}

// with runs fn on the home of a lease.
func (q *Queue) with(ctx context.Context, l *job.Lease, fn func(h *Home) error) error {
	if l == nil {
		return lost("")
	}
	h, err := q.homes.hold(ctx, l.Org)
	if err != nil {
		return err
	}
	defer h.Release()
	return fn(h)
}

// Extend keeps a lease; conflict when it was lost.
func (q *Queue) Extend(ctx context.Context, l *job.Lease, lease time.Duration) error {
	return q.with(ctx, l, func(h *Home) error {
		until := q.homes.cfg.Now().Add(lease)
		err := h.core.held(ctx, l, `lease_until = $4`, until.UnixMicro())
		if err == nil {
			l.Until = until
		}
		return err
	})
}

// Fail gives the job back for a later attempt, or makes it dead after the last one, which is an entry in the ledger. With a retry of 0 it is tried again
// after job.Backoff.
func (q *Queue) Fail(ctx context.Context, l *job.Lease, text string, retry time.Duration) error {
	return q.with(ctx, l, func(h *Home) error {
		if l.Attempt >= l.MaxAttempts {
			return h.core.die(ctx, l, why(text))
		}
		if retry <= 0 {
			spread, err := spread(q.homes.cfg.Random)
			if err != nil {
				return err
			}
			retry = job.Backoff(l.Attempt, spread)
		}
		at := q.homes.cfg.Now().Add(retry)
		if err := h.core.mark(ctx); err != nil {
			return err
		}
		if err := h.core.held(ctx, l, `state = 'ready', lease_owner = NULL, lease_until = NULL, run_at = $4, error = $5`, at.UnixMicro(), why(text)); err != nil {
			return err
		}
		h.core.hint(ctx, at)
		return nil
	})
}

// GiveBack ends a lease without an attempt: the worker is stopping. The job is due at once.
func (q *Queue) GiveBack(ctx context.Context, l *job.Lease) error {
	return q.with(ctx, l, func(h *Home) error {
		if err := h.core.mark(ctx); err != nil {
			return err
		}
		now := q.homes.cfg.Now()
		if err := h.core.held(ctx, l, `state = 'ready', lease_owner = NULL, lease_until = NULL, run_at = $4, attempt = attempt - 1`, now.UnixMicro()); err != nil {
			return err
		}
		h.core.hint(ctx, now)
		return nil
	})
}

func spread(random io.Reader) (float64, error) {
	var b [8]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return 0, fault.Wrap(fault.Internal, err, "no randomness")
	}
	return float64(binary.BigEndian.Uint64(b[:])>>11) / (1 << 53), nil
}

// die makes a job dead, with an entry in the ledger.
func (c *core) die(ctx context.Context, l *job.Lease, text string) error {
	scope, err := access.Decide(claimedBy(l).Actor, access.JobRun, access.Resource{})
	if err != nil {
		return err
	}
	env := change.New(scope, c.homes.cfg.Now(), ledger.Draft{Kind: "job.died", Fields: []ledger.Field{
		ledger.Text("job", l.ID), ledger.Text("kind", l.Kind), ledger.Int("attempts", int64(l.Attempt)), ledger.Text("error", text),
	}})
	h := &Home{core: c}
	_, err = h.Commit(ctx, &env, func(ctx context.Context, tx *sqldb.Tx, _ time.Time) error {
		n, err := tx.Exec(ctx, `UPDATE job SET state = 'dead', lease_owner = NULL, lease_until = NULL, error = $4 WHERE id = $1 AND state = 'running' AND lease_owner = $2 AND attempt = $3`, l.ID, l.Owner, l.Attempt, text)
		if err == nil && n != 1 {
			err = lost(l.ID)
		}
		return err
	})
	if err == nil {
		c.bury(ctx)
	}
	return err
}

// Wait returns when something may be due, or after the time, whichever is first. What another replica has put in is seen after the time at the latest.
func (q *Queue) Wait(ctx context.Context, most time.Duration) error {
	q.mu.Lock()
	woken := q.woken
	q.mu.Unlock()
	next, err := q.homes.nextDue(ctx)
	if err != nil {
		return err
	}
	if next != never {
		most = min(most, time.UnixMicro(next).Sub(q.homes.cfg.Now()))
	}
	if most <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(most)
	defer t.Stop()
	select {
	case <-woken:
	case <-t.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}
