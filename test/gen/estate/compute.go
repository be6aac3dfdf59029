package estate

import "fmt"

func (m *maker) site(name string) string { return m.id("Microsoft.Web/sites", name) }

// earlier is an application that this one calls, or this one itself.
func (m *maker) earlier() int {
	if m.app == 0 {
		return 0
	}
	return m.rnd.IntN(m.app)
}

func (m *maker) identity() string {
	return m.id("Microsoft.ManagedIdentity/userAssignedIdentities", "id-"+m.name)
}

func (m *maker) web() {
	m.add(Resource{
		Type: "azurerm_user_assigned_identity", Name: "this", ID: m.identity(), ARMType: "microsoft.managedidentity/userassignedidentities",
		ARMName: "id-" + m.name, Deps: m.deps(),
		Attrs: attrs{"client_id": m.guid("client"), "principal_id": m.guid("principal"), "tenant_id": Tenant},
		Props: attrs{"clientId": m.guid("client"), "principalId": m.guid("principal"), "tenantId": Tenant},
	})
	plan := m.id("Microsoft.Web/serverFarms", "plan-"+m.name)
	m.add(Resource{
		Type: "azurerm_service_plan", Name: "this", ID: plan, ARMType: "microsoft.web/serverfarms", ARMName: "plan-" + m.name,
		Kind: "linux", SKU: attrs{"name": "P1v3", "tier": "PremiumV3", "capacity": 2}, Deps: m.deps(),
		Attrs: attrs{"os_type": "Linux", "sku_name": "P1v3", "worker_count": 2, "zone_balancing_enabled": false},
		Props: attrs{"status": "Ready", "numberOfWorkers": 2, "reserved": true, "provisioningState": "Succeeded"},
	})
	api := "api-" + m.name
	sql := fmt.Sprintf("Server=tcp:%s,1433;Database=%s;User ID=app;Password=%s;Encrypt=true;", m.sqlHost(), m.name, m.secret("sql"))
	m.appService("azurerm_linux_web_app", "api", api, plan, "app,linux", attrs{
		"ConnectionStrings__Sql":                sql,
		"ServiceBus__fullyQualifiedNamespace":   m.busHost(),
		"Storage__blobServiceUri":               "https://" + m.short("st") + ".blob.core.windows.net",
		"Redis__Host":                           m.redisHost(),
		"Sql__Password":                         "@Microsoft.KeyVault(SecretUri=https://" + m.vaultHost() + "/secrets/sql)",
		"Partner__BaseUrl":                      "https://api-" + appName(m.earlier()) + ".azurewebsites.net/v1",
		"APPLICATIONINSIGHTS_CONNECTION_STRING": "InstrumentationKey=" + m.guid("insights") + ";IngestionEndpoint=https://" + m.region + "-5.in.applicationinsights.azure.com/",
		"ASPNETCORE_ENVIRONMENT":                m.env,
		"FeatureManagement__NewCheckout":        "true",
	})
	m.appService("azurerm_linux_web_app", "web", "web-"+m.name, plan, "app,linux", attrs{
		"Api__BaseUrl":             "https://" + api + ".azurewebsites.net",
		"Payments__BaseUrl":        "https://api.payments.example.com",
		"WEBSITE_RUN_FROM_PACKAGE": "1",
	})
	m.appService("azurerm_linux_function_app", "worker", "func-"+m.name, plan, "functionapp,linux", attrs{
		"AzureWebJobsStorage__accountName": m.short("st"),
		"Bus__fullyQualifiedNamespace":     m.busHost(),
		"FUNCTIONS_WORKER_RUNTIME":         "dotnet-isolated",
		"Upstream__Url":                    "https://" + api + ".azurewebsites.net/hooks",
	})
}

// appService makes a site.
func (m *maker) appService(typ, name, site, plan, kind string, settings attrs) {
	host := site + ".azurewebsites.net"
	m.add(Resource{
		Type: typ, Name: name, ID: m.site(site), ARMType: "microsoft.web/sites", ARMName: site, Kind: kind,
		Deps:      m.deps("azurerm_service_plan.this", "azurerm_subnet.this", "azurerm_user_assigned_identity.this"),
		Sensitive: []string{"custom_domain_verification_id"},
		Attrs: attrs{
			"app_settings": settings, "default_hostname": host, "service_plan_id": plan, "https_only": true,
			"virtual_network_subnet_id": m.subnet("app"), "custom_domain_verification_id": m.secret("domain " + site),
			"identity": []attrs{{"type": "UserAssigned", "identity_ids": []string{m.identity()}, "principal_id": "", "tenant_id": ""}},
		},
		Identity: attrs{"type": "UserAssigned", "userAssignedIdentities": attrs{m.identity(): attrs{"clientId": m.guid("client"), "principalId": m.guid("principal")}}},
		Props: attrs{
			"state": "Running", "serverFarmId": plan, "defaultHostName": host, "hostNames": []string{host}, "enabledHostNames": []string{host},
			"httpsOnly": true, "virtualNetworkSubnetId": m.subnet("app"), "keyVaultReferenceIdentity": m.identity(),
			"siteConfig": attrs{"linuxFxVersion": "DOTNETCORE|8.0", "alwaysOn": true},
		},
	})
}

