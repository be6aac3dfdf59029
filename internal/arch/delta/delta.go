// Package delta compares two architectures: elements, relationships, boundaries and external systems
// that appeared, vanished, changed or changed hands.
package delta

import "c4arch/internal/arch/c4"

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
}
