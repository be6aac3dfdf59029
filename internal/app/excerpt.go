package app

import "c4arch/internal/arch/c4"

// elements finds the elements of a model by id. A renderer of one view indexes the model that it
// is given; with thousands of views of tens of thousands of elements that took longer than
// the drawing, so each view is drawn from an excerpt.
type elements struct {
	model *c4.Model
	byID  map[string]int
}

func index(m *c4.Model) *elements {
	x := &elements{model: m, byID: make(map[string]int, len(m.Elements))}
	for i := range m.Elements {
		x.byID[m.Elements[i].ID] = i
	}
	return x
}

// of returns the model with only those elements that the view shows and what they are part
// of, and without other views. It shares everything with the whole model.
func (x *elements) of(v *c4.View) *c4.Model {
	m := *x.model
	m.Elements, m.Views = nil, []c4.View{*v}
	seen := make(map[string]bool, len(v.Nodes))
	for _, n := range v.Nodes {
		for id := n.Element; id != "" && !seen[id]; {
			seen[id] = true
			i, there := x.byID[id]
			if !there {
				break // the renderer says so
			}
			m.Elements = append(m.Elements, x.model.Elements[i])
			id = x.model.Elements[i].Parent
		}
	}
	return &m
}
