package sqldb

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/jackc/pgx/v5"

	"c4arch/internal/base/fault"
)

// ServerStep is one step of the schema on a server.
type ServerStep struct {
	Number int
	Name   string
	Digest string // of its text: a step that was done is never another one
	Do     []Statement
}

// Statement is one of a step.
type Statement struct {
	SQL string
	// Homes are those for which the statement is run, with their organisation set; nil means that it is run once, for the schema. Row security holds for
	// the owner of the tables too, so that a statement about rows sees those of one home at a time, as in a file.
	Homes func(org string) bool
}

// StepTable is where a server notes the steps that were done.
const StepTable = "c4arch_schema.step"

// migrationLock is the key of the advisory lock that one migration at a time holds: "c4arch" in ASCII.
const migrationLock = int64(0x633461726368)

var roleName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

// Prepare brings a database to the newest of steps, as the owner of the tables: o is how the owner connects. role is the one as which the program runs afterwards; it must
// be there, and gets the rights on each table that rights says, by the table's name, and no others. Of programs that prepare at once, one does it and the others wait.
func Prepare(ctx context.Context, o ServerOptions, role string, steps []ServerStep, rights func(table string) string) error {
	if !roleName.MatchString(role) {
		return fault.New(fault.Invalid, "the name of the application role has other letters than a to z, 0 to 9 and _").WithHelp("name it c4arch_app")
	}
	config, err := serverConfig(&o)
	if err != nil {
		return err
	}
	config.ConnConfig.RuntimeParams["search_path"] = searchPath
	config.ConnConfig.RuntimeParams["lock_timeout"] = "0"
	config.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "0"
	m := &migrator{name: serverName(config.ConnConfig), role: role, observe: o.Observe}
	if m.conn, err = pgx.ConnectConfig(ctx, config.ConnConfig); err != nil {
		return m.fault(ctx, err)
	}
	defer m.conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // with it goes the lock
	if _, err := m.conn.Exec(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
		return m.fault(ctx, err)
	}
	return m.all(ctx, steps, rights)
}

type migrator struct {
	conn    *pgx.Conn
	name    string
	role    string
	observe Observe
}

func (m *migrator) fault(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return pgFault(m.name, err)
}

func (m *migrator) all(ctx context.Context, steps []ServerStep, rights func(table string) string) error {
	if err := m.ground(ctx); err != nil {
		return err
	}
	done, err := doneSteps(ctx, m.conn)
	if err != nil {
		return m.fault(ctx, err)
	}
	if err := compareSteps(m.name, done, steps); err != nil {
		return err
	}
	if len(done) > len(steps) {
		return newer(m.name)
	}
	for i := len(done); i < len(steps); i++ {
		s := &steps[i]
		if err := m.step(ctx, s); err != nil {
			return fault.Wrap(fault.KindOf(err), err, "migration %04d_%s", s.Number, s.Name)
		}
	}
	return m.fault(ctx, m.grant(ctx, rights))
}

// grant gives the role its rights on every table, in one transaction. It does so each time: the role may be another one than before.
func (m *migrator) grant(ctx context.Context, rights func(table string) string) error {
	tx, err := m.conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after a commit it does nothing
	list, err := tx.Query(ctx, "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p') ORDER BY relname", Schema)
	if err != nil {
		return err
	}
	tables, err := pgx.CollectRows(list, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, t := range tables {
		name := pgx.Identifier{t}.Sanitize()
		for _, text := range []string{"REVOKE ALL ON " + name + " FROM PUBLIC, " + m.role, "GRANT " + rights(t) + " ON " + name + " TO " + m.role} {
			if _, err := tx.Exec(ctx, text); err != nil {
				return err
			}
		}
	}
	return tx.Commit(ctx)
}

// ground makes what the steps stand on. What is there already is left, but the rights are set anew.
func (m *migrator) ground(ctx context.Context) error {
	var there, owns bool
	err := m.conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1),
		(SELECT pg_has_role(current_user, datdba, 'MEMBER') FROM pg_database WHERE datname = current_database())`, m.role).Scan(&there, &owns)
	if err != nil {
		return m.fault(ctx, err)
	}
	if !there {
		return fault.New(fault.NotFound, "the database has no role %s", m.role).
			WithHelp("make it: CREATE ROLE %s LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT", m.role)
	}
	var list []string
	for _, name := range []string{Schema, "c4arch_schema"} {
		// Not IF NOT EXISTS: that asks for the right to make one first.
		var is bool
		if err := m.conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)", name).Scan(&is); err != nil {
			return m.fault(ctx, err)
		}
		if !is {
			list = append(list, "CREATE SCHEMA "+name)
		}
	}
	list = append(list,
		"REVOKE ALL ON SCHEMA "+Schema+" FROM PUBLIC",
		"GRANT USAGE ON SCHEMA "+Schema+" TO "+m.role,
		"REVOKE ALL ON SCHEMA c4arch_schema FROM PUBLIC",
		"GRANT USAGE ON SCHEMA c4arch_schema TO "+m.role,
		"CREATE TABLE IF NOT EXISTS "+StepTable+` (number bigint PRIMARY KEY, name text NOT NULL, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
		"REVOKE ALL ON "+StepTable+" FROM PUBLIC",
		"GRANT SELECT ON "+StepTable+" TO "+m.role,
	)
	if owns {
		list = append(list, "DO $$ BEGIN EXECUTE format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$")
	}
	for _, text := range list {
		if _, err := m.conn.Exec(ctx, text); err != nil {
			return m.fault(ctx, err)
		}
	}
	return nil
}

