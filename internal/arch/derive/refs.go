package derive

import (
	"strings"

	"c4arch/internal/arch/c4"
)

// act is what a reference rule does with a reference that it claims.
type act uint8

const (
	relate  act = iota // a relationship from the resource to the target
	reverse            // a relationship from the target to the resource
	nest               // the resource is contained in the target
	own                // the target is a part of the resource (its disk, its network interface)
	ownedBy            // the resource is a part of the target
	ignore             // accounted as hidden
)

// refRule says what a reference in a property means.
type refRule struct {
	id string
	// from are the types it holds for, as in typeRule; "*" is any Azure type, "aws_*" and "google_*" any of
	// that provider, "any" every type.
	from string
	// paths are patterns of property paths, lower-case, array positions as []; a leading "**."
	// matches any prefix. ARM and Terraform spellings stand side by side: the resource's form decides
	// which can occur.
	paths string
	act   act
	label string
	conf  c4.Confidence
	// rank orders containments: the highest wins, the others become relationships.
	rank int
	why  string
	src  string
	// layer puts the relationship out of the default pictures.
	layer string
	// setting: the value is configuration, so a host that resolves to nothing is an external system.
	setting bool
	// address: the property is an address, so any dotted name in it is a host.
	address bool
	// names are the types whose plain name, unique among them only, the property may hold.
	names string
}

// Ranks of containment: a compute host before a network before a group.
const (
	rankHost   = 50
	rankSubnet = 30
	rankGroup  = 10
	rankScope  = 5
)

const (
	armRef = "Azure resource reference (learn.microsoft.com/azure/templates)"
	tfRef  = "Terraform azurerm provider reference (registry.terraform.io/providers/hashicorp/azurerm)"
	k8sRef = "Kubernetes API reference (kubernetes.io/docs/reference)"
	comRef = "Compose Specification (compose-spec.io)"
)

