package rendertest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

// builder collects a model by hand. It derives nothing that a test is about: views are
// made of the elements named, and their lines are the relationships lifted to them.
type builder struct {
	m c4.Model
}

func ev(input string, line int, resource, property string) c4.Evidence {
	return c4.Evidence{
		Input: input, Line: line, Resource: resource, Property: property,
		Commitment: canon.Sum([]byte(resource)),
	}
}

func (b *builder) add(e c4.Element) {
	if e.Evidence == nil && !slices.Contains(e.Badges, "declared") {
		e.Evidence = []c4.Evidence{}
	}
	b.m.Elements = append(b.m.Elements, e)
}

func (b *builder) rel(source, target, description, technology, rule string, sure c4.Confidence, evidence ...c4.Evidence) {
	if evidence == nil {
		evidence = []c4.Evidence{}
	}
	b.m.Relationships = append(b.m.Relationships, c4.Relationship{
		ID:     fmt.Sprintf("rel-%03d", len(b.m.Relationships)+1),
		Source: source, Target: target, Description: description, Technology: technology,
		Confidence: sure, Rule: rule, Evidence: evidence, Declared: rule == "declared",
	})
}

func (b *builder) parent(id string) string {
	for i := range b.m.Elements {
		if b.m.Elements[i].ID == id {
			return b.m.Elements[i].Parent
		}
	}
	return ""
}

// view adds a view of the elements; a parent that is among them becomes a boundary.
func (b *builder) view(key string, kind c4.ViewKind, title, subject string, elements ...string) {
	v := c4.View{Key: key, Kind: kind, Title: title, Subject: subject, Relationships: []string{}}
	v.Elements = slices.Sorted(slices.Values(elements))
	for _, id := range elements {
		n := c4.Node{ID: id, Element: id}
		if p := b.parent(id); slices.Contains(elements, p) {
			n.Parent = p
		}
		v.Nodes = append(v.Nodes, n)
	}
	slices.SortStableFunc(v.Nodes, func(x, y c4.Node) int { return cmp.Compare(depth(v.Nodes, x), depth(v.Nodes, y)) })
	b.lines(&v)
	b.m.Views = append(b.m.Views, v)
}

func depth(nodes []c4.Node, n c4.Node) int {
	d := 0
	for n.Parent != "" {
		i := slices.IndexFunc(nodes, func(o c4.Node) bool { return o.ID == n.Parent })
		if i < 0 {
			return d
		}
		n = nodes[i]
		d++
	}
	return d
}

func (b *builder) lines(v *c4.View) {
	boundary := map[string]bool{}
	for _, n := range v.Nodes {
		if n.Parent != "" {
			boundary[n.Parent] = true
		}
	}
	for _, r := range b.m.Relationships {
		s, t := b.shown(v, r.Source), b.shown(v, r.Target)
		if s == "" || t == "" || s == t || boundary[s] || boundary[t] {
			continue
		}
		v.Relationships = append(v.Relationships, r.ID)
		i := slices.IndexFunc(v.Lines, func(l c4.Line) bool { return l.Source == s && l.Target == t })
		if i < 0 {
			v.Lines = append(v.Lines, c4.Line{
				Source: s, Target: t, Description: r.Description, Technology: r.Technology,
				Confidence: r.Confidence, Relationships: []string{r.ID},
			})
			continue
		}
		l := &v.Lines[i]
		l.Relationships = append(l.Relationships, r.ID)
		if !strings.Contains(l.Description, r.Description) {
			l.Description += ", " + r.Description
		}
	}
}

func (b *builder) shown(v *c4.View, id string) string {
	for id != "" {
		if slices.Contains(v.Elements, id) {
			return id
		}
		id = b.parent(id)
	}
	return ""
}

// canonical returns the canonical form of {"name": s, "nested": {s: [s]}}.
func canonical(s string) (canon.Raw, error) {
	v := tree.Value{Kind: tree.Object, Members: []tree.Member{
		{Name: "name", Value: tree.Value{Kind: tree.String, Text: s}},
		{Name: "nested", Value: tree.Value{Kind: tree.Object, Members: []tree.Member{
			{Name: s, Value: tree.Value{Kind: tree.Array, Items: []tree.Value{{Kind: tree.String, Text: s}}}},
		}}},
	}}
	raw, _, err := canon.Encode(&v)
	return raw, err
}
