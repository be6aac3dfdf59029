package layout

import "slices"

// ranks gives each node of a connected acyclic graph its layer, so that the sum of the lengths of
// all edges is least: the network simplex of Gansner, Koutsofios, North and Vo, "A technique for drawing
// directed graphs", IEEE Trans. Software Engineering 19(3), 1993, section 2. Nodes that may stand on several
// layers at the same price go where fewest are (the same, section 2.4).
func ranks(n int, edges [][2]int) []int {
	s := &simplex{n: n, edges: edges, rank: longestPaths(n, edges)}
	s.near = make([][]int, n)
	for i, e := range edges {
		s.near[e[0]] = append(s.near[e[0]], i)
		s.near[e[1]] = append(s.near[e[1]], i)
	}
	if s.tightTree() {
		for range min(4*n+50, pivots/(n+len(edges))) {
			s.walk()
			leave := s.leaving()
			if leave < 0 || !s.pivot(leave) {
				break
			}
		}
	}
	s.balance()
	used := slices.Clone(s.rank)
	slices.Sort(used)
	used = slices.Compact(used)
	for v := range s.rank {
		s.rank[v], _ = slices.BinarySearch(used, s.rank[v])
	}
	return s.rank
}

// pivots bounds the work on one boundary: what is not the shortest then is near it.
const pivots = 20_000_000

// longestPaths is the lowest layer of each node: below all from which edges lead to it.
func longestPaths(n int, edges [][2]int) []int {
	out := make([][]int, n)
	deg := make([]int, n)
	for _, e := range edges {
		out[e[0]] = append(out[e[0]], e[1])
		deg[e[1]]++
	}
	topo := make([]int, 0, n)
	for v := range n {
		if deg[v] == 0 {
			topo = append(topo, v)
		}
	}
	rank := make([]int, n)
	for i := 0; i < len(topo); i++ {
		for _, w := range out[topo[i]] {
			rank[w] = max(rank[w], rank[topo[i]]+1)
			if deg[w]--; deg[w] == 0 {
				topo = append(topo, w)
			}
		}
	}
	return rank
}

// simplex is a spanning tree of edges of length one, and what is read off it.
type simplex struct {
	n     int
	edges [][2]int
	near  [][]int // per node: its edges
	rank  []int
	tree  []bool // per edge

	order    []int // the nodes, each after its parent in the tree
	up       []int // per node: the tree edge to its parent, -1 at the root
	low, lim []int // per node: the numbers of the nodes below it are low to lim
	from     int   // where the search for an edge to leave goes on
}

func (s *simplex) slack(e int) int { return s.rank[s.edges[e][1]] - s.rank[s.edges[e][0]] - 1 }

func (s *simplex) other(e, v int) int { return s.edges[e][0] + s.edges[e][1] - v }

// tightTree makes a spanning tree of edges of length one, moving what hangs together until the next
// edge is as short. It reports whether the graph is connected.
func (s *simplex) tightTree() bool {
	s.tree = make([]bool, len(s.edges))
	in := make([]bool, s.n)
	members := []int{0}
	in[0] = true
	done := 0
	for {
		for ; done < len(members); done++ {
			for _, e := range s.near[members[done]] {
				if w := s.other(e, members[done]); !in[w] && s.slack(e) == 0 {
					in[w], s.tree[e] = true, true
					members = append(members, w)
				}
			}
		}
		if len(members) == s.n {
			return true
		}
		best := -1
		for e := range s.edges {
			if in[s.edges[e][0]] != in[s.edges[e][1]] && (best < 0 || s.slack(e) < s.slack(best)) {
				best = e
			}
		}
		if best < 0 {
			return false
		}
		by := s.slack(best)
		if in[s.edges[best][1]] {
			by = -by
		}
		for _, v := range members {
			s.rank[v] += by
		}
		done = 0
	}
}

// walk numbers the nodes of the tree from the leaves up.
func (s *simplex) walk() {
	s.order = s.order[:0]
	s.up, s.low, s.lim = make([]int, s.n), make([]int, s.n), make([]int, s.n)
	type step struct{ v, at int }
	stack := []step{{0, 0}}
	s.up[0] = -1
	s.order = append(s.order, 0)
	next := 1
	s.low[0] = next
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if top.at == len(s.near[top.v]) {
			s.lim[top.v] = next
			next++
			stack = stack[:len(stack)-1]
			continue
		}
		e := s.near[top.v][top.at]
		top.at++
		if s.tree[e] && e != s.up[top.v] {
			w := s.other(e, top.v)
			s.up[w], s.low[w] = e, next
			s.order = append(s.order, w)
			stack = append(stack, step{w, 0})
		}
	}
}

// leaving finds a node whose edge to its parent has a negative cut value: more edges would become
// shorter than longer if it became longer. The cut value is the edges out of the nodes below less those
// into them, or the reverse for an edge that leads down the tree.
func (s *simplex) leaving() int {
	sum := make([]int, s.n)
	for _, e := range s.edges {
		sum[e[0]]++
		sum[e[1]]--
	}
	for i := len(s.order) - 1; i > 0; i-- {
		v := s.order[i]
		sum[s.other(s.up[v], v)] += sum[v]
	}
	for i := range s.n {
		v := (s.from + i) % s.n
		if e := s.up[v]; e >= 0 && (s.edges[e][0] == v && sum[v] < 0 || s.edges[e][1] == v && sum[v] > 0) {
			s.from = v + 1
			return v
		}
	}
	return -1
}

// pivot exchanges the edge above a node for the shortest that leads across the same cut the other way.
func (s *simplex) pivot(v int) bool {
	below := func(w int) bool { return s.low[v] <= s.lim[w] && s.lim[w] <= s.lim[v] }
	leave := s.up[v]
	tail := s.edges[leave][0] == v
	enter := -1
	for e, ends := range s.edges {
		if a, b := below(ends[0]), below(ends[1]); a != b && b == tail && (enter < 0 || s.slack(e) < s.slack(enter)) {
			enter = e
		}
	}
	if enter < 0 {
		return false
	}
	by := s.slack(enter)
	if tail {
		by = -by
	}
	for w := range s.n {
		if below(w) {
			s.rank[w] += by
		}
	}
	s.tree[leave], s.tree[enter] = false, true
	return true
}

// balance moves nodes with as many edges in as out to the emptiest layer that they may stand on.
func (s *simplex) balance() {
	count := make(map[int]int)
	for _, r := range s.rank {
		count[r]++
	}
	for v := range s.n {
		lo, hi, degree := -1<<30, 1<<30, 0
		for _, e := range s.near[v] {
			if s.edges[e][0] == v {
				hi = min(hi, s.rank[s.edges[e][1]]-1)
				degree++
			} else {
				lo = max(lo, s.rank[s.edges[e][0]]+1)
				degree--
			}
		}
		if degree != 0 || lo < -s.n || hi > 2*s.n {
			continue
		}
		best := s.rank[v]
		for r := lo; r <= hi; r++ {
			if count[r] < count[best]-1 {
				best = r
			}
		}
		count[s.rank[v]]--
		s.rank[v] = best
		count[best]++
	}
}
