package layouttest

import (
	"cmp"
	"math"
	"slices"

	"c4arch/internal/render/layout"
)

// sheet is a drawing made ready for measuring.
type sheet struct {
	boxes  []layout.Box
	parent map[string]string
	lines  []line
	pieces []piece // sorted by their left ends
	widest int
}

// line is a way without points in the middle of straight stretches.
type line struct {
	Line
	points []layout.Point
}

type piece struct {
	line int
	a, b layout.Point // a is on the left, or above
}

func newSheet(d Drawing) *sheet {
	s := &sheet{boxes: d.Boxes, parent: make(map[string]string, len(d.Boxes))}
	for _, b := range d.Boxes {
		s.parent[b.ID] = b.Parent
	}
	for i, l := range d.Lines {
		points := straighten(l.Points)
		s.lines = append(s.lines, line{l, points})
		for k := 1; k < len(points); k++ {
			p := piece{i, points[k-1], points[k]}
			if p.a.X > p.b.X || p.a.X == p.b.X && p.a.Y > p.b.Y {
				p.a, p.b = p.b, p.a
			}
			s.pieces = append(s.pieces, p)
			s.widest = max(s.widest, p.b.X-p.a.X)
		}
	}
	slices.SortStableFunc(s.pieces, func(p, q piece) int { return cmp.Compare(p.a.X, q.a.X) })
	return s
}

// straighten leaves out points that repeat the one before or lie on the straight way between their neighbours.
func straighten(points []layout.Point) []layout.Point {
	var out []layout.Point
	for _, p := range points {
		if n := len(out); n > 0 && out[n-1] == p {
			continue
		}
		if n := len(out); n > 1 && cross(out[n-2], out[n-1], p) == 0 && ahead(out[n-2], out[n-1], p) {
			out[n-1] = p
			continue
		}
		out = append(out, p)
	}
	return out
}

// cross is the turn from a by b to c: positive, negative, or zero when they lie on one straight line.
func cross(a, b, c layout.Point) int { return (b.X-a.X)*(c.Y-a.Y) - (b.Y-a.Y)*(c.X-a.X) }

func ahead(a, b, c layout.Point) bool { return (b.X-a.X)*(c.X-b.X)+(b.Y-a.Y)*(c.Y-b.Y) >= 0 }

func distance(a, b layout.Point) int {
	if a.X == b.X || a.Y == b.Y {
		return magnitude(a.X-b.X) + magnitude(a.Y-b.Y)
	}
	return int(math.Hypot(float64(a.X-b.X), float64(a.Y-b.Y)) + 0.5)
}

// meetings counts how pieces of different lines meet. Pairs of lines count once for lying on one another and for
// touching, as often as they cross for crossing.
func (s *sheet) meetings() (crossings, shared, touching int) {
	on, at := make(map[[2]int]bool), make(map[[2]int]bool)
	for i, p := range s.pieces {
		for _, q := range s.pieces[i+1:] {
			if q.a.X > p.b.X {
				break
			}
			if p.line == q.line || max(p.a.Y, p.b.Y) < min(q.a.Y, q.b.Y) || max(q.a.Y, q.b.Y) < min(p.a.Y, p.b.Y) {
				continue
			}
			pair := [2]int{min(p.line, q.line), max(p.line, q.line)}
			switch meet(p, q) {
			case crosses:
				crossings++
			case liesOn:
				on[pair] = true
			case touches:
				at[pair] = true
			}
		}
	}
	for pair := range at {
		if !on[pair] {
			touching++
		}
	}
	return crossings, len(on), touching
}

// The ways in which two pieces meet.
const (
	apart = iota
	crosses
	liesOn
	touches
)

func meet(p, q piece) int {
	a, b := sign(cross(p.a, p.b, q.a)), sign(cross(p.a, p.b, q.b))
	c, d := sign(cross(q.a, q.b, p.a)), sign(cross(q.a, q.b, p.b))
	switch {
	case a == 0 && b == 0:
		// On one straight line; the left ends are ordered, the bounding boxes overlap or touch.
		if p.a.X == p.b.X && min(p.b.Y, q.b.Y) > max(p.a.Y, q.a.Y) || min(p.b.X, q.b.X) > max(p.a.X, q.a.X) {
			return liesOn
		}
		return touches
	case a*b < 0 && c*d < 0:
		return crosses
	case a*b <= 0 && c*d <= 0:
		return touches
	}
	return apart
}

func sign(n int) int { return cmp.Compare(n, 0) }

// within reports whether a box is another or lies inside it.
func (s *sheet) within(id, outer string) bool {
	for range len(s.boxes) + 1 {
		if id == outer {
			return true
		}
		if id == "" {
			return false
		}
		id = s.parent[id]
	}
	return false
}

