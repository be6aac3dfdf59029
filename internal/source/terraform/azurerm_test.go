package terraform

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
)

// attributes makes of a map what azurermID asks.
func attributes(m map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { s, ok := m[name]; return s, ok }
}

const (
	testSub   = "00000000-0000-0000-0000-000000000000"
	testGroup = "/subscriptions/" + testSub + "/resourcegroups/rg1"
)

// TestAzurermID has the ids of the "Import" sections of the provider's reference, with the attributes that lead to them.
func TestAzurermID(t *testing.T) {
	vnet := testGroup + "/providers/Microsoft.Network/virtualNetworks/vnet1"
	account := testGroup + "/providers/Microsoft.Storage/storageAccounts/acc1"
	for _, test := range []struct{ kind, attrs, want string }{
		{"azurerm_resource_group", "name=RG1", testGroup},
		{"azurerm_subscription", "subscription_id=" + testSub, "/subscriptions/" + testSub},
		{"azurerm_subscription", "alias=x", ""},
		{"azurerm_virtual_network", "name=vnet1", vnet},
		{"azurerm_subnet", "name=s1 virtual_network_name=vnet1", vnet + "/subnets/s1"},
		{"azurerm_subnet", "name=s1 resource_group_name= virtual_network_name=vnet1", ""},
		{"azurerm_subnet", "virtual_network_name=vnet1", ""},
		{"azurerm_private_dns_mx_record", "zone_name=contoso.com", testGroup + "/providers/microsoft.network/privatednszones/contoso.com/mx/@"},
		{"azurerm_private_dns_a_record", "name=www zone_name=contoso.com", testGroup + "/providers/microsoft.network/privatednszones/contoso.com/a/www"},
		{"azurerm_lb_rule", "name=r loadbalancer_id=" + testGroup + "/providers/Microsoft.Network/loadBalancers/lb1", testGroup + "/providers/microsoft.network/loadbalancers/lb1/loadbalancingrules/r"},
		{"azurerm_lb_rule", "name=r loadbalancer_id=" + vnet, ""},
		{"azurerm_lb_rule", "name=r loadbalancer_id=lb1", ""},
		{"azurerm_lb_rule", "name=r loadbalancer_id=${azurerm_lb.x.id}", ""},
		{"azurerm_lb_rule", "name=r loadbalancer_id=${" + testGroup + "/providers/microsoft.network/loadbalancers/lb1#id}", testGroup + "/providers/microsoft.network/loadbalancers/lb1/loadbalancingrules/r"},
		{"azurerm_storage_container", "name=c storage_account_id=" + account, account + "/blobservices/default/containers/c"},
		{"azurerm_storage_container", "name=c storage_account_name=acc1", ""},
		{"azurerm_storage_management_policy", "storage_account_id=" + account, account + "/managementpolicies/default"},
		{"azurerm_mssql_database", "name=db server_id=" + testGroup + "/providers/Microsoft.Sql/servers/s", testGroup + "/providers/microsoft.sql/servers/s/databases/db"},
		{"azurerm_sql_active_directory_administrator", "server_name=s", testGroup + "/providers/microsoft.sql/servers/s/administrators/activedirectory"},
		{"azurerm_cosmosdb_sql_container", "name=c account_name=a database_name=d", testGroup + "/providers/microsoft.documentdb/databaseaccounts/a/sqldatabases/d/containers/c"},
		{"azurerm_servicebus_subscription", "name=s topic_id=" + testGroup + "/providers/Microsoft.ServiceBus/namespaces/n/topics/t", testGroup + "/providers/microsoft.servicebus/namespaces/n/topics/t/subscriptions/s"},
		{"azurerm_servicebus_subscription", "name=s namespace_name=n topic_name=t", testGroup + "/providers/microsoft.servicebus/namespaces/n/topics/t/subscriptions/s"},
		{"azurerm_eventhub", "name=h namespace_name=n", testGroup + "/providers/microsoft.eventhub/namespaces/n/eventhubs/h"},
		{"azurerm_api_management_api_operation", "operation_id=get api_name=orders api_management_name=apim", testGroup + "/providers/microsoft.apimanagement/service/apim/apis/orders/operations/get"},
		{"azurerm_linux_web_app_slot", "name=blue app_service_id=" + testGroup + "/providers/Microsoft.Web/sites/app", testGroup + "/providers/microsoft.web/sites/app/slots/blue"},
		{"azurerm_function_app_flex_consumption", "name=f", testGroup + "/providers/microsoft.web/sites/f"},
		{"azurerm_key_vault_secret", "name=s key_vault_id=" + testGroup + "/providers/Microsoft.KeyVault/vaults/v", testGroup + "/providers/microsoft.keyvault/vaults/v/secrets/s"},
		{"azurerm_key_vault_access_policy", "object_id=o1 key_vault_id=" + testGroup + "/providers/Microsoft.KeyVault/vaults/v", testGroup + "/providers/microsoft.keyvault/vaults/v/objectid/o1"},
		{"azurerm_key_vault_access_policy", "object_id=o1 application_id=a1 key_vault_id=" + testGroup + "/providers/Microsoft.KeyVault/vaults/v", testGroup + "/providers/microsoft.keyvault/vaults/v/objectid/o1/applicationid/a1"},
		{"azurerm_role_assignment", "scope=" + vnet, ""},
		{"azurerm_role_assignment", "name=r1 scope=" + vnet, vnet + "/providers/microsoft.authorization/roleassignments/r1"},
		{"azurerm_role_assignment", "name=r1 scope=/subscriptions/" + testSub, "/subscriptions/" + testSub + "/providers/microsoft.authorization/roleassignments/r1"},
		{"azurerm_role_assignment", "name=r1 scope=/providers/Microsoft.Management/managementGroups/g", "/providers/microsoft.management/managementgroups/g/providers/microsoft.authorization/roleassignments/r1"},
		{"azurerm_monitor_diagnostic_setting", "name=logs target_resource_id=" + vnet, vnet + "/providers/microsoft.insights/diagnosticsettings/logs"},
		{"azurerm_management_group", "name=g", "/providers/microsoft.management/managementgroups/g"},
		{"azurerm_policy_definition", "name=p", "/subscriptions/" + testSub + "/providers/microsoft.authorization/policydefinitions/p"},
		{"azurerm_policy_definition", "name=p management_group_id=/providers/Microsoft.Management/managementGroups/g", "/providers/microsoft.management/managementgroups/g/providers/microsoft.authorization/policydefinitions/p"},
		{"azurerm_log_analytics_solution", "solution_name=ContainerInsights workspace_name=logs", testGroup + "/providers/microsoft.operationsmanagement/solutions/containerinsights(logs)"},
		{"azurerm_kubernetes_cluster_extension", "name=e cluster_id=" + testGroup + "/providers/Microsoft.ContainerService/managedClusters/aks", testGroup + "/providers/microsoft.containerservice/managedclusters/aks/providers/microsoft.kubernetesconfiguration/extensions/e"},
		{"azurerm_redis_enterprise_database", "cluster_id=" + testGroup + "/providers/Microsoft.Cache/redisEnterprise/c", testGroup + "/providers/microsoft.cache/redisenterprise/c/databases/default"},
		// What is open stays open, in its own segment.
		{"azurerm_virtual_network", "name=vnet-${var.env}", testGroup + "/providers/microsoft.network/virtualnetworks/vnet-@(var.env)"},
		{"azurerm_virtual_network", "name=v resource_group_name=${var.group} $subscription=@(subscription)", "/subscriptions/@(subscription)/resourcegroups/@(var.group)/providers/microsoft.network/virtualnetworks/v"},
		{"azurerm_virtual_network", "name=v $subscription=", "/subscriptions/@(subscription)/resourcegroups/rg1/providers/microsoft.network/virtualnetworks/v"},
		{"azurerm_mssql_database", "name=db server_id=/subscriptions/${var.sub}/resourceGroups/rg/providers/Microsoft.Sql/servers/s-${a/b}", "/subscriptions/@(var.sub)/resourcegroups/rg/providers/microsoft.sql/servers/s-@(a.b)/databases/db"},
		// Associations and what is unknown have none.
		{"azurerm_subnet_network_security_group_association", "subnet_id=" + vnet + "/subnets/s", ""},
		{"azurerm_storage_account_network_rules", "storage_account_id=" + account, ""},
		{"azurerm_no_such_thing", "name=x", ""},
		{"aws_vpc", "name=x", ""},

		{"azapi_resource", "type=Microsoft.App/containerApps@2024-03-01 name=app parent_id=" + testGroup, testGroup + "/providers/microsoft.app/containerapps/app"},
		{"azapi_resource", "type=Microsoft.Storage/storageAccounts/blobServices/containers@2023-01-01 name=c parent_id=" + account + "/blobServices/default", account + "/blobservices/default/containers/c"},
		{"azapi_resource", "type=Microsoft.Resources/resourceGroups@2024-03-01 name=rg1", testGroup},
		{"azapi_resource", "type=Microsoft.Insights/diagnosticSettings@2021-05-01-preview name=d parent_id=" + vnet, vnet + "/providers/microsoft.insights/diagnosticsettings/d"},
		{"azapi_resource", "type=Microsoft.Sql/servers/databases@2023-05-01 name=d parent_id=" + vnet, ""},
		{"azapi_resource", "type=${var.type} name=d parent_id=" + vnet, ""},
		{"azapi_resource", "type=Microsoft.App@1 name=d parent_id=" + vnet, ""},
		{"azapi_resource", "type=Microsoft.App/jobs@1 name=d parent_id=x", ""},
		{"azapi_update_resource", "type=Microsoft.App/jobs@1 name=d parent_id=" + testGroup, ""},
	} {
		m := map[string]string{"resource_group_name": "rg1", "$subscription": testSub}
		for f := range strings.FieldsSeq(test.attrs) {
			name, value, _ := strings.Cut(f, "=")
			m[name] = value
		}
		got, ok := azurermID(test.kind, attributes(m))
		if want := evidence.NormalizeARM(test.want); got != want || ok != (want != "") {
			t.Errorf("%s %s\n got %q\nwant %q", test.kind, test.attrs, got, want)
		}
	}
}

