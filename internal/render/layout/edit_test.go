package layout

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// edit changes one thing in an inner boundary of a nested graph, and says which boundary. It adds a
// box with a line or two, removes one with its lines, or makes one wider, as a new name does.
func edit(g Graph, kind string, r *rand.Rand) (Graph, string) {
	g = Graph{Nodes: slices.Clone(g.Nodes), Edges: slices.Clone(g.Edges)}
	var leaves []int
	for i, n := range g.Nodes {
		if n.Size.W > 0 {
			leaves = append(leaves, i)
		}
	}
	at := leaves[r.IntN(len(leaves))]
	n := g.Nodes[at]
	switch kind {
	case "add":
		id := fmt.Sprintf("new%06d", r.IntN(1000000))
		g.Nodes = append(g.Nodes, Node{ID: id, Parent: n.Parent, Size: Size{200, 90 + 16*r.IntN(3)}})
		g.Edges = append(g.Edges, Edge{ID: id + "-a", Source: n.ID, Target: id, Label: Size{90, 31}})
		if r.IntN(3) == 0 {
			g.Edges = append(g.Edges, Edge{ID: id + "-b", Source: id, Target: g.Nodes[leaves[r.IntN(len(leaves))]].ID, Label: Size{90, 31}})
		}
	case "remove":
		g.Nodes = slices.Delete(g.Nodes, at, at+1)
		g.Edges = slices.DeleteFunc(g.Edges, func(e Edge) bool { return e.Source == n.ID || e.Target == n.ID })
		for p := n.Parent; p != "" && !slices.ContainsFunc(g.Nodes, func(o Node) bool { return o.Parent == p }); {
			i := slices.IndexFunc(g.Nodes, func(o Node) bool { return o.ID == p })
			p = g.Nodes[i].Parent
			g.Nodes = slices.Delete(g.Nodes, i, i+1)
		}
	case "rename":
		g.Nodes[at].Size.W += 16 * (1 + r.IntN(4))
		g.Nodes[at].Size.H += 16 * r.IntN(2)
	}
	return g, n.Parent
}

// shift is how far boxes moved from one layout to the next after the shift of all (its median) is
// taken off: the furthest, and how many moved by more than far. Those that skip names are left out.
func shift(was, is *Layout, far int, skip func(id string) bool) (most, moved int) {
	old := make(map[string]Rect, len(was.Boxes))
	for _, b := range was.Boxes {
		old[b.ID] = b.Rect
	}
	var dx, dy []int
	var ids []string
	for _, b := range is.Boxes {
		if r, ok := old[b.ID]; ok && !b.Boundary {
			dx, dy, ids = append(dx, b.Rect.X-r.X), append(dy, b.Rect.Y-r.Y), append(ids, b.ID)
		}
	}
	mx, my := median(dx), median(dy)
	for i, id := range ids {
		if d := max(abs(dx[i]-mx), abs(dy[i]-my)); !skip(id) {
			if most = max(most, d); d > far {
				moved++
			}
		}
	}
	return most, moved
}

func median(n []int) int {
	if len(n) == 0 {
		return 0
	}
	n = slices.Clone(n)
	slices.Sort(n)
	return n[len(n)/2]
}

// TestOneEditMovesNothingElse measures as the comparison of engines does: boxes outside the changed boundary
// that moved by more than the width of a box.
func TestOneEditMovesNothingElse(t *testing.T) {
	sizes, seeds := 4, uint64(8)
	if testing.Short() {
		sizes, seeds = 2, 4
	}
	for _, n := range []int{30, 50, 100, 200}[:sizes] {
		for _, kind := range []string{"add", "remove", "rename"} {
			most, inside, total, kept, lines := 0, 0, 0, 0, 0
			for seed := range seeds {
				r := rand.New(rand.NewPCG(seed, 9))
				g := nested(n, seed)
				was := mustArrange(t, g)
				more, where := edit(g, kind, r)
				is, err := Arrange(more, Options{Previous: seats(was), Ways: ways(was)})
				if err != nil {
					t.Fatal(err)
				}
				if bad := check(more, is); len(bad) > 0 {
					t.Errorf("%s of %d, seed %d:\n%s", kind, n, seed, joinLines(bad))
				}
				parent := make(map[string]string)
				for _, b := range is.Boxes {
					parent[b.ID] = b.Parent
				}
				m, moved := shift(was, is, 200, func(id string) bool { return parent[id] == where })
				if moved > 0 {
					t.Errorf("%s of %d, seed %d: %d boxes outside %s moved, one by %d", kind, n, seed, moved, where, m)
				}
				most, total = max(most, m), total+moved
				m, _ = shift(was, is, 200, func(id string) bool { return parent[id] != where })
				inside = max(inside, m)
				old := ways(was)
				for _, l := range is.Routes {
					lines++
					if w, ok := old[l.ID]; ok && slices.Equal(w.Points, l.Points) {
						kept++
					}
				}
			}
			if kind == "remove" && most+inside > 0 {
				t.Errorf("a removal moves boxes by %d px outside and %d px inside", most, inside)
			}
			t.Logf("%-6s of %3d: outside at most %3d px, inside %3d px; %d moved by more than a box; %d%% of lines as they were", kind, n, most, inside, total, kept*100/lines)
		}
	}
}

