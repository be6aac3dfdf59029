package likec4

import (
	"cmp"
	"slices"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

// node is an element where it stands.
type node struct {
	element  *c4.Element
	id       string // the last part of its path; no two are equal in the file
	path     string
	parent   *node
	children []*node
	tags     []string
	runs     []*instance // deployment and infrastructure only
	place    string      // its path in the deployment
	runsAt   []string    // the paths of its instances
}

// instance is a container that runs on a node.
type instance struct {
	of   *node
	id   string
	list []c4.Instance // one for each environment
}

// tree is the model in the order of the file.
type tree struct {
	model        *c4.Model
	roots        []*node
	node         map[string]*node // by element id
	relationship map[string]*c4.Relationship
	tags         map[string]bool
}

func newTree(m *c4.Model) *tree {
	t := &tree{model: m, node: make(map[string]*node, len(m.Elements)), tags: map[string]bool{}, relationship: make(map[string]*c4.Relationship, len(m.Relationships))}
	for i := range m.Relationships {
		t.relationship[m.Relationships[i].ID] = &m.Relationships[i]
	}
	var all []*node
	for i := range m.Elements {
		e := &m.Elements[i]
		if t.node[e.ID] == nil {
			n := &node{element: e, tags: tagsOf(e)}
			t.node[e.ID] = n
			all = append(all, n)
		}
	}
	slices.SortFunc(all, func(a, b *node) int {
		return cmp.Or(cmp.Compare(rank(a.element), rank(b.element)), cmp.Compare(a.element.ID, b.element.ID))
	})
	identify(all)
	for _, n := range all {
		n.parent = t.node[n.element.Parent]
	}
	for _, n := range all {
		if n.inCircle(len(all)) {
			n.parent = nil
		}
	}
	for _, n := range all {
		if n.parent == nil {
			t.roots = append(t.roots, n)
		} else {
			n.parent.children = append(n.parent.children, n)
		}
	}
	for _, n := range t.roots {
		n.walk("")
	}
	t.settle()
	t.collectTags(all)
	return t
}

// inCircle reports whether n is inside itself; most is how deep a tree of all elements can be.
func (n *node) inCircle(most int) bool {
	for p := n.parent; p != nil; p = p.parent {
		if most--; p == n || most < 0 {
			return true
		}
	}
	return false
}

func (n *node) walk(prefix string) {
	n.path = prefix + n.id
	for _, c := range n.children {
		c.walk(n.path + ".")
	}
}

// within reports whether n is o or inside it.
func (n *node) within(o *node) bool {
	for ; n != nil; n = n.parent {
		if n == o {
			return true
		}
	}
	return false
}

// rank is the order of kinds in the file; what is outside comes after what is inside.
func rank(e *c4.Element) int {
	for i, k := range kinds {
		if k.kind == e.Kind && e.External && e.Kind == c4.SoftwareSystem {
			return 2*i + 1
		} else if k.kind == e.Kind {
			return 2 * i
		}
	}
	return 2 * len(kinds)
}

// settle notes what runs where.
func (t *tree) settle() {
	list := slices.Clone(t.model.Instances)
	slices.SortStableFunc(list, func(a, b c4.Instance) int {
		return cmp.Or(cmp.Compare(a.Node, b.Node), cmp.Compare(a.Container, b.Container), cmp.Compare(a.Environment, b.Environment), cmp.Compare(a.Rule, b.Rule))
	})
	for _, i := range list {
		n, c := t.node[i.Node], t.node[i.Container]
		if n == nil || c == nil || !isPlace(n.element) || isPlace(c.element) {
			continue
		}
		if had := len(n.runs); had > 0 && n.runs[had-1].of == c {
			n.runs[had-1].list = append(n.runs[had-1].list, i)
			continue
		}
		n.runs = append(n.runs, &instance{of: c, id: "at_" + c.id, list: []c4.Instance{i}})
	}
}

func isPlace(e *c4.Element) bool {
	return e.Kind == c4.DeploymentNode || e.Kind == c4.InfrastructureNode
}

func (t *tree) collectTags(all []*node) {
	for _, n := range all {
		for _, tag := range n.tags {
			t.tags[tag] = true
		}
	}
	for i := range t.model.Relationships {
		for _, tag := range relationshipTags(&t.model.Relationships[i]) {
			t.tags[tag] = true
		}
	}
}

// tagsOf are the tags of an element: what it is, its badges, then its own. A tag is a word in LikeC4, so the texts of badges and
// tags are in the metadata too.
func tagsOf(e *c4.Element) []string {
	var out []string
	add := func(prefix, s string) {
		if s = prefix + scene.OrElse(word(s), short(s)); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if e.External {
		add("", "external")
	}
	if e.Layer != "" {
		add("layer-", e.Layer)
	}
	for _, b := range slices.Sorted(slices.Values(e.Badges)) {
		add("is-", b)
	}
	for _, s := range slices.Sorted(slices.Values(e.Tags)) {
		add("tag-", s)
	}
	return out
}

// identify gives every node an identifier made from its kind and name, which no other node has.
func identify(all []*node) {
	claims := make([]scene.Claim, len(all))
	for i, n := range all {
		claims[i] = scene.Claim{ID: n.element.ID, Name: wordOf(n.element.Kind) + "_" + word(n.element.Name)}
	}
	for i, id := range scene.Distinct(claims, func(c scene.Claim) string { return c.Name + "_" + short(c.ID) }) {
		all[i].id = id
	}
}

// word keeps what an identifier may have of s. It has no underscore, so that what stands behind one is ours.
func word(s string) string { return scene.Word(s, '-', 48) }

// short tells equal words apart.
func short(s string) string { return scene.ShortDigest(s, 6) }
