package schema_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/store/schema"
	"c4arch/internal/store/sqldb"
	"c4arch/test/pg"
)

// Every column that is in a database is declared, and every declared one is there: on both engines, by their own catalogues.
func TestDataMap(t *testing.T) {
	declared, err := schema.Declared()
	if err != nil {
		t.Fatal(err)
	}
	read := func(there map[string][]string, db *sqldb.DB) {
		t.Helper()
		if err := db.Read(t.Context(), func(tx *sqldb.Tx) error {
			tables, err := schema.Tables(t.Context(), tx)
			for _, table := range tables {
				there[table.Name] = nil
				for _, c := range table.Columns {
					there[table.Name] = append(there[table.Name], c.Name)
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	files, server := map[string][]string{}, map[string][]string{}
	read(files, file(t, id.Local, sqldb.Options{}))
	read(files, file(t, id.Platform, sqldb.Options{}))
	s := pg.Start(t).Connect(t, nil)
	read(server, s.Nobody())
	for engine, there := range map[string]map[string][]string{"sqlite": files, "postgresql": server} {
		for _, table := range slices.Sorted(maps.Keys(there)) {
			if !same(there[table], declared[table]) {
				t.Errorf("%s: the table %s has %q, and data.csv says %q: correct data.csv", engine, table, there[table], declared[table])
			}
		}
		for _, table := range slices.Sorted(maps.Keys(declared)) {
			if _, ok := there[table]; !ok {
				t.Errorf("%s: data.csv has %s, which is not there: remove its lines", engine, table)
			}
		}
	}
	var steps []string
	if err := s.Nobody().Read(t.Context(), func(tx *sqldb.Tx) error {
		return tx.Each(t.Context(), `SELECT column_name::text FROM information_schema.columns WHERE table_schema || '.' || table_name = $1`, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			steps = append(steps, name)
			return err
		}, schema.StepLines)
	}); err != nil {
		t.Fatal(err)
	}
	list, err := schema.DataMap()
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, d := range list {
		if d.Table == schema.StepLines {
			said = append(said, d.Column)
		}
	}
	if !same(steps, said) {
		t.Errorf("the table of steps has %q, and data.csv says %q", steps, said)
	}
}

func same(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// things are the tables whose subject is the id of a thing: what is spoken of, told, reminded of or packed, and never a person.
// Elsewhere a subject is whom an identity provider or a token means (OpenID Connect Core 1.0 section 2, "sub").
var things = []string{"comment", "notice", "reminder", "evidence_pack"}

// What certainly names a person is said to do so.
func TestDataMapPersonal(t *testing.T) {
	list, err := schema.DataMap()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		if d.Column == "subject" && slices.Contains(things, d.Table) {
			continue
		}
		if slices.Contains([]string{"email", "actor", "person", "subject"}, d.Column) && !d.Personal {
			t.Errorf("%s.%s is not said to be personal", d.Table, d.Column)
		}
	}
}

func TestDataMapErrors(t *testing.T) {
	const head = "table,column,class,personal,role\n"
	if list, err := schema.ParseDataMap(head + "a,b,identity,yes,controller\n"); err != nil || len(list) != 1 || !list[0].Personal {
		t.Errorf("%v %v", list, err)
	}
	for name, text := range map[string]string{
		"another head": "table,column,class,personal,rule\n",
		"too few":      head + "a,b,identity,no\n",
		"no table":     head + ",b,identity,no,none\n",
		"no column":    head + "a,,identity,no,none\n",
		"no class":     head + "a,b,secret,no,none\n",
		"maybe":        head + "a,b,identity,maybe,none\n",
		"no role":      head + "a,b,identity,no,owner\n",
		"nobody's":     head + "a,b,identity,yes,none\n",
		"twice":        head + "a,b,identity,no,none\na,b,identity,no,none\n",
		"quotes":       head + "\"a\n",
	} {
		if _, err := schema.ParseDataMap(text); fault.KindOf(err) != fault.Internal || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
