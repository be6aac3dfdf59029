package storetest

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/discover"
	"c4arch/internal/service/history"
	"c4arch/internal/trust/ledger"
)

// World is an installation with organisations that have projects.
type World struct {
	Projects interface {
		history.Projects
		discover.Projects
		detect.Projects
	}
	// Mine and Other are projects of one organisation, Foreign is one of another.
	Mine, Other, Foreign Place
	// Connection is a connection of the project Mine.
	Connection string
	// Statements returns the texts of the statements that fn runs.
	Statements func(fn func()) []string
	// Archive archives the project Other.
	Archive func()
}

// Place is a project and somebody who may do everything in it.
type Place struct {
	Actor   access.Actor
	Project id.Project
}

func (p Place) scope(t *testing.T, a access.Action) access.Scope {
	t.Helper()
	s, err := access.Decide(p.Actor, a, access.Resource{Project: p.Project})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (p Place) envelope(t *testing.T, a access.Action, kind string, fields ...ledger.Field) change.Envelope {
	t.Helper()
	return change.New(p.scope(t, a), Noon, ledger.Draft{Kind: kind, Fields: fields})
}

// Store is the history of a place.
func (w *World) Store(t *testing.T, p Place) Store {
	t.Helper()
	ports, err := w.Projects.Detect(context.Background(), p.scope(t, access.SnapshotRead))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ports.Close() })
	h, err := w.Projects.History(context.Background(), p.scope(t, access.SnapshotRead))
	if err != nil {
		t.Fatal(err)
	}
	return Store{Ports: both{Store: h, Baselines: ports}, Actor: p.Actor, Project: p.Project}
}

type both struct {
	history.Store
	detect.Baselines
}

