package exposure_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/exposure"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/tree"
)

const shop = "/subscriptions/1/resourcegroups/shop/providers/"

func table(t *testing.T) *severity.Table {
	t.Helper()
	all, err := severity.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func group(rules ...string) []exposure.Thing {
	var items []string
	for i, r := range rules {
		f := strings.Fields(r)
		items = append(items, fmt.Sprintf(`{"name":"r%d","properties":{"priority":%d,"access":"Allow","direction":"Inbound","protocol":%q,"sourcePortRange":"*","destinationPortRange":%q,"sourceAddressPrefix":%q,"destinationAddressPrefix":"*"}}`, i, 100+i, f[0], f[1], f[2]))
	}
	items = append(items, `{"name":"rest","properties":{"priority":4096,"access":"Deny","direction":"Inbound","protocol":"*","sourcePortRange":"*","destinationPortRange":"*","sourceAddressPrefix":"*","destinationAddressPrefix":"*"}}`)
	return []exposure.Thing{{ID: shop + "microsoft.network/networksecuritygroups/front", Type: "microsoft.network/networksecuritygroups", Props: `{"properties":{"securityRules":[` + strings.Join(items, ",") + `]}}`}}
}

func sqlServer(from, to string) []exposure.Thing {
	id := shop + "microsoft.sql/servers/orders"
	out := []exposure.Thing{{ID: id, Type: "microsoft.sql/servers", Props: `{"properties":{"publicNetworkAccess":"Enabled"}}`}}
	if from != "" {
		out = append(out, exposure.Thing{ID: id + "/firewallrules/a", Type: "microsoft.sql/servers/firewallrules", Props: fmt.Sprintf(`{"properties":{"startIpAddress":%q,"endIpAddress":%q}}`, from, to)})
	}
	return out
}

func account(acls string) []exposure.Thing {
	return []exposure.Thing{{ID: shop + "microsoft.storage/storageaccounts/files", Type: "microsoft.storage/storageaccounts", Props: `{"properties":{"networkAcls":` + acls + `}}`}}
}

func cluster(ranges string) []exposure.Thing {
	return []exposure.Thing{{ID: shop + "microsoft.containerservice/managedclusters/c", Type: "microsoft.containerservice/managedclusters", Props: `{"properties":{"apiServerAccessProfile":{"authorizedIPRanges":` + ranges + `}}}`}}
}

func gke(block string) []exposure.Thing {
	return []exposure.Thing{{ID: "google:google_container_cluster:c", Type: "google_container_cluster", Props: `{"master_authorized_networks_config":[` + block + `]}`}}
}

// Each rule of the pack: the loosening gives it with its severity, and the reverse is an improvement.
func TestEachRuleBothWays(t *testing.T) {
	all := table(t)
	tested := map[string]bool{}
	for _, c := range []struct {
		rule     string
		severity severity.Severity
		old, new []exposure.Thing
	}{
		{"NET-INTERNET-ADMIN", severity.Critical, group(), group("Tcp 22 *")},
		{"NET-INTERNET-ADMIN", severity.Critical, group(), group("* * Internet")},
		{"NET-INTERNET-ADMIN", severity.Critical, group("Tcp 5000-6000 0.0.0.0/1"), group("Tcp 5000-6000 0.0.0.0/1", "Tcp 5000-6000 128.0.0.0/2", "Tcp 5000-6000 192.0.0.0/3", "Tcp 5400-5500 0.0.0.0/0", "Tcp 5000-6000 ::/0")},
		{"NET-INTERNET-PORT", severity.High, group(), group("Tcp 8080 *")},
		{"NET-INTERNET-PORT", severity.High, group(), group("Udp 53 *")},
		{"NET-INTERNET-WEB", severity.Medium, group(), group("Tcp 443 *")},
		{"NET-INTERNET-PART", severity.Medium, group("Tcp 22 198.51.100.0/24"), group("Tcp 22 198.51.0.0/16")},
		{"NET-CLOUD", severity.High, group(), group("Tcp 443 AzureCloud")},
		{"NET-INSIDE", severity.Low, group(), group("Tcp 22 VirtualNetwork")},
		{"NET-STORE-INTERNET", severity.Critical, sqlServer("", ""), sqlServer("0.0.0.0", "255.255.255.255")},
		{"NET-STORE-INTERNET", severity.Critical, account(`{"defaultAction":"Deny"}`), account(`{"defaultAction":"Allow"}`)},
		{"NET-STORE-CLOUD", severity.High, sqlServer("", ""), sqlServer("0.0.0.0", "0.0.0.0")},
		{"NET-STORE-PART", severity.Medium, sqlServer("198.51.100.1", "198.51.100.1"), sqlServer("198.51.100.0", "198.51.100.255")},
		{"NET-STORE-INSIDE", severity.Low, account(`{"defaultAction":"Deny"}`), account(`{"defaultAction":"Deny","ipRules":[{"value":"10.0.0.0/8"}]}`)},
		{"NET-API-INTERNET", severity.Critical, cluster(`["198.51.100.0/24"]`), cluster(`[]`)},
		{"NET-API-PART", severity.Medium, cluster(`["198.51.100.0/24"]`), cluster(`["198.51.0.0/16"]`)},
		{"NET-API-CLOUD", severity.High, gke(`{}`), gke(`{"gcp_public_cidrs_access_enabled":true}`)},
	} {
		tested[c.rule] = true
		t.Run(c.rule, func(t *testing.T) {
			one := judged(t, all, c.old, c.new)
			if one.Rule.ID != c.rule || one.Severity != c.severity || one.Direction != severity.Loosened {
				t.Errorf("there: %s %s %s", one.Rule.ID, one.Severity, one.Direction)
			}
			back := judged(t, all, c.new, c.old)
			if back.Severity != severity.Low || back.Direction != severity.Tightened || back.Rule.ID != c.rule {
				t.Errorf("back: %s %s %s", back.Rule.ID, back.Severity, back.Direction)
			}
		})
	}
	for _, r := range all.Rules() {
		if r.Pack == "network.yaml" && r.On[0].Exposure != "" && !tested[r.ID] {
			t.Errorf("rule %s has no pair here", r.ID)
		}
	}
}

func judged(t *testing.T, all *severity.Table, old, new []exposure.Thing) severity.Verdict {
	t.Helper()
	changes := exposure.CompareThings(t, old, new)
	if len(changes) != 1 {
		t.Fatalf("%d gates changed", len(changes))
	}
	got, err := all.Judge(t.Context(), severity.Case{Exposure: &changes[0]})
	if err != nil || len(got) != 1 {
		t.Fatalf("%d verdicts, %v", len(got), err)
	}
	return got[0]
}

// What is judged by its effect has no graver rule for its text than one of low severity and no direction.
func TestTextOfWhatIsGoverned(t *testing.T) {
	all := table(t)
	for _, typ := range exposure.Types() {
		for _, pattern := range exposure.Governed()[typ] {
			if v := spoken(t, all, typ, pattern); v == nil || v.Severity != severity.Low || v.Direction != severity.Neutral {
				t.Errorf("%s: of %s the table says %+v", typ, pattern, v)
			}
		}
	}
}

// And at the places where such text stands, the rule of this pack speaks.
func TestTextHasItsRule(t *testing.T) {
	all := table(t)
	for _, c := range []struct{ rule, typ, places string }{
		{"NET-RULE-TEXT", "microsoft.network/networksecuritygroups", "properties.securityRules[].properties.access properties.securityRules[].properties.sourceAddressPrefixes[]"},
		{"NET-RULE-TEXT", "microsoft.network/networksecuritygroups/securityrules", "properties.access properties.priority properties.sourceAddressPrefix properties.destinationPortRanges[] properties.protocol properties.direction"},
		{"NET-RULE-TEXT", "azurerm_network_security_group", "security_rule[].priority security_rule[].source_address_prefixes[]"},
		{"NET-RULE-TEXT", "azurerm_network_security_rule", "access priority source_address_prefix destination_port_range destination_port_ranges[] protocol direction"},
		{"NET-RULE-TEXT", "aws_security_group", "ingress[].cidr_blocks[] ingress[].from_port"},
		{"NET-RULE-TEXT", "aws_security_group_rule", "type protocol from_port to_port cidr_blocks[] ipv6_cidr_blocks[] self source_security_group_id prefix_list_ids[]"},
		{"NET-RULE-TEXT", "aws_vpc_security_group_ingress_rule", "ip_protocol from_port cidr_ipv4 cidr_ipv6 referenced_security_group_id prefix_list_id"},
		{"NET-RULE-TEXT", "aws_network_acl", "ingress[].rule_no"},
		{"NET-RULE-TEXT", "aws_network_acl_rule", "rule_number rule_action egress cidr_block"},
		{"NET-RULE-TEXT", "google_compute_firewall", "allow[].protocol deny[].ports[] priority direction disabled source_ranges[] target_tags[]"},
		{"NET-RULE-TEXT", "Service", "spec.loadBalancerSourceRanges[]"},
		{"NET-STORE-TEXT", "microsoft.storage/storageaccounts", "properties.publicNetworkAccess properties.networkAcls.defaultAction properties.networkAcls.ipRules[].value"},
		{"NET-STORE-TEXT", "microsoft.keyvault/vaults", "properties.networkAcls.bypass"},
		{"NET-STORE-TEXT", "microsoft.containerregistry/registries", "properties.networkRuleSet.ipRules[].value"},
		{"NET-STORE-TEXT", "microsoft.documentdb/databaseaccounts", "properties.ipRules[].ipAddressOrRange properties.isVirtualNetworkFilterEnabled"},
		{"NET-STORE-TEXT", "microsoft.sql/servers/firewallrules", "properties.startIpAddress properties.endIpAddress"},
		{"NET-STORE-TEXT", "microsoft.dbforpostgresql/flexibleservers", "properties.network.publicNetworkAccess"},
		{"NET-STORE-TEXT", "microsoft.servicebus/namespaces/networkrulesets", "properties.defaultAction"},
		{"NET-STORE-CODE", "azurerm_storage_account", "network_rules[].ip_rules[] public_network_access_enabled"},
		{"NET-STORE-CODE", "azurerm_storage_account_network_rules", "default_action ip_rules[] bypass[] virtual_network_subnet_ids[]"},
		{"NET-STORE-CODE", "azurerm_key_vault", "network_acls[].default_action"},
		{"NET-STORE-CODE", "azurerm_cosmosdb_account", "ip_range_filter[] is_virtual_network_filter_enabled"},
		{"NET-STORE-CODE", "azurerm_mssql_firewall_rule", "start_ip_address end_ip_address"},
		{"NET-STORE-CODE", "azurerm_redis_firewall_rule", "start_ip end_ip"},
		{"NET-STORE-CODE", "aws_db_instance", "publicly_accessible"},
		{"NET-STORE-CODE", "google_sql_database_instance", "settings[].ip_configuration[].authorized_networks[].value"},
		{"NET-API-TEXT", "microsoft.containerservice/managedclusters", "properties.apiServerAccessProfile.authorizedIPRanges[] properties.apiServerAccessProfile.enablePrivateCluster"},
		{"NET-API-TEXT", "azurerm_kubernetes_cluster", "api_server_access_profile[].authorized_ip_ranges[] private_cluster_enabled"},
		{"NET-API-TEXT", "aws_eks_cluster", "vpc_config[].public_access_cidrs[] vpc_config[].endpoint_public_access"},
		{"NET-API-TEXT", "google_container_cluster", "master_authorized_networks_config[].cidr_blocks[].cidr_block"},
	} {
		for pattern := range strings.FieldsSeq(c.places) {
			if !exposure.Governs(c.typ, pattern) {
				t.Errorf("%s: %s is not governed", c.typ, pattern)
			}
			if v := spoken(t, all, c.typ, pattern); v == nil || v.Rule.ID != c.rule {
				t.Errorf("%s: of %s the table says %+v", c.typ, pattern, v)
			}
		}
	}
}

// spoken is the verdict on the change of one leaf.
func spoken(t *testing.T, all *severity.Table, typ, pattern string) *severity.Verdict {
	t.Helper()
	got, err := all.Judge(t.Context(), severity.Case{Change: changeAt(typ, pattern)})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(got, func(v severity.Verdict) bool { return slices.Contains(v.Covers, 0) })
	if i < 0 {
		return nil
	}
	return &got[i]
}

// changeAt is a change of one leaf, with a tree on both sides that has it.
func changeAt(typ, pattern string) *diff.Change {
	form := evidence.Terraform
	if strings.HasPrefix(typ, "microsoft.") {
		form = evidence.ARM
	} else if !strings.Contains(typ, "_") {
		form = evidence.Kubernetes
	}
	old, new := tree.Str("a"), tree.Str("b")
	at := tree.Path(strings.ReplaceAll(pattern, "[]", "[0]"))
	return &diff.Change{
		Kind: diff.Changed,
		Old:  &evidence.Resource{ID: "x", Form: form, Type: typ, Props: []byte("{}")}, New: &evidence.Resource{ID: "x", Form: form, Type: typ, Props: []byte("{}")},
		Properties: []diff.Property{{Path: diff.Path(at), Pattern: pattern, OldPath: at, NewPath: at, Old: &old, New: &new}},
	}
}
