// Package baseline is an architecture that a person approved as intended, and the file in which it is committed to a
// repository: the snapshot, the overlay, who approved it, when and why, and since when each drift from it has been
// seen. There is no secret in it, as there is none in a snapshot.
package baseline

import (
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
)

// FileName is how the file is called in a repository.
const FileName = "c4arch.baseline.json"

// Format and Version are the first members of the file.
const (
	Format  = "c4arch-baseline"
	Version = "1"
)

// Approval is what was approved, by whom, when and why. Its digest is the baseline's id.
type Approval struct {
	Snapshot canon.Digest `json:"snapshot"`          // the root
	Overlay  canon.Digest `json:"overlay,omitempty"` // overlay.Digest
	Model    canon.Digest `json:"model"`             // of model.json without the time
	Name     string       `json:"name"`
	By       string       `json:"by"`
	// Claimed: nobody has checked that it was they: typed on a laptop. The service, which knows who signed in, sets it to false.
	Claimed bool   `json:"claimed"`
	At      string `json:"at"` // RFC 3339, UTC
	Reason  string `json:"reason"`
	// Supersedes is the id of the baseline before this one.
	Supersedes string `json:"supersedes,omitempty"`
	// KeyID names the key under which Seal was made.
	KeyID string `json:"keyId,omitempty"`
}

// Seen is since when a finding has been there.
type Seen struct {
	Finding string `json:"finding"`
	First   string `json:"first"`
	Last    string `json:"last"`
}

// Baseline is an approved architecture.
type Baseline struct {
	ID       string // see Approval.ID
	Approval Approval
	// Seal is an HMAC of the approval under the organisation's key, "" where there was none: whoever has the key can tell a forged approval.
	Seal        string
	OverlayName string
	OverlayText []byte // c4arch.yaml as it was approved
	Snapshot    *evidence.Snapshot
	Seen        []Seen // sorted by finding; not a part of what was approved
}
