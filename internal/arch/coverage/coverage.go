// Package coverage holds what code declares against what is live: declared and live, live and not declared,
// declared and not live, and what nobody can tell; and writes the import blocks with which what is live
// can be adopted by code.
package coverage

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
	// Import is an import block of Terraform, ready to paste; "" with NoImport saying why.
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
}
