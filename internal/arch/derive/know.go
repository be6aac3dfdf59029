package derive

import (
	"maps"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
)

// know joins what the first pass learned: each thing's rule, its parts, and who answers to what name.
func (b *builder) know() {
	for _, t := range slices.Clone(b.things) {
		for _, i := range t.obs {
			t.fact.join(b.facts[i])
		}
		t.name = or(t.fact.called, t.name)
		for _, c := range t.fact.children {
			b.addChild(t, c)
		}
	}
	b.secretStores()
	slices.SortFunc(b.things, func(x, y *thing) int { return cmp(x.id, y.id) })
	for n, t := range b.things {
		t.n = n
	}
	for _, t := range b.things {
		b.classify(t)
		b.call(t)
	}
	for _, t := range b.things {
		b.parentByID(t)
		if t.parent != nil && holdsData(t.parent.typ) {
			b.inServer[t.parent] = append(b.inServer[t.parent], t)
		}
		for _, p := range t.fact.principals {
			if p != "" {
				b.owners[p] = append(b.owners[p], t)
			}
		}
		if t.typ == "microsoft.authorization/roledefinitions" && t.fact.roleName != "" {
			b.roles[lastSegment(t.id)] = t.fact.roleName
		}
	}
	b.joinIdentities()
	b.joinConfigs()
	b.joinGroups()
	b.dropRings()
	b.joinDapr()
	b.joinNeighbours()
	b.joinRoots()
	b.joinPlainNames()
	b.joinGoogle()
	b.joinAWS()
}

// joinGroups learns how resource groups are spelt, and which of them a cluster manages (R23).
func (b *builder) joinGroups() {
	for _, t := range b.things {
		parts := strings.Split(t.fact.rawID, "/")
		if len(parts) > 4 && strings.EqualFold(parts[3], "resourceGroups") {
			id := evidence.NormalizeARM(strings.Join(parts[:5], "/"))
			if b.groupNames[id] == "" || strings.ToLower(b.groupNames[id]) == b.groupNames[id] {
				b.groupNames[id] = parts[4]
			}
			if t.fact.nodeGroup != "" {
				b.nodeGroups[evidence.NormalizeARM(strings.Join(parts[:4], "/")+"/"+t.fact.nodeGroup)] = t
			}
		}
	}
}

// joinNeighbours finds the apps of each Container Apps environment by their names, by which they call each other.
func (b *builder) joinNeighbours() {
	for _, t := range b.things {
		if t.fact.environment != "" {
			at := [2]string{t.fact.environment, strings.ToLower(t.name)}
			b.neighbours[at] = append(b.neighbours[at], t)
		}
	}
}

// joinConfigs finds the workloads of each namespace and the ConfigMaps that they use.
func (b *builder) joinConfigs() {
	for _, t := range b.things {
		r := b.resource(t)
		if r == nil || r.Form != evidence.Kubernetes || !isWorkload(r.Type) {
			continue
		}
		if !t.fact.ownerRef {
			for k, v := range t.fact.labels {
				at := labelKey{r.Scope, k, v}
				b.byLabel[at] = append(b.byLabel[at], t)
			}
		}
		for _, u := range t.fact.configs {
			id := kubeID("core", "ConfigMap", r.Scope, u.name)
			if c := (configUser{t, u.key}); !slices.Contains(b.configUsers[id], c) {
				b.configUsers[id] = append(b.configUsers[id], c)
			}
		}
	}
}

