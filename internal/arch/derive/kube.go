package derive

import (
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/tree"
)

// kube finds the references of a Kubernetes object.
func (rd *reader) kube() {
	v := rd.root
	switch typ := rd.r.Type; {
	case isWorkload(typ):
		rd.workload()
	case typ == "ConfigMap":
		rd.configMap()
	case typ == "Service":
		rd.service()
	case strings.HasSuffix(typ, "/Ingress"):
		rd.backends(v, "", "service", "serviceName")
	case strings.HasSuffix(typ, "Route") && strings.HasPrefix(typ, "gateway.networking.k8s.io/"):
		rd.route()
	case typ == "networking.istio.io/ServiceEntry":
		hosts := v.Lookup("spec", "hosts")
		for i := range hosts.List() {
			if h := strings.ToLower(hosts.Items[i].Str()); strings.IndexByte(h, '.') > 0 && rd.b.names.Host(h) == nil {
				rd.add(claim{path: tree.Path("spec.hosts").Index(i), line: int(hosts.Items[i].Line), value: h, rule: "K-EXT", act: ignore, host: h})
			}
		}
	case typ == "networking.istio.io/VirtualService":
		rd.virtualService()
	case typ == "autoscaling/HorizontalPodAutoscaler" || typ == "keda.sh/ScaledObject":
		rd.scaler()
	case typ == "dapr.io/Component":
		rd.daprComponent()
	case typ == "policy/PodDisruptionBudget":
		for _, w := range rd.b.selected(rd.r.Scope, stringMap(v.Lookup("spec", "selector", "matchLabels"))) {
			rd.add(claim{path: "spec.selector", line: lineAt(v, "spec.selector"), value: w.name, rule: "K-OWN", act: ownedBy, targets: []*thing{w}, from: []*thing{rd.t}})
		}
	}
}

// kubeID is the identity of an object of the same cluster.
func kubeID(group, kind, ns, name string) string {
	return "k8s:-/" + group + "/" + kind + "/" + ns + "/" + name
}

func lineAt(v *tree.Value, p tree.Path) int {
	if w := v.At(p); w != nil {
		return int(firstLine(w))
	}
	return 0
}

// selected returns the workloads of a namespace whose pods carry all labels of a selector.
func (b *builder) selected(ns string, selector map[string]string) []*thing {
	if len(selector) == 0 {
		return nil
	}
	var least []*thing // the workloads that carry the rarest of the labels
	for i, k := range sortedKeys(selector) {
		if list := b.byLabel[labelKey{ns, k, selector[k]}]; i == 0 || len(list) < len(least) {
			least = list
		}
	}
	var out []*thing
	for _, w := range least {
		match := true
		for k, val := range selector {
			if w.fact.labels[k] != val {
				match = false
				break
			}
		}
		if match {
			out = append(out, w)
		}
	}
	return out
}

// service claims what its selector stands for (K2).
func (rd *reader) service() {
	for _, w := range rd.b.selected(rd.r.Scope, rd.t.fact.selector) {
		rd.add(claim{path: "spec.selector", line: lineAt(rd.root, "spec.selector"), value: w.name, rule: "K2", act: ownedBy, conf: c4.Certain, targets: []*thing{w}})
	}
	for i := range rd.root.Lookup("status", "loadBalancer", "ingress").List() {
		ip := rd.root.Lookup("status", "loadBalancer", "ingress").Items[i].Get("ip")
		if ns := rd.b.names.Host(ip.Str()); ns != nil {
			rd.add(claim{path: tree.Path("status.loadBalancer.ingress").Index(i).Key("ip"), line: int(ip.Line), value: ip.Text, rule: "K9", act: own, conf: c4.Certain, targets: rd.things(ns)})
		}
	}
	if h := rd.t.fact.external; h != "" {
		c := claim{path: "spec.externalName", line: lineAt(rd.root, "spec.externalName"), value: h, rule: "X1", act: ignore, host: h}
		c.targets = rd.things(rd.b.names.Host(h))
		rd.add(c)
	}
}

