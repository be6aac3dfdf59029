package layout

import (
	"cmp"
	"slices"
)

// bestOnce is best, found once for each width: several ways to pack a boundary ask for the same.
func (n *net) bestOnce(width int, o Options) *block {
	b, ok := n.found[width]
	if !ok {
		if n.found == nil {
			n.found = make(map[int]*block)
		}
		b = n.best(width, o)
		n.found[width] = b
	}
	c := *b
	c.spots = slices.Clone(b.spots)
	return &c
}

// best turns a layered net into rows that fit the width: a rank that is too wide becomes several
// rows, and a flow that is much taller than the page is cut and goes on in a next column.
func (n *net) best(width int, o Options) *block {
	rows := n.rows(width)
	var best *block
	bestScore := 0
	if merged := n.merge(rows, width); len(merged) < len(rows) {
		best = n.columns(merged, 1, true)
		best.folds += 4
		bestScore = score(best, o)
	}
	for cuts := 1; cuts <= 6 && cuts <= len(rows); cuts++ {
		wide := true
		for _, packed := range []bool{false, true} {
			b := n.columns(rows, cuts, packed)
			b.folds += (cuts - 1) * 2
			if packed {
				b.folds += 2
			}
			s := score(b, o)
			if best == nil || s < bestScore {
				best, bestScore = b, s
			}
			wide = wide && (b.h < fineHeight || b.w*o.PageH > b.h*o.PageW)
		}
		if wide {
			break
		}
	}
	return best
}

// rows splits ranks that are wider than the page. Neighbours in the rank stay neighbours on the
// page: they go to successive rows of the same place, those without lines downwards first. Bends
// in a split rank are dropped; the router finds those lines a gap.
func (n *net) rows(width int) [][]int {
	var rows [][]int
	for _, rank := range n.ranks {
		total := -gapX
		var real []int
		for _, v := range rank {
			if n.boxes[v] != nil {
				total += n.boxes[v].w + gapX
				real = append(real, v)
			}
		}
		count := (total + width - 1) / max(1, width)
		if count <= 1 || len(real) == 1 {
			rows = append(rows, rank)
			continue
		}
		count = min(count, len(real))
		split := make([][]int, count)
		for group := range slices.Chunk(real, count) {
			group = slices.Clone(group)
			slices.SortStableFunc(group, func(a, b int) int { return cmp.Compare(len(n.down[a]), len(n.down[b])) })
			for i, v := range group {
				split[i] = append(split[i], v)
			}
		}
		rows = append(rows, split...)
	}
	return rows
}

// merge puts successive rows into one as long as they fit the width: large boundaries under each
// other would leave the page beside them empty.
func (n *net) merge(rows [][]int, width int) [][]int {
	large := false
	for _, b := range n.boxes {
		large = large || b != nil && b.boundary()
	}
	if !large {
		return rows
	}
	var out [][]int
	used := 0
	for _, row := range rows {
		var real []int
		total := 0
		for _, v := range row {
			if n.boxes[v] != nil {
				real = append(real, v)
				total += n.boxes[v].w + gapX
			}
		}
		if len(out) > 0 && used+total-gapX <= width {
			last := len(out) - 1
			out[last] = append(out[last], real...)
			used += total
			continue
		}
		out, used = append(out, real), total
	}
	return out
}

// columns cuts the rows into parts of about the same height and puts the parts side by side.
func (n *net) columns(rows [][]int, parts int, packed bool) *block {
	total := 0
	for _, row := range rows {
		total += n.rowHeight(row) + gapY
	}
	all := &block{}
	x, from, done := 0, 0, 0
	for p := range parts {
		to := from
		for to < len(rows) && (p == parts-1 || done < total*(p+1)/parts) && len(rows)-to > parts-1-p {
			done += n.rowHeight(rows[to]) + gapY
			to++
		}
		if to == from {
			continue
		}
		b := n.stack(rows[from:to], packed)
		all.add(b, x, 0)
		x += b.w + gapBlock
		from = to
	}
	return all
}

func (n *net) rowHeight(row []int) int {
	h := 0
	for _, v := range row {
		if n.boxes[v] != nil {
			h = max(h, n.boxes[v].h)
		}
	}
	return h
}

