package rendertest

import "c4arch/internal/arch/c4"

// Whole is a view of all of a model, side by side: every element with no boundary around it, and a line for each relationship.
func Whole(m *c4.Model) *c4.View {
	v := &c4.View{Key: "all", Kind: c4.Containers, Title: "All"}
	for _, e := range m.Elements {
		v.Nodes = append(v.Nodes, c4.Node{ID: e.ID, Element: e.ID})
	}
	for _, r := range m.Relationships {
		v.Lines = append(v.Lines, c4.Line{Source: r.Source, Target: r.Target, Description: r.Description, Relationships: []string{r.ID}})
	}
	return v
}

// Broken are a model and views of it that a format refuses, by what is wrong with them.
func Broken() (*c4.Model, map[string]*c4.View) {
	m := &c4.Model{Elements: []c4.Element{{ID: "a", Kind: c4.Container, Name: "a"}}}
	views := map[string]*c4.View{}
	for wrong, nodes := range map[string][]c4.Node{
		"unknown element": {{ID: "b", Element: "b"}},
		"node twice":      {{ID: "a", Element: "a"}, {ID: "a", Element: "a"}},
		"child first":     {{ID: "a", Element: "a", Parent: "p"}},
	} {
		views[wrong] = &c4.View{Key: "k", Nodes: nodes}
	}
	return m, views
}
