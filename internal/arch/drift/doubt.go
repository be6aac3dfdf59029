package drift

import (
	"slices"

	"c4arch/internal/arch/evidence"
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
	missing := func(from, to *where) func(string) bool {
		return func(id string) bool {
			return from.byID[id] != nil && (to.byID[id] == nil && !changed[id] || withdrawn(to.byID[id]))
		}
	}
	w.delta.Unread(missing(w.new, w.old), missing(w.old, w.new))
}

// withdrawn reports whether the content of a resource is gone, so that nothing can be derived from it.
func withdrawn(list []*evidence.Resource) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(r *evidence.Resource) bool { return r.Erased == "" })
}
