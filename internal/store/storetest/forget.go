package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/history"
)

func collect(t *testing.T, s Store) {
	ctx := t.Context()
	e := NewEstate(t, 10, 60)
	records := map[string]history.Record{}
	var all []history.Entry
	for i := range 12 {
		r := e.Record(t)
		r.OverlayName, r.OverlayText = "c4arch.yaml", fmt.Appendf(nil, "name: Contoso %d\n", i)
		entry := put(t, s, r, Noon)
		records[entry.ID], all = r, append(all, entry)
		for range 30 {
			e.Pass()
		}
	}
	b := Approval(t, all[3], records[all[3].ID].Snapshot, "")
	if err := s.Approve(ctx, b, all[3].ID, ""); err != nil {
		t.Fatal(err)
	}
	keep := func(x history.Entry) bool { return x.ID == all[7].ID || x.ID == all[11].ID }
	before := sound(t, s)
	dry, err := s.Collect(ctx, keep, Noon, true)
	if err != nil || len(dry.Snapshots) != 9 {
		t.Fatalf("%+v, %v", dry, err)
	}
	if now := sound(t, s); now.Snapshots != before.Snapshots || now.Versions != before.Versions || now.Objects != before.Objects || now.Bytes != before.Bytes {
		t.Errorf("counting changed %+v to %+v", before, now)
	}
	done, err := s.Collect(ctx, keep, Noon, false)
	if err != nil || fmt.Sprint(done) != fmt.Sprint(dry) {
		t.Fatalf("did %+v, but counted %+v: %v", done, dry, err)
	}
	after := sound(t, s)
	if after.Snapshots != 3 || after.Versions != before.Versions-done.Versions || after.Bytes != before.Bytes-done.Bytes || done.Versions == 0 || done.Bytes <= 0 {
		t.Errorf("collected %+v of %+v, and %+v are left", done, before, after)
	}
	for i, x := range all {
		if i == 3 || i == 7 || i == 11 {
			Same(t, s, x.ID, records[x.ID])
			continue
		}
		_, err := s.Load(ctx, x.ID)
		kindIs(t, x.ID, err, fault.NotFound)
	}
	if again, err := s.Collect(ctx, keep, Noon, false); err != nil || len(again.Snapshots)+again.Objects+again.Versions != 0 {
		t.Errorf("a second time there is %+v, %v", again, err)
	}
	Same(t, s, put(t, s, records[all[5].ID], Noon).ID, records[all[5].ID]) // it can come again
}

func redact(t *testing.T, s Store) {
	ctx := t.Context()
	e := NewEstate(t, 11, 60)
	records := map[string]history.Record{}
	var all []history.Entry
	for range 6 {
		r := e.Record(t)
		entry := put(t, s, r, Noon)
		records[entry.ID], all = r, append(all, entry)
		for range 5 {
			e.Pass()
		}
	}
	first := records[all[0].ID].Snapshot
	if err := s.Approve(ctx, Approval(t, all[0], first, ""), all[0].ID, ""); err != nil {
		t.Fatal(err)
	}
	id := first.Resources[7].ID
	versions := map[canon.Digest]bool{}
	var in []string
	for _, x := range all {
		for _, r := range records[x.ID].Snapshot.Resources {
			if r.ID == id {
				versions[r.Commitment] = true
				in = append(in, x.ID)
			}
		}
	}
	_, err := s.Redact(ctx, id, "", Noon)
	kindIs(t, "no reason", err, fault.Invalid)
	_, err = s.Redact(ctx, "/subscriptions/none", "asked for", Noon)
	kindIs(t, "no such resource", err, fault.NotFound)
	got, err := s.Redact(ctx, id, "asked for", Noon)
	if err != nil || got.Versions != len(versions) || !slices.Equal(got.Snapshots, in) || len(got.Baselines) != 1 || got.Resource != id {
		t.Fatalf("%+v, %v; %d versions in %v", got, err, len(versions), in)
	}
	for _, x := range all {
		want := records[x.ID]
		if slices.Contains(in, x.ID) {
			if want.Snapshot, err = want.Snapshot.Redact(id, "asked for"); err != nil {
				t.Fatal(err)
			}
		}
		Same(t, s, x.ID, want)
		records[x.ID] = want
	}
	if b, _, err := s.Current(ctx); err != nil || b.Snapshot.Root != first.Root || b.Snapshot.Resources[7].Erased != "asked for" {
		t.Errorf("the baseline: %v", err)
	}
	if again, err := s.Redact(ctx, id, "again", Noon); err != nil || again.Versions != 0 {
		t.Errorf("a second time: %+v, %v", again, err)
	}
	// The same version is read again by a scan, after everything else has gone: it stays withdrawn.
	if _, err := s.Collect(ctx, func(history.Entry) bool { return false }, Noon, false); err != nil {
		t.Fatal(err)
	}
	later := *first
	later.CollectedAt = "2026-06-01T00:00:00Z"
	entry := put(t, s, history.Record{Snapshot: &later, Model: all[0].Model}, Noon)
	want, err := later.Redact(id, "asked for")
	if err != nil {
		t.Fatal(err)
	}
	Same(t, s, entry.ID, history.Record{Snapshot: want, Model: all[0].Model})
	if entry.Root != first.Root {
		t.Error("the root changed")
	}
}

