package derive

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/azure"
)

// Estates that nobody has, and that somebody may send: they end, and what comes out is sound.
func TestHostileEstates(t *testing.T) {
	deep := "@Microsoft.Web/sites/a" + strings.Repeat("/parts/p", 150)
	for _, f := range []fixture{
		{name: "each manages the other", arm: `[{"id":"@Microsoft.Compute/disks/a","managedBy":"@Microsoft.Compute/disks/b"},{"id":"@Microsoft.Compute/disks/b","managedBy":"@Microsoft.Compute/disks/c"},{"id":"@Microsoft.Compute/disks/c","managedBy":"@Microsoft.Compute/disks/a"}]`},
		{name: "owners and parts in a circle", arm: `[{"id":"@Microsoft.Compute/virtualMachines/a","managedBy":"@Microsoft.Network/networkInterfaces/n","properties":{"networkProfile":{"networkInterfaces":[{"id":"@Microsoft.Network/networkInterfaces/n"}]}}},{"id":"@Microsoft.Network/networkInterfaces/n","managedBy":"@Microsoft.Compute/virtualMachines/a","properties":{"virtualMachine":{"id":"@Microsoft.Compute/virtualMachines/a"}}}]`},
		{name: "plans in each other", arm: `[{"id":"@Microsoft.Web/serverFarms/a","properties":{"hostingEnvironmentProfile":{"id":"@Microsoft.Web/hostingEnvironments/b"}}},{"id":"@Microsoft.Web/hostingEnvironments/b","properties":{"virtualNetwork":{"id":"@Microsoft.Web/serverFarms/a"}}}]`},
		{name: "three environments in a ring", arm: `[{"id":"@Microsoft.Web/hostingEnvironments/a","properties":{"virtualNetwork":{"id":"@Microsoft.Web/hostingEnvironments/b"}}},{"id":"@Microsoft.Web/hostingEnvironments/b","properties":{"virtualNetwork":{"id":"@Microsoft.Web/hostingEnvironments/c"}}},{"id":"@Microsoft.Web/hostingEnvironments/c","properties":{"virtualNetwork":{"id":"@Microsoft.Web/hostingEnvironments/a"}}}]`},
		{name: "a child contains its parent", arm: `[{"id":"@Microsoft.Sql/servers/s","managedBy":"@Microsoft.Sql/servers/s/databases/d"},{"id":"@Microsoft.Sql/servers/s/databases/d","properties":{"elasticPoolId":"@Microsoft.Sql/servers/s/databases/d"}},{"id":"@Microsoft.Network/virtualNetworks/v","properties":{"subnets":[{"id":"@Microsoft.Network/virtualNetworks/v","name":"itself"},{"id":"@Microsoft.Network/virtualNetworks/v/subnets/s","name":"s"},{"id":"@Microsoft.Network/virtualNetworks/v/subnets/s","name":"again"}]}}]`},
		{name: "a cluster in its own group", arm: `[{"id":"@Microsoft.ContainerService/managedClusters/aks","properties":{"nodeResourceGroup":"rg-shop"}},{"id":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop","name":"rg-shop"}]`},
		{name: "two clusters that manage each other's groups", arm: `[{"id":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/a/providers/Microsoft.ContainerService/managedClusters/x","properties":{"nodeResourceGroup":"b"}},{"id":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/b/providers/Microsoft.ContainerService/managedClusters/y","properties":{"nodeResourceGroup":"a"}},
			{"id":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/a","name":"a"},{"id":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/b","name":"b"}]`},
		{name: "two clusters, groups not listed", arm: `[{"id":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/a/providers/Microsoft.ContainerService/managedClusters/x","properties":{"nodeResourceGroup":"b"}},{"id":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/b/providers/Microsoft.ContainerService/managedClusters/y","properties":{"nodeResourceGroup":"a"}}]`},
		{name: "itself", arm: `[{"id":"@Microsoft.Web/sites/a","managedBy":"@Microsoft.Web/sites/a","properties":{"serverFarmId":"@Microsoft.Web/sites/a","defaultHostName":"a.azurewebsites.net","x":"https://a.azurewebsites.net"}},{"id":"@Microsoft.Network/virtualNetworks/v","properties":{"virtualNetworkPeerings":[{"properties":{"remoteVirtualNetwork":{"id":"@Microsoft.Network/virtualNetworks/v"}}}]}}]`},
		{name: "three hundred segments", arm: `[{"id":"@Microsoft.Web/sites/a","properties":{"serverFarmId":"` + deep + `"}},{"id":"` + deep + `"}]`},
		{name: "empty texts", arm: `[{"id":"@Microsoft.Web/sites/a","name":"","kind":"","managedBy":"","tags":{"":"","system":"","env":""},"identity":{"principalId":"","userAssignedIdentities":{"":{}}},"properties":{"serverFarmId":"","siteConfig":{"appSettings":[{"name":"","value":""},{}, null, 3, []]},"hostNames":["",null]}},{"id":"@Microsoft.KeyVault/vaults/kv","properties":{"accessPolicies":[{"objectId":""},{}],"vaultUri":""}}]`},
		{name: "wrong kinds everywhere", arm: `[{"id":"@Microsoft.Network/virtualNetworks/v","tags":"x","identity":[1],"properties":{"subnets":{"a":1},"virtualNetworkPeerings":"x"}},{"id":"@Microsoft.App/containerApps/c","properties":{"template":[],"configuration":{"ingress":7,"registries":{}}}},{"id":"@Microsoft.Authorization/roleAssignments/r","properties":{"principalId":{},"scope":[]}},{"id":"@Microsoft.Network/connections/c","properties":{"virtualNetworkGateway1":[]}}]`},
		{name: "huge texts", arm: `[{"id":"@Microsoft.Web/sites/a","tags":{"system":"` + strings.Repeat("s", 100_000) + `"},"properties":{"siteConfig":{"appSettings":[{"name":"A","value":"` + strings.Repeat("https://host.example.org/", 20_000) + `"},{"name":"B","value":"` + strings.Repeat("a.", 100_000) + `"},{"name":"C","value":"` + strings.Repeat("@", 100_000) + `"}]}}}]`},
		{name: "kube: owners in a circle", kube: "kind: Pod\napiVersion: v1\nmetadata: {name: a, namespace: n, ownerReferences: [{apiVersion: v1, kind: Pod, name: b}]}\n---\nkind: Pod\napiVersion: v1\nmetadata: {name: b, namespace: n, ownerReferences: [{apiVersion: v1, kind: Pod, name: a}]}\n"},
		{name: "kube: a Service named as a workload and a route to itself", kube: "kind: Service\napiVersion: v1\nmetadata: {name: a, namespace: n}\nspec: {type: ExternalName, externalName: a.n.svc.cluster.local, selector: {}}\n---\nkind: Ingress\napiVersion: networking.k8s.io/v1\nmetadata: {name: a, namespace: n}\nspec: {rules: [{http: {paths: [{backend: {service: {name: a}}}]}}]}\n---\nkind: Deployment\napiVersion: apps/v1\nmetadata: {name: a, namespace: n}\nspec: {template: {spec: {containers: [{name: a, image: a, command: ['', '=', '://', 'a:', ':7', 'a:99999999999']}, {name: a, image: b}, {}]}}}\n"},
		{name: "compose: in a circle", compose: "name: p\nservices:\n  a: {image: a, links: [b], environment: {B: 'http://b'}}\n  b: {image: b, links: [a], environment: {A: 'http://a', B: 'http://b:1'}}\n"},
	} {
		t.Run(f.name, func(t *testing.T) { f.model(t) })
	}
}

