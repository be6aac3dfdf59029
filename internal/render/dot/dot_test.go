package dot_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/dot"
	"c4arch/internal/render/rendertest"
	"c4arch/test/golden"
)

func render(t testing.TB, m *c4.Model, v *c4.View) string {
	t.Helper()
	got, err := dot.Render(m, v)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

func TestGolden(t *testing.T) {
	seen := 0
	for _, m := range []*c4.Model{rendertest.Contoso(), rendertest.Hostile()} {
		for i := range m.Views {
			v := &m.Views[i]
			t.Run(v.Key, func(t *testing.T) {
				got := render(t, m, v)
				golden.Check(t, v.Key+".dot", got)
				holds(t, m, v, got)
			})
			seen++
		}
	}
	if seen < 10 {
		t.Errorf("only %d views", seen)
	}
}

// holds checks that a graph has what its view has: a box for each node that holds nothing, a cluster for each that holds
// something, an edge for each line, each name where people see it.
func holds(t *testing.T, m *c4.Model, v *c4.View, text string) {
	t.Helper()
	g, err := parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	boundary := map[string]bool{}
	for _, n := range v.Nodes {
		boundary[n.Parent] = true
	}
	names := map[string]string{}
	for _, e := range m.Elements {
		names[e.ID] = e.Name
	}
	boxes := 0
	labels := map[string]int{}
	for _, n := range append(g.nodes, g.clusters...) {
		labels[squeeze(n["label"])]++
	}
	for _, n := range v.Nodes {
		if !boundary[n.ID] {
			boxes++
		}
		if want := squeeze(names[n.Element]); want != "" && !hasLabel(labels, want) {
			t.Errorf("no label begins with %q", names[n.Element])
		}
	}
	if len(g.nodes) != boxes || len(g.clusters) != len(v.Nodes)-boxes || len(g.edges) != len(v.Lines) {
		t.Errorf("%d nodes, %d clusters, %d edges; want %d, %d, %d", len(g.nodes), len(g.clusters), len(g.edges), boxes, len(v.Nodes)-boxes, len(v.Lines))
	}
}

func hasLabel(labels map[string]int, want string) bool {
	for l := range labels {
		if strings.HasPrefix(l, want) {
			return true
		}
	}
	return false
}

func TestConfidenceIsALineStyle(t *testing.T) {
	m := &c4.Model{
		Elements: []c4.Element{{ID: "a", Kind: c4.Container, Name: "a"}, {ID: "b", Kind: c4.Container, Name: "b"}},
	}
	v := &c4.View{Key: "k", Nodes: []c4.Node{{ID: "a", Element: "a"}, {ID: "b", Element: "b"}}}
	for _, c := range []c4.Confidence{c4.Certain, c4.High, c4.May} {
		v.Lines = append(v.Lines, c4.Line{Source: "a", Target: "b", Description: "calls", Confidence: c, Relationships: []string{"1", "2", "3"}})
	}
	g, err := parse(render(t, m, v))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"solid", "dashed", "dotted"} {
		if got := g.edges[i]["style"]; got != want || !strings.Contains(g.edges[i]["label"], "3 relationships") {
			t.Errorf("line %d: %v, want %s", i, g.edges[i], want)
		}
	}
}

func TestFoldedBoxesSayHowMany(t *testing.T) {
	m := &c4.Model{Elements: []c4.Element{{ID: "s", Kind: c4.SoftwareSystem, Name: "Shop", Layer: "observability", Badges: []string{"internet-facing"}}}}
	v := &c4.View{Key: "k", Nodes: []c4.Node{{ID: "s", Element: "s", Folded: 12}}}
	g, err := parse(render(t, m, v))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Shop", "[Software system]", "+12 inside", "layer: observability", "internet-facing"} {
		if l := g.nodes[0]["label"]; !strings.Contains(l, want) {
			t.Errorf("%q has no %q", l, want)
		}
	}
}

