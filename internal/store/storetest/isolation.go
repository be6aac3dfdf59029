package storetest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/discover"
	"c4arch/internal/service/history"
)

// things are the ids of one of each thing that a project can have.
type things struct {
	Snapshot, Root, Baseline, Run, Upload, Connection, Comparison, Finding, Resource string
}

// furnish makes one of each thing in a place.
func furnish(t *testing.T, w *World, p Place, seed uint64) things {
	t.Helper()
	ctx := t.Context()
	e, base := approved(t, w, p, seed)
	d := w.discover(t, p)
	up, err := d.Stage(ctx, bytes.NewReader([]byte("data")), 10, Noon)
	must(t, err)
	r := run(p, int(seed))
	r.Upload = up.ID
	c := discover.RunChange{Envelope: p.envelope(t, access.ScanStart, "scan.queued"), Runs: []discover.Run{r}, Uploads: []discover.Upload{up}}
	_, err = d.Change(ctx, &c)
	must(t, err)
	name := fmt.Sprintf("cp_%025da", seed)
	f := finding(fmt.Sprintf("f-%d", seed), severity.High, Noon, Noon)
	cc := detect.Change{
		Envelope: p.envelope(t, access.DriftCompare, "drift.compared"), Report: report(f), Seen: []baseline.Seen{seenOf(&f)},
		Compared: &detect.Comparison{ID: name, Project: p.Project, Baseline: base, Snapshot: e.ID, At: Noon, Findings: 1},
	}
	_, err = w.detect(t, p).Change(ctx, &cc)
	must(t, err)
	rec, err := w.Store(t, p).Load(ctx, e.ID)
	must(t, err)
	return things{Snapshot: e.ID, Root: string(e.Root), Baseline: base, Run: r.ID, Upload: up.ID, Connection: w.Connection, Comparison: name, Finding: f.ID, Resource: rec.Snapshot.Resources[3].ID}
}

// nothing are ids that no home has.
func nothing() things {
	return things{
		Snapshot: "s00000000aaaa", Root: "sha256:" + strings.Repeat("0f", 32), Baseline: "b000000000000aaaa", Run: never("sc"), Upload: never("up"), Connection: never("cn"),
		Comparison: never("cp"), Finding: "f-0", Resource: "/subscriptions/none",
	}
}

// A read with the id of a thing of another project or organisation is notfound in the same words, and runs the same statements, as one with an id that nothing has.
func isolation(t *testing.T, w *World) {
	foreign, sibling, none := furnish(t, w, w.Foreign, 31), furnish(t, w, w.Other, 32), nothing()
	furnish(t, w, w.Mine, 33)
	foreign.Connection, sibling.Connection = "cn_"+strings.Repeat("0", 25)+"8", "cn_"+strings.Repeat("0", 25)+"9"
	s, dis, det := w.Store(t, w.Mine), w.discover(t, w.Mine), w.detect(t, w.Mine)
	ctx := context.Background()
	for name, read := range map[string]func(x things) error{
		"Find by id":       func(x things) error { _, err := s.Find(ctx, x.Snapshot); return err },
		"Find by a prefix": func(x things) error { _, err := s.Find(ctx, x.Snapshot[:12]); return err },
		"Find by root":     func(x things) error { _, err := s.Find(ctx, x.Root); return err },
		"Load":             func(x things) error { _, err := s.Load(ctx, x.Snapshot); return err },
		"Baseline":         func(x things) error { _, _, err := s.Baseline(ctx, x.Baseline); return err },
		"Snapshot":         func(x things) error { _, _, err := det.Snapshot(ctx, x.Snapshot); return err },
		"Run":              func(x things) error { _, err := dis.Run(ctx, x.Run); return err },
		"Handed":           func(x things) error { _, err := dis.Handed(ctx, x.Upload); return err },
		"Connection":       func(x things) error { _, err := dis.Connection(ctx, x.Connection); return err },
		"Report":           func(x things) error { _, err := det.Report(ctx, x.Comparison); return err },
		"Findings":         func(x things) error { _, err := det.Findings(ctx, detect.FindingQuery{After: x.Finding}); return err },
		"Saw":              func(x things) error { _, err := s.Saw(ctx, x.Baseline, []string{"f"}, nil, Noon); return err },
		"Redact":           func(x things) error { _, err := s.Redact(ctx, x.Resource, "asked for", Noon); return err },
	} {
		ask := func(x things) (string, []string) {
			text := ""
			list := w.Statements(func() {
				err := read(x)
				kindIs(t, name, err, fault.NotFound)
				text = fmt.Sprintf("%+v", err)
			})
			for _, id := range []string{x.Snapshot, x.Root, x.Baseline, x.Run, x.Upload, x.Connection, x.Comparison, x.Finding, x.Resource, x.Snapshot[:12]} {
				text = strings.ReplaceAll(text, id, "ID")
			}
			return text, list
		}
		text, list := ask(none)
		if len(list) == 0 {
			t.Errorf("%s runs no statement", name)
		}
		for whose, x := range map[string]things{"another organisation": foreign, "another project": sibling} {
			gotText, gotList := ask(x)
			if gotText != text {
				t.Errorf("%s of %s: %q, not %q", name, whose, gotText, text)
			}
			if !slices.Equal(gotList, list) {
				t.Errorf("%s of %s runs\n%q, not\n%q", name, whose, gotList, list)
			}
		}
	}
	lists(t, w, foreign, sibling)
	scopes(t, w)
}

