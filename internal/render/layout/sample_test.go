package layout

import (
	"fmt"
	"math/rand/v2"
)

// nested makes a graph of n boxes, three levels deep, with 1.5 edges for each box: 70 per cent
// inside the inner boundary, 20 inside the outer one, 10 anywhere.
func nested(n int, seed uint64) Graph {
	r := rand.New(rand.NewPCG(seed, 1))
	var g Graph
	const inner, outer = 8, 5
	id := func(i int) string { return fmt.Sprintf("n%04d", i) }
	for i := range n {
		c, o := i/inner, i/(inner*outer)
		if i%(inner*outer) == 0 {
			g.Nodes = append(g.Nodes, Node{ID: fmt.Sprintf("o%03d", o), Title: Size{140, 34}})
		}
		if i%inner == 0 {
			g.Nodes = append(g.Nodes, Node{ID: fmt.Sprintf("c%03d", c), Parent: fmt.Sprintf("o%03d", o), Title: Size{120, 34}})
		}
		g.Nodes = append(g.Nodes, Node{ID: id(i), Parent: fmt.Sprintf("c%03d", c), Size: Size{200, 90 + 16*(i%3)}})
	}
	for e := range n * 3 / 2 {
		a := r.IntN(n)
		span := n
		switch k := r.IntN(10); {
		case k < 7:
			span = inner
		case k < 9:
			span = inner * outer
		}
		first := a / span * span
		b := first + r.IntN(min(span, n-first))
		g.Edges = append(g.Edges, Edge{ID: fmt.Sprintf("e%04d", e), Source: id(a), Target: id(b), Label: Size{60 + r.IntN(80), 16 + 15*r.IntN(3)}})
	}
	return g
}

func leaf(id, parent string) Node { return Node{ID: id, Parent: parent, Size: Size{200, 100}} }

func arrow(a, b string) Edge {
	return Edge{ID: a + ">" + b, Source: a, Target: b, Label: Size{110, 34}}
}
