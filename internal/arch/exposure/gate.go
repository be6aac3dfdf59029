package exposure

import (
	"cmp"
	"slices"
	"strings"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
)

// gate is a gate as its resources describe it.
type gate struct {
	id   string
	kind Kind
	// parts are the resources that make it up: first itself where it is there, then its rules.
	parts []*evidence.Resource
	rules []rule
	notes []string // what could not be read, whether it opens or closes
	// partial: a part of it is not told at all.
	partial bool

	// Of a store or an API: who comes in to which ports where no list counts.
	ports    []Ports
	standard tri // the default action: yes lets everyone in
	// shut: no public address at all. lists: there are lists, which count instead of the standard.
	shut  tri
	lists bool
	// what said so
	standardAt, shutAt node
	standardBy, shutBy *evidence.Resource
}

// part is one resource of a gate while it is read.
type part struct {
	*gate
	r    *evidence.Resource
	root node // the properties
	at   node // below which what matters stands
}

// build reads the parts of a gate. The order of the parts does not matter.
func build(id string, parts []*evidence.Resource) *gate {
	slices.SortStableFunc(parts, func(a, b *evidence.Resource) int {
		return cmp.Or(compareBool(roles[typeOf(a)].member, roles[typeOf(b)].member), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Form, b.Form), cmp.Compare(a.Commitment, b.Commitment))
	})
	g := &gate{id: id, parts: parts}
	for _, r := range parts {
		role := roles[typeOf(r)]
		if role.read == nil {
			continue
		}
		g.kind = role.kind
		if r.Erased != "" {
			g.note(r, "its content was withdrawn")
			g.partial = true
			continue
		}
		v, err := r.Tree()
		if err != nil {
			g.note(r, "its content cannot be read")
			g.partial = true
			continue
		}
		root := node{v: &v}
		role.read(&part{gate: g, r: r, root: root, at: properties(r, root)})
	}
	g.settle()
	return g
}

func (g *gate) note(r *evidence.Resource, what string) {
	who := cmp.Or(plain(r.Name), plain(r.ID[strings.LastIndexByte(r.ID, '/')+1:]), "a part")
	g.notes = append(g.notes, who+": "+what)
}

// settle makes rules of the default action, and takes all away from what is shut.
func (g *gate) settle() {
	if g.kind == Network {
		return
	}
	switch {
	case g.lists || g.standard == no:
	case g.standard == open2:
		g.rules = append(g.rules, g.whole(puzzle("${}", g.standardAt), g.standardBy, g.standardAt.path))
	default:
		g.rules = append(g.rules, g.whole(everyone(), g.standardBy, g.standardAt.path))
	}
	switch g.shut {
	case yes:
		g.rules = nil
	case open2:
		g.rules = []rule{g.whole(puzzle("${}", g.shutAt), g.shutBy, g.shutAt.path)}
	}
}

// whole is the rule that no list of the gate makes: its default.
func (g *gate) whole(who party, by *evidence.Resource, at diff.Path) rule {
	if by == nil {
		by = g.own()
	}
	return rule{priority: 2, protocols: tcp, ports: g.ports, from: who, to: everyone(), name: "default", resource: by, path: at}
}

// allow adds a rule of a list, which lets somebody in to the gate's ports.
func (p *part) allow(name string, path diff.Path, who party) {
	who.done()
	p.rules = append(p.rules, rule{priority: 1, protocols: tcp, ports: p.ports, from: who, to: everyone(), name: name, resource: p.r, path: path})
}

// standardIs reads the default action.
func (p *part) standardIs(n node, open, closed string) {
	if t := n.tri(open, closed); t != unsaid {
		p.standard, p.standardAt, p.standardBy = t, n, p.r
	}
}

// shutIs reads a property that says whether there is a public way in at all.
func (p *part) shutIs(n node, shut, notShut string) {
	if t := n.tri(shut, notShut); t != unsaid && p.shut != yes {
		p.shut, p.shutAt, p.shutBy = t, n, p.r
	}
}

// own returns the resource of the gate itself, or the first of its rules.
func (g *gate) own() *evidence.Resource {
	if len(g.parts) == 0 {
		return nil
	}
	return g.parts[0]
}

// isolated reports whether only rules of the gate are there, and not what they are rules of.
func (g *gate) isolated() bool {
	return len(g.parts) == 0 || roles[typeOf(g.parts[0])].member
}
