package schema

import (
	"context"

	"c4arch/internal/store/sqldb"
)

// Table is a table as the catalogue of an engine describes it.
type Table struct {
	Name    string
	Columns []TableColumn
	Keys    []Key
	// Of PostgreSQL only.
	Secured, Forced bool
	Policies        []string
	Mine            bool     // the role is its owner, itself or through another role
	Rights          []string // what the role may do with it beyond SELECT and INSERT
}

// TableColumn is a column.
type TableColumn struct {
	Name    string
	Type    string // text, integer or blob
	NotNull bool
}

// Key is an index or a reference.
type Key struct {
	Kind    KeyKind
	Name    string
	Columns []string // "" is an expression
	Parent  string   // of a reference
	Refers  []string // the columns there
}

// KeyKind is what a key is for.
type KeyKind string

// The kinds of keys.
const (
	Primary   KeyKind = "primary key"
	Unique    KeyKind = "unique index"
	Index     KeyKind = "index"
	Reference KeyKind = "reference"
)

// Column returns a column by its name.
func (t *Table) Column(name string) *TableColumn {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	return nil
}

// Tables reads the catalogue: every table that is there, by name.
func Tables(ctx context.Context, tx *sqldb.Tx) ([]Table, error) {
	c := catalogue{ctx: ctx, tx: tx, at: map[string]int{}, names: sqliteNames, columns: sqliteColumns, keys: sqliteKeys}
	if tx.DB().Engine() == sqldb.PostgreSQL {
		c.names, c.columns, c.keys = pgNames, pgColumns, pgKeys
	}
	err := c.read()
	if err == nil && tx.DB().Engine() == sqldb.PostgreSQL {
		err = c.security()
	}
	return c.list, err
}

type catalogue struct {
	ctx                  context.Context //nolint:containedctx // of one call
	tx                   *sqldb.Tx
	list                 []Table
	at                   map[string]int
	names, columns, keys string
}

// The catalogue of SQLite (sqlite.org/pragma.html#pragfunc). An index on an expression has a NULL for a name.
const (
	sqliteNames   = `SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name`
	sqliteColumns = `SELECT t.name, c.name, CASE c.type WHEN 'TEXT' THEN 'text' WHEN 'INTEGER' THEN 'integer' WHEN 'BLOB' THEN 'blob' ELSE c.type END, c."notnull"
FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY t.name, c.cid`
	sqliteKeys = `SELECT t.name, CASE i.origin WHEN 'pk' THEN 'primary key' ELSE CASE i."unique" WHEN 1 THEN 'unique index' ELSE 'index' END END, i.name, coalesce(c.name, ''), '', '', c.seqno
FROM sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) c WHERE t.type = 'table'
UNION ALL SELECT t.name, 'reference', CAST(f.id AS TEXT), f."from", f."table", f."to", f.seq FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'
ORDER BY 1, 2, 3, 7`
)

