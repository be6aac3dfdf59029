package derive

// Networks: R6 to R9, R11, R12, R31, R35, R36.
var networkFixtures = []fixture{
	{
		rule: "R2",
		arm: `[{"id":"@Microsoft.Web/sites/shop","kind":"app","properties":{"virtualNetworkSubnetId":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps"}},
			{"id":"@Microsoft.Network/virtualNetworks/vnet","properties":{"subnets":[{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps","name":"apps"}]}}]`,
		want: `shop --sends traffic through--> apps (certain R2)
			shop on rg-shop (D-SCOPE)
			apps in vnet
			! shop on apps (R2)`,
	},
	{
		rule: "R2", name: "terraform",
		tf: `{"azurerm_linux_web_app.shop":{"id":"@Microsoft.Web/sites/shop","name":"shop","virtual_network_subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps"},
			"azurerm_subnet.apps":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps","name":"apps"}}`,
		want: `shop --sends traffic through--> apps (certain R2)`,
	},
	{
		rule: "R6",
		arm: `[{"id":"@Microsoft.Network/privateEndpoints/pe-kv","properties":{"subnet":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/private"},"networkInterfaces":[{"id":"@Microsoft.Network/networkInterfaces/pe-kv-nic"}],
				"privateLinkServiceConnections":[{"name":"c","properties":{"privateLinkServiceId":"@Microsoft.KeyVault/vaults/kv","groupIds":["vault"],"privateLinkServiceConnectionState":{"status":"Approved"}}}]}},
			{"id":"@Microsoft.Network/networkInterfaces/pe-kv-nic","properties":{"privateEndpoint":{"id":"@Microsoft.Network/privateEndpoints/pe-kv"},"ipConfigurations":[{"properties":{"subnet":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/private"}}}]}},
			{"id":"@Microsoft.Network/virtualNetworks/vnet","properties":{"subnets":[{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/private","name":"private","properties":{"privateEndpoints":[{"id":"@Microsoft.Network/privateEndpoints/pe-kv"}],"ipConfigurations":[{"id":"@Microsoft.Network/networkInterfaces/pe-kv-nic/ipConfigurations/x"}]}}]}},
			{"id":"@Microsoft.KeyVault/vaults/kv","properties":{"vaultUri":"https://kv.vault.azure.net/"}}]`,
		want: `pe-kv --gives private access to--> kv (certain R6)
			pe-kv in private
			kv on rg-shop (D-SCOPE)
			resource pe-kv-nic in pe-kv
			! kv on private (R6)`,
	},
	{
		rule: "R6", name: "manual, pending",
		arm: `[{"id":"@Microsoft.Network/privateEndpoints/pe","properties":{"manualPrivateLinkServiceConnections":[{"name":"c","properties":{"privateLinkServiceId":"@Microsoft.KeyVault/vaults/kv","privateLinkServiceConnectionState":{"status":"Pending"}}}]}},
			{"id":"@Microsoft.KeyVault/vaults/kv"}]`,
		want: `pe --asks for private access to (pending)--> kv (certain R6)`,
	},
	{
		rule: "R6 R36", name: "terraform",
		tf: `{"azurerm_private_endpoint.pe":{"id":"@Microsoft.Network/privateEndpoints/pe","name":"pe","subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/private","private_service_connection":[{"name":"c","private_connection_resource_id":"@Microsoft.Storage/storageAccounts/store","subresource_names":["blob"]}],"private_dns_zone_group":[{"name":"z","private_dns_zone_ids":["@Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net"]}],"network_interface":[{"id":"@Microsoft.Network/networkInterfaces/n","name":"n"}]},
			"azurerm_subnet.private":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/private","name":"private"},
			"azurerm_private_dns_zone.z":{"id":"@Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net","name":"privatelink.blob.core.windows.net"},
			"azurerm_storage_account.store":{"id":"@Microsoft.Storage/storageAccounts/store","name":"store"}}`,
		want: `pe --gives private access to--> store (certain R6)
			pe in private
			pe --is registered in--> resource privatelink.blob.core.windows.net (certain R36) hidden`,
	},
	{
		rule: "R7",
		arm: `[{"id":"@Microsoft.KeyVault/vaults/kv","properties":{"privateEndpointConnections":[{"id":"@Microsoft.KeyVault/vaults/kv/privateEndpointConnections/c","properties":{"privateEndpoint":{"id":"@Microsoft.Network/privateEndpoints/pe"}}}]}},
			{"id":"@Microsoft.Network/privateEndpoints/pe","properties":{}}]`,
		want: `pe --gives private access to--> kv (certain R7)`,
	},
	{
		rule: "R7", name: "the other side was not scanned",
		arm:  `[{"id":"@Microsoft.KeyVault/vaults/kv","properties":{"privateEndpointConnections":[{"properties":{"privateEndpoint":{"id":"/subscriptions/00000000-0000-0000-0000-00000000000f/resourceGroups/far/providers/Microsoft.Network/privateEndpoints/pe"}}}]}}]`,
		want: `unresolved R7 kv properties.privateEndpointConnections[0].properties.privateEndpoint.id`,
	},
	{
		rule: "R8",
		arm: `[{"id":"@Microsoft.Network/virtualNetworks/hub","properties":{"virtualNetworkPeerings":[{"id":"@Microsoft.Network/virtualNetworks/hub/virtualNetworkPeerings/p","properties":{"remoteVirtualNetwork":{"id":"@Microsoft.Network/virtualNetworks/spoke"},"peeringState":"Connected"}}]}},
			{"id":"@Microsoft.Network/virtualNetworks/spoke"}]`,
		want: `hub --is peered with--> spoke (certain R8)`,
	},
	{
		rule: "R8", name: "terraform",
		tf: `{"azurerm_virtual_network_peering.p":{"id":"@Microsoft.Network/virtualNetworks/hub/virtualNetworkPeerings/p","name":"p","remote_virtual_network_id":"@Microsoft.Network/virtualNetworks/spoke"},
			"azurerm_virtual_network.hub":{"id":"@Microsoft.Network/virtualNetworks/hub","name":"hub"},
			"azurerm_virtual_network.spoke":{"id":"@Microsoft.Network/virtualNetworks/spoke","name":"spoke"}}`,
		want: `hub --is peered with--> spoke (certain R8)`,
	},
	{
		rule: "R9 R10 R17",
		arm: `[{"id":"@Microsoft.Network/networkInterfaces/nic","properties":{"virtualMachine":{"id":"@Microsoft.Compute/virtualMachines/vm"},"networkSecurityGroup":{"id":"@Microsoft.Network/networkSecurityGroups/nsg"},"ipConfigurations":[{"id":"@Microsoft.Network/networkInterfaces/nic/ipConfigurations/ip","properties":{"subnet":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/machines"},"publicIPAddress":{"id":"@Microsoft.Network/publicIPAddresses/pip"},"applicationSecurityGroups":[{"id":"@Microsoft.Network/applicationSecurityGroups/asg"}],"loadBalancerBackendAddressPools":[{"id":"@Microsoft.Network/loadBalancers/lb/backendAddressPools/pool"}]}}]}},
			{"id":"@Microsoft.Compute/virtualMachines/vm","properties":{"networkProfile":{"networkInterfaces":[{"id":"@Microsoft.Network/networkInterfaces/nic"}]}}},
			{"id":"@Microsoft.Network/networkSecurityGroups/nsg","properties":{"networkInterfaces":[{"id":"@Microsoft.Network/networkInterfaces/nic"}]}},
			{"id":"@Microsoft.Network/applicationSecurityGroups/asg"},
			{"id":"@Microsoft.Network/virtualNetworks/vnet","properties":{"subnets":[{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/machines","name":"machines"}]}},
			{"id":"@Microsoft.Network/publicIPAddresses/pip","properties":{"ipConfiguration":{"id":"@Microsoft.Network/networkInterfaces/nic/ipConfigurations/ip"}}},
			{"id":"@Microsoft.Network/loadBalancers/lb","properties":{"backendAddressPools":[{"id":"@Microsoft.Network/loadBalancers/lb/backendAddressPools/pool","properties":{"backendIPConfigurations":[{"id":"@Microsoft.Network/networkInterfaces/nic/ipConfigurations/ip"}]}}]}}]`,
		want: `vm in machines
			resource nic in vm
			resource pip in vm
			lb --balances to--> Workload on vm (certain R17)
			Workload on vm --is filtered by--> resource nsg (certain R9) hidden
			Workload on vm --is filtered by--> resource asg (certain R9) hidden
			Workload on vm on vm (M17-CON)`,
	},
	{
		rule: "R9", name: "terraform",
		tf: `{"azurerm_network_interface.nic":{"id":"@Microsoft.Network/networkInterfaces/nic","name":"nic","virtual_machine_id":"@Microsoft.Compute/virtualMachines/vm","ip_configuration":[{"name":"ip","subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/machines","public_ip_address_id":"@Microsoft.Network/publicIPAddresses/pip"}]},
			"azurerm_linux_virtual_machine.vm":{"id":"@Microsoft.Compute/virtualMachines/vm","name":"vm","network_interface_ids":["@Microsoft.Network/networkInterfaces/nic"]},
			"azurerm_public_ip.pip":{"id":"@Microsoft.Network/publicIPAddresses/pip","name":"pip"},
			"azurerm_subnet.machines":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/machines","name":"machines"}}`,
		want: `vm in machines
			resource nic in vm
			resource pip in vm
			Internet --reaches--> Workload on vm (high I1)`,
	},
	{
		rule: "R11 R17",
		arm: `[{"id":"@Microsoft.Compute/virtualMachineScaleSets/set","properties":{"virtualMachineProfile":{"networkProfile":{"networkInterfaceConfigurations":[{"name":"n","properties":{"networkSecurityGroup":{"id":"@Microsoft.Network/networkSecurityGroups/nsg"},"ipConfigurations":[{"properties":{"subnet":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/machines"},"loadBalancerBackendAddressPools":[{"id":"@Microsoft.Network/loadBalancers/lb/backendAddressPools/pool"}]}}]}}]}}}},
			{"id":"@Microsoft.Network/networkSecurityGroups/nsg"},
			{"id":"@Microsoft.Network/virtualNetworks/vnet","properties":{"subnets":[{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/machines","name":"machines"}]}},
			{"id":"@Microsoft.Network/loadBalancers/lb","properties":{"backendAddressPools":[{"id":"@Microsoft.Network/loadBalancers/lb/backendAddressPools/pool"}]}}]`,
		want: `set in machines
			lb --balances to--> Workload on set (certain R17)
			Workload on set --is filtered by--> resource nsg (certain R11) hidden`,
	},
	{
		rule: "R11 R17", name: "terraform",
		tf: `{"azurerm_linux_virtual_machine_scale_set.set":{"id":"@Microsoft.Compute/virtualMachineScaleSets/set","name":"set","network_interface":[{"name":"n","network_security_group_id":"@Microsoft.Network/networkSecurityGroups/nsg","ip_configuration":[{"name":"i","subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/machines","load_balancer_backend_address_pool_ids":["@Microsoft.Network/loadBalancers/lb/backendAddressPools/pool"]}]}]},
			"azurerm_network_security_group.nsg":{"id":"@Microsoft.Network/networkSecurityGroups/nsg","name":"nsg"},
			"azurerm_subnet.machines":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/machines","name":"machines"},
			"azurerm_lb_backend_address_pool.pool":{"id":"@Microsoft.Network/loadBalancers/lb/backendAddressPools/pool","name":"pool","loadbalancer_id":"@Microsoft.Network/loadBalancers/lb"},
			"azurerm_lb.lb":{"id":"@Microsoft.Network/loadBalancers/lb","name":"lb"}}`,
		want: `set in machines
			lb --balances to--> Workload on set (certain R17)
			Workload on set --is filtered by--> resource nsg (certain R11) hidden`,
	},
	{
		rule: "R12",
		arm: `[{"id":"@Microsoft.Network/virtualNetworks/vnet","properties":{"ddosProtectionPlan":{"id":"@Microsoft.Network/ddosProtectionPlans/ddos"},"subnets":[{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps","name":"apps","properties":{"networkSecurityGroup":{"id":"@Microsoft.Network/networkSecurityGroups/nsg"},"routeTable":{"id":"@Microsoft.Network/routeTables/rt"},"natGateway":{"id":"@Microsoft.Network/natGateways/nat"},"delegations":[{"properties":{"serviceName":"Microsoft.Web/serverFarms"}}]}}]}},
			{"id":"@Microsoft.Network/networkSecurityGroups/nsg","properties":{"subnets":[{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps"}]}},
			{"id":"@Microsoft.Network/routeTables/rt","properties":{"subnets":[{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps"}]}},
			{"id":"@Microsoft.Network/ddosProtectionPlans/ddos"},
			{"id":"@Microsoft.Network/natGateways/nat","properties":{"subnets":[{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps"}],"publicIpAddresses":[{"id":"@Microsoft.Network/publicIPAddresses/pip"}]}},
			{"id":"@Microsoft.Network/publicIPAddresses/pip","properties":{"natGateway":{"id":"@Microsoft.Network/natGateways/nat"}}}]`,
		want: `apps --leaves through--> nat (certain R12)
			apps --is filtered by--> resource nsg (certain R12) hidden
			apps --is routed by--> resource rt (certain R12) hidden
			vnet --is protected by--> resource ddos (certain R12) hidden
			resource pip in nat`,
	},
	{
		rule: "T-ASSOC R12", name: "associations",
		tf: `{"azurerm_subnet.apps":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps","name":"apps"},
			"azurerm_network_security_group.nsg":{"id":"@Microsoft.Network/networkSecurityGroups/nsg","name":"nsg"},
			"azurerm_nat_gateway.nat":{"id":"@Microsoft.Network/natGateways/nat","name":"nat"},
			"azurerm_public_ip.pip":{"id":"@Microsoft.Network/publicIPAddresses/pip","name":"pip"},
			"azurerm_subnet_network_security_group_association.a":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps","subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps","network_security_group_id":"@Microsoft.Network/networkSecurityGroups/nsg"},
			"azurerm_subnet_nat_gateway_association.a":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps","subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps","nat_gateway_id":"@Microsoft.Network/natGateways/nat"},
			"azurerm_nat_gateway_public_ip_association.a":{"id":"@Microsoft.Network/natGateways/nat|@Microsoft.Network/publicIPAddresses/pip","nat_gateway_id":"@Microsoft.Network/natGateways/nat","public_ip_address_id":"@Microsoft.Network/publicIPAddresses/pip"}}`,
		want: `apps --leaves through--> nat (certain R12)
			apps --is filtered by--> resource nsg (certain R12) hidden
			resource pip in nat`,
	},
	{
		rule: "T-ASSOC R9 R10 R2", name: "associations of machines and sites",
		tf: `{"azurerm_network_interface.nic":{"id":"@Microsoft.Network/networkInterfaces/nic","name":"nic","virtual_machine_id":"@Microsoft.Compute/virtualMachines/vm"},
			"azurerm_linux_virtual_machine.vm":{"id":"@Microsoft.Compute/virtualMachines/vm","name":"vm","network_interface_ids":["@Microsoft.Network/networkInterfaces/nic"]},
			"azurerm_managed_disk.data":{"id":"@Microsoft.Compute/disks/data","name":"data"},
			"azurerm_virtual_machine_data_disk_attachment.a":{"id":"@Microsoft.Compute/virtualMachines/vm/dataDisks/data","managed_disk_id":"@Microsoft.Compute/disks/data","virtual_machine_id":"@Microsoft.Compute/virtualMachines/vm","lun":0},
			"azurerm_lb.lb":{"id":"@Microsoft.Network/loadBalancers/lb","name":"lb"},
			"azurerm_lb_backend_address_pool.pool":{"id":"@Microsoft.Network/loadBalancers/lb/backendAddressPools/pool","name":"pool","loadbalancer_id":"@Microsoft.Network/loadBalancers/lb"},
			"azurerm_network_interface_backend_address_pool_association.a":{"id":"@Microsoft.Network/networkInterfaces/nic/ipConfigurations/ip|@Microsoft.Network/loadBalancers/lb/backendAddressPools/pool","network_interface_id":"@Microsoft.Network/networkInterfaces/nic","ip_configuration_name":"ip","backend_address_pool_id":"@Microsoft.Network/loadBalancers/lb/backendAddressPools/pool"},
			"azurerm_linux_web_app.shop":{"id":"@Microsoft.Web/sites/shop","name":"shop"},
			"azurerm_subnet.apps":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps","name":"apps"},
			"azurerm_app_service_virtual_network_swift_connection.a":{"id":"@Microsoft.Web/sites/shop/networkConfig/virtualNetwork","app_service_id":"@Microsoft.Web/sites/shop","subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps"}}`,
		want: `resource data in vm
			lb --balances to--> Workload on vm (certain R9)
			shop --sends traffic through--> apps (certain R2)`,
	},
	{
		rule: "T-ASSOC", name: "one end is not there",
		tf: `{"azurerm_subnet_network_security_group_association.a":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps","subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps","network_security_group_id":"@Microsoft.Network/networkSecurityGroups/nsg"}}`,
		want: `unresolved R12 apps network_security_group_id
			unresolved T-ASSOC apps subnet_id`,
	},
	{
		rule: "R31",
		arm: `[{"id":"@Microsoft.Storage/storageAccounts/store","properties":{"networkAcls":{"virtualNetworkRules":[{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps","action":"Allow"}]}}},
			{"id":"@Microsoft.DocumentDB/databaseAccounts/cosmos","properties":{"virtualNetworkRules":[{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps"}]}},
			{"id":"@Microsoft.Sql/servers/sql"},{"id":"@Microsoft.Sql/servers/sql/virtualNetworkRules/r","properties":{"virtualNetworkSubnetId":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps"}},
			{"id":"@Microsoft.ServiceBus/namespaces/bus"},{"id":"@Microsoft.ServiceBus/namespaces/bus/networkRuleSets/default","properties":{"virtualNetworkRules":[{"subnet":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps"}}]}},
			{"id":"@Microsoft.Web/sites/shop","properties":{"siteConfig":{"ipSecurityRestrictions":[{"vnetSubnetResourceId":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps"}]}}},
			{"id":"@Microsoft.Network/virtualNetworks/vnet","properties":{"subnets":[{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps","name":"apps"}]}}]`,
		want: `apps --may reach--> store (may R31)
			apps --may reach--> cosmos (may R31)
			apps --may reach--> Databases on sql (may R31)
			apps --may reach--> Queues of bus (may R31)
			apps --may reach--> shop (may R31)`,
	},
	{
		rule: "R31", name: "terraform",
		tf: `{"azurerm_storage_account.store":{"id":"@Microsoft.Storage/storageAccounts/store","name":"store","network_rules":[{"virtual_network_subnet_ids":["@Microsoft.Network/virtualNetworks/vnet/subnets/apps"]}]},
			"azurerm_key_vault.kv":{"id":"@Microsoft.KeyVault/vaults/kv","name":"kv","network_acls":[{"virtual_network_subnet_ids":["@Microsoft.Network/virtualNetworks/vnet/subnets/apps"]}]},
			"azurerm_cosmosdb_account.cosmos":{"id":"@Microsoft.DocumentDB/databaseAccounts/cosmos","name":"cosmos","virtual_network_rule":[{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps"}]},
			"azurerm_servicebus_namespace.bus":{"id":"@Microsoft.ServiceBus/namespaces/bus","name":"bus","network_rule_set":[{"network_rules":[{"subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps"}]}]},
			"azurerm_eventhub_namespace.hubs":{"id":"@Microsoft.EventHub/namespaces/hubs","name":"hubs","network_rulesets":[{"virtual_network_rule":[{"subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps"}]}]},
			"azurerm_cognitive_account.ai":{"id":"@Microsoft.CognitiveServices/accounts/ai","name":"ai","network_acls":[{"virtual_network_rules":[{"subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps"}]}]},
			"azurerm_mssql_server.sql":{"id":"@Microsoft.Sql/servers/sql","name":"sql"},
			"azurerm_mssql_virtual_network_rule.r":{"id":"@Microsoft.Sql/servers/sql/virtualNetworkRules/r","name":"r","server_id":"@Microsoft.Sql/servers/sql","subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps"},
			"azurerm_linux_web_app.shop":{"id":"@Microsoft.Web/sites/shop","name":"shop","site_config":[{"ip_restriction":[{"virtual_network_subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps"}]}]},
			"azurerm_subnet.apps":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps","name":"apps"}}`,
		want: `apps --may reach--> store (may R31)
			apps --may reach--> kv (may R31)
			apps --may reach--> cosmos (may R31)
			apps --may reach--> Queues of bus (may R31)
			apps --may reach--> Queues of hubs (may R31)
			apps --may reach--> ai (may R31)
			apps --may reach--> Databases on sql (may R31)
			apps --may reach--> shop (may R31)`,
	},
	{
		rule: "R35",
		arm: `[{"id":"@Microsoft.Network/connections/c","properties":{"virtualNetworkGateway1":{"id":"@Microsoft.Network/virtualNetworkGateways/gw"},"localNetworkGateway2":{"id":"@Microsoft.Network/localNetworkGateways/office"}}},
			{"id":"@Microsoft.Network/virtualNetworkGateways/gw","properties":{"gatewayDefaultSite":{"id":"@Microsoft.Network/localNetworkGateways/office"}}},
			{"id":"@Microsoft.Network/localNetworkGateways/office"}]`,
		want: `gw --is connected to--> office (certain R35)
			gw --connects to--> office (certain R35)`,
	},
	{
		rule: "R35", name: "terraform",
		tf: `{"azurerm_virtual_network_gateway_connection.c":{"id":"@Microsoft.Network/connections/c","name":"c","virtual_network_gateway_id":"@Microsoft.Network/virtualNetworkGateways/gw","express_route_circuit_id":"@Microsoft.Network/expressRouteCircuits/er"},
			"azurerm_virtual_network_gateway.gw":{"id":"@Microsoft.Network/virtualNetworkGateways/gw","name":"gw"},
			"azurerm_express_route_circuit.er":{"id":"@Microsoft.Network/expressRouteCircuits/er","name":"er"}}`,
		want: `gw --is connected to--> er (certain R35)`,
	},
	{
		rule: "R36", name: "names that an endpoint answers for",
		arm: `[{"id":"@Microsoft.Network/privateEndpoints/pe","properties":{"privateLinkServiceConnections":[{"properties":{"privateLinkServiceId":"@Microsoft.KeyVault/vaults/kv"}}],"customDnsConfigs":[{"fqdn":"kv.vault.azure.net","ipAddresses":["10.0.0.4"]}]}},
			{"id":"@Microsoft.Network/networkInterfaces/nic","properties":{"privateEndpoint":{"id":"@Microsoft.Network/privateEndpoints/pe"},"ipConfigurations":[{"properties":{"privateLinkConnectionProperties":{"fqdns":["kv.vault.azure.net"]}}}]}},
			{"id":"@Microsoft.KeyVault/vaults/kv","properties":{"vaultUri":"https://kv.vault.azure.net/"}}]`,
		want: `hidden R36 pe properties.customDnsConfigs[0].fqdn
			hidden R36 nic properties.ipConfigurations[0].properties.privateLinkConnectionProperties.fqdns[0]
			! pe --refers to--> kv (high R26)`,
	},
	{
		rule: "R36",
		arm: `[{"id":"@Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net"},{"id":"@Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net/virtualNetworkLinks/l","properties":{"virtualNetwork":{"id":"@Microsoft.Network/virtualNetworks/vnet"}}},
			{"id":"@Microsoft.Network/virtualNetworks/vnet"}]`,
		want: `resource l --answers names in--> vnet (certain R36) hidden`,
	},
	{
		rule: "R36", name: "terraform",
		tf: `{"azurerm_private_dns_zone.z":{"id":"@Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net","name":"privatelink.vaultcore.azure.net"},
			"azurerm_private_dns_zone_virtual_network_link.l":{"id":"@Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net/virtualNetworkLinks/l","name":"l","virtual_network_id":"@Microsoft.Network/virtualNetworks/vnet"},
			"azurerm_virtual_network.vnet":{"id":"@Microsoft.Network/virtualNetworks/vnet","name":"vnet"}}`,
		want: `resource l --answers names in--> vnet (certain R36) hidden`,
	},
}