// stack gives the nodes of some rows their x, so that lines run straight where they can, and
// their y. Of the two mirror images it takes the one nearer to what pulls its boxes.
func (n *net) stack(rows [][]int, packed bool) *block {
	x := n.coordinates(rows, packed)
	lo, hi := x[rows[0][0]], x[rows[0][0]]
	for _, row := range rows {
		for _, v := range row {
			if n.boxes[v] != nil {
				lo, hi = min(lo, x[v]-n.half(v)), max(hi, x[v]+n.width(v)-n.half(v))
			}
		}
	}
	b := &block{w: hi - lo, rows: len(rows)}
	straight, mirrored := 0, 0
	y := 0
	for r, row := range rows {
		for _, v := range row {
			k := n.boxes[v]
			if k == nil {
				continue
			}
			s := spot{b: k, x: x[v] - n.half(v) - lo, y: y, row: r + 1}
			b.spots = append(b.spots, s)
			straight += k.pulls * abs(s.x+k.w/2-k.pull.X)
			mirrored += k.pulls * abs(b.w-s.x-k.w/2-k.pull.X)
		}
		b.h = y + n.rowHeight(row)
		y = b.h + gapY
	}
	b.align()
	if mirrored < straight {
		for i := range b.spots {
			b.spots[i].x = b.w - b.spots[i].x - b.spots[i].b.w
		}
	}
	return b
}

// align makes a column of boxes that stand exactly below each other in successive rows, so that
// they stay so.
func (b *block) align() {
	last := make(map[int]int) // by x: the latest spot
	for i := range b.spots {
		s := &b.spots[i]
		if k, ok := last[s.x]; ok && b.spots[k].row == s.row-1 && b.spots[k].b.w == s.b.w {
			if b.spots[k].col == 0 {
				b.rows++
				b.spots[k].col = b.rows
			}
			s.col = b.spots[k].col
		}
		last[s.x] = i
	}
}

func (n *net) width(v int) int {
	if n.boxes[v] == nil {
		return 0
	}
	return n.boxes[v].w
}

func (n *net) half(v int) int { return n.width(v) / 2 }

// apart is the distance that the centres of two neighbours in a row keep.
func (n *net) apart(a, b int) int {
	gap := gapX
	if n.boxes[a] == nil || n.boxes[b] == nil {
		gap = 20
	}
	if n.boxes[a] == nil && n.boxes[b] == nil {
		gap = 14
	}
	return n.width(a) - n.half(a) + gap + n.half(b)
}

// coordinates finds the x of each node's centre: sweeps down and up, in which each row is placed
// as near as it can be to the mean of its neighbours in the rows already placed.
// Packed, the rows are only put side by side and centred.
func (n *net) coordinates(rows [][]int, packed bool) []int {
	x := make([]int, len(n.boxes))
	here := make([]bool, len(n.boxes))
	for _, row := range rows {
		at := 0
		for i, v := range row {
			here[v] = true
			if i > 0 {
				at += n.apart(row[i-1], v)
			}
			x[v] = at
		}
		for _, v := range row {
			x[v] -= at / 2
		}
	}
	if packed {
		return x
	}
	for sweep := range 10 {
		for i := range rows {
			row := rows[i]
			up, down := true, false
			if sweep%2 == 1 {
				row = rows[len(rows)-1-i]
				up, down = false, true
			}
			if sweep >= 8 {
				up, down = true, true
			}
			n.settle(row, x, here, up, down)
		}
	}
	return x
}

// settle places one row: the least squares of the distances to the wanted places under the
// distances between neighbours, which is isotonic regression, solved by pooling adjacent
// violators (Best and Chakravarti, "Active set algorithms for isotonic regression", Mathematical
// Programming 47, 1990). Lines through bends weigh more, so that long lines run straight
// (Gansner and others 1993, section 4).
func (n *net) settle(row []int, x []int, here []bool, up, down bool) {
	type pool struct{ sum, weight, count int }
	var pools []pool
	offset := make([]int, len(row))
	for i, v := range row {
		if i > 0 {
			offset[i] = offset[i-1] + n.apart(row[i-1], v)
		}
		sum, weight := 0, 0
		want := func(near []int) {
			for _, w := range near {
				if !here[w] {
					continue
				}
				k := 8
				if n.boxes[v] == nil {
					k *= 2
				}
				if n.boxes[w] == nil {
					k *= 2
				}
				sum += k * x[w]
				weight += k
			}
		}
		if up {
			want(n.up[v])
		}
		if down {
			want(n.down[v])
		}
		if weight == 0 {
			sum, weight = x[v], 1
		}
		p := pool{sum - weight*offset[i], weight, 1}
		for len(pools) > 0 && pools[len(pools)-1].sum*p.weight > p.sum*pools[len(pools)-1].weight {
			q := pools[len(pools)-1]
			pools = pools[:len(pools)-1]
			p = pool{p.sum + q.sum, p.weight + q.weight, p.count + q.count}
		}
		pools = append(pools, p)
	}
	i := 0
	for _, p := range pools {
		at := floorDiv(p.sum, p.weight)
		for range p.count {
			x[row[i]] = at + offset[i]
			i++
		}
	}
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}
