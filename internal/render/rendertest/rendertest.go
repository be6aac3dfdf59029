// Package rendertest holds hand-written architectures for the tests of everything that
// draws or writes one: a shop that is pleasant to look at, one whose every name is
// hostile, one that is empty and one that is large. It is imported by tests only.
package rendertest

import (
	"fmt"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
)

const (
	sub  = "/subscriptions/00000000-0000-0000-0000-000000000001"
	rg   = sub + "/resourcegroups/rg-shop-prod"
	web  = rg + "/providers/microsoft.web/sites/app-shop-storefront"
	api  = rg + "/providers/microsoft.app/containerapps/ca-shop-api"
	work = rg + "/providers/microsoft.web/sites/func-shop-orders"
	sql  = rg + "/providers/microsoft.sql/servers/sql-shop/databases/orders"
	bus  = rg + "/providers/microsoft.servicebus/namespaces/sb-shop/queues/orders"
	redi = rg + "/providers/microsoft.cache/redis/redis-shop"
	blob = rg + "/providers/microsoft.storage/storageaccounts/stshopimages"
	vlt  = rg + "/providers/microsoft.keyvault/vaults/kv-shop"
	plan = rg + "/providers/microsoft.web/serverfarms/plan-shop"
	cae  = rg + "/providers/microsoft.app/managedenvironments/cae-shop"
	srv  = rg + "/providers/microsoft.sql/servers/sql-shop"
	ns   = rg + "/providers/microsoft.servicebus/namespaces/sb-shop"
	fdr  = rg + "/providers/microsoft.network/frontdoors/fd-shop"
	bill = "k8s:aks-billing/apps/Deployment/billing/billing-api"
	bdb  = sub + "/resourcegroups/rg-billing-prod/providers/microsoft.dbforpostgresql/flexibleservers/psql-billing"
	aks  = sub + "/resourcegroups/rg-billing-prod/providers/microsoft.containerservice/managedclusters/aks-billing"
)

const (
	export = "exports/subscription.json"
	state  = "terraform.tfstate"
	kube   = "k8s/billing.yaml"
)

// Contoso is the model of a shop and its billing: two systems with eight containers
// between them, what they talk to, where they run, the resources behind them, and what
// could not be read. Each call returns a new value.
func Contoso() *c4.Model {
	b := &builder{m: c4.Model{
		Format: "c4arch-model", Version: c4.FormatVersion, Name: "Contoso Shop",
		CollectedAt: "2026-03-14T09:26:53Z", Snapshot: canon.Sum([]byte("contoso")),
		Scope: []string{"subscription Contoso Production", "cluster aks-billing"},
		Inputs: []c4.InputSummary{
			{Name: export, Format: "azure resource graph", Resources: 31},
			{Name: state, Format: "terraform state", Resources: 18},
			{Name: kube, Format: "kubernetes", Resources: 6},
			{Name: "notes/old-export.csv", Format: "", Resources: 0},
		},
	}}
	systems(b)
	containers(b)
	nodes(b)
	resources(b)
	relationships(b)
	views(b)
	books(b)
	return &b.m
}

func systems(b *builder) {
	b.add(c4.Element{
		ID: "person:customer", Kind: c4.Person, Name: "Customer", Description: "Buys things, returns some of them.", Rule: "declared", Badges: []string{"declared"}, External: true,
		Evidence: []c4.Evidence{ev("c4arch.yaml", 4, "", "persons[0]")},
	})
	b.add(c4.Element{
		ID: "system:shop", Kind: c4.SoftwareSystem, Name: "Contoso Shop", Description: "Sells products to customers on the web.", Rule: "S3", Owner: "Team Storefront", Tags: []string{"tier-1"},
		Evidence: []c4.Evidence{ev(export, 12, rg, "tags.system")},
	})
	b.add(c4.Element{
		ID: "system:billing", Kind: c4.SoftwareSystem, Name: "Contoso Billing", Description: "Writes invoices and collects what is owed.", Rule: "S5", Owner: "Team Finance",
		Evidence: []c4.Evidence{ev(kube, 3, "k8s:aks-billing/core/Namespace//billing", "")},
	})
	b.add(c4.Element{
		ID: "external:internet", Kind: c4.SoftwareSystem, Name: "Internet", Description: "Anyone who can reach a public address.", External: true, Shape: "internet", Rule: "R31", Badges: []string{"inferred"},
		Evidence: []c4.Evidence{ev(export, 402, fdr, "properties.frontendEndpoints[0].properties.hostName")},
	})
	b.add(c4.Element{
		ID: "external:api.payments.example", Kind: c4.SoftwareSystem, Name: "api.payments.example", Description: "A host named in settings that is not part of what was scanned.", External: true, Rule: "R33", Badges: []string{"unverified"},
		Evidence: []c4.Evidence{ev(export, 228, api, "properties.template.containers[0].env[4].value")},
	})
	b.add(c4.Element{
		ID: "external:entra", Kind: c4.SoftwareSystem, Name: "Microsoft Entra ID", Description: "Signs people and workloads in.", External: true, Rule: "R34",
		Evidence: []c4.Evidence{ev(export, 231, api, "identity.tenantId")},
	})
}

