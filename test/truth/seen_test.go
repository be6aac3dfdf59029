package truth

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
)

// seen is a model by resource id.
type seen struct {
	model    *c4.Model
	byID     map[string]*c4.Element // element id
	resource map[string]bool        // resource ids of the snapshot
	visible  map[string][]*c4.Element
	nested   map[string]map[string]bool // inner resource: all outer resources
	plain    func(id string) string
}

func (l *label) look(m *c4.Model, snap *evidence.Snapshot) *seen {
	s := &seen{plain: l.plain, model: m, byID: map[string]*c4.Element{}, resource: map[string]bool{}, visible: map[string][]*c4.Element{}, nested: map[string]map[string]bool{}}
	for i := range snap.Resources {
		s.resource[s.plain(snap.Resources[i].ID)] = true
	}
	for i := range m.Elements {
		e := &m.Elements[i]
		s.byID[e.ID] = e
		if e.Layer == "" && e.Kind != c4.Resource && !isPart(e) {
			s.visible[s.resourceOf(e)] = append(s.visible[s.resourceOf(e)], e)
		}
	}
	s.nest()
	return s
}

// isPart: a component made from a part of a resource, such as a container of a pod.
func isPart(e *c4.Element) bool { return e.Kind == c4.Component && strings.Contains(e.ID, "#") }

// resourceOf returns the resource id of an element: what its id says behind the kind.
// Things without a resource get names of their own.
func (s *seen) resourceOf(e *c4.Element) string {
	switch {
	case e.Shape == "internet":
		return "internet"
	case e.External:
		return "host:" + e.Name
	case e.Kind == c4.SoftwareSystem:
		return "system:" + e.Name
	}
	_, id, _ := strings.Cut(e.ID, ":")
	id, _, _ = strings.Cut(id, "#")
	return s.plain(id)
}

// groupOrAbove: a resource group or a subscription, in which everything is.
var groupOrAbove = regexp.MustCompile(`^/subscriptions/[^/]+(/resourcegroups/[^/]+)?$`)

// nest follows parents and instances outwards.
func (s *seen) nest() {
	direct := map[string]map[string]bool{}
	put := func(inner, outer *c4.Element) {
		if inner == nil || outer == nil {
			return
		}
		a, b := s.resourceOf(inner), s.resourceOf(outer)
		if a == b || outer.Kind == c4.SoftwareSystem || inner.Kind == c4.Resource || isPart(inner) {
			return
		}
		if direct[a] == nil {
			direct[a] = map[string]bool{}
		}
		direct[a][b] = true
	}
	for i := range s.model.Elements {
		put(&s.model.Elements[i], s.byID[s.model.Elements[i].Parent])
	}
	for _, in := range s.model.Instances {
		put(s.byID[in.Container], s.byID[in.Node])
	}
	s.nested = closure(direct)
}

// closure returns everything that is reachable.
func closure(direct map[string]map[string]bool) map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for a := range direct {
		reach, todo := map[string]bool{}, []string{a}
		for len(todo) > 0 {
			for b := range direct[todo[0]] {
				if !reach[b] {
					reach[b] = true
					todo = append(todo, b)
				}
			}
			todo = todo[1:]
		}
		all[a] = reach
	}
	return all
}

// systemOf climbs to the software system.
func (s *seen) systemOf(e *c4.Element) string {
	for range 10 {
		if e == nil {
			return ""
		}
		if e.Kind == c4.SoftwareSystem {
			return e.Name
		}
		e = s.byID[e.Parent]
	}
	return ""
}

// edge is a relationship at the level of resources.
type edge struct{ source, target, rule, conf string }

func (e edge) String() string {
	return fmt.Sprintf("%s -> %s  %s %s", e.source, e.target, e.rule, e.conf)
}

// edges are the relationships of the model, those from the Internet apart.
func (s *seen) edges() (all []edge, internet map[string]bool) {
	set, internet := map[edge]bool{}, map[string]bool{}
	for i := range s.model.Relationships {
		r := &s.model.Relationships[i]
		from, to := s.byID[r.Source], s.byID[r.Target]
		if from == nil || to == nil {
			set[edge{r.Source, r.Target, r.Rule, "an end that is no element"}] = true
			continue
		}
		if s.resourceOf(from) == "internet" {
			internet[s.resourceOf(to)] = true
			continue
		}
		set[edge{s.resourceOf(from), s.resourceOf(to), r.Rule, string(r.Confidence)}] = true
	}
	return slices.SortedFunc(maps.Keys(set), func(a, b edge) int { return strings.Compare(a.String(), b.String()) }), internet
}

// hides reports whether the account hides a reference between the two resources. It
// stands for a relationship that has an end which is not drawn.
func (s *seen) hides(a, b string) bool {
	for i := range s.model.Account.References {
		r := &s.model.Account.References[i]
		if r.Outcome != c4.Hidden {
			continue
		}
		at := s.plain(r.Evidence.Resource)
		for _, t := range r.Targets {
			if at == a && s.plain(t) == b || at == b && s.plain(t) == a {
				return true
			}
		}
	}
	return false
}
