package layout

// squares are a page cut into squares.
type squares struct {
	x, y, w, h int // of the page, in squares
	size       int // of a square
}

// cells is an index of rectangles by the squares of the page that they lie in.
type cells struct {
	squares
	at [][]Rect
}

// cellSize is the least size of a square, and maxCells about how many there may be: on a page that old places stretched over
// all bounds squares are larger.
const (
	cellSize = 400
	maxCells = 40_000
)

func squaresOf(page Rect) squares {
	c := squares{size: max(cellSize, page.W/maxCells*2, page.H/maxCells*2, sqrt(page.W*page.H/maxCells))}
	c.x, c.y = floorDiv(page.X, c.size), floorDiv(page.Y, c.size)
	c.w, c.h = page.W/c.size+2, page.H/c.size+2
	return c
}

func newCells(page Rect) *cells {
	c := &cells{squares: squaresOf(page)}
	c.at = make([][]Rect, c.w*c.h)
	return c
}

// visit calls f with every square that r touches, as an index and the square's corner.
func (c *squares) visit(r Rect, f func(i, x, y int)) {
	x0, x1 := c.clamp(r.X, c.x, c.w), c.clamp(r.Right(), c.x, c.w)
	y0, y1 := c.clamp(r.Y, c.y, c.h), c.clamp(r.Bottom(), c.y, c.h)
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			f(y*c.w+x, x, y)
		}
	}
}

func (c *squares) clamp(at, from, n int) int {
	return max(0, min(n-1, floorDiv(at, c.size)-from))
}

func (c *cells) add(r Rect) {
	if !r.Empty() {
		c.visit(r, func(i, _, _ int) { c.at[i] = append(c.at[i], r) })
	}
}

// overlapping calls f once for each rectangle that overlaps r.
func (c *cells) overlapping(r Rect, f func(Rect)) {
	c.visit(r, func(i, x, y int) {
		for _, o := range c.at[i] {
			if r.Overlaps(o) && c.shareCorner(r, o, x, y) {
				f(o)
			}
		}
	})
}

// shareCorner reports whether a square holds the corner of what two rectangles share. A pair that meets in several
// squares counts in that one.
func (c *squares) shareCorner(r, o Rect, x, y int) bool {
	return c.clamp(max(r.X, o.X), c.x, c.w) == x && c.clamp(max(r.Y, o.Y), c.y, c.h) == y
}

// boxCells is an index of boxes.
type boxCells struct {
	squares
	at [][]*box
}

// newBoxCells holds all boxes with something of the space around them.
func newBoxCells(t *tree, around int) *boxCells {
	c := &boxCells{squares: squaresOf(t.root.rect())}
	c.at = make([][]*box, c.w*c.h)
	for _, b := range t.boxes {
		if b.parent != nil {
			c.visit(grow(b.rect(), around), func(i, _, _ int) { c.at[i] = append(c.at[i], b) })
		}
	}
	return c
}

// pieceCells is an index of pieces of lines, by their direction.
type pieceCells struct {
	squares
	at     [2][][]piece
	looked int // how many pieces were looked at
}

func newPieceCells(page Rect) *pieceCells {
	c := &pieceCells{squares: squaresOf(page)}
	for i := range c.at {
		c.at[i] = make([][]piece, c.w*c.h)
	}
	return c
}

func (c *pieceCells) add(p piece) {
	all := c.at[index(p.vertical)]
	c.visit(p.rect(0), func(i, _, _ int) { all[i] = append(all[i], p) })
}

// near calls f with the pieces of one direction that touch a rectangle, until it says no.
func (c *pieceCells) near(vertical bool, r Rect, f func(piece) bool) bool {
	ok := true
	all := c.at[index(vertical)]
	c.visit(r, func(i, x, y int) {
		if !ok {
			return
		}
		c.looked += 1 + len(all[i])
		for k := range all[i] {
			p := &all[i][k]
			if o := p.rect(0); o.X < r.Right() && r.X <= o.Right() && o.Y < r.Bottom() && r.Y <= o.Bottom() && c.shareCorner(r, o, x, y) && !f(*p) {
				ok = false
				return
			}
		}
	})
	return ok
}
