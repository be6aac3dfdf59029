package arch

import (
	"bytes"
	"context"
	"encoding/hex"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/history"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/store/storetest"
)

// filled is a home with some days of an estate, one of them approved.
func filled(t *testing.T, resources, days int) (dir string, entries []history.Entry, records []history.Record) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), ".c4arch")
	h, err := createAt(t.Context(), dir, storetest.Noon)
	if err != nil {
		t.Fatal(err)
	}
	e := storetest.NewEstate(t, 21, resources)
	for range days {
		r := e.Record(t)
		r.OverlayName, r.OverlayText = "c4arch.yaml", []byte("name: Contoso\n")
		entry, err := h.Put(t.Context(), r, storetest.Noon)
		if err != nil {
			t.Fatal(err)
		}
		entries, records = append(entries, entry), append(records, r)
		for range resources / 4 {
			e.Pass()
		}
	}
	if err := h.Approve(t.Context(), storetest.Approval(t, entries[0], records[0].Snapshot, ""), entries[0].ID, ""); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, entries, records
}

func reopen(t *testing.T, dir string) *tested {
	t.Helper()
	h, err := openAt(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

func clone(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), ".c4arch")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// Whoever changes a row, a manifest, a pack or a baseline: it is refused, and named.
func TestTampered(t *testing.T) {
	dir, entries, _ := filled(t, 40, 3)
	first, last := entries[0].ID, entries[2].ID
	row := func(query string, args ...any) func(*testing.T, *tested) {
		return func(t *testing.T, h *tested) {
			if err := h.db().Transact(t.Context(), func(tx *sqldb.Tx) error {
				if _, err := tx.Exec(t.Context(), "PRAGMA defer_foreign_keys=on"); err != nil {
					return err
				}
				n, err := tx.Exec(t.Context(), query, args...)
				if n == 0 {
					t.Error("no row was changed")
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, x := range map[string]struct {
		spoil func(*testing.T, *tested)
		id    string // that does not load
		names string // what the error and the check name
	}{
		"the time of a snapshot":        {row(`UPDATE snapshot SET collected_at = collected_at + 1000000 WHERE id = $1`, last), last, last},
		"the name of a snapshot":        {row(`UPDATE snapshot SET name = 'other' WHERE id = $1`, last), last, last},
		"the scope of a snapshot":       {row(`UPDATE snapshot SET scope = '[]' WHERE id = $1`, last), last, last},
		"the root of a snapshot":        {row(`UPDATE snapshot SET root = 'sha256:' || substr(digest, 8) WHERE id = $1`, last), last, last},
		"the model of a snapshot":       {row(`UPDATE snapshot SET model = '' WHERE id = $1`, last), last, last},
		"the overlay of a snapshot":     {row(`UPDATE snapshot SET overlay_text = NULL WHERE id = $1`, last), last, last},
		"the name of the overlay":       {row(`UPDATE snapshot SET overlay_name = 'x' WHERE id = $1`, last), last, last},
		"the id of a snapshot":          {row(`UPDATE snapshot SET id = 's000000000000' WHERE id = $1`, last), "s000000000000", "s000000000000"},
		"the text of the overlay":       {row(`UPDATE overlay SET text = CAST('name: Fabrikam' AS BLOB)`), last, "the overlay"},
		"a manifest":                    {row(`UPDATE manifest SET data = substr(data, 1, 20) WHERE snapshot = 3`), last, last},
		"the digest of a manifest":      {row(`UPDATE manifest SET digest = zeroblob(32) WHERE snapshot = 3`), last, last},
		"a manifest for another":        {row(`UPDATE manifest SET (data, digest) = (SELECT data, digest FROM manifest WHERE snapshot = 2) WHERE snapshot = 3`), last, last},
		"what a manifest is told from":  {row(`UPDATE manifest SET base = 3 WHERE snapshot = 3`), last, last},
		"no base":                       {row(`UPDATE manifest SET base = NULL WHERE snapshot = 3`), last, last},
		"a pack with other digests":     {row(`UPDATE pack SET digests = substr(digests, 17) || substr(digests, 1, 16) WHERE seq = 1`), first, "pack number 1"},
		"a pack with half the digests":  {row(`UPDATE pack SET digests = substr(digests, 1, 16) WHERE seq = 1`), first, "pack number 1"},
		"a pack with broken digests":    {row(`UPDATE pack SET digests = substr(digests, 1, 7) WHERE seq = 1`), first, "pack number 1"},
		"a pack under another's object": {row(`UPDATE pack SET object = (SELECT object FROM pack WHERE seq = 2) WHERE seq = 1`), first, "pack number 1"},
		"a pack that is gone":           {row(`DELETE FROM pack WHERE seq = 1`), first, "pack number 1"},
		"a manifest that is gone":       {row(`DELETE FROM manifest WHERE snapshot = 3`), last, last},
		"a pack as text":                {spoilPack(func(b []byte) []byte { return []byte("hello") }), first, "pack number 1"},
		"an empty pack":                 {spoilPack(func(b []byte) []byte { return nil }), first, "pack number 1"},
		"half a pack":                   {spoilPack(func(b []byte) []byte { return b[:len(b)/2] }), first, "pack number 1"},
		"another salt":                  {spoilPack(func(b []byte) []byte { b[7] ^= 1; return b }), first, "pack number 1"},
		"a missing pack":                {removePack, first, "is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			h := reopen(t, clone(t, dir))
			x.spoil(t, h)
			_, err := h.Load(t.Context(), x.id)
			if fault.KindOf(err) != fault.Internal || !strings.Contains(err.Error(), x.names) || !strings.Contains(err.Error(), "fsck") {
				t.Errorf("it loads with %v", err)
			}
			faulty(t, h, x.names)
		})
	}
}

func faulty(t *testing.T, h *tested, names string) {
	t.Helper()
	c, err := h.Check(t.Context(), nil)
	if err != nil || !slices.ContainsFunc(c.Faults, func(f string) bool { return strings.Contains(f, names) }) {
		t.Errorf("the check does not name %s: %q, %v", names, c.Faults, err)
	}
}

func firstPack(t *testing.T, h *tested) string {
	t.Helper()
	var name string
	if err := h.db().Read(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Row(t.Context(), []any{&name}, `SELECT object FROM pack WHERE seq = 1`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(h.st.Dir(), blobDir, name+".pack")
}

func spoilPack(spoil func([]byte) []byte) func(*testing.T, *tested) {
	return func(t *testing.T, h *tested) {
		path := firstPack(t, h)
		b, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, spoil(b), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func removePack(t *testing.T, h *tested) {
	if err := os.Remove(firstPack(t, h)); err != nil {
		t.Fatal(err)
	}
}

// A baseline that was changed is refused, and named.
func TestTamperedBaseline(t *testing.T) {
	dir, entries, _ := filled(t, 20, 2)
	for name, query := range map[string]string{
		"who approved":       `UPDATE baseline SET approval = replace(approval, 'platform-team', 'another-team')`,
		"no JSON":            `UPDATE baseline SET approval = '{'`,
		"the seal":           `UPDATE baseline SET seal = ''`,
		"its id":             `UPDATE baseline SET id = 'b0000000000000000'`,
		"what it approves":   `UPDATE baseline SET snapshot = 2`,
		"its overlay":        `UPDATE baseline SET overlay_text = NULL`,
		"the overlay's name": `UPDATE baseline SET overlay_name = 'x'`,
		"its digest":         `UPDATE baseline SET digest = ''`,
	} {
		t.Run(name, func(t *testing.T) {
			h := reopen(t, clone(t, dir))
			if err := h.db().Transact(t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Exec(t.Context(), query); return err }); err != nil {
				t.Fatal(err)
			}
			_, _, err := h.Current(t.Context())
			if fault.KindOf(err) != fault.Internal || !strings.Contains(err.Error(), "the baseline b") {
				t.Errorf("it is read with %v", err)
			}
			if _, err := h.Approvals(t.Context()); fault.KindOf(err) != fault.Internal {
				t.Errorf("it is listed with %v", err)
			}
			faulty(t, h, "the baseline b")
			if _, err := h.Load(t.Context(), entries[0].ID); err != nil {
				t.Errorf("the snapshot does not load: %v", err)
			}
		})
	}
}

// Whoever forges the row's digest too meets the approval's id.
func TestForgedBaseline(t *testing.T) {
	dir, entries, _ := filled(t, 20, 1)
	h := reopen(t, dir)
	ctx := t.Context()
	if err := h.db().Transact(ctx, func(tx *sqldb.Tx) error {
		list, err := baselineRows(ctx, tx, id.LocalProject, "")
		if err != nil {
			return err
		}
		r := list[0]
		r.approval = strings.Replace(r.approval, "as designed", "not as designed", 1)
		_, err = tx.Exec(ctx, `UPDATE baseline SET approval = $1, digest = $2`, r.approval, r.sum(entries[0].ID))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Current(ctx); fault.KindOf(err) != fault.Internal || !strings.Contains(err.Error(), "id does not match") {
		t.Errorf("it is read with %v", err)
	}
}

// A pack whose row fits it, forged whole, meets the root of the snapshot.
func TestForgedPack(t *testing.T) {
	dir, entries, _ := filled(t, 20, 1)
	h := reopen(t, dir)
	ctx := t.Context()
	path := firstPack(t, h)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := h.st.press.unpack(b)
	if err != nil {
		t.Fatal(err)
	}
	was := bytes.Clone(objects[3].body)
	objects[3].body = bytes.Replace(objects[3].body, []byte(`"westeurope"`), []byte(`"eastus"`), 1)
	if bytes.Equal(was, objects[3].body) {
		t.Fatal("nothing was forged")
	}
	if err := os.WriteFile(path, h.st.press.pack(objects), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Load(ctx, entries[0].ID); fault.KindOf(err) != fault.Internal || !strings.Contains(err.Error(), "does not match its digest") {
		t.Errorf("it loads with %v", err)
	}
	sum := objects[3].commitment()
	if err := h.db().Transact(ctx, func(tx *sqldb.Tx) error {
		packs, err := readPacks(ctx, tx)
		if err != nil {
			return err
		}
		packs[0].keys[3] = key(sum[:16])
		_, err = tx.Exec(ctx, `UPDATE pack SET digests = $1 WHERE seq = 1`, packs[0].digests())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Load(ctx, entries[0].ID); fault.KindOf(err) != fault.Internal || !strings.Contains(err.Error(), "root") || !strings.Contains(err.Error(), entries[0].ID) {
		t.Errorf("it loads with %v", err)
	}
	faulty(t, h, entries[0].ID)
}

// Any byte of any file may go wrong: what is read is what was written, or an error, and never a panic.
func TestRotten(t *testing.T) {
	dir, entries, records := filled(t, 30, 4)
	want := make([][]byte, len(records))
	for i := range records {
		want[i] = storetest.Bytes(t, records[i].Snapshot)
	}
	const seed = 5
	r := rand.New(rand.NewPCG(seed, 1))
	files, err := filepath.Glob(filepath.Join(dir, blobDir, "*.pack"))
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	caught := 0
	for i := range 150 {
		name := filepath.Join(dir, dataFile)
		if i%2 == 0 {
			name = files[r.IntN(len(files))]
		}
		whole, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rotten := bytes.Clone(whole)
		at := r.IntN(len(rotten))
		rotten[at] ^= byte(1 + r.IntN(255))
		if err := os.WriteFile(name, rotten, 0o600); err != nil {
			t.Fatal(err)
		}
		if !readable(t, dir, entries, want) {
			caught++
		}
		if err := os.WriteFile(name, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, rest := range []string{"-wal", "-shm", "-journal"} {
			_ = os.Remove(filepath.Join(dir, dataFile+rest)) // what a reader of the rotten file left
		}
	}
	if caught < 75 {
		t.Errorf("seed %d: only %d of 150 were noticed", seed, caught)
	}
	if !readable(t, dir, entries, want) {
		t.Error("the mended store cannot be read")
	}
}

// readable reports whether everything can be read; what is read must be what was written.
func readable(t *testing.T, dir string, entries []history.Entry, want [][]byte) bool {
	t.Helper()
	ctx := context.Background()
	h, err := openAt(ctx, dir)
	if err != nil {
		return false
	}
	defer h.Close() //nolint:errcheck // it may be rotten
	all := true
	for i, e := range entries {
		got, err := h.Load(ctx, e.ID)
		if err != nil {
			all = false
			continue
		}
		if !bytes.Equal(storetest.Bytes(t, got.Snapshot), want[i]) {
			t.Fatalf("%s came back as another snapshot", e.ID)
		}
	}
	if b, _, err := h.Current(ctx); err != nil {
		all = false
	} else if err := b.Verify(bytes.Repeat([]byte("key!"), 8)); err != nil {
		t.Fatal(err)
	}
	if c, err := h.Check(ctx, nil); err != nil || len(c.Faults) > 0 {
		all = false
	} else if !all {
		t.Error("something cannot be read, and the check says nothing")
	}
	return all
}

// What was withdrawn is nowhere in the folder, not even in the log.
func TestRedactedBytes(t *testing.T) {
	dir, entries, records := filled(t, 30, 3)
	h := reopen(t, dir)
	target := records[0].Snapshot.Resources[5]
	salt, err := hex.DecodeString(target.Salt)
	if err != nil {
		t.Fatal(err)
	}
	if holds(t, h, salt, target.Name) == 0 {
		t.Fatal("the salt is not found before")
	}
	if _, err := h.Redact(t.Context(), target.ID, "asked for", storetest.Noon); err != nil {
		t.Fatal(err)
	}
	if n := holds(t, h, salt, `"name":"`+target.Name+`"`); n > 0 {
		t.Errorf("%d files still hold the salt or the content", n)
	}
	got, err := h.Load(t.Context(), entries[0].ID)
	if err != nil || got.Snapshot.Resources[5].Erased != "asked for" || got.Snapshot.Root != records[0].Snapshot.Root {
		t.Errorf("%v", err)
	}
}

// holds counts the files with the salt, or with the text once unpacked.
func holds(t *testing.T, h *tested, salt []byte, text string) int {
	t.Helper()
	n := 0
	err := filepath.WalkDir(h.st.Dir(), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		found := bytes.Contains(b, salt) || bytes.Contains(b, []byte(text))
		if objects, err := h.st.press.unpack(b); err == nil {
			for _, o := range objects {
				found = found || bytes.Contains(o.body, []byte(text))
			}
		}
		if found {
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// What is damaged is not the ground of what is new: a scan is kept whole beside it.
func TestDamageDoesNotSpread(t *testing.T) {
	dir, entries, records := filled(t, 30, 2)
	h := reopen(t, dir)
	if err := h.db().Transact(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE manifest SET data = zeroblob(9) WHERE snapshot = 2`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	next := *records[1].Snapshot
	next.CollectedAt = "2027-01-01T00:00:00Z"
	e, err := h.Put(t.Context(), history.Record{Snapshot: &next}, storetest.Noon)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Same(t, h, e.ID, history.Record{Snapshot: &next})
	if _, err := h.Load(t.Context(), entries[1].ID); fault.KindOf(err) != fault.Internal {
		t.Errorf("the damaged one loads with %v", err)
	}
	storetest.Same(t, h, entries[0].ID, records[0])
	if _, err := h.Collect(t.Context(), func(x history.Entry) bool { return x.ID != entries[1].ID }, storetest.Noon, false); err != nil {
		t.Errorf("the damaged one cannot be let go: %v", err)
	}
	if c, err := h.Check(t.Context(), nil); err != nil || len(c.Faults) > 0 {
		t.Errorf("%v %v", c.Faults, err)
	}
}
