package derive

import (
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
)

// largeView is how many boxes a deployment picture may have before it is cut into one for
// each outer node (stack.md: above some 300 boxes no picture was readable).
const largeView = 150

// deployments draws where things run, one view per environment. What no tag puts into an environment stands
// in a view of its own, so that nothing is left out.
func (vb *viewBuilder) deployments() {
	byEnv := map[string][]*c4.Instance{}
	for _, k := range vb.instances() {
		byEnv[k.Environment] = append(byEnv[k.Environment], k)
	}
	loose := map[string]string{} // infrastructure and nodes without instances, to their environment
	for _, t := range vb.b.things {
		if t.el != nil && (t.el.Kind == c4.InfrastructureNode || t.el.Kind == c4.DeploymentNode) && shown(t.el) {
			loose[t.el.ID] = vb.b.envOf(t)
			if _, ok := byEnv[loose[t.el.ID]]; !ok {
				byEnv[loose[t.el.ID]] = nil
			}
		}
	}
	for _, env := range sortedKeys(byEnv) {
		title := "Deployment: " + env
		if env == "" {
			title = "Deployment"
			if len(byEnv) > 1 {
				title = "Deployment: no environment stated"
			}
		}
		var nodes []string
		for _, id := range sortedKeys(loose) {
			if loose[id] == env {
				nodes = append(nodes, id)
			}
		}
		vb.deployment(env, title, byEnv[env], nodes)
	}
}

func deploymentKey(env string) string {
	if env == "" {
		return "deployment"
	}
	return "deployment-" + slug(env)
}

func (vb *viewBuilder) instances() []*c4.Instance {
	var out []*c4.Instance
	for _, in := range vb.b.inst {
		if shown(vb.b.els[in.Container]) {
			out = append(out, in)
		}
	}
	slices.SortFunc(out, func(x, y *c4.Instance) int { return first(cmp(x.Node, y.Node), cmp(x.Container, y.Container)) })
	return out
}

// chain returns a node and what it is in, outermost first.
func (vb *viewBuilder) chain(id string) []string {
	var out []string
	for e, n := vb.b.els[id], 0; e != nil && n < 32; e, n = vb.b.els[e.Parent], n+1 {
		out = append(out, e.ID)
	}
	slices.Reverse(out)
	return out
}

// outer is the node of the second level that a node is in, or is: a resource group, a namespace.
func (vb *viewBuilder) outer(id string) string {
	c := vb.chain(id)
	return c[min(1, len(c)-1)]
}

func (vb *viewBuilder) deployment(env, title string, ins []*c4.Instance, loose []string) {
	parts := map[string]int{} // resource groups and other second-level nodes, by how much is in them
	for _, in := range ins {
		parts[vb.outer(in.Node)]++
	}
	for _, id := range loose {
		parts[vb.outer(id)]++
	}
	if len(ins)+len(loose) <= largeView || len(parts) < 2 {
		vb.deploymentOf(deploymentKey(env), title, "", ins, loose)
		return
	}
	vb.overview(env, title, parts)
	insOf, looseOf := map[string][]*c4.Instance{}, map[string][]string{}
	for _, in := range ins {
		insOf[vb.outer(in.Node)] = append(insOf[vb.outer(in.Node)], in)
	}
	for _, id := range loose {
		looseOf[vb.outer(id)] = append(looseOf[vb.outer(id)], id)
	}
	for _, part := range sortedKeys(parts) {
		some, rest := insOf[part], looseOf[part]
		// Its subject is the part, so that the box in the overview leads to it.
		vb.deploymentOf(key(deploymentKey(env), vb.b.els[part].Name, part), title+": "+vb.b.els[part].Name, part, some, rest)
	}
}

// overview shows only the outer nodes of an environment too large for one picture.
func (vb *viewBuilder) overview(env, title string, parts map[string]int) {
	s := newSketch(deploymentKey(env), c4.Deployment, title+": overview", "")
	s.view.Description = "Too large for one picture: each group has a view of its own."
	for _, p := range sortedKeys(parts) {
		vb.addChain(s, p)
	}
	vb.finish(s, nil)
}

func (vb *viewBuilder) addChain(s *sketch, id string) {
	parent := ""
	for _, n := range vb.chain(id) {
		s.add(n, n, parent)
		parent = n
	}
}

// touching returns the relationships of an element and, for a container, of its components.
func (vb *viewBuilder) touching(e *c4.Element) []*c4.Relationship {
	if e.Kind == c4.Container {
		return vb.under(e)
	}
	return vb.bySource[e.ID]
}

func (vb *viewBuilder) deploymentOf(k, title, subject string, ins []*c4.Instance, loose []string) {
	s := newSketch(k, c4.Deployment, title, subject)
	for _, id := range loose {
		vb.addChain(s, id)
	}
	times := map[string]int{}
	for _, in := range ins {
		times[in.Container]++
	}
	for _, in := range ins {
		vb.addChain(s, in.Node)
		id := in.Container
		if times[in.Container] > 1 {
			id += "@" + in.Node
		}
		s.add(id, in.Container, in.Node)
	}
	if len(s.view.Nodes) == 0 {
		return
	}
	var rels []*c4.Relationship
	seen := map[string]bool{}
	for _, e := range sortedKeys(s.of) {
		for _, r := range vb.touching(vb.b.els[e]) {
			if seen[r.ID] || r.Layer != "" {
				continue
			}
			seen[r.ID] = true
			if r.Rule == "I2" {
				continue // the gateway itself is drawn here
			}
			// Traffic enters through what it is public on; that a container is reached through
			// a gateway is the gateway's line here.
			if r.Source == "softwareSystem:internet" {
				if strings.HasPrefix(r.Description, "reaches through") || vb.lift(s, r.Target) == nil {
					continue
				}
				s.add(r.Source, r.Source, "")
			}
			rels = append(rels, r)
		}
	}
	vb.finish(s, rels)
}
