package layout

// cells is an index of rectangles by the squares of the page that they lie in.
type cells struct {
	x, y, w, h int // of the page, in squares
	at         [][]Rect
}

const cellSize = 400

func newCells(page Rect) *cells {
	c := &cells{x: floorDiv(page.X, cellSize), y: floorDiv(page.Y, cellSize)}
	c.w, c.h = page.W/cellSize+2, page.H/cellSize+2
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
	return max(0, min(n-1, floorDiv(at, cellSize)-from))
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
