package sqldb_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/store/schema"
	"c4arch/internal/store/sqldb"
	"c4arch/test/pg"
)

const (
	org   id.Org = "og_01hzzzzzzzzzzzzzzzzzzzzzz1"
	other id.Org = "og_01hzzzzzzzzzzzzzzzzzzzzzz2"
)

// home is a handle with the schema of an organisation.
type home struct {
	*sqldb.DB
	server *sqldb.Server // nil of a file
}

// both runs a test on a plain file, an encrypted one, and a server.
func both(t *testing.T, fn func(t *testing.T, h home)) {
	t.Helper()
	observed(t, nil, fn)
}

func observed(t *testing.T, observe sqldb.Observe, fn func(t *testing.T, h home)) {
	t.Helper()
	for _, x := range []struct {
		name string
		key  secret.Value
	}{{"sqlite", secret.Value{}}, {"sqlite sealed", key(7)}} {
		t.Run(x.name, func(t *testing.T) {
			fn(t, home{DB: newFile(t, sqldb.Options{Key: x.key, Observe: observe})})
		})
	}
	t.Run("postgresql", func(t *testing.T) {
		s := pg.Start(t).Connect(t, func(o *sqldb.ServerOptions) { o.Observe = observe })
		fn(t, home{DB: s.Home(org), server: s})
	})
}

func key(b byte) secret.Value { return secret.New(slices.Repeat([]byte{b}, secret.Size)) }

func newFile(tb testing.TB, o sqldb.Options) *sqldb.DB {
	tb.Helper()
	db, err := sqldb.Open(tb.Context(), filepath.Join(tb.TempDir(), "home.db"), true, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	if err := schema.Migrate(tb.Context(), db, org); err != nil {
		tb.Fatal(err)
	}
	return db
}

// upsert is a row of the table schedule, which has no references.
const insertSchedule = `INSERT INTO schedule (kind, key, args, actor, every, next_at) VALUES ($1, $2, $3, $4, $5, $6)`

func schedule(key string) []any { return []any{"kind", key, []byte("{}"), "worker", 1, 2} }

func count(tb testing.TB, db *sqldb.DB, query string, args ...any) (n int) {
	tb.Helper()
	if err := db.Read(tb.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Row(tb.Context(), []any{&n}, query, args...)
		return err
	}); err != nil {
		tb.Fatal(err)
	}
	return n
}

