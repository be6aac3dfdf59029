package sqldb

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"c4arch/internal/base/secret"
)

// A file that was built is opened like any other, and nothing lies beside it; what is there is not built over.
func TestBuild(t *testing.T) {
	key := secret.New(bytes.Repeat([]byte{7}, secret.Size))
	for _, o := range []Options{{}, {Key: key}} {
		dir := t.TempDir()
		path := filepath.Join(dir, "x.db")
		steps := []Migration{{Number: 1, Name: "a", SQL: "CREATE TABLE a (x)"}, {Number: 2, Name: "b", SQL: "CREATE TABLE b (x)"}}
		err := Build(t.Context(), path, o, func(db *DB) error {
			if err := db.Migrate(t.Context(), steps); err != nil {
				return err
			}
			return db.Transact(t.Context(), func(tx *Tx) error { _, err := tx.Exec(t.Context(), `INSERT INTO a VALUES (1)`); return err })
		})
		if err != nil {
			t.Fatal(err)
		}
		if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
			t.Errorf("%v %v", list, err)
		}
		db, err := Open(t.Context(), path, false, o)
		if err != nil {
			t.Fatal(err)
		}
		if number(t, db, `SELECT count(*) FROM a`) != 1 || number(t, db, `PRAGMA user_version`) != 2 || number(t, db, `PRAGMA synchronous`) != 2 {
			t.Error("it is not what was built")
		}
		mode := ""
		if err := db.Read(t.Context(), func(tx *Tx) error { _, err := tx.Row(t.Context(), []any{&mode}, `PRAGMA journal_mode`); return err }); err != nil || mode != "wal" {
			t.Errorf("journal %q %v", mode, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err := Build(t.Context(), path, o, func(*DB) error { return nil }); err == nil {
			t.Error("it was built over")
		}
	}
	broken := errors.New("broken")
	if err := Build(t.Context(), filepath.Join(t.TempDir(), "x.db"), Options{}, func(*DB) error { return broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
	if err := Build(t.Context(), filepath.Join(t.TempDir(), "x.db"), Options{Key: secret.New([]byte("short"))}, func(*DB) error { return nil }); err == nil {
		t.Error("a short key is taken")
	}
}
