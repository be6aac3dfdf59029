package derive

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/overlay"
)

// relateClaim decides what a claim comes to, and draws it if it is a line.
func (b *builder) relateClaim(c *claim) {
	c.done = true
	switch {
	case c.act == ignore:
		c.outcome, c.hidden = c4.Hidden, c.rule
		if c.host != "" { // an ExternalName Service, an Istio ServiceEntry: the system exists, a line comes from its users
			b.external(c.host, b.evidenceOf(c.obs, c.path, c.line))
		}
		return
	case c.host != "":
		b.relateHost(c)
		return
	case len(c.targets) == 0:
		c.outcome = c4.Unresolved
		return
	case c.act == nest && len(c.targets) == 1:
		b.nested(c)
		return
	case c.act == own || c.act == ownedBy || c.act == nest:
		c.outcome = c4.Nested
		return
	}
	if len(c.targets) > 1 && !c.all && b.distinct(c.targets) > 1 {
		c.outcome, c.reason = c4.Ambiguous, "more than one scanned thing answers to it"
		return
	}
	var src, dst []*c4.Element
	for _, t := range c.from {
		src = append(src, b.ends(t)...)
	}
	for _, t := range c.targets {
		if only := b.onlyDatabase(t); only != nil && !c.byID && c.act == relate {
			dst = append(dst, only)
			continue
		}
		dst = append(dst, b.ends(t)...)
	}
	if c.act == reverse {
		src, dst = dst, src
	}
	if len(dst) == 0 || len(src) == 0 {
		if t := c.targets[0]; t.fact.external != "" { // an ExternalName Service
			c.host = t.fact.external
			b.relateHost(c)
			return
		}
		c.outcome, c.reason = c4.Unresolved, "the Service that it names selects no workload among what was scanned"
		return
	}
	b.draw(c, src, dst)
}

// distinct counts the boxes that targets are drawn as.
func (b *builder) distinct(ts []*thing) int {
	seen := map[*c4.Element]bool{}
	for _, t := range ts {
		for _, e := range b.ends(t) {
			seen[e] = true
		}
	}
	return len(seen)
}

// nested accounts for a containment: shown as nesting, or, when a stronger one won, as a line.
func (b *builder) nested(c *claim) {
	t := drawn(c.from[0])
	if t == nil || t.up == nil || isScope(c.targets[0]) || inside(t, c.targets[0]) {
		c.outcome = c4.Nested
		return
	}
	up, target := t.up, drawn(c.targets[0])
	if target == nil || up == target || inside(target, t) {
		c.outcome = c4.Nested
		return
	}
	c.label = "is attached to"
	b.draw(c, b.ends(t), []*c4.Element{target.el})
}

// relateHost draws the line to an external system or to a scope.
func (b *builder) relateHost(c *claim) {
	ev := b.evidenceOf(c.obs, c.path, c.line)
	var dst *c4.Element
	if strings.HasPrefix(c.host, "/subscriptions/") || strings.HasPrefix(c.host, "google:projects/") {
		dst = b.els["deploymentNode:"+c.host]
		if dst == nil {
			c.outcome, c.reason = c4.Unresolved, "nothing scanned is in that scope"
			return
		}
	} else {
		dst = b.external(c.host, ev)
	}
	var src []*c4.Element
	for _, t := range c.from {
		src = append(src, b.ends(t)...)
	}
	if len(src) == 0 {
		c.outcome, c.reason = c4.Unresolved, "what names the host is not drawn"
		return
	}
	b.draw(c, src, []*c4.Element{dst})
}

// draw makes the relationships between all sources and targets of a claim.
func (b *builder) draw(c *claim, src, dst []*c4.Element) {
	ev := b.evidenceOf(c.obs, c.path, c.line)
	c.outcome, c.hidden = c4.Hidden, "H-SAME"
	for _, s := range src {
		for _, d := range dst {
			if s == d || s.Parent == d.ID || d.Parent == s.ID {
				continue
			}
			layer := c.layer
			for _, e := range []*c4.Element{s, d} {
				if layer == "" && e.Layer != "" {
					layer = e.Layer
				}
				if layer == "" && e.Kind == c4.Resource && e.Rule != "M71" {
					layer = "hidden"
				}
			}
			r := b.relationship(s.ID, d.ID, c.label, c.tech, c.conf, c.rule, ev)
			if r.Layer != "" && layer == "" || len(r.Evidence) == 1 {
				r.Layer = layer
			}
			c.rels = append(c.rels, r.ID)
			if layer == "" {
				c.outcome, c.hidden = c4.Shown, ""
			} else if c.outcome == c4.Hidden {
				c.hidden = layerRule(layer)
			}
		}
	}
}

