package exposure

import (
	"cmp"
	"container/heap"
	"context"
	"encoding/binary"
	"maps"
	"slices"

	"c4arch/internal/base/fault"
)

// maxSteps bounds the work on one gate: rules that all overlap make it grow with the square of their number.
const maxSteps = 8_000_000

// maxAtoms is how many sorts of destinations are told apart.
const maxAtoms = 64

// errTooMany: the rules cannot be told in bounded work.
var errTooMany = fault.New(fault.Limited, "more rules that overlap than can be told")

// piece is a run of senders that may come in, and the rule that lets them.
type piece struct {
	interval
	rule *rule
}

// layer is what may come in at a run of ports.
type layer struct {
	ports  Ports
	pieces []piece // disjoint, in order
}

// open is what may come in, by protocol (the bit of tcp, udp, icmp, other): disjoint layers in order.
type open [4][]layer

// field is where rules are laid out: their tokens have places, and their destinations are told apart.
type field struct {
	ctx   context.Context
	index index
	steps int
	// atoms are representatives of destinations: no rule tells two destinations apart that one atom stands for.
	atoms []interval
	// coarse: there are more atoms than are told apart. Then a rule that denies counts only where it denies for all.
	coarse bool
}

// newField lays out the rules of both sides of a comparison.
func newField(ctx context.Context, groups ...[]rule) *field {
	f := &field{ctx: ctx, index: newIndex(groups...)}
	found := map[string]Set{}
	for _, rules := range groups {
		for i := range rules {
			if p := &rules[i].to; !p.whole() {
				set := f.index.set(p)
				found[keyOf(set)] = set
			}
		}
	}
	var sets []Set
	for _, key := range slices.Sorted(maps.Keys(found)) { // the mirror goes over them in the same order
		sets = append(sets, found[key])
	}
	f.divide(sets)
	return f
}

func keyOf(s Set) string {
	b := make([]byte, 0, len(s)*33)
	for _, r := range s {
		b = append(b, byte(r.band))
		for _, n := range []uint64{r.from.hi, r.from.lo, r.to.hi, r.to.lo} {
			b = binary.BigEndian.AppendUint64(b, n)
		}
	}
	return string(b)
}

// divide finds the atoms: of every run between two ends of sets, one for each combination of sets that it is in.
func (f *field) divide(sets []Set) {
	starts := []interval{all(ip4), all(ip6), all(tagged), all(inside), all(unknown)}
	for _, s := range sets {
		for _, r := range s {
			starts = append(starts, interval{r.band, r.from, r.from})
			if r.to != all(r.band).to {
				starts = append(starts, interval{r.band, r.to.next(), r.to.next()})
			}
		}
	}
	if f.coarse = len(starts)*len(sets) > maxSteps/10; f.coarse {
		return
	}
	seen := map[string]bool{}
	for _, at := range starts {
		signature := make([]byte, (len(sets)+7)/8)
		for i, s := range sets {
			if s.contains(at.band, at.from) {
				signature[i/8] |= 1 << (i % 8)
			}
		}
		if !seen[string(signature)] {
			seen[string(signature)] = true
			f.atoms = append(f.atoms, at)
		}
	}
	if f.coarse = len(f.atoms) > maxAtoms; f.coarse {
		f.atoms = nil
	}
}

// laid is a rule in its place.
type laid struct {
	*rule
	from Set
	full bool // everyone
	rank int
}

// at returns the rules that count for an atom, the first that decides in front. With coarse there is no atom.
func (f *field) at(rules []rule, atom int) []laid {
	var out []laid
	for i := range rules {
		r := &rules[i]
		if f.coarse {
			if r.deny && !r.to.whole() {
				continue
			}
		} else if !r.to.whole() && !f.index.set(&r.to).contains(f.atoms[atom].band, f.atoms[atom].from) {
			continue
		}
		out = append(out, laid{rule: r, from: f.index.set(&r.from), full: r.from.whole()})
	}
	slices.SortStableFunc(out, func(a, b laid) int { return compareRules(a.rule, b.rule) })
	for i := range out {
		out[i].rank = i
	}
	return out
}

// compareRules puts the rule that decides in front. What two rules of one priority do is the same in any order of theirs, but for the name under
// which it is reported.
func compareRules(a, b *rule) int {
	if c := cmp.Compare(a.priority, b.priority); c != 0 {
		return c
	}
	if a.deny != b.deny {
		if a.deny == a.denyFirst {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.path, b.path), cmp.Compare(idOf(a.resource), idOf(b.resource)))
}

// openness returns what the rules let in to an atom of destinations.
func (f *field) openness(rules []rule, atom int) (open, error) {
	placed := f.at(rules, atom)
	known := map[string][]piece{}
	var out open
	for bit := range out {
		layers, err := f.layers(placed, protocols(1<<bit), known)
		if err != nil {
			return open{}, err
		}
		out[bit] = layers
	}
	return out, nil
}

// event is where a rule begins or ceases to count.
type event struct {
	port  int
	begin bool
	rank  int
}

