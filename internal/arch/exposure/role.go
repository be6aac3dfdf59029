package exposure

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"c4arch/internal/arch/evidence"
)

// role is what a resource type has to do with gates.
type role struct {
	kind Kind
	// member: it is a part of the gate of another resource, which is its parent in Azure, or which attribute names.
	member    bool
	attribute string
	read      func(*part)
	// governs are the beginnings of the patterns of the properties, lower-case, whose effect this package tells.
	governs []string
}

var (
	publicAccess = []string{"properties.publicnetworkaccess", "publicnetworkaccess", "properties.network.publicnetworkaccess", "public_network_access_enabled", "public_network_access"}
	accessLists  = []string{
		"properties.networkacls", "networkacls", "properties.networkruleset", "networkruleset",
		"network_rules", "network_acls", "network_rule_set", "network_rulesets",
	}
	ruleSet = []string{
		"properties.defaultaction", "properties.iprules", "properties.virtualnetworkrules", "properties.trustedserviceaccessenabled",
		"default_action", "ip_rules", "virtual_network_subnet_ids", "bypass", "private_link_access",
	}
	rangeEnds = []string{
		"properties.startipaddress", "properties.endipaddress", "properties.startip", "properties.endip", "properties.startipv6address", "properties.endipv6address",
		"start_ip_address", "end_ip_address", "start_ip", "end_ip",
	}
	securityRule = []string{
		"access", "direction", "priority", "protocol",
		"sourceaddress", "sourceport", "sourceapplication", "destinationaddress", "destinationport", "destinationapplication",
		"source_address", "source_port", "source_application", "destination_address", "destination_port", "destination_application",
	}
	ingressRule = []string{
		"type", "protocol", "ip_protocol", "from_port", "to_port", "cidr_", "ipv6_cidr_", "self", "source_security_group_id",
		"referenced_security_group_id", "prefix_list_id", "egress", "rule_action", "rule_number", "icmp_",
	}
)

