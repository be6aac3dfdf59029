package derive

import (
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// hostRefs claims the host names in a string.
func (rd *reader) hostRefs(s string, rule *refRule, p tree.Path, line int) {
	if rule != nil && rule.act == ignore && rule.id != "R4" {
		rd.add(claim{path: p, line: line, value: "", rule: rule.id, act: ignore})
		return
	}
	for _, h := range rd.hosts(s, rule, p) {
		targets := rd.things(rd.b.names.Host(h.name))
		if slices.Contains(targets, rd.t) {
			continue
		}
		if len(targets) == 0 {
			if rule != nil && rule.setting && h.external() {
				c := rule.claim()
				c.path, c.line, c.value, c.host, c.tech = p, line, h.name, h.name, h.tech()
				if src := rd.source(); src != nil {
					c.from = []*thing{src}
				}
				rd.settingLabel(&c, s)
				rd.add(c)
			}
			continue
		}
		rd.hostClaim(h, targets, s, rule, p, line)
	}
}

// hostClaim claims what answers to a host.
func (rd *reader) hostClaim(h host, targets []*thing, s string, rule *refRule, p tree.Path, line int) {
	c := claim{rule: "R26", act: relate, label: "refers to", conf: c4.High} // what for, the property does not say
	if rule != nil && (rule.act == relate || rule.act == reverse) {
		c = rule.claim()
	}
	if src := rd.source(); src != nil {
		c.from = []*thing{src}
	}
	c.path, c.line, c.value, c.targets, c.tech, c.joined = p, line, h.name, targets, h.tech(), h.composed
	if len(targets) == 1 {
		rd.named(&c, s)
	}
	rd.settingLabel(&c, s)
	rd.add(c)
}

// hosts returns the hosts that a string names: those written out, and the one that a storage connection string
// means by its account (learn.microsoft.com, "Configure Azure Storage connection strings").
func (rd *reader) hosts(s string, rule *refRule, p tree.Path) []host {
	if rd.namesStorage(p) && plainLabel(s) {
		return []host{{name: strings.ToLower(s) + ".blob.core.windows.net", composed: true}}
	}
	list := hostsIn(s)
	if suffix := valueAfter(s, "endpointsuffix="); suffix != "" { // the end of a host, and none itself
		list = slices.DeleteFunc(list, func(h host) bool { return h.name == strings.ToLower(suffix) })
	}
	if account := valueAfter(s, "accountname="); account != "" {
		list = append(list, storageHost(account, s))
	}
	if vault := valueAfter(s, "@microsoft.keyvault(vaultname="); vault != "" {
		list = append(list, host{name: strings.ToLower(strings.TrimSuffix(vault, ")")) + ".vault.azure.net", scheme: "https", composed: true})
	}
	if rd.r.Provider == "google" {
		list = slices.DeleteFunc(list, func(h host) bool { return platformHost(h.name) && rd.b.names.Host(h.name) == nil })
	}
	if rule != nil && rule.address && len(list) == 1 {
		list[0].whole = list[0].name == strings.ToLower(s)
	}
	if rule != nil && rule.setting && strings.Contains(s, "://") && rd.r.Provider != "google" {
		if h := parseAddress(s); h.name != "" && h.scheme != "" && strings.IndexByte(h.name, '.') < 0 && validName(h.name) && h.name != "localhost" {
			rd.neighbour(h, rule, p)
		}
	}
	return list
}

// namesStorage reports whether a property is the name of a storage account and nothing else.
func (rd *reader) namesStorage(p tree.Path) bool {
	lower := strings.ToLower(rd.place(p))
	return strings.HasSuffix(lower, "__accountname") || strings.HasSuffix(lower, "storage_account_name") || lower == "account_name" && strings.HasPrefix(strings.ToLower(string(p)), "storage_account[")
}

// storageHost is the host that a storage connection string means.
func storageHost(account, s string) host {
	suffix := valueAfter(s, "endpointsuffix=")
	if suffix == "" {
		suffix = "core.windows.net"
	}
	return host{name: strings.ToLower(account + ".blob." + suffix), scheme: "https", composed: true}
}

// neighbour claims a call by bare name, as apps of one Container Apps environment reach each other
// (learn.microsoft.com/azure/container-apps/connect-apps).
func (rd *reader) neighbour(h host, rule *refRule, p tree.Path) {
	c := rule.claim()
	c.joined = true
	c.path, c.line, c.value, c.tech, c.reason = p, lineAt(rd.root, p), h.name, h.tech(), "nothing that was scanned answers to that bare name here"
	env := rd.t.fact.environment
	for _, t := range rd.b.neighbours[[2]string{env, h.name}] {
		if env != "" && t != rd.t {
			c.targets = append(c.targets, t)
		}
	}
	c.label = "calls"
	rd.add(c)
}

// settingLabel says what a setting's reference is for, where the target tells.
func (rd *reader) settingLabel(c *claim, s string) {
	if c.label != "uses" && c.label != "calls" || len(c.targets) != 1 {
		if c.host != "" && c.label == "uses" {
			c.label = "calls"
		}
		return
	}
	t := c.targets[0]
	switch {
	case storeLabel(t) != "":
		c.label = storeLabel(t)
	case t.typ == "microsoft.keyvault/vaults" || t.typ == "microsoft.keyvault/vaults/secrets" || t.typ == "aws_secretsmanager_secret":
		c.label = "reads secrets from"
	case t.typ == "microsoft.containerregistry/registries" || t.typ == "aws_ecr_repository":
		c.label = "pulls images from"
	case t.rule.shape == "database" || t.rule.shape == "storage" || t.rule.shape == "cache" || isDataHost(t.typ):
		c.label = "reads from and writes to"
	case t.rule.shape == "queue" || strings.HasPrefix(t.typ, "microsoft.servicebus/") || strings.HasPrefix(t.typ, "microsoft.eventhub/"):
		c.label = "exchanges messages through"
	case t.rule.layer == "observability":
		c.label = "sends telemetry to"
	default:
		c.label = "calls"
	}
}

// holdsData reports whether a type is a server or a broker that is no container itself, but what is in it is.
func holdsData(typ string) bool {
	return isDataHost(typ) || typ == "microsoft.servicebus/namespaces" || typ == "microsoft.eventhub/namespaces"
}

func isDataHost(typ string) bool {
	switch typ {
	case "google_sql_database_instance", "google_spanner_instance", "google_alloydb_cluster":
		return true
	case "microsoft.sql/servers", "microsoft.sql/managedinstances", "microsoft.dbforpostgresql/flexibleservers", "microsoft.dbformysql/flexibleservers", "microsoft.dbforpostgresql/servers", "microsoft.dbformysql/servers":
		return true
	}
	return false
}

// named follows a connection string from the server's host to the database, queue or hub that it names.
func (rd *reader) named(c *claim, s string) {
	t := c.targets[0]
	var names []string
	switch {
	case isDataHost(t.typ):
		for _, k := range []string{"initial catalog=", "database=", "dbname="} {
			names = append(names, valueAfter(s, k))
		}
		if i := strings.Index(s, c.value); i >= 0 && strings.Contains(s[:i], "://") { // postgres://user@host:port/database
			rest := s[i+len(c.value):]
			if j := strings.IndexByte(rest, '/'); j >= 0 && j <= 6 {
				names = append(names, word(rest[j+1:]))
			}
		}
	case strings.HasSuffix(t.typ, "/namespaces"):
		names = append(names, valueAfter(s, "entitypath="))
	}
	for _, n := range names {
		if n == "" {
			continue
		}
		for _, kind := range []string{"/databases/", "/queues/", "/topics/", "/eventhubs/"} {
			if sub := rd.b.byID[t.id+kind+strings.ToLower(evidence.Segment(n))]; sub != nil {
				c.mentioned, c.targets = c.targets, []*thing{sub}
				return
			}
		}
	}
}

// valueAfter returns the value of a lower-case key with its equals sign in a connection string.
func valueAfter(s, key string) string {
	i := strings.Index(strings.ToLower(s), key)
	if i < 0 {
		return ""
	}
	return word(s[i+len(key):])
}

// word returns what stands before a separator; what code leaves open is a part of a word.
func word(s string) string {
	const breaks = ";?&/ \"',"
	i := 0
	for {
		before, _, after, ok := evidence.CutLeft(s[i:])
		if k := strings.IndexAny(before, breaks); k >= 0 {
			return s[:i+k]
		}
		if !ok {
			return s
		}
		i = len(s) - len(after)
	}
}

// forward claims the queue or topic of the same namespace that messages are passed on to (R20).
func (rd *reader) forward() {
	if !strings.HasPrefix(rd.t.typ, "microsoft.servicebus/namespaces/") {
		return
	}
	for _, p := range []tree.Path{"properties.forwardTo", "forward_to", "properties.forwardDeadLetteredMessagesTo", "forward_dead_lettered_messages_to"} {
		v := rd.root.At(p)
		if v.Str() == "" {
			continue
		}
		c := claim{path: p, line: int(v.Line), value: v.Text, rule: "R20", act: relate, joined: true, label: "forwards to", conf: c4.Certain, reason: "no queue or topic of that name is among what was scanned"}
		parts := strings.Split(rd.t.armID, "/")
		for _, kind := range []string{"queues", "topics"} {
			if len(parts) > 8 {
				if t := rd.b.byID[strings.Join(parts[:9], "/")+"/"+kind+"/"+strings.ToLower(v.Text)]; t != nil {
					c.targets, c.reason = []*thing{t}, ""
				}
			}
		}
		rd.add(c)
	}
}

// telemetry claims the instrumentation key in a setting.
func (rd *reader) telemetry() {
	for p, leaf := range rd.root.Leaves() {
		if leaf.Kind != tree.String || !strings.Contains(leaf.Text, "InstrumentationKey=") {
			continue
		}
		key := strings.ToLower(valueAfter(leaf.Text, "instrumentationkey="))
		if targets, _ := rd.b.names.ID(key); targets != nil {
			rd.add(claim{path: p, line: int(leaf.Line), value: "InstrumentationKey", rule: "R24", act: relate, label: "sends telemetry to", conf: c4.High, layer: "observability", targets: rd.things(targets)})
		}
	}
}
