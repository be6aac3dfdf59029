package derive

import (
	"slices"
	"testing"

	"c4arch/internal/arch/c4"
)

// What code declares, alone and beside what was seen live: A1, T2, and which names mean the same thing.
var codeFixtures = []fixture{
	{
		rule: "A1", name: "what a template leaves open names what it refers to",
		template: `[{"id":"@Microsoft.Web/sites/shop","properties":{"siteConfig":{"appSettings":[
				{"name":"BLOB","value":"https://${@Microsoft.Storage/storageAccounts/store#properties.primaryEndpoints.blob}/orders"},
				{"name":"DB","value":"Server=tcp:${@Microsoft.Sql/servers/sql#properties.fullyQualifiedDomainName},1433;Database=orders"}]},
				"somethingNew":"@Microsoft.Cache/redis/cache"}},
			{"id":"@Microsoft.Storage/storageAccounts/store"},{"id":"@Microsoft.Sql/servers/sql"},{"id":"@Microsoft.Sql/servers/sql/databases/orders"},{"id":"@Microsoft.Cache/redis/cache"}]`,
		want: `shop --reads from and writes to--> store (high R24)
			shop --reads from and writes to--> orders (high R24)
			shop --refers to (somethingNew)--> cache (high A1)
			store in main
			store on Resource group of main.json (D-SCOPE)
			Resource group of main.json in Subscription of main.json
			! shop is "declared, not seen live"`,
	},
	{
		rule: "R24", name: "hosts and connection strings of names that code leaves open",
		template: `[{"id":"@Microsoft.Web/sites/shop","properties":{"siteConfig":{"appSettings":[
				{"name":"AzureWebJobsOrders","value":"DefaultEndpointsProtocol=https;AccountName=${uniqueString('a/b')}data;EndpointSuffix=core.windows.net;AccountKey=${listKeys('x')}"},
				{"name":"Files__accountName","value":"${uniqueString('a/b')}data"},
				{"name":"Logs__accountName","value":"stlogs"},
				{"name":"DB","value":"Server=tcp:sql-${uniqueString('a/b')}.database.windows.net,1433;Initial Catalog=${parameters('db')};User ID=${parameters('user')}"},
				{"name":"SECRET","value":"@Microsoft.KeyVault(VaultName=kv-${uniqueString('a/b')};SecretName=x)"},
				{"name":"ELSEWHERE","value":"https://${parameters('other')}.blob.core.windows.net/x"}]}}},
			{"id":"@Microsoft.Storage/storageAccounts/@(uniqueString('a.b'))data","name":"${uniqueString('a/b')}data"},
			{"id":"@Microsoft.Storage/storageAccounts/stlogs","name":"stlogs"},
			{"id":"@Microsoft.KeyVault/vaults/kv-@(uniqueString('a.b'))","name":"kv-${uniqueString('a/b')}"},
			{"id":"@Microsoft.Sql/servers/sql-@(uniqueString('a.b'))","name":"sql-${uniqueString('a/b')}"},
			{"id":"@Microsoft.Sql/servers/sql-@(uniqueString('a.b'))/databases/@(parameters(.db.))","name":"${parameters('db')}"}]`,
		want: `shop --reads from and writes to--> ${parameters('db')} (high R24)
			shop --reads from and writes to--> ${uniqueString('a/b')}data (high R24)
			shop --reads secrets from--> kv-${uniqueString('a/b')} (high R24)
			shop --reads from and writes to--> stlogs (high R24)
			5 shown by R24`,
	},
	{
		rule: "R4", name: "an assignment is on what its id extends",
		template: `[{"id":"@Microsoft.Web/sites/jobs","identity":{"type":"SystemAssigned"},"properties":{"siteConfig":{"appSettings":[{"name":"DB","value":"@Microsoft.KeyVault(SecretUri=${@Microsoft.KeyVault/vaults/kv/secrets/db#secretUri})"}]}}},
			{"id":"@Microsoft.KeyVault/vaults/kv"},{"id":"@Microsoft.KeyVault/vaults/kv/secrets/db"},
			{"id":"@Microsoft.KeyVault/vaults/kv/providers/Microsoft.Authorization/roleAssignments/@(guid)","scope":"Microsoft.KeyVault/vaults/kv","properties":{"principalId":"${@Microsoft.Web/sites/jobs#identity.principalId}","roleDefinitionId":"/subscriptions/@(main.json)/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6"}},
			{"id":"@Microsoft.Authorization/roleAssignments/@(guid2)","type":"Microsoft.Authorization/roleAssignments","properties":{"principalId":"${@Microsoft.Web/sites/jobs#identity.principalId}","roleDefinitionId":"/subscriptions/@(main.json)/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"}}]`,
		want: `jobs --may read secrets from--> kv (may R4)
			jobs --reads secrets from--> kv (high R24)
			jobs --has the role Contributor on--> Resource group of main.json (may R4)`,
	},
	{
		rule: "M30-RUNTIME", name: "a list of settings",
		template: `[{"id":"@Microsoft.ManagedIdentity/userAssignedIdentities/own"},{"id":"@Microsoft.Web/serverfarms/plan"},{"id":"@Microsoft.Web/sites/jobs","kind":"functionapp","tags":{"hidden-related:/subscriptions/@(main.json)/resourceGroups/@(main.json)/providers/Microsoft.Web/serverfarms/plan":"empty"},"properties":{"functionAppConfig":{"deployment":{"storage":{"authentication":{"userAssignedIdentityResourceId":"@Microsoft.ManagedIdentity/userAssignedIdentities/own"}}}},"siteConfig":{"appSettings":[
				{"name":"AzureWebJobsStorage","value":"DefaultEndpointsProtocol=https;AccountName=st${uniqueString('a/b')};EndpointSuffix=core.windows.net;AccountKey=${listKeys('x')}"},
				{"name":"AzureWebJobsStorage__accountName","value":"stown"}]}}},
			{"id":"@Microsoft.Storage/storageAccounts/st@(uniqueString('a.b'))","name":"st${uniqueString('a/b')}"},
			{"id":"@Microsoft.Storage/storageAccounts/stown","name":"stown"}]`,
		want: `2 hidden by H-LEVEL4
			2 hidden by R25`,
	},
	{
		rule: "R4", name: "the identity of a resource that does not exist yet",
		template: `[{"id":"@Microsoft.Web/sites/shop","identity":{"type":"UserAssigned","userAssignedIdentities":{"@Microsoft.ManagedIdentity/userAssignedIdentities/id":{}}}},
			{"id":"@Microsoft.Web/sites/jobs","identity":{"type":"SystemAssigned"}},
			{"id":"@Microsoft.ManagedIdentity/userAssignedIdentities/id"},{"id":"@Microsoft.KeyVault/vaults/kv"},
			{"id":"@Microsoft.KeyVault/vaults/kv/providers/Microsoft.Authorization/roleAssignments/@(guid)","properties":{"principalId":"${@Microsoft.ManagedIdentity/userAssignedIdentities/id#principalId}","scope":"@Microsoft.KeyVault/vaults/kv","roleDefinitionId":"/subscriptions/@(main.json)/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6"}},
			{"id":"@Microsoft.KeyVault/vaults/kv/providers/Microsoft.Authorization/roleAssignments/@(guid2)","properties":{"principalId":"${@Microsoft.Web/sites/jobs#identity.principalId}","scope":"@Microsoft.KeyVault/vaults/kv","roleDefinitionId":"/subscriptions/@(main.json)/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6"}}]`,
		want: `shop --may read secrets from--> kv (may R4)
			jobs --may read secrets from--> kv (may R4)`,
	},
	{
		rule: "R24 T-LOCAL H-NAMED", name: "a name is no use, and a connection string names its database",
		module: `{"azurerm_linux_web_app.w":{"$id":"/subscriptions/@(infra)/resourceGroups/rg/providers/Microsoft.Web/sites/shop","name":"shop","app_settings":{
				"SQL":"Server=tcp:${/subscriptions/@(infra)/resourceGroups/rg/providers/Microsoft.Sql/servers/sql#fully_qualified_domain_name},1433;Database=orders",
				"PG":"postgres://app@${/subscriptions/@(infra)/resourceGroups/rg/providers/Microsoft.Sql/servers/sql#fully_qualified_domain_name}:5432/shop"}},
			"azurerm_mssql_server.s":{"$id":"/subscriptions/@(infra)/resourceGroups/rg/providers/Microsoft.Sql/servers/sql","name":"sql"},
			"azurerm_mssql_database.a":{"$id":"/subscriptions/@(infra)/resourceGroups/rg/providers/Microsoft.Sql/servers/sql/databases/orders","name":"orders"},
			"azurerm_mssql_database.b":{"$id":"/subscriptions/@(infra)/resourceGroups/rg/providers/Microsoft.Sql/servers/sql/databases/shop","name":"shop-db"},
			"random_string.r":{"$id":"tf:infra//random_string.r","length":4},
			"azurerm_storage_account.st":{"$id":"/subscriptions/@(infra)/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st@(r)","name":"st${tf:infra//random_string.r#result}","suffix":"${tf:infra//random_string.r#result}"},
			"azurerm_container_registry.cr":{"$id":"/subscriptions/@(infra)/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/cr@(x)","name":"cr${/subscriptions/@(infra)/resourceGroups/rg/providers/Microsoft.Sql/servers/sql#x}"}}`,
		want: `shop --reads from and writes to--> orders (high R24)
			shop --reads from and writes to--> shop-db (high R24)
			2 hidden by T-LOCAL
			1 hidden by H-NAMED`,
	},
	{
		rule: "T2", name: "a resource of another provider",
		module: `{"acme_queue.q":{"$id":"tf:infra//acme_queue.q","name":"q"},"acme_worker.w":{"$id":"tf:infra//acme_worker.w","queue_id":"tf:infra//acme_queue.q","queue_url":"https://${tf:infra//acme_queue.q#url}/in"}}`,
		want: `resource w --refers to (queue)--> resource q (high T2)
			resource w --refers to (queue url)--> resource q (high T2)`,
	},
	{
		rule: "R1", name: "code and cloud are one thing where type, name and scope agree",
		arm: `[{"id":"@Microsoft.Web/sites/shop","properties":{"serverFarmId":"@Microsoft.Web/serverfarms/plan"}},{"id":"@Microsoft.Web/serverfarms/plan"},
			{"id":"@Microsoft.Cache/redis/byhand"},{"id":"@Microsoft.KeyVault/vaults/kv-x7"},
			{"id":"@Microsoft.Network/virtualNetworks/net","properties":{"subnets":[{"name":"apps","id":"@Microsoft.Network/virtualNetworks/net/subnets/apps"}]}},{"id":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-other/providers/Microsoft.Cache/redis/elsewhere"}]`,
		template: `[{"id":"@Microsoft.Web/sites/shop","properties":{"serverFarmId":"@Microsoft.Web/serverfarms/plan"}},{"id":"@Microsoft.Web/serverfarms/plan"},
			{"id":"@Microsoft.Storage/storageAccounts/new"},{"id":"@Microsoft.KeyVault/vaults/kv-@(uniqueString)"},
			{"id":"@Microsoft.Network/virtualNetworks/net"},{"id":"@Microsoft.Network/virtualNetworks/net/subnets/apps"}]`,
		want: `shop on plan (R1)
			! apps is "declared, not seen live"
			apps in net
			kv-@(uniqueString) is "declared, may be live"
			kv-x7 is "live, may be declared"
			! kv-x7 is "live, not declared"
			plan in rg-shop
			new in rg-shop
			new is "declared, not seen live"
			byhand is "live, not declared"
			! elsewhere is "live, not declared"
			! shop is "declared, not seen live"`,
	},
	{
		rule: "R24", name: "a Terraform state knows the address of what code cannot name",
		tf: `{"azurerm_storage_account.s":{"id":"@Microsoft.Storage/storageAccounts/st4711","name":"st4711"},"azurerm_linux_web_app.w":{"id":"@Microsoft.Web/sites/shop","name":"shop"}}`,
		module: `{"azurerm_storage_account.s":{"$id":"/subscriptions/@(infra)/resourceGroups/rg-shop/providers/Microsoft.Storage/storageAccounts/st@(random)","name":"st${random}"},
			"azurerm_linux_web_app.w":{"$id":"/subscriptions/@(infra)/resourceGroups/rg-shop/providers/Microsoft.Web/sites/shop","name":"shop","app_settings":{"BLOB":"${/subscriptions/@(infra)/resourceGroups/rg-shop/providers/Microsoft.Storage/storageAccounts/st@(random)#primary_blob_endpoint}"}}}`,
		want: `shop --reads from and writes to--> st4711 (high R24)
			! st4711 is "declared, not seen live"`,
	},
}

