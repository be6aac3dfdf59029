package app

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// tf is one resource instance of a state.
type tf struct {
	typ, name string
	attrs     string // JSON
	module    string
	key       string // of for_each
}

// stateOf are the sources of one state of version 4.
func stateOf(provider string, list ...tf) func(testing.TB) *sources {
	return func(t testing.TB) *sources {
		var rs []any
		for _, r := range list {
			instance := map[string]any{"schema_version": 0, "attributes": decoded(r.attrs), "sensitive_attributes": []any{}, "private": "bnVsbA=="}
			if r.key != "" {
				instance["index_key"] = r.key
			}
			one := map[string]any{
				"mode": "managed", "type": r.typ, "name": r.name,
				"provider": `provider["registry.terraform.io/hashicorp/` + provider + `"]`, "instances": []any{instance},
			}
			if r.module != "" {
				one["module"] = r.module
			}
			rs = append(rs, one)
		}
		b, err := json.Marshal(map[string]any{
			"version": 4, "terraform_version": "1.9.8", "serial": 4, "lineage": "5ab1c9a0-0000-0000-0000-000000000001", "outputs": map[string]any{}, "resources": rs,
		})
		if err != nil {
			t.Fatal(err)
		}
		return &sources{t, map[string][]byte{"terraform.tfstate": b}}
	}
}

func attr(name, path string, value any) func(*sources) {
	return put("terraform.tfstate", "resources[name="+name+"].instances[0].attributes."+path, value)
}

func without(names ...string) func(*sources) {
	return with("terraform.tfstate", "resources", func(v any) any {
		return slices.DeleteFunc(v.([]any), func(r any) bool { return slices.Contains(names, r.(map[string]any)["name"].(string)) })
	})
}

// another is the state of another run: a higher number, another version, another order.
func another(e *sources) {
	in("terraform.tfstate", func(doc any) any {
		m := doc.(map[string]any)
		m["serial"], m["terraform_version"], m["lineage"] = 99, "1.11.4", "5ab1c9a0-0000-0000-0000-000000000002"
		slices.Reverse(m["resources"].([]any))
		return m
	})(e)
}

// shown writes a state as terraform show -json does.
func shown(e *sources) {
	var doc map[string]any
	if err := json.Unmarshal(e.files["terraform.tfstate"], &doc); err != nil {
		e.t.Fatal(err)
	}
	root := map[string]any{}
	for _, r := range doc["resources"].([]any) {
		r := r.(map[string]any)
		provider := strings.Split(r["provider"].(string), `"`)[1]
		address := r["type"].(string) + "." + r["name"].(string)
		root["resources"] = append(asList(root["resources"]), map[string]any{
			"address": address, "mode": "managed", "type": r["type"], "name": r["name"], "provider_name": provider, "schema_version": 0,
			"values": r["instances"].([]any)[0].(map[string]any)["attributes"], "sensitive_values": map[string]any{},
		})
	}
	b, err := json.Marshal(map[string]any{"format_version": "1.0", "terraform_version": "1.11.4", "values": map[string]any{"root_module": root}})
	if err != nil {
		e.t.Fatal(err)
	}
	e.files = maps.Clone(e.files)
	e.files["terraform.tfstate"] = b
}

func asList(v any) []any {
	list, _ := v.([]any)
	return list
}

const azGroup = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-orders"