// relationship returns the line from source to target with a description; the same said twice is one
// line with two evidences, as sure as the surer.
func (b *builder) relationship(source, target, label, tech string, conf c4.Confidence, rule string, ev ...c4.Evidence) *c4.Relationship {
	sum := sha256.Sum256([]byte(source + "\x00" + target + "\x00" + label))
	id := "r-" + hex.EncodeToString(sum[:8])
	r := b.rels[id]
	if r == nil {
		r = &c4.Relationship{ID: id, Source: source, Target: target, Description: label, Technology: tech, Confidence: conf, Rule: rule}
		b.rels[id] = r
		b.relIDs = append(b.relIDs, id)
	}
	r.Evidence = appendEvidence(r.Evidence, ev...)
	if surer(conf, r.Confidence) {
		r.Confidence, r.Rule = conf, rule
	}
	if r.Technology == "" {
		r.Technology = tech
	}
	return r
}

var sureness = map[c4.Confidence]int{c4.Certain: 0, c4.High: 1, c4.May: 2}

func surer(a, b c4.Confidence) bool { return sureness[a] < sureness[b] }

// internet draws what takes traffic from the Internet: directly, or through a gateway.
func (b *builder) internet() {
	var net *c4.Element
	reach := func(e *c4.Element, label string, ev ...c4.Evidence) {
		if net == nil {
			net = b.put(&c4.Element{
				ID: "softwareSystem:internet", Kind: c4.SoftwareSystem, Name: "Internet", External: true, Shape: "internet", Rule: "I1",
				Description: "Whoever reaches what is public.", Badges: []string{"inferred"},
			})
		}
		net.Evidence = appendEvidence(net.Evidence, ev[0])
		b.relationship(net.ID, e.ID, label, "", c4.High, "I1", ev...)
		if !slices.Contains(e.Badges, "internet-facing") {
			e.Badges = append(e.Badges, "internet-facing")
		}
	}
	routes := map[string][]*c4.Relationship{} // by source
	for _, id := range b.relIDs {
		if r := b.rels[id]; r.Layer == "" && (strings.HasPrefix(r.Description, "routes to") || strings.HasPrefix(r.Description, "balances to")) {
			routes[r.Source] = append(routes[r.Source], r)
		}
	}
	b.through(routes)
	for _, t := range b.things {
		ev, ok := b.public(t)
		if !ok {
			continue
		}
		for _, e := range b.ends(t) {
			if e.Kind == c4.Resource {
				continue
			}
			reach(e, "reaches", ev)
			if e.Kind != c4.InfrastructureNode {
				continue
			}
			for _, r := range routes[e.ID] {
				if to := b.els[r.Target]; to.Kind == c4.Container || to.Kind == c4.Component {
					reach(to, "reaches through "+e.Name, append([]c4.Evidence{ev}, r.Evidence...)...)
				}
			}
		}
	}
}

// through draws what calls a gateway on to what the gateway routes to, so that level 2, which shows no gateways, does not lose
// the call. Which of several backends it reaches is not known: it may be each.
func (b *builder) through(routes map[string][]*c4.Relationship) {
	for _, id := range slices.Clone(b.relIDs) {
		r := b.rels[id]
		src, gw := b.els[r.Source], b.els[r.Target]
		if src.Kind != c4.Container || gw.Kind != c4.InfrastructureNode || r.Layer != "" || r.Confidence == c4.May || strings.HasPrefix(r.Description, "pulls images") {
			continue
		}
		conf := c4.May
		if len(routes[gw.ID]) == 1 {
			conf = c4.High
		}
		for _, to := range routes[gw.ID] {
			if dst := b.els[to.Target]; dst.Kind == c4.Container && dst != src {
				b.relationship(src.ID, dst.ID, "calls through "+gw.Name, r.Technology, conf, "I2", append(slices.Clone(r.Evidence), to.Evidence...)...)
			}
		}
	}
}

