package derive

// refSentence says in one sentence what the rows of an id in refRules have in common; a row's own reason says what its
// property means.
var refSentence = map[string]string{
	"P2":  "a property names the resource that this one is a part of",
	"R3":  "an App Service plan lives in an App Service Environment, which stands in a subnet",
	"R6":  "a private endpoint stands in a subnet for a service that stays outside of it",
	"R9":  "a network interface ties a machine to its subnet, its addresses, its pools and its security groups; the subnet lists it in return",
	"R10": "a machine names its interfaces, disks, extensions and sets, and they name the machine",
	"R11": "the interfaces of a scale set are in a subnet and filtered by security groups",
	"R12": "a subnet names what filters, routes and leads out its traffic, and they name the subnet",
	"R13": "a gateway or firewall names its subnet, its addresses, its policy and the backends that it routes to",
	"R14": "Front Door's parts name the hosts and resources that it routes to",
	"R15": "Front Door (classic) names the hosts that it routes to",
	"R16": "Traffic Manager names the resources and hosts that it answers with",
	"R17": "a load balancer's pool names what is in it, and an address what it is bound to",
	"R18": "API Management names the backends that it calls and the subnet that it stands in",
	"R21": "a container app names its environment, its registry, its vault, its queues, and hosts in its settings",
	"R22": "a Container Apps environment or a workspace names its subnet and where its logs and telemetry go",
	"R23": "a cluster names the subnets of its nodes, its gateway, its addresses and where its logs go",
	"R25": "what a reader of a site can see in place of its settings: its image, its telemetry, its package, its stores, its identity",
	"R27": "a diagnostic setting or a flow log says whose logs it keeps, and where",
	"R28": "an Application Insights component names its workspace, and an alert what it watches and whom it tells",
	"R29": "a database names its server, its pool and what it is a replica of, and a failover group its partner",
	"R30": "a flexible server names its subnet, its DNS zone and the server that it is a replica of",
	"R32": "what is encrypted with a customer's key names where the key is kept",
	"R34": "a workflow names the connections, addresses and functions that it calls",
	"R36": "a private DNS zone is linked to networks and holds the names of private endpoints",
}