func containers(b *builder) {
	add := func(id, parent, name, technology, shape, description, kind, rule, input string, line int, badges ...string) {
		b.add(c4.Element{
			ID: "container:" + id, Kind: c4.Container, Name: name, Technology: technology, Shape: shape, Description: description,
			Parent: parent, Rule: rule, ResourceType: kind, Badges: badges, Evidence: []c4.Evidence{ev(input, line, id, "")},
		})
	}
	add(web, "system:shop", "app-shop-storefront", "Azure App Service, Node 22", "browser", "Shows products and takes orders.", "microsoft.web/sites", "T3", export, 101, "internet-facing")
	add(api, "system:shop", "ca-shop-api", "Azure Container Apps", "", "The shop's business rules behind one API.", "microsoft.app/containerapps", "T10", export, 204)
	add(work, "system:shop", "func-shop-orders", "Azure Functions, .NET 9", "function", "Works off the orders queue.", "microsoft.web/sites", "T4", export, 151)
	add(sql, "system:shop", "orders", "Azure SQL Database", "database", "Orders and their lines.", "microsoft.sql/servers/databases", "T24", export, 260)
	add(bus, "system:shop", "orders", "Azure Service Bus queue", "queue", "Orders that wait to be worked on.", "microsoft.servicebus/namespaces/queues", "T32", export, 301)
	add(redi, "system:shop", "redis-shop", "Azure Cache for Redis", "cache", "Baskets of people who have not yet paid.", "microsoft.cache/redis", "T29", export, 322)
	add(blob, "system:shop", "stshopimages", "Azure Storage", "storage", "Pictures of products.", "microsoft.storage/storageaccounts", "T30", state, 744)
	add(vlt, "system:shop", "kv-shop", "Azure Key Vault", "secret", "", "microsoft.keyvault/vaults", "T47", state, 802, "content not visible")
	b.m.Elements[len(b.m.Elements)-1].Evidence = append(b.m.Elements[len(b.m.Elements)-1].Evidence, ev(export, 377, vlt, ""))
	add(bill, "system:billing", "billing-api", "Kubernetes Deployment, ghcr.io/contoso/billing:4.2", "", "Invoices by HTTP.", "apps/Deployment", "K1", kube, 14)
	add(bdb, "system:billing", "psql-billing", "Azure Database for PostgreSQL", "database", "Invoices and payments.", "microsoft.dbforpostgresql/flexibleservers", "T26", export, 520)
	b.add(c4.Element{
		ID: "component:" + api + "#web", Kind: c4.Component, Name: "web", Technology: "ghcr.io/contoso/shop-api:2.31", Description: "Answers requests.", Parent: "container:" + api, Rule: "T10",
		Evidence: []c4.Evidence{ev(export, 219, api, "properties.template.containers[0]")},
	})
	b.add(c4.Element{
		ID: "component:" + api + "#envoy", Kind: c4.Component, Name: "envoy", Technology: "envoyproxy/envoy:v1.33", Description: "Sidecar that ends TLS.", Parent: "container:" + api, Rule: "T10",
		Evidence: []c4.Evidence{ev(export, 236, api, "properties.template.containers[1]")},
	})
	b.add(c4.Element{
		ID: "container:appi", Kind: c4.Container, Name: "appi-shop", Technology: "Application Insights", Parent: "system:shop", Rule: "T60", Layer: "observability", HiddenBy: "H2", ResourceType: "microsoft.insights/components",
		Evidence: []c4.Evidence{ev(export, 610, rg+"/providers/microsoft.insights/components/appi-shop", "")},
	})
}

