package derive

import (
	"strconv"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// learn is the first pass over one resource: who it is and what it is called.
func (b *builder) learn(i int, v *tree.Value) *fact {
	r := &b.snap.Resources[i]
	f := &fact{}
	switch r.Form {
	case evidence.Kubernetes:
		learnKube(r, v, f)
	case evidence.Compose:
		learnCompose(r, v, f)
	default:
		learnCloud(r, canonicalType(r), v, f)
	}
	for k, val := range r.Tags {
		switch strings.ToLower(k) {
		case "environment", "env", "app.kubernetes.io/environment":
			f.environ = val
		}
	}
	return f.detach()
}

// hostPaths are the properties by which Azure says what host name a resource answers to (R26).
var hostPaths = set(`properties.defaulthostname properties.hostnames[] properties.enabledhostnames[] properties.configuration.ingress.fqdn
properties.configuration.ingress.customdomains[].name properties.latestrevisionfqdn properties.fullyqualifieddomainname
properties.primaryendpoints.blob properties.primaryendpoints.queue properties.primaryendpoints.table properties.primaryendpoints.file
properties.primaryendpoints.web properties.primaryendpoints.dfs properties.vaulturi properties.documentendpoint properties.loginserver
properties.hostname properties.servicebusendpoint properties.endpoint properties.dnssettings.fqdn properties.hostnameconfigurations[].hostname
properties.gatewayurl properties.fqdn properties.privatefqdn properties.defaultdomain properties.ipaddress properties.workspaceurl
properties.dnsconfig.fqdn properties.frontendendpoints[].properties.hostname properties.customsubdomainname properties.ipaddress
default_hostname hostname fully_qualified_domain_name fqdn primary_blob_endpoint primary_blob_host primary_queue_endpoint primary_queue_host
primary_table_endpoint primary_table_host primary_file_endpoint primary_web_endpoint primary_web_host primary_dfs_endpoint vault_uri endpoint
login_server default_host_name default_site_hostname gateway_url host_name default_domain latest_revision_fqdn ingress[].fqdn
private_fqdn ip_address custom_hostname frontend_endpoint[].host_name hostname_configuration[].proxy[].host_name`)

// hostForms are the published host names of a service by the resource's name, used only where the
// resource does not state its host (learn.microsoft.com, "Azure service DNS zones").
var hostForms = map[string][]string{
	"microsoft.storage/storageaccounts":              {".blob.core.windows.net", ".queue.core.windows.net", ".table.core.windows.net", ".file.core.windows.net", ".dfs.core.windows.net"},
	"microsoft.sql/servers":                          {".database.windows.net"},
	"microsoft.keyvault/vaults":                      {".vault.azure.net"},
	"microsoft.servicebus/namespaces":                {".servicebus.windows.net"},
	"microsoft.eventhub/namespaces":                  {".servicebus.windows.net"},
	"microsoft.cache/redis":                          {".redis.cache.windows.net"},
	"microsoft.documentdb/databaseaccounts":          {".documents.azure.com"},
	"microsoft.containerregistry/registries":         {".azurecr.io"},
	"microsoft.web/sites":                            {".azurewebsites.net"},
	"microsoft.dbforpostgresql/flexibleservers":      {".postgres.database.azure.com"},
	"microsoft.dbformysql/flexibleservers":           {".mysql.database.azure.com"},
	"microsoft.appconfiguration/configurationstores": {".azconfig.io"},
	"microsoft.search/searchservices":                {".search.windows.net"},
	"microsoft.signalrservice/signalr":               {".service.signalr.net"},
	"microsoft.apimanagement/service":                {".azure-api.net"},
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// hostOf returns the host in a URL, a host with a port, or a plain host; "" when there is none.
func hostOf(s string) string {
	if i := strings.Index(s, "://"); i >= 0 {
		s = s[i+3:]
	}
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = s[i+1:]
	}
	if i := strings.IndexAny(s, "/:?#,; "); i >= 0 {
		s = s[:i]
	}
	s = strings.TrimSuffix(strings.ToLower(s), ".")
	if strings.IndexByte(s, '.') <= 0 {
		return ""
	}
	return s
}

func learnCloud(r *evidence.Resource, typ string, v *tree.Value, f *fact) {
	if isAWS(typ) {
		learnAWS(r, typ, v, f)
		return
	}
	f.variant = strings.ToLower(v.Get("kind").Str())
	f.rawID = v.Get("id").Str()
	f.dapr = daprApp(nil, v)
	f.nodeGroup = or(v.Lookup("properties", "nodeResourceGroup").Str(), v.Get("node_resource_group").Str())
	switch {
	case strings.Contains(r.Type, "function_app"):
		f.variant = "functionapp"
	case r.Type == "azurerm_logic_app_standard":
		f.variant = "functionapp,workflowapp"
	}
	if strings.Contains(f.variant, "workflowapp") {
		f.variant = "workflowapp" // its kind also says functionapp
	}
	for p, leaf := range v.Leaves() {
		if leaf.Kind != tree.String || leaf.Text == "" {
			continue
		}
		pat := strings.ToLower(p.Pattern())
		if hostPaths[pat] && !isGoogle(typ) && typ != "microsoft.cdn/profiles/origingroups/origins" && typ != "microsoft.web/connections" {
			if h := hostOf(leaf.Text); h != "" {
				f.hosts = append(f.hosts, h)
			}
		}
		switch pat {
		case "identity.principalid", "identity[].principal_id", "kubelet_identity[].object_id", "properties.identityprofile.kubeletidentity.objectid":
			f.principals = append(f.principals, strings.ToLower(leaf.Text))
		case "identity[].identity_ids[]":
			f.identities = append(f.identities, evidence.NormalizeARM(leaf.Text))
		case "properties.instrumentationkey", "instrumentation_key":
			f.instrKey = strings.ToLower(leaf.Text)
		case "properties.managedenvironmentid", "properties.environmentid", "container_app_environment_id":
			f.environment = evidence.NormalizeARM(leaf.Text)
		case "properties.rolename":
			f.roleName = leaf.Text
		case "properties.source", "source_arm_resource_id", "source_resource_id", "properties.topic", "scope", "target_resource_id":
			if strings.HasPrefix(typ, "microsoft.eventgrid/") || typ == "microsoft.insights/diagnosticsettings" {
				f.sourceOf = leaf.Text
			}
		}
		if typ == "microsoft.managedidentity/userassignedidentities" {
			switch pat {
			case "properties.principalid", "principal_id":
				f.principals = append(f.principals, strings.ToLower(leaf.Text))
			case "properties.clientid", "client_id":
				f.clients = append(f.clients, strings.ToLower(leaf.Text))
			}
		}
		if typ == "microsoft.operationalinsights/workspaces" && (pat == "properties.customerid" || pat == "workspace_id") {
			f.instrKey = strings.ToLower(leaf.Text)
		}
	}
	for _, m := range v.Get("identity").GetFold("userAssignedIdentities").Fields() {
		f.identities = append(f.identities, evidence.NormalizeARM(m.Name))
	}
	if len(f.hosts) == 0 {
		for _, suffix := range hostForms[typ] {
			if label := hostLabel(r); label != "" {
				f.hosts = append(f.hosts, label+suffix)
			}
		}
	}
	learnNetwork(r, typ, v, f)
	learnParts(typ, v, f)
	learnPublic(typ, v, f)
	learnGoogle(r, typ, v, f)
}

// hostLabel is the part of a host that a resource's name makes, or "". What code leaves open in it is a blank, as in an id.
func hostLabel(r *evidence.Resource) string {
	known := r.Name
	if r.Side == evidence.Declared {
		known = withoutOpen(r.Name)
	}
	if !plainLabel(known) {
		return ""
	}
	return strings.ToLower(evidence.Segment(r.Name))
}

func plainLabel(s string) bool {
	for _, c := range s {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-') {
			return false
		}
	}
	return s != ""
}

