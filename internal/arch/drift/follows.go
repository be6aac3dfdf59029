package drift

import (
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/exposure"
	"c4arch/internal/base/tree"
)

// One change is one finding. What the architecture shows of a change of a resource that a finding speaks of already, and what is drawn
// only because something else is, follows from it and is no finding of its own. Rules that people wrote are not touched: only those of
// the program are known to say no more than that.

const (
	internetElement = "softwareSystem:internet"
	// unnamed begins the id of a system that nobody has named: what was scanned as a whole.
	unnamed         = "softwareSystem:root/"
	ruleElement     = "ARCH-ELEMENT-CHANGED"
	ruleSystemNew   = "ARCH-SYSTEM-ADDED"
	ruleSystemGone  = "ARCH-SYSTEM-REMOVED"
	ruleExternalNew = "ARCH-EXTERNAL-ADDED"
)

// resourceOf is the resource that an element is named after: of kind:id, or kind:id#part.
func resourceOf(element string) string {
	_, id, _ := strings.Cut(element, ":")
	id, _, _ = strings.Cut(id, "#")
	return id
}

// consequences takes away the findings that follow from others.
func (w *work) consequences() {
	if w.delta == nil {
		return
	}
	k := w.known()
	for i := range w.report.Findings {
		w.addresses(&w.report.Findings[i])
	}
	w.report.Findings = slices.DeleteFunc(w.report.Findings, func(f Finding) bool { return k.follows(&f) })
	clear(w.byID)
	for i := range w.report.Findings {
		w.byID[w.report.Findings[i].ID] = i
	}
}

// addresses says of a gate that lets in as many as before, but others, what its rules say: that a few addresses are open on both sides tells nobody
// what changed.
func (w *work) addresses(f *Finding) {
	if !strings.HasPrefix(f.Rule, "NET-") || f.Old == nil || string(f.Old) != string(f.New) {
		return
	}
	a, b := tree.Value{Kind: tree.Object}, tree.Value{Kind: tree.Object}
	for i := range w.diff.Changes {
		c := &w.diff.Changes[i]
		id := c.Resource().ID
		if id != f.Resource && !strings.HasPrefix(id, f.Resource+"/") {
			continue
		}
		for _, p := range c.Properties {
			if p.Noise != "" || p.Unknown != "" || !exposure.Governs(c.Resource().Type, p.Pattern) {
				continue
			}
			if p.Old != nil {
				a.Set(string(p.Path), p.Old.Clone())
			}
			if p.New != nil {
				b.Set(string(p.Path), p.New.Clone())
			}
		}
	}
	if len(a.Members)+len(b.Members) > 0 {
		f.Old, f.New = encode(&a), encode(&b)
	}
}

// known is what the findings of a report speak of.
type known struct {
	w *work
	// resources are the findings on resources, copies, by id.
	resources map[string][]Finding
	elements  map[string]*delta.Element
	// ends are the elements at the ends of relationships that have a finding.
	ends map[string]bool
}

func (w *work) known() *known {
	k := &known{w: w, resources: map[string][]Finding{}, elements: map[string]*delta.Element{}, ends: map[string]bool{}}
	for _, f := range w.report.Findings {
		switch {
		case f.Type == "relationship":
			for _, e := range f.Elements {
				k.ends[e] = true
			}
		case !architectural(&f):
			k.resources[f.Resource] = append(k.resources[f.Resource], f)
		}
	}
	for i := range w.delta.Elements {
		k.elements[w.delta.Elements[i].ID] = &w.delta.Elements[i]
	}
	return k
}

func architectural(f *Finding) bool { return strings.HasPrefix(f.Rule, "ARCH-") }

func (k *known) follows(f *Finding) bool {
	e := k.elements[f.Resource]
	switch f.Rule {
	case ruleExternalNew, "ARCH-EXTERNAL-VANISHED":
		return f.Resource == internetElement || k.ends[f.Resource] || k.onlyDangling(f.Resource) || e != nil && e.Status == delta.Removed && k.lostCallers(f.Resource)
	case ruleSystemNew, ruleSystemGone:
		return strings.HasPrefix(f.Resource, unnamed)
	case "ARCH-INTERNET-FACING":
		return e != nil && e.Status == delta.Changed && k.openedBy(e, f)
	case "NET-INTERNET-WEB", "NET-INTERNET-PORT", "NET-INTERNET-PART", "NET-INSIDE":
		// That a service is published at all says more than which ports it has.
		return f.Type == "Service" && slices.ContainsFunc(k.resources[f.Resource], func(o Finding) bool {
			return o.Direction == f.Direction && strings.HasPrefix(o.Rule, "K8S-") && o.Severity.AtLeast(f.Severity)
		})
	case "ARCH-RENAMED", "ARCH-RUNS-ELSEWHERE":
		return k.other(f.Resource)
	case "ARCH-HANDS-CHANGED":
		return e != nil && !slices.ContainsFunc(e.Fields, func(x delta.Field) bool {
			return x.Name != "parent" || !strings.HasPrefix(x.Old, unnamed) || !strings.HasPrefix(x.New, unnamed)
		})
	case "ARCH-RELATIONSHIP-CHANGED":
		return len(f.Elements) == 3 && (len(k.resources[resourceOf(f.Elements[1])]) > 0 || len(k.resources[resourceOf(f.Elements[2])]) > 0)
	case ruleElement:
		return e != nil && k.comesAlong(e)
	}
	return false
}

