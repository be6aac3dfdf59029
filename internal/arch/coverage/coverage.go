// Package coverage holds what code declares against what is live: declared and live, live and not declared,
// declared and not live, and what nobody can tell; and writes the import blocks with which what is live
// can be adopted by code.
//
// What is live counts as "not declared" only where code declares something else that is live: in the same resource group, Kubernetes
// namespace or compose project. Whether code should declare what lies elsewhere nobody can say, and so it is only
// counted, in the notes. What has no such place, as the resources of AWS and Google Cloud, is among them.
//
// Nothing is called "not live" that the scan could not have seen: not what belongs to a provider of which nothing was read, not what only a
// Terraform state would show, and not the parts of resources, such as rules and containers, of a type of which nothing was
// read. That is "unmatched", with the reason.
package coverage

import "c4arch/internal/arch/evidence"

// Bucket is where a resource falls.
type Bucket string

// The buckets.
const (
	Both         Bucket = "declared and live"
	LiveOnly     Bucket = "live, not declared"
	DeclaredOnly Bucket = "declared, not live"
	Unmatched    Bucket = "unmatched"
)

// Entry is one resource.
type Entry struct {
	Bucket   Bucket `json:"bucket"`
	Resource string `json:"resource"`
	Declared string `json:"declared,omitempty"` // the id under which the code has it
	Type     string `json:"type"`
	Name     string `json:"name"`
	Input    string `json:"input,omitempty"`
	Line     int    `json:"line,omitempty"`
	Address  string `json:"address,omitempty"`
	// Import is an import block of Terraform, ready to paste; "" with NoImport saying why. With both, the block is one of the azapi provider, and
	// NoImport says why it is none of azurerm's.
	Import   string `json:"import,omitempty"`
	NoImport string `json:"noImport,omitempty"`
	// Reason and Candidates say of what is unmatched why, and what it may be.
	Reason     string   `json:"reason,omitempty"`
	Candidates []string `json:"candidates,omitempty"`
}

// Coverage is the whole.
type Coverage struct {
	Entries []Entry        `json:"entries"` // sorted by bucket, type, resource; Both are counted only, unless they are asked for
	Counts  map[Bucket]int `json:"counts"`
	// Notes say what was not compared and why, in sentences; they belong to the notes of the report.
	Notes []string `json:"-"`
}

// Pair is one thing that code declares and that is live, read in the same form on both sides, so that the properties can be compared.
type Pair struct{ Declared, Live *evidence.Resource }