// learnNetwork finds the subnets that a virtual network carries inside itself.
func learnNetwork(r *evidence.Resource, typ string, v *tree.Value, f *fact) {
	if typ != "microsoft.network/virtualnetworks" {
		return
	}
	for _, at := range []struct {
		list *tree.Value
		path tree.Path
	}{{v.Get("properties").Get("subnets"), "properties.subnets"}, {v.Get("subnet"), "subnet"}} {
		for i := range at.list.List() {
			sub := &at.list.Items[i]
			name := sub.Get("name").Str()
			id := evidence.NormalizeARM(sub.Get("id").Str())
			if id == "" && name != "" && evidence.IsARM(r.ID) {
				id = r.ID + "/subnets/" + strings.ToLower(name)
			}
			if id == "" || name == "" {
				continue
			}
			f.children = append(f.children, child{id, name, at.path.Index(i), int(firstLine(sub))})
		}
	}
}

func firstLine(v *tree.Value) int32 {
	for _, leaf := range v.Leaves() {
		if leaf.Line > 0 {
			return leaf.Line
		}
	}
	return v.Line
}

// learnParts finds the containers of a container app or group.
func learnParts(typ string, v *tree.Value, f *fact) {
	var list *tree.Value
	var path tree.Path
	switch typ {
	case "microsoft.app/containerapps", "microsoft.app/jobs":
		list, path = v.Lookup("properties", "template", "containers"), "properties.template.containers"
		if list == nil {
			if t := v.Get("template").List(); len(t) > 0 {
				list, path = t[0].Get("container"), "template[0].container"
			}
		}
	case "microsoft.containerinstance/containergroups":
		list, path = v.Lookup("properties", "containers"), "properties.containers"
		if list == nil {
			list, path = v.Get("container"), "container"
		}
	}
	for i := range list.List() {
		c := &list.Items[i]
		image := c.Get("image").Str()
		if image == "" {
			image = c.Lookup("properties", "image").Str()
		}
		if name := c.Get("name").Str(); name != "" {
			f.parts = append(f.parts, part{name: name, image: image, path: path.Index(i), line: int(firstLine(c)), sidecar: isSidecar(name, image)})
		}
		if i == 0 {
			f.image = image
		}
	}
}

