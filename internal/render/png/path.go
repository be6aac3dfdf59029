package png

import (
	"math"

	"c4arch/internal/render/figure"
	"c4arch/internal/render/font"
)

// point is a place in pixels.
type point struct{ x, y float64 }

func (p point) plus(q point, k float64) point { return point{p.x + q.x*k, p.y + q.y*k} }

// line is a path of straight pieces.
type line struct {
	at     []point
	closed bool
}

// tolerance is how far a straight piece may lie from the curve that it stands for, in pixels.
const tolerance = 0.02

// flat makes a figure's path into lines.
func flat(path []figure.Seg, scale float64) []line {
	var out []line
	k := scale / 100
	at := func(s figure.Seg, i int) point { return point{float64(s.P[2*i]) * k, float64(s.P[2*i+1]) * k} }
	last := func() *line {
		if len(out) == 0 {
			out = append(out, line{at: []point{{}}})
		}
		l := &out[len(out)-1]
		if l.closed { // what follows a 'Z' begins where it began
			out = append(out, line{at: []point{l.at[0]}})
			l = &out[len(out)-1]
		}
		return l
	}
	for _, s := range path {
		switch s.Op {
		case 'M':
			out = append(out, line{at: []point{at(s, 0)}})
		case 'L':
			l := last()
			l.at = append(l.at, at(s, 0))
		case 'C':
			l := last()
			l.at = cubic(l.at, l.at[len(l.at)-1], at(s, 0), at(s, 1), at(s, 2))
		case 'Z':
			if len(out) > 0 {
				out[len(out)-1].closed = true
			}
		}
	}
	return out
}

// pieces is how many straight pieces a curve becomes whose second differences are at most d long.
func pieces(d float64) int {
	return int(min(max(math.Ceil(math.Sqrt(d*0.75/tolerance)), 1), 96))
}

func cubic(out []point, a, b, c, d point) []point {
	n := pieces(max(math.Hypot(a.x-2*b.x+c.x, a.y-2*b.y+c.y), math.Hypot(b.x-2*c.x+d.x, b.y-2*c.y+d.y)))
	for i := 1; i <= n; i++ {
		t := float64(i) / float64(n)
		u := 1 - t
		p := point{}.plus(a, u*u*u).plus(b, 3*u*u*t).plus(c, 3*u*t*t).plus(d, t*t*t)
		out = append(out, p)
	}
	return out
}

func quadratic(out []point, a, b, c point) []point {
	n := pieces(math.Hypot(a.x-2*b.x+c.x, a.y-2*b.y+c.y) / 3)
	for i := 1; i <= n; i++ {
		t := float64(i) / float64(n)
		u := 1 - t
		out = append(out, point{}.plus(a, u*u).plus(b, 2*u*t).plus(c, t*t))
	}
	return out
}

// outline makes a glyph's outline into lines around its origin, y downwards; k is the size of a unit.
func outline(segs []font.Seg, k float64) []line {
	var out []line
	for _, s := range segs {
		at := func(i int) point { return point{float64(s.P[2*i]) * k, -float64(s.P[2*i+1]) * k} }
		if s.Op == 'M' || len(out) == 0 {
			out = append(out, line{at: []point{at(0)}, closed: true})
			continue
		}
		l := &out[len(out)-1]
		from := l.at[len(l.at)-1]
		switch s.Op {
		case 'L':
			l.at = append(l.at, at(0))
		case 'Q':
			l.at = quadratic(l.at, from, at(0), at(1))
		case 'C':
			l.at = cubic(l.at, from, at(0), at(1), at(2))
		}
	}
	return out
}
