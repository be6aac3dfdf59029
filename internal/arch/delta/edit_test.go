package delta_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"c4arch/internal/app"
	"c4arch/internal/arch/c4"
)

var scanned = sync.OnceValues(func() (*c4.Model, error) {
	m, _, err := app.Scan(context.Background(), app.ScanOptions{
		Paths: []string{filepath.Join("..", "..", "..", "examples", "contoso")},
		Name:  "contoso", At: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Key: []byte(strings.Repeat("k", 32)),
	})
	return m, err
})

// contoso is a copy of the model of the example.
func contoso(t interface{ Fatal(...any) }) *c4.Model {
	m, err := scanned()
	if err != nil {
		t.Fatal(err)
	}
	return clone(m)
}

func clone(m *c4.Model) *c4.Model {
	c := *m
	c.Elements, c.Relationships = slices.Clone(m.Elements), slices.Clone(m.Relationships)
	c.Instances, c.Views, c.Rules = slices.Clone(m.Instances), slices.Clone(m.Views), slices.Clone(m.Rules)
	for i := range c.Elements {
		e := &c.Elements[i]
		e.Badges, e.Tags, e.Evidence = slices.Clone(e.Badges), slices.Clone(e.Tags), slices.Clone(e.Evidence)
	}
	for i := range c.Relationships {
		c.Relationships[i].Evidence = slices.Clone(c.Relationships[i].Evidence)
	}
	for i := range c.Views {
		v := &c.Views[i]
		v.Elements, v.Relationships, v.Nodes, v.Lines = slices.Clone(v.Elements), slices.Clone(v.Relationships), slices.Clone(v.Nodes), slices.Clone(v.Lines)
		for j := range v.Lines {
			v.Lines[j].Relationships = slices.Clone(v.Lines[j].Relationships)
		}
	}
	return &c
}

func element(m *c4.Model, id string) *c4.Element {
	for i := range m.Elements {
		if m.Elements[i].ID == id {
			return &m.Elements[i]
		}
	}
	return nil
}

// named finds an element by kind and name.
func named(t testing.TB, m *c4.Model, kind c4.Kind, name string) *c4.Element {
	t.Helper()
	for i := range m.Elements {
		if e := &m.Elements[i]; e.Kind == kind && e.Name == name {
			return e
		}
	}
	t.Fatalf("no %s %q", kind, name)
	return nil
}

// remove takes elements out, with all that is in them and all that stands on them, and leaves a sound model.
func remove(m *c4.Model, ids ...string) {
	gone := map[string]bool{}
	for _, id := range ids {
		gone[id] = true
	}
	for again := true; again; {
		again = false
		for _, e := range m.Elements {
			if gone[e.Parent] && !gone[e.ID] {
				gone[e.ID], again = true, true
			}
		}
	}
	m.Elements = slices.DeleteFunc(m.Elements, func(e c4.Element) bool { return gone[e.ID] })
	m.Instances = slices.DeleteFunc(m.Instances, func(in c4.Instance) bool { return gone[in.Container] || gone[in.Node] })
	var rels []string
	for _, r := range m.Relationships {
		if gone[r.Source] || gone[r.Target] {
			rels = append(rels, r.ID)
		}
	}
	unrelate(m, rels...)
	m.Views = slices.DeleteFunc(m.Views, func(v c4.View) bool { return gone[v.Subject] })
	for i := range m.Views {
		v := &m.Views[i]
		out := map[string]bool{}
		v.Nodes = slices.DeleteFunc(v.Nodes, func(n c4.Node) bool {
			if gone[n.Element] || out[n.Parent] {
				out[n.ID] = true
			}
			return out[n.ID]
		})
		v.Lines = slices.DeleteFunc(v.Lines, func(l c4.Line) bool { return out[l.Source] || out[l.Target] })
		relist(v)
	}
}

// unrelate takes relationships out.
func unrelate(m *c4.Model, ids ...string) {
	m.Relationships = slices.DeleteFunc(m.Relationships, func(r c4.Relationship) bool { return slices.Contains(ids, r.ID) })
	for i := range m.Views {
		v := &m.Views[i]
		for j := range v.Lines {
			v.Lines[j].Relationships = slices.DeleteFunc(v.Lines[j].Relationships, func(id string) bool { return slices.Contains(ids, id) })
		}
		v.Lines = slices.DeleteFunc(v.Lines, func(l c4.Line) bool { return len(l.Relationships) == 0 })
		relist(v)
	}
}

func relist(v *c4.View) {
	v.Elements, v.Relationships = []string{}, []string{}
	for _, n := range v.Nodes {
		v.Elements = append(v.Elements, n.Element)
	}
	for _, l := range v.Lines {
		v.Relationships = append(v.Relationships, l.Relationships...)
	}
	slices.Sort(v.Elements)
	slices.Sort(v.Relationships)
	v.Elements, v.Relationships = slices.Compact(v.Elements), slices.Compact(v.Relationships)
}

