// Package likec4 writes a whole architecture as one file of LikeC4 (likec4.dev/dsl): what kinds there are, the model, what runs
// where, and the views. It is written for LikeC4 1.30 and later.
//
// Every element and every relationship of the model is there with its rule, its evidence and its owner as metadata. Deployment
// nodes and infrastructure stand in the model, where relationships reach them, and once more as the places of the deployment,
// where deployment views look for them. Left out are the properties of resources, the books (what became of each reference), and
// relationships between an element and what it is part of, which LikeC4 refuses: these are written as comments. Texts are one
// line, without characters that turn the direction of writing around.
package likec4

import (
	"cmp"
	"io"
	"maps"
	"slices"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

// Write writes m. The bytes depend on m's content only, not on the order of its lists.
func Write(w io.Writer, m *c4.Model) error {
	p := newPrinter(w)
	t := newTree(m)
	p.Line("// Written by c4arch from evidence; the metadata says which.")
	p.Line("// " + described(m))
	t.specification(p)
	p.Blank()
	p.Open("model")
	for _, n := range t.roots {
		p.element(n)
	}
	t.relationships(p)
	p.Close()
	t.deployment(p)
	t.views(p)
	return p.Flush() // holds the first error of any write
}

func described(m *c4.Model) string {
	s := scene.OrElse(scene.OneLine(m.Name), "Architecture") + ", collected at " + scene.OrElse(scene.OneLine(m.CollectedAt), "an unknown time")
	for i, from := range m.Scope {
		if i == 0 {
			s += " from " + scene.OneLine(from)
		} else {
			s += ", " + scene.OneLine(from)
		}
	}
	return s
}

// specification declares the kinds, relationship kinds and tags that the file uses.
func (t *tree) specification(p printer) {
	p.Blank()
	p.Open("specification")
	used := map[string]bool{}
	for _, n := range t.node {
		used[wordOf(n.element.Kind)] = true
	}
	for _, k := range kinds {
		if !used[k.word] {
			continue
		}
		p.Open("element", k.word)
		p.Line("notation", quote(k.name))
		p.Line("style {", k.style, "}")
		p.Close()
	}
	p.Open("deploymentNode", "place")
	p.Line("style { color gray }")
	p.Close()
	// In LikeC4 a line is dashed unless it says otherwise.
	p.Line("relationship certain { line solid }")
	p.Line("relationship high { line dashed }")
	p.Line("relationship may { line dotted }")
	for _, tag := range slices.Sorted(maps.Keys(t.tags)) {
		p.Line("tag", tag)
	}
	p.Close()
}

// kinds are the element kinds of the file. Words of LikeC4 that stand for something else have other names here.
var kinds = []struct {
	kind       c4.Kind
	word, name string
	style      string
}{
	{c4.Person, "person", "Person", "shape person; color indigo"},
	{c4.SoftwareSystem, "system", "Software System", "color primary"},
	{c4.Container, "container", "Container", "color sky"},
	{c4.Component, "component", "Component", "color slate"},
	{c4.DeploymentNode, "node", "Deployment Node", "color gray; opacity 15%"},
	{c4.InfrastructureNode, "infrastructure", "Infrastructure Node", "color gray"},
	{c4.Resource, "resource", "Resource", "color muted"},
	{"", "thing", "Element", "color muted"},
}

func wordOf(k c4.Kind) string {
	for _, o := range kinds {
		if o.kind == k {
			return o.word
		}
	}
	return "thing"
}

// shape is what LikeC4 calls the shape of an element, or "".
func shape(e *c4.Element) string {
	switch e.Shape {
	case "database", "cache":
		return "cylinder"
	case "storage":
		return "storage"
	case "queue":
		return "queue"
	case "browser":
		return "browser"
	}
	return ""
}

// element writes an element of the model and what is inside it.
func (p printer) element(n *node) {
	e := n.element
	p.Open(n.id, "=", wordOf(e.Kind), quote(nameOf(e)))
	p.tags(n.tags)
	p.property("description", e.Description)
	p.property("technology", scene.OrElse(e.Technology, e.ResourceType))
	style := ""
	if s := shape(e); s != "" {
		style = "shape " + s + "; "
	}
	if e.External {
		style += "color secondary; "
	}
	if style != "" {
		p.Line("style {", style[:len(style)-2], "}")
	}
	p.metadata(about(e))
	for _, c := range n.children {
		p.element(c)
	}
	p.Close()
}

// sorted are the relationships of which both ends are there, in the order of the file.
func (t *tree) sorted() []*c4.Relationship {
	list := make([]*c4.Relationship, 0, len(t.model.Relationships))
	for i := range t.model.Relationships {
		if r := &t.model.Relationships[i]; t.node[r.Source] != nil && t.node[r.Target] != nil {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b *c4.Relationship) int {
		return cmp.Or(cmp.Compare(t.node[a.Source].path, t.node[b.Source].path), cmp.Compare(t.node[a.Target].path, t.node[b.Target].path),
			cmp.Compare(a.Description, b.Description), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// relationships writes all of them, below the elements and with the whole path of either end, so that no name is read in the
// scope of another.
func (t *tree) relationships(p printer) {
	for _, r := range t.sorted() {
		s, d := t.node[r.Source], t.node[r.Target]
		if s != d && (s.within(d) || d.within(s)) {
			p.Line("// not written, as one end is part of the other:", s.path, "->", d.path, quote(scene.OneLine(r.Description)))
			continue
		}
		p.Open(s.path, "-["+string(confidence(r.Confidence))+"]->", d.path, quote(scene.OneLine(r.Description)))
		p.tags(relationshipTags(r))
		p.property("technology", r.Technology)
		p.metadata(append([]entry{{"id", []string{r.ID}}, {"rule", []string{r.Rule}}}, evidence(r.Evidence)))
		p.Close()
	}
}

func confidence(c c4.Confidence) c4.Confidence {
	if c == c4.High || c == c4.May {
		return c
	}
	return c4.Certain
}

func relationshipTags(r *c4.Relationship) []string {
	var out []string
	if r.Declared {
		out = append(out, "declared")
	}
	if r.Layer != "" {
		out = append(out, "layer-"+word(r.Layer))
	}
	return out
}
