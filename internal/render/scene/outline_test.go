package scene_test

import (
	"slices"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/scene"
)

func TestOutline(t *testing.T) {
	m := &c4.Model{Elements: []c4.Element{
		{ID: "s", Name: "Shop"}, {ID: "a", Name: "orders", Layer: "observability", Badges: []string{"internet-facing", " "}}, {ID: "b", Name: "Orders"}, {ID: "c", Name: " \n"}, {ID: "d", Name: "שלום"},
	}}
	v := &c4.View{Key: "k", Nodes: []c4.Node{{ID: "s", Element: "s"}, {ID: "a", Element: "a", Parent: "s", Folded: 3}, {ID: "b", Element: "b", Parent: "s"}, {ID: "c", Element: "c"}, {ID: "d", Element: "d"}}}
	o, err := scene.Outlined(m, v)
	if err != nil {
		t.Fatal(err)
	}
	if got := o.Children("s"); !slices.Equal(got, []string{"a", "b"}) || !o.Boundary("s") || o.Boundary("a") || o.Element("x") != nil || o.Node("a").Folded != 3 {
		t.Errorf("inside the boundary are %v", got)
	}
	if got := o.Asides("a"); !slices.Equal(got, []string{"+3 inside", "layer: observability", "internet-facing"}) {
		t.Errorf("asides are %q", got)
	}
	if o.Name("c") != "c" || o.Name("s") != "Shop" {
		t.Errorf("names are %q and %q", o.Name("c"), o.Name("s"))
	}
	ids := o.Identifiers("n_", "_", 4)
	if ids["s"] != "n_shop" || ids["a"] == ids["b"] || ids["a"] == "n_orders" || ids["d"] == ids["c"] {
		t.Errorf("identifiers are %v", ids)
	}
	// The order of the nodes plays no part in what they are called.
	slices.Reverse(v.Nodes[1:3])
	if again, err := scene.Outlined(m, v); err != nil || again.Identifiers("n_", "_", 4)["a"] != ids["a"] {
		t.Errorf("in another order it is %v, %v", again.Identifiers("n_", "_", 4), err)
	}
}

func TestWalk(t *testing.T) {
	m := &c4.Model{Elements: []c4.Element{{ID: "e"}}}
	o, err := scene.Outlined(m, &c4.View{Nodes: []c4.Node{
		{ID: "s", Element: "e"}, {ID: "t", Element: "e"}, {ID: "u", Element: "e", Parent: "s"}, {ID: "a", Element: "e", Parent: "u"}, {ID: "b", Element: "e", Parent: "s"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	o.Walk(func(id string) { got = append(got, id) }, func(id string) { got = append(got, "("+id) }, func(id string) { got = append(got, id+")") })
	if want := []string{"(s", "(u", "a", "u)", "b", "s)", "t"}; !slices.Equal(got, want) {
		t.Errorf("the walk is %v, want %v", got, want)
	}
}

func TestAbout(t *testing.T) {
	m := &c4.Model{Elements: []c4.Element{{ID: "a", Description: "Sells\n things.", Badges: []string{"inferred"}}, {ID: "b", Description: "Bills."}}}
	o, err := scene.Outlined(m, &c4.View{Nodes: []c4.Node{{ID: "a", Element: "a", Folded: 2}, {ID: "b", Element: "b"}}})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := o.About("a"), o.About("b"); a != "Sells things. [+2 inside, inferred]" || b != "Bills." {
		t.Errorf("%q and %q", a, b)
	}
}

func TestOutlineOfABrokenView(t *testing.T) {
	m := &c4.Model{Elements: []c4.Element{{ID: "a"}}}
	for name, nodes := range map[string][]c4.Node{
		"unknown element": {{ID: "b", Element: "b"}}, "node twice": {{ID: "a", Element: "a"}, {ID: "a", Element: "a"}}, "child first": {{ID: "a", Element: "a", Parent: "p"}},
		"inside itself": {{ID: "a", Element: "a", Parent: "a"}},
	} {
		if _, err := scene.Outlined(m, &c4.View{Nodes: nodes}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLineText(t *testing.T) {
	two := []string{"1", "2"}
	for want, l := range map[string]c4.Line{
		"":                              {},
		"calls":                         {Description: "calls", Relationships: two[:1]},
		"calls (2 relationships)":       {Description: "calls", Relationships: two},
		"calls it (2 relationships)":    {Description: "calls\nit (+1)", Relationships: two},
		"2 relationships":               {Description: "2 relationships", Relationships: two},
		"reads (2 relationships)":       {Description: "reads (2 relationships)", Relationships: two},
		"(2 relationships)":             {Relationships: two},
		"has 12 relationships":          {Description: "has 12 relationships", Relationships: two[:1]},
		"calls (+1) (2 relationships)x": {Description: "calls (+1) (2 relationships)x", Relationships: two[:1]},
	} {
		if got := scene.LineText(&l); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
