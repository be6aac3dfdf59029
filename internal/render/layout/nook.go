package layout

import (
	"cmp"
	"slices"
)

// nook finds room for what is new among what is there.
type nook struct {
	c     *box
	there []settled
	bar   int
	links [][]link     // per child of c, by its place among the children
	at    map[*box]int // place among the children
	seats map[*box]int // index in there, plus one
}

// link is a line between two children of a boundary, seen from one of them.
type link struct {
	to   *box
	down bool // the line goes to it
}

// Weights of a place for something new, in pixels.
const (
	costGrow    = 3   // for each pixel that the boundary grows, on the mean of both sides
	costUpward  = 160 // for a line that would run upwards
	costAstride = 90  // for standing on the straight way between two that are joined
	nearby      = 40  // how many neighbours offer places
)

// fill places all children that have no seat: groups that hang together as one, laid out among
// themselves as in a fresh picture, the others one by one, those with most lines to what is there
// first.
func (n *nook) fill(edges [][2]int, o Options) {
	if len(n.there) == len(n.c.kids) {
		return
	}
	n.readLinks(edges)
	fresh := n.newcomers(edges, o)
	for len(fresh) > 0 {
		best, bestJoined := 0, -1
		for i, b := range fresh {
			if j := n.joined(b); j > bestJoined {
				best, bestJoined = i, j
			}
		}
		n.put(fresh[best])
		fresh = slices.Delete(fresh, best, best+1)
	}
}

func (n *nook) readLinks(edges [][2]int) {
	n.links = make([][]link, len(n.c.kids))
	n.at = make(map[*box]int, len(n.c.kids))
	for i, k := range n.c.kids {
		n.at[k] = i
	}
	n.seats = make(map[*box]int, len(n.c.kids))
	for i, s := range n.there {
		n.seats[s.b] = i + 1
	}
	for _, e := range edges {
		a, b := n.c.kids[e[0]], n.c.kids[e[1]]
		n.links[e[0]] = append(n.links[e[0]], link{b, true})
		n.links[e[1]] = append(n.links[e[1]], link{a, false})
	}
}

// newcomers makes a block of each group of new boxes.
func (n *nook) newcomers(edges [][2]int, o Options) []*block {
	isNew := make([]bool, len(n.c.kids))
	local := make([]int, len(n.c.kids))
	part := &box{id: n.c.id, parent: n.c.parent}
	for i, k := range n.c.kids {
		if isNew[i] = !k.seat.known; isNew[i] {
			local[i] = len(part.kids)
			part.kids = append(part.kids, k)
		}
	}
	var within [][2]int
	for _, e := range edges {
		if isNew[e[0]] && isNew[e[1]] {
			within = append(within, [2]int{local[e[0]], local[e[1]]})
		}
	}
	groups, loose := parts(part, within)
	var blocks []*block
	for _, g := range groups {
		blocks = append(blocks, g.best(fineWidth, o))
	}
	var alone []*box
	for _, b := range loose {
		if len(n.links[n.at[b]]) == 0 && b.pulls == 0 && !b.boundary() {
			alone = append(alone, b)
			continue
		}
		blocks = append(blocks, single(b))
	}
	if len(alone) > nearby/4 {
		return append(blocks, grid(alone, max(fineWidth/2, hullOf(n.there).W)))
	}
	for _, b := range alone {
		blocks = append(blocks, single(b))
	}
	return blocks
}

func single(b *box) *block { return &block{w: b.w, h: b.h, spots: []spot{{b: b}}} }

// joined counts the lines between a block and what is there.
func (n *nook) joined(b *block) int {
	c := 0
	for _, s := range b.spots {
		for _, l := range n.links[n.at[s.b]] {
			if n.find(l.to) >= 0 {
				c++
			}
		}
	}
	return c
}

func (n *nook) find(b *box) int { return n.seats[b] - 1 }

// put places one block.
func (n *nook) put(b *block) {
	at := n.choose(b)
	for _, s := range b.spots {
		r := Rect{at.X + s.x, at.Y + s.y, s.b.w, s.b.h}
		n.there = append(n.there, settled{b: s.b, was: r, rect: r})
		n.seats[s.b] = len(n.there)
	}
}

// choose takes the cheapest of the places that the corners of what is there offer.
func (n *nook) choose(b *block) Point {
	anchors := n.anchors(b)
	hull := hullOf(n.there)
	left, top := min(padSide, hull.X), min(n.bar+padTop, hull.Y)
	xs, ys := []int{left}, []int{top}
	for _, s := range n.around(anchors, hull) {
		r := s.rect
		xs = append(xs, r.X, r.Right()+gapX, r.X-gapX-b.w, r.X+(r.W-b.w)/2)
		ys = append(ys, r.Y, r.Bottom()+gapY, r.Y-gapY-b.h, r.Y+(r.H-b.h)/2)
	}
	xs, ys = append(xs, hull.Right()+gapX), append(ys, hull.Bottom()+gapY)
	if home, ok := n.home(b); ok {
		xs, ys = append(xs, home.X), append(ys, home.Y)
	}
	slices.Sort(xs)
	slices.Sort(ys)
	xs, ys = slices.Compact(xs), slices.Compact(ys)
	best, bestCost := Point{left, hull.Bottom() + gapY}, 1<<60
	for _, y := range ys {
		for _, x := range xs {
			if x < left || y < top {
				continue
			}
			r := Rect{x, y, b.w, b.h}
			cost := n.cost(r, b, anchors, hull)
			if cost >= bestCost || !n.free(r) {
				continue
			}
			if cost += costAstride * n.astride(r); cost < bestCost {
				best, bestCost = Point{x, y}, cost
			}
		}
	}
	return best
}

