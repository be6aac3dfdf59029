package sqldb

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/vfs"
	_ "github.com/ncruces/go-sqlite3/vfs/adiantum" // the encrypting file layer

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
)

// PageSize is that of a new plain file. Rows of some kilobytes fill small pages better (measured on a year of scans), and
// no query here reads many pages.
const PageSize = 1024

// SealedPageSize is that of a new encrypted file: its blocks have this size, and a smaller page would make each write read and encrypt its neighbours again.
const SealedPageSize = 4096

// file is a SQLite database. What reads has connections of its own, which can write nothing: to forbid writing for one transaction and to allow it again afterwards makes
// SQLite prepare every statement anew, which took two thirds of the time of a small read.
type file struct {
	sql      *sql.DB // writes
	reads    *sql.DB
	path     string
	prepared prepared // what reads
	written  prepared
}

// Open opens the file at path; with create it makes it when it is not there. Only the user who runs the program may read it.
func Open(ctx context.Context, path string, create bool, o Options) (*DB, error) {
	if !o.Key.Empty() && len(o.Key.Expose()) != secret.Size {
		return nil, fault.New(fault.Internal, "the key of a database has %d bytes", secret.Size)
	}
	if err := touch(path, create); err != nil {
		return nil, err
	}
	f, err := openFile(ctx, path, pragmas(o), o.Key)
	if err != nil {
		return nil, err
	}
	return &DB{name: path, observe: o.Observe, engine: f}, nil
}

// Build makes the file at path, which must not be there: fn writes to it, and when Build returns it is whole and on the disk, but for its name in its folder. Until then
// nobody is told of it, so that nothing is synced before the end: a file that was built halfway is thrown away by whoever finds it.
func Build(ctx context.Context, path string, o Options, fn func(*DB) error) error {
	if !o.Key.Empty() && len(o.Key.Expose()) != secret.Size {
		return fault.New(fault.Internal, "the key of a database has %d bytes", secret.Size)
	}
	made, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return openError(err, path)
	}
	defer made.Close() //nolint:errcheck // it was synced
	settings := append(pragmas(o), "journal_mode(memory)", "synchronous(off)")
	f, err := openFile(ctx, path, slices.DeleteFunc(settings, func(p string) bool { return p == "journal_mode(wal)" || p == "synchronous(full)" }), o.Key)
	if err != nil {
		return err
	}
	db := &DB{name: path, observe: o.Observe, engine: f}
	if err := errors.Join(fn(db), db.Close()); err != nil {
		return err
	}
	if err := made.Sync(); err != nil {
		return fault.Wrap(fault.Unavailable, err, "the database cannot be made")
	}
	return nil
}

// openFile opens path; each connection gets the key, then the pragmas, in this order. The key is not in the URI, which every error of opening and
// every SQL function could show.
func openFile(ctx context.Context, path string, pragmas []string, key secret.Value) (*file, error) {
	f := &file{path: path}
	var err error
	if f.sql, err = pool(path, "immediate", pragmas, key); err != nil {
		return nil, err
	}
	if f.reads, err = pool(path, "deferred", append(slices.Clone(pragmas), "query_only(on)"), key); err != nil {
		return nil, errors.Join(err, f.sql.Close())
	}
	// What is set on the file itself is set by the first connection that writes.
	if err := f.sql.PingContext(ctx); err != nil {
		_ = errors.Join(f.sql.Close(), f.reads.Close())
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, f.fault(err)
	}
	return f, nil
}

// pool is connections to path whose transactions begin in that way.
func pool(path, begin string, pragmas []string, key secret.Value) (*sql.DB, error) {
	name, err := dsn(path, begin, !key.Empty())
	if err != nil {
		return nil, err
	}
	all, err := driver.Open(name, func(c *sqlite3.Conn) error {
		if !key.Empty() {
			if err := c.Exec("PRAGMA hexkey='" + hex.EncodeToString(key.Expose()) + "'"); err != nil {
				return errors.New("the key does not fit") // the error of SQLite has the statement in it
			}
		}
		for _, p := range pragmas {
			if err := c.Exec("PRAGMA " + p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the database %s cannot be opened", path)
	}
	all.SetMaxOpenConns(3)
	all.SetMaxIdleConns(1)
	return all, nil
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
	size := PageSize
	if !o.Key.Empty() {
		size = SealedPageSize
	}
	list := []string{
		fmt.Sprintf("busy_timeout(%d)", wait.Milliseconds()),
		fmt.Sprintf("page_size(%d)", size),
		"journal_mode(" + journal + ")",
		"synchronous(full)",
		"foreign_keys(on)",
		"trusted_schema(off)",
		"cell_size_check(on)",
		"secure_delete(on)",
		"recursive_triggers(on)", // or INSERT OR REPLACE would delete past a trigger (sqlite.org/lang_conflict.html)
	}
	if o.MaxPages > 0 {
		list = append(list, fmt.Sprintf("max_page_count(%d)", o.MaxPages))
	}
	return list
}

// dsn is the URI of the file.
func dsn(path, begin string, sealed bool) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fault.Wrap(fault.Internal, err, "the working directory cannot be told")
	}
	q := url.Values{"_txlock": {begin}}
	if sealed {
		q.Set("vfs", "adiantum")
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: q.Encode()}
	return u.String(), nil
}

func (*file) kind() Engine { return SQLite }

// close writes what is in the log into the file and lets it go.
func (f *file) close() error {
	f.prepared.close()
	f.written.close()
	// The last connection writes what is in the log into the file: that has to be one that may.
	if err := errors.Join(f.reads.Close(), f.sql.Close()); err != nil {
		return f.fault(err)
	}
	return nil
}

// file returns the SQLite file; only that can be vacuumed, flushed and checked.
func (db *DB) file() (*file, error) {
	f, ok := db.engine.(*file)
	if !ok {
		return nil, fault.New(fault.Internal, "this is asked of a file only")
	}
	return f, nil
}

// Vacuum gives the space of what was deleted back to the system.
func (db *DB) Vacuum(ctx context.Context) error {
	f, err := db.file()
	if err != nil {
		return err
	}
	if _, err := f.sql.ExecContext(ctx, "VACUUM"); err != nil {
		return db.fault(ctx, err)
	}
	return db.Flush(ctx)
}

// Free tells how many bytes of the file are in use, and how many are not.
func (db *DB) Free(ctx context.Context) (used, free int64, err error) {
	f, err := db.file()
	if err != nil {
		return 0, 0, err
	}
	var pages, unused, size int64
	for _, p := range []struct {
		name string
		to   *int64
	}{{"page_count", &pages}, {"freelist_count", &unused}, {"page_size", &size}} {
		if err := f.sql.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(p.to); err != nil {
			return 0, 0, db.fault(ctx, err)
		}
	}
	return (pages - unused) * size, unused * size, nil
}

// Check asks SQLite about the structure of the file: what is wrong, in its words, at most 100.
func (db *DB) Check(ctx context.Context) ([]string, error) {
	if _, err := db.file(); err != nil {
		return nil, err
	}
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
	f, err := db.file()
	if err != nil {
		return err
	}
	var busy, log, moved int
	err = f.sql.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved)
	return db.fault(ctx, err)
}