// lists: what is listed is the project's own.
func lists(t *testing.T, w *World, others ...things) {
	t.Helper()
	ctx := t.Context()
	s, dis, det := w.Store(t, w.Mine), w.discover(t, w.Mine), w.detect(t, w.Mine)
	var all []string
	add := func(v any, err error) {
		t.Helper()
		must(t, err)
		all = append(all, fmt.Sprintf("%+v", v))
	}
	add(s.List(ctx, 0))
	add(s.Approvals(ctx))
	add(dis.Runs(ctx, "", 0))
	add(dis.Runs(ctx, others[0].Run+"z", 0))
	add(det.Comparisons(ctx, "", 0))
	add(det.Findings(ctx, detect.FindingQuery{}))
	add(det.Exceptions(ctx))
	add(det.Proposals(ctx))
	add(s.Find(ctx, "latest"))
	add(s.Find(ctx, "2030-01-01"))
	text := strings.Join(all, "\n")
	for _, x := range others {
		for _, id := range []string{x.Snapshot, x.Root, x.Baseline, x.Run, x.Upload, x.Comparison, x.Finding} {
			if strings.Contains(text, id) {
				t.Errorf("%s of another project is listed", id)
			}
		}
	}
}

// scopes: a store takes no scope but that of its own project, and the zero scope opens nothing.
func scopes(t *testing.T, w *World) {
	t.Helper()
	ctx := t.Context()
	for name, scope := range map[string]access.Scope{
		"the zero scope":                      {},
		"another organisation's project":      Place{Actor: w.Mine.Actor, Project: w.Foreign.Project}.scope(t, access.SnapshotRead),
		"a project that is not there":         Place{Actor: w.Mine.Actor, Project: "pj_00000000000000000000000000"}.scope(t, access.SnapshotRead),
		"an organisation that is not there":   Place{Actor: stranger(w.Mine.Actor), Project: w.Mine.Project}.scope(t, access.SnapshotRead),
		"our project of another organisation": Place{Actor: w.Foreign.Actor, Project: w.Mine.Project}.scope(t, access.SnapshotRead),
	} {
		_, err := w.Projects.History(ctx, scope)
		kindIs(t, name, err, fault.NotFound)
	}
	mine := w.Store(t, w.Mine)
	r := NewEstate(t, 40, 5).Record(t)
	for name, p := range map[string]Place{"another organisation": w.Foreign, "another project": w.Other} {
		s := mine
		s.Actor, s.Project = p.Actor, p.Project
		_, err := s.Put(ctx, r, Noon)
		kindIs(t, "a put by "+name, err, fault.NotFound)
		_, err = s.Collect(ctx, func(history.Entry) bool { return false }, Noon, false)
		kindIs(t, "a collect by "+name, err, fault.NotFound)
		_, err = s.Redact(ctx, r.Snapshot.Resources[0].ID, "asked for", Noon)
		kindIs(t, "a redact by "+name, err, fault.NotFound)
		_, err = s.Saw(ctx, "b000000000000aaaa", nil, nil, Noon)
		kindIs(t, "a look by "+name, err, fault.NotFound)
	}
}