// Every containment at random: no element may come to contain itself.
func TestRandomContainmentHasNoCircle(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		c := newCollector(t)
		ids := make([]string, 6)
		types := []string{"Microsoft.Web/hostingEnvironments", "Microsoft.Web/serverFarms", "Microsoft.Compute/virtualMachines", "Microsoft.Network/networkInterfaces", "Microsoft.ContainerService/managedClusters", "Microsoft.Compute/disks", "Microsoft.Web/sites"}
		for i := range ids {
			ids[i] = expand("@" + types[r.IntN(len(types))] + "/x" + fmt.Sprint(i))
		}
		to := func() string { return ids[r.IntN(len(ids))] }
		for _, id := range ids {
			c.draft(evidence.ARM, evidence.Live, "", `{"id":"`+id+`","managedBy":"`+to()+`","properties":{"serverFarmId":"`+to()+`","hostingEnvironmentProfile":{"id":"`+to()+`"},"virtualNetwork":{"id":"`+to()+`"},"virtualMachine":{"id":"`+to()+`"},"networkProfile":{"networkInterfaces":[{"id":"`+to()+`"}]},"agentPoolProfiles":[{"vnetSubnetID":"`+to()+`"}]}}`)
		}
		m := derived(t, snapshotOf(t, c.out, nil), Options{Name: "random"})
		if t.Failed() {
			t.Fatalf("seed %d: %s", seed, strings.Join(facts(m), "\n"))
		}
	}
}

func TestFiveThousandOfOneName(t *testing.T) {
	c := newCollector(t)
	for i := range 5000 {
		c.draft(evidence.ARM, evidence.Live, "", fmt.Sprintf(`{"id":"/subscriptions/s/resourceGroups/g%d/providers/Microsoft.Web/sites/same","name":"same","properties":{"hostNames":["same.example.org"],"siteConfig":{"appSettings":[{"name":"U","value":"https://same.example.org"},{"name":"V","value":"https://other.example.org"}]}}}`, i))
	}
	begin := time.Now()
	m := derived(t, snapshotOf(t, c.out, nil), Options{Name: "one name"})
	if took := time.Since(begin); took > 60*time.Second {
		t.Errorf("it took %v", took)
	}
	if n := len(m.Elements); n < 10_000 {
		t.Errorf("only %d elements", n)
	}
}

