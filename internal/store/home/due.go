package home

import (
	"context"
	"fmt"
	"math"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/store/sqldb"
)

// The table due says to the dispatcher where a job may be due, and nothing else; the truth is in the homes. A home is marked before it is written to, until a time
// that is renewed: so that after a crash, of this process or of another replica, the homes whose hint may have been lost are known, and asked. The mark also tells
// whose log can have grown.
const (
	markFor   = 2 * time.Minute // how long a mark holds
	markLeast = time.Minute     // a mark that holds less long is renewed before a change
	never     = int64(math.MaxInt64)
)

// mark tells the platform that the home may be written to, before it is.
func (c *core) mark(ctx context.Context) error {
	if c.homes == nil || c.org == id.Platform { // the platform is always asked
		return nil
	}
	now := c.homes.cfg.Now()
	until := now.Add(markFor).UnixMicro()
	if left := c.marked.Load() - now.UnixMicro(); left > markLeast.Microseconds() && left <= markFor.Microseconds() {
		return nil
	}
	err := c.homes.platform.transact(ctx, func(tx *sqldb.Tx) error {
		return tx.Queue(ctx, `INSERT INTO due (organisation, at, last_served, active) VALUES ($1, $2, 0, $3)
			ON CONFLICT (org_id, organisation) DO UPDATE SET active = CASE WHEN excluded.active > due.active THEN excluded.active ELSE due.active END`,
			string(c.org), never, until)
	})
	if err == nil {
		c.marked.Store(until)
	}
	return err
}

// hint says when the next job is due. It comes after the change is durable, and may be lost.
func (c *core) hint(ctx context.Context, at time.Time) {
	if c.homes == nil || at.IsZero() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), hintTime)
	defer cancel()
	c.pass("unhinted")
	if err := c.homes.lower(ctx, c.org, at.UnixMicro()); err != nil {
		c.log().Warn("a hint at a job was lost: it is found by the sweep", "org", string(c.org), "kind", string(fault.KindOf(err)))
	}
}

const hintTime = 10 * time.Second

// lower makes the hint of an organisation say at, unless it says an earlier time.
func (hs *Homes) lower(ctx context.Context, org id.Org, at int64) error {
	if at == never {
		return nil
	}
	err := hs.platform.transact(ctx, func(tx *sqldb.Tx) error {
		return tx.Queue(ctx, `INSERT INTO due (organisation, at, last_served, active) VALUES ($1, $2, 0, 0)
			ON CONFLICT (org_id, organisation) DO UPDATE SET at = CASE WHEN excluded.at < due.at THEN excluded.at ELSE due.at END`, string(org), at)
	})
	if err != nil {
		hs.untold(org)
	}
	hs.queue.wake()
	return err
}

// untold notes that a hint of the organisation may have been lost while the platform's database was away. The sweep would find it when the mark has ended, some minutes later;
// this process asks as soon as it can.
func (hs *Homes) untold(org id.Org) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	if hs.lost == nil {
		hs.lost = map[id.Org]bool{}
	}
	hs.lost[org] = true
}

// retell asks the homes whose hints were lost. A home that cannot be asked is put off, as in a claim.
func (hs *Homes) retell(ctx context.Context) error {
	hs.mu.Lock()
	lost := hs.lost
	hs.lost = nil
	hs.mu.Unlock()
	for org := range lost {
		if hs.recover(ctx, org) == nil {
			continue
		}
		if err := hs.lower(ctx, org, hs.cfg.Now().Add(again).UnixMicro()); err != nil {
			for org := range lost { // asking one twice does no harm
				hs.untold(org)
			}
			return err
		}
	}
	return nil
}

// take gives the organisation that was served longest ago among those with something due, and takes its hint: from here on it is the caller's to say what is due
// next. Should the caller not come to it, the mark remains.
func (hs *Homes) take(ctx context.Context, now time.Time, but []id.Org) (org id.Org, found bool, err error) {
	err = hs.platform.transact(ctx, func(tx *sqldb.Tx) error {
		var name string
		var active int64
		args, not := []any{now.UnixMicro()}, ""
		for _, o := range but {
			args = append(args, string(o))
			not += fmt.Sprintf(" AND organisation <> $%d", len(args))
		}
		if found, err = tx.Row(ctx, []any{&name, &active}, `SELECT organisation, active FROM due WHERE at <= $1`+not+` ORDER BY last_served, organisation LIMIT 1`+tx.SkipLocked(), args...); err != nil || !found {
			return err
		}
		org = id.Org(name)
		return tx.Queue(ctx, `UPDATE due SET at = $1, last_served = $2, active = $3 WHERE organisation = $4`,
			never, now.UnixMicro(), max(active, now.Add(markFor).UnixMicro()), name)
	})
	if err != nil && org != "" { // its hint may have been taken all the same
		hs.untold(org)
	}
	return org, found && err == nil, err
}

func (hs *Homes) dropDue(ctx context.Context, org id.Org) error {
	return hs.platform.transact(ctx, func(tx *sqldb.Tx) error {
		if err := tx.Queue(ctx, `DELETE FROM dead_jobs WHERE organisation = $1`, string(org)); err != nil {
			return err
		}
		return tx.Queue(ctx, `DELETE FROM due WHERE organisation = $1`, string(org))
	})
}

// nextDue is the earliest hint, or never.
func (hs *Homes) nextDue(ctx context.Context) (int64, error) {
	at := never
	err := hs.platform.db.Read(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Row(ctx, []any{&at}, `SELECT at FROM due ORDER BY at LIMIT 1`)
		return err
	})
	return at, err
}

