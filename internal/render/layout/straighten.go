package layout

import (
	"cmp"
	"slices"
)

// straightener takes jogs out of lines when everything has its place: where two pieces that run the same way lie a step
// apart, one of them may go on for the other. Ways are sought along channels, which lie where the boxes were before there
// was room between them; what is left of that are such steps (compare the straightening of Hegemann and Wolff, "A simple
// pipeline for orthogonal graph drawing", Graph Drawing 2023, section 3). Nothing else moves.
type straightener struct {
	t      *tree
	across [2][]piece // horizontal, vertical pieces of all lines as they were, by where they run
	recent []piece    // those that were made since
	leaves *cells
	labels *cells
}

// piece is a straight piece of a line.
type piece struct {
	w          *wire
	vertical   bool
	at, lo, hi int
}

// straighten removes jogs as long as that makes no crossing.
func (t *tree) straighten() {
	s := newStraightener(t)
	for range 2 {
		for _, w := range t.wires {
			for range maxCorners {
				if !s.once(w) {
					break
				}
			}
		}
	}
}

func newStraightener(t *tree) *straightener {
	s := &straightener{t: t, leaves: newCells(t.root.rect()), labels: newCells(t.root.rect())}
	for _, b := range t.boxes {
		if !b.boundary() && b.parent != nil {
			s.leaves.add(b.rect())
		}
	}
	for _, w := range t.wires {
		s.labels.add(w.labelRect())
		for _, p := range pieces(w, w.points) {
			s.across[index(p.vertical)] = append(s.across[index(p.vertical)], p)
		}
	}
	for _, all := range s.across {
		slices.SortStableFunc(all, func(a, b piece) int { return cmp.Compare(a.at, b.at) })
	}
	return s
}

func pieces(w *wire, ps []Point) []piece {
	out := make([]piece, 0, len(ps))
	for i := 1; i < len(ps); i++ {
		out = append(out, pieceOf(w, ps[i-1], ps[i]))
	}
	return out
}

func pieceOf(w *wire, a, b Point) piece {
	if a.X == b.X {
		return piece{w, true, a.X, min(a.Y, b.Y), max(a.Y, b.Y)}
	}
	return piece{w, false, a.Y, min(a.X, b.X), max(a.X, b.X)}
}

// once takes one jog out of a line.
func (s *straightener) once(w *wire) bool {
	for i := 1; i+2 < len(w.points); i++ {
		a, b, c, d := w.points[i-1], w.points[i], w.points[i+1], w.points[i+2]
		if sign(b.X-a.X) != sign(d.X-c.X) || sign(b.Y-a.Y) != sign(d.Y-c.Y) {
			continue // it turns round
		}
		for _, first := range [2]bool{true, false} {
			if ps, from, to := merged(w.points, i, first); s.better(w, ps, from, to) {
				for k := from; k < to; k++ {
					s.recent = append(s.recent, pieceOf(w, ps[k], ps[k+1]))
				}
				w.points = ps
				return true
			}
		}
	}
	return false
}

// merged is a way without the jog between the points i and i+1, in which the piece before it, or the one after it, goes
// on for both; and between which of its points it differs.
func merged(was []Point, i int, first bool) (ps []Point, from, to int) {
	ps = append(slices.Clone(was[:i]), was[i+2:]...)
	vertical := was[i-1].X == was[i].X
	from, to = i-1, i
	moved := i - 1
	at := was[i+1]
	if first {
		moved, at = i, was[i-1]
		to = min(i+1, len(ps)-1)
	} else {
		from = max(i-2, 0)
	}
	if vertical {
		ps[moved].X = at.X
	} else {
		ps[moved].Y = at.Y
	}
	return ps, from, to
}

// better reports whether a line may take another way, which differs between two of its points.
func (s *straightener) better(w *wire, ps []Point, from, to int) bool {
	n := len(ps) - 1
	for k := 1; k <= n; k++ {
		if (ps[k].X == ps[k-1].X) == (ps[k].Y == ps[k-1].Y) || k > 1 && (ps[k].X == ps[k-1].X) == (ps[k-1].X == ps[k-2].X) {
			return false
		}
	}
	if !sameWay(w.points, ps, from, to) || !endsOn(w.src, ps[0], ps[0].X == ps[1].X) || !endsOn(w.dst, ps[n], ps[n].X == ps[n-1].X) {
		return false
	}
	holder := -1
	if w.mark != nil {
		if holder = holds(ps, w.labelRect()); holder < 0 {
			return false
		}
	}
	for k := from; k < to; k++ {
		if !s.clear(pieceOf(w, ps[k], ps[k+1]), k == 0, k+1 == n, k == holder) {
			return false
		}
	}
	return s.crossed(w, ps) <= s.crossed(w, w.points)
}

