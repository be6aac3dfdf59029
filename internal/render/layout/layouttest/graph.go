// Package layouttest makes graphs to lay out and measures drawings of them: those of our engine and, in the same way,
// those of others (test/bench/layout). It is imported by tests and by that command only.
package layouttest

import (
	"fmt"
	"slices"

	"c4arch/internal/render/layout"
)

// The shape of generated graphs: groups of eight inner groups of ten boxes.
const (
	innerSize = 10
	outerSize = 8 * innerSize
)

// Boxes and titles of generated graphs.
var (
	boxSize    = layout.Size{W: 180, H: 80}
	innerTitle = layout.Size{W: 120, H: 34}
	outerTitle = layout.Size{W: 140, H: 34}
)

// Nested makes a graph of n boxes in boundaries two deep with three lines for two boxes: 70 per cent of them inside
// the inner boundary, 20 inside the outer one, 10 anywhere. No two lines join the same two boxes, and no line has a
// label. The same seed gives the same graph.
func Nested(n int, seed uint64) layout.Graph {
	r := newDice(seed, uint64(n))
	var g layout.Graph
	for i := range n {
		if i%outerSize == 0 {
			g.Nodes = append(g.Nodes, layout.Node{ID: outerID(i), Title: outerTitle})
		}
		if i%innerSize == 0 {
			g.Nodes = append(g.Nodes, layout.Node{ID: innerID(i), Parent: outerID(i), Title: innerTitle})
		}
		g.Nodes = append(g.Nodes, layout.Node{ID: boxID(i), Parent: innerID(i), Size: boxSize})
	}
	joined := make(map[[2]int]bool)
	for tries := 0; len(g.Edges) < n*3/2 && tries < 100*n; tries++ {
		a, b := pair(r, n)
		if a == b || joined[[2]int{min(a, b), max(a, b)}] {
			continue
		}
		joined[[2]int{min(a, b), max(a, b)}] = true
		g.Edges = append(g.Edges, layout.Edge{ID: fmt.Sprintf("e%05d", len(g.Edges)), Source: boxID(a), Target: boxID(b)})
	}
	return g
}

// pair draws the ends of a line.
func pair(r *dice, n int) (a, b int) {
	a = r.below(n)
	span := n
	switch k := r.below(10); {
	case k < 7:
		span = innerSize
	case k < 9:
		span = outerSize
	}
	first := a / span * span
	return a, first + r.below(min(span, n-first))
}

func boxID(i int) string   { return fmt.Sprintf("n%05d", i) }
func innerID(i int) string { return fmt.Sprintf("c%05d", i/innerSize) }
func outerID(i int) string { return fmt.Sprintf("o%05d", i/outerSize) }

// Labelled gives every line of a graph a label of one to three rows.
func Labelled(g layout.Graph, seed uint64) layout.Graph {
	r := newDice(seed, 2)
	g.Edges = slices.Clone(g.Edges)
	for i := range g.Edges {
		g.Edges[i].Label = layout.Size{W: 60 + r.below(80), H: 16 + 15*r.below(3)}
	}
	return g
}

// Shuffled is the same graph in another order.
func Shuffled(g layout.Graph, seed uint64) layout.Graph {
	r := newDice(seed, 3)
	s := layout.Graph{Nodes: slices.Clone(g.Nodes), Edges: slices.Clone(g.Edges)}
	shuffle(r, s.Nodes)
	shuffle(r, s.Edges)
	return s
}

// Leaves are the ids of the boxes that hold no other, sorted.
func Leaves(g layout.Graph) []string {
	holds := make(map[string]bool)
	for _, n := range g.Nodes {
		holds[n.Parent] = true
	}
	var ids []string
	for _, n := range g.Nodes {
		if !holds[n.ID] {
			ids = append(ids, n.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// Added is the graph with one box more beside one that is there, and one line between the two. It says which box that
// is and where it lies.
func Added(g layout.Graph, seed uint64) (more layout.Graph, id, parent string) {
	leaves := Leaves(g)
	if len(leaves) == 0 {
		return g, "", ""
	}
	beside := leaves[newDice(seed, 4).below(len(leaves))]
	more = layout.Graph{Nodes: slices.Clone(g.Nodes), Edges: slices.Clone(g.Edges)}
	for _, n := range g.Nodes {
		if n.ID == beside {
			n.ID += "-more"
			more.Nodes = append(more.Nodes, n)
			more.Edges = append(more.Edges, layout.Edge{ID: "more>" + beside, Source: n.ID, Target: beside})
			return more, n.ID, n.Parent
		}
	}
	return g, "", ""
}

// Removed is the graph without one of its boxes and the lines that end there. A boundary of which nothing is left goes
// too. It says where the box lay.
func Removed(g layout.Graph, seed uint64) (less layout.Graph, id, parent string) {
	leaves := Leaves(g)
	if len(leaves) == 0 {
		return g, "", ""
	}
	id = leaves[newDice(seed, 5).below(len(leaves))]
	for gone := id; gone != ""; {
		less.Nodes, less.Edges = nil, nil
		up, others := "", false
		for _, n := range g.Nodes {
			if n.ID == gone {
				up = n.Parent
			}
		}
		for _, n := range g.Nodes {
			if n.ID != gone {
				less.Nodes = append(less.Nodes, n)
				others = others || n.Parent == up
			}
		}
		for _, e := range g.Edges {
			if e.Source != gone && e.Target != gone {
				less.Edges = append(less.Edges, e)
			}
		}
		if gone == id {
			parent = up
		}
		if g, gone = less, up; others {
			break
		}
	}
	return less, id, parent
}

// dice are numbers that look random and depend on the seed alone: SplitMix64 of Steele, Lea and Flood, "Fast splittable
// pseudorandom number generators", OOPSLA 2014, figure 17.
type dice struct{ state uint64 }

func newDice(seed, stream uint64) *dice { return &dice{seed*0x9e3779b97f4a7c15 ^ stream<<32} }

// below is a number from 0 to n-1.
func (d *dice) below(n int) int {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int((z ^ z>>31) % uint64(n))
}

// shuffle puts things in any order (Durstenfeld, "Algorithm 235: random permutation", Communications of the ACM 7, 1964).
func shuffle[T any](d *dice, all []T) {
	for i := len(all) - 1; i > 0; i-- {
		k := d.below(i + 1)
		all[i], all[k] = all[k], all[i]
	}
}
