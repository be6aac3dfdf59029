package truth

import (
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

const group = "/subscriptions/@(envs.prod)/resourcegroups/rg"

// coded is a small world of code: a site that names a server of which only the cloud knows the host, a thing of another
// provider, and the live side of the site.
func coded() (*c4.Model, *evidence.Snapshot) {
	site := group + "/providers/microsoft.web/sites/web"
	snap := &evidence.Snapshot{
		Resources: []evidence.Resource{
			{
				ID: site, Type: "azurerm_linux_web_app", Name: "web", Side: evidence.Declared, Commitment: "d1",
				Props:    canon.Raw(`{"key":"a fingerprint","list":["a","b"],"plan":"` + group + `/plan","sql":"${` + group + `/sql#fqdn}:1433"}`),
				Lines:    []int32{4, 5, 5, 6, 7},
				Redacted: []tree.Path{"key"},
				Expressions: []evidence.Expression{
					{Path: "plan", Text: "x.id"}, {Path: "sql", Text: `"${x.fqdn}:1433"`, Unresolved: evidence.UnknownRuntime},
				},
				Origins: []evidence.Origin{{Input: "shop/envs/prod/main.tf", Line: 3, Address: `module.app["web"].azurerm_linux_web_app.this`}},
			},
			{
				ID: "tf:shop/envs/prod//random_id.x", Type: "random_id", Name: "x", Side: evidence.Declared, Commitment: "d2", Props: canon.Raw(`{}`),
				Origins: []evidence.Origin{{Input: "shop/envs/prod/main.tf", Line: 20, Address: "random_id.x"}},
			},
			{ID: "/subscriptions/55/resourcegroups/rg/providers/microsoft.web/sites/web", Type: "microsoft.web/sites", Side: evidence.Live, Commitment: "l1", Props: canon.Raw(`{}`)},
		},
		NotRead: []evidence.NotRead{{Thing: "module.naming", Reason: "it is in a registry"}},
	}
	live := snap.Resources[2].ID
	m := &c4.Model{Elements: []c4.Element{
		{ID: "container:" + live, Kind: c4.Container, Evidence: []c4.Evidence{{Resource: live, Commitment: "l1"}, {Resource: site, Commitment: "d1"}}},
		{ID: "resource:tf:shop/envs/prod//random_id.x", Kind: c4.Resource, Evidence: []c4.Evidence{{Resource: "tf:shop/envs/prod//random_id.x", Commitment: "d2"}}},
	}}
	return m, snap
}

func codedLabel() *label {
	text := func(s string) *string { return &s }
	return &label{
		has: map[string]bool{"resources": true}, Subscription: "55",
		IDs: map[string]string{
			"rg": "/subscriptions/@/resourcegroups/rg", "web": "/subscriptions/@/resourcegroups/rg/providers/microsoft.web/sites/web", "x": "tf:*//random_id.x",
		},
		Resources: []resource{
			{
				Address: `module.app["web"].azurerm_linux_web_app.this`, ID: "web", Type: "azurerm_linux_web_app", Name: "web", At: "envs/prod/main.tf:3",
				Properties: map[string]value{
					"plan": {Is: text("<rg>/plan"), At: "envs/prod/main.tf:6"}, "list": {List: []string{"a", "b"}}, "key": {Secret: true}, "none": {Absent: true},
					"sql": {Is: text("${<rg>/sql#fqdn}:1433"), Has: ":1433", Unresolved: "runtime"},
				},
			},
			{ID: "x"},
		},
		NotRead: []string{"module.naming"}, Expressions: &expressions{Unresolved: 1}, UnknownCount: []string{"module.naming"},
		Sides: &sides{Both: []string{"web"}, Declared: []string{"x"}},
	}
}

// TestComparisonOfCode: the comparison accepts what is right, and sees each thing that is wrong.
func TestComparisonOfCode(t *testing.T) {
	m, snap := coded()
	if got := codedLabel().compare(m, snap, nil); got != nil {
		t.Fatalf("a right label fails:\n%s", strings.Join(got, "\n"))
	}
	prop := func(path string, change func(*value)) func(*label, *c4.Model, *evidence.Snapshot) {
		return func(l *label, _ *c4.Model, _ *evidence.Snapshot) {
			v := l.Resources[0].Properties[path]
			change(&v)
			l.Resources[0].Properties[path] = v
		}
	}
	other := "other"
	tests := []struct {
		name  string
		wrong func(*label, *c4.Model, *evidence.Snapshot)
		want  string
	}{
		{"missing", func(_ *label, _ *c4.Model, s *evidence.Snapshot) { s.Resources = s.Resources[1:] }, "resource missing: module.app"},
		{"surplus", func(l *label, _ *c4.Model, _ *evidence.Snapshot) { l.Resources = l.Resources[:1] }, "resource surplus: random_id"},
		{"twice", func(_ *label, _ *c4.Model, s *evidence.Snapshot) { s.Resources = append(s.Resources, s.Resources[0]) }, "resource twice"},
		{"id", func(l *label, _ *c4.Model, _ *evidence.Snapshot) { l.Resources[0].ID = "x" }, "has the id"},
		{"type", func(l *label, _ *c4.Model, _ *evidence.Snapshot) { l.Resources[0].Type = "aws_x" }, "is of type"},
		{"name", func(l *label, _ *c4.Model, _ *evidence.Snapshot) { l.Resources[0].Name = "site" }, "is named"},
		{"place", func(l *label, _ *c4.Model, _ *evidence.Snapshot) { l.Resources[0].At = "prod/main.tf:4" }, "stands at"},
		{"data", func(l *label, _ *c4.Model, _ *evidence.Snapshot) { l.Resources[0].Data = true }, "data is false"},
		{"value", prop("plan", func(v *value) { v.Is = &other }), `want "other"`},
		{"part", prop("sql", func(v *value) { v.Has = "other" }), `want a text with "other"`},
		{"line", prop("plan", func(v *value) { v.At = "main.tf:5" }), "plan stands at"},
		{"list", prop("list", func(v *value) { v.List = v.List[:1] }), `want ["a"]`},
		{"reason", prop("sql", func(v *value) { v.Unresolved = "module" }), "want unresolved: module"},
		{"resolved", prop("plan", func(v *value) { v.Unresolved = "runtime" }), "want unresolved: runtime"},
		{"there", prop("plan", func(v *value) { v.Absent = true }), "must not be there"},
		{"not there", prop("none", func(v *value) { v.Absent = false }), "property missing"},
		{"secret", prop("plan", func(v *value) { v.Secret = true }), "redacted is false"},
		{"no secret", prop("key", func(v *value) { v.Secret = false }), "redacted is true"},
		{"count", func(l *label, _ *c4.Model, _ *evidence.Snapshot) { l.Expressions.Unresolved = 2 }, "1 values are unresolved, want 2"},
		{"not read", func(_ *label, _ *c4.Model, s *evidence.Snapshot) { s.NotRead = nil }, "not said: module.naming"},
		{"how often", func(l *label, _ *c4.Model, _ *evidence.Snapshot) { l.UnknownCount = []string{"a.b"} }, "how often a.b"},
		{"one side", func(_ *label, m *c4.Model, _ *evidence.Snapshot) {
			m.Elements[0].Evidence = m.Elements[0].Evidence[:1]
		}, "sides: web is 1 things, live true, declared false"},
		{"two things", func(_ *label, m *c4.Model, s *evidence.Snapshot) {
			m.Elements = append(m.Elements, c4.Element{ID: "container:" + s.Resources[0].ID, Kind: c4.Container})
		}, "sides: web is 2 things"},
		{"no thing", func(_ *label, m *c4.Model, _ *evidence.Snapshot) { m.Elements = nil }, "sides: x is 0 things"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, snap := coded()
			l := codedLabel()
			tt.wrong(l, m, snap)
			got := l.compare(m, snap, nil)
			if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, tt.want) }) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPlainText(t *testing.T) {
	for in, want := range map[string]string{
		"/subscriptions/@(a(b)c)/x@(d)-@(e)":  "/subscriptions/@/x@-@",
		"${tf:a/b//module.c.random_id.x#hex}": "${tf:*//module.c.random_id.x#hex}",
		"https://contoso.example//x":          "https://contoso.example//x",
		"@(open":                              "@",
	} {
		if got := plainText(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}
