package layout

import (
	"fmt"
	"slices"
	"testing"
)

// check reports everything in a layout that breaks the promises of the package.
func check(g Graph, l *Layout) []string {
	var bad []string
	fail := func(format string, args ...any) {
		if len(bad) < 12 {
			bad = append(bad, fmt.Sprintf(format, args...))
		}
	}
	boxes := make(map[string]Box, len(l.Boxes))
	for _, b := range l.Boxes {
		boxes[b.ID] = b
	}
	size := make(map[string]Size)
	for _, n := range g.Nodes {
		size[n.ID] = n.Size
		if _, ok := boxes[n.ID]; !ok {
			fail("node %s has no place", n.ID)
		}
	}
	page := Rect{0, 0, l.Size.W, l.Size.H}
	inside := func(b Box, outer string) bool {
		for id := b.ID; id != ""; id = boxes[id].Parent {
			if id == outer {
				return true
			}
		}
		return false
	}
	for i, a := range l.Boxes {
		if !page.Contains(a.Rect) {
			fail("%s %v leaves the page %v", a.ID, a.Rect, page)
		}
		if p, ok := boxes[a.Parent]; ok {
			if !p.Rect.Contains(a.Rect) {
				fail("%s %v leaves its boundary %s %v", a.ID, a.Rect, p.ID, p.Rect)
			}
			if p.Title.Overlaps(a.Rect) {
				fail("%s %v covers the title %v of %s", a.ID, a.Rect, p.Title, p.ID)
			}
		}
		if !a.Boundary && (a.Rect.W < size[a.ID].W || a.Rect.H < size[a.ID].H) {
			fail("%s is smaller than asked", a.ID)
		}
		if !a.Title.Empty() && !a.Rect.Contains(a.Title) {
			fail("title %v leaves %s %v", a.Title, a.ID, a.Rect)
		}
		for _, b := range l.Boxes[i+1:] {
			if a.Parent == b.Parent && a.Rect.Overlaps(b.Rect) {
				fail("%s %v overlaps %s %v", a.ID, a.Rect, b.ID, b.Rect)
			}
		}
	}
	edges := make(map[string]Edge)
	for _, e := range g.Edges {
		edges[e.ID] = e
	}
	if len(l.Routes) != len(g.Edges) {
		fail("%d routes for %d edges", len(l.Routes), len(g.Edges))
	}
	for i, r := range l.Routes {
		e := edges[r.ID]
		checkRoute(r, e, boxes, l.Boxes, inside, fail)
		if (e.Label.W > 0 && e.Label.H > 0) == r.Label.Empty() {
			fail("label of %s: %v", r.ID, r.Label)
		}
		if r.Label.Empty() {
			continue
		}
		if !page.Contains(r.Label) {
			fail("label of %s leaves the page", r.ID)
		}
		for _, b := range l.Boxes {
			if !b.Boundary && b.Rect.Overlaps(r.Label) || b.Title.Overlaps(r.Label) {
				fail("label %v of %s covers %s %v %v", r.Label, r.ID, b.ID, b.Rect, b.Title)
			}
		}
		for _, o := range l.Routes[i+1:] {
			if o.Label.Overlaps(r.Label) {
				fail("labels of %s %v and %s %v overlap", r.ID, r.Label, o.ID, o.Label)
			}
		}
		on := false
		for k := 1; k < len(r.Points); k++ {
			on = on || touches(r.Label, r.Points[k-1], r.Points[k])
		}
		if !on {
			fail("label %v of %s is not on its line %v", r.Label, r.ID, r.Points)
		}
		for _, o := range l.Routes {
			for k := 1; k < len(o.Points) && o.ID != r.ID; k++ {
				if touches(r.Label, o.Points[k-1], o.Points[k]) {
					fail("line %s %v runs through the label %v of %s", o.ID, o.Points[k-1:k+1], r.Label, r.ID)
				}
			}
		}
	}
	return bad
}

func checkRoute(r Route, e Edge, boxes map[string]Box, all []Box, inside func(Box, string) bool, fail func(string, ...any)) {
	if len(r.Points) < 2 {
		fail("%s has no way", r.ID)
		return
	}
	src, dst := boxes[e.Source], boxes[e.Target]
	if !onBorder(src.Rect, r.Points[0]) || !onBorder(dst.Rect, r.Points[len(r.Points)-1]) {
		fail("%s %v does not join %s %v and %s %v", r.ID, r.Points, e.Source, src.Rect, e.Target, dst.Rect)
	}
	for i := 1; i < len(r.Points); i++ {
		a, b := r.Points[i-1], r.Points[i]
		if (a.X == b.X) == (a.Y == b.Y) {
			fail("%s: piece %v %v is not straight, or is empty", r.ID, a, b)
		}
		for _, o := range all {
			if o.Title.Overlaps(Rect{}) || touches(o.Title, a, b) {
				fail("%s %v %v crosses the title %v of %s", r.ID, a, b, o.Title, o.ID)
			}
			if touches(o.Rect, a, b) && !inside(src, o.ID) && !inside(dst, o.ID) {
				fail("%s %v %v crosses %s %v", r.ID, a, b, o.ID, o.Rect)
			}
			if !o.Boundary && touches(o.Rect, a, b) {
				fail("%s %v %v crosses its own end %s %v", r.ID, a, b, o.ID, o.Rect)
			}
		}
	}
}

// touches reports whether a piece runs through the inside of a rectangle.
func touches(r Rect, a, b Point) bool {
	if r.Empty() {
		return false
	}
	return max(min(a.X, b.X), r.X) < min(max(a.X, b.X), r.Right()) && r.Y < a.Y && a.Y < r.Bottom() ||
		a.X == b.X && r.X < a.X && a.X < r.Right() && max(min(a.Y, b.Y), r.Y) < min(max(a.Y, b.Y), r.Bottom())
}

func onBorder(r Rect, p Point) bool {
	inX, inY := r.X <= p.X && p.X <= r.Right(), r.Y <= p.Y && p.Y <= r.Bottom()
	return inX && inY && (p.X == r.X || p.X == r.Right() || p.Y == r.Y || p.Y == r.Bottom())
}

func mustArrange(t testing.TB, g Graph) *Layout {
	t.Helper()
	l, err := Arrange(g, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func mustHold(t testing.TB, g Graph) *Layout {
	t.Helper()
	l := mustArrange(t, g)
	if bad := check(g, l); len(bad) > 0 {
		t.Fatalf("%d nodes, %d edges:\n%s", len(g.Nodes), len(g.Edges), joinLines(bad))
	}
	return l
}

func joinLines(s []string) string {
	slices.Sort(s)
	out := ""
	for _, l := range s {
		out += "  " + l + "\n"
	}
	return out
}
