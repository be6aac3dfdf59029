package layout

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawGraph draws any graph: nested or flat, with boxes of all sizes, lines between anything and
// anything, labels large and small.
func drawGraph(t *rapid.T) Graph {
	var g Graph
	n := rapid.IntRange(0, 28).Draw(t, "nodes")
	deep := rapid.IntRange(0, 4).Draw(t, "nesting")
	side := rapid.IntRange(1, 420)
	for i := range n {
		node := Node{ID: fmt.Sprintf("n%02d", i), Size: Size{side.Draw(t, "w"), side.Draw(t, "h")}}
		if i > 0 && rapid.IntRange(0, 4).Draw(t, "inside") < deep {
			node.Parent = fmt.Sprintf("n%02d", rapid.IntRange(0, i-1).Draw(t, "parent"))
		}
		node.Title = Size{rapid.IntRange(0, 300).Draw(t, "title"), rapid.IntRange(0, 40).Draw(t, "bar")}
		g.Nodes = append(g.Nodes, node)
	}
	if n == 0 {
		return g
	}
	for i := range rapid.IntRange(0, 50).Draw(t, "edges") {
		e := Edge{
			ID:     fmt.Sprintf("e%02d", i),
			Source: fmt.Sprintf("n%02d", rapid.IntRange(0, n-1).Draw(t, "source")),
			Target: fmt.Sprintf("n%02d", rapid.IntRange(0, n-1).Draw(t, "target")),
		}
		if rapid.Bool().Draw(t, "labelled") {
			e.Label = Size{rapid.IntRange(4, 180).Draw(t, "lw"), rapid.IntRange(4, 70).Draw(t, "lh")}
		}
		g.Edges = append(g.Edges, e)
	}
	return g
}

func TestPromisesHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		l, err := Arrange(g, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if bad := check(g, l); len(bad) > 0 {
			t.Fatal("\n" + joinLines(bad))
		}
	})
}

func TestOrderOfInputDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		shuffled := Graph{Nodes: rapid.Permutation(g.Nodes).Draw(t, "nodes"), Edges: rapid.Permutation(g.Edges).Draw(t, "edges")}
		a, err := Arrange(g, Options{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := Arrange(shuffled, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(a, b) {
			t.Fatal("the same graph in another order is laid out otherwise")
		}
	})
}

// pictures are the shapes that real views have.
func pictures() map[string]Graph {
	all := map[string]Graph{}
	var g Graph
	flat := func(n int) {
		g = Graph{}
		for i := range n {
			g.Nodes = append(g.Nodes, leaf(fmt.Sprintf("n%03d", i), ""))
		}
	}
	name := func(i int) string { return fmt.Sprintf("n%03d", i) }
	flat(0)
	all["empty"] = g
	flat(60)
	all["alone"] = g
	flat(40)
	for i := 1; i < 40; i++ {
		g.Edges = append(g.Edges, arrow(name(i-1), name(i)))
	}
	all["chain"] = g
	flat(60)
	for i := 1; i < 60; i++ {
		g.Edges = append(g.Edges, arrow(name(0), name(i)))
	}
	all["star"] = g
	flat(63)
	for i := 1; i < 63; i++ {
		g.Edges = append(g.Edges, arrow(name((i-1)/2), name(i)))
	}
	all["tree"] = g
	flat(24)
	for i := range 12 {
		for k := 12; k < 24; k++ {
			g.Edges = append(g.Edges, arrow(name(i), name(k)))
		}
	}
	all["dense"] = g
	flat(30)
	for i := range 30 {
		g.Edges = append(g.Edges, arrow(name(i), name((i+1)%30)), Edge{ID: "loop" + name(i), Source: name(i), Target: name(i)})
	}
	all["ring"] = g
	g = Graph{}
	parent := ""
	for _, id := range []string{"subscription", "group", "vnet", "subnet", "cluster", "pool"} {
		g.Nodes = append(g.Nodes, Node{ID: id, Parent: parent, Title: Size{180, 36}})
		parent = id
	}
	g.Nodes = append(g.Nodes, leaf("api", "pool"), leaf("db", "group"), leaf("empty", "vnet"), leaf("user", ""))
	g.Edges = append(g.Edges, arrow("api", "db"), arrow("user", "subnet"), arrow("pool", "db"), arrow("vnet", "api"), arrow("api", "subscription"))
	all["deep"] = g
	return all
}

