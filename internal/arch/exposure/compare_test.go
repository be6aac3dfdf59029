package exposure

import "testing"

// What a change does to what may come in, whatever its text.
func TestCompareNSG(t *testing.T) {
	for _, c := range []struct {
		name     string
		old, new []thing
		want     string
	}{
		{"opened", []thing{nsg()}, []thing{nsg("ssh 100 Allow 22 *")}, "network +tcp/22 ip4 1; tcp/22 ip6 1"},
		{"closed", []thing{nsg("ssh 100 Allow 22 *")}, []thing{nsg()}, "network -tcp/22 ip4 1; tcp/22 ip6 1"},
		{"text differs, effect does not: a tag", []thing{nsg("a 100 Allow 22 Internet")}, []thing{nsg("a 100 Allow 22 *")}, ""},
		{"text differs, effect does not: ports", []thing{nsg("a 100 Allow 80-82 *")}, []thing{nsg("a 100 Allow 80,81,82 *")}, ""},
		{"text differs, effect does not: a rule in two", []thing{nsg("a 100 Allow 0-65535 * *")}, []thing{nsg("a 100 Allow 0-1000 * *", "b 110 Allow * * *")}, ""},
		{"text differs, effect does not: the name", []thing{nsg("a 100 Allow 22 *")}, []thing{nsg("b 200 Allow 22 *")}, ""},
		{"one more prefix completes the Internet", []thing{nsg("a 100 Allow 22 0.0.0.0/1")}, []thing{nsg("a 100 Allow 22 0.0.0.0/1,128.0.0.0/1")}, "network +tcp/22 ip4 0.4347"},
		{"a deny of higher priority covers it", []thing{nsg("no 90 Deny 22 *")}, []thing{nsg("no 90 Deny 22 *", "a 100 Allow 22 *")}, ""},
		{"a deny of lower priority does not", []thing{nsg("no 110 Deny 22 *")}, []thing{nsg("no 110 Deny 22 *", "a 100 Allow 22 *")}, "network +tcp/22 ip4 1; tcp/22 ip6 1"},
		{"priorities swapped", []thing{nsg("no 100 Deny * * *", "a 110 Allow 3389 *")}, []thing{nsg("no 110 Deny * * *", "a 100 Allow 3389 *")}, "network +tcp/3389 ip4 1; tcp/3389 ip6 1"},
		{"the deny is gone", []thing{nsg("no 90 Deny 22 Internet", "a 100 Allow 20-25 *")}, []thing{nsg("a 100 Allow 20-25 *")}, "network +tcp/22 ip4 1; tcp/22 ip6 1"},
		{"a rule of its own in ARM", []thing{nsg()}, []thing{nsg(), child("ssh 100 Allow 22 *")}, "network +tcp/22 ip4 1; tcp/22 ip6 1"},
		{"from nested to a rule of its own", []thing{nsg("ssh 100 Allow 22 *")}, []thing{nsg(), child("ssh 100 Allow 22 *")}, ""},
		{"nested and on its own at once", []thing{nsg("ssh 100 Allow 22 *")}, []thing{nsg("ssh 100 Allow 22 *"), child("ssh 100 Allow 22 *")}, ""},
		{"a rule of its own in Terraform", []thing{hcl()}, []thing{hcl(), hclChild("rdp 100 Allow 3389 *")}, "network +tcp/3389 ip4 1; tcp/3389 ip6 1"},
		{"from block to resource", []thing{hcl("rdp 100 Allow 3389 *")}, []thing{hcl(), hclChild("rdp 100 Allow 3389 *")}, ""},
		{"in another vocabulary", []thing{hcl("rdp 100 Allow 3389 *")}, []thing{nsg("rdp 100 Allow 3389 Internet")}, ""},
		{"the whole cloud", []thing{nsg()}, []thing{nsg("az 100 Allow 1433 AzureCloud")}, "network +tcp/1433 ip4 cloud"},
		{"from the cloud to everyone", []thing{nsg("az 100 Allow 1433 AzureCloud")}, []thing{nsg("az 100 Allow 1433 *")}, "network +tcp/1433 ip4 1; tcp/1433 ip6 1"},
		{"the network may come in anyway", []thing{nsg()}, []thing{nsg("in 100 Allow * VirtualNetwork *", "ten 110 Allow 22 10.0.0.0/8")}, ""},
		{"unless it was kept out", []thing{nsg("no 4096 Deny * * *")}, []thing{nsg("no 4096 Deny * * *", "ten 110 Allow 22 10.0.0.0/8")}, "network +tcp/22 ip4 0"},
		{"the probes of the load balancer", []thing{nsg()}, []thing{nsg("lb 100 Allow 22 AzureLoadBalancer")}, ""},
		{"a service tag", []thing{nsg()}, []thing{nsg("fd 100 Allow 443 AzureFrontDoor.Backend")}, "network +tcp/443 ip4 0 ?rule fd: the addresses of the service tag azurefrontdoor.backend are not known here"},
		{"a service tag beside everyone", []thing{nsg("a 100 Allow 443 *")}, []thing{nsg("a 100 Allow 443 *", "fd 110 Allow 443 AzureFrontDoor.Backend")}, ""},
		{"left open", []thing{nsg()}, []thing{nsg("v 100 Allow 22 ${var.cidr}")}, "network ?rule v: the code leaves open what it lets in"},
		{"left open as before", []thing{nsg("v 100 Allow 22 ${var.cidr}")}, []thing{nsg("v 100 Allow 22 ${var.cidr}", "x 120 Allow 80 192.0.2.1")}, "network +tcp/80 ip4 0"},
		{"left open is not closed", []thing{nsg("v 100 Allow 22 *")}, []thing{nsg("v 100 Allow 22 ${var.cidr}")}, "network ?rule v: the code leaves open what it lets in"},
		{"ports left open are not closed", []thing{nsg("v 100 Allow 22 *")}, []thing{nsg("v 100 Allow ${var.port} *")}, "network ?rule v: the code leaves open what it lets in"},
		{"the rules are left open", []thing{nsg("v 100 Allow 22 *")}, []thing{{id: groupID, typ: "microsoft.network/networksecuritygroups", props: `{"properties":{"securityRules":"${parameters('rules')}"}}`}}, "network ?a rule: the code leaves open what it lets in"},
		{"bad text", []thing{nsg()}, []thing{nsg("v 100 Allow 22 300.1.2.3/99")}, "network ?rule v: who may come in is written in a way that cannot be understood"},
		{"a deny that cannot be told", []thing{nsg("a 200 Allow 22 *")}, []thing{nsg("a 200 Allow 22 *", "v 100 Deny ${var.port} *")}, "network ?v: it keeps something out, and what cannot be told"},
		{"all ports in reverse", []thing{nsg()}, []thing{nsg("a 100 Allow 65535-0 * *")}, "network +*/* ip4 1; */* ip6 1"},
		{"UDP beside TCP", []thing{nsg("a 100 Allow 53 *")}, []thing{nsg("a 100 Allow 53 *", "b 110 Allow 53 * Udp")}, "network +udp/53 ip4 1; udp/53 ip6 1"},
		{"the group is new", nil, []thing{nsg("a 100 Allow 22 *", "no 200 Deny * * *")}, "network +tcp/22 ip4 1; tcp/22 ip6 1"},
		{"the group is gone", []thing{nsg("a 100 Allow 22 *")}, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := gist(compare(t, c.old, c.new)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
