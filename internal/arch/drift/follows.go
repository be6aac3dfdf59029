package drift

import (
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
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
	w.report.Findings = slices.DeleteFunc(w.report.Findings, func(f Finding) bool { return k.follows(&f) })
	clear(w.byID)
	for i := range w.report.Findings {
		w.byID[w.report.Findings[i].ID] = i
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
		return f.Resource == internetElement || k.ends[f.Resource] || k.onlyDangling(f.Resource)
	case ruleSystemNew, ruleSystemGone:
		return strings.HasPrefix(f.Resource, unnamed)
	case "ARCH-INTERNET-FACING":
		return e != nil && e.Status == delta.Changed && slices.ContainsFunc(k.resources[resourceOf(f.Resource)], func(o Finding) bool { return o.Direction == f.Direction })
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

// dangles reports whether a relationship is new only in what it leads to: the same place, unchanged, led to an element that is gone or could not
// be read, and now to a host that nobody knows.
func (w *work) dangles(r *delta.Relationship) bool {
	if r.Status != delta.Added || r.Target == nil || !r.Target.External {
		return false
	}
	for i := range w.delta.Relationships {
		o := &w.delta.Relationships[i]
		if o.Old == nil || o.New != nil || o.Old.Source != r.New.Source || w.new.model[o.Old.Target] != nil {
			continue
		}
		if slices.ContainsFunc(o.Old.Evidence, func(a c4.Evidence) bool {
			return a.Property != "" && slices.ContainsFunc(r.New.Evidence, func(b c4.Evidence) bool {
				return a.Resource == b.Resource && a.Property == b.Property && !w.differs(b)
			})
		}) {
			return true
		}
	}
	return false
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
