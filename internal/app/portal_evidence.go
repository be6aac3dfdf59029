package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/dossier"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/fold"
	"c4arch/internal/base/id"
	portal "c4arch/internal/inbound/portal/evidence"
	"c4arch/internal/inbound/web"
	dossiers "c4arch/internal/render/dossier"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/pdf"
	"c4arch/internal/render/svg"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/detect"
	drawing "c4arch/internal/service/draw"
	packs "c4arch/internal/service/evidence"
	store "c4arch/internal/store/evidence"
	"c4arch/internal/trust/ledger"
)

// packDays is how long a pack of evidence is kept.
const packDays = 90

// evidenceService makes packs of evidence.
func (in *instance) evidenceService() *packs.Service {
	return &packs.Service{
		Store: store.New(in.homes), Source: evidenceSource{in}, Press: press{}, Ledger: evidenceLedger{in}, Now: in.now, Random: rand.Reader, Days: packDays, Version: version(),
	}
}

// evidenceDesk are the pages about packs.
func (in *instance) evidenceDesk() web.Desk {
	return portal.Desk(portal.Parts{
		Packs: in.evidence, Project: in.projectOf, Names: actorNames{in}.Names,
		Choices: func(ctx context.Context, a access.Actor, project id.Project) (portal.Choices, error) {
			return evidenceSource{in}.choices(ctx, a, project)
		},
	})
}

// evidenceLedger is the ledger as packs see it.
type evidenceLedger struct{ in *instance }

func (l evidenceLedger) Bundle(ctx context.Context, s access.Scope, w io.Writer, entries []int64) (ledger.Tree, error) {
	return l.in.audit.Proofs(ctx, s, w, entries)
}

func (l evidenceLedger) Signer(ctx context.Context, org id.Org) (*ledger.Signer, error) {
	return l.in.Signer(ctx, org)
}

// evidenceSource is what packs are made of.
type evidenceSource struct{ in *instance }

var _ packs.Source = evidenceSource{}

func (s evidenceSource) Head(ctx context.Context, a access.Actor, project id.Project) (dossier.Dossier, error) {
	var d dossier.Dossier
	org, err := s.in.accounts.Organisation(ctx, a)
	if err != nil {
		return d, err
	}
	p, err := s.in.accounts.Project(ctx, a, project)
	if err != nil {
		return d, err
	}
	connections, err := s.in.accounts.Connections(ctx, a, project)
	if err != nil {
		return d, err
	}
	members, err := s.in.accounts.Members(ctx, a, true)
	if err != nil {
		return d, err
	}
	d.Organisation, d.Project, d.Example = dossier.Named{ID: string(org.ID), Name: org.Name}, dossier.Named{ID: string(p.ID), Name: p.Name}, p.Example
	for _, c := range connections {
		d.Connections = append(d.Connections, dossier.Connection{ID: c.ID, Kind: string(c.Kind), Name: c.Name, Created: c.Created})
	}
	for _, m := range members {
		if m.Name != "" {
			d.People = append(d.People, dossier.Named{ID: m.Person, Name: m.Name})
		}
	}
	return d, nil
}

// Snapshots are all that are kept, in the order in which they were observed. When something was handed over is known where a scan says so.
func (s evidenceSource) Snapshots(ctx context.Context, a access.Actor, project id.Project) ([]dossier.Snapshot, error) {
	all, err := s.in.history.List(ctx, a, project, 0)
	if err != nil {
		return nil, err
	}
	scans, err := s.Scans(ctx, a, project)
	if err != nil {
		return nil, err
	}
	handed := map[string]time.Time{}
	for _, x := range scans { // the newest first: the first to bring a snapshot is the last that is seen
		if x.Snapshot != "" {
			handed[x.Snapshot] = x.Asked
		}
	}
	out := make([]dossier.Snapshot, 0, len(all))
	for _, e := range all {
		out = append(out, dossier.Snapshot{
			ID: e.ID, Root: e.Root, Name: e.Name, Observed: e.CollectedAt, Collected: e.CollectedAt, Uploaded: handed[e.ID], Recorded: e.RecordedAt, Method: e.Method, Scope: e.Scope,
			Resources: e.Resources, NotRead: e.NotRead, Approved: e.Approved,
		})
	}
	slices.SortStableFunc(out, func(x, y dossier.Snapshot) int {
		if c := x.Observed.Compare(y.Observed); c != 0 {
			return c
		}
		return x.Recorded.Compare(y.Recorded)
	})
	return out, nil
}

func (s evidenceSource) Load(ctx context.Context, a access.Actor, project id.Project, snapshot string) (*evidence.Snapshot, error) {
	_, r, err := s.in.history.Load(ctx, a, project, snapshot)
	return r.Snapshot, err
}

