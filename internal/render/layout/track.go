package layout

import (
	"cmp"
	"slices"
)

// seg is one straight piece of a wire.
type seg struct {
	w        *wire
	i        int // index in w.segs
	vertical bool
	at       int // x of a vertical piece, y of a horizontal one
	lo, hi   int // its ends along the other axis
	order    int // its place among the pieces on the same channel
}

// cut makes the pieces of all wires from their points.
func (t *tree) cut() {
	for _, w := range t.wires {
		for i := 1; i < len(w.points); i++ {
			a, b := w.points[i-1], w.points[i]
			s := &seg{w: w, i: i - 1, vertical: a.X == b.X}
			if s.vertical {
				s.at, s.lo, s.hi = a.X, min(a.Y, b.Y), max(a.Y, b.Y)
			} else {
				s.at, s.lo, s.hi = a.Y, min(a.X, b.X), max(a.X, b.X)
			}
			w.segs = append(w.segs, s)
			t.segs = append(t.segs, s)
		}
	}
}

// beyond returns the piece that follows s at its high or low end, or nil where the wire ends, and
// whether that piece goes towards higher coordinates.
func (s *seg) beyond(high bool) (next *seg, goesHigh bool) {
	end := s.lo
	if high {
		end = s.hi
	}
	for _, i := range [2]int{s.i - 1, s.i + 1} {
		if i < 0 || i >= len(s.w.segs) {
			continue
		}
		if n := s.w.segs[i]; n.at == end && s.w.corner(min(i, s.i)) == s.corner(end) {
			return n, n.lo == s.at
		}
	}
	return nil, false
}

// corner is the point of the piece at one of its ends.
func (s *seg) corner(end int) Point {
	if s.vertical {
		return Point{s.at, end}
	}
	return Point{end, s.at}
}

// corner is the point between the pieces i and i+1.
func (w *wire) corner(i int) Point { return w.points[i+1] }

// tracks orders the pieces that share a channel so that they cross as little as they can: two
// lines that run together are ordered by the way they turn where they part, at either end
// (compare Hegemann and Wolff, "On the number of turns in reduced layouts of metro maps", and the
// nudging order of Wybrow, Marriott and Stuckey 2009, section 4).
func (t *tree) tracks() {
	bySpot := slices.Clone(t.segs)
	slices.SortStableFunc(bySpot, func(a, b *seg) int {
		if a.vertical != b.vertical {
			if a.vertical {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.lo, b.lo), cmp.Compare(a.w.n, b.w.n))
	})
	for i := 0; i < len(bySpot); {
		j, reach := i+1, bySpot[i].hi
		for j < len(bySpot) && bySpot[j].vertical == bySpot[i].vertical && bySpot[j].at == bySpot[i].at && bySpot[j].lo <= reach {
			reach = max(reach, bySpot[j].hi)
			j++
		}
		orderTracks(bySpot[i:j])
		i = j
	}
}

// orderTracks orders one group of pieces that overlap, by insertion: each piece goes where it
// disagrees least with those already there.
func orderTracks(group []*seg) {
	if len(group) == 1 {
		return
	}
	var order []*seg
	for _, s := range group {
		best, bestCost, cost := 0, 0, 0
		// cost is relative to standing before all others; each step past o changes it.
		for i, o := range order {
			cost += 2 * prefer(s, o) // prefer < 0: s wants to stand before o
			if -cost < bestCost {
				best, bestCost = i+1, -cost
			}
		}
		order = slices.Insert(order, best, s)
	}
	for range 4 {
		moved := false
		for i := 0; i+1 < len(order); i++ {
			if prefer(order[i], order[i+1]) > 0 {
				order[i], order[i+1] = order[i+1], order[i]
				moved = true
			}
		}
		if !moved {
			break
		}
	}
	for i, s := range order {
		s.order = i
	}
}

// prefer is negative when s should lie on the low side (left, above) of o, positive on the high
// side, zero when it does not matter.
func prefer(s, o *seg) int {
	if s.lo >= o.hi || o.lo >= s.hi || s.w == o.w {
		return 0
	}
	sum := 0
	for _, high := range [2]bool{false, true} {
		side := part(s, o, high) // -1: s left of o, seen in the direction of travel
		if s.vertical == high {
			side = -side // going down, or to the left: the left hand is on the high side
		}
		sum += side
	}
	return sum
}

// part follows two pieces that run together until they part, and says on which side of o, in the
// direction of travel, s turns away: -1 left, 1 right, 0 when they end together.
func part(s, o *seg, high bool) int {
	for range 64 {
		endS, endO := s.lo, o.lo
		if high {
			endS, endO = s.hi, o.hi
		}
		turnS, nextS, highS := turn(s, high)
		turnO, nextO, highO := turn(o, high)
		if endS != endO {
			// The one that ends first turns off, the other goes straight on.
			if (endS < endO) == high {
				return turnS
			}
			return -turnO
		}
		if turnS != turnO {
			return cmp.Compare(turnS, turnO)
		}
		if nextS == nil || nextO == nil || highS != highO {
			return 0
		}
		s, o, high = nextS, nextO, highS
	}
	return 0
}

// turn says how a wire turns at the end of a piece: -1 left, 1 right, 0 it ends there.
func turn(s *seg, high bool) (side int, next *seg, goesHigh bool) {
	next, goesHigh = s.beyond(high)
	switch {
	case next == nil:
		return 0, nil, false
	case (goesHigh == high) == s.vertical:
		return -1, next, goesHigh
	}
	return 1, next, goesHigh
}
