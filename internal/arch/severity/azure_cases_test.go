package severity_test

// azureExistence are resources that come, go and are replaced.
var azureExistence = []azureCase{
	{
		name: "deleted", typ: "microsoft.storage/storageaccounts", old: `{"properties":{"minimumTlsVersion":"TLS1_2"}}`,
		want: []string{"AZ-STORE-REMOVED critical loosened"},
	},
	{name: "deleted", typ: "azurerm_key_vault", old: `{"name":"kv"}`, want: []string{"AZ-STORE-REMOVED critical loosened"}},
	{name: "deleted", typ: "microsoft.managedidentity/userassignedidentities", old: `{"properties":{}}`, want: []string{"AZ-STORE-REMOVED critical loosened"}},
	{name: "deleted", typ: "microsoft.cache/redis/firewallrules", old: `{"properties":{}}`},
	{
		name: "created anew", typ: "azurerm_mssql_database", replaced: true, old: `{"name":"a","collation":"A"}`, new: `{"name":"a","collation":"B"}`,
		want: []string{"AZ-STORE-REMOVED critical loosened"}, back: []string{"AZ-STORE-REMOVED critical loosened"},
	},
	{
		name: "of a store", typ: "microsoft.authorization/locks", id: azureGroup + "/providers/Microsoft.Storage/storageAccounts/s/providers/Microsoft.Authorization/locks/l",
		old: `{"properties":{"level":"CanNotDelete"}}`, want: []string{"AZ-LOCK-REMOVED critical loosened"}, back: []string{"AZ-LOCK-REMOVED low tightened"},
	},
	{
		name: "of a group", typ: "azurerm_management_lock", old: `{"lock_level":"CanNotDelete","scope":"` + azureGroup + `"}`,
		want: []string{"AZ-LOCK-REMOVED critical loosened"}, back: []string{"AZ-LOCK-REMOVED low tightened"},
	},
	{
		name: "of a load balancer", typ: "azurerm_management_lock", old: `{"lock_level":"CanNotDelete","scope":"` + azureGroup + `/providers/Microsoft.Network/loadBalancers/l"}`,
		want: []string{"AZ-LOCK-REMOVED-ELSEWHERE high loosened"}, back: []string{"AZ-LOCK-REMOVED low tightened"},
	},
	{
		name: "extension removed", typ: "azurerm_virtual_machine_extension", old: `{"type":"AzureDiskEncryptionForLinux"}`,
		want: []string{"AZ-DISK-ENCRYPTION-EXTENSION-REMOVED critical loosened"},
	},
	{name: "another extension removed", typ: "microsoft.compute/virtualmachines/extensions", old: `{"properties":{"type":"CustomScript"}}`},
	{name: "deleted", typ: "microsoft.network/privateendpoints", old: `{"properties":{}}`, want: []string{"AZ-PRIVATE-ENDPOINT-REMOVED high loosened"}},
	{name: "deleted", typ: "azurerm_private_endpoint", old: `{"name":"pe"}`, want: []string{"AZ-PRIVATE-ENDPOINT-REMOVED high loosened"}},
	{
		name: "taken apart", typ: "azurerm_subnet_network_security_group_association", old: `{"subnet_id":"/s","network_security_group_id":"/n"}`,
		want: []string{"AZ-NSG-DETACHED high loosened"}, back: []string{"AZ-NSG-DETACHED low tightened"},
	},
	{name: "taken apart", typ: "azurerm_app_service_virtual_network_swift_connection", old: `{"subnet_id":"/s"}`, want: []string{"AZ-VNET-INTEGRATION high loosened"}},
	{name: "removed", typ: "microsoft.insights/diagnosticsettings", old: `{"properties":{"logs":[]}}`, want: []string{"AZ-DIAGNOSTICS-REMOVED high loosened"}},
	{name: "removed", typ: "azurerm_monitor_diagnostic_setting", old: `{"name":"d"}`, want: []string{"AZ-DIAGNOSTICS-REMOVED high loosened"}},
	{name: "removed", typ: "azurerm_mssql_server_extended_auditing_policy", old: `{"enabled":true}`, want: []string{"AZ-AUDITING-OFF high loosened"}},
	{name: "plan given up", typ: "azurerm_security_center_subscription_pricing", old: `{"tier":"Standard"}`, want: []string{"AZ-DEFENDER-OFF high loosened"}},
	{name: "free plan given up", typ: "azurerm_security_center_subscription_pricing", old: `{"tier":"Free"}`},
	{name: "deleted", typ: "azurerm_log_analytics_workspace", old: `{"retention_in_days":90}`, want: []string{"AZ-LOG-STORE-REMOVED high loosened"}},
	{name: "removed", typ: "microsoft.cdn/profiles/securitypolicies", old: `{"properties":{}}`, want: []string{"AZ-WAF-DETACHED high loosened"}},
	{name: "removed", typ: "azurerm_network_ddos_protection_plan", old: `{"name":"d"}`, want: []string{"AZ-DDOS-OFF high loosened"}},
	{name: "removed", typ: "azurerm_backup_protected_vm", old: `{"source_vm_id":"/v"}`, want: []string{"AZ-BACKUP-REMOVED medium loosened"}},
	{name: "removed", typ: "azurerm_mssql_failover_group", old: `{"name":"f"}`, want: []string{"AZ-REGION-REMOVED medium loosened"}},
	{
		name: "removed", typ: "microsoft.insights/metricalerts", old: `{"properties":{"enabled":true}}`,
		want: []string{"AZ-ALERT low loosened"}, back: []string{"AZ-ALERT low tightened"},
	},
	{
		name: "switched off", typ: "azurerm_monitor_metric_alert", old: `{"enabled":true,"severity":2}`, new: `{"enabled":false,"severity":2}`,
		want: []string{"AZ-ALERT low loosened"}, back: []string{"AZ-ALERT low tightened"},
	},
	{
		name: "another threshold", typ: "azurerm_monitor_metric_alert", old: `{"enabled":true,"severity":2}`, new: `{"enabled":true,"severity":3}`,
		want: []string{"AZ-ALERT low neutral"}, back: []string{"AZ-ALERT low neutral"},
	},
	{
		name: "own key taken away", typ: "azurerm_storage_account_customer_managed_key", old: `{"key_name":"k"}`, want: []string{"AZ-CMK-LOST high loosened"},
	},
	{
		name: "own key of confidential data", typ: "microsoft.storage/storageaccounts", tags: map[string]string{"DataClass": "Confidential"},
		old: `{"properties":{"encryption":{"keySource":"Microsoft.Keyvault"}}}`, new: `{"properties":{"encryption":{"keySource":"Microsoft.Storage"}}}`,
		want: []string{"AZ-CMK-LOST-CONFIDENTIAL critical loosened"}, back: []string{"AZ-CMK-LOST low tightened"},
	},
	{
		name: "own key block removed", typ: "azurerm_storage_account", old: `{"customer_managed_key":[{"key_vault_key_id":"https://kv.vault.azure.net/keys/a"}]}`, new: `{"customer_managed_key":[]}`,
		want: []string{"AZ-CMK-LOST high loosened"}, back: []string{"AZ-CMK-LOST low tightened"},
	},
	{
		name: "another issuer is trusted", typ: "azurerm_federated_identity_credential", new: `{"issuer":"https://token.actions.githubusercontent.com"}`,
		want: []string{"AZ-FEDERATION-ADDED high loosened"}, back: []string{"AZ-FEDERATION-ADDED low tightened"},
	},
}