// learnPublic finds the statement that a resource takes traffic from the Internet.
func learnPublic(typ string, v *tree.Value, f *fact) {
	say := func(p tree.Path) {
		if w := v.At(p); w != nil {
			f.public, f.publicLine = p, int(w.Line)
		}
	}
	is := func(p tree.Path, want string) bool {
		w := v.At(p)
		return w != nil && strings.EqualFold(w.Text, want)
	}
	switch typ {
	case "microsoft.web/sites":
		if is("properties.publicNetworkAccess", "Enabled") {
			say("properties.publicNetworkAccess")
		} else if is("public_network_access_enabled", "true") {
			say("public_network_access_enabled")
		}
	case "microsoft.app/containerapps":
		if is("properties.configuration.ingress.external", "true") {
			say("properties.configuration.ingress.external")
		} else if is("ingress[0].external_enabled", "true") {
			say("ingress[0].external_enabled")
		}
	case "microsoft.network/applicationgateways", "microsoft.network/loadbalancers", "microsoft.network/networkinterfaces":
		for p, leaf := range v.Leaves() {
			pat := strings.ToLower(p.Pattern())
			if leaf.Text != "" && (strings.HasSuffix(pat, "ipconfigurations[].properties.publicipaddress.id") || strings.HasSuffix(pat, "ip_configuration[].public_ip_address_id")) {
				f.public, f.publicLine = p, int(leaf.Line)
				return
			}
		}
	case "microsoft.web/staticsites":
		say("properties.defaultHostname")
		if f.public == "" {
			say("default_host_name")
		}
	case "microsoft.cdn/profiles", "microsoft.network/frontdoors", "microsoft.network/trafficmanagerprofiles":
		say("name") // the service is an entry from the Internet by its nature
	case "microsoft.apimanagement/service":
		if v.Lookup("properties", "virtualNetworkType").Str() != "Internal" && v.Get("virtual_network_type").Str() != "Internal" {
			say("properties.gatewayUrl")
			if f.public == "" {
				say("gateway_url")
			}
		}
	}
}

