package exposure

import (
	"slices"
	"strconv"
	"strings"

	"c4arch/internal/arch/evidence"
)

// Firewall rules of Google Cloud hold for a network: the lowest priority decides, and of equals the one that denies
// (cloud.google.com/firewall/docs/firewalls).

const googlePriority = 1000

func readFirewall(p *part) {
	at := p.at
	if at.get("direction").tri("egress", "ingress") == yes || at.get("disabled").tri("true", "false") == yes {
		return
	}
	r := rule{name: p.r.Name, resource: p.r, priority: googlePriority, denyFirst: true}
	var odd []string
	if n := at.get("priority"); n.there() {
		v, err := strconv.ParseInt(n.text(), 10, 32)
		if err != nil {
			odd = append(odd, n.text())
		}
		r.priority = v
	}
	for _, name := range []string{"disabled", "direction"} {
		if t := at.get(name).text(); evidence.HasLeft(t) {
			odd = append(odd, t)
		}
	}
	r.from, r.to = googleSource(at), googleTarget(at)
	for _, action := range []string{"allow", "deny"} {
		list := at.get(action)
		for _, item := range list.items() {
			one := r
			one.deny, one.path = action == "deny", list.path
			one.from, one.to = copyParty(r.from), copyParty(r.to)
			var bad []string
			one.protocols, one.ports, bad = googlePorts(item)
			p.take(one, node{at.v, list.path}, append(bad, odd...))
		}
	}
}

func copyParty(p party) party {
	return party{slices.Clone(p.addresses), slices.Clone(p.tokens)}
}

// googleSource: ranges, or members of the network by tag or account; where nothing is said, everyone.
func googleSource(at node) party {
	var p party
	for _, t := range at.get("source_ranges").texts() {
		p.add(parseParty(t))
	}
	for _, name := range []string{"source_tags", "source_service_accounts"} {
		for _, t := range at.get(name).texts() {
			p.add(named(inside, t))
		}
	}
	if len(p.addresses)+len(p.tokens) == 0 {
		return everyone()
	}
	return p
}

// googleTarget: machines with a tag or an account; where nothing is said, all of the network.
func googleTarget(at node) party {
	var p party
	for _, name := range []string{"target_tags", "target_service_accounts"} {
		for _, t := range at.get(name).texts() {
			p.add(named(inside, t))
		}
	}
	if len(p.tokens) == 0 {
		return everyone()
	}
	return p
}

func googlePorts(item node) (protocols, []Ports, []string) {
	proto, ok := parseProtocol(item.get("protocol").text())
	if !ok {
		return everyProtocol, everyPort, []string{item.get("protocol").text()}
	}
	texts := item.get("ports").texts()
	if len(texts) == 0 {
		return proto, everyPort, nil
	}
	ports, ok := joinTexts(texts)
	if !ok {
		return proto, everyPort, []string{oddOf(texts, func(t string) bool { _, ok := ParsePorts(t); return ok })}
	}
	return proto, ports, nil
}

// readNetwork has nothing to read: the rules of a network are resources of their own.
func readNetwork(*part) {}

// readCloudSQL: a public address lets in the authorized networks
// (cloud.google.com/sql/docs/mysql/authorize-networks).
func readCloudSQL(p *part) {
	port := 3306
	for name, n := range map[string]int{"postgres": 5432, "sqlserver": 1433} {
		if containsFold(p.at.get("database_version").text(), name) {
			port = n
		}
	}
	p.ports, p.lists = []Ports{{port, port}}, true
	n := p.at.get("settings").block().get("ip_configuration").block()
	p.shutIs(n.get("ipv4_enabled"), "false", "true")
	for _, item := range n.get("authorized_networks").items() {
		p.listed(item, "value")
	}
}

func containsFold(text, part string) bool {
	return strings.Contains(strings.ToLower(text), part)
}
