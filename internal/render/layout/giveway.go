package layout

import (
	"cmp"
	"slices"
)

// giveWay moves siblings apart where one of them takes more room than before. Nobody moves further
// than that room: first across the page, those that stood beside each other; then down the page,
// those that now have something above them (scans along either axis, as in Misue, Eades, Lai and
// Sugiyama, "Layout adjustment and the mental map", Journal of Visual Languages and Computing 6,
// 1995, section 4.1, with the old places deciding the order). What people placed does not move;
// what it leaves no room for goes to the nearest free place.
func giveWay(there []settled) []settled {
	there = slices.Clone(there)
	slices.SortFunc(there, func(a, b settled) int { return cmp.Compare(a.b.id, b.b.id) })
	separatePinned(there)
	pushAcross(there)
	pushDown(there)
	relocate(there)
	return there
}

// leastGap keeps two boxes from being in the same strip of a pass along the other axis.
const leastGap = 2*slack + 2

// apartFrom is the least distance of two boxes along an axis: what makeRoom would make it, but
// not more than it was.
func apartFrom(a, b settled, vertical bool) int {
	ka, kb := kindLeaf, kindLeaf
	if a.b.boundary() {
		ka = kindWall
	}
	if b.b.boundary() {
		kb = kindWall
	}
	was := b.was.X - a.was.Right()
	if vertical {
		was = b.was.Y - a.was.Bottom()
	}
	if was < 0 {
		return distance[ka][kb]
	}
	return max(leastGap, min(was, distance[ka][kb]))
}

// beside reports whether a, of two neighbours in order of their left sides, stood to the left of
// b rather than above or below it.
func beside(a, b settled) bool {
	deepY := min(a.was.Bottom(), b.was.Bottom()) - max(a.was.Y, b.was.Y)
	deepX := a.was.Right() - b.was.X
	return deepY > 0 && (deepX <= 0 || deepX < deepY)
}

// pushAcross makes room from left to right. What stands to the left of something pinned goes to
// the left, if it must.
func pushAcross(there []settled) {
	order := orderBy(there, func(s settled) int { return s.was.X })
	for i := len(order) - 1; i >= 0; i-- {
		a := &there[order[i]]
		for _, j := range order[i+1:] {
			b := there[j]
			if !a.b.seat.pinned && (b.b.seat.pinned || b.rect.X < b.was.X) && beside(*a, b) {
				a.rect.X = min(a.rect.X, b.rect.X-apartFrom(*a, b, false)-a.rect.W)
			}
		}
	}
	for i, k := range order {
		b := &there[k]
		for _, j := range order[:i] {
			if a := there[j]; !b.b.seat.pinned && beside(a, *b) {
				b.rect.X = max(b.rect.X, a.rect.Right()+apartFrom(a, *b, false))
			}
		}
	}
}

// pushDown makes room downwards, between all that would stand on each other. A row stays level.
func pushDown(there []settled) {
	order := orderBy(there, func(s settled) int { return s.was.Y })
	for i, k := range order {
		b := &there[k]
		for _, j := range order[:i] {
			a := there[j]
			if !b.b.seat.pinned && a.rect.X < b.rect.Right()+slack && b.rect.X < a.rect.Right()+slack {
				b.rect.Y = max(b.rect.Y, a.rect.Bottom()+apartFrom(a, *b, true))
			}
		}
		if i > 0 && !b.b.seat.pinned {
			levelWith(there, order[:i], b)
		}
	}
}

// levelWith keeps a box level with those before it that it was level with, unless it stands below one of them.
func levelWith(there []settled, before []int, b *settled) {
	for i := len(before) - 1; i >= 0 && there[before[i]].was.Y == b.was.Y; i-- {
		if a := there[before[i]].rect; a.X < b.rect.Right()+slack && b.rect.X < a.Right()+slack {
			return
		}
	}
	for i := len(before) - 1; i >= 0 && there[before[i]].was.Y == b.was.Y; i-- {
		if a := &there[before[i]]; !a.b.seat.pinned {
			a.rect.Y = max(a.rect.Y, b.rect.Y)
			b.rect.Y = a.rect.Y
		}
	}
}

func orderBy(there []settled, key func(settled) int) []int {
	order := make([]int, len(there))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(key(there[a]), key(there[b])) })
	return order
}

