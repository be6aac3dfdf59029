package layout

import (
	"cmp"
	"slices"
)

// Making room is compaction in one dimension at a time, as in VLSI layout (Lengauer,
// "Combinatorial Algorithms for Integrated Circuit Layout", 1990, chapter 10), turned round: things
// are moved apart, never together. In a pass along one axis everything that stands in the same
// strip keeps its order and gets its distance. Things that share no strip cannot collide by moving
// along this axis, so a pass never makes an overlap, and after one pass along each axis there is
// none left.

// kind is what a part of a variable is, for the distances.
type kind uint8

const (
	kindLine kind = iota
	kindLabel
	kindLeaf // a side of a box
	kindWall // a side of a boundary
	kindBar  // the title of a boundary
	kindFirm // a side of a box that a person placed
	kinds
)

// distance is what two kinds keep between them.
var distance = [kinds][kinds]int{
	kindLine:  {14, 8, 16, 14, 10, 16},
	kindLabel: {8, 8, 10, 10, 8, 10},
	kindLeaf:  {16, 10, 40, 24, 20, 40},
	kindWall:  {14, 10, 24, 24, 14, 24},
	kindBar:   {10, 8, 20, 14, 14, 20},
	kindFirm:  {16, 10, 40, 24, 20, leastGap},
}

// slack is how far apart across the axis two things still count as in the same strip.
const slack = 3

// variable is a coordinate to be found: of a side of a box, a row of boxes, a piece, a label.
type variable struct {
	key    int // where it stands now: gives the order
	order  int // among variables of the same key
	pos    int
	parts  []area
	after  []bound // pos is at least that of another variable plus a distance
	before []bound // the same, seen from the other side
}

// area is a rectangle that moves with a variable: from off to off+size along the axis, lo to hi
// across it.
type area struct {
	off, size  int
	lo, hi     int
	kind       kind
	open       bool // the low side of a box: minds what comes before it, and nothing minds it
	close      bool // the high side of a box: only what comes after it minds it
	first, end int  // strips
}

type bound struct{ v, dist int }

// pass is the problem along one axis.
type pass struct {
	t        *tree
	vertical bool // the axis is y
	vars     []*variable
	low      []int // per box: the variable of its low side (left, top)
	high     []int
	seg      map[*seg]int
	label    map[*wire]int
	strips   []int
	dist     *[kinds][kinds]int
}

// makeRoom separates what the first two steps put on one another.
func (t *tree) makeRoom() {
	t.cut()
	t.tracks()
	t.labels()
	for _, vertical := range []bool{true, false, true} {
		t.spread(vertical)
	}
	for _, w := range t.wires {
		w.points = w.trace()
	}
	t.straighten()
}

// spread runs one pass and takes over its positions.
func (t *tree) spread(vertical bool) {
	p := newPass(t, vertical)
	p.solve()
	p.adopt()
	t.tighten(vertical)
}

func newPass(t *tree, vertical bool) *pass {
	p := &pass{
		t: t, vertical: vertical, dist: &distance, low: make([]int, len(t.boxes)), high: make([]int, len(t.boxes)),
		seg: make(map[*seg]int), label: make(map[*wire]int),
	}
	groups := make([]int, t.rows+1)
	for _, b := range t.boxes {
		p.addBox(b, groups)
	}
	for _, s := range t.segs {
		if s.vertical != vertical {
			p.seg[s] = p.add(s.at, s.order, area{lo: s.lo, hi: s.hi, kind: kindLine})
		}
	}
	for _, b := range t.boxes {
		if b.parent != nil {
			p.atLeast(p.high[b.n], p.low[b.n], p.minSize(b))
		}
	}
	for _, w := range t.wires {
		p.addEnds(w)
		if w.mark != nil {
			p.addLabel(w)
		}
	}
	return p
}

// minSize is what a box needs along the axis.
func (p *pass) minSize(b *box) int {
	switch {
	case p.vertical && b.boundary():
		return b.bar() + padTop + padBottom
	case p.vertical:
		return b.min.H
	case b.boundary():
		return b.titleWidth()
	}
	return b.min.W
}

func (p *pass) add(key, order int, parts ...area) int {
	p.vars = append(p.vars, &variable{key: key, order: order, pos: key, parts: parts})
	return len(p.vars) - 1
}

func (p *pass) atLeast(v, than, dist int) {
	p.vars[v].after = append(p.vars[v].after, bound{than, dist})
	p.vars[than].before = append(p.vars[than].before, bound{v, dist})
}

// span is a rectangle along and across the axis of the pass.
func (p *pass) span(r Rect) (from, to, lo, hi int) {
	if p.vertical {
		return r.Y, r.Bottom(), r.X, r.Right()
	}
	return r.X, r.Right(), r.Y, r.Bottom()
}