// TestLineAtABoundary: a line that ends at a boundary is tied to a box inside and cut off at the border of the cluster.
func TestLineAtABoundary(t *testing.T) {
	m := &c4.Model{Elements: []c4.Element{
		{ID: "s", Kind: c4.SoftwareSystem, Name: "s"}, {ID: "a", Kind: c4.Container, Name: "a", Parent: "s"}, {ID: "b", Kind: c4.Person, Name: "b"},
	}}
	v := &c4.View{
		Key:   "k",
		Nodes: []c4.Node{{ID: "s", Element: "s"}, {ID: "b", Element: "b"}, {ID: "a", Element: "a", Parent: "s"}},
		Lines: []c4.Line{{Source: "b", Target: "s", Relationships: []string{"1"}}, {Source: "s", Target: "b", Relationships: []string{"1"}}, {Source: "x", Target: "b"}},
	}
	g, err := parse(render(t, m, v))
	if err != nil || len(g.edges) != 2 {
		t.Fatal(g.edges, err)
	}
	if e := g.edges[0]; e["from"] != "n_b" || e["to"] != "n_a" || e["lhead"] != "cluster_n_s" || e["ltail"] != "" {
		t.Error(e)
	}
	if e := g.edges[1]; e["from"] != "n_a" || e["to"] != "n_b" || e["ltail"] != "cluster_n_s" || e["lhead"] != "" {
		t.Error(e)
	}
}

func TestBrokenViewsAreRefused(t *testing.T) {
	m, broken := rendertest.Broken()
	for name, v := range broken {
		if _, err := dot.Render(m, v); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if g, err := parse(render(t, m, &c4.View{Key: "k"})); err != nil || len(g.nodes) != 0 {
		t.Errorf("an empty view: %v, %v", g, err)
	}
}

func TestOrderOfTheModelPlaysNoPart(t *testing.T) {
	m := rendertest.Contoso()
	want := render(t, m, &m.Views[3])
	r := rand.New(rand.NewPCG(1, 1))
	r.Shuffle(len(m.Elements), func(i, j int) { m.Elements[i], m.Elements[j] = m.Elements[j], m.Elements[i] })
	r.Shuffle(len(m.Relationships), func(i, j int) {
		m.Relationships[i], m.Relationships[j] = m.Relationships[j], m.Relationships[i]
	})
	if got := render(t, m, &m.Views[3]); got != want {
		t.Error("a shuffled model gives other bytes")
	}
}

// FuzzText: whatever the texts are, the grammar finds one box, one cluster and one edge, and the texts in them.
func FuzzText(f *testing.F) {
	for _, n := range rendertest.Names() {
		f.Add(n, n, n)
	}
	f.Add(`\N`, `\`, `"\`)
	f.Add("&quot;", "<b>x</b>", `\\"`)
	f.Fuzz(func(t *testing.T, name, tech, label string) {
		m := &c4.Model{Elements: []c4.Element{
			{ID: "s", Kind: c4.SoftwareSystem, Name: name}, {ID: "a", Kind: c4.Container, Name: name, Parent: "s", Technology: tech, Description: label},
		}}
		v := &c4.View{
			Key: "k", Title: name, Nodes: []c4.Node{{ID: "s", Element: "s"}, {ID: "a", Element: "a", Parent: "s"}},
			Lines: []c4.Line{{Source: "a", Target: "a", Description: label, Technology: tech, Relationships: []string{"1"}}},
		}
		text := render(t, m, v)
		g, err := parse(text)
		if err != nil || len(g.nodes) != 1 || len(g.clusters) != 1 || len(g.edges) != 1 {
			t.Fatalf("%v\n%s", err, text)
		}
		for _, s := range []string{name, tech, label} {
			if want := squeeze(s); !strings.Contains(squeeze(g.nodes[0]["label"]), want) {
				t.Errorf("%q is not in %q", want, g.nodes[0]["label"])
			}
		}
		if !strings.Contains(squeeze(g.edges[0]["label"]), squeeze(label)) || !strings.Contains(squeeze(g.edges[0]["label"]), squeeze(tech)) {
			t.Errorf("%q is not in %q", label, g.edges[0]["label"])
		}
	})
}

func BenchmarkRender(b *testing.B) {
	for _, n := range []int{100, 1000} {
		m := rendertest.Large(n, 1)
		v := rendertest.Whole(m)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				render(b, m, v)
			}
		})
	}
}
