package derive

// What routes traffic: R13 to R19, DNS.
var gatewayFixtures = []fixture{
	{
		rule: "R13",
		arm: `[{"id":"@Microsoft.Network/applicationGateways/agw","properties":{"gatewayIPConfigurations":[{"properties":{"subnet":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/gateways"}}}],"frontendIPConfigurations":[{"properties":{"publicIPAddress":{"id":"@Microsoft.Network/publicIPAddresses/pip"}}}],
				"backendAddressPools":[{"id":"@Microsoft.Network/applicationGateways/agw/backendAddressPools/shop","properties":{"backendAddresses":[{"fqdn":"shop.azurewebsites.net"},{"fqdn":"legacy.example.com"},{"ipAddress":"10.1.2.3"}]}}],
				"requestRoutingRules":[{"properties":{"httpListener":{"id":"@Microsoft.Network/applicationGateways/agw/httpListeners/l"},"backendAddressPool":{"id":"@Microsoft.Network/applicationGateways/agw/backendAddressPools/shop"}}}],
				"firewallPolicy":{"id":"@Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/waf"}}},
			{"id":"@Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/waf","properties":{"applicationGateways":[{"id":"@Microsoft.Network/applicationGateways/agw"}]}},
			{"id":"@Microsoft.Network/virtualNetworks/vnet","properties":{"subnets":[{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/gateways","name":"gateways"}]}},
			{"id":"@Microsoft.Network/publicIPAddresses/pip","properties":{"ipAddress":"20.1.2.3"}},
			{"id":"@Microsoft.Web/sites/shop","kind":"app","properties":{"defaultHostName":"shop.azurewebsites.net"}}]`,
		want: `agw in gateways
			resource pip in agw
			agw --routes to--> shop (high R13)
			agw --routes to--> legacy.example.com (high R13)
			agw --routes to--> 10.1.2.3 (high R13)
			agw --is protected by--> resource waf (certain R13) hidden
			Internet --reaches--> agw (high I1)
			Internet --reaches through agw--> shop (high I1)
			legacy.example.com is "unverified"`,
	},
	{
		rule: "R13", name: "terraform",
		tf: `{"azurerm_application_gateway.agw":{"id":"@Microsoft.Network/applicationGateways/agw","name":"agw","firewall_policy_id":"@Microsoft.Network/applicationGatewayWebApplicationFirewallPolicies/waf","gateway_ip_configuration":[{"subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/gateways"}],"frontend_ip_configuration":[{"public_ip_address_id":"@Microsoft.Network/publicIPAddresses/pip"}],"backend_address_pool":[{"name":"shop","fqdns":["shop.azurewebsites.net"],"ip_addresses":["10.1.2.3"]}]},
			"azurerm_web_application_firewall_policy.waf":{"id":"@Microsoft.Network/applicationGatewayWebApplicationFirewallPolicies/waf","name":"waf"},
			"azurerm_subnet.gateways":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/gateways","name":"gateways"},
			"azurerm_public_ip.pip":{"id":"@Microsoft.Network/publicIPAddresses/pip","name":"pip"},
			"azurerm_linux_web_app.shop":{"id":"@Microsoft.Web/sites/shop","name":"shop","default_hostname":"shop.azurewebsites.net"}}`,
		want: `agw in gateways
			resource pip in agw
			agw --routes to--> shop (high R13)
			agw --routes to--> 10.1.2.3 (high R13)
			agw --is protected by--> resource waf (certain R13) hidden`,
	},
	{
		rule: "R13", name: "firewall, bastion and VPN gateway",
		arm: `[{"id":"@Microsoft.Network/azureFirewalls/fw","properties":{"firewallPolicy":{"id":"@Microsoft.Network/firewallPolicies/pol"},"ipConfigurations":[{"properties":{"subnet":{"id":"@Microsoft.Network/virtualNetworks/hub/subnets/AzureFirewallSubnet"},"publicIPAddress":{"id":"@Microsoft.Network/publicIPAddresses/pip-fw"}}}],"managementIpConfiguration":{"properties":{"subnet":{"id":"@Microsoft.Network/virtualNetworks/hub/subnets/AzureFirewallManagementSubnet"},"publicIPAddress":{"id":"@Microsoft.Network/publicIPAddresses/pip-mgmt"}}}}},
			{"id":"@Microsoft.Network/firewallPolicies/pol","properties":{"firewalls":[{"id":"@Microsoft.Network/azureFirewalls/fw"}],"childPolicies":[{"id":"@Microsoft.Network/firewallPolicies/child"}]}},
			{"id":"@Microsoft.Network/firewallPolicies/child","properties":{"basePolicy":{"id":"@Microsoft.Network/firewallPolicies/pol"}}},
			{"id":"@Microsoft.Network/publicIPAddresses/pip-fw"},{"id":"@Microsoft.Network/publicIPAddresses/pip-mgmt"},
			{"id":"@Microsoft.Network/bastionHosts/bas","properties":{"ipConfigurations":[{"properties":{"subnet":{"id":"@Microsoft.Network/virtualNetworks/hub/subnets/AzureBastionSubnet"}}}]}},
			{"id":"@Microsoft.Network/virtualNetworkGateways/gw","properties":{"ipConfigurations":[{"properties":{"subnet":{"id":"@Microsoft.Network/virtualNetworks/hub/subnets/GatewaySubnet"}}}]}},
			{"id":"@Microsoft.Network/virtualNetworks/hub","properties":{"subnets":[{"id":"@Microsoft.Network/virtualNetworks/hub/subnets/AzureFirewallSubnet","name":"AzureFirewallSubnet"},{"id":"@Microsoft.Network/virtualNetworks/hub/subnets/AzureFirewallManagementSubnet","name":"AzureFirewallManagementSubnet"},{"id":"@Microsoft.Network/virtualNetworks/hub/subnets/AzureBastionSubnet","name":"AzureBastionSubnet"},{"id":"@Microsoft.Network/virtualNetworks/hub/subnets/GatewaySubnet","name":"GatewaySubnet"}]}}]`,
		want: `fw in AzureFirewallSubnet
			bas in AzureBastionSubnet
			gw in GatewaySubnet
			resource pip-fw in fw
			resource pip-mgmt in fw
			fw --is governed by--> resource pol (certain R13) hidden
			resource child --is governed by--> resource pol (certain R13) hidden`,
	},
	{
		rule: "R13", name: "backends by interface",
		arm: `[{"id":"@Microsoft.Network/applicationGateways/agw","properties":{"backendAddressPools":[{"properties":{"backendIPConfigurations":[{"id":"@Microsoft.Network/networkInterfaces/nic/ipConfigurations/ip"}]}}]}},
			{"id":"@Microsoft.Network/networkInterfaces/nic","properties":{"virtualMachine":{"id":"@Microsoft.Compute/virtualMachines/vm"}}},{"id":"@Microsoft.Compute/virtualMachines/vm"}]`,
		want: `agw --routes to--> Workload on vm (certain R13)`,
	},
	{
		rule: "R13", name: "internal load balancer",
		tf: `{"azurerm_lb.lb":{"id":"@Microsoft.Network/loadBalancers/lb","name":"lb","frontend_ip_configuration":[{"name":"f","subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps"}]},
			"azurerm_subnet.apps":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apps","name":"apps"}}`,
		want: `lb in apps`,
	},
	{
		rule: "R17",
		tf: `{"azurerm_lb.lb":{"id":"@Microsoft.Network/loadBalancers/lb","name":"lb","frontend_ip_configuration":[{"name":"f","id":"@Microsoft.Network/loadBalancers/lb/frontendIPConfigurations/f","public_ip_address_id":"@Microsoft.Network/publicIPAddresses/pip"}]},
			"azurerm_public_ip.pip":{"id":"@Microsoft.Network/publicIPAddresses/pip","name":"pip"},
			"azurerm_lb_backend_address_pool.pool":{"id":"@Microsoft.Network/loadBalancers/lb/backendAddressPools/pool","name":"pool","loadbalancer_id":"@Microsoft.Network/loadBalancers/lb","backend_ip_configurations":["@Microsoft.Network/networkInterfaces/nic/ipConfigurations/ip"]},
			"azurerm_lb_rule.r":{"id":"@Microsoft.Network/loadBalancers/lb/loadBalancingRules/r","name":"r","loadbalancer_id":"@Microsoft.Network/loadBalancers/lb","backend_address_pool_ids":["@Microsoft.Network/loadBalancers/lb/backendAddressPools/pool"],"probe_id":"@Microsoft.Network/loadBalancers/lb/probes/p","frontend_ip_configuration_id":"@Microsoft.Network/loadBalancers/lb/frontendIPConfigurations/f"},
			"azurerm_lb_probe.p":{"id":"@Microsoft.Network/loadBalancers/lb/probes/p","name":"p","loadbalancer_id":"@Microsoft.Network/loadBalancers/lb"},
			"azurerm_network_interface.nic":{"id":"@Microsoft.Network/networkInterfaces/nic","name":"nic","virtual_machine_id":"@Microsoft.Compute/virtualMachines/vm"},
			"azurerm_linux_virtual_machine.vm":{"id":"@Microsoft.Compute/virtualMachines/vm","name":"vm","network_interface_ids":["@Microsoft.Network/networkInterfaces/nic"]}}`,
		want: `resource pip in lb
			resource r in lb
			lb --balances to--> Workload on vm (certain R17)
			Internet --reaches--> lb (high I1)
			Internet --reaches through lb--> Workload on vm (high I1)`,
	},
	{
		rule: "R17", name: "addresses of a prefix",
		arm:  `[{"id":"@Microsoft.Network/publicIPAddresses/pip","properties":{"publicIPPrefix":{"id":"@Microsoft.Network/publicIPPrefixes/pre"}}},{"id":"@Microsoft.Network/publicIPPrefixes/pre"}]`,
		want: `resource pip --is taken from--> resource pre (certain R17) hidden`,
	},
	{
		rule: "R14",
		arm: `[{"id":"@Microsoft.Cdn/profiles/fd","name":"fd","properties":{}},
			{"id":"@Microsoft.Cdn/profiles/fd/originGroups/shop"},
			{"id":"@Microsoft.Cdn/profiles/fd/originGroups/shop/origins/shop","properties":{"hostName":"shop.azurewebsites.net","originHostHeader":"shop.azurewebsites.net","azureOrigin":{"id":"@Microsoft.Web/sites/shop"}}},
			{"id":"@Microsoft.Cdn/profiles/fd/originGroups/shop/origins/old","properties":{"hostName":"legacy.example.com","sharedPrivateLinkResource":{"privateLink":{"id":"@Microsoft.Network/privateLinkServices/pls"}}}},
			{"id":"@Microsoft.Cdn/profiles/fd/afdEndpoints/e/routes/r","properties":{"originGroup":{"id":"@Microsoft.Cdn/profiles/fd/originGroups/shop"}}},
			{"id":"@Microsoft.Cdn/profiles/fd/securityPolicies/s","properties":{"parameters":{"wafPolicy":{"id":"@Microsoft.Network/FrontDoorWebApplicationFirewallPolicies/waf"},"associations":[{"domains":[{"id":"@Microsoft.Cdn/profiles/fd/afdEndpoints/e"}]}]}}},
			{"id":"@Microsoft.Cdn/profiles/fd/customDomains/d","properties":{"azureDnsZone":{"id":"@Microsoft.Network/dnszones/contoso.com"}}},
			{"id":"@Microsoft.Network/FrontDoorWebApplicationFirewallPolicies/waf"},{"id":"@Microsoft.Network/privateLinkServices/pls"},{"id":"@Microsoft.Network/dnszones/contoso.com"},
			{"id":"@Microsoft.Web/sites/shop","kind":"app","properties":{"defaultHostName":"shop.azurewebsites.net"}}]`,
		want: `fd --routes to--> shop (certain R14)
			fd --routes to--> legacy.example.com (high R14)
			fd --routes to--> resource pls (certain R14) hidden
			fd --is protected by--> resource waf (certain R13) hidden
			Internet --reaches through fd--> shop (high I1)`,
	},
	{
		rule: "R14", name: "terraform",
		tf: `{"azurerm_cdn_frontdoor_profile.fd":{"id":"@Microsoft.Cdn/profiles/fd","name":"fd"},
			"azurerm_cdn_frontdoor_origin_group.g":{"id":"@Microsoft.Cdn/profiles/fd/originGroups/g","name":"g","cdn_frontdoor_profile_id":"@Microsoft.Cdn/profiles/fd"},
			"azurerm_cdn_frontdoor_origin.o":{"id":"@Microsoft.Cdn/profiles/fd/originGroups/g/origins/o","name":"o","cdn_frontdoor_origin_group_id":"@Microsoft.Cdn/profiles/fd/originGroups/g","host_name":"shop.azurewebsites.net","origin_host_header":"shop.azurewebsites.net","private_link":[{"private_link_target_id":"@Microsoft.Web/sites/shop"}]},
			"azurerm_cdn_frontdoor_endpoint.e":{"id":"@Microsoft.Cdn/profiles/fd/afdEndpoints/e","name":"e","cdn_frontdoor_profile_id":"@Microsoft.Cdn/profiles/fd","host_name":"e-abc.azurefd.net"},
			"azurerm_cdn_frontdoor_route.r":{"id":"@Microsoft.Cdn/profiles/fd/afdEndpoints/e/routes/r","name":"r","cdn_frontdoor_endpoint_id":"@Microsoft.Cdn/profiles/fd/afdEndpoints/e","cdn_frontdoor_origin_group_id":"@Microsoft.Cdn/profiles/fd/originGroups/g","cdn_frontdoor_origin_ids":["@Microsoft.Cdn/profiles/fd/originGroups/g/origins/o"]},
			"azurerm_cdn_frontdoor_security_policy.s":{"id":"@Microsoft.Cdn/profiles/fd/securityPolicies/s","name":"s","cdn_frontdoor_profile_id":"@Microsoft.Cdn/profiles/fd","security_policies":[{"firewall":[{"cdn_frontdoor_firewall_policy_id":"@Microsoft.Network/frontDoorWebApplicationFirewallPolicies/waf","association":[{"domain":[{"cdn_frontdoor_domain_id":"@Microsoft.Cdn/profiles/fd/afdEndpoints/e"}]}]}]}]},
			"azurerm_cdn_frontdoor_firewall_policy.waf":{"id":"@Microsoft.Network/frontDoorWebApplicationFirewallPolicies/waf","name":"waf"},
			"azurerm_linux_web_app.shop":{"id":"@Microsoft.Web/sites/shop","name":"shop","default_hostname":"shop.azurewebsites.net"}}`,
		want: `fd --routes to--> shop (certain R14)
			fd --is protected by--> resource waf (certain R13) hidden`,
	},
	{
		rule: "R15",
		arm: `[{"id":"@Microsoft.Network/frontDoors/fd","properties":{"backendPools":[{"properties":{"backends":[{"address":"shop.azurewebsites.net","backendHostHeader":"shop.azurewebsites.net"}]}}]}},
			{"id":"@Microsoft.Web/sites/shop","properties":{"defaultHostName":"shop.azurewebsites.net"}}]`,
		want: `fd --routes to--> shop (high R15)`,
	},
	{
		rule: "R15", name: "terraform",
		tf: `{"azurerm_frontdoor.fd":{"id":"@Microsoft.Network/frontDoors/fd","name":"fd","backend_pool":[{"backend":[{"address":"shop.azurewebsites.net","host_header":"shop.azurewebsites.net"}]}]},
			"azurerm_linux_web_app.shop":{"id":"@Microsoft.Web/sites/shop","name":"shop","default_hostname":"shop.azurewebsites.net"}}`,
		want: `fd --routes to--> shop (high R15)`,
	},
	{
		rule: "R16",
		arm: `[{"id":"@Microsoft.Network/trafficManagerProfiles/tm","properties":{"endpoints":[{"type":"Microsoft.Network/trafficManagerProfiles/azureEndpoints","properties":{"targetResourceId":"@Microsoft.Web/sites/shop","target":"shop.azurewebsites.net"}},{"properties":{"target":"www.example.org"}}]}},
			{"id":"@Microsoft.Web/sites/shop","properties":{"defaultHostName":"shop.azurewebsites.net"}}]`,
		want: `tm --routes to--> shop (certain R16)
			tm --routes to--> www.example.org (high R16)`,
	},
	{
		rule: "R16", name: "terraform",
		tf: `{"azurerm_traffic_manager_profile.tm":{"id":"@Microsoft.Network/trafficManagerProfiles/tm","name":"tm"},
			"azurerm_traffic_manager_azure_endpoint.a":{"id":"@Microsoft.Network/trafficManagerProfiles/tm/azureEndpoints/a","name":"a","profile_id":"@Microsoft.Network/trafficManagerProfiles/tm","target_resource_id":"@Microsoft.Web/sites/shop"},
			"azurerm_traffic_manager_external_endpoint.b":{"id":"@Microsoft.Network/trafficManagerProfiles/tm/externalEndpoints/b","name":"b","profile_id":"@Microsoft.Network/trafficManagerProfiles/tm","target":"www.example.org"},
			"azurerm_linux_web_app.shop":{"id":"@Microsoft.Web/sites/shop","name":"shop"}}`,
		want: `tm --routes to--> shop (certain R16)
			tm --routes to--> www.example.org (high R16)
			resource a in tm`,
	},
	{
		rule: "R18",
		arm: `[{"id":"@Microsoft.ApiManagement/service/apim","properties":{"virtualNetworkConfiguration":{"subnetResourceId":"@Microsoft.Network/virtualNetworks/vnet/subnets/apim"},"virtualNetworkType":"External","gatewayUrl":"https://apim.azure-api.net"}},
			{"id":"@Microsoft.ApiManagement/service/apim/apis/orders","properties":{"serviceUrl":"https://orders.azurewebsites.net/v1"}},
			{"id":"@Microsoft.ApiManagement/service/apim/backends/b","properties":{"url":"https://erp.example.com/soap","resourceId":"https://management.azure.com@Microsoft.Web/sites/orders"}},
			{"id":"@Microsoft.Network/virtualNetworks/vnet","properties":{"subnets":[{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apim","name":"apim"}]}},
			{"id":"@Microsoft.Web/sites/orders","properties":{"defaultHostName":"orders.azurewebsites.net"}}]`,
		want: `orders --calls--> orders (high R18)
			apim --calls--> erp.example.com (high R18)
			apim --calls--> orders (high R18)
			orders: component "API" M39
			apim on apim (R18)`,
	},
	{
		rule: "R18", name: "terraform",
		tf: `{"azurerm_api_management.apim":{"id":"@Microsoft.ApiManagement/service/apim","name":"apim","virtual_network_configuration":[{"subnet_id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apims"}]},
			"azurerm_api_management_api.orders-api":{"id":"@Microsoft.ApiManagement/service/apim/apis/orders-api;rev=1","name":"orders-api","service_url":"https://orders.azurewebsites.net"},
			"azurerm_api_management_backend.b":{"id":"@Microsoft.ApiManagement/service/apim/backends/b","name":"b","url":"https://erp.example.com/soap","resource_id":"https://management.azure.com@Microsoft.Web/sites/orders"},
			"azurerm_subnet.apims":{"id":"@Microsoft.Network/virtualNetworks/vnet/subnets/apims","name":"apims"},
			"azurerm_linux_web_app.orders":{"id":"@Microsoft.Web/sites/orders","name":"orders","default_hostname":"orders.azurewebsites.net"}}`,
		want: `orders-api --calls--> orders (high R18)
			apim --calls--> erp.example.com (high R18)
			apim --calls--> orders (high R18)
			apim on apims (R18)`,
	},
	{
		rule: "R19",
		arm: `[{"id":"@Microsoft.Storage/storageAccounts/pictures","properties":{}},
			{"id":"@Microsoft.EventGrid/systemTopics/st","properties":{"source":"@Microsoft.Storage/storageAccounts/pictures","topicType":"Microsoft.Storage.StorageAccounts"}},
			{"id":"@Microsoft.EventGrid/systemTopics/st/eventSubscriptions/s","properties":{"topic":"@Microsoft.EventGrid/systemTopics/st","destination":{"endpointType":"AzureFunction","properties":{"resourceId":"@Microsoft.Web/sites/thumbs/functions/make"}},"deadLetterDestination":{"endpointType":"StorageBlob","properties":{"resourceId":"@Microsoft.Storage/storageAccounts/dead","blobContainerName":"x"}}}},
			{"id":"@Microsoft.EventGrid/systemTopics/st/eventSubscriptions/w","properties":{"destination":{"endpointType":"WebHook","properties":{"endpointBaseUrl":"https://hooks.example.com/x"}}}},
			{"id":"@Microsoft.EventGrid/systemTopics/st/eventSubscriptions/i","properties":{"deliveryWithResourceIdentity":{"identity":{"type":"SystemAssigned"},"destination":{"endpointType":"ServiceBusQueue","properties":{"resourceId":"@Microsoft.ServiceBus/namespaces/bus/queues/events"}}}}},
			{"id":"@Microsoft.ServiceBus/namespaces/bus"},{"id":"@Microsoft.ServiceBus/namespaces/bus/queues/events"},
			{"id":"@Microsoft.Storage/storageAccounts/dead"},{"id":"@Microsoft.Web/sites/thumbs","kind":"functionapp","properties":{}},{"id":"@Microsoft.Web/sites/thumbs/functions/make","properties":{}}]`,
		want: `pictures --delivers events to--> make (certain R19)
			pictures --keeps undeliverable events in--> dead (certain R19)
			pictures --delivers events to--> hooks.example.com (certain R19)
			pictures --delivers events to--> events (certain R19)`,
	},
	{
		rule: "R19", name: "terraform",
		tf: `{"azurerm_storage_account.pictures":{"id":"@Microsoft.Storage/storageAccounts/pictures","name":"pictures"},
			"azurerm_eventgrid_system_topic.st":{"id":"@Microsoft.EventGrid/systemTopics/st","name":"st","source_arm_resource_id":"@Microsoft.Storage/storageAccounts/pictures"},
			"azurerm_eventgrid_system_topic_event_subscription.s":{"id":"@Microsoft.EventGrid/systemTopics/st/eventSubscriptions/s","name":"s","system_topic":"st","service_bus_queue_endpoint_id":"@Microsoft.ServiceBus/namespaces/bus/queues/events"},
			"azurerm_eventgrid_event_subscription.t":{"id":"@Microsoft.Storage/storageAccounts/pictures/providers/Microsoft.EventGrid/eventSubscriptions/t","name":"t","scope":"@Microsoft.Storage/storageAccounts/pictures","azure_function_endpoint":[{"function_id":"@Microsoft.Web/sites/thumbs/functions/make"}],"storage_blob_dead_letter_destination":[{"storage_account_id":"@Microsoft.Storage/storageAccounts/dead"}]},
			"azurerm_servicebus_namespace.bus":{"id":"@Microsoft.ServiceBus/namespaces/bus","name":"bus"},
			"azurerm_servicebus_queue.events":{"id":"@Microsoft.ServiceBus/namespaces/bus/queues/events","name":"events","namespace_id":"@Microsoft.ServiceBus/namespaces/bus"},
			"azurerm_storage_account.dead":{"id":"@Microsoft.Storage/storageAccounts/dead","name":"dead"},
			"azurerm_linux_function_app.thumbs":{"id":"@Microsoft.Web/sites/thumbs","name":"thumbs"}}`,
		want: `pictures --delivers events to--> events (certain R19)
			pictures --delivers events to--> thumbs (certain R19)
			pictures --keeps undeliverable events in--> dead (certain R19)
			events on bus (P1)`,
	},
	{
		rule: "R26", name: "record sets",
		arm: `[{"id":"@Microsoft.Network/dnszones/contoso.com"},{"id":"@Microsoft.Network/dnszones/contoso.com/CNAME/www","properties":{"CNAMERecord":{"cname":"shop.azurewebsites.net"}}},
			{"id":"@Microsoft.Network/dnszones/contoso.com/A/root","properties":{"targetResource":{"id":"@Microsoft.Network/publicIPAddresses/pip"},"ARecords":[{"ipv4Address":"20.1.2.3"}]}},
			{"id":"@Microsoft.Network/publicIPAddresses/pip","properties":{"ipAddress":"20.1.2.3"}},
			{"id":"@Microsoft.Web/sites/shop","properties":{"defaultHostName":"shop.azurewebsites.net"}}]`,
		want: `contoso.com --points to--> shop (high R26) hidden
			contoso.com --points to--> resource pip (high R26) hidden`,
	},
	{
		rule: "R26", name: "addresses of the platform",
		arm: `[{"id":"@Microsoft.Web/sites/shop","properties":{"outboundIpAddresses":"20.1.2.3,20.1.2.4","possibleOutboundIpAddresses":"20.1.2.3"}},
			{"id":"@Microsoft.Network/publicIPAddresses/pip","properties":{"ipAddress":"20.1.2.3"}}]`,
		want: `hidden R26 shop properties.outboundIpAddresses
			! shop --refers to--> resource pip (high R26)`,
	},
	{
		rule: "R26", name: "record sets in terraform",
		tf: `{"azurerm_dns_zone.z":{"id":"@Microsoft.Network/dnsZones/contoso.com","name":"contoso.com"},
			"azurerm_dns_cname_record.www":{"id":"@Microsoft.Network/dnsZones/contoso.com/CNAME/www","name":"www","record":"shop.azurewebsites.net"},
			"azurerm_linux_web_app.shop":{"id":"@Microsoft.Web/sites/shop","name":"shop","default_hostname":"shop.azurewebsites.net"}}`,
		want: `contoso.com --points to--> shop (high R26) hidden`,
	},
}