var azureRefs = []refRule{
	{id: "R1", from: "microsoft.web/sites microsoft.web/sites/slots", paths: "properties.serverfarmid service_plan_id app_service_plan_id", act: nest, rank: rankHost, conf: c4.Certain, why: "a site runs on its App Service plan", src: armRef},
	{id: "R2", from: "microsoft.web/sites microsoft.web/sites/slots", paths: "properties.virtualnetworksubnetid virtual_network_subnet_id", act: relate, label: "sends traffic through", conf: c4.Certain, why: "VNet integration carries a site's outgoing traffic; it does not put the site into the subnet", src: armRef},
	{id: "R3", from: "microsoft.web/serverfarms microsoft.web/sites", paths: "properties.hostingenvironmentprofile.id app_service_environment_id", act: nest, rank: rankHost, conf: c4.Certain, why: "the plan lives in an App Service Environment", src: armRef},
	{id: "R3", from: "microsoft.web/hostingenvironments", paths: "properties.virtualnetwork.id subnet_id", act: nest, rank: rankSubnet, conf: c4.Certain, why: "the environment is deployed into a subnet", src: armRef},
	{id: "R6", from: "microsoft.network/privateendpoints", paths: "properties.privatelinkserviceconnections[].properties.privatelinkserviceid properties.manualprivatelinkserviceconnections[].properties.privatelinkserviceid private_service_connection[].private_connection_resource_id", act: relate, label: "gives private access to", conf: c4.Certain, why: "a private endpoint stands in the subnet for the service, which stays outside", src: armRef},
	{id: "R6", from: "microsoft.network/privateendpoints", paths: "properties.subnet.id subnet_id", act: nest, rank: rankSubnet, conf: c4.Certain, why: "the endpoint's address is in this subnet", src: armRef},
	{id: "R6", from: "microsoft.network/privateendpoints", paths: "properties.networkinterfaces[].id network_interface[].id", act: own, conf: c4.Certain, why: "the interface belongs to the endpoint", src: armRef},
	{id: "R36", from: "microsoft.network/privateendpoints microsoft.network/privateendpoints/privatednszonegroups", paths: "private_dns_zone_group[].private_dns_zone_ids[] **.privatednszoneconfigs[].properties.privatednszoneid private_dns_zone_configs[].private_dns_zone_id", act: relate, label: "is registered in", conf: c4.Certain, layer: "hidden", why: "the endpoint's name is kept in this zone", src: armRef},
	{id: "R26", from: "microsoft.web/sites microsoft.web/sites/slots microsoft.web/hostingenvironments microsoft.app/containerapps microsoft.app/managedenvironments", paths: "properties.outboundipaddresses[] properties.outboundipaddresses properties.possibleoutboundipaddresses properties.inboundipaddress properties.possibleinboundipaddresses outbound_ip_addresses outbound_ip_address_list[] outbound_ip_addresses[] possible_outbound_ip_addresses possible_outbound_ip_address_list[]", act: ignore, why: "addresses of the platform, from which the app calls or under which it answers: nothing that it refers to", src: armRef},
	{id: "R36", from: "microsoft.network/networkinterfaces", paths: "**.privatelinkconnectionproperties.fqdns[]", act: ignore, why: "the name under which the interface's private endpoint answers for its target", src: armRef},
	{id: "R36", from: "microsoft.network/privateendpoints", paths: "properties.customdnsconfigs[].fqdn custom_dns_configs[].fqdn **.record_sets[].fqdn **.recordsets[].fqdn **.record_sets[].name", act: ignore, why: "the name under which the endpoint answers for its target", src: armRef},
	{id: "R7", from: "*", paths: "properties.privateendpointconnections[].properties.privateendpoint.id", act: reverse, label: "gives private access to", conf: c4.Certain, why: "the service names the private endpoints that reach it", src: armRef},
	{id: "R8", from: "microsoft.network/virtualnetworks microsoft.network/virtualnetworks/virtualnetworkpeerings", paths: "properties.virtualnetworkpeerings[].properties.remotevirtualnetwork.id properties.remotevirtualnetwork.id remote_virtual_network_id", act: relate, label: "is peered with", conf: c4.Certain, why: "a peering names the remote network", src: armRef},
	{id: "R9", from: "microsoft.network/networkinterfaces", paths: "properties.virtualmachine.id virtual_machine_id", act: ownedBy, conf: c4.Certain, why: "the interface belongs to the machine", src: armRef},
	{id: "R9", from: "microsoft.network/networkinterfaces", paths: "properties.privateendpoint.id", act: ownedBy, conf: c4.Certain, why: "the interface belongs to the private endpoint", src: armRef},
	{id: "R9", from: "microsoft.network/networkinterfaces", paths: "properties.ipconfigurations[].properties.subnet.id ip_configuration[].subnet_id", act: nest, rank: rankSubnet, conf: c4.Certain, why: "the interface, and so its machine, is in the subnet", src: armRef},
	{id: "R9", from: "microsoft.network/networkinterfaces", paths: "properties.ipconfigurations[].properties.publicipaddress.id ip_configuration[].public_ip_address_id", act: own, conf: c4.Certain, why: "the public address belongs to the interface", src: armRef},
	{id: "R9", from: "microsoft.network/networkinterfaces", paths: "properties.ipconfigurations[].properties.loadbalancerbackendaddresspools[].id properties.ipconfigurations[].properties.applicationgatewaybackendaddresspools[].id properties.ipconfigurations[].properties.loadbalancerinboundnatrules[].id", act: reverse, label: "balances to", conf: c4.Certain, why: "the interface is in the pool", src: armRef},
	{id: "R9", from: "microsoft.network/networkinterfaces", paths: "properties.networksecuritygroup.id network_security_group_id", act: relate, label: "is filtered by", conf: c4.Certain, layer: "hidden", why: "the security group filters the interface", src: armRef},
	{id: "R9", from: "microsoft.network/networkinterfaces", paths: "properties.ipconfigurations[].properties.applicationsecuritygroups[].id ip_configuration[].application_security_group_ids[]", act: relate, label: "is filtered by", conf: c4.Certain, layer: "hidden", why: "the interface is a member of the application security group", src: armRef},
	{id: "R10", from: "microsoft.compute/virtualmachines", paths: "properties.networkprofile.networkinterfaces[].id network_interface_ids[] **.manageddisk.id os_disk[].id storage_data_disk[].managed_disk_id storage_os_disk[].managed_disk_id managed_disk_id primary_network_interface_id", act: own, conf: c4.Certain, why: "the machine names its interfaces and disks", src: armRef},
	{id: "R10", from: "microsoft.compute/disks", paths: "managedby properties.managedby managed_by", act: ownedBy, conf: c4.Certain, why: "the disk belongs to the machine", src: armRef},
	{id: "R10", from: "microsoft.compute/virtualmachines microsoft.compute/virtualmachinescalesets", paths: "properties.availabilityset.id availability_set_id properties.proximityplacementgroup.id proximity_placement_group_id properties.virtualmachinescaleset.id virtual_machine_scale_set_id", act: relate, label: "is placed by", conf: c4.Certain, layer: "hidden", why: "the machine names what spreads or joins it", src: armRef},
	{id: "R10", from: "microsoft.compute/availabilitysets microsoft.compute/proximityplacementgroups", paths: "properties.virtualmachines[].id", act: reverse, label: "is placed by", conf: c4.Certain, layer: "hidden", why: "the set lists its machines", src: armRef},
	{id: "R10", from: "microsoft.compute/virtualmachines/extensions microsoft.compute/virtualmachinescalesets/extensions", paths: "virtual_machine_id virtual_machine_scale_set_id", act: ownedBy, conf: c4.Certain, why: "the extension belongs to the machine", src: tfRef},
	{id: "R10", from: "microsoft.compute/virtualmachines", paths: "resources[].id", act: own, conf: c4.Certain, why: "the machine lists its extensions", src: armRef},
	{id: "R10", from: "microsoft.compute/virtualmachines microsoft.compute/virtualmachinescalesets microsoft.compute/disks", paths: "**.imagereference.id source_image_id **.source_image_reference[].id properties.creationdata.imagereference.id properties.creationdata.sourceresourceid", act: ignore, why: "the image that a disk was made from is not a part of the running system", src: armRef},
	{id: "R11", from: "microsoft.compute/virtualmachinescalesets", paths: "properties.virtualmachineprofile.networkprofile.networkinterfaceconfigurations[].properties.ipconfigurations[].properties.subnet.id network_interface[].ip_configuration[].subnet_id", act: nest, rank: rankSubnet, conf: c4.Certain, why: "the scale set's interfaces are in the subnet", src: armRef},
	{id: "R11", from: "microsoft.compute/virtualmachinescalesets", paths: "properties.virtualmachineprofile.networkprofile.networkinterfaceconfigurations[].properties.networksecuritygroup.id network_interface[].network_security_group_id **.applicationsecuritygroups[].id network_interface[].ip_configuration[].application_security_group_ids[]", act: relate, label: "is filtered by", conf: c4.Certain, layer: "hidden", why: "the security group filters the scale set's interfaces", src: armRef},
	{id: "R17", from: "microsoft.compute/virtualmachinescalesets", paths: "properties.virtualmachineprofile.networkprofile.networkinterfaceconfigurations[].properties.ipconfigurations[].properties.loadbalancerbackendaddresspools[].id network_interface[].ip_configuration[].load_balancer_backend_address_pool_ids[]", act: reverse, label: "balances to", conf: c4.Certain, why: "the scale set is in the pool", src: armRef},
	{id: "R12", from: "microsoft.network/virtualnetworks microsoft.network/virtualnetworks/subnets", paths: "**.networksecuritygroup.id subnet[].security_group network_security_group_id", act: relate, label: "is filtered by", conf: c4.Certain, layer: "hidden", why: "the security group filters the subnet", src: armRef},
	{id: "R12", from: "microsoft.network/virtualnetworks microsoft.network/virtualnetworks/subnets", paths: "**.routetable.id subnet[].route_table_id route_table_id", act: relate, label: "is routed by", conf: c4.Certain, layer: "hidden", why: "the route table routes the subnet", src: armRef},
	{id: "R12", from: "microsoft.network/virtualnetworks microsoft.network/virtualnetworks/subnets", paths: "**.natgateway.id nat_gateway_id", act: relate, label: "leaves through", conf: c4.Certain, why: "outgoing traffic of the subnet takes the gateway's addresses", src: armRef},
	{id: "R12", from: "microsoft.network/networksecuritygroups", paths: "properties.subnets[].id properties.networkinterfaces[].id", act: reverse, label: "is filtered by", conf: c4.Certain, layer: "hidden", why: "the group lists what it filters: the reverse of the subnet's own statement", src: armRef},
	{id: "R12", from: "microsoft.network/routetables", paths: "properties.subnets[].id", act: reverse, label: "is routed by", conf: c4.Certain, layer: "hidden", why: "the table lists what it routes: the reverse of the subnet's own statement", src: armRef},
	{id: "R12", from: "microsoft.network/natgateways", paths: "properties.subnets[].id", act: reverse, label: "leaves through", conf: c4.Certain, why: "the gateway lists its subnets: the reverse of the subnet's own statement", src: armRef},
	{id: "R9", from: "microsoft.network/virtualnetworks microsoft.network/virtualnetworks/subnets", paths: "**.ipconfigurations[].id **.ipconfigurationprofiles[].id **.privateendpoints[].id **.applicationgatewayipconfigurations[].id **.serviceassociationlinks[].id **.serviceassociationlinks[].properties.link **.resourcenavigationlinks[].id **.resourcenavigationlinks[].properties.link", act: ignore, why: "the subnet lists who is in it: the reverse of R6, R9, R11 and R13", src: armRef},
	{id: "R12", from: "microsoft.network/virtualnetworks", paths: "properties.ddosprotectionplan.id ddos_protection_plan[].id", act: relate, label: "is protected by", conf: c4.Certain, layer: "hidden", why: "the network names its protection plan", src: armRef},
	{id: "R13", from: "microsoft.network/applicationgateways", paths: "properties.gatewayipconfigurations[].properties.subnet.id gateway_ip_configuration[].subnet_id", act: nest, rank: rankSubnet, conf: c4.Certain, why: "the gateway's instances are in the subnet", src: armRef},
	{id: "R13", from: "microsoft.network/applicationgateways microsoft.network/loadbalancers", paths: "properties.frontendipconfigurations[].properties.subnet.id frontend_ip_configuration[].subnet_id", act: nest, rank: rankSubnet - 1, conf: c4.Certain, why: "the frontend address is in the subnet", src: armRef},
	{id: "R13", from: "microsoft.network/applicationgateways microsoft.network/loadbalancers microsoft.network/azurefirewalls microsoft.network/bastionhosts microsoft.network/natgateways microsoft.network/virtualnetworkgateways", paths: "**.publicipaddress.id properties.publicipaddresses[].id properties.publicipprefixes[].id frontend_ip_configuration[].public_ip_address_id ip_configuration[].public_ip_address_id management_ip_configuration[].public_ip_address_id", act: own, conf: c4.Certain, why: "the public address belongs to the gateway", src: armRef},
	{id: "R13", from: "microsoft.network/applicationgateways", paths: "properties.backendaddresspools[].properties.backendaddresses[].fqdn properties.backendaddresspools[].properties.backendaddresses[].ipaddress backend_address_pool[].fqdns[] backend_address_pool[].ip_addresses[]", act: relate, label: "routes to", conf: c4.High, address: true, setting: true, why: "the pool names its backends by host", src: armRef},
	{id: "R13", from: "microsoft.network/applicationgateways", paths: "properties.backendaddresspools[].properties.backendipconfigurations[].id", act: relate, label: "routes to", conf: c4.Certain, why: "the pool names its backends", src: armRef},
	{id: "R13", from: "microsoft.network/applicationgateways microsoft.cdn/profiles microsoft.network/frontdoors microsoft.cdn/profiles/securitypolicies", paths: "**.firewallpolicy.id firewall_policy_id **.wafpolicy.id **.webapplicationfirewallpolicylink.id **.cdn_frontdoor_firewall_policy_id", act: relate, label: "is protected by", conf: c4.Certain, layer: "hidden", why: "the gateway names its firewall policy", src: armRef},
	{id: "R13", from: "microsoft.network/applicationgatewaywebapplicationfirewallpolicies microsoft.network/frontdoorwebapplicationfirewallpolicies", paths: "properties.applicationgateways[].id properties.httplisteners[].id properties.securitypolicylinks[].id properties.frontendendpointlinks[].id", act: reverse, label: "is protected by", conf: c4.Certain, layer: "hidden", why: "the policy lists whom it protects", src: armRef},
	{id: "R13", from: "microsoft.network/firewallpolicies", paths: "properties.firewalls[].id properties.childpolicies[].id", act: reverse, label: "is governed by", conf: c4.Certain, layer: "hidden", why: "the policy lists what it governs", src: armRef},
	{id: "R13", from: "microsoft.network/azurefirewalls", paths: "properties.firewallpolicy.id firewall_policy_id", act: relate, label: "is governed by", conf: c4.Certain, layer: "hidden", why: "the firewall names its policy", src: armRef},
	{id: "R13", from: "microsoft.network/azurefirewalls microsoft.network/bastionhosts microsoft.network/virtualnetworkgateways", paths: "properties.ipconfigurations[].properties.subnet.id ip_configuration[].subnet_id", act: nest, rank: rankSubnet, conf: c4.Certain, why: "it stands in the subnet", src: armRef},
	{id: "R13", from: "microsoft.network/azurefirewalls", paths: "properties.managementipconfiguration.properties.subnet.id management_ip_configuration[].subnet_id properties.virtualhub.id virtual_hub[].virtual_hub_id", act: nest, rank: rankSubnet - 1, conf: c4.Certain, why: "the firewall is managed through this subnet, or stands in this hub", src: armRef},
	{id: "R13", from: "microsoft.network/firewallpolicies", paths: "properties.basepolicy.id base_policy_id", act: relate, label: "is governed by", conf: c4.Certain, layer: "hidden", why: "the policy inherits from this one", src: armRef},
	{id: "R14", from: "microsoft.cdn/profiles/origingroups/origins microsoft.cdn/profiles/endpoints", paths: "properties.azureorigin.id **.privatelink.id private_link[].private_link_target_id properties.origins[].properties.azureorigin.id", act: relate, label: "routes to", conf: c4.Certain, why: "the origin is this resource", src: armRef},
	{id: "R14", from: "microsoft.cdn/profiles/origingroups/origins microsoft.cdn/profiles/endpoints", paths: "properties.hostname host_name origin[].host_name properties.origins[].properties.hostname", act: relate, label: "routes to", conf: c4.High, address: true, setting: true, why: "the origin is this host", src: armRef},
	{id: "R14", from: "microsoft.cdn/profiles/origingroups/origins microsoft.cdn/profiles/endpoints", paths: "properties.originhostheader origin_host_header properties.origins[].properties.originhostheader", act: ignore, why: "the host header repeats the origin's host", src: armRef},
	{id: "R14", from: "microsoft.cdn/profiles/afdendpoints/routes microsoft.cdn/profiles/securitypolicies microsoft.cdn/profiles/customdomains microsoft.cdn/profiles/origingroups/origins microsoft.cdn/profiles/origingroups microsoft.cdn/profiles/afdendpoints", paths: "properties.origingroup.id properties.customdomains[].id properties.rulesets[].id **.domains[].id cdn_frontdoor_origin_group_id cdn_frontdoor_origin_ids[] cdn_frontdoor_custom_domain_ids[] cdn_frontdoor_rule_set_ids[] cdn_frontdoor_endpoint_id cdn_frontdoor_profile_id cdn_frontdoor_custom_domain_id **.cdn_frontdoor_domain_id properties.tlssettings.secret.id tls[].cdn_frontdoor_secret_id", act: ignore, why: "it ties parts of one profile together", src: armRef},
	{id: "R15", from: "microsoft.network/frontdoors", paths: "properties.backendpools[].properties.backends[].address backend_pool[].backend[].address", act: relate, label: "routes to", conf: c4.High, address: true, setting: true, why: "the backend is this host", src: armRef},
	{id: "R15", from: "microsoft.network/frontdoors", paths: "properties.backendpools[].properties.backends[].backendhostheader backend_pool[].backend[].host_header", act: ignore, why: "the host header repeats the backend's host", src: armRef},
	{id: "R16", from: "microsoft.network/trafficmanagerprofiles microsoft.network/trafficmanagerprofiles/azureendpoints microsoft.network/trafficmanagerprofiles/nestedendpoints", paths: "properties.endpoints[].properties.targetresourceid properties.targetresourceid target_resource_id", act: relate, label: "routes to", conf: c4.Certain, why: "the endpoint is this resource", src: armRef},
	{id: "R16", from: "microsoft.network/trafficmanagerprofiles microsoft.network/trafficmanagerprofiles/externalendpoints", paths: "properties.endpoints[].properties.target properties.target target", act: relate, label: "routes to", conf: c4.High, address: true, setting: true, why: "the endpoint is this host", src: armRef},
	{id: "R17", from: "microsoft.network/loadbalancers", paths: "properties.backendaddresspools[].properties.backendipconfigurations[].id properties.backendaddresspools[].properties.loadbalancerbackendaddresses[].properties.networkinterfaceipconfiguration.id properties.inboundnatrules[].properties.backendipconfiguration.id", act: relate, label: "balances to", conf: c4.Certain, why: "the pool names the interfaces that it balances to", src: armRef},
	{id: "R17", from: "microsoft.network/loadbalancers/backendaddresspools", paths: "properties.backendipconfigurations[].id backend_ip_configurations[]", act: relate, label: "balances to", conf: c4.Certain, why: "the pool names the interfaces that it balances to", src: armRef},
	{id: "R17", from: "microsoft.network/publicipaddresses", paths: "properties.ipconfiguration.id properties.natgateway.id ip_configuration_id", act: ownedBy, conf: c4.Certain, why: "the address says what it is bound to", src: armRef},
	{id: "R17", from: "microsoft.network/publicipaddresses", paths: "properties.publicipprefix.id public_ip_prefix_id", act: relate, label: "is taken from", conf: c4.Certain, layer: "hidden", why: "the address is taken from the prefix", src: armRef},
	{id: "R17", from: "microsoft.network/loadbalancers/backendaddresspools microsoft.network/loadbalancers/loadbalancingrules microsoft.network/loadbalancers/probes microsoft.network/loadbalancers/inboundnatrules microsoft.network/loadbalancers/outboundrules", paths: "loadbalancer_id load_balancer_id backend_address_pool_id backend_address_pool_ids[] probe_id frontend_ip_configuration_id", act: ignore, why: "it ties parts of one load balancer together", src: tfRef},
	{id: "R18", from: "microsoft.apimanagement/service microsoft.apimanagement/service/backends microsoft.apimanagement/service/apis", paths: "properties.url properties.serviceurl service_url url", act: relate, label: "calls", conf: c4.High, address: true, setting: true, why: "the API's backend is this host", src: armRef},
	{id: "R18", from: "microsoft.apimanagement/service/backends", paths: "properties.resourceid resource_id", act: relate, label: "calls", conf: c4.High, why: "the backend is this resource", src: armRef},
	{id: "R18", from: "microsoft.apimanagement/service", paths: "properties.virtualnetworkconfiguration.subnetresourceid virtual_network_configuration[].subnet_id", act: nest, rank: rankSubnet, conf: c4.Certain, why: "the gateway is deployed into the subnet", src: armRef},
	{id: "R19", from: "microsoft.eventgrid/eventsubscriptions microsoft.eventgrid/systemtopics/eventsubscriptions microsoft.eventgrid/topics/eventsubscriptions microsoft.eventgrid/domains/topics/eventsubscriptions", paths: "**.destination.properties.resourceid **_endpoint_id azure_function_endpoint[].function_id storage_queue_endpoint[].storage_account_id", act: relate, label: "delivers events to", conf: c4.Certain, why: "the subscription delivers to this resource", src: armRef},
	{id: "R19", from: "microsoft.eventgrid/eventsubscriptions microsoft.eventgrid/systemtopics/eventsubscriptions microsoft.eventgrid/topics/eventsubscriptions microsoft.eventgrid/domains/topics/eventsubscriptions", paths: "**.destination.properties.endpointbaseurl webhook_endpoint[].base_url", act: relate, label: "delivers events to", conf: c4.Certain, setting: true, why: "the subscription delivers to this address", src: armRef},
	{id: "R19", from: "microsoft.eventgrid/eventsubscriptions microsoft.eventgrid/systemtopics/eventsubscriptions microsoft.eventgrid/topics/eventsubscriptions", paths: "**.deadletterdestination.properties.resourceid storage_blob_dead_letter_destination[].storage_account_id", act: relate, label: "keeps undeliverable events in", conf: c4.Certain, why: "the subscription's dead letters go here", src: armRef},
	{id: "R19", from: "microsoft.eventgrid/eventsubscriptions microsoft.eventgrid/systemtopics/eventsubscriptions microsoft.eventgrid/topics/eventsubscriptions", paths: "properties.topic scope", act: ignore, why: "the subscription's source, which its lines start from", src: armRef},
	{id: "R19", from: "microsoft.eventgrid/systemtopics", paths: "properties.source source_arm_resource_id source_resource_id", act: ignore, why: "the source of the events, which the subscriptions' lines start from", src: armRef},
	{id: "R20", from: "microsoft.eventhub/namespaces/eventhubs", paths: "properties.capturedescription.destination.properties.storageaccountresourceid capture_description[].destination[].storage_account_id", act: relate, label: "captures to", conf: c4.Certain, why: "captured events are written to this account", src: armRef},
	{id: "R21", from: "microsoft.app/containerapps microsoft.app/jobs", paths: "properties.managedenvironmentid properties.environmentid container_app_environment_id", act: nest, rank: rankHost, conf: c4.Certain, why: "the app runs in its environment", src: armRef},
	{id: "R21", from: "microsoft.app/containerapps microsoft.app/jobs", paths: "properties.template.containers[].env[].value properties.template.initcontainers[].env[].value template[].container[].env[].value template[].init_container[].env[].value", act: relate, label: "calls", conf: c4.High, setting: true, why: "a setting names this host", src: armRef},
	{id: "R21", from: "microsoft.app/containerapps microsoft.app/jobs", paths: "properties.configuration.secrets[].keyvaulturl secret[].key_vault_secret_id", act: relate, label: "reads secrets from", conf: c4.Certain, setting: true, why: "a secret of the app is a reference to this vault", src: armRef},
	{id: "R21", from: "microsoft.app/containerapps microsoft.app/jobs", paths: "properties.configuration.registries[].server registry[].server", act: relate, label: "pulls images from", conf: c4.Certain, why: "the app's images come from this registry", src: armRef},
	{id: "R21", from: "microsoft.app/containerapps microsoft.app/jobs", paths: "properties.template.containers[].image properties.template.initcontainers[].image template[].container[].image template[].init_container[].image", act: relate, label: "pulls images from", conf: c4.Certain, why: "the image's host is this registry", src: armRef},
	{id: "R21", from: "microsoft.app/containerapps microsoft.app/jobs", paths: "properties.template.scale.rules[].custom.metadata.* properties.configuration.eventtriggerconfig.scale.rules[].metadata.* template[].custom_scale_rule[].metadata.* event_trigger_config[].scale[].rules[].metadata.*", act: relate, label: "is triggered by", conf: c4.High, why: "the scale rule watches this queue", src: armRef},
	{id: "R22", from: "microsoft.app/managedenvironments", paths: "properties.vnetconfiguration.infrastructuresubnetid infrastructure_subnet_id", act: nest, rank: rankSubnet, conf: c4.Certain, why: "the environment is deployed into the subnet", src: armRef},
	{id: "R22", from: "microsoft.app/managedenvironments", paths: "log_analytics_workspace_id properties.applogsconfiguration.loganalyticsconfiguration.customerid", act: relate, label: "logs to", conf: c4.Certain, layer: "observability", why: "the environment's logs go to this workspace", src: armRef},
	{id: "R23", from: "microsoft.containerservice/managedclusters microsoft.containerservice/managedclusters/agentpools", paths: "properties.agentpoolprofiles[].vnetsubnetid properties.vnetsubnetid default_node_pool[].vnet_subnet_id vnet_subnet_id properties.agentpoolprofiles[].podsubnetid pod_subnet_id default_node_pool[].pod_subnet_id", act: nest, rank: rankSubnet, conf: c4.Certain, why: "the cluster's nodes are in the subnet", src: armRef},
	{id: "R23", from: "microsoft.containerservice/managedclusters", paths: "**.loganalyticsworkspaceresourceid **.log_analytics_workspace_id oms_agent[].log_analytics_workspace_id", act: relate, label: "logs to", conf: c4.Certain, layer: "observability", why: "the cluster's logs go to this workspace", src: armRef},
	{id: "R23", from: "microsoft.containerservice/managedclusters", paths: "**.applicationgatewayid **.effectiveapplicationgatewayid **.gateway_id **.effective_gateway_id", act: reverse, label: "routes to", conf: c4.Certain, why: "the gateway is the cluster's ingress controller", src: armRef},
	{id: "R23", from: "microsoft.containerservice/managedclusters", paths: "properties.networkprofile.loadbalancerprofile.effectiveoutboundips[].id properties.networkprofile.loadbalancerprofile.outboundips.publicips[].id", act: own, conf: c4.Certain, why: "the address belongs to the cluster", src: armRef},
	{id: "R23", from: "microsoft.containerservice/managedclusters/agentpools", paths: "kubernetes_cluster_id", act: nest, rank: rankHost, conf: c4.Certain, why: "the pool belongs to the cluster", src: tfRef},
	{id: "R32", from: "microsoft.containerservice/managedclusters microsoft.compute/disks microsoft.compute/virtualmachinescalesets microsoft.compute/virtualmachines", paths: "**.diskencryptionsetid disk_encryption_set_id **.disk_encryption_set_id **.diskencryptionset.id", act: relate, label: "is encrypted with", conf: c4.Certain, layer: "hidden", why: "the disk encryption set holds the key", src: armRef},
	{id: "R24", from: "microsoft.web/sites microsoft.web/sites/slots", paths: "app_settings.* **.app_settings.* site_config[].app_settings.* connection_string[].value properties.siteconfig.appsettings[].value properties.siteconfig.connectionstrings[].connectionstring site_config[].application_insights_connection_string site_config[].application_insights_key storage_account_name", act: relate, label: "uses", conf: c4.High, setting: true, why: "a setting of the app names this host", src: armRef},
	{id: "R24", from: "microsoft.web/sites/config", paths: "properties.** app_settings.*", act: relate, label: "uses", conf: c4.High, setting: true, why: "a setting of the app names this host", src: armRef},
	{id: "R25", from: "microsoft.web/sites microsoft.web/sites/slots", paths: "**.linuxfxversion site_config[].linux_fx_version site_config[].application_stack[].docker_image_name site_config[].application_stack[].docker_registry_url site_config[].application_stack[].docker_image", act: relate, label: "pulls images from", conf: c4.High, why: "the image's host is this registry", src: armRef},
	{id: "R25", from: "microsoft.web/sites microsoft.web/sites/slots", paths: `tags["hidden-link: /app-insights-resource-id"] tags.hidden-link*`, act: relate, label: "sends telemetry to", conf: c4.High, layer: "observability", why: "the tag that the portal sets names the component", src: armRef},
	{id: "R25", from: "microsoft.web/sites microsoft.web/sites/slots", paths: "properties.keyvaultreferenceidentity **.authentication.userassignedidentityresourceid key_vault_reference_identity_id **.acrusermanagedidentityid **.container_registry_managed_identity_client_id", act: ignore, why: "which identity it uses; the identity's rights are the lines", src: armRef},
	{id: "R25", from: "microsoft.web/sites", paths: "properties.functionappconfig.deployment.storage.value storage_container_endpoint", act: relate, label: "is deployed from", conf: c4.High, why: "the function's package lies in this account", src: armRef},
	{id: "R25", from: "microsoft.web/sites", paths: "storage_account[].account_name", act: relate, label: "uses", conf: c4.High, why: "the app's storage account", src: tfRef},
	{id: "R27", from: "microsoft.insights/diagnosticsettings", paths: "properties.workspaceid log_analytics_workspace_id properties.storageaccountid storage_account_id properties.eventhubauthorizationruleid eventhub_authorization_rule_id", act: relate, label: "logs to", conf: c4.Certain, layer: "observability", why: "the setting sends the resource's logs here", src: armRef},
	{id: "R27", from: "microsoft.insights/diagnosticsettings", paths: "target_resource_id", act: ignore, why: "whose logs they are, which the setting's lines start from", src: tfRef},
	{id: "R28", from: "microsoft.insights/components", paths: "properties.workspaceresourceid workspace_id", act: relate, label: "stores telemetry in", conf: c4.Certain, layer: "observability", why: "the component keeps its data in this workspace", src: armRef},
	{id: "R28", from: "microsoft.insights/metricalerts microsoft.insights/scheduledqueryrules microsoft.insights/activitylogalerts microsoft.insights/webtests microsoft.insights/autoscalesettings microsoft.alertsmanagement/smartdetectoralertrules microsoft.insights/workbooks microsoft.operationsmanagement/solutions microsoft.insights/actiongroups", paths: "properties.scopes[] scopes[] properties.scope[] properties.targetresourceuri target_resource_id properties.workspaceresourceid workspace_resource_id tags.* application_insights_id properties.sourceid properties.containedresources[] **.metricresourceuri profile[].rule[].metric_trigger[].metric_resource_id data_source_id scope_resource_ids[]", act: relate, label: "watches", conf: c4.Certain, layer: "observability", why: "the alert names what it watches", src: armRef},
	{id: "R28", from: "microsoft.insights/metricalerts microsoft.insights/scheduledqueryrules microsoft.insights/activitylogalerts microsoft.alertsmanagement/smartdetectoralertrules", paths: "**.actiongroupid **.action_group_id properties.actions.actiongroups[] properties.actiongroups.groupids[] action[].action_groups[] action[].action_group[] action_group[].ids[]", act: relate, label: "tells", conf: c4.Certain, layer: "observability", why: "the alert names the action group that it tells", src: armRef},
	{id: "R29", from: "microsoft.sql/servers/databases", paths: "properties.elasticpoolid elastic_pool_id", act: nest, rank: rankHost + 1, conf: c4.Certain, why: "the database is in the pool", src: armRef},
	{id: "R29", from: "microsoft.sql/servers/databases", paths: "properties.sourcedatabaseid creation_source_database_id source_database_id", act: reverse, label: "replicates to", conf: c4.Certain, why: "the database is a replica of this one", src: armRef},
	{id: "R29", from: "microsoft.sql/servers/failovergroups", paths: "properties.partnerservers[].id partner_server[].id", act: relate, label: "fails over to", conf: c4.Certain, why: "the group names its partner", src: armRef},
	{id: "R29", from: "microsoft.sql/servers/failovergroups", paths: "properties.databases[] databases[]", act: ignore, why: "which databases of the server are in the group", src: armRef},
	{id: "R29", from: "microsoft.sql/servers/databases microsoft.sql/servers/firewallrules microsoft.sql/servers/virtualnetworkrules microsoft.sql/servers/elasticpools microsoft.dbforpostgresql/flexibleservers/databases microsoft.dbforpostgresql/flexibleservers/firewallrules microsoft.dbforpostgresql/flexibleservers/configurations microsoft.dbformysql/flexibleservers/databases", paths: "server_id", act: nest, rank: rankHost, conf: c4.Certain, why: "the database is on the server", src: tfRef},
	{id: "R30", from: "microsoft.dbforpostgresql/flexibleservers microsoft.dbformysql/flexibleservers", paths: "properties.network.delegatedsubnetresourceid delegated_subnet_id", act: nest, rank: rankSubnet, conf: c4.Certain, why: "the server is deployed into the delegated subnet", src: armRef},
	{id: "R30", from: "microsoft.dbforpostgresql/flexibleservers microsoft.dbformysql/flexibleservers", paths: "properties.network.privatednszonearmresourceid properties.network.privatednszoneresourceid private_dns_zone_id", act: relate, label: "is registered in", conf: c4.Certain, layer: "hidden", why: "the server's name is kept in this zone", src: armRef},
	{id: "R30", from: "microsoft.dbforpostgresql/flexibleservers microsoft.dbformysql/flexibleservers", paths: "properties.sourceserverresourceid source_server_id", act: reverse, label: "replicates to", conf: c4.Certain, why: "the server is a replica of this one", src: armRef},
	{id: "R31", from: "*", paths: "properties.networkacls.virtualnetworkrules[].id properties.virtualnetworkrules[].id properties.virtualnetworksubnetid properties.virtualnetworkrules[].subnet.id network_acls[].virtual_network_subnet_ids[] network_rules[].virtual_network_subnet_ids[] virtual_network_rule[].id virtual_network_rule[].subnet_id network_rule_set[].virtual_network[].subnet_id network_rule_set[].network_rules[].subnet_id network_rulesets[].virtual_network_rule[].subnet_id network_acls[].virtual_network_rules[].subnet_id **.ipsecurityrestrictions[].vnetsubnetresourceid **.scmipsecurityrestrictions[].vnetsubnetresourceid site_config[].ip_restriction[].virtual_network_subnet_id site_config[].scm_ip_restriction[].virtual_network_subnet_id", act: reverse, label: "may reach", conf: c4.May, why: "the firewall lets this subnet in", src: armRef},
	{id: "R31", from: "microsoft.sql/servers/virtualnetworkrules", paths: "subnet_id", act: reverse, label: "may reach", conf: c4.May, why: "the firewall lets this subnet in", src: tfRef},
	{id: "R32", from: "*", paths: "**.keyvaultproperties.keyvaulturi **.keyvaulturi properties.keyvaultkeyuri **.activekey.sourcevault.id **.activekey.keyurl **.keyvaultkeyid **.encryptionkeyid key_vault_key_id **.key_vault_key_id **.customer_managed_key[].key_vault_id properties.encryption.keyvaultproperties.keyidentifier customer_managed_key[].key_vault_key_id", act: relate, label: "is encrypted with a key in", conf: c4.Certain, setting: false, why: "the encryption key is kept in this vault", src: armRef},
	{id: "R33", from: "microsoft.datafactory/factories/linkedservices", paths: "properties.typeproperties.** connection_string url key_vault_id service_endpoint kusto_endpoint", act: relate, label: "reads from and writes to", conf: c4.High, setting: true, why: "the linked service names this host", src: armRef},
	{id: "R34", from: "microsoft.logic/workflows", paths: "**.connectionid **.connection_id parameters.*", act: relate, label: "calls", conf: c4.High, why: "the workflow uses this connection", src: armRef},
	{id: "R34", from: "microsoft.logic/workflows", paths: "properties.definition.actions.** properties.definition.triggers.**", act: relate, label: "calls", conf: c4.High, setting: true, why: "an action of the workflow calls this address", src: armRef},
	{id: "R35", from: "microsoft.network/connections", paths: "properties.virtualnetworkgateway1.id properties.virtualnetworkgateway2.id properties.localnetworkgateway2.id properties.peer.id virtual_network_gateway_id local_network_gateway_id express_route_circuit_id peer_virtual_network_gateway_id", act: ignore, why: "an end of the connection, which the line joins", src: armRef},
	{id: "R35", from: "microsoft.network/virtualnetworkgateways", paths: "properties.vpnclientconfiguration.** properties.gatewaydefaultsite.id default_local_network_gateway_id", act: relate, label: "connects to", conf: c4.Certain, why: "the gateway names its default site", src: armRef},
	{id: "R36", from: "microsoft.network/privatednszones/virtualnetworklinks", paths: "properties.virtualnetwork.id virtual_network_id", act: relate, label: "answers names in", conf: c4.Certain, layer: "hidden", why: "the zone is linked to the network", src: armRef},
	{id: "R34", from: "microsoft.web/connections", paths: "properties.api.id managed_api_id", act: ignore, why: "the connector that the platform offers", src: armRef},
	{id: "R4", from: "*", paths: "identity.userassignedidentities.* identity[].identity_ids[] properties.identityprofile.** kubelet_identity[].user_assigned_identity_id **.identityid **.identity_id properties.configuration.registries[].identity registry[].identity **.identity[].identity_ids[] **.userassignedidentity **.user_assigned_identity_id **.identitysettings[].identity **.custom.identity", act: ignore, why: "which identity it uses; the identity's rights are the lines", src: armRef},
	{id: "R4", from: "microsoft.managedidentity/userassignedidentities/federatedidentitycredentials", paths: "parent_id user_assigned_identity_id", act: ownedBy, conf: c4.Certain, why: "the credential belongs to the identity", src: tfRef},
	{id: "R4", from: "microsoft.authorization/roleassignments microsoft.documentdb/databaseaccounts/sqlroleassignments", paths: "properties.scope scope properties.principalid principal_id properties.roledefinitionid role_definition_id properties.delegatedmanagedidentityresourceid", act: ignore, why: "an end of the role assignment, which the line joins", src: armRef},
	{id: "R4", from: "microsoft.authorization/roledefinitions", paths: "properties.assignablescopes[] assignable_scopes[] scope", act: ignore, why: "where the role may be assigned", src: armRef},
	{id: "R5", from: "microsoft.keyvault/vaults microsoft.keyvault/vaults/accesspolicies", paths: "properties.accesspolicies[].objectid access_policy[].object_id object_id", act: ignore, why: "an end of the access policy, which the line joins", src: armRef},
	{id: "R22", from: "microsoft.apimanagement/service/loggers microsoft.machinelearningservices/workspaces microsoft.synapse/workspaces", paths: "**.applicationinsights application_insights_id properties.resourceid", act: relate, label: "sends telemetry to", conf: c4.Certain, layer: "observability", why: "telemetry goes to this component", src: armRef},
	{id: "R25", from: "microsoft.machinelearningservices/workspaces microsoft.synapse/workspaces microsoft.databricks/workspaces", paths: "properties.storageaccount storage_account_id properties.keyvault key_vault_id properties.containerregistry container_registry_id **.resourceid storage_data_lake_gen2_filesystem_id", act: relate, label: "uses", conf: c4.Certain, why: "the workspace names its stores", src: armRef},
	{id: "R43", from: "microsoft.databricks/workspaces microsoft.containerservice/managedclusters", paths: "properties.managedresourcegroupid managed_resource_group_id properties.noderesourcegroup node_resource_group node_resource_group_id", act: ignore, why: "the group that the service manages itself", src: armRef},
	{id: "R27", from: "microsoft.network/networkwatchers/flowlogs", paths: "properties.targetresourceid target_resource_id network_security_group_id", act: relate, label: "watches", conf: c4.Certain, layer: "observability", why: "the flow log names whose traffic it records", src: armRef},
	{id: "R27", from: "microsoft.network/networkwatchers/flowlogs", paths: "properties.storageid storage_account_id **.workspaceresourceid **.workspace_resource_id", act: relate, label: "logs to", conf: c4.Certain, layer: "observability", why: "the flow log names where it keeps the records", src: armRef},
	{id: "R70", from: "microsoft.authorization/policyassignments microsoft.authorization/locks microsoft.authorization/policydefinitions microsoft.authorization/policysetdefinitions microsoft.policyinsights/remediations microsoft.security/assessments", paths: "**", act: relate, label: "governs", conf: c4.Certain, layer: "governance", why: "the policy names its scope", src: armRef},
	{id: "R14", from: "microsoft.cdn/profiles/customdomains microsoft.cdn/profiles/afdendpoints microsoft.cdn/profiles", paths: "**.azurednszone.id dns_zone_id", act: relate, label: "is named in", conf: c4.Certain, layer: "hidden", why: "the domain's zone", src: armRef},
	{id: "R26", from: "microsoft.network/privatednszones/a microsoft.network/privatednszones/cname microsoft.network/dnszones/a microsoft.network/dnszones/cname microsoft.network/privatednszones microsoft.network/dnszones", paths: "properties.targetresource.id target_resource_id properties.cnamerecord.cname record properties.arecords[].ipv4address records[]", act: relate, label: "points to", conf: c4.High, layer: "hidden", why: "the record names this host or resource", src: armRef},

	{id: "R25", from: "*", paths: `tags["hidden-*`, act: ignore, why: "a tag by which the portal shows things together says nothing of use", src: "Hidden tags (learn.microsoft.com/azure/azure-resource-manager/management/tag-resources)"},
	{id: "P1", from: "*", paths: "id", act: nest, rank: rankHost - 1, conf: c4.Certain, why: "a resource's own id names what it belongs to", src: "Azure Resource Manager: resource id format (learn.microsoft.com/azure/azure-resource-manager)"},
	{id: "P2", from: "microsoft.web/sites/functions", paths: "properties.function_app_id function_app_id", act: nest, conf: c4.Certain, rank: rankHost - 2, why: "the property names the app that the function is a part of", src: armRef},
	{id: "P2", from: "*", paths: "**_account_id key_vault_id **namespace_id **.topic_id topic_id namespace_id storage_account_id eventhub_id virtual_network_id server_id api_management_id data_factory_id zone_id parent_id managed_environment_id container_app_environment_id cognitive_account_id managed_instance_id function_app_id app_service_id", act: nest, rank: rankHost - 2, conf: c4.Certain, why: "the attribute names the resource that it is a part of", src: tfRef},
	{id: "H-SELF", from: "*", paths: "resourcegroup resourcegroupname resource_group_name subscriptionid properties.resourcegroup", act: ignore, why: "where the resource itself is, which its id says", src: armRef},
	{id: "H-MANAGED", from: "*", paths: "managedby managed_by", act: ownedBy, conf: c4.Certain, why: "the resource is managed by this one", src: armRef},
	{id: "H-PLATFORM", from: "*", paths: "**.tenantid tenant_id **.tenant_id", act: ignore, why: "the directory that everything in the subscription shares", src: armRef},

	{id: "T-DEP", from: "any", paths: "$dependencies[]", act: ignore, why: "dependencies that code states give an order of work, not a use", src: "Terraform state (developer.hashicorp.com/terraform/language/state), ARM templates (learn.microsoft.com/azure/azure-resource-manager/templates/resource-dependency)"},
}

