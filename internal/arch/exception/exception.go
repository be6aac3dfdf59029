// Package exception is c4arch.exceptions.yaml: drift that people have accepted, each with an
// owner, a reason, approvers who are not the author, and an end.
package exception

import "c4arch/internal/arch/severity"

// FileName is how the file is called beside a baseline.
const FileName = "c4arch.exceptions.yaml"

// MaxDays is how long an exception may last.
const MaxDays = 180

// Exception is one accepted drift.
type Exception struct {
	ID         string // unique in the file
	Scope      string // the id of a resource or element, a glob of ids, or tag:name=value
	Path       string // of the property: a diff.Path, a pattern with [] or a glob; "" is any
	Rule       string // a rule's id or a glob
	Allow      string // the canonical JSON of the value that is allowed; "" is any
	Owner      string
	Reason     string
	CreatedBy  string
	ApprovedBy []string // not CreatedBy; two for a critical finding
	Created    string   // RFC 3339 date
	Expires    string   // RFC 3339 date: the last day, UTC; at most MaxDays after Created
	Line       int
}

// Window is a time in which changes were expected; findings first seen in it are labelled so, and graded no lower.
type Window struct {
	From, To   string // RFC 3339
	Reason     string
	ApprovedBy string
	Line       int
}

// Set is one file.
type Set struct {
	Exceptions []Exception
	Windows    []Window

	all     []compiled       // of Exceptions, as Parse makes them
	byScope map[string][]int // those that are of one resource, by its id in lower case
	loose   []int            // the others
}

// Finding is what an exception needs to know of a finding.
type Finding struct {
	Resource, Path, Pattern, Rule string
	Tags                          map[string]string
	New                           string // canonical JSON, or ""
	Severity                      severity.Severity
}