func (m *maker) containers() {
	env := m.id("Microsoft.App/managedEnvironments", "cae-"+m.name)
	registry := m.short("cr")
	m.add(Resource{
		Type: "azurerm_container_registry", Name: "this", ID: m.id("Microsoft.ContainerRegistry/registries", registry),
		ARMType: "microsoft.containerregistry/registries", ARMName: registry, SKU: attrs{"name": "Premium", "tier": "Premium"}, Deps: m.deps(),
		Attrs: attrs{"login_server": registry + ".azurecr.io", "sku": "Premium", "admin_enabled": false},
		Props: attrs{"loginServer": registry + ".azurecr.io", "adminUserEnabled": false, "provisioningState": "Succeeded"},
	})
	m.add(Resource{
		Type: "azurerm_container_app_environment", Name: "this", ID: env, ARMType: "microsoft.app/managedenvironments", ARMName: "cae-" + m.name,
		Deps:  m.deps("azurerm_log_analytics_workspace.this", "azurerm_subnet.this"),
		Attrs: attrs{"infrastructure_subnet_id": m.subnet("app"), "log_analytics_workspace_id": m.workspace(), "default_domain": m.name + "." + m.region + ".azurecontainerapps.io"},
		Props: attrs{
			"vnetConfiguration": attrs{"infrastructureSubnetId": m.subnet("app")}, "defaultDomain": m.name + "." + m.region + ".azurecontainerapps.io",
			"appLogsConfiguration": attrs{"destination": "log-analytics", "logAnalyticsConfiguration": attrs{"customerId": m.guid("workspace")}},
		},
	})
	for _, c := range []string{"quote", "notify"} {
		fqdn := c + "." + m.name + "." + m.region + ".azurecontainerapps.io"
		image := registry + ".azurecr.io/" + c + ":1.4." + fmt.Sprint(m.app%20)
		vars := []attrs{{"name": "API_URL", "value": "https://api-" + m.name + ".azurewebsites.net", "secret_name": ""}, {"name": "REDIS_HOST", "value": m.redisHost(), "secret_name": ""}}
		live := []attrs{{"name": "API_URL", "value": "https://api-" + m.name + ".azurewebsites.net"}, {"name": "REDIS_HOST", "value": m.redisHost()}}
		m.add(Resource{
			Type: "azurerm_container_app", Name: "this", Key: c, ID: m.id("Microsoft.App/containerApps", "ca-"+c+"-"+m.name),
			ARMType: "microsoft.app/containerapps", ARMName: "ca-" + c + "-" + m.name, Deps: m.deps("azurerm_container_app_environment.this", "azurerm_container_registry.this"),
			Attrs: attrs{
				"container_app_environment_id": env, "revision_mode": "Single", "latest_revision_fqdn": fqdn,
				"registry": []attrs{{"server": registry + ".azurecr.io", "identity": m.identity()}},
				"template": []attrs{{"container": []attrs{{"name": c, "image": image, "cpu": 0.5, "memory": "1Gi", "env": vars}}, "min_replicas": 1, "max_replicas": 5}},
			},
			Props: attrs{
				"managedEnvironmentId": env, "provisioningState": "Succeeded",
				"configuration": attrs{"ingress": attrs{"fqdn": fqdn, "external": c == "quote", "targetPort": 8080}, "registries": []attrs{{"server": registry + ".azurecr.io", "identity": m.identity()}}},
				"template":      attrs{"containers": []attrs{{"name": c, "image": image, "env": live}}},
			},
		})
	}
}