// azureGrants are roles, policies and custom roles.
var azureGrants = []azureCase{
	{
		name: "Owner of a subscription", typ: "microsoft.authorization/roleassignments", id: "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleAssignments/r",
		new:  `{"properties":{"roleDefinitionId":"/subscriptions/a/providers/Microsoft.Authorization/roleDefinitions/8E3AF657-A8FF-443C-A75C-2FE8C4BCB635","principalType":"ServicePrincipal"}}`,
		want: []string{"AZ-ROLE-OWNER critical loosened"}, back: []string{"AZ-ROLE-OWNER low tightened"},
	},
	{
		name: "RBAC Administrator of a management group", typ: "microsoft.authorization/roleassignments",
		id:   "/providers/Microsoft.Management/managementGroups/m/providers/Microsoft.Authorization/roleAssignments/r",
		new:  `{"properties":{"roleDefinitionId":"/providers/Microsoft.Authorization/roleDefinitions/f58310d9-a9f6-439a-9e8d-f62e7b41a168","principalType":"User"}}`,
		want: []string{"AZ-ROLE-OWNER critical loosened"}, back: []string{"AZ-ROLE-OWNER low tightened"},
	},
	{
		name: "Owner of one resource", typ: "microsoft.authorization/roleassignments", id: azureGroup + "/providers/Microsoft.Web/sites/a/providers/Microsoft.Authorization/roleAssignments/r",
		new:  `{"properties":{"scope":"` + azureGroup + `/providers/Microsoft.Web/sites/a","roleDefinitionId":"/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635","principalType":"User"}}`,
		want: []string{"AZ-ROLE-OWNER-RESOURCE high loosened"}, back: []string{"AZ-ROLE-OWNER-RESOURCE low tightened"},
	},
	{
		name: "Contributor for a group from elsewhere", typ: "microsoft.authorization/roleassignments", id: azureGroup + "/providers/Microsoft.Authorization/roleAssignments/r",
		new:  `{"properties":{"roleDefinitionId":"/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c","principalType":"ForeignGroup"}}`,
		want: []string{"AZ-ROLE-OPEN-CIRCLE critical loosened"}, back: []string{"AZ-ROLE-OPEN-CIRCLE low tightened"},
	},
	{
		name: "Reader for a group", typ: "microsoft.authorization/roleassignments", id: azureGroup + "/providers/Microsoft.Authorization/roleAssignments/r",
		new: `{"properties":{"roleDefinitionId":"/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7","principalType":"Group"}}`,
	},
	{
		name: "Owner of a group that code makes", typ: "azurerm_role_assignment", new: `{"role_definition_name":"Owner","scope":"${/subscriptions/a/resourcegroups/rg#id}","principal_type":"User"}`,
		want: []string{"AZ-ROLE-OWNER critical loosened"}, back: []string{"AZ-ROLE-OWNER low tightened"},
	},
	{
		name: "Contributor for a service", typ: "azurerm_role_assignment", new: `{"role_definition_name":"Contributor","scope":"/subscriptions/a/resourceGroups/rg","principal_type":"ServicePrincipal"}`,
		want: []string{"AZ-ROLE-CONTRIBUTOR high loosened"}, back: []string{"AZ-ROLE-CONTRIBUTOR low tightened"},
	},
	{
		name: "contributor of one service", typ: "azurerm_role_assignment", new: `{"role_definition_name":"Logic App Contributor"}`,
		want: []string{"AZ-ROLE-CONTRIBUTOR high loosened"}, back: []string{"AZ-ROLE-CONTRIBUTOR low tightened"},
	},
	{
		name: "reader becomes owner of blobs", typ: "azurerm_role_assignment", old: `{"role_definition_name":"Storage Blob Data Reader"}`, new: `{"role_definition_name":"Storage Blob Data Owner"}`,
		want: []string{"AZ-ROLE-DATA-WRITE high loosened"}, back: []string{"AZ-ROLE-DATA-WRITE low tightened"},
	},
	{
		name: "secrets officer", typ: "microsoft.authorization/roleassignments", id: azureGroup + "/providers/Microsoft.KeyVault/vaults/k/providers/Microsoft.Authorization/roleAssignments/r",
		new:  `{"properties":{"roleDefinitionId":"/providers/Microsoft.Authorization/roleDefinitions/b86a8fe4-44ce-4948-aee5-eccb2c155cd7"}}`,
		want: []string{"AZ-ROLE-DATA-WRITE high loosened"}, back: []string{"AZ-ROLE-DATA-WRITE low tightened"},
	},
	{
		name: "messages", typ: "azurerm_role_assignment", new: `{"role_definition_name":"Azure Service Bus Data Sender"}`,
		want: []string{"AZ-ROLE-DATA-WRITE high loosened"}, back: []string{"AZ-ROLE-DATA-WRITE low tightened"},
	},
	{name: "reads messages", typ: "azurerm_role_assignment", new: `{"role_definition_name":"Azure Service Bus Data Receiver"}`},
	{name: "pulls images", typ: "azurerm_role_assignment", new: `{"role_definition_name":"AcrPull"}`},
	{name: "reads secrets", typ: "azurerm_role_assignment", new: `{"role_definition_name":"Key Vault Secrets User"}`},
	{
		name: "condition dropped", typ: "azurerm_role_assignment", old: `{"role_definition_name":"Reader","condition":"x"}`, new: `{"role_definition_name":"Reader","condition":""}`,
		want: []string{"AZ-ROLE-CONDITION-DROPPED high loosened"}, back: []string{"AZ-ROLE-CONDITION-DROPPED low tightened"},
	},
	{
		name: "gains roles", typ: "azurerm_role_definition", old: `{"permissions":[{"actions":["Microsoft.Web/*/read"],"data_actions":[]}]}`,
		new:  `{"permissions":[{"actions":["Microsoft.Authorization/*","Microsoft.Web/*/read"],"data_actions":[]}]}`,
		want: []string{"AZ-CUSTOM-ROLE-WIDE critical loosened"}, back: []string{"AZ-CUSTOM-ROLE-WIDE low tightened"},
	},
	{name: "built in", typ: "microsoft.authorization/roledefinitions", new: `{"properties":{"type":"BuiltInRole","permissions":[{"actions":["*"]}]}}`},
	{
		name: "arrives wide", typ: "microsoft.authorization/roledefinitions", new: `{"properties":{"type":"CustomRole","permissions":[{"actions":["*"]}]}}`,
		want: []string{"AZ-CUSTOM-ROLE-WIDE critical loosened"}, back: []string{"AZ-CUSTOM-ROLE-WIDE low tightened"},
	},
	{
		name: "policy that purges", typ: "microsoft.keyvault/vaults", old: `{"properties":{"accessPolicies":[{"objectId":"a","permissions":{"secrets":["get"]}}]}}`,
		new:  `{"properties":{"accessPolicies":[{"objectId":"a","permissions":{"secrets":["get"]}},{"objectId":"b","permissions":{"keys":["Purge"]}}]}}`,
		want: []string{"AZ-KV-POLICY-WRITE high loosened"}, back: []string{"AZ-KV-POLICY-WRITE low tightened"},
	},
	{
		name: "policy that reads", typ: "azurerm_key_vault", old: `{"access_policy":[]}`, new: `{"access_policy":[{"object_id":"b","secret_permissions":["Get"]}]}`,
		want: []string{"AZ-KV-POLICY-READ medium loosened"}, back: []string{"AZ-KV-POLICY-READ low tightened"},
	},
	{
		name: "writer may purge too", typ: "azurerm_key_vault_access_policy", old: `{"object_id":"b","secret_permissions":["Get","Set"]}`, new: `{"object_id":"b","secret_permissions":["Get","Set","Purge"]}`,
		want: []string{"AZ-KV-POLICY-WRITE high loosened"}, back: []string{"AZ-KV-POLICY-WRITE low tightened"},
	},
}

