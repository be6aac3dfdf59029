package home

import (
	"context"
	"strings"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/store/sqldb"
)

// schedulesAtOnce bounds what one claim turns into jobs; the others follow with the next.
const schedulesAtOnce = 100

// claimed is what asking a home for work came to.
type claimed struct {
	lease *job.Lease  // nil: nothing was due
	next  int64       // when the next thing is due, this one apart
	worn  []job.Lease // running, whose lease ended with the last attempt: they are to die
}

// claim takes the job that is due longest, for a time. It is upkeep: a lease, the jobs of schedules that were decided on before, leases that ended.
func (c *core) claim(ctx context.Context, owner string, now time.Time, lease time.Duration) (claimed, error) {
	spare := make([]string, schedulesAtOnce) // names are drawn before the transaction
	for i := range spare {
		name, err := id.Mint(id.PrefixJob, c.random, now)
		if err != nil {
			return claimed{}, fault.Wrap(fault.Internal, err, "a job cannot be named")
		}
		spare[i] = name
	}
	var out claimed
	err := c.transact(ctx, func(tx *sqldb.Tx) error {
		out = claimed{}
		if err := onSchedule(ctx, tx, now.UnixMicro(), spare); err != nil {
			return err
		}
		var err error
		if out.worn, err = reclaim(ctx, tx, c.org, now.UnixMicro()); err != nil {
			return err
		}
		if out.lease, err = c.pick(ctx, tx, owner, now, lease); err != nil {
			return err
		}
		out.next, err = nextJob(ctx, tx)
		return err
	})
	return out, err
}

type scheduled struct {
	kind, key, actor string
	args             []byte
	every, next      int64
}

// onSchedule turns schedules that are due into jobs. However late it is, one job comes of it, and the next time is in the future.
func onSchedule(ctx context.Context, tx *sqldb.Tx, now int64, names []string) error {
	var list []scheduled
	err := tx.Each(ctx, `SELECT kind, key, actor, args, every, next_at FROM schedule WHERE next_at <= $1 ORDER BY next_at, kind, key LIMIT $2`+tx.SkipLocked(), func(scan func(...any) error) error {
		var s scheduled
		err := scan(&s.kind, &s.key, &s.actor, &s.args, &s.every, &s.next)
		list = append(list, s)
		return err
	}, now, len(names))
	if err != nil {
		return err
	}
	for i, s := range list {
		j := newJob{id: names[i], New: job.New{Kind: s.kind, Args: s.args, Key: s.key, RunAt: time.UnixMicro(s.next), MaxAttempts: job.Attempts}}
		if err := addJob(ctx, tx, j, s.actor, now); err != nil {
			return err
		}
		every := max(s.every, 1)
		next := s.next + ((now-s.next)/every+1)*every
		if err := tx.Queue(ctx, `UPDATE schedule SET next_at = $1 WHERE kind = $2 AND key = $3`, next, s.kind, s.key); err != nil {
			return err
		}
	}
	return nil
}

// reclaim puts back the jobs whose worker did not come back, and tells those that had their last attempt.
func reclaim(ctx context.Context, tx *sqldb.Tx, org id.Org, now int64) ([]job.Lease, error) {
	var worn []job.Lease
	err := tx.Each(ctx, `SELECT id, kind, actor, lease_owner, attempt, max_attempts FROM job WHERE state = 'running' AND lease_until <= $1 AND attempt >= max_attempts ORDER BY id LIMIT 10`, func(scan func(...any) error) error {
		l := job.Lease{Org: org}
		err := scan(&l.ID, &l.Kind, (*string)(&l.Actor), &l.Owner, &l.Attempt, &l.MaxAttempts)
		worn = append(worn, l)
		return err
	}, now)
	if err != nil {
		return nil, err
	}
	return worn, tx.Queue(ctx, `UPDATE job SET state = 'ready', lease_owner = NULL, lease_until = NULL, error = 'its worker did not come back'
		WHERE state = 'running' AND lease_until <= $1 AND attempt < max_attempts`, now)
}