// workload reads the pod spec.
func (rd *reader) workload() {
	_, spec, path := podSpec(rd.r.Type, rd.root)
	for _, group := range []string{"containers", "initContainers"} {
		for i := range spec.Get(group).List() {
			rd.podContainer(&spec.Get(group).Items[i], path.Key(group).Index(i))
		}
	}
	for _, u := range rd.t.fact.configs {
		if v := rd.root.At(u.path); v.Str() == u.name {
			rd.uses("core", "ConfigMap", u.name, u.path, u.line)
		}
	}
	for i := range spec.Get("volumes").List() {
		vol, p := &spec.Get("volumes").Items[i], path.Key("volumes").Index(i)
		if n := vol.Lookup("secret", "secretName"); n.Str() != "" {
			rd.uses("core", "Secret", n.Text, p.Key("secret").Key("secretName"), int(n.Line))
		}
		if n := vol.Lookup("persistentVolumeClaim", "claimName"); n.Str() != "" {
			rd.uses("core", "PersistentVolumeClaim", n.Text, p.Key("persistentVolumeClaim").Key("claimName"), int(n.Line))
		}
		if n := vol.Lookup("csi", "volumeAttributes", "secretProviderClass"); n.Str() != "" {
			rd.secretProvider(n, p.Key("csi").Key("volumeAttributes").Key("secretProviderClass"))
		}
	}
	if n := spec.Get("serviceAccountName"); n.Str() != "" && n.Text != "default" {
		rd.uses("core", "ServiceAccount", n.Text, path.Key("serviceAccountName"), int(n.Line))
	}
	for i := range rd.root.Lookup("metadata", "ownerReferences").List() {
		o := &rd.root.Lookup("metadata", "ownerReferences").Items[i]
		group, _, ok := strings.Cut(o.Get("apiVersion").Str(), "/")
		if !ok {
			group = "core"
		}
		c := claim{path: tree.Path("metadata.ownerReferences").Index(i), line: int(firstLine(o)), value: o.Get("name").Str(), rule: "K-OWNED", act: ownedBy, conf: c4.Certain}
		if t := rd.b.byID[kubeID(group, o.Get("kind").Str(), rd.r.Scope, o.Get("name").Str())]; t != nil {
			c.targets = []*thing{t}
		} else {
			c.reason = "its owner is not among what was scanned"
		}
		rd.add(c)
	}
}

// uses claims a configuration object that a workload names.
func (rd *reader) uses(group, kind, name string, p tree.Path, line int) {
	c := claim{path: p, line: line, value: kind + " " + name, rule: "K-OWN", act: own, conf: c4.Certain}
	if t := rd.b.byID[kubeID(group, kind, rd.r.Scope, name)]; t != nil {
		c.targets = []*thing{t}
	} else {
		c.reason = "no " + kind + " of that name is among what was scanned"
	}
	rd.add(c)
}

// secretProvider follows a CSI volume to the vault that it reads (K5).
func (rd *reader) secretProvider(n *tree.Value, p tree.Path) {
	rd.uses("secrets-store.csi.x-k8s.io", "SecretProviderClass", n.Text, p, int(n.Line))
	t := rd.b.byID[kubeID("secrets-store.csi.x-k8s.io", "SecretProviderClass", rd.r.Scope, n.Text)]
	if t == nil || len(t.obs) == 0 {
		return
	}
	spc, err := rd.b.snap.Resources[t.obs[0]].Tree()
	if err != nil {
		return
	}
	name := spc.Lookup("spec", "parameters", "keyvaultName").Str()
	if ns := rd.b.names.Host(name + ".vault.azure.net"); ns != nil {
		rd.add(claim{path: p, line: int(n.Line), value: name + ".vault.azure.net", rule: "K5", act: relate, label: "reads secrets from", conf: c4.Certain, targets: rd.things(ns)})
	}
}

