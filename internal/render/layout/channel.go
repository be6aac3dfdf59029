package layout

import (
	"cmp"
	"slices"
)

// Directions along a channel.
const (
	dirUp = iota
	dirRight
	dirDown
	dirLeft
	dirs
)

// Distances of channels from what lies beside them. Siblings lie at least gapX or three quarters
// of gapY apart, so channels at these distances always meet at the corners of a box: every box
// can be reached.
const (
	reachX = gapX / 2
	reachY = gapY * 3 / 8
	graze  = 6  // a channel that passes a box keeps this distance
	inset  = 20 // a line ends this far from the corner of a box, when it can
	corner = 10 // and this far in any case
)

// channel is a straight piece of free space inside one boundary, along which lines may run.
type channel struct {
	vertical bool
	at       int // x of a vertical channel, y of a horizontal one
	from, to int
	owner    *box
	ends     [2]*box // what the channel ends at, on whose side: a child of the owner, the owner itself, or nil
}

// network is the graph of the channels: a node wherever two of them meet or one ends at a box. It
// is sparse: a channel ends at the first box that it meets (the interesting points of Wybrow,
// Marriott and Stuckey, "Orthogonal connector routing", Graph Drawing 2009, section 2).
type network struct {
	at    []Point
	arcs  [][dirs]arc
	ports [][]int32 // per box: the nodes on its sides
}

// arc is the way from a node to its neighbour in a direction.
type arc struct {
	to     int32 // the neighbour, or -1
	owner  int32 // the boundary whose space lies between
	length int32
	runs   int32 // lines that run along it
}

// network builds the channels of all boundaries.
func (t *tree) network() *network {
	w := &network{ports: make([][]int32, len(t.boxes))}
	perOwner := make([][]channel, len(t.boxes))
	for _, c := range t.boxes {
		if !c.boundary() {
			continue
		}
		for _, k := range c.kids {
			t.channelsOf(c, k, perOwner)
		}
	}
	index := make(map[Point]int32)
	for _, c := range t.boxes {
		w.connect(c, merge(perOwner[c.n]), index)
	}
	for i := range w.ports {
		slices.SortFunc(w.ports[i], func(a, b int32) int {
			return cmp.Or(cmp.Compare(w.at[a].X, w.at[b].X), cmp.Compare(w.at[a].Y, w.at[b].Y))
		})
		w.ports[i] = slices.Compact(w.ports[i])
	}
	return w
}

// channelsOf adds the channels around a child: beside its four sides, and straight out of the
// middle of each side.
func (t *tree) channelsOf(c, k *box, out [][]channel) {
	cx, cy := k.x+k.w/2, k.y+k.h/2
	half := func(far, limit int) int { return max(1, min(far/2, limit)) }
	left := k.x - half(k.x-stop(c, k, false, k.y, k.y+k.h, k.x, -1), reachX)
	right := k.x + k.w + half(stop(c, k, false, k.y, k.y+k.h, k.x+k.w, 1)-k.x-k.w, reachX)
	top := k.y - half(k.y-stop(c, k, true, k.x, k.x+k.w, k.y, -1), reachY)
	bottom := k.y + k.h + half(stop(c, k, true, k.x, k.x+k.w, k.y+k.h, 1)-k.y-k.h, reachY)

	t.run(c, true, left, cy, cy, nil, out)
	t.run(c, true, right, cy, cy, nil, out)
	t.run(c, false, top, cx, cx, nil, out)
	t.run(c, false, bottom, cx, cx, nil, out)
	t.run(c, true, cx, k.y, k.y+k.h, k, out)
	t.run(c, false, cy, k.x, k.x+k.w, k, out)
}

// stop is how far one can go from the side of k before something lies in the way.
func stop(c, k *box, vertical bool, lo, hi, from, sign int) int {
	r := c.rect()
	end := r.X
	switch {
	case vertical && sign < 0:
		end = r.Y + c.bar()
	case vertical:
		end = r.Bottom()
	case sign > 0:
		end = r.Right()
	}
	for _, o := range c.kids {
		if o == k {
			continue
		}
		a, b, near, far := o.y, o.y+o.h, o.x, o.x+o.w
		if vertical {
			a, b, near, far = o.x, o.x+o.w, o.y, o.y+o.h
		}
		if b <= lo || a >= hi {
			continue
		}
		if sign < 0 && far <= from {
			end = max(end, far)
		}
		if sign > 0 && near >= from {
			end = min(end, near)
		}
	}
	return end
}

