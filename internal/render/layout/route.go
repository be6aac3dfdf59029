package layout

import (
	"cmp"
	"math"
	"slices"

	"c4arch/internal/base/fault"
)

// Costs of a way, in pixels of length.
const (
	costBend   = 200
	costCross  = 300
	costShared = 5 // for each line that already runs along the same piece
	costOff    = 3 // divisor: ending off the middle of a side costs a third of the distance
)

// passes is how often each line is sought: again when all others have their ways, since the first ones were found
// without knowing of the last.
const passes = 3

// effort bounds the search: when a picture is so large that the budget runs out, lines are not sought again, and those
// that have no way yet go straight for their goal and take the first way found; at twice the budget they do not even look
// at the lines that they cross. It still crosses no box.
const (
	effort      = 1_500_000
	effortLarge = 2_500_000 // above 400 boxes or 1,200 lines, which nobody reads line by line
)

// route finds every line its way. Short lines go first: they have least choice.
func (t *tree) route() error {
	order := slices.DeleteFunc(slices.Clone(t.wires), func(w *wire) bool { return w.points != nil })
	if len(order) == 0 {
		return nil
	}
	f := newFinder(t)
	span := func(w *wire) int {
		return abs(w.src.x+w.src.w/2-w.dst.x-w.dst.w/2) + abs(w.src.y+w.src.h/2-w.dst.y-w.dst.h/2)
	}
	slices.SortStableFunc(order, func(a, b *wire) int { return cmp.Compare(span(a), span(b)) })
	paths := make([][]int32, len(order))
	for pass := range passes {
		for i, w := range order {
			if f.spent > f.effort && pass > 0 {
				break
			}
			f.line = w
			f.use(paths[i], -1)
			if f.limit = math.MaxInt32; w.src != w.dst {
				f.limit = f.value(w, paths[i])
			}
			if path := f.search(w); len(path) > 1 {
				paths[i] = path
			}
			if len(paths[i]) < 2 {
				return fault.New(fault.Internal, "layout: no way found for line %q", w.id)
			}
			f.use(paths[i], 1)
		}
	}
	for i, w := range order {
		path := paths[i]
		w.points = f.points(path)
		w.sides = [2]int{f.sideOf(path[0], w.src), f.sideOf(path[len(path)-1], w.dst)}
	}
	return nil
}

// How much more than the way so far the distance to the goal counts, in quarters: a way that is a little dearer than the
// best is found much sooner (Pohl, "First results on the effect of error in heuristic search", Machine Intelligence 5, 1970).
const (
	greedy      = 5
	greedyLarge = 6
	greedyLast  = 24 // when there is no effort left
)

// finder searches the network: A* (Hart, Nilsson and Raphael, "A formal basis for the heuristic
// determination of minimum cost paths", IEEE Trans. Systems Science and Cybernetics 4(2), 1968)
// over pairs of node and direction, so that bends have a price.
type finder struct {
	t      *tree
	net    *network
	kept   *kept
	along  [][2]int32 // per node: lines that pass it vertically, horizontally
	open   []int32    // per box: the search in which its space may be used
	tries  []try      // per state
	goal   []int32    // per node: the search in which it is a goal
	turn   int32
	heap   []state
	spent  int
	line   *wire // that is sought
	limit  int32 // what the way costs that the line has: a search looks for cheaper ones only
	greedy int32 // how much the distance to the goal counts, in quarters
	effort int
	blind  bool // the other lines count no more: twice the effort is spent
}

// try is what a search knows of a state.
type try struct {
	cost, from int32
	seen, done int32 // the searches that set the cost, and that went on from here
}

type state struct {
	f, g int32
	id   int32 // node*dirs + direction
}

func newFinder(t *tree) *finder {
	n := t.network()
	size := len(n.at)
	limit, haste := effort, int32(greedy)
	if len(t.boxes) > 400 || len(t.wires) > 1200 {
		limit, haste = effortLarge, greedyLarge
	}
	return &finder{
		t: t, net: n, effort: limit, greedy: haste, kept: newKept(t, size),
		along: make([][2]int32, size),
		open:  make([]int32, len(t.boxes)),
		tries: make([]try, size*dirs),
		goal:  make([]int32, size),
	}
}

// search finds the best way for a line. A line from a box to itself goes round a corner, the lower right one if it can.
func (f *finder) search(w *wire) []int32 {
	if w.src != w.dst {
		return f.find(w, nil)
	}
	for _, sides := range [4][2]int{{dirRight, dirDown}, {dirRight, dirUp}, {dirLeft, dirDown}, {dirLeft, dirUp}} {
		if path := f.find(w, &sides); len(path) > 1 {
			return path
		}
	}
	return nil
}

