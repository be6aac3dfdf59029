// Package ledger is the tamper-evident log: what an entry is, how leaves and trees are built, how proofs and signed checkpoints are made and verified, and what a
// bundle holds. It is pure: no IO, no clock, no randomness of its own. docs/formats/ledger.md is written so that somebody else can write a verifier.
//
// It promises: a leaf holds salted commitments and no value, so that a value can be erased while every proof goes on verifying; hashes are those of RFC 6962; checkpoints
// and cosignatures are those of C2SP (c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature, c2sp.org/signed-note), tiles those of c2sp.org/tlog-tiles.
package ledger

import (
	"time"

	"c4arch/internal/base/id"
)

// HashSize is that of SHA-256.
const HashSize = 32

// Hash is a hash of the tree.
type Hash [HashSize]byte

// Draft is an entry as a service writes it: what happened and with what. Who did it, from where and what for comes from the scope.
type Draft struct {
	// Kind is a noun and a verb in the past, of the catalogue of kinds: "baseline.approved".
	Kind   string
	Fields []Field
}

// Field is a named value of an entry.
type Field struct {
	Name string // lower camel case
	// Value is canonical JSON (RFC 8785): a text, a number, a list.
	Value []byte
	// Subject is the id of the person whose personal data the value is, or "". Erasing the person removes value and salt.
	Subject string
}

// Entry is an entry as it is kept.
type Entry struct {
	Index int64
	At    time.Time // microseconds, never before the entry before
	Kind  string
	Leaf  []byte // canonical JSON, the data of the leaf
	Hash  Hash   // of the leaf: SHA-256(0x00 || Leaf)
	// Openings are the values with their salts, by field; a field without one was erased.
	Openings map[string]Opening
}

// Opening is a value and the salt of its commitment.
type Opening struct {
	Value   []byte `json:"value"` // canonical JSON
	Salt    []byte `json:"salt"`  // 32 bytes
	Subject string `json:"subject,omitempty"`
}

// Head is the end of a log: all that an append has to read.
type Head struct {
	Size  int64
	Peaks []Hash // of the perfect subtrees, the largest first; at most 63
	At    time.Time
}

// Prepared is a draft with its salts, before its place is known. Salts are drawn before the transaction.
type Prepared struct {
	Kind     string
	Openings map[string]Opening
	Commits  map[string][]byte // HMAC-SHA-256(salt, value)
}

// Common are the fields that every entry has.
type Common struct {
	Actor    id.Actor // as "actor"; the personal data of the person, where it is one
	Surface  string   // "surface"
	Purpose  string   // "purpose"
	Request  string   // "request"
	Action   string   // "action"
	Policy   string   // "policy"
	OnBehalf id.Actor // "onBehalf", where a job acts for somebody
	Project  string   // "project", where it is about one
	Under    string   // "under", the instruction on which a job works
}
