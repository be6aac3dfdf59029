package estate

import (
	"fmt"
	"strings"
)

// application makes the resources of one application: its network, what it keeps data in, what runs, and who
// may use what. Each part refers to what was made before it, and to earlier applications.
func application(app int, seed uint64) []Resource {
	m := newMaker(app, seed)
	m.resourceGroup()
	m.network()
	m.observability()
	m.data()
	m.messaging()
	m.web()
	m.containers()
	m.machines()
	m.access()
	m.privateEndpoints()
	return m.made
}

func (m *maker) resourceGroup() {
	id := "/subscriptions/" + Subscription + "/resourceGroups/" + m.group
	m.add(Resource{
		Type: "azurerm_resource_group", Name: "this", ID: id,
		Attrs: attrs{"name": m.group, "location": m.region, "tags": m.tags, "managed_by": "", "timeouts": nil},
	})
	m.add(Resource{
		Type: "azurerm_client_config", Name: "current", Data: true,
		Attrs: attrs{"id": "Y2xpZW50Q29uZmlncy8=", "tenant_id": Tenant, "subscription_id": Subscription, "object_id": m.guid("deployer"), "timeouts": nil},
	})
}

func (m *maker) vnet() string              { return m.id("Microsoft.Network/virtualNetworks", "vnet-"+m.name) }
func (m *maker) subnet(name string) string { return m.vnet() + "/subnets/" + name }

func (m *maker) network() {
	subnets := []string{"app", "data", "endpoints"}
	nsg := m.id("Microsoft.Network/networkSecurityGroups", "nsg-"+m.name)
	m.add(Resource{
		Type: "azurerm_network_security_group", Name: "this", ID: nsg, ARMType: "microsoft.network/networksecuritygroups",
		ARMName: "nsg-" + m.name, Deps: m.deps(),
		Attrs: attrs{"security_rule": []attrs{{
			"name": "https", "access": "Allow", "direction": "Inbound", "priority": 100, "protocol": "Tcp",
			"source_address_prefix": "Internet", "source_port_range": "*", "destination_address_prefix": "*", "destination_port_range": "443",
		}}},
		Props: attrs{"provisioningState": "Succeeded", "securityRules": []attrs{{
			"name": "https", "id": nsg + "/securityRules/https",
			"properties": attrs{
				"access": "Allow", "direction": "Inbound", "priority": 100, "protocol": "Tcp", "sourceAddressPrefix": "Internet",
				"sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "443",
			},
		}}},
	})
	var inside []attrs
	for i, s := range subnets {
		inside = append(inside, attrs{"name": s, "id": m.subnet(s), "properties": attrs{
			"addressPrefix": fmt.Sprintf("10.%d.%d.0/24", m.app%250, i), "networkSecurityGroup": attrs{"id": nsg}, "provisioningState": "Succeeded",
		}})
	}
	space := fmt.Sprintf("10.%d.0.0/16", m.app%250)
	m.add(Resource{
		Type: "azurerm_virtual_network", Name: "this", ID: m.vnet(), ARMType: "microsoft.network/virtualnetworks",
		ARMName: "vnet-" + m.name, Deps: m.deps(),
		Attrs: attrs{"address_space": []string{space}, "dns_servers": []string{}, "guid": m.guid("vnet")},
		Props: attrs{"addressSpace": attrs{"addressPrefixes": []string{space}}, "resourceGuid": m.guid("vnet"), "subnets": inside, "provisioningState": "Succeeded"},
	})
	for i, s := range subnets {
		m.add(Resource{
			Type: "azurerm_subnet", Name: "this", Key: s, ID: m.subnet(s), Deps: m.deps("azurerm_virtual_network.this"),
			Attrs: attrs{
				"name": s, "resource_group_name": m.group, "virtual_network_name": "vnet-" + m.name,
				"address_prefixes": []string{fmt.Sprintf("10.%d.%d.0/24", m.app%250, i)}, "delegation": []any{}, "service_endpoints": []string{"Microsoft.Sql"},
			},
		})
	}
	m.add(Resource{
		Type: "azurerm_subnet_network_security_group_association", Name: "app", ID: m.subnet("app"),
		Deps:  m.deps("azurerm_network_security_group.this", "azurerm_subnet.this"),
		Attrs: attrs{"subnet_id": m.subnet("app"), "network_security_group_id": nsg, "timeouts": nil},
	})
}

func (m *maker) workspace() string {
	return m.id("Microsoft.OperationalInsights/workspaces", "log-"+m.name)
}

