package exposure

import (
	"maps"
	"slices"
	"strings"

	"c4arch/internal/base/tree"
)

// typesSorted are the types with a role, in a steady order.
func typesSorted() []string { return slices.Sorted(maps.Keys(roles)) }

// seeds are resources of several types.
func seeds() []thing {
	return []thing{
		nsg("ssh 100 Allow 22,3389 *", "no 110 Deny 0-65535 10.0.0.0/8", "v 120 Allow ${var.p} Internet"),
		hcl("ssh 100 Allow 22 0.0.0.0/1,128.0.0.0/1"),
		sqlRule("a", "0.0.0.0", "255.255.255.255"),
		{props: `{"properties":{"networkAcls":{"defaultAction":"Deny","bypass":"AzureServices, Logging","ipRules":[{"value":"198.51.100.0/24"}]}}}`},
		{props: `{"ingress":[{"protocol":"tcp","from_port":22,"to_port":23,"cidr_blocks":["0.0.0.0/0"],"self":true}]}`},
		{props: `{"allow":[{"protocol":"tcp","ports":["1-5"]}],"network":"main","source_ranges":["::/0"],"priority":"x"}`},
		{props: `{"spec":{"type":"LoadBalancer","ports":[{"port":80}],"loadBalancerSourceRanges":["10.0.0.0/8"]}}`},
		{props: `{"vpc_config":[{"public_access_cidrs":"${var.x}"}]}`},
		{props: `{"properties":{"ipRules":["a",{},null,[]],"publicNetworkAccess":{}}}`},
	}
}

// tryThing makes a resource of fuzzed properties, for which every type of gate has a place.
func tryThing(typ, props string) ([]thing, bool) {
	v, err := tree.ParseJSON([]byte(props), tree.Limits{Depth: 30, Nodes: 5_000})
	if err != nil || v.Kind != tree.Object {
		return nil, false
	}
	id := groupID
	if strings.Count(typ, "/") > 1 || strings.HasSuffix(typ, "_rule") {
		id += "/rules/r"
	}
	return []thing{{id: id, typ: typ, props: props}}, true
}
