// Package fold makes a large view readable: boundaries become one box with the count of what is in them, and the lines
// between two folded boundaries become one that says how many they are. Nothing is invented and nothing lost: a folded line
// names all the relationships that it stands for, and a folded box how many nodes it stands for (c4.Node.Folded).
package fold

// Threshold is how many boxes a view may show before boundaries are folded on their own accord.
const Threshold = 60

// Options say what is folded.
type Options struct {
	// Depth is how many levels of boundaries are open: 1 shows the outermost boundaries as boxes. 0: as many as fit
	// below Most boxes.
	Depth int
	// Most is how many boxes may be shown when Depth is 0; 0 is Threshold, less than 0 is no limit.
	Most int
	// Open are ids of nodes that stay open whatever their depth, with what is around them. Closed are ids of nodes that
	// are folded, unless Open holds something in them.
	Open, Closed map[string]bool
}
