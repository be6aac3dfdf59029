package structurizr

import (
	"maps"
	"slices"

	"c4arch/internal/arch/c4"
)

// deployments returns the outermost nodes of each environment with what is inside them, as the DSL's environments have them: a
// node that hosts things of two environments is there twice.
func (d *document) deployments() []*jsonElement {
	var out []*jsonElement
	for _, env := range slices.Sorted(maps.Keys(d.envs)) {
		at := map[string]string{}
		for _, n := range d.hosts {
			if e := d.host(n, env, at); e != nil {
				out = append(out, e)
			}
		}
		d.between(at)
	}
	return out
}

func (d *document) host(n *node, env string, at map[string]string) *jsonElement {
	if len(n.envs) > 0 && !n.envs[env] {
		return nil
	}
	out := &jsonElement{
		ID: d.hostID(n, env), Name: n.name, Description: n.element.Description, Technology: n.element.Technology, Environment: env,
		Properties: properties(about(n.element)),
	}
	at[n.element.ID] = out.ID
	d.at[out.ID] = out
	if n.infrastructure(env) {
		out.Tags = tagged(n.element, "Element", "Infrastructure Node")
		return out
	}
	out.Tags, out.Instances = tagged(n.element, "Element", "Deployment Node"), "1"
	for _, i := range n.runs[env] {
		d.instance(out, n, env, i)
	}
	for _, c := range n.children {
		switch e := d.host(c, env, at); {
		case e == nil:
			continue
		case c.infrastructure(env):
			out.InfrastructureNodes = append(out.InfrastructureNodes, e)
		default:
			out.Children = append(out.Children, e)
		}
		d.up[at[c.element.ID]] = out.ID
	}
	return out
}

func (d *document) instance(host *jsonElement, n *node, env string, i c4.Instance) {
	c := d.tree.static[i.Container]
	out := &jsonElement{
		ID: d.named("instance", env, n.element.ID, i.Container), InstanceID: 1, Environment: env,
		Properties: properties(append([][2]string{{"c4arch.rule", i.Rule}}, evidence(i.Evidence)...)),
	}
	d.at[out.ID], d.up[out.ID] = out, host.ID
	d.instances[[3]string{env, i.Node, i.Container}] = out.ID
	if c.depth == 0 {
		out.SoftwareSystemID, out.Tags = c.id, "Software System Instance"
		host.SoftwareSystemInstances = append(host.SoftwareSystemInstances, out)
		return
	}
	out.ContainerID, out.Tags = c.id, "Container Instance"
	host.ContainerInstances = append(host.ContainerInstances, out)
}

// between adds the relationships between the nodes of one environment.
func (d *document) between(at map[string]string) {
	for _, r := range d.sorted() {
		s, t := d.deploy[r.Source], d.deploy[r.Target]
		if s == nil || t == nil || s.within(t) || t.within(s) || at[r.Source] == "" || at[r.Target] == "" {
			continue
		}
		d.relate(at[r.Source], at[r.Target], r)
	}
}
