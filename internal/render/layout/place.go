package layout

import (
	"cmp"
	"slices"
)

// Distances, in pixels. They are what a picture starts with; makeRoom widens them where lines
// and labels need it.
const (
	padSide    = 28 // from a boundary to what is in it
	padTop     = 24 // from a boundary's title bar to what is in it
	padBottom  = 28
	titleLeft  = 14 // from a boundary to its title
	titleTop   = 10
	titleRight = 24 // a line may pass beside a title
	gapX       = 48 // between neighbours in a row
	gapY       = 60 // between rows
	gapBlock   = 64 // between parts that are not joined

	fineWidth  = 1700 // a flow up to this size is not broken to fit a page better
	fineHeight = 700
)

// spot is a box with its place in a block.
type spot struct {
	b        *box
	x, y     int
	row, col int
}

// block is a group of boxes that is placed as one thing.
type block struct {
	w, h  int
	spots []spot
	rows  int // row and column groups used, numbered from 1
	folds int // how often the flow from top to bottom was broken to fit the page
	pull  int // how far the boxes are from what pulls them
}

// lift finds for every boundary which of its direct children are joined, by their places among
// the children.
func (t *tree) lift() [][][2]int {
	lifted := make([][][2]int, len(t.boxes))
	place := make([]int, len(t.boxes))
	for _, b := range t.boxes {
		for i, k := range b.kids {
			place[k.n] = i
		}
	}
	for _, w := range t.wires {
		top, a, b := meet(w.src, w.dst)
		if a != nil && b != nil {
			lifted[top.n] = append(lifted[top.n], [2]int{place[a.n], place[b.n]})
		}
	}
	return lifted
}

func (t *tree) placeInside(c *box, lifted [][][2]int, o Options) {
	if !c.boundary() && c.parent != nil {
		c.w, c.h = c.min.W, c.min.H
		return
	}
	for _, k := range c.kids {
		t.placeInside(k, lifted, o)
	}
	t.arrange(c, lifted[c.n], o)
}

// arrange gives a boundary its size and its children their places in it, as in a fresh picture.
func (t *tree) arrange(c *box, edges [][2]int, o Options) {
	content := content(c, edges, o)
	content.level()
	left, top, bottom := padSide, c.bar()+padTop, padBottom
	c.w = max(content.w+2*padSide, c.titleWidth(), c.min.W)
	c.h = top + content.h + bottom
	left += (c.w - 2*padSide - content.w) / 2
	for _, s := range content.spots {
		s.b.x, s.b.y = left+s.x, top+s.y
		if s.b.row = s.row; s.row > 0 {
			s.b.row += t.rows
		}
		if s.b.col = s.col; s.col > 0 {
			s.b.col += t.rows
		}
	}
	t.rows += content.rows
}

func (t *tree) absolute(b *box, x, y int) {
	b.x += x
	b.y += y
	for _, k := range b.kids {
		t.absolute(k, b.x, b.y)
	}
}

// setPulls notes for every box inside a boundary where the lines that leave the boundary go to.
func (t *tree) setPulls() bool {
	for _, b := range t.boxes {
		b.pull, b.pulls = Point{}, 0
	}
	any := false
	for _, w := range t.wires {
		_, a, b := meet(w.src, w.dst)
		if a == nil || b == nil {
			continue
		}
		any = t.pullChain(w.src, a, w.dst) || any
		any = t.pullChain(w.dst, b, w.src) || any
	}
	for _, b := range t.boxes {
		if b.pulls > 0 {
			b.pull.X /= b.pulls
			b.pull.Y /= b.pulls
		}
	}
	return any
}

// pullChain pulls everything from the box up to, not including, the outermost towards far. The
// pull is relative to the boundary that the box lies in.
func (t *tree) pullChain(b, outermost, far *box) bool {
	any := false
	for ; b != outermost; b = b.parent {
		b.pull.X += far.x + far.w/2 - b.parent.x
		b.pull.Y += far.y + far.h/2 - b.parent.y
		b.pulls++
		any = true
	}
	return any
}

// content arranges the children of a boundary. It tries several widths and ways of folding and
// takes the one that fits a page best, with a penalty for each break of the flow.
func content(c *box, edges [][2]int, o Options) *block {
	groups, loose := parts(c, edges)
	area, widest := 0, 0
	for _, k := range c.kids {
		area += (k.w + gapX) * (k.h + gapY)
		widest = max(widest, k.w)
	}
	page := sqrt(area * o.PageW / o.PageH)
	widths := []int{60, 80, 100, 125, 160, 210}
	if len(c.kids) > 400 {
		widths = []int{90, 130}
	}
	var best *block
	bestScore := 0
	for _, pct := range widths {
		width := max(page*pct/100, widest)
		for _, where := range []aside{underneath, alongside, among} {
			if where != underneath && (len(loose) == 0 || len(groups) == 0) || where == among && len(loose) > tucked {
				continue
			}
			b := pack(groups, loose, width, where, o)
			if s := score(b, o); best == nil || s < bestScore {
				best, bestScore = b, s
			}
		}
	}
	return best
}

// score is how large a page must be to hold the block, worsened by breaks.
func score(b *block, o Options) int {
	w, h := b.w+2*padSide, b.h+2*padSide
	s := max(w*o.PageH, h*o.PageW)*3 + w*o.PageH + h*o.PageW
	return s * (100 + o.temper.fold*b.folds) / 100
}

