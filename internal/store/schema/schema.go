// Package schema is the schema of every home on both engines, as one text of numbered steps, and what class of data each column holds.
//
// The text is written in the words of SQLite. For PostgreSQL INTEGER becomes bigint, BLOB bytea, TEXT is ordered by its bytes, and WITHOUT ROWID goes; {{org}} is the
// column org_id, pinned to the home: in SQLite to the one organisation of the file, in PostgreSQL to the organisation of the transaction, by forced row security on every
// table. Each step says in its first line which homes have it. What is not the same on both stands between lines "-- engine: sqlite", "-- engine: postgresql" and
// "-- engine: all"; "-- grant: …" before a table says what the application role may do with it, where that is not everything.
//
// It promises that no table can be made without its row security and its rights, that a step that was done is not changed, and, by its tests, that every
// column is declared in data.csv. It leaves out how a step is run (package sqldb).
package schema

import (
	"cmp"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"sync"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/store/sqldb"
)

// Steps are the migrations, sql/0001_name.sql and so on, without a gap.
//
//go:embed sql/*.sql
var Steps embed.FS

// Homes says which homes have the tables of a step.
type Homes string

// The homes of a step.
const (
	OfOrganisations Homes = "organisation"
	OfPlatform      Homes = "platform"
	OfAll           Homes = "all"
)

// have reports whether the home of org is one of them.
func (h Homes) have(org id.Org) bool {
	return h == OfAll || (h == OfPlatform) == (org == id.Platform)
}

// Step is one step of the schema in its own words.
type Step struct {
	Number int
	Name   string
	Homes  Homes
	Text   string
}

var header = regexp.MustCompile(`^-- homes: (organisation|platform|all)\n`)

// remark is a comment. SQLite keeps the text of each table in the file: what is there for readers of the steps would be in every home. No text of ours holds two dashes.
var remark = regexp.MustCompile(`[ \t]*--[^\n]*`)

var making = regexp.MustCompile(`(?s)(CREATE TABLE (\w+) \(\n.*?\n\));`)

// spacious are tables of which a row may be large: SQLite keeps those better beside their key than in it (its page on WITHOUT ROWID).
var spacious = []string{"ledger_entry", "ledger_tile", "pack", "manifest", "snapshot", "baseline", "finding", "comparison", "idem", "overlay", "scan", "control_run", "delivery", "trust_file"}

// clustered keeps the rows of small tables in the key: a home is a file of many tables, most of them empty, and each takes a page less so. Files that were made before stay as they are;
// nothing asks for the difference.
func clustered(text string) string {
	return making.ReplaceAllStringFunc(text, func(made string) string {
		m := making.FindStringSubmatch(made)
		if slices.Contains(spacious, m[2]) || !strings.Contains(m[1], "PRIMARY KEY") {
			return made
		}
		return m[1] + " WITHOUT ROWID;"
	})
}

// Read reads the steps.
func Read() ([]Step, error) {
	list, err := known()
	return slices.Clone(list), err
}

// known are the steps, read once: they are a part of the program.
var known = sync.OnceValues(func() ([]Step, error) {
	files, err := sqldb.Migrations(Steps, "sql")
	if err != nil {
		return nil, err
	}
	list := make([]Step, len(files))
	for i, f := range files {
		m := header.FindStringSubmatch(f.SQL)
		if m == nil {
			return nil, fault.New(fault.Internal, "migration %04d_%s does not say which homes have it", f.Number, f.Name).WithHelp("begin it with: -- homes: all")
		}
		list[i] = Step{Number: f.Number, Name: f.Name, Homes: Homes(m[1]), Text: f.SQL}
	}
	return list, nil
})

// ForFile are the steps of the file of one organisation.
func ForFile(org id.Org) ([]sqldb.Migration, error) {
	if !org.Valid() {
		return nil, fault.New(fault.NotFound, "there is no such organisation")
	}
	steps, err := known()
	if err != nil {
		return nil, err
	}
	column := "org_id TEXT NOT NULL DEFAULT '" + string(org) + "' CHECK (org_id = '" + string(org) + "')"
	list := make([]sqldb.Migration, len(steps))
	for i, s := range steps {
		list[i] = sqldb.Migration{Number: s.Number, Name: s.Name}
		if !s.Homes.have(org) {
			continue
		}
		for _, p := range parts(s.Text) {
			if p.engine != sqldb.PostgreSQL {
				list[i].SQL += strings.ReplaceAll(lastInFile(clustered(remark.ReplaceAllString(p.text, ""))), "{{org}}", column)
			}
		}
	}
	return list, nil
}

// Migrate brings the file of an organisation to the newest schema. Of one that has it, as most that are opened, only that is asked.
func Migrate(ctx context.Context, db *sqldb.DB, org id.Org) error {
	if !org.Valid() {
		return fault.New(fault.NotFound, "there is no such organisation")
	}
	all, err := known()
	if err != nil {
		return err
	}
	if done, err := db.Version(ctx); err != nil || done == len(all) {
		return err
	}
	steps, err := ForFile(org)
	if err != nil {
		return err
	}
	return db.Migrate(ctx, steps)
}

// ForServer are the steps of a server, and what the application may do with each table.
func ForServer() (list []sqldb.ServerStep, rights func(table string) string, err error) {
	steps, err := Read()
	if err != nil {
		return nil, nil, err
	}
	list = make([]sqldb.ServerStep, len(steps))
	said := map[string]string{}
	for i := range steps {
		s := &steps[i]
		sum := sha256.Sum256([]byte(s.Text))
		list[i] = sqldb.ServerStep{Number: s.Number, Name: s.Name, Digest: hex.EncodeToString(sum[:])}
		if list[i].Do, err = translate(s, said); err != nil {
			return nil, nil, err
		}
	}
	return list, func(table string) string { return cmp.Or(said[table], allRights) }, nil
}

// Prepare brings a server to the newest schema, connected as the owner of its tables; role is the one as which the program runs.
func Prepare(ctx context.Context, owner sqldb.ServerOptions, role string) error {
	steps, rights, err := ForServer()
	if err != nil {
		return err
	}
	return sqldb.Prepare(ctx, owner, role, steps, rights)
}

// Check sees before use that a server has the schema that is known here, and that the role can neither pass by row security nor change it.
func Check(ctx context.Context, s *sqldb.Server) error {
	if err := s.CheckRole(ctx); err != nil {
		return err
	}
	steps, _, err := ForServer()
	if err != nil {
		return err
	}
	return s.CheckSteps(ctx, steps)
}
