// Package structurizr writes an architecture in the Structurizr DSL (docs.structurizr.com/dsl/language) and as Structurizr's
// workspace document (JSON), one workspace with model, views and styles.
//
// What is written is what the DSL can hold. Its model is a tree of three static levels, so an
// element's place in the tree decides the keyword; a resource (level 4 here) has no
// counterpart and is left out, as are its views and what is hidden by a rule. Relationships
// that the DSL refuses (between an element and what it is part of, or twice the same) are left
// out too. Every element and relationship carries its rule and its evidence as
// properties named c4arch.*.
//
// Identifiers are flat, which is the DSL's default and so needs no directive: they are unique by construction, so paths would only
// make every reference longer and change it whenever an element moves to another parent.
package structurizr

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

// Render writes m as a workspace. The bytes depend on m's content only, not on the order of its lists.
func Render(w io.Writer, m *c4.Model) error {
	p := newPrinter(w)
	t := newTree(m)
	p.Line("// Written by c4arch from evidence; the properties c4arch.* say which.")
	p.Line("// Level 4 (resources) has no counterpart in this language: see model.json or index.html.")
	p.Open("workspace", quote(scene.OrElse(m.Name, "Architecture")), quote(described(m)))
	p.Open("model")
	for _, n := range t.roots {
		p.static(n)
	}
	t.relationships(p)
	t.environments(p)
	p.Close()
	p.Blank()
	t.views(p)
	p.Close()
	return p.Flush() // holds the first error of any write
}

func described(m *c4.Model) string {
	s := "Collected at " + scene.OrElse(m.CollectedAt, "an unknown time")
	if len(m.Scope) > 0 {
		s += " from " + strings.Join(m.Scope, ", ")
	}
	return s
}

// static writes an element of the static model and what is inside it.
func (p printer) static(n *node) {
	e := n.element
	words := []string{n.id, "=", n.keyword(), quote(n.name), quote(e.Description)}
	if n.depth > 0 {
		words = append(words, quote(e.Technology))
	}
	p.Open(append(words, tags(e))...)
	p.properties(about(e))
	for _, c := range n.children {
		p.static(c)
	}
	p.Close()
}

// about returns the properties that every element carries.
func about(e *c4.Element) [][2]string {
	out := [][2]string{{"c4arch.id", e.ID}, {"c4arch.kind", string(e.Kind)}, {"c4arch.rule", e.Rule}}
	if e.Owner != "" {
		out = append(out, [2]string{"c4arch.owner", e.Owner})
	}
	if e.ResourceType != "" {
		out = append(out, [2]string{"c4arch.type", e.ResourceType})
	}
	return append(out, evidence(e.Evidence)...)
}

// evidence returns one property a piece: c4arch.evidence, c4arch.evidence.2 and so on.
func evidence(list []c4.Evidence) [][2]string {
	out := make([][2]string, 0, len(list))
	for i, e := range list {
		key := "c4arch.evidence"
		if i > 0 {
			key = fmt.Sprintf("%s.%d", key, i+1)
		}
		s := fmt.Sprintf("%s:%d %s", e.Input, e.Line, e.Resource)
		if e.Property != "" {
			s += " " + e.Property
		}
		if e.Commitment != "" {
			s += " " + string(e.Commitment)
		}
		out = append(out, [2]string{key, s})
	}
	return out
}

// tags returns the quoted, comma-separated tags of e.
func tags(e *c4.Element) string { return quote(strings.Join(labels(e), ",")) }

// labels are the tags of e: what the styles go by, then its own.
func labels(e *c4.Element) []string {
	var out []string
	add := func(s string) {
		s = strings.TrimSpace(strings.ReplaceAll(s, ",", " "))
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if e.External {
		add("External")
	}
	if e.Shape != "" {
		add("Shape " + e.Shape)
	}
	if e.Layer != "" {
		add("Layer " + e.Layer)
	}
	for _, b := range e.Badges {
		add(b)
	}
	for _, t := range slices.Sorted(slices.Values(e.Tags)) {
		add(t)
	}
	return out
}
