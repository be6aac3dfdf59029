package sqldb_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/store/schema"
	"c4arch/internal/store/sqldb"
	"c4arch/test/pg"
)

// Replicas that start at once prepare the database once.
func TestPrepareTogether(t *testing.T) {
	d := pg.Empty(t)
	s := d.Connect(t, nil)
	steps, _, err := schema.ForServer()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CheckSteps(t.Context(), steps); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "prepare") {
		t.Errorf("an empty database: %v", err)
	}
	done := make(chan error)
	for range 4 {
		go func() { done <- d.Prepare(t.Context()) }()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if err := schema.Check(t.Context(), s); err != nil {
		t.Error(err)
	}
	var n int
	if err := s.Bare(t.Context(), &n, "SELECT count(*) FROM "+sqldb.StepTable); err != nil || n != len(steps) {
		t.Errorf("%d steps, %v", n, err)
	}
}

func reads(string) string { return "SELECT" }

// Another role gets all rights and no more, whoever had them before.
func TestPrepareAnotherRole(t *testing.T) {
	d := pg.Start(t)
	ctx := t.Context()
	role := "r_next_" + d.Name
	create := "CREATE ROLE " + role + " LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOINHERIT"
	if err := d.Server.Exec(ctx, d.Name, create, "GRANT TRUNCATE ON c4arch.job TO "+role); err != nil {
		t.Fatal(err)
	}
	if err := schema.Prepare(ctx, d.Options(pg.Owner), role); err != nil {
		t.Fatal(err)
	}
	s, err := sqldb.Connect(ctx, d.Options(role))
	if err != nil {
		t.Fatal(err)
	}
	list, err := schema.ProbeServer(ctx, s)
	s.Close()
	if err != nil || len(list) < 100 {
		t.Errorf("%d observations, %v", len(list), err)
	}
	for _, o := range list {
		if !o.OK {
			t.Errorf("%s: %s: %s", o.Table, o.What, o.Detail)
		}
	}
	if err := d.Server.Exec(ctx, d.Name, "DROP OWNED BY "+role, "DROP ROLE "+role); err != nil {
		t.Error(err)
	}
}

func TestPrepareErrors(t *testing.T) {
	d := pg.Empty(t)
	ctx := t.Context()
	o := d.Options(pg.Owner)
	step := func(n int, name, digest string, text ...string) sqldb.ServerStep {
		s := sqldb.ServerStep{Number: n, Name: name, Digest: digest}
		for _, x := range text {
			s.Do = append(s.Do, sqldb.Statement{SQL: x})
		}
		return s
	}
	one, two := step(1, "a", "d1", `CREATE TABLE a (x bigint)`), step(2, "b", "d2", `CREATE TABLE b (x bigint)`)
	if err := sqldb.Prepare(ctx, o, "nobody_has_this", nil, reads); fault.KindOf(err) != fault.NotFound || !strings.Contains(err.Error(), "CREATE ROLE") {
		t.Errorf("no such role: %v", err)
	}
	if err := sqldb.Prepare(ctx, o, `x"; DROP TABLE`, nil, reads); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a name that is none: %v", err)
	}
	if err := sqldb.Prepare(ctx, d.Options(pg.App), pg.App, nil, reads); fault.KindOf(err) != fault.Denied {
		t.Errorf("as the application: %v", err)
	}
	broken := step(2, "b", "d2", `CREATE TABLE c (x bigint)`, `CREATE TABLE oh no`)
	if err := sqldb.Prepare(ctx, o, pg.App, []sqldb.ServerStep{one, broken}, reads); fault.KindOf(err) != fault.Internal || !strings.Contains(err.Error(), "0002_b") {
		t.Errorf("a broken step: %v", err)
	}
	s := d.Connect(t, nil)
	var there bool
	if err := s.Bare(ctx, &there, `SELECT to_regclass('c4arch.a') IS NOT NULL AND to_regclass('c4arch.c') IS NULL`); err != nil || !there {
		t.Errorf("half a step was done: %v", err)
	}
	for range 2 {
		if err := sqldb.Prepare(ctx, o, pg.App, []sqldb.ServerStep{one, two}, reads); err != nil {
			t.Fatal(err)
		}
	}
	for name, x := range map[string]struct {
		steps []sqldb.ServerStep
		kind  fault.Kind
	}{
		"another text":    {[]sqldb.ServerStep{one, step(2, "b", "d3")}, fault.Internal},
		"another name":    {[]sqldb.ServerStep{step(1, "c", "d1"), two}, fault.Internal},
		"an older c4arch": {[]sqldb.ServerStep{one}, fault.Invalid},
	} {
		if err := sqldb.Prepare(ctx, o, pg.App, x.steps, reads); fault.KindOf(err) != x.kind {
			t.Errorf("%s prepares: %v", name, err)
		}
		if err := s.CheckSteps(ctx, x.steps); fault.KindOf(err) != x.kind {
			t.Errorf("%s runs: %v", name, err)
		}
	}
	if err := s.CheckSteps(ctx, []sqldb.ServerStep{one, two, step(3, "c", "d3")}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a newer c4arch runs: %v", err)
	}
	if err := d.Server.Exec(ctx, d.Name, "DELETE FROM "+sqldb.StepTable+" WHERE number = 1"); err != nil {
		t.Fatal(err)
	}
	if err := sqldb.Prepare(ctx, o, pg.App, []sqldb.ServerStep{one, two}, reads); fault.KindOf(err) != fault.Internal || !strings.Contains(err.Error(), "0001") {
		t.Errorf("a gap: %v", err)
	}
}

