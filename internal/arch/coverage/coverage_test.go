package coverage

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

const (
	sub   = "/subscriptions/00000000-0000-0000-0000-000000000001"
	group = sub + "/resourceGroups/RG-Shop/providers/"
	open  = "/subscriptions/@(main.json)/resourceGroups/rg-shop/providers/"
)

// estate collects resources; each has a line of its own.
type estate struct {
	tb     testing.TB
	sealer *evidence.Sealer
	rs     []evidence.Resource
	nr     []evidence.NotRead
}

func newEstate(tb testing.TB) *estate {
	tb.Helper()
	s, err := evidence.NewSealer(bytes.Repeat([]byte{7}, evidence.MinKey))
	if err != nil {
		tb.Fatal(err)
	}
	return &estate{tb: tb, sealer: s}
}

func (e *estate) add(d evidence.Draft, props string) {
	e.tb.Helper()
	v, err := tree.ParseJSON([]byte(props), tree.Limits{})
	if err != nil {
		e.tb.Fatalf("%v in %s", err, props)
	}
	d.Props = v
	d.Origin.Line = 1 + len(e.rs)
	r, _, err := e.sealer.Seal(d)
	if err != nil {
		e.tb.Fatal(err)
	}
	e.rs = append(e.rs, r)
}

// azure adds what an export shows; more are further members.
func (e *estate) azure(id, more string) {
	e.tb.Helper()
	a, ok := evidence.ParseARM(id)
	if !ok {
		e.tb.Fatalf("%s is no id", id)
	}
	if more != "" {
		more = "," + more
	}
	e.add(evidence.Draft{
		ID: evidence.NormalizeARM(id), Form: evidence.ARM, Provider: "azure", Type: a.Type, Name: a.Name, Side: evidence.Live, Scope: a.Scope(),
		Origin: evidence.Origin{Input: "export.json"},
	}, fmt.Sprintf(`{"id":%q%s}`, id, more))
}

// template adds what an ARM template declares.
func (e *estate) template(id, props string) {
	e.tb.Helper()
	a, _ := evidence.ParseARM(id)
	e.add(evidence.Draft{
		ID: evidence.NormalizeARM(id), Form: evidence.ARM, Provider: "azure", Type: a.Type, Name: a.Name, Side: evidence.Declared,
		Origin: evidence.Origin{Input: "main.json"},
	}, props)
}

// code adds what Terraform code declares, or a state has.
func (e *estate) terraform(side evidence.Side, id, address, props string) {
	e.tb.Helper()
	kind, name, _ := strings.Cut(address, ".")
	input := map[evidence.Side]string{evidence.Declared: "main.tf", evidence.Live: "terraform.tfstate"}[side]
	provider, _, _ := strings.Cut(kind, "_")
	if provider == "azurerm" {
		provider = "azure"
	}
	if evidence.IsARM(id) {
		id = evidence.NormalizeARM(id)
	}
	e.add(evidence.Draft{
		ID: id, Form: evidence.Terraform, Provider: provider, Type: kind, Name: name, Side: side, Aliases: []string{address},
		Origin: evidence.Origin{Input: input, Address: address},
	}, props)
}

func (e *estate) snapshot() *evidence.Snapshot {
	e.tb.Helper()
	s, err := evidence.NewSnapshot(evidence.Meta{Name: "test", CollectedAt: "2026-01-31T12:00:00Z"}, slices.Clone(e.rs), slices.Clone(e.nr))
	if err != nil {
		e.tb.Fatal(err)
	}
	return s
}

func (e *estate) all() (*Coverage, []Pair) {
	e.tb.Helper()
	c, pairs, err := All(e.tb.Context(), e.snapshot())
	if err != nil {
		e.tb.Fatal(err)
	}
	return c, pairs
}