// run adds the longest channel through a free place, both ways, out through the walls of the
// boundary and of those around it. With k it starts at the two sides of k instead.
func (t *tree) run(c *box, vertical bool, at, lo, hi int, k *box, out [][]channel) {
	if k != nil {
		t.extend(c, vertical, at, lo, lo, k, -1, out)
		t.extend(c, vertical, at, hi, hi, k, 1, out)
		return
	}
	a, endA, wallA := t.reach(c, vertical, at, lo, nil, -1)
	b, endB, wallB := t.reach(c, vertical, at, hi, nil, 1)
	out[c.n] = append(out[c.n], channel{vertical, at, a, b, c, [2]*box{endA, endB}})
	if wallA && c.parent != nil {
		t.extend(c.parent, vertical, at, a, a, c, -1, out)
	}
	if wallB && c.parent != nil {
		t.extend(c.parent, vertical, at, b, b, c, 1, out)
	}
}

// extend adds the channel that leaves the side of k within c, and goes on through c's wall.
func (t *tree) extend(c *box, vertical bool, at, lo, hi int, k *box, sign int, out [][]channel) {
	for c != nil {
		from := lo
		if sign > 0 {
			from = hi
		}
		to, end, wall := t.reach(c, vertical, at, from, k, sign)
		ch := channel{vertical, at, to, from, c, [2]*box{end, k}}
		if sign > 0 {
			ch = channel{vertical, at, from, to, c, [2]*box{k, end}}
		}
		if ch.from < ch.to {
			out[c.n] = append(out[c.n], ch)
		}
		if !wall {
			return
		}
		lo, hi, k, c = to, to, c, c.parent
	}
}

// reach goes from a free place within c in one direction until something is in the way: a child
// of c, its title, or its wall. It says what it ended at; wall says that the way goes on outside.
func (t *tree) reach(c *box, vertical bool, at, from int, not *box, sign int) (to int, end *box, wall bool) {
	r := c.rect()
	to = r.X
	switch {
	case vertical && sign < 0:
		to = r.Y
	case vertical:
		to = r.Bottom()
	case sign > 0:
		to = r.Right()
	}
	end, wall = c, c.parent != nil
	if c.parent == nil {
		end = nil
	}
	lo, hi := r.X, r.Right()
	if !vertical {
		lo, hi = r.Y, r.Bottom()
	}
	if at < lo+inset || at > hi-inset {
		// Too near to the corner to pass through the wall.
		to, end, wall = to-sign*graze, nil, false
	}
	if title := c.titleRect(); vertical && sign < 0 && !title.Empty() && at > title.X-graze && at < title.Right()+graze {
		to, end, wall = title.Bottom()+graze, nil, false
	}
	for _, o := range c.kids {
		if o == not {
			continue
		}
		a, b, near, far := o.y, o.y+o.h, o.x, o.x+o.w
		if vertical {
			a, b, near, far = o.x, o.x+o.w, o.y, o.y+o.h
		}
		if at <= a-graze || at >= b+graze {
			continue
		}
		side, ahead := far, far <= from && far > to
		if sign > 0 {
			side, ahead = near, near >= from && near < to
		}
		if !ahead {
			continue
		}
		to, end, wall = side, o, false
		if at < a+inset || at > b-inset {
			to, end = side-sign*graze, nil
		}
	}
	return to, end, wall
}

