package derive

import (
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
)

const townEstate = `[
	{"id":"@Microsoft.Network/virtualNetworks/vnet","name":"vnet","properties":{"subnets":[{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/machines","name":"machines"},{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/private","name":"private"}]}},
	{"id":"@Microsoft.Compute/virtualMachines/vm","name":"vm","properties":{"networkProfile":{"networkInterfaces":[{"id":"@Microsoft.Network/networkInterfaces/nic"}]}}},
	{"id":"@Microsoft.Network/networkInterfaces/nic","name":"nic","properties":{"ipConfigurations":[{"properties":{"subnet":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/machines"}}}]}},
	{"id":"@Microsoft.KeyVault/vaults/kv","name":"kv","properties":{"vaultUri":"https://kv.vault.azure.net/"}},
	{"id":"@Microsoft.Network/privateEndpoints/pe","name":"pe","properties":{"subnet":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/private"},"privateLinkServiceConnections":[{"properties":{"privateLinkServiceId":"@Microsoft.KeyVault/vaults/kv"}}]}},
	{"id":"@Microsoft.Web/serverFarms/plan","name":"plan"},
	{"id":"@Microsoft.Web/sites/shop","name":"shop","kind":"functionapp","tags":{"system":"Shop"},"properties":{"serverFarmId":"@Microsoft.Web/serverFarms/plan","publicNetworkAccess":"Enabled","siteConfig":{"appSettings":[{"name":"V","value":"https://kv.vault.azure.net"},{"name":"E","value":"https://rates.example.org"}]}}},
	{"id":"@Microsoft.Web/sites/shop/functions/a","name":"a"},{"id":"@Microsoft.Web/sites/shop/functions/b","name":"b"},
	{"id":"@Microsoft.Insights/components/ai","name":"ai"},{"id":"@Microsoft.Strange/things/x","name":"x"}`

func town(t *testing.T, more string) *c4.Model {
	t.Helper()
	f := fixture{arm: townEstate + more + "]"}
	return f.model(t)
}

func view(t *testing.T, m *c4.Model, kind c4.ViewKind) *c4.View {
	t.Helper()
	for i := range m.Views {
		if m.Views[i].Kind == kind {
			return &m.Views[i]
		}
	}
	t.Fatalf("there is no view of kind %s", kind)
	return nil
}

func TestEveryShownElementIsInAView(t *testing.T) {
	for _, f := range append(fixtures(), fixture{arm: townEstate + "]", name: "town"}) {
		m := f.model(t)
		in := map[string]bool{}
		for i := range m.Views {
			for _, id := range m.Views[i].Elements {
				in[id] = true
			}
		}
		for i := range m.Elements {
			e := &m.Elements[i]
			if e.Layer != "" || in[e.ID] {
				continue
			}
			if e.Kind == c4.Component && lonely(m, e) {
				continue // the only part of its container: level 2 says the same
			}
			if e.Rule == "D-SCOPE" && onlyDetails(m, e) {
				continue // a scope around nothing but what level 4 shows
			}
			t.Errorf("%s %s: %s is in no view", f.rule, f.name, e.ID)
		}
	}
}

// onlyDetails reports whether nothing in a node has a box but other such nodes.
func onlyDetails(m *c4.Model, node *c4.Element) bool {
	for i := range m.Instances {
		if m.Instances[i].Node == node.ID {
			return false
		}
	}
	for i := range m.Elements {
		if e := &m.Elements[i]; e.Parent == node.ID && e.Layer == "" && e.Kind != c4.Resource && (e.Rule != "D-SCOPE" || !onlyDetails(m, e)) {
			return false
		}
	}
	return true
}

// lonely reports whether a component is the only one of its container.
func lonely(m *c4.Model, e *c4.Element) bool {
	n := 0
	for i := range m.Elements {
		if x := &m.Elements[i]; x.Kind == c4.Component && x.Parent == e.Parent && x.Layer == "" {
			n++
		}
	}
	return n == 1
}

func TestViewsHoldNoLayersButLevel4(t *testing.T) {
	for _, f := range append(fixtures(), fixture{arm: townEstate + "]", name: "town"}) {
		m := f.model(t)
		layer := map[string]string{}
		for i := range m.Elements {
			layer[m.Elements[i].ID] = m.Elements[i].Layer
		}
		keys := map[string]bool{}
		for i := range m.Views {
			v := &m.Views[i]
			if keys[v.Key] {
				t.Errorf("two views have the key %s", v.Key)
			}
			keys[v.Key] = true
			seen := map[string]bool{}
			for _, n := range v.Nodes {
				if v.Kind != c4.Resources && layer[n.Element] != "" {
					t.Errorf("%s %s: %s shows %s of the layer %s", f.rule, f.name, v.Key, n.Element, layer[n.Element])
				}
				if n.Parent != "" && !seen[n.Parent] {
					t.Errorf("%s: %s stands before its parent", v.Key, n.ID)
				}
				seen[n.ID] = true
			}
		}
	}
}

