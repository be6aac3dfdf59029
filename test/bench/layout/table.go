package main

import (
	"fmt"
	"io"
	"slices"
	"time"

	"c4arch/internal/render/layout"
	"c4arch/internal/render/layout/layouttest"
)

// far is by how much a box must move to count as moved: the width of a generated box, as in earlier measurements.
const far = 180

// row sums up what an engine made of a sample.
type row struct {
	took    time.Duration
	cpu     time.Duration
	all     layouttest.Measure
	failed  int
	largest layout.Size
	moved   [3]int // after an addition, in another order, after a removal
	lost    [3]int // drawings of these that failed
	outside [3]int // of them outside the boundary that was changed
	aspects []int
}

// measure lays out every graph of a sample, and each three times more: with a box more, in another order, with one less.
func measure(e engine, s sample, runs int, complain io.Writer) row {
	var r row
	for i, g := range s.graphs {
		base, err := e.draw(g, nil, runs)
		if err != nil {
			fmt.Fprintf(complain, "%s, graph %d of %s: %v\n", e.name, i, s.name, err)
			r.failed++
			continue
		}
		r.took += base.took
		r.cpu += base.cpu
		m := layouttest.Count(base.drawing)
		r.all = sum(r.all, m)
		if m.Aspect > 0 {
			r.aspects = append(r.aspects, m.Aspect)
		}
		if base.drawing.Size.W*base.drawing.Size.H > r.largest.W*r.largest.H {
			r.largest = base.drawing.Size
		}
		r.change(e, g, base, uint64(i+1), complain)
	}
	return r
}

// change lays out a graph of which base is the drawing with a box more, in another order, and with a box less.
func (r *row) change(e engine, g layout.Graph, base *result, seed uint64, complain io.Writer) {
	more, _, in := layouttest.Added(g, seed)
	less, _, out := layouttest.Removed(g, seed)
	parent := make(map[string]string)
	for _, n := range g.Nodes {
		parent[n.ID] = n.Parent
	}
	before := base
	if !e.stable {
		before = nil
	}
	for k, change := range []struct {
		graph layout.Graph
		in    string
	}{{more, in}, {layouttest.Shuffled(g, seed), "no boundary"}, {less, out}} {
		after, err := e.draw(change.graph, before, 1)
		if err != nil {
			fmt.Fprintf(complain, "%s, a graph that was changed: %v\n", e.name, err)
			r.lost[k]++
			continue
		}
		for _, id := range layouttest.Moved(base.drawing, after.drawing, far) {
			r.moved[k]++
			if parent[id] != change.in {
				r.outside[k]++
			}
		}
	}
}

func sum(a, b layouttest.Measure) layouttest.Measure {
	a.Lines += b.Lines
	a.Crossings += b.Crossings
	a.Shared += b.Shared
	a.Touching += b.Touching
	a.Bends += b.Bends
	a.Length += b.Length
	a.Overlaps += b.Overlaps
	a.Boxes += b.Boxes
	a.Frames += b.Frames
	a.Titles += b.Titles
	a.Covering += b.Covering
	a.Hugging += b.Hugging
	a.Stubs += b.Stubs
	a.Area += b.Area
	return a
}

// head is the head of the table.
const head = `| Graph | Engine | ms | CPU ms | Crossings | Shared | Bends | Length, 1000 px | Overlaps | Through boxes; boundaries; titles | Labels covering | Along boxes | Width : height | Largest, px | Moved: added | shuffled | removed |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
`

func (r row) write(w io.Writer, s sample, e engine) {
	bends := fmt.Sprint(r.all.Bends)
	if e.curves {
		bends = "curves"
	}
	name := e.name
	if r.failed > 0 {
		name += fmt.Sprintf(" (%d failed)", r.failed)
	}
	moved := func(k int) string {
		switch {
		case r.lost[k] > 0 && r.lost[k]+r.failed == len(s.graphs):
			return "failed"
		case k == 1 || r.moved[k] == 0:
			return fmt.Sprint(r.moved[k])
		}
		return fmt.Sprintf("%d (%d outside)", r.moved[k], r.outside[k])
	}
	fmt.Fprintf(w, "| %s | %s | %s | %s | %d | %d | %s | %d | %d | %d; %d; %d | %d | %d | %s | %d × %d | %s | %s | %s |\n",
		s.name, name, milliseconds(r.took), milliseconds(r.cpu), r.all.Crossings, r.all.Shared, bends, r.all.Length/1000, r.all.Overlaps,
		r.all.Boxes, r.all.Frames, r.all.Titles, r.all.Covering, r.all.Hugging, ratio(r.aspects), r.largest.W, r.largest.H, moved(0), moved(1), moved(2))
}

func milliseconds(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	if ms < 10 {
		return fmt.Sprintf("%.1f", ms)
	}
	return fmt.Sprintf("%.0f", ms)
}

// ratio is the median of widths by heights.
func ratio(aspects []int) string {
	if len(aspects) == 0 {
		return "none"
	}
	slices.Sort(aspects)
	m := aspects[len(aspects)/2]
	return fmt.Sprintf("%d.%02d", m/100, m%100)
}
