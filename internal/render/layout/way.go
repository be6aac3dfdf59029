package layout

import "slices"

// keepWays gives the lines the ways that they had, where these still lead from one end to the
// other through free space. A way follows its boxes: its first piece moves with the source, its
// last with the target, and what is between stays or goes with either of them.
func (t *tree) keepWays(ways map[string]Route) {
	if len(ways) == 0 {
		return
	}
	near := newBoxCells(t, graze)
	for _, w := range t.wires {
		was, ok := ways[w.id]
		if !ok || !w.src.seat.known || !w.dst.seat.known {
			continue
		}
		if w.detour || !sound(was.Points) || !w.readSides(was.Points) {
			continue
		}
		for _, middle := range [3]Point{{}, w.src.moved(), w.dst.moved()} {
			if points, ok := w.adapt(was.Points, middle); ok && t.clearWay(w, points, near) {
				w.points, w.label0 = points, Rect{}
				if !was.Label.Empty() && w.label.W > 0 {
					w.label0 = w.adaptLabel(was, middle, near)
				}
				break
			}
		}
	}
}

// takeEnds makes boxes as large as the ends of their lines of the last time need.
func (t *tree) takeEnds(ways map[string]Route) {
	for _, b := range t.boxes {
		b.need = b.min
	}
	if len(ways) == 0 {
		return
	}
	for _, w := range t.wires {
		if was, ok := ways[w.id]; ok && w.src.seat.known && w.dst.seat.known && sound(was.Points) && w.readSides(was.Points) {
			n := len(was.Points) - 1
			w.src.takeEnd(was.Points[0], was.Points[0].X == was.Points[1].X)
			w.dst.takeEnd(was.Points[n], was.Points[n].X == was.Points[n-1].X)
		}
	}
}

func (b *box) takeEnd(p Point, vertical bool) {
	if vertical {
		b.need.W = max(b.need.W, p.X+corner-b.seat.rect.X)
	} else {
		b.need.H = max(b.need.H, p.Y+corner-b.seat.rect.Y)
	}
}

// moved is how far a box stands from its seat.
func (b *box) moved() Point { return Point{b.x - b.seat.rect.X, b.y - b.seat.rect.Y} }

// maxCorners bounds a way that is taken over: no line that was laid out bends so often.
const maxCorners = 200

// sound reports whether points are those of a line: pieces across and down the page in turn.
func sound(ps []Point) bool {
	if len(ps) < 2 || len(ps) > maxCorners {
		return false
	}
	for i, p := range ps {
		if !sane(Rect{X: p.X, Y: p.Y}) {
			return false
		}
		if i > 0 && (p.X == ps[i-1].X) == (p.Y == ps[i-1].Y) {
			return false
		}
		if i > 1 && (p.X == ps[i-1].X) == (ps[i-1].X == ps[i-2].X) {
			return false
		}
	}
	return true
}

// readSides finds the sides on which a way ended.
func (w *wire) readSides(ps []Point) bool {
	n := len(ps) - 1
	var ok, ok2 bool
	w.sides[0], ok = sideWas(w.src.seat.rect, ps[0], ps[0].X == ps[1].X)
	w.sides[1], ok2 = sideWas(w.dst.seat.rect, ps[n], ps[n].X == ps[n-1].X)
	return ok && ok2
}

func sideWas(r Rect, p Point, vertical bool) (side int, ok bool) {
	switch {
	case !contains(r, p):
		return 0, false
	case vertical && p.Y == r.Y:
		return dirUp, true
	case vertical && p.Y == r.Bottom():
		return dirDown, true
	case !vertical && p.X == r.X:
		return dirLeft, true
	case !vertical && p.X == r.Right():
		return dirRight, true
	}
	return 0, false
}

// adapt moves the pieces of a way. It fails when a piece would turn round or vanish.
func (w *wire) adapt(was []Point, middle Point) ([]Point, bool) {
	n := len(was) - 1
	ps := make([]Point, n+1)
	for i := range n {
		by := middle
		if i == 0 {
			by = w.src.moved()
		}
		if i == n-1 {
			last := w.dst.moved()
			if i == 0 && (was[0].X == was[1].X && last.X != by.X || was[0].Y == was[1].Y && last.Y != by.Y) {
				return nil, false
			}
			by = last
		}
		if was[i].X == was[i+1].X {
			ps[i].X, ps[i+1].X = was[i].X+by.X, was[i].X+by.X
		} else {
			ps[i].Y, ps[i+1].Y = was[i].Y+by.Y, was[i].Y+by.Y
		}
	}
	ps[0] = onSide(ps[0], w.src, was[0].X == was[1].X, w.sides[0])
	ps[n] = onSide(ps[n], w.dst, was[n].X == was[n-1].X, w.sides[1])
	for i := 1; i <= n; i++ {
		if sign(ps[i].X-ps[i-1].X) != sign(was[i].X-was[i-1].X) || sign(ps[i].Y-ps[i-1].Y) != sign(was[i].Y-was[i-1].Y) {
			return nil, false
		}
	}
	return ps, endsOn(w.src, ps[0], was[0].X == was[1].X) && endsOn(w.dst, ps[n], was[n].X == was[n-1].X)
}