// A step that changes rows changes those of each home under its own organisation, as in a file.
func TestPrepareRows(t *testing.T) {
	d := pg.Start(t)
	ctx := t.Context()
	s := d.Connect(t, nil)
	orgs := []id.Org{id.Platform, org, other}
	for i, o := range orgs {
		if err := s.Home(o).Transact(ctx, func(tx *sqldb.Tx) error {
			_ = tx.Queue(ctx, `INSERT INTO ledger_head (size, frontier, at) VALUES (0, $1, 0)`, []byte{})
			if o != id.Platform {
				_ = tx.Queue(ctx, `INSERT INTO home (version, next_pack, next_snapshot, next_baseline, created_at) VALUES (1, 1, 1, 1, $1)`, i)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	steps, rights, err := schema.ForServer()
	if err != nil {
		t.Fatal(err)
	}
	notPlatform := func(o string) bool { return o != string(id.Platform) }
	steps = append(steps, sqldb.ServerStep{Number: len(steps) + 1, Name: "rows", Digest: "d", Do: []sqldb.Statement{
		{SQL: `INSERT INTO project (id, slug, name, archived, created_at, version) SELECT 'local', 'local', '', 0, created_at, 1 FROM home`, Homes: notPlatform},
		{SQL: `UPDATE ledger_head SET at = at + 1`, Homes: func(string) bool { return true }},
	}})
	if err := sqldb.Prepare(ctx, d.Options(pg.Owner), pg.App, steps, rights); err != nil {
		t.Fatal(err)
	}
	for i, o := range orgs {
		var at, made, n int
		err := s.Home(o).Read(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Row(ctx, []any{&at}, `SELECT at FROM ledger_head`)
			if err == nil {
				_, err = tx.Row(ctx, []any{&n, &made}, `SELECT count(*), coalesce(max(created_at), 0) FROM project`)
			}
			return err
		})
		if want := min(i, 1); err != nil || at != 1 || n != want || made != i {
			t.Errorf("%s: at %d, %d projects of %d: %v", o, at, n, made, err)
		}
	}
	var forced bool
	if err := s.Bare(ctx, &forced, `SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'c4arch'::regnamespace`); err != nil || !forced {
		t.Errorf("row security is not forced any more: %v", err)
	}
}

// A file of an older schema is brought forward with what is in it; steps of other homes are counted only.
func TestMigrateFile(t *testing.T) {
	ctx := t.Context()
	db, err := sqldb.Open(ctx, t.TempDir()+"/home.db", true, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // the test is over
	steps, err := schema.ForFile(id.Local)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(ctx, steps[:1]); err != nil {
		t.Fatal(err)
	}
	if err := db.Transact(ctx, func(tx *sqldb.Tx) error {
		for _, text := range []string{
			`INSERT INTO home (version, next_pack, next_snapshot, next_baseline, created_at) VALUES (1, 1, 2, 2, 7)`,
			`INSERT INTO snapshot (seq, id, digest, root, series, name, collected_at, recorded_at, method, key_id, scope, resources, not_read, fresh, overlay, overlay_name, model)
				VALUES (1, 's1', '', '', '', '', 1, 1, '', '', '', 1, 1, 1, '', '', '')`,
			`INSERT INTO manifest (snapshot, depth, digest, data) VALUES (1, 1, x'00', x'00')`,
			`INSERT INTO baseline (seq, id, snapshot, approval, seal, overlay_name, digest) VALUES (1, 'b1', 1, '', '', '', '')`,
			`INSERT INTO seen (baseline, finding, first_at, last_at) VALUES (1, 'f', 1, 1)`,
		} {
			if _, err := tx.Exec(ctx, text); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := schema.Migrate(ctx, db, id.Local); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := db.Version(ctx); err != nil || n != len(steps) {
		t.Errorf("version %d, %v", n, err)
	}
	for query, want := range map[string]int{
		`SELECT count(*) FROM seen JOIN baseline ON baseline.seq = seen.baseline WHERE seen.project = 'local' AND baseline.project = 'local'`: 1,
		`SELECT created_at FROM project WHERE id = 'local'`:           7,
		`SELECT count(*) FROM manifest`:                               1,
		`SELECT count(*) FROM sqlite_master WHERE name = 'directory'`: 0,
		`SELECT count(*) FROM sqlite_master WHERE name LIKE 'old%'`:   0,
		`SELECT count(*) FROM pragma_foreign_key_check()`:             0,
		`SELECT foreign_keys FROM pragma_foreign_keys`:                1,
	} {
		if n := count(t, db, query); n != want {
			t.Errorf("%s: %d, not %d", query, n, want)
		}
	}
	bad := append(slices.Clone(steps), sqldb.Migration{Number: len(steps) + 1, Name: "torn", SQL: `DELETE FROM snapshot`})
	if err := db.Migrate(ctx, bad); fault.KindOf(err) != fault.Internal || !strings.Contains(err.Error(), fmt.Sprintf("%04d_torn", len(bad))) {
		t.Errorf("a step that leaves references behind: %v", err)
	}
	if n := count(t, db, `SELECT count(*) FROM snapshot`); n != 1 {
		t.Error("it was done")
	}
}
