// Package drift joins what changed with how much it matters: findings with a severity, a direction, a
// reason and what to do; what is unknown; and how far code covers what is live.
package drift

import (
	"c4arch/internal/arch/coverage"
	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
)

// Format and Version are the first members of a report.
const (
	Format  = "c4arch-drift"
	Version = "1"
)

// Mode is what is compared with what.
type Mode string

// The modes.
const (
	ModeBaseline     Mode = "baseline"     // what is live against what a person approved
	ModeSnapshots    Mode = "snapshots"    // two scans
	ModePlan         Mode = "plan"         // what a plan would do: prior state against planned values
	ModeCode         Mode = "code"         // what is live against what code declares
	ModeEnvironments Mode = "environments" // two environments, matched by role
)

// Side is one of the two that were compared.
type Side struct {
	Label       string       `json:"label"`
	Root        canon.Digest `json:"root"`
	CollectedAt string       `json:"collectedAt"`
	KeyID       string       `json:"keyId,omitempty"`
	Resources   int          `json:"resources"`
	// Baseline is set where a person approved it.
	Baseline *Approved `json:"baseline,omitempty"`
}

// Approved says who approved a side.
type Approved struct {
	ID      string `json:"id"`
	By      string `json:"by"`
	Claimed bool   `json:"claimed"`
	At      string `json:"at"`
	Reason  string `json:"reason"`
}

// Place is where something stands: of a finding first where code declares it, else where it was read.
type Place struct {
	Input  string `json:"input"`
	Line   int    `json:"line"`
	Column int    `json:"column,omitempty"`
	// Declared: the input is code.
	Declared bool   `json:"declared,omitempty"`
	Side     string `json:"side"` // old, new
}

// Finding is one graded difference.
type Finding struct {
	// ID stays the same while the drift lasts: it depends on the resource, the rule and the path.
	ID        string             `json:"id"`
	Severity  severity.Severity  `json:"severity"`
	Direction severity.Direction `json:"direction"`
	Change    diff.Kind          `json:"change"`
	// Resource is the id of the resource, or of the element or relationship where the architecture changed.
	Resource string    `json:"resource"`
	Type     string    `json:"type"` // of the resource; softwareSystem, container, relationship, … of the architecture
	Name     string    `json:"name"`
	Path     diff.Path `json:"path"`
	// Old and New are the values: null where there is none, secrets as fingerprints.
	Old canon.Raw `json:"old"`
	New canon.Raw `json:"new"`

	Rule        string   `json:"rule"`
	Title       string   `json:"title"`
	Reason      string   `json:"reason"`
	Remediation string   `json:"remediation"`
	Controls    []string `json:"controls,omitempty"`
	// Labels are short remarks: "raised: production", "in a maintenance window", "moved from …".
	Labels []string `json:"labels,omitempty"`

	FirstSeen string `json:"firstSeen"` // RFC 3339, UTC
	LastSeen  string `json:"lastSeen"`
	// Exception is the one that accepts the finding, null when there is none.
	Exception *Excepted `json:"exception"`
	// Elements are the elements of the model that it concerns, for the pictures; Places where it stands.
	Elements []string `json:"elements,omitempty"`
	Places   []Place  `json:"places,omitempty"`
}

// Excepted is the exception that accepts a finding.
type Excepted struct {
	ID      string `json:"id"`
	Owner   string `json:"owner"`
	Reason  string `json:"reason"`
	Expires string `json:"expires"`
	// State is active, expired (it no longer accepts), or unapproved (a critical finding needs a second approver).
	State string `json:"state"`
}

// Unknown is what could not be compared, as it stands in the report.
type Unknown struct {
	Resource string    `json:"resource,omitempty"`
	Type     string    `json:"type,omitempty"`
	Path     diff.Path `json:"path,omitempty"`
	Input    string    `json:"input,omitempty"`
	Line     int       `json:"line,omitempty"`
	Reason   string    `json:"reason"`
	Help     string    `json:"help,omitempty"`
	WasKnown bool      `json:"wasKnown"`
	Count    int       `json:"count"`
}

// Stale is an exception that matches nothing, or whose time is over.
type Stale struct {
	ID      string `json:"id"`
	Owner   string `json:"owner"`
	Line    int    `json:"line"`
	State   string `json:"state"` // stale, expired
	Expires string `json:"expires"`
}

// Summary counts.
type Summary struct {
	Critical int `json:"critical"` // findings without an active exception and without improvements, by severity
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
	Excepted int `json:"excepted"`
	Unknown  int `json:"unknown"`
	// WasKnown counts the unknown that could be read when the old side was made.
	WasKnown int `json:"wasKnown"`
	Noise    int `json:"noise"`
	// Resources that are on both sides without a difference, and those that differ, by kind.
	Same     int `json:"same"`
	Added    int `json:"added"`
	Removed  int `json:"removed"`
	Changed  int `json:"changed"`
	Moved    int `json:"moved"`
	Replaced int `json:"replaced"`
	// FailOn is the threshold, and Verdict what the exit code says: clean, drift, incomplete.
	FailOn  string `json:"failOn"`
	Verdict string `json:"verdict"`
	Exit    int    `json:"exit"`
}

// Report is the result of a comparison.
type Report struct {
	Name     string    `json:"name"`
	Mode     Mode      `json:"mode"`
	At       string    `json:"at"` // when it was made: RFC 3339, UTC
	Old      Side      `json:"old"`
	New      Side      `json:"new"`
	Findings []Finding `json:"findings"` // gravest first, excepted ones and improvements last; then by resource and path
	Unknown  []Unknown `json:"unknown"`
	// Improvements counts the findings that are tightened.
	Improvements int                `json:"improvements"`
	Exceptions   []Stale            `json:"exceptions"` // those that need care
	Coverage     *coverage.Coverage `json:"coverage,omitempty"`
	NoiseBy      map[string]int     `json:"noiseBy,omitempty"`
	Notes        []string           `json:"notes,omitempty"`
	Summary      Summary            `json:"summary"`

	// Delta is the difference of the architectures, for the pictures. It is no part of the format.
	Delta *delta.Delta `json:"-"`
}