// openedBy reports whether a finding on a resource says that the Internet reaches an element, or no more: its own, or one that makes the line from the Internet.
func (k *known) openedBy(e *delta.Element, f *Finding) bool {
	said := func(id string) bool {
		return slices.ContainsFunc(k.resources[id], func(o Finding) bool { return o.Direction == f.Direction })
	}
	for i := range k.w.delta.Relationships {
		r := &k.w.delta.Relationships[i]
		for _, x := range [...]*c4.Relationship{r.Old, r.New} {
			if x != nil && x.Source == internetElement && x.Target == e.ID && slices.ContainsFunc(x.Evidence, func(v c4.Evidence) bool { return said(v.Resource) }) {
				return true
			}
		}
	}
	return said(resourceOf(e.ID))
}

// lostCallers reports whether all that led to or from an element is gone with what is at its other end.
func (k *known) lostCallers(element string) bool {
	some := false
	for i := range k.w.delta.Relationships {
		r := &k.w.delta.Relationships[i]
		if r.Old == nil || r.Old.Source != element && r.Old.Target != element {
			continue
		}
		other := r.Old.Source
		if other == element {
			other = r.Old.Target
		}
		if x := k.elements[other]; x == nil || x.Status != delta.Removed {
			return false
		}
		some = true
	}
	return some
}

// other reports whether the resource of an element is known to be under another id, or to be another one.
func (k *known) other(element string) bool {
	return slices.ContainsFunc(k.resources[resourceOf(element)], func(o Finding) bool { return o.Change == diff.Moved || o.Change == diff.Replaced })
}

// comesAlong reports whether an element came or went with another: a part with what it is part of, a place with what stands in it.
func (k *known) comesAlong(e *delta.Element) bool {
	if e.Status != delta.Added && e.Status != delta.Removed {
		return false
	}
	el := e.New
	if el == nil {
		el = e.Old
	}
	if p := k.elements[el.Parent]; p != nil && p.Status == e.Status && el.Kind == c4.Component {
		return true
	}
	id := resourceOf(e.ID)
	if el.Kind != c4.DeploymentNode {
		return false
	}
	return evidence.HasBlank(id) || k.w.new.byID[id] == nil && k.w.old.byID[id] == nil || len(k.resources[id]) > 0
}

// onlyDangling reports whether all relationships that came with an external system lead to what was known as an element before.
func (k *known) onlyDangling(element string) bool {
	some := false
	for i := range k.w.delta.Relationships {
		r := &k.w.delta.Relationships[i]
		if r.New == nil || r.New.Target != element && r.New.Source != element || r.Status == delta.Unknown {
			continue
		}
		if !k.w.dangles(r) {
			return false
		}
		some = true
	}
	return some
}

// dangles reports whether a relationship came or went only in what it leads to: the same place, unchanged, led to an element and now leads to a host that
// nobody knows, since the element is gone or what tells its host could not be read. The host is no new one, and the call is not gone.
func (w *work) dangles(r *delta.Relationship) bool {
	var lost, got *c4.Relationship
	switch {
	case r.Status == delta.Added && r.Target != nil && r.Target.External:
		got = r.New
	case r.Status == delta.Removed:
		lost = r.Old
	default:
		return false
	}
	for i := range w.delta.Relationships {
		o := &w.delta.Relationships[i]
		switch {
		case got != nil && o.Old != nil && o.New == nil && w.sameCall(o.Old, got):
			return true
		case lost != nil && o.New != nil && o.Old == nil && o.Target != nil && o.Target.External && w.sameCall(lost, o.New):
			return true
		}
	}
	return false
}

// sameCall reports whether two relationships, one of each side, stand at the same place, which did not change.
func (w *work) sameCall(was, is *c4.Relationship) bool {
	return was.Source == is.Source && slices.ContainsFunc(was.Evidence, func(a c4.Evidence) bool {
		return a.Property != "" && slices.ContainsFunc(is.Evidence, func(b c4.Evidence) bool {
			return a.Resource == b.Resource && a.Property == b.Property && !w.differs(b)
		})
	})
}

// differs reports whether the place of an evidence is not as it was.
func (w *work) differs(v c4.Evidence) bool {
	return slices.ContainsFunc(w.diff.Changes, func(c diff.Change) bool {
		return c.New != nil && c.New.ID == v.Resource && slices.ContainsFunc(c.Properties, func(p diff.Property) bool {
			return p.Noise == "" && strings.HasPrefix(string(p.NewPath), v.Property)
		})
	})
}

// unreadPlace reports whether all that differs about an element is what surrounds it, and that could not be read on the new side: it is not gone.
func (w *work) unreadPlace(e *delta.Element) bool {
	if e.Old == nil || e.New == nil || len(e.Fields) == 0 || !slices.ContainsFunc(w.diff.Unknown, func(u diff.Unknown) bool { return u.WasKnown }) {
		return false
	}
	return !slices.ContainsFunc(e.Fields, func(f delta.Field) bool {
		if f.Name != "runsOn" && f.Name != "parent" || w.new.model[f.Old] != nil {
			return true
		}
		id := resourceOf(f.Old)
		return slices.ContainsFunc(w.diff.Changes, func(c diff.Change) bool { return c.Kind == diff.Removed && c.Old.ID == id })
	})
}