func (rd *reader) podContainer(c *tree.Value, p tree.Path) {
	env := c.Get("env")
	vars := map[string]string{}
	for i := range env.List() {
		vars[env.Items[i].Get("name").Str()] = env.Items[i].Get("value").Str()
	}
	for i := range env.List() {
		e, at := &env.Items[i], p.Key("env").Index(i)
		if val := e.Get("value"); val.Str() != "" {
			rd.setting(e.Get("name").Str(), val.Text, vars, at.Key("value"), int(val.Line), nil)
		}
		if n := e.Lookup("valueFrom", "secretKeyRef", "name"); n.Str() != "" {
			rd.uses("core", "Secret", n.Text, at.Key("valueFrom").Key("secretKeyRef").Key("name"), int(n.Line))
		}
	}
	for i := range c.Get("envFrom").List() {
		if n := c.Get("envFrom").Items[i].Lookup("secretRef", "name"); n.Str() != "" {
			rd.uses("core", "Secret", n.Text, p.Key("envFrom").Index(i).Key("secretRef").Key("name"), int(n.Line))
		}
	}
	for _, key := range []string{"command", "args"} {
		var words []string
		for _, w := range c.Get(key).List() {
			words = append(words, w.Str())
		}
		for i := range c.Get(key).List() {
			rd.command(words, i, p.Key(key).Index(i), int(c.Get(key).Items[i].Line), nil)
		}
	}
	if img := c.Get("image"); img.Str() != "" {
		rd.image(img, p.Key("image"), "K6")
	}
}

// image claims the registry that an image comes from.
func (rd *reader) image(img *tree.Value, p tree.Path, rule string) {
	first, _, ok := strings.Cut(img.Text, "/")
	if !ok {
		return
	}
	name, _, _ := strings.Cut(first, ":")
	if ns := rd.b.names.Host(name); ns != nil {
		rd.add(claim{path: p, line: int(img.Line), value: name, rule: rule, act: relate, label: "pulls images from", conf: c4.Certain, targets: rd.things(ns)})
	}
}

// configMap reads the data of a ConfigMap for the workloads that use it (K3, K4).
func (rd *reader) configMap() {
	data := rd.root.Get("data")
	vars := stringMap(data)
	for i := range data.Fields() {
		m := &data.Members[i]
		p := tree.Path("data").Key(m.Name)
		var users []*thing
		for _, u := range rd.b.configUsers[rd.t.id] {
			if (u.key == "" || u.key == m.Name) && !slices.Contains(users, u.t) {
				users = append(users, u.t)
			}
		}
		if m.Value.Str() == "" || len(users) == 0 {
			continue
		}
		if strings.ContainsAny(m.Value.Text, "\n") {
			rd.lines(m.Value.Text, p, int(m.Value.Line), users)
			continue
		}
		rd.setting(m.Name, m.Value.Text, vars, p, int(m.Value.Line), users)
	}
}

// lines reads a configuration file: addresses with a dot, a scheme or a port only.
func (rd *reader) lines(s string, p tree.Path, line int, users []*thing) {
	for f := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(" \t\r\n\"'=,;()[]{}<>", r) }) {
		if strings.Contains(f, ":") {
			rd.address("", f, true, p, line, users, "")
		} else if strings.IndexByte(f, '.') > 0 {
			if ns := rd.b.names.Host(f); ns != nil {
				rd.address("", f, true, p, line, users, "")
			}
		}
	}
}

// hints are the parts of a setting's name that say that its value is an address.
var hints = []string{"ADDR", "HOST", "URL", "URI", "ENDPOINT", "SERVER", "SERVICE", "BROKER", "DSN", "CONNECTION", "UPSTREAM", "BACKEND", "PROXY", "BOOTSTRAP", "TARGET"}

// denials end the names of settings whose values are names of other kinds than addresses.
var denials = []string{"USER", "USERNAME", "PASSWORD", "DATABASE", "DB", "NAME", "ROLE", "TOPIC", "QUEUE", "GROUP", "TAG", "VERSION", "IMAGE", "LABEL", "REALM", "SCHEMA", "ID"}

// denied reports whether a setting's name says that a bare word in it is no address.
func denied(name string) bool {
	up := strings.ToUpper(name)
	return !strings.HasSuffix(up, "HOSTNAME") && slices.ContainsFunc(denials, func(d string) bool { return up == d || strings.HasSuffix(up, "_"+d) })
}

