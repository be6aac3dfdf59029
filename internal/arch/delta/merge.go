package delta

import (
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
)

// mostNodes is how many boxes a merged view has at most: what the layout takes. What vanished is left out of a view above it.
const mostNodes = 10_000

// Merge returns the model of both sides, for pictures: everything of the new one and what is no more, in views in which what is no more stands where
// it stood. A view whose subject is gone is there as it was. d is what Compare said of the two. Neither model is
// changed, and none of their values is shared for writing.
func Merge(old, now *c4.Model, d *Delta) *c4.Model {
	m := *now
	g := &merger{d: d, elements: map[string]bool{}, relationships: map[string]bool{}, now: map[string]bool{}}
	for i := range now.Elements {
		g.elements[now.Elements[i].ID], g.now[now.Elements[i].ID] = true, true
	}
	for i := range now.Relationships {
		g.relationships[now.Relationships[i].ID], g.now[now.Relationships[i].ID] = true, true
	}
	m.Elements = slices.Clone(now.Elements)
	for _, e := range old.Elements {
		if !g.elements[g.element(e.ID)] {
			g.elements[e.ID] = true
			e.Parent = g.element(e.Parent)
			m.Elements = append(m.Elements, e)
		}
	}
	m.Relationships = slices.Clone(now.Relationships)
	for _, r := range old.Relationships {
		if !g.relationships[g.relationship(r.ID)] {
			g.relationships[r.ID] = true
			r.Source, r.Target = g.element(r.Source), g.element(r.Target)
			m.Relationships = append(m.Relationships, r)
		}
	}
	m.Rules = slices.Clone(now.Rules)
	for _, r := range old.Rules {
		if !slices.ContainsFunc(now.Rules, func(n c4.Rule) bool { return n.ID == r.ID }) {
			m.Rules = append(m.Rules, r)
		}
	}
	m.Instances = g.instances(old, now)
	m.Views = g.views(old.Views, now.Views)
	sorted(&m)
	return &m
}

// sorted sorts m as [c4.Model.Sort] does, without writing into what it shares with the models that it was made of.
func sorted(m *c4.Model) {
	for i := range m.Elements {
		e := &m.Elements[i]
		e.Tags, e.Badges, e.Evidence = slices.Clone(e.Tags), slices.Clone(e.Badges), slices.Clone(e.Evidence)
	}
	for i := range m.Relationships {
		m.Relationships[i].Evidence = slices.Clone(m.Relationships[i].Evidence)
	}
	for i := range m.Instances {
		m.Instances[i].Evidence = slices.Clone(m.Instances[i].Evidence)
	}
	m.Inputs, m.NotRead = slices.Clone(m.Inputs), slices.Clone(m.NotRead)
	m.Account.ByRule, m.Account.References = slices.Clone(m.Account.ByRule), slices.Clone(m.Account.References)
	for i := range m.Account.References {
		m.Account.References[i].Targets = slices.Clone(m.Account.References[i].Targets)
	}
	m.Sort()
}

type merger struct {
	d                       *Delta
	elements, relationships map[string]bool // ids of the merged model
	now                     map[string]bool // ids of the new side
}

// element is the id in the merged model of what has the id on the old side.
func (g *merger) element(old string) string {
	if id, ok := g.d.elements[old]; ok {
		return id
	}
	return old
}

func (g *merger) relationship(old string) string {
	if id, ok := g.d.relationships[old]; ok {
		return id
	}
	return old
}

// gone reports whether what has the id on the old side, an element or a relationship, vanished. What a delta does not know, as one that nobody
// compared, is there while its id is.
func (g *merger) gone(id string) bool {
	_, there := g.d.NewID(id)
	return !there && !g.now[id]
}

// instances are those of the new model, and those of which the container or the node is no more.
func (g *merger) instances(old, now *c4.Model) []c4.Instance {
	out := slices.Clone(now.Instances)
	nodes := map[string]bool{} // matched elements may be no deployment nodes any more
	for _, e := range now.Elements {
		nodes[e.ID] = e.Kind == c4.DeploymentNode || e.Kind == c4.InfrastructureNode
	}
	for _, in := range old.Instances {
		if !g.gone(in.Container) && !g.gone(in.Node) {
			continue
		}
		gone := g.gone(in.Node)
		in.Container, in.Node = g.element(in.Container), g.element(in.Node)
		if gone || nodes[in.Node] {
			out = append(out, in)
		}
	}
	return out
}

func (g *merger) views(old, now []c4.View) []c4.View {
	type about struct {
		kind    c4.ViewKind
		subject string
	}
	byKey, bySubject, twice := map[string]int{}, map[about]int{}, map[about]bool{}
	out := make([]c4.View, 0, len(now))
	for i, v := range now {
		byKey[strings.ToLower(v.Key)] = i
		a := about{v.Kind, v.Subject}
		_, twice[a] = bySubject[a]
		bySubject[a] = i
		out = append(out, copied(v))
	}
	for i := range old {
		v := &old[i]
		n, there := byKey[strings.ToLower(v.Key)]
		if a := (about{v.Kind, g.element(v.Subject)}); !there && v.Subject != "" && !twice[a] {
			n, there = bySubject[a]
		}
		if there {
			g.into(&out[n], v)
		} else {
			whole := c4.View{Key: v.Key, Kind: v.Kind, Title: v.Title, Description: v.Description, Subject: g.element(v.Subject)}
			w := newWeaver(g, &whole, v)
			for j := range v.Nodes {
				w.node(v.Nodes[j].ID)
			}
			for j := range v.Lines {
				w.line(&v.Lines[j], v.Lines[j].Relationships)
			}
			w.end()
			byKey[strings.ToLower(v.Key)] = len(out)
			out = append(out, whole)
		}
	}
	return out
}

func copied(v c4.View) c4.View {
	v.Elements, v.Relationships, v.Nodes = slices.Clone(v.Elements), slices.Clone(v.Relationships), slices.Clone(v.Nodes)
	v.Lines = slices.Clone(v.Lines)
	for i := range v.Lines {
		v.Lines[i].Relationships = slices.Clone(v.Lines[i].Relationships)
	}
	return v
}

// into puts what vanished into the view that is left of the old one.
func (g *merger) into(v, old *c4.View) {
	w := newWeaver(g, v, old)
	for i := range old.Nodes {
		if n := &old.Nodes[i]; g.gone(n.Element) {
			w.node(n.ID)
		}
	}
	for i := range old.Lines {
		var gone []string
		for _, id := range old.Lines[i].Relationships {
			if g.gone(id) {
				gone = append(gone, id)
			}
		}
		if len(gone) > 0 {
			w.line(&old.Lines[i], gone)
		}
	}
	w.end()
}
