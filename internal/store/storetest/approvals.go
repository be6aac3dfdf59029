package storetest

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/history"
)

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
