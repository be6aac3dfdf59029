package app

import (
	"strings"
	"testing"

	"c4arch/internal/arch/drift"
)

const (
	expenses = "/subscriptions/66666666-6666-6666-6666-666666666666/resourceGroups/rg-expenses-prod"
	liveFile = "live.json"
)

// liveRow is a row of Resource Graph, as Azure writes it: with much that no code says.
func liveRow(typ, name, rest string) string {
	id := expenses + "/providers/" + typ + "/" + name
	if parent, child, ok := strings.Cut(name, "/"); ok {
		ns, kind, _ := strings.Cut(typ, "/")
		a, b, _ := strings.Cut(kind, "/")
		id, name = expenses+"/providers/"+ns+"/"+a+"/"+parent+"/"+b+"/"+child, child
	}
	return `{"id":"` + id + `","name":"` + name + `","type":"` + strings.ToLower(typ) + `","tenantId":"aaaabbbb-0000-cccc-1111-dddd2222eeee","location":"northeurope",
		"resourceGroup":"rg-expenses-prod","subscriptionId":"66666666-6666-6666-6666-666666666666","managedBy":"","plan":null,"zones":null,"extendedLocation":null,
		"tags":{"system":"expenses","environment":"prod"},` + rest + `}`
}

func liveSite(name, access string) string {
	return liveRow("Microsoft.Web/sites", "app-expenses-prod-"+name, `"kind":"app,linux","sku":null,"identity":{"type":"UserAssigned","userAssignedIdentities":{"`+expenses+
		`/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-expenses-prod-`+name+`":{"clientId":"00000000-0000-0000-0000-000000000a01","principalId":"00000000-0000-0000-0000-000000000b01"}}},
		"properties":{"state":"Running","hostNames":["app-expenses-prod-`+name+`.azurewebsites.net"],"enabled":true,"availabilityState":"Normal","usageState":"Normal","serverFarmId":"`+expenses+`/providers/Microsoft.Web/serverfarms/asp-expenses-prod",
		"reserved":true,"isXenon":false,"hyperV":false,"httpsOnly":true,"clientAffinityEnabled":false,"clientCertEnabled":false,"clientCertMode":"Required","containerSize":0,"dailyMemoryTimeQuota":0,"redundancyMode":"None",
		"publicNetworkAccess":"`+access+`","virtualNetworkSubnetId":"`+expenses+`/providers/Microsoft.Network/virtualNetworks/vnet-expenses-prod/subnets/snet-apps","vnetRouteAllEnabled":false,"vnetImagePullEnabled":false,
		"defaultHostName":"app-expenses-prod-`+name+`.azurewebsites.net","keyVaultReferenceIdentity":"SystemAssigned","storageAccountRequired":false,"outboundIpAddresses":"20.1.1.1","inboundIpAddress":"20.1.1.9",
		"siteConfig":{"numberOfWorkers":1,"linuxFxVersion":"","acrUseManagedIdentityCreds":false,"alwaysOn":false,"http20Enabled":false,"functionAppScaleLimit":0,"minimumElasticInstanceCount":0}}`)
}

func liveIdentity(name string) string {
	return liveRow("Microsoft.ManagedIdentity/userAssignedIdentities", "id-expenses-prod-"+name, `"sku":null,"identity":null,"properties":{"tenantId":"aaaabbbb-0000-cccc-1111-dddd2222eeee","clientId":"00000000-0000-0000-0000-000000000a01","principalId":"00000000-0000-0000-0000-000000000b01"}`)
}

func liveSubnet(name, prefix, more string) string {
	return `{"name":"` + name + `","id":"` + expenses + `/providers/Microsoft.Network/virtualNetworks/vnet-expenses-prod/subnets/` + name + `","type":"Microsoft.Network/virtualNetworks/subnets",
		"properties":{"addressPrefix":"` + prefix + `","provisioningState":"Succeeded","privateEndpointNetworkPolicies":"Disabled","privateLinkServiceNetworkPolicies":"Enabled","delegations":[` + more + `]}}`
}