var azurermTruth = truth{name: "azurerm", make: stateOf("azurerm",
	tf{typ: "azurerm_resource_group", name: "orders", attrs: `{"id":"` + azGroup + `","name":"rg-orders","location":"westeurope","tags":{"owner":"orders-team"}}`},
	tf{typ: "azurerm_network_security_group", name: "web", attrs: `{"id":"` + azGroup + `/providers/Microsoft.Network/networkSecurityGroups/nsg-web","name":"nsg-web","resource_group_name":"rg-orders","location":"westeurope",
		"security_rule":[{"name":"https","priority":100,"direction":"Inbound","access":"Allow","protocol":"Tcp","source_port_range":"*","source_port_ranges":[],"destination_port_range":"443","destination_port_ranges":[],
		"source_address_prefix":"10.0.0.0/8","source_address_prefixes":[],"destination_address_prefix":"*","destination_address_prefixes":[],"description":"","source_application_security_group_ids":[],"destination_application_security_group_ids":[]}],"tags":{}}`},
	tf{typ: "azurerm_network_security_rule", name: "ssh", attrs: `{"id":"` + azGroup + `/providers/Microsoft.Network/networkSecurityGroups/nsg-web/securityRules/ssh","name":"ssh","resource_group_name":"rg-orders","network_security_group_name":"nsg-web",
		"priority":110,"direction":"Inbound","access":"Allow","protocol":"Tcp","source_port_range":"*","destination_port_range":"22","source_address_prefix":"10.1.0.0/16","destination_address_prefix":"*"}`},
	tf{typ: "azurerm_storage_account", name: "data", attrs: `{"id":"` + azGroup + `/providers/Microsoft.Storage/storageAccounts/storders","name":"storders","resource_group_name":"rg-orders","location":"westeurope","account_tier":"Standard","account_replication_type":"ZRS",
		"allow_nested_items_to_be_public":false,"https_traffic_only_enabled":true,"min_tls_version":"TLS1_2","shared_access_key_enabled":false,"public_network_access_enabled":true,
		"network_rules":[{"default_action":"Deny","bypass":["AzureServices"],"ip_rules":["198.51.100.7"],"virtual_network_subnet_ids":[]}],"tags":{"owner":"orders-team"}}`},
	tf{typ: "azurerm_postgresql_flexible_server", name: "db", attrs: `{"id":"` + azGroup + `/providers/Microsoft.DBforPostgreSQL/flexibleServers/psql-orders","name":"psql-orders","resource_group_name":"rg-orders","location":"westeurope","sku_name":"GP_Standard_D4s_v3",
		"backup_retention_days":14,"geo_redundant_backup_enabled":true,"public_network_access_enabled":true,"storage_mb":65536,"version":"16","high_availability":[{"mode":"ZoneRedundant"}],"tags":{}}`},
	tf{typ: "azurerm_postgresql_flexible_server_firewall_rule", name: "office", attrs: `{"id":"` + azGroup + `/providers/Microsoft.DBforPostgreSQL/flexibleServers/psql-orders/firewallRules/office","name":"office","server_id":"` + azGroup + `/providers/Microsoft.DBforPostgreSQL/flexibleServers/psql-orders",
		"start_ip_address":"198.51.100.7","end_ip_address":"198.51.100.7"}`},
	tf{typ: "azurerm_linux_web_app", name: "app", attrs: `{"id":"` + azGroup + `/providers/Microsoft.Web/sites/app-orders","name":"app-orders","resource_group_name":"rg-orders","location":"westeurope","https_only":true,"public_network_access_enabled":true,
		"app_settings":{"LOG_LEVEL":"info","PGHOST":"psql-orders.postgres.database.azure.com"},"outbound_ip_addresses":"20.1.1.1,20.1.1.2","site_config":[{"always_on":true,"minimum_tls_version":"1.2","ftps_state":"Disabled","http2_enabled":false}],"identity":[{"type":"SystemAssigned","principal_id":"00000000-0000-0000-0000-000000000801","identity_ids":[]}],"tags":{}}`},
), labels: []label{
	{"another run", another, nil, 0},
	{"as terraform show", shown, nil, 0},
	{"addresses of the stamp", attr("app", "outbound_ip_addresses", "20.9.9.9,20.1.1.2"), nil, 0},
	{"SSH for all", attr("ssh", "source_address_prefix", "Internet"), []string{"critical loosened changed nsg-web"}, 2},
	{"web for all", attr("web", "security_rule[name=https].source_address_prefix", "*"), []string{"medium|high loosened changed nsg-web https"}, 2},
	{"database for all", all(attr("office", "start_ip_address", "0.0.0.0"), attr("office", "end_ip_address", "255.255.255.255")), []string{"critical loosened changed psql-orders"}, 2},
	{"database for Azure", all(attr("office", "start_ip_address", "0.0.0.0"), attr("office", "end_ip_address", "0.0.0.0")), []string{"high loosened changed psql-orders"}, 2},
	{"office moved", all(attr("office", "start_ip_address", "203.0.113.9"), attr("office", "end_ip_address", "203.0.113.9")), []string{"low|medium neutral|loosened changed psql-orders"}, -1},
	{"firewall of the store off", attr("data", "network_rules[0].default_action", "Allow"), []string{"critical loosened changed storders"}, 2},
	{"public blobs", attr("data", "allow_nested_items_to_be_public", true), []string{"critical loosened changed storders allow_nested"}, 2},
	{"keys", attr("data", "shared_access_key_enabled", true), []string{"high|critical loosened changed storders shared_access_key"}, 2},
	{"fewer backups", attr("db", "backup_retention_days", 7), []string{"medium loosened changed psql-orders backup_retention"}, 2},
	{"no backup elsewhere", attr("db", "geo_redundant_backup_enabled", false), []string{"medium loosened changed psql-orders geo_redundant"}, 2},
	{"smaller", attr("db", "sku_name", "GP_Standard_D2s_v3"), []string{"medium loosened changed psql-orders sku_name"}, 2},
	{"bigger", attr("db", "sku_name", "GP_Standard_D8s_v3"), []string{"low neutral|tightened changed psql-orders sku_name"}, 0},
	{"another setting", attr("app", "app_settings.LOG_LEVEL", "debug"), []string{"medium neutral changed app-orders LOG_LEVEL"}, 2},
	{"FTP", attr("app", "site_config[0].ftps_state", "AllAllowed"), []string{"high|critical loosened changed app-orders ftps_state"}, 2},
	{"identity gone", attr("app", "identity", decoded("[]")), []string{"high|critical loosened changed app-orders identity"}, 2},
	{"server gone", without("db", "office"), []string{"critical * removed psql-orders", "?low|medium tightened|neutral removed office", "?medium neutral removed *"}, 2},
	{"rule gone", without("office"), []string{"low tightened changed psql-orders"}, 0},
	{"owner", attr("data", "tags.owner", "data-team"), []string{"low neutral changed storders tags.owner"}, 0},
}}

