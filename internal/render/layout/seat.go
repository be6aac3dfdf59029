package layout

import (
	"cmp"
	"slices"
)

// seat is what is known of a box from the last time.
type seat struct {
	rect   Rect
	known  bool
	placed bool // by a person
	pinned bool // placed, or a boundary around something placed: what is in it must not be moved
}

// takeSeats notes where the boxes stood the last time. A box that has come to another boundary
// has no seat there, unless a person put it there.
func (t *tree) takeSeats(previous map[string]Seat, ways map[string]Route) bool {
	any := false
	for _, b := range t.boxes {
		s, ok := previous[b.id]
		if b.seat = (seat{}); !ok || b.parent == nil || !sane(s.Rect) {
			continue
		}
		if up, ok := previous[b.parent.id]; ok && !s.Placed && b.parent != t.root && !contains(up.Rect, middle(s.Rect)) {
			continue
		}
		any = true
		b.seat = seat{rect: s.Rect, known: true, placed: s.Placed, pinned: s.Placed}
	}
	for _, b := range t.boxes {
		if b.seat.placed {
			for p := b.parent; p != nil; p = p.parent {
				p.seat.pinned = true
			}
			t.hands = true
		}
	}
	t.seatFrames()
	t.takeGone(previous, ways)
	return any
}

// seatFrames gives a boundary that is new, but holds something that a person placed, the seat
// that it must have had.
func (t *tree) seatFrames() {
	frames := make([]*box, 0, len(t.boxes))
	for _, b := range t.boxes {
		if b.seat.pinned && !b.seat.known && b.parent != nil {
			frames = append(frames, b)
		}
	}
	slices.SortStableFunc(frames, func(a, b *box) int { return b.depth - a.depth })
	for _, b := range frames {
		p := b.seatOrigin()
		b.seat.known, b.seat.rect = true, Rect{X: p.X, Y: p.Y}
	}
}

// farthest bounds the places that are taken over: beyond it lies no page.
const farthest = 1 << 20

func sane(r Rect) bool {
	return max(abs(r.X), abs(r.Y)) <= farthest && min(r.W, r.H) >= 0 && max(r.W, r.H) <= farthest
}

func middle(r Rect) Point { return Point{r.X + r.W/2, r.Y + r.H/2} }

func contains(r Rect, p Point) bool {
	return r.X <= p.X && p.X <= r.Right() && r.Y <= p.Y && p.Y <= r.Bottom()
}

// takeGone draws in the right and the lower side of a boundary by as much as what was removed
// from it freed there, but not over a line that stays in it. What is left does not move.
func (t *tree) takeGone(previous map[string]Seat, ways map[string]Route) {
	var gone []Rect
	for id, s := range previous {
		if i, ok := slices.BinarySearchFunc(t.boxes[:len(t.boxes)-1], id, func(b *box, id string) int { return cmp.Compare(b.id, id) }); (!ok || !t.boxes[i].seat.known) && sane(s.Rect) {
			gone = append(gone, s.Rect)
		}
	}
	if len(gone) == 0 {
		return
	}
	lines := t.reachOfLines(ways)
	for _, b := range t.boxes {
		if !b.seat.known || !b.boundary() {
			continue
		}
		stays := Point{farthest * -2, farthest * -2}
		for _, k := range b.kids {
			if k.seat.known {
				stays = Point{max(stays.X, k.seat.rect.Right()), max(stays.Y, k.seat.rect.Bottom())}
			}
		}
		was := stays
		for _, g := range gone {
			if b.seat.rect.Contains(g) && b.seat.rect != g {
				was = Point{max(was.X, g.Right()), max(was.Y, g.Bottom())}
			}
		}
		if stays.X > -farthest {
			r := &b.seat.rect
			r.W = min(r.W, max(r.W-was.X+stays.X, lines[b.n].X-r.X))
			r.H = min(r.H, max(r.H-was.Y+stays.Y, lines[b.n].Y-r.Y))
		}
	}
}

// reachOfLines is how far to the right and down lines and labels went within each boundary that holds an end of theirs.
func (t *tree) reachOfLines(ways map[string]Route) []Point {
	reach := make([]Point, len(t.boxes))
	for _, w := range t.wires {
		way := ways[w.id]
		for b := w.src; b != nil; b = b.parent {
			b.reachOf(way, &reach[b.n])
		}
		for b := w.dst; b != nil; b = b.parent {
			b.reachOf(way, &reach[b.n])
		}
	}
	return reach
}

func (b *box) reachOf(way Route, reach *Point) {
	r, wall := b.seat.rect, distance[kindWall][kindLine]
	for i := 1; i < len(way.Points); i++ {
		p, q := way.Points[i-1], way.Points[i]
		switch {
		case p.X == q.X && r.X < p.X && p.X < r.Right() && min(p.Y, q.Y) < r.Bottom() && max(p.Y, q.Y) > r.Y:
			reach.X = max(reach.X, p.X+wall)
		case p.Y == q.Y && r.Y < p.Y && p.Y < r.Bottom() && min(p.X, q.X) < r.Right() && max(p.X, q.X) > r.X:
			reach.Y = max(reach.Y, p.Y+wall)
		}
	}
	if r.Contains(way.Label) {
		reach.X, reach.Y = max(reach.X, way.Label.Right()+wall), max(reach.Y, way.Label.Bottom()+wall)
	}
}