// TestAzurermRows: each form of each row gives an id of the row's own type, whatever the attributes are called.
func TestAzurermRows(t *testing.T) {
	if len(azurermIndex) < 600 {
		t.Errorf("only %d types", len(azurermIndex))
	}
	seen := map[string]bool{}
	for _, part := range [][]azurermRow{azurermNetwork, azurermData, azurermApps, azurermIntegration, azurermGovern} {
		for _, r := range part {
			for kind := range strings.FieldsSeq(r.kinds) {
				if seen[kind] {
					t.Errorf("%s has two rows", kind)
				}
				seen[kind] = true
				if borrowsIdentity(kind) {
					t.Errorf("%s has a row, but its id is that of another thing", kind)
				}
			}
			for form := range strings.FieldsSeq(r.from) {
				checkForm(t, r, form)
			}
		}
	}
}

func checkForm(t *testing.T, r azurermRow, form string) {
	t.Helper()
	types := strings.Split(r.arm, "/")
	first, rest, _ := strings.Cut(form, "/")
	own := len(strings.Split(rest, "/"))
	if strings.Contains(rest, ":") {
		own = 1
	}
	attr := func(name string) (string, bool) {
		switch {
		case name == "$subscription":
			return testSub, true
		case name == strings.TrimPrefix(first, "+") && first[0] == '+':
			return testGroup, true
		case name == strings.TrimPrefix(first, "@") && first[0] == '@':
			id := testGroup + "/providers/" + types[0]
			for _, typ := range types[1 : len(types)-own] {
				id += "/" + typ + "/x"
			}
			return id, true
		}
		return "n-" + strings.ReplaceAll(name, "_", "-"), true
	}
	id, ok := armPath(r.arm, form, attr)
	a, parsed := evidence.ParseARM(id)
	want := r.arm
	switch {
	case r.arm == "microsoft.resources/resourcegroups":
		want = "microsoft.resources/subscriptions/resourcegroups"
	case strings.Contains(rest, ":"):
		want = "" // its types are its own
	}
	if !ok || !parsed || want != "" && a.Type != want || a.Name == "" || id != strings.ToLower(id) {
		t.Errorf("%s: %s gives %q of type %s, want %s", r.kinds, form, id, a.Type, want)
	}
}

