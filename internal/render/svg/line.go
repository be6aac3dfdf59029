package svg

import (
	"fmt"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/scene"
)

const (
	headLength = 9
	headHalf   = 4
	bendRadius = 7
)

// confidence is the class of a line; the style sheet tells them apart by dashes, not by colour.
func confidence(c c4.Confidence) string {
	switch c {
	case c4.High:
		return "conf-high"
	case c4.May:
		return "conf-may"
	}
	return "conf-certain"
}

// line draws a relationship: its way with a gap for the label, its head, a wide way to point at,
// and the label.
func (o *out) line(index int, l *c4.Line, says string, points []layout.Point, label layout.Rect, t *tag, mark scene.Kind, embedded bool) {
	o.f(`<g class="line %s" data-line="%d" data-relationships="%s"`, confidence(l.Confidence)+marked(mark), index, esc(strings.Join(l.Relationships, " ")))
	if embedded {
		o.f(` aria-label="%s"`, esc(says))
	}
	o.f("><title>%s</title>", esc(says))
	end := points[len(points)-1]
	shaft := append([]layout.Point(nil), points...)
	dx, dy := direction(points[len(points)-2], end)
	shaft[len(shaft)-1] = layout.Point{X: end.X - dx*(headLength-1), Y: end.Y - dy*(headLength-1)}
	way := path(shaft, label)
	o.f(`<path class="hit" d="%s"/>`, path(points, layout.Rect{}))
	if mark != "" {
		o.f(`<path class="band" d="%s"/>`, way)
	}
	o.f(`<path class="way" d="%s"/>`, way)
	o.f(`<path class="head" d="M%d %dl%d %dl%d %dz"/>`, end.X, end.Y,
		-dx*headLength-dy*headHalf, -dy*headLength-dx*headHalf, 2*dy*headHalf, 2*dx*headHalf)
	if !label.Empty() {
		x := label.X + label.W/2
		y := label.Y + 1
		if t.flag != "" {
			y = o.lines("flagged", faceFlag, x, y, []string{t.flag})
		}
		y = o.lines("", faceLabel, x, y, t.text)
		o.lines("tech", faceChip, x, y, t.tech)
	}
	o.WriteString("</g>\n")
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

// path writes a polyline with rounded bends, leaving out what lies below the label.
func path(ps []layout.Point, label layout.Rect) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%d %d", ps[0].X, ps[0].Y)
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
			fmt.Fprintf(&b, "L%d %dM%d %d", in.X, in.Y, out.X, out.Y)
		}
		fmt.Fprintf(&b, "L%d %d", stop.X, stop.Y)
		at = stop
		if r > 0 {
			ex, ey := direction(p, ps[i+1])
			at = layout.Point{X: p.X + ex*r, Y: p.Y + ey*r}
			fmt.Fprintf(&b, "Q%d %d %d %d", p.X, p.Y, at.X, at.Y)
		}
	}
	return b.String()
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
