package figure

import "c4arch/internal/render/layout"

// pen draws a path. It is given pixels and writes hundredths of them.
type pen struct{ segs []Seg }

// curve is how far the control points of a cubic Bézier lie from its ends when it stands for a quarter of an ellipse, in
// thousandths of the radius: 4/3 (√2 − 1).
const curve = 552

func (p *pen) move(x, y int) { p.segs = append(p.segs, Seg{Op: 'M', P: [6]int{100 * x, 100 * y}}) }
func (p *pen) line(x, y int) { p.segs = append(p.segs, Seg{Op: 'L', P: [6]int{100 * x, 100 * y}}) }
func (p *pen) close()        { p.segs = append(p.segs, Seg{Op: 'Z'}) }

// at is where the pen is, in hundredths.
func (p *pen) at() (x, y int) {
	s := p.segs[len(p.segs)-1]
	if s.Op == 'C' {
		return s.P[4], s.P[5]
	}
	return s.P[0], s.P[1]
}

// quarter draws a quarter of an ellipse; it leaves along x when flat is set, and along y otherwise.
func (p *pen) quarter(x, y int, flat bool) {
	x0, y0 := p.at()
	x, y = 100*x, 100*y
	dx, dy := (x-x0)*curve/1000, (y-y0)*curve/1000
	if flat {
		p.segs = append(p.segs, Seg{'C', [6]int{x0 + dx, y0, x, y - dy, x, y}})
	} else {
		p.segs = append(p.segs, Seg{'C', [6]int{x0, y0 + dy, x - dx, y, x, y}})
	}
}

// bend draws the quadratic Bézier curve around a corner.
func (p *pen) bend(cx, cy, x, y int) {
	x0, y0 := p.at()
	cx, cy, x, y = 100*cx, 100*cy, 100*x, 100*y
	p.segs = append(p.segs, Seg{'C', [6]int{x0 + (cx-x0)*2/3, y0 + (cy-y0)*2/3, x + (cx-x)*2/3, y + (cy-y)*2/3, x, y}})
}

// round is a rectangle with round corners.
func round(role Role, r layout.Rect, radius int) Shape {
	radius = max(0, min(radius, r.W/2, r.H/2))
	var p pen
	if radius == 0 {
		p.move(r.X, r.Y)
		p.line(r.Right(), r.Y)
		p.line(r.Right(), r.Bottom())
		p.line(r.X, r.Bottom())
	} else {
		p.move(r.X+radius, r.Y)
		p.line(r.Right()-radius, r.Y)
		p.quarter(r.Right(), r.Y+radius, true)
		p.line(r.Right(), r.Bottom()-radius)
		p.quarter(r.Right()-radius, r.Bottom(), false)
		p.line(r.X+radius, r.Bottom())
		p.quarter(r.X, r.Bottom()-radius, true)
		p.line(r.X, r.Y+radius)
		p.quarter(r.X+radius, r.Y, false)
	}
	p.close()
	return Shape{Role: role, Path: p.segs, Rect: r, Radius: radius}
}

// write is one line of text; y is its base line.
func write(role Role, x, y int, s string, middle bool) Shape {
	return Shape{Role: role, Text: s, X: x, Y: y, Face: faceOf(role), Middle: middle}
}