var typePair = regexp.MustCompile(`"(azurerm_\w+)":\s*(?:"([^"]+)"|assocType)`)

// TestAzurermTypesAgree: where the derivation has a table of its own, the types are the same, and what it takes for
// an association has no id here. It is read as text: a source does not know the derivation.
func TestAzurermTypesAgree(t *testing.T) {
	text, err := os.ReadFile("../../arch/derive/types.go")
	if err != nil {
		t.Fatal(err)
	}
	pairs := typePair.FindAllStringSubmatch(string(text), -1)
	if len(pairs) < 60 {
		t.Fatalf("only %d types", len(pairs))
	}
	for _, p := range pairs {
		if got := azurermType(p[1]); got != p[2] {
			t.Errorf("%s is %q here and %q there", p[1], got, p[2])
		}
	}
}

// stateInstance is what is compared of an instance in a state.
type stateInstance struct {
	Attributes map[string]any `json:"attributes"`
}

func (s stateInstance) text(name string) (string, bool) {
	v, ok := s.Attributes[name].(string)
	return v, ok && v != ""
}

// TestAzurermStates: of each azurerm resource in the states at hand, which have the attributes and the id, the id
// follows from the attributes.
func TestAzurermStates(t *testing.T) {
	files := []string{"../../../examples/contoso/terraform/terraform.tfstate", "../../../test/truth/testdata/state/terraform.tfstate", "testdata/contoso.tfstate"}
	if root := os.Getenv("C4ARCH_INPUTS"); root != "" {
		more, err := filepath.Glob(filepath.Join(root, "tfstate", "*"))
		if err != nil || len(more) == 0 {
			t.Fatalf("no states under %s: %v", root, err)
		}
		files = append(files, more...)
	} else {
		t.Log("C4ARCH_INPUTS names no folder of published states: only our own are looked at")
	}
	proven, without := map[string]int{}, map[string]int{}
	for _, f := range files {
		compareState(t, f, proven, without)
	}
	t.Logf("%d types proven: %s", len(proven), strings.Join(slices.Sorted(maps.Keys(proven)), " "))
	t.Logf("without an id of their own: %s", strings.Join(slices.Sorted(maps.Keys(without)), " "))
	if len(proven) < 10 {
		t.Errorf("only %d types are proven", len(proven))
	}
}

