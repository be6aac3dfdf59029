package app

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/a-h/templ"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/exception"
	"c4arch/internal/arch/placement"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/inbound/portal/architecture"
	"c4arch/internal/render/driftpage"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/scene"
	"c4arch/internal/render/svg"
	"c4arch/internal/service/detect"
	drawing "c4arch/internal/service/draw"
	"c4arch/internal/service/history"
	"c4arch/internal/store/layout"
)

// mostDrawn is about how many bytes of models and pictures are kept in memory.
const mostDrawn = 192 << 20

// drawing builds looking at what was scanned.
func (in *instance) pictures() *drawing.Service {
	return drawing.New(drawing.Service{
		Projects: scanned{in.history.Projects}, Layouts: layout.New(in.homes), Artist: artist{}, Derive: derived, Now: in.now,
		Standing: in.standing, Contrast: in.contrast, Files: filesOf,
	}, mostDrawn)
}

// architectureDesk are the pages of it.
func (in *instance) architectureDesk() *architecture.Desk {
	return &architecture.Desk{
		Pictures: in.pictures(), Project: in.projectOf, Formats: exported(), Findings: in.notesOn,
		Comments: func(ctx context.Context, a access.Actor, project id.Project, element string) (templ.Component, error) {
			return in.commentsOn(ctx, a, project, "element", element)
		},
	}
}

// scanned are the histories of projects as looking at them sees them.
type scanned struct{ projects history.Projects }

func (s scanned) Scanned(ctx context.Context, scope access.Scope) (drawing.Project, error) {
	h, err := s.projects.History(ctx, scope)
	if err != nil {
		return nil, err
	}
	return scannedProject{h}, nil
}

type scannedProject struct{ history.Store }

func momentOf(e history.Entry) drawing.Moment {
	return drawing.Moment{
		ID: e.ID, Root: e.Root, Name: e.Name, Collected: e.CollectedAt, Recorded: e.RecordedAt, Method: e.Method, Resources: e.Resources, NotRead: e.NotRead, Approved: e.Approved,
	}
}

func (p scannedProject) List(ctx context.Context, limit int) ([]drawing.Moment, error) {
	all, err := p.Store.List(ctx, limit)
	out := make([]drawing.Moment, len(all))
	for i := range all {
		out[i] = momentOf(all[i])
	}
	return out, err
}

func (p scannedProject) Find(ctx context.Context, ref string) (drawing.Moment, error) {
	e, err := p.Store.Find(ctx, ref)
	return momentOf(e), err
}

func (p scannedProject) Load(ctx context.Context, name string) (drawing.Subject, error) {
	r, err := p.Store.Load(ctx, name)
	return drawing.Subject{Snapshot: r.Snapshot, OverlayName: r.OverlayName, OverlayText: r.OverlayText}, err
}

// derived is the model of a snapshot.
func derived(ctx context.Context, s drawing.Subject) (*c4.Model, error) {
	sub := detect.Subject{Label: "the snapshot", Snapshot: s.Snapshot, OverlayName: s.OverlayName, OverlayText: s.OverlayText}
	err := detect.Derive(ctx, &sub, func(string, int, int) {})
	return sub.Model, err
}

// artist draws what package figure arranges.
type artist struct{}

// Open is said at [drawing.Artist].
func (artist) Open(m *c4.Model, r *drift.Report) drawing.Canvas {
	c := &canvas{parts: index(m), links: newLinks(m)}
	if r != nil {
		c.marks = driftpage.Marks(m, r.Delta, r)
	}
	return c
}

type canvas struct {
	parts *excerpts
	links *links
	marks map[string]scene.Mark
}

// Draw is said at [drawing.Canvas].
func (c *canvas) Draw(v *c4.View, last *placement.View, plain bool) ([]byte, placement.View, error) {
	f, err := figure.Draw(c.parts.of(v), v, figure.Options{Previous: last, Link: c.links.from(v), Marks: c.marks})
	if err != nil {
		return nil, placement.View{}, err
	}
	o := svg.Options{Embedded: !plain, Theme: figure.Auto}
	return svg.Render(f, o), f.Placement(), nil
}

// standing is what is approved in a project, and accepted.
func (in *instance) standing(ctx context.Context, s access.Scope) (drawing.Standing, error) {
	p, err := in.drift.Projects.Detect(ctx, s)
	if err != nil {
		return drawing.Standing{}, err
	}
	defer p.Close() //nolint:errcheck // it was read only
	j, err := p.Judged(ctx)
	return drawing.Standing{Baseline: j.Baseline, Exceptions: j.Exceptions}, err
}

