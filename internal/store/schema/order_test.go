package schema

import (
	"path/filepath"
	"strings"
	"testing"

	"c4arch/internal/base/id"
	"c4arch/internal/store/sqldb"
)

// A query by a key looks the row up in a file too: it does not read the table.
func TestKeysAreUsed(t *testing.T) {
	for org, queries := range map[id.Org][]string{
		"og_00000000000000000000000000": {
			`SELECT leaf_hash FROM ledger_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx`,
			`SELECT hashes FROM ledger_tile WHERE level = $1 AND n = $2`,
			`SELECT idx FROM ledger_subject WHERE subject = $1 AND idx > $2`,
			`SELECT subject, idx FROM ledger_subject WHERE idx >= $1 AND idx <= $2 ORDER BY idx, subject`,
			`SELECT id FROM job WHERE state = $1 AND run_at <= $2 ORDER BY run_at`,
			`SELECT body FROM idem WHERE actor = $1 AND key = $2`,
			`SELECT id FROM token WHERE hash = $1`,
			`SELECT state FROM object WHERE name = $1 AND name <> $2`,
			`SELECT seq FROM snapshot WHERE project = $1 AND id = $2`,
			`SELECT severity FROM finding WHERE project = $1 AND id = $2`,
		},
		id.Platform: {
			`SELECT wrapped FROM directory WHERE id = $1 AND id <> $2`,
			`SELECT organisation FROM due WHERE at <= $1 AND at > $2 ORDER BY at`,
		},
	} {
		db, err := sqldb.Open(t.Context(), filepath.Join(t.TempDir(), "home.db"), true, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close() //nolint:errcheck // it is thrown away
		if err := Migrate(t.Context(), db, org); err != nil {
			t.Fatal(err)
		}
		for _, q := range queries {
			var plan string
			args := []any{1, 2}[:strings.Count(q, "$")]
			if err := db.Read(t.Context(), func(tx *sqldb.Tx) error {
				return tx.Each(t.Context(), "EXPLAIN QUERY PLAN "+q, func(scan func(...any) error) error {
					var n [3]int
					var line string
					err := scan(&n[0], &n[1], &n[2], &line)
					plan += line + "\n"
					return err
				}, args...)
			}); err != nil {
				t.Fatalf("%s: %v", q, err)
			}
			if !strings.HasPrefix(plan, "SEARCH ") || strings.Contains(plan, "SCAN ") || strings.Contains(plan, "TEMP B-TREE") {
				t.Errorf("%s:\n%s", q, plan)
			}
		}
	}
}
