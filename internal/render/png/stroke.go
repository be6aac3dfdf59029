package png

import "math"

// pen is how a line is stroked, in pixels.
type pen struct {
	width float64
	dash  []float64
	round bool // caps and joins
}

// miterLimit is how far a pointed join may stand out, in widths; SVG's own.
const miterLimit = 4

// stroke is the outline of lines stroked with a pen, to be filled by the non-zero rule. Joins and caps are those of SVG:
// pointed and flat, or round.
func (p pen) stroke(lines []line) []line {
	var out []line
	for _, l := range lines {
		for _, d := range p.dashes(l) {
			out = p.around(out, distinct(d))
		}
	}
	return out
}

// distinct drops corners that stand on the one before them.
func distinct(l line) line {
	at := l.at[:0:0]
	for _, q := range l.at {
		if n := len(at); n == 0 || math.Hypot(q.x-at[n-1].x, q.y-at[n-1].y) > 1e-3 {
			at = append(at, q)
		}
	}
	if n := len(at); l.closed && n > 1 && math.Hypot(at[0].x-at[n-1].x, at[0].y-at[n-1].y) <= 1e-3 {
		at = at[:n-1]
	}
	return line{at: at, closed: l.closed && len(at) > 2}
}

// around adds the outline of one line.
func (p pen) around(out []line, l line) []line {
	switch n := len(l.at); {
	case n == 0 || n == 1 && !p.round:
		return out
	case n == 1:
		return append(out, line{at: p.arc(nil, l.at[0], 0, 2*math.Pi), closed: true})
	}
	back := make([]point, len(l.at))
	for i, q := range l.at {
		back[len(back)-1-i] = q
	}
	if l.closed {
		return append(out, line{at: p.side(nil, l.at, true), closed: true}, line{at: p.side(nil, back, true), closed: true})
	}
	ring := p.cap(p.side(nil, l.at, false), l.at)
	ring = p.cap(p.side(ring, back, false), back)
	return append(out, line{at: ring, closed: true})
}

// along is the direction from a to b.
func along(a, b point) point {
	d := math.Hypot(b.x-a.x, b.y-a.y)
	return point{(b.x - a.x) / d, (b.y - a.y) / d}
}

// left is a direction turned by a quarter to the left, as seen on a sheet whose y runs down.
func left(d point) point { return point{d.y, -d.x} }

// side adds the way along the left side of corners.
func (p pen) side(out, at []point, closed bool) []point {
	n := len(at)
	for i := range n {
		switch {
		case !closed && i == 0:
			out = append(out, at[0].plus(left(along(at[0], at[1])), p.width/2))
		case !closed && i == n-1:
			out = append(out, at[i].plus(left(along(at[i-1], at[i])), p.width/2))
		default:
			out = p.join(out, at[i], along(at[(i+n-1)%n], at[i]), along(at[i], at[(i+1)%n]))
		}
	}
	return out
}

// join adds the corner at q between two directions.
func (p pen) join(out []point, q, from, to point) []point {
	a, b := left(from), left(to)
	turn := from.x*to.y - from.y*to.x
	cos := from.x*to.x + from.y*to.y
	half := p.width / 2
	switch {
	case cos > 0.99: // nearly straight
		return append(out, q.plus(a, half), q.plus(b, half))
	case turn <= 0 && cos > -0.999: // the inner side
		return append(out, q.plus(a, half), q, q.plus(b, half))
	case p.round:
		return p.arc(out, q, math.Atan2(a.y, a.x), math.Acos(min(max(cos, -1), 1)))
	case 2 <= miterLimit*miterLimit*(1+cos): // 1/sin of half the angle is within the limit
		return append(out, q.plus(point{a.x + b.x, a.y + b.y}, half/(1+cos)))
	}
	return append(out, q.plus(a, half), q.plus(b, half))
}

// cap adds the end of a line.
func (p pen) cap(out, at []point) []point {
	if !p.round {
		return out
	}
	n := len(at)
	a := left(along(at[n-2], at[n-1]))
	return p.arc(out, at[n-1], math.Atan2(a.y, a.x), math.Pi)
}

// arc adds an arc around q from an angle on, clockwise on the sheet.
func (p pen) arc(out []point, q point, from, by float64) []point {
	r := p.width / 2
	n := int(math.Ceil(by / (2 * math.Acos(max(1-tolerance/max(r, tolerance), 0)))))
	n = max(n, int(math.Ceil(by*4/math.Pi)), 1)
	for i := 0; i <= n; i++ {
		s, c := math.Sincos(from + by*float64(i)/float64(n))
		out = append(out, point{q.x + r*c, q.y + r*s})
	}
	return out
}

// mostDashes is how many pieces a line is cut into at most; a longer one is drawn through.
const mostDashes = 100_000

// dashes cuts a line; the pattern begins anew with every line, as in SVG.
func (p pen) dashes(l line) []line {
	sum := 0.0
	for _, d := range p.dash {
		sum += max(d, 0)
	}
	if sum <= 0 {
		return []line{l}
	}
	at := l.at
	if l.closed {
		at = append(at[:len(at):len(at)], at[0])
	}
	length := 0.0
	for i := 1; i < len(at); i++ {
		length += math.Hypot(at[i].x-at[i-1].x, at[i].y-at[i-1].y)
	}
	if length/sum*float64(len(p.dash)) > mostDashes {
		return []line{l}
	}
	return p.cut(at)
}

func (p pen) cut(at []point) []line {
	var out []line
	k, rest, on := 0, max(p.dash[0], 0), true
	cur := []point{at[0]}
	next := func(q point) {
		if on {
			out = append(out, line{at: append(cur, q)})
		}
		k, on = k+1, !on
		rest = max(p.dash[k%len(p.dash)], 0)
		cur = []point{q}
	}
	for i := 1; i < len(at); i++ {
		from, length := at[i-1], math.Hypot(at[i].x-at[i-1].x, at[i].y-at[i-1].y)
		if length == 0 {
			continue
		}
		d := along(from, at[i])
		done := 0.0
		for length-done > rest {
			done += rest
			next(from.plus(d, done))
		}
		rest -= length - done
		cur = append(cur, at[i])
	}
	if on && len(cur) > 1 {
		out = append(out, line{at: cur})
	}
	return out
}