// azureArrays are changes inside arrays, blocks that come and go, and more than one verdict on a resource.
var azureArrays = []azureCase{
	{
		name: "a public address among two", typ: "microsoft.network/networkinterfaces",
		old:  `{"properties":{"ipConfigurations":[{"name":"a","properties":{"subnet":{"id":"/s"}}},{"name":"b","properties":{"publicIPAddress":{"id":"/p"}}}]}}`,
		new:  `{"properties":{"ipConfigurations":[{"name":"b","properties":{"publicIPAddress":{"id":"/p"}}},{"name":"a","properties":{"subnet":{"id":"/s"},"publicIPAddress":{"id":"/q"}}}]}}`,
		want: []string{"AZ-PUBLIC-ADDRESS high loosened"}, back: []string{"AZ-PUBLIC-ADDRESS low tightened"},
	},
	{
		name: "arrives with a public address", typ: "azurerm_lb", new: `{"frontend_ip_configuration":[{"name":"a","public_ip_address_id":"/p"},{"name":"b","subnet_id":"/s","public_ip_address_id":""}]}`,
		want: []string{"AZ-PUBLIC-ADDRESS high loosened"},
	},
	{
		name: "group detached in the network", typ: "microsoft.network/virtualnetworks",
		old:  `{"properties":{"subnets":[{"name":"a","properties":{"networkSecurityGroup":{"id":"/n"},"addressPrefix":"10.0.0.0/24"}}]}}`,
		new:  `{"properties":{"subnets":[{"name":"a","properties":{"addressPrefix":"10.0.0.0/24"}}]}}`,
		want: []string{"AZ-NSG-DETACHED high loosened"}, back: []string{"AZ-NSG-DETACHED low tightened"},
	},
	{
		name: "connection refused", typ: "microsoft.sql/servers",
		old:  `{"properties":{"privateEndpointConnections":[{"id":"/c","properties":{"privateLinkServiceConnectionState":{"status":"Approved"}}}]}}`,
		new:  `{"properties":{"privateEndpointConnections":[{"id":"/c","properties":{"privateLinkServiceConnectionState":{"status":"Rejected"}}}]}}`,
		want: []string{"AZ-PRIVATE-CONNECTION high loosened"}, back: []string{"AZ-PRIVATE-CONNECTION low tightened"},
	},
	{
		name: "connection gone", typ: "microsoft.sql/servers",
		old:  `{"properties":{"privateEndpointConnections":[{"id":"/c","properties":{"privateLinkServiceConnectionState":{"status":"Approved"}}}]}}`,
		new:  `{"properties":{"privateEndpointConnections":[]}}`,
		want: []string{"AZ-PRIVATE-CONNECTION high loosened"}, back: []string{"AZ-PRIVATE-CONNECTION low tightened"},
	},
	{
		name: "everything to everything", typ: "azurerm_firewall_network_rule_collection", old: `{"action":"Allow","rule":[{"name":"r","source_addresses":["10.0.0.0/8"],"destination_addresses":["*"],"destination_ports":["*"]}]}`,
		new:  `{"action":"Allow","rule":[{"name":"r","source_addresses":["*"],"destination_addresses":["*"],"destination_ports":["*"]}]}`,
		want: []string{"AZ-FIREWALL-ANY-ANY high loosened"}, back: []string{"AZ-FIREWALL-ANY-ANY low tightened"},
	},
	{
		name: "a category of logs less", typ: "azurerm_monitor_diagnostic_setting", old: `{"enabled_log":[{"category":"AuditEvent"},{"category":"Requests"}]}`, new: `{"enabled_log":[{"category":"Requests"}]}`,
		want: []string{"AZ-DIAGNOSTICS-REDUCED high loosened"}, back: []string{"AZ-DIAGNOSTICS-REDUCED low tightened"},
	},
	{
		name: "identity block removed", typ: "azurerm_linux_web_app", old: `{"identity":[{"type":"SystemAssigned","principal_id":"p","tenant_id":"t"}]}`, new: `{"identity":[]}`,
		want: []string{"AZ-IDENTITY-DETACHED high loosened"}, back: []string{"AZ-IDENTITY-DETACHED low tightened"},
	},
	{
		name: "other identities", typ: "microsoft.app/containerapps", old: `{"identity":{"type":"UserAssigned","userAssignedIdentities":{"/A":{"clientId":"1"}}}}`,
		new:  `{"identity":{"type":"UserAssigned","userAssignedIdentities":{"/B":{"clientId":"2"}}}}`,
		want: []string{"AZ-IDENTITY-CHANGED high neutral"}, back: []string{"AZ-IDENTITY-CHANGED high neutral"},
	},
	{
		name: "every origin with credentials", typ: "azurerm_linux_web_app", old: `{"site_config":[{"cors":[{"allowed_origins":["https://a.example"],"support_credentials":true}]}]}`,
		new:  `{"site_config":[{"cors":[{"allowed_origins":["*"],"support_credentials":true}]}]}`,
		want: []string{"AZ-CORS-CREDENTIALS high loosened"}, back: []string{"AZ-CORS-CREDENTIALS low tightened"},
	},
	{
		name: "credentials beside every origin", typ: "microsoft.web/sites", old: `{"properties":{"siteConfig":{"cors":{"allowedOrigins":["*"],"supportCredentials":false}}}}`,
		new:  `{"properties":{"siteConfig":{"cors":{"allowedOrigins":["*"],"supportCredentials":true}}}}`,
		want: []string{"AZ-CORS-CREDENTIALS-ON high loosened"}, back: []string{"AZ-CORS-CREDENTIALS-ON low tightened"},
	},
	{
		name: "one key added, one changed", typ: "azurerm_linux_function_app", old: `{"app_settings":{"A":"1","B":"2"}}`, new: `{"app_settings":{"A":"1","B":"3","C":"4"}}`,
		want: []string{"AZ-APP-SETTING medium neutral"}, back: []string{"AZ-APP-SETTING medium neutral"},
	},
	{
		name: "settings as a resource", typ: "microsoft.web/sites/config", id: azureGroup + "/providers/Microsoft.Web/sites/a/config/appsettings",
		old: `{"properties":{"A":"1"}}`, new: `{"properties":{"A":"2"}}`,
		want: []string{"AZ-APP-SETTING medium neutral"}, back: []string{"AZ-APP-SETTING medium neutral"},
	},
	{
		name: "configuration as a resource", typ: "microsoft.web/sites/config", id: azureGroup + "/providers/Microsoft.Web/sites/a/config/web",
		old: `{"properties":{"minTlsVersion":"1.2","ftpsState":"Disabled","alwaysOn":true}}`, new: `{"properties":{"minTlsVersion":"1.0","ftpsState":"AllAllowed","alwaysOn":true}}`,
		want: []string{"AZ-FTP high loosened", "AZ-TLS-FLOOR high loosened"}, back: []string{"AZ-FTP low tightened", "AZ-TLS-FLOOR low tightened"},
	},
	{
		name: "plain database", typ: "azurerm_postgresql_flexible_server_configuration", old: `{"name":"require_secure_transport","value":"on"}`, new: `{"name":"require_secure_transport","value":"off"}`,
		want: []string{"AZ-DATABASE-PLAIN high loosened"}, back: []string{"AZ-DATABASE-PLAIN low tightened"},
	},
	{
		name: "smaller machines, fewer of them, in fewer zones", typ: "microsoft.compute/virtualmachinescalesets", old: `{"sku":{"name":"Standard_D8s_v5","tier":"Standard","capacity":6},"zones":["1","2","3"]}`,
		new:  `{"sku":{"name":"Standard_D2s_v5","tier":"Standard","capacity":2},"zones":["1"]}`,
		want: []string{"AZ-INSTANCES low loosened", "AZ-SIZE medium loosened", "AZ-ZONES medium loosened"}, back: []string{"AZ-INSTANCES low tightened", "AZ-SIZE low tightened", "AZ-ZONES low tightened"},
	},
	{
		name: "gateway gains a firewall", typ: "azurerm_application_gateway", old: `{"sku":[{"name":"Standard_v2","tier":"Standard_v2","capacity":2}]}`, new: `{"sku":[{"name":"WAF_v2","tier":"WAF_v2","capacity":2}]}`,
		want: []string{"AZ-WAF-DETACHED low tightened"}, back: []string{"AZ-WAF-DETACHED high loosened"},
	},
	{
		name: "standby given up", typ: "azurerm_postgresql_flexible_server", old: `{"high_availability":[{"mode":"ZoneRedundant","standby_availability_zone":"2"}]}`, new: `{"high_availability":[]}`,
		want: []string{"AZ-ZONE-REDUNDANCY medium loosened"}, back: []string{"AZ-ZONE-REDUNDANCY low tightened"},
	},
}