// parts splits the children into groups that hang together and single ones.
func parts(c *box, edges [][2]int) (groups []*net, loose []*box) {
	lead := make([]int, len(c.kids))
	for i := range lead {
		lead[i] = i
	}
	find := func(i int) int {
		for lead[i] != i {
			lead[i] = lead[lead[i]]
			i = lead[i]
		}
		return i
	}
	for _, e := range edges {
		a, b := find(e[0]), find(e[1])
		lead[max(a, b)] = min(a, b)
	}
	members := make([][]int, len(c.kids))
	for i := range c.kids {
		members[find(i)] = append(members[find(i)], i)
	}
	local := make([]int, len(c.kids))
	within := make([][][2]int, len(c.kids))
	for _, m := range members {
		for i, k := range m {
			local[k] = i
		}
	}
	for _, e := range edges {
		within[find(e[0])] = append(within[find(e[0])], [2]int{local[e[0]], local[e[1]]})
	}
	for lead, m := range members {
		switch {
		case len(m) == 1:
			loose = append(loose, c.kids[m[0]])
		case len(m) > 1:
			boxes := make([]*box, len(m))
			for i, k := range m {
				boxes[i] = c.kids[k]
			}
			groups = append(groups, newNet(boxes, within[lead]))
		}
	}
	return groups, loose
}

// shelve puts blocks side by side until the width is used up, then below.
func shelve(blocks []*block, width int) *block {
	if len(blocks) == 1 {
		return blocks[0]
	}
	all := &block{}
	x, y, tall := 0, 0, 0
	for _, b := range blocks {
		if x > 0 && x+b.w > width {
			x, y, tall = 0, y+tall+gapBlock, 0
		}
		all.add(b, x, y)
		x += b.w + gapBlock
		tall = max(tall, b.h)
	}
	return all
}

// level makes one row of all rows that begin at the same height, so that they stay level.
func (b *block) level() {
	byTop := make(map[int]int, len(b.spots))
	for i, s := range b.spots {
		if first, ok := byTop[s.y]; ok {
			b.spots[i].row = first
			continue
		}
		if s.row == 0 {
			b.rows++
			b.spots[i].row = b.rows
		}
		byTop[s.y] = b.spots[i].row
	}
}

// add puts a block into another.
func (b *block) add(o *block, x, y int) {
	for _, s := range o.spots {
		s.x += x
		s.y += y
		if s.row > 0 {
			s.row += b.rows
		}
		if s.col > 0 {
			s.col += b.rows
		}
		b.spots = append(b.spots, s)
	}
	b.rows += o.rows
	b.folds += o.folds
	b.pull += o.pull
	b.w = max(b.w, x+o.w)
	b.h = max(b.h, y+o.h)
}

// grid puts boxes that are joined to none of their siblings in rows: the large ones first; those
// that are pulled upwards in the upper rows, and each row in the order of its pulls.
func grid(boxes []*box, width int) *block {
	boxes = slices.Clone(boxes)
	same := true
	for _, b := range boxes {
		same = same && b.w == boxes[0].w
	}
	pullY := func(b *box) int {
		if b.pulls == 0 {
			return 0
		}
		return sign(b.pull.Y - b.parent.h/2)
	}
	slices.SortStableFunc(boxes, func(a, b *box) int {
		if same {
			return cmp.Compare(pullY(a), pullY(b))
		}
		return cmp.Or(-cmp.Compare(a.h, b.h), cmp.Compare(pullY(a), pullY(b)))
	})
	var rows [][]*box
	if same {
		perRow := max(1, min(len(boxes), (width+gapX)/(boxes[0].w+gapX)))
		n := (len(boxes) + perRow - 1) / perRow
		perRow = (len(boxes) + n - 1) / n
		rows = slices.Collect(slices.Chunk(boxes, perRow))
	} else {
		x := 0
		for i, b := range boxes {
			if i == 0 || x+b.w > width {
				rows, x = append(rows, nil), 0
			}
			rows[len(rows)-1] = append(rows[len(rows)-1], b)
			x += b.w + gapX
		}
	}
	g := &block{}
	y := 0
	for r, row := range rows {
		slices.SortStableFunc(row, func(a, b *box) int {
			if a.pulls == 0 || b.pulls == 0 {
				return 0
			}
			return cmp.Compare(a.pull.X, b.pull.X)
		})
		x, tall := 0, 0
		for i, b := range row {
			s := spot{b: b, x: x, y: y, row: r + 1}
			if same {
				s.col = len(rows) + i + 1
			}
			g.spots = append(g.spots, s)
			x += b.w + gapX
			tall = max(tall, b.h)
		}
		g.w = max(g.w, x-gapX)
		g.h = y + tall
		y += tall + gapY*3/4
	}
	g.rows = len(rows)
	if same {
		g.rows += len(rows[0])
	}
	return g
}

func sign(n int) int { return cmp.Compare(n, 0) }

// sqrt is the integer square root.
func sqrt(n int) int {
	if n <= 0 {
		return 0
	}
	x := n
	for y := (x + 1) / 2; y < x; y = (x + n/x) / 2 {
		x = y
	}
	return x
}
