package schema

import (
	"regexp"
	"strings"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/store/sqldb"
)

// orgSetting is the organisation of the transaction. After a transaction that set it, a session has ” there and not NULL: without nullif, ” would be an organisation.
const orgSetting = `nullif(current_setting('app.org_id', true), '')`

var (
	createTable = regexp.MustCompile(`(?i)^CREATE\s+TABLE\s+([a-z_][a-z0-9_]*)\s*\(`)
	alterTable  = regexp.MustCompile(`(?i)^ALTER\s+TABLE\s`)
	aboutRows   = regexp.MustCompile(`(?i)^(INSERT|UPDATE|DELETE|WITH)\s`)
	aboutSchema = regexp.MustCompile(`(?i)^(CREATE\s+(UNIQUE\s+)?INDEX|DROP\s+(TABLE|INDEX|TRIGGER|FUNCTION))\s`)
	noRowid     = regexp.MustCompile(`(?i)\)\s*WITHOUT\s+ROWID$`)
	typeWord    = regexp.MustCompile(`\b(INTEGER|BLOB|TEXT)\b`)
	grantForm   = regexp.MustCompile(`^(SELECT|INSERT|UPDATE( \([a-z_, ]+\))?|DELETE)(, (SELECT|INSERT|UPDATE( \([a-z_, ]+\))?|DELETE))*$`)
)

// allRights is what the application may do with a table for which nothing else is said. TRUNCATE, REFERENCES and TRIGGER it never may.
const allRights = "SELECT, INSERT, UPDATE, DELETE"

// translate writes a step in the words of PostgreSQL, with row security for each table that it makes, and notes what the application may do with that.
func translate(s *Step, rights map[string]string) ([]sqldb.Statement, error) {
	var list []sqldb.Statement
	for _, p := range parts(s.Text) {
		if p.engine == sqldb.SQLite {
			continue
		}
		for _, x := range split(p.text) {
			next, err := statement(s, p.engine, x, rights)
			if err != nil {
				return nil, fault.Wrap(fault.Internal, err, "migration %04d_%s", s.Number, s.Name)
			}
			list = append(list, next...)
		}
	}
	return list, nil
}

func statement(s *Step, engine sqldb.Engine, x sentence, rights map[string]string) ([]sqldb.Statement, error) {
	m := createTable.FindStringSubmatch(x.text)
	switch {
	case m != nil:
		return table(s, m[1], x, rights)
	case x.grant != "":
		return nil, fault.New(fault.Internal, "a grant stands before something else than a table")
	case aboutRows.MatchString(x.text):
		return []sqldb.Statement{{SQL: x.text, Homes: func(org string) bool { return s.Homes.have(id.Org(org)) }}}, nil
	case alterTable.MatchString(x.text):
		return []sqldb.Statement{{SQL: words(s, x.text)}}, nil
	case engine == sqldb.PostgreSQL || aboutSchema.MatchString(x.text):
		return []sqldb.Statement{{SQL: x.text}}, nil
	}
	return nil, fault.New(fault.Internal, "%.40q is no statement that both engines have", x.text).WithHelp("put it between -- engine: lines")
}

// table is a table and its row security.
func table(s *Step, name string, x sentence, rights map[string]string) ([]sqldb.Statement, error) {
	if !strings.Contains(x.text, "{{org}}") {
		return nil, fault.New(fault.Internal, "the table %s has no organisation", name).WithHelp("begin its columns with {{org}}")
	}
	grant := x.grant
	if grant == "" {
		grant = allRights
	}
	rights[name] = grant
	if !grantForm.MatchString(grant) {
		return nil, fault.New(fault.Internal, "what is granted on %s cannot be read", name)
	}
	rule := "org_id = " + orgSetting
	list := []sqldb.Statement{{SQL: words(s, x.text)}}
	for _, text := range []string{
		"ALTER TABLE " + name + " ENABLE ROW LEVEL SECURITY",
		"ALTER TABLE " + name + " FORCE ROW LEVEL SECURITY",
		"CREATE POLICY home ON " + name + " USING (" + rule + ") WITH CHECK (" + rule + ")",
	} {
		list = append(list, sqldb.Statement{SQL: text})
	}
	return list, nil
}

// words writes the types and the organisation. No text in quotes of a CREATE or ALTER TABLE has a type in it, which the tests see to.
func words(s *Step, text string) string {
	text = noRowid.ReplaceAllString(text, ")")
	text = typeWord.ReplaceAllStringFunc(text, func(w string) string {
		return map[string]string{"INTEGER": "bigint", "BLOB": "bytea", "TEXT": `text COLLATE "C"`}[w]
	})
	whose := map[Homes]string{
		OfAll: "org_id <> ''", OfPlatform: "org_id = '" + string(id.Platform) + "'", OfOrganisations: "org_id <> '' AND org_id <> '" + string(id.Platform) + "'",
	}[s.Homes]
	return strings.ReplaceAll(text, "{{org}}", `org_id text COLLATE "C" NOT NULL DEFAULT `+orgSetting+" CHECK ("+whose+")")
}