func (m *maker) observability() {
	m.add(Resource{
		Type: "azurerm_log_analytics_workspace", Name: "this", ID: m.workspace(), ARMType: "microsoft.operationalinsights/workspaces",
		ARMName: "log-" + m.name, Deps: m.deps(), Sensitive: []string{"primary_shared_key"},
		Attrs: attrs{"retention_in_days": 30, "sku": "PerGB2018", "workspace_id": m.guid("workspace"), "primary_shared_key": m.secret("workspace")},
		Props: attrs{"customerId": m.guid("workspace"), "retentionInDays": 30, "sku": attrs{"name": "PerGB2018"}, "provisioningState": "Succeeded"},
	})
	m.add(Resource{
		Type: "azurerm_application_insights", Name: "this", ID: m.insights(), ARMType: "microsoft.insights/components",
		ARMName: "appi-" + m.name, Kind: "web", Deps: m.deps("azurerm_log_analytics_workspace.this"), Sensitive: []string{"connection_string", "instrumentation_key"},
		Attrs: attrs{
			"application_type": "web", "workspace_id": m.workspace(), "instrumentation_key": m.guid("insights"),
			"connection_string": "InstrumentationKey=" + m.guid("insights") + ";IngestionEndpoint=https://" + m.region + "-5.in.applicationinsights.azure.com/",
		},
		Props: attrs{"Application_Type": "web", "WorkspaceResourceId": m.workspace(), "InstrumentationKey": m.guid("insights"), "provisioningState": "Succeeded"},
	})
}

func (m *maker) insights() string { return m.id("Microsoft.Insights/components", "appi-"+m.name) }

// short is a name for what allows no dashes.
func (m *maker) short(prefix string) string { return prefix + strings.ReplaceAll(m.name, "-", "") }

func (m *maker) vault() string     { return m.id("Microsoft.KeyVault/vaults", "kv-"+m.name) }
func (m *maker) vaultHost() string { return "kv-" + m.name + ".vault.azure.net" }
func (m *maker) sqlServer() string { return m.id("Microsoft.Sql/servers", "sql-"+m.name) }
func (m *maker) sqlHost() string   { return "sql-" + m.name + ".database.windows.net" }
func (m *maker) storage() string   { return m.id("Microsoft.Storage/storageAccounts", m.short("st")) }
func (m *maker) redisHost() string { return "redis-" + m.name + ".redis.cache.windows.net" }