func (w *World) discover(t *testing.T, p Place) discover.Project {
	t.Helper()
	d, err := w.Projects.Discover(t.Context(), p.scope(t, access.ScanRead))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func (w *World) detect(t *testing.T, p Place) detect.Project {
	t.Helper()
	d, err := w.Projects.Detect(t.Context(), p.scope(t, access.FindingRead))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// RunHosted runs the suite of what a service has besides. Open makes a new world.
func RunHosted(t *testing.T, open func(t *testing.T) *World) {
	for _, x := range []struct {
		name string
		test func(*testing.T, *World)
	}{
		{"a scan from its upload to its snapshot", scans},
		{"comparisons, and what becomes of findings", comparisons},
		{"exceptions and proposals have versions", records},
		{"what another project has is nobody's", isolation},
		{"versions are kept once in an organisation, and one project takes nothing from another", shared},
		{"a project that is archived is read and not written", archived},
	} {
		t.Run(x.name, func(t *testing.T) {
			w := open(t)
			x.test(t, w)
			for _, p := range []Place{w.Mine, w.Foreign} {
				sound(t, w.Store(t, p))
			}
		})
	}
}

// never is an identifier that nothing has.
func never(prefix string) string { return prefix + "_" + strings.Repeat("0", 25) + "1" }

func run(p Place, n int) discover.Run {
	return discover.Run{
		ID: fmt.Sprintf("sc_%026d", n), Project: p.Project, Name: "shop", State: discover.Queued, Actor: p.Actor.ID, Collected: Noon, Created: Noon.Add(time.Duration(n) * time.Minute),
	}
}

func scans(t *testing.T, w *World) {
	ctx := t.Context()
	d := w.discover(t, w.Mine)
	data := []byte(strings.Repeat("resource ", 1000))
	if _, err := d.Stage(ctx, bytes.NewReader(data), int64(len(data))-1, Noon); fault.KindOf(err) != fault.Limited {
		t.Errorf("too much: %v", err)
	}
	up, err := d.Stage(ctx, bytes.NewReader(data), int64(len(data)), Noon)
	if err != nil || up.Digest != canon.Sum(data) || up.Size != int64(len(data)) || !id.Is(id.PrefixUpload, up.ID) || up.Project != w.Mine.Project {
		t.Fatalf("%+v, %v", up, err)
	}
	_, err = d.Handed(ctx, up.ID)
	kindIs(t, "what is staged only", err, fault.NotFound)
	r := run(w.Mine, 1)
	r.Upload, r.Connection = up.ID, w.Connection
	commit := func(c discover.RunChange) error {
		t.Helper()
		c.Envelope = w.Mine.envelope(t, access.ScanStart, "scan.queued", ledger.Text("scan", r.ID))
		_, err := d.Change(ctx, &c)
		return err
	}
	must(t, commit(discover.RunChange{Runs: []discover.Run{r}, Uploads: []discover.Upload{up}}))
	if got, err := d.Handed(ctx, up.ID); err != nil || !bytes.Equal(got, data) {
		t.Errorf("another upload came back: %v", err)
	}
	kindIs(t, "the same scan twice", commit(discover.RunChange{Runs: []discover.Run{r}}), fault.Conflict)
	r.Version = 1
	is := func(want discover.Run) {
		t.Helper()
		if got, err := d.Run(ctx, want.ID); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("the scan is\n%+v, not\n%+v: %v", got, want, err)
		}
	}
	is(r)
	before := r
	r.State = discover.Running
	must(t, commit(discover.RunChange{Runs: []discover.Run{r}}))
	r.Version = 2
	kindIs(t, "a change of an older version", commit(discover.RunChange{Runs: []discover.Run{before}}), fault.Conflict)
	must(t, d.Progress(ctx, r.ID, discover.Progress{Stage: discover.Reading, Done: 3, Total: 10, Resources: 7}))
	r.Stage, r.Done, r.Total, r.Resources = discover.Reading, 3, 10, 7
	is(r)
	record := NewEstate(t, 21, 30).Record(t)
	kept := &discover.Kept{Run: r.ID, Model: record.Model, Result: &discover.Result{Snapshot: record.Snapshot, Overlay: discover.Overlay{Name: "c4arch.yaml", Data: []byte("name: Contoso\n")}}}
	name, err := d.Identify(kept)
	must(t, err)
	ended := Noon.Add(time.Hour)
	r.State, r.Ended = discover.Done, &ended
	must(t, commit(discover.RunChange{Runs: []discover.Run{r}, Keep: kept, Over: []string{up.ID}}))
	r.Version, r.Snapshot, r.Resources, r.NotRead = 3, name, 30, 0
	got, err := d.Run(ctx, r.ID)
	must(t, err)
	r.NotRead = got.NotRead
	is(r)
	must(t, d.Progress(ctx, r.ID, discover.Progress{Stage: discover.Deriving})) // it is over
	is(r)
	_, err = d.Handed(ctx, up.ID)
	kindIs(t, "an upload that is over", err, fault.NotFound)
	if rec, err := w.Store(t, w.Mine).Load(ctx, name); err != nil || string(rec.OverlayText) != "name: Contoso\n" || rec.Overlay == "" {
		t.Errorf("%+v, %v", rec.OverlayText, err)
	}
	// The same a second time is no second snapshot.
	next := run(w.Mine, 2)
	must(t, commit(discover.RunChange{Runs: []discover.Run{next}}))
	next.Version, next.State = 1, discover.Done
	again := *kept
	again.Run = next.ID
	must(t, commit(discover.RunChange{Runs: []discover.Run{next}, Keep: &again, Over: []string{up.ID}}))
	if got, err := d.Run(ctx, next.ID); err != nil || got.Snapshot != name {
		t.Errorf("%+v, %v", got, err)
	}
	if all, err := w.Store(t, w.Mine).List(ctx, 0); err != nil || len(all) != 1 {
		t.Errorf("%d snapshots, %v", len(all), err)
	}
	pages(t, d, next.ID, r.ID)
	c := discover.RunChange{Runs: []discover.Run{run(w.Other, 3)}}
	kindIs(t, "a scan of another project", commit(c), fault.NotFound)
	c.Envelope = w.Other.envelope(t, access.ScanStart, "scan.queued")
	_, err = d.Change(ctx, &c)
	kindIs(t, "a scope of another project", err, fault.NotFound)
	if con, err := d.Connection(ctx, w.Connection); err != nil || con.ID != w.Connection || con.Project != w.Mine.Project || con.Version != 1 {
		t.Errorf("%+v, %v", con, err)
	}
	if about, err := d.About(ctx); err != nil || about.ID != w.Mine.Project || about.Archived || about.Version != 1 {
		t.Errorf("%+v, %v", about, err)
	}
	if len(d.Key()) < 32 || bytes.Equal(d.Key(), w.discover(t, w.Foreign).Key()) {
		t.Error("two organisations have one key")
	}
}

func pages(t *testing.T, d discover.Project, newest, oldest string) {
	t.Helper()
	all, err := d.Runs(t.Context(), "", 0)
	if err != nil || len(all) != 2 || all[0].ID != newest || all[1].ID != oldest {
		t.Errorf("%v, %v", all, err)
	}
	if one, err := d.Runs(t.Context(), newest, 1); err != nil || len(one) != 1 || one[0].ID != oldest {
		t.Errorf("%v, %v", one, err)
	}
	if none, err := d.Runs(t.Context(), oldest, 1); err != nil || none == nil || len(none) != 0 {
		t.Errorf("%v, %v", none, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// finding makes one.
func finding(name string, s severity.Severity, first, last time.Time) drift.Finding {
	return drift.Finding{
		ID: name, Severity: s, Direction: severity.Loosened, Change: diff.Changed, Resource: "/subscriptions/x", Path: "properties.x", Old: canon.Raw(`"a<b"`), New: canon.Raw(`["*"]`),
		Rule: "R", Title: "<b>a title & more", FirstSeen: first.Format(time.RFC3339), LastSeen: last.Format(time.RFC3339),
	}
}

func report(list ...drift.Finding) *drift.Report {
	return &drift.Report{Name: "shop", Mode: drift.ModeBaseline, At: Noon.Format(time.RFC3339), Findings: list}
}

// approved keeps and approves a snapshot in a place.
func approved(t *testing.T, w *World, p Place, seed uint64) (history.Entry, string) {
	t.Helper()
	r := NewEstate(t, seed, 20).Record(t)
	e := put(t, w.Store(t, p), r, Noon)
	b := Approval(t, e, r.Snapshot, "")
	c := detect.Change{Envelope: p.envelope(t, access.BaselineApprove, "baseline.approved", ledger.Text("baseline", b.ID)), Approve: b, Snapshot: e.ID}
	_, err := w.detect(t, p).Change(t.Context(), &c)
	must(t, err)
	return e, b.ID
}

func comparisons(t *testing.T, w *World) {
	ctx := t.Context()
	d := w.detect(t, w.Mine)
	e, base := approved(t, w, w.Mine, 22)
	if b, snapshot, err := d.Current(ctx); err != nil || b.ID != base || snapshot != e.ID {
		t.Fatalf("%v of %s, %v", b, snapshot, err)
	}
	n := 0
	compared := func(r *drift.Report, stays ...string) string {
		t.Helper()
		n++
		cp := &detect.Comparison{
			ID: fmt.Sprintf("cp_%026d", n), Project: w.Mine.Project, Baseline: base, Snapshot: e.ID, At: Noon.Add(time.Duration(n) * time.Hour),
			Counts: map[string]int{"high": len(r.Findings)}, Findings: len(r.Findings),
		}
		c := detect.Change{Envelope: w.Mine.envelope(t, access.DriftCompare, "drift.compared"), Compared: cp, Report: r}
		for i := range r.Findings {
			c.Seen = append(c.Seen, seenOf(&r.Findings[i]))
		}
		for _, s := range stays {
			f := finding(s, severity.Low, Noon, Noon)
			c.Seen = append(c.Seen, seenOf(&f))
		}
		_, err := d.Change(ctx, &c)
		must(t, err)
		if back, err := d.Report(ctx, cp.ID); err != nil || len(back.Findings) != len(r.Findings) {
			t.Errorf("%+v, %v", back, err)
		}
		return cp.ID
	}
	states := func(want string) {
		t.Helper()
		text := ""
		for _, state := range []detect.FindingState{detect.Open, detect.Accepted, detect.Gone} {
			list, err := d.Findings(ctx, detect.FindingQuery{State: state})
			must(t, err)
			for i := range list {
				text += string(state) + " " + list[i].ID + ", "
			}
		}
		if text != want {
			t.Errorf("%s, not %s", text, want)
		}
	}
	excepted := finding("f3", severity.Low, Noon, Noon)
	excepted.Exception = &drift.Excepted{ID: "ex", State: "active"}
	first := compared(report(finding("f2", severity.Medium, Noon, Noon), finding("f1", severity.Critical, Noon, Noon), finding("f0", severity.Medium, Noon, Noon), excepted))
	states("open f1, open f0, open f2, accepted f3, ")
	list, err := d.Findings(ctx, detect.FindingQuery{Limit: 2, After: "f1"})
	if err != nil || len(list) != 2 || list[0].ID != "f0" || list[1].ID != "f2" {
		t.Errorf("%v, %v", list, err)
	}
	want := finding("f0", severity.Medium, Noon, Noon)
	if f := list[0]; !reflect.DeepEqual(f.Finding, want) || f.Comparison != first || !f.First.Equal(Noon) || f.State != detect.Open {
		t.Errorf("%+v", f)
	}
	if f, err := d.Finding(ctx, "f2"); err != nil || f.ID != "f2" || f.Severity != "medium" {
		t.Errorf("one finding: %+v, %v", f, err)
	}
	if _, err := d.Finding(ctx, "f9"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a finding that is none: %v", err)
	}
	if n, err := d.FindingCounts(ctx); err != nil || n[detect.Open]["medium"] < 1 || n.All(detect.Open) < n[detect.Open]["medium"] {
		t.Errorf("counts: %v, %v", n, err)
	}
	if list, err := d.Findings(ctx, detect.FindingQuery{Severity: "medium", After: "f0"}); err != nil || len(list) != 1 || list[0].ID != "f2" {
		t.Errorf("%v, %v", list, err)
	}
	// f1 is over, f2 could not be looked at, f3 is not accepted any more.
	later := Noon.Add(time.Hour)
	second := compared(report(finding("f0", severity.High, Noon, later), finding("f3", severity.Low, Noon, later)), "f2")
	states("open f0, open f2, open f3, gone f1, ")
	if b, _, err := d.Current(ctx); err != nil || len(b.Seen) != 3 {
		t.Errorf("%+v, %v", b, err)
	}
	compared(report(finding("f1", severity.Low, later, later))) // it comes back
	states("open f1, gone f0, gone f2, gone f3, ")
	all, err := d.Comparisons(ctx, "", 0)
	if err != nil || len(all) != 3 || all[2].ID != first || all[2].Counts["high"] != 4 || all[1].ID != second || !all[2].At.Equal(later) {
		t.Errorf("%+v, %v", all, err)
	}
	if page, err := d.Comparisons(ctx, second, 1); err != nil || len(page) != 1 || page[0].ID != first {
		t.Errorf("%+v, %v", page, err)
	}
	sub, name, err := d.Snapshot(ctx, "latest")
	if err != nil || name != e.ID || sub.Snapshot.Root != e.Root {
		t.Errorf("%s, %v", name, err)
	}
	if people, version, err := d.Required(ctx); err != nil || people < 1 || people > 2 || version != 1 {
		t.Errorf("%d people in version %d, %v", people, version, err)
	}
}

func records(t *testing.T, w *World) {
	ctx := t.Context()
	d := w.detect(t, w.Mine)
	commit := func(c detect.Change) error {
		c.Envelope = w.Mine.envelope(t, access.ExceptionChange, "exception.accepted")
		_, err := d.Change(ctx, &c)
		return err
	}
	e := detect.ExceptionRow{ID: never("ex"), Project: w.Mine.Project, Entry: "id: one\n", Actor: w.Mine.Actor.ID, Created: Noon}
	p := detect.Proposal{
		ID: never("pr"), Project: w.Mine.Project, Kind: "exception", Subject: "id: two\n", Expect: "b1", Reason: "so", Actor: w.Mine.Actor.ID, State: detect.ProposalOpen, Created: Noon,
	}
	must(t, commit(detect.Change{Exceptions: []detect.ExceptionRow{e}, Proposals: []detect.Proposal{p}}))
	kindIs(t, "a second one of that id", commit(detect.Change{Exceptions: []detect.ExceptionRow{e}}), fault.Conflict)
	e.Version, p.Version = 1, 1
	holds := func() {
		t.Helper()
		if list, err := d.Exceptions(ctx); err != nil || !slices.Equal(list, []detect.ExceptionRow{e}) {
			t.Errorf("%+v, not %+v: %v", list, e, err)
		}
		if list, err := d.Proposals(ctx); err != nil || !slices.Equal(list, []detect.Proposal{p}) {
			t.Errorf("%+v, not %+v: %v", list, p, err)
		}
	}
	holds()
	oldE, oldP := e, p
	e.Revoked, p.State = true, detect.ProposalApproved
	must(t, commit(detect.Change{Exceptions: []detect.ExceptionRow{e}, Proposals: []detect.Proposal{p}}))
	e.Version, p.Version = 2, 2
	holds()
	at := Noon.Add(time.Hour)
	no := detect.Proposal{
		ID: never("pz"), Project: w.Mine.Project, Kind: "baseline", Subject: "s1", Reason: "so", Actor: w.Mine.Actor.ID, State: detect.ProposalRejected, Decider: "person:pn_other", Answer: "not so", Decided: &at, Created: Noon,
	}
	must(t, commit(detect.Change{Proposals: []detect.Proposal{no}}))
	if list, err := d.Proposals(ctx); err != nil || len(list) != 2 || list[1].State != no.State || list[1].Decider != no.Decider || list[1].Answer != no.Answer || list[1].Decided == nil || !list[1].Decided.Equal(at) {
		t.Errorf("what was rejected: %+v, %v", list, err)
	}
	no.Version, no.State, no.Decided = 1, detect.ProposalWithdrawn, nil
	must(t, commit(detect.Change{Proposals: []detect.Proposal{no}}))
	if list, err := d.Proposals(ctx); err != nil || len(list) != 2 || list[1].State != detect.ProposalWithdrawn || list[1].Decided != nil {
		t.Errorf("what was withdrawn: %+v, %v", list, err)
	}
	holds = func() {
		t.Helper()
		if list, err := d.Exceptions(ctx); err != nil || !slices.Equal(list, []detect.ExceptionRow{e}) {
			t.Errorf("%+v, not %+v: %v", list, e, err)
		}
		if list, err := d.Proposals(ctx); err != nil || len(list) != 2 || list[0] != p {
			t.Errorf("%+v, not %+v: %v", list, p, err)
		}
	}
	holds()
	kindIs(t, "an exception in an older version", commit(detect.Change{Exceptions: []detect.ExceptionRow{oldE}}), fault.Conflict)
	kindIs(t, "a proposal in an older version", commit(detect.Change{Proposals: []detect.Proposal{oldP}}), fault.Conflict)
	newE := e
	newE.ID, newE.Version = never("ey"), 0
	kindIs(t, "half a change", commit(detect.Change{Exceptions: []detect.ExceptionRow{newE}, Proposals: []detect.Proposal{oldP}}), fault.Conflict)
	e2, p2 := e, p
	e2.Project, p2.Project = w.Other.Project, w.Other.Project
	kindIs(t, "an exception of another project", commit(detect.Change{Exceptions: []detect.ExceptionRow{e2}}), fault.NotFound)
	kindIs(t, "a proposal of another project", commit(detect.Change{Proposals: []detect.Proposal{p2}}), fault.NotFound)
	holds()
}
