package layouttest

import (
	"slices"

	"c4arch/internal/render/layout"
)

// Drawing is a laid out graph of any engine.
type Drawing struct {
	Size  layout.Size
	Boxes []layout.Box
	Lines []Line
}

// Line is a way between two boxes; its pieces need not be horizontal or vertical.
type Line struct {
	ID, Source, Target string
	Points             []layout.Point
	Label              layout.Rect
}

// Of is what our engine made of a graph.
func Of(g layout.Graph, l *layout.Layout) Drawing {
	ends := make(map[string]layout.Edge, len(g.Edges))
	for _, e := range g.Edges {
		ends[e.ID] = e
	}
	d := Drawing{Size: l.Size, Boxes: l.Boxes}
	for _, r := range l.Routes {
		e := ends[r.ID]
		d.Lines = append(d.Lines, Line{ID: r.ID, Source: e.Source, Target: e.Target, Points: r.Points, Label: r.Label})
	}
	return d
}

// Seats are the places of a layout, as the next one takes them.
func Seats(l *layout.Layout) map[string]layout.Seat {
	seats := make(map[string]layout.Seat, len(l.Boxes))
	for _, b := range l.Boxes {
		seats[b.ID] = layout.Seat{Rect: b.Rect}
	}
	return seats
}

// Ways are the lines of a layout, as the next one takes them.
func Ways(l *layout.Layout) map[string]layout.Route {
	ways := make(map[string]layout.Route, len(l.Routes))
	for _, r := range l.Routes {
		ways[r.ID] = r
	}
	return ways
}

// Measure is what one can count in a drawing.
type Measure struct {
	Lines     int
	Crossings int // proper crossings of pieces of different lines
	Shared    int // pairs of lines that lie on one another for a stretch, which are no crossings
	Touching  int // pairs of lines of which one has a corner on the other
	Bends     int
	Length    int // of all lines
	Overlaps  int // pairs of boxes of which neither is in the other and that share area
	Boxes     int // lines through a box that is not their end, or through the inside of their end
	Frames    int // lines through a boundary that holds neither end
	Titles    int // lines through a title
	Covering  int // labels on a box, a title, another label or another's line
	Hugging   int // lines that run along a box or boundary that is not their end, nearer than Clearance
	Stubs     int // last pieces too short for an arrowhead
	Aspect    int // width by height, in hundredths
	Area      int // in thousands of square pixels
}

// Clearance is how near a line may run along what it does not belong to, and HeadLength what an arrowhead needs.
const (
	Clearance  = 8
	HeadLength = 10
)

// Count measures a drawing.
func Count(d Drawing) Measure {
	m := Measure{Lines: len(d.Lines), Area: d.Size.W * d.Size.H / 1000}
	if d.Size.H > 0 {
		m.Aspect = d.Size.W * 100 / d.Size.H
	}
	s := newSheet(d)
	for _, l := range s.lines {
		m.Bends += max(0, len(l.points)-2)
		for i := 1; i < len(l.points); i++ {
			m.Length += distance(l.points[i-1], l.points[i])
		}
		if n := len(l.points); n > 1 && distance(l.points[n-2], l.points[n-1]) < HeadLength {
			m.Stubs++
		}
	}
	m.Crossings, m.Shared, m.Touching = s.meetings()
	m.Overlaps = s.overlaps()
	m.Boxes, m.Frames, m.Titles, m.Hugging = s.through()
	m.Covering = s.covering()
	return m
}

// Moved are the boxes that are in both drawings, hold no other, and of which the top left corner moved by more than far
// in any direction after the median of all movements is taken off, sorted.
func Moved(before, after Drawing, far int) []string {
	was := make(map[string]layout.Rect)
	for _, b := range before.Boxes {
		if !b.Boundary {
			was[b.ID] = b.Rect
		}
	}
	var ids []string
	var dx, dy []int
	for _, b := range after.Boxes {
		if r, ok := was[b.ID]; ok && !b.Boundary {
			ids = append(ids, b.ID)
			dx, dy = append(dx, b.Rect.X-r.X), append(dy, b.Rect.Y-r.Y)
		}
	}
	mx, my := median(dx), median(dy)
	var moved []string
	for i, id := range ids {
		if max(magnitude(dx[i]-mx), magnitude(dy[i]-my)) > far {
			moved = append(moved, id)
		}
	}
	slices.Sort(moved)
	return moved
}

func median(n []int) int {
	if len(n) == 0 {
		return 0
	}
	n = slices.Clone(n)
	slices.Sort(n)
	return n[len(n)/2]
}

func magnitude(n int) int { return max(n, -n) }
