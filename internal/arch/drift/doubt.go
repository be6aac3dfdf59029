package drift

import (
	"cmp"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/delta"
)

// doubt marks as unknown the elements and relationships that are missing on one side only because what they rest on could not be read
// there: their resources are missing too, and no change says that they came or went.
func (w *work) doubt() {
	changed := map[string]bool{}
	for i := range w.diff.Changes {
		c := &w.diff.Changes[i]
		if c.Old != nil {
			changed[c.Old.ID] = true
		}
		if c.New != nil {
			changed[c.New.ID] = true
		}
	}
	unread := func(from, to *where, id string) bool {
		return from.byID[id] != nil && to.byID[id] == nil && !changed[id]
	}
	// rests reports whether everything that a thing rests on is missing on the other side.
	rests := func(from, to *where, list []c4.Evidence) bool {
		known := slices.ContainsFunc(list, func(v c4.Evidence) bool { return from.byID[v.Resource] != nil })
		return known && !slices.ContainsFunc(list, func(v c4.Evidence) bool { return from.byID[v.Resource] != nil && !unread(from, to, v.Resource) })
	}
	unknown := map[string]bool{}
	for i := range w.delta.Elements {
		e := &w.delta.Elements[i]
		from, to := w.sides(e.Status)
		if from == nil {
			continue
		}
		el := cmp.Or(e.New, e.Old)
		_, id, _ := strings.Cut(e.ID, ":")
		if unread(from, to, id) || rests(from, to, el.Evidence) {
			e.Status, unknown[e.ID] = delta.Unknown, true
		}
	}
	for i := range w.delta.Relationships {
		r := &w.delta.Relationships[i]
		from, to := w.sides(r.Status)
		if from == nil {
			continue
		}
		rel := cmp.Or(r.New, r.Old)
		if unknown[rel.Source] || unknown[rel.Target] || rests(from, to, rel.Evidence) {
			r.Status = delta.Unknown
		}
	}
}

// sides returns the side that has a thing which came or went, and the other.
func (w *work) sides(s delta.Status) (from, to *where) {
	switch s {
	case delta.Removed:
		return w.old, w.new
	case delta.Added:
		return w.new, w.old
	}
	return nil, nil
}