var awsTruth = truth{name: "aws", make: stateOf("aws",
	tf{typ: "aws_security_group", name: "web", attrs: `{"id":"sg-0a1","arn":"arn:aws:ec2:eu-west-1:123456789012:security-group/sg-0a1","name":"web","vpc_id":"vpc-1","ingress":[{"from_port":443,"to_port":443,"protocol":"tcp","cidr_blocks":["10.0.0.0/8"],"ipv6_cidr_blocks":[],"prefix_list_ids":[],"security_groups":[],"self":false,"description":""}],
		"egress":[{"from_port":0,"to_port":0,"protocol":"-1","cidr_blocks":["0.0.0.0/0"],"ipv6_cidr_blocks":[],"prefix_list_ids":[],"security_groups":[],"self":false,"description":""}],"tags":{"owner":"web-team"},"tags_all":{"owner":"web-team"}}`},
	tf{typ: "aws_vpc_security_group_ingress_rule", name: "admin", attrs: `{"id":"sgr-01","arn":"arn:aws:ec2:eu-west-1:123456789012:security-group-rule/sgr-01","security_group_id":"sg-0a1","security_group_rule_id":"sgr-01","cidr_ipv4":"10.0.0.0/8","cidr_ipv6":null,"from_port":22,"to_port":22,"ip_protocol":"tcp"}`},
	tf{typ: "aws_s3_bucket", name: "orders", attrs: `{"id":"contoso-orders","arn":"arn:aws:s3:::contoso-orders","bucket":"contoso-orders","region":"eu-west-1","force_destroy":false,"tags":{},"tags_all":{}}`},
	tf{typ: "aws_s3_bucket_public_access_block", name: "orders", attrs: `{"id":"contoso-orders","bucket":"contoso-orders","block_public_acls":true,"block_public_policy":true,"ignore_public_acls":true,"restrict_public_buckets":true}`},
	tf{typ: "aws_db_instance", name: "db", attrs: `{"id":"db-ABC","arn":"arn:aws:rds:eu-west-1:123456789012:db:orders","identifier":"orders","engine":"postgres","engine_version":"16.3","instance_class":"db.r6g.xlarge","publicly_accessible":false,"storage_encrypted":true,"backup_retention_period":14,"multi_az":true,"deletion_protection":true,"latest_restorable_time":"2026-01-30T10:00:00Z","vpc_security_group_ids":["sg-0a1"],"tags":{},"tags_all":{}}`},
	tf{typ: "aws_lambda_function", name: "fn", attrs: `{"id":"orders","arn":"arn:aws:lambda:eu-west-1:123456789012:function:orders","function_name":"orders","runtime":"nodejs20.x","handler":"index.handler","memory_size":512,"timeout":30,"role":"arn:aws:iam::123456789012:role/orders","last_modified":"2026-01-01T00:00:00.000+0000","version":"7","qualified_arn":"arn:aws:lambda:eu-west-1:123456789012:function:orders:7","source_code_hash":"abc=","environment":[{"variables":{"STAGE":"prod"}}],"tags":{},"tags_all":{}}`},
	tf{typ: "aws_iam_role", name: "orders", attrs: `{"id":"orders","arn":"arn:aws:iam::123456789012:role/orders","name":"orders","unique_id":"AROA1","create_date":"2026-01-01T00:00:00Z","assume_role_policy":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"lambda.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}","tags":{},"tags_all":{}}`},
	tf{typ: "aws_iam_role_policy_attachment", name: "logs", attrs: `{"id":"orders-2026","role":"orders","policy_arn":"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}`},
), labels: []label{
	{"another run", another, nil, 0},
	{"as terraform show", shown, nil, 0},
	{"what AWS counts", all(attr("fn", "last_modified", "2026-01-30T00:00:00.000+0000"), attr("db", "latest_restorable_time", "2026-01-31T10:00:00Z"), attr("fn", "version", "8"),
		attr("fn", "qualified_arn", "arn:aws:lambda:eu-west-1:123456789012:function:orders:8")), nil, 0},
	{"a policy in another layout", with("terraform.tfstate", "resources[type=aws_iam_role].instances[0].attributes.assume_role_policy", func(v any) any {
		b, _ := json.MarshalIndent(decoded(v.(string)), "", "  ")
		return string(b)
	}), nil, 0},
	{"SSH for all", attr("admin", "cidr_ipv4", "0.0.0.0/0"), []string{"critical loosened changed sg"}, 2},
	{"HTTPS for all", attr("web", "ingress[0].cidr_blocks", decoded(`["0.0.0.0/0"]`)), []string{"medium|high loosened changed sg-0a1 ingress"}, 2},
	{
		"everything for all IPv6", attr("web", "ingress[0]", decoded(`{"from_port":0,"to_port":0,"protocol":"-1","cidr_blocks":[],"ipv6_cidr_blocks":["::/0"],"prefix_list_ids":[],"security_groups":[],"self":false,"description":""}`)),
		[]string{"critical loosened changed sg-0a1 ingress", "?low tightened changed sg-0a1 ingress"},
		2,
	},
	{
		"bucket may be public", put("terraform.tfstate", "resources[type=aws_s3_bucket_public_access_block].instances[0].attributes.block_public_policy", false),
		[]string{"critical loosened changed contoso-orders block_public_policy"},
		2,
	},
	{"database public", attr("db", "publicly_accessible", true), []string{"critical loosened changed db publicly_accessible"}, 2},
	{"not encrypted", attr("db", "storage_encrypted", false), []string{"critical loosened changed db storage_encrypted"}, 2},
	{"may be deleted", attr("db", "deletion_protection", false), []string{"high|medium loosened changed db deletion_protection"}, 2},
	{"one zone", attr("db", "multi_az", false), []string{"medium loosened changed db multi_az"}, 2},
	{"backups", attr("db", "backup_retention_period", 1), []string{"medium loosened changed db backup_retention"}, 2},
	{"bigger machine", attr("db", "instance_class", "db.r6g.2xlarge"), []string{"low|medium neutral|tightened changed db instance_class"}, -1},
	{"another runtime", attr("fn", "runtime", "nodejs22.x"), []string{"medium|low neutral|tightened changed orders runtime"}, -1},
	{"another build", attr("fn", "source_code_hash", "def="), []string{"medium|low neutral changed orders source_code_hash"}, -1},
	{"anybody may take the role", with("terraform.tfstate", "resources[type=aws_iam_role].instances[0].attributes.assume_role_policy", func(any) any {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}`
	}), []string{"critical loosened changed orders assume_role_policy"}, 2},
	{"administrator", attr("logs", "policy_arn", "arn:aws:iam::aws:policy/AdministratorAccess"), []string{"critical loosened changed orders policy_arn"}, 2},
	{"database gone", without("db"), []string{"critical * removed db"}, 2},
	{"block gone", with("terraform.tfstate", "resources", func(v any) any {
		return slices.DeleteFunc(v.([]any), func(r any) bool { return r.(map[string]any)["type"] == "aws_s3_bucket_public_access_block" })
	}), []string{"critical|high loosened removed contoso-orders"}, 2},
	{"owner", all(attr("web", "tags.owner", "edge-team"), attr("web", "tags_all.owner", "edge-team")), []string{"low neutral changed sg-0a1 tags.owner"}, 0},
	{"closed", attr("web", "egress", decoded("[]")), []string{"low tightened|neutral changed sg-0a1 egress"}, 0},
}}

var googleTruth = truth{name: "google", make: stateOf("google",
	tf{typ: "google_compute_firewall", name: "ssh", attrs: `{"id":"projects/contoso/global/firewalls/ssh","name":"ssh","project":"contoso","network":"https://www.googleapis.com/compute/v1/projects/contoso/global/networks/vpc","direction":"INGRESS","disabled":false,"priority":1000,"allow":[{"protocol":"tcp","ports":["22"]}],"deny":[],"source_ranges":["10.0.0.0/8"],"source_tags":[],"target_tags":[],"creation_timestamp":"2026-01-01T00:00:00Z"}`},
	tf{typ: "google_storage_bucket", name: "orders", attrs: `{"id":"contoso-orders","name":"contoso-orders","project":"contoso","location":"EU","public_access_prevention":"enforced","uniform_bucket_level_access":true,"versioning":[{"enabled":true}],"labels":{"owner":"orders-team"},"effective_labels":{"owner":"orders-team"},"terraform_labels":{"owner":"orders-team"},"generation":3}`},
	tf{typ: "google_storage_bucket_iam_member", name: "read", attrs: `{"id":"b/contoso-orders/roles/storage.objectViewer/x","bucket":"b/contoso-orders","role":"roles/storage.objectViewer","member":"serviceAccount:app@contoso.iam.gserviceaccount.com","etag":"CAE="}`},
	tf{typ: "google_sql_database_instance", name: "db", attrs: `{"id":"orders","name":"orders","project":"contoso","database_version":"POSTGRES_16","region":"europe-west1","deletion_protection":true,"settings":[{"tier":"db-custom-4-16384","availability_type":"REGIONAL","deletion_protection_enabled":true,"version":5,"backup_configuration":[{"enabled":true,"point_in_time_recovery_enabled":true}],"ip_configuration":[{"ipv4_enabled":true,"ssl_mode":"ENCRYPTED_ONLY","private_network":"projects/contoso/global/networks/vpc","authorized_networks":[{"name":"office","value":"198.51.100.0/24"}]}]}]}`},
	tf{typ: "google_cloud_run_v2_service", name: "api", attrs: `{"id":"projects/contoso/locations/europe-west1/services/api","name":"api","project":"contoso","location":"europe-west1","ingress":"INGRESS_TRAFFIC_INTERNAL_ONLY","template":[{"containers":[{"name":"api","image":"europe-docker.pkg.dev/contoso/app/api:1.0","env":[]}]}],"etag":"abc","generation":"4","update_time":"2026-01-01T00:00:00Z"}`},
), labels: []label{
	{"another run", another, nil, 0},
	{"what Google counts", all(attr("orders", "generation", 9), attr("api", "etag", "def"), attr("api", "update_time", "2026-01-30T00:00:00Z"), attr("db", "settings[0].version", 6)), nil, 0},
	{"SSH for all", attr("ssh", "source_ranges", decoded(`["0.0.0.0/0"]`)), []string{"critical loosened changed ssh"}, 2},
	{"bucket for all", attr("read", "member", "allUsers"), []string{"critical loosened changed contoso-orders member"}, 2},
	{"bucket may be public", attr("orders", "public_access_prevention", "inherited"), []string{"critical loosened changed contoso-orders public_access_prevention"}, 2},
	{"database for all", attr("db", "settings[0].ip_configuration[0].authorized_networks[0].value", "0.0.0.0/0"), []string{"critical loosened changed orders"}, 2},
	{"plain connections", attr("db", "settings[0].ip_configuration[0].ssl_mode", "ALLOW_UNENCRYPTED_AND_ENCRYPTED"), []string{"high|critical loosened changed orders ssl_mode"}, 2},
	{"one zone", attr("db", "settings[0].availability_type", "ZONAL"), []string{"medium|high loosened changed orders availability_type"}, 2},
	{"no backup", attr("db", "settings[0].backup_configuration[0].enabled", false), []string{"high|medium|critical loosened changed orders backup"}, 2},
	{"service for all", attr("api", "ingress", "INGRESS_TRAFFIC_ALL"), []string{"high|critical loosened changed api ingress"}, 2},
	{"another image", attr("api", "template[0].containers[0].image", "europe-docker.pkg.dev/contoso/app/api:1.1"), []string{"medium neutral changed api image"}, 2},
	{
		"another label", all(attr("orders", "labels.owner", "data-team"), attr("orders", "effective_labels.owner", "data-team"), attr("orders", "terraform_labels.owner", "data-team")),
		[]string{"low neutral changed contoso-orders owner"},
		0,
	},
	{"bucket gone", without("orders"), []string{"critical * removed contoso-orders"}, 2},
	{"firewall off", attr("ssh", "disabled", true), []string{"low tightened|neutral changed ssh"}, 0},
}}