func TestCodeMeetsCloud(t *testing.T) {
	both := codeFixtures[7]
	m := both.model(t)
	want := c4.Code{Both: 4, DeclaredOnly: 2, LiveOnly: 2, Unmatched: []c4.Unmatched{{
		Resource: "/subscriptions/@(main.json)/resourcegroups/@(main.json)/providers/microsoft.keyvault/vaults/kv-@(uniquestring)",
		Reason:   "its name, or that of what it belongs to, cannot be told from the code",
	}}}
	if got := m.Code; got == nil || got.Both != want.Both || got.DeclaredOnly != want.DeclaredOnly || got.LiveOnly != want.LiveOnly ||
		len(got.Unmatched) != 1 || got.Unmatched[0].Resource != want.Unmatched[0].Resource || got.Unmatched[0].Reason != want.Unmatched[0].Reason {
		t.Errorf("code %+v", got)
	}
	for _, e := range m.Elements {
		if e.ID == "container:"+"/subscriptions/"+testSub+"/resourcegroups/rg-shop/providers/microsoft.web/sites/shop" {
			var inputs []string
			for _, ev := range e.Evidence {
				inputs = append(inputs, ev.Input)
			}
			if !slices.Contains(inputs, "estate.json") || !slices.Contains(inputs, "main.json") {
				t.Errorf("shop rests on %q", inputs)
			}
			return
		}
	}
	t.Error("shop is not one element under its live id")
}

