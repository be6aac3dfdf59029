package layout

import (
	"cmp"
	"slices"
)

// mark is a label with its place: on a piece of its wire.
type mark struct {
	s    *seg
	x, y int // top left corner
}

// Costs of a label's place.
const (
	costBesideV  = 90 // each other line through a label on a vertical piece: it must be pushed aside by half a label's width
	costBesideH  = 30
	costCovers   = 120 // each label or title below it
	costFirm     = 20  // for each pixel that a box that a person placed would have to give way
	labelMargin  = 6
	labelFromEnd = 12 // from a corner or an arrowhead
)

// labels gives every label its piece and its place in the order of things along it, where least
// must be moved to make room for it. Large labels choose first.
func (t *tree) labels() {
	p := newPlacer(t)
	order := slices.Clone(t.wires)
	slices.SortStableFunc(order, func(a, b *wire) int {
		return cmp.Or(cmp.Compare(len(a.segs), len(b.segs)), -cmp.Compare(a.label.W*a.label.H, b.label.W*b.label.H))
	})
	for _, w := range order {
		if w.mark = w.keptMark(); w.mark != nil && w.banned(w.labelRect()) {
			w.mark = nil
		}
		if w.mark != nil {
			p.covers.add(w.labelRect())
		}
	}
	for _, w := range order {
		if w.label.W > 0 && len(w.segs) > 0 && w.mark == nil {
			w.mark = p.choose(w)
			p.covers.add(w.labelRect())
		}
	}
}

// placer finds places for labels.
type placer struct {
	t      *tree
	across [2][]*seg // horizontal, vertical pieces, by at
	leaves *cells
	firm   *cells // boxes that people placed, with what a label keeps off them
	covers *cells // titles, and labels already placed
	frames []*box
}

func newPlacer(t *tree) *placer {
	p := &placer{t: t, leaves: newCells(t.root.rect()), firm: newCells(t.root.rect()), covers: newCells(t.root.rect())}
	for _, s := range t.segs {
		p.across[index(s.vertical)] = append(p.across[index(s.vertical)], s)
	}
	for i := range p.across {
		slices.SortStableFunc(p.across[i], func(a, b *seg) int { return cmp.Compare(a.at, b.at) })
	}
	for _, b := range t.boxes {
		switch {
		case b.boundary():
			p.frames = append(p.frames, b)
			p.covers.add(b.titleRect())
		case b.parent != nil:
			p.leaves.add(b.rect())
			if b.seat.placed {
				p.firm.add(grow(b.rect(), closer[kindLabel][kindFirm]))
			}
		}
	}
	return p
}

func index(vertical bool) int {
	if vertical {
		return 1
	}
	return 0
}

// between returns the pieces of one direction with at in [lo, hi].
func (p *placer) between(vertical bool, lo, hi int) []*seg {
	all := p.across[index(vertical)]
	i, _ := slices.BinarySearchFunc(all, lo, func(s *seg, v int) int { return cmp.Compare(s.at, v) })
	j, _ := slices.BinarySearchFunc(all, hi+1, func(s *seg, v int) int { return cmp.Compare(s.at, v) })
	return all[i:j]
}

// choose finds the cheapest place on any piece of the wire.
func (p *placer) choose(w *wire) *mark {
	var best *mark
	bestCost := 0
	length, before := 0, 0
	for _, s := range w.segs {
		length += s.hi - s.lo
	}
	for _, s := range w.segs {
		for _, slot := range p.slots(s, w.label) {
			mid := (slot[0] + slot[1]) / 2
			cost := p.cost(s, w.label, slot)
			// A place near the middle of the line is read most easily.
			cost += abs(before+(s.hi-s.lo)/2-length/2)/12 + abs(mid-(s.lo+s.hi)/2)/16
			m := &mark{s: s, x: s.at - w.label.W/2, y: mid - w.label.H/2}
			if !s.vertical {
				m.x, m.y = mid-w.label.W/2, s.at-w.label.H/2
			}
			if w.banned(Rect{m.x, m.y, w.label.W, w.label.H}) {
				cost += costJam
			}
			if best == nil || cost < bestCost {
				best, bestCost = m, cost
			}
		}
		before += s.hi - s.lo
	}
	return best
}

// slots are the stretches of a piece between what crosses it.
func (p *placer) slots(s *seg, label Size) [][2]int {
	half := label.W / 2
	if !s.vertical {
		half = label.H / 2
	}
	lo, hi := s.at-half-labelMargin, s.at+half+labelMargin
	var walls [][2]int
	for _, o := range p.between(!s.vertical, s.lo+1, s.hi-1) {
		if o.w != s.w && o.lo <= hi && o.hi >= lo {
			walls = append(walls, [2]int{o.at, o.at})
		}
	}
	for _, b := range p.frames {
		a1, a2, w1, w2, thick := b.x, b.x+b.w, b.y, b.y+b.h, b.bar()
		if !s.vertical {
			a1, a2, w1, w2, thick = b.y, b.y+b.h, b.x, b.x+b.w, 0
		}
		if a1 <= hi && a2 >= lo {
			if w1 >= s.lo-thick && w1 <= s.hi {
				walls = append(walls, [2]int{w1, w1 + thick})
			}
			if w2 >= s.lo && w2 <= s.hi {
				walls = append(walls, [2]int{w2, w2})
			}
		}
	}
	slices.SortFunc(walls, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	var slots [][2]int
	from := s.lo
	for _, w := range append(walls, [2]int{s.hi, s.hi}) {
		if w[0] > from {
			slots = append(slots, [2]int{from, min(w[0], s.hi)})
		}
		from = max(from, w[1])
		if from >= s.hi {
			break
		}
	}
	if len(slots) == 0 {
		slots = append(slots, [2]int{s.lo, s.hi})
	}
	return slots
}

// cost is about how far things must be moved to make room for a label in a slot.
func (p *placer) cost(s *seg, label Size, slot [2]int) int {
	along, half := label.H, label.W/2
	beside := costBesideV
	if !s.vertical {
		along, half, beside = label.W, label.H/2, costBesideH
	}
	mid := (slot[0] + slot[1]) / 2
	lo, hi := mid-along/2, mid+along/2
	cost := max(0, along+2*labelFromEnd-(slot[1]-slot[0]))
	for _, o := range p.between(s.vertical, s.at-half-labelMargin, s.at+half+labelMargin) {
		if o != s && o.lo < hi && o.hi > lo {
			cost += beside
		}
	}
	r := Rect{s.at - half, max(lo, slot[0]), 2 * half, min(hi, slot[1]) - max(lo, slot[0])}
	if !s.vertical {
		r = Rect{r.Y, r.X, r.H, r.W}
	}
	p.firm.overlapping(r, func(l Rect) { cost += costFirm * overlap(r, l, s.vertical) })
	p.leaves.overlapping(r, func(l Rect) { cost += 2 * overlap(r, l, s.vertical) })
	p.covers.overlapping(r, func(Rect) { cost += costCovers })
	for _, b := range p.frames {
		if r.Overlaps(b.rect()) && !b.rect().Contains(r) {
			cost += costBesideH
		}
	}
	return cost
}

// overlap is how far two rectangles lie over one another across the direction of a piece.
func overlap(a, b Rect, vertical bool) int {
	if vertical {
		return min(a.Right(), b.Right()) - max(a.X, b.X)
	}
	return min(a.Bottom(), b.Bottom()) - max(a.Y, b.Y)
}
