package layouttest_test

import (
	"reflect"
	"testing"

	"c4arch/internal/render/layout"
	"c4arch/internal/render/layout/layouttest"
)

func box(id, parent string, x, y, w, h int) layout.Box {
	return layout.Box{ID: id, Parent: parent, Rect: layout.Rect{X: x, Y: y, W: w, H: h}}
}

func way(id, from, to string, xy ...int) layouttest.Line {
	l := layouttest.Line{ID: id, Source: from, Target: to}
	for i := 0; i < len(xy); i += 2 {
		l.Points = append(l.Points, layout.Point{X: xy[i], Y: xy[i+1]})
	}
	return l
}

// TestCount measures a drawing in which everything that can be wrong is wrong once.
func TestCount(t *testing.T) {
	frame := box("f", "", 400, 0, 200, 200)
	frame.Boundary, frame.Title = true, layout.Rect{X: 410, Y: 10, W: 50, H: 20}
	labelled := way("b", "1", "2", 250, 0, 250, 90)
	labelled.Label = layout.Rect{X: 220, Y: 40, W: 60, H: 20}
	d := layouttest.Drawing{
		Size:  layout.Size{W: 600, H: 400},
		Boxes: []layout.Box{box("1", "", 0, 0, 100, 100), box("2", "", 90, 90, 100, 100), frame, box("3", "f", 450, 100, 50, 50)},
		Lines: []layouttest.Line{
			way("a", "1", "2", 200, 50, 240, 50, 300, 50, 300, 300, 296, 300), // a bend less than it has points, a stub
			labelled,                                                                     // crosses a, its label covers a
			way("c", "1", "2", 300, 200, 300, 250),                                       // lies on a
			way("d", "1", "2", 0, 150, 100, 150),                                         // ends in the inside of box 2
			way("e", "1", "2", 380, 20, 480, 20),                                         // through frame and title
			way("g", "1", "3", 455, 90, 455, 160),                                        // through its own end
			way("h", "1", "2", 395, 10, 395, 160),                                        // along the frame, crosses e
			way("i", "1", "2", 0, 330, 100, 340), way("j", "1", "2", 100, 340, 200, 360), // touch
		},
	}
	got := layouttest.Count(d)
	want := layouttest.Measure{
		Lines: 9, Crossings: 2, Shared: 1, Touching: 1, Bends: 2, Length: 100 + 250 + 4 + 90 + 50 + 100 + 100 + 70 + 150 + 100 + 102,
		Overlaps: 1, Boxes: 2, Frames: 1, Titles: 1, Covering: 1, Hugging: 1, Stubs: 1, Aspect: 150, Area: 240,
	}
	if got != want {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
}

func TestMovedIsAfterTheMedian(t *testing.T) {
	before := layouttest.Drawing{Boxes: []layout.Box{box("a", "", 0, 0, 1, 1), box("b", "", 100, 0, 1, 1), box("c", "", 200, 0, 1, 1)}}
	after := layouttest.Drawing{Boxes: []layout.Box{box("a", "", 50, 7, 1, 1), box("b", "", 150, 7, 1, 1), box("c", "", 300, 7, 1, 1), box("d", "", 0, 0, 1, 1)}}
	if got := layouttest.Moved(before, after, 10); !reflect.DeepEqual(got, []string{"c"}) {
		t.Errorf("moved: %v", got)
	}
	if got := layouttest.Moved(before, after, 50); got != nil {
		t.Errorf("moved by more than 50: %v", got)
	}
}

func TestGraphs(t *testing.T) {
	g := layouttest.Nested(100, 1)
	if !reflect.DeepEqual(g, layouttest.Nested(100, 1)) || reflect.DeepEqual(g, layouttest.Nested(100, 2)) {
		t.Error("a graph depends on its seed, and on nothing else")
	}
	if n := len(layouttest.Leaves(g)); n != 100 || len(g.Edges) != 150 {
		t.Errorf("%d boxes, %d lines", n, len(g.Edges))
	}
	more, id, parent := layouttest.Added(g, 1)
	if len(more.Nodes) != len(g.Nodes)+1 || len(more.Edges) != 151 || id == "" || parent == "" {
		t.Errorf("added %q in %q: %d nodes", id, parent, len(more.Nodes))
	}
	less, id, parent := layouttest.Removed(g, 1)
	if len(less.Nodes) != len(g.Nodes)-1 || len(less.Edges) > 150 || id == "" || parent == "" {
		t.Errorf("removed %q in %q: %d nodes", id, parent, len(less.Nodes))
	}
	for _, g := range []layout.Graph{g, more, less, layouttest.Shuffled(g, 1), layouttest.Labelled(g, 1)} {
		if _, err := layout.Arrange(g, layout.Options{}); err != nil {
			t.Error(err)
		}
	}
}

func TestRemovedTakesEmptyBoundariesAlong(t *testing.T) {
	g := layout.Graph{Nodes: []layout.Node{{ID: "out"}, {ID: "in", Parent: "out"}, {ID: "box", Parent: "in"}}}
	if less, id, parent := layouttest.Removed(g, 1); len(less.Nodes) != 0 || id != "box" || parent != "in" {
		t.Errorf("%v is left of it, %q, %q", less.Nodes, id, parent)
	}
}