// doneStep is a line of the table of steps.
type doneStep struct {
	number       int
	name, digest string
}

func doneSteps(ctx context.Context, q interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
},
) ([]doneStep, error) {
	list, err := q.Query(ctx, "SELECT number, name, digest FROM "+StepTable+" ORDER BY number")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(list, func(r pgx.CollectableRow) (s doneStep, err error) { return s, r.Scan(&s.number, &s.name, &s.digest) })
}

// compareSteps sees that what was done is what is known here.
func compareSteps(name string, done []doneStep, steps []ServerStep) error {
	for i, d := range done {
		switch {
		case d.number != i+1:
			return fault.New(fault.Internal, "the database %s: migration %04d was not done, but a later one was", name, i+1).WithHelp("restore it from a backup")
		case i < len(steps) && (d.digest != steps[i].Digest || d.name != steps[i].Name):
			return fault.New(fault.Internal, "the database %s: migration %04d_%s was done as %s, with another text", name, steps[i].Number, steps[i].Name, d.name).
				WithHelp("use the version of c4arch that prepared it, or a newer one")
		}
	}
	return nil
}

func newer(name string) error {
	return fault.New(fault.Invalid, "the database %s was made by a newer c4arch", name).WithHelp("use that version, or a newer one")
}

func (m *migrator) step(ctx context.Context, s *ServerStep) error {
	tx, err := m.conn.Begin(ctx)
	if err != nil {
		return m.fault(ctx, err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after a commit it does nothing
	for _, st := range s.Do {
		if m.observe != nil {
			m.observe(ctx, st.SQL)
		}
		if st.Homes == nil {
			_, err = tx.Exec(ctx, st.SQL)
		} else {
			err = eachHome(ctx, tx, st)
		}
		if err != nil {
			return m.fault(ctx, err)
		}
	}
	if _, err := tx.Exec(ctx, "INSERT INTO "+StepTable+" (number, name, digest) VALUES ($1, $2, $3)", s.Number, s.Name, s.Digest); err != nil {
		return m.fault(ctx, err)
	}
	return m.fault(ctx, tx.Commit(ctx))
}

// eachHome runs a statement once for each home that is there.
func eachHome(ctx context.Context, tx pgx.Tx, st Statement) error {
	homes, err := homesOf(ctx, tx)
	if err != nil {
		return err
	}
	for _, org := range homes {
		if !st.Homes(org) {
			continue
		}
		if _, err := tx.Exec(ctx, setOrg, org); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, st.SQL); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, setOrg, "")
	return err
}

// homesOf lists the homes by the tables that have a row for each. Only here, and only until the end of the transaction, the owner
// is let past row security, which holds for all others meanwhile.
func homesOf(ctx context.Context, tx pgx.Tx) ([]string, error) {
	seen := map[string]bool{}
	var homes []string
	for _, table := range []string{"home", "ledger_head"} {
		var there bool
		if err := tx.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, Schema+"."+table).Scan(&there); err != nil {
			return nil, err
		}
		if !there {
			continue
		}
		if _, err := tx.Exec(ctx, "ALTER TABLE "+table+" NO FORCE ROW LEVEL SECURITY"); err != nil {
			return nil, err
		}
		list, err := tx.Query(ctx, fmt.Sprintf("SELECT org_id FROM %s ORDER BY org_id", table))
		if err != nil {
			return nil, err
		}
		names, err := pgx.CollectRows(list, pgx.RowTo[string])
		if _, e := tx.Exec(ctx, "ALTER TABLE "+table+" FORCE ROW LEVEL SECURITY"); err != nil || e != nil {
			return nil, errors.Join(err, e)
		}
		for _, n := range names {
			if !seen[n] {
				seen[n] = true
				homes = append(homes, n)
			}
		}
	}
	return homes, nil
}

// CheckSteps sees that the schema is the one that is known here: as new, and with the same texts.
func (s *Server) CheckSteps(ctx context.Context, steps []ServerStep) error {
	done, err := doneSteps(ctx, s.pool)
	if err != nil {
		err = pgFault(s.name, err)
		if c := Code(err); c == "42P01" || c == "3F000" || c == "42501" {
			return unprepared(s.name)
		}
		return err
	}
	if err := compareSteps(s.name, done, steps); err != nil {
		return err
	}
	switch {
	case len(done) > len(steps):
		return newer(s.name)
	case len(done) < len(steps):
		return unprepared(s.name)
	}
	return nil
}

func unprepared(name string) error {
	return fault.New(fault.Invalid, "the database %s has not been prepared for this version", name).WithHelp("prepare it as the owner of its tables: c4arch migrate, or serve with --database-owner")
}