// find returns the nodes of the best way for a line, between two sides of its box if these are given. A line uses only the space of the boundaries
// that hold one of its ends, up to the innermost that holds both.
func (f *finder) find(w *wire, sides *[2]int) []int32 {
	f.turn++
	src, dst := f.allow(w)
	goals := f.net.ports[dst.n]
	starts := f.net.ports[src.n]
	target := dst.rect()
	for _, p := range goals {
		if sides == nil || f.sideOf(p, src) == sides[1] {
			f.goal[p] = f.turn
		}
	}
	f.heap = f.heap[:0]
	haste := f.greedy
	f.blind = f.spent > 2*f.effort
	if f.limit < math.MaxInt32 {
		haste++ // it has a way: what is dearly found is not worth the search
	}
	if f.spent > f.effort {
		haste = greedyLast
	}
	for _, p := range starts {
		if sides != nil && f.sideOf(p, src) != sides[0] {
			continue
		}
		for d := range int32(dirs) {
			if f.passable(p, d) {
				f.push(p*dirs+d, -1, f.offCentre(p, src), target, haste)
			}
		}
	}
	for len(f.heap) > 0 {
		s := f.pop()
		at := &f.tries[s.id]
		if at.done == f.turn {
			continue
		}
		at.done = f.turn
		f.spent++
		node, dir := s.id/dirs, s.id%dirs
		if f.goal[node] == f.turn && at.from >= 0 {
			return f.path(s.id)
		}
		for d := range int32(dirs) {
			if d == (dir+2)%dirs || at.from < 0 && d != dir || !f.passable(node, d) {
				continue
			}
			to := f.net.arcs[node][d].to
			g := s.g + f.step(node, d)
			if at.from >= 0 {
				g += f.pass(node, dir, d)
			}
			if f.goal[to] == f.turn {
				g += f.offCentre(to, dst)
			}
			f.push(to*dirs+d, s.id, g, target, haste)
		}
	}
	return nil
}

// step is what it costs to go from a node in a direction to the next one.
func (f *finder) step(node, d int32) int32 {
	arc := &f.net.arcs[node][d]
	if f.blind {
		return arc.length
	}
	g := arc.length + costShared*arc.runs
	if f.kept != nil {
		g += f.kept.cost(f.net, node, d)
	}
	if f.line.detour && f.line.banned(pieceOf(nil, f.net.at[node], f.net.at[arc.to]).rect(1)) {
		g += costJam
	}
	return g
}

// pass is what it costs to come to a node in one direction and to leave it in another.
func (f *finder) pass(node, from, to int32) int32 {
	if f.blind {
		return costBend * int32(min(1, (from^to)&3))
	}
	lines := f.along[node]
	if from != to {
		return costBend + costCross/4*(lines[0]+lines[1])
	}
	return costCross * lines[(to+1)%2]
}

// value is what a way that a line has costs among the others; that of no way is the highest.
func (f *finder) value(w *wire, path []int32) int32 {
	if len(path) < 2 {
		return math.MaxInt32
	}
	n := len(path)
	g := f.offCentre(path[0], w.src) + f.offCentre(path[n-1], w.dst)
	last := int32(-1)
	for i := 1; i < n; i++ {
		d := f.towards(path[i-1], path[i])
		if g += f.step(path[i-1], d); last >= 0 {
			g += f.pass(path[i-1], last, d)
		}
		last = d
	}
	return g
}

// towards is the direction from a node to a neighbour.
func (f *finder) towards(a, b int32) int32 {
	for d := range int32(dirs) {
		if f.net.arcs[a][d].to == b {
			return d
		}
	}
	return 0
}

// allow opens the spaces that the line may use and returns its ends.
func (f *finder) allow(w *wire) (src, dst *box) {
	top, _, _ := meet(w.src, w.dst)
	if top == w.src && top == w.dst {
		top = top.parent
	}
	for b := w.src; b != top; {
		b = b.parent
		f.open[b.n] = f.turn
	}
	for b := w.dst; b != top; {
		b = b.parent
		f.open[b.n] = f.turn
	}
	f.open[top.n] = f.turn
	return w.src, w.dst
}

func (f *finder) passable(node, d int32) bool {
	arc := &f.net.arcs[node][d]
	return arc.to >= 0 && f.open[arc.owner] == f.turn
}