// addBox adds the two sides of a box. Boxes of the same row share the variable of their tops.
func (p *pass) addBox(b *box, groups []int) {
	from, to, lo, hi := p.span(b.rect())
	if b.parent == nil { // around everything there is no wall to keep away from
		p.low[b.n], p.high[b.n] = p.add(from, 0), p.add(to, 0)
		return
	}
	k := kindLeaf
	if b.boundary() {
		k = kindWall
	} else if b.seat.placed {
		k = kindFirm
	}
	side := area{lo: lo, hi: hi, kind: k}
	parts := []area{side}
	parts[0].open = k != kindWall
	if k == kindWall && b.title.H > 0 {
		t := b.titleRect()
		if p.vertical {
			parts[0].size = b.bar()
			parts = append(parts, area{off: t.Y - b.y, size: t.H, lo: t.X, hi: t.Right(), kind: kindBar})
		} else {
			parts = append(parts, area{off: t.X - b.x, size: t.W, lo: b.y, hi: t.Bottom(), kind: kindBar})
		}
	}
	group := b.col
	if p.vertical {
		group = b.row
	}
	if group > 0 && groups[group] > 0 {
		v := groups[group] - 1
		p.low[b.n] = v
		p.vars[v].parts = append(p.vars[v].parts, parts...)
	} else {
		p.low[b.n] = p.add(from, 0, parts...)
		if group > 0 {
			groups[group] = p.low[b.n] + 1
		}
	}
	side.close = k != kindWall
	p.high[b.n] = p.add(to, 0, side)
}

// addEnds keeps the ends of a wire on the sides of its boxes.
func (p *pass) addEnds(w *wire) {
	for _, e := range []struct {
		s *seg
		b *box
	}{{w.segs[0], w.src}, {w.segs[len(w.segs)-1], w.dst}} {
		if v, ok := p.seg[e.s]; ok {
			p.atLeast(v, p.low[e.b.n], corner)
			p.atLeast(p.high[e.b.n], v, corner)
		}
	}
}

// addLabel adds a label: as part of its piece where that lies across the axis, otherwise as a
// variable of its own between the ends of its piece.
func (p *pass) addLabel(w *wire) {
	from, to, lo, hi := p.span(w.labelRect())
	if v, ok := p.seg[w.mark.s]; ok {
		p.vars[v].parts = append(p.vars[v].parts, area{off: -((to - from) / 2), size: to - from, lo: lo, hi: hi, kind: kindLabel})
		p.label[w] = v
		return
	}
	v := p.add((from+to)/2, 1<<30, area{off: -((to - from) / 2), size: to - from, lo: lo, hi: hi, kind: kindLabel})
	p.label[w] = v
	low, high := p.endsOf(w.mark.s)
	p.atLeast(v, low, (to-from)/2+labelFromEnd)
	p.atLeast(high, v, to-from-(to-from)/2+labelFromEnd)
}

// endsOf returns the variables that the two ends of a piece along the axis hang on.
func (p *pass) endsOf(s *seg) (low, high int) {
	end := func(i int, b *box, at int) int {
		if i >= 0 && i < len(s.w.segs) {
			return p.seg[s.w.segs[i]]
		}
		from, to, _, _ := p.span(b.rect())
		if abs(at-from) <= abs(at-to) {
			return p.low[b.n]
		}
		return p.high[b.n]
	}
	a, b := s.w.ends(s)
	first, last := end(s.i-1, s.w.src, a), end(s.i+1, s.w.dst, b)
	if a <= b {
		return first, last
	}
	return last, first
}

// ends are the coordinates of a piece's first and last point along it.
func (w *wire) ends(s *seg) (first, last int) {
	a, b := w.points[s.i], w.points[s.i+1]
	if s.vertical {
		return a.Y, b.Y
	}
	return a.X, b.X
}

// solve finds the positions. Down the page things are only pushed down. Across it they are pushed
// once to the right from their places, once to the left, and the mean of both is taken, which
// keeps all distances too and is balanced.
func (p *pass) solve() {
	p.cutStrips()
	order := make([]int, len(p.vars))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(p.vars[a].key, p.vars[b].key), cmp.Compare(p.vars[a].order, p.vars[b].order))
	})
	wish, limit := make([]int, len(p.vars)), make([]int, len(p.vars))
	for i, v := range p.vars {
		wish[i], limit[i] = v.key, -nowhere
	}
	if p.t.keep {
		reversed := slices.Clone(order)
		slices.Reverse(reversed)
		p.hold(order, reversed)
		return
	}
	up := p.push(order, false, wish, limit)
	if p.vertical {
		for i, v := range p.vars {
			v.pos = up[i]
		}
		return
	}
	last, grown := nowhere, nowhere
	for i, v := range p.vars {
		last, grown = max(last, v.key), max(grown, up[i])
	}
	grown -= last
	slices.Reverse(order)
	for i := range wish {
		wish[i], limit[i] = wish[i]+grown, nowhere
	}
	down := p.push(order, true, wish, limit)
	for i, v := range p.vars {
		v.pos = floorDiv(up[i]+down[i], 2)
	}
}

