package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/store/sqldb"
)

// A statement that failed fails the transaction, even where its error is swallowed.
func TestPoisoned(t *testing.T) {
	both(t, func(t *testing.T, h home) {
		ctx := t.Context()
		err := h.Transact(ctx, func(tx *sqldb.Tx) error {
			_, _ = tx.Exec(ctx, insertSchedule, schedule("a")...)
			if _, err := tx.Exec(ctx, insertSchedule, schedule("a")...); fault.KindOf(err) != fault.Conflict {
				t.Errorf("the same twice: %v", err)
			}
			var n int
			if _, err := tx.Row(ctx, []any{&n}, `SELECT 1`); fault.KindOf(err) != fault.Conflict {
				t.Errorf("it goes on: %v", err)
			}
			if err := tx.Savepoint(ctx, func(*sqldb.Tx) error { t.Error("it goes on"); return nil }); fault.KindOf(err) != fault.Conflict {
				t.Errorf("it goes on: %v", err)
			}
			return nil
		})
		if fault.KindOf(err) != fault.Conflict || len(keys(t, h.DB)) > 0 {
			t.Errorf("%v", err)
		}
		err = h.Transact(ctx, func(tx *sqldb.Tx) error {
			_ = tx.Queue(ctx, insertSchedule, schedule("a")...)
			_ = tx.Queue(ctx, insertSchedule, schedule("a")...)
			return nil
		})
		if fault.KindOf(err) != fault.Conflict || len(keys(t, h.DB)) > 0 {
			t.Errorf("queued: %v", err)
		}
		err = h.Transact(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `SELECT nothing FROM nowhere`)
			return err
		})
		if fault.KindOf(err) != fault.Internal {
			t.Errorf("a wrong query: %v", err)
		}
	})
}

func TestSavepoint(t *testing.T) {
	both(t, func(t *testing.T, h home) {
		ctx := t.Context()
		stop := errors.New("stop")
		put := func(tx *sqldb.Tx, k string) error { _, err := tx.Exec(ctx, insertSchedule, schedule(k)...); return err }
		later := func(tx *sqldb.Tx, k string) error { return tx.Queue(ctx, insertSchedule, schedule(k)...) }
		err := h.Transact(ctx, func(tx *sqldb.Tx) error {
			// Before anything was sent: nothing done, something wrong, something kept.
			if err := tx.Savepoint(ctx, func(*sqldb.Tx) error { return nil }); err != nil {
				return err
			}
			if err := tx.Savepoint(ctx, func(tx *sqldb.Tx) error { _, err := tx.Exec(ctx, `no sql`); return err }); fault.KindOf(err) != fault.Internal {
				t.Errorf("no SQL: %v", err)
			}
			if err := tx.Savepoint(ctx, func(tx *sqldb.Tx) error { return errors.Join(later(tx, "no1"), stop) }); !errors.Is(err, stop) {
				t.Error(err)
			}
			if err := tx.Savepoint(ctx, func(tx *sqldb.Tx) error { return put(tx, "a") }); err != nil {
				return err
			}
			// A conflict fails the savepoint only.
			err := tx.Savepoint(ctx, func(tx *sqldb.Tx) error { return errors.Join(put(tx, "no2"), put(tx, "a")) })
			if fault.KindOf(err) != fault.Conflict {
				t.Errorf("a conflict: %v", err)
			}
			// One that was swallowed as well, and one of a statement nobody waited for.
			err = tx.Savepoint(ctx, func(tx *sqldb.Tx) error { _ = put(tx, "a"); return nil })
			if fault.KindOf(err) != fault.Conflict {
				t.Errorf("a swallowed conflict: %v", err)
			}
			err = tx.Savepoint(ctx, func(tx *sqldb.Tx) error { _ = later(tx, "no3"); _ = later(tx, "a"); return nil })
			if fault.KindOf(err) != fault.Conflict {
				t.Errorf("a queued conflict: %v", err)
			}
			// One that comes at once after another that is kept, with statements that no connection has seen yet.
			for i, text := range []string{`no sql`, `SELECT 1 FROM nowhere`, `UPDATE schedule SET nothing = $1`} {
				k := fmt.Sprintf("e%d", i)
				if err := tx.Savepoint(ctx, func(tx *sqldb.Tx) error { return put(tx, k) }); err != nil {
					return err
				}
				if err := tx.Savepoint(ctx, func(tx *sqldb.Tx) error { _, err := tx.Row(ctx, []any{new(int)}, text); return err }); fault.KindOf(err) != fault.Internal {
					t.Errorf("%s: %v", text, err)
				}
				if err := tx.Savepoint(ctx, func(tx *sqldb.Tx) error { return tx.Queue(ctx, text+` `) }); fault.KindOf(err) != fault.Internal {
					t.Errorf("%s, queued: %v", text, err)
				}
				if err := tx.Savepoint(ctx, func(tx *sqldb.Tx) error {
					return tx.Savepoint(ctx, func(tx *sqldb.Tx) error { _, err := tx.Exec(ctx, text+`  `); return err })
				}); fault.KindOf(err) != fault.Internal {
					t.Errorf("%s, inside: %v", text, err)
				}
			}
			// One in another.
			err = tx.Savepoint(ctx, func(tx *sqldb.Tx) error {
				if err := put(tx, "b"); err != nil {
					return err
				}
				if err := tx.Savepoint(ctx, func(tx *sqldb.Tx) error { return errors.Join(put(tx, "no4"), stop) }); !errors.Is(err, stop) {
					t.Error(err)
				}
				return tx.Savepoint(ctx, func(tx *sqldb.Tx) error { return later(tx, "c") })
			})
			if err != nil {
				return err
			}
			err = tx.Savepoint(ctx, func(tx *sqldb.Tx) error {
				if err := tx.Savepoint(ctx, func(tx *sqldb.Tx) error { return put(tx, "no5") }); err != nil {
					return err
				}
				return stop
			})
			if !errors.Is(err, stop) {
				t.Error(err)
			}
			// An error of reading what came is not one of the database.
			err = tx.Savepoint(ctx, func(tx *sqldb.Tx) error {
				_, err := tx.Row(ctx, []any{new(int)}, `SELECT 'x'`)
				return err
			})
			if fault.KindOf(err) != fault.Internal {
				t.Error(err)
			}
			return later(tx, "d")
		})
		if list := keys(t, h.DB); err != nil || !slices.Equal(list, []string{"a", "b", "c", "d", "e0", "e1", "e2"}) {
			t.Errorf("%q %v", list, err)
		}
	})
}

