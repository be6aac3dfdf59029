package exposure

import (
	"slices"
)

// combine goes over the ports of two lists of layers and joins what stands at each by do.
func (f *field) combine(a, b []layer, do func(a, b []piece) []piece) ([]layer, error) {
	var out []layer
	i, k := 0, 0
	at := 0
	for i < len(a) || k < len(b) {
		if i < len(a) && a[i].ports.To < at {
			i++
			continue
		}
		if k < len(b) && b[k].ports.To < at {
			k++
			continue
		}
		left, endA := standing(a, i, at)
		right, endB := standing(b, k, at)
		end := min(endA, endB)
		if f.steps += len(left) + len(right) + 1; f.steps > maxSteps {
			return nil, errTooMany
		}
		if len(left)+len(right) > 0 {
			out = appendLayer(out, layer{Ports{at, end}, do(left, right)})
		}
		at = end + 1
	}
	return out, f.ctx.Err()
}

// standing returns what is open at a port, and the last port up to which that holds.
func standing(layers []layer, i, at int) ([]piece, int) {
	switch {
	case i >= len(layers):
		return nil, maxPort
	case layers[i].ports.From > at:
		return nil, layers[i].ports.From - 1
	}
	return layers[i].pieces, layers[i].ports.To
}

// minus returns what of a is not in b, with the rules of a.
func minus(a, b []piece) []piece {
	if slices.EqualFunc(a, b, func(x, y piece) bool { return x.interval == y.interval }) {
		return nil
	}
	without := setOf(b)
	broad := without.Share(4) == 1
	var out []piece
	i := 0
	for _, p := range a {
		if broad && p.band >= tagged {
			continue // names say nothing beside all addresses
		}
		for i < len(without) && before(without[i], p.interval) {
			i++
		}
		end := i
		for end < len(without) && !before(p.interval, without[end]) {
			end++
		}
		for _, run := range (Set{p.interval}).Subtract(without[i:end]) {
			out = append(out, piece{run, p.rule})
		}
	}
	return out
}

// plus returns what is in a or in b; where it is in both, with the rules of a.
func plus(a, b []piece) []piece {
	if len(b) == 0 {
		return a
	}
	have := setOf(a)
	out := slices.Clone(a)
	for _, p := range b {
		for _, run := range (Set{p.interval}).Subtract(have) {
			out = append(out, piece{run, p.rule})
		}
	}
	slices.SortFunc(out, func(x, y piece) int { return byStart(x.interval, y.interval) })
	return out
}

func setOf(pieces []piece) Set {
	runs := make([]interval, len(pieces))
	for i := range pieces {
		runs[i] = pieces[i].interval
	}
	return newSet(runs)
}

// leftOpen reports whether the piece is of a rule that lets in somebody nobody knows.
func (p piece) leftOpen() bool {
	return p.rule.from.puzzling()
}

// closing is minus, but that nothing counts as closed where it is unknown who may come in now.
func closing(a, b []piece) []piece {
	if slices.ContainsFunc(b, piece.leftOpen) {
		return nil
	}
	return minus(a, b)
}

// doubt returns what lets in somebody nobody knows, where without it something would be closed.
func doubt(a, b []piece) []piece {
	if !slices.ContainsFunc(b, piece.leftOpen) || len(minus(a, b)) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(b), func(p piece) bool { return !p.leftOpen() })
}
