package derive

// Data, messages and logs: R20, R25, R27 to R30, R33, M26-CON, M24-MASTER, M30-RUNTIME.
var dataFixtures = []fixture{
	{
		rule: "R20",
		arm: `[{"id":"@Microsoft.EventHub/namespaces/hubs"},{"id":"@Microsoft.EventHub/namespaces/hubs/eventhubs/clicks","properties":{"captureDescription":{"destination":{"properties":{"storageAccountResourceId":"@Microsoft.Storage/storageAccounts/lake"}}}}},{"id":"@Microsoft.Storage/storageAccounts/lake"},
			{"id":"@Microsoft.ServiceBus/namespaces/bus"},{"id":"@Microsoft.ServiceBus/namespaces/bus/queues/in","properties":{"forwardTo":"out"}},{"id":"@Microsoft.ServiceBus/namespaces/bus/queues/out","properties":{"forwardTo":"nowhere"}}]`,
		want: `clicks --captures to--> lake (certain R20)
			in --forwards to--> out (certain R20)
			unresolved R20 out properties.forwardTo
			clicks on hubs (P1)`,
	},
	{
		rule: "R20", name: "terraform",
		tf: `{"azurerm_eventhub_namespace.hubs":{"id":"@Microsoft.EventHub/namespaces/hubs","name":"hubs"},
			"azurerm_eventhub.clicks":{"id":"@Microsoft.EventHub/namespaces/hubs/eventhubs/clicks","name":"clicks","namespace_id":"@Microsoft.EventHub/namespaces/hubs","capture_description":[{"destination":[{"storage_account_id":"@Microsoft.Storage/storageAccounts/lake"}]}]},
			"azurerm_storage_account.lake":{"id":"@Microsoft.Storage/storageAccounts/lake","name":"lake"},
			"azurerm_servicebus_namespace.bus":{"id":"@Microsoft.ServiceBus/namespaces/bus","name":"bus"},
			"azurerm_servicebus_queue.in":{"id":"@Microsoft.ServiceBus/namespaces/bus/queues/in","name":"in","namespace_id":"@Microsoft.ServiceBus/namespaces/bus","forward_to":"out"},
			"azurerm_servicebus_topic.out":{"id":"@Microsoft.ServiceBus/namespaces/bus/topics/out","name":"out","namespace_id":"@Microsoft.ServiceBus/namespaces/bus"}}`,
		want: `clicks --captures to--> lake (certain R20)
			in --forwards to--> out (certain R20)`,
	},
	{
		rule: "R27",
		arm: `[{"id":"@Microsoft.KeyVault/vaults/kv/providers/Microsoft.Insights/diagnosticSettings/d","properties":{"workspaceId":"@Microsoft.OperationalInsights/workspaces/logs","storageAccountId":"@Microsoft.Storage/storageAccounts/archive","eventHubAuthorizationRuleId":"@Microsoft.EventHub/namespaces/hubs/authorizationRules/root"}},
			{"id":"@Microsoft.KeyVault/vaults/kv"},{"id":"@Microsoft.OperationalInsights/workspaces/logs"},{"id":"@Microsoft.Storage/storageAccounts/archive"},{"id":"@Microsoft.EventHub/namespaces/hubs"}]`,
		want: `kv --logs to--> logs (certain R27) observability
			kv --logs to--> Queues of hubs (certain R27) observability
			resource archive: resource "microsoft.storage/storageaccounts" M30-RUNTIME
			! archive: container "Azure Storage" M30`,
	},
	{
		rule: "R27", name: "terraform",
		tf: `{"azurerm_monitor_diagnostic_setting.d":{"id":"@Microsoft.KeyVault/vaults/kv|d","name":"d","target_resource_id":"@Microsoft.KeyVault/vaults/kv","log_analytics_workspace_id":"@Microsoft.OperationalInsights/workspaces/logs"},
			"azurerm_key_vault.kv":{"id":"@Microsoft.KeyVault/vaults/kv","name":"kv"},
			"azurerm_log_analytics_workspace.logs":{"id":"@Microsoft.OperationalInsights/workspaces/logs","name":"logs"}}`,
		want: `kv --logs to--> logs (certain R27) observability`,
	},
	{
		rule: "R27", name: "flow log",
		arm: `[{"id":"@Microsoft.Network/networkWatchers/nw/flowLogs/fl","properties":{"targetResourceId":"@Microsoft.Network/networkSecurityGroups/nsg","storageId":"@Microsoft.Storage/storageAccounts/flows","flowAnalyticsConfiguration":{"networkWatcherFlowAnalyticsConfiguration":{"workspaceResourceId":"@Microsoft.OperationalInsights/workspaces/logs"}}}},
			{"id":"@Microsoft.Network/networkSecurityGroups/nsg"},{"id":"@Microsoft.Storage/storageAccounts/flows"},{"id":"@Microsoft.OperationalInsights/workspaces/logs"}]`,
		want: `resource fl --watches--> resource nsg (certain R27) observability
			resource fl --logs to--> logs (certain R27) observability
			! flows: container "Azure Storage" M30`,
	},
	{
		rule: "R28",
		arm: `[{"id":"@Microsoft.Insights/components/ai","properties":{"WorkspaceResourceId":"@Microsoft.OperationalInsights/workspaces/logs"}},{"id":"@Microsoft.OperationalInsights/workspaces/logs"},
			{"id":"@Microsoft.Insights/metricAlerts/cpu","properties":{"scopes":["@Microsoft.Web/sites/shop"],"actions":[{"actionGroupId":"@Microsoft.Insights/actionGroups/oncall"}]}},
			{"id":"@Microsoft.Insights/actionGroups/oncall"},
			{"id":"@Microsoft.Insights/autoscaleSettings/scale","properties":{"targetResourceUri":"@Microsoft.Web/serverFarms/plan","profiles":[{"rules":[{"metricTrigger":{"metricResourceUri":"@Microsoft.Web/serverFarms/plan"}}]}]}},
			{"id":"@Microsoft.Web/serverFarms/plan"},{"id":"@Microsoft.Web/sites/shop"}]`,
		want: `ai --stores telemetry in--> logs (certain R28) observability
			resource cpu --watches--> shop (certain R28) observability
			resource cpu --tells--> resource oncall (certain R28) observability
			resource scale --watches--> plan (certain R28) observability`,
	},
	{
		rule: "R28", name: "terraform",
		tf: `{"azurerm_application_insights.ai":{"id":"@Microsoft.Insights/components/ai","name":"ai","workspace_id":"@Microsoft.OperationalInsights/workspaces/logs"},
			"azurerm_log_analytics_workspace.logs":{"id":"@Microsoft.OperationalInsights/workspaces/logs","name":"logs"},
			"azurerm_monitor_metric_alert.cpu":{"id":"@Microsoft.Insights/metricAlerts/cpu","name":"cpu","scopes":["@Microsoft.Web/sites/shop"],"action":[{"action_group_id":"@Microsoft.Insights/actionGroups/oncall"}]},
			"azurerm_monitor_action_group.oncall":{"id":"@Microsoft.Insights/actionGroups/oncall","name":"oncall"},
			"azurerm_linux_web_app.shop":{"id":"@Microsoft.Web/sites/shop","name":"shop"}}`,
		want: `ai --stores telemetry in--> logs (certain R28) observability
			resource cpu --watches--> shop (certain R28) observability
			resource cpu --tells--> resource oncall (certain R28) observability`,
	},
	{
		rule: "R29 M24-MASTER P1",
		arm: `[{"id":"@Microsoft.Sql/servers/sql","properties":{"fullyQualifiedDomainName":"sql.database.windows.net"}},
			{"id":"@Microsoft.Sql/servers/sql/databases/orders","properties":{"elasticPoolId":"@Microsoft.Sql/servers/sql/elasticPools/pool"}},
			{"id":"@Microsoft.Sql/servers/sql/databases/stock","properties":{}},
			{"id":"@Microsoft.Sql/servers/sql/databases/master"},
			{"id":"@Microsoft.Sql/servers/sql/elasticPools/pool"},
			{"id":"@Microsoft.Sql/servers/far/databases/orders-replica","properties":{"sourceDatabaseId":"@Microsoft.Sql/servers/sql/databases/orders","createMode":"Secondary"}},{"id":"@Microsoft.Sql/servers/far"},
			{"id":"@Microsoft.Sql/servers/sql/failoverGroups/fg","properties":{"partnerServers":[{"id":"@Microsoft.Sql/servers/far"}],"databases":["@Microsoft.Sql/servers/sql/databases/orders"]}}]`,
		want: `orders on pool (R29)
			stock on sql (P1)
			pool in sql
			orders --replicates to--> orders-replica (certain R29)
			sql --fails over to--> far (certain R29)
			hidden R29 fg properties.databases[0]
			! master: container "Azure SQL Database" M24
			resource master: resource "microsoft.sql/servers/databases" M24-MASTER`,
	},
	{
		rule: "R29 P2", name: "terraform",
		tf: `{"azurerm_mssql_server.sql":{"id":"@Microsoft.Sql/servers/sql","name":"sql"},
			"azurerm_mssql_database.orders":{"id":"@Microsoft.Sql/servers/sql/databases/orders","name":"orders","server_id":"@Microsoft.Sql/servers/sql","elastic_pool_id":"@Microsoft.Sql/servers/sql/elasticPools/pool"},
			"azurerm_mssql_elasticpool.pool":{"id":"@Microsoft.Sql/servers/sql/elasticPools/pool","name":"pool"},
			"azurerm_mssql_database.replica":{"id":"@Microsoft.Sql/servers/far/databases/replica","name":"replica","server_id":"@Microsoft.Sql/servers/far","creation_source_database_id":"@Microsoft.Sql/servers/sql/databases/orders"},
			"azurerm_mssql_server.far":{"id":"@Microsoft.Sql/servers/far","name":"far"},
			"azurerm_mssql_failover_group.fg":{"id":"@Microsoft.Sql/servers/sql/failoverGroups/fg","name":"fg","server_id":"@Microsoft.Sql/servers/sql","databases":["@Microsoft.Sql/servers/sql/databases/orders"],"partner_server":[{"id":"@Microsoft.Sql/servers/far"}]}}`,
		want: `orders on pool (R29)
			orders --replicates to--> replica (certain R29)
			hidden R29 fg databases[0]`,
	},
	{
		rule: "R30 M26-CON",
		arm: `[{"id":"@Microsoft.DBforPostgreSQL/flexibleServers/pg","properties":{"network":{"delegatedSubnetResourceId":"@Microsoft.Network/virtualNetworks/vnet/subnets/data","privateDnsZoneArmResourceId":"@Microsoft.Network/privateDnsZones/z.postgres.database.azure.com"}}},
			{"id":"@Microsoft.DBforPostgreSQL/flexibleServers/copy","properties":{"sourceServerResourceId":"@Microsoft.DBforPostgreSQL/flexibleServers/pg"}},
			{"id":"@Microsoft.DBforMySQL/flexibleServers/my","properties":{"network":{"delegatedSubnetResourceId":"@Microsoft.Network/virtualNetworks/vnet/subnets/data","privateDnsZoneResourceId":"@Microsoft.Network/privateDnsZones/z.postgres.database.azure.com"}}},
			{"id":"@Microsoft.Network/privateDnsZones/z.postgres.database.azure.com"},
			{"id":"@Microsoft.Network/virtualNetworks/vnet","properties":{"subnets":[{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/data","name":"data"}]}}]`,
		want: `pg in data
			my in data
			Databases on pg on pg (M26-CON)
			Databases on pg is "content not visible"
			Databases on pg --replicates to--> Databases on copy (certain R30)
			Databases on pg --is registered in--> resource z.postgres.database.azure.com (certain R30) hidden
			Databases on my --is registered in--> resource z.postgres.database.azure.com (certain R30) hidden`,
	},
	{
		rule: "R30", name: "terraform",
		tf: `{"azurerm_postgresql_flexible_server.pg":{"id":"@Microsoft.DBforPostgreSQL/flexibleServers/pg","name":"pg","delegated_subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/data","private_dns_zone_id":"@Microsoft.Network/privateDnsZones/z.postgres.database.azure.com"},
			"azurerm_postgresql_flexible_server_database.orders":{"id":"@Microsoft.DBforPostgreSQL/flexibleServers/pg/databases/orders","name":"orders","server_id":"@Microsoft.DBforPostgreSQL/flexibleServers/pg"},
			"azurerm_postgresql_flexible_server.copy":{"id":"@Microsoft.DBforPostgreSQL/flexibleServers/copy","name":"copy","source_server_id":"@Microsoft.DBforPostgreSQL/flexibleServers/pg"},
			"azurerm_private_dns_zone.z":{"id":"@Microsoft.Network/privateDnsZones/z.postgres.database.azure.com","name":"z.postgres.database.azure.com"},
			"azurerm_subnet.data":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/data","name":"data"}}`,
		want: `pg in data
			orders on pg (R29)
			! Databases on pg on pg (M26-CON)
			pg --replicates to--> Databases on copy (certain R30)`,
	},
	{
		rule: "R33",
		arm: `[{"id":"@Microsoft.DataFactory/factories/adf"},{"id":"@Microsoft.DataFactory/factories/adf/linkedservices/sql","properties":{"type":"AzureSqlDatabase","typeProperties":{"connectionString":"Server=tcp:sql.database.windows.net,1433;Initial Catalog=orders"}}},
			{"id":"@Microsoft.DataFactory/factories/adf/linkedservices/kv","properties":{"type":"AzureKeyVault","typeProperties":{"baseUrl":"https://kv.vault.azure.net/"}}},
			{"id":"@Microsoft.DataFactory/factories/adf/linkedservices/web","properties":{"type":"HttpServer","typeProperties":{"url":"https://rates.example.org/daily"}}},
			{"id":"@Microsoft.Sql/servers/sql","properties":{"fullyQualifiedDomainName":"sql.database.windows.net"}},{"id":"@Microsoft.Sql/servers/sql/databases/orders"},{"id":"@Microsoft.Sql/servers/sql/databases/other"},
			{"id":"@Microsoft.KeyVault/vaults/kv","properties":{"vaultUri":"https://kv.vault.azure.net/"}}]`,
		want: `adf --reads from and writes to--> orders (high R33)
			adf --reads from and writes to--> kv (high R33)
			adf --reads from and writes to--> rates.example.org (high R33)
			! adf --reads from and writes to--> other (high R33)`,
	},
	{
		rule: "R33", name: "terraform",
		tf: `{"azurerm_data_factory.adf":{"id":"@Microsoft.DataFactory/factories/adf","name":"adf"},
			"azurerm_data_factory_linked_service_key_vault.kv":{"id":"@Microsoft.DataFactory/factories/adf/linkedservices/l","name":"l","data_factory_id":"@Microsoft.DataFactory/factories/adf","key_vault_id":"@Microsoft.KeyVault/vaults/kv"},
			"azurerm_key_vault.kv":{"id":"@Microsoft.KeyVault/vaults/kv","name":"kv"}}`,
		want: `adf --reads from and writes to--> kv (high R33)
			resource l in adf`,
	},
	{
		rule: "R25", name: "stores of a workspace",
		arm: `[{"id":"@Microsoft.MachineLearningServices/workspaces/ml","properties":{"storageAccount":"@Microsoft.Storage/storageAccounts/lake","keyVault":"@Microsoft.KeyVault/vaults/kv","containerRegistry":"@Microsoft.ContainerRegistry/registries/acr","applicationInsights":"@Microsoft.Insights/components/ai"}},
			{"id":"@Microsoft.Storage/storageAccounts/lake"},{"id":"@Microsoft.KeyVault/vaults/kv"},{"id":"@Microsoft.ContainerRegistry/registries/acr"},{"id":"@Microsoft.Insights/components/ai"}]`,
		want: `ml --uses--> lake (certain R25)
			ml --uses--> kv (certain R25)
			ml --uses--> acr (certain R25)
			ml --sends telemetry to--> ai (certain R22) observability`,
	},
	{
		rule: "M30-RUNTIME",
		tf: `{"azurerm_linux_function_app.f":{"id":"@Microsoft.Web/sites/f","name":"f","storage_account_name":"state","app_settings":{"Pictures__blobServiceUri":"https://pictures.blob.core.windows.net"}},
			"azurerm_storage_account.state":{"id":"@Microsoft.Storage/storageAccounts/state","name":"state","primary_blob_endpoint":"https://state.blob.core.windows.net/"},
			"azurerm_storage_account.pictures":{"id":"@Microsoft.Storage/storageAccounts/pictures","name":"pictures","primary_blob_endpoint":"https://pictures.blob.core.windows.net/"}}`,
		want: `f --reads from and writes to--> pictures (high R24)
			! state: container "Azure Storage" M30
			resource state: resource "azurerm_storage_account" M30-RUNTIME`,
	},
	{
		rule: "M30-RUNTIME", name: "boot diagnostics",
		tf: `{"azurerm_virtual_machine.vm":{"id":"@Microsoft.Compute/virtualMachines/vm","name":"vm","boot_diagnostics":[{"enabled":true,"storage_uri":"https://diag.blob.core.windows.net/"}]},
			"azurerm_storage_account.diag":{"id":"@Microsoft.Storage/storageAccounts/diag","name":"diag","primary_blob_endpoint":"https://diag.blob.core.windows.net/"}}`,
		want: `! diag: container "Azure Storage" M30`,
	},
}
