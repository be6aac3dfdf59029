package draw

import (
	"context"
	"fmt"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// Comparison is what two times have in common and what not, drawable: pictures of the merged model in which what is new, gone or changed is marked.
type Comparison struct {
	Contrasted
	Compressed []byte // the merged model as model.json has it, gzip

	scene *Scene
}

// Compare holds two snapshots of a project against each other: from is a reference to one, or "baseline" for what is approved now; to "" is the newest.
func (d *Service) Compare(ctx context.Context, a access.Actor, project id.Project, from, to string) (*Comparison, error) {
	s, err := access.Decide(a, access.FindingRead, access.Resource{Project: project})
	if err != nil {
		return nil, err
	}
	if len(from) > mostText || len(to) > mostText {
		return nil, fault.New(fault.Limited, "the address asks for too much")
	}
	now, err := d.Scene(ctx, a, project, to) // who may not read the snapshot is told here
	if err != nil {
		return nil, err
	}
	old := from
	if from != Baseline {
		before, err := d.Scene(ctx, a, project, from)
		if err != nil {
			return nil, err
		}
		old = before.Moment.ID
	}
	standing, err := d.Standing(ctx, s)
	if err != nil {
		return nil, err
	}
	if from == Baseline && standing.Baseline == "" {
		return nil, fault.New(fault.NotFound, "nothing is approved in this project yet").WithHelp("approve a snapshot first, or compare two snapshots")
	}
	// Exceptions change, and what is approved: a comparison is of what is so now.
	key := fmt.Sprintf("%s/against/%s/%s/%d", now.key, old, standing.Baseline, standing.Exceptions)
	c, err := taken(ctx, d.shelf, "contrast "+key, false, func(ctx context.Context) (*contrast, int64, error) {
		return d.contrast(ctx, a, project, old, now.Moment.ID)
	})
	if err != nil {
		return nil, err
	}
	return &Comparison{Contrasted: *c.Contrasted, Compressed: c.packed, scene: &Scene{
		Moment: now.Moment, Newest: now.Newest, Model: c.Merged, Versions: now.Versions, Compressed: c.packed, canvas: c.canvas, key: key, anchor: now, layouts: now.layouts,
	}}, nil
}

// contrast is a comparison as it is kept in memory.
type contrast struct {
	*Contrasted
	canvas Canvas
	packed []byte
}

func (d *Service) contrast(ctx context.Context, a access.Actor, project id.Project, old, now string) (*contrast, int64, error) {
	known, err := d.Contrast(ctx, a, project, old, now)
	if err != nil {
		return nil, 0, err
	}
	packed, err := pack(func(w writer) error { return c4.Encode(w, known.Merged) })
	size := int64(len(packed)) + perElement*int64(len(known.Merged.Elements)+len(known.Merged.Relationships)+len(known.Report.Findings))
	return &contrast{known, d.Artist.Open(known.Merged, known.Report), packed}, size, err
}

// Standing is what a comparison depends on besides its two snapshots.
type Standing struct {
	Baseline   string // id of what is approved now, or ""
	Exceptions int64  // goes up with every change of an exception
}

// Baseline is the word for what is approved now.
const Baseline = "baseline"

// View is a view of the merged model.
func (c *Comparison) View(key string) (*c4.View, error) { return viewOf(c.Merged, key) }

// Marked draws a view of a comparison.
func (d *Service) Marked(ctx context.Context, c *Comparison, r Request) (*Picture, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	return d.picture(ctx, c.scene, r)
}
