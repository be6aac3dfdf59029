// Package overlay is c4arch.yaml: what people say about an architecture and no cloud
// knows. Names and descriptions, software systems and what belongs to them, persons,
// external systems, relationships that leave no trace in the evidence, things to hide,
// environments, and where code is deployed to.
//
// [Parse] is strict: an unknown key, a missing field or a key used twice is an error with
// its line, since a misspelt word that does nothing is worse than a refusal. All problems
// of a file are reported at once. The package decides nothing about an architecture: it
// says what was asked for, and [Selector.Match] whether a resource is meant. That a
// selector matches nothing is for the caller to find out and to report; [Overlay.Selectors]
// lists every selector with its label and its line.
//
// The format is described in docs/formats/overlay.md.
package overlay

import "c4arch/internal/base/glob"

// Version is the version of the format that this package reads.
const Version = 1

// Overlay is one c4arch.yaml. The order of every list is the order of the file.
type Overlay struct {
	Name        string // of the whole
	Description string
	Owner       string // of everything that has no other owner

	Persons       []Person
	Systems       []System
	Externals     []External
	Elements      []Element
	Relationships []Relationship
	Hidden        []Hidden
	Environments  []Environment
	Deployments   []Deployment
}

// Person is somebody who uses the systems. Persons come from nowhere else.
type Person struct {
	Key         string
	Name        string
	Description string
	Line        int
}

// System is a software system and what belongs to it. A resource that the members of
// several systems match belongs to the first of them.
type System struct {
	Key         string
	Name        string
	Description string
	Owner       string
	Members     []Selector // any of them; may be empty
	Line        int
}

// External is a software system that is not part of what is scanned.
type External struct {
	Key         string
	Name        string
	Description string
	Owner       string
	Technology  string
	// Hosts are the host names by which it is called, lower-case: exact, or "*." and a
	// domain for every name below that domain.
	Hosts []string
	Line  int
}

// Element says more about the elements that come from the resources which it matches. An
// empty text leaves what was derived.
type Element struct {
	Key         string // by which relationships refer to it, or ""
	Match       []Selector
	Name        string
	Description string
	Owner       string
	Technology  string
	Line        int
}

// Relationship is a line that people declare.
type Relationship struct {
	Source      Ref
	Target      Ref
	Description string
	Technology  string
	Line        int
}

// Hidden keeps what it matches out of the pictures, for a reason.
type Hidden struct {
	Match  []Selector
	Reason string
	Line   int
}

// Environment names the environment of what it matches. A resource that several
// environments match is in the first of them.
type Environment struct {
	Name    string
	Members []Selector
	Line    int
}

// Deployment says where code is deployed to that does not say so itself.
type Deployment struct {
	Input         string // a pattern of the input's path
	Subscription  string
	ResourceGroup string
	Location      string
	Line          int
}

// RefKind says what a [Ref] refers to.
type RefKind string

// The kinds of a reference.
const (
	PersonRef   RefKind = "person"   // Key of a Person
	SystemRef   RefKind = "system"   // Key of a System
	ExternalRef RefKind = "external" // Key of an External
	ElementRef  RefKind = "element"  // Key of an Element: what its Match selects
	NameRef     RefKind = "name"     // Name of an element, as derived or as given in Elements
	SelectorRef RefKind = "selector" // Select
)

// Ref is one end of a relationship.
type Ref struct {
	Kind   RefKind
	Key    string    // for the four kinds with a key
	Name   string    // for NameRef, to be compared exactly
	Select *Selector // for SelectorRef
	Line   int
}

// String returns what the reference says, for messages.
func (r Ref) String() string {
	switch r.Kind {
	case SelectorRef:
		return r.Select.Label()
	case NameRef:
		return "element named " + r.Name
	}
	return string(r.Kind) + " " + r.Key
}

// MatchHost reports whether host (a name without scheme and port) is one by which the
// external system is called.
func (e *External) MatchHost(host string) bool {
	host = lowerHost(host)
	for _, h := range e.Hosts {
		if domain, below := cutWildcard(h); below {
			if n := len(host) - len(domain); n > 1 && host[n-1] == '.' && host[n:] == domain {
				return true
			}
		} else if host == h {
			return true
		}
	}
	return false
}

// Selectors returns every selector of the file in the order persons read it: systems,
// elements, relationships, hidden, environments.
func (o *Overlay) Selectors() []*Selector {
	var all []*Selector
	add := func(list []Selector) {
		for i := range list {
			all = append(all, &list[i])
		}
	}
	for i := range o.Systems {
		add(o.Systems[i].Members)
	}
	for i := range o.Elements {
		add(o.Elements[i].Match)
	}
	for i := range o.Relationships {
		for _, r := range []Ref{o.Relationships[i].Source, o.Relationships[i].Target} {
			if r.Select != nil {
				all = append(all, r.Select)
			}
		}
	}
	for i := range o.Hidden {
		add(o.Hidden[i].Match)
	}
	for i := range o.Environments {
		add(o.Environments[i].Members)
	}
	return all
}

// SystemOf returns the first system that has the resource among its members, and the
// selector that says so.
func (o *Overlay) SystemOf(r Subject) (*System, *Selector) {
	for i := range o.Systems {
		if s := firstMatch(o.Systems[i].Members, r); s != nil {
			return &o.Systems[i], s
		}
	}
	return nil, nil
}

// HiddenBy returns the first entry that hides the resource, and the selector that says so.
func (o *Overlay) HiddenBy(r Subject) (*Hidden, *Selector) {
	for i := range o.Hidden {
		if s := firstMatch(o.Hidden[i].Match, r); s != nil {
			return &o.Hidden[i], s
		}
	}
	return nil, nil
}

// EnvironmentOf returns the first environment that has the resource among its members,
// and the selector that says so.
func (o *Overlay) EnvironmentOf(r Subject) (*Environment, *Selector) {
	for i := range o.Environments {
		if s := firstMatch(o.Environments[i].Members, r); s != nil {
			return &o.Environments[i], s
		}
	}
	return nil, nil
}

// DeploymentOf returns the first entry for an input that goes by any of the names.
func (o *Overlay) DeploymentOf(names ...string) *Deployment {
	for i := range o.Deployments {
		for _, n := range names {
			if glob.Match(o.Deployments[i].Input, n, false) {
				return &o.Deployments[i]
			}
		}
	}
	return nil
}

// ExternalOf returns the first external system that is called by that host name.
func (o *Overlay) ExternalOf(host string) *External {
	for i := range o.Externals {
		if o.Externals[i].MatchHost(host) {
			return &o.Externals[i]
		}
	}
	return nil
}
