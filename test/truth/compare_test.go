package truth

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
)

// compare returns what is missing and what is too much, in sorted lines.
func (l *label) compare(m *c4.Model, snap *evidence.Snapshot, secrets []string) []string {
	s := l.look(m, snap)
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if l.has["elements"] {
		l.compareElements(s, say)
	}
	l.compareRelationships(s, say)
	if l.has["nested"] {
		l.compareNested(s, say)
	}
	for _, p := range l.NotNested {
		if s.nested[l.id(p[0])][l.id(p[1])] {
			say("nested, and must not be: %s in %s", p[0], p[1])
		}
	}
	l.compareReferences(s, say)
	if l.has["externals"] {
		l.compareExternals(s, say)
	}
	l.compareCode(s, snap, say)
	text, err := json.Marshal(struct {
		M *c4.Model
		S *evidence.Snapshot
	}{m, snap})
	if err != nil {
		say("the result cannot be searched for secrets: %v", err)
	}
	for i, secret := range secrets {
		if strings.Contains(string(text), secret) {
			say("secret %d of the label stands in the result", i)
		}
	}
	if a := m.Account; a.Found != a.Shown+a.Nested+a.Hidden+a.Unresolved+a.Ambiguous {
		say("the account does not balance: %d found, %d+%d+%d+%d+%d", a.Found, a.Shown, a.Nested, a.Hidden, a.Unresolved, a.Ambiguous)
	}
	slices.Sort(out)
	return out
}

func (l *label) compareElements(s *seen, say func(string, ...any)) {
	labelled := map[string]bool{}
	for _, want := range l.Elements {
		id := l.id(want.ID)
		labelled[id] = true
		got := s.visible[id]
		if want.Hidden {
			for _, e := range got {
				say("element surplus: %s is drawn as %s, and must be hidden", want.ID, e.Kind)
			}
			continue
		}
		if len(want.Kinds) == 1 && want.Kinds[0] == "any" {
			continue
		}
		if k := kindsOf(got); strings.Join(k, " ") != strings.Join(slices.Sorted(slices.Values(want.Kinds)), " ") {
			say("element: %s is %v, want %v", want.ID, k, want.Kinds)
			continue
		}
		l.compareElement(s, want, got, say)
	}
	for id, got := range s.visible {
		if s.resource[id] && !labelled[id] {
			say("element surplus: %s is %v, and the label does not know it", id, kindsOf(got))
		}
	}
}

func (l *label) compareElement(s *seen, want element, got []*c4.Element, say func(string, ...any)) {
	var names, techs, systems []string
	for _, e := range got {
		names, techs = append(names, e.Name), append(techs, e.Technology)
		if sys := s.systemOf(e); sys != "" {
			systems = append(systems, sys)
		}
	}
	if want.Name != "" && !slices.Contains(names, want.Name) {
		say("element: %s is named %q, want %q", want.ID, names, want.Name)
	}
	if want.Technology != "" && !slices.ContainsFunc(strings.Split(want.Technology, "|"), func(t string) bool {
		return strings.Contains(strings.ToLower(strings.Join(techs, "\n")), t)
	}) {
		say("element: %s has technology %q, want %q", want.ID, techs, want.Technology)
	}
	if want.System != "" && !slices.ContainsFunc(systems, func(n string) bool { return strings.EqualFold(n, want.System) }) {
		say("element: %s is in system %q, want %q", want.ID, systems, want.System)
	}
}

func kindsOf(all []*c4.Element) []string {
	set := map[string]bool{}
	for _, e := range all {
		set[string(e.Kind)] = true
	}
	return slices.Sorted(maps.Keys(set))
}

func (l *label) compareRelationships(s *seen, say func(string, ...any)) {
	got, internet := s.edges()
	used := make([]bool, len(got))
	take := func(want relationship) (found bool) {
		for i, e := range got {
			if l.fits(want, e) {
				used[i], found = true, true
			}
		}
		return found
	}
	if l.has["relationships"] {
		for _, want := range l.Relationships {
			if !take(want) && !l.hiddenInstead(s, want) {
				say("relationship missing: %s", strings.Join(want[:], " "))
			}
		}
		for _, may := range l.Allowed {
			take(may)
		}
		for i, e := range got {
			if !used[i] {
				say("relationship surplus: %s", e)
			}
		}
	}
	if l.has["internet"] {
		for _, name := range l.Internet {
			if !internet[l.id(name)] {
				say("relationship missing: Internet to %s", name)
			}
			delete(internet, l.id(name))
		}
		for id := range internet {
			say("relationship surplus: Internet to %s", id)
		}
	}
}

