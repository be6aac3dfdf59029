package layout

import (
	"cmp"
	"slices"
)

// kept are the lines that have their ways already, when others look for theirs among them: what a step along a channel
// crosses, and whether there is room beside what runs there.
type kept struct {
	t      *tree
	across [2][]stretch // horizontal, vertical pieces of the lines, by where they run
	known  []int32      // per node and direction: what a step costs and one more, 0 when that is not known yet
}

// stretch is a piece of a line that stays.
type stretch struct{ at, lo, hi int }

// costTight is what it costs to run where there is no room for one more line: boxes that have their places must be moved.
const costTight = 1500

// newKept collects the lines that have ways; nil when there are none.
func newKept(t *tree, nodes int) *kept {
	k := &kept{t: t}
	for _, w := range t.wires {
		for i := 1; i < len(w.points); i++ {
			a, b := w.points[i-1], w.points[i]
			if a.X == b.X {
				k.across[1] = append(k.across[1], stretch{a.X, min(a.Y, b.Y), max(a.Y, b.Y)})
			} else {
				k.across[0] = append(k.across[0], stretch{a.Y, min(a.X, b.X), max(a.X, b.X)})
			}
		}
	}
	if len(k.across[0])+len(k.across[1]) == 0 {
		return nil
	}
	for _, all := range k.across {
		slices.SortFunc(all, func(a, b stretch) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.lo, b.lo)) })
	}
	k.known = make([]int32, nodes*dirs)
	return k
}

// between counts the lines of a direction that run between two places, both left out, over some of a stretch.
func (k *kept) between(vertical bool, from, to, lo, hi int) int {
	all := k.across[index(vertical)]
	i, _ := slices.BinarySearchFunc(all, from+1, func(s stretch, v int) int { return cmp.Compare(s.at, v) })
	n := 0
	for ; i < len(all) && all[i].at < to; i++ {
		if all[i].lo < hi && all[i].hi > lo {
			n++
		}
	}
	return n
}

// cost is what a step costs more for the sake of the lines that are there.
func (k *kept) cost(net *network, node, d int32) int32 {
	known := &k.known[node*dirs+d]
	if *known == 0 {
		a, b := net.at[node], net.at[net.arcs[node][d].to]
		if a.X > b.X || a.Y > b.Y {
			a, b = b, a
		}
		if vertical := a.X == b.X; vertical {
			*known = 1 + k.step(net.arcs[node][d].owner, vertical, a.X, a.Y, b.Y)
		} else {
			*known = 1 + k.step(net.arcs[node][d].owner, vertical, a.Y, a.X, b.X)
		}
	}
	return *known - 1
}

// step is the cost of a step at a place from one end to the other within a boundary.
func (k *kept) step(owner int32, vertical bool, at, from, to int) int32 {
	cost := costCross * int32(k.between(!vertical, from-1, to, at, at+1))
	c := k.t.boxes[owner]
	low, high, keeps := nowhere, -nowhere, [2]int{distance[kindWall][kindLine], distance[kindWall][kindLine]}
	if c.parent != nil {
		low, high = c.x, c.x+c.w
		if !vertical {
			low, high = c.y+c.bar(), c.y+c.h
		}
	}
	for _, b := range c.kids {
		near, far, first, last, keep := b.x, b.x+b.w, b.y, b.y+b.h, distance[kindLeaf][kindLine]
		if !vertical {
			near, far, first, last = first, last, near, far
		}
		if first >= to || last <= from {
			continue
		}
		if b.boundary() {
			keep = distance[kindWall][kindLine]
		}
		if far <= at && far > low {
			low, keeps[0] = far, keep
		}
		if near >= at && near < high {
			high, keeps[1] = near, keep
		}
	}
	if low == nowhere || high == -nowhere {
		return cost
	}
	lines := k.between(vertical, low, high, from, to)
	if keeps[0]+keeps[1]+lines*distance[kindLine][kindLine] > high-low {
		cost += costTight * int32(min(to-from, 100)) / 100
	}
	return cost
}
