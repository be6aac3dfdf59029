// Package fold makes a large view readable: boundaries become one box with the count of what is in them, and the lines
// between two folded boundaries become one that says how many they are. Nothing is invented and nothing lost: a folded line
// names all the relationships that it stands for, a folded box how many nodes it stands for (c4.Node.Folded), and the
// description of the view how many relationships run inside folded boxes and are not drawn.
//
// Two things are never drawn, whatever the options say, since nobody could follow them and a picture of them takes minutes and
// gigabytes: what is nested deeper than some levels, which is folded, and the lines of a view that has far too many. Both are
// said. No model that is derived has either; one that is written by hand may.
//
// Not promised: that a view falls below the limit. What the view is about is not folded on its own accord, and a view
// without boundaries has nothing to fold.
package fold

import "c4arch/internal/arch/c4"

// Threshold is how many boxes a view may show before boundaries are folded on their own accord.
const Threshold = 60

// least is how many boxes a picture that is folded on its own accord shows: one box with a large number says nothing.
const least = 4

// Limits of what is drawn at all.
const (
	mostLevels = 100
	mostLines  = 600
)

// Options say what is folded.
type Options struct {
	// Depth is how many levels are shown: 1 shows the outermost boundaries as boxes, 2 opens these and shows the boundaries
	// in them as boxes. 0: as many as fit below Most boxes. Outer boundaries are opened before inner ones, and of one level
	// the small before the large: that opens the most of them, and what stays folded are the largest of the innermost.
	Depth int
	// Most is how many boxes may be shown when Depth is 0; 0 is Threshold, less than 0 is no limit.
	Most int
	// Open are ids of nodes that stay open whatever their depth, with what is around them. Closed are ids of nodes that
	// are folded, unless Open names them or holds something in them.
	Open, Closed map[string]bool
}

// Boxes counts what a view shows as boxes: the nodes that are no boundaries.
func Boxes(v *c4.View) int {
	parents := make(map[string]bool, len(v.Nodes))
	for i := range v.Nodes {
		parents[v.Nodes[i].Parent] = true
	}
	n := 0
	for i := range v.Nodes {
		if !parents[v.Nodes[i].ID] {
			n++
		}
	}
	return n
}