// placeAgain gives every box its size and place: what has a seat keeps it, the rest finds room.
func (t *tree) placeAgain(o Options) {
	lifted := t.lift()
	for round := range 2 {
		t.rows = 0
		t.placeAgainInside(t.root, lifted, o)
		t.absolute(t.root, 0, 0)
		if t.allKnown() || round == 0 && !t.setPulls() {
			break
		}
	}
	t.levelSeats()
}

func (t *tree) allKnown() bool {
	return !slices.ContainsFunc(t.boxes, func(b *box) bool { return !b.seat.known && b.parent != nil })
}

// levelSeats makes rows of siblings that begin at the same height, so that they stay level.
func (t *tree) levelSeats() {
	t.rows = 0
	for _, c := range t.boxes {
		byTop := make(map[int]int, len(c.kids))
		for _, k := range c.kids {
			k.row, k.col = 0, 0
			if k.seat.pinned {
				continue
			}
			if byTop[k.y] == 0 {
				t.rows++
				byTop[k.y] = t.rows
			}
			k.row = byTop[k.y]
		}
	}
}

// settled is a child of a boundary that has its place: before and now, relative to the
// boundary's old place.
type settled struct {
	b         *box
	was, rect Rect
}

// placeAgainInside places the content of a boundary, and says by how much the boundary's own top
// left corner moves for it.
func (t *tree) placeAgainInside(c *box, lifted [][][2]int, o Options) {
	c.x, c.y = 0, 0
	if !c.boundary() && c.parent != nil {
		c.w, c.h = c.need.W, c.need.H
		return
	}
	for _, k := range c.kids {
		t.placeAgainInside(k, lifted, o)
	}
	origin := c.seatOrigin()
	var old []settled
	for _, k := range c.kids {
		if k.seat.known {
			was := k.seat.rect
			was.X, was.Y = was.X-origin.X, was.Y-origin.Y
			old = append(old, settled{b: k, was: was, rect: Rect{was.X + k.x, was.Y + k.y, k.w, k.h}})
		}
	}
	if len(old) == 0 {
		t.arrangeFresh(c, lifted[c.n], o)
		return
	}
	old = giveWay(old)
	if c.seat.pinned && c.seat.known {
		wall := distance[kindWall][kindLeaf]
		stayInside(old, Rect{wall, c.bar() + wall, c.seat.rect.W - 2*wall, c.seat.rect.H - c.bar() - 2*wall})
	}
	n := &nook{c: c, there: old, bar: c.bar()}
	n.fill(lifted[c.n], o)
	t.wrap(c, n.there)
}

// arrangeFresh places a content of which nothing is known.
func (t *tree) arrangeFresh(c *box, edges [][2]int, o Options) {
	t.arrange(c, edges, o)
	c.x, c.y = 0, 0
}

// seatOrigin is where a boundary stood; of a boundary that is new around things that are not,
// where it must have stood to hold them.
func (c *box) seatOrigin() Point {
	if c.parent == nil {
		return Point{}
	}
	if c.seat.known {
		return Point{c.seat.rect.X, c.seat.rect.Y}
	}
	p := Point{farthest * 2, farthest * 2}
	for _, k := range c.kids {
		if k.seat.known {
			p = Point{min(p.X, k.seat.rect.X), min(p.Y, k.seat.rect.Y)}
		}
	}
	return Point{p.X - padSide, p.Y - c.bar() - padTop}
}

// wrap makes the boundary large enough for its content, and not smaller than it was. It grows to
// the right and downwards, save where somebody put a box beyond its left or upper side.
func (t *tree) wrap(c *box, there []settled) {
	hull := hullOf(there)
	if c.parent == nil {
		c.x, c.y, c.w, c.h = hull.X-padSide, hull.Y-padTop, hull.W+2*padSide, hull.H+padTop+padBottom
		for _, s := range there {
			s.b.x, s.b.y = s.rect.X-c.x, s.rect.Y-c.y
		}
		return
	}
	wall := distance[kindWall][kindLeaf]
	dx, dy := max(0, wall-hull.X), max(0, c.bar()+wall-hull.Y)
	c.w = max(hull.Right()+dx+wall, c.titleWidth(), c.min.W)
	c.h = hull.Bottom() + dy + wall
	if c.seat.known {
		c.w, c.h = max(c.w, c.seat.rect.W), max(c.h, c.seat.rect.H)
	}
	if c.seat.pinned { // what is in it stays, so the boundary itself moves
		c.x, c.y = -dx, -dy
		if c.seat.known {
			c.w, c.h = max(c.w, c.seat.rect.W+dx), max(c.h, c.seat.rect.H+dy)
		}
	}
	for _, s := range there {
		s.b.x, s.b.y = s.rect.X+dx, s.rect.Y+dy
	}
}

func hullOf(there []settled) Rect {
	low, high := Point{farthest * 2, farthest * 2}, Point{farthest * -2, farthest * -2}
	for _, s := range there {
		low = Point{min(low.X, s.rect.X), min(low.Y, s.rect.Y)}
		high = Point{max(high.X, s.rect.Right()), max(high.Y, s.rect.Bottom())}
	}
	return Rect{low.X, low.Y, high.X - low.X, high.Y - low.Y}
}