func (f *fact) join(g *fact) {
	if f.variant == "" {
		f.variant = g.variant
	}
	f.hosts = append(f.hosts, g.hosts...)
	f.principals = append(f.principals, g.principals...)
	f.clients = append(f.clients, g.clients...)
	f.identities = append(f.identities, g.identities...)
	f.children = append(f.children, g.children...)
	if f.parts == nil {
		f.parts = g.parts
	}
	for _, s := range []struct {
		to   *string
		from string
	}{{&f.image, g.image}, {&f.roleName, g.roleName}, {&f.external, g.external}, {&f.account, g.account}, {&f.environ, g.environ}, {&f.instrKey, g.instrKey}, {&f.desc, g.desc}, {&f.environment, g.environment}, {&f.rawID, g.rawID}, {&f.nodeGroup, g.nodeGroup}, {&f.sourceOf, g.sourceOf}, {&f.dapr, g.dapr}, {&f.called, g.called}} {
		if *s.to == "" {
			*s.to = s.from
		}
	}
	if f.labels == nil {
		f.labels = g.labels
	}
	if f.selector == nil {
		f.selector = g.selector
	}
	f.configs = append(f.configs, g.configs...)
	f.cidrs = append(f.cidrs, g.cidrs...)
	f.aliases = append(f.aliases, g.aliases...)
	f.networks = append(f.networks, g.networks...)
	f.ids = append(f.ids, g.ids...)
	f.plain = append(f.plain, g.plain...)
	f.ties = append(f.ties, g.ties...)
	f.ownerRef = f.ownerRef || g.ownerRef
	if f.public == "" {
		f.public, f.publicLine = g.public, g.publicLine
	}
}

// addChild makes a thing of a part that has an id of its own, unless it was read itself.
func (b *builder) addChild(t *thing, c child) {
	obs := t.obs[0]
	for _, i := range t.obs {
		if slices.ContainsFunc(b.facts[i].children, func(x child) bool { return x == c }) {
			obs = i
			break
		}
	}
	if was := b.byID[c.id]; was != nil {
		if was.listed == nil && b.snap.Resources[obs].Side == evidence.Live {
			was.listed = &place{obs, c.path, c.line}
		}
		return
	}
	sub := &thing{id: c.id, name: c.name, typ: "microsoft.network/virtualnetworks/subnets", within: &place{obs, c.path, c.line}, planned: t.planned, parent: t, tags: t.tags}
	b.byID[c.id] = sub
	b.things = append(b.things, sub)
}

// classify finds the type rule of a thing.
func (b *builder) classify(t *thing) {
	t.rule = ruleFor(t.typ, t.fact.variant)
	if t.env == "" {
		t.env = t.fact.environ
	}
	r := b.resource(t)
	if r == nil {
		return
	}
	switch {
	case r.Form == evidence.Kubernetes && t.fact.ownerRef && t.rule.role == container:
		t.rule = &typeRule{id: "K-OWNED", role: hidden, tech: t.rule.tech, layer: "hidden"}
	case t.typ == "kubernetes:apps/DaemonSet" && r.Scope == "kube-system":
		t.rule = &typeRule{id: "K-SYSTEM", role: hidden, tech: t.rule.tech, layer: "hidden"}
	case t.typ == "microsoft.sql/servers/databases" && strings.EqualFold(t.name, "master"):
		t.rule = &typeRule{id: "M24-MASTER", role: hidden, tech: "Azure SQL system database", layer: "hidden"}
	case t.typ == "microsoft.compute/virtualmachinescalesets" && aksManaged(t):
		t.rule = &typeRule{id: "M18-AKS", role: hidden, tech: t.rule.tech, layer: "hidden"}
	case t.typ == "microsoft.network/loadbalancers" && strings.HasPrefix(strings.ToLower(t.name), "kubernetes") && strings.Contains(t.id, "/resourcegroups/mc_"):
		t.rule = &typeRule{id: "M56-AKS", role: hidden, tech: t.rule.tech, layer: "hidden"}
	}
}

func aksManaged(t *thing) bool {
	for k := range t.tags {
		if strings.HasPrefix(strings.ToLower(k), "aks-managed-") {
			return true
		}
	}
	return strings.Contains(t.id, "/resourcegroups/mc_")
}

