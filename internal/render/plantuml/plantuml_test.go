package plantuml_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/plantuml"
	"c4arch/internal/render/rendertest"
	"c4arch/internal/render/scene"
	"c4arch/test/golden"
)

func render(t testing.TB, m *c4.Model, v *c4.View, d plantuml.Dialect) string {
	t.Helper()
	got, err := plantuml.Render(m, v, plantuml.Options{Dialect: d})
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

func TestGolden(t *testing.T) {
	seen := 0
	for _, d := range plantuml.Dialects {
		for _, m := range []*c4.Model{rendertest.Contoso(), rendertest.Hostile()} {
			for i := range m.Views {
				v := &m.Views[i]
				t.Run(string(d)+"/"+v.Key, func(t *testing.T) {
					got := render(t, m, v, d)
					golden.Check(t, string(d)+"/"+v.Key+".puml", got)
					holds(t, m, v, d, got)
				})
				seen++
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d diagrams", seen)
	}
}

// holds checks that a diagram has a box or a boundary for each node of its view, under its name, and an arrow for each line.
func holds(t *testing.T, m *c4.Model, v *c4.View, dialect plantuml.Dialect, text string) {
	t.Helper()
	d, err := parse(dialect, text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	names, boundary := map[string]string{}, map[string]bool{}
	for _, e := range m.Elements {
		names[e.ID] = scene.OneLine(e.Name)
	}
	for _, n := range v.Nodes {
		boundary[n.Parent] = true
	}
	if len(d.boxes) != len(v.Nodes) || len(d.arrows) != len(v.Lines) {
		t.Errorf("%d boxes and %d arrows, want %d and %d", len(d.boxes), len(d.arrows), len(v.Nodes), len(v.Lines))
	}
	left := map[string]int{}
	for _, b := range d.boxes {
		left[fmt.Sprint(b.name, b.boundary)]++
	}
	for _, n := range v.Nodes {
		name := names[n.Element]
		if name == "" {
			name = scene.OneLine(n.Element)
		}
		if key := fmt.Sprint(name, boundary[n.ID]); left[key] == 0 {
			t.Errorf("there is no box %q, or too few", name)
		} else {
			left[key]--
		}
	}
}

func sample(v *c4.View) *c4.Model {
	kinds := map[string]c4.Kind{
		"person": c4.Person, "system": c4.SoftwareSystem, "container": c4.Container, "component": c4.Component, "node": c4.DeploymentNode,
		"infra": c4.InfrastructureNode, "resource": c4.Resource, "other": "other",
	}
	m := &c4.Model{}
	for _, k := range []string{"person", "system", "container", "component", "node", "infra", "resource", "other"} {
		for _, shape := range []string{"", "database", "queue"} {
			for _, external := range []bool{false, true} {
				id := fmt.Sprint(k, shape, external)
				m.Elements = append(m.Elements, c4.Element{ID: id, Kind: kinds[k], Name: id, Shape: shape, External: external, Badges: []string{"inferred", "of their own"}})
				v.Nodes = append(v.Nodes, c4.Node{ID: id, Element: id}, c4.Node{ID: "in " + id, Element: id, Parent: id}, c4.Node{ID: "leaf " + id, Element: id})
			}
		}
	}
	return m
}

// TestEveryKindInEveryView: whatever is in a view of whatever kind, what is written is of the dialect.
func TestEveryKindInEveryView(t *testing.T) {
	for _, d := range plantuml.Dialects {
		for _, k := range []c4.ViewKind{c4.Landscape, c4.Context, c4.Containers, c4.Components, c4.Resources, c4.Deployment, "other"} {
			v := &c4.View{Key: "k", Kind: k}
			holds(t, sample(v), v, d, render(t, sample(&c4.View{}), v, d))
		}
	}
}

func TestConfidenceIsALineStyle(t *testing.T) {
	m := &c4.Model{Elements: []c4.Element{{ID: "a", Kind: c4.Container, Name: "a"}, {ID: "b", Kind: c4.Container, Name: "b"}}}
	v := &c4.View{Key: "k", Kind: c4.Containers, Nodes: []c4.Node{{ID: "a", Element: "a"}, {ID: "b", Element: "b"}}}
	for _, c := range []c4.Confidence{c4.Certain, c4.High, c4.May} {
		v.Lines = append(v.Lines, c4.Line{Source: "a", Target: "b", Description: "calls", Technology: "HTTPS", Confidence: c, Relationships: []string{"1", "2", "3"}})
	}
	for d, styles := range map[plantuml.Dialect][]string{plantuml.Classic: {"", "dashed", "dotted"}, plantuml.C42: {"", "high", "may"}} {
		text := render(t, m, v, d)
		got, err := parse(d, text)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range styles {
			if a := got.arrows[i]; a.style != want || a.label != "calls (3 relationships)" || a.technology != "HTTPS" || a.from != "n_a" || a.to != "n_b" {
				t.Errorf("%s: line %d is %+v, want the style %q", d, i, a, want)
			}
		}
		for _, legend := range []string{"permitted, use not shown", "resolves to one thing"} {
			if !strings.Contains(text, legend) {
				t.Errorf("%s: the legend does not say %q", d, legend)
			}
		}
	}
}

func TestMarksAreInWords(t *testing.T) {
	m := &c4.Model{Elements: []c4.Element{{ID: "s", Kind: c4.SoftwareSystem, Name: "Shop", Description: "Sells.", Layer: "observability", Badges: []string{"internet-facing"}}}}
	v := &c4.View{Key: "k", Kind: c4.Context, Nodes: []c4.Node{{ID: "s", Element: "s", Folded: 12}}}
	for _, d := range plantuml.Dialects {
		got, err := parse(d, render(t, m, v, d))
		if err != nil {
			t.Fatal(err)
		}
		if want := "Sells. [+12 inside, layer: observability, internet-facing]"; got.boxes[0].about != want {
			t.Errorf("%s: %q, want %q", d, got.boxes[0].about, want)
		}
	}
}

func TestOrderOfTheModelPlaysNoPart(t *testing.T) {
	m := rendertest.Contoso()
	r := rand.New(rand.NewPCG(1, 1))
	for _, d := range plantuml.Dialects {
		want := render(t, m, &m.Views[3], d)
		r.Shuffle(len(m.Elements), reflect.Swapper(m.Elements))
		r.Shuffle(len(m.Relationships), reflect.Swapper(m.Relationships))
		if got := render(t, m, &m.Views[3], d); got != want {
			t.Errorf("%s: a shuffled model gives other bytes", d)
		}
	}
}

func TestRefused(t *testing.T) {
	m, broken := rendertest.Broken()
	for name, v := range broken {
		if _, err := plantuml.Render(m, v, plantuml.Options{}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := plantuml.Render(m, &c4.View{Key: "k"}, plantuml.Options{Dialect: "c4-9"}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a dialect that does not exist: %v", err)
	}
	if d, err := parse(plantuml.Classic, render(t, m, &c4.View{Key: "k"}, "")); err != nil || d.title != "k" {
		t.Errorf("an empty view: %+v, %v", d, err)
	}
}

// FuzzText: whatever the texts are, the reader finds one boundary, one box and one arrow, with the texts in them.
func FuzzText(f *testing.F) {
	for _, n := range rendertest.Names() {
		f.Add(n, n, n)
	}
	f.Add(`%getenv("PATH")`, "Person(a, b)", "CONTAINER_BG_COLOR")
	f.Add("<img:/etc/passwd>", "[[http://contoso.example x]]", "&#34;")
	f.Add("@enduml", "/' comment", "<U+0041>")
	f.Add("&#92;", "&#&#92;", "\u2060")
	f.Fuzz(func(t *testing.T, name, tech, about string) {
		m := &c4.Model{Elements: []c4.Element{
			{ID: "s", Kind: c4.SoftwareSystem, Name: name}, {ID: "a", Kind: c4.Container, Name: name, Technology: tech, Description: about},
		}}
		for _, d := range plantuml.Dialects {
			for _, c := range []c4.Confidence{c4.Certain, c4.May} {
				v := &c4.View{
					Key: "k", Kind: c4.Containers, Title: name, Nodes: []c4.Node{{ID: "s", Element: "s"}, {ID: "a", Element: "a", Parent: "s"}},
					Lines: []c4.Line{{Source: "a", Target: "a", Description: about, Technology: tech, Confidence: c, Relationships: []string{"1"}}},
				}
				text := render(t, m, v, d)
				got, err := parse(d, text)
				if err != nil || len(got.boxes) != 2 || len(got.arrows) != 1 {
					t.Fatalf("%v\n%s", err, text)
				}
				name, tech, about := or(joinless(name), "k"), or(joinless(tech), "Container"), joinless(about)
				if joinless(got.title) != name {
					t.Errorf("the title is %q", got.title)
				}
				if b := got.boxes[1]; joinless(b.name) != or(joinless(m.Elements[1].Name), "a") || joinless(b.technology) != tech || joinless(b.about) != about {
					t.Errorf("%+v", b)
				}
				if a := got.arrows[0]; joinless(a.label) != about || joinless(a.technology) != joinless(m.Elements[1].Technology) {
					t.Errorf("%+v", a)
				}
			}
		}
	})
}

// joinless is a text on one line without joiners, which are put into what looks like a reference to a character.
func joinless(s string) string { return strings.ReplaceAll(scene.OneLine(s), "\u2060", "") }

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func BenchmarkRender(b *testing.B) {
	for _, n := range []int{100, 1000} {
		m := rendertest.Large(n, 1)
		v := rendertest.Whole(m)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				render(b, m, v, plantuml.Classic)
			}
		})
	}
}