func (f *field) layers(placed []laid, p protocols, known map[string][]piece) ([]layer, error) {
	var events []event
	for _, r := range placed {
		for _, run := range r.portsOf(p) {
			events = append(events, event{run.From, true, r.rank}, event{run.To + 1, false, r.rank})
		}
	}
	slices.SortFunc(events, func(a, b event) int { return cmp.Compare(a.port, b.port) })
	var active []int // ranks in order
	var out []layer
	for i := 0; i < len(events); {
		at := events[i].port
		for ; i < len(events) && events[i].port == at; i++ {
			active = events[i].apply(active)
		}
		if len(active) == 0 || i == len(events) {
			continue
		}
		pieces, err := f.decide(placed, active, known)
		if err != nil {
			return nil, err
		}
		out = appendLayer(out, layer{Ports{at, events[i].port - 1}, pieces})
	}
	return out, nil
}

func (e event) apply(active []int) []int {
	i, found := slices.BinarySearch(active, e.rank)
	switch {
	case e.begin && !found:
		return slices.Insert(active, i, e.rank)
	case !e.begin && found:
		return slices.Delete(active, i, i+1)
	}
	return active
}

// portsOf returns the ports of a rule for one protocol. What has no ports is let in whole, by rules that name
// it, or that are for every protocol and every port.
func (r *rule) portsOf(p protocols) []Ports {
	switch {
	case r.protocols&p == 0:
		return nil
	case p&ported != 0:
		return r.ports
	case r.protocols&ported == 0 || slices.Equal(r.ports, everyPort):
		return everyPort
	}
	return nil
}

func appendLayer(out []layer, l layer) []layer {
	if len(l.pieces) == 0 {
		return out
	}
	if n := len(out); n > 0 && out[n-1].ports.To+1 == l.ports.From && slices.Equal(out[n-1].pieces, l.pieces) {
		out[n-1].ports.To = l.ports.To
		return out
	}
	return append(out, l)
}

// decide returns who may come in where these rules count: for each sender the first rule speaks.
func (f *field) decide(placed []laid, active []int, known map[string][]piece) ([]piece, error) {
	key := make([]byte, 0, 4*min(len(active), 64))
	used := active
	for i, rank := range active {
		key = binary.BigEndian.AppendUint32(key, uint32(rank)) //nolint:gosec // a rank is an index of a slice in memory
		if placed[rank].full {
			used = active[:i+1] // nothing behind it is asked
			break
		}
	}
	f.steps += len(used) + 1
	if pieces, ok := known[string(key)]; ok {
		return pieces, nil
	}
	if err := f.ctx.Err(); err != nil {
		return nil, err
	}
	var runs []owned
	for _, rank := range used {
		for _, r := range placed[rank].from {
			runs = append(runs, owned{r, rank})
		}
	}
	if f.steps += 8 * len(runs); f.steps > maxSteps {
		return nil, errTooMany
	}
	pieces := sweep(runs, placed)
	known[string(key)] = pieces
	return pieces, nil
}

// owned is a run of senders of which a rule speaks.
type owned struct {
	interval
	rank int
}

// waiting holds the runs that the sweep is in, the first that decides on top.
type waiting []owned

func (w waiting) Len() int           { return len(w) }
func (w waiting) Less(i, k int) bool { return w[i].rank < w[k].rank }
func (w waiting) Swap(i, k int)      { w[i], w[k] = w[k], w[i] }
func (w *waiting) Push(x any)        { *w = append(*w, x.(owned)) }
func (w *waiting) Pop() any {
	old := *w
	x := old[len(old)-1]
	*w = old[:len(old)-1]
	return x
}

// sweep goes over the senders in order and keeps those runs whose first rule lets them in.
func sweep(runs []owned, placed []laid) []piece {
	slices.SortFunc(runs, func(a, b owned) int { return cmp.Or(byStart(a.interval, b.interval), cmp.Compare(a.rank, b.rank)) })
	var out []piece
	var w waiting
	for i := 0; i < len(runs) || len(w) > 0; {
		if len(w) == 0 {
			heap.Push(&w, runs[i])
			i++
			continue
		}
		top := w[0]
		// The top speaks from its start up to its end, or to where another begins that decides before it.
		if i < len(runs) && runs[i].band == top.band && runs[i].from.compare(top.to) <= 0 {
			next := runs[i]
			i++
			if next.rank < top.rank {
				if top.from.compare(next.from) < 0 {
					out = appendPiece(out, interval{top.band, top.from, next.from.previous()}, placed[top.rank].rule)
				}
			} else {
				next.from = later(next.from, top.from)
			}
			heap.Push(&w, next)
			continue
		}
		out = appendPiece(out, top.interval, placed[top.rank].rule)
		heap.Pop(&w)
		w.after(top)
	}
	return out
}

// after drops from the runs what was spoken of up to the end of one of them.
func (w *waiting) after(done owned) {
	for len(*w) > 0 {
		top := &(*w)[0]
		if top.band == done.band && top.to.compare(done.to) <= 0 {
			heap.Pop(w)
			continue
		}
		if top.band == done.band && top.from.compare(done.to) <= 0 {
			top.from = done.to.next()
		}
		return
	}
}

func appendPiece(out []piece, run interval, r *rule) []piece {
	if r.deny {
		return out
	}
	if n := len(out); n > 0 && out[n-1].rule == r && out[n-1].band == run.band && out[n-1].to.next() == run.from {
		out[n-1].to = run.to
		return out
	}
	return append(out, piece{run, r})
}