// roles are the resource types with gates. A type is lower-case but in Kubernetes.
var roles = func() map[string]role {
	all := map[string]role{}
	add := func(types string, r role) {
		for t := range strings.FieldsSeq(types) {
			all[t] = r
		}
	}
	below := func(prefix string, names []string) []string {
		out := append([]string(nil), names...)
		for _, n := range names {
			out = append(out, prefix+n)
		}
		return out
	}
	add("microsoft.network/networksecuritygroups azurerm_network_security_group",
		role{kind: Network, read: readGroup, governs: []string{"properties.securityrules", "securityrules", "security_rule"}})
	add("microsoft.network/networksecuritygroups/securityrules azurerm_network_security_rule",
		role{kind: Network, member: true, read: readSecurityRule, governs: below("properties.", securityRule)})

	account := role{kind: Store, read: readAccount, governs: append(append([]string(nil), publicAccess...), accessLists...)}
	add("microsoft.storage/storageaccounts azurerm_storage_account microsoft.keyvault/vaults azurerm_key_vault microsoft.keyvault/managedhsms azurerm_key_vault_managed_hardware_security_module "+
		"microsoft.containerregistry/registries azurerm_container_registry microsoft.cognitiveservices/accounts azurerm_cognitive_account azurerm_ai_services "+
		"microsoft.servicebus/namespaces azurerm_servicebus_namespace microsoft.eventhub/namespaces azurerm_eventhub_namespace "+
		"microsoft.appconfiguration/configurationstores azurerm_app_configuration", account)
	add("azurerm_storage_account_network_rules", role{kind: Store, member: true, attribute: "storage_account_id", read: readRuleSet, governs: ruleSet})
	add("microsoft.servicebus/namespaces/networkrulesets microsoft.eventhub/namespaces/networkrulesets",
		role{kind: Store, member: true, read: readRuleSet, governs: append(append([]string(nil), ruleSet...), publicAccess...)})
	add("azurerm_servicebus_namespace_network_rule_set", role{kind: Store, member: true, attribute: "namespace_id", read: readRuleSet, governs: append([]string{"public_network_access_enabled", "network_rules", "trusted_services_allowed"}, ruleSet...)})
	add("microsoft.documentdb/databaseaccounts azurerm_cosmosdb_account", role{kind: Store, read: readCosmos, governs: append([]string{
		"properties.iprules", "properties.isvirtualnetworkfilterenabled", "properties.virtualnetworkrules", "ip_range_filter", "is_virtual_network_filter_enabled", "virtual_network_rule",
	}, publicAccess...)})
	add("microsoft.search/searchservices azurerm_search_service microsoft.eventgrid/topics microsoft.eventgrid/domains azurerm_eventgrid_topic azurerm_eventgrid_domain",
		role{kind: Store, read: readSearch, governs: append([]string{"properties.networkruleset.iprules", "allowed_ips", "properties.inboundiprules", "inbound_ip_rule"}, publicAccess...)})

	for _, s := range []struct {
		port           int
		servers, rules string
	}{
		{1433, "microsoft.sql/servers azurerm_mssql_server azurerm_sql_server", "microsoft.sql/servers/firewallrules microsoft.sql/servers/ipv6firewallrules azurerm_mssql_firewall_rule azurerm_sql_firewall_rule"},
		{1433, "microsoft.synapse/workspaces azurerm_synapse_workspace", "microsoft.synapse/workspaces/firewallrules azurerm_synapse_firewall_rule"},
		{5432, "microsoft.dbforpostgresql/servers azurerm_postgresql_server", "microsoft.dbforpostgresql/servers/firewallrules azurerm_postgresql_firewall_rule"},
		{5432, "microsoft.dbforpostgresql/flexibleservers azurerm_postgresql_flexible_server", "microsoft.dbforpostgresql/flexibleservers/firewallrules azurerm_postgresql_flexible_server_firewall_rule"},
		{5432, "microsoft.dbforpostgresql/servergroupsv2 azurerm_cosmosdb_postgresql_cluster", "microsoft.dbforpostgresql/servergroupsv2/firewallrules azurerm_cosmosdb_postgresql_firewall_rule"},
		{3306, "microsoft.dbformysql/servers azurerm_mysql_server", "microsoft.dbformysql/servers/firewallrules azurerm_mysql_firewall_rule"},
		{3306, "microsoft.dbformysql/flexibleservers azurerm_mysql_flexible_server", "microsoft.dbformysql/flexibleservers/firewallrules azurerm_mysql_flexible_server_firewall_rule"},
		{3306, "microsoft.dbformariadb/servers azurerm_mariadb_server", "microsoft.dbformariadb/servers/firewallrules azurerm_mariadb_firewall_rule"},
		{27017, "microsoft.documentdb/mongoclusters azurerm_mongo_cluster", "microsoft.documentdb/mongoclusters/firewallrules azurerm_mongo_cluster_firewall_rule"},
	} {
		add(s.servers, role{kind: Store, read: server(s.port), governs: append([]string{"properties.network.delegatedsubnetresourceid", "delegated_subnet_id"}, publicAccess...)})
		add(s.rules, role{kind: Store, member: true, read: firewallRule(Ports{s.port, s.port}), governs: rangeEnds})
	}
	add("microsoft.cache/redis azurerm_redis_cache", role{kind: Store, read: readRedis, governs: append([]string{"properties.subnetid", "subnet_id"}, publicAccess...)})
	add("microsoft.cache/redis/firewallrules azurerm_redis_firewall_rule", role{kind: Store, member: true, read: firewallRule(Ports{6379, 6380}), governs: rangeEnds})

	add("microsoft.containerservice/managedclusters azurerm_kubernetes_cluster", role{kind: API, read: readAKS, governs: append([]string{
		"properties.apiserveraccessprofile.authorizedipranges", "properties.apiserveraccessprofile.enableprivatecluster",
		"api_server_access_profile[].authorized_ip_ranges", "api_server_authorized_ip_ranges", "private_cluster_enabled",
	}, publicAccess...)})
	add("aws_eks_cluster", role{kind: API, read: readEKS, governs: []string{"vpc_config[].endpoint_public_access", "vpc_config[].public_access_cidrs"}})
	add("google_container_cluster", role{kind: API, read: readGKE, governs: []string{"private_cluster_config[].enable_private_endpoint", "master_authorized_networks_config"}})

	add("aws_security_group aws_default_security_group", role{kind: Network, read: readSecurityGroup, governs: []string{"ingress"}})
	add("aws_security_group_rule", role{kind: Network, member: true, attribute: "security_group_id", read: readGroupRule, governs: ingressRule})
	add("aws_vpc_security_group_ingress_rule", role{kind: Network, member: true, attribute: "security_group_id", read: readIngressRule, governs: ingressRule})
	add("aws_network_acl aws_default_network_acl", role{kind: Network, read: readACL, governs: []string{"ingress"}})
	add("aws_network_acl_rule", role{kind: Network, member: true, attribute: "network_acl_id", read: readACLRule, governs: ingressRule})
	for types, port := range map[string]int{"aws_db_instance aws_rds_cluster_instance": 3306, "aws_redshift_cluster": 5439} {
		add(types, role{kind: Store, read: database(port), governs: []string{"publicly_accessible"}})
	}

	add("google_compute_network", role{kind: Network, read: readNetwork})
	add("google_compute_firewall", role{kind: Network, member: true, attribute: "network", read: readFirewall, governs: []string{
		"allow", "deny", "priority", "direction", "disabled", "source_", "target_",
	}})
	add("google_sql_database_instance", role{kind: Store, read: readCloudSQL, governs: []string{
		"settings[].ip_configuration[].ipv4_enabled", "settings[].ip_configuration[].authorized_networks",
	}})

	add("Service", role{kind: Network, read: readService, governs: []string{"spec.loadbalancersourceranges"}})
	return all
}()

