// Package diff compares two snapshots: which resources appeared, vanished, changed, moved or
// were replaced, property by property. It says what differs, never how bad that is.
//
// It promises: a snapshot compared with itself, or with itself in another order, has no
// difference; the reverse comparison is the mirror; [Apply] of the difference to the old
// properties gives the new ones; the cost is in step with what changed, since equal
// commitments are not looked into. What one side could not read is unknown and never
// taken for absent, and a secret under another key is unknown and never taken for changed.
package diff

import (
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// Kind is what became of a resource.
type Kind string

// The kinds of changes.
const (
	Added    Kind = "added"
	Removed  Kind = "removed"
	Changed  Kind = "changed"
	Moved    Kind = "moved"    // the same thing under a new id: another scope, or another name
	Replaced Kind = "replaced" // another thing in the same place: what only a new one can have differs
)

// Path names a place below a resource's properties in words that do not depend on positions: an item of an
// array that has an identity stands as [name=allow-ssh], an item of a set of scalars as [=10.0.0.0/8], names
// with special characters as in [tree.Path]. Tags, location and the like, which are not properties, stand as @tags.owner, @location,
// @name, @type. The empty Path is the resource.
type Path string

// Change is a resource that is not as it was.
type Change struct {
	Kind Kind
	// Old is nil of what was added, New of what was removed.
	Old, New *evidence.Resource
	// Properties are what differs, sorted by Path: of what was changed, moved and replaced. Noise is among them, marked.
	Properties []Property
	// Basis says of what was moved or replaced why the two are held to belong together, in a clause for people.
	Basis string
}

// Resource returns New, or Old when there is no new one.
func (c *Change) Resource() *evidence.Resource {
	if c.New != nil {
		return c.New
	}
	return c.Old
}

// Property is one leaf that differs: a scalar, an item of a set of scalars, or an array or object that is empty.
type Property struct {
	Path Path
	// Pattern is the shape of the place, on which rules match: properties.securityRules[].properties.access. @tags.owner of a tag.
	Pattern string
	// OldPath and NewPath are the place by position in the properties of each side. Where a side does not have the place, its path
	// ends at the nearest one above it that is there. Path, and the longer of the two, have the same number of steps.
	OldPath, NewPath tree.Path
	// Old and New are the values; nil where the place is not there.
	Old, New *tree.Value
	// Noise is the id of the rule by which the difference says nothing, or "".
	Noise string
	// Unknown says why it cannot be told whether the property changed, or "". Such a property is no change.
	Unknown string

	back Path // what Path is in the reverse comparison
	dark side // which of the two does not tell it, of what is unknown
}

// side is a set of the two sides.
type side uint8

const (
	oldSide side = 1 << iota
	newSide
)

func (s side) swapped() side { return s>>1&1 | s<<1&2 }

// Unknown is what could not be compared.
type Unknown struct {
	// Resource is the id, or "" where an input or a type as a whole is meant.
	Resource, Type string
	Path           Path
	Input          string
	Line           int
	Reason, Help   string
	// WasKnown: it could be read on the old side and cannot on the new one. That is what exit code 3 stands for.
	WasKnown bool
	// Count is how many things this stands for, at least 1.
	Count int
}

// Diff is what lies between two snapshots.
type Diff struct {
	Changes []Change  // sorted by the id of [Change.Resource], then form and side
	Unknown []Unknown // sorted
	// Same counts the resources on both sides without a difference but for noise, and Noise the differences that are noise, by rule.
	Same  int
	Noise map[string]int

	of *outcome // what it is a view of; nil where somebody made it by hand
}