func keys(tb testing.TB, db *sqldb.DB) (list []string) {
	tb.Helper()
	err := db.Read(tb.Context(), func(tx *sqldb.Tx) error {
		return tx.Each(tb.Context(), `SELECT key FROM schedule ORDER BY key`, func(scan func(...any) error) error {
			var k string
			defer func() { list = append(list, k) }()
			return scan(&k)
		})
	})
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

type named string

// Values are written and read alike.
func TestTypes(t *testing.T) {
	both(t, func(t *testing.T, h home) {
		ctx := t.Context()
		text := "ü"
		insert := `INSERT INTO job (id, kind, args, key, actor, state, run_at, attempt, max_attempts, lease_owner, lease_until, error, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
		project := `INSERT INTO project (id, slug, name, archived, created_at, version) VALUES ($2, $1, $3, $4, $5, $5)`
		err := h.Transact(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, insert, "1", named("k"), []byte(nil), &text, id.Actor("worker"), "ready", int64(1)<<62, uint8(3), 4, nil, nil, "", time.Duration(5))
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, insert, "2", "k", []byte{0, 255}, (*string)(nil), "worker", "ready", -1, 0, 1, sql.NullString{String: "w", Valid: true}, sql.NullInt64{}, "", 0)
			if err != nil {
				return err
			}
			for i, archived := range []bool{true, false} {
				if _, err := tx.Exec(ctx, project, fmt.Sprint("slug", i), fmt.Sprint("p", i), "", archived, 1); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var args [2][]byte
		var key, owner [2]*string
		var kind named
		var actor id.Actor
		var at, until [2]sql.NullInt64
		var n int
		var attempt uint8
		i := 0
		err = h.Read(ctx, func(tx *sqldb.Tx) error {
			return tx.Each(ctx, `SELECT args, key, lease_owner, kind, actor, run_at, lease_until, max_attempts, attempt FROM job WHERE state = $1 ORDER BY id`, func(scan func(...any) error) error {
				defer func() { i++ }()
				return scan(&args[i], &key[i], &owner[i], &kind, &actor, &at[i], &until[i], &n, &attempt)
			}, "ready")
		})
		if err != nil || i != 2 {
			t.Fatal(i, err)
		}
		if len(args[0]) != 0 || string(args[1]) != "\x00\xff" || key[0] == nil || *key[0] != text || key[1] != nil || owner[0] != nil || *owner[1] != "w" {
			t.Errorf("%q %v %v", args, key, owner)
		}
		if kind != "k" || actor != "worker" || at[0].Int64 != 1<<62 || at[1].Int64 != -1 || until[0].Valid || until[1].Valid || n != 1 || attempt != 0 {
			t.Errorf("%v %v %v %v %v %v", kind, actor, at, until, n, attempt)
		}
		var archived, none bool
		var sum int64
		var slug string
		err = h.Read(ctx, func(tx *sqldb.Tx) error {
			found, err := tx.Row(ctx, []any{&archived, &sum, &slug}, `SELECT archived, (SELECT sum(archived) FROM project), $2 || slug FROM project WHERE id = $1`, "p0", "of ")
			if err != nil || !found || !archived || sum != 1 || slug != "of slug0" {
				t.Errorf("%v %v %v %v %v", found, archived, sum, slug, err)
			}
			found, err = tx.Row(ctx, []any{&none}, `SELECT archived FROM project WHERE id = $1`, "p9")
			if err != nil || found {
				t.Errorf("found: %v", err)
			}
			found, err = tx.Row(ctx, []any{&none}, `SELECT count(*) > 1 FROM project`)
			if err != nil || !found || !none {
				t.Errorf("an expression is no bool: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		for what, to := range map[string]any{`SELECT key FROM job WHERE id = '2'`: new(string), `SELECT lease_until FROM job WHERE id = '2'`: new(bool), `SELECT id || 'x' FROM job`: new(int)} {
			err := h.Read(ctx, func(tx *sqldb.Tx) error { _, err := tx.Row(ctx, []any{to}, what); return err })
			if fault.KindOf(err) != fault.Internal {
				t.Errorf("%s is read into %T: %v", what, to, err)
			}
		}
	})
}

// What one engine refuses the other one refuses too.
func TestRefused(t *testing.T) {
	both(t, func(t *testing.T, h home) {
		for _, x := range []struct {
			value any
			kind  fault.Kind
		}{
			{"a\x00b", fault.Invalid},
			{"a\xffb", fault.Invalid},
			{named("\x00"), fault.Invalid},
			{sql.NullString{String: "\xc3", Valid: true}, fault.Invalid},
			{time.Now(), fault.Internal},
			{secret.New([]byte("x")), fault.Internal},
			{[]string{"a"}, fault.Internal},
			{uint64(1) << 63, fault.Internal},
		} {
			err := h.Transact(t.Context(), func(tx *sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), insertSchedule, "kind", x.value, []byte{}, "w", 1, 1)
				return err
			})
			if fault.KindOf(err) != x.kind || strings.Contains(err.Error(), "1844674407") {
				t.Errorf("%T: %v", x.value, err)
			}
		}
		if list := keys(t, h.DB); len(list) > 0 {
			t.Errorf("%q", list)
		}
	})
}

// A statement may come while the rows of another are read.
func TestEachInside(t *testing.T) {
	both(t, func(t *testing.T, h home) {
		ctx := t.Context()
		var seen []string
		err := h.Transact(ctx, func(tx *sqldb.Tx) error {
			for i := range 50 {
				if err := tx.Queue(ctx, insertSchedule, schedule(fmt.Sprintf("%02d", i))...); err != nil {
					return err
				}
			}
			return tx.Each(ctx, `SELECT key, next_at FROM schedule WHERE every = $1 ORDER BY key`, func(scan func(...any) error) error {
				var k string
				var at int
				if err := scan(&k, &at); err != nil || at != 2 {
					return fmt.Errorf("%d %w", at, err)
				}
				seen = append(seen, k)
				if len(seen)%7 == 3 {
					if n, err := tx.Exec(ctx, `UPDATE schedule SET actor = $2 WHERE key = $1`, k, "x"); n != 1 || err != nil {
						return fmt.Errorf("%d %w", n, err)
					}
					var again string
					if err := scan(&again, &at); err != nil || again != k { // the row is still there
						return fmt.Errorf("%s became %s: %w", k, again, err)
					}
				}
				if len(seen)%7 == 4 {
					return tx.Each(ctx, `SELECT key FROM schedule WHERE key > $1 ORDER BY key LIMIT 3`, func(scan func(...any) error) error {
						var after string
						if err := scan(&after); err != nil || after <= k {
							return fmt.Errorf("%s after %s: %w", after, k, err)
						}
						_, err := tx.Row(ctx, []any{&at}, `SELECT 1`)
						return err
					}, k)
				}
				return nil
			}, 1)
		})
		if err != nil || len(seen) != 50 || !slices.IsSorted(seen) {
			t.Errorf("%q %v", seen, err)
		}
		if n := count(t, h.DB, `SELECT count(*) FROM schedule WHERE actor = 'x'`); n != 7 {
			t.Errorf("%d were changed", n)
		}
		stop := errors.New("stop")
		err = h.Transact(ctx, func(tx *sqldb.Tx) error {
			err := tx.Each(ctx, `SELECT key FROM schedule`, func(func(...any) error) error { return stop })
			if !errors.Is(err, stop) {
				t.Errorf("%v", err)
			}
			_, err = tx.Exec(ctx, `DELETE FROM schedule`) // it goes on after rows that were not read to their end
			return err
		})
		if err != nil || len(keys(t, h.DB)) > 0 {
			t.Error(err)
		}
	})
}

// What fails, is a panic or is cancelled leaves nothing.
func TestNothing(t *testing.T) {
	both(t, func(t *testing.T, h home) {
		stop := errors.New("stop")
		put := func(ctx context.Context, tx *sqldb.Tx) {
			if _, err := tx.Exec(ctx, insertSchedule, schedule("a")...); err != nil {
				t.Error(err)
			}
		}
		if err := h.Transact(t.Context(), func(tx *sqldb.Tx) error { put(t.Context(), tx); return stop }); !errors.Is(err, stop) {
			t.Error(err)
		}
		func() {
			defer func() {
				if recover() != "oh" {
					t.Error("the panic is gone")
				}
			}()
			_ = h.Transact(t.Context(), func(tx *sqldb.Tx) error { put(t.Context(), tx); panic("oh") })
		}()
		ctx, cancel := context.WithCancel(t.Context())
		if err := h.Transact(ctx, func(tx *sqldb.Tx) error { put(ctx, tx); cancel(); return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled before the commit: %v", err)
		}
		if err := h.Transact(ctx, func(*sqldb.Tx) error { t.Error("it runs"); return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled before: %v", err)
		}
		ctx, cancel = context.WithCancel(t.Context())
		err := h.Transact(ctx, func(tx *sqldb.Tx) error {
			put(ctx, tx)
			cancel()
			_, err := tx.Exec(ctx, insertSchedule, schedule("b")...)
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled within: %v", err)
		}
		err = h.Read(t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Exec(t.Context(), insertSchedule, schedule("c")...); return err })
		if fault.KindOf(err) != fault.Denied {
			t.Errorf("a reading wrote: %v", err)
		}
		if list := keys(t, h.DB); len(list) > 0 {
			t.Errorf("%q", list)
		}
		if err := h.Transact(t.Context(), func(*sqldb.Tx) error { return nil }); err != nil {
			t.Errorf("nothing to do: %v", err)
		}
	})
}

// TestLast: the end of a transaction goes with the query that is said to be the last, and nothing comes after it.
func TestLast(t *testing.T) {
	both(t, func(t *testing.T, h home) {
		ctx := t.Context()
		for _, k := range []string{"a", "b"} {
			if err := h.Transact(ctx, func(tx *sqldb.Tx) error {
				tx.Last() // says nothing in one that writes
				_, err := tx.Exec(ctx, insertSchedule, schedule(k)...)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			n, seen := 0, []string(nil)
			err := h.Read(ctx, func(tx *sqldb.Tx) error {
				if _, err := tx.Row(ctx, []any{&n}, `SELECT COUNT(*) FROM schedule`); err != nil {
					return err
				}
				tx.Last()
				return tx.Each(ctx, `SELECT key FROM schedule ORDER BY key`, func(scan func(...any) error) error {
					var k string
					seen = append(seen, "")
					err := scan(&k)
					seen[len(seen)-1] = k
					return err
				})
			})
			if err != nil || n != 2 || !slices.Equal(seen, []string{"a", "b"}) {
				t.Fatalf("%d, %v: %v", n, seen, err)
			}
		}
		stop := errors.New("stop")
		if err := h.Read(ctx, func(tx *sqldb.Tx) error { // halfway
			tx.Last()
			return tx.Each(ctx, `SELECT key FROM schedule`, func(func(...any) error) error { return stop })
		}); !errors.Is(err, stop) {
			t.Error(err)
		}
		if err := h.Read(ctx, func(tx *sqldb.Tx) error {
			tx.Last()
			_, err := tx.Row(ctx, []any{new(int)}, `SELECT nothing FROM nowhere`)
			return err
		}); fault.KindOf(err) != fault.Internal {
			t.Error(err)
		}
		if h.Engine() == sqldb.PostgreSQL {
			if err := h.Read(ctx, func(tx *sqldb.Tx) error {
				tx.Last()
				if _, err := tx.Row(ctx, []any{new(int)}, `SELECT 1`); err != nil {
					return err
				}
				_, err := tx.Row(ctx, []any{new(int)}, `SELECT 1`)
				return err
			}); err == nil {
				t.Error("it went on behind its end")
			}
		}
		if got := keys(t, h.DB); !slices.Equal(got, []string{"a", "b"}) { // the connections are good
			t.Error(got)
		}
	})
}
