package app

import (
	"encoding/json"
	"strings"
	"testing"

	"c4arch/internal/arch/drift"
)

// chg is one entry of resource_changes; before and after are JSON, "" is null.
type chg struct {
	address       string
	before, after string
	unknown       string // after_unknown
	sensitive     string // after_sensitive and before_sensitive
	replace       bool
	deposed       string
	provider      string
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return decoded(s)
}

// named takes an address apart: module, type, name and key.
func (c chg) named() (module, typ, name string, key any) {
	rest := c.address
	if i := strings.LastIndex(rest, "]."); strings.HasPrefix(rest, "module.") && i > 0 {
		module, rest = rest[:i+1], rest[i+2:]
	} else if strings.HasPrefix(rest, "module.") {
		parts := strings.SplitN(rest, ".", 3)
		module, rest = parts[0]+"."+parts[1], parts[2]
	}
	typ, rest, _ = strings.Cut(rest, ".")
	name, index, ok := strings.Cut(rest, "[")
	if ok {
		key = decoded(strings.TrimSuffix(index, "]"))
	}
	return module, typ, name, key
}

func (c chg) actions() []string {
	switch {
	case c.replace:
		return []string{"delete", "create"}
	case c.before == "":
		return []string{"create"}
	case c.after == "":
		return []string{"delete"}
	case c.before == c.after:
		return []string{"no-op"}
	}
	return []string{"update"}
}

// planned writes a plan as terraform show -json does.
func planned(list ...chg) func(*sources) {
	return func(e *sources) {
		var changes []any
		prior, after := modules{}, modules{}
		for _, c := range list {
			module, typ, name, key := c.named()
			provider := c.provider
			if provider == "" {
				provider, _, _ = strings.Cut(typ, "_")
			}
			one := map[string]any{"address": c.address, "mode": "managed", "type": typ, "name": name, "provider_name": "registry.terraform.io/hashicorp/" + provider}
			if module != "" {
				one["module_address"] = module
			}
			if key != nil {
				one["index"] = key
			}
			if c.deposed != "" {
				one["deposed"] = c.deposed
			}
			sensitive, unknown := orNull(c.sensitive), orNull(c.unknown)
			if sensitive == nil {
				sensitive = map[string]any{}
			}
			if unknown == nil {
				unknown = map[string]any{}
			}
			change := map[string]any{"actions": c.actions(), "before": orNull(c.before), "after": orNull(c.after), "after_unknown": unknown, "before_sensitive": sensitive, "after_sensitive": sensitive}
			if c.replace {
				change["replace_paths"] = []any{[]any{"name"}}
				one["action_reason"] = "replace_because_cannot_update"
			}
			one["change"] = change
			changes = append(changes, one)
			if c.deposed != "" {
				continue
			}
			if c.before != "" {
				prior.add(module, one, decoded(c.before), sensitive)
			}
			if c.after != "" {
				after.add(module, one, decoded(c.after), sensitive)
			}
		}
		b, err := json.Marshal(map[string]any{
			"format_version": "1.2", "terraform_version": "1.11.4", "applyable": true, "complete": true, "errored": false,
			"planned_values": map[string]any{"root_module": after.tree()}, "resource_changes": changes,
			"prior_state":   map[string]any{"format_version": "1.0", "terraform_version": "1.11.4", "values": map[string]any{"root_module": prior.tree()}},
			"configuration": map[string]any{"root_module": map[string]any{}},
		})
		if err != nil {
			e.t.Fatal(err)
		}
		e.files["plan.json"] = b
	}
}

// modules are resources by the address of their module.
type modules map[string][]any

func (m modules) add(module string, change map[string]any, values, sensitive any) {
	r := map[string]any{"schema_version": 0, "values": values, "sensitive_values": sensitive}
	for _, k := range []string{"address", "mode", "type", "name", "provider_name", "index"} {
		if v, ok := change[k]; ok {
			r[k] = v
		}
	}
	m[module] = append(m[module], r)
}

