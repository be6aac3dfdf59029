package draw_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/placement"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/draw"
)

const project = id.Project("pj_00000000000000000000000001")

func member(r access.Role) access.Actor {
	return access.Actor{ID: "person:pn_00000000000000000000000002", Kind: access.Person, Org: "og_00000000000000000000000001", Roles: []access.Role{r}, Surface: access.Portal, Purpose: "test"}
}

// estate is a project with snapshots, whose layouts and withdrawals can be set, and an artist that counts.
type estate struct {
	snapshot  *evidence.Snapshot
	layouts   []draw.Layout
	withdrawn int64
	drawn     atomic.Int64
	derived   atomic.Int64
	mu        sync.Mutex
	lasts     []*placement.View
}

func (e *estate) Scanned(context.Context, access.Scope) (draw.Project, error) { return e, nil }
func (e *estate) Close() error                                                { return nil }
func (e *estate) List(context.Context, int) ([]draw.Moment, error) {
	return []draw.Moment{{ID: "s2"}, {ID: "s1"}}, nil
}

func (e *estate) Find(_ context.Context, ref string) (draw.Moment, error) {
	switch ref {
	case "latest", "s2":
		return draw.Moment{ID: "s2", Root: e.snapshot.Root}, nil
	case "s1":
		return draw.Moment{ID: "s1", Root: e.snapshot.Root}, nil
	}
	return draw.Moment{}, fault.New(fault.NotFound, "there is no such snapshot")
}

func (e *estate) Load(context.Context, string) (draw.Subject, error) {
	return draw.Subject{Snapshot: e.snapshot}, nil
}

func (e *estate) Read(context.Context, access.Scope) ([]draw.Layout, int64, error) {
	return e.layouts, e.withdrawn, nil
}

func (e *estate) Commit(context.Context, *draw.Change) (change.Committed, error) {
	return change.Committed{}, errors.New("not here")
}

func (e *estate) Open(*c4.Model, *drift.Report) draw.Canvas { return e }

func (e *estate) Draw(v *c4.View, last *placement.View, _ bool) ([]byte, placement.View, error) {
	n := e.drawn.Add(1)
	e.mu.Lock()
	e.lasts = append(e.lasts, last)
	e.mu.Unlock()
	return fmt.Appendf(nil, "<svg>%d</svg>", n), placement.View{Key: v.Key, Nodes: []placement.Node{{ID: "shop", X: int(n), W: 10, H: 10}}}, nil
}

func open(t *testing.T) (*estate, *draw.Service) {
	t.Helper()
	s, err := evidence.NewSnapshot(evidence.Meta{Name: "Shop", CollectedAt: "2026-11-23T12:00:00Z", Method: "files"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	e := &estate{snapshot: s}
	return e, draw.New(draw.Service{
		Projects: e, Layouts: e, Artist: e, Now: func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) },
		Derive: func(context.Context, draw.Subject) (*c4.Model, error) {
			e.derived.Add(1)
			return &c4.Model{Name: "Shop", Elements: []c4.Element{{ID: "shop", Name: "Shop", Kind: c4.SoftwareSystem}}, Views: []c4.View{{Key: "landscape", Kind: c4.Landscape, Title: "Landscape", Elements: []string{"shop"}, Nodes: []c4.Node{{ID: "shop", Element: "shop"}}}}}, nil
		},
	}, 1<<20)
}

// What is asked for twice, or by many at once, is drawn once; another layout, and what is withdrawn, is drawn anew.
func TestPictures(t *testing.T) {
	e, d := open(t)
	ask := func(ref string) *draw.Picture {
		t.Helper()
		p, err := d.Picture(t.Context(), member(access.Viewer), project, ref, draw.Request{View: "landscape"})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { ask("s2") })
	}
	all.Wait()
	if e.drawn.Load() != 1 || e.derived.Load() != 1 {
		t.Errorf("it was drawn %d times and derived %d times", e.drawn.Load(), e.derived.Load())
	}
	ask("s1")
	if last := e.lasts[len(e.lasts)-1]; e.drawn.Load() != 2 || last == nil || last.Nodes[0].X != 1 {
		t.Errorf("the older snapshot is drawn after %+v, not after the newest", last)
	}
	e.layouts = []draw.Layout{{View: placement.View{Key: "landscape", Nodes: []placement.Node{{ID: "shop", X: 77, W: 10, H: 10, Placed: true}}}, Version: 1}}
	ask("s2")
	if last := e.lasts[len(e.lasts)-1]; e.drawn.Load() != 3 || last == nil || last.Nodes[0].X != 77 {
		t.Errorf("after boxes were placed it is drawn after %+v", last)
	}
	e.withdrawn = 1
	ask("s2")
	if e.drawn.Load() != 4 || e.derived.Load() != 3 {
		t.Errorf("what was withdrawn is still drawn: %d pictures, %d models", e.drawn.Load(), e.derived.Load())
	}
}

func TestRefusals(t *testing.T) {
	_, d := open(t)
	for name, x := range map[string]struct {
		who  access.Role
		ref  string
		ask  draw.Request
		want fault.Kind
	}{
		"no such view":     {access.Viewer, "s2", draw.Request{View: "none"}, fault.NotFound},
		"no such snapshot": {access.Viewer, "s9", draw.Request{View: "landscape"}, fault.NotFound},
		"too many folds":   {access.Viewer, "s2", draw.Request{View: "landscape", Folds: draw.Folds{Open: make([]string, 500)}}, fault.Limited},
		"who only pays":    {access.Billing, "s2", draw.Request{View: "landscape"}, fault.Denied},
	} {
		if _, err := d.Picture(t.Context(), member(x.who), project, x.ref, x.ask); fault.KindOf(err) != x.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestProve(t *testing.T) {
	_, d := open(t)
	if _, err := d.Prove(t.Context(), member(access.Viewer), project, "s2", "/none"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("what the snapshot does not have is proven: %v", err)
	}
	if _, err := d.Prove(t.Context(), member(access.Billing), project, "s2", "/none"); fault.KindOf(err) != fault.Denied {
		t.Errorf("who may not read reads a proof: %v", err)
	}
}
