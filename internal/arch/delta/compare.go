package delta

import (
	"cmp"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
)

// Compare returns what lies between two models.
func Compare(old, now *c4.Model) *Delta { return CompareMoved(old, now, nil) }

// CompareMoved is Compare where moved says of resources, old id to new, that they are the same thing: the elements
// that stand for them are matched, and so are their relationships.
func CompareMoved(old, now *c4.Model, moved map[string]string) *Delta {
	c := &comparison{was: side(old), is: side(now), d: &Delta{rest: map[string]Status{}}}
	c.matchElements(moved)
	c.matchRelationships()
	c.compareElements()
	c.compareRelationships()
	slices.SortFunc(c.d.Elements, func(a, b Element) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(c.d.Relationships, func(a, b Relationship) int { return cmp.Compare(a.ID, b.ID) })
	return c.d
}

// comparison is a delta in the making.
type comparison struct {
	was, is *index
	d       *Delta
	back    map[string]string // element ids, new to old
	backRel map[string]string
}

// index finds what a model has by id. Of an id that is there twice the first counts.
type index struct {
	elements      map[string]*c4.Element
	relationships map[string]*c4.Relationship
	runsOn        map[string][]string // nodes by container
}

func side(m *c4.Model) *index {
	x := &index{
		elements: make(map[string]*c4.Element, len(m.Elements)), relationships: make(map[string]*c4.Relationship, len(m.Relationships)),
		runsOn: map[string][]string{},
	}
	for i := range m.Elements {
		if e := &m.Elements[i]; x.elements[e.ID] == nil {
			x.elements[e.ID] = e
		}
	}
	for i := range m.Relationships {
		if r := &m.Relationships[i]; x.relationships[r.ID] == nil {
			x.relationships[r.ID] = r
		}
	}
	for _, in := range m.Instances {
		x.runsOn[in.Container] = append(x.runsOn[in.Container], in.Node)
	}
	return x
}

// counts reports whether an element is one that a delta speaks of.
func counts(e *c4.Element) bool {
	switch e.Kind {
	case c4.Person, c4.SoftwareSystem, c4.Container, c4.Component, c4.DeploymentNode:
		return e.Layer == ""
	}
	return false
}

// countsRel reports whether a relationship is one that a delta speaks of.
func (x *index) countsRel(r *c4.Relationship) bool {
	s, t := x.elements[r.Source], x.elements[r.Target]
	return r.Layer == "" && s != nil && t != nil && counts(s) && counts(t)
}

// system is what an element belongs to in the end, "" for what is a part of no system.
func (x *index) system(e *c4.Element) string {
	for n := 0; e != nil && n < 64; n++ { // a model may be unsound: no endless chain of parents
		if e.Kind == c4.SoftwareSystem || e.Kind == c4.Person {
			return e.ID
		}
		e = x.elements[e.Parent]
	}
	return ""
}

func (c *comparison) compareElements() {
	for id, e := range c.was.elements {
		now, there := c.d.elements[id]
		switch {
		case there:
			c.compareElement(e, c.is.elements[now])
		case counts(e):
			c.d.Elements = append(c.d.Elements, Element{ID: id, Status: Removed, Old: e})
		default:
			c.d.rest[id] = Removed
		}
	}
	for id, e := range c.is.elements {
		if _, there := c.back[id]; there {
			continue
		}
		if counts(e) {
			c.d.Elements = append(c.d.Elements, Element{ID: id, Status: Added, New: e})
		} else {
			c.d.rest[id] = Added
		}
	}
}

func (c *comparison) compareElement(old, now *c4.Element) {
	fields := c.fields(old, now)
	status := Changed
	for _, f := range fields {
		if f.Name == "parent" || f.Name == "owner" || f.Name == "external" {
			status = Moved
		}
	}
	switch {
	case len(fields) == 0:
	case counts(old) || counts(now):
		c.d.Elements = append(c.d.Elements, Element{ID: now.ID, Status: status, Old: old, New: now, Fields: fields})
	case status == Moved:
		c.d.rest[now.ID] = Moved // how a resource's properties changed is told elsewhere
	}
}

// fields are what differs between an element and what became of it, sorted by name.
func (c *comparison) fields(old, now *c4.Element) []Field {
	var out []Field
	add := func(name, a, b string) {
		if a != b {
			out = append(out, Field{name, a, b})
		}
	}
	add("badges", badges(old), badges(now))
	add("description", old.Description, now.Description)
	add("external", yes(old.External), yes(now.External))
	add("kind", string(old.Kind), string(now.Kind))
	add("layer", old.Layer, now.Layer)
	if !sameName(old, now) {
		add("name", old.Name, now.Name)
	}
	add("owner", old.Owner, now.Owner)
	if c.newID(old.Parent) != now.Parent {
		out = append(out, Field{"parent", old.Parent, now.Parent})
	}
	if a, b := c.was.runsOn[old.ID], c.is.runsOn[now.ID]; !c.samePlaces(a, b) {
		out = append(out, Field{"runsOn", joined(a), joined(b)})
	}
	add("shape", old.Shape, now.Shape)
	add("technology", old.Technology, now.Technology)
	return out
}

// sameName reports whether two names are one: Azure compares names without regard to case
// (learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules), and its answers spell them in several ways.
func sameName(old, now *c4.Element) bool {
	return old.Name == now.Name || strings.Contains(now.ID, "/subscriptions/") && strings.EqualFold(old.Name, now.Name)
}

// newID is the id of an old element on the new side; that of one that vanished stays, and is no one's there.
func (c *comparison) newID(id string) string {
	if now, ok := c.d.elements[id]; ok {
		return now
	}
	return id
}

func (c *comparison) samePlaces(old, now []string) bool {
	mapped := make([]string, len(old))
	for i, id := range old {
		mapped[i] = c.newID(id)
	}
	return joined(mapped) == joined(now)
}

// joined are ids as one text, each once, in order.
func joined(ids []string) string {
	ids = slices.Sorted(slices.Values(ids))
	return strings.Join(slices.Compact(ids), ", ")
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// aboutReading are the badges that tell how something was read, and not what it is.
var aboutReading = []string{
	"content not visible", "declared", "declared, may be live", "declared, not seen live", "inferred", "live, may be declared",
	"live, not declared", "planned", "read only as data", "unmapped", "unverified",
}

func badges(e *c4.Element) string {
	var out []string
	for _, b := range e.Badges {
		if !slices.Contains(aboutReading, b) {
			out = append(out, b)
		}
	}
	return joined(out)
}

func (c *comparison) compareRelationships() {
	for id, r := range c.was.relationships {
		now, there := c.d.relationships[id]
		switch {
		case there:
			c.compareRelationship(r, c.is.relationships[now])
		case c.was.countsRel(r):
			c.d.Relationships = append(c.d.Relationships, c.was.relationship(Relationship{ID: id, Status: Removed, Old: r}, r))
		default:
			c.d.rest[id] = Removed
		}
	}
	for id, r := range c.is.relationships {
		if _, there := c.backRel[id]; there {
			continue
		}
		if c.is.countsRel(r) {
			c.d.Relationships = append(c.d.Relationships, c.is.relationship(Relationship{ID: id, Status: Added, New: r}, r))
		} else {
			c.d.rest[id] = Added
		}
	}
}

// relationship fills in the ends of r as they are on this side.
func (x *index) relationship(out Relationship, r *c4.Relationship) Relationship {
	out.Source, out.Target = x.elements[r.Source], x.elements[r.Target]
	if out.Source != nil && out.Target != nil {
		from, to := x.system(out.Source), x.system(out.Target)
		out.CrossSystem = from != "" && to != "" && from != to
	}
	return out
}

func (c *comparison) compareRelationship(old, now *c4.Relationship) {
	if !c.was.countsRel(old) && !c.is.countsRel(now) {
		return
	}
	var fields []Field
	add := func(name, a, b string) {
		if a != b {
			fields = append(fields, Field{name, a, b})
		}
	}
	add("confidence", string(old.Confidence), string(now.Confidence))
	add("description", old.Description, now.Description)
	add("layer", old.Layer, now.Layer)
	if c.newID(old.Source) != now.Source {
		add("source", old.Source, now.Source)
	}
	if c.newID(old.Target) != now.Target {
		add("target", old.Target, now.Target)
	}
	add("technology", old.Technology, now.Technology)
	if len(fields) > 0 {
		c.d.Relationships = append(c.d.Relationships, c.is.relationship(Relationship{ID: now.ID, Status: Changed, Old: old, New: now, Fields: fields}, now))
	}
}