func (m modules) tree() any {
	root := map[string]any{"resources": m[""]}
	for address, rs := range m {
		if address != "" {
			root["child_modules"] = append(asList(root["child_modules"]), map[string]any{"address": address, "resources": rs})
		}
	}
	return root
}

const (
	planGroup = `{"id":"` + azGroup + `","name":"rg-orders","location":"westeurope","tags":{"environment":"production"}}`
	planRule  = `{"id":"` + azGroup + `/providers/Microsoft.Network/networkSecurityGroups/nsg-web/securityRules/ssh","name":"ssh","resource_group_name":"rg-orders","network_security_group_name":"nsg-web","priority":110,"direction":"Inbound","access":"Allow","protocol":"Tcp","source_port_range":"*","destination_port_range":"22","source_address_prefix":"10.1.0.0/16","destination_address_prefix":"*"}`
	planStore = `{"id":"` + azGroup + `/providers/Microsoft.Storage/storageAccounts/storders","name":"storders","resource_group_name":"rg-orders","location":"westeurope","account_tier":"Standard","account_replication_type":"ZRS","allow_nested_items_to_be_public":false,"https_traffic_only_enabled":true,"min_tls_version":"TLS1_2","shared_access_key_enabled":false,"public_network_access_enabled":false,"tags":{"environment":"production"}}`
	planDB    = `{"id":"` + azGroup + `/providers/Microsoft.DBforPostgreSQL/flexibleServers/psql-orders","name":"psql-orders","resource_group_name":"rg-orders","location":"westeurope","sku_name":"GP_Standard_D4s_v3","backup_retention_days":14,"public_network_access_enabled":true,"storage_mb":65536,"version":"16","administrator_login":"orders","administrator_password":"EXAMPLE-1-not-a-real-password","tags":{"environment":"production"}}`
	planApp   = `{"id":"` + azGroup + `/providers/Microsoft.Web/sites/app-orders","name":"app-orders","resource_group_name":"rg-orders","location":"westeurope","https_only":true,"public_network_access_enabled":true,"app_settings":{"LOG_LEVEL":"info"},"site_config":[{"always_on":true,"minimum_tls_version":"1.2","ftps_state":"Disabled"}],"tags":{"environment":"production"}}`
	planSG    = `{"id":"sg-0a1","arn":"arn:aws:ec2:eu-west-1:123456789012:security-group/sg-0a1","name":"web","vpc_id":"vpc-1","ingress":[{"from_port":22,"to_port":22,"protocol":"tcp","cidr_blocks":["10.0.0.0/8"],"ipv6_cidr_blocks":[],"prefix_list_ids":[],"security_groups":[],"self":false,"description":""}],"egress":[],"tags":{}}`
	planRDS   = `{"id":"db-ABC","arn":"arn:aws:rds:eu-west-1:123456789012:db:orders","identifier":"orders","engine":"postgres","engine_version":"16.3","instance_class":"db.r6g.xlarge","publicly_accessible":false,"storage_encrypted":true,"backup_retention_period":14,"multi_az":true,"deletion_protection":true,"tags":{}}`
	planPods  = `{"id":"shop/web","metadata":[{"name":"web","namespace":"shop","generation":3,"resource_version":"100","uid":"5ab1c9a0-0000-0000-0000-000000000009","labels":{"app":"web"},"annotations":{}}],"spec":[{"replicas":"3","selector":[{"match_labels":{"app":"web"}}],"template":[{"metadata":[{"labels":{"app":"web"}}],"spec":[{"host_network":false,"container":[{"name":"web","image":"registry.example/web:1.0","security_context":[{"privileged":false}]}]}]}]}]}`
)

// stays is what a plan leaves as it is.
func stays(address, values string) chg { return chg{address: address, before: values, after: values} }