// Both engines run the same statements for the same calls.
func TestObserve(t *testing.T) {
	var mu sync.Mutex
	var said []string
	var all [][]string
	observed(t, func(_ context.Context, text string) { mu.Lock(); said = append(said, text); mu.Unlock() }, func(t *testing.T, h home) {
		ctx := t.Context()
		said = nil
		_ = h.Transact(ctx, func(tx *sqldb.Tx) error {
			_ = tx.Queue(ctx, insertSchedule, schedule("a")...)
			_ = tx.Savepoint(ctx, func(tx *sqldb.Tx) error { _, err := tx.Exec(ctx, insertSchedule, schedule("a")...); return err })
			return tx.Savepoint(ctx, func(*sqldb.Tx) error { return nil })
		})
		_ = h.Read(ctx, func(tx *sqldb.Tx) error {
			_, _ = tx.Row(ctx, []any{new(int)}, `SELECT $1`, "secret")
			return errors.New("stop")
		})
		all = append(all, said)
	})
	want := []string{"BEGIN", insertSchedule, "SAVEPOINT", insertSchedule, "ROLLBACK TO", "SAVEPOINT", "RELEASE", "COMMIT", "BEGIN", "SELECT $1", "ROLLBACK"}
	for i, list := range all {
		if !slices.Equal(list, want) {
			t.Errorf("%d: %q", i, list)
		}
	}
}

// One waits for the other, and what both count is right.
func TestTogether(t *testing.T) {
	both(t, func(t *testing.T, h home) {
		ctx := t.Context()
		if err := h.Transact(ctx, func(tx *sqldb.Tx) error { _, err := tx.Exec(ctx, insertSchedule, schedule("a")...); return err }); err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		for range 8 {
			go func() {
				for range 10 {
					if err := h.Transact(ctx, func(tx *sqldb.Tx) error {
						var n int
						if _, err := tx.Row(ctx, []any{&n}, `SELECT next_at FROM schedule WHERE key = $1`+tx.ForUpdate(), "a"); err != nil {
							return err
						}
						_, err := tx.Exec(ctx, `UPDATE schedule SET next_at = $1 WHERE key = $2`, n+1, "a")
						return err
					}); err != nil {
						done <- err
						return
					}
				}
				done <- nil
			}()
		}
		for range 8 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if n := count(t, h.DB, `SELECT next_at FROM schedule`); n != 82 {
			t.Errorf("%d, not 82", n)
		}
		// A reading sees one state.
		if err := h.Read(ctx, func(tx *sqldb.Tx) error {
			var before, after int
			_, err := tx.Row(ctx, []any{&before}, `SELECT count(*) FROM schedule`)
			err = errors.Join(err, h.Transact(ctx, func(tx *sqldb.Tx) error { _, err := tx.Exec(ctx, insertSchedule, schedule("b")...); return err }))
			_, err2 := tx.Row(ctx, []any{&after}, `SELECT count(*) FROM schedule`)
			if before != after {
				t.Errorf("%d became %d", before, after)
			}
			return errors.Join(err, err2)
		}); err != nil {
			t.Error(err)
		}
	})
}
