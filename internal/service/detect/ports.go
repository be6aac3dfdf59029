// Package detect is the use case of drift: what was approved is held against what is live, and what differs is graded.
package detect

import (
	"context"
	"time"

	"c4arch/internal/arch/baseline"
	"c4arch/internal/service/change"
)

// Baselines is the port to where the approvals of one project are kept. Each write is one transaction with its entries in the ledger, and what it
// acknowledged is durable; one whose scope is of another organisation or project is notfound.
type Baselines interface {
	// Approve keeps a baseline of a snapshot that is kept already (b.Snapshot.Root names it; snapshot is its id). expect is the id of the
	// baseline that the person saw as the current one ("" for none): when another has come since, the error is of kind conflict.
	Approve(ctx context.Context, env *change.Envelope, b *baseline.Baseline, snapshot, expect string) error
	// Current returns the newest baseline with its snapshot loaded and verified; notfound when nothing is approved yet.
	Current(ctx context.Context) (*baseline.Baseline, string, error)
	// Baseline returns the one with the id, or a prefix of at least 4 characters, and the id of its snapshot.
	Baseline(ctx context.Context, ref string) (*baseline.Baseline, string, error)
	// Approvals returns all without their snapshots, newest first.
	Approvals(ctx context.Context) ([]baseline.Baseline, error)
	// Saw remembers when findings against a baseline were seen: the first date of each that is new, the last date of all of them. A finding that was
	// not seen this time is forgotten, so that it begins anew should it come back; keep are those that stay although they were not seen, such as
	// what could not be read. at is the time of the scan. It returns the dates of all that are there.
	Saw(ctx context.Context, env *change.Envelope, baselineID string, findings []string, keep func(finding string) bool, at time.Time) ([]baseline.Seen, error)
}