func hinted(name string) bool {
	up := strings.ToUpper(name)
	return slices.ContainsFunc(hints, func(h string) bool { return strings.Contains(up, h) })
}

// setting reads one setting of a workload: its value may be an address, a list of
// addresses, or a connection string.
func (rd *reader) setting(name, value string, vars map[string]string, p tree.Path, line int, users []*thing) {
	if strings.HasPrefix(value, "secret:") {
		return
	}
	port := ""
	if up := strings.ToUpper(name); strings.HasSuffix(up, "HOST") || strings.HasSuffix(up, "HOSTNAME") {
		stem := strings.TrimSuffix(strings.TrimSuffix(up, "NAME"), "HOST")
		for k, val := range vars {
			if strings.ToUpper(k) == stem+"PORT" && digits(val) {
				port = val
			}
		}
	}
	for f := range strings.FieldsFuncSeq(value, func(r rune) bool { return strings.ContainsRune(" \t,;|", r) }) {
		key, val, ok := strings.Cut(f, "=")
		if ok && !strings.Contains(key, "://") && !strings.ContainsAny(key, ":@/") {
			rd.address(key, val, hinted(key) || strings.EqualFold(key, "data source"), p, line, users, "")
			continue
		}
		rd.address(name, f, hinted(name), p, line, users, port)
	}
}

// command reads the word at position i of a command line.
func (rd *reader) command(words []string, i int, p tree.Path, line int, users []*thing) {
	parts := strings.FieldsFunc(words[i], func(r rune) bool { return strings.ContainsRune(" \t\n\"'(),;|&", r) })
	for j, w := range parts {
		key, val, ok := strings.Cut(w, "=")
		if ok && !strings.Contains(key, "://") {
			w = val
		}
		next := ""
		if j+1 < len(parts) {
			next = parts[j+1]
		} else if len(parts) == 1 && i+1 < len(words) {
			next = words[i+1]
		}
		if digits(next) && len(next) >= 2 && len(next) <= 5 && rd.known(w) { // nc -z rabbitmq 5672
			rd.address("", w, true, p, line, users, next)
		} else if strings.ContainsAny(w, ":.") || ok && hinted(key) {
			rd.address("", w, ok && hinted(key), p, line, users, "")
		}
	}
}

// known reports whether a word is the name of a service or a host that was scanned.
func (rd *reader) known(w string) bool {
	return rd.b.names.Service(scopeOf(rd.r), w) != nil || rd.b.names.Host(w) != nil
}

// address claims one word that may name a service or a host. likely says that its place tells that it is
// an address; port is a port that another setting gives.
func (rd *reader) address(name, w string, likely bool, p tree.Path, line int, users []*thing, port string) {
	h := parseAddress(w)
	if h.name == "" || h.name[0] == '-' || h.name == "localhost" || strings.HasPrefix(h.name, "$") {
		return
	}
	rule := "K3"
	if rd.compoForm() {
		rule = "C1"
	}
	if port != "" && h.port == "" {
		h.port = port
		if rule == "K3" {
			rule = "K4"
		}
	}
	c := claim{path: p, line: line, value: h.name, rule: rule, act: relate, label: "calls", tech: h.tech(), conf: c4.High, from: users}
	ns := rd.b.names.Service(scopeOf(rd.r), h.name)
	if ns == nil {
		ns = rd.b.names.Host(h.name)
	}
	if slices.Contains(ns, rd.t.n) {
		return // it names itself
	}
	switch {
	case ns != nil && h.scheme == "" && h.port == "" && strings.IndexByte(h.name, '.') < 0 && denied(name):
		c.rule, c.act, c.targets = "H-WORD", ignore, rd.things(ns)
	case ns != nil:
		c.targets = rd.things(ns)
		if h.scheme == "" && h.port == "" && !likely && strings.IndexByte(h.name, '.') < 0 {
			c.conf = c4.May
		}
		if len(c.targets) == 1 && rd.r.Form != "compose" {
			rd.named(&c, w)
		}
		rd.settingLabel(&c, w)
	case h.external() && (likely || h.scheme != "" || strings.Count(h.name, ".") >= 2 && name != ""):
		c.host = h.name
	case strings.IndexByte(h.name, '.') < 0 && (h.scheme != "" || h.port != "") && likely && validName(h.name):
		c.reason = "no service of that name is among what was scanned"
	default:
		return
	}
	rd.add(c)
}