func (l *label) fits(want relationship, e edge) bool {
	is := func(alternatives, got string) bool {
		return slices.ContainsFunc(strings.Split(alternatives, "|"), func(a string) bool { return l.id(a) == got })
	}
	// C1-ORDER is a part of the mapping's C1.
	family, _, _ := strings.Cut(e.rule, "-")
	return is(want[0], e.source) && is(want[1], e.target) &&
		slices.Contains(strings.Split(want[2], "|"), family) && slices.Contains(strings.Split(want[3], "|"), e.conf)
}

// hiddenInstead: where an end is not drawn, a hidden reference in the account is as good
// as a relationship.
func (l *label) hiddenInstead(s *seen, want relationship) bool {
	a, b := l.id(want[0]), l.id(want[1])
	return (len(s.visible[a]) == 0 || len(s.visible[b]) == 0) && s.hides(a, b)
}

// compareNested compares everything that is within something narrower than a resource group.
func (l *label) compareNested(s *seen, say func(string, ...any)) {
	direct := map[string]map[string]bool{}
	for _, p := range l.Nested {
		a, b := l.id(p[0]), l.id(p[1])
		if direct[a] == nil {
			direct[a] = map[string]bool{}
		}
		direct[a][b] = true
	}
	want := closure(direct)
	for a, outer := range want {
		for b := range outer {
			if !s.nested[a][b] {
				say("containment missing: %s in %s", a, b)
			}
		}
	}
	known := func(id string) bool { return s.resource[id] || strings.Contains(id, "/subnets/") }
	free := map[string]bool{} // what may be there or not, where the label places it nowhere
	for _, e := range l.Elements {
		if len(e.Kinds) == 1 && e.Kinds[0] == "any" && len(want[l.id(e.ID)]) == 0 {
			free[l.id(e.ID)] = true
		}
	}
	for a, outer := range s.nested {
		for b := range outer {
			if known(a) && known(b) && !free[a] && !groupOrAbove.MatchString(b) && !want[a][b] {
				say("containment surplus: %s in %s", a, b)
			}
		}
	}
}

// compareReferences compares the ambiguous ones exactly, and finds the unresolved ones.
func (l *label) compareReferences(s *seen, say func(string, ...any)) {
	seenAmbiguous := map[string]bool{}
	for i := range s.model.Account.References {
		if r := &s.model.Account.References[i]; r.Outcome == c4.Ambiguous {
			var targets []string
			for _, t := range r.Targets {
				targets = append(targets, l.plain(t))
			}
			slices.Sort(targets)
			seenAmbiguous[l.plain(r.Evidence.Resource)+" "+strings.ToLower(r.Value)+" "+strings.Join(targets, " ")] = true
		}
	}
	for _, want := range l.Ambiguous {
		var targets []string
		for _, t := range want.Targets {
			targets = append(targets, l.id(t))
		}
		slices.Sort(targets)
		found := ""
		for line := range seenAmbiguous {
			f := strings.SplitN(line, " ", 3)
			if f[0] == l.id(want.Resource) && strings.Contains(f[1], strings.ToLower(want.Value)) && f[2] == strings.Join(targets, " ") {
				found = line
			}
		}
		if found == "" {
			say("ambiguous missing: %s says %s", want.Resource, want.Value)
		}
		delete(seenAmbiguous, found)
	}
	if l.has["ambiguous"] {
		for line := range seenAmbiguous {
			say("ambiguous surplus: %s", line)
		}
	}
	for _, want := range l.Unresolved {
		if !slices.ContainsFunc(s.model.Account.References, func(r c4.Reference) bool {
			return r.Outcome == c4.Unresolved && l.plain(r.Evidence.Resource) == l.id(want.Resource) &&
				strings.Contains(strings.ToLower(r.Value), strings.ToLower(want.Value))
		}) {
			say("unresolved missing: %s says %s", want.Resource, want.Value)
		}
	}
}

func (l *label) compareExternals(s *seen, say func(string, ...any)) {
	got := map[string]bool{}
	for _, e := range s.byID {
		if e.External && e.Shape != "internet" {
			got[e.Name] = true
		}
	}
	for _, name := range l.Externals {
		if !got[name] {
			say("external missing: %s", name)
		}
		delete(got, name)
	}
	for name := range got {
		say("external surplus: %s", name)
	}
}
