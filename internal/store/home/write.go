package home

import (
	"context"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/store/sqldb"
)

// day is how long an idempotency key is known, in microseconds, and how long a staged object may wait for its change.
const day = int64(24 * 3600 * 1_000_000)

// write does all of a change but its entries, in the order that every change has (docs/adr/0011). full is false when nothing is to be changed: the request
// was answered before, or the inbox knows it.
func (c *core) write(ctx context.Context, tx *sqldb.Tx, p *prepared, out *change.Committed) (full bool, err error) {
	if p.env.Key != nil {
		if out.Replay, err = c.remember(ctx, tx, p); err != nil || out.Replay != nil {
			return false, err
		}
	}
	c.pass("remembered")
	if p.env.Inbox != nil {
		if out.Known, err = takeIn(ctx, tx, p); err != nil {
			return false, err
		}
	}
	if p.env.Done != nil {
		if err := finish(ctx, tx, p.env.Done); err != nil {
			return false, err
		}
	}
	c.pass("finished")
	if out.Known {
		return false, nil
	}
	return true, c.writeRecords(ctx, tx, p)
}

func (c *core) writeRecords(ctx context.Context, tx *sqldb.Tx, p *prepared) error {
	for _, e := range p.expect {
		if err := expect(ctx, tx, e); err != nil {
			return err
		}
	}
	c.pass("expected")
	if p.apply != nil {
		if err := p.apply(ctx, tx, p.at); err != nil {
			return err
		}
	}
	c.pass("applied")
	for _, name := range p.blobs {
		n, err := tx.Exec(ctx, `UPDATE object SET state = 'live' WHERE name = $1 AND state = 'staged'`, name)
		if err != nil {
			return err
		}
		if n != 1 {
			return fault.New(fault.Conflict, "an object that was staged for this change is not there any more").WithHelp("try again")
		}
	}
	c.pass("live")
	if err := addJobs(ctx, tx, p); err != nil {
		return err
	}
	if err := addSchedules(ctx, tx, p); err != nil {
		return err
	}
	c.pass("queued")
	return nil
}

// remember writes the idempotency row, or gives the answer that was given before.
func (c *core) remember(ctx context.Context, tx *sqldb.Tx, p *prepared) (*change.Replay, error) {
	k, actor, at := p.env.Key, string(p.env.Scope.Actor().ID), p.at.UnixMicro()
	if _, err := tx.Exec(ctx, `DELETE FROM idem WHERE actor = $1 AND key = $2 AND at < $3`, actor, k.Key, at-day); err != nil {
		return nil, err
	}
	n, err := tx.Exec(ctx, `INSERT INTO idem (actor, key, request_digest, status, body, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (org_id, actor, key) DO NOTHING`,
		actor, k.Key, string(k.Digest), k.Status, p.body, at)
	if err != nil || n == 1 {
		return nil, err
	}
	r, err := c.replay(ctx, tx, p.env.Scope.Actor().ID, k, 0)
	if err == nil && r == nil {
		err = fault.New(fault.Conflict, "the same request is being answered at this moment").WithHelp("try again")
	}
	return r, err
}

// replay is the answer that was given since then, or nil.
func (c *core) replay(ctx context.Context, tx *sqldb.Tx, actor id.Actor, k *change.Idempotency, since int64) (*change.Replay, error) {
	var digest string
	var body []byte
	r := &change.Replay{}
	found, err := tx.Row(ctx, []any{&digest, &r.Status, &body}, `SELECT request_digest, status, body FROM idem WHERE actor = $1 AND key = $2 AND at >= $3`, string(actor), k.Key, since)
	switch {
	case err != nil || !found:
		return nil, err
	case digest != string(k.Digest):
		return nil, fault.New(fault.Conflict, "the idempotency key was used for another request").WithHelp("choose a new key for a new request")
	}
	if r.Body, err = c.key.Open(secret.ForRecords, idemRecord(actor, k.Key), body); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the answer that was given before")
	}
	return r, nil
}

