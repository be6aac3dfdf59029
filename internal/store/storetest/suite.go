package storetest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/history"
)

// Run runs the suite. Open makes an empty store, which the suite closes. Whatever a test did, the store is sound afterwards.
func Run(t *testing.T, open func(t *testing.T) Store) {
	for _, x := range []struct {
		name string
		test func(*testing.T, Store)
	}{
		{"what is put is loaded, byte for byte", putLoad},
		{"the same a second time is no second entry", putTwice},
		{"a version that comes back is no new one", comesBack},
		{"what does not verify is not kept", refuses},
		{"the list is the newest first", list},
		{"people name a snapshot in many ways", find},
		{"a beginning that means several is a conflict", ambiguous},
		{"an approval is kept with what it approves", approve},
		{"an approval that was decided on an older one is a conflict", expect},
		{"findings have dates", saw},
		{"what is not kept goes, and nothing else", collect},
		{"what is withdrawn is gone from all, and the roots verify", redact},
		{"any order of all of it", anyOrder},
	} {
		t.Run(x.name, func(t *testing.T) {
			s := open(t)
			x.test(t, s)
			sound(t, s)
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// sound checks the whole store.
func sound(t *testing.T, s Store) history.Checked {
	t.Helper()
	last, total := 0, 0
	c, err := s.Check(t.Context(), func(done, all int) { last, total = done, all })
	if err != nil || len(c.Faults) > 0 {
		t.Fatalf("check: %v %q", err, c.Faults)
	}
	if last != total {
		t.Errorf("the check ended at %d of %d", last, total)
	}
	return c
}

// Bytes are those of snapshot.json.
func Bytes(tb testing.TB, s *evidence.Snapshot) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := s.Encode(&b); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// Loader is what loads a record.
type Loader interface {
	Load(ctx context.Context, id string) (history.Record, error)
}

// Same fails unless the record that is kept under the id is the one that was given.
func Same(tb testing.TB, s Loader, id string, want history.Record) {
	tb.Helper()
	got, err := s.Load(context.Background(), id)
	if err != nil {
		tb.Fatalf("%s: %v", id, err)
	}
	if !bytes.Equal(Bytes(tb, got.Snapshot), Bytes(tb, want.Snapshot)) {
		tb.Fatalf("%s came back as another snapshot", id)
	}
	if got.OverlayName != want.OverlayName || !bytes.Equal(got.OverlayText, want.OverlayText) || (got.OverlayText == nil) != (want.OverlayText == nil) ||
		got.Overlay != want.Overlay || got.Model != want.Model {
		tb.Fatalf("%s came back with another overlay or model", id)
	}
}

func put(t *testing.T, s Store, r history.Record, now time.Time) history.Entry {
	t.Helper()
	e, err := s.Put(t.Context(), r, now)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func kindIs(t *testing.T, what string, err error, want fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != want {
		t.Errorf("%s: %v is of kind %q, not %q", what, err, fault.KindOf(err), want)
	}
}

// Noon is a time.
var Noon = time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)

func putLoad(t *testing.T, s Store) {
	e := NewEstate(t, 1, 300)
	var kept []history.Record
	var ids []string
	for i := range 6 {
		r := e.Record(t)
		if i%2 == 1 {
			r.OverlayName, r.OverlayText, r.Overlay = "c4arch.yaml", []byte("name: Contoso\n"), canon.Sum([]byte("x"))
		}
		entry := put(t, s, r, Noon.Add(time.Duration(i)*time.Hour))
		if entry.Root != r.Snapshot.Root || entry.Resources != len(r.Snapshot.Resources) || entry.NotRead != evidence.Things(r.Snapshot.NotRead) ||
			entry.Name != "contoso" || !entry.RecordedAt.Equal(Noon.Add(time.Duration(i)*time.Hour)) || entry.Model != r.Model || entry.Overlay != r.Overlay {
			t.Errorf("the entry is %+v", entry)
		}
		kept, ids = append(kept, r), append(ids, entry.ID)
		e.Pass()
	}
	for name, snapshot := range Odd(t) {
		r := history.Record{Snapshot: snapshot, Model: canon.Sum([]byte(name)), OverlayName: "empty.yaml", OverlayText: []byte{}}
		kept, ids = append(kept, r), append(ids, put(t, s, r, Noon).ID)
	}
	for i := range kept {
		Same(t, s, ids[i], kept[i])
	}
	_, err := s.Load(t.Context(), "s000000000000")
	kindIs(t, "an unknown id", err, fault.NotFound)
}

func putTwice(t *testing.T, s Store) {
	e := NewEstate(t, 2, 50)
	r := e.Record(t)
	a := put(t, s, r, Noon)
	b := put(t, s, r, Noon.Add(time.Hour))
	if a.ID != b.ID || !a.RecordedAt.Equal(b.RecordedAt) || a.Fresh != b.Fresh {
		t.Errorf("first %+v, then %+v", a, b)
	}
	r.Model = canon.Sum([]byte("another overlay makes another model"))
	if c := put(t, s, r, Noon); c.ID == a.ID || c.Root != a.Root || c.Fresh != 0 {
		t.Errorf("another model: %+v", c)
	}
	if all, _ := s.List(t.Context(), 0); len(all) != 2 {
		t.Errorf("%d entries", len(all))
	}
}

func comesBack(t *testing.T, s Store) {
	e := NewEstate(t, 3, 80)
	first := e.Record(t)
	a := put(t, s, first, Noon)
	if a.Fresh != 80 {
		t.Errorf("%d versions of 80 are new", a.Fresh)
	}
	if want, b := e.Pass(), put(t, s, e.Record(t), Noon); b.Fresh != want {
		t.Errorf("%d versions are new, not %d", b.Fresh, want)
	}
	before := sound(t, s)
	again := *first.Snapshot
	again.CollectedAt = e.Day().Add(48 * time.Hour).Format(time.RFC3339)
	r := history.Record{Snapshot: &again, Model: first.Model}
	back := put(t, s, r, Noon)
	if back.Fresh != 0 || back.ID == a.ID || back.Root != a.Root {
		t.Errorf("what came back is %+v", back)
	}
	Same(t, s, back.ID, r)
	if after := sound(t, s); after.Versions != before.Versions || after.Objects != before.Objects {
		t.Errorf("%d versions in %d objects, before %d in %d", after.Versions, after.Objects, before.Versions, before.Objects)
	}
}

func refuses(t *testing.T, s Store) {
	whole := NewEstate(t, 4, 20).Record(t)
	for name, spoil := range map[string]func(*evidence.Snapshot){
		"another content":    func(x *evidence.Snapshot) { x.Resources[3].Name += "x" },
		"another commitment": func(x *evidence.Snapshot) { x.Resources[3].Commitment = canon.Sum(nil) },
		"another salt":       func(x *evidence.Snapshot) { x.Resources[3].Salt = x.Resources[4].Salt },
		"a salt in capitals": func(x *evidence.Snapshot) { x.Resources[3].Salt = string(bytes.ToUpper([]byte(x.Resources[3].Salt))) },
		"another root":       func(x *evidence.Snapshot) { x.Root = canon.Sum(nil) },
		"another order":      func(x *evidence.Snapshot) { x.Resources[0], x.Resources[1] = x.Resources[1], x.Resources[0] },
		"a NUL in the name":  func(x *evidence.Snapshot) { x.Name = "a\x00b" },
		"a name of no text":  func(x *evidence.Snapshot) { x.Name = "\xff" },
		"no time":            func(x *evidence.Snapshot) { x.CollectedAt = "yesterday" },
		"another time zone":  func(x *evidence.Snapshot) { x.CollectedAt = "2026-01-31T09:30:00+01:00" },
		"another format":     func(x *evidence.Snapshot) { x.Version = "99" },
		"unsorted places": func(x *evidence.Snapshot) {
			x.Resources[3].Origins = []evidence.Origin{{Input: "b"}, {Input: "a"}}
		},
		"half a commitment": func(x *evidence.Snapshot) {
			x.Resources[3] = x.Resources[3].Redact("gone")
			x.Resources[3].Commitment = "sha256:00"
		},
	} {
		bad := *whole.Snapshot
		bad.Resources = slices.Clone(bad.Resources)
		spoil(&bad)
		_, err := s.Put(t.Context(), history.Record{Snapshot: &bad}, Noon)
		kindIs(t, name, err, fault.Invalid)
	}
	_, err := s.Put(t.Context(), history.Record{}, Noon)
	kindIs(t, "no snapshot", err, fault.Invalid)
	if all, err := s.List(t.Context(), 0); err != nil || len(all) != 0 {
		t.Errorf("%d entries, %v", len(all), err)
	}
	if c := sound(t, s); c.Objects+c.Versions+c.Staged != 0 {
		t.Errorf("something was left: %+v", c)
	}
}

func list(t *testing.T, s Store) {
	if all, err := s.List(t.Context(), 0); err != nil || all == nil || len(all) != 0 {
		t.Errorf("an empty store lists %v, %v", all, err)
	}
	e := NewEstate(t, 5, 30)
	var want []history.Entry
	for range 5 {
		want = append(want, put(t, s, e.Record(t), Noon))
		e.Pass()
	}
	slices.Reverse(want)
	all, err := s.List(t.Context(), 0)
	if err != nil || fmt.Sprint(all) != fmt.Sprint(want) {
		t.Errorf("listed\n%v\nnot\n%v, %v", all, want, err)
	}
	if two, _ := s.List(t.Context(), 2); fmt.Sprint(two) != fmt.Sprint(want[:2]) {
		t.Errorf("the first two are %v", two)
	}
}

func find(t *testing.T, s Store) {
	_, err := s.Find(t.Context(), "latest")
	kindIs(t, "latest of nothing", err, fault.NotFound)
	e := NewEstate(t, 6, 30) // the first day is Monday the 5th, at 4
	var all []history.Entry
	for range 5 {
		all = append(all, put(t, s, e.Record(t), Noon))
		e.Pass()
	}
	root := string(all[2].Root)
	for ref, want := range map[string]int{
		"latest": 4, "latest~0": 4, "latest~3": 1, all[0].ID: 0, all[3].ID[:9]: 3, root: 2, root[7:]: 2, root[:30]: 2, root[7:20]: 2,
		"2026-01-07": 2, "2026-01-07T04:00:00Z": 2, "2026-01-07T03:59:59Z": 1, "2026-01-07T05:00:00+01:00": 2, "2030-01-01": 4, " latest ": 4,
	} {
		got, err := s.Find(t.Context(), ref)
		if err != nil || got.ID != all[want].ID {
			t.Errorf("%q finds %s, not %s: %v", ref, got.ID, all[want].ID, err)
		}
	}
	for ref, kind := range map[string]fault.Kind{
		"latest~5": fault.NotFound, "latest~x": fault.NotFound, "": fault.NotFound, "s12": fault.NotFound, "sffffffffffff": fault.NotFound, "ffff": fault.NotFound,
		"2025-12-31": fault.NotFound, "2026-13-01": fault.Invalid, "%": fault.NotFound, "s%_%_": fault.NotFound, "' OR 1=1 --": fault.NotFound, "2026-01-07T": fault.Invalid,
	} {
		_, err := s.Find(t.Context(), ref)
		kindIs(t, ref, err, kind)
	}
}

func ambiguous(t *testing.T, s Store) {
	seen := map[string]string{}
	for i := range 600 { // after 75 it is as likely as not
		snap, err := evidence.NewSnapshot(evidence.Meta{CollectedAt: Noon.Add(time.Duration(i) * time.Minute).Format(time.RFC3339)}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		id := put(t, s, history.Record{Snapshot: snap}, Noon).ID
		if other := seen[id[:4]]; other != "" {
			_, err := s.Find(t.Context(), id[:4])
			kindIs(t, id+" and "+other, err, fault.Conflict)
			return
		}
		seen[id[:4]] = id
	}
	t.Fatal("no two ids begin alike")
}
