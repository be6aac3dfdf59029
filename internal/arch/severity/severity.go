// Package severity grades changes: a table of rules says how much a change matters and which way it
// went. The table is data (YAML); conditions are expressions of the Common Expression
// Language (cel.dev), type-checked on load and stopped at a cost limit when they run.
package severity

import (
	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/exposure"
)

// Severity is how much a finding matters.
type Severity string

// The severities.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
)

// Direction is which way a change went.
type Direction string

// The directions.
const (
	Loosened  Direction = "loosened"  // weaker than what was approved
	Tightened Direction = "tightened" // stronger: an improvement, the baseline is out of date
	Neutral   Direction = "neutral"
)

// Rule is a line of the table.
type Rule struct {
	ID       string   `json:"id"` // AZ-STORAGE-PUBLIC-BLOB
	Title    string   `json:"title"`
	Severity Severity `json:"severity"` // of a loosening, and of a neutral change
	On       []On     `json:"on"`
	// Weak is a condition on one side, asked of both: what became weak is loosened, what is weak no more is tightened. The side of a resource that
	// is not there is not weak, so that a resource that arrives weak is a loosening.
	Weak string `json:"weak,omitempty"`
	// Strength is a number on one side: less is loosened, more is tightened. It is asked where both sides are there.
	Strength string `json:"strength,omitempty"`
	// Loosened, Tightened and Neutral are conditions on both sides; the first that holds decides. Of Weak, Strength and these at least one is there,
	// and they are asked in this order.
	Loosened  string `json:"loosened,omitempty"`
	Tightened string `json:"tightened,omitempty"`
	Neutral   string `json:"neutral,omitempty"`
	// Reason says why a loosening matters, Better what a tightening means (there is a default), Remediation what to do.
	Reason      string   `json:"reason"`
	Better      string   `json:"better,omitempty"`
	Remediation string   `json:"remediation"`
	Source      string   `json:"source"`             // where the rule comes from: a product's reference
	Controls    []string `json:"controls,omitempty"` // NIST SP 800-53: SC-7; CIS …
	// Examples are changes that the rule must judge as said: they are tests, and `c4arch rules explain` shows them.
	Examples []Example `json:"examples,omitempty"`
	// Pack is the file of the table that the rule is from, Line its line there.
	Pack string `json:"pack"`
	Line int    `json:"line,omitempty"`
}

// On says what a rule looks at. Exactly one of Type, Element, Relationship and Exposure is set; patterns are globs without regard to case.
type On struct {
	Type string `json:"type,omitempty"` // of a resource: microsoft.storage/storageaccounts, azurerm_storage_account, apps/Deployment, *
	// Path is a place below the properties, with [] for any item: the rule is asked once for each such place at or below which something changed.
	// Without it the rule is asked once for the resource.
	Path         string      `json:"path,omitempty"`
	Change       []diff.Kind `json:"change,omitempty"` // empty: any; with Path of added and changed resources, and of removed ones only when named
	Element      string      `json:"element,omitempty"`
	Relationship string      `json:"relationship,omitempty"`
	Exposure     string      `json:"exposure,omitempty"` // network, store, api
}

// Example is a change that a rule must judge as said, in the words of its YAML.
type Example struct {
	On  On     `json:"on"` // Type and Path, without patterns
	Old string `json:"old,omitempty"`
	New string `json:"new,omitempty"`
	// Want is a direction, or "none".
	Want string `json:"want"`
}

// Case is one thing to judge. Exactly one of Change, Element, Relationship and Exposure is set.
type Case struct {
	Change       *diff.Change
	Element      *delta.Element
	Relationship *delta.Relationship
	Exposure     *exposure.Change
	// Production and Internet are what raises a loosening by one level, at most once in all.
	Production bool // by tag or by a mapping of people's
	Internet   bool // the element is reachable from the Internet
}

// Verdict is what a rule says of a case.
type Verdict struct {
	Rule      *Rule
	Severity  Severity
	Direction Direction
	Reason    string
	// Raised says why the severity is one level above the rule's, or "".
	Raised string
	// Path is the place that was judged ("" the resource), with its values on both sides; Covers are the indexes in Change.Properties that it speaks for.
	Path   diff.Path
	Covers []int
}
