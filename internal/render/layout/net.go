package layout

import (
	"cmp"
	"slices"
)

// net is the graph inside one boundary: its direct children, joined where anything in the one
// is joined to anything in the other. Long edges are cut into pieces at every rank that they
// pass, with a bend (a node without a box) at each.
type net struct {
	boxes []*box // nil: a bend
	up    [][]int
	down  [][]int
	rank  []int
	ranks [][]int        // the nodes of each rank, left to right
	pos   []int          // place in the rank
	wide  int            // the width of the boundary, when it is known where lines that leave it go to
	found map[int]*block // by width: what best made of it, with the page and the temper that this net is placed with
}

// maxBends bounds the bends of one net: beyond it long edges are left to the router alone.
const maxBends = 4000

// newNet layers the boxes and orders the layers. The edges are pairs of indices into boxes.
func newNet(boxes []*box, edges [][2]int) *net {
	n := &net{boxes: slices.Clone(boxes)}
	if slices.ContainsFunc(boxes, func(b *box) bool { return b.pulls > 0 }) {
		n.wide = max(1, boxes[0].parent.w)
	}
	edges = acyclic(len(boxes), edges)
	n.rank = ranks(len(boxes), edges)
	n.up, n.down = make([][]int, len(boxes)), make([][]int, len(boxes))
	bends := 0
	for _, e := range edges {
		u, v := e[0], e[1]
		span := n.rank[v] - n.rank[u]
		if bends += span - 1; span > 1 && bends > maxBends {
			continue
		}
		for r := n.rank[u] + 1; r < n.rank[v]; r++ {
			b := len(n.boxes)
			n.boxes = append(n.boxes, nil)
			n.rank = append(n.rank, r)
			n.up, n.down = append(n.up, nil), append(n.down, nil)
			n.join(u, b)
			u = b
		}
		n.join(u, v)
	}
	n.order()
	return n
}

func (n *net) join(u, v int) {
	n.down[u] = append(n.down[u], v)
	n.up[v] = append(n.up[v], u)
}

