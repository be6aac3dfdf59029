package exposure

import (
	"slices"
	"strconv"
)

// Security groups of AWS let in what any of their rules lets in; network ACLs go by the number of their rules, and the first that fits
// decides (docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html, …/vpc-network-acls.html).

func readSecurityGroup(p *part) {
	for _, item := range p.at.get("ingress").items() {
		p.ingress(item, nil)
	}
}

func readGroupRule(p *part) {
	switch p.at.get("type").tri("ingress", "egress") {
	case no:
	case open2:
		p.ingress(p.at, []string{p.at.get("type").text()})
	default:
		p.ingress(p.at, nil)
	}
}

func readIngressRule(p *part) { p.ingress(p.at, nil) }

// ingress reads what one rule lets in, in any of the three ways in which the provider has it written. What is odd about it is known already.
func (p *part) ingress(item node, odd []string) {
	r := rule{name: p.r.Name, resource: p.r, path: item.path, to: everyone()}
	var bad []string
	r.protocols, r.ports, bad = portRange(item.first("ip_protocol", "protocol"), item.get("from_port"), item.get("to_port"))
	for _, name := range []string{"cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"} {
		for _, t := range item.get(name).texts() {
			r.from.add(parseParty(t))
		}
	}
	for _, name := range []string{"security_groups", "source_security_group_id", "referenced_security_group_id"} {
		for _, t := range item.get(name).texts() {
			r.from.add(named(inside, t))
		}
	}
	if item.get("self").tri("true", "false") == yes {
		r.from.add(named(inside, "self"))
	}
	for _, name := range []string{"prefix_list_ids", "prefix_list_id"} {
		for _, t := range item.get(name).texts() {
			r.from.add(named(unknown, t))
		}
	}
	p.take(r, item, append(bad, odd...))
}

// portRange reads a protocol with its first and last port. Of ICMP the two are a type and a code, which are not told apart.
func portRange(protocol, from, to node) (protocols, []Ports, []string) {
	proto, ok := parseProtocol(protocol.text())
	if !ok {
		return everyProtocol, everyPort, []string{protocol.text()}
	}
	if proto&ported == 0 || proto == everyProtocol {
		return proto, everyPort, nil
	}
	var odd []string
	a, ok1 := parsePort(from.text())
	b, ok2 := parsePort(to.text())
	if !ok1 || !ok2 {
		if from.text() == "-1" || !from.there() && !to.there() {
			return proto, everyPort, nil
		}
		odd = append(odd, from.text(), to.text())
		return proto, everyPort, odd
	}
	return proto, []Ports{{min(a, b), max(a, b)}}, nil
}

func readACL(p *part) {
	for _, item := range p.at.get("ingress").items() {
		p.aclRule(item, "rule_no", "action")
	}
}

func readACLRule(p *part) {
	if p.at.get("egress").tri("true", "false") != yes {
		p.aclRule(p.at, "rule_number", "rule_action")
	}
}

func (p *part) aclRule(item node, number, action string) {
	r := rule{name: p.r.Name, resource: p.r, path: item.path, to: everyone()}
	var odd []string
	r.protocols, r.ports, odd = portRange(item.get("protocol"), item.get("from_port"), item.get("to_port"))
	n, err := strconv.ParseInt(item.get(number).text(), 10, 32)
	if err != nil {
		odd = append(odd, item.get(number).text())
	}
	r.priority = n
	switch item.get(action).tri("deny", "allow") {
	case yes:
		r.deny = true
	case no:
	default:
		odd = append(odd, item.get(action).text())
	}
	for _, t := range slices.Concat(item.get("cidr_block").texts(), item.get("ipv6_cidr_block").texts()) {
		r.from.add(parseParty(t))
	}
	p.take(r, item, odd)
}

// database reads a database of AWS that has a public address or none. Its security groups are gates of their own.
func database(port int) func(*part) {
	return func(p *part) {
		p.ports = []Ports{{port, port}}
		if t := p.at.get("port").text(); t != "" {
			if n, ok := parsePort(t); ok {
				p.ports = []Ports{{n, n}}
			}
		} else if n := enginePort(p.at.get("engine").text()); n > 0 {
			p.ports = []Ports{{n, n}}
		}
		p.standard = no
		p.standardIs(p.at.get("publicly_accessible"), "true", "false")
	}
}

// enginePort returns the port at which a database engine listens unless it is told otherwise.
func enginePort(engine string) int {
	for _, e := range []struct {
		name string
		port int
	}{{"postgres", 5432}, {"mysql", 3306}, {"mariadb", 3306}, {"sqlserver", 1433}, {"oracle", 1521}, {"db2", 50000}} {
		if containsFold(engine, e.name) {
			return e.port
		}
	}
	return 0
}