// public returns the fact that a thing takes traffic from the Internet: its own statement, or a public address.
func (b *builder) public(t *thing) (c4.Evidence, bool) {
	if t.fact.public != "" {
		for _, i := range t.obs {
			if b.facts[i].public != "" {
				return b.evidenceOf(i, b.facts[i].public, b.facts[i].publicLine), true
			}
		}
	}
	if t.typ != "microsoft.network/publicipaddresses" || t.owner == nil {
		return c4.Evidence{}, false
	}
	d := drawn(t)
	if d == nil {
		return c4.Evidence{}, false
	}
	switch d.typ {
	case "microsoft.compute/virtualmachines", "microsoft.compute/virtualmachinescalesets", "microsoft.network/applicationgateways", "microsoft.network/loadbalancers", "microsoft.containerinstance/containergroups":
		return b.about(t)[0], true
	}
	return c4.Evidence{}, false
}

// declared draws the relationships of c4arch.yaml.
func (b *builder) declared() {
	o := b.opt.Overlay
	if o == nil {
		return
	}
	for i := range o.Relationships {
		rel := &o.Relationships[i]
		for _, s := range b.refElements(rel.Source) {
			for _, d := range b.refElements(rel.Target) {
				if s != d {
					r := b.relationship(s.ID, d.ID, or(rel.Description, "uses"), rel.Technology, c4.Certain, "O1", b.said(rel.Line)...)
					r.Declared = true
				}
			}
		}
	}
}

// refElements are the elements that an end of a declared relationship means.
func (b *builder) refElements(r overlay.Ref) []*c4.Element {
	one := func(id string) []*c4.Element {
		if e := b.els[id]; e != nil {
			return []*c4.Element{e}
		}
		return nil
	}
	switch r.Kind {
	case overlay.PersonRef:
		return one("person:" + slug(r.Key))
	case overlay.SystemRef:
		return one("softwareSystem:declared/" + slug(r.Key))
	case overlay.ExternalRef:
		return one("softwareSystem:external/" + slug(r.Key))
	case overlay.ElementRef:
		for i := range b.opt.Overlay.Elements {
			if x := &b.opt.Overlay.Elements[i]; x.Key == r.Key {
				return b.selectedElements(x.Match)
			}
		}
	case overlay.SelectorRef:
		return b.selectedElements([]overlay.Selector{*r.Select})
	case overlay.NameRef:
		var out []*c4.Element
		for _, e := range b.order {
			if e.Name == r.Name && e.Kind != c4.Resource && e.Kind != c4.DeploymentNode {
				out = append(out, e)
			}
		}
		return out
	}
	return nil
}

// hide takes out of the pictures what people hid.
func (b *builder) hide() {
	o := b.opt.Overlay
	if o == nil {
		return
	}
	for _, t := range b.things {
		for _, i := range t.obs {
			h, _ := o.HiddenBy(&b.snap.Resources[i])
			if h == nil {
				continue
			}
			for _, e := range []*c4.Element{t.el, t.res} {
				if e != nil {
					e.Layer, e.HiddenBy = "hidden", "H-OVERLAY"
					e.Evidence = appendEvidence(e.Evidence, b.said(h.Line)...)
				}
			}
			break
		}
	}
	for _, id := range b.relIDs {
		r := b.rels[id]
		if b.els[r.Source].HiddenBy == "H-OVERLAY" || b.els[r.Target].HiddenBy == "H-OVERLAY" {
			r.Layer = "hidden"
		}
	}
	b.eachClaim(func(c *claim) {
		if c.outcome != c4.Shown {
			return
		}
		for _, id := range c.rels {
			if b.rels[id].Layer == "" {
				return
			}
		}
		c.outcome, c.hidden = c4.Hidden, "H-OVERLAY"
	})
}
