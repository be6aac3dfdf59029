package truth

import (
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
)

// A small world: a web application on a plan, a database that it calls.
func world() (*c4.Model, *evidence.Snapshot) {
	ev := func(id string) []c4.Evidence { return []c4.Evidence{{Resource: id}} }
	m := &c4.Model{
		Elements: []c4.Element{
			{ID: "softwareSystem:shop", Kind: c4.SoftwareSystem, Name: "shop"},
			{ID: "softwareSystem:internet", Kind: c4.SoftwareSystem, Name: "Internet", External: true, Shape: "internet"},
			{ID: "container:k8s:web", Kind: c4.Container, Name: "web", Technology: "Web app", Parent: "softwareSystem:shop", Evidence: ev("k8s:web")},
			{ID: "container:k8s:db", Kind: c4.Container, Name: "db", Parent: "softwareSystem:shop", Evidence: ev("k8s:db")},
			{ID: "deploymentNode:k8s:plan", Kind: c4.DeploymentNode, Name: "plan", Evidence: ev("k8s:plan")},
			{ID: "resource:k8s:web", Kind: c4.Resource, Name: "web", Parent: "container:k8s:web"},
			{ID: "component:k8s:web#sidecar", Kind: c4.Component, Name: "sidecar", Parent: "container:k8s:web"},
		},
		Relationships: []c4.Relationship{
			{Source: "container:k8s:web", Target: "container:k8s:db", Rule: "K3", Confidence: c4.High},
			{Source: "softwareSystem:internet", Target: "container:k8s:web", Rule: "I1", Confidence: c4.May},
		},
		Instances: []c4.Instance{{Container: "container:k8s:web", Node: "deploymentNode:k8s:plan"}},
		Account: c4.Account{Found: 3, Shown: 1, Unresolved: 1, Ambiguous: 1, References: []c4.Reference{
			{Evidence: c4.Evidence{Resource: "k8s:web"}, Value: "gone:80", Outcome: c4.Unresolved},
			{Evidence: c4.Evidence{Resource: "k8s:web"}, Value: "twins", Outcome: c4.Ambiguous, Targets: []string{"k8s:db", "k8s:plan"}},
		}},
	}
	return m, &evidence.Snapshot{Resources: []evidence.Resource{
		{ID: "k8s:web", Props: canon.Raw("{}")}, {ID: "k8s:db", Props: canon.Raw("{}")}, {ID: "k8s:plan", Props: canon.Raw("{}")},
	}}
}

func right() *label {
	all := map[string]bool{}
	for _, k := range strings.Fields("elements relationships internet nested ambiguous externals") {
		all[k] = true
	}
	return &label{
		has: all,
		IDs: map[string]string{"web": "k8s:web", "db": "k8s:db", "plan": "k8s:plan"},
		Elements: []element{
			{ID: "web", Kinds: kinds{"container"}, Name: "web", Technology: "web", System: "shop"},
			{ID: "db", Kinds: kinds{"container"}},
			{ID: "plan", Kinds: kinds{"deploymentNode"}},
		},
		Relationships: []relationship{{"web", "db", "K3|K4", "high"}},
		Internet:      []string{"web"},
		Nested:        [][2]string{{"web", "plan"}},
		NotNested:     [][2]string{{"db", "plan"}},
		Ambiguous:     []reference{{Resource: "web", Value: "twins", Targets: []string{"plan", "db"}}},
		Unresolved:    []reference{{Resource: "web", Value: "gone"}},
	}
}

