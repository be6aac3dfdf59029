// Package layout arranges a graph with nested boundaries on a page: where each box and boundary
// lies, how each line runs, where each label stands.
//
// It promises, for every graph:
//   - boxes do not overlap, and lie inside their boundaries;
//   - a line is made of horizontal and vertical pieces, and crosses no box that is not one of its
//     ends, no boundary that neither end lies in, and no boundary's title;
//   - a label covers no box, no title and no other label, and stands on its own line;
//   - the result depends on the graph only: not on the order in which it is given, not on a clock
//     or on chance. All arithmetic is on integers.
//
// It works in three steps, each in files of its own. Place (place.go, rows.go, net.go) goes bottom-up: the
// content of each boundary is put in rows, wrapped to the shape of a page. Route (channel.go,
// route.go) finds each line a way along the free channels between the boxes. Room (room.go) then moves
// boxes, lines and labels apart until each has the room that it needs; it keeps every order that
// the first two steps decided, which is why it cannot create an overlap.
//
// A fresh placement: cycles are broken (net.go: Eades, Lin and Smyth 1993), layers found by the network
// simplex (simplex.go: Gansner, Koutsofios, North and Vo 1993, section 2), ordered by barycentres that also
// mind where lines leave the boundary (net.go: Sugiyama and others 1981; Sander 1996), with exchanges of
// neighbours (Gansner and others, section 3) and crossings counted by Barth, Juenger and Mutzel 2002. Coordinates
// are the least squares of distances by pooled neighbours (rows.go: Best and Chakravarti 1990). What does not fit the page is
// wrapped or folded, and what is joined to nothing stands in free places. Then boxes of a row are exchanged and boundaries
// mirrored while that helps the whole picture (improve.go: after Eades and Kelly 1986). Pictures that people read as a whole
// are placed in several tempers, of which the best is taken.
//
// A placement on old places (Options.Previous and Ways; decision 0026): what was there stays (seat.go), takes more room if it
// needs it (giveway.go: after Misue, Eades, Lai and Sugiyama 1995), what is new goes to a free place beside what it is joined to
// (nook.go), lines keep their ways (way.go), and the passes hold boxes where they are (keep.go). Boxes that a person placed
// stay before all else: labels and lines that jam them go elsewhere first (jam.go). A picture is its own next picture:
// Arrange repeats the last steps until nothing moves.
//
// The general method is that of Sugiyama, Tagawa and Toda, "Methods for visual understanding of
// hierarchical system structures", IEEE Trans. SMC 11(2), 1981; each step names its own source.
package layout

import (
	"cmp"
	"slices"

	"c4arch/internal/base/fault"
)

// Size is a width and a height.
type Size struct{ W, H int }

// Point is a place; x grows to the right, y downwards.
type Point struct{ X, Y int }

// Rect is a rectangle by its top left corner and its size.
type Rect struct{ X, Y, W, H int }

// Right is the x of the right side.
func (r Rect) Right() int { return r.X + r.W }

// Bottom is the y of the lower side.
func (r Rect) Bottom() int { return r.Y + r.H }

// Empty reports whether the rectangle has no area.
func (r Rect) Empty() bool { return r.W <= 0 || r.H <= 0 }

// Overlaps reports whether two rectangles share some area; touching is not overlapping.
func (r Rect) Overlaps(o Rect) bool {
	return !r.Empty() && !o.Empty() && r.X < o.Right() && o.X < r.Right() && r.Y < o.Bottom() && o.Y < r.Bottom()
}

// Contains reports whether o lies in r.
func (r Rect) Contains(o Rect) bool {
	return r.X <= o.X && r.Y <= o.Y && o.Right() <= r.Right() && o.Bottom() <= r.Bottom()
}

// Node is a box to be placed. A node that is another's Parent is a boundary around it.
type Node struct {
	ID     string
	Parent string // "" at the top
	Size   Size   // of a box; a box may be made larger when many lines end at it
	Title  Size   // of a boundary: the room at its top left that is kept free for its title
}

// Edge is a line to be drawn from one node to another, or to itself.
type Edge struct {
	ID     string // unique
	Source string
	Target string
	Label  Size // zero: no label
}

// Graph is what is to be drawn. The order of nodes and edges has no meaning.
type Graph struct {
	Nodes []Node
	Edges []Edge
}

// Box is a node with its place.
type Box struct {
	ID       string
	Parent   string
	Rect     Rect
	Boundary bool
	Depth    int  // 0 at the top
	Title    Rect // of a boundary: where its title goes
}

// Route is an edge with its way: a polyline of horizontal and vertical pieces from the side of
// the source to the side of the target.
type Route struct {
	ID     string
	Points []Point
	Label  Rect
}

// Layout is a graph with all its places. Boxes and routes are sorted by id, but a boundary
// stands before what is in it.
type Layout struct {
	Size   Size
	Boxes  []Box
	Routes []Route
}

