package structurizr

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

// node is an element in one of the two trees: static (people, systems, containers,
// components) or deployment.
type node struct {
	element  *c4.Element
	id       string // identifier in the DSL
	name     string // unique among its brothers, as the DSL demands
	depth    int
	parent   *node
	children []*node
	// Deployment only: what runs on it by environment, and the environments of all inside it.
	runs map[string][]c4.Instance
	envs map[string]bool
}

// tree is the model in the DSL's order.
type tree struct {
	model  *c4.Model
	roots  []*node // static, people first
	hosts  []*node // deployment
	static map[string]*node
	deploy map[string]*node
	envs   map[string]bool
	word   map[string]string    // by environment: what stands for it in identifiers
	hosted map[[2]string]string // identifier by a node's identifier and an environment, where there are several
}

func newTree(m *c4.Model) *tree {
	t := &tree{model: m, static: map[string]*node{}, deploy: map[string]*node{}, envs: map[string]bool{}}
	var all []*node
	for i := range m.Elements {
		e := &m.Elements[i]
		if e.Layer == "hidden" || e.Kind == c4.Resource {
			continue
		}
		n := &node{element: e}
		home := t.static
		if e.Kind == c4.DeploymentNode || e.Kind == c4.InfrastructureNode {
			home = t.deploy
		}
		if home[e.ID] == nil {
			home[e.ID] = n
			all = append(all, n)
		}
	}
	slices.SortFunc(all, func(a, b *node) int { return cmp.Compare(a.element.ID, b.element.ID) })
	for _, n := range all {
		n.parent = t.home(n)[n.element.Parent]
		if n.parent == nil || n.inCircle() {
			n.parent = nil
		}
	}
	for _, n := range all {
		t.place(n)
	}
	identify(all)
	t.roots, t.hosts = t.prune(t.roots, 2), t.prune(t.hosts, 1<<20)
	slices.SortStableFunc(t.roots, func(a, b *node) int { return cmp.Compare(a.rank(), b.rank()) })
	t.settle()
	t.identifyEnvironments()
	return t
}

func (t *tree) home(n *node) map[string]*node {
	if t.deploy[n.element.ID] == n {
		return t.deploy
	}
	return t.static
}

func (n *node) inCircle() bool {
	for p, steps := n.parent, 0; p != nil; p, steps = p.parent, steps+1 {
		if p == n || steps > 1000 {
			return true
		}
	}
	return false
}

func (t *tree) place(n *node) {
	switch {
	case n.parent != nil:
		n.parent.children = append(n.parent.children, n)
	case t.deploy[n.element.ID] == n:
		t.hosts = append(t.hosts, n)
	default:
		t.roots = append(t.roots, n)
	}
}

// prune numbers the levels, makes names unique among brothers and cuts what is deeper than the DSL goes.
func (t *tree) prune(brothers []*node, deepest int) []*node {
	distinguish(brothers)
	for _, n := range brothers {
		if n.parent != nil {
			n.depth = n.parent.depth + 1
		}
		if n.depth == deepest || n.element.Kind == c4.Person {
			t.drop(n.children)
			n.children = nil
		}
		n.children = t.prune(n.children, deepest)
	}
	return brothers
}

func (t *tree) drop(list []*node) {
	for _, n := range list {
		delete(t.home(n), n.element.ID)
		t.drop(n.children)
	}
}

// keyword is what the DSL calls an element at this place.
func (n *node) keyword() string {
	switch {
	case n.element.Kind == c4.Person && n.depth == 0:
		return "person"
	case n.depth == 0:
		return "softwareSystem"
	case n.depth == 1:
		return "container"
	default:
		return "component"
	}
}

func (n *node) rank() int {
	switch {
	case n.element.Kind == c4.Person:
		return 0
	case n.element.External:
		return 2
	}
	return 1
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

// identify gives every node an identifier made from its name, which no other node has. Identifiers are compared without regard
// to case; these have small letters only.
func identify(all []*node) {
	claims := make([]scene.Claim, len(all))
	for i, n := range all {
		claims[i] = scene.Claim{ID: n.element.ID, Name: slug(n.element)}
	}
	for i, id := range scene.Distinct(claims, func(c scene.Claim) string { return c.Name + "_" + short(c.ID) }) {
		all[i].id = id
	}
}

func slug(e *c4.Element) string {
	prefix := map[c4.Kind]string{
		c4.Person: "person", c4.SoftwareSystem: "system", c4.Container: "container", c4.Component: "component",
		c4.DeploymentNode: "node", c4.InfrastructureNode: "infra",
	}[e.Kind]
	if prefix == "" {
		prefix = "element"
	}
	word := ascii(e.Name)
	if word == "" {
		word = short(e.ID)
	}
	return prefix + "_" + word
}

// ascii keeps what an identifier may have of s.
func ascii(s string) string { return scene.Word(s, '_', 48) }

// short is a part of the digest of an element's id, for people to tell equal names apart by.
func short(id string) string { return scene.ShortDigest(id, 4) }

// distinguish gives brothers different names: a name borne twice gets the technology, and
// if that does not help, a digest of the id.
func distinguish(brothers []*node) {
	for _, n := range brothers {
		n.name = strings.Join(strings.Fields(n.element.Name), " ")
		if n.name == "" {
			n.name = n.element.ID
		}
	}
	suffix := func(more func(*node) string) {
		count := map[string]int{}
		for _, n := range brothers {
			count[strings.ToLower(quote(n.name))]++
		}
		for _, n := range brothers {
			if s := more(n); s != "" && count[strings.ToLower(quote(n.name))] > 1 {
				n.name += " (" + s + ")"
			}
		}
	}
	suffix(func(n *node) string { return n.element.Technology })
	suffix(func(n *node) string { return short(n.element.ID) })
	// Digests of that length can be made equal on purpose.
	taken := map[string]bool{}
	for _, n := range brothers {
		name := n.name
		for i := 2; taken[strings.ToLower(quote(n.name))]; i++ {
			n.name = fmt.Sprintf("%s (%d)", name, i)
		}
		taken[strings.ToLower(quote(n.name))] = true
	}
}
