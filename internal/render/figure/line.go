package figure

import (
	"fmt"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/scene"
)

const (
	headLength = 10
	headHalf   = 4
	openHalf   = 5 // an open head is wider, to be told from a closed one
	bendRadius = 7
	// Relationship labels are about 22 characters wide.
	tagW = 150
)

// tag is the text on a line.
type tag struct {
	flag string
	text []string
	tech []string
	w, h int
}

func newTag(l *c4.Line, mark scene.Mark) *tag {
	t := &tag{}
	if mark.Kind != "" {
		t.flag = faceFlag.shorten(clean(mark.String()), tagW)
		t.w, t.h = faceFlag.width(t.flag), faceFlag.line()
	}
	if d := clean(scene.Lead(l)); d != "" {
		t.text = faceLabel.wrap(d, tagW, 3)
	}
	if s := clean(l.Technology); s != "" {
		t.tech = faceSmall.wrap("["+s+"]", tagW, 2)
	}
	if said := several(l); said != "" {
		t.tech = append(t.tech, said)
	}
	for _, s := range t.text {
		t.w = max(t.w, faceLabel.width(s))
	}
	for _, s := range t.tech {
		t.w = max(t.w, faceSmall.width(s))
	}
	if t.w > 0 {
		t.w += 8
		t.h += len(t.text)*faceLabel.line() + len(t.tech)*faceSmall.line() + 4
	}
	return t
}

// several says how many relationships a line stands for, where its description does not say so.
func several(l *c4.Line) string {
	said := fmt.Sprintf("%d relationships", len(l.Relationships))
	if len(l.Relationships) < 2 || strings.Contains(l.Description, said) {
		return ""
	}
	return said
}

// draw writes the label.
func (t *tag) draw(r layout.Rect) []Shape {
	if r.Empty() {
		return nil
	}
	var out []Shape
	x, y := r.X+r.W/2, r.Y+1
	if t.flag != "" {
		out = append(out, write(RoleTold, x, y+faceFlag.Size, t.flag, true))
		y += faceFlag.line()
	}
	out = append(out, lines(RoleLabel, x, y, t.text, true)...)
	return append(out, lines(RoleTech, x, y+len(t.text)*faceLabel.line(), t.tech, true)...)
}

// drawLine draws a relationship: its way with a gap for the label, its head, a wide way to point at, and the label.
func drawLine(points []layout.Point, label layout.Rect, t *tag, look Look) []Shape {
	end := points[len(points)-1]
	shaft := append([]layout.Point(nil), points...)
	dx, dy := direction(points[len(points)-2], end)
	if !look.Declared {
		shaft[len(shaft)-1] = layout.Point{X: end.X - dx*(headLength-1), Y: end.Y - dy*(headLength-1)}
	}
	way := path(shaft, label)
	out := []Shape{{Role: RoleHit, Path: path(points, layout.Rect{})}}
	if look.Mark != "" {
		out = append(out, Shape{Role: RoleBand, Path: way})
	}
	out = append(out, Shape{Role: RoleWay, Path: way}, arrow(end, dx, dy, look.Declared))
	return append(out, t.draw(label)...)
}

// arrow is the head of a line: closed and filled, or open where people declared the line.
func arrow(end layout.Point, dx, dy int, open bool) Shape {
	var p pen
	x, y, half := end.X-dx*headLength, end.Y-dy*headLength, headHalf
	if open {
		half = openHalf
	}
	p.move(x-dy*half, y-dx*half)
	p.line(end.X, end.Y)
	p.line(x+dy*half, y+dx*half)
	if !open {
		p.close()
	}
	return Shape{Role: RoleHead, Path: p.segs}
}

// direction is the unit step from a to b along an axis.
func direction(a, b layout.Point) (dx, dy int) {
	switch {
	case b.X > a.X:
		return 1, 0
	case b.X < a.X:
		return -1, 0
	case b.Y > a.Y:
		return 0, 1
	}
	return 0, -1
}

// path is a polyline with rounded bends, leaving out what lies below the label.
func path(ps []layout.Point, label layout.Rect) []Seg {
	var b pen
	b.move(ps[0].X, ps[0].Y)
	at := ps[0]
	for i := 1; i < len(ps); i++ {
		p := ps[i]
		dx, dy := direction(at, p)
		r := 0
		if i+1 < len(ps) {
			r = min(bendRadius, length(ps[i-1], p)/2, length(p, ps[i+1])/2)
		}
		stop := layout.Point{X: p.X - dx*r, Y: p.Y - dy*r}
		if in, out, ok := under(at, stop, label); ok {
			b.line(in.X, in.Y)
			b.move(out.X, out.Y)
		}
		b.line(stop.X, stop.Y)
		at = stop
		if r > 0 {
			ex, ey := direction(p, ps[i+1])
			at = layout.Point{X: p.X + ex*r, Y: p.Y + ey*r}
			b.bend(p.X, p.Y, at.X, at.Y)
		}
	}
	return b.segs
}

func length(a, b layout.Point) int { return abs(a.X-b.X) + abs(a.Y-b.Y) }

// under is where a piece enters and leaves a label.
func under(a, b layout.Point, l layout.Rect) (in, out layout.Point, ok bool) {
	clamp := func(v, lo, hi int) int { return max(lo, min(v, hi)) }
	switch {
	case l.Empty():
	case a.X == b.X && l.X < a.X && a.X < l.Right() && max(a.Y, b.Y) > l.Y && min(a.Y, b.Y) < l.Bottom():
		in, out = layout.Point{X: a.X, Y: clamp(a.Y, l.Y, l.Bottom())}, layout.Point{X: a.X, Y: clamp(b.Y, l.Y, l.Bottom())}
		return in, out, true
	case a.Y == b.Y && l.Y < a.Y && a.Y < l.Bottom() && max(a.X, b.X) > l.X && min(a.X, b.X) < l.Right():
		in, out = layout.Point{X: clamp(a.X, l.X, l.Right()), Y: a.Y}, layout.Point{X: clamp(b.X, l.X, l.Right()), Y: a.Y}
		return in, out, true
	}
	return in, out, false
}
