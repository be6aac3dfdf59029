package sqldb

import (
	"context"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
)

// Lock is held by one holder on the machine at a time, and ends with the process that holds it, however it dies: it is SQLite's own
// exclusive lock on a file that is never written. It keeps writers from working in vain; what keeps the data right is
// the transaction.
type Lock struct {
	file  *file
	inner chan struct{}
}

// OpenLock opens the lock at path.
func OpenLock(ctx context.Context, path string, create bool) (*Lock, error) {
	if err := touch(path, create); err != nil {
		return nil, err
	}
	f, err := openFile(ctx, path, []string{"busy_timeout(1000)"}, secret.Value{})
	if err != nil {
		return nil, err
	}
	return &Lock{file: f, inner: make(chan struct{}, 1)}, nil
}

// Hold runs fn while nobody else holds the lock. It waits until wait is over.
func (l *Lock) Hold(ctx context.Context, wait time.Duration, fn func() error) error {
	timeout, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	select {
	case l.inner <- struct{}{}: // within the process the wait is fair
	case <-timeout.Done():
		return l.late(ctx)
	}
	defer func() { <-l.inner }()
	conn, err := l.file.sql.Conn(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return l.file.fault(err)
	}
	defer conn.Close() //nolint:errcheck // it goes back to the pool
	for {
		_, err := conn.ExecContext(timeout, "BEGIN EXCLUSIVE")
		if err == nil {
			break
		}
		if timeout.Err() != nil {
			return l.late(ctx)
		}
		if err := l.file.fault(err); fault.KindOf(err) != fault.Unavailable {
			return err
		}
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") //nolint:errcheck // closing the connection ends it too
	return fn()
}

func (l *Lock) late(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fault.New(fault.Unavailable, "another c4arch is writing to %s and does not end", l.file.path).WithHelp("wait for it, or end it")
}

// Close lets the file go.
func (l *Lock) Close() error { return l.file.close() }