// Options are the wishes about the page. The zero value is a landscape page of 16 to 10.
type Options struct {
	PageW, PageH int // the proportions of the page
	// Previous is where boxes and boundaries stood the last time, by id, in the coordinates of that Layout. What is in
	// it keeps its place and order as far as there is room; what is not in it finds a place beside. Nil: there was no last time.
	Previous map[string]Seat
	// Ways is how the lines ran the last time, by id, in the same coordinates: the Routes of that Layout. A line keeps
	// its way, and its label its place, where these still lead through free space. Without it lines find their ways anew,
	// and boxes may give way to them.
	Ways map[string]Route

	temper temper
}

// Seat is where a box or a boundary stood.
type Seat struct {
	Rect Rect
	// Placed: a person put its top left corner there. It is not moved, save by the least that keeps boxes from overlapping
	// when people placed two on top of each other; everything else gives way to it.
	Placed bool
}

// maxNodes and maxEdges bound the work: far beyond what a picture can show.
const (
	maxNodes = 20000
	maxEdges = 60000
)

// Arrange places a graph. It refuses a graph that is not one: an id that occurs twice, an end or
// a parent that does not exist, a boundary inside itself.
func Arrange(g Graph, o Options) (*Layout, error) {
	if o.PageW <= 0 || o.PageH <= 0 {
		o.PageW, o.PageH = 16, 10
	}
	o.temper = tempers[0]
	t, err := newTree(g)
	if err != nil {
		return nil, err
	}
	// Places of the last time can leave no gap for a line. A fresh picture has one between all boxes.
	if len(o.Previous) == 0 || !t.takeSeats(o.Previous, o.Ways) || t.drawAgain(o) != nil {
		t.takeSeats(nil, nil)
		t.keep, t.hands = false, false
		t.place(o)
		if err := t.draw(nil); err != nil {
			return nil, err
		}
	}
	l := t.result()
	for range t.rounds() {
		o.Previous, o.Ways = t.memory(l)
		t.takeSeats(o.Previous, o.Ways)
		if t.drawAgain(o) != nil {
			break
		}
		last := l
		if l = t.result(); last.equal(l) {
			break
		}
	}
	return l, nil
}

// rounds bounds how often a picture is drawn again at its own places. It ends sooner, when a
// round moves nothing: the picture is then its own next picture.
func (t *tree) rounds() int {
	switch n := len(t.boxes) + len(t.wires); {
	case n <= 1000:
		return 40
	case n <= 5000:
		return 8
	}
	return 2
}

// draw finds the ways and makes room for them.
func (t *tree) draw(ways map[string]Route) error {
	t.segs = nil
	for _, w := range t.wires {
		w.points, w.segs, w.mark, w.label0 = nil, nil, nil, Rect{}
	}
	t.keepWays(ways)
	if err := t.route(); err != nil {
		return err
	}
	t.makeRoom()
	return nil
}

// memory is what the next picture is told of this one.
func (t *tree) memory(l *Layout) (map[string]Seat, map[string]Route) {
	seats, ways := make(map[string]Seat, len(l.Boxes)), make(map[string]Route, len(l.Routes))
	for _, b := range l.Boxes {
		seats[b.ID] = Seat{Rect: b.Rect}
	}
	for _, b := range t.boxes {
		if b.seat.placed {
			seats[b.id] = Seat{Rect: seats[b.id].Rect, Placed: true}
		}
	}
	for _, r := range l.Routes {
		ways[r.ID] = r
	}
	return seats, ways
}

func (l *Layout) equal(o *Layout) bool {
	return l.Size == o.Size && slices.Equal(l.Boxes, o.Boxes) && slices.EqualFunc(l.Routes, o.Routes, func(a, b Route) bool {
		return a.Label == b.Label && slices.Equal(a.Points, b.Points)
	})
}

// result copies the places out.
func (t *tree) result() *Layout {
	dx, dy := t.root.x, t.root.y
	l := &Layout{Size: Size{t.root.w, t.root.h}}
	var walk func(b *box)
	walk = func(b *box) {
		for _, k := range b.kids {
			r := Box{ID: k.id, Rect: Rect{k.x - dx, k.y - dy, k.w, k.h}, Boundary: k.boundary(), Depth: k.depth - 1}
			if k.parent != t.root {
				r.Parent = k.parent.id
			}
			if r.Boundary {
				if r.Title = k.titleRect(); !r.Title.Empty() {
					r.Title.X -= dx
					r.Title.Y -= dy
				}
			}
			l.Boxes = append(l.Boxes, r)
			walk(k)
		}
	}
	walk(t.root)
	for _, w := range t.wires {
		r := Route{ID: w.id, Label: w.labelRect()}
		if !r.Label.Empty() {
			r.Label.X -= dx
			r.Label.Y -= dy
		}
		for _, p := range w.points {
			r.Points = append(r.Points, Point{p.X - dx, p.Y - dy})
		}
		l.Routes = append(l.Routes, r)
	}
	return l
}

// box is a node while it is being placed. The root is a boundary around everything.
type box struct {
	id     string
	n      int // index in tree.boxes
	parent *box
	kids   []*box
	depth  int
	min    Size
	title  Size

	x, y, w, h int // while placing relative to the parent, later absolute
	row, col   int // boxes of the same row share their top, of the same column their left side; 0: none
	pull       Point
	pulls      int // how many lines to the outside pull it towards pull
	seat       seat
	need       Size // its size, or what the ends of its lines made of it
}

