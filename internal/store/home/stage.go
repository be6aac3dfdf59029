package home

import (
	"context"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/job"
	"c4arch/internal/store/sqldb"
)

// Staged is an object that a change is going to make live.
type Staged struct {
	Name string
	Data []byte
}

// Stage writes objects in the order that keeps the home whole wherever it ends: first a row for each that says that it is being staged, then the objects, synced. A change
// makes them live by naming them in its Blobs. It is no decision: what is never made live is swept.
func (h *Home) Stage(ctx context.Context, objects []Staged, now time.Time) error {
	c := h.core
	if len(objects) == 0 {
		return nil
	}
	if c.objects == nil {
		return refuse("the platform's home has no objects")
	}
	names := make([]string, len(objects))
	err := c.transact(ctx, func(tx *sqldb.Tx) error {
		for i, o := range objects {
			names[i] = o.Name
			if err := tx.Queue(ctx, `INSERT INTO object (name, state, size, at) VALUES ($1, 'staged', $2, $3)`, o.Name, len(o.Data), now.UnixMicro()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.pass("staged")
	if err := h.writeObjects(ctx, objects); err != nil {
		h.Drop(ctx, names)
		return err
	}
	c.pass("written")
	return nil
}

func (h *Home) writeObjects(ctx context.Context, objects []Staged) error {
	for _, o := range objects {
		if err := h.core.objects.Write(ctx, o.Name, o.Data); err != nil {
			return err
		}
	}
	return h.core.objects.Sync(ctx)
}

// dropTime is how long taking back may take after the caller has given up.
const dropTime = 10 * time.Second

// Drop takes back what was staged and not made live. What it cannot take back, the sweep finds. An object that was made live after all, by a change whose
// outcome was not known, stays.
func (h *Home) Drop(ctx context.Context, names []string) {
	if len(names) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropTime)
	defer cancel()
	err := h.core.transact(ctx, func(tx *sqldb.Tx) error {
		for _, name := range names {
			if err := tx.Queue(ctx, `UPDATE object SET state = 'condemned' WHERE name = $1 AND state = 'staged'`, name); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		_ = h.RemoveCondemned(ctx) // the next one ends it
	}
}

// removeAtOnce bounds what one transaction forgets.
const removeAtOnce = 1000

// RemoveCondemned removes the objects that a committed change let go. A name is never used twice, so that it can be done late, and twice.
func (h *Home) RemoveCondemned(ctx context.Context) error {
	_, err := h.removeCondemned(ctx)
	return err
}

func (h *Home) removeCondemned(ctx context.Context) (removed int, err error) {
	c := h.core
	if c.objects == nil {
		return 0, nil
	}
	for {
		var names []string
		err := c.db.Read(ctx, func(tx *sqldb.Tx) error {
			names = names[:0]
			return tx.Each(ctx, `SELECT name FROM object WHERE state = 'condemned' ORDER BY name LIMIT $1`, func(scan func(...any) error) error {
				var name string
				err := scan(&name)
				names = append(names, name)
				return err
			}, removeAtOnce)
		})
		if err != nil || len(names) == 0 {
			return removed, err
		}
		for _, name := range names {
			if err := c.objects.Remove(ctx, name); err != nil {
				return removed, err
			}
		}
		if err := c.objects.Sync(ctx); err != nil {
			return removed, err
		}
		c.pass("removed")
		if err := c.forgetObjects(ctx, names); err != nil {
			return removed, err
		}
		removed += len(names)
	}
}

func (c *core) forgetObjects(ctx context.Context, names []string) error {
	return c.transact(ctx, func(tx *sqldb.Tx) error {
		for _, name := range names {
			if err := tx.Queue(ctx, `DELETE FROM object WHERE name = $1 AND state = 'condemned'`, name); err != nil {
				return err
			}
		}
		return nil
	})
}

// Swept says what a sweep removed.
type Swept struct {
	Objects int   // staged for a change that never came, or let go
	Keys    int64 // idempotency keys, and what they answered
}

// accessDays is how long who was let in to what is kept.
const accessDays = 90

// sweepAccess removes what is too old of the access log. The newest row stays as a number alone: those after it go on from it.
func sweepAccess(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	before := now.UnixMicro() - accessDays*day
	if _, err := tx.Exec(ctx, `DELETE FROM access_log WHERE at < $1 AND seq < (SELECT max(seq) FROM access_log)`, before); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE access_log SET actor = '', surface = '', method = '', route = '', status = 0, decision = 'gone', policy = '', request = '' WHERE at < $1 AND decision <> 'gone'`, before)
	return err
}

// Sweep removes what nobody needs any more: idempotency keys, objects that no change made live and objects that were let go, a day after; the access log after ninety days.
func (h *Home) Sweep(ctx context.Context, now time.Time) (Swept, error) {
	var out Swept
	before := now.UnixMicro() - day
	err := h.core.transact(ctx, func(tx *sqldb.Tx) error {
		err := sweepAccess(ctx, tx, now)
		if err != nil {
			return err
		}
		if out.Keys, err = tx.Exec(ctx, `DELETE FROM idem WHERE at < $1`, before); err != nil || h.core.objects == nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE object SET state = 'condemned' WHERE state = 'staged' AND at < $1`, before)
		return err
	})
	if err != nil {
		return Swept{}, err
	}
	out.Objects, err = h.removeCondemned(ctx)
	return out, err
}

// Upkeep is a kind of write that is no decision. The list is closed (docs/adr/0011); what is not on it takes drafts.
type Upkeep string

// The kinds that other packages write.
const (
	Progress     Upkeep = "progress"     // how far a job is: scan.stage, done, total
	Checkpoints  Upkeep = "checkpoints"  // checkpoint: what the log says already
	Destinations Upkeep = "destinations" // destination: counters of what the program has spoken to
	LastSeen     Upkeep = "last seen"    // when somebody was here last; when a finding was seen last
	Indexes      Upkeep = "indexes"      // what can be rebuilt from records, as membership_hint
	AccessLog    Upkeep = "access log"   // access_log: who was let in to what; nothing was changed by it
	Ceremonies   Upkeep = "ceremonies"   // ceremony: what a browser or a device began and comes back with; the decision is what it ends in
	Replicas     Upkeep = "replicas"     // replica: that a process is there, and what it found of itself
	Positions    Upkeep = "positions"    // stream_position: how far a stream was acknowledged, and the end of the job that moved it
	Notices      Upkeep = "notices"      // notice, message, reminder, notice_position: what follows from the ledger, and how far it was followed
)

var upkeeps = map[Upkeep]bool{Progress: true, Checkpoints: true, Destinations: true, LastSeen: true, Indexes: true, AccessLog: true, Positions: true, Ceremonies: true, Replicas: true, Notices: true}

// Settle ends a job whose work was no decision. A worker that lost its lease ends nothing.
func (h *Home) Settle(ctx context.Context, u Upkeep, l *job.Lease) error {
	return h.Upkeep(ctx, u, func(tx *sqldb.Tx) error { return finish(ctx, tx, l) })
}

// Upkeep writes what is no decision.
func (h *Home) Upkeep(ctx context.Context, u Upkeep, fn func(tx *sqldb.Tx) error) error {
	if !upkeeps[u] {
		return fault.New(fault.Internal, "%.40q is not on the list of writes that are no decisions", string(u))
	}
	return h.core.transact(ctx, fn)
}