func TestPictures(t *testing.T) {
	all := pictures()
	names := make([]string, 0, len(all))
	for n := range all {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		t.Run(n, func(t *testing.T) {
			l := mustHold(t, all[n])
			t.Logf("%d × %d", l.Size.W, l.Size.H)
			if n == "empty" || n == "deep" {
				return
			}
			if ratio := l.Size.W * 100 / l.Size.H; ratio < 70 || ratio > 320 {
				t.Errorf("%d × %d is no shape for a page", l.Size.W, l.Size.H)
			}
		})
	}
}

func TestNested(t *testing.T) {
	for _, n := range []int{1, 5, 30, 100, 300} {
		for seed := range uint64(3) {
			l := mustHold(t, nested(n, seed))
			t.Logf("%d: %d × %d, %s", n, l.Size.W, l.Size.H, quality(l))
		}
	}
}

// TestLarge draws pictures far too large to read, and one without boundaries, the worst for a router: the search and the
// straightening run out of their budgets there, and the promises hold all the same.
func TestLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("not run: takes seconds")
	}
	for name, g := range map[string]Graph{"nested": nested(2000, 3), "flat": flat(1200, 1800)} {
		t.Run(name, func(t *testing.T) {
			l := mustHold(t, g)
			t.Logf("%d × %d", l.Size.W, l.Size.H)
		})
	}
}

func TestRefusals(t *testing.T) {
	for name, g := range map[string]Graph{
		"occurs twice":          {Nodes: []Node{leaf("a", ""), leaf("a", "")}},
		"does not exist":        {Nodes: []Node{leaf("a", "b")}},
		"inside itself":         {Nodes: []Node{leaf("a", "b"), leaf("b", "a")}},
		"one does not exist":    {Nodes: []Node{leaf("a", "")}, Edges: []Edge{arrow("a", "b")}},
		"edge id \"e\" occurs":  {Nodes: []Node{leaf("a", "")}, Edges: []Edge{{ID: "e", Source: "a", Target: "a"}, {ID: "e", Source: "a", Target: "a"}}},
		"too large":             {Nodes: make([]Node, maxNodes+1)},
		"node id \"\" is empty": {Nodes: []Node{leaf("", "")}},
	} {
		if _, err := Arrange(g, Options{}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// quality counts crossings and bends and measures the lines.
func quality(l *Layout) string {
	crossings, bends, length := 0, 0, 0
	type piece struct{ a, b Point }
	var pieces []piece
	var owner []int
	for i, r := range l.Routes {
		bends += len(r.Points) - 2
		for k := 1; k < len(r.Points); k++ {
			pieces = append(pieces, piece{r.Points[k-1], r.Points[k]})
			owner = append(owner, i)
			length += abs(r.Points[k].X-r.Points[k-1].X) + abs(r.Points[k].Y-r.Points[k-1].Y)
		}
	}
	for i, p := range pieces {
		for k, q := range pieces[i+1:] {
			if owner[i] == owner[i+1+k] || (p.a.X == p.b.X) == (q.a.X == q.b.X) {
				continue
			}
			v, h := p, q
			if v.a.X != v.b.X {
				v, h = q, p
			}
			if min(h.a.X, h.b.X) < v.a.X && v.a.X < max(h.a.X, h.b.X) && min(v.a.Y, v.b.Y) < h.a.Y && h.a.Y < max(v.a.Y, v.b.Y) {
				crossings++
			}
		}
	}
	return fmt.Sprintf("%d lines, %d crossings, %d bends, mean length %d", len(l.Routes), crossings, bends, length/max(1, len(l.Routes)))
}

func BenchmarkArrange(b *testing.B) {
	for _, n := range []int{30, 100, 300, 1000, 2000} {
		g := nested(n, 7)
		b.Run(fmt.Sprintf("nested-%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Arrange(g, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, size := range [][2]int{{100, 200}, {400, 1200}, {2000, 3000}} {
		g := flat(size[0], size[1])
		b.Run(fmt.Sprintf("flat-%d-%d", size[0], size[1]), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Arrange(g, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// flat is one boundary with n boxes and m lines between any of them: the worst for a router.
func flat(n, m int) Graph {
	r := rand.New(rand.NewPCG(uint64(n), uint64(m)))
	g := Graph{Nodes: []Node{{ID: "all", Title: Size{100, 34}}}}
	for i := range n {
		g.Nodes = append(g.Nodes, leaf(fmt.Sprintf("n%04d", i), "all"))
	}
	for i := range m {
		a, b := r.IntN(n), r.IntN(n)
		g.Edges = append(g.Edges, Edge{ID: fmt.Sprintf("e%04d", i), Source: fmt.Sprintf("n%04d", a), Target: fmt.Sprintf("n%04d", b), Label: Size{110, 34}})
	}
	return g
}
