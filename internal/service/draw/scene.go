package draw

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/fold"
	"c4arch/internal/arch/placement"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

var errStopped = fault.New(fault.Internal, "a picture could not be drawn")

// gaveUp reports whether an error says that who asked went away.
func gaveUp(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// Scene is a snapshot that can be drawn, with the layout that its project has now.
type Scene struct {
	Moment Moment
	Newest Moment
	Model  *c4.Model
	// Versions are those of the layouts, by view.
	Versions map[string]int64
	// Compressed is the model as model.json has it, gzip.
	Compressed []byte

	canvas  Canvas
	key     string
	anchor  *Scene // the newest, after which older ones are arranged; nil for the newest itself
	layouts map[string]*Layout
}

// core is the part of a scene that is kept.
type core struct {
	model  *c4.Model
	canvas Canvas
	packed []byte
}

// Scene is a snapshot of a project; ref "" is the newest. Notfound where there is none.
func (d *Service) Scene(ctx context.Context, a access.Actor, project id.Project, ref string) (*Scene, error) {
	s, err := access.Decide(a, access.SnapshotRead, access.Resource{Project: project})
	if err != nil {
		return nil, err
	}
	p, err := d.Projects.Scanned(ctx, s)
	if err != nil {
		return nil, err
	}
	defer p.Close() //nolint:errcheck // it was read only
	return d.scene(ctx, s, p, ref)
}

func (d *Service) scene(ctx context.Context, s access.Scope, p Project, ref string) (*Scene, error) {
	newest, err := p.Find(ctx, "latest")
	if err != nil {
		return nil, err
	}
	at := newest
	if ref != "" && ref != newest.ID {
		if at, err = p.Find(ctx, ref); err != nil {
			return nil, err
		}
	}
	list, withdrawn, err := d.Layouts.Read(ctx, s)
	if err != nil {
		return nil, err
	}
	out := &Scene{Moment: at, Newest: newest, layouts: map[string]*Layout{}, Versions: map[string]int64{}}
	for i := range list {
		key := list[i].View.Key
		if out.Versions[key] = list[i].Version; len(list[i].View.Nodes) > 0 {
			out.layouts[key] = &list[i]
		}
	}
	if err := d.fill(ctx, out, s, p, withdrawn); err != nil || at.ID == newest.ID {
		return out, err
	}
	anchor := *out
	anchor.Moment = newest
	if err := d.fill(ctx, &anchor, s, p, withdrawn); err != nil {
		return nil, err
	}
	out.anchor = &anchor
	return out, nil
}

// fill gives a scene its model.
func (d *Service) fill(ctx context.Context, sc *Scene, s access.Scope, p Project, withdrawn int64) error {
	sc.key = fmt.Sprintf("%s/%s/%s/%d", s.Org(), s.Project(), sc.Moment.ID, withdrawn)
	c, err := taken(ctx, d.shelf, "model "+sc.key, false, func(ctx context.Context) (*core, int64, error) {
		sub, err := p.Load(ctx, sc.Moment.ID)
		if err != nil {
			return nil, 0, err
		}
		return d.core(ctx, sub)
	})
	if err != nil {
		return err
	}
	sc.Model, sc.canvas, sc.Compressed = c.model, c.canvas, c.packed
	return nil
}

// perElement is about what an element with its evidence and its lines takes in memory, in bytes.
const perElement = 6 << 10

func (d *Service) core(ctx context.Context, sub Subject) (*core, int64, error) {
	sub.Snapshot, _ = sub.Snapshot.Withhold() // a file may have been written by anybody
	m, err := d.Derive(ctx, sub)
	if err != nil {
		return nil, 0, err
	}
	packed, err := pack(func(w writer) error { return c4.Encode(w, m) })
	return &core{m, d.Artist.Open(m, nil), packed}, int64(len(packed)) + perElement*int64(len(m.Elements)+len(m.Relationships)), err
}

// View is a view of the scene by its key; "" is the first one.
func (sc *Scene) View(key string) (*c4.View, error) { return viewOf(sc.Model, key) }

func viewOf(m *c4.Model, key string) (*c4.View, error) {
	for i := range m.Views {
		if v := &m.Views[i]; v.Key == key || key == "" {
			return v, nil
		}
	}
	if key == "" {
		return nil, fault.New(fault.NotFound, "there is nothing to draw in this snapshot")
	}
	return nil, fault.New(fault.NotFound, "there is no view %.80q in this snapshot", key).WithHelp("choose one of the list: what a view was of may not have been there at that time")
}

// Folds say which boundaries people opened.
type Folds struct{ Open []string }

// whole opens every boundary.
const whole = "*"

// mostWhole bounds the boxes of a picture with everything open, and of each boundary that is opened.
const (
	mostWhole  = 400
	roomInside = fold.Threshold
)

// folded is the view as it is drawn, and what of the folds counts, for the name of the picture.
func folded(m *c4.Model, v *c4.View, f Folds) (*c4.View, string) {
	usual := fold.View(m, v, fold.Options{})
	if len(f.Open) == 0 || usual == v {
		return usual, ""
	}
	there := map[string]bool{}
	for i := range v.Nodes {
		there[v.Nodes[i].ID] = true
	}
	open, closed := standing(usual)
	var named []string
	for _, n := range f.Open[:min(len(f.Open), mostFolds)] {
		if n == whole && fold.Boxes(v) <= mostWhole {
			return fold.View(m, v, fold.Options{Most: -1}), whole
		}
		if there[n] && !open[n] {
			open[n], closed[n] = true, false
			named = append(named, n)
		}
	}
	if len(named) == 0 {
		return usual, ""
	}
	room := min(fold.Boxes(usual)+len(named)*roomInside, mostWhole)
	return fold.View(m, v, fold.Options{Most: room, Open: open, Closed: closed}), strings.Join(named, "\x00")
}

// standing is what is open and what is closed in a view as it is drawn.
func standing(v *c4.View) (open, closed map[string]bool) {
	open, closed = map[string]bool{}, map[string]bool{}
	parents := map[string]bool{}
	for i := range v.Nodes {
		parents[v.Nodes[i].Parent] = true
	}
	for i := range v.Nodes {
		n := &v.Nodes[i]
		closed[n.ID], open[n.ID] = n.Folded > 0, parents[n.ID]
	}
	return open, closed
}

// over is where things stood, with what people placed where they placed it.
func over(at placement.View, hand *Layout) *placement.View {
	if hand == nil {
		return &at
	}
	f := placement.Merge(&placement.File{Views: []placement.View{hand.View}}, []placement.View{at}, func(string) bool { return true })
	v := f.View(hand.View.Key)
	if v == nil {
		return &at
	}
	return v
}

// Placed reports whether people placed boxes of a view.
func (sc *Scene) Placed(view string) bool { return sc.layouts[view] != nil }
