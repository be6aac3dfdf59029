package diff

import (
	"cmp"
	"hash/fnv"
	"slices"
)

// Items without an identity that differ belong together when they have at least half of their leaves in common. Up to maxMatrix
// pairs are all looked at; of more, only those that share a leaf which no other item has.
const (
	maxMatrix   = 10_000
	maxFeatures = 256
)

// similar pairs the items of two arrays by what they have in common, the same from either side.
func similar(a, b []*node, onlyOld bool) (pairs [][2]*node, left, right []*node) {
	switch {
	case len(a) == 0 || len(b) == 0:
		return nil, a, b
	case len(a) == 1 && len(b) == 1:
		return [][2]*node{{a[0], b[0]}}, nil, nil
	}
	fa, fb := featuresOf(a), featuresOf(b)
	var all []likeness
	if len(a)*len(b) <= maxMatrix {
		for i := range a {
			for j := range b {
				all = append(all, likenessOf(fa, fb, i, j))
			}
		}
	} else {
		all = byRareFeatures(fa, fb)
	}
	if onlyOld { // what code states, by what of it is live
		for k := range all {
			all[k].score *= float64(len(fa[all[k].i])+len(fb[all[k].j])) / float64(2*max(len(fa[all[k].i]), 1))
		}
	}
	all = slices.DeleteFunc(all, func(l likeness) bool { return l.score < 0.5 })
	slices.SortFunc(all, func(x, y likeness) int {
		if c := cmp.Compare(y.score, x.score); c != 0 {
			return c
		}
		// By content and not by side, so that the reverse comparison pairs the same.
		x1, x2 := ends(a[x.i].hash(), b[x.j].hash())
		y1, y2 := ends(a[y.i].hash(), b[y.j].hash())
		return cmp.Or(x1.compare(y1), x2.compare(y2), cmp.Compare(x.i+x.j, y.i+y.j), cmp.Compare(min(x.i, x.j), min(y.i, y.j)))
	})
	usedA, usedB := make([]bool, len(a)), make([]bool, len(b))
	for _, l := range all {
		if !usedA[l.i] && !usedB[l.j] {
			usedA[l.i], usedB[l.j] = true, true
			pairs = append(pairs, [2]*node{a[l.i], b[l.j]})
		}
	}
	return pairs, rest(a, usedA), rest(b, usedB)
}

func ends(x, y *digest) (low, high *digest) {
	if x.compare(y) > 0 {
		return y, x
	}
	return x, y
}

func rest(items []*node, used []bool) []*node {
	var out []*node
	for i, n := range items {
		if !used[i] {
			out = append(out, n)
		}
	}
	return out
}

type likeness struct {
	i, j  int
	score float64
}

// likenessOf is twice the common leaves by all leaves (Dice's coefficient).
func likenessOf(a, b [][]uint64, i, j int) likeness {
	x, y := a[i], b[j]
	common := 0
	for k, l := 0, 0; k < len(x) && l < len(y); {
		switch {
		case x[k] < y[l]:
			k++
		case x[k] > y[l]:
			l++
		default:
			common++
			k++
			l++
		}
	}
	return likeness{i, j, 2 * float64(common) / float64(max(len(x)+len(y), 1))}
}

// byRareFeatures looks at the pairs that share a leaf which one item of each side has.
func byRareFeatures(a, b [][]uint64) []likeness {
	type owner struct{ i, n int }
	index := func(f [][]uint64) map[uint64]owner {
		m := map[uint64]owner{}
		for i := range f {
			for _, x := range f[i] {
				o := m[x]
				m[x] = owner{i, o.n + 1}
			}
		}
		return m
	}
	ma, mb := index(a), index(b)
	seen := map[[2]int]bool{}
	var out []likeness
	for i := range a {
		for _, x := range a[i] {
			if o := mb[x]; ma[x].n == 1 && o.n == 1 && !seen[[2]int{i, o.i}] {
				seen[[2]int{i, o.i}] = true
				out = append(out, likenessOf(a, b, i, o.i))
			}
		}
	}
	return out
}

// featuresOf returns the leaves of each item as sorted numbers. That two leaves share a number now and then does no harm.
func featuresOf(items []*node) [][]uint64 {
	out := make([][]uint64, len(items))
	for i, n := range items {
		out[i] = n.features(nil, 0)
		slices.Sort(out[i])
	}
	return out
}

func (n *node) features(out []uint64, at uint64) []uint64 {
	if len(out) >= maxFeatures {
		return out
	}
	if len(n.kids) == 0 {
		return append(out, mix(at, n.key))
	}
	for i := range n.kids {
		k := &n.kids[i]
		next := at*31 + 7
		if n.shape == object {
			next = mix(at, k.fold)
		}
		out = k.features(out, next)
	}
	return out
}

func mix(at uint64, s string) uint64 {
	h := fnv.New64a()
	var b [8]byte
	for i := range b {
		b[i] = byte(at >> (8 * i))
	}
	h.Write(b[:])
	h.Write([]byte(s))
	return h.Sum64()
}
