package schema_test

import (
	"slices"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/store/schema"
)

func TestSplit(t *testing.T) {
	for text, want := range map[string][]string{
		"":                              nil,
		" ; ;":                          nil,
		"a; b":                          {"a", "b"},
		"a -- ; b\nc":                   {"a \nc"},
		"-- only\n":                     nil,
		"a ';--' \";\" b; c":            {`a ';--' ";" b`, "c"},
		"a 'it''s;' b;":                 {"a 'it''s;' b"},
		"f $$ a; 'b $$; c":              {"f $$ a; 'b $$", "c"},
		"f $x$ a; $$ ; $x$ $1; c":       {"f $x$ a; $$ ; $x$ $1", "c"},
		"a ' never ends; b":             {"a ' never ends; b"},
		"-- grant: SELECT\na; b -- c":   {"a", "b"},
		"CREATE TABLE a (\n x -- ;\n);": {"CREATE TABLE a (\n x \n)"},
	} {
		if got := schema.Split(text); !slices.Equal(got, want) {
			t.Errorf("%q became %q, not %q", text, got, want)
		}
	}
}

func TestTranslate(t *testing.T) {
	const rule = `org_id = nullif(current_setting('app.org_id', true), '')`
	got, err := schema.Translate(schema.OfOrganisations, `-- homes: organisation
-- grant: SELECT, UPDATE (b)
CREATE TABLE a (
    {{org}},
    b INTEGER NOT NULL, -- TEXT
    c TEXT CHECK (c IN ('x')),
    d BLOB,
    PRIMARY KEY (org_id, b)
) WITHOUT ROWID;
CREATE INDEX ab ON a (org_id, c) WHERE c <> 'TEXT';
INSERT INTO a (b) SELECT 1;
-- engine: sqlite
CREATE TRIGGER nothing;
-- engine: postgresql
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN x; y; END $$;
-- engine: all
ALTER TABLE a ADD COLUMN e TEXT;
`)
	want := []string{
		"CREATE TABLE a (\n    org_id text COLLATE \"C\" NOT NULL DEFAULT nullif(current_setting('app.org_id', true), '') CHECK (org_id <> '' AND org_id <> 'platform'),\n" +
			"    b bigint NOT NULL, \n    c text COLLATE \"C\" CHECK (c IN ('x')),\n    d bytea,\n    PRIMARY KEY (org_id, b)\n)",
		"ALTER TABLE a ENABLE ROW LEVEL SECURITY", "ALTER TABLE a FORCE ROW LEVEL SECURITY",
		"CREATE POLICY home ON a USING (" + rule + ") WITH CHECK (" + rule + ")",
		"CREATE INDEX ab ON a (org_id, c) WHERE c <> 'TEXT'", "each home: INSERT INTO a (b) SELECT 1",
		"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN x; y; END $$", "ALTER TABLE a ADD COLUMN e text COLLATE \"C\"", "a: SELECT, UPDATE (b)",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\n%s\nnot\n%s", err, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	got, err = schema.Translate(schema.OfPlatform, `CREATE TABLE a ({{org}})`)
	if err != nil || !strings.Contains(got[0], "CHECK (org_id = 'platform')") || got[4] != "a: SELECT, INSERT, UPDATE, DELETE" {
		t.Errorf("%q %v", got, err)
	}
	for name, text := range map[string]string{
		"no organisation":     `CREATE TABLE a (b TEXT)`,
		"a grant on nothing":  "-- grant: SELECT\nCREATE INDEX a ON b (c)",
		"a grant of all":      "-- grant: ALL\nCREATE TABLE a ({{org}})",
		"a grant with more":   "-- grant: SELECT ON b TO PUBLIC; --\nCREATE TABLE a ({{org}})",
		"a pragma":            `PRAGMA foreign_keys = off`,
		"a view":              `CREATE VIEW a AS SELECT 1`,
		"a table in a schema": `CREATE TABLE public.a ({{org}})`,
		"a temporary table":   `CREATE TEMPORARY TABLE a ({{org}})`,
		"a copy":              `CREATE TABLE a AS SELECT 1`,
	} {
		if got, err := schema.Translate(schema.OfAll, text); fault.KindOf(err) != fault.Internal || !strings.Contains(err.Error(), "0001_test") {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
}

// No text of ours has the name of a type in quotes, where it would be written anew, and each begins as it should.
func TestSteps(t *testing.T) {
	steps, err := schema.Read()
	if err != nil || len(steps) < 5 {
		t.Fatalf("%d steps, %v", len(steps), err)
	}
	for _, s := range steps {
		for i, quoted := range strings.Split(s.Text, "'") {
			if i%2 == 1 && !strings.Contains(quoted, "\n") && strings.ContainsAny(quoted, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
				t.Logf("%04d_%s: %q", s.Number, s.Name, quoted)
				for _, word := range []string{"INTEGER", "TEXT", "BLOB"} {
					if strings.Contains(quoted, word) {
						t.Errorf("%04d_%s: %q has a type in quotes", s.Number, s.Name, quoted)
					}
				}
			}
		}
	}
	if _, err := schema.ForFile("x"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a file of nobody: %v", err)
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{"a; b", "a 'x;", "$$;$$;", "-- x\n;", "$1;", "\"", "-- grant: x\nCREATE TABLE a ({{org}});"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			return
		}
		total := 0
		for _, s := range schema.Split(text) {
			if s == "" || s != strings.TrimSpace(s) {
				t.Errorf("%q has an empty or padded statement %q", text, s)
			}
			total += len(s)
		}
		if total > len(text) {
			t.Errorf("%q grew", text)
		}
		_, _ = schema.Translate(schema.OfAll, text)
	})
}
