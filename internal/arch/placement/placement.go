// Package placement remembers where the boxes of a picture stand, so that the next picture of the same view looks like
// the last one, and where people put them by hand. It is a value beside a model: the layout file (docs/formats/layout.md)
// on a laptop, a row of a home on a server.
package placement

// Format and Version stand at the head of a layout file.
const (
	Format  = "c4arch-layout"
	Version = "1"
)

// File is all that is remembered of a model's views.
type File struct {
	Format  string `json:"format"`
	Version string `json:"version"`
	Views   []View `json:"views"` // sorted by key, each once
}

// View is what is remembered of one view.
type View struct {
	Key   string `json:"key"`
	Nodes []Node `json:"nodes"` // sorted by id, each once
	// Lines is how the lines ran, sorted by source and target; lines between the same two are in the order of the drawing.
	Lines []Line `json:"lines,omitempty"`
}

// Node is where a box or a boundary stood. The unit is the pixel of the drawing at scale 1; the origin is the top left
// corner of the drawing's body, without heading and key; a node inside a boundary has absolute places like all others.
type Node struct {
	ID string `json:"id"` // of the c4.Node
	X  int    `json:"x"`
	Y  int    `json:"y"`
	W  int    `json:"w"`
	H  int    `json:"h"`
	// Placed: a person put it there. The engine leaves it, and works around it.
	Placed bool `json:"placed,omitempty"`
}

// Line is how a line ran, in the coordinates of the nodes. Without it lines find their ways anew, and boxes may give way to
// them.
type Line struct {
	Source string `json:"source"` // ids of c4.Nodes
	Target string `json:"target"`
	// Way holds x and y of each corner in turn, from the box of the source to that of the target.
	Way []int `json:"way"`
	// Label holds x, y, width and height of the label; it is absent when there is none.
	Label []int `json:"label,omitempty"`
}