// Four times the resources may take four times the work and not sixteen. What is counted is what is allocated,
// which does not depend on how busy the machine is; the time is only said.
func TestWorkGrowsWithTheEstate(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures: left out of short runs")
	}
	one := func(kind string, n int) *evidence.Snapshot {
		c := newCollector(t)
		for i := range n {
			switch kind {
			case "resource group":
				c.draft(evidence.ARM, evidence.Live, "", fmt.Sprintf(`{"id":"%s/providers/Microsoft.Web/sites/s%d","name":"s%d","properties":{"defaultHostName":"s%d.azurewebsites.net","siteConfig":{"appSettings":[{"name":"U","value":"https://s%d.azurewebsites.net"}]}}}`, testGroup, i, i, i, (i+1)%n))
			case "app environment":
				c.draft(evidence.ARM, evidence.Live, "", fmt.Sprintf(`{"id":"%s/providers/Microsoft.App/containerApps/s%d","name":"s%d","properties":{"managedEnvironmentId":"%s/providers/Microsoft.App/managedEnvironments/e","template":{"containers":[{"name":"c","env":[{"name":"U","value":"http://s%d:80"}]}]}}}`, testGroup, i, i, testGroup, (i+1)%n))
			case "namespace":
				c.object("apps/Deployment", fmt.Sprintf(`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d%d","namespace":"web"},"spec":{"template":{"metadata":{"labels":{"app":"d%d"}},"spec":{"containers":[{"name":"c","image":"c","env":[{"name":"NEXT_ADDR","value":"d%d:80"}]}]}}}}`, i, i, (i+1)%n))
				c.object("Service", fmt.Sprintf(`{"apiVersion":"v1","kind":"Service","metadata":{"name":"d%d","namespace":"web"},"spec":{"selector":{"app":"d%d"}}}`, i, i))
			case "compose project":
				c.service(fmt.Sprintf("s%d", i), fmt.Sprintf(`{"image":"i","environment":{"NEXT_URL":"http://s%d:80"},"depends_on":["s%d"]}`, (i+1)%n, (i+1)%n))
			}
		}
		return snapshotOf(t, c.out, nil)
	}
	for _, kind := range []string{"resource group", "app environment", "namespace", "compose project"} {
		t.Run(kind, func(t *testing.T) {
			var took [2]time.Duration
			var allocs [2]float64
			for i, n := range []int{1000, 4000} {
				s := one(kind, n)
				took[i] = time.Hour
				derive := func() {
					begin := time.Now()
					m, err := Model(t.Context(), s, Options{Name: "growth"})
					if err != nil {
						t.Fatal(err)
					}
					took[i] = min(took[i], time.Since(begin))
					if len(m.Relationships) < n {
						t.Fatalf("%d resources and only %d lines: the test looks at nothing", n, len(m.Relationships))
					}
				}
				allocs[i] = testing.AllocsPerRun(2, derive)
			}
			t.Logf("allocations %.0f and %.0f (%.1f times), time %v and %v (%.1f times)", allocs[0], allocs[1], allocs[1]/allocs[0], took[0], took[1], float64(took[1])/float64(took[0]))
			if allocs[1] > 6*allocs[0] {
				t.Errorf("four times the resources take %.1f times the allocations", allocs[1]/allocs[0])
			}
		})
	}
}

func (c *collector) object(typ, text string) {
	c.t.Helper()
	v, err := tree.ParseJSON([]byte(text), tree.Limits{})
	if err != nil {
		c.t.Fatal(err)
	}
	name, ns := v.Lookup("metadata", "name").Str(), v.Lookup("metadata", "namespace").Str()
	group, kind, ok := strings.Cut(typ, "/")
	if !ok {
		group, kind = "core", typ
	}
	if err := c.Resource(evidence.Draft{ID: kubeID(group, kind, ns, name), Form: evidence.Kubernetes, Provider: "kubernetes", Type: typ, Name: name, Scope: ns, Side: evidence.Live, Props: v, Origin: evidence.Origin{Input: "m.yaml", Line: 1}}); err != nil {
		c.t.Fatal(err)
	}
}

func (c *collector) service(name, text string) {
	c.t.Helper()
	v, err := tree.ParseJSON([]byte(text), tree.Limits{})
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.Resource(evidence.Draft{ID: "compose:p/" + name, Form: evidence.Compose, Provider: "compose", Type: "compose/service", Name: name, Scope: "p", Side: evidence.Live, Props: v, Origin: evidence.Origin{Input: "compose.yaml", Line: 1}}); err != nil {
		c.t.Fatal(err)
	}
}

// FuzzDerive derives whatever rows an export holds: it ends, balances and is sound, or the reader refuses the rows.
func FuzzDerive(f *testing.F) {
	for _, x := range fixtures() {
		if x.arm != "" {
			f.Add(expand(x.arm))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<16 || !strings.HasPrefix(text, "[") {
			return
		}
		c := newCollector(t)
		in := evidence.Input{Name: "fuzz.json", Data: []byte(text), Outline: tree.Sketch([]byte(text))}
		if err := azure.Export().Read(t.Context(), in, c); err != nil {
			return
		}
		var m *c4.Model
		m, err := Model(t.Context(), snapshotOf(t, c.out, c.nr), Options{Name: "fuzz"})
		if err != nil {
			t.Fatal(err)
		}
		sound(t, m)
	})
}
