package app

import (
	"strings"

	"c4arch/internal/arch/c4"
)

// links find the view that is inside an element: where a reader goes who points at it. The viewer goes the same ways.
type links struct {
	elements map[string]*c4.Element
	about    map[string][]*c4.View // by subject, in the order of the model
	drawn    map[string]bool       // by key
}

func newLinks(m *c4.Model) *links {
	l := &links{elements: make(map[string]*c4.Element, len(m.Elements)), about: map[string][]*c4.View{}, drawn: map[string]bool{}}
	for i := range m.Elements {
		l.elements[m.Elements[i].ID] = &m.Elements[i]
	}
	for i := range m.Views {
		v := &m.Views[i]
		l.drawn[v.Key] = true
		if v.Subject != "" {
			l.about[v.Subject] = append(l.about[v.Subject], v)
		}
	}
	return l
}

// levelsIn are the kinds of views that are inside an element, the nearest first.
func levelsIn(k c4.Kind) []c4.ViewKind {
	switch k {
	case c4.Person:
		return []c4.ViewKind{c4.Context}
	case c4.SoftwareSystem:
		return []c4.ViewKind{c4.Containers, c4.Context}
	case c4.Container:
		return []c4.ViewKind{c4.Components, c4.Resources}
	case c4.Component:
		return []c4.ViewKind{c4.Resources}
	case c4.DeploymentNode, c4.InfrastructureNode:
		return []c4.ViewKind{c4.Deployment, c4.Resources}
	}
	return nil
}

// from returns what finds the key of the view inside an element that is shown in v, "" when there is none but v.
func (l *links) from(v *c4.View) func(element string) string {
	return func(id string) string {
		e := l.elements[id]
		if e == nil {
			return ""
		}
		if e.Kind == c4.DeploymentNode && v.Kind == c4.Containers {
			if key := l.part(v, e); key != "" {
				return key
			}
		}
		kinds := levelsIn(e.Kind)
		if v.Subject == id {
			kinds = deeper(kinds, e.Kind, v.Kind)
		}
		for _, kind := range kinds {
			for _, o := range l.about[id] {
				if o.Kind == kind && o.Key != v.Key {
					return o.Key
				}
			}
		}
		return ""
	}
}

// deeper are the kinds of views that are inside what the view is about.
func deeper(kinds []c4.ViewKind, of c4.Kind, here c4.ViewKind) []c4.ViewKind {
	for i, k := range kinds {
		switch {
		case k != here:
		case of == c4.SoftwareSystem && here == c4.Containers:
			return nil
		case of != c4.SoftwareSystem:
			return kinds[i+1:]
		}
	}
	return kinds
}

// part is the key of the part of a view that was cut which is about a place. A part is named after the place and, where it
// is one of several, numbered.
func (l *links) part(v *c4.View, place *c4.Element) string {
	for _, o := range l.about[v.Subject] {
		if o.Kind == v.Kind && o.Key != v.Key && strings.Contains(o.Title+" (", ": "+place.Name+" (") {
			return o.Key
		}
	}
	return ""
}
