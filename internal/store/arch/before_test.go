package arch

import (
	"os"
	"path/filepath"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/service/history"
	"c4arch/internal/store/storetest"
)

// testdata/before was made by the program at the commit b1195c7, before a local history was the home of an organisation with projects and a ledger: five scans of the estate
// 501, two of them approved, one let go, a resource withdrawn, two findings seen. It opens, verifies, has what it had, and goes on.
func TestBefore(t *testing.T) {
	dir := clone(t, filepath.Join("testdata", "before"))
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	h := reopen(t, dir)
	ctx := t.Context()
	c, err := h.Check(ctx, nil)
	if err != nil || len(c.Faults) > 0 || c.Snapshots != 4 || c.Baselines != 2 || c.Entries != 0 {
		t.Fatalf("%+v, %v", c, err)
	}
	const gone = "s23d8e91ba47d"
	ids := []string{"s4284ba30bdb8", gone, "sde944ebd972d", "sa4e7504b204d", "s405fdbd04f21"}
	e := storetest.NewEstate(t, 501, 40)
	var last history.Record
	redacted := ""
	for i, id := range ids {
		r := e.Record(t)
		if i == 2 {
			r.OverlayName, r.OverlayText = "c4arch.yaml", []byte("name: Contoso\n")
		}
		last = r
		if i == 3 {
			redacted = r.Snapshot.Resources[7].ID
		}
		if id != gone {
			same(t, h, id, r)
		} else if _, err := h.Load(ctx, id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("what was let go loads: %v", err)
		}
		for range 6 {
			e.Pass()
		}
	}
	b, snapshot, err := h.Current(ctx)
	if err != nil || b.ID != "b0edbbb3fce1dcdfa" || snapshot != ids[3] || len(b.Seen) != 2 {
		t.Fatalf("%+v of %s, %v", b, snapshot, err)
	}
	for _, r := range b.Snapshot.Resources {
		if (r.ID == redacted) != (r.Erased != "") {
			t.Errorf("%s is withdrawn because %q", r.ID, r.Erased)
		}
	}
	// It goes on: the same again is no second entry, the next is told from the one before, and what is withdrawn stays so.
	if again, err := h.Put(ctx, last, storetest.Noon); err != nil || again.ID != ids[4] {
		t.Errorf("%+v, %v", again, err)
	}
	next := e.Record(t)
	entry, err := h.Put(ctx, next, storetest.Noon)
	if err != nil {
		t.Fatal(err)
	}
	same(t, h, entry.ID, next)
	if err := h.Approve(ctx, storetest.Approval(t, entry, next.Snapshot, b.ID), entry.ID, b.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Collect(ctx, func(x history.Entry) bool { return x.ID == entry.ID }, storetest.Noon, false); err != nil {
		t.Fatal(err)
	}
	if c, err := h.Check(ctx, nil); err != nil || len(c.Faults) > 0 || c.Snapshots != 3 || c.Baselines != 3 || c.Entries != 3 || c.Staged != 0 {
		t.Errorf("%+v, %v", c, err)
	}
}

// same holds a snapshot to what was scanned, but for content that was withdrawn.
func same(t *testing.T, h *tested, id string, want history.Record) {
	t.Helper()
	got, err := h.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got.Snapshot.Resources {
		if r := &got.Snapshot.Resources[i]; r.Erased != "" {
			if want.Snapshot, err = want.Snapshot.Redact(r.ID, r.Erased); err != nil {
				t.Fatal(err)
			}
		}
	}
	storetest.Same(t, h, id, want)
}
