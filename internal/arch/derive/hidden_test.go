package derive

// What is accounted for and not drawn, and what nobody reads: A0, U0, T1, H-*.
var hiddenFixtures = []fixture{
	{
		rule: "U0",
		arm:  `[{"id":"@Microsoft.Web/sites/shop","properties":{"brandNewProperty":{"resource":"@Microsoft.KeyVault/vaults/kv"}}},{"id":"@Microsoft.KeyVault/vaults/kv"}]`,
		want: `unresolved U0 shop properties.brandNewProperty.resource
			! shop --refers to--> kv (certain T1)`,
	},
	{
		rule: "A0",
		arm:  `[{"id":"@Microsoft.Web/sites/shop","properties":{"brandNewProperty":{"resource":"@Microsoft.KeyVault/vaults/elsewhere"}}}]`,
		want: `unresolved A0 shop properties.brandNewProperty.resource`,
	},
	{
		rule: "T1",
		tf: `{"azurerm_linux_web_app.shop":{"id":"@Microsoft.Web/sites/shop","name":"shop","brand_new_id":"@Microsoft.KeyVault/vaults/kv"},
			"azurerm_key_vault.kv":{"id":"@Microsoft.KeyVault/vaults/kv","name":"kv"}}`,
		want: `shop --refers to (brand new)--> kv (certain T1)`,
	},
	{
		rule: "T1 M71", name: "another cloud",
		tf: `{"oci_functions_function.f":{"id":"ocid1.fnfunc.oc1.eu-frankfurt-1.aaaaaaaaorders","application_id":"ocid1.fnapp.oc1.eu-frankfurt-1.aaaaaaaashop"},
			"oci_functions_application.a":{"id":"ocid1.fnapp.oc1.eu-frankfurt-1.aaaaaaaashop","display_name":"shop"}}`,
		want: `resource f --refers to (application)--> resource a (certain T1)
			resource f is "unmapped"`,
	},
	{
		rule: "H-SELF H-PLATFORM",
		arm:  `[{"id":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop","name":"rg-shop"},{"id":"@Microsoft.Web/sites/shop","resourceGroup":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop","properties":{"x":"/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Web/locations/westeurope/managedApis/sql"}}]`,
		want: `hidden H-PLATFORM shop properties.x
			hidden H-SELF shop resourceGroup`,
	},
	{
		rule: "H-SCOPE",
		arm:  `[{"id":"@Microsoft.Web/sites/shop","properties":{"x":"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-other"}}]`,
		want: `hidden H-SCOPE shop properties.x`,
	},
	{
		rule: "H-MANAGED",
		arm:  `[{"id":"@Microsoft.Network/networkInterfaces/nic","managedBy":"@Microsoft.Compute/virtualMachines/vm"},{"id":"@Microsoft.Compute/virtualMachines/vm"}]`,
		want: `resource nic in vm`,
	},
	{
		rule: "H-SAME",
		arm:  `[{"id":"@Microsoft.Web/sites/shop","properties":{"siteConfig":{"appSettings":[{"name":"A","value":"https://shop-staging.azurewebsites.net"}]}}},{"id":"@Microsoft.Web/sites/shop/slots/staging","properties":{"defaultHostName":"shop-staging.azurewebsites.net"}}]`,
		want: `hidden H-SAME shop properties.siteConfig.appSettings[0].value`,
	},
	{
		rule: "H-NAME",
		kube: cartService + deployShop + "      hostname: cart\n",
		want: `hidden H-NAME shop spec.template.spec.hostname`,
	},
	{
		rule: "H-OBSERVABILITY",
		tf: `{"azurerm_linux_web_app.shop":{"id":"@Microsoft.Web/sites/shop","name":"shop"},
			"azurerm_monitor_diagnostic_setting.d":{"id":"@Microsoft.Web/sites/shop|d","name":"d","target_resource_id":"@Microsoft.Web/sites/shop","log_analytics_workspace_id":"@Microsoft.OperationalInsights/workspaces/logs"},
			"azurerm_log_analytics_workspace.logs":{"id":"@Microsoft.OperationalInsights/workspaces/logs","name":"logs"}}`,
		want: `shop --logs to--> logs (certain R27) observability`,
	},
}
