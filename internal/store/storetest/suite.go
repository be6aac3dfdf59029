package storetest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/history"
)

// Store is both ports in one.
type Store interface {
	history.Store
	detect.Baselines
}

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

// Same fails unless the record that is kept under the id is the one that was given.
func Same(tb testing.TB, s history.Store, id string, want history.Record) {
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
		if entry.Root != r.Snapshot.Root || entry.Resources != len(r.Snapshot.Resources) || entry.NotRead != len(r.Snapshot.NotRead) ||
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

// Approval is a baseline of a snapshot that is kept.
func Approval(tb testing.TB, e history.Entry, s *evidence.Snapshot, supersedes string) *baseline.Baseline {
	tb.Helper()
	b, err := baseline.New(baseline.Approval{
		Model: e.Model, Name: e.Name, By: "platform-team", Claimed: true, At: "2026-02-01T12:00:00Z", Reason: "as designed", Supersedes: supersedes,
	}, s, "c4arch.yaml", []byte("name: Contoso\n"), bytes.Repeat([]byte("key!"), 8))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func approve(t *testing.T, s Store) {
	_, _, err := s.Current(t.Context())
	kindIs(t, "nothing approved", err, fault.NotFound)
	e := NewEstate(t, 7, 40)
	var made []*baseline.Baseline
	var of []history.Entry
	last := ""
	for range 3 {
		r := e.Record(t)
		entry := put(t, s, r, Noon)
		b := Approval(t, entry, r.Snapshot, last)
		b.Seen = []baseline.Seen{{Finding: "f1", First: "2026-01-01T00:00:00Z", Last: "2026-01-02T00:00:00Z"}}
		if err := s.Approve(t.Context(), b, entry.ID, last); err != nil {
			t.Fatal(err)
		}
		made, of, last = append(made, b), append(of, entry), b.ID
		e.Pass()
	}
	got, snapshot, err := s.Current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sameBaseline(t, got, made[2])
	if snapshot != of[2].ID {
		t.Errorf("the current one is of %s, not %s", snapshot, of[2].ID)
	}
	if got, snapshot, err = s.Baseline(t.Context(), made[0].ID[:8]); err != nil || snapshot != of[0].ID {
		t.Fatalf("%s, %v", snapshot, err)
	}
	sameBaseline(t, got, made[0])
	all, err := s.Approvals(t.Context())
	if err != nil || len(all) != 3 || all[0].ID != made[2].ID || all[2].ID != made[0].ID || all[1].Snapshot != nil || all[1].Approval != made[1].Approval {
		t.Errorf("approvals %v, %v", all, err)
	}
	if found, err := s.Find(t.Context(), of[1].ID); err != nil || found.Approved != made[1].ID {
		t.Errorf("the entry is approved by %q, %v", found.Approved, err)
	}
	for _, ref := range []string{"", "b", "b12", "bffffffffffffffff", "latest"} {
		_, _, err := s.Baseline(t.Context(), ref)
		kindIs(t, ref, err, fault.NotFound)
	}
	wrong := *made[0]
	wrong.Approval.By = "somebody else"
	kindIs(t, "a changed approval", s.Approve(t.Context(), &wrong, of[0].ID, last), fault.Invalid)
	kindIs(t, "an approval of another snapshot", s.Approve(t.Context(), Approval(t, of[0], loaded(t, s, of[0].ID), last), of[1].ID, last), fault.Invalid)
	kindIs(t, "an approval of nothing", s.Approve(t.Context(), Approval(t, of[0], loaded(t, s, of[0].ID), last), "s000000000000", last), fault.NotFound)
}

func loaded(t *testing.T, s Store, id string) *evidence.Snapshot {
	t.Helper()
	r, err := s.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return r.Snapshot
}

func sameBaseline(t *testing.T, got, want *baseline.Baseline) {
	t.Helper()
	if got.ID != want.ID || got.Approval != want.Approval || got.Seal != want.Seal || got.OverlayName != want.OverlayName ||
		!bytes.Equal(got.OverlayText, want.OverlayText) || !slices.Equal(got.Seen, want.Seen) {
		t.Errorf("the baseline is %+v, not %+v", got, want)
	}
	if !bytes.Equal(Bytes(t, got.Snapshot), Bytes(t, want.Snapshot)) {
		t.Error("the baseline has another snapshot")
	}
	if err := got.Verify(bytes.Repeat([]byte("key!"), 8)); err != nil {
		t.Error(err)
	}
}

func expect(t *testing.T, s Store) {
	e := NewEstate(t, 8, 20)
	r := e.Record(t)
	entry := put(t, s, r, Noon)
	first := Approval(t, entry, r.Snapshot, "")
	kindIs(t, "an expectation of what is not there", s.Approve(t.Context(), first, entry.ID, "b0000000000000000"), fault.Conflict)
	if err := s.Approve(t.Context(), first, entry.ID, ""); err != nil {
		t.Fatal(err)
	}
	second := Approval(t, entry, r.Snapshot, first.ID)
	kindIs(t, "an approval that did not see the first", s.Approve(t.Context(), second, entry.ID, ""), fault.Conflict)
	kindIs(t, "the same twice", s.Approve(t.Context(), first, entry.ID, first.ID), fault.Conflict)
	if now, _, err := s.Current(t.Context()); err != nil || now.ID != first.ID {
		t.Errorf("%v, %v", now, err)
	}
	if err := s.Approve(t.Context(), second, entry.ID, first.ID); err != nil {
		t.Error(err)
	}
}

func saw(t *testing.T, s Store) {
	ctx := t.Context()
	_, err := s.Saw(ctx, "b0000000000000000", []string{"f"}, nil, Noon)
	kindIs(t, "findings of no baseline", err, fault.NotFound)
	e := NewEstate(t, 9, 20)
	r := e.Record(t)
	entry := put(t, s, r, Noon)
	b := Approval(t, entry, r.Snapshot, "")
	if err := s.Approve(ctx, b, entry.ID, ""); err != nil {
		t.Fatal(err)
	}
	at := func(day int) time.Time { return Noon.AddDate(0, 0, day) }
	for i, x := range []struct {
		day  int
		now  []string
		keep string
		want string
	}{
		{0, []string{"b", "a"}, "", "[{a 0 0} {b 0 0}]"},
		{1, []string{"a", "c", "a"}, "", "[{a 0 1} {c 1 1}]"}, // b has gone
		{2, []string{"b"}, "c", "[{b 2 2} {c 1 1}]"},          // b begins anew, c could not be read
		{1, []string{"b", "c"}, "", "[{b 2 2} {c 1 1}]"},      // a clock that is behind
		{3, nil, "b", "[{b 2 2}]"},                            // nothing but what could not be read
		{4, nil, "", "[]"},
	} {
		got, err := s.Saw(ctx, b.ID, x.now, func(f string) bool { return f == x.keep }, at(x.day))
		if err != nil {
			t.Fatal(err)
		}
		text := "["
		for j, f := range got {
			if j > 0 {
				text += " "
			}
			text += fmt.Sprintf("{%s %d %d}", f.Finding, days(t, f.First), days(t, f.Last))
		}
		if text += "]"; text != x.want {
			t.Errorf("%d: %s, not %s", i, text, x.want)
		}
	}
}

func days(t *testing.T, text string) int {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return int(at.Sub(Noon).Hours() / 24)
}

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