// rename gives an element another id everywhere.
func rename(m *c4.Model, old, now string) {
	to := func(id *string) {
		if *id == old {
			*id = now
		}
	}
	for i := range m.Elements {
		to(&m.Elements[i].ID)
		to(&m.Elements[i].Parent)
	}
	for i := range m.Relationships {
		r := &m.Relationships[i]
		if r.Source == old || r.Target == old {
			was := r.ID
			r.ID += "'" // an id depends on the ends
			for j := range m.Views {
				for k := range m.Views[j].Lines {
					for n, id := range m.Views[j].Lines[k].Relationships {
						if id == was {
							m.Views[j].Lines[k].Relationships[n] = r.ID
						}
					}
				}
			}
		}
		to(&r.Source)
		to(&r.Target)
	}
	for i := range m.Instances {
		to(&m.Instances[i].Container)
		to(&m.Instances[i].Node)
	}
	for i := range m.Views {
		v := &m.Views[i]
		if v.Subject == old {
			v.Key += "-moved"
		}
		to(&v.Subject)
		for j := range v.Nodes {
			if v.Nodes[j].Element == old && v.Nodes[j].ID == old {
				v.Nodes[j].ID = now
			}
			to(&v.Nodes[j].Element)
			to(&v.Nodes[j].Parent)
		}
		for j := range v.Lines {
			to(&v.Lines[j].Source)
			to(&v.Lines[j].Target)
		}
		relist(v)
	}
}

// relate adds a relationship and draws it in each view that shows both ends once.
func relate(m *c4.Model, source, target, says string) string {
	id := "r-new"
	for slices.ContainsFunc(m.Relationships, func(r c4.Relationship) bool { return r.ID == id }) {
		id += "-again"
	}
	r := c4.Relationship{ID: id, Source: source, Target: target, Description: says, Confidence: c4.High, Rule: m.Rules[0].ID, Evidence: m.Elements[0].Evidence}
	m.Relationships = append(m.Relationships, r)
	for i := range m.Views {
		v := &m.Views[i]
		from, to := nodeOf(v, source), nodeOf(v, target)
		if from == nil || to == nil || inside(v, from.ID, to.ID) || inside(v, to.ID, from.ID) {
			continue
		}
		v.Lines = append(v.Lines, c4.Line{Source: from.ID, Target: to.ID, Description: says, Confidence: c4.High, Relationships: []string{r.ID}})
		relist(v)
	}
	return r.ID
}

func nodeOf(v *c4.View, element string) *c4.Node {
	for i := range v.Nodes {
		if v.Nodes[i].Element == element {
			return &v.Nodes[i]
		}
	}
	return nil
}

func inside(v *c4.View, in, out string) bool {
	for in != "" {
		if in == out {
			return true
		}
		i := slices.IndexFunc(v.Nodes, func(n c4.Node) bool { return n.ID == in })
		in = v.Nodes[i].Parent
	}
	return false
}

// add puts a container into a system, and into its view of containers.
func add(m *c4.Model, system, name string) string {
	id := "container:new/" + name
	m.Elements = append(m.Elements, c4.Element{ID: id, Kind: c4.Container, Name: name, Parent: system, Rule: m.Rules[0].ID, Evidence: m.Elements[0].Evidence})
	for i := range m.Views {
		v := &m.Views[i]
		if v.Kind == c4.Containers && v.Subject == system {
			if n := nodeOf(v, system); n != nil {
				v.Nodes = append(v.Nodes, c4.Node{ID: id, Element: id, Parent: n.ID})
				relist(v)
			}
		}
	}
	return id
}

// edits changes m in some ways and returns what moved.
func edits(t *rapid.T, m *c4.Model) map[string]string {
	moved := map[string]string{}
	for n := range rapid.IntRange(0, 6).Draw(t, "edits") {
		if len(m.Elements) < 20 {
			break
		}
		pick := func(what string, kinds ...c4.Kind) *c4.Element {
			var of []*c4.Element
			for i := range m.Elements {
				if len(kinds) == 0 || slices.Contains(kinds, m.Elements[i].Kind) {
					of = append(of, &m.Elements[i])
				}
			}
			if len(of) == 0 {
				return &m.Elements[0]
			}
			return of[rapid.IntRange(0, len(of)-1).Draw(t, what)]
		}
		switch rapid.IntRange(0, 9).Draw(t, "edit") {
		case 0, 1:
			remove(m, pick("gone").ID)
		case 2:
			if k := len(m.Relationships); k > 0 {
				unrelate(m, m.Relationships[rapid.IntRange(0, k-1).Draw(t, "line")].ID)
			}
		case 3:
			add(m, pick("system", c4.SoftwareSystem).ID, fmt.Sprint("added-", n))
		case 4:
			relate(m, pick("from", c4.Container, c4.SoftwareSystem).ID, pick("to", c4.Container, c4.SoftwareSystem).ID, "calls anew")
		case 5:
			pick("renamed").Name += " (new)"
		case 6:
			pick("owned", c4.Container).Owner = "another-team"
		case 7:
			pick("placed", c4.Container).Parent = pick("in", c4.SoftwareSystem).ID
		case 8:
			e := pick("moved", c4.Container, c4.Component, c4.DeploymentNode)
			kind, resource, _ := strings.Cut(e.ID, ":")
			resource, _, _ = strings.Cut(resource, "#")
			now := fmt.Sprint("moved-", n, resource)
			moved[resource] = now
			rename(m, e.ID, kind+":"+now+strings.TrimPrefix(e.ID, kind+":"+resource))
		case 9:
			if k := len(m.Relationships); k > 0 {
				m.Relationships[rapid.IntRange(0, k-1).Draw(t, "words")].Description += " and more"
			}
		}
	}
	m.Sort()
	return moved
}