// TestManyEdits draws fifty states of a graph, each on the places of the one before: every one keeps the promises, and
// the last is not much worse than a fresh drawing.
func TestManyEdits(t *testing.T) {
	area, freshArea := 0, 0
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 5))
		g := nested(40, seed)
		l := mustArrange(t, g)
		for step := range 50 {
			g, _ = edit(g, []string{"add", "remove", "rename", "add", "remove"}[r.IntN(5)], r)
			next, err := Arrange(g, Options{Previous: seats(l), Ways: ways(l)})
			if err != nil {
				t.Fatal(err)
			}
			if bad := check(g, next); len(bad) > 0 {
				t.Fatalf("seed %d, step %d:\n%s", seed, step, joinLines(bad))
			}
			l = next
		}
		fresh := mustArrange(t, g)
		was, is := fresh.Size.W*fresh.Size.H, l.Size.W*l.Size.H
		area, freshArea = area+is, freshArea+was
		t.Logf("after 50 edits %d × %d, %s; fresh %d × %d, %s; area %d%%", l.Size.W, l.Size.H, quality(l), fresh.Size.W, fresh.Size.H, quality(fresh), is*100/was)
	}
	if area > freshArea*3/2 {
		t.Errorf("after fifty edits the pictures take %d%% of what fresh ones take", area*100/freshArea)
	}
}

// TestPlacedStay puts some boxes elsewhere, as a person does who drags them: all promises hold, and boxes that were
// placed with room around them are exactly there.
func TestPlacedStay(t *testing.T) {
	for _, wild := range []bool{false, true} {
		exact, all := 0, 0
		for seed := range uint64(60) {
			r := rand.New(rand.NewPCG(seed, 6))
			g := nested(10+r.IntN(40), seed)
			l := mustArrange(t, g)
			previous, placed := drag(l, r, wild)
			l, err := Arrange(g, Options{Previous: previous, Ways: ways(l)})
			if err != nil {
				t.Fatal(err)
			}
			if bad := check(g, l); len(bad) > 0 {
				t.Errorf("seed %d:\n%s", seed, joinLines(bad))
			}
			var by []Point
			for _, b := range l.Boxes {
				if slices.Contains(placed, b.ID) {
					was := previous[b.ID].Rect
					by = append(by, Point{b.Rect.X - was.X, b.Rect.Y - was.Y})
				}
			}
			same := true
			for _, p := range by {
				same = same && p == by[0]
			}
			if all++; same {
				exact++
			}
			if !same && !wild {
				t.Logf("seed %d: placed boxes moved by %v", seed, by)
			}
		}
		t.Logf("wild %v: %d of %d exact", wild, exact, all)
		if !wild && exact < all*17/20 {
			t.Errorf("only in %d of %d pictures did all placed boxes stay", exact, all)
		}
	}
}

// drag moves some boxes: within their boundary and clear of each other, or, wildly, anywhere.
func drag(l *Layout, r *rand.Rand, wild bool) (map[string]Seat, []string) {
	previous := seats(l)
	parents := make(map[string]Rect)
	for _, b := range l.Boxes {
		parents[b.ID] = b.Rect
	}
	var placed []string
	for _, b := range l.Boxes {
		if b.Boundary || r.IntN(len(l.Boxes)) > 3 {
			continue
		}
		s := previous[b.ID]
		s.Rect.X, s.Rect.Y, s.Placed = s.Rect.X+r.IntN(600)-300, s.Rect.Y+r.IntN(600)-300, true
		if p := parents[b.Parent]; !wild {
			s.Rect.X = max(p.X+40, min(p.Right()-s.Rect.W-40, s.Rect.X))
			s.Rect.Y = max(p.Y+80, min(p.Bottom()-s.Rect.H-40, s.Rect.Y))
		}
		if !slices.ContainsFunc(placed, func(id string) bool { return grow(previous[id].Rect, 60).Overlaps(s.Rect) }) {
			previous[b.ID] = s
			placed = append(placed, b.ID)
		}
	}
	return previous, placed
}
