package layout

import "slices"

// hold finds positions as solve does, but holds boxes where they are. Boxes move only when the
// lines and labels between them need more room than there is, only by what is missing, and
// downwards or to the right; those in front of something that a person placed go the other way.
// Lines and labels then share the room between the boxes.
//
// It is the longest path in the graph of constraints, with lines free to be anywhere and boxes
// bound to their places from below; nothing that has room is moved, so that a picture with room
// for everything stays what it is.
func (p *pass) hold(order, reversed []int) {
	isBox, pinned := make([]bool, len(p.vars)), make([]bool, len(p.vars))
	for _, b := range p.t.boxes {
		isBox[p.low[b.n]], isBox[p.high[b.n]] = true, true
		if b.seat.placed {
			pinned[p.low[b.n]] = true
		}
	}
	low := p.lowest(order, reversed, isBox, pinned)
	if p.t.hands && slices.ContainsFunc(order, func(i int) bool { return pinned[i] && low[i] != p.vars[i].key }) {
		p.dist = &closer
		low = p.lowest(order, reversed, isBox, pinned)
		p.noteJams(order, low, pinned)
	}
	n := len(p.vars)
	wish, limit := make([]int, n), make([]int, n)
	for i := range p.vars {
		wish[i], limit[i] = -nowhere, nowhere
		if isBox[i] {
			wish[i], limit[i] = low[i], low[i]
		}
	}
	high := p.push(reversed, true, wish, limit)
	for i, v := range p.vars {
		wish[i] = v.key
		if isBox[i] {
			wish[i] = low[i]
		}
	}
	forth, back := p.push(order, false, wish, high), p.push(reversed, true, wish, low)
	for i, v := range p.vars {
		v.pos = floorDiv(forth[i]+back[i], 2)
	}
}

// closer is what two kinds keep between them where people left no more room.
var closer = [kinds][kinds]int{
	kindLine:  {8, 8, 10, 8, 8, 10},
	kindLabel: {8, 8, 8, 8, 8, 8},
	kindLeaf:  {10, 8, 16, 10, 10, 16},
	kindWall:  {8, 8, 10, 10, 8, 10},
	kindBar:   {8, 8, 10, 8, 8, 10},
	kindFirm:  {10, 8, 16, 10, 10, leastGap},
}

// lowest finds the places of the boxes, and for all others the lowest that they can have then.
func (p *pass) lowest(order, reversed []int, isBox, pinned []bool) []int {
	n := len(p.vars)
	wish, limit := make([]int, n), make([]int, n)
	for i, v := range p.vars {
		wish[i], limit[i] = -nowhere, nowhere
		if pinned[i] {
			wish[i], limit[i] = v.key, v.key
		}
	}
	top := p.push(reversed, true, wish, limit)
	for i, v := range p.vars {
		wish[i], limit[i] = nowhere, -nowhere
		if isBox[i] {
			wish[i] = min(v.key, top[i])
		}
	}
	return p.push(order, false, wish, limit)
}
