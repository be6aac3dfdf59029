package derive

import (
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
)

// settle decides, from all claims, what is a part of what and what is inside what.
func (b *builder) settle() {
	b.eachClaim(func(c *claim) {
		if len(c.targets) == 0 {
			return
		}
		switch c.act {
		case own:
			for _, t := range c.targets {
				setOwner(t, c.from[0])
			}
		case ownedBy:
			from := c.from[0]
			setOwner(from, c.targets[0])
			if c.rule == "K2" {
				for _, t := range c.targets {
					if !slices.Contains(from.fronts, t) {
						from.fronts = append(from.fronts, t)
					}
				}
			}
		}
	})
	for _, id := range sortedKeys(b.nodeGroups) {
		if g := b.byID[id]; g != nil { // the cluster's own group stands inside it
			cluster := b.nodeGroups[id]
			g.up, g.upRank, g.upRule, g.upEv = cluster, rankHost, "R23", b.about(cluster)
		}
	}
	b.runtimeStores()
	b.logBuckets()
	b.eachClaim(func(c *claim) {
		if c.act != nest || len(c.targets) != 1 {
			return
		}
		t := drawn(c.from[0])
		if t == nil {
			t = c.from[0]
		}
		b.place(t, c.targets[0], c)
	})
}

func (b *builder) eachClaim(f func(c *claim)) {
	for _, list := range b.book.claims {
		for _, c := range list {
			f(c)
		}
	}
}

// setOwner makes t a part of o, unless that would be a circle or t has an owner.
func setOwner(t, o *thing) {
	if t == o || t.owner != nil {
		return
	}
	for up, n := o, 0; up != nil && n < 16; up, n = up.owner, n+1 {
		if up == t {
			return
		}
	}
	t.owner = o
}

// place puts t into target if no containment of a higher rank is known. A machine in two
// subnets stands in the first by id.
func (b *builder) place(t, target *thing, c *claim) {
	if t == target || inside(target, t) {
		return
	}
	if t.up != nil && (t.upRank > c.rank || t.upRank == c.rank && t.up.id <= target.id) {
		if t.up == target {
			t.upEv = append(t.upEv, b.evidenceOf(c.obs, c.path, c.line))
		}
		return
	}
	t.up, t.upRank, t.upRule = target, c.rank, c.rule
	t.upEv = []c4.Evidence{b.evidenceOf(c.obs, c.path, c.line)}
}

// inside reports whether t is in container, by the containments known so far.
func inside(t, container *thing) bool {
	for n := 0; t != nil && n < 32; n++ {
		if t == container {
			return true
		}
		if t.up != nil {
			t = t.up
		} else {
			t = t.parent
		}
	}
	return false
}

func isDrawn(t *thing) bool {
	switch t.rule.role {
	case container, component, deployment, infra:
		return true
	}
	return false
}

// drawn returns the thing whose box stands for t: itself, what owns it, or what it is a part of by its
// id; nil when there is none.
func drawn(t *thing) *thing {
	for n := 0; t != nil && n < 16; n++ {
		switch {
		case isDrawn(t):
			return t
		case t.owner != nil:
			t = t.owner
		case t.rule.role != unmapped && t.parent != nil && !isScope(t.parent):
			t = t.parent
		default:
			return nil
		}
	}
	return nil
}

func isScope(t *thing) bool {
	return strings.HasPrefix(t.typ, "microsoft.resources/") || t.typ == "google_project"
}

// ends returns the elements that a line to or from t is drawn at. A Service stands for its
// workloads; a machine for what runs on it; what has no box for its resource on level 4.
func (b *builder) ends(t *thing) []*c4.Element {
	if t.typ == "kubernetes:Service" || len(t.fronts) > 0 && awsFronts[t.typ] {
		var out []*c4.Element
		for _, w := range t.fronts {
			out = append(out, b.ends(w)...)
		}
		return out
	}
	d := drawn(t)
	if d == nil {
		if t.res != nil {
			return []*c4.Element{t.res}
		}
		return nil
	}
	if w := b.els["container:"+d.id+"#workload"]; w != nil {
		return []*c4.Element{w}
	}
	if w := b.els["container:"+d.id+"#data"]; w != nil {
		return []*c4.Element{w}
	}
	if d.el == nil {
		return nil
	}
	return []*c4.Element{d.el}
}

// onlyDatabase returns the database of a server, or the queue of a namespace, that has exactly one: what uses the server
// uses it.
func (b *builder) onlyDatabase(server *thing) *c4.Element {
	if !holdsData(server.typ) {
		return nil
	}
	var only *c4.Element
	for _, t := range b.inServer[server] {
		if t.el == nil || t.el.Kind != c4.Container {
			continue
		}
		if only != nil {
			return nil
		}
		only = t.el
	}
	return only
}

// runtimePlaces are the properties by which the platform uses a storage account for itself: what a function app
// keeps its own state in, the boot diagnostics of a machine (learn.microsoft.com/azure/azure-functions/functions-app-settings).
var runtimePlaces = set(`azurewebjobsstorage azurewebjobsstorage__accountname azurewebjobsstorage__blobserviceuri website_contentazurefileconnectionstring
azurewebjobsdashboard storage_account_name storageuri storage_account_uri storage_uri`)

// runtimeStores hides the storage accounts that nothing uses but the platform (M30).
func (b *builder) runtimeStores() {
	type use struct{ runtime, other bool }
	uses := map[*thing]*use{}
	own := map[[2]*thing]bool{} // who keeps its runtime state in which account
	for _, pass := range []bool{true, false} {
		b.eachClaim(func(c *claim) {
			if c.act != relate || len(c.targets) != 1 || len(c.from) == 0 {
				return
			}
			t := c.targets[0]
			if t.typ != "microsoft.storage/storageaccounts" {
				return
			}
			runtime := c.runtime || strings.HasPrefix(strings.ToLower(string(c.path)), "properties.functionappconfig.deployment.storage.") || c.layer == "observability"
			if pass {
				if runtime {
					own[[2]*thing{c.from[0], t}] = true
				}
				return
			}
			u := uses[t]
			if u == nil {
				u = &use{}
				uses[t] = u
			}
			switch {
			case runtime:
				u.runtime = true
			case c.rule == "R6" || c.rule == "R4" && own[[2]*thing{c.from[0], t}]:
			default:
				u.other = true
			}
		})
	}
	for _, t := range b.things {
		if t.parent != nil && uses[t.parent] != nil && isDrawn(t) {
			uses[t.parent].other = true // its queues and containers are shown
		}
	}
	for t, u := range uses {
		if u.runtime && !u.other {
			t.rule = &typeRule{id: "M30-RUNTIME", role: hidden, tech: t.rule.tech, shape: t.rule.shape, layer: "hidden"}
		}
	}
}
