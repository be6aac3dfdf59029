package exposure

import (
	"fmt"
	"testing"
)

func sql(props string) thing {
	return thing{id: serverID, typ: "microsoft.sql/servers", props: `{"properties":` + props + `}`}
}

func sqlRule(name, from, to string) thing {
	return thing{
		id: serverID + "/firewallrules/" + name, typ: "microsoft.sql/servers/firewallrules",
		props: fmt.Sprintf(`{"properties":{"startIpAddress":%q,"endIpAddress":%q}}`, from, to),
	}
}

func hclSQLRule(name, from, to string) thing {
	return thing{
		id: serverID + "/firewallrules/" + name, typ: "azurerm_mssql_firewall_rule",
		props: fmt.Sprintf(`{"name":%q,"server_id":%q,"start_ip_address":%q,"end_ip_address":%q}`, name, serverID, from, to),
	}
}

const accountID = "/subscriptions/1/resourcegroups/shop/providers/microsoft.storage/storageaccounts/files"

func one(typ, props string) []thing { return []thing{{id: accountID, typ: typ, props: props}} }

const (
	everyPortOpen = "store +tcp/* ip4 1; tcp/* ip6 1"
	postgresOpen  = "store +tcp/5432 ip4 1"
)

// What a change does to who may come in to a data store, whatever its text.
func TestCompareStores(t *testing.T) {
	storage, vault := "microsoft.storage/storageaccounts", "microsoft.keyvault/vaults"
	for _, c := range []struct {
		name     string
		old, new []thing
		want     string
	}{
		{"SQL open to everyone", []thing{sql(`{}`)}, []thing{sql(`{}`), sqlRule("all", "0.0.0.0", "255.255.255.255")}, "store +tcp/1433 ip4 1"},
		{"SQL open to the cloud", []thing{sql(`{}`)}, []thing{sql(`{}`), sqlRule("azure", "0.0.0.0", "0.0.0.0")}, "store +tcp/1433 ip4 cloud"},
		{"SQL: the cloud beside everyone", []thing{sqlRule("all", "0.0.0.0", "255.255.255.255")}, []thing{sqlRule("all", "0.0.0.0", "255.255.255.255"), sqlRule("azure", "0.0.0.0", "0.0.0.0")}, ""},
		{"SQL: two halves", []thing{sqlRule("a", "0.0.0.0", "127.255.255.255")}, []thing{sqlRule("a", "0.0.0.0", "127.255.255.255"), sqlRule("b", "128.0.0.0", "255.255.255.255")}, "store +tcp/1433 ip4 0.4347"},
		{"SQL: two halves for one whole", []thing{sqlRule("all", "0.0.0.0", "255.255.255.255")}, []thing{sqlRule("a", "0.0.0.0", "127.255.255.255"), sqlRule("b", "128.0.0.0", "255.255.255.255")}, ""},
		{"SQL: a range written backwards", []thing{sql(`{}`), sqlRule("a", "255.255.255.255", "0.0.0.0")}, []thing{sql(`{}`), sqlRule("a", "0.0.0.0", "255.255.255.255")}, ""},
		{"SQL: the rules are only read", []thing{sqlRule("a", "192.0.2.1", "192.0.2.2")}, nil, "store -tcp/1433 ip4 0"},
		{"SQL: the server is gone with its rules", []thing{sql(`{}`), sqlRule("a", "0.0.0.0", "255.255.255.255")}, nil, ""},
		{"SQL: shut behind open rules", []thing{sql(`{"publicNetworkAccess":"Enabled"}`), sqlRule("a", "0.0.0.0", "255.255.255.255")}, []thing{sql(`{"publicNetworkAccess":"Disabled"}`), sqlRule("a", "0.0.0.0", "255.255.255.255")}, "store -tcp/1433 ip4 1"},
		{"SQL: public without rules", []thing{sql(`{"publicNetworkAccess":"Disabled"}`)}, []thing{sql(`{"publicNetworkAccess":"Enabled"}`)}, ""},
		{"SQL in Terraform", []thing{sql(`{}`)}, []thing{sql(`{}`), hclSQLRule("all", "0.0.0.0", "255.255.255.255")}, "store +tcp/1433 ip4 1"},
		{"SQL: what the code leaves open", nil, []thing{hclSQLRule("all", "${var.from}", "${var.to}")}, "store ?rule all: the code leaves open what it lets in"},
		{"SQL: what is no address", nil, []thing{hclSQLRule("all", "10.0.0.300", "10.0.0.1")}, "store ?rule all: it cannot be understood, so what it lets in is not known"},

		{"storage: default to Allow", one(storage, `{"properties":{"networkAcls":{"defaultAction":"Deny"}}}`), one(storage, `{"properties":{"networkAcls":{"defaultAction":"Allow"}}}`), everyPortOpen},
		{"storage: the list is gone", one(storage, `{"properties":{"networkAcls":{"defaultAction":"Deny"}}}`), one(storage, `{"properties":{}}`), everyPortOpen},
		{"storage: enabled, and nothing denies", one(storage, `{"properties":{"publicNetworkAccess":"Disabled"}}`), one(storage, `{"properties":{"publicNetworkAccess":"Enabled"}}`), everyPortOpen},
		{"storage: enabled, and denied by default", one(storage, `{"properties":{"publicNetworkAccess":"Disabled","networkAcls":{"defaultAction":"Deny"}}}`), one(storage, `{"properties":{"publicNetworkAccess":"Enabled","networkAcls":{"defaultAction":"Deny"}}}`), ""},
		{"storage: what nothing says is Allow", one(storage, `{"properties":{}}`), one(storage, `{"properties":{"publicNetworkAccess":"Enabled","networkAcls":{"defaultAction":"Allow","ipRules":[]}}}`), ""},
		{"storage: an address more", one(storage, `{"properties":{"networkAcls":{"defaultAction":"Deny","ipRules":[]}}}`), one(storage, `{"properties":{"networkAcls":{"defaultAction":"Deny","ipRules":[{"value":"198.51.100.0/24","action":"Allow"}]}}}`), "store +tcp/* ip4 0"},
		{"storage: a subnet more", one(storage, `{"properties":{"networkAcls":{"defaultAction":"Deny"}}}`), one(storage, `{"properties":{"networkAcls":{"defaultAction":"Deny","virtualNetworkRules":[{"id":"/subscriptions/1/x"}]}}}`), "store +tcp/* ip4 0"},
		{"storage: left open", one(storage, `{"properties":{"publicNetworkAccess":"Enabled"}}`), one(storage, `{"properties":{"publicNetworkAccess":"${parameters('access')}"}}`), "store ?rule default: the code leaves open what it lets in"},
		{"storage: the list is left open", one("azurerm_storage_account", `{"network_rules":[{"default_action":"Deny","ip_rules":["198.51.100.7"]}]}`), one("azurerm_storage_account", `{"network_rules":[{"default_action":"Deny","ip_rules":"${var.list}"}]}`), "store ?a rule: the code leaves open what it lets in"},
		{"storage: the block is left open", one("azurerm_storage_account", `{"network_rules":[{"default_action":"Deny"}]}`), one("azurerm_storage_account", `{"network_rules":"${var.rules}"}`), "store ?rule default: the code leaves open what it lets in"},
		{"storage in Terraform", one("azurerm_storage_account", `{"network_rules":[{"default_action":"Deny"}]}`), one("azurerm_storage_account", `{"network_rules":[{"default_action":"Allow"}]}`), everyPortOpen},
		{
			"storage: rules of their own", one("azurerm_storage_account", `{}`),
			append(one("azurerm_storage_account", `{}`), thing{id: "tf:azurerm_storage_account_network_rules.r", typ: "azurerm_storage_account_network_rules", props: `{"storage_account_id":"` + accountID + `","default_action":"Deny","ip_rules":[]}`}),
			"store -tcp/* ip4 1; tcp/* ip6 1",
		},
		{"vault", one(vault, `{"properties":{"networkAcls":{"defaultAction":"Deny","bypass":"AzureServices"}}}`), one(vault, `{"properties":{"networkAcls":{"defaultAction":"Allow","bypass":"AzureServices"}}}`), everyPortOpen},
		{"vault in Terraform", one("azurerm_key_vault", `{"public_network_access_enabled":false}`), one("azurerm_key_vault", `{"public_network_access_enabled":true}`), everyPortOpen},
		{"registry", one("azurerm_container_registry", `{"network_rule_set":[{"default_action":"Deny","ip_rule":[{"action":"Allow","ip_range":"198.51.100.0/24"}]}]}`), one("azurerm_container_registry", `{"network_rule_set":[{"default_action":"Deny","ip_rule":[{"action":"Allow","ip_range":"198.51.0.0/16"}]}]}`), "store +tcp/* ip4 1.8e-05"},
		{"Cosmos DB: the last address is gone", one("microsoft.documentdb/databaseaccounts", `{"properties":{"ipRules":[{"ipAddressOrRange":"198.51.100.7"}]}}`), one("microsoft.documentdb/databaseaccounts", `{"properties":{"ipRules":[]}}`), everyPortOpen},
		{"Cosmos DB: a list of texts", one("azurerm_cosmosdb_account", `{"ip_range_filter":"198.51.100.7"}`), one("azurerm_cosmosdb_account", `{"ip_range_filter":"198.51.100.7,0.0.0.0"}`), "store +tcp/* ip4 cloud"},
		{"Cosmos DB: by network only", one("azurerm_cosmosdb_account", `{"is_virtual_network_filter_enabled":true}`), one("azurerm_cosmosdb_account", `{"is_virtual_network_filter_enabled":false}`), everyPortOpen},
		{"Service Bus, rules of their own", []thing{{id: accountID + "/networkrulesets/default", typ: "microsoft.servicebus/namespaces/networkrulesets", props: `{"properties":{"defaultAction":"Deny"}}`}}, []thing{{id: accountID + "/networkrulesets/default", typ: "microsoft.servicebus/namespaces/networkrulesets", props: `{"properties":{"defaultAction":"Allow"}}`}}, everyPortOpen},
		{"Event Hubs in Terraform", one("azurerm_eventhub_namespace", `{"network_rulesets":[{"default_action":"Deny","ip_rule":[{"ip_mask":"10.0.0.0/8","action":"Allow"}]}]}`), one("azurerm_eventhub_namespace", `{"network_rulesets":[{"default_action":"Allow"}]}`), everyPortOpen},
		{"search", one("azurerm_search_service", `{"allowed_ips":["198.51.100.7"]}`), one("azurerm_search_service", `{"allowed_ips":[]}`), everyPortOpen},
		{"Redis: without a rule everyone", []thing{{id: accountID, typ: "microsoft.cache/redis", props: `{"properties":{}}`}, {id: accountID + "/firewallrules/a", typ: "microsoft.cache/redis/firewallrules", props: `{"properties":{"startIP":"10.0.0.1","endIP":"10.0.0.9"}}`}}, []thing{{id: accountID, typ: "microsoft.cache/redis", props: `{"properties":{}}`}}, "store +tcp/6379-6380 ip4 1; tcp/6379-6380 ip6 1"},
		{"flexible server", one("microsoft.dbforpostgresql/flexibleservers", `{"properties":{"network":{"publicNetworkAccess":"Disabled"}}}`), append(one("microsoft.dbforpostgresql/flexibleservers", `{"properties":{"network":{"publicNetworkAccess":"Enabled"}}}`), thing{id: accountID + "/firewallrules/all", typ: "microsoft.dbforpostgresql/flexibleservers/firewallrules", props: `{"properties":{"startIpAddress":"0.0.0.0","endIpAddress":"255.255.255.255"}}`}), postgresOpen},
		{"a database of AWS", one("aws_db_instance", `{"engine":"postgres","publicly_accessible":false}`), one("aws_db_instance", `{"engine":"postgres","publicly_accessible":true}`), "store +tcp/5432 ip4 1; tcp/5432 ip6 1"},
		{"Cloud SQL", one("google_sql_database_instance", `{"database_version":"POSTGRES_15","settings":[{"ip_configuration":[{"ipv4_enabled":true}]}]}`), one("google_sql_database_instance", `{"database_version":"POSTGRES_15","settings":[{"ip_configuration":[{"ipv4_enabled":true,"authorized_networks":[{"name":"all","value":"0.0.0.0/0"}]}]}]}`), postgresOpen},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := gist(compare(t, c.old, c.new)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// What a change does to who reaches an API server, or what AWS, Google and Kubernetes let in.
func TestCompareOthers(t *testing.T) {
	aks, eks, gke := "microsoft.containerservice/managedclusters", "aws_eks_cluster", "google_container_cluster"
	apiOpen := "api +tcp/443 ip4 1; tcp/443 ip6 1"
	group := thing{id: "arn:aws:ec2:eu-west-1:1:security-group/sg-1", typ: "aws_security_group", props: `{"name":"front"}`, aliases: []string{"sg-1"}}
	awsRule := func(props string) thing {
		return thing{id: "aws:aws_security_group_rule:sgrule-1", typ: "aws_security_group_rule", props: props}
	}
	network := thing{id: "google:google_compute_network:projects/p/global/networks/main", typ: "google_compute_network", props: `{"name":"main"}`, aliases: []string{"projects/p/global/networks/main"}}
	firewall := func(name, props string) thing {
		return thing{id: "google:google_compute_firewall:" + name, typ: "google_compute_firewall", props: `{"network":"https://www.googleapis.com/compute/v1/projects/p/global/networks/main",` + props + `}`}
	}
	service := func(spec string) []thing {
		return []thing{{id: "k8s:-//Service/shop/web", typ: "Service", props: `{"metadata":{"name":"web"},"spec":` + spec + `}`}}
	}
	for _, c := range []struct {
		name     string
		old, new []thing
		want     string
	}{
		{"AKS: the list is emptied", one(aks, `{"properties":{"apiServerAccessProfile":{"authorizedIPRanges":["198.51.100.0/24"]}}}`), one(aks, `{"properties":{"apiServerAccessProfile":{"authorizedIPRanges":[]}}}`), apiOpen},
		{"AKS: no longer private", one(aks, `{"properties":{"apiServerAccessProfile":{"enablePrivateCluster":true}}}`), one(aks, `{"properties":{"apiServerAccessProfile":{"enablePrivateCluster":false}}}`), apiOpen},
		{"AKS in Terraform", one("azurerm_kubernetes_cluster", `{"api_server_access_profile":[{"authorized_ip_ranges":["198.51.100.0/24"]}]}`), one("azurerm_kubernetes_cluster", `{}`), apiOpen},
		{"AKS: the list is left open", one("azurerm_kubernetes_cluster", `{"api_server_access_profile":[{"authorized_ip_ranges":["198.51.100.0/24"]}]}`), one("azurerm_kubernetes_cluster", `{"api_server_access_profile":[{"authorized_ip_ranges":"${var.ranges}"}]}`), "api ?a rule: the code leaves open what it lets in"},
		{"EKS: from a list to everyone", one(eks, `{"vpc_config":[{"public_access_cidrs":["198.51.100.0/24"]}]}`), one(eks, `{"vpc_config":[{"public_access_cidrs":["0.0.0.0/0"]}]}`), "api +tcp/443 ip4 1"},
		{"EKS: public again", one(eks, `{"vpc_config":[{"endpoint_public_access":false}]}`), one(eks, `{"vpc_config":[{"endpoint_public_access":true}]}`), apiOpen},
		{"GKE: the block is gone", one(gke, `{"master_authorized_networks_config":[{"cidr_blocks":[{"cidr_block":"198.51.100.0/24"}]}]}`), one(gke, `{}`), apiOpen},
		{"GKE: an empty block lets nobody in", one(gke, `{}`), one(gke, `{"master_authorized_networks_config":[{}]}`), "api -tcp/443 ip4 1; tcp/443 ip6 1"},

		{"AWS: a block", []thing{group}, []thing{{id: group.id, typ: group.typ, aliases: group.aliases, props: `{"name":"front","ingress":[{"protocol":"tcp","from_port":22,"to_port":22,"cidr_blocks":["0.0.0.0/0"],"ipv6_cidr_blocks":["::/0"]}]}`}}, "network +tcp/22 ip4 1; tcp/22 ip6 1"},
		{"AWS: a rule of its own", []thing{group}, []thing{group, awsRule(`{"type":"ingress","security_group_id":"sg-1","protocol":"-1","from_port":0,"to_port":0,"cidr_blocks":["0.0.0.0/0"]}`)}, "network +*/* ip4 1"},
		{"AWS: from block to rule", []thing{{id: group.id, typ: group.typ, aliases: group.aliases, props: `{"ingress":[{"protocol":"tcp","from_port":22,"to_port":22,"cidr_blocks":["0.0.0.0/0"]}]}`}}, []thing{group, awsRule(`{"type":"ingress","security_group_id":"sg-1","protocol":"tcp","from_port":22,"to_port":22,"cidr_blocks":["0.0.0.0/0"]}`)}, ""},
		{"AWS: the rules are left open", []thing{{id: group.id, typ: group.typ, aliases: group.aliases, props: `{"ingress":[{"protocol":"tcp","from_port":22,"to_port":22,"cidr_blocks":["0.0.0.0/0"]}]}`}}, []thing{{id: group.id, typ: group.typ, aliases: group.aliases, props: `{"ingress":"${var.rules}"}`}}, "network ?rule sg-1: the code leaves open what it lets in"},
		{"AWS: a port left open", []thing{group}, []thing{group, awsRule(`{"type":"ingress","security_group_id":"sg-1","protocol":"tcp","from_port":"${var.port}","to_port":"${var.port}","cidr_blocks":["0.0.0.0/0"]}`)}, "network ?rule sgrule-1: the code leaves open what it lets in"},
		{"AWS: a rule of nobody knows what", []thing{group}, []thing{group, awsRule(`{"type":"${var.type}","security_group_id":"sg-1","protocol":"tcp","from_port":22,"to_port":22,"cidr_blocks":["0.0.0.0/0"]}`)}, "network ?rule sgrule-1: the code leaves open what it lets in"},
		{"Google: left open", []thing{network}, []thing{network, firewall("ssh", `"allow":"${var.allow}","source_ranges":["0.0.0.0/0"]`)}, "network ?rule ssh: the code leaves open what it lets in"},
		{"Service: ports left open", service(`{"type":"LoadBalancer","ports":[{"port":80}]}`), service(`{"type":"LoadBalancer","ports":"${ports}"}`), "network ?rule web: the code leaves open what it lets in"},
		{"AWS: egress", []thing{group}, []thing{group, awsRule(`{"type":"egress","security_group_id":"sg-1","protocol":"-1","cidr_blocks":["0.0.0.0/0"]}`)}, ""},
		{"AWS: the newer rule", []thing{group}, []thing{group, {id: "aws:aws_vpc_security_group_ingress_rule:sgr-1", typ: "aws_vpc_security_group_ingress_rule", props: `{"security_group_id":"sg-1","ip_protocol":"tcp","from_port":5432,"to_port":5432,"cidr_ipv4":"0.0.0.0/0"}`}}, "network +tcp/5432 ip4 1"},
		{"AWS: another group", []thing{group}, []thing{group, awsRule(`{"type":"ingress","security_group_id":"sg-1","protocol":"tcp","from_port":22,"to_port":22,"source_security_group_id":"sg-2"}`)}, "network +tcp/22 ip4 0"},
		{"AWS: a prefix list", []thing{group}, []thing{group, awsRule(`{"type":"ingress","security_group_id":"sg-1","protocol":"tcp","from_port":22,"to_port":22,"prefix_list_ids":["pl-1"]}`)}, "network ?rule sgrule-1: the addresses of the prefix list are not known here"},
		{"AWS: ACLs by number", one("aws_network_acl", `{"ingress":[{"rule_no":100,"action":"deny","protocol":"tcp","from_port":22,"to_port":22,"cidr_block":"0.0.0.0/0"},{"rule_no":200,"action":"allow","protocol":"tcp","from_port":0,"to_port":100,"cidr_block":"0.0.0.0/0"}]}`), one("aws_network_acl", `{"ingress":[{"rule_no":300,"action":"deny","protocol":"tcp","from_port":22,"to_port":22,"cidr_block":"0.0.0.0/0"},{"rule_no":200,"action":"allow","protocol":"tcp","from_port":0,"to_port":100,"cidr_block":"0.0.0.0/0"}]}`), "network +tcp/22 ip4 1"},

		{"Google: allowed", []thing{network}, []thing{network, firewall("ssh", `"allow":[{"protocol":"tcp","ports":["22"]}],"source_ranges":["0.0.0.0/0"]`)}, "network +tcp/22 ip4 1"},
		{"Google: of equals the one that denies", []thing{network, firewall("no", `"deny":[{"protocol":"all"}],"source_ranges":["0.0.0.0/0"]`)}, []thing{network, firewall("no", `"deny":[{"protocol":"all"}],"source_ranges":["0.0.0.0/0"]`), firewall("ssh", `"allow":[{"protocol":"tcp","ports":["22"]}],"source_ranges":["0.0.0.0/0"]`)}, ""},
		{"Google: enabled again", []thing{network, firewall("ssh", `"disabled":true,"allow":[{"protocol":"tcp","ports":["22"]}],"source_ranges":["0.0.0.0/0"]`)}, []thing{network, firewall("ssh", `"disabled":false,"allow":[{"protocol":"tcp","ports":["22"]}],"source_ranges":["0.0.0.0/0"]`)}, "network +tcp/22 ip4 1"},
		{"Google: denied to some machines only", []thing{network, firewall("no", `"priority":10,"deny":[{"protocol":"all"}],"source_ranges":["0.0.0.0/0"]`)}, []thing{network, firewall("no", `"priority":10,"deny":[{"protocol":"all"}],"source_ranges":["0.0.0.0/0"],"target_tags":["db"]`), firewall("ssh", `"allow":[{"protocol":"tcp","ports":["22"]}],"source_ranges":["0.0.0.0/0"]`)}, "network +tcp/22 ip4 1"},

		{"Service: to everyone", service(`{"type":"LoadBalancer","ports":[{"port":80}],"loadBalancerSourceRanges":["198.51.100.0/24"]}`), service(`{"type":"LoadBalancer","ports":[{"port":80}]}`), "network +tcp/80 ip4 1; tcp/80 ip6 1"},
		{"Service: from within to outside", service(`{"type":"ClusterIP","ports":[{"port":5432}]}`), service(`{"type":"LoadBalancer","ports":[{"port":5432}]}`), "network +tcp/5432 ip4 1; tcp/5432 ip6 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := gist(compare(t, c.old, c.new)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