func (b *box) boundary() bool { return len(b.kids) > 0 }
func (b *box) rect() Rect     { return Rect{b.x, b.y, b.w, b.h} }

// bar is the height kept for the title at the top of a boundary.
func (b *box) bar() int {
	if b.title.H == 0 {
		return 0
	}
	return b.title.H + titleTop
}

// titleWidth is how wide a boundary must be for its title.
func (b *box) titleWidth() int { return b.title.W + titleLeft + titleRight }

// titleRect is where the title of a boundary stands.
func (b *box) titleRect() Rect {
	if b.title.H == 0 {
		return Rect{}
	}
	return Rect{b.x + titleLeft, b.y + titleTop, b.title.W, b.title.H}
}

// wire is an edge while it is being drawn.
type wire struct {
	id       string
	n        int // index in tree.wires
	src, dst *box
	label    Size
	points   []Point
	segs     []*seg
	sides    [2]int // the sides of source and target on which it ends
	mark     *mark  // where the label stands
	label0   Rect   // where it stood the last time, when it may stay there
	bans     []Rect // where its label should not stand
	detour   bool   // the line itself too should keep out of there
}

func (w *wire) labelRect() Rect {
	if w.mark == nil {
		return Rect{}
	}
	return Rect{w.mark.x, w.mark.y, w.label.W, w.label.H}
}

// tree is a graph while it is being laid out.
type tree struct {
	root  *box
	boxes []*box // sorted by id, the root last
	wires []*wire
	segs  []*seg
	rows  int  // row and column groups given out
	keep  bool // boxes stay where they are as far as they can
	hands bool // somebody placed something by hand

	jams   []jam
	pushed int // how far, in all, boxes that people placed were moved for what jams them
}

func newTree(g Graph) (*tree, error) {
	if len(g.Nodes) > maxNodes || len(g.Edges) > maxEdges {
		return nil, fault.New(fault.Limited, "a picture of %d boxes and %d lines is too large: at most %d and %d can be laid out",
			len(g.Nodes), len(g.Edges), maxNodes, maxEdges).WithHelp("choose a view of a part")
	}
	t := &tree{root: &box{}}
	byID := make(map[string]*box, len(g.Nodes))
	nodes := slices.Clone(g.Nodes)
	slices.SortFunc(nodes, func(a, b Node) int { return cmp.Compare(a.ID, b.ID) })
	for i, n := range nodes {
		if _, twice := byID[n.ID]; twice || n.ID == "" {
			return nil, fault.New(fault.Invalid, "layout: node id %q is empty or occurs twice", n.ID)
		}
		b := &box{id: n.ID, n: i, min: Size{max(n.Size.W, 8), max(n.Size.H, 8)}}
		if n.Title.W > 0 && n.Title.H > 0 {
			b.title = n.Title
		}
		byID[n.ID] = b
		t.boxes = append(t.boxes, b)
	}
	for i, n := range nodes {
		p := t.root
		if n.Parent != "" {
			if p = byID[n.Parent]; p == nil {
				return nil, fault.New(fault.Invalid, "layout: node %q lies in %q, which does not exist", n.ID, n.Parent)
			}
		}
		t.boxes[i].parent = p
		p.kids = append(p.kids, t.boxes[i])
	}
	if n := setDepth(t.root, 0); n != len(nodes) {
		return nil, fault.New(fault.Invalid, "layout: some boundary lies inside itself")
	}
	t.root.n = len(t.boxes)
	t.boxes = append(t.boxes, t.root)

	edges := slices.Clone(g.Edges)
	slices.SortFunc(edges, func(a, b Edge) int { return cmp.Compare(a.ID, b.ID) })
	for i, e := range edges {
		s, d := byID[e.Source], byID[e.Target]
		if s == nil || d == nil {
			return nil, fault.New(fault.Invalid, "layout: edge %q joins %q and %q, of which one does not exist", e.ID, e.Source, e.Target)
		}
		if i > 0 && edges[i-1].ID == e.ID {
			return nil, fault.New(fault.Invalid, "layout: edge id %q occurs twice", e.ID)
		}
		w := &wire{id: e.ID, n: i, src: s, dst: d}
		if e.Label.W > 0 && e.Label.H > 0 {
			w.label = e.Label
		}
		t.wires = append(t.wires, w)
	}
	return t, nil
}

// setDepth numbers the levels and returns how many boxes it reached: fewer than there are when
// some of them form a ring of parents.
func setDepth(b *box, d int) int {
	b.depth = d
	n := 0
	for _, k := range b.kids {
		n += 1 + setDepth(k, d+1)
	}
	return n
}

// meet returns the innermost box around both a and b (which may be a or b), and the boxes
// directly below it towards each; nil where an end is the meeting box itself.
func meet(a, b *box) (top, underA, underB *box) {
	for a.depth > b.depth {
		underA, a = a, a.parent
	}
	for b.depth > a.depth {
		underB, b = b, b.parent
	}
	for a != b {
		underA, a = a, a.parent
		underB, b = b, b.parent
	}
	return a, underA, underB
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