// pathMatch reports whether a lower-case path pattern of a property matches a rule's pattern. "**." at
// the front matches any prefix, ".**" at the end any suffix, "*" at the end of a step the rest of it.
func pathMatch(pattern, path string) bool {
	if pattern == "**" || pattern == path {
		return true
	}
	if rest, ok := strings.CutPrefix(pattern, "**."); ok {
		if pathMatch(rest, path) {
			return true
		}
		for i := 0; i < len(path); i++ {
			if path[i] == '.' && pathMatch(rest, path[i+1:]) {
				return true
			}
		}
		return false
	}
	if rest, ok := strings.CutPrefix(pattern, "**"); ok { // **_suffix of the last step
		last := path[strings.LastIndexByte(path, '.')+1:]
		return strings.HasSuffix(last, rest)
	}
	if rest, ok := strings.CutSuffix(pattern, ".**"); ok {
		return strings.HasPrefix(path, rest+".") || strings.HasPrefix(path, rest+"[")
	}
	if rest, ok := strings.CutSuffix(pattern, ".*"); ok {
		tail, found := strings.CutPrefix(path, rest)
		return found && tail != "" && (tail[0] == '.' && strings.IndexByte(tail[1:], '.') < 0 || strings.HasPrefix(tail, `["`))
	}
	if rest, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(path, rest)
	}
	return false
}

