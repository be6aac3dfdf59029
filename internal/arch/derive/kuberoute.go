package derive

import (
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/tree"
)

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