func (rd *reader) compoForm() bool { return rd.r.Form == "compose" }

func validName(s string) bool {
	letters := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		letters = letters || c >= 'a' && c <= 'z'
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return letters && len(s) <= 63
}

// parseAddress cuts scheme, user and path off an address.
func parseAddress(w string) host {
	h := host{}
	w = strings.Trim(w, `"'`)
	if i := strings.Index(w, "://"); i >= 0 {
		h.scheme, w = strings.ToLower(w[:i]), w[i+3:]
	}
	if i := strings.LastIndexByte(w, '@'); i >= 0 {
		w = w[i+1:]
	}
	if i := strings.IndexByte(w, '('); i >= 0 { // user:pass@tcp(host:port)/db
		w = strings.TrimSuffix(w[i+1:], ")")
	}
	if i := strings.IndexAny(w, "/?#)"); i >= 0 {
		if h.scheme == "" && !strings.ContainsAny(w[:i], ":.") {
			return host{} // a path
		}
		w = w[:i]
	}
	name, port, ok := strings.Cut(w, ":")
	if ok && port != "" && !digits(port) && h.scheme == "" {
		return host{}
	}
	h.name, h.port = strings.ToLower(strings.TrimSuffix(name, ".")), digitsOnly(port)
	for i := 0; i < len(h.name); i++ {
		if !hostByte(h.name[i]) {
			return host{}
		}
	}
	return h
}

// backends claims the Services that an Ingress routes to (K1).
func (rd *reader) backends(v *tree.Value, at tree.Path, keys ...string) {
	switch v.Kind {
	case tree.Object:
		for i := range v.Members {
			m := &v.Members[i]
			p := at.Key(m.Name)
			if m.Name == "service" && strings.HasSuffix(string(at), "ackend") {
				rd.toService(m.Value.Get("name"), p.Key("name"), rd.r.Scope)
				continue
			}
			if m.Name == "serviceName" {
				rd.toService(&m.Value, p, rd.r.Scope)
				continue
			}
			rd.backends(&m.Value, p, keys...)
		}
	case tree.Array:
		for i := range v.Items {
			rd.backends(&v.Items[i], at.Index(i), keys...)
		}
	}
}

func (rd *reader) toService(n *tree.Value, p tree.Path, ns string) {
	if n.Str() == "" {
		return
	}
	name := strings.TrimSuffix(strings.TrimSuffix(n.Text, ".cluster.local"), ".svc")
	if i := strings.IndexByte(name, '.'); i > 0 {
		name, ns = name[:i], name[i+1:]
	}
	c := claim{path: p, line: int(n.Line), value: n.Text, rule: "K1", act: relate, label: "routes to", conf: c4.Certain}
	if ts := rd.b.names.Service("k8s:"+ns, name); ts != nil {
		c.targets = rd.things(ts)
	} else if ts := rd.b.names.Host(n.Text); ts != nil {
		c.targets = rd.things(ts)
	} else {
		c.reason = "no Service of that name is among what was scanned"
	}
	if rd.routeOf != nil {
		c.from = rd.routeOf
	}
	rd.add(c)
}

// route claims the backends of a Gateway API route; its lines start at the Gateway.
func (rd *reader) route() {
	rd.parents(rd.root.Lookup("spec", "parentRefs"), "spec.parentRefs", "gateway.networking.k8s.io")
	rules := rd.root.Lookup("spec", "rules")
	for i := range rules.List() {
		refs := rules.Items[i].Get("backendRefs")
		for j := range refs.List() {
			ns := refs.Items[j].Get("namespace").Str()
			if ns == "" {
				ns = rd.r.Scope
			}
			rd.toService(refs.Items[j].Get("name"), tree.Path("spec.rules").Index(i).Key("backendRefs").Index(j).Key("name"), ns)
		}
	}
}

