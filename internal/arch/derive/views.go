package derive

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
)

// views cuts the model into pictures, C4's levels and the deployment of each environment.
func (b *builder) views() {
	// What only the rules need is a third of all that a derivation holds.
	b.book, b.facts, b.names = nil, nil, nil
	vb := &viewBuilder{b: b, kids: map[string][]*c4.Element{}, bySource: map[string][]*c4.Relationship{}}
	slices.SortFunc(b.order, func(x, y *c4.Element) int { return cmp(x.ID, y.ID) })
	for _, e := range b.order {
		vb.kids[e.Parent] = append(vb.kids[e.Parent], e)
	}
	slices.Sort(b.relIDs)
	for _, id := range b.relIDs {
		r := b.rels[id]
		vb.bySource[r.Source] = append(vb.bySource[r.Source], r)
		if r.Target != r.Source {
			vb.bySource[r.Target] = append(vb.bySource[r.Target], r)
		}
	}
	vb.landscape()
	for _, e := range b.order {
		if e.Kind == c4.SoftwareSystem && !e.External && e.Layer == "" {
			vb.context(e)
			vb.containers(e)
		}
	}
	for _, e := range b.order {
		if e.Kind == c4.Container && e.Layer == "" {
			vb.components(e)
		}
	}
	vb.deployments()
	vb.level4()
	b.model.Views = vb.out
}

type viewBuilder struct {
	b        *builder
	kids     map[string][]*c4.Element
	bySource map[string][]*c4.Relationship // by either end
	out      []c4.View
	runsIn   map[string]string // container to the outer node that it runs in, once a view is cut by it
}

