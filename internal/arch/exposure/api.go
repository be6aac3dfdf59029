package exposure

import "slices"

var https = []Ports{{443, 443}}

// readAKS: without a list everyone reaches the API server of a cluster that is not private
// (learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges).
func readAKS(p *part) {
	p.ports = https
	p.publicAccess()
	p.shutIs(p.at.first("apiServerAccessProfile.enablePrivateCluster", "private_cluster_enabled"), "true", "false")
	lists := [][]node{
		p.at.get("apiServerAccessProfile", "authorizedIPRanges").items(),
		p.at.get("api_server_authorized_ip_ranges").items(),
		p.at.get("api_server_access_profile").block().get("authorized_ip_ranges").items(),
	}
	for _, item := range slices.Concat(lists...) {
		p.lists = true
		p.listed(item)
	}
}

// readEKS: the endpoint is public and open unless it says otherwise
// (docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html).
func readEKS(p *part) {
	p.ports = https
	n := p.at.get("vpc_config").block()
	p.shutIs(n.get("endpoint_public_access"), "false", "true")
	for _, item := range n.get("public_access_cidrs").items() {
		p.lists = true
		p.listed(item)
	}
}

// readGKE: a cluster with a private endpoint only is shut; a block of authorized networks, empty or not, keeps all others out
// (cloud.google.com/kubernetes-engine/docs/how-to/authorized-networks).
func readGKE(p *part) {
	p.ports = https
	p.shutIs(p.at.get("private_cluster_config").block().get("enable_private_endpoint"), "true", "false")
	for _, n := range p.at.get("master_authorized_networks_config").items() {
		p.lists = true
		for _, item := range n.get("cidr_blocks").items() {
			p.listed(item, "cidr_block")
		}
		if at := n.get("gcp_public_cidrs_access_enabled"); at.tri("true", "false") == yes {
			p.allow("Google Cloud", at.path, party{addresses: Set{all(tagged)}})
		}
	}
}
