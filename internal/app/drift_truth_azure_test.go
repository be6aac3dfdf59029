package app

import (
	"slices"
	"strings"
	"testing"
)

const (
	graph       = "azure/resource-graph.json"
	assignments = "azure/role-assignments.json"
	subscribed  = "/subscriptions/11111111-1111-1111-1111-111111111111"
)

// contoso is the example, with a cluster that some may reach and that has no accounts of its own.
func contoso(t testing.TB) *sources {
	e := estateOf(t, example)
	all(
		prop("aks-contoso", "apiServerAccessProfile", decoded(`{"enablePrivateCluster":false,"authorizedIPRanges":["198.51.100.0/24"]}`)),
		prop("aks-contoso", "disableLocalAccounts", true),
	)(e)
	return e
}

// row is a path in the answer of Resource Graph.
func row(name, path string) string {
	if path == "" {
		return "data[name=" + name + "]"
	}
	return "data[name=" + name + "]." + path
}

func prop(name, path string, value any) func(*sources) {
	return put(graph, row(name, "properties."+path), value)
}

// drop takes rows away, as a complete answer without them.
func drop(file string, names ...string) func(*sources) {
	return in(file, func(doc any) any {
		m := doc.(map[string]any)
		m["data"] = slices.DeleteFunc(m["data"].([]any), func(r any) bool { return slices.Contains(names, r.(map[string]any)["name"].(string)) })
		m["count"], m["totalRecords"] = len(m["data"].([]any)), len(m["data"].([]any))
		return m
	})
}

// addRows adds rows, as a complete answer.
func addRows(file string, texts ...string) func(*sources) {
	return in(file, func(doc any) any {
		m := doc.(map[string]any)
		for _, t := range texts {
			m["data"] = append(m["data"].([]any), decoded(t))
		}
		m["count"], m["totalRecords"] = len(m["data"].([]any)), len(m["data"].([]any))
		return m
	})
}

// assigned is a row of authorizationresources.
func assigned(name, scope, role, principal, kind string) string {
	return `{"id":"` + scope + `/providers/Microsoft.Authorization/RoleAssignments/` + name + `","name":"` + name +
		`","type":"microsoft.authorization/roleassignments","properties":{"roleDefinitionId":"/providers/Microsoft.Authorization/RoleDefinitions/` + role +
		`","principalId":"` + principal + `","principalType":"` + kind + `","scope":"` + scope + `"}}`
}

const (
	roleOwner  = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
	roleReader = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
)

// azureNoise is what differs between two answers about the same things.
func azureNoise(e *sources) {
	change := in(graph, func(doc any) any {
		return every(doc, "", func(name string, v any) any {
			switch s, ok := v.(string); {
			case !ok:
			case name == "provisioningState" || name == "status" && s == "Succeeded":
				return "Updating"
			case name == "resourceGroup":
				return strings.ToUpper(s)
			case name == "location" && s == "westeurope":
				return "West Europe"
			case name == "type" && strings.HasPrefix(strings.ToLower(s), "microsoft."):
				return strings.ToLower(s)
			case strings.HasPrefix(s, subscribed+"/resourceGroups/"):
				return strings.ToLower(s)
			}
			if list, ok := v.([]any); ok && name != "data" {
				if slices.ContainsFunc(list, func(x any) bool { m, _ := x.(map[string]any); return m["name"] != nil || m["id"] != nil }) {
					slices.Reverse(list)
				}
			}
			return v
		})
	})
	change(e)
	with(graph, "data", func(v any) any {
		for _, r := range v.([]any) {
			if p, ok := r.(map[string]any)["properties"].(map[string]any); ok {
				p["etag"], p["lastModifiedTimeUtc"] = `W/"1"`, "2026-01-30T10:00:00"
			}
		}
		slices.Reverse(v.([]any))
		return v
	})(e)
}