type marked struct {
	org   id.Org
	until int64
}

// marks are the homes whose mark ended before a time, or holds beyond another: that was set by a clock that was ahead.
func (hs *Homes) marks(ctx context.Context, before, beyond int64) ([]marked, error) {
	var list []marked
	err := hs.platform.db.Read(ctx, func(tx *sqldb.Tx) error {
		return tx.Each(ctx, `SELECT organisation, active FROM due WHERE active > 0 AND (active < $1 OR active > $2) ORDER BY organisation`, func(scan func(...any) error) error {
			var m marked
			err := scan((*string)(&m.org), &m.until)
			list = append(list, m)
			return err
		}, before, beyond)
	})
	return list, err
}

func (hs *Homes) unmark(ctx context.Context, m marked) error {
	return hs.platform.transact(ctx, func(tx *sqldb.Tx) error {
		return tx.Queue(ctx, `UPDATE due SET active = 0 WHERE organisation = $1 AND active = $2`, string(m.org), m.until)
	})
}

// Upkeep is done at the start and each minute: homes that nobody has used for a while are closed, and homes that were open when a process ended are asked
// for what is due.
func (hs *Homes) Upkeep(ctx context.Context) error {
	now := hs.cfg.Now()
	hs.mu.Lock()
	for _, c := range hs.open {
		if c.refs == 0 && !c.closing && now.Sub(c.used) >= hs.cfg.Idle {
			hs.shut(c)
		}
	}
	first := !hs.swept
	hs.mu.Unlock()
	before := now.Add(-markLeast).UnixMicro() // clocks of replicas may differ
	beyond := now.Add(markFor + skew).UnixMicro()
	if first {
		before = never
	}
	list, err := hs.marks(ctx, before, beyond)
	if err != nil {
		return err
	}
	if err := hs.recover(ctx, id.Platform); err != nil {
		return err
	}
	for _, m := range list {
		if err := hs.recover(ctx, m.org); err != nil {
			if ctx.Err() != nil {
				return err
			}
			hs.platform.log().Error("a home could not be asked for its jobs", "org", string(m.org), "error", err)
			continue
		}
		if m.until < now.Add(-markLeast).UnixMicro() || m.until > beyond {
			if err := hs.unmark(ctx, m); err != nil {
				return err
			}
		}
	}
	hs.mu.Lock()
	defer hs.mu.Unlock()
	hs.swept = true
	return nil
}

// recover asks a home when its next job is due.
func (hs *Homes) recover(ctx context.Context, org id.Org) error {
	h, err := hs.hold(ctx, org)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return hs.dropDue(ctx, org)
		}
		return err
	}
	defer h.Release()
	next, now, ahead := never, hs.cfg.Now(), false
	err = h.Read(ctx, func(tx *sqldb.Tx) error {
		if next, err = nextJob(ctx, tx); err == nil {
			ahead, err = tooFar(ctx, tx, now)
		}
		return err
	})
	if err == nil && ahead {
		next = now.UnixMicro()
		h.core.log().Warn("a clock was ahead: what it put off is due now", "org", string(org))
		err = h.core.transact(ctx, func(tx *sqldb.Tx) error { return rewind(ctx, tx, now) })
	}
	if err != nil {
		return err
	}
	h.core.bury(ctx)
	return hs.lower(ctx, org, next)
}

// A clock that was ahead for a while leaves times behind that would not come for long: the verifier of the log would not run for a year, and nobody would know. A schedule is
// never further away than its interval, a lease never longer than a day, an attempt never later than a day after the one before; and a job that was made in the future is for now.
const (
	skew   = 10 * time.Minute // by which clocks of replicas may differ
	maxOff = 24 * time.Hour
)

const (
	farSchedule = ` FROM schedule WHERE next_at - every > $1`
	farLease    = ` FROM job WHERE state = 'running' AND lease_until > $1`
	farAttempt  = ` FROM job WHERE attempt > 0 AND run_at > $1`
	farJob      = ` FROM job WHERE created_at > $1`
)

// tooFar reports whether there are such times.
func tooFar(ctx context.Context, tx *sqldb.Tx, now time.Time) (bool, error) {
	for _, x := range []struct {
		from string
		off  time.Duration
	}{{farSchedule, skew}, {farLease, skew + maxOff}, {farAttempt, skew + maxOff}, {farJob, skew}} {
		var one int
		if found, err := tx.Row(ctx, []any{&one}, `SELECT 1`+x.from+` LIMIT 1`, now.Add(x.off).UnixMicro()); err != nil || found {
			return found, err
		}
	}
	return false, nil
}

// rewind makes them now.
func rewind(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	at, soon, late := now.UnixMicro(), now.Add(skew).UnixMicro(), now.Add(skew+maxOff).UnixMicro()
	if err := tx.Queue(ctx, `UPDATE schedule SET next_at = $1 WHERE next_at - every > $2`, at, soon); err != nil {
		return err
	}
	if err := tx.Queue(ctx, `UPDATE job SET lease_until = $1 WHERE state = 'running' AND lease_until > $2`, at, late); err != nil {
		return err
	}
	return tx.Queue(ctx, `UPDATE job SET run_at = $1, created_at = CASE WHEN created_at > $2 THEN $1 ELSE created_at END WHERE created_at > $2 OR attempt > 0 AND run_at > $3`, at, soon, late)
}
