package layout

import "slices"

// straightener takes jogs out of lines when everything has its place: where two pieces that run the same way lie a step
// apart, one of them may go on for the other. Ways are sought along channels, which lie where the boxes were before there
// was room between them; what is left of that are such steps (compare the straightening of Hegemann and Wolff, "A simple
// pipeline for orthogonal graph drawing", Graph Drawing 2023, section 3). Nothing else moves.
type straightener struct {
	lines  *pieceCells // pieces of all lines as they were, and those that were made since
	leaves *cells
	labels *cells
	frames []*box
}

// effortStraighten bounds how many pieces are looked at: in pictures too large to read, the last lines keep their jogs.
const effortStraighten = 12_000_000

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
				if s.lines.looked > effortStraighten || !s.once(w) {
					break
				}
			}
		}
	}
}

func newStraightener(t *tree) *straightener {
	page := t.root.rect()
	s := &straightener{lines: newPieceCells(page), leaves: newCells(page), labels: newCells(page)}
	for _, b := range t.boxes {
		switch {
		case b.parent == nil:
		case b.boundary():
			s.frames = append(s.frames, b)
		default:
			s.leaves.add(b.rect())
		}
	}
	for _, w := range t.wires {
		s.labels.add(w.labelRect())
		for _, p := range pieces(w, w.points) {
			s.lines.add(p)
		}
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
					s.lines.add(pieceOf(w, ps[k], ps[k+1]))
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

// crossed counts the lines that a way crosses. Pieces that are no more count too, on both sides of a comparison.
func (s *straightener) crossed(w *wire, ps []Point) int {
	n := 0
	for _, p := range pieces(w, ps) {
		s.lines.near(!p.vertical, p.rect(0), func(o piece) bool {
			if o.w != w && o.lo < p.at && p.at < o.hi && p.lo < o.at && o.at < p.hi {
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
	s.lines.looked += len(s.frames)
	for _, b := range s.frames {
		if !s.clearOf(b, p, line, first, last) {
			return false
		}
	}
	apart := distance[kindLine][kindLine]
	around := p.rect(apart)
	if !s.lines.near(p.vertical, around, func(o piece) bool {
		return o.w == p.w || abs(o.at-p.at) >= apart || o.hi+2*slack < p.lo || o.lo-2*slack > p.hi
	}) {
		return false
	}
	// What comes from the side must pass, or end well before.
	return s.lines.near(!p.vertical, around, func(o piece) bool {
		return o.w == p.w || o.at < p.lo-slack || o.at > p.hi+slack || o.hi <= p.at-apart || o.lo >= p.at+apart || o.lo <= p.at-apart && o.hi >= p.at+apart && o.at > p.lo && o.at < p.hi
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
