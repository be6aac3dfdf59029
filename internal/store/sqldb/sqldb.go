// Package sqldb opens a SQLite file as a database that is shared by processes and survives being killed, and brings it
// to the newest schema.
//
// It promises: what a transaction committed is durable when [DB.Transact] returns (synchronous=FULL); a transaction is whole
// or not at all; a writer waits for another one, up to [Options.Wait]; an error has a kind of package fault, told by SQLite's
// code and not by its words. It leaves out everything that PostgreSQL does not have: statements are written with $1, $2.
package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/vfs"

	"c4arch/internal/base/fault"
)

// PageSize is that of a new file. Rows of some kilobytes fill small pages better (measured on a year of scans), and
// no query here reads many pages.
const PageSize = 1024

// Options are how a file is opened. The zero value is right for use.
type Options struct {
	// Wait is how long a transaction waits for another writer; 0 means 30 s.
	Wait time.Duration
	// MaxPages bounds the file, as a full disk would; 0 is no bound.
	MaxPages int
}

// DB is an open file.
type DB struct {
	sql  *sql.DB
	path string
}

// Open opens the file at path; with create it makes it when it is not there. Only the user who runs the program may read it.
func Open(ctx context.Context, path string, create bool, o Options) (*DB, error) {
	if err := touch(path, create); err != nil {
		return nil, err
	}
	name, err := dsn(path, pragmas(o))
	if err != nil {
		return nil, err
	}
	return connect(ctx, path, name)
}

func connect(ctx context.Context, path, name string) (*DB, error) {
	pool, err := driver.Open(name)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the database %s cannot be opened", path)
	}
	pool.SetMaxOpenConns(4)
	pool.SetMaxIdleConns(2)
	db := &DB{sql: pool, path: path}
	if err := db.sql.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, db.fault(ctx, err)
	}
	return db, nil
}

// touch makes the file, or sees that it is there and can be written.
func touch(path string, create bool) error {
	flags := os.O_RDWR
	if create {
		flags |= os.O_CREATE
	}
	f, err := os.OpenFile(path, flags, 0o600)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return openError(err, path)
	}
	return nil
}

func openError(err error, path string) error {
	switch {
	case os.IsNotExist(err):
		return fault.New(fault.NotFound, "there is no database %s", path)
	case os.IsPermission(err):
		return fault.Wrap(fault.Denied, err, "the database cannot be opened for writing").WithHelp("give the folder to the user who runs c4arch")
	}
	return fault.Wrap(fault.Unavailable, err, "the database cannot be opened")
}

// pragmas are what must hold on each connection. The write-ahead log needs memory that processes share; where the
// system has none, the rollback journal does the same more slowly.
func pragmas(o Options) []string {
	wait := o.Wait
	if wait == 0 {
		wait = 30 * time.Second
	}
	journal := "delete"
	if vfs.SupportsFileLocking && vfs.SupportsSharedMemory {
		journal = "wal"
	}
	list := []string{
		fmt.Sprintf("busy_timeout(%d)", wait.Milliseconds()),
		fmt.Sprintf("page_size(%d)", PageSize),
		"journal_mode(" + journal + ")",
		"synchronous(full)",
		"foreign_keys(on)",
		"trusted_schema(off)",
		"cell_size_check(on)",
		"secure_delete(on)",
	}
	if o.MaxPages > 0 {
		list = append(list, fmt.Sprintf("max_page_count(%d)", o.MaxPages))
	}
	return list
}

// dsn is the URI of the file.
func dsn(path string, pragmas []string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fault.Wrap(fault.Internal, err, "the working directory cannot be told")
	}
	q := url.Values{"_txlock": {"immediate"}, "_pragma": pragmas}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: q.Encode()}
	return u.String(), nil
}

// Path is where the file is.
func (db *DB) Path() string { return db.path }

// Close writes what is in the log into the file and lets it go.
func (db *DB) Close() error {
	if err := db.sql.Close(); err != nil {
		return db.fault(context.Background(), err)
	}
	return nil
}

// Vacuum gives the space of what was deleted back to the system.
func (db *DB) Vacuum(ctx context.Context) error {
	if _, err := db.sql.ExecContext(ctx, "VACUUM"); err != nil {
		return db.fault(ctx, err)
	}
	return db.Flush(ctx)
}

// Free tells how many bytes of the file are in use, and how many are not.
func (db *DB) Free(ctx context.Context) (used, free int64, err error) {
	var pages, unused, size int64
	for _, p := range []struct {
		name string
		to   *int64
	}{{"page_count", &pages}, {"freelist_count", &unused}, {"page_size", &size}} {
		if err := db.sql.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(p.to); err != nil {
			return 0, 0, db.fault(ctx, err)
		}
	}
	return (pages - unused) * size, unused * size, nil
}

// Check asks SQLite about the structure of the file: what is wrong, in its words, at most 100.
func (db *DB) Check(ctx context.Context) ([]string, error) {
	var faults []string
	err := db.Read(ctx, func(tx *Tx) error {
		return tx.Each(ctx, "PRAGMA integrity_check", func(scan func(...any) error) error {
			var text string
			if err := scan(&text); err != nil {
				return err
			}
			if text != "ok" {
				faults = append(faults, text)
			}
			return nil
		})
	})
	return faults, err
}

// Flush moves the log into the file, so that nothing that was overwritten is left in it. Readers in other processes can
// keep it from doing so; the next one to close the file will.
func (db *DB) Flush(ctx context.Context) error {
	var busy, log, moved int
	err := db.sql.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved)
	return db.fault(ctx, err)
}
