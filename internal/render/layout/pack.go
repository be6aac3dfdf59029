package layout

import (
	"cmp"
	"slices"
)

// aside is where boxes stand that are joined to none of their siblings.
type aside int

const (
	underneath aside = iota // in rows below the groups
	alongside               // in a column beside the first row of groups
	among                   // in free places among the groups
)

// tucked is how many boxes are put in free places among groups.
const tucked = 6

// pack lays the groups and the loose boxes out in rows of blocks.
func pack(groups []*net, loose []*box, width int, where aside, o Options) *block {
	var blocks []*block
	for _, g := range groups {
		blocks = append(blocks, g.bestOnce(max(width, fineWidth), o))
	}
	slices.SortStableFunc(blocks, func(a, b *block) int { return cmp.Compare(b.h, a.h) })
	if where == among {
		return tuck(shelve(blocks, width), groups, loose)
	}
	if len(loose) > 0 {
		if where == underneath {
			blocks = append(blocks, grid(loose, width))
		} else {
			widest := 0
			for _, b := range loose {
				widest = max(widest, b.w)
			}
			one := grid(loose, widest)
			columns := max(1, (one.h+blocks[0].h-1)/max(1, blocks[0].h))
			side := grid(loose, columns*(widest+gapX)-gapX)
			width = max(width, blocks[0].w+gapBlock+side.w)
			blocks = slices.Insert(blocks, 1, side)
		}
	}
	return shelve(blocks, width)
}

// tuck puts loose boxes in free places of a block.
func tuck(b *block, groups []*net, loose []*box) *block {
	c := &box{}
	n := &nook{c: c, at: make(map[*box]int), seats: make(map[*box]int)}
	for _, s := range b.spots {
		n.at[s.b] = len(n.there)
		n.there = append(n.there, settled{b: s.b, rect: Rect{s.x, s.y, s.b.w, s.b.h}})
		n.seats[s.b] = len(n.there)
	}
	n.links = make([][]link, len(n.there)+len(loose))
	for _, g := range groups {
		for v, k := range g.boxes {
			for _, w := range g.down[v] {
				if k != nil && g.boxes[w] != nil {
					n.links[n.at[k]] = append(n.links[n.at[k]], link{g.boxes[w], true})
				}
			}
		}
	}
	for _, k := range loose {
		n.at[k] = len(n.there)
		at := n.choose(single(k))
		r := Rect{at.X, at.Y, k.w, k.h}
		n.there = append(n.there, settled{b: k, rect: r})
		n.seats[k] = len(n.there)
		b.spots = append(b.spots, spot{b: k, x: at.X, y: at.Y})
		b.w, b.h = max(b.w, r.Right()), max(b.h, r.Bottom())
	}
	return b
}
