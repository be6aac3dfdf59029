package exposure

import "strings"

// internalMarks are annotations by which a load balancer gets no public address.
var internalMarks = []string{
	"service.beta.kubernetes.io/azure-load-balancer-internal",
	"service.beta.kubernetes.io/aws-load-balancer-internal",
	"service.beta.kubernetes.io/aws-load-balancer-scheme",
	"networking.gke.io/load-balancer-type",
	"cloud.google.com/load-balancer-type",
}

// readService: a Service of type LoadBalancer lets in loadBalancerSourceRanges, or everyone
// (kubernetes.io/docs/concepts/services-networking/service).
func readService(p *part) {
	spec := p.root.get("spec")
	if spec.get("type").text() != "LoadBalancer" || p.internal() {
		return
	}
	var who party
	ranges := spec.get("loadBalancerSourceRanges")
	for _, t := range ranges.texts() {
		who.add(parseParty(t))
	}
	if len(who.addresses)+len(who.tokens) == 0 {
		who = everyone()
	}
	for _, item := range spec.get("ports").items() {
		r := rule{name: p.r.Name, resource: p.r, path: ranges.path, to: everyone(), from: copyParty(who)}
		protocol := item.get("protocol").text()
		if protocol == "" {
			protocol = "TCP"
		}
		var odd []string
		var ok bool
		if r.protocols, ok = parseProtocol(protocol); !ok {
			odd = append(odd, protocol)
		}
		if r.ports, ok = joinTexts(item.get("port").texts()); !ok {
			r.ports, odd = everyPort, append(odd, item.get("port").text())
		}
		p.take(r, item, odd)
	}
}

func (p *part) internal() bool {
	marks := p.root.get("metadata", "annotations")
	for _, name := range internalMarks {
		switch strings.ToLower(marks.get(name).text()) {
		case "true", "internal", "0.0.0.0/0":
			return true
		}
	}
	return false
}
