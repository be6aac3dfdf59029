package structurizr_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/rendertest"
	"c4arch/internal/render/scene"
	"c4arch/internal/render/structurizr"
	"c4arch/test/golden"
)

func render(t *testing.T, m *c4.Model) string {
	t.Helper()
	var b bytes.Buffer
	if err := structurizr.Render(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func models() map[string]*c4.Model {
	return map[string]*c4.Model{
		"contoso": rendertest.Contoso(), "hostile": rendertest.Hostile(), "empty": rendertest.Empty(), "nil": {},
	}
}

func TestGolden(t *testing.T) {
	for _, name := range []string{"contoso", "hostile", "empty"} {
		t.Run(name, func(t *testing.T) {
			got := render(t, models()[name])
			golden.Check(t, name+".dsl", got)
		})
	}
}

// TestGrammar reads what was written back by the rules of the DSL as the test knows them.
func TestGrammar(t *testing.T) {
	for name, m := range models() {
		t.Run(name, func(t *testing.T) { check(t, render(t, m)) })
	}
	t.Run("large", func(t *testing.T) { check(t, render(t, rendertest.Large(1000, 300))) })
	t.Run("every", func(t *testing.T) { check(t, render(t, everything())) })
}

func TestEverythingIsThere(t *testing.T) {
	ws := check(t, render(t, rendertest.Contoso()))
	for keyword, want := range map[string]int{
		"person": 1, "softwareSystem": 5, "container": 11, "component": 2, "deploymentNode": 7,
		"infrastructureNode": 1, "containerInstance": 10, "deploymentEnvironment": 1, "->": 16,
		"systemLandscape": 1, "systemContext": 2, "component view": 1, "container view": 2, "deployment": 1,
	} {
		if got := ws.count[keyword]; got != want {
			t.Errorf("%s: %d, want %d", keyword, got, want)
		}
	}
	for _, want := range []string{
		`"c4arch.rule" "R21"`,
		`"c4arch.evidence.2" "terraform.tfstate:611 `,
		`container_orders_`, `"orders (Azure Service Bus queue)"`, `"orders (Azure SQL Database)"`,
	} {
		if !strings.Contains(ws.text, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestOrderPlaysNoPart(t *testing.T) {
	want := render(t, rendertest.Contoso())
	for seed := range uint64(20) {
		m, r := rendertest.Contoso(), rand.New(rand.NewPCG(seed, 1))
		r.Shuffle(len(m.Elements), func(i, j int) { m.Elements[i], m.Elements[j] = m.Elements[j], m.Elements[i] })
		r.Shuffle(len(m.Relationships), func(i, j int) { m.Relationships[i], m.Relationships[j] = m.Relationships[j], m.Relationships[i] })
		r.Shuffle(len(m.Instances), func(i, j int) { m.Instances[i], m.Instances[j] = m.Instances[j], m.Instances[i] })
		r.Shuffle(len(m.Views), func(i, j int) { m.Views[i], m.Views[j] = m.Views[j], m.Views[i] })
		if got := render(t, m); got != want {
			t.Fatalf("seed %d: a shuffled model gives other bytes", seed)
		}
	}
}

func TestIllegalRelationshipsAreLeftOut(t *testing.T) {
	m := rendertest.Contoso()
	shop := "system:shop"
	var inside string
	for _, e := range m.Elements {
		if e.Parent == shop {
			inside = e.ID
		}
	}
	before := check(t, render(t, m)).count["->"]
	again := m.Relationships[2]
	again.ID = "again"
	m.Relationships = append(m.Relationships,
		c4.Relationship{ID: "x1", Source: shop, Target: inside, Description: "holds"},
		c4.Relationship{ID: "x2", Source: inside, Target: shop, Description: "is in"},
		c4.Relationship{ID: "x3", Source: shop, Target: shop, Description: "calls"},
		c4.Relationship{ID: "x4", Source: shop, Target: "nowhere", Description: "calls"},
		c4.Relationship{ID: "x5", Source: shop, Target: "resource:" + strings.TrimPrefix(inside, "container:"), Description: "calls"},
		again)
	if after := check(t, render(t, m)).count["->"]; after != before {
		t.Errorf("%d relationships, want %d as before", after, before)
	}
}

func TestBrokenTreesDoNotHang(t *testing.T) {
	m := &c4.Model{Elements: []c4.Element{
		{ID: "a", Kind: c4.Container, Name: "a", Parent: "b"},
		{ID: "b", Kind: c4.Container, Name: "b", Parent: "a"},
		{ID: "c", Kind: c4.Component, Name: "c", Parent: "c"},
		{ID: "d", Kind: c4.Component, Name: "d", Parent: "gone"},
		{ID: "d", Kind: c4.Component, Name: "d twice"},
		{ID: "n", Kind: c4.DeploymentNode, Name: "n", Parent: "n"},
	}}
	check(t, render(t, m))
}

func TestTwoEnvironments(t *testing.T) {
	m := rendertest.Contoso()
	i := m.Instances[0]
	i.Environment = "test"
	m.Instances = append(m.Instances, i)
	ws := check(t, render(t, m))
	if ws.count["deploymentEnvironment"] != 2 || ws.count["deployment"] != 2 {
		t.Errorf("%d environments and %d views of them, want 2 and 2", ws.count["deploymentEnvironment"], ws.count["deployment"])
	}
	if got := ws.count["containerInstance"]; got != 11 {
		t.Errorf("%d instances, want 11", got)
	}
}

// TestCraftedNamesStayApart: environments whose words are the same, nodes that look like another in another environment, and names
// that end like a digest give no two things one identifier, in either form.
func TestCraftedNamesStayApart(t *testing.T) {
	m := &c4.Model{Elements: []c4.Element{
		{ID: "s", Kind: c4.SoftwareSystem, Name: "Shop"},
		{ID: "c", Kind: c4.Container, Name: "API", Parent: "s"},
		{ID: "n1", Kind: c4.DeploymentNode, Name: "web"},
		{ID: "n2", Kind: c4.DeploymentNode, Name: "web a"},
		{ID: "n3", Kind: c4.DeploymentNode, Name: "batch"},
		{ID: "n4", Kind: c4.DeploymentNode, Name: "BATCH"},
		{ID: "n5", Kind: c4.DeploymentNode, Name: "batch " + scene.ShortDigest("n3", 4)},
	}}
	for _, n := range []string{"n1", "n2", "n3", "n4", "n5"} {
		for _, env := range []string{"a b", "b", "a-b", "a c", "c", "?", "!", scene.ShortDigest("?", 4)} {
			m.Instances = append(m.Instances, c4.Instance{Container: "c", Node: n, Environment: env})
		}
	}
	ws := check(t, render(t, m))
	if ws.count["deploymentEnvironment"] != 8 || ws.count["deploymentNode"] != 40 || ws.count["containerInstance"] != 40 {
		t.Errorf("the workspace has %v", ws.count)
	}
	load(t, document(t, m, nil))
}

// TestTwins: two brothers of the same name whose digests are the same too.
func TestTwins(t *testing.T) {
	seen := map[string]string{}
	for i := 0; ; i++ {
		id := fmt.Sprint("id-", i)
		d := scene.ShortDigest(id, 4)
		if seen[d] == "" {
			seen[d] = id
			continue
		}
		m := &c4.Model{Elements: []c4.Element{{ID: id, Kind: c4.SoftwareSystem, Name: "Shop"}, {ID: seen[d], Kind: c4.SoftwareSystem, Name: "shop"}}}
		if ws := check(t, render(t, m)); ws.count["softwareSystem"] != 2 {
			t.Errorf("the workspace has %v", ws.count)
		}
		load(t, document(t, m, nil))
		return
	}
}
