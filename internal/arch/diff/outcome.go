package diff

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
)

// outcome is what a comparison found, in a form that is the same from either side; a [Diff] is one view of it.
type outcome struct {
	same    int
	noise   map[string]int
	changes []Change    // what is on both sides
	lone    [2][]absent // what one side alone has
	unknown []dark
}

// absent is a resource that the other side does not have.
type absent struct {
	r *evidence.Resource
	// why says that the other side need not have read it; nil where it did read what would hold it.
	why *gap
}

// gap is why something may be there although it was not seen.
type gap struct {
	input, reason, help string
	line                int
	// failed: the side says itself that it could not read this, rather than that nothing shows that it looked.
	failed bool
}

// dark is what cannot be told, and on which side; back is how it is said in the reverse comparison.
type dark struct {
	Unknown
	back Unknown
	side side
}

func (o *outcome) tell(u Unknown, s side) { o.unknown = append(o.unknown, dark{u, u, s}) }

// take files what the comparison of two resources found.
func (o *outcome) take(p *pair, kind Kind, basis string, replaced bool) {
	real, dim := 0, 0
	for i := range p.out {
		switch x := &p.out[i]; {
		case x.Unknown != "":
			dim++
		case x.Noise != "":
			o.noise[x.Noise]++
		default:
			real++
		}
	}
	if kind == Changed && replaced {
		if why := another(p); why != "" {
			kind, basis = Replaced, why
		}
	}
	switch {
	case real > 0 || kind != Changed:
		o.changes = append(o.changes, Change{Kind: kind, Old: p.old, New: p.new, Properties: p.out, Basis: basis})
	case dim > 0:
		o.dim(p)
	default:
		o.same++
	}
}

// dim tells what is unknown of two resources that do not differ otherwise, each reason once.
func (o *outcome) dim(p *pair) {
	at := map[string]int{}
	for i := range p.out {
		x := &p.out[i]
		if x.Unknown == "" {
			continue
		}
		key := x.Unknown + "\x00" + string(rune('0'+x.dark))
		if k, there := at[key]; there {
			u := &o.unknown[k]
			u.Count++
			u.back.Count++
			u.Path, u.back.Path = common(u.Path, x.Path), common(u.back.Path, x.back)
			continue
		}
		at[key] = len(o.unknown)
		o.unknown = append(o.unknown, dark{dimOf(p.new, x.Path, x.Unknown), dimOf(p.old, x.back, x.Unknown), x.dark})
	}
}

func dimOf(r *evidence.Resource, at Path, why string) Unknown {
	u := Unknown{Resource: r.ID, Type: r.Type, Path: at, Input: inputOf(r), Line: lineOf(r), Reason: why, Count: 1}
	if why == otherKey {
		u.Help = "set C4ARCH_KEY to the key under which the other side was sealed, and scan again"
	}
	return u
}

// common is the path above both.
func common(a, b Path) Path {
	n := 0
	x, y := a.Steps(), b.Steps()
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return a.Prefix(n)
}

// diff is the outcome seen from old to new.
func (o *outcome) diff() *Diff {
	d := &Diff{Same: o.same, Noise: o.noise, Changes: slices.Clone(o.changes), of: o}
	gaps := map[Unknown]int{}
	for s, kind := range [2]Kind{Removed, Added} {
		for _, l := range o.lone[s] {
			if l.why != nil && (s == 0 || l.why.failed) {
				gaps[l.unknown(s)]++
				continue
			}
			c := Change{Kind: kind}
			if s == 0 {
				c.Old = l.r
			} else {
				c.New = l.r
			}
			d.Changes = append(d.Changes, c)
		}
	}
	for u, n := range gaps {
		u.Count = n
		d.Unknown = append(d.Unknown, u)
	}
	d.nameSingle(o)
	for i := range o.unknown {
		u := o.unknown[i].Unknown
		u.WasKnown = o.unknown[i].side == newSide
		d.Unknown = append(d.Unknown, u)
	}
	slices.SortStableFunc(d.Changes, compareChanges)
	slices.SortStableFunc(d.Unknown, compareUnknown)
	return d
}

// unknown is the entry under which an absence is counted.
func (l *absent) unknown(s int) Unknown {
	u := Unknown{Input: l.why.input, Line: l.why.line, Reason: "not seen, and nothing tells that it is gone: " + l.why.reason, Help: l.why.help, WasKnown: true}
	if s == 1 {
		u.Reason, u.WasKnown = "seen now, and nothing tells whether it was there before: "+l.why.reason, false
	}
	return u
}

// nameSingle names the resource where an entry stands for one alone.
func (d *Diff) nameSingle(o *outcome) {
	single := map[Unknown]int{}
	for i := range d.Unknown {
		if d.Unknown[i].Count == 1 {
			u := d.Unknown[i]
			u.Count = 0
			single[u] = i
		}
	}
	for s := range o.lone {
		for _, l := range o.lone[s] {
			if l.why == nil {
				continue
			}
			if i, there := single[l.unknown(s)]; there {
				d.Unknown[i].Resource, d.Unknown[i].Type = l.r.ID, l.r.Type
			}
		}
	}
}

func compareChanges(a, b Change) int {
	x, y := a.Resource(), b.Resource()
	return cmp.Or(cmp.Compare(x.ID, y.ID), cmp.Compare(x.Form, y.Form), cmp.Compare(x.Side, y.Side), cmp.Compare(x.Type, y.Type),
		cmp.Compare(btoi(x.Data), btoi(y.Data)), cmp.Compare(a.Kind, b.Kind), cmp.Compare(x.Commitment, y.Commitment))
}

func compareUnknown(a, b Unknown) int {
	return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Input, b.Input),
		cmp.Compare(a.Line, b.Line), strings.Compare(a.Reason, b.Reason), cmp.Compare(a.Count, b.Count), cmp.Compare(btoi(a.WasKnown), btoi(b.WasKnown)))
}

// Mirror returns the difference seen from new to old.
func (d *Diff) Mirror() *Diff {
	if d.of == nil {
		return d.swapped()
	}
	o := outcome{same: d.of.same, noise: d.of.noise, lone: [2][]absent{d.of.lone[1], d.of.lone[0]}}
	for i := range d.of.changes {
		o.changes = append(o.changes, d.of.changes[i].mirror())
	}
	for _, u := range d.of.unknown {
		o.unknown = append(o.unknown, dark{u.back, u.Unknown, u.side.swapped()})
	}
	return o.diff()
}

// swapped mirrors a difference that somebody made by hand.
func (d *Diff) swapped() *Diff {
	m := &Diff{Same: d.Same, Noise: maps.Clone(d.Noise), Unknown: slices.Clone(d.Unknown)}
	for i := range d.Changes {
		m.Changes = append(m.Changes, d.Changes[i].mirror())
	}
	slices.SortStableFunc(m.Changes, compareChanges)
	return m
}

func (c *Change) mirror() Change {
	m := Change{Kind: c.Kind, Old: c.New, New: c.Old, Basis: c.Basis}
	switch c.Kind {
	case Added:
		m.Kind = Removed
	case Removed:
		m.Kind = Added
	}
	for i := range c.Properties {
		x := c.Properties[i]
		x.Path, x.back = cmp.Or(x.back, x.Path), x.Path
		x.OldPath, x.NewPath, x.Old, x.New, x.dark = x.NewPath, x.OldPath, x.New, x.Old, x.dark.swapped()
		m.Properties = append(m.Properties, x)
	}
	slices.SortStableFunc(m.Properties, compareProperties)
	return m
}
