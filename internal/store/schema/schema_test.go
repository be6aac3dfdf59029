package schema_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/store/schema"
	"c4arch/internal/store/sqldb"
	"c4arch/test/pg"
)

func file(t testing.TB, org id.Org, o sqldb.Options) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), filepath.Join(t.TempDir(), "home.db"), true, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := schema.Migrate(t.Context(), db, org); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestFile(t *testing.T) {
	for _, org := range []id.Org{id.Local, id.Platform, "og_01hzzzzzzzzzzzzzzzzzzzzzzz"} {
		file(t, org, sqldb.Options{})
	}
}

func bad(t *testing.T, list []schema.Observation, err error) (n int) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		if !o.OK {
			n++
			t.Errorf("%s: %s: %s", o.Table, o.What, o.Detail)
		}
	}
	return n
}

func TestProbeFile(t *testing.T) {
	for _, org := range []id.Org{id.Local, id.Platform, "og_01hzzzzzzzzzzzzzzzzzzzzzzz"} {
		db := file(t, org, sqldb.Options{})
		list, err := schema.ProbeFile(t.Context(), db, org)
		bad(t, list, err)
		t.Logf("%s: %d observations", org, len(list))
	}
}

func TestProbeServer(t *testing.T) {
	list, err := schema.ProbeServer(t.Context(), pg.Start(t).Connect(t, nil))
	bad(t, list, err)
	t.Logf("%d observations", len(list))
}

// Of the platform there are real rows, and one of them can have the keys that the probe's has.
func TestProbeServerWithRows(t *testing.T) {
	d := pg.Start(t)
	row := `INSERT INTO c4arch.subprocessor_list (org_id, number, at, digest, events, entries) VALUES ('` + string(id.Platform) + `', 1, 1, 'd', '[]', '[]')`
	if err := d.Server.Exec(t.Context(), d.Name, row); err != nil {
		t.Fatal(err)
	}
	s := d.Connect(t, nil)
	list, err := schema.ProbeServer(t.Context(), s)
	bad(t, list, err)
	if err := d.Server.Exec(t.Context(), d.Name, "ALTER POLICY home ON c4arch.subprocessor_list USING (true) WITH CHECK (true)"); err != nil {
		t.Fatal(err)
	}
	list, err = schema.ProbeServer(t.Context(), s)
	if err != nil || !find(list, "subprocessor_list", "another organisation sees no row") || !find(list, "subprocessor_list", "another organisation writes no row of its") {
		t.Errorf("without its policy nobody says so: %v", err)
	}
}

// find reports whether an observation about a table has failed.
func find(list []schema.Observation, table, what string) bool {
	return slices.ContainsFunc(list, func(o schema.Observation) bool {
		return o.Table == table && strings.Contains(o.What, what) && !o.OK && o.Detail != ""
	})
}

