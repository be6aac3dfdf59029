// Package delta compares two architectures: elements, relationships, boundaries and external systems
// that appeared, vanished, changed or changed hands; and joins both into one model to draw.
//
// What counts is what C4 draws by default: persons, software systems, containers, components and
// deployment nodes, and the relationships between them. Infrastructure nodes and the resources of
// level 4 are resources one to one, and so are left to the difference of properties; the merged model and
// its statuses have them all the same, since pictures show them. Evidence, tags, and badges that tell only how
// something was read (declared, inferred, planned, …) are no difference of architectures.
//
// It promises: a model compared with itself, or with itself in another order, has no delta; the
// reverse comparison is the mirror; the merged model of two sound ones is sound.
package delta

import (
	"cmp"

	"c4arch/internal/arch/c4"
)

// Status is what became of an element or a relationship.
type Status string

// The statuses. Unknown is what one side could not read.
const (
	Same    Status = ""
	Added   Status = "added"
	Removed Status = "removed"
	Changed Status = "changed"
	Moved   Status = "moved" // to another parent, or to another owner: it changed hands
	Unknown Status = "unknown"
)

// Field is a part of an element or relationship that differs.
type Field struct {
	Name string `json:"name"` // parent, owner, name, technology, external, badges, kind, …
	Old  string `json:"old,omitempty"`
	New  string `json:"new,omitempty"`
}

// Element is an element that is not as it was. Old or New is nil where there is none.
type Element struct {
	ID       string
	Status   Status
	Old, New *c4.Element
	Fields   []Field
}

// Relationship is a relationship that is not as it was, with its ends as they are on the side that has it.
type Relationship struct {
	ID       string
	Status   Status
	Old, New *c4.Relationship
	// Source and Target are the ends; of a relationship on both sides, those of the new one.
	Source, Target *c4.Element
	// CrossSystem: the ends belong to different software systems (or persons).
	CrossSystem bool
	Fields      []Field
}

// Delta is what lies between two models. Elements that were only renamed by the same resource are matched by their resource.
type Delta struct {
	Elements      []Element      // sorted by ID
	Relationships []Relationship // sorted by ID

	// elements and relationships lead from each old id to the new one; what is not in them vanished.
	elements, relationships map[string]string
	// rest are the statuses of what does not count but is drawn.
	rest map[string]Status
}

// Empty reports whether the architectures are the same.
func (d *Delta) Empty() bool { return len(d.Elements) == 0 && len(d.Relationships) == 0 }

// Statuses returns what became of each element and relationship that is not as it was, by its id in the merged
// model. Infrastructure nodes, resources and hidden relationships are among them.
func (d *Delta) Statuses() map[string]Status {
	all := make(map[string]Status, len(d.rest)+len(d.Elements)+len(d.Relationships))
	for id, s := range d.rest {
		all[id] = s
	}
	for i := range d.Elements {
		all[d.Elements[i].ID] = d.Elements[i].Status
	}
	for i := range d.Relationships {
		all[d.Relationships[i].ID] = d.Relationships[i].Status
	}
	return all
}

// NewID returns the id under which what had the id on the old side stands on the new one, and false when it vanished.
// It is meant for elements, and for relationships.
func (d *Delta) NewID(old string) (string, bool) {
	if id, ok := d.elements[old]; ok {
		return id, true
	}
	id, ok := d.relationships[old]
	return id, ok
}

// Unread turns into [Unknown] what vanished or appeared only because a side did not read it: what was removed and rests
// wholly on resources of which unreadNew says that the new side could not read them, and the mirror for what was added; and
// relationships with such an end. What people say in an overlay is no resource and holds nothing up. Either function may be nil.
func (d *Delta) Unread(unreadOld, unreadNew func(resource string) bool) {
	judge := func(s Status, old, now []c4.Evidence) Status {
		switch {
		case s == Removed && unreadNew != nil && wholly(old, unreadNew), s == Added && unreadOld != nil && wholly(now, unreadOld):
			return Unknown
		}
		return s
	}
	unknown := map[string]bool{}
	for i := range d.Elements {
		e := &d.Elements[i]
		e.Status = judge(e.Status, evidenceOf(e.Old), evidenceOf(e.New))
		unknown[e.ID] = e.Status == Unknown
	}
	for i := range d.Relationships {
		r := &d.Relationships[i]
		var old, now []c4.Evidence
		if r.Old != nil {
			old = r.Old.Evidence
		}
		if r.New != nil {
			now = r.New.Evidence
		}
		r.Status = judge(r.Status, old, now)
		if ends := cmp.Or(r.New, r.Old); (r.Status == Removed || r.Status == Added) && (unknown[ends.Source] || unknown[ends.Target]) {
			r.Status = Unknown
		}
	}
}

func evidenceOf(e *c4.Element) []c4.Evidence {
	if e == nil {
		return nil
	}
	return e.Evidence
}

func wholly(list []c4.Evidence, unread func(string) bool) bool {
	some := false
	for _, e := range list {
		if e.Resource == "" {
			continue
		}
		if !unread(e.Resource) {
			return false
		}
		some = true
	}
	return some
}
