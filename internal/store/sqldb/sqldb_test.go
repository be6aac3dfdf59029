package sqldb

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/ncruces/go-sqlite3"

	"c4arch/internal/base/fault"
)

func fresh(t *testing.T, o Options) *DB {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "a b?#%.db"), true, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func exec(t *testing.T, db *DB, query string, args ...any) {
	t.Helper()
	if err := db.Transact(t.Context(), func(tx *Tx) error { _, err := tx.Exec(t.Context(), query, args...); return err }); err != nil {
		t.Fatal(err)
	}
}

func number(t *testing.T, db *DB, query string) (n int) {
	t.Helper()
	if err := db.Read(t.Context(), func(tx *Tx) error { _, err := tx.Row(t.Context(), []any{&n}, query); return err }); err != nil {
		t.Fatal(err)
	}
	return n
}

// What every connection must have, the second one too.
func TestPragmas(t *testing.T) {
	db := fresh(t, Options{})
	for range 2 {
		err := db.Read(t.Context(), func(*Tx) error { // holds one connection, so that the next is another
			for name, want := range map[string]string{
				"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "30000", "page_size": "1024", "trusted_schema": "0", "secure_delete": "1",
			} {
				got := ""
				if err := db.engine.(*file).sql.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got); err != nil || got != want {
					t.Errorf("%s is %q, not %q: %v", name, got, want, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(db.Path()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has the mode %v, %v", info.Mode(), err)
	}
}

// SQLite itself would number $2 and $1 by their first appearance.
func TestArgumentsByNumber(t *testing.T) {
	db := fresh(t, Options{})
	var a, b, c, d string
	if err := db.Read(t.Context(), func(tx *Tx) error {
		found, err := tx.Row(t.Context(), []any{&a, &b, &c, &d}, `SELECT $3, $1, '$2 "$1', $3 || $2`, "one", "two", "three")
		if !found {
			t.Error("no row")
		}
		return err
	}); err != nil || a != "three" || b != "one" || c != `$2 "$1` || d != "threetwo" {
		t.Errorf("%q %q %q %q, %v", a, b, c, d, err)
	}
	for query, want := range map[string]string{
		"$1 $10 '$1' \"$2\" $x $": "?1 ?10 '$1' \"$2\" $x $", "no": "no", "'it''s $1' $2": "'it''s $1' ?2",
	} {
		if got := numbered(query); got != want {
			t.Errorf("%s became %s, not %s", query, got, want)
		}
	}
}

func TestTransact(t *testing.T) {
	db := fresh(t, Options{})
	exec(t, db, `CREATE TABLE x (n INTEGER PRIMARY KEY)`)
	exec(t, db, `INSERT INTO x VALUES ($1)`, 1)
	stop := errors.New("stop")
	err := db.Transact(t.Context(), func(tx *Tx) error {
		n, err := tx.Exec(t.Context(), `UPDATE x SET n = n + 1`)
		if n != 1 {
			t.Errorf("%d rows were changed", n)
		}
		return errors.Join(err, stop)
	})
	if !errors.Is(err, stop) || number(t, db, `SELECT n FROM x`) != 1 {
		t.Errorf("what was not committed is there: %v", err)
	}
	err = db.Transact(t.Context(), func(tx *Tx) error { _, err := tx.Exec(t.Context(), `INSERT INTO x VALUES (1)`); return err })
	if fault.KindOf(err) != fault.Conflict {
		t.Errorf("the same twice: %v", err)
	}
	err = db.Read(t.Context(), func(tx *Tx) error { _, err := tx.Exec(t.Context(), `INSERT INTO x VALUES (2)`); return err })
	if fault.KindOf(err) != fault.Denied {
		t.Errorf("a reading wrote: %v", err)
	}
	err = db.Read(t.Context(), func(tx *Tx) error { return tx.Each(t.Context(), `SELECT nothing`, nil) })
	if fault.KindOf(err) != fault.Internal {
		t.Errorf("a wrong query: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.Transact(gone, func(*Tx) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	// A reading sees one state.
	if err := db.Read(t.Context(), func(tx *Tx) error {
		var before, after int
		_, err := tx.Row(t.Context(), []any{&before}, `SELECT count(*) FROM x`)
		exec(t, db, `INSERT INTO x VALUES (7)`)
		_, err2 := tx.Row(t.Context(), []any{&after}, `SELECT count(*) FROM x`)
		if before != after {
			t.Errorf("%d became %d", before, after)
		}
		return errors.Join(err, err2)
	}); err != nil {
		t.Fatal(err)
	}
}

func TestBusy(t *testing.T) {
	db := fresh(t, Options{Wait: 30 * time.Millisecond})
	other, err := Open(t.Context(), db.Path(), false, Options{Wait: 30 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close() //nolint:errcheck // nothing was written
	err = db.Transact(t.Context(), func(*Tx) error { return other.Transact(t.Context(), func(*Tx) error { return nil }) })
	if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "another c4arch") {
		t.Errorf("two writers: %v", err)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(t.Context(), filepath.Join(dir, "none"), false, Options{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("nothing there: %v", err)
	}
	if _, err := Open(t.Context(), dir, false, Options{}); err == nil {
		t.Error("a folder is opened")
	}
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), text, false, Options{}); fault.KindOf(err) != fault.Internal || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a text: %v", err)
	}
}

func TestFull(t *testing.T) {
	db := fresh(t, Options{MaxPages: 4})
	exec(t, db, `CREATE TABLE x (b BLOB)`)
	err := db.Transact(t.Context(), func(tx *Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO x VALUES (zeroblob(100000))`)
		return err
	})
	if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("%v", err)
	}
	if number(t, db, `SELECT count(*) FROM x`) != 0 {
		t.Error("half a row")
	}
}

func TestVacuum(t *testing.T) {
	db := fresh(t, Options{})
	exec(t, db, `CREATE TABLE x (b BLOB)`)
	exec(t, db, `INSERT INTO x VALUES (zeroblob(200000))`)
	exec(t, db, `DELETE FROM x`)
	_, free, err := db.Free(t.Context())
	if err != nil || free < 200_000 {
		t.Fatalf("%d bytes are free, %v", free, err)
	}
	if err := db.Vacuum(t.Context()); err != nil {
		t.Fatal(err)
	}
	if used, free, err := db.Free(t.Context()); err != nil || free != 0 || used > 20_000 {
		t.Errorf("%d used, %d free, %v", used, free, err)
	}
	if faults, err := db.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("%v %v", faults, err)
	}
}

func TestMigrations(t *testing.T) {
	files := func(names ...string) fstest.MapFS {
		fsys := fstest.MapFS{}
		for _, n := range names {
			fsys["m/"+n] = &fstest.MapFile{Data: []byte("CREATE TABLE t" + n[:4] + " (x); CREATE TABLE u" + n[:4] + " (x);")}
		}
		return fsys
	}
	for _, bad := range [][]string{
		{"0001_a.sql", "0003_c.sql"}, {"0001_a.sql", "0001_b.sql"}, {"0002_a.sql"}, {"0000_a.sql"}, {"1_a.sql"}, {"0001_a.txt"}, {"0001.sql"}, {"0001_A.sql"},
	} {
		if _, err := Migrations(files(bad...), "m"); fault.KindOf(err) != fault.Internal {
			t.Errorf("%v are taken: %v", bad, err)
		}
	}
	steps, err := Migrations(files("0002_b.sql", "0001_a.sql"), "m")
	if err != nil || len(steps) != 2 || steps[0].Name != "a" || steps[1].Number != 2 {
		t.Fatalf("%v %v", steps, err)
	}
	db := fresh(t, Options{})
	if err := db.Migrate(t.Context(), steps[:1]); err != nil {
		t.Fatal(err)
	}
	broken := append(steps[:1:1], Migration{Number: 2, Name: "broken", SQL: "CREATE TABLE v (x); CREATE TABLE oh no"})
	if err := db.Migrate(t.Context(), broken); err == nil || !strings.Contains(err.Error(), "0002_broken") {
		t.Errorf("a broken step: %v", err)
	}
	if n := number(t, db, `SELECT count(*) FROM sqlite_master WHERE name = 'v'`); n != 0 || number(t, db, `PRAGMA user_version`) != 1 {
		t.Error("half a step was done")
	}
	for range 2 {
		if err := db.Migrate(t.Context(), steps); err != nil {
			t.Fatal(err)
		}
	}
	if number(t, db, `SELECT count(*) FROM sqlite_master`) != 4 || number(t, db, `PRAGMA user_version`) != 2 {
		t.Error("the steps were not done once each")
	}
	if err := db.Migrate(t.Context(), steps[:1]); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a newer database: %v", err)
	}
}

// Two programs that open the same old file at once bring it forward once.
func TestMigrateTogether(t *testing.T) {
	db := fresh(t, Options{})
	steps := []Migration{{Number: 1, Name: "a", SQL: "CREATE TABLE a (x)"}, {Number: 2, Name: "b", SQL: "CREATE TABLE b (x)"}}
	done := make(chan error)
	for range 4 {
		go func() {
			other, err := Open(context.Background(), db.Path(), false, Options{})
			if err == nil {
				err = errors.Join(other.Migrate(context.Background(), steps), other.Close())
			}
			done <- err
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestKinds(t *testing.T) {
	for code, want := range map[sqlite3.ErrorCode]fault.Kind{
		sqlite3.BUSY: fault.Unavailable, sqlite3.FULL: fault.Unavailable, sqlite3.IOERR: fault.Unavailable, sqlite3.READONLY: fault.Denied,
		sqlite3.CANTOPEN: fault.Denied, sqlite3.CONSTRAINT: fault.Conflict, sqlite3.CORRUPT: fault.Internal, sqlite3.NOTADB: fault.Internal,
		sqlite3.TOOBIG: fault.Limited, sqlite3.ERROR: fault.Internal,
	} {
		if got, help := kindOf(code); got != want || help == "" {
			t.Errorf("%v is %s, not %s", code, got, want)
		}
	}
}

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	var locks []*Lock
	for range 3 { // as three processes would
		l, err := OpenLock(t.Context(), path, true)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() //nolint:errcheck // nothing was written
		locks = append(locks, l)
	}
	var inside, most, runs atomic.Int32
	done := make(chan error)
	for i := range 9 {
		go func() {
			done <- locks[i%3].Hold(context.Background(), time.Minute, func() error {
				most.Store(max(most.Load(), inside.Add(1)))
				for range 1000 {
					runtime.Gosched() // whoever else is let in comes in now
				}
				inside.Add(-1)
				runs.Add(1)
				return nil
			})
		}()
	}
	for range 9 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if most.Load() != 1 || runs.Load() != 9 {
		t.Errorf("%d ran, up to %d at once", runs.Load(), most.Load())
	}
	stop := errors.New("stop")
	if err := locks[0].Hold(t.Context(), time.Minute, func() error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
	err := locks[0].Hold(t.Context(), time.Minute, func() error {
		for _, l := range locks[:2] { // one waits for the process, one for the file
			if err := l.Hold(t.Context(), 20*time.Millisecond, func() error { return nil }); fault.KindOf(err) != fault.Unavailable {
				t.Errorf("a second holder: %v", err)
			}
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := locks[1].Hold(gone, time.Minute, func() error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != 0 {
		t.Errorf("the lock was written: %v", err)
	}
}
