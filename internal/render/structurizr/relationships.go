package structurizr

import (
	"cmp"
	"slices"

	"c4arch/internal/arch/c4"
)

// relationships writes those that the DSL accepts.
func (t *tree) relationships(p printer) {
	list := t.drawable()
	if len(list) > 0 {
		p.Blank()
	}
	seen := map[[3]string]bool{}
	for _, r := range list {
		t.relationship(p, r, t.static[r.Source].id, t.static[r.Target].id, seen)
	}
}

// drawable are the relationships between elements of the static model of which neither is inside the other. The outermost come first: the DSL derives
// relationships between parents from those between children unless there is one already,
// and would then refuse an explicit one of the same description as a duplicate.
func (t *tree) drawable() []*c4.Relationship {
	list := make([]*c4.Relationship, 0, len(t.model.Relationships))
	for i := range t.model.Relationships {
		r := &t.model.Relationships[i]
		s, d := t.static[r.Source], t.static[r.Target]
		if s == nil || d == nil || s.within(d) || d.within(s) {
			continue
		}
		list = append(list, r)
	}
	depth := func(r *c4.Relationship) int { return t.static[r.Source].depth + t.static[r.Target].depth }
	slices.SortFunc(list, func(a, b *c4.Relationship) int {
		return cmp.Or(cmp.Compare(depth(a), depth(b)), cmp.Compare(a.Source, b.Source),
			cmp.Compare(a.Target, b.Target), cmp.Compare(a.Description, b.Description), cmp.Compare(a.ID, b.ID))
	})
	return list
}

func (t *tree) relationship(p printer, r *c4.Relationship, source, target string, seen map[[3]string]bool) {
	key := [3]string{source, target, quote(r.Description)}
	if seen[key] {
		return
	}
	seen[key] = true
	tag := "Confidence " + string(r.Confidence)
	if r.Declared {
		tag += ",Declared"
	}
	p.Open(source, "->", target, quote(r.Description), quote(r.Technology), quote(tag))
	p.properties(stated(r))
	p.Close()
}

// stated returns the properties that every relationship carries.
func stated(r *c4.Relationship) [][2]string {
	return append([][2]string{
		{"c4arch.id", r.ID}, {"c4arch.rule", r.Rule}, {"c4arch.confidence", string(r.Confidence)},
	}, evidence(r.Evidence)...)
}
