package structurizr

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

// unnamed is the environment of what names none; the DSL calls it the same.
const unnamed = "Default"

// settle notes what runs where: on every node the instances of each environment, and on every
// node the environments that it or a node inside it hosts something of.
func (t *tree) settle() {
	list := slices.Clone(t.model.Instances)
	slices.SortStableFunc(list, func(a, b c4.Instance) int {
		return cmp.Or(cmp.Compare(a.Node, b.Node), cmp.Compare(a.Environment, b.Environment), cmp.Compare(a.Container, b.Container))
	})
	for _, i := range list {
		n, c := t.deploy[i.Node], t.static[i.Container]
		// Only a system or a container can be deployed.
		if n == nil || c == nil || c.depth > 1 || c.element.Kind == c4.Person {
			continue
		}
		env := scene.OrElse(i.Environment, unnamed)
		if n.runs == nil {
			n.runs = map[string][]c4.Instance{}
		}
		if had := n.runs[env]; len(had) == 0 || had[len(had)-1].Container != i.Container {
			n.runs[env] = append(had, i)
		}
		t.envs[env] = true
		for ; n != nil; n = n.parent {
			if n.envs == nil {
				n.envs = map[string]bool{}
			}
			n.envs[env] = true
		}
	}
	if len(t.envs) == 0 && len(t.hosts) > 0 {
		t.envs[unnamed] = true
	}
}

// identifyEnvironments gives every environment a word and, where there are several, every node in each an identifier: a node that
// hosts things of two is there twice. No two are equal, also where a word of one looks like the end of another.
func (t *tree) identifyEnvironments() {
	var envs, hosts []scene.Claim
	for _, env := range slices.Sorted(maps.Keys(t.envs)) {
		envs = append(envs, scene.Claim{ID: env, Name: "env_" + ascii(env)})
	}
	marked := func(c scene.Claim) string { return strings.TrimSuffix(c.Name, "_") + "_" + short(c.ID) }
	t.word, t.hosted = map[string]string{}, map[[2]string]string{}
	for i, id := range scene.Distinct(envs, marked) {
		t.word[envs[i].ID] = strings.TrimPrefix(id, "env_")
	}
	if len(envs) < 2 {
		return
	}
	var keys [][2]string
	for _, n := range t.deploy {
		for env := range t.envs {
			keys = append(keys, [2]string{n.id, env})
			hosts = append(hosts, scene.Claim{ID: n.id + "\x00" + env, Name: n.id + "_" + t.word[env]})
		}
	}
	for i, id := range scene.Distinct(hosts, marked) {
		t.hosted[keys[i]] = id
	}
}

// hostID is the identifier of a node in an environment.
func (t *tree) hostID(n *node, env string) string {
	if id := t.hosted[[2]string{n.id, env}]; id != "" {
		return id
	}
	return n.id
}

// environments writes one deploymentEnvironment for each environment, with the nodes that host
// something in it. In the DSL a node belongs to one environment, so a node that hosts things
// of two (a subscription, a cluster) is written in both; a node that hosts nothing stands
// wherever the node around it does.
func (t *tree) environments(p printer) {
	for _, env := range slices.Sorted(maps.Keys(t.envs)) {
		p.Blank()
		p.Open("env_"+t.word[env], "=", "deploymentEnvironment", quote(env))
		d := deployment{tree: t, env: env, at: map[string]string{}}
		for _, n := range t.hosts {
			d.node(p, n)
		}
		d.relationships(p)
		p.Close()
	}
}

type deployment struct {
	tree *tree
	env  string
	at   map[string]string // element id -> identifier in this environment
}

func (d *deployment) node(p printer, n *node) {
	if len(n.envs) > 0 && !n.envs[d.env] {
		return
	}
	id := d.tree.hostID(n, d.env)
	d.at[n.element.ID] = id
	keyword := "deploymentNode"
	if n.infrastructure(d.env) {
		keyword = "infrastructureNode"
	}
	p.Open(id, "=", keyword, quote(n.name), quote(n.element.Description), quote(n.element.Technology), tags(n.element))
	p.properties(about(n.element))
	for _, i := range n.runs[d.env] {
		d.instance(p, i)
	}
	for _, c := range n.children {
		d.node(p, c)
	}
	p.Close()
}

// infrastructure reports whether n is an infrastructure node to Structurizr, where one holds nothing and stands in a deployment
// node.
func (n *node) infrastructure(env string) bool {
	return n.parent != nil && n.element.Kind == c4.InfrastructureNode && len(n.children) == 0 && len(n.runs[env]) == 0
}

func (d *deployment) instance(p printer, i c4.Instance) {
	c := d.tree.static[i.Container]
	keyword := "containerInstance"
	if c.depth == 0 {
		keyword = "softwareSystemInstance"
	}
	p.Open(keyword, c.id)
	p.properties(append([][2]string{{"c4arch.rule", i.Rule}}, evidence(i.Evidence)...))
	p.Close()
}

// relationships writes those between nodes; one between a node and a container is not
// legal in the DSL.
func (d *deployment) relationships(p printer) {
	seen := map[[3]string]bool{}
	for _, r := range d.tree.sorted() {
		s, t := d.tree.deploy[r.Source], d.tree.deploy[r.Target]
		if s == nil || t == nil || s.within(t) || t.within(s) || d.at[r.Source] == "" || d.at[r.Target] == "" {
			continue
		}
		d.tree.relationship(p, r, d.at[r.Source], d.at[r.Target], seen)
	}
}

// sorted are the model's relationships by their ends.
func (t *tree) sorted() []*c4.Relationship {
	list := make([]*c4.Relationship, len(t.model.Relationships))
	for i := range list {
		list[i] = &t.model.Relationships[i]
	}
	slices.SortFunc(list, func(a, b *c4.Relationship) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Target, b.Target), cmp.Compare(a.ID, b.ID))
	})
	return list
}