func (m *maker) data() {
	m.add(Resource{
		Type: "azurerm_key_vault", Name: "this", ID: m.vault(), ARMType: "microsoft.keyvault/vaults", ARMName: "kv-" + m.name,
		Deps:  m.deps("data.azurerm_client_config.current"),
		Attrs: attrs{"vault_uri": "https://" + m.vaultHost() + "/", "tenant_id": Tenant, "sku_name": "standard", "enable_rbac_authorization": true, "purge_protection_enabled": true},
		Props: attrs{
			"vaultUri": "https://" + m.vaultHost() + "/", "tenantId": Tenant, "sku": attrs{"family": "A", "name": "standard"},
			"enableRbacAuthorization": true, "accessPolicies": []any{}, "provisioningState": "Succeeded",
		},
	})
	m.add(Resource{
		Type: "azurerm_key_vault_secret", Name: "sql", ID: "https://" + m.vaultHost() + "/secrets/sql/" + strings.ReplaceAll(m.guid("secret"), "-", ""),
		Deps: m.deps("azurerm_key_vault.this"), Sensitive: []string{"value"},
		Attrs: attrs{"name": "sql", "key_vault_id": m.vault(), "value": m.secret("sql"), "content_type": "password", "versionless_id": "https://" + m.vaultHost() + "/secrets/sql"},
	})
	m.add(Resource{
		Type: "azurerm_mssql_server", Name: "this", ID: m.sqlServer(), ARMType: "microsoft.sql/servers", ARMName: "sql-" + m.name,
		Kind: "v12.0", Deps: m.deps(), Sensitive: []string{"administrator_login_password"},
		Attrs: attrs{"fully_qualified_domain_name": m.sqlHost(), "version": "12.0", "administrator_login": "sqladmin", "administrator_login_password": m.secret("sqladmin"), "minimum_tls_version": "1.2"},
		Props: attrs{"fullyQualifiedDomainName": m.sqlHost(), "version": "12.0", "administratorLogin": "sqladmin", "state": "Ready", "minimalTlsVersion": "1.2"},
	})
	for _, db := range []string{m.name, "audit"} {
		m.add(Resource{
			Type: "azurerm_mssql_database", Name: "this", Key: db, ID: m.sqlServer() + "/databases/" + db, ARMType: "microsoft.sql/servers/databases",
			ARMName: db, Kind: "v12.0,user", SKU: attrs{"name": "S1", "tier": "Standard", "capacity": 20}, Deps: m.deps("azurerm_mssql_server.this"),
			Attrs: attrs{"server_id": m.sqlServer(), "collation": "SQL_Latin1_General_CP1_CI_AS", "sku_name": "S1", "max_size_gb": 50, "zone_redundant": false},
			Props: attrs{"collation": "SQL_Latin1_General_CP1_CI_AS", "databaseId": m.guid("db " + db), "status": "Online", "currentServiceObjectiveName": "S1", "zoneRedundant": false},
		})
	}
	host := m.short("st")
	m.add(Resource{
		Type: "azurerm_storage_account", Name: "this", ID: m.storage(), ARMType: "microsoft.storage/storageaccounts", ARMName: host,
		Kind: "StorageV2", SKU: attrs{"name": "Standard_ZRS", "tier": "Standard"}, Deps: m.deps(), Sensitive: []string{"primary_access_key"},
		Attrs: attrs{
			"account_tier": "Standard", "account_replication_type": "ZRS", "primary_blob_endpoint": "https://" + host + ".blob.core.windows.net/",
			"primary_blob_host": host + ".blob.core.windows.net", "primary_access_key": m.secret("storage"), "min_tls_version": "TLS1_2",
		},
		Props: attrs{
			"primaryEndpoints":         attrs{"blob": "https://" + host + ".blob.core.windows.net/", "queue": "https://" + host + ".queue.core.windows.net/"},
			"supportsHttpsTrafficOnly": true, "minimumTlsVersion": "TLS1_2", "provisioningState": "Succeeded",
			"networkAcls": attrs{"defaultAction": "Deny", "virtualNetworkRules": []attrs{{"id": m.subnet("app"), "action": "Allow"}}},
		},
	})
	for _, c := range []string{"uploads", "exports"} {
		m.add(Resource{
			Type: "azurerm_storage_container", Name: c, ID: "https://" + host + ".blob.core.windows.net/" + c, Deps: m.deps("azurerm_storage_account.this"),
			Attrs: attrs{"name": c, "storage_account_name": host, "container_access_type": "private", "resource_manager_id": m.storage() + "/blobServices/default/containers/" + c},
		})
	}
	m.add(Resource{
		Type: "azurerm_redis_cache", Name: "this", ID: m.id("Microsoft.Cache/Redis", "redis-"+m.name), ARMType: "microsoft.cache/redis",
		ARMName: "redis-" + m.name, Deps: m.deps(), Sensitive: []string{"primary_access_key"},
		Attrs: attrs{"hostname": m.redisHost(), "ssl_port": 6380, "capacity": 1, "family": "C", "sku_name": "Standard", "primary_access_key": m.secret("redis"), "subnet_id": ""},
		Props: attrs{"hostName": m.redisHost(), "sslPort": 6380, "sku": attrs{"name": "Standard", "family": "C", "capacity": 1}, "provisioningState": "Succeeded"},
	})
}

func (m *maker) bus() string     { return m.id("Microsoft.ServiceBus/namespaces", "sb-"+m.name) }
func (m *maker) busHost() string { return "sb-" + m.name + ".servicebus.windows.net" }

func (m *maker) messaging() {
	m.add(Resource{
		Type: "azurerm_servicebus_namespace", Name: "this", ID: m.bus(), ARMType: "microsoft.servicebus/namespaces", ARMName: "sb-" + m.name,
		SKU: attrs{"name": "Standard", "tier": "Standard"}, Deps: m.deps(), Sensitive: []string{"default_primary_key"},
		Attrs: attrs{"endpoint": "https://" + m.busHost() + ":443/", "sku": "Standard", "default_primary_key": m.secret("bus"), "local_auth_enabled": false},
		Props: attrs{"serviceBusEndpoint": "https://" + m.busHost() + ":443/", "status": "Active", "disableLocalAuth": true, "provisioningState": "Succeeded"},
	})
	for _, q := range []string{"created", "paid"} {
		forward := ""
		if q == "created" {
			forward = "paid"
		}
		m.add(Resource{
			Type: "azurerm_servicebus_queue", Name: "this", Key: q, ID: m.bus() + "/queues/" + q, Deps: m.deps("azurerm_servicebus_namespace.this"),
			Attrs: attrs{"name": q, "namespace_id": m.bus(), "namespace_name": "sb-" + m.name, "forward_to": forward, "max_delivery_count": 10, "lock_duration": "PT1M"},
		})
	}
	m.add(Resource{
		Type: "azurerm_servicebus_topic", Name: "events", ID: m.bus() + "/topics/events", Deps: m.deps("azurerm_servicebus_namespace.this"),
		Attrs: attrs{"name": "events", "namespace_id": m.bus(), "status": "Active", "default_message_ttl": "P14D"},
	})
}
