package fold

import (
	"cmp"
	"slices"

	"c4arch/internal/arch/c4"
)

// tree is how the nodes of a view are nested, by their number in the view.
type tree struct {
	view   *c4.View
	number map[string]int
	parent []int // -1 at the top
	level  []int // 1 at the top
	kids   []int // how many nodes stand directly in it
	open   []bool
	forced []bool // open whatever the limit
}

// newTree reads the nesting. A parent that does not stand before its child is none: no view that is sound has one, and so
// no chain of parents is endless.
func newTree(v *c4.View) *tree {
	n := len(v.Nodes)
	t := &tree{
		view: v, number: make(map[string]int, n), parent: make([]int, n), level: make([]int, n), kids: make([]int, n),
		open: make([]bool, n), forced: make([]bool, n),
	}
	for i := range v.Nodes {
		t.parent[i], t.level[i] = -1, 1
		if p, found := t.number[v.Nodes[i].Parent]; found {
			t.parent[i], t.level[i] = p, t.level[p]+1
			t.kids[p]++
		}
		if _, twice := t.number[v.Nodes[i].ID]; !twice {
			t.number[v.Nodes[i].ID] = i
		}
	}
	return t
}

// choose decides which boundaries are open.
func (t *tree) choose(o Options) {
	for id, on := range o.Open {
		if i, found := t.number[id]; found && on {
			for ; i >= 0; i = t.parent[i] {
				t.forced[i] = true
			}
		}
	}
	may := func(i int) bool { return t.forced[i] || !o.Closed[t.view.Nodes[i].ID] }
	switch {
	case o.Depth > 0:
		for i := range t.open {
			t.open[i] = may(i) && (t.forced[i] || t.level[i] < o.Depth)
		}
	case o.Most < 0:
		for i := range t.open {
			t.open[i] = may(i)
		}
	default:
		t.forceSubject(may)
		t.fill(cmp.Or(o.Most, Threshold), may)
	}
	for i := range t.open {
		t.open[i] = t.open[i] && t.level[i] < mostLevels
	}
}

// forceSubject opens what the view is about, unless that or what is around it was closed on purpose: a picture of the inside
// of a system that shows the system as one box shows nothing.
func (t *tree) forceSubject(may func(int) bool) {
	for i := range t.view.Nodes {
		if t.view.Subject == "" || t.view.Nodes[i].Element != t.view.Subject {
			continue
		}
		var chain []int
		for j := i; j >= 0; j = t.parent[j] {
			if !may(j) {
				chain = nil
				break
			}
			chain = append(chain, j)
		}
		for _, j := range chain {
			t.forced[j] = true
		}
	}
}

// fill opens boundaries from the outermost in, of each level the small before the large, as long as the boxes fit.
func (t *tree) fill(most int, may func(int) bool) {
	levels := map[int][]int{}
	boxes, deepest := 0, 0
	for i := range t.view.Nodes {
		if t.level[i] == 1 {
			boxes++
		}
		if t.kids[i] > 0 {
			levels[t.level[i]] = append(levels[t.level[i]], i)
			deepest = max(deepest, t.level[i])
		}
	}
	for level := 1; level <= deepest; level++ {
		some := slices.DeleteFunc(levels[level], func(i int) bool { return !may(i) || t.parent[i] >= 0 && !t.open[t.parent[i]] })
		slices.SortFunc(some, t.before)
		for _, i := range some {
			grows := t.kids[i] - 1
			if t.forced[i] || boxes+grows <= most || boxes < least {
				t.open[i] = true
				boxes += grows
			}
		}
	}
}

// before orders boundaries of one level: what must be open, then the small.
func (t *tree) before(i, j int) int {
	rank := func(i int) int {
		if t.forced[i] {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(rank(i), rank(j)), cmp.Compare(t.kids[i], t.kids[j]), cmp.Compare(t.view.Nodes[i].ID, t.view.Nodes[j].ID))
}