var refIndex = func() map[string][]*refRule {
	idx := map[string][]*refRule{}
	for i := range refRules {
		for t := range strings.FieldsSeq(refRules[i].from) {
			idx[t] = append(idx[t], &refRules[i])
		}
	}
	return idx
}()

// patternsOf splits a rule's paths; a pattern with a quoted name may hold spaces.
func patternsOf(r *refRule) []string {
	var out []string
	rest := r.paths
	for rest != "" {
		end := strings.IndexByte(rest, ' ')
		if q := strings.IndexByte(rest, '"'); q >= 0 && end > q {
			if close := strings.IndexByte(rest[q+1:], '"'); close >= 0 {
				after := q + 1 + close + 1
				if sp := strings.IndexByte(rest[after:], ' '); sp >= 0 {
					end = after + sp
				} else {
					end = -1
				}
			}
		}
		if end < 0 {
			out = append(out, rest)
			break
		}
		if end > 0 {
			out = append(out, rest[:end])
		}
		rest = rest[end+1:]
	}
	return out
}

// findRef returns the rule for a property of a type, or nil: first the rules for the type,
// then those for any type of its cloud, then those for all.
func findRef(typ, pattern string) *refRule {
	for _, key := range []string{typ, anyOf(typ), "any"} {
		for _, r := range refIndex[key] {
			for _, p := range patternsOf(r) {
				if pathMatch(p, pattern) {
					return r
				}
			}
		}
	}
	return nil
}

// anyOf returns what stands in a rule for any type of the type's cloud.
func anyOf(typ string) string {
	switch {
	case strings.HasPrefix(typ, "microsoft.") || typ == assocType:
		return "*"
	case strings.HasPrefix(typ, "aws_"):
		return "aws_*"
	case strings.HasPrefix(typ, "google_"):
		return "google_*"
	}
	return ""
}
