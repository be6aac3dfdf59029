// Package scene is what pictures and pages share: how what drifted is marked, and how a page is put together
// that holds everything and trusts nothing. It draws nothing itself.
package scene

import (
	"fmt"

	"c4arch/internal/arch/c4"
)

// Kind is what a mark says.
type Kind string

// The kinds of marks.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
	Moved   Kind = "moved"
	Unknown Kind = "unknown"
	Inside  Kind = "inside" // it is as it was, but something in it is not
)

// Kinds are all kinds in the order in which a key explains them.
var Kinds = []Kind{Added, Removed, Changed, Moved, Unknown, Inside}

// Mark says what became of an element or a relationship. It is drawn with colour, shape and text.
type Mark struct {
	Kind Kind `json:"kind"`
	// Grade is how much it matters: a severity, "improved", "accepted" for what an exception covers, or "".
	Grade string `json:"grade,omitempty"`
	// Count is how many marked things are inside, of Inside.
	Count int `json:"count,omitempty"`
}

// Sign is the sign of the kind, which says the same as its colour.
func (k Kind) Sign() string {
	switch k {
	case Added:
		return "+"
	case Removed:
		return "−"
	case Changed:
		return "~"
	case Moved:
		return "→"
	case Unknown:
		return "?"
	}
	return "•"
}

// Says explains the kind.
func (k Kind) Says() string {
	switch k {
	case Added:
		return "Added: not there before"
	case Removed:
		return "Removed: no more there"
	case Changed:
		return "Changed"
	case Moved:
		return "Moved, or in other hands"
	case Unknown:
		return "Unknown: could not be read"
	}
	return "Something inside changed"
}

// String is the mark in words, as it stands on a box: "+ added", "~ changed · critical".
func (m Mark) String() string {
	s := m.Kind.Sign() + " " + string(m.Kind)
	if m.Kind == Inside {
		s = fmt.Sprintf("%s %d inside", m.Kind.Sign(), m.Count)
	}
	if m.Grade != "" {
		s += " · " + m.Grade
	}
	return s
}

// The grades of marks that are no severities.
const (
	Improved = "improved"
	Accepted = "accepted"
)

// grades, gravest first.
var grades = []string{"critical", "high", "medium", "low", Improved, Accepted}

// Rank orders grades: the gravest is 0, what has none comes last.
func Rank(grade string) int {
	for i, g := range grades {
		if g == grade {
			return i
		}
	}
	return len(grades)
}

// OfLine is the mark of a line that stands for relationships: theirs, where they are of one kind, or else that
// it changed. false when none of them is marked.
func OfLine(l *c4.Line, marks map[string]Mark) (Mark, bool) {
	var out Mark
	all := true
	for i, id := range l.Relationships {
		m, marked := marks[id]
		switch {
		case !marked:
			all = false
			continue
		case out.Kind == "":
			out.Kind = m.Kind
			all = all && i == 0
		case out.Kind != m.Kind:
			all = false
		}
		if out.Grade == "" || Rank(m.Grade) < Rank(out.Grade) {
			out.Grade = m.Grade
		}
	}
	if out.Kind == "" {
		return out, false
	}
	if !all {
		out.Kind = Changed
	}
	return out, true
}
