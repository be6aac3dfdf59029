// Package history is the use case of keeping what was scanned: record a snapshot, list, show and check what there is,
// let go what nobody needs, and withdraw what must not be kept.
package history

import (
	"context"
	"time"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Entry is a snapshot as the list of snapshots has it.
type Entry struct {
	// ID is [IDOf] the record: "s" and 12 hexadecimal digits of the digest of all that the snapshot is, its time included; Root is over its content alone, so that
	// two scans of the same have the same root and two ids.
	ID          string       `json:"id"`
	Root        canon.Digest `json:"root"`
	CollectedAt time.Time    `json:"collectedAt"`
	RecordedAt  time.Time    `json:"recordedAt"`
	Name        string       `json:"name"`
	Method      string       `json:"method"`
	KeyID       string       `json:"keyId"`
	Scope       []string     `json:"scope"`
	Resources   int          `json:"resources"`
	NotRead     int          `json:"notRead"`
	Overlay     canon.Digest `json:"overlay,omitempty"`
	Model       canon.Digest `json:"model"`
	// Approved is the id of the newest baseline that approved it, or "".
	Approved string `json:"approved,omitempty"`
	// Fresh counts the resource versions that this snapshot was the first to bring.
	Fresh int `json:"fresh"`
}

// Record is what to keep.
type Record struct {
	Snapshot    *evidence.Snapshot
	OverlayName string
	OverlayText []byte // c4arch.yaml as it was; nil where there was none
	Overlay     canon.Digest
	Model       canon.Digest
}

// Store is the port to where the snapshots of one project are kept. An error of kind notfound says that there is no such snapshot; of kind
// conflict that a prefix means several; of kind internal, with the object's name, that what is kept is damaged. A write whose scope is of
// another organisation or project is notfound. What a write returns is durable, and so are its entries in the ledger.
type Store interface {
	// Put keeps a snapshot. The same a second time is no second entry: nothing is committed then, unless the envelope ends a job.
	Put(ctx context.Context, env *change.Envelope, r Record) (Entry, error)
	// List returns the newest first; limit 0 means all.
	List(ctx context.Context, limit int) ([]Entry, error)
	// Find resolves what people write: an id or a prefix of at least 4 characters, a root or a prefix of one, "latest", "latest~3", or a time
	// (RFC 3339 or a date: the newest collected at or before it).
	Find(ctx context.Context, ref string) (Entry, error)
	// Load returns the whole, verified: each commitment, the order, the root.
	Load(ctx context.Context, id string) (Record, error)
	// Collect lets go the snapshots that keep refuses, unless one is approved, and everything that no snapshot needs. say makes of what goes an entry
	// that is committed with it; without say nothing goes, and is only counted. Where nothing is to go, nothing is committed.
	Collect(ctx context.Context, env *change.Envelope, keep func(Entry) bool, say func(Collected) ledger.Draft) (Collected, error)
	// Check reads everything that is kept, the ledger too, and says what is wrong. The error is for what stops the check itself.
	Check(ctx context.Context, progress func(done, total int)) (Checked, error)
	// Redact withdraws the content of a resource from every snapshot: the roots still verify. say makes of what is withdrawn an entry that is committed
	// with it. Where everything is withdrawn already, nothing is committed.
	Redact(ctx context.Context, env *change.Envelope, resource, reason string, say func(Redacted) ledger.Draft) (Redacted, error)
	Close() error
}

// Collected says what was let go.
type Collected struct {
	Snapshots []Entry `json:"snapshots"`
	Versions  int     `json:"versions"`
	Objects   int     `json:"objects"`
	Bytes     int64   `json:"bytes"`
}

// Checked says what a check found.
type Checked struct {
	Snapshots int      `json:"snapshots"`
	Versions  int      `json:"versions"`
	Objects   int      `json:"objects"`
	Bytes     int64    `json:"bytes"`
	Baselines int      `json:"baselines"`
	Entries   int64    `json:"entries"` // of the ledger
	Staged    int      `json:"staged"`  // leftovers of writes that were interrupted; gc removes them
	Faults    []string `json:"faults"`  // each names the object, the snapshot or the baseline
}

// Redacted says what was withdrawn.
type Redacted struct {
	Resource  string   `json:"resource"`
	Versions  int      `json:"versions"`
	Snapshots []string `json:"snapshots"`
	// Baselines are those whose snapshot is concerned: what they were exported to is not reached from here.
	Baselines []string `json:"baselines"`
}