// typeOf returns the type as it stands in roles.
func typeOf(r *evidence.Resource) string {
	if _, ok := roles[r.Type]; ok {
		return r.Type
	}
	return strings.ToLower(r.Type)
}

// Governs reports whether the change of a property is judged by its effect on what may come in, which [Compare] tells,
// and not by its text. The pattern is one of [diff.Property]. Without a pattern it is asked of the resource as a whole: one that is
// nothing but a rule of a gate is judged by what the gate lets in with and without it.
func Governs(resourceType, pattern string) bool {
	r, ok := roles[resourceType]
	if !ok {
		if r, ok = roles[strings.ToLower(resourceType)]; !ok {
			return false
		}
	}
	if pattern == "" {
		return r.member
	}
	pattern = strings.ToLower(pattern)
	return slices.ContainsFunc(r.governs, func(g string) bool { return strings.HasPrefix(pattern, g) })
}

// parentOf returns the id of the gate that a resource belongs to.
func parentOf(r *evidence.Resource) string {
	role := roles[typeOf(r)]
	if !role.member {
		return r.ID
	}
	if role.attribute != "" {
		if text := attribute(r, role.attribute); text != "" {
			return reference(text)
		}
	}
	if cut := len(r.ID); strings.HasPrefix(r.ID, "/") {
		for range 2 {
			cut = strings.LastIndexByte(r.ID[:max(cut, 0)], '/')
		}
		if cut > 0 {
			return r.ID[:cut]
		}
	}
	return r.ID
}

// reference returns the id in a text: an id of Azure in its normal form, the resource whose attribute the code names, or the text.
func reference(text string) string {
	if refs := evidence.Symbols(text); len(refs) == 1 && text == evidence.Symbol(refs[0].ID, refs[0].Attribute) {
		return refs[0].ID
	}
	if evidence.IsARM(text) {
		return evidence.NormalizeARM(text)
	}
	return text
}

// attribute reads a text attribute out of canonical JSON without decoding the rest, since this is asked of every rule of a snapshot.
func attribute(r *evidence.Resource, name string) string {
	key := []byte(`"` + name + `":"`)
	i := bytes.Index(r.Props, key)
	if i < 0 {
		return ""
	}
	rest := r.Props[i+len(key)-1:]
	for end := 1; end < len(rest); end++ {
		switch rest[end] {
		case '\\':
			end++
		case '"':
			text, err := jsontext.AppendUnquote(nil, rest[:end+1])
			if err != nil {
				return ""
			}
			return string(text)
		}
	}
	return ""
}
