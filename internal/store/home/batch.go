package home

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/store/sqldb"
)

// batchSize is how many changes share a transaction at most.
const batchSize = 64

// batchTime bounds one transaction, waiting for other writers included.
const batchTime = 2 * time.Minute

// committer lets one transaction at a time write to a home. Whoever finds it free commits what is waiting, its own change among it, and then hands on to the
// first that came meanwhile: no timer, and a change that is alone waits for nobody. On PostgreSQL this keeps a hot head from being fought for by every caller
// of the process; SQLite has one writer anyway.
type committer struct {
	core *core

	mu      sync.Mutex
	busy    bool // somebody leads
	waiting []*pending
}

// pending is a change on its way.
type pending struct {
	p    *prepared
	lead chan struct{} // closed: lead the next batch
	done chan struct{} // closed: the outcome is there

	leads    bool // guarded by committer.mu
	out      change.Committed
	err      error
	full     bool // it appends entries
	panicked any  // what its apply panicked with
}

func (q *committer) submit(ctx context.Context, p *prepared) (change.Committed, error) {
	if err := ctx.Err(); err != nil {
		return change.Committed{}, err
	}
	m := &pending{p: p, lead: make(chan struct{}), done: make(chan struct{})}
	q.enter(m)
	select {
	case <-m.done:
	case <-m.lead:
		q.run(ctx)
	case <-ctx.Done():
		if q.withdraw(m) {
			return change.Committed{}, ctx.Err()
		}
		<-m.done // it was begun: the true outcome counts
	}
	if m.panicked != nil {
		panic(m.panicked)
	}
	if m.err != nil {
		return change.Committed{}, m.err
	}
	return m.out, nil
}

func (q *committer) enter(m *pending) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, m)
	if !q.busy {
		q.busy = true
		q.appoint()
	}
}

// appoint makes the first of those that wait the leader, or nobody.
func (q *committer) appoint() {
	if len(q.waiting) == 0 {
		q.busy = false
		return
	}
	q.waiting[0].leads = true
	close(q.waiting[0].lead)
}

// withdraw takes a change back that was not begun.
func (q *committer) withdraw(m *pending) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, m)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	if m.leads {
		q.appoint()
	}
	return true
}

// run commits one batch, which begins with the leader's own change.
func (q *committer) run(ctx context.Context) {
	runtime.Gosched() // those whose change has just been committed may have another one
	q.mu.Lock()
	n := min(len(q.waiting), batchSize)
	batch := slices.Clone(q.waiting[:n])
	q.waiting = slices.Delete(q.waiting, 0, n)
	q.mu.Unlock()
	ended := false
	defer func() {
		if !ended { // a panic goes on in the leader; the others were rolled back with it
			for _, m := range batch {
				m.err = fault.New(fault.Internal, "the change was given up")
			}
		}
		for _, m := range batch {
			close(m.done)
		}
		q.mu.Lock()
		defer q.mu.Unlock()
		q.appoint()
	}()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), batchTime)
	defer cancel()
	q.core.commitAll(ctx, batch)
	ended = true
}

// commitAll commits a batch, and gives each its outcome. When the batch as a whole met a conflict with a transaction elsewhere, its changes
// are tried one by one, so that each has the outcome that it would have had alone.
func (c *core) commitAll(ctx context.Context, batch []*pending) {
	err := c.commitOnce(ctx, batch)
	if err == nil {
		return
	}
	if len(batch) > 1 && elsewhere(err) {
		for _, m := range batch {
			if m.err == nil && m.panicked == nil {
				m.err = c.commitOnce(ctx, []*pending{m})
			}
		}
		return
	}
	for _, m := range batch {
		if m.err == nil && m.panicked == nil {
			m.err = err
		}
	}
}