// azureQuiet are changes and resources of which the packs must say nothing, or no more than what is listed: false alarms.
var azureQuiet = []azureCase{
	{
		name: "arrives with the defaults of the service", typ: "microsoft.servicebus/namespaces",
		new: `{"sku":{"name":"Standard","tier":"Standard"},"properties":{"disableLocalAuth":false,"minimumTlsVersion":"1.2","zoneRedundant":false,"publicNetworkAccess":"Enabled"}}`,
	},
	{
		name: "arrives with the defaults of the provider", typ: "azurerm_linux_web_app",
		new: `{"https_only":true,"ftp_publish_basic_authentication_enabled":true,"identity":[],"site_config":[{"always_on":false,"http2_enabled":false,"ftps_state":"Disabled","minimum_tls_version":"1.2","vnet_route_all_enabled":false}],"virtual_network_subnet_id":""}`,
	},
	{name: "arrives with a subnet", typ: "microsoft.network/virtualnetworks", new: `{"properties":{"addressSpace":{"addressPrefixes":["10.0.0.0/16"]},"enableDdosProtection":false,"subnets":[{"name":"a","properties":{"addressPrefix":"10.0.0.0/24"}}]}}`},
	{
		name: "what code leaves open", typ: "azurerm_storage_account", old: `{"https_traffic_only_enabled":true}`, new: `{"https_traffic_only_enabled":"${var.https}"}`,
		back: []string{},
	},
	{
		name: "answers that the API adds", typ: "microsoft.web/sites", old: `{"identity":{"type":"UserAssigned","userAssignedIdentities":{"/a":{}}}}`,
		new: `{"identity":{"type":"UserAssigned","userAssignedIdentities":{"/a":{"clientId":"1","principalId":"2"}}}}`,
	},
	{name: "the same floor in other words", typ: "microsoft.documentdb/databaseaccounts", old: `{"properties":{"minimalTlsVersion":"Tls12"}}`, new: `{"properties":{"minimalTlsVersion":"TLS12"}}`},
	{
		name: "a subnet goes with its group", typ: "microsoft.network/virtualnetworks", old: `{"properties":{"subnets":[{"name":"a","properties":{"networkSecurityGroup":{"id":"/n"}}},{"name":"b","properties":{}}]}}`,
		new: `{"properties":{"subnets":[{"name":"b","properties":{}}]}}`,
	},
	{name: "an identity that only code reads", typ: "azurerm_client_config", old: `{"client_id":"a"}`},
	{name: "a patch of Kubernetes", typ: "azurerm_kubernetes_cluster", old: `{"kubernetes_version":"1.32.4"}`, new: `{"kubernetes_version":"1.32.7"}`},
}
