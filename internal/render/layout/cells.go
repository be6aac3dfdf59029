package layout

// cells is an index of rectangles by the squares of the page that they lie in.
type cells struct {
	x, y, w, h int // of the page, in squares
	size       int // of a square
	at         [][]Rect
}

// cellSize is the least size of a square, and maxCells about how many there may be: on a page that old places stretched over
// all bounds squares are larger.
const (
	cellSize = 400
	maxCells = 40_000
)

func newCells(page Rect) *cells {
	c := &cells{size: max(cellSize, page.W/maxCells*2, page.H/maxCells*2, sqrt(page.W*page.H/maxCells))}
	c.x, c.y = floorDiv(page.X, c.size), floorDiv(page.Y, c.size)
	c.w, c.h = page.W/c.size+2, page.H/c.size+2
	c.at = make([][]Rect, c.w*c.h)
	return c
}

// visit calls f with every square that r touches, as an index and the square's corner.
func (c *cells) visit(r Rect, f func(i, x, y int)) {
	x0, x1 := c.clamp(r.X, c.x, c.w), c.clamp(r.Right(), c.x, c.w)
	y0, y1 := c.clamp(r.Y, c.y, c.h), c.clamp(r.Bottom(), c.y, c.h)
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			f(y*c.w+x, x, y)
		}
	}
}

func (c *cells) clamp(at, from, n int) int {
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
			// A pair that meets in several squares counts in the one that holds the corner of
			// what they share.
			if r.Overlaps(o) && c.clamp(max(r.X, o.X), c.x, c.w) == x && c.clamp(max(r.Y, o.Y), c.y, c.h) == y {
				f(o)
			}
		}
	})
}