// less is JSON without members that are known after apply, which are given too.
func less(values, unknown string) (after, after2 string) {
	v, u := decoded(values).(map[string]any), decoded(unknown).(map[string]any)
	for k := range u {
		delete(v, k)
	}
	b, _ := json.Marshal(v)
	return string(b), unknown
}

func sub(s string, pairs ...string) string {
	out := strings.NewReplacer(pairs...).Replace(s)
	if out == s {
		panic("nothing replaced: " + pairs[0])
	}
	return out
}

// makes is a resource that a plan makes: of the values, unknown are known after apply.
func makes(address, values, unknown string) chg {
	after, u := less(values, unknown)
	return chg{address: address, after: after, unknown: u}
}

// remakes destroys and makes anew.
func remakes(address, before, values, unknown string) chg {
	after, u := less(values, unknown)
	return chg{address: address, before: before, after: after, unknown: u, replace: true}
}

var (
	group = stays("azurerm_resource_group.orders", planGroup)
	world = sub(planRule, "10.1.0.0/16", "0.0.0.0/0")
)

var planTruth = truth{name: "plan", mode: drift.ModePlan, make: func(t testing.TB) *sources {
	e := &sources{t, map[string][]byte{}}
	planned(group)(e)
	return e
}, labels: []label{
	{"nothing to do", planned(group, stays("azurerm_storage_account.data", planStore)), nil, 0},
	{"SSH for all", planned(group, chg{address: "azurerm_network_security_rule.ssh", before: planRule, after: world}), []string{"critical loosened changed nsg-web"}, 2},
	{"a new rule for all, in a module", planned(group, makes(`module.net["a"].azurerm_network_security_rule.ssh`, world, `{"id":true}`)), []string{"critical loosened added ssh"}, 2},
	{
		"a rule of a set for all", planned(group, stays(`azurerm_network_security_rule.r["a"]`, planRule), makes(`azurerm_network_security_rule.r["ssh.all"]`, sub(world, `securityRules/ssh"`, `securityRules/all"`, `"name":"ssh"`, `"name":"all"`), `{"id":true}`)),
		[]string{"critical loosened added all"},
		2,
	},
	{"a closed store, made", planned(group, makes("azurerm_storage_account.data", planStore, `{"id":true,"primary_blob_endpoint":true}`)), []string{"low neutral added storders"}, 0},
	{"a web app, made", planned(group, makes("azurerm_linux_web_app.app", planApp, `{"id":true,"default_hostname":true,"identity":true}`)), []string{"critical|high loosened added app-orders"}, 2},
	{
		"a store for all, made", planned(group, makes("azurerm_storage_account.data", sub(planStore, `"allow_nested_items_to_be_public":false`, `"allow_nested_items_to_be_public":true`, `"public_network_access_enabled":false`, `"public_network_access_enabled":true`), `{"id":true}`)),
		[]string{"critical loosened added storders", "?critical loosened added storders", "?low neutral added storders"},
		2,
	},
	{"public blobs", planned(group, chg{address: "azurerm_storage_account.data", before: planStore, after: sub(planStore, `to_be_public":false`, `to_be_public":true`)}), []string{"critical loosened changed storders allow_nested"}, 2},
	{"database destroyed", planned(group, chg{address: "azurerm_postgresql_flexible_server.db", before: planDB}), []string{"critical * removed psql-orders"}, 2},
	{
		"database made anew", planned(group, remakes("azurerm_postgresql_flexible_server.db", planDB, sub(planDB, `"version":"16"`, `"version":"17"`), `{"id":true,"fqdn":true}`)),
		[]string{"critical * replaced psql-orders", "?medium|low * replaced psql-orders version"},
		2,
	},
	{
		"app made anew", planned(group, remakes("azurerm_linux_web_app.app", planApp, sub(planApp, `"name":"app-orders"`, `"name":"app-orders-2"`), `{"id":true,"default_hostname":true}`)),
		[]string{"medium neutral replaced|moved app-orders", "?low neutral replaced|moved app-orders name"},
		2,
	},
	{
		"another password", planned(group, chg{address: "azurerm_postgresql_flexible_server.db", before: planDB, after: sub(planDB, "EXAMPLE-1", "EXAMPLE-2"), sensitive: `{"administrator_password":true}`}),
		[]string{"low|medium neutral changed psql-orders administrator_password"},
		-1,
	},
	{"old TLS", planned(group, chg{address: "azurerm_linux_web_app.app", before: planApp, after: sub(planApp, `"1.2"`, `"1.0"`)}), []string{"critical|high loosened changed app-orders minimum_tls_version"}, 2},
	{"a tag", planned(group, chg{address: "azurerm_linux_web_app.app", before: planApp, after: sub(planApp, `"environment":"production"`, `"environment":"production","owner":"x-team"`)}), []string{"low neutral|tightened changed app-orders owner"}, 0},
	{"the rest of an old one", planned(group, chg{address: "azurerm_storage_account.data", before: planStore, deposed: "a1b2c3d4"}, stays("azurerm_storage_account.data", planStore)), []string{"?low|medium neutral removed *"}, -1},
	{"AWS: SSH for all", planned(chg{address: "aws_security_group.web", before: planSG, after: sub(planSG, "10.0.0.0/8", "0.0.0.0/0")}), []string{"critical loosened changed sg-0a1 ingress"}, 2},
	{"AWS: database public", planned(chg{address: `module.db.aws_db_instance.this[0]`, before: planRDS, after: sub(planRDS, `"publicly_accessible":false`, `"publicly_accessible":true`)}), []string{"critical loosened changed db publicly_accessible"}, 2},
	{"AWS: database made", planned(makes("aws_db_instance.db", planRDS, `{"id":true,"arn":true,"endpoint":true}`)), []string{"low|medium neutral added orders"}, -1},
	{"AWS: database destroyed", planned(stays("aws_security_group.web", planSG), chg{address: "aws_db_instance.db", before: planRDS}), []string{"critical * removed db"}, 2},
	{"AWS: database closed", planned(chg{address: "aws_db_instance.db", before: sub(planRDS, `"publicly_accessible":false`, `"publicly_accessible":true`), after: planRDS}), []string{"low tightened changed db publicly_accessible"}, 0},
	{
		"Google: SSH for all", planned(makes("google_compute_firewall.ssh", `{"name":"ssh","project":"contoso","network":"vpc","direction":"INGRESS","disabled":false,"priority":1000,"allow":[{"protocol":"tcp","ports":["22"]}],"deny":[],"source_ranges":["0.0.0.0/0"]}`, `{"id":true,"self_link":true}`)),
		[]string{"critical loosened added ssh", "?low neutral added ssh"},
		2,
	},
	{"Google: bucket for all", planned(makes("google_storage_bucket_iam_member.all", `{"bucket":"contoso-orders","role":"roles/storage.objectViewer","member":"allUsers"}`, `{"id":true,"etag":true}`)), []string{"critical loosened added all", "?low neutral added all"}, 2},
	{"Kubernetes: privileged", planned(chg{address: "kubernetes_deployment_v1.web", before: planPods, after: sub(planPods, `"privileged":false`, `"privileged":true`)}), []string{"critical|high loosened changed web privileged"}, 2},
	{"Kubernetes: another image", planned(chg{address: "kubernetes_deployment_v1.web", before: planPods, after: sub(planPods, `web:1.0`, `web:1.1`)}), []string{"medium neutral changed web image"}, 2},
	{"Kubernetes: more replicas", planned(chg{address: "kubernetes_deployment_v1.web", before: planPods, after: sub(planPods, `"replicas":"3"`, `"replicas":"5"`)}), []string{"low neutral|tightened changed web replicas"}, 0},
}}