// sideOf says on which side of a box a node lies.
func (f *finder) sideOf(n int32, b *box) int {
	switch p := f.net.at[n]; {
	case p.Y == b.y:
		return dirUp
	case p.Y == b.y+b.h:
		return dirDown
	case p.X == b.x:
		return dirLeft
	}
	return dirRight
}

func (f *finder) offCentre(n int32, b *box) int32 {
	p := f.net.at[n]
	if p.Y == b.y || p.Y == b.y+b.h {
		return int32(abs(p.X-b.x-b.w/2) / costOff)
	}
	return int32(abs(p.Y-b.y-b.h/2) / costOff)
}

// guess is what the rest of the way costs at least, times haste: the distance to the target box and the fewest bends with
// which its side can be reached when one goes on in a direction (Wybrow, Marriott and Stuckey 2009, section 3).
func (f *finder) guess(n, d int32, r Rect, haste int32) int32 {
	p := f.net.at[n]
	dx := max(r.X-p.X, 0, p.X-r.Right())
	dy := max(r.Y-p.Y, 0, p.Y-r.Bottom())
	along, across, behind := dy, dx, false
	switch d {
	case dirUp:
		behind = r.Y >= p.Y
	case dirDown:
		behind = r.Bottom() <= p.Y
	case dirLeft:
		along, across, behind = dx, dy, r.X >= p.X
	default:
		along, across, behind = dx, dy, r.Right() <= p.X
	}
	switch {
	case behind && along+across > 0:
		dx += 2 * costBend
	case across > 0:
		dx += costBend
	}
	return int32(dx+dy) * haste / 4
}

func (f *finder) path(id int32) []int32 {
	var path []int32
	for ; id >= 0; id = f.tries[id].from {
		if n := id / dirs; len(path) == 0 || path[len(path)-1] != n {
			path = append(path, n)
		}
	}
	slices.Reverse(path)
	return path
}

// use notes the pieces that a way takes, so that later ways keep off them or share them knowingly.
func (f *finder) use(path []int32, by int32) {
	for i := 1; i < len(path); i++ {
		a, b := path[i-1], path[i]
		for d := range dirs {
			if f.net.arcs[a][d].to == b {
				f.net.arcs[a][d].runs += by
				f.net.arcs[b][(d+2)%dirs].runs += by
				f.along[a][d%2] += by
				if i+1 == len(path) || f.net.arcs[b][d].to != path[i+1] {
					f.along[b][d%2] += by
				}
			}
		}
	}
}

// points are the corners of a way.
func (f *finder) points(path []int32) []Point {
	var ps []Point
	for _, n := range path {
		p := f.net.at[n]
		if k := len(ps); k >= 2 && (ps[k-2].X == ps[k-1].X && ps[k-1].X == p.X || ps[k-2].Y == ps[k-1].Y && ps[k-1].Y == p.Y) {
			ps[k-1] = p
			continue
		}
		ps = append(ps, p)
	}
	return ps
}

func (f *finder) push(id, from, g int32, target Rect, haste int32) {
	t := &f.tries[id]
	if t.done == f.turn || t.seen == f.turn && t.cost <= g {
		return
	}
	full := g + f.guess(id/dirs, id%dirs, target, haste)
	if full >= f.limit {
		return
	}
	t.seen, t.cost, t.from = f.turn, g, from
	new := state{full, g, id}
	f.heap = append(f.heap, new)
	i := len(f.heap) - 1
	for i > 0 {
		up := (i - 1) / arity
		if !before(new, f.heap[up]) {
			break
		}
		f.heap[i] = f.heap[up]
		i = up
	}
	f.heap[i] = new
}

// arity is how many children each state in the heap has: with four it is shallow, and they lie side by side in memory
// (Johnson, "Priority queues with update and finding minimum spanning trees", Information Processing Letters 4, 1975).
const arity = 4

func (f *finder) pop() state {
	top := f.heap[0]
	n := len(f.heap) - 1
	last := f.heap[n]
	f.heap = f.heap[:n]
	if n == 0 {
		return top
	}
	i := 0
	for {
		first := arity*i + 1
		if first >= n {
			break
		}
		k := first
		for j := first + 1; j < min(first+arity, n); j++ {
			if before(f.heap[j], f.heap[k]) {
				k = j
			}
		}
		if !before(f.heap[k], last) {
			break
		}
		f.heap[i] = f.heap[k]
		i = k
	}
	f.heap[i] = last
	return top
}

// before orders the states of a search fully, so that the way found does not depend on the heap.
func before(a, b state) bool {
	if a.f != b.f {
		return a.f < b.f
	}
	if a.g != b.g {
		return a.g > b.g
	}
	return a.id < b.id
}
