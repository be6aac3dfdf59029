package derive

import (
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
)

// build makes elements, their containment, and the relationships.
func (b *builder) build() {
	for _, t := range b.things {
		if isDrawn(t) {
			b.element(t)
		}
	}
	b.unseen()
	for _, t := range b.things {
		if len(t.obs) > 0 {
			b.resourceElement(t)
		}
	}
	b.assignSystems()
	for _, t := range b.things {
		b.attach(t)
	}
	b.breakRings()
	b.people()
	b.eachClaim(b.relateClaim)
	b.internet()
	b.declared()
	b.share()
	b.hide()
	b.marks()
}

func (b *builder) put(e *c4.Element) *c4.Element {
	if old := b.els[e.ID]; old != nil {
		return old
	}
	b.els[e.ID] = e
	b.order = append(b.order, e)
	return e
}

// element makes the box of a thing.
func (b *builder) element(t *thing) {
	kind := t.rule.role.kind()
	e := &c4.Element{
		ID: string(kind) + ":" + t.id, Kind: kind, Name: t.name, Technology: t.rule.tech, Shape: t.rule.shape,
		Layer: t.rule.layer, Rule: t.rule.id, Evidence: b.about(t), Description: t.fact.desc, ResourceType: t.typ,
	}
	if e.Layer != "" {
		e.HiddenBy = layerRule(e.Layer)
	}
	if e.Name == "" {
		e.Name = lastSegment(t.id)
	}
	if r := b.resource(t); r != nil {
		e.ResourceType = r.Type
		if e.Technology == "Kubernetes" && e.Kind == c4.Container {
			e.Technology = "Kubernetes " + lastSegment(r.Type)
		}
		if o := tag(t.tags, "owner"); o != "" {
			e.Owner = o
		}
		if r.Data {
			e.Badges = append(e.Badges, "read only as data")
		}
	}
	if t.planned {
		e.Badges = append(e.Badges, "planned")
	}
	dataStore(e, t.fact.image)
	t.el = b.put(e)
	for _, p := range t.fact.parts {
		b.part(t, p)
	}
}

// part makes the component of a container of a pod or an app. One that is all there is says nothing
// that its container does not say.
func (b *builder) part(t *thing, p part) {
	if t.rule.role != container {
		return
	}
	if p.name = or(p.name, imageName(p.image)); p.name == "" {
		return
	}
	c := &c4.Element{
		ID: "component:" + t.id + "#" + p.name, Kind: c4.Component, Name: p.name, Technology: imageName(p.image), Parent: t.el.ID,
		Rule: "K-PART", Evidence: []c4.Evidence{b.evidenceOf(t.obs[0], p.path, p.line)},
	}
	if p.sidecar {
		c.Layer, c.HiddenBy = "hidden", "K-SIDECAR"
	}
	b.put(c)
}

