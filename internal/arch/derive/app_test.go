package derive

// Applications and their settings: R1, R3, R21, R22, R24 to R26, R34, P2.
var appFixtures = []fixture{
	{
		rule: "R1 R3",
		arm: `[{"id":"@Microsoft.Web/sites/shop","kind":"app,linux","properties":{"serverFarmId":"@Microsoft.Web/serverFarms/plan"}},
			{"id":"@Microsoft.Web/serverFarms/plan","properties":{"hostingEnvironmentProfile":{"id":"@Microsoft.Web/hostingEnvironments/ase"}}},
			{"id":"@Microsoft.Web/hostingEnvironments/ase","properties":{"virtualNetwork":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/ase-net"}}},
			{"id":"@Microsoft.Web/sites/shop/slots/staging","kind":"app","properties":{"serverFarmId":"@Microsoft.Web/serverFarms/plan"}},
			{"id":"@Microsoft.Network/virtualNetworks/vnet","properties":{"subnets":[{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/ase-net","name":"ase-net"}]}}]`,
		want: `shop on plan (R1)
			plan in ase
			ase in ase-net
			staging in shop`,
	},
	{
		rule: "R1 R3", name: "terraform",
		tf: `{"azurerm_linux_web_app.shop":{"id":"@Microsoft.Web/sites/shop","name":"shop","service_plan_id":"@Microsoft.Web/serverFarms/plan"},
			"azurerm_service_plan.plan":{"id":"@Microsoft.Web/serverFarms/plan","name":"plan","app_service_environment_id":"@Microsoft.Web/hostingEnvironments/ase"},
			"azurerm_app_service_environment_v3.ase":{"id":"@Microsoft.Web/hostingEnvironments/ase","name":"ase","subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/ase-net"},
			"azurerm_subnet.s":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/ase-net","name":"ase-net"}}`,
		want: `shop on plan (R1)
			plan in ase
			ase in ase-net`,
	},
	{
		rule: "R1", name: "the plan is not there",
		arm:  `[{"id":"@Microsoft.Web/sites/shop","properties":{"serverFarmId":"@Microsoft.Web/serverFarms/plan"}}]`,
		want: `unresolved R1 shop properties.serverFarmId`,
	},
	{
		rule: "R14 H-LEVEL4", name: "custom domain in a zone",
		arm: `[{"id":"@Microsoft.Cdn/profiles/fd","name":"fd"},{"id":"@Microsoft.Cdn/profiles/fd/customDomains/d","properties":{"azureDnsZone":{"id":"@Microsoft.Network/dnszones/contoso.com"}}},{"id":"@Microsoft.Network/dnszones/contoso.com"},
			{"id":"@Microsoft.Web/sites/s","properties":{"serverFarmId":"@Microsoft.Web/serverFarms/p"}},{"id":"@Microsoft.Web/serverFarms/p"}]`,
		want: `fd --is named in--> contoso.com (certain R14) hidden`,
	},
	{
		rule: "R21 R22 X1",
		arm: `[{"id":"@Microsoft.App/containerApps/api","properties":{"managedEnvironmentId":"@Microsoft.App/managedEnvironments/cae","configuration":{"ingress":{"fqdn":"api.happy.westeurope.azurecontainerapps.io","external":true},"registries":[{"server":"acr.azurecr.io"}],"secrets":[{"name":"s","keyVaultUrl":"https://kv.vault.azure.net/secrets/s"}]},
				"template":{"containers":[{"name":"api","image":"acr.azurecr.io/api:1.2","env":[{"name":"SQL","value":"Server=tcp:sql.database.windows.net,1433;Initial Catalog=orders"},{"name":"RATES_URL","value":"https://rates.example.org/daily"},{"name":"WORKER_URL","value":"http://worker:8080"},{"name":"GONE_URL","value":"http://gone:80"}]}],
				"scale":{"rules":[{"name":"q","custom":{"type":"azure-servicebus","metadata":{"queueName":"orders","namespace":"bus"}}}]}}}},
			{"id":"@Microsoft.App/containerApps/worker","properties":{"managedEnvironmentId":"@Microsoft.App/managedEnvironments/cae"}},
			{"id":"@Microsoft.App/managedEnvironments/cae","properties":{"vnetConfiguration":{"infrastructureSubnetId":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps"},"appLogsConfiguration":{"logAnalyticsConfiguration":{"customerId":"0f0e0d0c-1111-4222-8333-444444444444"}}}},
			{"id":"@Microsoft.OperationalInsights/workspaces/logs","properties":{"customerId":"0f0e0d0c-1111-4222-8333-444444444444"}},
			{"id":"@Microsoft.ContainerRegistry/registries/acr","properties":{"loginServer":"acr.azurecr.io"}},
			{"id":"@Microsoft.KeyVault/vaults/kv","properties":{"vaultUri":"https://kv.vault.azure.net/"}},
			{"id":"@Microsoft.Sql/servers/sql","properties":{"fullyQualifiedDomainName":"sql.database.windows.net"}},{"id":"@Microsoft.Sql/servers/sql/databases/orders-db"},{"id":"@Microsoft.Sql/servers/sql/databases/orders"},
			{"id":"@Microsoft.ServiceBus/namespaces/bus"},{"id":"@Microsoft.ServiceBus/namespaces/bus/queues/orders"},
			{"id":"@Microsoft.Network/virtualNetworks/vnet","properties":{"subnets":[{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps","name":"apps"}]}}]`,
		want: `api on cae (R21)
			api --pulls images from--> acr (certain R21)
			api --reads secrets from--> kv (certain R21)
			api --reads from and writes to--> orders (high R21)
			api --calls--> rates.example.org (high R21)
			api --calls--> worker (high R21)
			api --is triggered by--> orders (high R21)
			unresolved R21 api properties.template.containers[0].env[3].value
			rates.example.org is "unverified"
			cae in apps
			cae --logs to--> logs (certain R22) observability
			Internet --reaches--> api (high I1)`,
	},
	{
		rule: "R21 R22", name: "terraform",
		tf: `{"azurerm_container_app.api":{"id":"@Microsoft.App/containerApps/api","name":"api","container_app_environment_id":"@Microsoft.App/managedEnvironments/cae","registry":[{"server":"acr.azurecr.io"}],"secret":[{"name":"s","key_vault_secret_id":"https://kv.vault.azure.net/secrets/s"}],"ingress":[{"external_enabled":true,"fqdn":"api.happy.westeurope.azurecontainerapps.io"}],"template":[{"container":[{"name":"api","image":"acr.azurecr.io/api:1.2","env":[{"name":"RATES_URL","value":"https://rates.example.org/daily"}]}],"custom_scale_rule":[{"name":"q","custom_rule_type":"azure-servicebus","metadata":{"queueName":"jobs","namespace":"bus"}}]}]},
			"azurerm_container_app_environment.cae":{"id":"@Microsoft.App/managedEnvironments/cae","name":"cae","infrastructure_subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps","log_analytics_workspace_id":"@Microsoft.OperationalInsights/workspaces/logs"},
			"azurerm_log_analytics_workspace.logs":{"id":"@Microsoft.OperationalInsights/workspaces/logs","name":"logs"},
			"azurerm_container_registry.acr":{"id":"@Microsoft.ContainerRegistry/registries/acr","name":"acr","login_server":"acr.azurecr.io"},
			"azurerm_key_vault.kv":{"id":"@Microsoft.KeyVault/vaults/kv","name":"kv","vault_uri":"https://kv.vault.azure.net/"},
			"azurerm_servicebus_namespace.bus":{"id":"@Microsoft.ServiceBus/namespaces/bus","name":"bus"},
			"azurerm_servicebus_queue.jobs":{"id":"@Microsoft.ServiceBus/namespaces/bus/queues/jobs","name":"jobs","namespace_id":"@Microsoft.ServiceBus/namespaces/bus"},
			"azurerm_subnet.apps":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps","name":"apps"}}`,
		want: `api on cae (R21)
			api --pulls images from--> acr (certain R21)
			api --reads secrets from--> kv (certain R21)
			api --calls--> rates.example.org (high R21)
			api --is triggered by--> jobs (high R21)
			cae in apps
			cae --logs to--> logs (certain R22) observability`,
	},
	{
		rule: "R24 R26",
		arm: `[{"id":"@Microsoft.Web/sites/shop/config/appsettings","properties":{"Db__fullyQualifiedNamespace":"bus.servicebus.windows.net","Vault":"@Microsoft.KeyVault(VaultName=kv;SecretName=s)","Rates":"https://rates.example.org"}},
			{"id":"@Microsoft.Web/sites/shop","kind":"app","properties":{"siteConfig":{"appSettings":[{"name":"Redis","value":"cache.redis.cache.windows.net:6380,ssl=True"},{"name":"Store","value":"DefaultEndpointsProtocol=https;AccountName=store;EndpointSuffix=core.windows.net"}],"connectionStrings":[{"name":"Db","connectionString":"Server=tcp:sql.database.windows.net,1433;Database=orders"}]},"someNewProperty":"https://kv2.vault.azure.net/"}},
			{"id":"@Microsoft.ServiceBus/namespaces/bus"},{"id":"@Microsoft.KeyVault/vaults/kv"},{"id":"@Microsoft.KeyVault/vaults/kv2","properties":{"vaultUri":"https://kv2.vault.azure.net/"}},{"id":"@Microsoft.Cache/redis/cache","properties":{"hostName":"cache.redis.cache.windows.net"}},{"id":"@Microsoft.Storage/storageAccounts/store"},
			{"id":"@Microsoft.Sql/servers/sql"},{"id":"@Microsoft.Sql/servers/sql/databases/orders"}]`,
		want: `shop --exchanges messages through--> Queues of bus (high R24)
			shop --reads secrets from--> kv (high R24)
			shop --calls--> rates.example.org (high R24)
			shop --reads from and writes to--> cache (high R24)
			shop --reads from and writes to--> store (high R24)
			shop --reads from and writes to--> orders (high R24)
			shop --refers to--> kv2 (high R26)`,
	},
	{
		rule: "R24", name: "terraform",
		tf: `{"azurerm_linux_web_app.shop":{"id":"@Microsoft.Web/sites/shop","name":"shop","app_settings":{"Blob__blobServiceUri":"https://store.blob.core.windows.net","Cosmos__accountEndpoint":"https://cosmos.documents.azure.com:443/","ApplicationInsights":"InstrumentationKey=aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee;IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/"},"connection_string":[{"name":"Db","type":"SQLAzure","value":"Server=tcp:sql.database.windows.net,1433;Initial Catalog=orders;Authentication=Active Directory Default"}]},
			"azurerm_storage_account.store":{"id":"@Microsoft.Storage/storageAccounts/store","name":"store","primary_blob_endpoint":"https://store.blob.core.windows.net/"},
			"azurerm_cosmosdb_account.cosmos":{"id":"@Microsoft.DocumentDB/databaseAccounts/cosmos","name":"cosmos","endpoint":"https://cosmos.documents.azure.com:443/"},
			"azurerm_application_insights.ai":{"id":"@Microsoft.Insights/components/ai","name":"ai","instrumentation_key":"aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"},
			"azurerm_mssql_server.sql":{"id":"@Microsoft.Sql/servers/sql","name":"sql","fully_qualified_domain_name":"sql.database.windows.net"},
			"azurerm_mssql_database.orders":{"id":"@Microsoft.Sql/servers/sql/databases/orders","name":"orders","server_id":"@Microsoft.Sql/servers/sql"}}`,
		want: `shop --reads from and writes to--> store (high R24)
			shop --reads from and writes to--> cosmos (high R24)
			shop --reads from and writes to--> orders (high R24)`,
	},
	{
		rule: "R24", name: "two things answer to one host",
		arm: `[{"id":"@Microsoft.Web/sites/a","properties":{"hostNames":["www.contoso.com"]}},{"id":"@Microsoft.Web/sites/b","properties":{"hostNames":["www.contoso.com"]}},
			{"id":"@Microsoft.Web/sites/c","properties":{"siteConfig":{"appSettings":[{"name":"U","value":"https://www.contoso.com"}]}}}]`,
		want: `ambiguous R24 c properties.siteConfig.appSettings[0].value
			! c --calls--> a (high R24)
			! c --calls--> b (high R24)`,
	},
	{
		rule: "R25",
		arm: `[{"id":"@Microsoft.Web/sites/shop","kind":"app,linux,container","tags":{"hidden-link: /app-insights-resource-id":"@Microsoft.Insights/components/ai"},"identity":{"type":"UserAssigned"},"properties":{"siteConfig":{"linuxFxVersion":"DOCKER|acr.azurecr.io/shop:1"},"keyVaultReferenceIdentity":"@Microsoft.ManagedIdentity/userAssignedIdentities/id"}},
			{"id":"@Microsoft.Web/sites/f","kind":"functionapp,linux","properties":{"functionAppConfig":{"deployment":{"storage":{"type":"blobContainer","value":"https://store.blob.core.windows.net/app-package"}}}}},
			{"id":"@Microsoft.Storage/storageAccounts/store","properties":{"primaryEndpoints":{"blob":"https://store.blob.core.windows.net/"}}},{"id":"@Microsoft.Storage/storageAccounts/store/blobServices/default/containers/app-package"},
			{"id":"@Microsoft.Insights/components/ai"},{"id":"@Microsoft.ContainerRegistry/registries/acr","properties":{"loginServer":"acr.azurecr.io"}},{"id":"@Microsoft.ManagedIdentity/userAssignedIdentities/id"}]`,
		want: `shop --pulls images from--> acr (high R25)
			shop --sends telemetry to--> ai (high R25) observability
			f --is deployed from--> store (high R25)
			hidden R25 shop properties.keyVaultReferenceIdentity`,
	},
	{
		rule: "R25", name: "terraform",
		tf: `{"azurerm_linux_web_app.shop":{"id":"@Microsoft.Web/sites/shop","name":"shop","tags":{"hidden-link: /app-insights-resource-id":"@Microsoft.Insights/components/ai"},"site_config":[{"linux_fx_version":"DOCKER|acr.azurecr.io/shop:1","application_stack":[{"docker_image_name":"shop:1","docker_registry_url":"https://acr.azurecr.io"}]}],"key_vault_reference_identity_id":"@Microsoft.ManagedIdentity/userAssignedIdentities/id"},
			"azurerm_application_insights.ai":{"id":"@Microsoft.Insights/components/ai","name":"ai"},
			"azurerm_container_registry.acr":{"id":"@Microsoft.ContainerRegistry/registries/acr","name":"acr","login_server":"acr.azurecr.io"},
			"azurerm_user_assigned_identity.id":{"id":"@Microsoft.ManagedIdentity/userAssignedIdentities/id","name":"id"}}`,
		want: `shop --pulls images from--> acr (high R25)
			shop --sends telemetry to--> ai (high R25) observability
			hidden R25 shop key_vault_reference_identity_id`,
	},
	{
		rule: "R25", name: "mounted share",
		tf: `{"azurerm_linux_web_app.shop":{"id":"@Microsoft.Web/sites/shop","name":"shop","storage_account":[{"account_name":"files","share_name":"x","type":"AzureFiles"}]},
			"azurerm_storage_account.files":{"id":"@Microsoft.Storage/storageAccounts/files","name":"files","primary_blob_endpoint":"https://files.blob.core.windows.net/"}}`,
		want: `shop --reads from and writes to--> files (high R25)`,
	},
	{
		rule: "R34",
		arm: `[{"id":"@Microsoft.Logic/workflows/flow","properties":{"parameters":{"$connections":{"value":{"sb":{"connectionId":"@Microsoft.Web/connections/servicebus","id":"/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Web/locations/westeurope/managedApis/servicebus"}}}},"definition":{"actions":{"call":{"type":"Http","inputs":{"uri":"https://erp.example.com/orders"}},"fn":{"type":"Function","inputs":{"function":{"id":"@Microsoft.Web/sites/f/functions/price"}}}}}}},
			{"id":"@Microsoft.Web/connections/servicebus","properties":{"api":{"id":"/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Web/locations/westeurope/managedApis/servicebus"}}},
			{"id":"@Microsoft.Web/sites/f","kind":"functionapp"},{"id":"@Microsoft.Web/sites/f/functions/price","properties":{"function_app_id":"@Microsoft.Web/sites/f"}}]`,
		want: `flow --calls--> erp.example.com (high R34)
			flow --calls--> price (high R34)
			flow --calls--> resource servicebus (high R34) hidden
			price in f`,
	},
	{
		rule: "P2",
		arm:  `[{"id":"@Microsoft.Web/sites/f","kind":"functionapp"},{"id":"@Microsoft.Web/sites/f/functions/price","properties":{"function_app_id":"@Microsoft.Web/sites/f"}}]`,
		want: `price in f
			price: component "Azure Function" M4`,
	},
	{
		rule: "P2", name: "terraform",
		tf: `{"azurerm_storage_account.store":{"id":"@Microsoft.Storage/storageAccounts/store","name":"store"},
			"azurerm_storage_container.c":{"id":"@Microsoft.Storage/storageAccounts/store/blobServices/default/containers/c","name":"c","storage_account_id":"@Microsoft.Storage/storageAccounts/store"},
			"azurerm_storage_queue.q":{"id":"https://store.queue.core.windows.net/q","name":"q","resource_manager_id":"@Microsoft.Storage/storageAccounts/store/queueServices/default/queues/q","storage_account_name":"store"}}`,
		want: `c in store
			q: container "Azure Storage queue" M30
			! store --uses--> store (high R26)`,
	},
}