// lines tell a coverage in short: bucket, type and name, and what else there is to say.
func lines(c *Coverage) []string {
	var out []string
	for _, e := range c.Entries {
		s := fmt.Sprintf("%s: %s %s", e.Bucket, e.Type, e.Name)
		if e.Declared != "" {
			s += " declared"
		}
		if e.Reason != "" {
			s += ", " + e.Reason
		}
		out = append(out, s)
	}
	return out
}

func equal(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// TestBuckets: a template against what is live, with all that can be in between.
func TestBuckets(t *testing.T) {
	e := newEstate(t)
	e.azure(group+"Microsoft.Web/serverFarms/Plan", "")
	e.azure(group+"Microsoft.Cache/Redis/by-hand", "")
	e.azure(group+"Microsoft.KeyVault/vaults/kv-x7", "")
	e.azure(group+"Microsoft.Sql/servers/sql", "")
	e.azure(group+"Microsoft.Network/virtualNetworks/net", `"properties":{"subnets":[{"name":"apps","id":"`+group+`Microsoft.Network/virtualNetworks/net/subnets/apps"}]}`)
	e.azure(sub+"/resourceGroups/rg-other/providers/Microsoft.Cache/Redis/elsewhere", "")
	e.template(open+"Microsoft.Web/serverFarms/plan", "{}")
	e.template(open+"Microsoft.Sql/servers/sql", "{}")
	e.template(open+"Microsoft.Sql/servers/sql/firewallRules/office", "{}")
	e.template(open+"Microsoft.Sql/servers/sql/providers/Microsoft.Authorization/locks/keep", "{}")
	e.template(open+"Microsoft.Storage/storageAccounts/new", "{}")
	e.template(open+"Microsoft.Storage/storageAccounts/broken", "{}")
	e.template(open+"Microsoft.KeyVault/vaults/kv-@(unique)", "{}")
	e.template(open+"Microsoft.Network/virtualNetworks/net", "{}")
	e.template(open+"Microsoft.Network/virtualNetworks/net/subnets/apps", "{}")
	e.template(open+"Microsoft.Network/virtualNetworks/net/subnets/gone", "{}")
	e.terraform(evidence.Declared, "tf:.//aws_s3_bucket.logs", "aws_s3_bucket.logs", "{}")
	e.terraform(evidence.Declared, "tf:.//azurerm_subnet_route_table_association.a", "azurerm_subnet_route_table_association.a", "{}")
	e.nr = []evidence.NotRead{{
		Kind: evidence.ResourceNotRead, Input: "export.json", Thing: evidence.NormalizeARM(open + "Microsoft.Storage/storageAccounts/broken"), Reason: "the row is cut off",
	}}
	c, pairs := e.all()
	equal(t, lines(c), []string{
		"declared and live: microsoft.network/virtualnetworks net declared",
		"declared and live: microsoft.network/virtualnetworks/subnets apps declared",
		"declared and live: microsoft.sql/servers sql declared",
		"declared and live: microsoft.web/serverfarms Plan declared",
		"live, not declared: microsoft.cache/redis by-hand",
		"declared, not live: microsoft.network/virtualnetworks/subnets gone declared",
		"declared, not live: microsoft.storage/storageaccounts new declared",
		"unmatched: aws_s3_bucket logs declared, nothing of the provider aws was read live",
		"unmatched: azurerm_subnet_route_table_association a declared, it has no id in the cloud that follows from the code: only a Terraform state shows whether it is live",
		"unmatched: microsoft.authorization/locks keep declared, nothing of its type was read live: an export of Azure has the parts and extensions of resources only where it was asked for them",
		"unmatched: microsoft.keyvault/vaults kv-x7, code declares something of its type under a name that it leaves open, and this may be it",
		"unmatched: microsoft.keyvault/vaults kv-@(unique) declared, its name, or that of what it belongs to, cannot be told from the code",
		"unmatched: microsoft.sql/servers/firewallrules office declared, nothing of its type was read live: an export of Azure has the parts and extensions of resources only where it was asked for them",
		"unmatched: microsoft.storage/storageaccounts broken declared, it could not be read: the row is cut off",
	})
	counts := map[Bucket]int{}
	for _, x := range c.Entries {
		counts[x.Bucket]++
		if x.Input == "" || x.Line == 0 {
			t.Errorf("%s stands nowhere", x.Resource)
		}
		if (x.Import == "") != (x.Bucket != LiveOnly) {
			t.Errorf("%s: import %q", x.Resource, x.Import)
		}
		if x.Name == "Plan" && (x.Resource != evidence.NormalizeARM(group+"Microsoft.Web/serverFarms/Plan") || x.Declared != evidence.NormalizeARM(open+"Microsoft.Web/serverFarms/plan") || x.Input != "main.json") {
			t.Errorf("%+v", x)
		}
		if x.Name == "kv-x7" && len(x.Candidates) != 1 {
			t.Errorf("%+v", x)
		}
	}
	for b, n := range c.Counts {
		if counts[b] != n {
			t.Errorf("%s: %d entries, %d counted", b, counts[b], n)
		}
	}
	if len(c.Counts) != 4 {
		t.Errorf("counts %v", c.Counts)
	}
	var paired []string
	for _, p := range pairs {
		paired = append(paired, p.Declared.Name+"="+p.Live.Name)
	}
	slices.Sort(paired)
	equal(t, paired, []string{"net=net", "plan=Plan", "sql=sql"})
	equal(t, c.Notes, []string{
		"Declared and live, but read in different forms (such as Terraform code and an export of Azure): 1 of 4. That they exist was compared, their properties were not.",
		"Live resources outside of every resource group, namespace and project in which code declares something that is live, or without such a place: 1. They were not held against the code.",
	})
	short, again, err := Of(t.Context(), e.snapshot())
	if err != nil || len(again) != len(pairs) || len(short.Entries) != len(c.Entries)-c.Counts[Both] || short.Counts[Both] != 4 {
		t.Errorf("%v: %d entries, %d pairs", err, len(short.Entries), len(again))
	}
}

// TestGroups has resource groups in code and none in the export, where they are in another table: one in which something lies is there, and of
// an empty one nobody can tell, unless groups were read.
func TestGroups(t *testing.T) {
	code := func(e *estate) {
		for _, name := range []string{"rg-shop", "rg-empty"} {
			e.terraform(evidence.Declared, evidence.NormalizeARM(sub+"/resourceGroups/"+name), "azurerm_resource_group."+name, "{}")
		}
	}
	e := newEstate(t)
	code(e)
	e.azure(group+"Microsoft.Web/serverFarms/Plan", "")
	c, _ := e.all()
	equal(t, lines(c), []string{
		"declared and live: azurerm_resource_group rg-shop declared",
		"unmatched: azurerm_resource_group rg-empty declared, no resource groups were read live: they are in another table of Azure Resource Graph (resourcecontainers)",
	})
}

// TestStateAndExport: code pairs with a state in its own form, and with an export not at all.
func TestStateAndExport(t *testing.T) {
	id := group + "Microsoft.Storage/storageAccounts/stshop"
	e := newEstate(t)
	e.terraform(evidence.Declared, id, "azurerm_storage_account.shop", `{"name":"stshop"}`)
	e.azure(id, "")
	c, pairs := e.all()
	if len(pairs) != 0 || len(c.Notes) != 1 || c.Counts[Both] != 1 {
		t.Errorf("%d pairs, notes %q, %v", len(pairs), c.Notes, c.Counts)
	}
	e.terraform(evidence.Live, id, "azurerm_storage_account.shop", `{"name":"stshop","id":"`+id+`"}`)
	e.terraform(evidence.Live, group+"Microsoft.Storage/storageAccounts/stold", "azurerm_storage_account.old", `{"id":"`+group+`Microsoft.Storage/storageAccounts/stold"}`)
	c, pairs = e.all()
	if len(pairs) != 1 || pairs[0].Live.Form != evidence.Terraform || len(c.Notes) != 0 {
		t.Errorf("%+v, notes %q", pairs, c.Notes)
	}
	equal(t, lines(c), []string{
		"declared and live: microsoft.storage/storageaccounts stshop declared", "live, not declared: azurerm_storage_account old",
	})
	if want := "import {\n  to = azurerm_storage_account.old\n  id = \"" + group + "Microsoft.Storage/storageAccounts/stold\"\n}\n"; c.Entries[1].Import != want {
		t.Errorf("%q, want %q", c.Entries[1].Import, want)
	}
}

// TestDataIsNotDeclared: what code reads, and what a plan would make, is in no bucket.
func TestDataIsNotDeclared(t *testing.T) {
	e := newEstate(t)
	e.add(evidence.Draft{
		ID: evidence.NormalizeARM(group + "Microsoft.KeyVault/vaults/kv"), Form: evidence.Terraform, Provider: "azure", Type: "azurerm_key_vault", Name: "kv",
		Side: evidence.Declared, Data: true, Origin: evidence.Origin{Input: "main.tf"},
	}, "{}")
	e.add(evidence.Draft{
		ID: evidence.NormalizeARM(group + "Microsoft.KeyVault/vaults/planned"), Form: evidence.Terraform, Provider: "azure", Type: "azurerm_key_vault", Name: "planned",
		Side: evidence.Planned, Origin: evidence.Origin{Input: "plan.json"},
	}, "{}")
	if c, _ := e.all(); len(c.Entries) != 0 || c.Counts[Both]+c.Counts[LiveOnly]+c.Counts[DeclaredOnly]+c.Counts[Unmatched] != 0 {
		t.Errorf("%v", lines(c))
	}
}

// TestNothingLive: nothing can be said of what was not scanned.
func TestNothingLive(t *testing.T) {
	e := newEstate(t)
	e.template(open+"Microsoft.Sql/servers/sql", "{}")
	c, pairs := e.all()
	equal(t, lines(c), []string{"unmatched: microsoft.sql/servers sql declared, nothing of the provider azure was read live"})
	if len(pairs) != 0 {
		t.Error(pairs)
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	tell := func(reverse bool) string {
		e := newEstate(t)
		e.template(open+"Microsoft.Sql/servers/sql", "{}")
		e.azure(group+"Microsoft.Sql/servers/sql", "")
		for i := range 20 {
			e.azure(fmt.Sprintf("%sMicrosoft.Cache/redis/c.%d", group, i%7), fmt.Sprintf(`"n":%d`, i))
		}
		if reverse {
			slices.Reverse(e.rs)
		}
		c, _ := e.all()
		var b strings.Builder
		for _, x := range c.Entries {
			fmt.Fprintln(&b, x.Bucket, x.Resource, x.Import, x.NoImport)
		}
		return b.String()
	}
	if one, two := tell(false), tell(true); one != two {
		t.Errorf("%s\n%s", one, two)
	}
}

func TestCanceled(t *testing.T) {
	e := newEstate(t)
	e.azure(group+"Microsoft.Sql/servers/sql", "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Of(ctx, e.snapshot()); err == nil {
		t.Error("no error")
	}
}

// TestImports: the type by the properties, and the id in the spelling of the provider with the names that Azure has.
func TestImports(t *testing.T) {
	for _, c := range []struct{ id, more, kind, want, why string }{
		{"Microsoft.Cache/Redis/Shop-Cache", "", "azurerm_redis_cache.shop-cache", "Microsoft.Cache/redis/Shop-Cache", ""},
		{"microsoft.web/serverfarms/Plan", "", "azurerm_service_plan.plan", "Microsoft.Web/serverFarms/Plan", ""},
		{"Microsoft.Web/sites/Shop", `"kind":"app"`, "azurerm_windows_web_app.shop", "Microsoft.Web/sites/Shop", ""},
		{"Microsoft.Web/sites/shop", `"kind":"app,linux"`, "azurerm_linux_web_app.shop", "Microsoft.Web/sites/shop", ""},
		{"Microsoft.Web/sites/shop", `"kind":"app,linux,container"`, "azurerm_linux_web_app.shop", "Microsoft.Web/sites/shop", ""},
		{"Microsoft.Web/sites/shop", `"kind":"app","properties":{"reserved":true}`, "azurerm_linux_web_app.shop", "Microsoft.Web/sites/shop", ""},
		{"Microsoft.Web/sites/jobs", `"kind":"functionapp"`, "azurerm_windows_function_app.jobs", "Microsoft.Web/sites/jobs", ""},
		{"Microsoft.Web/sites/jobs", `"kind":"functionapp,linux"`, "azurerm_linux_function_app.jobs", "Microsoft.Web/sites/jobs", ""},
		{"Microsoft.Web/sites/jobs", `"kind":"functionapp,linux","properties":{"functionAppConfig":{}}`, "azurerm_function_app_flex_consumption.jobs", "Microsoft.Web/sites/jobs", ""},
		{"Microsoft.Web/sites/flow", `"kind":"functionapp,workflowapp"`, "azurerm_logic_app_standard.flow", "Microsoft.Web/sites/flow", ""},
		{"Microsoft.Web/sites/shop", "", "", "", "its kind was not read"},
		{"Microsoft.Web/sites/shop", `"kind":"mobileapp"`, "", "", "none that the azurerm provider"},
		{"Microsoft.Web/sites/shop/slots/blue", `"kind":"app,linux"`, "azurerm_linux_web_app_slot.blue", "Microsoft.Web/sites/shop/slots/blue", ""},
		{"Microsoft.Web/sites/shop/slots/blue", `"kind":"functionapp,workflowapp"`, "", "", "no resource for the slots"},
		{"Microsoft.Compute/virtualMachines/vm", `"properties":{"osProfile":{"linuxConfiguration":{}}}`, "azurerm_linux_virtual_machine.vm", "Microsoft.Compute/virtualMachines/vm", ""},
		{"Microsoft.Compute/virtualMachines/vm", `"properties":{"osProfile":{"windowsConfiguration":{}}}`, "azurerm_windows_virtual_machine.vm", "Microsoft.Compute/virtualMachines/vm", ""},
		{"Microsoft.Compute/virtualMachines/vm", `"properties":{"storageProfile":{"osDisk":{"osType":"Windows"}}}`, "azurerm_windows_virtual_machine.vm", "Microsoft.Compute/virtualMachines/vm", ""},
		{"Microsoft.Compute/virtualMachines/vm", `"properties":{"storageProfile":{"osDisk":{"osType":"Linux","createOption":"Attach"}}}`, "", "", "os_managed_disk_id"},
		{"Microsoft.Compute/virtualMachines/vm", `"properties":{"virtualMachineScaleSet":{"id":"x"}}`, "", "", "its scale set manages it"},
		{"Microsoft.Compute/virtualMachines/vm", "", "", "", "Linux or Windows was not read"},
		{"Microsoft.Compute/virtualMachineScaleSets/set", `"properties":{"virtualMachineProfile":{"osProfile":{"linuxConfiguration":{}}}}`, "azurerm_linux_virtual_machine_scale_set.set", "Microsoft.Compute/virtualMachineScaleSets/set", ""},
		{"Microsoft.Compute/virtualMachineScaleSets/set", `"properties":{"orchestrationMode":"Flexible"}`, "azurerm_orchestrated_virtual_machine_scale_set.set", "Microsoft.Compute/virtualMachineScaleSets/set", ""},
		{"Microsoft.Compute/virtualMachineScaleSets/set", "", "", "", "Linux or Windows was not read"},
		{"Microsoft.Compute/disks/data", `"managedBy":"vm"`, "azurerm_managed_disk.data", "Microsoft.Compute/disks/data", ""},
		{"Microsoft.Compute/disks/os", `"managedBy":"vm","properties":{"osType":"Linux"}`, "", "", "system disk"},
		{"Microsoft.ContainerService/managedClusters/aks/agentPools/user", `"properties":{"mode":"User"}`, "azurerm_kubernetes_cluster_node_pool.user", "Microsoft.ContainerService/managedClusters/aks/agentPools/user", ""},
		{"Microsoft.ContainerService/managedClusters/aks/agentPools/sys", `"properties":{"mode":"System"}`, "", "", "default_node_pool"},
		{"Microsoft.Sql/servers/sql/databases/Orders", "", "azurerm_mssql_database.orders", "Microsoft.Sql/servers/sql/databases/Orders", ""},
		{"Microsoft.Sql/servers/sql/databases/master", "", "", "", "system database"},
		{"Microsoft.Cdn/profiles/fd", `"sku":{"name":"Premium_AzureFrontDoor"}`, "azurerm_cdn_frontdoor_profile.fd", "Microsoft.Cdn/profiles/fd", ""},
		{"Microsoft.Cdn/profiles/cdn", `"sku":{"name":"Standard_Microsoft"}`, "azurerm_cdn_profile.cdn", "Microsoft.Cdn/profiles/cdn", ""},
		{"Microsoft.Web/hostingEnvironments/ase", `"kind":"ASEV3"`, "azurerm_app_service_environment_v3.ase", "Microsoft.Web/hostingEnvironments/ase", ""},
		{"Microsoft.Web/hostingEnvironments/ase", `"kind":"ASEV2"`, "", "", "retired"},
		{"Microsoft.CognitiveServices/accounts/ai", `"kind":"AIServices"`, "azurerm_ai_services.ai", "Microsoft.CognitiveServices/accounts/ai", ""},
		{"Microsoft.CognitiveServices/accounts/ai", `"kind":"OpenAI"`, "azurerm_cognitive_account.ai", "Microsoft.CognitiveServices/accounts/ai", ""},
		{"Microsoft.MachineLearningServices/workspaces/hub", `"kind":"Hub"`, "azurerm_ai_foundry.hub", "Microsoft.MachineLearningServices/workspaces/hub", ""},
		{"Microsoft.MachineLearningServices/workspaces/p", `"kind":"Project"`, "azurerm_ai_foundry_project.p", "Microsoft.MachineLearningServices/workspaces/p", ""},
		{"Microsoft.MachineLearningServices/workspaces/w", `"kind":"Default"`, "azurerm_machine_learning_workspace.w", "Microsoft.MachineLearningServices/workspaces/w", ""},
		{"microsoft.insights/webtests/ping", `"kind":"standard"`, "azurerm_application_insights_standard_web_test.ping", "Microsoft.Insights/webTests/ping", ""},
		{"microsoft.insights/webtests/ping", `"kind":"ping"`, "azurerm_application_insights_web_test.ping", "Microsoft.Insights/webTests/ping", ""},
		{"Microsoft.Storage/storageAccounts/st/blobServices/default/containers/in", "", "azurerm_storage_container.in", "Microsoft.Storage/storageAccounts/st/blobServices/default/containers/in", ""},
		{"Microsoft.Storage/storageAccounts/st/blobServices/default", "", "", "", "a part of azurerm_storage_account"},
		{"Microsoft.Storage/storageAccounts/st/privateEndpointConnections/pe", "", "", "", "a private endpoint makes it"},
		{"Microsoft.KeyVault/vaults/kv/secrets/db", "", "", "", "own address with its version"},
		{"Microsoft.Authorization/policyAssignments/p", "", "azurerm_resource_group_policy_assignment.p", "Microsoft.Authorization/policyAssignments/p", ""},
		{"Microsoft.Sql/servers/sql/providers/microsoft.authorization/policyassignments/p", "", "azurerm_resource_policy_assignment.p", "Microsoft.Sql/servers/sql/providers/Microsoft.Authorization/policyAssignments/p", ""},
		{"Microsoft.Sql/servers/sql/providers/microsoft.insights/diagnosticSettings/Logs", "", "azurerm_monitor_diagnostic_setting.logs", "Microsoft.Sql/servers/sql|Logs", ""},
		{"Microsoft.Quantum/Workspaces/q", "", "azapi_resource.q", "Microsoft.Quantum/Workspaces/q", "no resource of the azurerm provider is known for Microsoft.Quantum/Workspaces: this block is for the azapi provider"},
		{"Microsoft.Quantum/Workspaces/q", `"apiVersion":"2022-01-10-preview"`, "azapi_resource.q", "Microsoft.Quantum/Workspaces/q?api-version=2022-01-10-preview", "azapi provider"},
	} {
		e := newEstate(t)
		e.azure(group+c.id, c.more)
		block, why := importBlock(&e.rs[0], names{})
		want := ""
		if c.kind != "" {
			want = "import {\n  to = " + c.kind + "\n  id = \"" + group + c.want + "\"\n}\n"
		}
		if block != want || !strings.Contains(why, c.why) || (why == "") != (c.why == "") {
			t.Errorf("%s %s:\n%s%q\nwant\n%s%q", c.id, c.more, block, why, want, c.why)
		}
	}
	for id, want := range map[string]string{
		sub + "/providers/Microsoft.Authorization/roleDefinitions/R1":                                               "azurerm_role_definition.r1 " + sub + "/providers/Microsoft.Authorization/roleDefinitions/R1|" + sub,
		sub + "/providers/Microsoft.Authorization/policyAssignments/p":                                              "azurerm_subscription_policy_assignment.p " + sub + "/providers/Microsoft.Authorization/policyAssignments/p",
		"/providers/Microsoft.Management/managementGroups/MG/providers/Microsoft.Authorization/policyAssignments/p": "azurerm_management_group_policy_assignment.p /providers/Microsoft.Management/managementGroups/MG/providers/Microsoft.Authorization/policyAssignments/p",
		"/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000001/resourcegroups/RG-Shop":                                "azurerm_resource_group.rg-shop /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/RG-Shop",
	} {
		e := newEstate(t)
		e.azure(id, "")
		block, why := importBlock(&e.rs[0], names{})
		kind, spelt, _ := strings.Cut(want, " ")
		if block != "import {\n  to = "+kind+"\n  id = \""+spelt+"\"\n}\n" {
			t.Errorf("%s: %s%s", id, block, why)
		}
	}
}

// TestNoImport: of what is not Azure's, or not there as Azure spells it.
func TestNoImport(t *testing.T) {
	e := newEstate(t)
	e.add(evidence.Draft{ID: "k8s:-/apps/Deployment/shop/web", Form: evidence.Kubernetes, Provider: "kubernetes", Type: "apps/Deployment", Name: "web", Side: evidence.Live}, "{}")
	e.add(evidence.Draft{ID: "compose:shop/web", Form: evidence.Compose, Provider: "compose", Type: "compose/service", Name: "web", Side: evidence.Live}, "{}")
	e.add(evidence.Draft{ID: evidence.NormalizeARM(group + "Microsoft.Sql/servers/x"), Form: evidence.ARM, Provider: "azure", Type: "microsoft.sql/servers", Name: "x", Side: evidence.Live}, "{}")
	e.terraform(evidence.Live, group+"Microsoft.Sql/servers/y", "azurerm_mssql_server.y", "{}")
	e.terraform(evidence.Live, group+"Microsoft.Sql/servers/z", "azapi_update_resource.z", `{"id":"z"}`)
	want := []string{"Kubernetes", "resources of a cloud", "as Azure spells it", "no id of it", "cannot be imported"}
	for i := range e.rs {
		if block, why := importBlock(&e.rs[i], names{}); block != "" || !strings.Contains(why, want[i]) {
			t.Errorf("%s: %q %q", e.rs[i].ID, block, why)
		}
	}
	erased := e.rs[3].Redact("asked for")
	if block, why := importBlock(&erased, names{}); block != "" || !strings.Contains(why, "withdrawn") {
		t.Errorf("%q %q", block, why)
	}
}

// TestNames: each name once, whatever the resources are called, and none that the code has.
func TestNames(t *testing.T) {
	n := names{"azurerm_subnet.apps": true}
	var got []string
	for _, name := range []string{"apps", "Apps", "a b", "a.b", "10-net", "äöü", "", "--", "_x", "a/b\n}\nresource", strings.Repeat("n", 100), "${x}"} {
		got = append(got, n.take("azurerm_subnet", name))
	}
	equal(t, got, []string{"apps_2", "apps_3", "a_b", "a_b_2", "r10-net", "this", "this_2", "this_3", "_x", "a_b_resource", strings.Repeat("n", 64), "x"})
	for address, want := range map[string]string{
		"aws_s3_bucket.logs": "logs", `module.a["x.y"].aws_s3_bucket.logs["a.b[0]"]`: "logs", "module.a.aws_s3_bucket.logs[0]": "logs", "": "", "]": "]",
	} {
		if got := localName(address); got != want && address != "]" {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

// TestTakenNames: a block never takes the name of a resource of the code.
func TestTakenNames(t *testing.T) {
	e := newEstate(t)
	e.terraform(evidence.Declared, group+"Microsoft.Cache/redis/one", "azurerm_redis_cache.two", "{}")
	e.azure(group+"Microsoft.Cache/redis/one", "")
	e.azure(group+"Microsoft.Cache/redis/two", "")
	c, _ := e.all()
	if got := c.Entries[1].Import; !strings.Contains(got, "to = azurerm_redis_cache.two_2\n") {
		t.Errorf("%s", got)
	}
}

// TestQuote: nothing in an id can end the text or begin a template.
func TestQuote(t *testing.T) {
	for in, want := range map[string]string{
		`a"b`: `"a\"b"`, `a\`: `"a\\"`, "${x}": `"$${x}"`, "%{if}": `"%%{if}"`, "$x%": `"$x%"`, "a\nb\x00": `"a\nb\u0000"`, "$${": `"$$${"`,
	} {
		if got := quoteHCL(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

// TestAgreesWithTheReader: what the reader of Terraform knows of the way from code to ids is the same in the other direction here.
func TestAgreesWithTheReader(t *testing.T) {
	files, err := filepath.Glob("../../source/terraform/azurerm_*.go")
	if err != nil || len(files) < 5 {
		t.Fatalf("%v: %d tables", err, len(files))
	}
	row := regexp.MustCompile(`(?m)^\t\{"([a-z0-9_ ]+)", "([a-z0-9./]+)"`)
	known := map[string]string{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range row.FindAllStringSubmatch(string(data), -1) {
			for kind := range strings.FieldsSeq(m[1]) {
				known[kind] = m[2]
			}
		}
	}
	kinds := map[string]string{}
	for _, r := range azureRows {
		if r.kind != "" {
			kinds[r.kind] = r.arm
		}
		if (r.kind == "") == (r.choose == nil) {
			t.Errorf("%s must have a kind or a choice", r.arm)
		}
	}
	if len(azureIndex) != len(azureRows)+1 || len(kinds) < 120 {
		t.Errorf("%d rows, %d in the index, %d kinds", len(azureRows), len(azureIndex), len(kinds))
	}
	missing := 0
	for kind, arm := range kinds {
		switch want, ok := known[kind]; {
		case !ok:
			missing++
			t.Logf("the reader has no row for %s", kind)
		case want != strings.ToLower(arm):
			t.Errorf("%s is %s here and %s there", kind, arm, want)
		}
	}
	if missing > 5 {
		t.Errorf("%d kinds are not known to the reader", missing)
	}
}