func TestWhatCodeMeansMustBeOne(t *testing.T) {
	const other = "/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/rg-shop/providers/"
	f := fixture{
		arm:      `[{"id":"@Microsoft.Web/sites/shop"},{"id":"` + other + `Microsoft.Web/sites/shop"}]`,
		template: `[{"id":"@Microsoft.Web/sites/shop"}]`,
	}
	if c := f.model(t).Code; c.Both != 0 || c.DeclaredOnly != 1 || len(c.Unmatched) != 1 || len(c.Unmatched[0].Candidates) != 2 {
		t.Errorf("two candidates: %+v", c)
	}
	// A second resource that is in one of them only says which scope is meant.
	f.arm = `[{"id":"@Microsoft.Web/sites/shop"},{"id":"@Microsoft.Cache/redis/c"},{"id":"` + other + `Microsoft.Web/sites/shop"}]`
	f.template = `[{"id":"@Microsoft.Web/sites/shop"},{"id":"@Microsoft.Cache/redis/c"}]`
	if c := f.model(t).Code; c.Both != 2 || c.DeclaredOnly != 0 || len(c.Unmatched) != 0 {
		t.Errorf("the scope is known: %+v", c)
	}
	// A state with the same address for another name is another thing.
	f = fixture{
		tf:     `{"azurerm_linux_web_app.w":{"id":"@Microsoft.Web/sites/shop","name":"shop"}}`,
		module: `{"azurerm_linux_web_app.w":{"$id":"/subscriptions/@(infra)/resourceGroups/rg-shop/providers/Microsoft.Web/sites/other","name":"other"}}`,
	}
	if c := f.model(t).Code; c.Both != 0 || c.DeclaredOnly != 1 {
		t.Errorf("another name: %+v", c)
	}
	// Providers without ids in the code: the attribute that names it.
	f = fixture{
		tf:     `{"aws_s3_bucket.moved":{"id":"contoso-orders","arn":"arn:aws:s3:::contoso-orders","bucket":"contoso-orders"}}`,
		module: `{"aws_s3_bucket.b":{"$id":"tf:infra//aws_s3_bucket.b","bucket":"contoso-orders"}}`,
	}
	if c := f.model(t).Code; c.Both != 1 || c.DeclaredOnly != 0 {
		t.Errorf("by its bucket: %+v", c)
	}
	// Nothing live: nothing is missing anywhere.
	f = fixture{template: `[{"id":"@Microsoft.Web/sites/shop"},{"id":"@Microsoft.Web/sites/x-@(y)"}]`}
	if c := f.model(t).Code; c.DeclaredOnly != 2 || len(c.Unmatched) != 0 {
		t.Errorf("code alone: %+v", c)
	}
}