// elsewhere reports whether an error came of what another transaction did: SQLSTATE 40001 and 40P01 are those of serialization and deadlock.
func elsewhere(err error) bool {
	code := sqldb.Code(err)
	return fault.KindOf(err) == fault.Conflict || code == "40001" || code == "40P01"
}

// errNone rolls back a transaction in which nothing is left.
var errNone = errors.New("no change of the batch holds")

// commitOnce runs one transaction. The error is that of all of them; a member that failed by itself has its own.
func (c *core) commitOnce(ctx context.Context, batch []*pending) error {
	var first row
	err := c.transact(ctx, func(tx *sqldb.Tx) error {
		c.pass("begun")
		left, err := c.writeAll(ctx, tx, batch)
		if err != nil {
			return err
		}
		if len(left) > 0 {
			first, err = c.appendEntries(ctx, tx, left)
		}
		c.pass("ready")
		return err
	})
	if errors.Is(err, errNone) {
		return nil
	}
	if errors.Is(err, sqldb.ErrUnknownOutcome) {
		err = c.resolve(ctx, first, err)
	}
	if err == nil {
		c.pass("committed")
	}
	return err
}

// writeAll writes the records of each member, under a savepoint where there are several, and returns those whose entries are to be appended.
func (c *core) writeAll(ctx context.Context, tx *sqldb.Tx, batch []*pending) (left []*pending, err error) {
	failed := 0
	for _, m := range batch {
		m.out, m.full = change.Committed{}, false
		if len(batch) == 1 {
			m.err = c.writeOne(ctx, tx, m)
		} else if err := tx.Savepoint(ctx, func(tx *sqldb.Tx) error { m.err = c.writeOne(ctx, tx, m); return m.err }); err != nil && m.err == nil {
			m.err = err // of a statement that nobody waited for; where the transaction itself has ended, what comes next fails too
		}
		switch {
		case m.err != nil:
			failed++
		case m.full:
			left = append(left, m)
		}
	}
	if failed == len(batch) {
		return nil, errNone
	}
	return left, nil
}

// errPanicked stands for a panic of apply, which goes on in the goroutine whose change it was.
var errPanicked = errors.New("the change panicked")

func (c *core) writeOne(ctx context.Context, tx *sqldb.Tx, m *pending) (err error) {
	defer func() {
		if r := recover(); r != nil {
			m.panicked, err = r, errPanicked
		}
	}()
	m.full, err = c.write(ctx, tx, m.p, &m.out)
	return err
}

// resolve finds out what became of a commit whose answer was lost: it waits for the head, which the lost transaction holds as long as it lives, and
// looks for its first entry.
func (c *core) resolve(ctx context.Context, first row, lost error) error {
	if first.kind == "" {
		return lost // no entry tells; all that it can have ended is a job, which is found ended or not
	}
	ctx, cancel := context.WithTimeout(ctx, resolveTime)
	defer cancel()
	for {
		there, err := c.find(ctx, first)
		switch {
		case err == nil && there:
			return nil
		case err == nil:
			return fault.Wrap(fault.Unavailable, lost, "the database did not take the change: nothing was changed").WithHelp("try again")
		}
		select {
		case <-ctx.Done():
			return fault.Wrap(fault.Unavailable, lost, "whether the change was kept is not known").WithHelp("look whether it is there before you try again; a request with an idempotency key can be sent again as it is")
		case <-time.After(resolvePause):
		}
	}
}

const (
	resolveTime  = 20 * time.Second
	resolvePause = 100 * time.Millisecond
)

func (c *core) find(ctx context.Context, first row) (there bool, err error) {
	err = c.transact(ctx, func(tx *sqldb.Tx) error {
		if _, err := readHead(ctx, tx, true); err != nil {
			return err
		}
		var hash []byte
		found, err := tx.Row(ctx, []any{&hash}, `SELECT leaf_hash FROM ledger_entry WHERE idx = $1`, first.index)
		there = found && string(hash) == string(first.hash[:])
		return err
	})
	return there, err
}
