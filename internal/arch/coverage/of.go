package coverage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"c4arch/internal/arch/derive"
	"c4arch/internal/arch/evidence"
)

// Of holds what the code of a snapshot declares against what the same snapshot has seen live. Of what is declared and live it gives the number,
// and the pairs whose properties can be compared; [All] gives the entries too.
func Of(ctx context.Context, s *evidence.Snapshot) (*Coverage, []Pair, error) {
	c, pairs, err := All(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	c.Entries = slices.DeleteFunc(c.Entries, func(e Entry) bool { return e.Bucket == Both })
	return c, pairs, nil
}

// All is [Of] with an entry for everything, what is declared and live included.
func All(ctx context.Context, s *evidence.Snapshot) (*Coverage, []Pair, error) {
	matching, err := derive.Match(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	w := newWork(s, matching)
	for i := range matching.Things {
		w.thing(&matching.Things[i])
	}
	slices.SortFunc(w.entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(rank(a.Bucket), rank(b.Bucket)), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Resource, b.Resource))
	})
	c := &Coverage{Entries: make([]Entry, 0, len(w.entries)), Counts: w.counts, Notes: w.notes()}
	names := w.taken()
	for _, e := range w.entries {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		if e.Bucket == LiveOnly {
			e.Import, e.NoImport = importBlock(e.of, names)
		}
		c.Entries = append(c.Entries, e.Entry)
	}
	return c, w.pairs, nil
}

func rank(b Bucket) int { return slices.Index([]Bucket{Both, LiveOnly, DeclaredOnly, Unmatched}, b) }

// work is one comparison of code and cloud.
type work struct {
	s         *evidence.Snapshot
	entries   []entry
	counts    map[Bucket]int
	pairs     []Pair
	outside   int             // live, where code declares nothing that is live
	unlike    int             // declared and live, in different forms only
	providers map[string]bool // of which something was read live
	states    map[string]bool // of which something was read live from a Terraform state
	types     map[string]bool // of Azure, of which something was read live
	ids       map[string]bool // what is live
	scopes    map[string]bool // the groups and subscriptions in which something is live
	notRead   map[string]string
}

type entry struct {
	Entry
	of *evidence.Resource // of which it speaks
}

func newWork(s *evidence.Snapshot, m *derive.Matching) *work {
	w := &work{
		s: s, counts: map[Bucket]int{Both: 0, LiveOnly: 0, DeclaredOnly: 0, Unmatched: 0}, providers: map[string]bool{}, states: map[string]bool{},
		types: map[string]bool{}, ids: map[string]bool{}, scopes: map[string]bool{}, notRead: map[string]string{},
	}
	for i := range s.Resources {
		r := &s.Resources[i]
		if !isLive(r) {
			continue
		}
		w.providers[r.Provider] = true
		if r.Form == evidence.Terraform {
			w.states[r.Provider] = true
		}
		if a, ok := evidence.ParseARM(r.ID); ok {
			w.types[a.Type] = true
			group, _, _ := strings.Cut(r.ID, "/providers/")
			subscription, _, _ := strings.Cut(group, "/resourcegroups/")
			w.scopes[group], w.scopes[subscription] = true, true
		}
	}
	for _, t := range m.Things {
		if t.Live {
			w.ids[t.ID] = true
		}
	}
	for _, n := range s.NotRead {
		if n.Kind == evidence.ResourceNotRead && n.Thing != "" {
			w.notRead[strings.ToLower(n.Thing)] = n.Reason
		}
	}
	return w
}

func isLive(r *evidence.Resource) bool {
	return r.Side != evidence.Declared && r.Side != evidence.Planned
}

// thing puts one thing into its bucket.
func (w *work) thing(t *derive.Matched) {
	declared, live := w.sides(t)
	switch {
	case t.Data || declared == nil && live == nil && !t.Listed:
		// read by the code and not declared by it, or only planned
	case t.Declared && t.Live:
		w.add(Both, t, cmp.Or(live, declared), declared)
		w.pair(t, declared)
	case t.Declared && w.scopes[t.ID]:
		w.add(Both, t, declared, declared) // an export need not list a group to show that it is there: what lies in it says so
	case t.Declared:
		if reason := w.unsure(t, declared); reason != "" {
			w.unmatched(t, declared, reason)
		} else {
			w.add(DeclaredOnly, t, declared, declared)
		}
	case !t.InScope:
		w.outside++
	case t.Unsure != "":
		w.unmatched(t, live, t.Unsure)
	default:
		w.add(LiveOnly, t, live, nil)
	}
}

