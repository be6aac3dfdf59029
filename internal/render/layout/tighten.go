package layout

import "slices"

// tighten draws in the sides that a pass left further out than they need to be: boxes back to
// their own size, unless their lines need more, and boundaries to their content.
func (t *tree) tighten(vertical bool) {
	lo, hi := t.endsOnSides(vertical)
	for _, b := range t.boxes {
		if b.boundary() || b.parent == nil {
			continue
		}
		first, last := lo[b.n], hi[b.n]
		if vertical {
			b.h = max(b.min.H, last+corner-b.y)
			continue
		}
		spare := b.w - b.min.W
		if spare <= 0 {
			continue
		}
		move := 0
		if b.col == 0 && !t.keep {
			move = max(0, min(spare/2, first-corner-b.x))
		}
		right := b.x + b.w
		b.x += move
		b.w = min(right-b.x, max(b.min.W, last+corner-b.x))
	}
	frames := make([]*box, 0, len(t.boxes))
	for _, b := range t.boxes {
		if b.boundary() && !t.keep {
			frames = append(frames, b)
		}
	}
	slices.SortStableFunc(frames, func(a, b *box) int { return b.depth - a.depth })
	for _, b := range frames {
		if b.parent != nil {
			t.tightenFrame(b, vertical)
		}
	}
	t.refresh()
	t.tightenPage()
}

// edge is what stays free around everything.
const edge = 2

// tightenPage makes the page as large as what is on it.
func (t *tree) tightenPage() {
	low, high := Point{1 << 40, 1 << 40}, Point{-1 << 40, -1 << 40}
	hold := func(x1, y1, x2, y2 int) {
		low = Point{min(low.X, x1), min(low.Y, y1)}
		high = Point{max(high.X, x2), max(high.Y, y2)}
	}
	for _, b := range t.root.kids {
		hold(b.x, b.y, b.x+b.w, b.y+b.h)
	}
	for _, w := range t.wires {
		for _, p := range w.points {
			hold(p.X, p.Y, p.X, p.Y)
		}
		if l := w.labelRect(); !l.Empty() {
			hold(l.X, l.Y, l.Right(), l.Bottom())
		}
	}
	if len(t.root.kids) == 0 {
		return
	}
	b := t.root
	b.x, b.y = low.X-edge, low.Y-edge
	if t.hands {
		b.x, b.y = min(0, b.x), min(0, b.y)
	}
	b.w, b.h = high.X-b.x+edge, high.Y-b.y+edge
}

// endsOnSides returns for each box the lowest and the highest end of a line along the axis, on
// the sides that lie across it.
func (t *tree) endsOnSides(vertical bool) (lo, hi []int) {
	lo, hi = make([]int, len(t.boxes)), make([]int, len(t.boxes))
	for i := range lo {
		lo[i], hi[i] = 1<<40, -1<<40
	}
	for _, w := range t.wires {
		if s := w.segs[0]; s.vertical != vertical {
			lo[w.src.n], hi[w.src.n] = min(lo[w.src.n], s.at), max(hi[w.src.n], s.at)
		}
		if s := w.segs[len(w.segs)-1]; s.vertical != vertical {
			lo[w.dst.n], hi[w.dst.n] = min(lo[w.dst.n], s.at), max(hi[w.dst.n], s.at)
		}
	}
	return lo, hi
}

// tightenFrame draws in a boundary along one axis. The top of a boundary in a row stays where it
// is, so that rows stay level.
func (t *tree) tightenFrame(b *box, vertical bool) {
	r, title := b.rect(), b.titleRect()
	low, high, bar := 1<<40, -1<<40, 0
	if vertical {
		bar = b.bar()
	}
	hold := func(from, to, gap int) {
		low, high = min(low, from-bar-gap), max(high, to+gap)
	}
	// beside keeps the title off what stands to its right.
	beside := func(at, from, to int) {
		if !vertical && !title.Empty() && from <= title.Bottom() && to >= r.Y && at >= title.Right() {
			low = min(low, at-distance[kindBar][kindLine]-title.W-titleLeft)
		}
	}
	for _, k := range b.kids {
		if vertical {
			hold(k.y, k.y+k.h, distance[kindWall][kindLeaf])
		} else {
			hold(k.x, k.x+k.w, distance[kindWall][kindLeaf])
		}
	}
	for _, s := range t.segs {
		if s.vertical == vertical {
			continue
		}
		from, to, lo, hi := r.X, r.Right(), r.Y, r.Bottom()
		if vertical {
			from, to, lo, hi = lo, hi, from, to
		}
		if s.at > from && s.at < to && s.lo <= hi && s.hi >= lo {
			hold(s.at, s.at, distance[kindWall][kindLine])
			beside(s.at, s.lo, s.hi)
		}
	}
	for _, w := range t.wires {
		if l := w.labelRect(); l.Overlaps(r) {
			if vertical {
				hold(l.Y, l.Bottom(), distance[kindWall][kindLabel])
			} else {
				hold(l.X, l.Right(), distance[kindWall][kindLabel])
				beside(l.X, l.Y, l.Bottom())
			}
		}
	}
	if vertical {
		bottom := r.Bottom()
		if b.row == 0 {
			b.y = max(r.Y, min(low, bottom))
		}
		b.h = min(bottom, high) - b.y
		return
	}
	right := r.Right()
	if b.col == 0 {
		b.x = max(r.X, low)
	}
	need := b.titleWidth()
	b.w = min(right, high) - b.x
	if b.w < need {
		b.w = min(need, right-b.x)
		if b.w < need {
			b.x = max(r.X, right-need)
			b.w = right - b.x
		}
	}
}