func stranger(a access.Actor) access.Actor {
	a.Org = "og_00000000000000000000000000"
	return a
}

func seenOf(f *drift.Finding) baseline.Seen {
	return baseline.Seen{Finding: f.ID, First: f.FirstSeen, Last: f.LastSeen}
}

// shared: two projects of an organisation that have the same versions.
func shared(t *testing.T, w *World) {
	ctx := t.Context()
	mine, other, foreign := w.Store(t, w.Mine), w.Store(t, w.Other), w.Store(t, w.Foreign)
	e := NewEstate(t, 50, 40)
	r := e.Record(t)
	a, b, c := put(t, mine, r, Noon), put(t, other, r, Noon), put(t, foreign, r, Noon)
	if a.Fresh != 40 || b.Fresh != 0 || c.Fresh != 40 || a.ID != b.ID {
		t.Errorf("%d, %d and %d versions are new", a.Fresh, b.Fresh, c.Fresh)
	}
	e.Pass()
	own := e.Record(t)
	second := put(t, other, own, Noon)
	// What one project lets go the other keeps.
	if _, err := mine.Collect(ctx, func(history.Entry) bool { return false }, Noon, false); err != nil {
		t.Fatal(err)
	}
	Same(t, other, b.ID, r)
	Same(t, other, second.ID, own)
	_, err := mine.Load(ctx, a.ID)
	kindIs(t, "what was let go", err, fault.NotFound)
	Same(t, mine, put(t, mine, r, Noon).ID, r)
	// What one project withdraws is withdrawn for the organisation, and told of the project's own snapshots alone. Another organisation keeps it.
	resource := r.Snapshot.Resources[7].ID
	gone, err := mine.Redact(ctx, resource, "asked for", Noon)
	if err != nil || gone.Versions != 1 || !slices.Equal(gone.Snapshots, []string{a.ID}) {
		t.Errorf("%+v, %v", gone, err)
	}
	was := r
	if r.Snapshot, err = r.Snapshot.Redact(resource, "asked for"); err != nil {
		t.Fatal(err)
	}
	Same(t, mine, a.ID, r)
	Same(t, other, b.ID, r)
	Same(t, foreign, c.ID, was)
	// A resource that the other project alone has is not known here.
	fresh := NewEstate(t, 51, 20).Record(t)
	put(t, other, fresh, Noon)
	_, err = mine.Redact(ctx, fresh.Snapshot.Resources[0].ID, "asked for", Noon)
	kindIs(t, "a resource of another project", err, fault.NotFound)
	if _, err := other.Collect(ctx, func(history.Entry) bool { return false }, Noon, false); err != nil {
		t.Fatal(err)
	}
	Same(t, mine, a.ID, r)
	if canon.Sum(Bytes(t, was.Snapshot)) == canon.Sum(Bytes(t, r.Snapshot)) {
		t.Error("nothing was withdrawn")
	}
}

func archived(t *testing.T, w *World) {
	ctx := t.Context()
	x := furnish(t, w, w.Other, 60)
	w.Archive()
	s := w.Store(t, w.Other)
	if _, err := s.Load(ctx, x.Snapshot); err != nil {
		t.Error(err)
	}
	before, err := s.List(ctx, 0)
	must(t, err)
	_, err = s.Put(ctx, NewEstate(t, 61, 5).Record(t), Noon)
	kindIs(t, "a put", err, fault.Conflict)
	_, err = s.Saw(ctx, x.Baseline, nil, nil, Noon)
	kindIs(t, "a look", err, fault.Conflict)
	c := discover.RunChange{Envelope: w.Other.envelope(t, access.ScanStart, "scan.queued"), Runs: []discover.Run{run(w.Other, 61)}}
	_, err = w.discover(t, w.Other).Change(ctx, &c)
	kindIs(t, "a scan", err, fault.Conflict)
	if after, err := s.List(ctx, 0); err != nil || len(after) != len(before) {
		t.Errorf("%d snapshots became %d, %v", len(before), len(after), err)
	}
}