// isSidecar tells a helper container from the application (docs/mapping.md, container in pod spec).
func isSidecar(name, image string) bool {
	for _, s := range []string{"istio-proxy", "envoy", "linkerd-proxy", "daprd", "otel-agent", "opentelemetry-collector", "cloud-sql-proxy", "vault-agent"} {
		if name == s || strings.Contains(image, "/"+s+":") || strings.HasSuffix(image, "/"+s) {
			return true
		}
	}
	return false
}

// podSpec returns the pod template and the pod spec of a workload, with the path of the spec.
func podSpec(typ string, v *tree.Value) (meta, spec *tree.Value, path tree.Path) {
	switch typ {
	case "Pod":
		return v.Get("metadata"), v.Get("spec"), "spec"
	case "batch/CronJob":
		t := v.Lookup("spec", "jobTemplate", "spec", "template")
		return t.Get("metadata"), t.Get("spec"), "spec.jobTemplate.spec.template.spec"
	}
	t := v.Lookup("spec", "template")
	return t.Get("metadata"), t.Get("spec"), "spec.template.spec"
}

func stringMap(v *tree.Value) map[string]string {
	if v == nil || v.Kind != tree.Object {
		return nil
	}
	m := make(map[string]string, len(v.Members))
	for _, f := range v.Members {
		m[f.Name] = f.Value.Text
	}
	return m
}

func isWorkload(typ string) bool {
	switch typ {
	case "apps/Deployment", "apps/StatefulSet", "apps/DaemonSet", "apps/ReplicaSet", "ReplicationController", "batch/Job", "batch/CronJob", "Pod", "argoproj.io/Rollout", "serving.knative.dev/Service":
		return true
	}
	return false
}

func learnKube(r *evidence.Resource, v *tree.Value, f *fact) {
	f.ownerRef = len(v.Lookup("metadata", "ownerReferences").List()) > 0
	f.desc = v.Lookup("metadata", "annotations", "description").Str()
	if f.desc == "" {
		f.desc = v.Lookup("metadata", "annotations", "kubernetes.io/description").Str()
	}
	switch {
	case r.Type == "Service":
		f.selector = stringMap(v.Lookup("spec", "selector"))
		if v.Lookup("spec", "type").Str() == "ExternalName" {
			f.external = hostOf(v.Lookup("spec", "externalName").Str())
		}
		if v.Lookup("spec", "type").Str() == "LoadBalancer" && !internalLB(v) {
			f.public, f.publicLine = "spec.type", int(v.Lookup("spec", "type").Line)
		}
		for _, in := range v.Lookup("status", "loadBalancer", "ingress").List() {
			if ip := in.Get("ip").Str(); ip != "" {
				f.cidrs = append(f.cidrs, ip)
			}
		}
		return
	case r.Type == "ServiceAccount":
		f.clients = append(f.clients, strings.ToLower(v.Lookup("metadata", "annotations").Get("azure.workload.identity/client-id").Str()))
		if a := v.Lookup("metadata", "annotations").Get("iam.gke.io/gcp-service-account").Str(); a != "" {
			f.ties = append(f.ties, tie{"acts as", a})
		}
		if a := v.Lookup("metadata", "annotations").Get(roleAnnotation).Str(); a != "" {
			f.ties = append(f.ties, tie{tieRole, a})
		}
		return
	case strings.HasSuffix(r.Type, "/Ingress"):
		rules := v.Lookup("spec", "rules")
		for i := range rules.List() {
			if h := hostOf(rules.Items[i].Get("host").Str()); h != "" {
				f.hosts = append(f.hosts, h)
			}
		}
		f.public, f.publicLine = "kind", int(firstLine(v))
		return
	case r.Type == "gateway.networking.k8s.io/Gateway" || r.Type == "networking.istio.io/Gateway":
		f.public, f.publicLine = "kind", int(firstLine(v))
		return
	}
	if !isWorkload(r.Type) {
		return
	}
	meta, spec, path := podSpec(r.Type, v)
	f.labels = stringMap(meta.Get("labels"))
	f.dapr = daprApp(meta, nil)
	f.account = spec.Get("serviceAccountName").Str()
	list := spec.Get("containers")
	for i := range list.List() {
		c := &list.Items[i]
		name, image := c.Get("name").Str(), c.Get("image").Str()
		p := path.Key("containers").Index(i)
		f.parts = append(f.parts, part{name, image, p, int(firstLine(c)), isSidecar(name, image)})
		if f.image == "" && !isSidecar(name, image) {
			f.image = image
		}
	}
	for _, group := range []string{"containers", "initContainers"} {
		for i := range spec.Get(group).List() {
			c := &spec.Get(group).Items[i]
			p := path.Key(group).Index(i)
			for j := range c.Get("envFrom").List() {
				if n := c.Get("envFrom").Items[j].Lookup("configMapRef", "name"); n.Str() != "" {
					f.configs = append(f.configs, use{name: n.Text, path: p.Key("envFrom").Index(j).Key("configMapRef").Key("name"), line: int(n.Line)})
				}
			}
			for j := range c.Get("env").List() {
				if n := c.Get("env").Items[j].Lookup("valueFrom", "configMapKeyRef", "name"); n.Str() != "" {
					f.configs = append(f.configs, use{name: n.Text, key: c.Get("env").Items[j].Lookup("valueFrom", "configMapKeyRef", "key").Str(), path: p.Key("env").Index(j).Key("valueFrom").Key("configMapKeyRef").Key("name"), line: int(n.Line)})
				}
			}
		}
	}
	for i := range spec.Get("volumes").List() {
		if n := spec.Get("volumes").Items[i].Lookup("configMap", "name"); n.Str() != "" {
			f.configs = append(f.configs, use{name: n.Text, path: path.Key("volumes").Index(i).Key("configMap").Key("name"), line: int(n.Line)})
		}
	}
}