func compareState(t *testing.T, file string, proven, without map[string]int) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var state struct {
		Resources []struct {
			Mode      string          `json:"mode"`
			Type      string          `json:"type"`
			Instances []stateInstance `json:"instances"`
		} `json:"resources"`
	}
	if err := json.Unmarshal(data, &state); err != nil {
		t.Logf("%s: %v", filepath.Base(file), err)
		return
	}
	for _, r := range state.Resources {
		if r.Mode != "managed" || !strings.HasPrefix(r.Type, "azurerm_") {
			continue
		}
		for _, i := range r.Instances {
			compareInstance(t, r.Type, i, proven, without)
		}
	}
}

func compareInstance(t *testing.T, kind string, i stateInstance, proven, without map[string]int) {
	t.Helper()
	real, _ := i.text("id")
	if real, ok := i.text("resource_manager_id"); ok {
		i.Attributes["id"] = real
	}
	for _, name := range []string{"resource_manager_id", "resource_versionless_id"} {
		if s, ok := i.text(name); ok {
			real = s
		}
	}
	at, ok := evidence.ParseARM(real)
	got, derived := azurermID(kind, func(name string) (string, bool) {
		if name == "$subscription" {
			return at.Subscription, ok
		}
		return i.text(name)
	})
	switch want := evidence.NormalizeARM(real); {
	case !derived || !ok:
		without[kind]++
	case got != want:
		t.Errorf("%s\n got %s\nreal %s", kind, got, want)
	default:
		proven[kind]++
	}
}

func FuzzAzurermID(f *testing.F) {
	f.Add("azurerm_subnet", "vnet", "/subscriptions/x/resourceGroups/${a/b}/providers/Microsoft.Network/virtualNetworks/v")
	f.Add("azurerm_lb_rule", "${", "${/subscriptions/x#id}")
	f.Add("azapi_resource", "Microsoft.Web/sites@1", "/providers/")
	f.Add("azurerm_log_analytics_solution", "{}", "")
	f.Fuzz(func(t *testing.T, kind, name, parent string) {
		id, ok := azurermID(kind, func(attr string) (string, bool) {
			if strings.HasSuffix(attr, "_id") || attr == "scope" {
				return parent, true
			}
			return name, name != "nil"
		})
		if !ok {
			return
		}
		if !evidence.IsARM(id) || id != evidence.NormalizeARM(id) || strings.Contains(id, "${") {
			t.Fatalf("%s %q %q: %q", kind, name, parent, id)
		}
	})
}
