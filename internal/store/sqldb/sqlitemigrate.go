package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"c4arch/internal/base/fault"
)

// Migrate brings a file to the newest of steps, each in a transaction of its own together with the note that it was done (PRAGMA user_version); a new file gets all of them
// in one. A step without a text is of other homes: it is counted only. A file that has more steps than are known here was made by a newer program, and is left alone.
//
// A step may rebuild a table as sqlite.org/lang_altertable.html#otheralter says: foreign keys are not enforced while it runs, and all of them
// are checked before it is committed.
func (db *DB) Migrate(ctx context.Context, steps []Migration) error {
	f, err := db.file()
	if err != nil {
		return err
	}
	done, err := db.Version(ctx)
	if err == nil && done < len(steps) {
		done, err = db.forward(ctx, f, steps)
	}
	if err != nil {
		return err
	}
	if done > len(steps) {
		return fault.New(fault.Invalid, "the database %s was made by a newer c4arch", db.name).WithHelp("use that version, or a newer one")
	}
	return nil
}

// Version is the number of the last step that was done on a file.
func (db *DB) Version(ctx context.Context) (int, error) {
	n := 0
	err := db.Read(ctx, func(tx *Tx) error {
		_, err := tx.Row(ctx, []any{&n}, "PRAGMA user_version")
		return err
	})
	return n, err
}

// forward does the steps on one connection, on which foreign keys are off: that cannot be changed inside a transaction.
func (db *DB) forward(ctx context.Context, f *file, steps []Migration) (done int, err error) {
	conn, err := f.sql.Conn(ctx)
	if err != nil {
		return 0, db.fault(ctx, err)
	}
	defer conn.Close() //nolint:errcheck // it goes back to the pool
	if _, err := conn.ExecContext(ctx, "PRAGMA foreign_keys=off"); err != nil {
		return 0, db.fault(ctx, err)
	}
	defer func() {
		// Without a transaction this cannot fail; a connection on which it did would not enforce anything, so that it must not be used again.
		if _, on := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA foreign_keys=on"); on != nil {
			_ = conn.Raw(func(any) error { return driver.ErrBadConn })
			err = errors.Join(err, db.fault(ctx, on))
		}
	}()
	for done < len(steps) {
		if done, err = db.next(ctx, conn, steps); err != nil {
			return done, err
		}
	}
	return done, nil
}

// next does the one step that is next, which another process may have done meanwhile; of a new file all.
func (db *DB) next(ctx context.Context, conn *sql.Conn, steps []Migration) (int, error) {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return 0, db.fault(ctx, err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	n := 0
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&n); err != nil || n >= len(steps) {
		return n, db.fault(ctx, err)
	}
	end := n + 1
	if n == 0 {
		end = len(steps)
	}
	for i := n; i < end; i++ {
		s := &steps[i]
		if s.SQL == "" {
			continue
		}
		if err := db.apply(ctx, tx, s); err != nil {
			return n, fault.Wrap(fault.KindOf(err), err, "migration %04d_%s", s.Number, s.Name)
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version=%d", end)); err != nil {
		return n, db.fault(ctx, err)
	}
	return end, db.fault(ctx, tx.Commit())
}

func (db *DB) apply(ctx context.Context, tx *sql.Tx, s *Migration) error {
	db.say(ctx, s.SQL)
	if _, err := tx.ExecContext(ctx, s.SQL); err != nil {
		return db.fault(ctx, err)
	}
	list, err := tx.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return db.fault(ctx, err)
	}
	defer list.Close() //nolint:errcheck // Err tells
	if list.Next() {
		var table, parent string
		var row, key sql.NullInt64
		if err := list.Scan(&table, &row, &parent, &key); err != nil {
			return db.fault(ctx, err)
		}
		return fault.New(fault.Internal, "a row of %s refers to a row of %s that is not there", table, parent)
	}
	return db.fault(ctx, list.Err())
}