// sameWay reports whether the first and the last piece that differ run in the directions that they had.
func sameWay(was, is []Point, from, to int) bool {
	same := func(a, b, c, d Point) bool {
		return sign(b.X-a.X) == sign(d.X-c.X) && sign(b.Y-a.Y) == sign(d.Y-c.Y)
	}
	left := len(was) - len(is)
	return same(was[from], was[from+1], is[from], is[from+1]) && same(was[to+left-1], was[to+left], is[to-1], is[to])
}

// holds is the piece of a way on which a label stands properly, or -1.
func holds(ps []Point, label Rect) int {
	for k := 1; k < len(ps); k++ {
		p := pieceOf(nil, ps[k-1], ps[k])
		if p.vertical && p.at == label.X+label.W/2 && p.lo <= label.Y-labelFromEnd && p.hi >= label.Bottom()+labelFromEnd ||
			!p.vertical && p.at == label.Y+label.H/2 && p.lo <= label.X-labelFromEnd && p.hi >= label.Right()+labelFromEnd {
			return k - 1
		}
	}
	return -1
}

// near calls f with the pieces of one direction that run within a distance of a place, until it says no.
func (s *straightener) near(vertical bool, lo, hi int, f func(piece) bool) bool {
	all := s.across[index(vertical)]
	i, _ := slices.BinarySearchFunc(all, lo, func(p piece, v int) int { return cmp.Compare(p.at, v) })
	for ; i < len(all) && all[i].at <= hi; i++ {
		if !f(all[i]) {
			return false
		}
	}
	for _, p := range s.recent {
		if p.vertical == vertical && lo <= p.at && p.at <= hi && !f(p) {
			return false
		}
	}
	return true
}

// crossed counts the lines that a way crosses. Pieces that are no more count too, on both sides of a comparison.
func (s *straightener) crossed(w *wire, ps []Point) int {
	n := 0
	for _, p := range pieces(w, ps) {
		s.near(!p.vertical, p.lo+1, p.hi-1, func(o piece) bool {
			if o.w != w && o.lo < p.at && p.at < o.hi {
				n++
			}
			return true
		})
	}
	return n
}

// clear reports whether a piece keeps its distances from everything; first and last say whether it ends at its boxes.
func (s *straightener) clear(p piece, first, last, label bool) bool {
	line := p.rect(0)
	for _, k := range [...]kind{kindLeaf, kindLabel} {
		index, own := s.leaves, p.w.labelRect()
		if k == kindLabel {
			index = s.labels
		}
		ok := true
		index.overlapping(p.rect(distance[k][kindLine]), func(r Rect) {
			switch {
			case k == kindLabel && label && r == own:
			case k == kindLeaf && first && r == p.w.src.rect():
			case k == kindLeaf && last && r == p.w.dst.rect():
			default:
				ok = false
			}
		})
		if !ok {
			return false
		}
	}
	for _, b := range s.t.boxes {
		if b.boundary() && b.parent != nil && !s.clearOf(b, p, line, first, last) {
			return false
		}
	}
	apart := distance[kindLine][kindLine]
	if !s.near(p.vertical, p.at-apart+1, p.at+apart-1, func(o piece) bool {
		return o.w == p.w || o.hi+2*slack < p.lo || o.lo-2*slack > p.hi
	}) {
		return false
	}
	// What comes from the side must pass, or end well before.
	return s.near(!p.vertical, p.lo-slack, p.hi+slack, func(o piece) bool {
		return o.w == p.w || o.hi <= p.at-apart || o.lo >= p.at+apart || o.lo <= p.at-apart && o.hi >= p.at+apart && o.at > p.lo && o.at < p.hi
	})
}

// rect is what lies within a distance of a piece.
func (p piece) rect(by int) Rect {
	if p.vertical {
		return Rect{p.at - by, p.lo - by, 2*by + 1, p.hi - p.lo + 2*by}
	}
	return Rect{p.lo - by, p.at - by, p.hi - p.lo + 2*by, 2*by + 1}
}

// clearOf reports whether a piece keeps its distances from a boundary and its title.
func (s *straightener) clearOf(b *box, p piece, line Rect, first, last bool) bool {
	away := distance[kindWall][kindLine]
	r := b.rect()
	if !grow(r, away).Overlaps(line) {
		return true
	}
	if title := b.titleRect(); !title.Empty() && grow(title, distance[kindBar][kindLine]).Overlaps(line) {
		return false
	}
	ends := first && b == p.w.src || last && b == p.w.dst
	inside := b != p.w.src && b.holds(p.w.src) || b != p.w.dst && b.holds(p.w.dst)
	if !inside {
		return ends
	}
	if p.vertical {
		return abs(p.at-r.X) >= away && abs(p.at-r.Right()) >= away
	}
	return (p.at <= r.Y-away || p.at >= r.Y+b.bar()+away) && abs(p.at-r.Bottom()) >= away
}
