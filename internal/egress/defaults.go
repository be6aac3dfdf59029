package egress

import (
	"net/netip"
	"time"
)

// Cloud addresses at which a machine asks for a token of its own identity (IMDS of Azure and AWS, containers of AWS).
var metadata = prefixes("169.254.169.254/32", "169.254.170.2/32", "169.254.170.23/32")

// clusterPorts are those that API servers of Kubernetes listen at: of managed clusters, of kubeadm and OpenShift, and of proxies before them.
var clusterPorts = []uint16{443, 6443, 8443, 16443}

// Defaults are the rules that a server starts from; configuration changes them. Read, Cluster, Webhook, Syslog, SignIn and Source go to the public internet only;
// where a purpose needs a private network, its configuration names that network.
func Defaults() map[Purpose]Rule {
	return map[Purpose]Rule{
		Objects: {
			Hosts: []string{"*.blob.core.windows.net", "*.amazonaws.com"}, MaxBody: 300 << 20, Wait: 10 * time.Minute,
		},
		Keys: {
			Hosts:   []string{"*.vault.azure.net", "*.managedhsm.azure.net", "kms.*.amazonaws.com", "kms-fips.*.amazonaws.com"},
			MaxBody: 1 << 20, Wait: 30 * time.Second,
		},
		Secrets: {Hosts: []string{"*.vault.azure.net"}, MaxBody: 1 << 20, Wait: 30 * time.Second},
		Identity: {
			Hosts: []string{"login.microsoftonline.com", "sts.*.amazonaws.com", "169.254.169.254", "169.254.170.2", "169.254.170.23"},
			Ports: []uint16{443, 80}, Nets: append([]netip.Prefix(nil), metadata...), Plain: true, MaxBody: 1 << 20, Wait: 30 * time.Second,
		},
		Read: {
			Hosts: []string{
				"management.azure.com", "management.usgovcloudapi.net", "management.chinacloudapi.cn",
				"login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn",
			},
			ReadOnly: true, Posts: []string{"/providers/Microsoft.ResourceGraph/resources", "/*/oauth2/v2.0/token"}, MaxBody: 64 << 20,
		},
		Cluster: {Hosts: []string{"*"}, Ports: clusterPorts, MaxBody: 256 << 20, Wait: 5 * time.Minute},
		Source:  {Hosts: []string{"*"}, Redirects: 3, MaxBody: 256 << 20, Wait: 5 * time.Minute},
		Webhook: {Hosts: []string{"*"}, Ports: []uint16{443, 8443}, MaxBody: 1 << 20, Wait: 15 * time.Second},
		Syslog:  {Hosts: []string{"*"}, Ports: []uint16{6514}},
		SignIn:  {Hosts: []string{"*"}, Redirects: 2, MaxBody: 1 << 20, Wait: 15 * time.Second},
		Certs:   {Hosts: []string{"acme-v02.api.letsencrypt.org", "acme-staging-v02.api.letsencrypt.org"}, MaxBody: 1 << 20, Wait: 30 * time.Second},
	}
}

// To is a rule for one destination that the operator named: a database, a collector, a server of mail. It may be on a private network or on this machine,
// but is never where a cloud hands out identities.
func To(host string, port uint16) Rule {
	return Rule{
		Hosts: []string{normal(host)}, Ports: []uint16{port},
		Nets: prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "::1/128", "fc00::/7"),
	}
}

// Here is a rule for what is on this machine: a database or a collector beside the program, and tests.
func Here(ports ...uint16) Rule {
	return Rule{
		Hosts: []string{"localhost", "127.0.0.1", "::1"}, Ports: ports, Nets: prefixes("127.0.0.0/8", "::1/128"),
		Plain: true, Unix: true,
	}
}