// sides returns the most telling resource of each side, or nil.
func (w *work) sides(t *derive.Matched) (declared, live *evidence.Resource) {
	for _, i := range t.Resources {
		switch r := &w.s.Resources[i]; {
		case isLive(r):
			live = cmp.Or(live, r)
		case r.Side == evidence.Declared && !r.Data:
			declared = cmp.Or(declared, r)
		}
	}
	return declared, live
}

func (w *work) add(b Bucket, t *derive.Matched, r, declared *evidence.Resource) *Entry {
	e := entry{of: r, Entry: Entry{Bucket: b, Resource: r.ID, Type: r.Type, Name: nameOf(r, t.ID)}}
	place := r
	if declared != nil {
		e.Declared, place = declared.ID, declared
	}
	if len(place.Origins) > 0 {
		e.Input, e.Line, e.Address = place.Origins[0].Input, place.Origins[0].Line, place.Origins[0].Address
	}
	w.counts[b]++
	w.entries = append(w.entries, e)
	return &w.entries[len(w.entries)-1].Entry
}

func (w *work) unmatched(t *derive.Matched, r *evidence.Resource, reason string) {
	declared := r
	if t.Live {
		declared = nil
	}
	e := w.add(Unmatched, t, r, declared)
	e.Reason, e.Candidates = reason, t.Candidates
}

func nameOf(r *evidence.Resource, id string) string {
	if r.Name != "" {
		return evidence.Brief(r.Name)
	}
	return id[strings.LastIndexByte(id, '/')+1:] // its content was withdrawn
}

// unsure says why nobody can tell whether what code declares is live, or "".
func (w *work) unsure(t *derive.Matched, r *evidence.Resource) string {
	a, azure := evidence.ParseARM(t.ID)
	switch {
	case t.Unsure != "":
		return t.Unsure
	case !w.providers[r.Provider]:
		return fmt.Sprintf("nothing of the provider %s was read live", r.Provider)
	case strings.HasPrefix(t.ID, "tf:") && !w.states[r.Provider]:
		return "it has no id in the cloud that follows from the code: only a Terraform state shows whether it is live"
	case w.notRead[strings.ToLower(r.ID)] != "":
		return "it could not be read: " + w.notRead[strings.ToLower(r.ID)]
	case isGroup(t.ID) && !w.types["microsoft.resources/subscriptions/resourcegroups"]:
		return "no resource groups were read live: they are in another table of Azure Resource Graph (resourcecontainers)"
	case azure && !w.types[a.Type] && (isPart(a) && w.ids[a.Parent] || isExtension(t.ID)):
		return "nothing of its type was read live: an export of Azure has the parts and extensions of resources only where it was asked for them"
	}
	return ""
}

// isGroup reports whether an id is that of a resource group.
func isGroup(id string) bool {
	_, name, ok := strings.Cut(id, "/resourcegroups/")
	return ok && evidence.IsARM(id) && !strings.Contains(name, "/")
}

// isPart reports whether something is a part of a resource that the resource itself does not list: a subnet stands in its network.
func isPart(a evidence.ARMID) bool {
	return strings.Count(a.Type, "/") > 1 && a.Type != "microsoft.network/virtualnetworks/subnets"
}

// isExtension reports whether an id is that of a resource on another, such as a role assignment.
func isExtension(id string) bool {
	return strings.Count(id, "/providers/") > 1 || strings.Contains(id, "/providers/microsoft.authorization/")
}

// pair finds the resources of a thing that can be compared property by property.
func (w *work) pair(t *derive.Matched, declared *evidence.Resource) {
	found := false
	for _, i := range t.Resources {
		d := &w.s.Resources[i]
		if d.Side != evidence.Declared || d.Data {
			continue
		}
		for _, k := range t.Resources {
			if l := &w.s.Resources[k]; isLive(l) && !l.Data && l.Form == d.Form && strings.EqualFold(l.Type, d.Type) {
				w.pairs = append(w.pairs, Pair{Declared: d, Live: l})
				found = true
				break
			}
		}
	}
	if !found && declared != nil {
		w.unlike++
	}
}

// notes say what was not compared.
func (w *work) notes() []string {
	var out []string
	if w.unlike > 0 {
		out = append(out, fmt.Sprintf("Declared and live, but read in different forms (such as Terraform code and an export of Azure): %d of %d. "+
			"That they exist was compared, their properties were not.", w.unlike, w.counts[Both]))
	}
	if w.outside > 0 {
		out = append(out, fmt.Sprintf("Live resources outside of every resource group, namespace and project in which code declares something that is live, "+
			"or without such a place: %d. They were not held against the code.", w.outside))
	}
	return out
}
