package pg

import (
	"testing"

	"c4arch/internal/base/id"
	"c4arch/internal/store/schema"
	"c4arch/internal/store/sqldb"
)

// A database is prepared, the application role is accepted, and two databases do not see each other.
func TestStart(t *testing.T) {
	for range 2 {
		s := Start(t).Connect(t, nil)
		if err := schema.Check(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		db := s.Home(id.Platform)
		if err := db.Transact(t.Context(), func(tx *sqldb.Tx) error {
			n, err := tx.Exec(t.Context(), `INSERT INTO setting (name, sealed, at) VALUES ($1, $2, $3)`, "a", []byte{1}, 1)
			if n != 1 {
				t.Errorf("%d rows", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// What was committed is there after a kill.
func TestKill(t *testing.T) {
	server := Run(t, Options{Fsync: true})
	d := server.Database(t)
	write := func(name string) {
		s := d.Connect(t, nil)
		defer s.Close()
		if err := s.Home(id.Platform).Transact(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO setting (name, sealed, at) VALUES ($1, $2, $3)`, name, []byte{1}, 1)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	write("a")
	for range 2 {
		if err := server.Kill(); err != nil {
			t.Fatal(err)
		}
		if server.Running() {
			t.Error("it runs")
		}
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
	}
	write("b")
	s := d.Connect(t, nil)
	n := 0
	if err := s.Home(id.Platform).Read(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Row(t.Context(), []any{&n}, `SELECT count(*) FROM setting`)
		return err
	}); err != nil || n != 2 {
		t.Errorf("%d rows, %v", n, err)
	}
}