// separatePinned moves what was placed on top of something else that was placed, by the least.
func separatePinned(there []settled) {
	var firm []Rect
	for _, boundaries := range [2]bool{false, true} {
		for i := range there {
			s := &there[i]
			if !s.b.seat.pinned || s.b.boundary() != boundaries {
				continue
			}
			gap := leastGap
			if boundaries {
				gap = distance[kindWall][kindWall]
			}
			s.rect = nearestFree(s.rect, firm, gap)
			firm = append(firm, s.rect)
		}
	}
}

// relocate finds a place for what still stands on something else: between two that are pinned, on one that somebody put
// there, or on one that a row took along.
func relocate(there []settled) {
	firm := make([]Rect, 0, len(there))
	for _, s := range there {
		if s.b.seat.pinned {
			firm = append(firm, s.rect)
		}
	}
	var homeless []int
	for i, s := range there {
		switch {
		case s.b.seat.pinned:
		case slices.ContainsFunc(firm, grow(s.rect, slack).Overlaps):
			homeless = append(homeless, i)
		default:
			firm = append(firm, s.rect)
		}
	}
	for _, i := range homeless {
		there[i].rect = nearestFree(there[i].rect, firm, distance[kindLeaf][kindLeaf])
		firm = append(firm, there[i].rect)
	}
}

// crowd is up to how many others a free place is sought among them. Where more people's boxes stand on each other, they
// go below.
const crowd = 200

func grow(r Rect, by int) Rect { return Rect{r.X - by, r.Y - by, r.W + 2*by, r.H + 2*by} }

// nearestFree is the place nearest to where r is that keeps off all others by a gap.
func nearestFree(r Rect, others []Rect, gap int) Rect {
	if len(others) > crowd && slices.ContainsFunc(others, grow(r, gap).Overlaps) {
		for _, o := range others {
			r.Y = max(r.Y, o.Bottom()+gap)
		}
		return r
	}
	free, _ := nearestFreeIn(r, others, gap, Rect{-2 * farthest, -2 * farthest, 8 * farthest, 8 * farthest})
	return free
}

// nearestFreeIn is the place within bounds nearest to where r is that keeps off all others by a gap, if there is one.
func nearestFreeIn(r Rect, others []Rect, gap int, bounds Rect) (Rect, bool) {
	free := func(c Rect) bool {
		return bounds.Contains(c) && !slices.ContainsFunc(others, grow(c, gap).Overlaps)
	}
	if free(r) {
		return r, true
	}
	xs, ys := []int{r.X, bounds.X, bounds.Right() - r.W}, []int{r.Y, bounds.Y, bounds.Bottom() - r.H}
	for _, o := range others {
		xs = append(xs, o.Right()+gap, o.X-gap-r.W)
		ys = append(ys, o.Bottom()+gap, o.Y-gap-r.H)
	}
	xs, ys = nearest(xs, r.X), nearest(ys, r.Y)
	best, bestCost := r, 1<<60
	for _, x := range xs {
		if abs(x-r.X) >= bestCost {
			break
		}
		for _, y := range ys {
			cost := abs(x-r.X) + abs(y-r.Y)
			if cost >= bestCost {
				break
			}
			if c := (Rect{x, y, r.W, r.H}); free(c) {
				best, bestCost = c, cost
				break
			}
		}
	}
	return best, bestCost < 1<<60
}

// stayInside brings back what giving way to a box that a person placed drove out of its boundary, into a free place in
// it, such as the one that the placed box left: the boundary would otherwise grow over its neighbours.
func stayInside(there []settled, inside Rect) {
	others := make([]Rect, 0, len(there))
	for i := range there {
		s := &there[i]
		if s.b.seat.pinned || s.rect == s.was || inside.Contains(s.rect) || len(there) > crowd {
			continue
		}
		others = others[:0]
		for k, o := range there {
			if k != i {
				others = append(others, o.rect)
			}
		}
		for _, gap := range [2]int{gapX, distance[kindLeaf][kindWall]} {
			if r, ok := nearestFreeIn(s.rect, others, gap, inside); ok {
				s.rect = r
				break
			}
		}
	}
}

// nearest sorts values by their distance from at.
func nearest(values []int, at int) []int {
	slices.SortFunc(values, func(a, b int) int {
		return cmp.Or(cmp.Compare(abs(a-at), abs(b-at)), cmp.Compare(a, b))
	})
	return slices.Compact(values)
}
