package history

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/overlay"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Scan is what a scan gives to keep.
type Scan struct {
	Snapshot    *evidence.Snapshot
	Model       *c4.Model
	OverlayName string
	OverlayText []byte
}

// Keep records a scan in a store.
func Keep(ctx context.Context, s Store, scope access.Scope, scan Scan, now time.Time) (Entry, error) {
	r, err := RecordOf(scan)
	if err != nil {
		return Entry{}, err
	}
	env := change.New(scope, now, kept(&r))
	return s.Put(ctx, &env, r)
}

// RecordOf is what is kept of a scan.
func RecordOf(scan Scan) (Record, error) {
	return NewRecord(scan.Snapshot, scan.OverlayName, scan.OverlayText, baseline.ModelDigest(scan.Model))
}

// NewRecord is what is kept of a snapshot with its overlay, where it has one, and the digest of the model that follows from both.
func NewRecord(s *evidence.Snapshot, overlayName string, overlayText []byte, model canon.Digest) (Record, error) {
	r := Record{Snapshot: s, OverlayName: overlayName, OverlayText: overlayText, Model: model}
	if len(overlayText) == 0 {
		return r, nil
	}
	o, err := overlay.Parse(overlayText)
	if err != nil {
		return r, err
	}
	r.Overlay, err = o.Digest()
	return r, err
}

// Retention says which snapshots are kept; those that a baseline approves are kept whatever it says. The zero value keeps all.
type Retention struct {
	Days   int // those collected in the last so many days; 0 is no limit
	Newest int // the newest so many; 0 is no limit
}

// Collect lets go what the retention does not keep; with dry it only counts.
func Collect(ctx context.Context, s Store, scope access.Scope, r Retention, now time.Time, dry bool) (Collected, error) {
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
	keep := func(e Entry) bool {
		old := r.Days > 0 && e.CollectedAt.Before(now.AddDate(0, 0, -r.Days))
		many := r.Newest > 0 && !newest[e.ID]
		return !old && !many
	}
	env := change.New(scope, now)
	if dry {
		return s.Collect(ctx, &env, keep, nil)
	}
	return s.Collect(ctx, &env, keep, collected)
}

// Redact withdraws the content of a resource from every snapshot.
func Redact(ctx context.Context, s Store, scope access.Scope, resource, reason string, now time.Time) (Redacted, error) {
	env := change.New(scope, now)
	return s.Redact(ctx, &env, resource, reason, func(r Redacted) ledger.Draft { return redacted(reason, r) })
}
