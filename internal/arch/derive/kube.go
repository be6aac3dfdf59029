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
	case typ == "ServiceAccount":
		rd.kubeRole()
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
	rd.googleImage(img, p)
	rd.awsRepository(img, p)
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
