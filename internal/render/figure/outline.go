package figure

import "c4arch/internal/render/layout"

// Sizes of outlines, in pixels.
const (
	capH    = 9  // half the height of a cylinder's lid
	pointW  = 12 // how far the point of a hexagon stands out
	barH    = 20 // title bar of a browser window
	cornerW = 14 // the corner that a function has cut off
	radius  = 8
	soften  = 22 // corners of people and of what is far away
)

// outline draws the shape of a box.
func outline(role Role, shape string, r layout.Rect) []Shape {
	x, y, w, h := r.X, r.Y, r.W, r.H
	var p, deco pen
	switch shape {
	case "database", "cache":
		p.move(x, y+capH)
		p.quarter(x+w/2, y, false)
		p.quarter(x+w, y+capH, true)
		p.line(x+w, y+h-capH)
		p.quarter(x+w/2, y+h, false)
		p.quarter(x, y+h-capH, true)
		deco.move(x, y+capH)
		deco.quarter(x+w/2, y+2*capH, false)
		deco.quarter(x+w, y+capH, true)
	case "queue":
		p.move(x+capH, y)
		p.line(x+w-capH, y)
		p.quarter(x+w, y+h/2, true)
		p.quarter(x+w-capH, y+h, false)
		p.line(x+capH, y+h)
		p.quarter(x, y+h/2, true)
		p.quarter(x+capH, y, false)
		deco.move(x+w-capH, y)
		deco.quarter(x+w-2*capH, y+h/2, true)
		deco.quarter(x+w-capH, y+h, false)
	case "gateway":
		p.move(x, y+h/2)
		p.line(x+pointW, y)
		p.line(x+w-pointW, y)
		p.line(x+w, y+h/2)
		p.line(x+w-pointW, y+h)
		p.line(x+pointW, y+h)
	case "function":
		p.move(x, y)
		p.line(x+w-cornerW, y)
		p.line(x+w, y+cornerW)
		p.line(x+w, y+h)
		p.line(x, y+h)
		deco.move(x+w-cornerW, y)
		deco.line(x+w-cornerW, y+cornerW)
		deco.line(x+w, y+cornerW)
	case "browser":
		return append([]Shape{round(role, r, radius)}, bar(role, r)...)
	case "person", "internet", "network":
		return []Shape{round(role, r, soften)}
	case boundary:
		return []Shape{round(role, r, 10)}
	default:
		return []Shape{round(role, r, radius)}
	}
	p.close()
	out := []Shape{{Role: role, Path: p.segs}}
	if len(deco.segs) > 0 && role == RoleBox {
		out = append(out, Shape{Role: RoleDeco, Path: deco.segs})
	}
	return out
}

// bar is the title bar of a browser: three dots and the field for the address.
func bar(role Role, r layout.Rect) []Shape {
	if role != RoleBox {
		return nil
	}
	var p pen
	h := min(barH, r.H/3)
	p.move(r.X, r.Y+h)
	p.line(r.Right(), r.Y+h)
	if r.W > 100 {
		for i := range 3 {
			p.move(r.X+12+7*i, r.Y+h/2)
			p.line(r.X+13+7*i, r.Y+h/2)
		}
		p.move(r.X+44, r.Y+h/2)
		p.line(r.Right()-16, r.Y+h/2)
	}
	return []Shape{{Role: RoleDeco, Path: p.segs}}
}

// dent is how far the outline of a shape lies inside its rectangle at a point of a side, so that lines end at the outline.
func dent(shape string, r layout.Rect, p layout.Point) int {
	bow := func(off, half, height int) int {
		off = min(off, half)
		return height - sqrt(half*half-off*off)*height/max(1, half)
	}
	flat := p.Y == r.Y || p.Y == r.Bottom()
	dx, dy := abs(p.X-r.X-r.W/2), abs(p.Y-r.Y-r.H/2)
	switch shape {
	case "database", "cache":
		if flat {
			return bow(dx, r.W/2, capH)
		}
	case "queue":
		if !flat {
			return bow(dy, r.H/2, capH)
		}
	case "gateway":
		if !flat {
			return pointW * dy * 2 / max(1, r.H)
		}
	case "function":
		if flat && p.Y == r.Y {
			return max(0, p.X-r.Right()+cornerW)
		}
		if !flat && p.X == r.Right() {
			return max(0, r.Y+cornerW-p.Y)
		}
	case "person", "internet", "network": // near a round corner
		off := soften - (r.W/2 - dx)
		if !flat {
			off = soften - (r.H/2 - dy)
		}
		return bow(max(0, off), soften, soften)
	}
	return 0
}

// stacked is the same for a folded card, at the upper corners of which the cards behind it are smaller.
func stacked(r layout.Rect, p layout.Point) int {
	off := p.Y - r.Y // along a side, from the top
	switch p.Y {
	case r.Bottom():
		return 0
	case r.Y: // along the top, from the nearer corner
		off = min(p.X-r.X, r.Right()-p.X)
	}
	return max(0, (2*stackStep-off+stackStep-1)/stackStep) * stackStep
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// sqrt is the integer square root.
func sqrt(n int) int {
	x := n
	for y := (x + 1) / 2; y < x; y = (x + n/x) / 2 {
		x = y
	}
	return x
}
