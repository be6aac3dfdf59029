package exposure

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
)

// touches returns the changes that may have an effect on a gate.
func touches(d *diff.Diff) []*diff.Change {
	var out []*diff.Change
	for i := range d.Changes {
		if c := &d.Changes[i]; concerns(c) {
			out = append(out, c)
		}
	}
	return out
}

func concerns(c *diff.Change) bool {
	r := c.Resource()
	if r == nil {
		return false
	}
	t := typeOf(r)
	if _, ok := roles[t]; !ok {
		return false
	}
	if c.Kind != diff.Changed || t == "Service" {
		return true
	}
	return slices.ContainsFunc(c.Properties, func(p diff.Property) bool { return p.Noise == "" && Governs(t, p.Pattern) })
}

// comparison is one run of [Compare].
type comparison struct {
	ctx      context.Context
	old, new *gates
	// gone and came are the resources of each side that are not as they were.
	gone, came map[variant]bool
	// next and last link the id of a gate with the one that it has, or had, on the other side.
	next, last map[string]string
	// hidden says which properties of a resource one side could not read.
	hidden map[variant][]string

	oldSnapshot, newSnapshot *evidence.Snapshot
	guardsOld, guardsNew     *guards // read when the first group is gone
	every                    *gates
}

func (c *comparison) run(touched []*diff.Change) ([]Change, error) {
	c.gone, c.came, c.next, c.last = map[variant]bool{}, map[variant]bool{}, map[string]string{}, map[string]string{}
	c.hidden = map[variant][]string{}
	for _, x := range touched {
		c.note(x)
	}
	pairs := c.pairs(touched)
	var out []Change
	for _, p := range pairs {
		some, err := c.variants(p)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	slices.SortStableFunc(out, func(a, b Change) int { return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Kind, b.Kind)) })
	return slices.CompactFunc(out, sameEffect), nil
}

// sameEffect reports whether two changes say the same of one gate: it is seen in two vocabularies.
func sameEffect(a, b Change) bool {
	return a.Resource == b.Resource && slices.EqualFunc(a.Opened, b.Opened, sameSpan) && slices.EqualFunc(a.Closed, b.Closed, sameSpan) && slices.Equal(a.Unknown, b.Unknown)
}

func sameSpan(a, b Span) bool {
	a.By, a.Resource, a.Path, b.By, b.Resource, b.Path = "", "", "", "", "", ""
	return a == b
}

func variantOf(r *evidence.Resource) variant { return variant{r.ID, r.Form, r.Side} }

// pair is a gate by its ids on both sides; "" where it is not there.
type pair struct{ old, new string }

// pairs finds the gates that the changes touch. The same id is the same gate; where a side does not have it, a change that ties a resource
// of each side together tells.
func (c *comparison) pairs(touched []*diff.Change) []pair {
	onOld, onNew := c.old.ids(), c.new.ids()
	for _, members := range []bool{false, true} { // what the gate itself became counts more than what its rules did
		for _, x := range touched {
			if x.Old == nil || x.New == nil || roles[typeOf(x.Old)].member != members {
				continue
			}
			a, b := c.old.gateOf(x.Old), c.new.gateOf(x.New)
			if a != b && !onNew[a] && !onOld[b] && c.next[a] == "" && c.last[b] == "" {
				c.next[a], c.last[b] = b, a
			}
		}
	}
	seen := map[pair]bool{}
	for _, x := range touched {
		if x.Old != nil {
			id := c.old.gateOf(x.Old)
			p := pair{old: id, new: c.next[id]}
			if onNew[id] {
				p.new = id
			}
			seen[p] = true
		}
		if x.New != nil {
			id := c.new.gateOf(x.New)
			p := pair{old: c.last[id], new: id}
			if onOld[id] {
				p.old = id
			}
			seen[p] = true
		}
	}
	out := make([]pair, 0, len(seen))
	for p := range seen {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b pair) int {
		return cmp.Or(cmp.Compare(cmp.Or(a.new, a.old), cmp.Or(b.new, b.old)), cmp.Compare(a.old, b.old))
	})
	return out
}

func (g *gates) ids() map[string]bool {
	all := make(map[string]bool, len(g.parts))
	for v := range g.parts {
		all[v.id] = true
	}
	return all
}

var (
	forms = []evidence.Form{evidence.ARM, evidence.Terraform, evidence.Kubernetes, evidence.Compose}
	sides = []evidence.Side{"", evidence.Live, evidence.Declared, evidence.Planned}
)

// of returns the variants of a gate.
func (g *gates) of(id string) []variant {
	var out []variant
	for _, f := range forms {
		for _, s := range sides {
			if v := (variant{id, f, s}); id != "" && len(g.parts[v]) > 0 {
				out = append(out, v)
			}
		}
	}
	return out
}

