package schema

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/store/sqldb"
)

// Observation is one thing that a probe looked at.
type Observation struct {
	Table  string // "" is the database as a whole
	What   string // what should be so
	OK     bool
	Detail string // what is so instead
}

// The two organisations of probes. Nobody has them: no clock shows the time of their minting.
const (
	canaryA id.Org = "og_7zzzzzzzzzc4archpr0be0000a"
	canaryB id.Org = "og_7zzzzzzzzzc4archpr0be0000b"
)

// errProbed ends the transaction of a probe: nothing of it stays.
var errProbed = errors.New("probed")

type prober struct {
	ctx    context.Context //nolint:containedctx // of one call
	tx     *sqldb.Tx
	rows   *rows
	list   []Table
	inFile bool
	seen   []Observation
}

func (p *prober) say(table, what string, ok bool, format string, args ...any) {
	o := Observation{Table: table, What: what, OK: ok}
	if !ok {
		o.Detail = fmt.Sprintf(format, args...)
	}
	p.seen = append(p.seen, o)
}

// ProbeFile tries on the file of an organisation what must not be possible, and reads in its catalogue what must be so. Nothing of it stays.
func ProbeFile(ctx context.Context, db *sqldb.DB, org id.Org) ([]Observation, error) {
	return probe(ctx, db, func(p *prober) error {
		p.structure()
		p.file(org)
		return nil
	})
}

// ProbeServer does the same on a server as the role as which the program runs: with rows of two organisations that nobody has.
func ProbeServer(ctx context.Context, s *sqldb.Server) ([]Observation, error) {
	list, err := probe(ctx, s.Nobody(), func(p *prober) error {
		p.structure()
		p.security()
		p.role()
		return p.server()
	})
	if err != nil {
		return nil, err
	}
	err = s.CheckRole(ctx)
	o := Observation{What: "the role can neither pass by row security nor change it", OK: err == nil}
	if err != nil {
		o.Detail = err.Error()
	}
	return append(list, o), nil
}

func probe(ctx context.Context, db *sqldb.DB, fn func(p *prober) error) ([]Observation, error) {
	p := &prober{ctx: ctx, inFile: db.Engine() == sqldb.SQLite}
	var err error
	if p.rows, err = readRows(); err != nil {
		return nil, err
	}
	err = db.Transact(ctx, func(tx *sqldb.Tx) error {
		p.tx = tx
		if p.list, err = Tables(ctx, tx); err != nil {
			return err
		}
		if err := fn(p); err != nil {
			return err
		}
		return errProbed
	})
	if !errors.Is(err, errProbed) {
		return nil, err
	}
	if len(p.list) == 0 {
		p.say("", "there are tables", false, "there is none")
	}
	return p.seen, nil
}

// structure is what the catalogue of both engines must say.
func (p *prober) structure() {
	for i := range p.list {
		t := &p.list[i]
		c := t.Column("org_id")
		p.say(t.Name, "no row is without an organisation", c != nil && c.NotNull && c.Type == "text", "its column org_id is missing or may be NULL")
		primary := false
		for _, k := range t.Keys {
			primary = primary || k.Kind == Primary
			p.key(t.Name, &k)
		}
		p.say(t.Name, "it has a primary key", primary, "it has none")
	}
}

// key looks at one key. In a file, whose keys have the organisation at their end (see lastInFile), it may be there too.
func (p *prober) key(table string, k *Key) {
	named, how := k.Columns[0] == "org_id", "begins with the organisation"
	switch {
	case k.Kind == Reference:
		named = named && len(k.Refers) > 0 && k.Refers[0] == "org_id"
	case p.inFile:
		named, how = named || k.Columns[len(k.Columns)-1] == "org_id", "has the organisation"
	}
	p.say(table, fmt.Sprintf("the %s (%s) %s", k.Kind, strings.Join(k.Columns, ", "), how), named, "it does not")
}

// refused runs a statement, which must fail as says.
func (p *prober) refused(table, what, query string, args []any, as func(error) bool) {
	err := p.tx.Savepoint(p.ctx, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(p.ctx, query, args...); err != nil {
			return err
		}
		return errProbed
	})
	if errors.Is(err, errProbed) {
		p.say(table, what, false, "it was done")
		return
	}
	p.say(table, what, as(err), "it was refused for another reason: %v", err)
}

