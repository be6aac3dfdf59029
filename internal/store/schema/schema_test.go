package schema_test

import (
	"path/filepath"
	"testing"

	"c4arch/internal/base/id"
	"c4arch/internal/store/schema"
	"c4arch/internal/store/sqldb"
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
