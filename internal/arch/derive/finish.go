package derive

import (
	"slices"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
)

// finish puts the model together, sorted.
func (b *builder) finish() {
	m := b.model
	m.Format, m.Version, m.Name = "c4arch-model", c4.FormatVersion, b.opt.Name
	if o := b.opt.Overlay; o != nil && m.Name == "" {
		m.Name = o.Name
	}
	m.CollectedAt, m.Snapshot, m.Scope = b.snap.CollectedAt, b.snap.Root, b.snap.Scope
	for _, in := range b.snap.Inputs {
		m.Inputs = append(m.Inputs, c4.InputSummary{Name: in.Name, Format: in.Format, Resources: in.Resources, Expressions: in.Expressions, Unresolved: in.Unresolved})
	}
	m.Elements = make([]c4.Element, 0, len(b.order))
	m.Relationships = make([]c4.Relationship, 0, len(b.relIDs))
	for _, e := range b.order {
		slices.Sort(e.Tags)
		e.Tags = slices.Compact(e.Tags)
		if b.opt.Overlay != nil && e.Owner == "" && e.Kind != c4.Person && !e.External {
			e.Owner = b.opt.Overlay.Owner
		}
		m.Elements = append(m.Elements, *e)
	}
	for _, id := range b.relIDs {
		m.Relationships = append(m.Relationships, *b.rels[id])
	}
	for _, in := range b.inst {
		m.Instances = append(m.Instances, *in)
	}
	m.NotRead = append(slices.Clone(b.snap.NotRead), b.withoutRule()...)
	m.NotRead = append(m.NotRead, b.nr...)
	m.Rules = b.rules()
	m.Sort()
}

// withoutRule reports each type that no rule maps, with how many resources are of it.
func (b *builder) withoutRule() []evidence.NotRead {
	counts := map[string]int{}
	where := map[string]evidence.Origin{}
	for _, t := range b.things {
		if t.rule != unmappedRule || len(t.obs) == 0 {
			continue
		}
		r := b.resource(t)
		counts[r.Type]++
		if _, ok := where[r.Type]; !ok && len(r.Origins) > 0 {
			where[r.Type] = r.Origins[0]
		}
	}
	var out []evidence.NotRead
	for _, typ := range sortedKeys(counts) {
		n := evidence.NotRead{Kind: evidence.TypeWithoutRule, Thing: typ, Input: where[typ].Input, Line: where[typ].Line, Reason: "no rule maps this type: shown on level 4, not classified"}
		if counts[typ] > 1 {
			n.Count = counts[typ]
		}
		out = append(out, n)
	}
	return out
}

// rules lists the rules that the model names, with their reasons.
func (b *builder) rules() []c4.Rule {
	used := map[string]bool{}
	for _, e := range b.order {
		used[e.Rule], used[e.HiddenBy] = true, true
	}
	for _, r := range b.rels {
		used[r.Rule] = true
	}
	for _, in := range b.inst {
		used[in.Rule] = true
	}
	for _, c := range b.model.Account.ByRule {
		used[c.Rule] = true
	}
	var out []c4.Rule
	for _, id := range sortedKeys(used) {
		if id == "" {
			continue
		}
		if r, ok := ruleOf(id); ok {
			out = append(out, r)
		} else {
			out = append(out, c4.Rule{ID: id})
		}
	}
	return out
}