func (rd *reader) parents(list *tree.Value, at tree.Path, group string) {
	for i := range list.List() {
		n, p := list.Items[i].Get("name"), at.Index(i).Key("name")
		name, ns := n.Str(), list.Items[i].Get("namespace").Str()
		if list.Items[i].Kind == tree.String {
			n, p = &list.Items[i], at.Index(i)
			name = n.Text
			if i := strings.IndexByte(name, '/'); i >= 0 {
				ns, name = name[:i], name[i+1:]
			}
		}
		if ns == "" {
			ns = rd.r.Scope
		}
		if name == "" || name == "mesh" {
			continue
		}
		c := claim{path: p, line: int(n.Line), value: "Gateway " + name, rule: "K1", act: ownedBy, conf: c4.Certain}
		if gw := rd.b.byID[kubeID(group, "Gateway", ns, name)]; gw != nil {
			c.targets = []*thing{gw}
			rd.routeOf = append(rd.routeOf, gw)
		} else {
			c.reason = "no Gateway of that name is among what was scanned"
		}
		rd.add(c)
	}
}

// virtualService claims the destinations of an Istio VirtualService.
func (rd *reader) virtualService() {
	rd.parents(rd.root.Lookup("spec", "gateways"), "spec.gateways", "networking.istio.io")
	for _, proto := range []string{"http", "tcp", "tls"} {
		list := rd.root.Lookup("spec", proto)
		for i := range list.List() {
			routes := list.Items[i].Get("route")
			for j := range routes.List() {
				n := routes.Items[j].Lookup("destination", "host")
				p := tree.Path("spec").Key(proto).Index(i).Key("route").Index(j).Key("destination").Key("host")
				if len(rd.routeOf) == 0 { // inside the mesh: it shapes traffic and starts none
					if rd.toService(n, p, rd.r.Scope); len(rd.claims) > 0 && rd.claims[len(rd.claims)-1].targets != nil {
						c := rd.claims[len(rd.claims)-1]
						c.act, c.mentioned = ignore, c.targets
						if sel := rd.b.selected(rd.r.Scope, c.targets[0].fact.selector); sel != nil {
							c.targets = sel
						}
					}
					continue
				}
				rd.toService(n, p, rd.r.Scope)
			}
		}
	}
}

// scaler claims what an autoscaler scales, and the queue that it watches (K8).
func (rd *reader) scaler() {
	ref := rd.root.Lookup("spec", "scaleTargetRef")
	kind := ref.Get("kind").Str()
	if kind == "" {
		kind = "Deployment"
	}
	c := claim{path: "spec.scaleTargetRef.name", line: lineAt(rd.root, "spec.scaleTargetRef.name"), value: ref.Get("name").Str(), rule: "K-OWN", act: ownedBy, conf: c4.Certain}
	target := rd.b.byID[kubeID("apps", kind, rd.r.Scope, ref.Get("name").Str())]
	if target != nil {
		c.targets = []*thing{target}
	} else {
		c.reason = "what it scales is not among what was scanned"
	}
	rd.add(c)
	list := rd.root.Lookup("spec", "triggers")
	for i := range list.List() {
		meta := list.Items[i].Get("metadata")
		p := tree.Path("spec.triggers").Index(i).Key("metadata")
		for _, key := range []string{"queueName", "topicName", "eventHubName"} {
			n := meta.Get(key)
			if n.Str() == "" || target == nil {
				continue
			}
			c := claim{path: p.Key(key), line: int(n.Line), value: n.Text, rule: "K8", act: relate, label: "consumes", conf: c4.High, from: []*thing{target}}
			if q := rd.b.queueOf(meta, n.Text); q != nil {
				c.targets = []*thing{q}
			}
			if c.targets == nil {
				c.reason = "the queue is not among what was scanned"
			}
			rd.add(c)
		}
	}
}