// Each thing that a probe looks at is seen to fail when it is not so.
func TestProbeServerFails(t *testing.T) {
	d := pg.Start(t)
	as := "GRANT " + pg.Owner + " TO " + pg.App
	for _, x := range []struct{ table, what, do, undo string }{
		{"job", "forced", `ALTER TABLE c4arch.job NO FORCE ROW LEVEL SECURITY`, `ALTER TABLE c4arch.job FORCE ROW LEVEL SECURITY`},
		{"job", "forced", `ALTER TABLE c4arch.job DISABLE ROW LEVEL SECURITY`, `ALTER TABLE c4arch.job ENABLE ROW LEVEL SECURITY`},
		{"job", "another organisation sees no row", `ALTER TABLE c4arch.job DISABLE ROW LEVEL SECURITY`, `ALTER TABLE c4arch.job ENABLE ROW LEVEL SECURITY`},
		{"job", "nobody sees no row", `ALTER TABLE c4arch.job DISABLE ROW LEVEL SECURITY`, `ALTER TABLE c4arch.job ENABLE ROW LEVEL SECURITY`},
		{"job", "another organisation changes no row: DELETE", `ALTER TABLE c4arch.job DISABLE ROW LEVEL SECURITY`, `ALTER TABLE c4arch.job ENABLE ROW LEVEL SECURITY`},
		{"job", "another organisation changes no row: UPDATE", `ALTER TABLE c4arch.job DISABLE ROW LEVEL SECURITY`, `ALTER TABLE c4arch.job ENABLE ROW LEVEL SECURITY`},
		{"job", "nobody writes no row of the empty", `ALTER TABLE c4arch.job DISABLE ROW LEVEL SECURITY`, `ALTER TABLE c4arch.job ENABLE ROW LEVEL SECURITY`},
		{"job", "another organisation writes no row of its", `CREATE POLICY more ON c4arch.job FOR INSERT WITH CHECK (true)`, `DROP POLICY more ON c4arch.job`},
		{"job", "its one policy", `CREATE POLICY more ON c4arch.job USING (true)`, `DROP POLICY more ON c4arch.job`},
		{"job", "its one policy", `ALTER POLICY home ON c4arch.job USING (org_id = current_setting('app.org_id', true))`, `ALTER POLICY home ON c4arch.job USING (org_id = nullif(current_setting('app.org_id', true), ''))`},
		{"job", "its own organisation can write it", `REVOKE INSERT ON c4arch.job FROM ` + pg.App, `GRANT INSERT ON c4arch.job TO ` + pg.App},
		{"job", "only read and write", `GRANT TRUNCATE ON c4arch.job TO ` + pg.App, `REVOKE TRUNCATE ON c4arch.job FROM ` + pg.App},
		{"job", "the role does not own it", as, "REVOKE " + pg.Owner + " FROM " + pg.App},
		{"", "pass by row security", as, "REVOKE " + pg.Owner + " FROM " + pg.App},
		{"", "become the owner", as, "REVOKE " + pg.Owner + " FROM " + pg.App},
		{"", "left out of a statement", "ALTER ROLE " + pg.App + " BYPASSRLS", "ALTER ROLE " + pg.App + " NOBYPASSRLS"},
		{"", "cannot make a role", "ALTER ROLE " + pg.App + " CREATEROLE", "ALTER ROLE " + pg.App + " NOCREATEROLE"},
		{"", "cannot make a table", "GRANT CREATE ON SCHEMA c4arch TO " + pg.App, "REVOKE CREATE ON SCHEMA c4arch FROM " + pg.App},
		{"", "cannot make a temporary table", "GRANT TEMPORARY ON DATABASE " + d.Name + " TO PUBLIC", "REVOKE TEMPORARY ON DATABASE " + d.Name + " FROM PUBLIC"},
		{"", "cannot delete an entry", "GRANT DELETE ON c4arch.ledger_entry TO " + pg.App, "REVOKE DELETE ON c4arch.ledger_entry FROM " + pg.App},
		{"ledger_entry", "only what is sealed", "GRANT UPDATE ON c4arch.ledger_entry TO " + pg.App, "REVOKE UPDATE ON c4arch.ledger_entry FROM " + pg.App + "; GRANT UPDATE (sealed) ON c4arch.ledger_entry TO " + pg.App},
		{"", "the list of steps", "GRANT DELETE ON c4arch_schema.step TO " + pg.App, "REVOKE DELETE ON c4arch_schema.step FROM " + pg.App},
		{"", "as the owner", "CREATE VIEW c4arch.v AS SELECT 1 AS x", "DROP VIEW c4arch.v"},
		{"", "as the owner", "CREATE FUNCTION c4arch.f() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'", "DROP FUNCTION c4arch.f()"},
		{"more", "without an organisation", "CREATE TABLE c4arch.more (x bigint)", "DROP TABLE c4arch.more"},
		{"more", "has a primary key", "CREATE TABLE c4arch.more (org_id text NOT NULL)", "DROP TABLE c4arch.more"},
		{"job", "the unique index (id) begins", "CREATE UNIQUE INDEX more ON c4arch.job (id)", "DROP INDEX c4arch.more"},
		{"job", "the index () begins", "CREATE INDEX more ON c4arch.job (lower(id))", "DROP INDEX c4arch.more"},
		{
			"token", "the reference (id) begins", "CREATE TABLE c4arch.more (id text PRIMARY KEY); ALTER TABLE c4arch.token ADD CONSTRAINT more FOREIGN KEY (id) REFERENCES c4arch.more (id)",
			"ALTER TABLE c4arch.token DROP CONSTRAINT more; DROP TABLE c4arch.more",
		},
		{
			"connection", "refers to one of another", "ALTER TABLE c4arch.connection DISABLE TRIGGER ALL", "ALTER TABLE c4arch.connection ENABLE TRIGGER ALL",
		},
	} {
		if err := d.Server.Exec(t.Context(), d.Name, x.do); err != nil {
			t.Fatal(err)
		}
		s, err := sqldb.Connect(t.Context(), d.Options(pg.App)) // a connection of its own: PostgreSQL keeps plans that it made for what the role was before
		if err != nil {
			t.Fatal(err)
		}
		list, err := schema.ProbeServer(t.Context(), s)
		s.Close()
		if err != nil || !find(list, x.table, x.what) {
			t.Errorf("after %s nobody says that it is not so that %q of %q: %v", x.do, x.what, x.table, err)
		}
		if err := d.Server.Exec(t.Context(), d.Name, strings.Split(x.undo, "; ")...); err != nil {
			t.Fatal(err)
		}
	}
	s := d.Connect(t, nil)
	list, err := schema.ProbeServer(t.Context(), s)
	bad(t, list, err)
	if err := d.Server.Exec(t.Context(), d.Name, "DROP SCHEMA c4arch CASCADE", "CREATE SCHEMA c4arch"); err != nil {
		t.Fatal(err)
	}
	if list, err := schema.ProbeServer(t.Context(), s); err == nil && !find(list, "", "there are tables") {
		t.Error("a database without tables is found sound")
	}
}

