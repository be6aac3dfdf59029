package draw

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/placement"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// Contrasted is what two times have in common and what not.
type Contrasted struct {
	Report *drift.Report
	// Old, New and Merged are the models; Merged holds what was removed too.
	Old, New, Merged *c4.Model
}

// Files is what to write, and how.
type Files struct {
	Format   string
	Model    *c4.Model
	Snapshot *evidence.Snapshot // nil: it is not written
	// View is the key of the one that is wanted; "" is all.
	View         string
	Open, Closed map[string]bool
	Layout       *placement.File
}

// File is one of them.
type File struct {
	Name string
	Data []byte
}

// Export is which files are asked for.
type Export struct {
	Format string
	View   string // "" is all views
	Open   []string
	Closed []string
	// Mark is put before the title of everything, where nothing of it is the organisation's own.
	Mark string
}

// Export writes what one sees in a format: of one view as it is folded, or of all. The snapshot itself is among the files of JSON.
func (d *Service) Export(ctx context.Context, a access.Actor, project id.Project, ref string, x Export) (*Scene, []File, error) {
	r := Request{View: x.View, Folds: Folds{Open: append(append([]string{}, x.Open...), x.Closed...)}}
	if err := r.check(); err != nil {
		return nil, nil, err
	}
	sc, err := d.Scene(ctx, a, project, ref)
	if err != nil {
		return nil, nil, err
	}
	if x.View != "" {
		if _, err := sc.View(x.View); err != nil {
			return nil, nil, err
		}
	}
	most := mostViewsOfFiles
	if x.Format == "png" {
		most = mostPixelled
	}
	if n := len(sc.Model.Views); n > most && x.View == "" {
		return nil, nil, fault.New(fault.Limited, "the architecture has %d views, and at most %d are written at once in this format", n, most).WithHelp("export one view, or use c4arch scan for all of them")
	}
	o := Files{Format: x.Format, Model: named(sc.Model, x.Mark), View: x.View, Open: set(x.Open), Closed: set(x.Closed), Layout: sc.file()}
	files, err := d.written(ctx, a, project, sc, o)
	return sc, files, err
}

// mostViewsOfFiles bounds the views that are drawn for one answer.
const mostViewsOfFiles = 200

// mostPixelled is that of pictures in pixels, each of which takes about half a second.
const mostPixelled = 12

// written writes the files with a hand, since all of it is work as drawing is.
func (d *Service) written(ctx context.Context, a access.Actor, project id.Project, sc *Scene, o Files) ([]File, error) {
	if o.Format == "json" {
		s, err := access.Decide(a, access.SnapshotRead, access.Resource{Project: project})
		if err != nil {
			return nil, err
		}
		p, err := d.Projects.Scanned(ctx, s)
		if err != nil {
			return nil, err
		}
		defer p.Close() //nolint:errcheck // it was read only
		sub, err := p.Load(ctx, sc.Moment.ID)
		if err != nil {
			return nil, err
		}
		o.Snapshot, _ = sub.Snapshot.Withhold()
	}
	free, err := d.shelf.hand(ctx, false)
	if err != nil {
		return nil, err
	}
	defer free()
	return d.Files(ctx, o)
}

func set(list []string) map[string]bool {
	if len(list) == 0 {
		return nil
	}
	m := map[string]bool{}
	for _, s := range list {
		if s != whole {
			m[s] = true
		}
	}
	return m
}

// file is the layout of the scene as a layout file.
func (sc *Scene) file() *placement.File {
	f := &placement.File{Format: placement.Format, Version: placement.Version}
	for i := range sc.Model.Views {
		if l := sc.layouts[sc.Model.Views[i].Key]; l != nil {
			f.Views = append(f.Views, l.View)
		}
	}
	return placement.Merge(nil, f.Views, func(string) bool { return true })
}

// named is the model with a mark before every title.
func named(m *c4.Model, mark string) *c4.Model {
	if mark == "" {
		return m
	}
	out := *m
	out.Name = mark + m.Name
	out.Views = append([]c4.View{}, m.Views...)
	for i := range out.Views {
		out.Views[i].Title = mark + out.Views[i].Title
	}
	return &out
}
