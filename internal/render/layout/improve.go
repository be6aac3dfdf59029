package layout

import (
	"cmp"
	"math"
	"slices"
)

// improver looks for exchanges that shorten lines and remove crossings over all levels at once. The layers
// of each boundary know of what is outside it only where it lies on the mean; here lines are straight pieces
// between the middles of their ends, wherever these are. It exchanges boxes of one row and mirrors
// boundaries as long as that helps (the greedy switch of Eades and Kelly, "Heuristics for reducing crossings in
// 2-layered networks", Ars Combinatoria 21-A, 1986, on the whole picture instead of two layers).
type improver struct {
	t     *tree
	ends  []straight
	lines [][]int // per box: lines with an end in it or in what is in it
	moved []bool  // per line, while a move is judged
	spent int
}

// straight is a line as if it ran straight, with the rectangle around it.
type straight struct {
	a, b                     Point
	left, right, top, bottom int
}

func straightOf(w *wire) straight {
	a, b := middle(w.src.rect()), middle(w.dst.rect())
	return straight{a, b, min(a.X, b.X), max(a.X, b.X), min(a.Y, b.Y), max(a.Y, b.Y)}
}

// What a crossing weighs in pixels of length, and how many pairs of lines are looked at.
const (
	costEstimate  = 250
	effortImprove = 6_000_000
)

// improve returns what the picture costs then.
func (t *tree) improve() int {
	m := &improver{t: t, ends: make([]straight, len(t.wires)), lines: make([][]int, len(t.boxes)), moved: make([]bool, len(t.wires))}
	for i, w := range t.wires {
		m.ends[i] = straightOf(w)
		for b := w.src; b != nil; b = b.parent {
			m.lines[b.n] = append(m.lines[b.n], i)
		}
		for b := w.dst; b != nil; b = b.parent {
			if !b.holds(w.src) {
				m.lines[b.n] = append(m.lines[b.n], i)
			}
		}
	}
	frames := make([]*box, 0, len(t.boxes))
	for _, b := range t.boxes {
		if b.boundary() {
			frames = append(frames, b)
		}
	}
	slices.SortStableFunc(frames, func(a, b *box) int { return cmp.Compare(a.depth, b.depth) })
	for range 4 {
		better := false
		for _, c := range frames {
			better = m.boundary(c) || better
		}
		if !better || m.spent > effortImprove {
			break
		}
	}
	t.checkColumns()
	all := make([]int, len(m.ends))
	for i := range all {
		all[i] = i
	}
	return m.cost(all, math.MaxInt)
}

// checkColumns dissolves the columns of boxes that no longer stand below each other.
func (t *tree) checkColumns() {
	at := make(map[int]int)
	broken := make(map[int]bool)
	for _, b := range t.boxes {
		if x, ok := at[b.col]; ok && x != b.x {
			broken[b.col] = true
		}
		at[b.col] = b.x
	}
	for _, b := range t.boxes {
		if broken[b.col] {
			b.col = 0
		}
	}
}

// boundary tries the moves within one boundary.
func (m *improver) boundary(c *box) bool {
	better := m.try(c.kids, func() { mirror(c) })
	rows := make(map[int][]*box)
	for _, k := range c.kids {
		if k.row > 0 {
			rows[k.row] = append(rows[k.row], k)
		}
	}
	for _, k := range c.kids { // each row once, at its first child
		row := rows[k.row]
		delete(rows, k.row)
		slices.SortFunc(row, func(a, b *box) int { return cmp.Compare(a.x, b.x) })
		for i := range row {
			for j := i + 1; j < len(row) && j < i+8 && m.spent <= effortImprove; j++ {
				if m.try(row[i:j+1], func() { exchange(row[i : j+1]) }) {
					better = true
				}
			}
		}
	}
	return better
}

// try makes a move that moves some boxes and keeps it if it helps. A move made twice is none.
func (m *improver) try(boxes []*box, move func()) bool {
	if m.spent > effortImprove {
		return false
	}
	var touched []int
	for _, b := range boxes {
		for _, l := range m.lines[b.n] {
			if !m.moved[l] {
				m.moved[l] = true
				touched = append(touched, l)
			}
		}
	}
	if len(touched) == 0 {
		return false
	}
	before := m.cost(touched, math.MaxInt)
	move()
	m.refresh(touched)
	better := apartAll(boxes) && m.cost(touched, before) < before
	if !better {
		move()
		m.refresh(touched)
	}
	for _, l := range touched {
		m.moved[l] = false
	}
	return better
}

// apartAll reports whether boxes stand clear of their siblings: those of a row may belong to groups that happen to
// begin at the same height, and be of any size.
func apartAll(boxes []*box) bool {
	for _, b := range boxes {
		r := grow(b.rect(), distance[kindWall][kindWall])
		for _, o := range b.parent.kids {
			if o != b && r.Overlaps(o.rect()) {
				return false
			}
		}
	}
	return true
}

func (m *improver) refresh(lines []int) {
	for _, l := range lines {
		m.ends[l] = straightOf(m.t.wires[l])
	}
}

// cost is that of some lines: their length, and their crossings with each other and with all others. Above a limit it
// may be any number above it.
func (m *improver) cost(lines []int, limit int) int {
	c := 0
	m.spent += len(lines) * len(m.ends)
	for _, l := range lines {
		s := &m.ends[l]
		c += 2 * (s.right - s.left + s.bottom - s.top)
	}
	for _, l := range lines {
		if c >= limit {
			break
		}
		s := &m.ends[l]
		for k := range m.ends {
			o := &m.ends[k]
			if o.right <= s.left || o.left >= s.right || o.bottom <= s.top || o.top >= s.bottom || !s.crosses(o) {
				continue
			}
			if c += costEstimate; !m.moved[k] { // a pair of which both move is seen twice
				c += costEstimate
			}
		}
	}
	return c
}

// crosses reports whether two pieces properly cross.
func (s *straight) crosses(o *straight) bool {
	return apartBy(s.a, s.b, o.a, o.b) && apartBy(o.a, o.b, s.a, s.b)
}

// apartBy reports whether two points lie on either side of the straight line through a and b.
func apartBy(a, b, p, q Point) bool {
	x, y := b.X-a.X, b.Y-a.Y
	one, other := x*(p.Y-a.Y)-y*(p.X-a.X), x*(q.Y-a.Y)-y*(q.X-a.X)
	return one < 0 && other > 0 || one > 0 && other < 0
}

// mirror turns the content of a boundary round from left to right.
func mirror(c *box) {
	for _, k := range c.kids {
		k.shift(2*c.x + c.w - k.w - 2*k.x)
	}
}

// exchange exchanges the first and the last of neighbours in a row. Those between move by the
// difference of the two widths.
func exchange(row []*box) {
	first, last := row[0], row[len(row)-1]
	left, right := first.x, last.x+last.w
	if first.w == last.w {
		first.col, last.col = last.col, first.col
	} else {
		for _, b := range row[1 : len(row)-1] {
			b.shift(last.w - first.w)
		}
	}
	last.shift(left - last.x)
	first.shift(right - first.w - first.x)
	row[0], row[len(row)-1] = last, first
}

// shift moves a box with all that is in it.
func (b *box) shift(dx int) {
	b.x += dx
	for _, k := range b.kids {
		k.shift(dx)
	}
}