// merge joins channels that lie on one another.
func merge(cs []channel) []channel {
	slices.SortFunc(cs, func(a, b channel) int {
		if a.vertical != b.vertical {
			if a.vertical {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
	})
	var out []channel
	for _, c := range cs {
		if n := len(out) - 1; n >= 0 && out[n].vertical == c.vertical && out[n].at == c.at && c.from < out[n].to {
			if c.from == out[n].from && out[n].ends[0] == nil {
				out[n].ends[0] = c.ends[0]
			}
			if c.to > out[n].to || c.to == out[n].to && out[n].ends[1] == nil {
				out[n].to, out[n].ends[1] = c.to, c.ends[1]
			}
			continue
		}
		out = append(out, c)
	}
	return out
}

// crossing is a node on a horizontal channel.
type crossing struct {
	x    int
	node int32
}

// connect makes the nodes and the steps of one boundary's channels. Ends of channels may lie on a wall, where those of
// another boundary go on: they are found again in ends.
func (w *network) connect(c *box, cs []channel, ends map[Point]int32) {
	split, _ := slices.BinarySearchFunc(cs, true, func(c channel, _ bool) int {
		if c.vertical {
			return -1
		}
		return 1
	})
	vertical, horizontal := cs[:split], cs[split:]
	on := make([][]crossing, len(horizontal))
	for i, h := range horizontal {
		on[i] = append(make([]crossing, 0, 16), crossing{h.from, w.end(Point{h.from, h.at}, ends)})
	}
	for _, v := range vertical {
		w.vertical(c, v, horizontal, on, ends)
	}
	for i, h := range horizontal {
		to := w.end(Point{h.to, h.at}, ends)
		w.port(h.ends[0], on[i][0].node)
		w.port(h.ends[1], to)
		last := on[i][0].node
		for _, x := range append(on[i][1:], crossing{h.to, to}) {
			if x.node != last {
				w.step(last, x.node, dirRight, c)
				last = x.node
			}
		}
	}
}

// vertical makes the nodes on one vertical channel, from the top to the bottom.
func (w *network) vertical(c *box, v channel, horizontal []channel, on [][]crossing, ends map[Point]int32) {
	top := w.end(Point{v.at, v.from}, ends)
	bottom := w.end(Point{v.at, v.to}, ends)
	w.port(v.ends[0], top)
	w.port(v.ends[1], bottom)
	last, lastY := top, v.from
	first, _ := slices.BinarySearchFunc(horizontal, v.from, func(h channel, y int) int { return cmp.Compare(h.at, y) })
	for i := first; i < len(horizontal) && horizontal[i].at <= v.to; i++ {
		h := horizontal[i]
		if h.from > v.at || v.at > h.to {
			continue
		}
		node := last
		switch {
		case h.at == lastY:
		case h.at == v.to:
			node = bottom
		case v.at == h.from || v.at == h.to:
			node = w.end(Point{v.at, h.at}, ends)
		default:
			node = w.node(Point{v.at, h.at})
		}
		if v.at > h.from && v.at < h.to && on[i][len(on[i])-1].x < v.at {
			on[i] = append(on[i], crossing{v.at, node})
		}
		if h.at > lastY {
			w.step(last, node, dirDown, c)
			last, lastY = node, h.at
		}
	}
	if lastY < v.to {
		w.step(last, bottom, dirDown, c)
	}
}

func (w *network) node(p Point) int32 {
	w.at = append(w.at, p)
	w.arcs = append(w.arcs, [dirs]arc{{to: -1}, {to: -1}, {to: -1}, {to: -1}})
	return int32(len(w.at) - 1)
}

// end is the node at the end of a channel.
func (w *network) end(p Point, ends map[Point]int32) int32 {
	i, ok := ends[p]
	if !ok {
		i = w.node(p)
		ends[p] = i
	}
	return i
}

// step joins a and b; d is the direction from a to b.
func (w *network) step(a, b int32, d int, owner *box) {
	back := (d + 2) % dirs
	length := int32(abs(w.at[a].X-w.at[b].X) + abs(w.at[a].Y-w.at[b].Y))
	w.arcs[a][d] = arc{to: b, owner: int32(owner.n), length: length}
	w.arcs[b][back] = arc{to: a, owner: int32(owner.n), length: length}
}

func (w *network) port(b *box, n int32) {
	if b != nil && b.parent != nil {
		w.ports[b.n] = append(w.ports[b.n], n)
	}
}
