package layout

import (
	"cmp"
	"slices"
)

// jam is a chain of things that have no room between two boxes that people placed: what they are and how much room they
// lack. Lines and labels give way before a placed box does: the labels are put elsewhere on their lines, and lines that
// cannot be rid of their label, or are too many, go round.
type jam struct {
	vertical bool
	short    int
	labels   []ban
	lines    []ban
}

// How often a picture is drawn to resolve its jams, what it costs to stand or run where one was, and how long a chain
// is followed.
const (
	jamTries = 24
	costJam  = 2500
	jamChain = 200
	maxBans  = 8 // of one line
)

// drawAgain draws what has seats. While boxes that people placed would have to give way it draws again without what
// jams them, and takes the drawing in which they move least.
func (t *tree) drawAgain(o Options) error {
	t.keep = true
	for _, w := range t.wires {
		w.bans, w.detour = nil, false
	}
	best, least := -1, 0
	var bans []ban
	for range jamTries {
		if err := t.drawOnce(o); err != nil || !t.hands {
			return err
		}
		if best < 0 || t.pushed < least {
			best, least = len(bans), t.pushed
		}
		more := t.resolve()
		if t.pushed == 0 || len(more) == 0 {
			break
		}
		for _, b := range more {
			b.lay()
		}
		bans = append(bans, more...)
	}
	if t.pushed == least {
		return nil
	}
	for _, w := range t.wires {
		w.bans, w.detour = nil, false
	}
	for _, b := range bans[:best] {
		b.lay()
	}
	return t.drawOnce(o)
}

func (t *tree) drawOnce(o Options) error {
	t.jams, t.pushed = nil, 0
	t.takeEnds(o.Ways)
	t.placeAgain(o)
	return t.draw(o.Ways)
}

// ban keeps a line or its label out of a place.
type ban struct {
	w      *wire
	at     Rect
	detour bool // the line too
}

func (b ban) lay() {
	b.w.bans = append(b.w.bans, b.at)
	b.w.detour = b.w.detour || b.detour
}

// banned reports whether a line, or its label, should keep out of a place.
func (w *wire) banned(r Rect) bool { return slices.ContainsFunc(w.bans, r.Overlaps) }

// resolve chooses what is to leave the jams: the largest labels first, and lines if that does not do.
func (t *tree) resolve() []ban {
	var bans []ban
	done := make(map[*wire]bool)
	for _, j := range t.jams {
		need := j.short
		size := func(b ban) int {
			if j.vertical {
				return b.at.H
			}
			return b.at.W
		}
		slices.SortStableFunc(j.labels, func(a, b ban) int {
			return cmp.Or(cmp.Compare(len(a.w.bans), len(b.w.bans)), -cmp.Compare(size(a), size(b)), cmp.Compare(a.w.n, b.w.n))
		})
		for _, b := range slices.Concat(j.labels, j.lines) {
			if need > 0 && !done[b.w] && len(b.w.bans) < maxBans {
				done[b.w] = true
				need -= size(b)
				b.detour = b.detour || len(b.w.bans) > 0
				bans = append(bans, b)
			}
		}
	}
	return bans
}

// noteJams finds what stands between boxes that people placed where these had to be moved.
func (p *pass) noteJams(order, pos []int, pinned []bool) {
	labels, lines := make(map[int][]*wire), make(map[int]*seg)
	for _, w := range p.t.wires {
		if w.mark != nil {
			labels[p.label[w]] = append(labels[p.label[w]], w)
		}
	}
	for s, v := range p.seg {
		lines[v] = s
	}
	for _, i := range order {
		if !pinned[i] || pos[i] == p.vars[i].key {
			continue
		}
		j := jam{vertical: p.vertical, short: abs(pos[i] - p.vars[i].key)}
		p.t.pushed += j.short
		for at, n := p.holder(i, order, pos), 0; at >= 0 && !pinned[at] && n < jamChain; at, n = p.holder(at, order, pos), n+1 {
			for _, w := range labels[at] {
				j.labels = append(j.labels, ban{w: w, at: w.labelRect()})
			}
			if s := lines[at]; s != nil {
				j.lines = append(j.lines, ban{s.w, piece{s.w, s.vertical, s.at, s.lo, s.hi}.rect(graze), true})
			}
		}
		p.t.jams = append(p.t.jams, j)
	}
}

// holder is what keeps a variable from being any lower, or -1.
func (p *pass) holder(i int, order, pos []int) int {
	for _, b := range p.vars[i].after {
		if b.v != i && pos[b.v]+b.dist == pos[i] {
			return b.v
		}
	}
	for _, k := range order {
		if k == i {
			break
		}
		for _, a := range p.vars[k].parts {
			for _, c := range p.vars[i].parts {
				if !a.open && !c.close && a.first < c.end && c.first < a.end && pos[k]+a.off+a.size+p.dist[a.kind][c.kind] == pos[i]+c.off {
					return k
				}
			}
		}
	}
	return -1
}
