package derive

import (
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
)

// dropRings forgets which cluster manages a group where, through the groups that clusters stand in, the group would
// stand in itself.
func (b *builder) dropRings() {
	for _, id := range sortedKeys(b.nodeGroups) {
		seen := map[string]bool{}
		for at := id; at != "" && !seen[at]; {
			seen[at] = true
			cluster := b.nodeGroups[at]
			if cluster == nil {
				break
			}
			if at = groupOf(cluster.id); at == id {
				delete(b.nodeGroups, id)
			}
		}
	}
}

// groupOf returns the id of the resource group that an id names, or "".
func groupOf(id string) string {
	parts := strings.SplitN(id, "/", 6)
	if !evidence.IsARM(id) || len(parts) < 5 || parts[3] != "resourcegroups" {
		return ""
	}
	return strings.Join(parts[:5], "/")
}

// breakRings takes apart what the evidence says to contain itself. Sound evidence does not; hostile or broken evidence may, by ways
// that no check of two things at a time can see. The group in the ring, or else the first by id, stands outside of it.
func (b *builder) breakRings() {
	const sound = 2
	state := map[*c4.Element]int{}
	for _, e := range b.order {
		var chain []*c4.Element
		for at := e; at != nil && state[at] != sound; at = b.els[at.Parent] {
			if state[at] == 1 {
				b.cut(chain, at)
				break
			}
			state[at] = 1
			chain = append(chain, at)
		}
		for _, x := range chain {
			state[x] = sound
		}
	}
}

// cut ends the ring that the last of a chain closes at the element from.
func (b *builder) cut(chain []*c4.Element, from *c4.Element) {
	for len(chain) > 0 && chain[0] != from {
		chain = chain[1:]
	}
	out := chain[0]
	for _, e := range chain[1:] {
		if scope := e.Rule == "D-SCOPE"; scope && out.Rule != "D-SCOPE" || scope == (out.Rule == "D-SCOPE") && e.ID < out.ID {
			out = e
		}
	}
	out.Parent = ""
}
