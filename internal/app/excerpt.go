package app

import "c4arch/internal/arch/c4"

// excerpts finds the elements and relationships of a model by id. A renderer of one view indexes the model that it
// is given; with thousands of views of tens of thousands of elements that took longer than
// the drawing, so each view is drawn from an excerpt.
type excerpts struct {
	model         *c4.Model
	elements      map[string]int
	relationships map[string]int
}

func index(m *c4.Model) *excerpts {
	x := &excerpts{model: m, elements: make(map[string]int, len(m.Elements)), relationships: make(map[string]int, len(m.Relationships))}
	for i := range m.Elements {
		x.elements[m.Elements[i].ID] = i
	}
	for i := range m.Relationships {
		x.relationships[m.Relationships[i].ID] = i
	}
	return x
}

// of returns the model with only those elements that the view shows and what they are part
// of, only those relationships that its lines stand for, and without other views. It shares everything with the whole model.
func (x *excerpts) of(v *c4.View) *c4.Model {
	m := *x.model
	m.Elements, m.Relationships, m.Views = nil, nil, []c4.View{*v}
	for _, id := range v.Relationships {
		if i, there := x.relationships[id]; there {
			m.Relationships = append(m.Relationships, x.model.Relationships[i])
		}
	}
	seen := make(map[string]bool, len(v.Nodes))
	for _, n := range v.Nodes {
		for id := n.Element; id != "" && !seen[id]; {
			seen[id] = true
			i, there := x.elements[id]
			if !there {
				break // the renderer says so
			}
			m.Elements = append(m.Elements, x.model.Elements[i])
			id = x.model.Elements[i].Parent
		}
	}
	return &m
}