func (m *maker) machines() {
	ip := m.id("Microsoft.Network/publicIPAddresses", "pip-"+m.name)
	nic := m.id("Microsoft.Network/networkInterfaces", "nic-"+m.name)
	vm := m.id("Microsoft.Compute/virtualMachines", "vm-"+m.name)
	m.add(Resource{
		Type: "azurerm_public_ip", Name: "this", ID: ip, ARMType: "microsoft.network/publicipaddresses", ARMName: "pip-" + m.name,
		SKU: attrs{"name": "Standard"}, Deps: m.deps(),
		Attrs: attrs{"ip_address": fmt.Sprintf("203.0.113.%d", m.app%250), "allocation_method": "Static", "sku": "Standard"},
		Props: attrs{"ipAddress": fmt.Sprintf("203.0.113.%d", m.app%250), "publicIPAllocationMethod": "Static", "ipConfiguration": attrs{"id": nic + "/ipConfigurations/main"}},
	})
	m.add(Resource{
		Type: "azurerm_network_interface", Name: "this", ID: nic, ARMType: "microsoft.network/networkinterfaces", ARMName: "nic-" + m.name,
		Deps:  m.deps("azurerm_public_ip.this", "azurerm_subnet.this"),
		Attrs: attrs{"private_ip_address": fmt.Sprintf("10.%d.0.4", m.app%250), "ip_configuration": []attrs{{"name": "main", "subnet_id": m.subnet("app"), "public_ip_address_id": ip, "primary": true}}},
		Props: attrs{"virtualMachine": attrs{"id": vm}, "ipConfigurations": []attrs{{
			"name": "main", "id": nic + "/ipConfigurations/main",
			"properties": attrs{"subnet": attrs{"id": m.subnet("app")}, "publicIPAddress": attrs{"id": ip}, "primary": true},
		}}},
	})
	m.add(Resource{
		Type: "azurerm_linux_virtual_machine", Name: "this", ID: vm, ARMType: "microsoft.compute/virtualmachines", ARMName: "vm-" + m.name,
		Deps: m.deps("azurerm_network_interface.this"), Sensitive: []string{"admin_password"},
		Attrs: attrs{
			"size": "Standard_D2s_v5", "admin_username": "ops", "admin_password": m.secret("vm"), "network_interface_ids": []string{nic}, "virtual_machine_id": m.guid("vm"),
			"os_disk": []attrs{{"name": "disk-" + m.name, "caching": "ReadWrite", "storage_account_type": "Premium_LRS", "disk_size_gb": 64}},
		},
		Props: attrs{
			"vmId": m.guid("vm"), "hardwareProfile": attrs{"vmSize": "Standard_D2s_v5"}, "networkProfile": attrs{"networkInterfaces": []attrs{{"id": nic}}},
			"osProfile": attrs{"computerName": "vm-" + m.name, "adminUsername": "ops"}, "provisioningState": "Succeeded",
		},
	})
}

// roles are built-in roles with the ids that Azure gives them everywhere.
var roles = []struct{ name, id string }{
	{"Key Vault Secrets User", "4633458b-17de-408a-b874-0445c86b69e6"},
	{"Storage Blob Data Contributor", "ba92f5b4-2d11-453d-a403-e96b0029c9fe"},
	{"Azure Service Bus Data Sender", "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39"},
}

func (m *maker) access() {
	for i, scope := range []string{m.vault(), m.storage(), m.bus()} {
		r := roles[i]
		m.add(Resource{
			Type: "azurerm_role_assignment", Name: "this", Key: i, ID: scope + "/providers/Microsoft.Authorization/roleAssignments/" + m.guid("role "+r.name),
			Deps: m.deps("azurerm_user_assigned_identity.this"),
			Attrs: attrs{
				"name": m.guid("role " + r.name), "scope": scope, "principal_id": m.guid("principal"), "principal_type": "ServicePrincipal",
				"role_definition_name": r.name, "role_definition_id": "/subscriptions/" + Subscription + "/providers/Microsoft.Authorization/roleDefinitions/" + r.id,
			},
		})
	}
}

func (m *maker) privateEndpoints() {
	for _, e := range []struct{ name, target, sub string }{{"sql", m.sqlServer(), "sqlServer"}, {"kv", m.vault(), "vault"}} {
		id := m.id("Microsoft.Network/privateEndpoints", "pe-"+e.name+"-"+m.name)
		m.add(Resource{
			Type: "azurerm_private_endpoint", Name: e.name, ID: id, ARMType: "microsoft.network/privateendpoints", ARMName: "pe-" + e.name + "-" + m.name,
			Deps: m.deps("azurerm_subnet.this", map[string]string{"sql": "azurerm_mssql_server.this", "kv": "azurerm_key_vault.this"}[e.name]),
			Attrs: attrs{"subnet_id": m.subnet("endpoints"), "private_service_connection": []attrs{{
				"name": e.name, "is_manual_connection": false,
				"private_connection_resource_id": e.target, "subresource_names": []string{e.sub},
			}}},
			Props: attrs{"subnet": attrs{"id": m.subnet("endpoints")}, "provisioningState": "Succeeded", "privateLinkServiceConnections": []attrs{{
				"name":       e.name,
				"properties": attrs{"privateLinkServiceId": e.target, "groupIds": []string{e.sub}, "privateLinkServiceConnectionState": attrs{"status": "Approved"}},
			}}},
		})
	}
}
