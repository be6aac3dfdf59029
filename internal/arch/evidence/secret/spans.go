package secret

import "slices"

// span is a part of a text.
type span struct{ from, to int }

// spans are parts of a text that do not overlap, in order.
type spans []span

// add puts a part in, joined with those that it overlaps.
func (l *spans) add(from, to int) {
	i, _ := slices.BinarySearchFunc(*l, from, func(sp span, at int) int {
		if sp.to <= at {
			return -1
		}
		return 1
	})
	j := i
	for j < len(*l) && (*l)[j].from < to {
		from, to = min(from, (*l)[j].from), max(to, (*l)[j].to)
		j++
	}
	*l = slices.Replace(*l, i, j, span{from, to})
}

// at returns the end of the part that i is in.
func (l spans) at(i int) (to int, in bool) {
	k := l.after(i)
	if k < len(l) && l[k].from <= i {
		return l[k].to, true
	}
	return 0, false
}

// after returns the index of the first part that ends behind i.
func (l spans) after(i int) int {
	if len(l) < 8 {
		k := 0
		for k < len(l) && l[k].to <= i {
			k++
		}
		return k
	}
	k, _ := slices.BinarySearchFunc(l, i, func(sp span, at int) int {
		if sp.to <= at {
			return -1
		}
		return 1
	})
	return k
}