// anyOrder does everything in an order that a seed decides, and holds the store to what should be in it.
func anyOrder(t *testing.T, s Store) {
	ctx := t.Context()
	e := NewEstate(t, 12, 50)
	other := NewEstate(t, 13, 20)
	kept := map[string]history.Record{}
	gone := map[string]bool{} // resources
	var order []string
	current := ""
	approved := map[string]bool{}
	for step := range 60 {
		switch roll := e.rand.IntN(10); {
		case roll < 6 || len(order) == 0:
			from := []*Estate{e, e, other}[e.rand.IntN(3)]
			r := from.Record(t)
			entry := put(t, s, r, Noon)
			if _, known := kept[entry.ID]; !known {
				order = append(order, entry.ID)
			}
			kept[entry.ID] = r
			from.Pass()
		case roll < 7:
			id := order[e.rand.IntN(len(order))]
			entry, err := s.Find(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			b := Approval(t, entry, kept[id].Snapshot, current)
			if err := s.Approve(ctx, b, id, current); err != nil {
				t.Fatal(err)
			}
			current, approved[id] = b.ID, true
		case roll < 8:
			rs := kept[order[len(order)-1]].Snapshot.Resources
			id := rs[e.rand.IntN(len(rs))].ID
			if _, err := s.Redact(ctx, id, "asked for", Noon); err != nil {
				t.Fatal(err)
			}
			gone[id] = true
		default:
			chosen := map[string]bool{}
			for _, id := range order {
				chosen[id] = e.rand.IntN(3) > 0
			}
			if _, err := s.Collect(ctx, func(x history.Entry) bool { return chosen[x.ID] }, Noon, false); err != nil {
				t.Fatal(err)
			}
			order = slices.DeleteFunc(order, func(id string) bool {
				if goes := !chosen[id] && !approved[id]; goes {
					delete(kept, id)
					return true
				}
				return false
			})
		}
		if step%10 == 9 {
			anyOrderHolds(t, s, order, kept, gone, current)
		}
	}
}

// anyOrderHolds: what is listed is what is kept, and each snapshot is what it was but for what was withdrawn. A version that came after
// a withdrawal is as it is, so that of those resources only the root is compared.
func anyOrderHolds(t *testing.T, s Store, order []string, kept map[string]history.Record, gone map[string]bool, current string) {
	t.Helper()
	all, err := s.List(t.Context(), 0)
	if err != nil || len(all) != len(order) {
		t.Fatalf("%d are listed of %d: %v", len(all), len(order), err)
	}
	for _, id := range order {
		got, err := s.Load(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		want := kept[id].Snapshot
		for i := range want.Resources {
			a, b := got.Snapshot.Resources[i], want.Resources[i]
			if a.Commitment != b.Commitment || !gone[a.ID] && string(a.Canonical()) != string(b.Canonical()) || cmp.Compare(a.ID, b.ID) != 0 {
				t.Fatalf("%s has another %s", id, b.ID)
			}
		}
	}
	if current != "" {
		if b, _, err := s.Current(t.Context()); err != nil || b.ID != current {
			t.Errorf("the current baseline: %v", err)
		}
	}
	sound(t, s)
}
