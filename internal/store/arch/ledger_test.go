package arch

import (
	"fmt"
	"strings"
	"testing"

	"c4arch/internal/store/sqldb"
	"c4arch/internal/store/storetest"
)

// logged is a store with so many entries in its ledger that there are tiles of two levels.
func logged(t *testing.T) string {
	t.Helper()
	dir, entries, _ := filled(t, 10, 1)
	h := reopen(t, dir)
	b, _, err := h.Current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 300 {
		if _, err := h.Saw(t.Context(), b.ID, []string{fmt.Sprint("f", i)}, nil, storetest.Noon); err != nil {
			t.Fatal(err)
		}
	}
	c, err := h.Check(t.Context(), nil)
	if err != nil || len(c.Faults) > 0 || c.Entries < 303 || len(entries) != 1 {
		t.Fatalf("%+v, %v", c, err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// disarm takes away the triggers that keep the ledger from being changed, as somebody would who has the file.
func disarm(t *testing.T, tx *sqldb.Tx) {
	t.Helper()
	var names []string
	err := tx.Each(t.Context(), `SELECT name FROM sqlite_master WHERE type = 'trigger'`, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		names = append(names, name)
		return err
	})
	for _, name := range names {
		if _, e := tx.Exec(t.Context(), `DROP TRIGGER `+name); e != nil {
			err = e
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Whatever is changed in the ledger is named.
func TestTamperedLedger(t *testing.T) {
	dir := logged(t)
	for name, x := range map[string]struct{ query, names string }{
		"a bit of a leaf":            {`UPDATE ledger_entry SET leaf = CAST(replace(CAST(leaf AS TEXT), 'local', 'lokal') AS BLOB) WHERE idx = 7`, "entry 7"},
		"a leaf that is none":        {`UPDATE ledger_entry SET leaf = zeroblob(40) WHERE idx = 7`, "entry 7: its leaf cannot be read"},
		"a hash":                     {`UPDATE ledger_entry SET leaf_hash = zeroblob(32) WHERE idx = 7`, "entry 7: its leaf is not the one of its hash"},
		"a leaf with its hash":       {`UPDATE ledger_entry SET (leaf, leaf_hash) = (SELECT leaf, leaf_hash FROM ledger_entry WHERE idx = 8) WHERE idx = 7`, "entry 7"},
		"a kind":                     {`UPDATE ledger_entry SET kind = 'drift.looked' WHERE idx = 7`, "entry 7: its leaf says other"},
		"a time":                     {`UPDATE ledger_entry SET at = at + 1 WHERE idx = 7`, "entry 7: its leaf says other"},
		"values":                     {`UPDATE ledger_entry SET sealed = zeroblob(40) WHERE idx = 7`, "entry 7 do not open"},
		"values of another":          {`UPDATE ledger_entry SET sealed = (SELECT sealed FROM ledger_entry WHERE idx = 8) WHERE idx = 7`, "entry 7 do not open"},
		"the values of many":         {`UPDATE ledger_entry SET sealed = zeroblob(40) WHERE idx > 7`, "entry 8, do not open"},
		"an entry that is gone":      {`DELETE FROM ledger_entry WHERE idx = 7`, "entry 7 is missing"},
		"the last entry":             {`DELETE FROM ledger_entry WHERE idx = (SELECT max(idx) FROM ledger_entry)`, "its head ends at"},
		"an entry behind the head":   {`INSERT INTO ledger_entry (idx, at, kind, leaf, leaf_hash, sealed) SELECT idx + 1, at, kind, leaf, leaf_hash, sealed FROM ledger_entry ORDER BY idx DESC LIMIT 1`, "its head ends at"},
		"a full tile":                {`UPDATE ledger_tile SET hashes = zeroblob(8192) WHERE level = 0`, "tile 0 of level 0 is not that of the entries"},
		"a tile that is gone":        {`DELETE FROM ledger_tile WHERE level = 0`, "tile 0 of level 0 is missing"},
		"a growing tile":             {`UPDATE ledger_tile SET hashes = zeroblob(32) WHERE level = 1`, "tile 0 of level 1"},
		"a tile of no tree":          {`INSERT INTO ledger_tile (level, n, hashes) VALUES (3, 9, zeroblob(32))`, "tile 9 of level 3 belongs to no tree"},
		"the head":                   {`UPDATE ledger_head SET frontier = zeroblob(length(frontier))`, "its head is not that of"},
		"a head without its peaks":   {`UPDATE ledger_head SET frontier = zeroblob(7)`, "its head cannot be read"},
		"a head of another size":     {`UPDATE ledger_head SET size = size - 1`, "its head"},
		"no head":                    {`DELETE FROM ledger_head`, "it has no head"},
		"everything from the middle": {`DELETE FROM ledger_entry WHERE idx > 100`, "its head ends at"},
	} {
		t.Run(name, func(t *testing.T) {
			h := reopen(t, clone(t, dir))
			if err := h.db().Transact(t.Context(), func(tx *sqldb.Tx) error {
				disarm(t, tx)
				n, err := tx.Exec(t.Context(), x.query)
				if n == 0 {
					t.Error("no row was changed")
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			c, err := h.Check(t.Context(), nil)
			if err != nil || !strings.Contains(strings.Join(c.Faults, "\n"), "the ledger: ") || !strings.Contains(strings.Join(c.Faults, "\n"), x.names) {
				t.Errorf("%q, %v", c.Faults, err)
			}
			if len(c.Faults) > maxLogFaults+1 {
				t.Errorf("%d faults", len(c.Faults))
			}
		})
	}
}