func (s evidenceSource) Model(ctx context.Context, a access.Actor, project id.Project, snapshot string) (*c4.Model, error) {
	_, r, err := s.in.history.Load(ctx, a, project, snapshot)
	if err != nil {
		return nil, err
	}
	return derived(ctx, drawing.Subject{Snapshot: r.Snapshot, OverlayName: r.OverlayName, OverlayText: r.OverlayText})
}

func (s evidenceSource) Approvals(ctx context.Context, a access.Actor, project id.Project) ([]dossier.Approval, error) {
	all, err := s.in.drift.Baselines(ctx, a, project)
	if err != nil {
		return nil, err
	}
	snapshots, err := s.in.history.List(ctx, a, project, 0)
	if err != nil {
		return nil, err
	}
	entries, err := s.made(ctx, a, project, "baseline.approved", "baseline")
	if err != nil {
		return nil, err
	}
	out := make([]dossier.Approval, 0, len(all))
	for _, b := range all {
		x := dossier.Approval{ID: b.ID, By: b.Approval.By, Reason: b.Approval.Reason, Supersedes: b.Approval.Supersedes, Entry: -1}
		x.At, _ = time.Parse(time.RFC3339, b.Approval.At) // the service wrote it
		if e, ok := entries[b.ID]; ok {
			x.Entry, x.Snapshot = e.Index, textOf(e, "snapshot")
		}
		for _, e := range snapshots {
			if x.Snapshot == "" && e.Root == b.Approval.Snapshot {
				x.Snapshot = e.ID
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// made are the entries of a kind about a project, by one of their fields.
func (s evidenceSource) made(ctx context.Context, a access.Actor, project id.Project, kind, field string) (map[string]auditing.Shown, error) {
	scope, err := access.Decide(access.System(a.Org, "what the ledger has of a pack", a), access.EvidenceMake, access.Resource{Project: project})
	if err != nil {
		return nil, err
	}
	all, err := s.in.audit.Cite(ctx, scope, []string{kind}, time.Unix(0, 0), s.in.now(), mostMade)
	out := map[string]auditing.Shown{}
	for _, e := range all {
		out[textOf(e, field)] = e
	}
	return out, err
}

// mostMade is how many entries of one kind are looked at.
const mostMade = 20_000

func textOf(e auditing.Shown, field string) string {
	var text string
	if json.Unmarshal(e.Fields[field], &text) != nil {
		return ""
	}
	return text
}

func (s evidenceSource) Proposals(ctx context.Context, a access.Actor, project id.Project) ([]dossier.Proposal, error) {
	all, err := s.in.drift.Proposals(ctx, a, project)
	out := make([]dossier.Proposal, 0, len(all))
	for _, p := range all {
		out = append(out, dossier.Proposal{ID: p.ID, Kind: p.Kind, Subject: p.Subject, By: string(p.Actor), At: p.Created, Reason: p.Reason, State: string(p.State)})
	}
	return out, err
}

func (s evidenceSource) Comparisons(ctx context.Context, a access.Actor, project id.Project) ([]dossier.Comparison, error) {
	entries, err := s.made(ctx, a, project, "drift.compared", "comparison")
	if err != nil {
		return nil, err
	}
	var out []dossier.Comparison
	const page = 500
	for before := ""; ; {
		all, err := s.in.drift.Comparisons(ctx, a, project, before, page)
		if err != nil {
			return nil, err
		}
		for _, c := range all {
			x := dossier.Comparison{ID: c.ID, Baseline: c.Baseline, Snapshot: c.Snapshot, At: c.At, Findings: c.Findings, Counts: c.Counts, Entry: -1}
			if e, ok := entries[c.ID]; ok {
				x.Entry = e.Index
			}
			out, before = append(out, x), c.ID
		}
		if len(all) < page {
			slices.Reverse(out)
			return out, nil
		}
	}
}

func (s evidenceSource) Findings(ctx context.Context, a access.Actor, project id.Project) ([]dossier.Finding, error) {
	var out []dossier.Finding
	const page = 500
	for _, state := range []detect.FindingState{detect.Open, detect.Accepted, detect.Gone} {
		for after := ""; ; {
			all, err := s.in.drift.Findings(ctx, a, project, detect.FindingQuery{State: state, After: after, Limit: page})
			if err != nil {
				return nil, err
			}
			for i := range all {
				f := &all[i]
				out, after = append(out, dossier.Finding{
					ID: f.ID, Severity: string(f.Severity), State: string(f.State), Title: f.Title, Reason: f.Reason, Rule: f.Rule, Resource: f.Resource, Path: string(f.Path),
					Old: string(f.Old), New: string(f.New), First: f.First, Last: f.Last, Compared: f.Comparison,
				}), f.ID
			}
			if len(all) < page {
				break
			}
		}
	}
	return out, nil
}

func (s evidenceSource) Exceptions(ctx context.Context, a access.Actor, project id.Project) ([]dossier.Exception, error) {
	all, err := s.in.drift.Exceptions(ctx, a, project)
	out := make([]dossier.Exception, 0, len(all))
	for _, e := range all {
		out = append(out, dossier.Exception{ID: e.ID, Entry: e.Entry, By: string(e.Actor), At: e.Created, Revoked: e.Revoked})
	}
	return out, err
}

func (s evidenceSource) Scans(ctx context.Context, a access.Actor, project id.Project) ([]dossier.Scan, error) {
	var out []dossier.Scan
	const page = 500
	for before := ""; ; {
		all, err := s.in.scans.List(ctx, a, project, before, page)
		if err != nil {
			return nil, err
		}
		for _, r := range all {
			x := dossier.Scan{ID: r.ID, By: string(r.Actor), Asked: r.Created, State: string(r.State), Snapshot: r.Snapshot, Error: r.Error}
			if r.Ended != nil {
				x.Ended = *r.Ended
			}
			out, before = append(out, x), r.ID
		}
		if len(all) < page {
			return out, nil
		}
	}
}

// citedKinds are what a pack cites: each decision about a project, and each fact that it was made of.
var citedKinds = []string{
	"project.created", "project.changed", "connection.created", "connection.changed", "connection.removed", "upload.received", "scan.queued", "scan.finished", "scan.failed", "snapshot.kept",
	"snapshot.collected", "snapshot.redacted", "baseline.proposed", "baseline.approved", "proposal.withdrawn", "drift.compared", "exception.proposed", "exception.accepted", "exception.revoked",
	"evidence.asked",
}

func (s evidenceSource) Entries(ctx context.Context, scope access.Scope, from, to time.Time) ([]dossier.Cited, error) {
	const most = 5000
	all, err := s.in.audit.Cite(ctx, scope, citedKinds, from, to, most)
	out := make([]dossier.Cited, 0, len(all))
	for _, e := range all {
		out = append(out, dossier.Cited{Index: e.Index, At: e.At, Kind: e.Kind, Meaning: e.Meaning, By: textOf(e, "actor")})
	}
	return out, err
}

// choices are what somebody may ask for a pack of.
func (s evidenceSource) choices(ctx context.Context, a access.Actor, project id.Project) (portal.Choices, error) {
	var c portal.Choices
	if _, err := access.Decide(a, access.SnapshotRead, access.Resource{Project: project}); err != nil {
		return c, nil // whoever does not see them asks for a period
	}
	all, err := s.in.history.List(ctx, a, project, 50)
	if err != nil {
		return c, err
	}
	for _, e := range all {
		c.Snapshots = append(c.Snapshots, portal.Choice{ID: e.ID, At: e.CollectedAt})
	}
	if _, err := access.Decide(a, access.BaselineRead, access.Resource{Project: project}); err != nil {
		return c, nil
	}
	baselines, err := s.in.drift.Baselines(ctx, a, project)
	for _, b := range baselines[:min(len(baselines), 50)] {
		at, _ := time.Parse(time.RFC3339, b.Approval.At)
		c.Baselines = append(c.Baselines, portal.Choice{ID: b.ID, At: at})
	}
	return c, err
}

// press writes packs.
type press struct{}

var _ packs.Press = press{}

// mostViews is how many views a pack shows; more are in model.json.
const mostViews = 60

// views are the pictures of the model, as people see them when they begin to look.
func views(ctx context.Context, d *dossier.Dossier) ([]dossiers.View, error) {
	if d.Model == nil {
		return nil, nil
	}
	parts, links := index(d.Model), newLinks(d.Model)
	var out []dossiers.View
	for i := range d.Model.Views[:min(len(d.Model.Views), mostViews)] {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		v := &d.Model.Views[i]
		shown := fold.View(d.Model, v, fold.Options{})
		f, err := figure.Draw(parts.of(shown), shown, figure.Options{Link: links.from(v)})
		if err != nil {
			return nil, err
		}
		out = append(out, dossiers.View{Key: v.Key, Title: v.Title, Figure: f, SVG: svg.Render(f, svg.Options{Theme: figure.Light})})
	}
	return out, nil
}

func (press) Files(ctx context.Context, d *dossier.Dossier) ([]ledger.PackFile, error) {
	all, err := views(ctx, d)
	if err != nil {
		return nil, err
	}
	return dossiers.Files(d, all)
}

func (press) Manifest(d *dossier.Dossier, files []ledger.PackFile) ([]byte, error) {
	return dossiers.Manifest(d, files)
}

func (press) Report(ctx context.Context, d *dossier.Dossier, s packs.Seal) ([]byte, error) {
	all, err := views(ctx, d)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = pdf.Write(&b, dossiers.Report(d, all, dossiers.Seal(s)), pdf.Options{Theme: figure.Light, Paper: "A4", Title: dossiers.Title(d)})
	return b.Bytes(), err
}
