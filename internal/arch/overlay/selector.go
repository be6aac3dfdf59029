package overlay

import (
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/glob"
)

// Subject is what a selector looks at.
type Subject = *evidence.Resource

// Selector says which resources are meant. All of its conditions that are given must
// hold. In each of them * stands for any run of characters, also none, and ? for one
// character; nothing else is special.
type Selector struct {
	ID      string // identity or alias; of an Azure resource without regard to case
	Address string // Terraform address: a resource, one of its instances, or a module
	Name    string
	Type    string // in the words of the source, without regard to case
	Scope   string // path of what it belongs to: subscription/resource-group, namespace, project
	Tags    []Tag  // all of them
	Line    int
	// Place is where the selector stands, such as systems[shop].members[0].
	Place string
}

// Tag is a condition on a tag or label. A Value of "*" asks only that the tag is there.
type Tag struct {
	Key   string // without regard to case, as Azure compares tag names
	Value string // pattern
}

// Match reports whether the selector means the resource.
func (s *Selector) Match(r *evidence.Resource) bool {
	fold := r.Form == evidence.ARM || evidence.IsARM(r.ID)
	if s.ID != "" && !s.matchID(r) {
		return false
	}
	if s.Address != "" && !s.matchAddress(r) {
		return false
	}
	return (s.Name == "" || glob.Match(s.Name, r.Name, fold)) &&
		(s.Type == "" || glob.Match(s.Type, r.Type, true)) &&
		(s.Scope == "" || glob.Match(s.Scope, r.Scope, fold)) &&
		s.matchTags(r.Tags)
}

// matchID compares with the identity and with every alias. An alias may be an ARM id of a
// resource whose identity is not.
func (s *Selector) matchID(r *evidence.Resource) bool {
	is := func(id string) bool {
		if evidence.IsARM(id) {
			return glob.Match(s.ID, evidence.NormalizeARM(id), true)
		}
		return glob.Match(s.ID, id, false)
	}
	return is(r.ID) || slices.ContainsFunc(r.Aliases, is)
}

// matchAddress takes an address the way Terraform's -target does (Terraform CLI, "Resource
// Targeting"): a resource stands for all its instances, a module for all that is in it.
func (s *Selector) matchAddress(r *evidence.Resource) bool {
	is := func(addr string) bool {
		return addr != "" && (glob.Match(s.Address, addr, false) || glob.Match(s.Address+"[*", addr, false) ||
			(strings.HasPrefix(s.Address, "module.") && glob.Match(s.Address+".*", addr, false)))
	}
	for _, o := range r.Origins {
		if is(o.Address) {
			return true
		}
	}
	for _, a := range r.Aliases {
		if !evidence.IsARM(a) && is(strings.TrimPrefix(a, "tf:")) {
			return true
		}
	}
	return strings.HasPrefix(r.ID, "tf:") && is(strings.TrimPrefix(r.ID, "tf:"))
}

func (s *Selector) matchTags(have map[string]string) bool {
	for _, want := range s.Tags {
		if !hasTag(have, want) {
			return false
		}
	}
	return true
}

// hasTag looks at every tag whose key is the same but for case, so that the answer does
// not depend on the order of the map.
func hasTag(have map[string]string, want Tag) bool {
	for k, v := range have {
		if strings.EqualFold(k, want.Key) && glob.Match(want.Value, v, false) {
			return true
		}
	}
	return false
}

// Label returns the selector in one line, the same for the same conditions:
// "type microsoft.web/* and tag system=shop".
func (s *Selector) Label() string {
	var parts []string
	add := func(name, v string) {
		if v != "" {
			parts = append(parts, name+" "+v)
		}
	}
	add("id", s.ID)
	add("address", s.Address)
	add("type", s.Type)
	add("name", s.Name)
	add("scope", s.Scope)
	for _, t := range s.Tags {
		parts = append(parts, "tag "+t.Key+"="+t.Value)
	}
	return strings.Join(parts, " and ")
}

// firstMatch returns the first selector that means the resource, or nil.
func firstMatch(list []Selector, r Subject) *Selector {
	for i := range list {
		if list[i].Match(r) {
			return &list[i]
		}
	}
	return nil
}