// call registers the names that a thing answers to.
func (b *builder) call(t *thing) {
	b.names.AddID(t.id, t.n)
	for _, i := range t.obs {
		r := &b.snap.Resources[i]
		if r.ID != t.id {
			b.names.AddID(r.ID, t.n)
		}
		for _, a := range r.Aliases {
			if borrowed := t.typ == assocType || b.borrowedAlias(t, a) || b.lent(t, a) || evidence.IsARM(a) && b.byID[evidence.NormalizeARM(a)] != nil; !borrowed && !isAddress(r, a) {
				b.names.AddID(a, t.n)
			}
		}
		switch {
		case r.Form == evidence.Kubernetes && r.Type == "Service":
			b.names.AddService("k8s:"+r.Scope, r.Name, t.n)
			for _, host := range []string{"", ".svc", ".svc.cluster.local"} {
				b.names.AddHost(r.Name+"."+r.Scope+host, t.n)
			}
		case r.Form == evidence.Compose && r.Type == "compose/service":
			for _, a := range t.fact.aliases {
				b.names.AddService("compose:"+r.Scope, a, t.n)
			}
		}
	}
	for _, h := range t.fact.hosts {
		b.names.AddHost(h, t.n)
	}
	for _, id := range t.fact.ids {
		b.names.AddID(id, t.n)
	}
	if t.fact.instrKey != "" {
		b.names.AddID(t.fact.instrKey, t.n)
	}
}

// isAddress reports whether an alias is only the resource's Terraform address: a name in the code, not in the cloud.
func isAddress(r *evidence.Resource, alias string) bool {
	for _, o := range r.Origins {
		if o.Address == alias {
			return true
		}
	}
	return false
}

// scopeOf is the scope in which a resource's bare names mean something.
func scopeOf(r *evidence.Resource) string {
	switch r.Form {
	case evidence.Kubernetes:
		return "k8s:" + r.Scope
	case evidence.Compose:
		return "compose:" + r.Scope
	}
	return ""
}

// parentByID finds what a thing's own id says that it belongs to.
func (b *builder) parentByID(t *thing) {
	start := t.id
	for _, i := range t.obs {
		for _, a := range b.snap.Resources[i].Aliases {
			if !evidence.IsARM(start) && evidence.IsARM(a) && t.typ != assocType {
				start = evidence.NormalizeARM(a) // a storage container's id is its URL
			}
		}
	}
	if t.parent != nil || !evidence.IsARM(start) {
		return
	}
	t.armID = start
	for id := start; ; {
		i := strings.LastIndexByte(id, '/')
		if i <= 0 {
			return
		}
		id = id[:i]
		if p := b.byID[id]; p != nil {
			t.parent = p
			return
		}
	}
}

// joinIdentities lets what uses a managed identity act under the identity's principal.
func (b *builder) joinIdentities() {
	clients := map[string]*thing{}
	for _, t := range b.things {
		for _, c := range t.fact.clients {
			if c != "" && t.typ == "microsoft.managedidentity/userassignedidentities" {
				clients[c] = t
			}
		}
	}
	accounts := map[string]string{} // namespace/service account to client id (K5)
	for _, t := range b.things {
		if t.typ == "kubernetes:ServiceAccount" && len(t.fact.clients) > 0 && t.fact.clients[0] != "" {
			r := b.resource(t)
			accounts[r.Scope+"/"+r.Name] = t.fact.clients[0]
		}
	}
	for _, t := range b.things {
		ids := slices.Clone(t.fact.identities)
		if r := b.resource(t); r != nil && r.Form == evidence.Kubernetes && t.fact.labels["azure.workload.identity/use"] != "" || t.fact.account != "" {
			if r := b.resource(t); r != nil {
				if id := clients[accounts[r.Scope+"/"+t.fact.account]]; id != nil {
					ids = append(ids, id.id)
				}
			}
		}
		slices.Sort(ids)
		for _, id := range slices.Compact(ids) {
			if u := b.byID[id]; u != nil {
				for _, p := range u.fact.principals {
					if !slices.Contains(b.owners[p], t) {
						b.owners[p] = append(b.owners[p], t)
					}
				}
			}
		}
	}
	for p, list := range maps.Clone(b.owners) {
		// An identity that something uses acts through it; it has no box of its own.
		if len(list) > 1 {
			b.owners[p] = slices.DeleteFunc(list, func(t *thing) bool { return t.typ == "microsoft.managedidentity/userassignedidentities" })
		}
		slices.SortFunc(b.owners[p], func(x, y *thing) int { return x.n - y.n })
		b.owners[p] = slices.Compact(b.owners[p])
	}
}

func lastSegment(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }
