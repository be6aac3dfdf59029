package derive

// Systems, externals, and what people say: S-*, X1, I1, I2, O1, D-*, H-OVERLAY.
var systemFixtures = []fixture{
	{
		rule: "S-TAG",
		arm:  `[{"id":"@Microsoft.Web/sites/shop","tags":{"Application":"Online Shop"}},{"id":"@Microsoft.Web/sites/admin","tags":{"azd-env-name":"backoffice"}}]`,
		want: `shop in Online Shop
			admin in backoffice
			Online Shop: softwareSystem "" S-TAG`,
	},
	{
		rule: "S-TAG", name: "Kubernetes label",
		kube: "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, namespace: web, labels: {app.kubernetes.io/part-of: Boutique, app: x}}\nspec: {template: {spec: {containers: [{name: a, image: a}]}}}\n",
		want: `a in Boutique`,
	},
	{
		rule: "S-ROOT",
		tf:   `{"azurerm_linux_web_app.shop":{"id":"@Microsoft.Web/sites/shop","name":"shop"}}`,
		want: `shop in test
			test: softwareSystem "" S-ROOT`,
	},
	{
		rule: "S-GROUP D-SCOPE",
		arm:  `[{"id":"@Microsoft.Web/sites/shop"}]`,
		want: `rg-shop: softwareSystem "" S-GROUP
			shop in rg-shop
			shop on rg-shop (D-SCOPE)
			rg-shop in 00000000-0000-0000-0000-000000000001`,
	},
	{
		rule: "S-NAMESPACE D-NAMESPACE",
		kube: deployShop,
		want: `web: softwareSystem "" S-NAMESPACE
			shop on web (D-NAMESPACE)
			web in Kubernetes cluster`,
	},
	{
		rule: "S-SHARED",
		arm: `[{"id":"@Microsoft.KeyVault/vaults/kv","properties":{"vaultUri":"https://kv.vault.azure.net/"}},
			{"id":"@Microsoft.Web/sites/a","tags":{"system":"A"},"properties":{"siteConfig":{"appSettings":[{"name":"V","value":"https://kv.vault.azure.net"}]}}},
			{"id":"@Microsoft.Web/sites/b","tags":{"system":"B"},"properties":{"siteConfig":{"appSettings":[{"name":"V","value":"https://kv.vault.azure.net"}]}}}]`,
		want: `kv in Shared platform
			Shared platform: softwareSystem "" S-SHARED`,
	},
	{
		rule: "I1", name: "persons are not invented",
		arm: `[{"id":"@Microsoft.Web/sites/shop","properties":{"publicNetworkAccess":"Enabled"}},{"id":"@Microsoft.Web/sites/inner","properties":{"publicNetworkAccess":"Disabled"}}]`,
		want: `Internet --reaches--> shop (high I1)
			Internet is "inferred"
			! Internet --reaches--> inner (high I1)`,
	},
	{
		rule: "I2",
		arm: `[{"id":"@Microsoft.Network/frontDoors/fd","properties":{"frontendEndpoints":[{"properties":{"hostName":"www.contoso.com"}}],"backendPools":[{"properties":{"backends":[{"address":"shop.azurewebsites.net"}]}}]}},
			{"id":"@Microsoft.Web/sites/shop","properties":{"defaultHostName":"shop.azurewebsites.net"}},
			{"id":"@Microsoft.Web/sites/client","properties":{"siteConfig":{"appSettings":[{"name":"U","value":"https://www.contoso.com/x"}]}}}]`,
		want: `client --calls--> fd (high R24)
			client --calls through fd--> shop (high I2)`,
	},
	{
		rule: "X1", name: "Entra ID",
		arm: `[{"id":"@Microsoft.Web/sites/shop","properties":{"siteConfig":{"appSettings":[{"name":"Authority","value":"https://login.microsoftonline.com/common/v2.0"},{"name":"Local","value":"http://localhost:8080"},{"name":"File","value":"config.production.yaml"}]}}}]`,
		want: `shop --calls--> Microsoft Entra ID (high R24)
			! localhost is "unverified"
			! config.production.yaml is "unverified"`,
	},
	{
		rule: "O1 H-OVERLAY",
		arm:  `[{"id":"@Microsoft.Web/sites/shop","tags":{"tier":"front"},"properties":{"siteConfig":{"appSettings":[{"name":"P","value":"https://api.payments.example/v1"}]}}},{"id":"@Microsoft.Web/sites/old"},{"id":"@Microsoft.Sql/servers/sql"},{"id":"@Microsoft.Sql/servers/sql/databases/orders"}]`,
		overlay: `
version: 1
name: Contoso
owner: platform-team
persons: [{key: customer, name: Customer}]
systems:
- {key: shop, name: Online Shop, owner: shop-team, members: [{tag: tier=front}, {id: "*/databases/orders"}]}
- {key: erp, name: ERP}
externals: [{key: payments, name: Payment Provider, hosts: ["*.payments.example"]}]
elements: [{key: orders, match: {id: "*/databases/orders"}, name: Orders, technology: SQL, description: Paid orders.}]
relationships:
- {source: customer, target: shop, description: Buys from}
- {source: orders, target: erp, description: Is exported to}
hidden: [{match: {id: "*/sites/old"}, reason: gone soon}]
environments: [{name: production, members: [{scope: "*/rg-shop"}]}]
`,
		want: `shop in Online Shop
			Orders in Online Shop
			Orders: container "SQL" M24
			Customer --Buys from--> Online Shop (certain O1)
			Orders --Is exported to--> ERP (certain O1)
			shop --calls--> Payment Provider (high R24)
			Payment Provider is "declared"
			Customer: person "" O1
			old: container "Azure App Service" M3 hidden (H-OVERLAY)`,
	},
}
