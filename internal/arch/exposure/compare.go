package exposure

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
)

// variant tells apart what is said of one gate in two vocabularies, or on two sides.
type variant struct {
	id   string
	form evidence.Form
	side evidence.Side
}

// gates holds the parts of gates of a snapshot.
type gates struct {
	groups, members []*evidence.Resource // all of the snapshot
	known           map[string]string    // other names of gates, with the id
	parts           map[variant][]*evidence.Resource
}

// collect finds what has to do with gates.
func collect(ctx context.Context, s *evidence.Snapshot) (*gates, error) {
	g := &gates{parts: map[variant][]*evidence.Resource{}, known: map[string]string{}}
	for i := range s.Resources {
		if i%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		r := &s.Resources[i]
		role, ok := roles[typeOf(r)]
		switch {
		case !ok:
		case role.member:
			g.members = append(g.members, r)
		default:
			g.groups = append(g.groups, r)
			g.name(r)
		}
	}
	return g, nil
}

// name keeps the other names of a gate, by which Terraform's rules may know it.
func (g *gates) name(r *evidence.Resource) {
	if r.Form != evidence.Terraform {
		return
	}
	for _, a := range r.Aliases {
		g.known[a] = r.ID
	}
	if r.Type == "google_compute_network" {
		g.known[r.Name] = r.ID
	}
}

// take puts the parts of the wanted gates together, or of all.
func (g *gates) take(wanted map[string]bool) {
	for _, r := range g.groups {
		if wanted == nil || wanted[r.ID] {
			g.add(r, r.ID)
		}
	}
	for _, r := range g.members {
		if id := g.gateOf(r); wanted == nil || wanted[id] {
			g.add(r, id)
		}
	}
}

func (g *gates) add(r *evidence.Resource, id string) {
	v := variant{id, r.Form, r.Side}
	g.parts[v] = append(g.parts[v], r)
}

// gateOf returns the id of the gate to which a resource belongs.
func (g *gates) gateOf(r *evidence.Resource) string {
	id := parentOf(r)
	if known, ok := g.known[id]; ok {
		return known
	}
	if short := evidence.GoogleName(id); short != "" {
		if known, ok := g.known[short]; ok {
			return known
		}
	}
	return id
}

// Gates returns the gates of a snapshot and what they let in from the Internet, sorted. What is let in
// from within the network only is not among it.
func Gates(ctx context.Context, s *evidence.Snapshot) ([]Gate, error) {
	all, err := collect(ctx, s)
	if err != nil {
		return nil, err
	}
	all.take(nil)
	keys := make([]variant, 0, len(all.parts))
	for v := range all.parts {
		keys = append(keys, v)
	}
	slices.SortFunc(keys, compareVariants)
	var out []Gate
	for _, v := range keys {
		g := build(v.id, all.parts[v])
		if g.kind == "" || len(g.rules)+len(g.notes) == 0 && typeOf(g.parts[0]) == "Service" {
			continue // within a cluster only
		}
		one := Gate{Resource: v.id, Kind: g.kind, Unknown: g.notes}
		f := newField(ctx, g.rules)
		now, err := f.union(g.rules)
		switch {
		case errors.Is(err, errTooMany):
			one.Unknown = append(one.Unknown, tooMany)
		case err != nil:
			return nil, err
		}
		one.Open = slices.DeleteFunc(f.spans(now), func(s Span) bool { return s.Share == 0 && !s.Cloud })
		one.Unknown = sortedOnce(append(one.Unknown, f.unknowns(now)...))
		out = append(out, one)
	}
	return out, nil
}

const tooMany = "it has more rules that overlap than can be told"

func compareVariants(a, b variant) int {
	return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.form, b.form), cmp.Compare(a.side, b.side))
}

func sortedOnce(texts []string) []string {
	slices.Sort(texts)
	return slices.Compact(texts)
}

// union returns what the rules let in to any destination.
func (f *field) union(rules []rule) (open, error) {
	var out open
	for atom := range max(len(f.atoms), 1) {
		one, err := f.openness(rules, atom)
		if err != nil {
			return open{}, err
		}
		if out, err = f.join(out, one, plus); err != nil {
			return open{}, err
		}
	}
	return out, nil
}

func (f *field) join(a, b open, do func(a, b []piece) []piece) (out open, err error) {
	for i := range out {
		if out[i], err = f.combine(a[i], b[i], do); err != nil {
			return open{}, err
		}
	}
	return out, nil
}

// Compare returns the gates that a change in d touches and that let other things through than before, sorted. d must be the difference of
// old and new: what is missing on one side without being a change of d could not be read there, and is taken to be as it was.
func Compare(ctx context.Context, old, new *evidence.Snapshot, d *diff.Diff) ([]Change, error) {
	touched := touches(d)
	if len(touched) == 0 {
		return nil, nil
	}
	before, err := collect(ctx, old)
	if err != nil {
		return nil, err
	}
	after, err := collect(ctx, new)
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, x := range touched {
		if x.Old != nil {
			wanted[before.gateOf(x.Old)] = true
		}
		if x.New != nil {
			wanted[after.gateOf(x.New)] = true
		}
	}
	before.take(wanted)
	after.take(wanted)
	c := &comparison{ctx: ctx, old: before, new: after, oldSnapshot: old, newSnapshot: new}
	return c.run(touched)
}