// acyclic turns round the edges that close a cycle and merges parallel ones. It is the greedy
// heuristic of Eades, Lin and Smyth, "A fast and effective heuristic for the feedback arc set
// problem", Information Processing Letters 47, 1993: sinks to the end, sources to the front,
// otherwise the node with most outgoing over incoming edges to the front.
func acyclic(n int, edges [][2]int) [][2]int {
	out, in := make([][]int, n), make([][]int, n)
	outdeg, indeg := make([]int, n), make([]int, n)
	for _, e := range edges {
		out[e[0]] = append(out[e[0]], e[1])
		in[e[1]] = append(in[e[1]], e[0])
		outdeg[e[0]]++
		indeg[e[1]]++
	}
	at := make([]int, n) // the place in the sequence; 0 is not yet placed
	front, back := 1, 2*n+1
	left := n
	take := func(v, place int) {
		at[v] = place
		left--
		for _, w := range out[v] {
			indeg[w]--
		}
		for _, w := range in[v] {
			outdeg[w]--
		}
	}
	for left > 0 {
		moved := false
		for v := n - 1; v >= 0; v-- {
			if at[v] == 0 && outdeg[v] == 0 {
				take(v, back)
				back--
				moved = true
			}
		}
		for v := 0; v < n; v++ {
			if at[v] == 0 && indeg[v] == 0 {
				take(v, front)
				front++
				moved = true
			}
		}
		if moved {
			continue
		}
		best := -1
		for v := 0; v < n; v++ {
			if at[v] == 0 && (best < 0 || outdeg[v]-indeg[v] > outdeg[best]-indeg[best]) {
				best = v
			}
		}
		if best >= 0 {
			take(best, front)
			front++
		}
	}
	turned := make([][2]int, 0, len(edges))
	for _, e := range edges {
		if at[e[0]] > at[e[1]] {
			e[0], e[1] = e[1], e[0]
		}
		turned = append(turned, e)
	}
	slices.SortFunc(turned, func(a, b [2]int) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
	return slices.Compact(turned)
}

// order puts the nodes of each rank in an order with few crossings: barycentre sweeps (Sugiyama
// and others 1981), then exchanges of neighbours (the transpose of Gansner and others 1993,
// section 3); the best order seen is kept.
func (n *net) order() {
	depth := 0
	for _, r := range n.rank {
		depth = max(depth, r+1)
	}
	n.ranks = make([][]int, depth)
	n.pos = make([]int, len(n.boxes))
	n.firstOrder()
	sweeps := 16
	if len(n.boxes) > 1500 {
		sweeps = 4
	}
	best, bestCount := n.copyRanks(), n.crossings()+n.outside()
	for i := 0; i < sweeps && bestCount > 0; i++ {
		if i%2 == 0 {
			for r := 1; r < depth; r++ {
				n.sortRank(r, n.up)
			}
		} else {
			for r := depth - 2; r >= 0; r-- {
				n.sortRank(r, n.down)
			}
		}
		if i%4 == 3 {
			n.transpose()
		}
		if c := n.crossings() + n.outside(); c < bestCount {
			best, bestCount = n.copyRanks(), c
		}
	}
	n.ranks = best
	n.number()
	if bestCount > 0 {
		n.transpose()
	}
}

// firstOrder walks the graph from its first rank downwards, so that what hangs together starts
// side by side.
func (n *net) firstOrder() {
	seen := make([]bool, len(n.boxes))
	var walk func(v int)
	walk = func(v int) {
		if seen[v] {
			return
		}
		seen[v] = true
		n.pos[v] = len(n.ranks[n.rank[v]])
		n.ranks[n.rank[v]] = append(n.ranks[n.rank[v]], v)
		for _, w := range n.down[v] {
			walk(w)
		}
	}
	for v := range n.boxes {
		if len(n.up[v]) == 0 {
			walk(v)
		}
	}
	for v := range n.boxes {
		walk(v)
	}
}

func (n *net) copyRanks() [][]int {
	c := make([][]int, len(n.ranks))
	for i, r := range n.ranks {
		c[i] = slices.Clone(r)
	}
	return c
}

func (n *net) number() {
	for _, r := range n.ranks {
		for i, v := range r {
			n.pos[v] = i
		}
	}
}

// sortRank orders one rank by the mean place of each node's neighbours in near.
func (n *net) sortRank(r int, near [][]int) {
	key := make(map[int]int, len(n.ranks[r]))
	for _, v := range n.ranks[r] {
		sum, count := 0, len(near[v])
		for _, w := range near[v] {
			sum += n.pos[w] * 4096
		}
		if at, weight := n.lean(v); weight > 0 {
			sum, count = sum+at*weight, count+weight
		}
		if count == 0 {
			key[v] = -1
			continue
		}
		key[v] = max(0, sum/count)
	}
	// A node without neighbours stays beside the one on its left.
	last := 0
	for _, v := range n.ranks[r] {
		if key[v] < 0 {
			key[v] = last
		}
		last = key[v]
	}
	slices.SortStableFunc(n.ranks[r], func(a, b int) int { return cmp.Compare(key[a], key[b]) })
	for i, v := range n.ranks[r] {
		n.pos[v] = i
	}
}

// lean is where in its rank a node would stand nearest to the far ends of its lines that leave the
// boundary, in 4096ths of a place, and how many there are. So the order within a boundary knows
// what is outside it (compare Sander, "Layout of compound directed graphs", 1996, section 4.3, who
// orders by the barycentre in the whole graph).
func (n *net) lean(v int) (at, weight int) {
	b := n.boxes[v]
	if n.wide == 0 || b == nil || b.pulls == 0 {
		return 0, 0
	}
	return max(0, min(n.wide, b.pull.X)) * len(n.ranks[n.rank[v]]) * 4096 / n.wide, b.pulls
}

// outside counts the pairs of nodes in a rank whose lines to the outside would have to cross.
func (n *net) outside() int {
	if n.wide == 0 {
		return 0
	}
	c := 0
	for _, row := range n.ranks {
		for i, v := range row {
			if n.boxes[v] == nil || n.boxes[v].pulls == 0 {
				continue
			}
			for _, u := range row[:i] {
				c += n.cross(u, v)
			}
		}
	}
	return c
}

// cross is how often the lines to the outside of u, on the left, would cross those of v.
func (n *net) cross(u, v int) int {
	a, b := n.boxes[u], n.boxes[v]
	if n.wide == 0 || a == nil || b == nil || a.pulls == 0 || b.pulls == 0 || a.pull.X <= b.pull.X {
		return 0
	}
	return min(a.pulls, b.pulls)
}

// crossings counts the crossings between neighbouring ranks with an accumulator tree (Barth,
// Juenger and Mutzel, "Simple and efficient bilayer cross counting", Graph Drawing 2002).
func (n *net) crossings() int {
	total := 0
	for r := 0; r+1 < len(n.ranks); r++ {
		size := 1
		for size < len(n.ranks[r+1]) {
			size *= 2
		}
		tree := make([]int, 2*size)
		var ends []int
		for _, v := range n.ranks[r] {
			ends = ends[:0]
			for _, w := range n.down[v] {
				ends = append(ends, n.pos[w])
			}
			slices.Sort(ends)
			for _, p := range ends {
				for i := p + size; i > 1; i /= 2 {
					if i%2 == 0 {
						total += tree[i+1]
					}
				}
			}
			for _, p := range ends {
				for i := p + size; i > 0; i /= 2 {
					tree[i]++
				}
			}
		}
	}
	return total
}

// transpose exchanges neighbours in a rank as long as that removes crossings.
func (n *net) transpose() {
	if len(n.boxes) > 1500 {
		return
	}
	for range 6 {
		better := false
		for r := range n.ranks {
			row := n.ranks[r]
			for i := 0; i+1 < len(row); i++ {
				u, v := row[i], row[i+1]
				now := n.pairCrossings(n.up[u], n.up[v]) + n.pairCrossings(n.down[u], n.down[v])
				then := n.pairCrossings(n.up[v], n.up[u]) + n.pairCrossings(n.down[v], n.down[u])
				now, then = now+n.cross(u, v), then+n.cross(v, u)
				if then < now {
					row[i], row[i+1] = v, u
					n.pos[u], n.pos[v] = i+1, i
					better = true
				}
			}
		}
		if !better {
			return
		}
	}
}

// pairCrossings counts the crossings of the edges of a left node with those of a right one.
func (n *net) pairCrossings(left, right []int) int {
	c := 0
	for _, a := range left {
		for _, b := range right {
			if n.pos[a] > n.pos[b] {
				c++
			}
		}
	}
	return c
}
