package derive

import (
	"encoding/base64"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// google finds what the references of a resource of the google provider mean together.
func (rd *reader) google() {
	switch rd.t.typ {
	case googleGrant:
		rd.grants()
	case "google_bigquery_dataset", "google_bigquery_dataset_access":
		rd.datasetAccess()
	case "google_compute_vpn_tunnel":
		rd.tunnel()
	case "google_eventarc_trigger":
		rd.eventSource(rd.root.Get("matching_criteria"), "matching_criteria", ownedBy, "")
	case "google_cloudfunctions_function", "google_cloudfunctions2_function":
		if list := rd.root.Get("event_trigger").List(); len(list) > 0 {
			rd.eventSource(list[0].Get("event_filters"), "event_trigger[0].event_filters", relate, "is triggered by")
		}
	}
}

// eventSource claims the bucket or topic that a filter of events names (cloud.google.com/eventarc/docs/event-types).
func (rd *reader) eventSource(filters *tree.Value, at tree.Path, do act, label string) {
	types := map[string]string{"bucket": "google_storage_bucket", "topic": "google_pubsub_topic", "database": "google_firestore_database"}
	for i := range filters.List() {
		f := &filters.Items[i]
		name := f.Get("value")
		types := types[f.Get("attribute").Str()]
		if types == "" || name.Str() == "" {
			continue
		}
		c := claim{path: at.Index(i).Key("value"), line: int(name.Line), value: name.Text, rule: "GR12", act: do, label: label, conf: c4.Certain, joined: true, reason: "what the events come from is not among what was scanned"}
		if c.targets = rd.b.named(types, name.Text, rd.r); c.targets != nil {
			c.reason = ""
		}
		rd.add(c)
	}
}

// tunnel draws the line between the two gateways that a VPN tunnel joins (GR15).
func (rd *reader) tunnel() {
	var near []*thing
	for _, key := range []string{"vpn_gateway", "target_vpn_gateway"} {
		near = append(near, rd.b.nameOf(rd.root.Get(key).Str())...)
	}
	for _, key := range []string{"peer_external_gateway", "peer_gcp_gateway", "peer_ip"} {
		far := rd.root.Get(key)
		if far.Str() == "" || len(near) == 0 {
			continue
		}
		c := claim{path: tree.Path(key), line: int(far.Line), value: far.Text, rule: "GR15", act: relate, label: "is connected to", tech: "VPN", conf: c4.Certain, from: near, targets: rd.b.nameOf(far.Text), joined: true}
		if key == "peer_ip" {
			c.targets = rd.things(rd.b.names.Host(far.Text))
		}
		if c.targets = slices.DeleteFunc(c.targets, func(t *thing) bool { return slices.Contains(near, t) }); len(c.targets) == 0 {
			c.reason = "it names a gateway that is not among what was scanned"
		}
		rd.add(c)
		return
	}
}

// routers returns the load balancers that a part of one belongs to: the URL maps that send traffic to it, or the forwarding
// rules where there are none.
func (t *thing) routers() []*thing {
	var out []*thing
	seen := map[*thing]bool{}
	for queue := []*thing{t}; len(queue) > 0 && len(seen) < 256; queue = queue[1:] {
		switch at := queue[0]; {
		case seen[at]:
		case at.rule.role == infra:
			seen[at] = true
			out = append(out, at)
		default:
			seen[at] = true
			queue = append(queue, at.senders...)
		}
	}
	slices.SortFunc(out, func(x, y *thing) int { return x.n - y.n })
	return out
}

// googleLine corrects a claim of a part of a load balancer: a part that is not drawn belongs to the one that names it, and a
// line to what serves starts at the load balancer.
func (rd *reader) googleLine(c *claim) {
	if c.rule != "GR10" || c.act != relate || len(c.targets) != 1 && c.host == "" {
		return
	}
	if len(c.targets) == 1 && (googleRoutes[c.targets[0].typ] || googleMembers[c.targets[0].typ]) {
		switch t := c.targets[0]; {
		case c.label == "gives private access to":
			return
		case isDrawn(t):
			c.act = relate
		case rd.t.rule.role == relation && rd.t.rule.variant == "proxied":
			c.act = ownedBy // the frontend of the URL map behind the proxy
		default:
			c.act = own
		}
		if c.act != relate {
			return
		}
	}
	if rs := rd.t.routers(); len(rs) > 0 {
		c.from = rs
	}
}

// joinAddresses lets a load balancer answer to the addresses of its forwarding rules. One that only redirects does not answer where
// another has the same address.
func (b *builder) joinAddresses() {
	for _, t := range b.things {
		for _, ip := range t.fact.tied("has address") {
			for at, n := t, 0; at != nil && n < 4; n++ {
				if at.rule.role == infra {
					b.names.AddHost(hostOf(ip), at.n)
					at.env = or(at.env, t.env) // a URL map has no labels; its frontend has
					break
				}
				var next *thing
				for _, to := range at.fact.tied("sends to") {
					if ts := b.nameOf(to); len(ts) == 1 {
						next = ts[0]
					}
				}
				at = next
			}
		}
	}
}

// withSubnet reports whether beside a network that traffic goes through the subnetwork is named.
func (rd *reader) withSubnet(p tree.Path) bool {
	at, ok := strings.CutSuffix(string(p), ".network")
	return ok && rd.root.At(tree.Path(at).Key("subnetwork")).Str() != ""
}

// joinNamesOfHosts lets what a DNS record points to answer to the record's name: the record of an address or a
// host that exactly one scanned thing has.
func (b *builder) joinNamesOfHosts() {
	for _, t := range b.things {
		r := b.resource(t)
		if t.typ != "google_dns_record_set" || r == nil {
			continue
		}
		name := strings.TrimSuffix(t.name, ".")
		if strings.HasPrefix(name, "*") || evidence.HasLeft(name) || b.names.Host(name) != nil {
			continue
		}
		var points []*thing
		for _, to := range t.fact.tied("points to") {
			for _, n := range b.names.Host(strings.TrimSuffix(to, ".")) {
				if p := b.things[n]; p != t && !slices.Contains(points, p) {
					points = append(points, p)
				}
			}
		}
		if len(points) == 1 {
			b.names.AddHost(name, points[0].n)
		}
	}
}

// secretStores makes the store of each project that has secrets: as a vault of Azure's, it is one box, and its secrets are
// entries of it.
func (b *builder) secretStores() {
	for _, t := range slices.Clone(b.things) {
		r := b.resource(t)
		if r == nil || !slices.Contains(strings.Fields(gcpSecrets), t.typ) {
			continue
		}
		id := "google:" + or(r.Scope, "projects/-") + "/secrets"
		store := b.byID[id]
		if store == nil {
			store = &thing{id: id, name: "Secret Manager", typ: googleStore, within: &place{t.obs[0], "id", r.Line("id")}, planned: t.planned}
			b.byID[id] = store
			b.things = append(b.things, store)
		}
		store.planned = store.planned && t.planned
		t.parent = store
		store.fronts = append(store.fronts, t)
	}
}

// apiBackends claims the addresses that an OpenAPI document of API Gateway sends calls to.
func (rd *reader) apiBackends(s string, rule *refRule, p tree.Path, line int) {
	text, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(text) > 1<<20 {
		return
	}
	for l := range strings.Lines(string(text)) {
		_, address, ok := strings.Cut(l, "address:")
		if !ok {
			continue
		}
		for _, h := range hostsIn(address) {
			c := rule.claim()
			c.path, c.line, c.value, c.tech, c.joined = p, line, h.name, h.tech(), true
			if c.targets = rd.things(rd.b.names.Host(h.name)); len(c.targets) == 0 {
				if !h.external() {
					continue
				}
				c.host = h.name
			}
			rd.add(c)
		}
	}
}

// platformHost reports whether a host is the platform's own interface, which is no system that somebody runs: the APIs, the
// metadata server, and the domains in the addresses of accounts.
func platformHost(h string) bool {
	for _, s := range []string{".googleapis.com", ".gserviceaccount.com", ".google.internal", ".svc.id.goog"} {
		if strings.HasSuffix(h, s) {
			return true
		}
	}
	return h == "googleapis.com" || h == "accounts.google.com" || h == "pkg.dev" || strings.HasSuffix(h, "-docker.pkg.dev")
}