// overlaps counts pairs of boxes that share area although neither is in the other.
func (s *sheet) overlaps() int {
	boxes := slices.Clone(s.boxes)
	slices.SortStableFunc(boxes, func(a, b layout.Box) int { return cmp.Compare(a.Rect.X, b.Rect.X) })
	n := 0
	for i, a := range boxes {
		for _, b := range boxes[i+1:] {
			if b.Rect.X >= a.Rect.Right() {
				break
			}
			if a.Rect.Overlaps(b.Rect) && !s.within(a.ID, b.ID) && !s.within(b.ID, a.ID) {
				n++
			}
		}
	}
	return n
}

// near calls f with the pieces that may meet a rectangle.
func (s *sheet) near(r layout.Rect, f func(piece)) {
	first, _ := slices.BinarySearchFunc(s.pieces, r.X-s.widest, func(p piece, x int) int { return cmp.Compare(p.a.X, x) })
	for _, p := range s.pieces[first:] {
		if p.a.X > r.Right() {
			return
		}
		if p.b.X >= r.X && min(p.a.Y, p.b.Y) <= r.Bottom() && max(p.a.Y, p.b.Y) >= r.Y {
			f(p)
		}
	}
}

// through counts lines that run where they should not.
func (s *sheet) through() (boxes, frames, titles, hugging int) {
	for _, b := range s.boxes {
		inBox, inTitle, along := make(map[int]bool), make(map[int]bool), make(map[int]bool)
		s.near(grown(b.Rect, Clearance), func(p piece) {
			l := s.lines[p.line]
			own := s.within(l.Source, b.ID) || s.within(l.Target, b.ID)
			if runsThrough(grown(b.Rect, -1), p) && (!b.Boundary || !own) {
				inBox[p.line] = true
			}
			if !b.Title.Empty() && runsThrough(b.Title, p) {
				inTitle[p.line] = true
			}
			if !own && runsAlong(b.Rect, p) {
				along[p.line] = true
			}
		})
		if b.Boundary {
			frames += len(inBox)
		} else {
			boxes += len(inBox)
		}
		titles += len(inTitle)
		hugging += len(along)
	}
	return boxes, frames, titles, hugging
}

func grown(r layout.Rect, by int) layout.Rect {
	return layout.Rect{X: r.X - by, Y: r.Y - by, W: r.W + 2*by, H: r.H + 2*by}
}

// runsThrough reports whether a piece has a part inside a rectangle (Liang and Barsky, "A new concept and method for
// line clipping", ACM Transactions on Graphics 3(1), 1984).
func runsThrough(r layout.Rect, p piece) bool {
	if r.Empty() {
		return false
	}
	from, to := 0.0, 1.0
	clip := func(start, delta, lo, hi int) bool {
		if delta == 0 {
			return lo < start && start < hi
		}
		a, b := float64(lo-start)/float64(delta), float64(hi-start)/float64(delta)
		from, to = max(from, min(a, b)), min(to, max(a, b))
		return from < to
	}
	return clip(p.a.X, p.b.X-p.a.X, r.X, r.Right()) && clip(p.a.Y, p.b.Y-p.a.Y, r.Y, r.Bottom())
}

// runsAlong reports whether a horizontal or vertical piece runs along a side of a rectangle, nearer than Clearance.
func runsAlong(r layout.Rect, p piece) bool {
	switch {
	case p.a.X == p.b.X:
		gap := min(magnitude(p.a.X-r.X), magnitude(p.a.X-r.Right()))
		return gap < Clearance && min(p.b.Y, r.Bottom()) > max(p.a.Y, r.Y)
	case p.a.Y == p.b.Y:
		gap := min(magnitude(p.a.Y-r.Y), magnitude(p.a.Y-r.Bottom()))
		return gap < Clearance && min(p.b.X, r.Right()) > max(p.a.X, r.X)
	}
	return false
}

// covering counts labels that lie on something.
func (s *sheet) covering() int {
	n := 0
	for i, l := range s.lines {
		if !l.Label.Empty() && s.covers(i) {
			n++
		}
	}
	return n
}

func (s *sheet) covers(i int) bool {
	label := s.lines[i].Label
	for _, b := range s.boxes {
		if !b.Boundary && b.Rect.Overlaps(label) || b.Title.Overlaps(label) {
			return true
		}
	}
	for k, o := range s.lines {
		if k != i && o.Label.Overlaps(label) {
			return true
		}
	}
	covered := false
	s.near(label, func(p piece) { covered = covered || p.line != i && runsThrough(label, p) })
	return covered
}
