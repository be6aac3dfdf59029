package main

import (
	"math"
	"slices"
	"syscall"
	"time"

	"c4arch/internal/render/layout"
	"c4arch/internal/render/layout/layouttest"
)

// engine lays out a graph. Before, when it is not nil, is its own drawing of the graph as it was.
type engine struct {
	name   string
	curves bool // corners mean nothing
	stable bool // is handed the drawing before
	draw   func(g layout.Graph, before *result, runs int) (*result, error)
}

// result is a drawing and how long it took to make.
type result struct {
	took    time.Duration // median
	cpu     time.Duration // of the processor, median
	drawing layouttest.Drawing
	seats   map[string]layout.Seat
	ways    map[string]layout.Route
}

func median(took []time.Duration) time.Duration {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[len(took)/2]
}

// ours is the engine of this repository.
func ours() engine {
	return engine{name: "c4arch", stable: true, draw: func(g layout.Graph, before *result, runs int) (*result, error) {
		var o layout.Options
		if before != nil {
			o.Previous, o.Ways = before.seats, before.ways
		}
		var took, cpu []time.Duration
		var last *layout.Layout
		for range runs {
			start, used := time.Now(), processor()
			l, err := layout.Arrange(g, o)
			if err != nil {
				return nil, err
			}
			took, cpu, last = append(took, time.Since(start)), append(cpu, processor()-used), l
		}
		return &result{took: median(took), cpu: median(cpu), drawing: layouttest.Of(g, last), seats: layouttest.Seats(last), ways: layouttest.Ways(last)}, nil
	}}
}

// round takes over a coordinate of another engine, which are no integers.
func round(f float64) int { return int(math.Round(f)) }

// frames completes boxes with what a drawing of another engine does not say: what lies in what, and where titles stand.
func frames(g layout.Graph, at map[string]layout.Rect) []layout.Box {
	holds := make(map[string]bool)
	for _, n := range g.Nodes {
		holds[n.Parent] = true
	}
	var boxes []layout.Box
	for _, n := range g.Nodes {
		b := layout.Box{ID: n.ID, Parent: n.Parent, Rect: at[n.ID], Boundary: holds[n.ID]}
		if b.Boundary && n.Title.H > 0 {
			b.Title = layout.Rect{X: b.Rect.X + 14, Y: b.Rect.Y + 10, W: n.Title.W, H: n.Title.H}
		}
		boxes = append(boxes, b)
	}
	return boxes
}

// processor is how long this process has used the processor, all its threads together.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
