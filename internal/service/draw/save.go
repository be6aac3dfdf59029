package draw

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/placement"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Limits of one layout.
const (
	mostViews = 50
	mostBoxes = 5000
)

// Placed is a view as people placed it, and the version of what was kept when they began; 0 is none.
type Placed struct {
	View placement.View
	Base int64
}

// Save keeps where people put the boxes of views, and returns the versions of what is kept now, by view. Conflict when somebody else has saved one of them since.
func (d *Service) Save(ctx context.Context, a access.Actor, project id.Project, placed []Placed) (map[string]int64, error) {
	s, err := access.Decide(a, access.LayoutChange, access.Resource{Project: project})
	if err != nil {
		return nil, err
	}
	if err := sound(placed); err != nil {
		return nil, err
	}
	list, _, err := d.Layouts.Read(ctx, s)
	if err != nil {
		return nil, err
	}
	was := map[string]*Layout{}
	for i := range list {
		was[list[i].View.Key] = &list[i]
	}
	if len(list)+len(placed) > mostKept {
		return nil, fault.New(fault.Limited, "a project keeps the layout of at most %d views", mostKept)
	}
	c := Change{Envelope: change.New(s, d.Now())}
	versions := map[string]int64{}
	for _, p := range placed {
		l, err := merged(p, was[p.View.Key])
		if err != nil {
			return nil, err
		}
		c.Layouts = append(c.Layouts, l)
		versions[p.View.Key] = l.Version + 1
	}
	c.Drafts = []ledger.Draft{changed(c.Layouts)}
	_, err = d.Layouts.Commit(ctx, &c)
	return versions, err
}

// mostKept bounds the views of a project of which a layout is kept.
const mostKept = 2000

// merged is what is kept of a view from now on: what was placed before and is not shown at the moment stays.
func merged(p Placed, was *Layout) (Layout, error) {
	var version int64
	var last *placement.File
	if was != nil {
		version, last = was.Version, &placement.File{Views: []placement.View{was.View}}
	}
	if version != p.Base {
		return Layout{}, fault.New(fault.Conflict, "somebody else has placed boxes in this view meanwhile").
			WithHelp("load the page again: what you placed stays, and can be saved over the new layout")
	}
	v := placement.Merge(last, []placement.View{p.View}, func(string) bool { return true }).View(p.View.Key)
	if v == nil {
		return Layout{}, fault.New(fault.Invalid, "the layout of the view %.80q cannot be kept", p.View.Key)
	}
	return Layout{View: *v, Version: version}, nil
}

// sound refuses what no viewer sends.
func sound(placed []Placed) error {
	seen := map[string]bool{}
	for _, p := range placed {
		n := len(p.View.Nodes)
		if p.View.Key == "" || len(p.View.Key) > mostText || seen[p.View.Key] || n == 0 {
			return fault.New(fault.Invalid, "the layout names a view twice, or one without boxes")
		}
		if n > mostBoxes {
			return fault.New(fault.Limited, "the layout of a view has at most %d boxes", mostBoxes)
		}
		if len(p.View.Lines) > 0 {
			return fault.New(fault.Invalid, "lines find their own ways, and are not kept")
		}
		seen[p.View.Key] = true
	}
	if len(placed) == 0 || len(placed) > mostViews {
		return fault.New(fault.Invalid, "one to %d views are saved at once", mostViews)
	}
	return nil
}

// Forget lets the layout of a view go: it is drawn as the engine would. base is the version that was seen.
func (d *Service) Forget(ctx context.Context, a access.Actor, project id.Project, view string, base int64) error {
	s, err := access.Decide(a, access.LayoutChange, access.Resource{Project: project})
	if err != nil {
		return err
	}
	if view == "" || len(view) > mostText || base < 1 {
		return fault.New(fault.Invalid, "nothing is placed in that view")
	}
	c := Change{Envelope: change.New(s, d.Now()), Layouts: []Layout{{View: placement.View{Key: view}, Version: base}}}
	c.Drafts = []ledger.Draft{changed(c.Layouts)}
	_, err = d.Layouts.Commit(ctx, &c)
	return err
}

// changed is the entry of a layout that was changed.
func changed(list []Layout) ledger.Draft {
	const listed = 20
	var views []string
	boxes := 0
	for _, l := range list {
		if len(views) < listed {
			views = append(views, l.View.Key)
		}
		for _, n := range l.View.Nodes {
			if n.Placed {
				boxes++
			}
		}
	}
	return ledger.Draft{Kind: "layout.changed", Fields: []ledger.Field{ledger.List("views", views), ledger.Int("count", int64(boxes))}}
}
