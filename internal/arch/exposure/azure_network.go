package exposure

import (
	"slices"
	"strconv"

	"c4arch/internal/arch/evidence"
)

// Network security groups: rules in the order of their priority, the first that fits decides; behind them the default rules, which let
// in what comes from the network and from the platform's load balancer, and nothing else
// (learn.microsoft.com/azure/virtual-network/network-security-groups-overview).

const (
	defaultPriority = 65000
	lowestPriority  = 65536
)

func readGroup(p *part) {
	if p.isFirst() {
		p.rules = append(p.rules, defaultRule(p.r))
	}
	for _, item := range p.at.first("securityRules", "security_rule").items() {
		p.securityRule(item)
	}
}

func (p *part) isFirst() bool { return len(p.parts) > 0 && p.parts[0] == p.r }

// defaultRule is AllowVnetInBound.
func defaultRule(r *evidence.Resource) rule {
	return rule{
		priority: defaultPriority, protocols: everyProtocol, ports: everyPort,
		from: parseTagged("VirtualNetwork"), to: everyone(), name: "AllowVnetInBound", resource: r,
	}
}

func readSecurityRule(p *part) {
	if p.isFirst() { // the group itself is not there
		p.rules = append(p.rules, defaultRule(p.r))
	}
	p.securityRule(p.at)
}

// securityRule reads a rule of either vocabulary.
func (p *part) securityRule(item node) {
	name := item.get("name").text()
	if at := item.get("properties"); at.there() {
		item = node{at.v, item.path}
	}
	if name == "" {
		name = p.r.Name
	}
	r := rule{name: name, resource: p.r, path: item.path, priority: lowestPriority, ports: everyPort, protocols: everyProtocol}
	var odd []string
	inbound := item.get("direction").tri("inbound", "outbound")
	if inbound == no {
		return
	}
	if inbound == open2 {
		odd = append(odd, item.get("direction").text())
	}
	switch item.get("access").tri("deny", "allow") {
	case yes:
		r.deny = true
	case open2:
		odd = append(odd, item.get("access").text())
	}
	if n, err := strconv.ParseInt(item.get("priority").text(), 10, 32); err == nil {
		r.priority = n
	} else {
		odd = append(odd, item.get("priority").text())
	}
	var ok bool
	if r.protocols, ok = parseProtocol(item.get("protocol").text()); !ok {
		r.protocols = everyProtocol
		odd = append(odd, item.get("protocol").text())
	}
	ports := slices.Concat(item.first("destinationPortRange", "destination_port_range").texts(), item.first("destinationPortRanges", "destination_port_ranges").texts())
	if r.ports, ok = joinTexts(ports); !ok {
		r.ports = everyPort
		odd = append(odd, oddOf(ports, func(t string) bool { _, ok := ParsePorts(t); return ok }))
	}
	senders := slices.Concat(item.first("sourceAddressPrefix", "source_address_prefix").texts(), item.first("sourceAddressPrefixes", "source_address_prefixes").texts())
	r.from = tags(senders)
	r.from.add(groups(item.first("sourceApplicationSecurityGroups", "source_application_security_group_ids")))
	if len(senders)+len(r.from.tokens) == 0 {
		odd = append(odd, "") // it does not say whom it means
	}
	r.to = tags(slices.Concat(item.first("destinationAddressPrefix", "destination_address_prefix").texts(), item.first("destinationAddressPrefixes", "destination_address_prefixes").texts()))
	r.to.add(groups(item.first("destinationApplicationSecurityGroups", "destination_application_security_group_ids")))
	if r.deny && !anyPorts(slices.Concat(item.first("sourcePortRange", "source_port_range").texts(), item.first("sourcePortRanges", "source_port_ranges").texts())) {
		return // who sends chooses the port that it sends from
	}
	p.take(r, item, odd)
}

// take adds a rule. One that is odd in a part lets in nobody knows whom; one that keeps out and is odd keeps out nobody.
func (p *part) take(r rule, item node, odd []string) {
	r.from.done()
	r.to.done()
	if len(r.to.addresses) == 0 && len(r.to.tokens) == 0 || isNetwork(&r.to) || !r.deny && (len(odd) > 0 || r.to.puzzling()) {
		r.to = everyone() // what is behind the gate is in the network; and what is let in to nobody knows whom counts
	}
	if len(odd) > 0 {
		if r.deny {
			p.note(&evidence.Resource{Name: r.name}, "it keeps something out, and what cannot be told")
			return
		}
		why := "malformed"
		for _, o := range append(odd, item.text()) {
			if evidence.HasLeft(o) {
				why = "${}"
			}
		}
		r.from = puzzle(why, item)
	}
	if r.deny && (r.from.puzzling() || r.to.puzzling()) {
		p.note(&evidence.Resource{Name: r.name}, "whom it keeps out cannot be told")
	}
	p.rules = append(p.rules, r)
}

// isNetwork reports whether p is the network as a whole.
func isNetwork(p *party) bool {
	return len(p.tokens) == 0 && slices.Equal(p.addresses, network)
}

func tags(texts []string) party {
	var p party
	for _, t := range texts {
		p.add(parseTagged(t))
	}
	return p
}

// groups reads application security groups: objects with an id, or ids.
func groups(n node) party {
	var p party
	for _, item := range n.items() {
		id := item.text()
		if id == "" {
			id = item.get("id").text()
		}
		p.add(named(inside, evidence.NormalizeARM(id)))
	}
	return p
}

// joinTexts reads lists of ports; false where one cannot be read or there is none.
func joinTexts(texts []string) ([]Ports, bool) {
	var runs []Ports
	for _, t := range texts {
		some, ok := ParsePorts(t)
		if !ok {
			return nil, false
		}
		runs = append(runs, some...)
	}
	return JoinPorts(runs), len(runs) > 0
}

func oddOf(texts []string, fine func(string) bool) string {
	for _, t := range texts {
		if !fine(t) {
			return t
		}
	}
	return ""
}

// anyPorts reports whether the source ports of a rule are all; where nothing is said they are.
func anyPorts(texts []string) bool {
	ports, ok := joinTexts(texts)
	return len(texts) == 0 || ok && slices.Equal(ports, everyPort)
}