// TestComparison: the comparison accepts what is right, and sees each thing that is wrong.
func TestComparison(t *testing.T) {
	m, snap := world()
	if got := right().compare(m, snap, []string{"EXAMPLE-secret"}); got != nil {
		t.Fatalf("a right label fails:\n%s", strings.Join(got, "\n"))
	}
	tests := []struct {
		name  string
		wrong func(*label, *c4.Model)
		want  string
	}{
		{"kind", func(l *label, _ *c4.Model) { l.Elements[1].Kinds = kinds{"component"} }, "element: db is [container]"},
		{"name", func(l *label, _ *c4.Model) { l.Elements[0].Name = "site" }, `want "site"`},
		{"system", func(l *label, _ *c4.Model) { l.Elements[0].System = "bank" }, `want "bank"`},
		{"technology", func(l *label, _ *c4.Model) { l.Elements[0].Technology = "function" }, `want "function"`},
		{"unknown element", func(l *label, _ *c4.Model) { l.Elements = l.Elements[:2] }, "element surplus: k8s:plan"},
		{"hidden", func(l *label, _ *c4.Model) { l.Elements[1].Hidden = true }, "must be hidden"},
		{"missing line", func(_ *label, m *c4.Model) { m.Relationships = m.Relationships[1:] }, "relationship missing: web db"},
		{"surplus line", func(l *label, _ *c4.Model) { l.Relationships = nil }, "relationship surplus: k8s:web -> k8s:db  K3 high"},
		{"rule", func(l *label, _ *c4.Model) { l.Relationships[0][2] = "R4" }, "relationship missing"},
		{"confidence", func(l *label, _ *c4.Model) { l.Relationships[0][3] = "certain" }, "relationship missing"},
		{"internet", func(l *label, _ *c4.Model) { l.Internet = nil }, "surplus: Internet to k8s:web"},
		{"no internet", func(_ *label, m *c4.Model) { m.Relationships = m.Relationships[:1] }, "missing: Internet to web"},
		{"not nested", func(_ *label, m *c4.Model) { m.Instances = nil }, "containment missing: k8s:web in k8s:plan"},
		{"nested", func(l *label, _ *c4.Model) { l.Nested = nil }, "containment surplus: k8s:web in k8s:plan"},
		{"wrongly nested", func(_ *label, m *c4.Model) {
			m.Instances = append(m.Instances, c4.Instance{Container: "container:k8s:db", Node: "deploymentNode:k8s:plan"})
		}, "must not be: db in plan"},
		{"ambiguous", func(l *label, _ *c4.Model) { l.Ambiguous[0].Targets = []string{"db"} }, "ambiguous missing"},
		{"surplus ambiguous", func(l *label, _ *c4.Model) { l.Ambiguous = nil }, "ambiguous surplus: k8s:web twins"},
		{"unresolved", func(l *label, _ *c4.Model) { l.Unresolved[0].Value = "elsewhere" }, "unresolved missing"},
		{"external", func(l *label, _ *c4.Model) { l.Externals = []string{"bank"} }, "external missing: bank"},
		{"balance", func(_ *label, m *c4.Model) { m.Account.Found++ }, "does not balance"},
		{"secret", func(_ *label, m *c4.Model) { m.Elements[0].Description = "EXAMPLE-secret" }, "secret 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, snap := world()
			l := right()
			tt.wrong(l, m)
			got := l.compare(m, snap, []string{"EXAMPLE-secret"})
			if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, tt.want) }) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestHiddenReference: where an end is not drawn, a hidden reference stands for the line.
func TestHiddenReference(t *testing.T) {
	m, snap := world()
	l := right()
	l.Relationships = append(l.Relationships, relationship{"db", "nic", "R10", "certain"})
	l.IDs["nic"] = "k8s:nic"
	if got := l.compare(m, snap, nil); len(got) != 1 {
		t.Fatalf("%q", got)
	}
	m.Account.References = append(m.Account.References, c4.Reference{Evidence: c4.Evidence{Resource: "k8s:db"}, Outcome: c4.Hidden, Targets: []string{"k8s:nic"}})
	m.Account.Hidden, m.Account.Found = 1, 4
	if got := l.compare(m, snap, nil); got != nil {
		t.Errorf("%q", got)
	}
}