// home is where something stood that is new in this boundary only as a frame around old boxes.
func (n *nook) home(b *block) (Point, bool) {
	k := b.spots[0].b
	if len(b.spots) > 1 || !k.boundary() || !slices.ContainsFunc(k.kids, func(b *box) bool { return b.seat.known }) {
		return Point{}, false
	}
	p, o := k.seatOrigin(), n.c.seatOrigin()
	return Point{p.X - o.X, p.Y - o.Y}, true
}

// anchor is what draws a block to a place.
type anchor struct {
	spot   int
	centre Point
	rect   Rect // empty: far outside
	down   bool
}

func (n *nook) anchors(b *block) []anchor {
	var out []anchor
	for i, s := range b.spots {
		for _, l := range n.links[n.at[s.b]] {
			if k := n.find(l.to); k >= 0 {
				out = append(out, anchor{i, middle(n.there[k].rect), n.there[k].rect, l.down})
			}
		}
		if s.b.pulls > 0 {
			out = append(out, anchor{spot: i, centre: s.b.pull})
		}
	}
	return out
}

// around are the boxes whose corners offer places: all, or those nearest to the anchors.
func (n *nook) around(anchors []anchor, hull Rect) []settled {
	if len(n.there) <= nearby {
		return n.there
	}
	p := Point{hull.X, hull.Bottom()}
	if len(anchors) > 0 {
		p = anchors[0].centre
	}
	near := slices.Clone(n.there)
	slices.SortStableFunc(near, func(a, b settled) int {
		return cmp.Compare(distanceTo(a.rect, p), distanceTo(b.rect, p))
	})
	return near[:nearby]
}

func distanceTo(r Rect, p Point) int {
	return max(r.X-p.X, 0, p.X-r.Right()) + max(r.Y-p.Y, 0, p.Y-r.Bottom())
}

// cost is how little a place pleases: long lines, lines upwards, growth. Standing in the way comes on top.
func (n *nook) cost(r Rect, b *block, anchors []anchor, hull Rect) int {
	across := max(0, r.Right()-hull.Right())
	down := max(0, r.Bottom()-hull.Bottom())
	cost := costGrow * (across*(hull.H+down) + down*hull.W) * 2 / max(1, hull.W+hull.H)
	for _, a := range anchors {
		s := b.spots[a.spot]
		own := Rect{r.X + s.x, r.Y + s.y, s.b.w, s.b.h}
		cost += abs(own.X+own.W/2-a.centre.X) + abs(own.Y+own.H/2-a.centre.Y)
		if !a.rect.Empty() && (a.down && own.Y >= a.rect.Y || !a.down && a.rect.Y >= own.Y) {
			cost += costUpward
		}
	}
	if home, ok := n.home(b); ok {
		cost += 4 * (abs(home.X-r.X) + abs(home.Y-r.Y))
	}
	if len(anchors) == 0 {
		cost += r.Y + r.X/4
	}
	return cost
}

// astride counts the straight ways between neighbours that a place would block.
func (n *nook) astride(r Rect) int {
	c := 0
	if len(n.there) > crowd {
		return 0
	}
	for _, s := range n.there {
		for _, l := range n.links[n.at[s.b]] {
			if k := n.find(l.to); l.down && k >= 0 && between(s.rect, n.there[k].rect).Overlaps(r) {
				c++
			}
		}
	}
	return c
}

// between is the space in which a straight line from one box to another would run; empty when
// they do not face each other.
func between(a, b Rect) Rect {
	x1, x2 := max(a.X, b.X), min(a.Right(), b.Right())
	y1, y2 := max(a.Y, b.Y), min(a.Bottom(), b.Bottom())
	switch {
	case x1 < x2 && y2 < y1:
		return Rect{x1, y2, x2 - x1, y1 - y2}
	case y1 < y2 && x2 < x1:
		return Rect{x2, y1, x1 - x2, y2 - y1}
	}
	return Rect{}
}

// free reports whether a place keeps off everything.
func (n *nook) free(r Rect) bool {
	r = Rect{r.X - gapX, r.Y - gapY*3/4, r.W + 2*gapX, r.H + 3*gapY/2}
	return !slices.ContainsFunc(n.there, func(s settled) bool { return s.rect.Overlaps(r) })
}