func tag(tags map[string]string, name string) string {
	for _, k := range sortedKeys(tags) {
		if strings.EqualFold(k, name) {
			return tags[k]
		}
	}
	return ""
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func layerRule(layer string) string {
	switch layer {
	case "observability":
		return "H-OBSERVABILITY"
	case "governance":
		return "H-GOVERNANCE"
	}
	return "H-LEVEL4"
}

// images of well-known data stores and brokers, by the last part of the image's name.
var dataImages = map[string][2]string{
	"postgres": {"PostgreSQL", "database"}, "postgresql": {"PostgreSQL", "database"}, "mysql": {"MySQL", "database"}, "mariadb": {"MariaDB", "database"},
	"mongo": {"MongoDB", "database"}, "mongodb": {"MongoDB", "database"}, "redis": {"Redis", "cache"}, "valkey": {"Valkey", "cache"}, "memcached": {"memcached", "cache"},
	"rabbitmq": {"RabbitMQ", "queue"}, "kafka": {"Kafka", "queue"}, "nats": {"NATS", "queue"}, "activemq": {"ActiveMQ", "queue"},
	"mssql": {"SQL Server", "database"}, "server": {"SQL Server", "database"}, "azure-sql-edge": {"SQL Server", "database"},
	"elasticsearch": {"Elasticsearch", "database"}, "opensearch": {"OpenSearch", "database"}, "cassandra": {"Cassandra", "database"}, "minio": {"MinIO", "storage"}, "etcd": {"etcd", "database"},
	"clickhouse-server": {"ClickHouse", "database"}, "influxdb": {"InfluxDB", "database"}, "neo4j": {"Neo4j", "database"}, "prometheus": {"Prometheus", "database"},
	"nginx": {"nginx", ""}, "traefik": {"Traefik", "gateway"}, "envoy": {"Envoy", "gateway"}, "haproxy": {"HAProxy", "gateway"}, "grafana": {"Grafana", "browser"},
}

// imageName is the last part of an image's name, without tag and digest.
func imageName(image string) string {
	image, _, _ = strings.Cut(image, "@")
	name := lastSegment(image)
	name, _, _ = strings.Cut(name, ":")
	return name
}

// dataStore names the technology of a container by its image.
func dataStore(e *c4.Element, image string) {
	if image == "" || e.Kind != c4.Container {
		return
	}
	name := imageName(image)
	if name == "server" && !strings.Contains(image, "mssql/") {
		return
	}
	if d, ok := dataImages[name]; ok {
		e.Technology = d[0]
		if d[1] != "" {
			e.Shape = d[1]
		}
	}
	e.Tags = append(e.Tags, "image:"+name)
}

// unseen makes the containers that must be there and whose content this evidence does not show: what runs
// on a machine, the databases of a server that names none.
func (b *builder) unseen() {
	full := map[*thing]bool{}
	for _, t := range b.things {
		if t.rule.role == container {
			for _, up := range []*thing{t.parent, t.up} {
				if up != nil {
					full[up] = true
				}
			}
		}
	}
	for _, t := range b.things {
		switch t.rule.id {
		case "M17", "M18", "G4", "G5", "G22", "W3", "W4", "W12":
			if t.rule.role != deployment || t.rule.id == "G22" && full[t] {
				continue
			}
			b.put(&c4.Element{
				ID: "container:" + t.id + "#workload", Kind: c4.Container, Name: "Workload on " + t.name, Technology: "unknown", Rule: "M17-CON",
				Description: "What runs here is not visible to a reader of the resource.", Badges: []string{"content not visible"}, Evidence: b.about(t), Tags: slices.Clone(t.el.Tags),
			})
		case "M23", "M25", "M26", "M27", "M31", "M33", "G10", "G11":
			if t.rule.role == deployment && !full[t] && !strings.HasSuffix(t.typ, "elasticpools") {
				shape, what := "database", "Databases on "
				if t.rule.id == "M31" || t.rule.id == "M33" {
					shape, what = "queue", "Queues of "
				}
				b.put(&c4.Element{
					ID: "container:" + t.id + "#data", Kind: c4.Container, Name: what + t.name, Technology: t.rule.tech, Shape: shape, Rule: "M26-CON",
					Description: "Which there are is not visible in this evidence.", Badges: []string{"content not visible"}, Evidence: b.about(t),
				})
			}
		}
	}
}

// resourceElement makes the level 4 element of a thing.
func (b *builder) resourceElement(t *thing) {
	r := b.resource(t)
	e := &c4.Element{
		ID: "resource:" + t.id, Kind: c4.Resource, Name: or(t.fact.called, evidence.Brief(r.Name)), Technology: r.Type, ResourceType: r.Type,
		Rule: "L4", Evidence: b.about(t), Properties: r.Props,
	}
	if !isDrawn(t) {
		e.Rule = t.rule.id // what keeps it from having a box of its own
	}
	if t.rule == unmappedRule {
		e.Badges = append(e.Badges, "unmapped")
	}
	if e.Name == "" {
		e.Name = lastSegment(t.id)
	}
	for _, k := range sortedKeys(t.tags) {
		e.Tags = append(e.Tags, k+"="+t.tags[k])
	}
	if d := drawn(t); d != nil && d.el != nil {
		e.Parent = d.el.ID
		if e.Parent != "" && d == t {
			d.el.Tags = append(d.el.Tags, e.Tags...)
		}
	}
	t.res = b.put(e)
}

// attach finds the parent of each element: a container's system, a component's container, a
// node's outer node; and places containers on nodes.
func (b *builder) attach(t *thing) {
	if t.res != nil && t.res.Parent == "" {
		t.res.Parent = b.home(t)
	}
	if t.el == nil {
		return
	}
	switch t.el.Kind {
	case c4.Component:
		if c := b.containerOf(t); c != nil {
			t.el.Parent = c.ID
		} else { // a part whose whole was not scanned stands for itself
			t.el.Kind = c4.Container
			t.el.Parent = b.systemOf(t).el.ID
			b.instance(t, t.el)
		}
	case c4.Container:
		t.el.Parent = b.systemOf(t).el.ID
		b.instance(t, t.el)
	case c4.DeploymentNode, c4.InfrastructureNode:
		if node, _, _ := b.nodeOf(t); node != nil {
			t.el.Parent = node.ID
		}
	}
	for _, suffix := range []string{"#workload", "#data"} {
		if w := b.els["container:"+t.id+suffix]; w != nil {
			w.Parent = b.systemOf(t).el.ID
			b.putInstance(w, t.el, b.envOf(t), w.Rule, t.el.Evidence)
		}
	}
}

// containerOf is the container that a component is a part of.
func (b *builder) containerOf(t *thing) *c4.Element {
	for up, n := t.parent, 0; up != nil && n < 16; up, n = up.parent, n+1 {
		if up.el != nil && up.el.Kind == c4.Container {
			return up.el
		}
	}
	if t.up != nil && t.up.el != nil && t.up.el.Kind == c4.Container {
		return t.up.el
	}
	return nil
}

func (b *builder) instance(t *thing, e *c4.Element) {
	node, rule, ev := b.nodeOf(t)
	if node != nil {
		b.putInstance(e, node, b.envOf(t), rule, ev)
	}
}

func (b *builder) putInstance(c, node *c4.Element, env, rule string, ev []c4.Evidence) {
	key := [2]string{c.ID, node.ID}
	if b.inst[key] == nil {
		b.inst[key] = &c4.Instance{Container: c.ID, Node: node.ID, Environment: env, Rule: rule, Evidence: ev}
	}
}

// nodeOf is the deployment node that a thing is in: by the strongest containment claimed, by its id, or
// by its scope.
func (b *builder) nodeOf(t *thing) (*c4.Element, string, []c4.Evidence) {
	for _, up := range []*thing{t.up, t.parent} {
		for n := 0; up != nil && n < 16; n++ {
			if up.el != nil && up.el.Kind == c4.DeploymentNode && up != t {
				rule, ev := t.upRule, t.upEv
				if up != t.up && !(isAWS(t.typ) && t.up != nil) { // a subnet group has no box: its network has
					rule, ev = "P1", b.about(t)
				}
				return up.el, rule, ev
			}
			if next := up.up; next != nil && next != up {
				up = next
			} else {
				up = up.parent
			}
		}
	}
	return b.scopeNode(t)
}

// scopeNode makes the node of a thing's scope: resource group and subscription, namespace, compose project.
func (b *builder) scopeNode(t *thing) (*c4.Element, string, []c4.Evidence) {
	ev := b.about(t)
	if len(ev) > 1 {
		ev = ev[:1]
	}
	node := func(id, name, tech, rule, parent string) *c4.Element {
		return b.put(&c4.Element{ID: "deploymentNode:" + id, Kind: c4.DeploymentNode, Name: name, Technology: tech, Rule: rule, Parent: parent, Evidence: ev})
	}
	if a, ok := evidence.ParseARM(t.id); ok && a.Subscription != "" {
		if t.typ == "microsoft.resources/subscriptions" {
			return nil, "", nil
		}
		sub := node("/subscriptions/"+a.Subscription, b.scopeName("Subscription", a.Subscription, t), "Azure subscription", "D-SCOPE", "")
		if a.ResourceGroup == "" || isScope(t) {
			return sub, "D-SCOPE", ev
		}
		group := "/subscriptions/" + a.Subscription + "/resourcegroups/" + a.ResourceGroup
		name, parent := b.scopeName("Resource group", a.ResourceGroup, t), sub.ID
		if n := b.groupNames[group]; n != "" && !evidence.HasBlank(n) {
			name = n
		}
		if cluster := b.nodeGroups[group]; cluster != nil && cluster.el != nil && cluster != t {
			parent = cluster.el.ID
		}
		return node(group, name, "Azure resource group", "D-SCOPE", parent), "D-SCOPE", ev
	}
	r := b.resource(t)
	if t.typ == googleStore {
		r = &b.snap.Resources[t.within.obs]
	}
	if r == nil {
		return nil, "", nil
	}
	if id, name := googleScope(r); id != "" && t.typ != "google_project" {
		return node(id, name, "Google Cloud project", "D-SCOPE", ""), "D-SCOPE", ev
	}
	switch r.Form {
	case evidence.Kubernetes:
		cluster := node("k8s:-", "Kubernetes cluster", "Kubernetes", "D-NAMESPACE", "")
		if r.Scope == "" || r.Type == "Namespace" || r.Type == "Node" {
			return cluster, "D-NAMESPACE", ev
		}
		return node(kubeID("core", "Namespace", "_", r.Scope), r.Scope, "Kubernetes namespace", "D-NAMESPACE", cluster.ID), "D-NAMESPACE", ev
	case evidence.Terraform:
		if isAWS(t.typ) {
			return b.awsScope(t, r, ev)
		}
	case evidence.Compose:
		return node("compose:"+r.Scope, r.Scope, "Docker Compose project", "D-COMPOSE", ""), "D-COMPOSE", ev
	}
	return nil, "", nil
}

// home is where a resource without a box is shown: its scope's node, or its system.
func (b *builder) home(t *thing) string {
	if node, _, _ := b.nodeOf(t); node != nil {
		return node.ID
	}
	if r := b.resource(t); t.rule == unmappedRule && !r.Data && cloudProviders[r.Provider] {
		return b.systemOf(t).el.ID
	}
	return "" // a random string, a role of the directory: a part of nothing that is drawn
}

// cloudProviders are those whose resources are a part of a system even when no rule maps them.
var cloudProviders = set("azure aws google kubernetes")

// envOf is the environment of a thing, or of what it is in.
func (b *builder) envOf(t *thing) string {
	for n := 0; t != nil && n < 16; n++ {
		if b.opt.Overlay != nil {
			for _, i := range t.obs {
				if e, _ := b.opt.Overlay.EnvironmentOf(&b.snap.Resources[i]); e != nil {
					return e.Name
				}
			}
		}
		if t.env != "" {
			return t.env
		}
		switch {
		case t.owner != nil:
			t = t.owner
		case t.up != nil:
			t = t.up
		default:
			t = t.parent
		}
	}
	return ""
}