// A link to a view stays good, and the view stays the same, when other things come.
func TestViewsStayWhenOthersCome(t *testing.T) {
	before := town(t, "")
	after := town(t, `,{"id":"/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups/another/providers/Microsoft.Web/sites/shop","name":"shop","tags":{"system":"Another Shop"}},{"id":"/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups/rg-shop/providers/Microsoft.Web/sites/extra","name":"extra"}`)
	have := map[string]*c4.View{}
	for i := range after.Views {
		have[after.Views[i].Key] = &after.Views[i]
	}
	for i := range before.Views {
		v := &before.Views[i]
		w := have[v.Key]
		if w == nil {
			t.Errorf("the view %s (%s) is gone", v.Key, v.Title)
			continue
		}
		if v.Subject != w.Subject || v.Kind != w.Kind {
			t.Errorf("the key %s means another view now", v.Key)
		}
		if v.Kind == c4.Containers && !slices.Equal(v.Elements, w.Elements) {
			t.Errorf("the view %s shows other things", v.Key)
		}
	}
}

func TestDeploymentNestsAsAzureDoes(t *testing.T) {
	m := town(t, "")
	v := view(t, m, c4.Deployment)
	name := map[string]string{}
	for i := range m.Elements {
		name[m.Elements[i].ID] = m.Elements[i].Name
	}
	parent, element := map[string]string{}, map[string]string{}
	for _, n := range v.Nodes {
		parent[n.ID], element[n.ID] = n.Parent, n.Element
	}
	path := func(what string) string {
		for _, n := range v.Nodes {
			if name[n.Element] != what {
				continue
			}
			var up []string
			for id := n.ID; id != ""; id = parent[id] {
				up = append([]string{name[element[id]]}, up...)
			}
			return strings.Join(up, " > ")
		}
		return "not there"
	}
	for _, want := range []string{
		testSub + " > rg-shop > vnet > machines > vm > Workload on vm",
		testSub + " > rg-shop > vnet > private > pe",
		testSub + " > rg-shop > kv", // the vault is not in the subnet, its endpoint is
		testSub + " > rg-shop > plan > shop",
	} {
		what := want[strings.LastIndex(want, " > ")+3:]
		if got := path(what); got != want {
			t.Errorf("%s stands in %s", want, got)
		}
	}
	if got := path("ai"); got != "not there" {
		t.Errorf("the observability layer is drawn: %s", got)
	}
}

func TestLevelsShowWhatTheyAreFor(t *testing.T) {
	m := town(t, "")
	names := func(v *c4.View) string {
		var out []string
		for _, id := range v.Elements {
			out = append(out, element(t, m, id).Name)
		}
		slices.Sort(out)
		return strings.Join(out, ", ")
	}
	for _, want := range []struct {
		kind    c4.ViewKind
		subject string
		shows   string
	}{
		{c4.Landscape, "", "Internet, Shop, rates.example.org, rg-shop"},
		{c4.Context, "Shop", "Internet, Shop, rates.example.org, rg-shop"},
		{c4.Containers, "Shop", "Internet, Shop, rates.example.org, rg-shop, shop"},
		{c4.Components, "shop", "Internet, a, b, kv, rates.example.org, shop"},
	} {
		found := false
		for i := range m.Views {
			v := &m.Views[i]
			if v.Kind != want.kind || want.subject != "" && element(t, m, v.Subject).Name != want.subject {
				continue
			}
			found = true
			if got := names(v); got != want.shows {
				t.Errorf("%s of %s shows %s and not %s", want.kind, want.subject, got, want.shows)
			}
		}
		if !found {
			t.Errorf("there is no view %s of %s", want.kind, want.subject)
		}
	}
	// What belongs to nothing is still drawn on level 4.
	all := 0
	for i := range m.Elements {
		if m.Elements[i].Kind == c4.Resource {
			all++
		}
	}
	on4 := map[string]bool{}
	for i := range m.Views {
		if m.Views[i].Kind == c4.Resources {
			for _, id := range m.Views[i].Elements {
				on4[id] = on4[id] || element(t, m, id).Kind == c4.Resource
			}
		}
	}
	n := 0
	for _, is := range on4 {
		if is {
			n++
		}
	}
	if n != all {
		t.Errorf("level 4 shows %d of %d resources", n, all)
	}
}