// file tries what the CHECK on each table of a file must refuse.
func (p *prober) file(org id.Org) {
	other := canaryA
	if org == other {
		other = canaryB
	}
	for i := range p.list {
		t := &p.list[i]
		for _, x := range []struct {
			what  string
			org   any
			words string
		}{
			{"a row of another organisation is refused", string(other), "CHECK constraint failed: org_id = "},
			{"a row of the empty organisation is refused", "", "CHECK constraint failed: org_id = "},
			{"a row without an organisation is refused", nil, "NOT NULL constraint failed: " + t.Name + ".org_id"},
		} {
			query, args, err := p.rows.insert(t, x.org)
			if err != nil {
				p.say(t.Name, x.what, false, "%v", err)
				continue
			}
			p.refused(t.Name, x.what, query, args, func(err error) bool { return strings.Contains(err.Error(), x.words) })
		}
		var n int
		_, err := p.tx.Row(p.ctx, []any{&n}, `SELECT count(*) FROM `+t.Name+` WHERE org_id <> $1`, org)
		p.say(t.Name, "it has rows of its organisation only", err == nil && n == 0, "%d rows are of others: %v", n, err)
	}
}

// security is what the catalogue of a server must say besides.
func (p *prober) security() {
	for i := range p.list {
		t := &p.list[i]
		p.say(t.Name, "row security is on and forced", t.Secured && t.Forced, "it is not")
		p.say(t.Name, "its one policy is the organisation of the transaction", slices.Equal(t.Policies, []string{thePolicy}), "%q", t.Policies)
		p.say(t.Name, "the role does not own it", !t.Mine, "it does")
		over := slices.DeleteFunc(slices.Clone(t.Rights), func(r string) bool { return r != "TRUNCATE" && r != "REFERENCES" && r != "TRIGGER" })
		p.say(t.Name, "the role may only read and write it", len(over) == 0, "it may %s", strings.Join(over, ", "))
		if t.Name == "ledger_entry" {
			p.say(t.Name, "the role may change only what is sealed", slices.Equal(t.Rights, []string{"UPDATE (sealed)"}), "it may %s", strings.Join(t.Rights, ", "))
		}
	}
	var views, definers int
	_, err := p.tx.Row(p.ctx, []any{&views, &definers}, `SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'c4arch'::regnamespace AND relkind IN ('v', 'm', 'f')),
		(SELECT count(*) FROM pg_proc WHERE pronamespace = 'c4arch'::regnamespace AND prosecdef)`)
	p.say("", "nothing runs as the owner", err == nil && views == 0 && definers == 0, "%d views, %d functions: %v", views, definers, err)
}

func denied(err error) bool { return sqldb.Code(err) == "42501" }

// role is what the role must not be able to do.
func (p *prober) role() {
	if len(p.list) == 0 {
		return
	}
	t := p.list[0].Name
	for _, x := range []struct{ what, query string }{
		{"the role cannot change a table", "ALTER TABLE " + t + " ADD COLUMN probe bigint"},
		{"the role cannot turn row security off", "ALTER TABLE " + t + " DISABLE ROW LEVEL SECURITY"},
		{"the role cannot unforce row security", "ALTER TABLE " + t + " NO FORCE ROW LEVEL SECURITY"},
		{"the role cannot drop a policy", "DROP POLICY home ON " + t},
		{"the role cannot add a policy", "CREATE POLICY probe ON " + t + " USING (true)"},
		{"the role cannot drop a table", "DROP TABLE " + t},
		{"the role cannot empty a table", "TRUNCATE " + t},
		{"the role cannot drop a trigger", "DROP TRIGGER ledger_entry_kept ON ledger_entry"},
		{"the role cannot turn triggers off", "SET LOCAL session_replication_role = 'replica'"},
		{"the role cannot delete an entry of a ledger", "DELETE FROM ledger_entry"},
		{"the role cannot change an entry of a ledger", "UPDATE ledger_entry SET leaf = leaf"},
		{"the role cannot make a table", "CREATE TABLE probe (x bigint)"},
		{"the role cannot make a temporary table", "CREATE TEMPORARY TABLE probe (x bigint)"},
		{"the role cannot make a view", "CREATE VIEW probe AS SELECT 1 AS x"},
		{"the role cannot make a function", "CREATE FUNCTION probe() RETURNS bigint LANGUAGE sql AS 'SELECT 1'"},
		{"the role cannot make a schema", "CREATE SCHEMA probe"},
		{"the role cannot make a role", "CREATE ROLE probe"},
		{"the role cannot become the owner", "DO $$ BEGIN EXECUTE format('SET LOCAL ROLE %I', (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = '" + t + "'::regclass)); END $$"},
		{"the role cannot write the list of steps", "DELETE FROM c4arch_schema.step"},
		{"row security cannot be left out of a statement", "SELECT count(*) FROM " + t},
	} {
		err := p.tx.Savepoint(p.ctx, func(tx *sqldb.Tx) error {
			if strings.HasPrefix(x.query, "SELECT count") {
				if _, err := tx.Exec(p.ctx, "SET LOCAL row_security = off"); err != nil {
					return err
				}
			}
			if _, err := tx.Exec(p.ctx, x.query); err != nil {
				return err
			}
			return errProbed
		})
		if errors.Is(err, errProbed) {
			p.say("", x.what, false, "it was done")
		} else {
			p.say("", x.what, denied(err), "it was refused for another reason: %v", err)
		}
	}
}

