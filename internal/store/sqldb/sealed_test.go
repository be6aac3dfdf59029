package sqldb_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/store/sqldb"
)

const plain = "plain-text-that-must-not-be-on-the-disk"

// Nothing that was written can be read in the file or its log without the key, and with the key everything.
func TestSealed(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "home.db")
	open := func(k secret.Value) (*sqldb.DB, error) {
		return sqldb.Open(ctx, path, true, sqldb.Options{Key: k})
	}
	db, err := open(key(7))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Transact(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `CREATE TABLE x (a TEXT)`)
		for range 100 {
			_, e := tx.Exec(ctx, `INSERT INTO x VALUES ($1)`, plain)
			err = errors.Join(err, e)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	look := func(when string) {
		t.Helper()
		files, _ := filepath.Glob(path + "*")
		size := 0
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			size += len(data)
			if strings.HasSuffix(f, "-shm") {
				continue // shared memory: numbers of pages only
			}
			for _, s := range []string{plain, "SQLite format", "CREATE TABLE"} {
				if bytes.Contains(data, []byte(s)) {
					t.Errorf("%s: %q stands in %s", when, s, filepath.Base(f))
				}
			}
		}
		if size < 4096 {
			t.Errorf("%s: there are %d bytes", when, size)
		}
	}
	look("in the log")
	if err := db.Vacuum(ctx); err != nil {
		t.Fatal(err)
	}
	look("in the file")
	var pages int
	if err := db.Read(ctx, func(tx *sqldb.Tx) error { _, err := tx.Row(ctx, []any{&pages}, `PRAGMA page_size`); return err }); err != nil || pages != sqldb.SealedPageSize {
		t.Errorf("pages have %d bytes: %v", pages, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for name, k := range map[string]secret.Value{"another key": key(8), "no key": {}} {
		_, err := open(k)
		if fault.KindOf(err) != fault.Internal || !strings.Contains(err.Error(), "key is another") {
			t.Errorf("%s opens it: %v", name, err)
		}
		if err != nil {
			for _, s := range []string{hex.EncodeToString(bytes.Repeat([]byte{8}, 8)), strings.Repeat("\x08", 4)} {
				if strings.Contains(strings.ToLower(fmt.Sprintf("%v %+v %#v", err, err, err)), s) {
					t.Errorf("%s: the key is shown: %v", name, err)
				}
			}
		}
	}
	if _, err := open(secret.New([]byte("short"))); fault.KindOf(err) != fault.Internal || strings.Contains(err.Error(), "short") {
		t.Errorf("a short key: %v", err)
	}
	if db, err = open(key(7)); err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // the test is over
	if n := count(t, db, `SELECT count(*) FROM x WHERE a = $1`, plain); n != 100 {
		t.Errorf("%d rows", n)
	}
	// The key stands in nothing that SQL can ask for.
	if err := db.Read(ctx, func(tx *sqldb.Tx) error {
		return tx.Each(ctx, `SELECT file FROM pragma_database_list`, func(scan func(...any) error) error {
			var file string
			err := scan(&file)
			if strings.Contains(file, "0707") || strings.Contains(file, "key") {
				t.Errorf("SQL shows %s", file)
			}
			return err
		})
	}); err != nil {
		t.Error(err)
	}
}

// A file whose bytes were changed is an error, or it reads as before: encryption hides, and what detects changes is SQLite's own structure and the ledger.
func TestSealedDamage(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "home.db")
	db, err := sqldb.Open(ctx, path, true, sqldb.Options{Key: key(7)})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Transact(ctx, func(tx *sqldb.Tx) error { _, err := tx.Exec(ctx, `CREATE TABLE x (a TEXT)`); return err })
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[17] ^= 1 // a block is decrypted as a whole: one bit changes all of it
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqldb.Open(ctx, path, false, sqldb.Options{Key: key(7)}); fault.KindOf(err) != fault.Internal {
		t.Errorf("a changed header: %v", err)
	}
}

func BenchmarkInsert(b *testing.B) {
	engines(b, func(b *testing.B, db *sqldb.DB) {
		ctx := b.Context()
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			i++
			if err := db.Transact(ctx, func(tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, insertSchedule, schedule(fmt.Sprint(i))...)
				return err
			}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkTwo is a transaction of two statements, of which nobody waits for the last.
func BenchmarkTwo(b *testing.B) {
	for _, queue := range []bool{false, true} {
		b.Run(map[bool]string{false: "waits", true: "queues"}[queue], func(b *testing.B) {
			engines(b, func(b *testing.B, db *sqldb.DB) {
				ctx := b.Context()
				i := 0
				for b.Loop() {
					i += 2
					if err := db.Transact(ctx, func(tx *sqldb.Tx) error {
						_, err := tx.Exec(ctx, insertSchedule, schedule(fmt.Sprint(i))...)
						if err != nil {
							return err
						}
						if queue {
							return tx.Queue(ctx, insertSchedule, schedule(fmt.Sprint(i+1))...)
						}
						_, err = tx.Exec(ctx, insertSchedule, schedule(fmt.Sprint(i+1))...)
						return err
					}); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// BenchmarkSavepoints is a transaction of 16 statements, each under a savepoint, as of a group commit.
func BenchmarkSavepoints(b *testing.B) {
	engines(b, func(b *testing.B, db *sqldb.DB) {
		ctx := b.Context()
		i := 0
		for b.Loop() {
			if err := db.Transact(ctx, func(tx *sqldb.Tx) error {
				for range 16 {
					i++
					if err := tx.Savepoint(ctx, func(tx *sqldb.Tx) error {
						_, err := tx.Exec(ctx, insertSchedule, schedule(fmt.Sprint(i))...)
						return err
					}); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// engines runs a benchmark on a plain file, an encrypted one, and a server that writes as in production.
func engines(b *testing.B, fn func(b *testing.B, db *sqldb.DB)) {
	b.Run("sqlite", func(b *testing.B) { fn(b, newFile(b, sqldb.Options{})) })
	b.Run("sealed", func(b *testing.B) { fn(b, newFile(b, sqldb.Options{Key: key(7)})) })
	b.Run("postgresql", func(b *testing.B) { fn(b, durable(b).Connect(b, nil).Home(org)) })
}