// cutStrips numbers the strips between all edges across the axis.
func (p *pass) cutStrips() {
	for _, v := range p.vars {
		for _, a := range v.parts {
			p.strips = append(p.strips, a.lo-slack, a.hi+slack)
		}
	}
	slices.Sort(p.strips)
	p.strips = slices.Compact(p.strips)
	for _, v := range p.vars {
		for i := range v.parts {
			a := &v.parts[i]
			a.first, _ = slices.BinarySearch(p.strips, a.lo-slack)
			a.end, _ = slices.BinarySearch(p.strips, a.hi+slack)
		}
	}
}

const nowhere = -1 << 40

// push goes through the variables in order and sets each as low as it may be, but not below its
// wish, nor above its limit. Mirrored it does the same from the far end.
func (p *pass) push(order []int, mirror bool, wish, limit []int) []int {
	sign := 1
	if mirror {
		sign = -1
	}
	reached := newSkyline(len(p.strips), p.dist)
	pos := make([]int, len(p.vars))
	for _, i := range order {
		v := p.vars[i]
		at := sign * wish[i]
		bounds := v.after
		if mirror {
			bounds = v.before
		}
		for _, b := range bounds {
			at = max(at, sign*pos[b.v]+b.dist)
		}
		for _, a := range v.parts {
			if a.close && !mirror || a.open && mirror {
				continue
			}
			if r := reached.above(a.first, a.end, a.kind); r != nowhere {
				at = max(at, r-lowSide(a, mirror))
			}
		}
		at = min(at, sign*limit[i])
		pos[i] = sign * at
		for _, a := range v.parts {
			if a.open && !mirror || a.close && mirror {
				continue
			}
			reached.raise(a.first, a.end, a.kind, at+lowSide(a, mirror)+a.size)
		}
	}
	return pos
}

// lowSide is where an area begins, seen from its variable, in the direction of the push.
func lowSide(a area, mirror bool) int {
	if mirror {
		return -a.off - a.size
	}
	return a.off
}

// adopt writes the positions back.
func (p *pass) adopt() {
	for _, b := range p.t.boxes {
		low, high := p.vars[p.low[b.n]].pos, p.vars[p.high[b.n]].pos
		if p.vertical {
			b.y, b.h = low, high-low
		} else {
			b.x, b.w = low, high-low
		}
	}
	for _, s := range p.t.segs {
		if v, ok := p.seg[s]; ok {
			s.at = p.vars[v].pos
		}
	}
	for _, w := range p.t.wires {
		if w.mark == nil {
			continue
		}
		at := p.vars[p.label[w]].pos
		if p.vertical {
			w.mark.y = at - w.label.H/2
		} else {
			w.mark.x = at - w.label.W/2
		}
	}
}

// refresh recomputes the ends of all pieces after a move.
func (t *tree) refresh() {
	for _, w := range t.wires {
		points := w.trace()
		for i, s := range w.segs {
			a, b := points[i], points[i+1]
			if s.vertical {
				s.lo, s.hi = min(a.Y, b.Y), max(a.Y, b.Y)
			} else {
				s.lo, s.hi = min(a.X, b.X), max(a.X, b.X)
			}
		}
		w.points = points
	}
}

// trace gives the points of a wire from its pieces and the sides of its boxes.
func (w *wire) trace() []Point {
	n := len(w.segs)
	ps := make([]Point, n+1)
	for i, s := range w.segs {
		if s.vertical {
			ps[i].X, ps[i+1].X = s.at, s.at
		} else {
			ps[i].Y, ps[i+1].Y = s.at, s.at
		}
	}
	ps[0] = onSide(ps[0], w.src, w.segs[0].vertical, w.sides[0])
	ps[n] = onSide(ps[n], w.dst, w.segs[n-1].vertical, w.sides[1])
	return ps
}

// onSide moves the end of a wire to the side of its box.
func onSide(p Point, b *box, vertical bool, side int) Point {
	switch {
	case vertical && side == dirUp:
		p.Y = b.y
	case vertical:
		p.Y = b.y + b.h
	case side == dirLeft:
		p.X = b.x
	default:
		p.X = b.x + b.w
	}
	return p
}
