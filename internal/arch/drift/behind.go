package drift

import (
	"slices"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
)

// behind are the elements that a network gate is attached to: subnets and interfaces. What lies in them did not change and is not named.
// Azure says it on both ends: a security group lists what it is attached to, and a subnet names its group
// (learn.microsoft.com/azure/templates/microsoft.network/networksecuritygroups).
func (w *where) behind(gate string) []string {
	var out []string
	for _, id := range w.attached(gate) {
		for _, kind := range []c4.Kind{c4.DeploymentNode, c4.InfrastructureNode} {
			if e := string(kind) + ":" + id; w.model[e] != nil {
				out = appendNew(out, e)
			}
		}
	}
	slices.Sort(out)
	return out
}

// attached are the ids of the subnets and interfaces that a gate lists, or that name it.
func (w *where) attached(gate string) []string {
	var ids []string
	add := func(id string) {
		if id != "" {
			ids = appendNew(ids, evidence.NormalizeARM(id))
		}
	}
	for _, r := range w.byID[gate] {
		v, err := r.Tree()
		if err != nil {
			continue
		}
		props := v.GetFold("properties")
		for _, list := range []string{"subnets", "networkInterfaces"} {
			for _, x := range props.GetFold(list).List() {
				add(x.GetFold("id").Str())
			}
		}
	}
	for _, id := range w.named()[gate] {
		add(id)
	}
	return ids
}

// named are, by the id of a gate, the ids of the subnets that name it. Every virtual network is looked at once.
func (w *where) named() map[string][]string {
	if w.subnets != nil {
		return w.subnets
	}
	w.subnets = map[string][]string{}
	for _, r := range w.networks {
		v := w.reading(r).Tree()
		for _, x := range v.GetFold("properties").GetFold("subnets").List() {
			gate := evidence.NormalizeARM(x.GetFold("properties").GetFold("networkSecurityGroup").GetFold("id").Str())
			if gate != "" {
				w.subnets[gate] = append(w.subnets[gate], x.GetFold("id").Str())
			}
		}
	}
	return w.subnets
}