func TestProbeFileFails(t *testing.T) {
	for _, x := range []struct{ table, what, do string }{
		{"more", "without an organisation", `CREATE TABLE more (x INTEGER)`},
		{"more", "without an organisation", `CREATE TABLE more (org_id TEXT, PRIMARY KEY (org_id))`},
		{"more", "primary key", `CREATE TABLE more (org_id TEXT NOT NULL)`},
		{"more", "of another organisation is refused", `CREATE TABLE more (org_id TEXT NOT NULL, PRIMARY KEY (org_id))`},
		{"more", "of the empty organisation is refused", `CREATE TABLE more (org_id TEXT NOT NULL, PRIMARY KEY (org_id))`},
		{"more", "a row without an organisation is refused", `CREATE TABLE more (org_id TEXT, PRIMARY KEY (org_id))`},
		{"more", "rows of its organisation only", `CREATE TABLE more (org_id TEXT NOT NULL, PRIMARY KEY (org_id)); INSERT INTO more VALUES ('x')`},
		{"more", "the reference (x) begins", `CREATE TABLE more (org_id TEXT NOT NULL, x TEXT REFERENCES job (id), PRIMARY KEY (org_id))`},
		{"job", "the index (state) has", `CREATE INDEX more ON job (state)`},
		{"job", "the unique index () has", `CREATE UNIQUE INDEX more ON job (lower(id))`},
	} {
		db := file(t, id.Platform, sqldb.Options{})
		if err := db.Transact(t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Exec(t.Context(), x.do); return err }); err != nil {
			t.Fatal(err)
		}
		list, err := schema.ProbeFile(t.Context(), db, id.Platform)
		if err != nil || !find(list, x.table, x.what) {
			t.Errorf("after %s nobody says that it is not so that %q of %q: %v", x.do, x.what, x.table, err)
		}
	}
}

// The past of a ledger stays, whoever writes: on a server the owner of the tables and the superuser are kept off by the triggers alone.
func TestLedgerKept(t *testing.T) {
	entry := `INSERT INTO ledger_entry (idx, at, kind, leaf, leaf_hash, sealed) VALUES (0, 1, 'k', $1, $1, $1)`
	tile := `INSERT INTO ledger_tile (level, n, hashes) VALUES ($2, 0, $1)`
	head := `INSERT INTO ledger_head (size, frontier, at) VALUES (1, $1, 1)`
	write := func(db *sqldb.DB, query string, args ...any) error {
		return db.Transact(t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Exec(t.Context(), query, args...); return err })
	}
	d := pg.Start(t)
	owner, err := sqldb.Connect(t.Context(), d.Options(pg.Owner))
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	for name, db := range map[string]*sqldb.DB{"file": file(t, id.Local, sqldb.Options{}), "application": d.Connect(t, nil).Home(id.Local), "owner": owner.Home(id.Platform)} {
		for _, x := range []struct {
			query string
			args  []any
		}{{entry, []any{[]byte{1}}}, {tile, []any{[]byte{1}, 0}}, {tile, []any{[]byte{1}, 1}}, {head, []any{[]byte{1}}}} {
			if err := write(db, x.query, x.args...); err != nil {
				t.Fatal(name, err)
			}
		}
		for _, query := range []string{
			`DELETE FROM ledger_entry`, `UPDATE ledger_entry SET leaf = sealed || sealed`, `UPDATE ledger_entry SET idx = 7`, `UPDATE ledger_entry SET at = at + 1`,
			`UPDATE ledger_entry SET kind = ''`, `UPDATE ledger_entry SET leaf_hash = sealed || sealed`,
			`DELETE FROM ledger_tile`, `UPDATE ledger_tile SET hashes = hashes || hashes WHERE level = 0`, `UPDATE ledger_tile SET n = 1`,
			`DELETE FROM ledger_head`, `UPDATE ledger_head SET size = 0`,
		} {
			if err := write(db, query); fault.KindOf(err) != fault.Denied {
				t.Errorf("%s: %s: %v", name, query, err)
			}
		}
		if name == "file" {
			err := write(db, `INSERT OR REPLACE INTO ledger_entry (idx, at, kind, leaf, leaf_hash, sealed) VALUES (0, 1, 'k', x'02', x'02', x'02')`)
			if fault.KindOf(err) != fault.Denied {
				t.Errorf("replaced: %v", err)
			}
		} else if err := write(db, `TRUNCATE ledger_entry CASCADE`); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s empties it: %v", name, err)
		}
		for _, query := range []string{
			`UPDATE ledger_entry SET sealed = $1`, `UPDATE ledger_tile SET hashes = $1 WHERE level = 1`, `UPDATE ledger_head SET size = 2, frontier = $1`,
		} {
			if err := write(db, query, []byte{}); err != nil {
				t.Errorf("%s: %s: %v", name, query, err)
			}
		}
	}
}