// contrast holds two snapshots against each other, or one against what is approved. It keeps nothing: a comparison that counts is a job.
func (in *instance) contrast(ctx context.Context, a access.Actor, project id.Project, from, to string) (*drawing.Contrasted, error) {
	now, _, err := in.drift.Snapshot(ctx, a, project, to)
	if err != nil {
		return nil, err
	}
	rows, err := in.drift.Exceptions(ctx, a, project)
	if err != nil {
		return nil, err
	}
	rules, err := in.drift.Rules()
	if err != nil {
		return nil, err
	}
	r := detect.Request{Mode: drift.ModeSnapshots, New: now, Rules: rules, Now: in.now()}
	if text := detect.ExceptionFile(rows); text != nil {
		if r.Exceptions, err = exception.Parse("the exceptions of the project", text); err != nil {
			return nil, err
		}
	}
	if from == drawing.Baseline {
		b, err := in.drift.Baseline(ctx, a, project, "")
		if err != nil {
			return nil, err
		}
		r.Mode, r.Old = drift.ModeBaseline, detect.Subject{Label: "baseline " + b.ID, Snapshot: b.Snapshot, OverlayName: b.OverlayName, OverlayText: b.OverlayText, Baseline: b}
	} else if r.Old, _, err = in.drift.Snapshot(ctx, a, project, from); err != nil {
		return nil, err
	}
	res, err := (&detect.Service{}).Compare(ctx, r)
	if res == nil {
		return nil, err // with a result, err names rules that could not be asked, which the report says too
	}
	if res.Merged == nil {
		return nil, fault.New(fault.Invalid, "the two cannot be drawn in one picture")
	}
	return &drawing.Contrasted{Report: res.Report, Old: res.Old, New: res.New, Merged: res.Merged}, nil
}

// mostFiles bounds what is written for one answer, in bytes.
const mostFiles = 64 << 20

// filesOf writes an architecture in a format, in memory.
func filesOf(ctx context.Context, o drawing.Files) ([]drawing.File, error) {
	if !slices.ContainsFunc(table(), func(f format) bool { return f.name == o.Format }) {
		return nil, fault.New(fault.Invalid, "there is no format %.40q", o.Format).WithHelp("choose one of the list")
	}
	d := cli.Drawing{Formats: []string{o.Format}, Open: o.Open, Closed: o.Closed, Layout: o.Layout}
	if o.View != "" {
		d.Views = map[string]bool{o.View: true}
	}
	to := &inFiles{left: mostFiles}
	if _, err := write(ctx, cli.Architecture{Model: o.Model, Snapshot: o.Snapshot}, d, to, func(int, int) {}); err != nil {
		return nil, err
	}
	return to.sorted(), nil
}

// inFiles takes files into memory, up to so many bytes.
type inFiles struct {
	mu    sync.Mutex
	left  int64
	files []drawing.File
}

// Create is said at [cli.Sink].
func (s *inFiles) Create(name string) (io.WriteCloser, error) { return &inFile{to: s, name: name}, nil }

// Write is said at [cli.Sink].
func (s *inFiles) Write(name string, data []byte) error {
	f := inFile{to: s, name: name}
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Close()
}

func (s *inFiles) sorted() []drawing.File {
	return slices.SortedFunc(slices.Values(s.files), func(a, b drawing.File) int { return cmp.Compare(a.Name, b.Name) })
}

func (s *inFiles) take(n int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left -= int64(n); s.left < 0 {
		return fault.New(fault.Limited, "the files are larger than %d MB", mostFiles>>20).WithHelp("export one view, or use c4arch scan for all of them")
	}
	return nil
}

type inFile struct {
	bytes.Buffer
	to   *inFiles
	name string
}

// Write is [io.Writer].
func (f *inFile) Write(b []byte) (int, error) {
	if err := f.to.take(len(b)); err != nil {
		return 0, err
	}
	return f.Buffer.Write(b)
}

// Close is [io.Closer].
func (f *inFile) Close() error {
	f.to.mu.Lock()
	defer f.to.mu.Unlock()
	f.to.files = append(f.to.files, drawing.File{Name: f.name, Data: f.Bytes()})
	return nil
}

// exported are the formats with what each is for.
func exported() (list []architecture.Format) {
	for _, f := range table() {
		list = append(list, architecture.Format{Name: f.name, About: f.about})
	}
	return list
}

// notesOn are the open findings about an element or a relationship.
func (in *instance) notesOn(ctx context.Context, a access.Actor, project id.Project, thing string) ([]architecture.Finding, error) {
	rows, err := in.drift.Findings(ctx, a, project, detect.FindingQuery{State: detect.Open, Limit: 500})
	var list []architecture.Finding
	for i := range rows {
		f := &rows[i]
		if f.Resource == thing || slices.Contains(f.Elements, thing) || strings.HasSuffix(thing, ":"+f.Resource) {
			list = append(list, architecture.Finding{ID: f.ID, Severity: string(f.Severity), Title: f.Title, Name: f.Name})
		}
	}
	return list[:min(len(list), 20)], err
}
