package figure

import (
	"slices"

	"c4arch/internal/arch/placement"
	"c4arch/internal/render/layout"
)

// joins is what a line joins. Lines between the same two nodes are told apart by their order.
type joins struct {
	source, target string
	nth            int
}

// ranked returns the lines of the view in the order of their ids, and what each joins.
func (d *drawing) ranked() ([]int, []joins) {
	order := make([]int, len(d.lineIDs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if d.lineIDs[a] < d.lineIDs[b] {
			return -1
		}
		return 1
	})
	is, seen := make([]joins, len(order)), make(map[joins]int, len(order))
	for at, i := range order {
		j := joins{source: d.view.Lines[i].Source, target: d.view.Lines[i].Target}
		seen[j]++
		j.nth = seen[joins{source: j.source, target: j.target}]
		is[at] = j
	}
	return order, is
}

// ways is what the layout is told of the lines of the last time.
func (d *drawing) ways(v *placement.View) map[string]layout.Route {
	if v == nil || len(v.Lines) == 0 {
		return nil
	}
	last, seen := make(map[joins]*placement.Line, len(v.Lines)), make(map[joins]int, len(v.Lines))
	for i := range v.Lines {
		j := joins{source: v.Lines[i].Source, target: v.Lines[i].Target}
		seen[j]++
		last[joins{j.source, j.target, seen[j]}] = &v.Lines[i]
	}
	out := make(map[string]layout.Route, len(last))
	order, is := d.ranked()
	for at, i := range order {
		if l := last[is[at]]; l != nil {
			out[d.lineIDs[i]] = route(l)
		}
	}
	return out
}

func route(l *placement.Line) layout.Route {
	var r layout.Route
	for i := 0; i+1 < len(l.Way); i += 2 {
		r.Points = append(r.Points, layout.Point{X: l.Way[i], Y: l.Way[i+1]})
	}
	if len(l.Label) == 4 {
		r.Label = layout.Rect{X: l.Label[0], Y: l.Label[1], W: l.Label[2], H: l.Label[3]}
	}
	return r
}

// lines is what the next picture is told of the lines of this one.
func (d *drawing) lines() []placement.Line {
	routes := make(map[string]*layout.Route, len(d.layout.Routes))
	for i := range d.layout.Routes {
		routes[d.layout.Routes[i].ID] = &d.layout.Routes[i]
	}
	var out []placement.Line
	order, is := d.ranked()
	for at, i := range order {
		r, l := routes[d.lineIDs[i]], placement.Line{Source: is[at].source, Target: is[at].target}
		for _, p := range r.Points {
			l.Way = append(l.Way, p.X, p.Y)
		}
		if !r.Label.Empty() {
			l.Label = []int{r.Label.X, r.Label.Y, r.Label.W, r.Label.H}
		}
		out = append(out, l)
	}
	return out
}