// Answered is what the actor was answered to a request with that key, or nil; conflict when it was another request. It is for what would be refused by now because it was done
// then. What it does not know, a commit may know still.
func (h *Home) Answered(ctx context.Context, actor id.Actor, k *change.Idempotency, now time.Time) (r *change.Replay, err error) {
	if k == nil {
		return nil, nil
	}
	err = h.Read(ctx, func(tx *sqldb.Tx) error {
		r, err = h.core.replay(ctx, tx, actor, k, now.UnixMicro()-day)
		return err
	})
	return r, err
}

// takeIn notes what arrived from another home; known says that it had arrived before.
func takeIn(ctx context.Context, tx *sqldb.Tx, p *prepared) (known bool, err error) {
	n, err := tx.Exec(ctx, `INSERT INTO inbox (source, key, at) VALUES ($1, $2, $3) ON CONFLICT (org_id, source, key) DO NOTHING`,
		string(p.env.Inbox.Source), p.env.Inbox.Key, p.at.UnixMicro())
	return n == 0, err
}

// finish ends the job whose work the change is. A worker that lost its lease commits nothing.
func finish(ctx context.Context, tx *sqldb.Tx, l *job.Lease) error {
	n, err := tx.Exec(ctx, `DELETE FROM job WHERE id = $1 AND state = 'running' AND lease_owner = $2 AND attempt = $3`, l.ID, l.Owner, l.Attempt)
	if err == nil && n != 1 {
		err = lost(l.ID)
	}
	return err
}

func lost(name string) error {
	return fault.New(fault.Conflict, "the job %s is in other hands by now", name)
}

// expect holds a record in the version that a decision was based on, until the end of the transaction.
func expect(ctx context.Context, tx *sqldb.Tx, e change.Expect) error {
	query, args := `SELECT version FROM `+e.Kind+` WHERE id = $1`, []any{e.ID}
	if e.Kind == "home" {
		query, args = `SELECT version FROM home`, nil
	}
	var version int64
	_, err := tx.Row(ctx, []any{&version}, query+tx.ForUpdate(), args...)
	if err == nil && version != e.Version {
		err = fault.New(fault.Conflict, "the %s was changed meanwhile", e.Kind).WithHelp("look at it again, and decide again")
	}
	return err
}

func addJobs(ctx context.Context, tx *sqldb.Tx, p *prepared) error {
	actor := string(cause(p.env))
	for _, j := range p.jobs {
		if err := addJob(ctx, tx, j, actor, p.at.UnixMicro()); err != nil {
			return err
		}
	}
	return nil
}

func addJob(ctx context.Context, tx *sqldb.Tx, j newJob, actor string, at int64) error {
	var key any
	if j.Key != "" {
		key = j.Key
	}
	return tx.Queue(ctx, `INSERT INTO job (id, kind, args, key, actor, state, run_at, attempt, max_attempts, error, created_at)
		VALUES ($1, $2, $3, $4, $5, 'ready', $6, 0, $7, '', $8)
		ON CONFLICT (org_id, kind, key) WHERE key IS NOT NULL AND state <> 'dead' DO NOTHING`,
		j.id, j.Kind, j.Args, key, actor, j.RunAt.UnixMicro(), j.MaxAttempts, at)
}

// addSchedules sets schedules; one that comes every 0 is taken away.
func addSchedules(ctx context.Context, tx *sqldb.Tx, p *prepared) error {
	for _, s := range p.env.Schedules {
		var err error
		if s.Every == 0 {
			err = tx.Queue(ctx, `DELETE FROM schedule WHERE kind = $1 AND key = $2`, s.Kind, s.Key)
		} else {
			args := s.Args
			if len(args) == 0 {
				args = []byte("{}")
			}
			err = tx.Queue(ctx, `INSERT INTO schedule (kind, key, args, actor, every, next_at) VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (org_id, kind, key) DO UPDATE SET args = excluded.args, actor = excluded.actor, every = excluded.every, next_at = excluded.next_at`,
				s.Kind, s.Key, args, string(cause(p.env)), s.Every.Microseconds(), s.Next.UnixMicro())
		}
		if err != nil {
			return err
		}
	}
	return nil
}