// internalLB reports whether the cloud was asked for an internal load balancer.
func internalLB(v *tree.Value) bool {
	for _, a := range v.Lookup("metadata", "annotations").Fields() {
		if strings.Contains(a.Name, "load-balancer-internal") || strings.HasSuffix(a.Name, "load-balancer-type") && a.Value.Str() == "Internal" {
			return a.Value.Text != "false"
		}
	}
	return false
}

func learnCompose(r *evidence.Resource, v *tree.Value, f *fact) {
	f.image = v.Get("image").Str()
	if r.Type != "compose/service" {
		return
	}
	f.aliases = append(f.aliases, r.Name)
	if n := v.Get("container_name").Str(); n != "" {
		f.aliases = append(f.aliases, n)
	}
	if n := v.Get("hostname").Str(); n != "" {
		f.aliases = append(f.aliases, n)
	}
	nets := v.Get("networks")
	for _, m := range nets.Fields() {
		f.networks = append(f.networks, m.Name)
		for _, a := range m.Value.Get("aliases").List() {
			f.aliases = append(f.aliases, a.Str())
		}
	}
	for i := range nets.List() {
		f.networks = append(f.networks, nets.Items[i].Str())
	}
}

// ports that name their protocol (IANA service names and the products' own references).
var portNames = map[int]string{80: "HTTP", 443: "HTTPS", 8080: "HTTP", 8443: "HTTPS", 5432: "PostgreSQL", 3306: "MySQL", 1433: "TDS", 6379: "Redis", 6380: "Redis over TLS", 27017: "MongoDB", 5672: "AMQP", 5671: "AMQPS", 9092: "Kafka", 4317: "OTLP/gRPC", 4318: "OTLP/HTTP", 9200: "HTTP", 11211: "memcached", 1883: "MQTT", 25: "SMTP", 587: "SMTP", 53: "DNS", 389: "LDAP", 2379: "etcd"}

func portName(port string) string {
	n, err := strconv.Atoi(port)
	if err != nil {
		return ""
	}
	if s := portNames[n]; s != "" {
		return s
	}
	return "TCP " + port
}