func (c *core) pick(ctx context.Context, tx *sqldb.Tx, owner string, now time.Time, lease time.Duration) (*job.Lease, error) {
	l := &job.Lease{Org: c.org, Owner: owner, Until: now.Add(lease)}
	found, err := tx.Row(ctx, []any{&l.ID, &l.Kind, &l.Args, (*string)(&l.Actor), &l.Attempt, &l.MaxAttempts},
		`SELECT id, kind, args, actor, attempt, max_attempts FROM job WHERE state = 'ready' AND run_at <= $1 ORDER BY run_at, id LIMIT 1`+tx.SkipLocked(), now.UnixMicro())
	if err != nil || !found {
		return nil, err
	}
	l.Attempt++
	n, err := tx.Exec(ctx, `UPDATE job SET state = 'running', attempt = $1, lease_owner = $2, lease_until = $3 WHERE id = $4 AND state = 'ready'`, l.Attempt, owner, l.Until.UnixMicro(), l.ID)
	if err != nil || n != 1 {
		return nil, err
	}
	return l, nil
}

// nextJob is when something of the home is due next: a job, the end of a lease, a schedule.
func nextJob(ctx context.Context, tx *sqldb.Tx) (int64, error) {
	next := never
	for _, query := range []string{
		`SELECT run_at FROM job WHERE state = 'ready' ORDER BY run_at LIMIT 1`,
		`SELECT lease_until FROM job WHERE state = 'running' ORDER BY lease_until LIMIT 1`,
		`SELECT next_at FROM schedule ORDER BY next_at LIMIT 1`,
	} {
		var at int64
		found, err := tx.Row(ctx, []any{&at}, query)
		if err != nil {
			return 0, err
		}
		if found {
			next = min(next, at)
		}
	}
	return next, nil
}

// held changes a job that a lease holds; a lease that was lost is a conflict.
func (c *core) held(ctx context.Context, l *job.Lease, set string, args ...any) error {
	return c.transact(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE job SET `+set+` WHERE id = $1 AND state = 'running' AND lease_owner = $2 AND attempt = $3`, append([]any{l.ID, l.Owner, l.Attempt}, args...)...)
		if err == nil && n != 1 {
			err = lost(l.ID)
		}
		return err
	})
}

// jobsListed is how many jobs a list has at most.
const jobsListed = 1000

// Jobs lists the jobs in a state, those that were due first in front; "" is any state.
func (h *Home) Jobs(ctx context.Context, state job.State, limit int) ([]job.Job, error) {
	if limit <= 0 || limit > jobsListed {
		limit = jobsListed
	}
	list := []job.Job{}
	err := h.Read(ctx, func(tx *sqldb.Tx) error {
		return tx.Each(ctx, `SELECT id, kind, args, actor, state, run_at, attempt, error FROM job WHERE state = $1 OR $1 = '' ORDER BY run_at, id LIMIT $2`, func(scan func(...any) error) error {
			var j job.Job
			var at int64
			err := scan(&j.ID, &j.Kind, &j.Args, (*string)(&j.Actor), (*string)(&j.State), &at, &j.Attempt, &j.Error)
			j.RunAt = time.UnixMicro(at).UTC()
			list = append(list, j)
			return err
		}, string(state), limit)
	})
	return list, err
}

// Retry puts a dead job back as if it had never been tried. It is a decision: the envelope drafts "job.retried".
func (h *Home) Retry(ctx context.Context, env *change.Envelope, name string) (change.Committed, error) {
	if env == nil {
		return change.Committed{}, noOrganisation()
	}
	done, err := h.commit(ctx, env, func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		n, err := tx.Exec(ctx, `UPDATE job SET state = 'ready', attempt = 0, run_at = $1, error = '' WHERE id = $2 AND state = 'dead'`, at.UnixMicro(), name)
		if fault.KindOf(err) == fault.Conflict {
			err = fault.New(fault.Conflict, "the same work is waiting or being done already").WithHelp("let it end first")
		}
		if err == nil && n != 1 {
			err = fault.New(fault.NotFound, "there is no such job among the dead ones")
		}
		return err
	}, env.At)
	if err == nil {
		h.core.bury(ctx)
	}
	return done, err
}

// whyLength is how much of an error a job keeps.
const whyLength = 500

// why is an error as a job keeps it: short, of one line, and no text that looks like the id of a person.
func why(text string) string {
	text = strings.ToValidUTF8(strings.Join(strings.Fields(strings.ReplaceAll(text, "\x00", "")), " "), "?")
	text = strings.ReplaceAll(text, `"`, "'")
	if len(text) > whyLength {
		text = strings.ToValidUTF8(text[:whyLength], "") + "…"
	}
	if text == "" || strings.HasPrefix(text, id.PrefixPerson+"_") || strings.HasPrefix(text, "person:") {
		text = "it failed: " + text
	}
	return text
}