func nodes(b *builder) {
	add := func(id, parent, name, technology, rule string, line int, kind c4.Kind) {
		b.add(c4.Element{ID: "node:" + id, Kind: kind, Name: name, Technology: technology, Parent: parent, Rule: rule, Evidence: []c4.Evidence{ev(export, line, id, "")}})
	}
	add(sub, "", "Contoso Production", "Azure subscription", "D1", 2, c4.DeploymentNode)
	add(rg, "node:"+sub, "rg-shop-prod", "Resource group, West Europe", "D2", 9, c4.DeploymentNode)
	add(plan, "node:"+rg, "plan-shop", "App Service plan P1v3 x 2", "D7", 88, c4.DeploymentNode)
	add(cae, "node:"+rg, "cae-shop", "Container Apps environment", "D12", 190, c4.DeploymentNode)
	add(srv, "node:"+rg, "sql-shop", "Azure SQL server", "D23", 250, c4.DeploymentNode)
	add(ns, "node:"+rg, "sb-shop", "Service Bus namespace", "D31", 290, c4.DeploymentNode)
	add(fdr, "node:"+rg, "fd-shop", "Azure Front Door", "D40", 398, c4.InfrastructureNode)
	add(aks, "node:"+sub, "aks-billing", "Azure Kubernetes Service 1.31", "D13", 480, c4.DeploymentNode)
	place := func(container, node string) {
		b.m.Instances = append(b.m.Instances, c4.Instance{
			Container: "container:" + container, Node: "node:" + node, Environment: "prod", Rule: "I1",
			Evidence: []c4.Evidence{ev(export, 120, container, "properties.serverFarmId")},
		})
	}
	for _, p := range [][2]string{{api, cae}, {blob, rg}, {bus, ns}, {redi, rg}, {sql, srv}, {vlt, rg}, {web, plan}, {work, plan}, {bill, aks}, {bdb, sub}} {
		place(p[0], p[1])
	}
}

func resources(b *builder) {
	add := func(id, parent, name, kind, input string, line int, props string) {
		b.add(c4.Element{
			ID: "resource:" + id, Kind: c4.Resource, Name: name, Technology: kind, ResourceType: kind, Parent: parent, Rule: "L4",
			Evidence: []c4.Evidence{ev(input, line, id, "")}, Properties: canon.Raw(props),
		})
	}
	add(api, "container:"+api, "ca-shop-api", "microsoft.app/containerapps", export, 204,
		`{"identity":{"principalId":"9a3f0a52-0000-4000-8000-000000000007","type":"SystemAssigned"},"location":"westeurope","properties":{"configuration":{"ingress":{"external":true,"fqdn":"ca-shop-api.contoso.example","targetPort":8080,"traffic":[{"latestRevision":true,"weight":100}]},"secrets":[{"name":"sql","value":"secret:hmac-sha256:51f0c2a97c9e4d0fb1a6cc0e8f0d9b37"}]},"managedEnvironmentId":"`+cae+`","template":{"containers":[{"env":[{"name":"SQL_HOST","value":"sql-shop.database.windows.net"},{"name":"REDIS_HOST","value":"redis-shop.redis.cache.windows.net"}],"image":"ghcr.io/contoso/shop-api:2.31","name":"web","resources":{"cpu":0.5,"memory":"1Gi"}},{"image":"envoyproxy/envoy:v1.33","name":"envoy"}],"scale":{"maxReplicas":10,"minReplicas":2,"rules":[]}}},"tags":{"owner":"Team Storefront","system":"shop"}}`)
	add(sql, "container:"+sql, "orders", "microsoft.sql/servers/databases", export, 260,
		`{"properties":{"collation":"SQL_Latin1_General_CP1_CI_AS","maxSizeBytes":268435456000,"zoneRedundant":true},"sku":{"capacity":4,"name":"GP_Gen5"}}`)
	add(vlt, "container:"+vlt, "kv-shop", "microsoft.keyvault/vaults", export, 377,
		`{"properties":{"enableRbacAuthorization":true,"enableSoftDelete":true,"networkAcls":{"bypass":"AzureServices","defaultAction":"Deny","ipRules":[]}}}`)
	add(vlt+"@terraform", "container:"+vlt, "azurerm_key_vault.shop", "azurerm_key_vault", state, 802,
		`{"enable_rbac_authorization":true,"name":"kv-shop","purge_protection_enabled":true,"serial":{"$number":"9007199254740993"}}`)
	add(bill, "container:"+bill, "billing-api", "apps/Deployment", kube, 14,
		`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"billing-api","namespace":"billing"},"spec":{"replicas":3,"template":{"spec":{"containers":[{"image":"ghcr.io/contoso/billing:4.2","name":"api"}]}}}}`)
}