// expensesLive is the example's code as it is after it was applied.
func expensesLive(t testing.TB) *sources {
	e := &sources{t, map[string][]byte{}}
	for name, b := range estateOf(t, "../../examples/terraform").files {
		e.files["infra/"+name] = b
	}
	list := []string{
		liveRow("Microsoft.Network/virtualNetworks", "vnet-expenses-prod", `"sku":null,"identity":null,"properties":{"provisioningState":"Succeeded","resourceGuid":"7f1f0000-0000-0000-0000-000000000001","addressSpace":{"addressPrefixes":["10.60.0.0/16"]},
			"subnets":[`+liveSubnet("snet-apps", "10.60.0.0/24", "")+`,`+liveSubnet("snet-endpoints", "10.60.1.0/24", "")+`],"virtualNetworkPeerings":[],"enableDdosProtection":false,"encryption":{"enabled":false,"enforcement":"AllowUnencrypted"}}`),
		liveRow("Microsoft.Web/serverfarms", "asp-expenses-prod", `"kind":"linux","identity":null,"sku":{"name":"P1v3","tier":"PremiumV3","size":"P1v3","family":"Pv3","capacity":1},
			"properties":{"provisioningState":"Succeeded","status":"Ready","reserved":true,"numberOfSites":2,"numberOfWorkers":1,"maximumNumberOfWorkers":30,"perSiteScaling":false,"elasticScaleEnabled":false,"zoneRedundant":false,"geoRegion":"North Europe","subscription":"66666666-6666-6666-6666-666666666666"}`),
		liveRow("Microsoft.Sql/servers", "sql-expenses-prod", `"kind":"v12.0","sku":null,"identity":null,"properties":{"administratorLogin":"CloudSA1a2b3c4d","version":"12.0","state":"Ready","fullyQualifiedDomainName":"sql-expenses-prod.database.windows.net",
			"publicNetworkAccess":"Disabled","minimalTlsVersion":"1.2","restrictOutboundNetworkAccess":"Disabled","externalGovernanceStatus":"Disabled","administrators":{"administratorType":"ActiveDirectory","principalType":"Group","login":"expenses-operations","sid":"00000000-0000-0000-0000-000000000066","tenantId":"aaaabbbb-0000-cccc-1111-dddd2222eeee","azureADOnlyAuthentication":true},
			"privateEndpointConnections":[{"id":"`+expenses+`/providers/Microsoft.Sql/servers/sql-expenses-prod/privateEndpointConnections/pe-1","properties":{"provisioningState":"Ready","privateEndpoint":{"id":"`+expenses+`/providers/Microsoft.Network/privateEndpoints/pe-sql-expenses-prod"},"privateLinkServiceConnectionState":{"status":"Approved","description":"Auto-approved","actionsRequired":"None"}}}]}`),
		strings.Replace(liveRow("Microsoft.Sql/servers/databases", "sql-expenses-prod/expenses", `"kind":"v12.0,user","identity":null,"sku":{"name":"Standard","tier":"Standard","capacity":10},"properties":{"collation":"SQL_Latin1_General_CP1_CI_AS","maxSizeBytes":268435456000,"status":"Online","databaseId":"00000000-0000-0000-0000-00000000aaaa","creationDate":"2026-01-01T00:00:00Z",
			"currentServiceObjectiveName":"S0","requestedServiceObjectiveName":"S0","defaultSecondaryLocation":"westeurope","catalogCollation":"SQL_Latin1_General_CP1_CI_AS","zoneRedundant":false,"readScale":"Disabled","requestedBackupStorageRedundancy":"Geo","currentBackupStorageRedundancy":"Geo","isLedgerOn":false,"isInfraEncryptionEnabled":false}`),
			`"tags":{"system":"expenses","environment":"prod"}`, `"tags":{}`, 1),
		liveRow("Microsoft.Network/privateEndpoints", "pe-sql-expenses-prod", `"sku":null,"identity":null,"properties":{"provisioningState":"Succeeded","resourceGuid":"7f1f0000-0000-0000-0000-000000000002","customNetworkInterfaceName":"","ipConfigurations":[],"manualPrivateLinkServiceConnections":[],
			"privateLinkServiceConnections":[{"name":"sql","id":"`+expenses+`/providers/Microsoft.Network/privateEndpoints/pe-sql-expenses-prod/privateLinkServiceConnections/sql","properties":{"provisioningState":"Succeeded","privateLinkServiceId":"`+expenses+`/providers/Microsoft.Sql/servers/sql-expenses-prod","groupIds":["sqlServer"],"privateLinkServiceConnectionState":{"status":"Approved","description":"Auto-approved","actionsRequired":"None"}}}],
			"subnet":{"id":"`+expenses+`/providers/Microsoft.Network/virtualNetworks/vnet-expenses-prod/subnets/snet-endpoints"},"networkInterfaces":[{"id":"`+expenses+`/providers/Microsoft.Network/networkInterfaces/pe-sql-expenses-prod.nic.1"}],"customDnsConfigs":[{"fqdn":"sql-expenses-prod.database.windows.net","ipAddresses":["10.60.1.4"]}]}`),
		liveRow("Microsoft.KeyVault/vaults", "kv-expenses-prod", `"sku":null,"identity":null,"properties":{"sku":{"family":"A","name":"Standard"},"tenantId":"aaaabbbb-0000-cccc-1111-dddd2222eeee","accessPolicies":[],"enabledForDeployment":false,"enabledForDiskEncryption":false,"enabledForTemplateDeployment":false,
			"enableSoftDelete":true,"softDeleteRetentionInDays":90,"enableRbacAuthorization":false,"vaultUri":"https://kv-expenses-prod.vault.azure.net/","provisioningState":"Succeeded","publicNetworkAccess":"Enabled"}`),
		liveSite("web", "Enabled"), liveSite("api", "Disabled"), liveIdentity("web"), liveIdentity("api"),
	}
	e.files[liveFile] = []byte(`{"totalRecords":10,"count":10,"data":[` + strings.Join(list, ",\n") + `]}`)
	return e
}

var codeTruth = truth{name: "code", make: expensesLive, before: []string{"infra"}, after: []string{liveFile}, mode: drift.ModeCode, labels: []label{
	// Code of Terraform and an export are read in different forms: what exists is compared, and a note says that properties are not.
	{"as applied", func(*sources) {}, nil, 0},
	{
		"made by hand", addRows(liveFile, liveRow("Microsoft.Storage/storageAccounts", "stexpensestemp", `"sku":{"name":"Standard_LRS","tier":"Standard"},"identity":null,"properties":{"allowBlobPublicAccess":false,"minimumTlsVersion":"TLS1_2","supportsHttpsTrafficOnly":true,"publicNetworkAccess":"Disabled"}`)),
		[]string{"medium neutral added stexpensestemp"},
		2,
	},
	{"taken away by hand", drop(liveFile, "kv-expenses-prod"), []string{"critical|high|medium * removed kv-expenses-prod"}, 2},
}}
