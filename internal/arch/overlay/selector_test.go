package overlay

import (
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
)

func TestSelectorMatch(t *testing.T) {
	site := &evidence.Resource{
		ID:      "/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop/providers/microsoft.web/sites/app-shop",
		Aliases: []string{`module.shop["eu"].azurerm_linux_web_app.web[0]`}, Form: evidence.ARM,
		Type: "microsoft.web/sites", Name: "App-Shop", Scope: "00000000-0000-0000-0000-000000000001/rg-shop",
		Tags: map[string]string{"System": "shop", "empty": ""},
	}
	pod := &evidence.Resource{
		ID: "k8s:-/apps/Deployment/shop/basket", Form: evidence.Kubernetes, Type: "apps/Deployment", Name: "basket",
		Scope: "-/shop", Tags: map[string]string{"app.kubernetes.io/part-of": "shop"},
	}
	local := &evidence.Resource{
		ID: `tf:random_pet.name["a"]`, Form: evidence.Terraform, Type: "random_pet", Name: "name",
		Origins: []evidence.Origin{{Address: `random_pet.name["a"]`}},
	}
	tests := []struct {
		selector string
		r        *evidence.Resource
		want     bool
	}{
		{"id: /Subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/RG-SHOP/providers/Microsoft.Web/sites/app-shop/", site, true},
		{"id: '*/microsoft.web/sites/APP-*'", site, true},
		{"id: /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop", site, false},
		{"id: k8s:-/apps/Deployment/shop/basket", pod, true},
		{"id: K8s:-/apps/deployment/shop/basket", pod, false},
		{"id: 'k8s:*/shop/*'", pod, true},
		{"address: module.shop", site, true},
		{"address: module.sho", site, false},
		{`address: module.shop["eu"]`, site, true},
		{`address: module.shop["us"]`, site, false},
		{`address: module.shop["eu"].azurerm_linux_web_app.web`, site, true},
		{`address: module.shop["eu"].azurerm_linux_web_app.we`, site, false},
		{`address: "module.*.azurerm_linux_web_app.*"`, site, true},
		{"address: random_pet.name", local, true},
		{"address: random_pet", local, false},
		{"tag: system=shop", site, true},
		{"tag: SYSTEM=shop", site, true},
		{"tag: system=Shop", site, false},
		{"tag: system=sh?p", site, true},
		{"tag: system", site, true},
		{"tag: empty", site, true},
		{"tag: empty=", site, true},
		{"tag: system=", site, false},
		{"tag: owner", site, false},
		{"tag: app.kubernetes.io/part-of=shop", pod, true},
		{"tag: {app.kubernetes.io/part-of: shop, owner: '*'}", pod, false},
		{"name: app-shop", site, true},
		{"name: Basket", pod, false},
		{"name: b*t", pod, true},
		{"type: Microsoft.Web/*", site, true},
		{"type: apps/deployment", pod, true},
		{"type: microsoft.web", site, false},
		{"scope: '*/RG-shop'", site, true},
		{"scope: rg-shop", site, false},
		{"{type: microsoft.web/sites, tag: system=shop}", site, true},
		{"{type: microsoft.web/sites, tag: system=x}", site, false},
	}
	for _, tt := range tests {
		text := "hidden:\n  - reason: r\n    match: " + tt.selector
		if !strings.HasPrefix(tt.selector, "{") {
			text = "hidden:\n  - reason: r\n    match:\n      " + tt.selector
		}
		sel := mustParse(t, text).Hidden[0].Match[0]
		if got := sel.Match(tt.r); got != tt.want {
			t.Errorf("%s matches %s: %v, want %v (%s)", tt.selector, tt.r.ID, got, tt.want, sel.Label())
		}
	}
}

func TestDigest(t *testing.T) {
	digest := func(text string) string {
		d, err := mustParse(t, text).Digest()
		if err != nil {
			t.Fatal(err)
		}
		return string(d)
	}
	base := digest("systems:\n  - {key: a, name: A, members: [{tag: {x: '1', y: '2'}}]}\n  - {key: b, name: B}\n")
	same := []string{
		"# comment\nsystems:\n\n  - name: 'A'\n    members: {tag: {y: '2', x: '1'}}\n    key: a\n  - {key: b, name: B}\n",
		`{"version":1,"systems":[{"key":"a","name":" A ","members":[{"tag":{"x":"1","y":"2"}}]},{"key":"b","name":"B"}]}`,
	}
	for _, s := range same {
		if digest(s) != base {
			t.Errorf("the digest changed with:\n%s", s)
		}
	}
	other := []string{
		"systems:\n  - {key: b, name: B}\n  - {key: a, name: A, members: [{tag: {x: '1', y: '2'}}]}\n", // the first match counts
		"systems:\n  - {key: a, name: A, members: [{tag: {x: '1', y: '3'}}]}\n  - {key: b, name: B}\n",
		"name: x\nsystems:\n  - {key: a, name: A, members: [{tag: {x: '1', y: '2'}}]}\n  - {key: b, name: B}\n",
	}
	for _, s := range other {
		if digest(s) == base {
			t.Errorf("the digest did not change with:\n%s", s)
		}
	}
}