// variants compares what each vocabulary and side says of a gate with what the same one said before; what is left over on both is the same
// gate under another.
func (c *comparison) variants(p pair) ([]Change, error) {
	was, is := c.old.of(p.old), c.new.of(p.new)
	var out []Change
	do := func(a, b variant) error {
		some, err := c.gate(p, a, b)
		out = append(out, some...)
		return err
	}
	var left []variant
	for _, a := range was {
		i := slices.IndexFunc(is, func(b variant) bool { return a.form == b.form && a.side == b.side })
		if i < 0 {
			left = append(left, a)
			continue
		}
		if err := do(a, is[i]); err != nil {
			return nil, err
		}
		is = slices.Delete(is, i, i+1)
	}
	for i := range max(len(left), len(is)) {
		var a, b variant
		if i < len(left) {
			a = left[i]
		}
		if i < len(is) {
			b = is[i]
		}
		if err := do(a, b); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// gate compares one gate; nothing when it lets the same through.
func (c *comparison) gate(p pair, a, b variant) ([]Change, error) {
	was, is := slices.Clone(c.old.parts[a]), slices.Clone(c.new.parts[b])
	wasParts, isParts := keys(was), keys(is)
	for _, r := range c.old.parts[a] {
		if v := variantOf(r); !isParts[v] && !c.gone[v] {
			is = append(is, r) // it could not be read, which is not that it is gone
		}
	}
	for _, r := range c.new.parts[b] {
		if v := variantOf(r); !wasParts[v] && !c.came[v] {
			was = append(was, r)
		}
	}
	old, new := build(cmp.Or(p.old, p.new), was), build(cmp.Or(p.new, p.old), is)
	if len(is) == 0 && !old.isolated() {
		if isGroup(old.id) {
			return c.withoutGroup(old.id, old)
		}
		return nil, nil // that it is gone is another's to say
	}
	return c.between(old, new)
}

// between compares a gate with what stands in its place.
func (c *comparison) between(old, new *gate) ([]Change, error) {
	x := Change{Resource: new.id, Kind: cmp.Or(new.kind, old.kind), Old: old.own(), New: new.own()}
	if err := c.effect(&x, old, new); err != nil {
		return nil, err
	}
	if len(old.parts) == 0 {
		x.Closed = nil
	}
	if len(x.Opened)+len(x.Closed)+len(x.Unknown) == 0 {
		return nil, nil
	}
	return []Change{x}, nil
}

func keys(parts []*evidence.Resource) map[variant]bool {
	all := make(map[variant]bool, len(parts))
	for _, r := range parts {
		all[variantOf(r)] = true
	}
	return all
}

// effect fills in what is opened and closed.
func (c *comparison) effect(out *Change, old, new *gate) error {
	out.Unknown = c.withheld(old, new)
	if old.partial || new.partial {
		out.Unknown = sortedOnce(slices.Concat(out.Unknown, old.notes, new.notes))
	}
	if len(out.Unknown) > 0 {
		return nil
	}
	old.standIn(new)
	new.standIn(old)
	f := newField(c.ctx, old.rules, new.rules)
	x, err := f.difference(old.rules, new.rules)
	if errors.Is(err, errTooMany) {
		out.Unknown = []string{tooMany}
		return nil
	}
	if err != nil {
		return err
	}
	out.Opened, out.Closed = f.spans(x.opened), f.spans(x.closed)
	for _, n := range new.notes {
		if !slices.Contains(old.notes, n) {
			out.Unknown = append(out.Unknown, n)
		}
	}
	out.Unknown = sortedOnce(slices.Concat(out.Unknown, f.unknowns(x.opened), f.unknowns(x.doubt)))
	return nil
}

// standIn gives a gate that is not there what the platform lets in without it, so far as the other shows it.
func (g *gate) standIn(beside *gate) {
	if len(g.parts) > 0 || len(beside.parts) == 0 {
		return
	}
	if t := typeOf(beside.parts[0]); strings.Contains(t, "networksecuritygroup") || strings.Contains(t, "network_security") {
		g.rules = []rule{defaultRule(nil)}
	}
}

// differences is what is open by the new rules and not by the old ones, the other way round, and what is in doubt.
type differences struct{ opened, closed, doubt open }

func (f *field) difference(old, new []rule) (differences, error) {
	var d differences
	for atom := range max(len(f.atoms), 1) {
		a, err := f.openness(old, atom)
		if err != nil {
			return d, err
		}
		b, err := f.openness(new, atom)
		if err != nil {
			return d, err
		}
		for _, one := range []struct {
			to   *open
			a, b open
			do   func(a, b []piece) []piece
		}{{&d.opened, b, a, minus}, {&d.closed, a, b, closing}, {&d.doubt, a, b, doubt}} {
			part, err := f.join(one.a, one.b, one.do)
			if err != nil {
				return d, err
			}
			if *one.to, err = f.join(*one.to, part, plus); err != nil {
				return d, err
			}
		}
	}
	return d, nil
}

// note keeps what a change says of its resource.
func (c *comparison) note(x *diff.Change) {
	var hidden []string
	for _, p := range x.Properties {
		if p.Unknown != "" && p.Noise == "" && Governs(typeOf(x.Resource()), p.Pattern) {
			hidden = append(hidden, string(p.Path)+": "+p.Unknown)
		}
	}
	if x.Old != nil {
		v := variantOf(x.Old)
		c.gone[v], c.hidden[v] = true, hidden
	}
	if x.New != nil {
		v := variantOf(x.New)
		c.came[v], c.hidden[v] = true, append(c.hidden[v], hidden...)
	}
}

// withheld says which properties of the gates one side could not read.
func (c *comparison) withheld(gates ...*gate) []string {
	var out []string
	for _, g := range gates {
		for _, r := range g.parts {
			out = append(out, c.hidden[variantOf(r)]...)
		}
	}
	return sortedOnce(out)
}