var contosoTruth = truth{name: "contoso", make: contoso, labels: []label{
	{"nothing", func(*sources) {}, nil, 0},
	{"another answer about the same things", azureNoise, nil, 0},
	{"ports and booleans written otherwise", all(
		prop("nsg-endpoints", "securityRules[name=deny-rest].properties.destinationPortRange", "0-65535"),
		prop("stcontosolabels", "allowBlobPublicAccess", "False"),
	), nil, 0},

	// Dangerous.
	{
		"everybody may reach SQL Server", prop("nsg-endpoints", "securityRules[name=allow-web].properties.sourceAddressPrefix", "*"),
		[]string{"critical loosened changed nsg-endpoints allow-web"},
		2,
	},
	{
		"two halves of the Internet may use SSH", push(graph, row("nsg-aks", "properties.securityRules"), decoded(`{"name":"temp","properties":{"protocol":"Tcp",
		"sourcePortRange":"*","destinationPortRanges":["20-25","8080"],"sourceAddressPrefixes":["0.0.0.0/1","128.0.0.0/1"],"destinationAddressPrefix":"*","access":"Allow","priority":200,"direction":"Inbound"}}`)),
		[]string{"critical loosened changed nsg-aks temp"},
		2,
	},
	{
		"all that is inside gets in, since the default rules allow it", prop("nsg-endpoints", "securityRules[name=deny-rest]", absent),
		[]string{"medium loosened changed nsg-endpoints"},
		2,
	},
	{"blobs may be public", prop("stcontosoproducts", "allowBlobPublicAccess", true), []string{"critical loosened changed stcontosoproducts allowBlobPublicAccess"}, 2},
	{"old TLS", prop("stcontosoorders", "minimumTlsVersion", "TLS1_0"), []string{"critical loosened changed stcontosoorders minimumTlsVersion"}, 2},
	{"plain HTTP", prop("app-contoso-shop", "httpsOnly", false), []string{"critical loosened changed app-contoso-shop httpsOnly"}, 2},
	{"keys of a store again", prop("stcontosolabels", "allowSharedKeyAccess", true), []string{"critical loosened changed stcontosolabels allowSharedKeyAccess"}, 2},
	{"keys of the bus again", prop("sb-contoso-shop", "disableLocalAuth", false), []string{"critical loosened changed sb-contoso-shop disableLocalAuth"}, 2},
	{"admin user of the registry", prop("crcontoso", "adminUserEnabled", true), []string{"critical loosened changed crcontoso adminUserEnabled"}, 2},
	{"purge protection off", prop("kv-contoso-shop", "enablePurgeProtection", absent), []string{"critical loosened changed kv-contoso-shop enablePurgeProtection"}, 2},
	{
		"vault opened to all", all(prop("kv-contoso-shop", "publicNetworkAccess", "Enabled"), prop("kv-contoso-shop", "networkAcls.defaultAction", "Allow")),
		[]string{"critical loosened changed kv-contoso-shop"},
		2,
	},
	{"SQL Server opened with a rule for all", all(
		prop("sql-contoso-shop", "publicNetworkAccess", "Enabled"),
		addRows(graph, `{"id":"`+subscribed+`/resourceGroups/rg-shop-prod/providers/Microsoft.Sql/servers/sql-contoso-shop/firewallRules/all","name":"all","type":"microsoft.sql/servers/firewallrules","resourceGroup":"rg-shop-prod","properties":{"startIpAddress":"0.0.0.0","endIpAddress":"255.255.255.255"}}`),
	), []string{"critical loosened added|changed sql-contoso-shop"}, 2},
	{"the API of the cluster opened", prop("aks-contoso", "apiServerAccessProfile.authorizedIPRanges", decoded("[]")), []string{"critical loosened changed aks-contoso"}, 2},
	{"container app on the Internet", prop("ca-fulfilment-api", "configuration.ingress.external", true), []string{"critical|high loosened changed ca-fulfilment-api external"}, 2},
	{"a firewall that only watches", prop("wafcontoso", "policySettings.mode", "Detection"), []string{"critical|high loosened changed wafcontoso mode"}, 2},
	{
		"subnet without its network security group", prop("vnet-contoso", "subnets[name=snet-aks].properties.networkSecurityGroup", absent),
		[]string{"critical|high loosened changed vnet-contoso snet-aks"},
		2,
	},
	{"web app leaves the network", prop("app-contoso-shop", "virtualNetworkSubnetId", nil), []string{
		"critical|high loosened changed app-contoso-shop virtualNetworkSubnetId",
		"?medium neutral removed snet-web",
	}, 2},
	{
		"owner of the subscription", addRows(assignments, assigned("99999999-0000-0000-0000-000000000001", subscribed, roleOwner, "00000000-0000-0000-0000-0000000009ff", "User")),
		[]string{"critical loosened added 99999999-0000-0000-0000-000000000001"},
		2,
	},
	{"local accounts of the cluster", prop("aks-contoso", "disableLocalAccounts", false), []string{"critical|high loosened changed aks-contoso disableLocalAccounts"}, 2},
	{"passwords in PostgreSQL", prop("psql-contoso-fulfilment", "authConfig.passwordAuth", "Enabled"), []string{"critical|high loosened changed psql-contoso passwordAuth"}, 2},
	{"database gone", drop(graph, "catalogue"), []string{"critical loosened|neutral removed catalogue", "?medium|low neutral removed catalogue"}, 2},
	{"vault gone", drop(graph, "kv-contoso-shop"), []string{"critical loosened|neutral removed kv-contoso-shop"}, 2},
	{"private endpoint gone", drop(graph, "pe-sql-contoso-shop"), []string{"critical|high loosened removed pe-sql-contoso-shop"}, 2},
	{"no audit of the vault", in("azure/diagnostic-settings.json", func(doc any) any {
		v := doc.(map[string]any)
		v["value"] = slices.DeleteFunc(v["value"].([]any), func(x any) bool {
			return strings.Contains(x.(map[string]any)["id"].(string), "kv-contoso-shop")
		})
		return v
	}), []string{"critical|high loosened|neutral removed kv-contoso-shop"}, 2},
	{
		"calls a new host", push(graph, row("ca-fulfilment-api", "properties.template.containers[name=api].env"), decoded(`{"name":"UPLOAD_URL","value":"https://upload.fabrikam.example/in"}`)),
		[]string{"high|critical loosened|neutral added upload.fabrikam.example", "?medium neutral changed ca-fulfilment-api UPLOAD_URL"},
		2,
	},

	// In between.
	{"a zone less", prop("psql-contoso-fulfilment", "highAvailability.mode", "Disabled"), []string{"high|medium loosened changed psql-contoso highAvailability"}, 2},
	{"fewer copies", put(graph, row("stcontosolabels", "sku.name"), "Standard_LRS"), []string{"high|medium loosened changed stcontosolabels sku"}, 2},
	{"logs kept for a shorter time", prop("log-contoso", "retentionInDays", 30), []string{"high|medium loosened changed log-contoso retention"}, 2},
	{
		"another image", prop("ca-fulfilment-api", "template.containers[name=api].image", "crcontoso.azurecr.io/fulfilment/api:3.9.0"),
		[]string{"medium neutral changed ca-fulfilment-api image"},
		2,
	},
	{"another runtime", prop("app-contoso-shop", "siteConfig.linuxFxVersion", "NODE|24-lts"), []string{"medium neutral changed app-contoso-shop linuxFxVersion"}, 2},
	{
		"another version of the cluster", all(prop("aks-contoso", "kubernetesVersion", "1.34"), prop("aks-contoso", "currentKubernetesVersion", "1.34.1")),
		[]string{"medium neutral changed aks-contoso kubernetesVersion"},
		2,
	},
	{"a bigger network", push(graph, row("vnet-contoso", "properties.addressSpace.addressPrefixes"), "10.21.0.0/16"), []string{"medium neutral changed vnet-contoso addressPrefixes"}, 2},
	{"another next hop", prop("rt-egress", "routes[name=to-firewall].properties.nextHopIpAddress", "10.10.0.9"), []string{"medium|high * changed rt-egress to-firewall"}, 2},
	{"of another system", put(graph, row("redis-contoso-shop", "tags.system"), "fulfilment"), []string{
		"medium neutral changed redis-contoso-shop system",
		"?medium neutral moved redis-contoso-shop",
	}, 2},
	{
		"a store that nobody approved", addRows(graph, `{"id":"`+subscribed+`/resourceGroups/rg-shop-prod/providers/Microsoft.Storage/storageAccounts/stcontosotemp","name":"stcontosotemp",
		"type":"microsoft.storage/storageaccounts","location":"westeurope","resourceGroup":"rg-shop-prod","sku":{"name":"Standard_LRS","tier":"Standard"},"tags":{"environment":"production","owner":"shop-team"},
		"properties":{"supportsHttpsTrafficOnly":true,"minimumTlsVersion":"TLS1_2","allowBlobPublicAccess":false,"allowSharedKeyAccess":false,"publicNetworkAccess":"Disabled","networkAcls":{"defaultAction":"Deny"}}}`),
		[]string{"medium neutral added stcontosotemp"},
		2,
	},
	{
		"reader of a group", addRows(assignments, assigned("99999999-0000-0000-0000-000000000002", subscribed+"/resourceGroups/rg-shop-prod", roleReader, "00000000-0000-0000-0000-0000000009fe", "Group")),
		[]string{"medium|low neutral added 99999999-0000-0000-0000-000000000002"},
		-1,
	},

	// Moves.
	{"store in another group", with(graph, row("stcontosolabels", ""), func(v any) any {
		m := v.(map[string]any)
		m["id"], m["resourceGroup"] = strings.Replace(m["id"].(string), "rg-fulfilment-prod", "rg-platform-prod", 1), "rg-platform-prod"
		return m
	}), []string{
		"medium neutral moved stcontosolabels",
		// Role assignments do not follow: what they allow now leads nowhere that is known.
		"?medium neutral added rg-fulfilment-prod", "?medium neutral added rg-fulfilment-prod", "?medium neutral removed Labels", "?medium neutral removed Labels",
	}, 2},

	// Harmless.
	{"another owner", put(graph, row("redis-contoso-shop", "tags.owner"), "basket-team"), []string{"low neutral changed redis-contoso-shop tags.owner"}, 0},
	{"who is woken at night", prop("ag-oncall", "emailReceivers[name=on-call].emailAddress", "night@contoso.example"), []string{"low neutral changed ag-oncall emailAddress"}, 0},
	{
		"a bigger plan", all(put(graph, row("plan-shop", "sku.name"), "P2v3"), put(graph, row("plan-shop", "sku.size"), "P2v3")),
		[]string{"low neutral|tightened changed plan-shop sku"},
		0,
	},
	{"more nodes within the range", prop("aks-contoso", "agentPoolProfiles[name=apps].count", 7), nil, 0},
	{"patch of the cluster", prop("aks-contoso", "currentKubernetesVersion", "1.33.5"), nil, 0},
	{"always on", prop("app-contoso-shop", "siteConfig.alwaysOn", true), []string{"low * changed app-contoso-shop alwaysOn"}, 0},
	{"what Azure adds in a new API version", prop("sb-contoso-shop", "premiumMessagingPartitions", 1), []string{"low neutral changed sb-contoso-shop premiumMessagingPartitions"}, 0},

	// Improvements.
	{"registry closed", prop("crcontoso", "publicNetworkAccess", "Disabled"), []string{"low tightened changed crcontoso"}, 0},
	{"store closed", all(prop("stcontosoorders", "networkAcls.defaultAction", "Deny")), []string{"low tightened changed stcontosoorders"}, 0},
	{"newer TLS", prop("redis-contoso-shop", "minimumTlsVersion", "1.3"), []string{"low tightened changed redis-contoso-shop minimumTlsVersion"}, 0},
	{"fewer may reach the cluster", prop("nsg-aks", "securityRules[name=allow-front-door]", absent), []string{"low tightened changed nsg-aks"}, 0},
	{"a right taken away", drop(assignments, "00000000-0000-0000-0000-000000000301"), []string{"low|medium tightened|neutral removed 000000000301", "?medium|low neutral removed *"}, -1},

	// What cannot be read is never clean, and never gone.
	{"the cluster's manifests are not there", func(e *sources) {
		for name := range e.files {
			if strings.HasPrefix(name, "kubernetes/") {
				delete(e.files, name)
			}
		}
	}, nil, 3},
	{"the export is broken off", func(e *sources) { e.files[graph] = e.files[graph][:len(e.files[graph])/2] }, nil, 3},
	{"the export is one page of two", in(graph, func(doc any) any {
		m := doc.(map[string]any)
		m["data"], m["count"], m["$skipToken"] = m["data"].([]any)[:30], 30, "x"
		return m
	}), nil, 3},
}}
