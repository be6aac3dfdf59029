package history

import (
	"context"
	"time"

	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/overlay"
	"c4arch/internal/base/fault"
)

// Scan is what a scan gives to keep.
type Scan struct {
	Snapshot    *evidence.Snapshot
	Model       *c4.Model
	OverlayName string
	OverlayText []byte
}

// Keep records a scan in a store.
func Keep(ctx context.Context, s Store, scan Scan, now time.Time) (Entry, error) {
	r := Record{Snapshot: scan.Snapshot, OverlayName: scan.OverlayName, OverlayText: scan.OverlayText, Model: baseline.ModelDigest(scan.Model)}
	if len(scan.OverlayText) > 0 {
		o, err := overlay.Parse(scan.OverlayText)
		if err != nil {
			return Entry{}, err
		}
		if r.Overlay, err = o.Digest(); err != nil {
			return Entry{}, err
		}
	}
	return s.Put(ctx, r, now)
}

// Retention says which snapshots are kept; those that a baseline approves are kept whatever it says. The zero value keeps all.
type Retention struct {
	Days   int // those collected in the last so many days; 0 is no limit
	Newest int // the newest so many; 0 is no limit
}

// Collect lets go what the retention does not keep.
func Collect(ctx context.Context, s Store, r Retention, now time.Time, dry bool) (Collected, error) {
	if r.Days < 0 || r.Newest < 0 {
		return Collected{}, fault.New(fault.Invalid, "a retention is not negative")
	}
	newest := map[string]bool{}
	if r.Newest > 0 {
		list, err := s.List(ctx, r.Newest)
		if err != nil {
			return Collected{}, err
		}
		for _, e := range list {
			newest[e.ID] = true
		}
	}
	return s.Collect(ctx, func(e Entry) bool {
		old := r.Days > 0 && e.CollectedAt.Before(now.AddDate(0, 0, -r.Days))
		many := r.Newest > 0 && !newest[e.ID]
		return !old && !many
	}, now, dry)
}