func relationships(b *builder) {
	c := func(id string) string { return "container:" + id }
	b.rel("person:customer", "external:internet", "browses with", "HTTPS", "declared", c4.Certain, ev("c4arch.yaml", 9, "", "relationships[0]"))
	b.rel("external:internet", c(web), "reaches", "HTTPS", "R31", c4.Certain, ev(export, 402, fdr, "properties.frontendEndpoints[0].properties.hostName"))
	b.rel(c(web), c(api), "calls", "HTTPS", "R24", c4.High, ev(export, 133, web, "properties.siteConfig.appSettings[2].value"))
	b.rel(c(web), c(blob), "shows pictures from", "HTTPS", "R24", c4.High, ev(export, 137, web, "properties.siteConfig.appSettings[5].value"))
	b.rel(c(api), c(sql), "reads and writes", "TDS over TLS", "R21", c4.High, ev(export, 225, api, "properties.template.containers[0].env[0].value"), ev(state, 611, api, "template.container[0].env[0].value"))
	b.rel(c(api), c(redi), "keeps baskets in", "RESP over TLS", "R21", c4.High, ev(export, 226, api, "properties.template.containers[0].env[1].value"))
	b.rel(c(api), c(bus), "sends orders to", "AMQP 1.0", "R4", c4.May, ev(export, 702, rg+"/providers/microsoft.authorization/roleassignments/a1", "properties.roleDefinitionId"))
	b.rel(c(work), c(bus), "receives orders from", "AMQP 1.0", "R21", c4.Certain, ev(export, 168, work, "properties.siteConfig.appSettings[0].value"))
	b.rel(c(work), c(sql), "writes", "TDS over TLS", "R24", c4.High, ev(export, 170, work, "properties.siteConfig.appSettings[1].value"))
	b.rel(c(api), c(vlt), "reads secrets from", "HTTPS", "R4", c4.May, ev(export, 710, rg+"/providers/microsoft.authorization/roleassignments/a2", "properties.roleDefinitionId"))
	b.rel(c(api), "external:api.payments.example", "takes payments through", "HTTPS", "R33", c4.High, ev(export, 228, api, "properties.template.containers[0].env[4].value"))
	b.rel(c(api), "external:entra", "signs in with", "OpenID Connect", "R34", c4.Certain, ev(export, 231, api, "identity.tenantId"))
	b.rel(c(work), c(bill), "asks for an invoice from", "HTTPS", "R24", c4.High, ev(export, 173, work, "properties.siteConfig.appSettings[3].value"))
	b.rel(c(bill), c(bdb), "reads and writes", "PostgreSQL over TLS", "K2", c4.High, ev(kube, 41, bill, "spec.template.spec.containers[0].env[1].value"))
	b.rel("component:"+api+"#envoy", "component:"+api+"#web", "forwards to", "HTTP", "T10", c4.Certain, ev(export, 236, api, "properties.template.containers[1]"))
	b.rel("component:"+api+"#web", c(sql), "reads and writes", "TDS over TLS", "R21", c4.High, ev(export, 225, api, "properties.template.containers[0].env[0].value"))
}

func views(b *builder) {
	outside := []string{"person:customer", "external:internet", "external:api.payments.example", "external:entra"}
	with := func(more ...string) []string { return append(append([]string{}, outside...), more...) }
	shop := []string{"container:" + web, "container:" + api, "container:" + work, "container:" + sql, "container:" + bus, "container:" + redi, "container:" + blob, "container:" + vlt}
	b.view("landscape", c4.Landscape, "Contoso Shop: all systems", "", with("system:shop", "system:billing")...)
	b.view("l1-shop", c4.Context, "Contoso Shop in its surroundings", "system:shop", with("system:shop", "system:billing")...)
	b.view("l1-billing", c4.Context, "Contoso Billing in its surroundings", "system:billing", "system:shop", "system:billing")
	b.view("l2-shop", c4.Containers, "Inside Contoso Shop", "system:shop", with(append([]string{"system:shop", "system:billing"}, shop...)...)...)
	b.view("l2-billing", c4.Containers, "Inside Contoso Billing", "system:billing", "system:shop", "system:billing", "container:"+bill, "container:"+bdb)
	b.view("l3-shop-api", c4.Components, "Inside ca-shop-api", "container:"+api, "container:"+api, "component:"+api+"#web", "component:"+api+"#envoy", "container:"+sql)
	for _, l := range [][2]string{{"l4-shop-api", api}, {"l4-orders-database", sql}, {"l4-billing-api", bill}} {
		b.view(l[0], c4.Resources, "Resources behind "+l[1][lastSlash(l[1])+1:], "container:"+l[1], "container:"+l[1], "resource:"+l[1])
	}
	b.view("l4-key-vault", c4.Resources, "Resources behind kv-shop", "container:"+vlt, "container:"+vlt, "resource:"+vlt, "resource:"+vlt+"@terraform")
	b.view("deploy-prod", c4.Deployment, "Where production runs", "", "node:"+sub, "node:"+rg, "node:"+plan, "node:"+cae, "node:"+srv, "node:"+ns, "node:"+fdr, "node:"+aks)
	v := &b.m.Views[len(b.m.Views)-1]
	for _, i := range b.m.Instances {
		v.Elements = append(v.Elements, i.Container)
		v.Nodes = append(v.Nodes, c4.Node{ID: i.Node + "|" + i.Container, Element: i.Container, Parent: i.Node})
	}
}