// The catalogue of PostgreSQL (postgresql.org/docs/15/catalogs.html). It shows what the role may not touch, too.
const (
	pgNames   = `SELECT relname FROM pg_class WHERE relnamespace = 'c4arch'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname COLLATE "C"`
	pgColumns = `SELECT c.relname, a.attname, CASE format_type(a.atttypid, a.atttypmod) WHEN 'text' THEN 'text' WHEN 'bigint' THEN 'integer' WHEN 'bytea' THEN 'blob' ELSE format_type(a.atttypid, a.atttypmod) END,
	CASE WHEN a.attnotnull THEN 1 ELSE 0 END
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'c4arch'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname COLLATE "C", a.attnum`
	pgKeys = `SELECT * FROM (
SELECT c.relname::text, CASE WHEN i.indisprimary THEN 'primary key' WHEN i.indisunique THEN 'unique index' ELSE 'index' END, x.relname::text, coalesce(a.attname, '')::text, '', '', k.n
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, n)
LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE c.relnamespace = 'c4arch'::regnamespace AND k.n <= i.indnkeyatts
UNION ALL SELECT c.relname, 'reference', f.conname, a.attname, p.relname, b.attname, k.n
FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class p ON p.oid = f.confrelid CROSS JOIN LATERAL unnest(f.conkey, f.confkey) WITH ORDINALITY AS k (child, parent, n), pg_attribute a, pg_attribute b
WHERE f.contype = 'f' AND c.relnamespace = 'c4arch'::regnamespace AND a.attrelid = f.conrelid AND a.attnum = k.child AND b.attrelid = f.confrelid AND b.attnum = k.parent
) AS k (t, kind, name, col, parent, refers, n) ORDER BY t COLLATE "C", kind, name COLLATE "C", n`
	pgSecurity = `SELECT relname, relrowsecurity, relforcerowsecurity, pg_has_role(relowner, 'MEMBER') FROM pg_class
WHERE relnamespace = 'c4arch'::regnamespace AND relkind IN ('r', 'p')`
	pgPolicies = `SELECT c.relname, CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END || ' ' || p.polcmd::text || ' ' || p.polroles::text
	|| ' using ' || coalesce(pg_get_expr(p.polqual, p.polrelid), '') || ' check ' || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'c4arch'::regnamespace ORDER BY p.polname`
	pgRights = `SELECT c.relname, r.what FROM pg_class c, (VALUES ('DELETE'), ('UPDATE'), ('TRUNCATE'), ('REFERENCES'), ('TRIGGER')) AS r (what)
WHERE c.relnamespace = 'c4arch'::regnamespace AND c.relkind IN ('r', 'p') AND has_table_privilege(c.oid, r.what)
UNION ALL SELECT c.relname, 'UPDATE (' || a.attname || ')' FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'c4arch'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
	AND has_column_privilege(c.oid, a.attnum, 'UPDATE') AND NOT has_table_privilege(c.oid, 'UPDATE') ORDER BY 1, 2`
)

// thePolicy is what pgPolicies says of the one policy that a table has.
const thePolicy = `permissive * {0} using (org_id = NULLIF(current_setting('app.org_id'::text, true), ''::text)) check (org_id = NULLIF(current_setting('app.org_id'::text, true), ''::text))`

func (c *catalogue) each(query string, fn func(scan func(...any) error) error) error {
	return c.tx.Each(c.ctx, query, fn)
}

// of is the table of a name; nil for what is no table of ours.
func (c *catalogue) of(name string) *Table {
	i, ok := c.at[name]
	if !ok {
		return nil
	}
	return &c.list[i]
}

func (c *catalogue) read() error {
	err := c.each(c.names, func(scan func(...any) error) error {
		var t Table
		err := scan(&t.Name)
		c.at[t.Name] = len(c.list)
		c.list = append(c.list, t)
		return err
	})
	if err != nil {
		return err
	}
	err = c.each(c.columns, func(scan func(...any) error) error {
		var name string
		var col TableColumn
		err := scan(&name, &col.Name, &col.Type, &col.NotNull)
		if t := c.of(name); t != nil {
			t.Columns = append(t.Columns, col)
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.each(c.keys, func(scan func(...any) error) error {
		var name, col, refers string
		var k Key
		var n int
		err := scan(&name, &k.Kind, &k.Name, &col, &k.Parent, &refers, &n)
		if t := c.of(name); t != nil && err == nil {
			t.add(k, col, refers)
		}
		return err
	})
}

// add adds a column to the key that it belongs to.
func (t *Table) add(k Key, column, refers string) {
	if n := len(t.Keys); n == 0 || t.Keys[n-1].Kind != k.Kind || t.Keys[n-1].Name != k.Name {
		t.Keys = append(t.Keys, k)
	}
	last := &t.Keys[len(t.Keys)-1]
	last.Columns = append(last.Columns, column)
	if refers != "" {
		last.Refers = append(last.Refers, refers)
	}
}

func (c *catalogue) security() error {
	err := c.each(pgSecurity, func(scan func(...any) error) error {
		var name string
		var secured, forced, mine bool
		err := scan(&name, &secured, &forced, &mine)
		if t := c.of(name); t != nil {
			t.Secured, t.Forced, t.Mine = secured, forced, mine
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, x := range []struct {
		query string
		add   func(t *Table, s string)
	}{
		{pgPolicies, func(t *Table, s string) { t.Policies = append(t.Policies, s) }},
		{pgRights, func(t *Table, s string) { t.Rights = append(t.Rights, s) }},
	} {
		err := c.each(x.query, func(scan func(...any) error) error {
			var name, s string
			err := scan(&name, &s)
			if t := c.of(name); t != nil {
				x.add(t, s)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
