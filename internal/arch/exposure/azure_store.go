package exposure

import (
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
)

// Data stores of Azure: a default action with a list of addresses, or a list of firewall rules that alone let anybody in; and in front of both
// publicNetworkAccess. Where nothing is said, each product's own default counts
// (learn.microsoft.com/azure/templates, and the page on network security of each product).

const (
	shutWords = "disabled false securedbyperimeter"
	freeWords = "enabled true"
)

func (p *part) publicAccess() {
	p.shutIs(p.at.first("publicNetworkAccess", "network.publicNetworkAccess", "public_network_access_enabled", "public_network_access"), shutWords, freeWords)
}

// readAccount reads a store that lets everyone in unless it says otherwise: storage, vaults, registries, namespaces, cognitive services.
func readAccount(p *part) {
	p.ports = everyPort
	p.publicAccess()
	for _, name := range []string{"networkAcls", "networkRuleSet", "network_rules", "network_acls", "network_rule_set", "network_rulesets"} {
		if n := p.at.get(name); n.there() {
			p.accessList(n.block())
		}
	}
}

// readRuleSet reads a list that is a resource of its own.
func readRuleSet(p *part) {
	p.ports = everyPort
	p.publicAccess()
	p.accessList(p.at)
}

// accessList reads a default action and whom it does not hold for.
func (p *part) accessList(n node) {
	p.standardIs(n.first("defaultAction", "default_action"), "allow", "deny")
	p.shutIs(n.first("publicNetworkAccess", "public_network_access_enabled"), shutWords, freeWords)
	for _, name := range []string{"ipRules", "ip_rules", "ip_rule"} {
		for _, item := range n.get(name).items() {
			p.listed(item, "value", "ipMask", "ip_range", "ip_mask", "ipAddressOrRange")
		}
	}
	for _, name := range []string{"virtualNetworkRules", "virtual_network_subnet_ids", "virtual_network_rules", "virtual_network", "virtual_network_rule", "network_rules", "resourceAccessRules", "private_link_access"} {
		for _, item := range n.get(name).items() {
			p.listedGroup(item)
		}
	}
	trusted := n.first("bypass", "trustedServiceAccessEnabled", "trusted_services_allowed", "trusted_service_access_enabled")
	for _, t := range trusted.texts() {
		for word := range strings.SplitSeq(strings.ToLower(t), ",") {
			if word = strings.TrimSpace(word); word != "none" && word != "false" {
				p.allow("trusted services", trusted.path, named(inside, "trusted:"+word))
			}
		}
	}
}

// listed adds what an item of a list lets in: a scalar, or an object that has it under one of the names.
func (p *part) listed(item node, names ...string) {
	at, text := item, item.text()
	for i := 0; text == "" && i < len(names); i++ {
		at = item.get(names[i])
		text = at.text()
	}
	if text == "" || item.first("action").tri("deny", "allow") == yes {
		return
	}
	p.allow(text, item.path, parseParty(text))
}

// listedGroup adds a subnet or a resource that is let in by its id.
func (p *part) listedGroup(item node) {
	id := item.text()
	if id == "" {
		id = item.first("id", "subnet.id", "subnet_id", "virtual_network_subnet_id", "resourceId", "endpoint_resource_id").text()
	}
	if id != "" {
		p.allow("", item.path, named(inside, evidence.NormalizeARM(id)))
	}
}

// readCosmos: addresses count where there are any; else a filter by networks; 0.0.0.0 is the whole cloud
// (learn.microsoft.com/azure/cosmos-db/how-to-configure-firewall).
func readCosmos(p *part) {
	p.ports = everyPort
	p.publicAccess()
	for _, n := range []node{p.at.get("ipRules"), p.at.get("ip_range_filter")} {
		for _, item := range n.items() {
			p.cosmosAddress(item, item.first("ipAddressOrRange").text())
			p.cosmosAddress(item, item.text())
		}
		for part := range strings.SplitSeq(n.text(), ",") {
			p.cosmosAddress(n, part)
		}
	}
	filter := p.at.first("isVirtualNetworkFilterEnabled", "is_virtual_network_filter_enabled")
	if filter.tri("true", "false") == yes {
		p.lists = true
	}
	for _, item := range slices.Concat(p.at.get("virtualNetworkRules").items(), p.at.get("virtual_network_rule").items()) {
		p.listedGroup(item)
	}
}

func (p *part) cosmosAddress(at node, text string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	p.lists = true
	who := parseParty(text)
	if text == "0.0.0.0" {
		who = party{addresses: Set{all(tagged)}}
	}
	p.allow(text, at.path, who)
}

// readSearch: a list counts where there is one.
func readSearch(p *part) {
	p.ports = everyPort
	p.publicAccess()
	for _, item := range slices.Concat(p.at.get("networkRuleSet", "ipRules").items(), p.at.get("allowed_ips").items(), p.at.get("inboundIpRules").items(), p.at.get("inbound_ip_rule").items()) {
		p.lists = true
		p.listed(item, "value", "ipMask", "ip_mask")
	}
}

// server reads a database server, which lets nobody in but by firewall rules.
func server(port int) func(*part) {
	return func(p *part) {
		p.ports = []Ports{{port, port}}
		p.lists = true
		p.publicAccess()
		if p.at.first("network.delegatedSubnetResourceId", "delegated_subnet_id").text() != "" {
			p.shut = yes
		}
	}
}

// readRedis: without firewall rules everyone may come in (learn.microsoft.com/azure/azure-cache-for-redis/cache-network-isolation).
func readRedis(p *part) {
	p.ports = []Ports{{6379, 6380}}
	p.publicAccess()
	if p.at.first("subnetId", "subnet_id").text() != "" {
		p.shut = yes
	}
}

// firewallRule reads a rule of a server: the first and the last address that may come in; 0.0.0.0 to 0.0.0.0 is the whole cloud
// (learn.microsoft.com/azure/azure-sql/database/firewall-configure).
func firewallRule(ports ...Ports) func(*part) {
	return func(p *part) {
		p.ports, p.lists = ports, true
		from := p.at.first("startIpAddress", "startIP", "startIPv6Address", "start_ip_address", "start_ip").text()
		to := p.at.first("endIpAddress", "endIP", "endIPv6Address", "end_ip_address", "end_ip").text()
		p.allow(p.r.Name, p.at.path, addressRange(from, to, p.at))
	}
}

func addressRange(from, to string, at node) party {
	if from == "0.0.0.0" && to == from {
		return party{addresses: Set{all(tagged)}}
	}
	set, ok := parseRange(from, to)
	switch {
	case ok:
		return ofSet(set)
	case evidence.HasLeft(from) || evidence.HasLeft(to):
		return puzzle("${}", at)
	}
	return puzzle("malformed", at)
}