func lastSlash(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '/' {
			return i
		}
	}
	return -1
}

func books(b *builder) {
	ref := func(o c4.Outcome, line int, resource, property, value, rule, reason string, targets ...string) c4.Reference {
		return c4.Reference{Evidence: ev(export, line, resource, property), Value: value, Outcome: o, Rule: rule, Reason: reason, Targets: targets}
	}
	b.m.Account = c4.Account{
		Found: 47, Shown: 16, Nested: 21, Hidden: 6, Unresolved: 3, Ambiguous: 1, Counted: 46, Uncounted: 0,
		ByRule: []c4.RuleCount{
			{Rule: "D7", Outcome: c4.Nested, Count: 21},
			{Rule: "H2", Outcome: c4.Hidden, Count: 6},
			{Rule: "R21", Outcome: c4.Shown, Count: 6},
			{Rule: "R24", Outcome: c4.Ambiguous, Count: 1},
			{Rule: "R24", Outcome: c4.Shown, Count: 10},
		},
		References: []c4.Reference{
			ref(c4.Unresolved, 139, web, "properties.siteConfig.appSettings[7].value", "mail.contoso.example", "", "the host is not that of any scanned resource"),
			ref(c4.Unresolved, 232, api, "properties.configuration.registries[0].server", "crshared.azurecr.io", "R20", "the registry is not part of what was scanned"),
			ref(c4.Unresolved, 415, fdr, "properties.backendPools[1].backends[0].address", "legacy.contoso.example", "R31", "the host is not that of any scanned resource"),
			ref(c4.Ambiguous, 174, work, "properties.siteConfig.appSettings[4].value", "cache", "R24", "two resources are called so", redi, rg+"/providers/microsoft.cache/redis/cache"),
			ref(c4.Hidden, 140, web, "properties.siteConfig.appSettings[9].value", "appi-shop", "H2", "telemetry is drawn in the observability layer", rg+"/providers/microsoft.insights/components/appi-shop"),
		},
	}
	b.m.NotRead = []evidence.NotRead{
		{Kind: evidence.InputNotUnderstood, Input: "notes/old-export.csv", Reason: "no reader knows this format", Help: "export as JSON: az graph query --output json"},
		{Kind: evidence.TypeWithoutRule, Input: export, Line: 640, Thing: "microsoft.quantum/workspaces", Reason: "no rule maps this type", Count: 2},
		{Kind: evidence.PropertyWithheld, Input: export, Line: 151, Thing: work + " properties.siteConfig.appSettings", Reason: "the Reader role cannot list app settings", Help: "grant Microsoft.Web/sites/config/list/action, or scan the Terraform state as well"},
	}
	for _, id := range []string{"D1", "D2", "D7", "D12", "D13", "D23", "D31", "D40", "H2", "I1", "K1", "K2", "L4", "R21", "R24", "R31", "R33", "R34", "R4", "S3", "S5", "T10", "T24", "T26", "T29", "T3", "T30", "T32", "T4", "T47", "T60", "declared"} {
		b.m.Rules = append(b.m.Rules, c4.Rule{ID: id, Reason: fmt.Sprintf("Rule %s: what the evidence says makes this so.", id), Source: "https://c4model.com/"})
	}
	b.m.Rules[14].Reason = "A setting that holds the host name of exactly one scanned resource is a call to it."
	b.m.Rules[14].Source = "Azure App Service reference, site settings"
}
