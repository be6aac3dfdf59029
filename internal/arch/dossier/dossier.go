// Package dossier is what a pack of evidence says of an architecture: what was read, when, by whom it was approved, what differed, what is accepted, what could not be read, and
// every change between one snapshot and the next.
//
// It promises that the population is complete: of two consecutive snapshots every difference is a row, noise and what cannot be told among them, each marked as that. It leaves
// out how it is written (package dossier of render) and where it comes from.
package dossier

import (
	"context"
	"time"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

// Named is a thing with its id and its name.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Dossier is all of it. Times are in UTC; the zero time is one that is not known.
type Dossier struct {
	ID           string
	What         string // in words
	Kind         string // snapshot, baseline, period
	Subject      string // id of the snapshot or baseline
	From, To     time.Time
	Asked        time.Time
	AskedBy      string
	Organisation Named
	Project      Named
	Example      bool
	Generator    string
	Connections  []Connection
	Snapshots    []Snapshot // the oldest first; the first one may be what the period begins with
	Changes      []Change
	Approvals    []Approval
	Proposals    []Proposal
	Comparisons  []Comparison
	Findings     []Finding
	Exceptions   []Exception
	Unknowns     []Unknown
	Scans        []Scan
	People       []Named
	Cited        []Cited
	Model        *c4.Model          // of the last snapshot
	Last         *evidence.Snapshot // the last snapshot
}

// Connection is where was read from.
type Connection struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	Name    string    `json:"name"`
	Created time.Time `json:"createdAt"`
}

// Snapshot is what was read at one time.
type Snapshot struct {
	ID        string       `json:"id"`
	Root      canon.Digest `json:"root"`
	Name      string       `json:"name"`
	Observed  time.Time    `json:"observedAt"`           // when the source was as it says
	Collected time.Time    `json:"collectedAt,omitzero"` // when it was read
	Uploaded  time.Time    `json:"uploadedAt,omitzero"`  // when it was handed over to the service
	Recorded  time.Time    `json:"recordedAt"`           // when it was kept
	Method    string       `json:"method"`
	Scope     []string     `json:"scope"`
	Resources int          `json:"resources"`
	NotRead   int          `json:"notRead"`
	Approved  string       `json:"approvedBy,omitempty"` // id of a baseline
}

// Change is one difference between a snapshot and the next.
type Change struct {
	From, To         string    // ids of the snapshots
	FromAt, ToAt     time.Time // when they were observed
	Kind             string    // added, removed, changed, moved, replaced
	Resource, Type   string
	Name             string
	Path             string // of the property; "" is the resource as a whole
	Old, New         string // canonical JSON; of a whole resource the commitment to its content
	Noise, Uncertain string // the rule by which it says nothing, why it cannot be told
}

// Approval is a baseline.
type Approval struct {
	ID         string    `json:"id"`
	Snapshot   string    `json:"snapshot"`
	By         string    `json:"by"`
	At         time.Time `json:"at"`
	Reason     string    `json:"reason"`
	Supersedes string    `json:"supersedes,omitempty"`
	Entry      int64     `json:"entry"` // of the ledger; -1 is none that was found
}

// Proposal waits, or waited, for a second person.
type Proposal struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	Subject string    `json:"subject"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Reason  string    `json:"reason"`
	State   string    `json:"state"`
}

// Comparison is a snapshot held against a baseline.
type Comparison struct {
	ID       string         `json:"id"`
	Baseline string         `json:"baseline"`
	Snapshot string         `json:"snapshot"`
	At       time.Time      `json:"at"`
	Findings int            `json:"findings"`
	Counts   map[string]int `json:"counts"`
	Entry    int64          `json:"entry"`
}

// Finding is a graded difference from what was approved.
type Finding struct {
	ID       string    `json:"id"`
	Severity string    `json:"severity"`
	State    string    `json:"state"`
	Title    string    `json:"title"`
	Reason   string    `json:"reason"`
	Rule     string    `json:"rule"`
	Resource string    `json:"resource"`
	Path     string    `json:"path"`
	Old      string    `json:"old"`
	New      string    `json:"new"`
	First    time.Time `json:"firstSeen"`
	Last     time.Time `json:"lastSeen"`
	Compared string    `json:"comparison"`
}

// Exception is drift that is accepted for a time.
type Exception struct {
	ID      string    `json:"id"`
	Entry   string    `json:"entry"` // as it is kept (docs/formats/exceptions.md)
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Revoked bool      `json:"revoked"`
}

// Unknown is what could not be read.
type Unknown struct {
	Snapshot string    `json:"snapshot"`
	At       time.Time `json:"at"`
	evidence.NotRead
}

// Scan is a reading that was asked for, those too that failed.
type Scan struct {
	ID       string    `json:"id"`
	By       string    `json:"by"`
	Asked    time.Time `json:"askedAt"`
	Ended    time.Time `json:"endedAt,omitzero"`
	State    string    `json:"state"`
	Snapshot string    `json:"snapshot,omitempty"`
	Error    string    `json:"error,omitempty"`
}

// Cited is an entry of the ledger that the pack cites, and proves.
type Cited struct {
	Index   int64     `json:"index"`
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"`
	Meaning string    `json:"meaning"`
	By      string    `json:"by"`
}

// Observed are the times of the first and the last snapshot.
func (d *Dossier) Observed() (from, to time.Time) {
	for _, s := range d.Snapshots {
		if from.IsZero() || s.Observed.Before(from) {
			from = s.Observed
		}
		if s.Observed.After(to) {
			to = s.Observed
		}
	}
	return from, to
}

// Between are all changes from one snapshot to the next.
func Between(ctx context.Context, a, b Snapshot, old, now *evidence.Snapshot) ([]Change, error) {
	d, err := diff.Snapshots(ctx, old, now, diff.Options{})
	if err != nil {
		return nil, err
	}
	var out []Change
	for i := range d.Changes {
		c := &d.Changes[i]
		r := c.Resource()
		row := Change{From: a.ID, To: b.ID, FromAt: a.Observed, ToAt: b.Observed, Kind: string(c.Kind), Resource: r.ID, Type: r.Type, Name: r.Name}
		whole := row
		if c.Old != nil {
			whole.Old = string(c.Old.Commitment)
		}
		if c.New != nil {
			whole.New = string(c.New.Commitment)
		}
		if c.Kind != diff.Changed {
			out = append(out, whole)
		}
		for _, p := range c.Properties {
			one := row
			one.Path, one.Noise, one.Uncertain = string(p.Path), p.Noise, p.Unknown
			if one.Old, err = written(p.Old); err == nil {
				one.New, err = written(p.New)
			}
			if err != nil {
				return nil, err
			}
			out = append(out, one)
		}
	}
	return out, nil
}

func written(v *tree.Value) (string, error) {
	if v == nil {
		return "", nil
	}
	b, _, err := canon.Encode(v)
	return string(b), err
}

// Unread is what a snapshot could not read.
func Unread(s Snapshot, of *evidence.Snapshot) []Unknown {
	out := make([]Unknown, len(of.NotRead))
	for i, n := range of.NotRead {
		out[i] = Unknown{Snapshot: s.ID, At: s.Observed, NotRead: n}
	}
	return out
}