// key makes a unique, file-safe key of a view from the name and the id of its subject. It depends on nothing
// else, so a link to it stays good when other things come and go.
func key(prefix, name, id string) string {
	s := slug(name)
	if len(s) > 48 {
		s = strings.Trim(s[:48], "-")
	}
	sum := sha256.Sum256([]byte(id))
	return prefix + "-" + s + "-" + hex.EncodeToString(sum[:3])
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// sketch is a view in the making.
type sketch struct {
	view  c4.View
	nodes map[string]bool     // node ids
	of    map[string][]string // element id to node ids
	all   bool                // relationships of every layer, not only the default one
}

func newSketch(key string, kind c4.ViewKind, title, subject string) *sketch {
	return &sketch{view: c4.View{Key: key, Kind: kind, Title: title, Subject: subject}, nodes: map[string]bool{}, of: map[string][]string{}}
}

func (s *sketch) add(id, element, parent string) {
	if s.nodes[id] {
		return
	}
	s.nodes[id] = true
	s.of[element] = append(s.of[element], id)
	s.view.Nodes = append(s.view.Nodes, c4.Node{ID: id, Element: element, Parent: parent})
}

// say adds a sentence to the description of the view.
func (s *sketch) say(sentence string) {
	s.view.Description = strings.TrimSpace(s.view.Description + " " + sentence)
}

// finish lifts relationships to the nodes shown, and puts the view among the others.
func (vb *viewBuilder) finish(s *sketch, rels []*c4.Relationship) {
	if n := len(s.view.Nodes); n > maxBoxes {
		vb.b.model.Notes = append(vb.b.model.Notes, fmt.Sprintf("%q is not drawn: it would have %d boxes, and above %d it cannot be. Everything is in the model, with its properties and its place.", s.view.Title, n, maxBoxes))
		return
	}
	type pair struct{ from, to string }
	lines := map[pair]*c4.Line{}
	parts := map[pair][]*c4.Relationship{}
	var order []pair
	parent := map[string]string{}
	for _, n := range s.view.Nodes {
		parent[n.ID] = n.Parent
	}
	nested := func(in, out string) bool {
		for n := 0; in != "" && n < 64; n++ {
			if in == out {
				return true
			}
			in = parent[in]
		}
		return false
	}
	used := map[string]bool{}
	for _, r := range rels {
		if r.Layer != "" && !s.all {
			continue
		}
		for _, from := range vb.lift(s, r.Source) {
			for _, to := range vb.lift(s, r.Target) {
				if nested(from, to) || nested(to, from) {
					continue
				}
				k := pair{from, to}
				if lines[k] == nil {
					lines[k] = &c4.Line{Source: from, Target: to}
					order = append(order, k)
				}
				parts[k] = append(parts[k], r)
				used[r.ID] = true
			}
		}
	}
	slices.SortFunc(order, func(x, y pair) int { return first(cmp(x.from, y.from), cmp(x.to, y.to)) })
	for _, k := range order {
		describe(lines[k], parts[k])
		s.view.Lines = append(s.view.Lines, *lines[k])
	}
	s.view.Relationships = append(s.view.Relationships, sortedKeys(used)...)
	if n := len(s.view.Lines); n > mostLines {
		s.view.Lines, s.view.Relationships = nil, nil
		s.say(fmt.Sprintf("Its %d lines are not drawn: nobody could follow them. Select a box to see what it is joined to.", n))
	}
	for _, n := range s.view.Nodes {
		s.view.Elements = append(s.view.Elements, n.Element)
	}
	slices.Sort(s.view.Elements)
	s.view.Elements = slices.Compact(s.view.Elements)
	if s.view.Relationships == nil {
		s.view.Relationships = []string{}
	}
	if s.view.Lines == nil {
		s.view.Lines = []c4.Line{}
	}
	vb.out = append(vb.out, s.view)
}

// lift finds the nodes that stand for an element: its own, or those of what it is a part of.
func (vb *viewBuilder) lift(s *sketch, id string) []string {
	for n := 0; id != "" && n < 16; n++ {
		if nodes := s.of[id]; nodes != nil {
			return nodes
		}
		e := vb.b.els[id]
		if e == nil || s.view.Kind != c4.Resources && (e.Kind == c4.DeploymentNode || e.Kind == c4.InfrastructureNode) {
			return nil
		}
		if p := vb.b.els[e.Parent]; p != nil && e.Kind == c4.Resource && p.Kind == c4.DeploymentNode && s.view.Kind != c4.Resources {
			return nil
		}
		id = e.Parent
	}
	return nil
}

// describe words a line by the relationships that it stands for, the surest first.
func describe(l *c4.Line, rs []*c4.Relationship) {
	slices.SortStableFunc(rs, func(x, y *c4.Relationship) int {
		return first(order(x)-order(y), sureness[x.Confidence]-sureness[y.Confidence], cmp(x.Description, y.Description), cmp(x.ID, y.ID))
	})
	var texts, techs []string
	l.Confidence = c4.May
	for _, r := range rs {
		if !slices.Contains(l.Relationships, r.ID) {
			l.Relationships = append(l.Relationships, r.ID)
		}
		if !slices.Contains(texts, r.Description) {
			texts = append(texts, r.Description)
		}
		if r.Technology != "" && !slices.Contains(techs, r.Technology) {
			techs = append(techs, r.Technology)
		}
		if surer(r.Confidence, l.Confidence) {
			l.Confidence = r.Confidence
		}
	}
	l.Description = texts[0]
	if len(texts) > 1 {
		l.Description += " (+" + itoa(len(texts)-1) + ")"
	}
	if len(techs) > 0 {
		slices.Sort(techs)
		l.Technology = strings.Join(techs[:min(2, len(techs))], ", ")
	}
}

// order puts what a thing does before what it is allowed to do and before the order of starting.
func order(r *c4.Relationship) int {
	switch {
	case r.Rule == "C1-ORDER":
		return 2
	case r.Confidence == c4.May:
		return 1
	}
	return 0
}

// shown reports whether an element is in the default pictures.
func shown(e *c4.Element) bool { return e.Layer == "" }

func (vb *viewBuilder) allRels() []*c4.Relationship {
	out := make([]*c4.Relationship, 0, len(vb.b.relIDs))
	for _, id := range vb.b.relIDs {
		out = append(out, vb.b.rels[id])
	}
	return out
}

func (vb *viewBuilder) landscape() {
	s := newSketch("landscape", c4.Landscape, "System landscape", "")
	for _, e := range vb.b.order {
		if (e.Kind == c4.SoftwareSystem || e.Kind == c4.Person) && shown(e) {
			s.add(e.ID, e.ID, "")
		}
	}
	if len(s.view.Nodes) > 0 {
		vb.finish(s, vb.allRels())
	}
}

// under collects the relationships that touch an element or a part of it.
func (vb *viewBuilder) under(e *c4.Element) []*c4.Relationship {
	seen := map[string]*c4.Relationship{}
	var visit func(e *c4.Element, depth int)
	visit = func(e *c4.Element, depth int) {
		for _, r := range vb.bySource[e.ID] {
			seen[r.ID] = r
		}
		if depth > 0 {
			for _, k := range vb.kids[e.ID] {
				visit(k, depth-1)
			}
		}
	}
	visit(e, 4)
	out := make([]*c4.Relationship, 0, len(seen))
	for _, id := range sortedKeys(seen) {
		out = append(out, seen[id])
	}
	return out
}

// top is the outermost logical element that an element belongs to: its system, a person.
func (vb *viewBuilder) top(id string) *c4.Element {
	e := vb.b.els[id]
	for n := 0; e != nil && n < 16; n++ {
		if e.Kind == c4.SoftwareSystem || e.Kind == c4.Person {
			return e
		}
		e = vb.b.els[e.Parent]
	}
	return nil
}

func (vb *viewBuilder) context(sys *c4.Element) {
	s := newSketch(key("context", sys.Name, sys.ID), c4.Context, sys.Name+" in its context", sys.ID)
	s.add(sys.ID, sys.ID, "")
	rels := vb.under(sys)
	for _, r := range rels {
		if r.Layer != "" {
			continue
		}
		for _, end := range []string{r.Source, r.Target} {
			if t := vb.top(end); t != nil && shown(t) {
				s.add(t.ID, t.ID, "")
			}
		}
	}
	if len(s.view.Nodes) == 1 && len(vb.out) > 0 && !vb.hasContainers(sys) {
		return // a box alone says nothing that the landscape does not say
	}
	vb.finish(s, rels)
}

func (vb *viewBuilder) hasContainers(sys *c4.Element) bool {
	return slices.ContainsFunc(vb.kids[sys.ID], func(e *c4.Element) bool { return e.Kind == c4.Container })
}

func (vb *viewBuilder) containers(sys *c4.Element) {
	var list []*c4.Element
	for _, e := range vb.kids[sys.ID] {
		if e.Kind == c4.Container && shown(e) {
			list = append(list, e)
		}
	}
	if len(list) == 0 {
		return
	}
	if len(list) > mostContainers {
		vb.containersInParts(sys, list)
		return
	}
	s := newSketch(key("containers", sys.Name, sys.ID), c4.Containers, "Inside "+sys.Name, sys.ID)
	s.add(sys.ID, sys.ID, "")
	for _, e := range list {
		s.add(e.ID, e.ID, sys.ID)
	}
	rels := vb.under(sys)
	for _, r := range rels {
		if r.Layer != "" || vb.lift(s, r.Source) == nil && vb.lift(s, r.Target) == nil {
			continue
		}
		for _, end := range []string{r.Source, r.Target} {
			if t := vb.top(end); t != nil && t != sys && shown(t) {
				s.add(t.ID, t.ID, "")
			}
		}
	}
	vb.finish(s, rels)
}

func (vb *viewBuilder) components(c *c4.Element) {
	var list []*c4.Element
	for _, e := range vb.kids[c.ID] {
		if e.Kind == c4.Component && shown(e) {
			list = append(list, e)
		}
	}
	if len(list) == 0 || len(list) == 1 && len(vb.bySource[list[0].ID]) == 0 {
		return // one part without lines of its own says nothing that level 2 does not say
	}
	s := newSketch(key("components", c.Name, c.ID), c4.Components, "Inside "+c.Name, c.ID)
	s.add(c.ID, c.ID, "")
	for _, e := range list {
		s.add(e.ID, e.ID, c.ID)
	}
	rels := vb.under(c)
	for _, r := range rels {
		if r.Layer != "" {
			continue
		}
		for _, end := range []string{r.Source, r.Target} {
			e := vb.b.els[end]
			if e.Kind == c4.Component && e.Parent != c.ID {
				e = vb.b.els[e.Parent]
			}
			if e != nil && e != c && (e.Kind == c4.Container || e.Kind == c4.SoftwareSystem || e.Kind == c4.Person) && shown(e) {
				s.add(e.ID, e.ID, "")
			}
		}
	}
	vb.finish(s, rels)
}

// manyResources is how many level 4 pictures a model has at most, and how many boxes one of them. A model with
// more has none of them: nobody turns ten thousand pages, and the page shows the resources of whatever is
// selected all the same.
const manyResources = 1000

func (vb *viewBuilder) level4() {
	var with []*c4.Element
	for _, e := range vb.b.order {
		if e.Kind != c4.Resource && slices.ContainsFunc(vb.kids[e.ID], func(k *c4.Element) bool { return k.Kind == c4.Resource }) {
			with = append(with, e)
		}
	}
	if len(with) > manyResources {
		vb.b.model.Notes = append(vb.b.model.Notes, fmt.Sprintf("Level 4 is not drawn: %d elements have resources, and above %d the pictures help nobody. Every resource is in the model, with its properties and its place.", len(with), manyResources))
		return
	}
	for _, e := range with {
		vb.resources(e)
	}
	vb.unplaced()
}

// resources draws level 4: the resources behind one element and what they are tied to.
func (vb *viewBuilder) resources(e *c4.Element) {
	var list []*c4.Element
	for _, k := range vb.kids[e.ID] {
		if k.Kind == c4.Resource {
			list = append(list, k)
		}
	}
	if len(list) == 0 {
		return
	}
	s := newSketch(key("resources", e.Name, e.ID), c4.Resources, "Resources of "+e.Name, e.ID)
	s.all = true
	s.add(e.ID, e.ID, "")
	for _, k := range list {
		s.add(k.ID, k.ID, e.ID)
	}
	main := "resource:" + e.ID[strings.IndexByte(e.ID, ':')+1:]
	if s.nodes[main] {
		s.of[e.ID] = []string{main} // lines end at the resource, not at the frame around it
	}
	var rels []*c4.Relationship
	seen := map[string]bool{}
	for _, k := range append([]*c4.Element{e}, list...) {
		for _, r := range vb.bySource[k.ID] {
			if seen[r.ID] {
				continue
			}
			seen[r.ID] = true
			rels = append(rels, r)
			for _, end := range []string{r.Source, r.Target} {
				if other := vb.b.els[end]; other != e && other.Parent != e.ID {
					s.add(other.ID, other.ID, "")
				}
			}
		}
	}
	vb.finishLevel4(s, rels)
}

// maxBoxes is how many boxes a picture may have at all: far above what anybody can look at, and below what the layout refuses.
const maxBoxes = 10_000

// finishLevel4 puts a view among the others, unless it has too many boxes to be looked at.
func (vb *viewBuilder) finishLevel4(s *sketch, rels []*c4.Relationship) {
	if n := len(s.view.Nodes); n > manyResources {
		vb.b.model.Notes = append(vb.b.model.Notes, fmt.Sprintf("%q is not drawn: it would have %d boxes, and above %d a picture helps nobody. Every resource is in the model, with its properties and its place.", s.view.Title, n, manyResources))
		return
	}
	vb.finish(s, rels)
}

// unplaced draws the resources that are a part of nothing drawn, so that none is left out.
func (vb *viewBuilder) unplaced() {
	s := newSketch("resources-unplaced", c4.Resources, "Resources that belong to no element", "")
	for _, e := range vb.kids[""] {
		if e.Kind == c4.Resource {
			s.add(e.ID, e.ID, "")
		}
	}
	if len(s.view.Nodes) > 0 {
		vb.finishLevel4(s, nil)
	}
}