// as makes an organisation that of the transaction; "" is none.
func (p *prober) as(org id.Org) error {
	var s string
	_, err := p.tx.Row(p.ctx, []any{&s}, `SELECT set_config('app.org_id', $1, true)`, org)
	return err
}

// server writes a row of one canary into each table, and tries as the other one, and as nobody, to see it, to change it, to refer to it and to write into its name.
func (p *prober) server() error {
	for _, t := range inOrder(p.list) {
		owner := p.rows.whose(t, canaryB)
		query, args, err := p.rows.insert(t, string(owner))
		if err == nil {
			if err = p.as(owner); err == nil {
				err = p.tx.Savepoint(p.ctx, func(tx *sqldb.Tx) error { _, err := tx.Exec(p.ctx, query, args...); return err })
			}
		}
		// Of the platform there are real rows, one of which can have the keys of this one. PostgreSQL asks the policy first, so that such a refusal too says that the policy let it
		// pass (its reference, CREATE POLICY: policies are enforced before other constraints are checked).
		taken := owner == id.Platform && sqldb.Code(err) == "23505"
		p.say(t.Name, "its own organisation can write it", err == nil || taken, "%v", err)
	}
	for i := range p.list {
		t := &p.list[i]
		for _, x := range []struct {
			who string
			org id.Org
		}{{"another organisation", canaryA}, {"nobody", ""}} {
			if err := p.as(x.org); err != nil {
				return err
			}
			p.alien(t, x.who)
		}
		if err := p.references(t); err != nil {
			return err
		}
	}
	return nil
}

// alien tries what only the organisation of a table's row may do.
func (p *prober) alien(t *Table, who string) {
	var n int
	err := p.tx.Savepoint(p.ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Row(p.ctx, []any{&n}, `SELECT count(*) FROM `+t.Name)
		return err
	})
	p.say(t.Name, who+" sees no row", err == nil && n == 0, "%d rows are seen: %v", n, err)
	for _, right := range t.Rights {
		query := ""
		switch {
		case right == "DELETE":
			query = `DELETE FROM ` + t.Name
		case right == "UPDATE":
			query = `UPDATE ` + t.Name + ` SET org_id = org_id`
		case strings.HasPrefix(right, "UPDATE ("):
			column := strings.TrimSuffix(strings.TrimPrefix(right, "UPDATE ("), ")")
			query = `UPDATE ` + t.Name + ` SET ` + column + ` = ` + column
		default:
			continue
		}
		err := p.tx.Savepoint(p.ctx, func(tx *sqldb.Tx) error {
			n, err := tx.Exec(p.ctx, query)
			if err == nil && n > 0 {
				err = fault.New(fault.Internal, "%d rows were changed", n)
			}
			return err
		})
		p.say(t.Name, who+" changes no row: "+right, err == nil, "%v", err)
	}
	for _, x := range []struct {
		name string
		org  any
	}{{"its organisation", string(p.rows.whose(t, canaryB))}, {"the empty organisation", ""}, {"no organisation", nil}} {
		query, args, err := p.rows.insert(t, x.org)
		if err != nil {
			p.say(t.Name, who+" writes no row of "+x.name, false, "%v", err)
			continue
		}
		p.refused(t.Name, who+" writes no row of "+x.name, query, args, denied)
	}
}

// references tries, as one canary, to refer to the rows of the other one: the same row, but of its own organisation, whose references lead to rows that are there for
// the other one only. It fails for the reference, before it would for another reason.
func (p *prober) references(t *Table) error {
	refers := slices.ContainsFunc(t.Keys, func(k Key) bool { return k.Kind == Reference && k.Parent != t.Name })
	if !refers || p.rows.homes[t.Name] == OfPlatform {
		return nil // of the platform there is one only
	}
	if err := p.as(canaryA); err != nil {
		return err
	}
	query, args, err := p.rows.insert(t, string(canaryA))
	if err != nil {
		return err
	}
	p.refused(t.Name, "no row refers to one of another organisation", query, args, func(err error) bool { return sqldb.Code(err) == "23503" })
	return nil
}
