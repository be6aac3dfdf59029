package exposure

import (
	"fmt"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// When a network security group is gone, what it guarded may still be there: behind another group, which tells what that opens, or
// behind none, which does not, since it then depends on the sort of address that a thing has.

// guards says what is guarded by which groups, and which of it is there.
type guards struct {
	by    map[string][]string // ids of the groups of a subnet, an interface or a scale set
	of    map[string][]string // the reverse
	there map[string]bool
}

// readGuards goes over a snapshot for what is guarded by network security groups.
func readGuards(s *evidence.Snapshot) *guards {
	g := &guards{by: map[string][]string{}, of: map[string][]string{}, there: map[string]bool{}}
	for i := range s.Resources {
		r := &s.Resources[i]
		g.there[r.ID] = true
		switch typeOf(r) {
		case "microsoft.network/networksecuritygroups", "microsoft.network/virtualnetworks", "microsoft.network/virtualnetworks/subnets",
			"microsoft.network/networkinterfaces", "microsoft.compute/virtualmachinescalesets",
			"azurerm_virtual_network", "azurerm_subnet", "azurerm_network_interface", "azurerm_linux_virtual_machine_scale_set", "azurerm_windows_virtual_machine_scale_set",
			"azurerm_orchestrated_virtual_machine_scale_set", "azurerm_subnet_network_security_group_association", "azurerm_network_interface_security_group_association":
			if v, err := r.Tree(); err == nil {
				g.read(r, node{v: &v})
			}
		}
	}
	for id := range g.by {
		g.by[id] = sortedOnce(g.by[id])
		for _, group := range g.by[id] {
			g.of[group] = append(g.of[group], id)
		}
	}
	return g
}

func (g *guards) read(r *evidence.Resource, root node) {
	at := properties(r, root)
	switch t := typeOf(r); {
	case t == "microsoft.network/networksecuritygroups":
		for _, item := range slices.Concat(at.get("subnets").items(), at.get("networkInterfaces").items()) {
			g.add(reference(item.get("id").text()), r.ID)
		}
	case strings.HasSuffix(t, "_association"):
		g.add(reference(at.first("subnet_id", "network_interface_id").text()), reference(at.get("network_security_group_id").text()))
	case strings.Contains(t, "virtualnetworks") && !strings.HasSuffix(t, "/subnets"), t == "azurerm_virtual_network":
		for _, item := range slices.Concat(at.get("subnets").items(), at.get("subnet").items()) {
			id := r.ID + "/subnets/" + strings.ToLower(item.get("name").text())
			g.there[id] = true
			g.leaves(id, item.v)
		}
	default:
		g.leaves(r.ID, at.v)
	}
}

// leaves finds the ids of groups in a value.
func (g *guards) leaves(id string, v *tree.Value) {
	if v == nil {
		return
	}
	for _, leaf := range v.Leaves() {
		if group := reference(leaf.Str()); isGroup(group) {
			g.add(id, group)
		}
	}
}

func isGroup(id string) bool {
	a, ok := evidence.ParseARM(id)
	return ok && a.Type == "microsoft.network/networksecuritygroups" && a.Name != ""
}

func (g *guards) add(guarded, group string) {
	if guarded != "" && group != "" {
		g.by[guarded] = append(g.by[guarded], group)
	}
}

// withoutGroup says what became of what a group guarded that is no longer there.
func (c *comparison) withoutGroup(id string, old *gate) ([]Change, error) {
	if c.guardsOld == nil {
		c.guardsOld, c.guardsNew = readGuards(c.oldSnapshot), readGuards(c.newSnapshot)
	}
	bare := 0
	var others []string
	for _, guarded := range c.guardsOld.of[id] {
		if !c.guardsNew.there[guarded] {
			continue
		}
		now := c.guardsNew.by[guarded]
		if len(now) == 0 {
			bare++
		}
		others = append(others, now...)
	}
	var out []Change
	all := c.everyNew()
	for _, other := range sortedOnce(others) {
		for _, v := range all.of(other) {
			x, err := c.between(old, build(other, slices.Clone(all.parts[v])))
			if err != nil {
				return nil, err
			}
			out = append(out, x...)
		}
	}
	if bare > 0 {
		out = append(out, Change{Resource: id, Kind: old.kind, Old: old.own(), Unknown: []string{fmt.Sprintf(
			"the group is gone, and of what it guarded %d still stand without one: what comes in to them now depends on their addresses and on the gates before them", bare)}})
	}
	return out, nil
}

// everyNew are all gates of the new side.
func (c *comparison) everyNew() *gates {
	if c.every == nil {
		c.every = &gates{groups: c.new.groups, members: c.new.members, known: c.new.known, parts: map[variant][]*evidence.Resource{}}
		c.every.take(nil)
	}
	return c.every
}