// endsOn reports whether an end lies on the side of its box.
func endsOn(b *box, p Point, vertical bool) bool {
	if vertical {
		return p.X >= b.x+corner && p.X <= b.x+b.w-corner
	}
	return p.Y >= b.y+corner && p.Y <= b.y+b.h-corner
}

// clearWay reports whether a way still runs through nothing but what it may run through.
func (t *tree) clearWay(w *wire, ps []Point, near *boxCells) bool {
	for i := 1; i < len(ps); i++ {
		if !near.clear(pieceOf(w, ps[i-1], ps[i]).rect(0), func(o *box) bool { return w.mayPass(o, ps[i-1:i+1]) }) {
			return false
		}
	}
	low, high := ps[0], ps[0]
	for _, p := range ps {
		low, high = Point{min(low.X, p.X), min(low.Y, p.Y)}, Point{max(high.X, p.X), max(high.Y, p.Y)}
	}
	around, _, _ := meet(w.src, w.dst)
	for ; around.parent != nil; around = around.parent {
		if r := around.rect(); around != w.src && around != w.dst &&
			(low.X < r.X+graze || low.Y < r.Y+graze || high.X > r.Right()-graze || high.Y > r.Bottom()-graze) {
			return false
		}
	}
	return true
}

// clear calls f with the boxes whose space a rectangle touches, until it says no. It may name a box more than once.
func (c *boxCells) clear(r Rect, f func(*box) bool) bool {
	ok := true
	c.visit(r, func(i, _, _ int) { ok = ok && !slices.ContainsFunc(c.at[i], func(b *box) bool { return !f(b) }) })
	return ok
}

// mayPass reports whether a piece of a line keeps off a box, as far as it must.
func (w *wire) mayPass(o *box, piece []Point) bool {
	switch {
	case o.boundary() && (o.holds(w.src) || o.holds(w.dst)):
		return !crosses(grow(o.titleRect(), graze), piece)
	case o == w.src || o == w.dst:
		return !crosses(o.rect(), piece)
	}
	return !crosses(grow(o.rect(), graze), piece)
}

// holds reports whether o is inside b, or is b.
func (b *box) holds(o *box) bool {
	for o != nil && o.depth > b.depth {
		o = o.parent
	}
	return o == b
}

// crosses reports whether a way runs through the inside of a rectangle.
func crosses(r Rect, ps []Point) bool {
	if r.Empty() {
		return false
	}
	for i := 1; i < len(ps); i++ {
		a, b := ps[i-1], ps[i]
		if max(min(a.X, b.X), r.X) < min(max(a.X, b.X), r.Right()) && r.Y < a.Y && a.Y < r.Bottom() ||
			a.X == b.X && r.X < a.X && a.X < r.Right() && max(min(a.Y, b.Y), r.Y) < min(max(a.Y, b.Y), r.Bottom()) {
			return true
		}
	}
	return false
}

// adaptLabel moves a label along with its piece; it is empty when it would stand on something.
func (w *wire) adaptLabel(was Route, by Point, near *boxCells) Rect {
	c := Point{was.Label.X + was.Label.W/2, was.Label.Y + was.Label.H/2}
	for i := 1; i < len(was.Points); i++ {
		a, b := was.Points[i-1], was.Points[i]
		var at Point
		switch p, q := w.points[i-1], w.points[i]; {
		case a.X == b.X && a.X == c.X && min(a.Y, b.Y) < c.Y && c.Y < max(a.Y, b.Y):
			at = Point{p.X, clamp(c.Y+by.Y, min(p.Y, q.Y), max(p.Y, q.Y), w.label.H/2+labelFromEnd)}
		case a.Y == b.Y && a.Y == c.Y && min(a.X, b.X) < c.X && c.X < max(a.X, b.X):
			at = Point{clamp(c.X+by.X, min(p.X, q.X), max(p.X, q.X), w.label.W/2+labelFromEnd), p.Y}
		default:
			continue
		}
		r := Rect{at.X - w.label.W/2, at.Y - w.label.H/2, w.label.W, w.label.H}
		if !near.clear(r, func(o *box) bool { return (o.boundary() || !o.rect().Overlaps(r)) && !o.titleRect().Overlaps(r) }) {
			return Rect{}
		}
		return r
	}
	return Rect{}
}

// clamp keeps a place off both ends of a piece, when the piece is long enough.
func clamp(at, lo, hi, by int) int {
	if hi-lo < 2*by {
		return at
	}
	return max(lo+by, min(hi-by, at))
}

// keptMark is the mark of a label that keeps its place.
func (w *wire) keptMark() *mark {
	if w.label0.Empty() {
		return nil
	}
	c := Point{w.label0.X + w.label.W/2, w.label0.Y + w.label.H/2}
	for _, s := range w.segs {
		at, along := c.X, c.Y
		if !s.vertical {
			at, along = c.Y, c.X
		}
		if s.at == at && s.lo < along && along < s.hi {
			return &mark{s: s, x: w.label0.X, y: w.label0.Y}
		}
	}
	return nil
}
