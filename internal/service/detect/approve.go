package detect

import (
	"context"
	"slices"
	"time"

	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
)

// Approval is what a person says when they approve.
type Approval struct {
	By, Reason string
	// Known: who they are was checked, by the service; else it is what they say.
	Known bool
	At    time.Time
	// Key seals the approval.
	Key []byte
	// Supersedes is the id of the baseline before, or "".
	Supersedes string
	// Seen are dates to take along: a drift that the new baseline does not end goes on being as old as it is.
	Seen []baseline.Seen
}

// Approve makes a baseline of a subject. Nothing is kept yet.
func (s *Service) Approve(ctx context.Context, sub Subject, a Approval) (*baseline.Baseline, error) {
	if sub.Snapshot == nil {
		return nil, fault.New(fault.Invalid, "there is nothing to approve")
	}
	for i := range sub.Snapshot.Resources {
		if sub.Snapshot.Resources[i].Side == evidence.Planned {
			return nil, fault.New(fault.Invalid, "a plan cannot be approved as a baseline: it says what would be, not what is").
				WithHelp("apply it, scan again, and approve that")
		}
	}
	if err := Showable(sub.Snapshot, a.Key); err != nil {
		return nil, err
	}
	if err := Derive(ctx, &sub, func(string, int, int) {}); err != nil {
		return nil, err
	}
	b, err := baseline.New(baseline.Approval{
		Model: baseline.ModelDigest(sub.Model), Name: sub.Snapshot.Name, By: a.By, Claimed: !a.Known,
		At: a.At.UTC().Format(time.RFC3339), Reason: a.Reason, Supersedes: a.Supersedes,
	}, sub.Snapshot, sub.OverlayName, sub.OverlayText, a.Key)
	if err != nil {
		return nil, err
	}
	b.Seen = a.Seen
	return b, nil
}

// Showable refuses a snapshot from elsewhere with secrets in clear: what is kept or approved is handed on and committed.
func Showable(s *evidence.Snapshot, key []byte) error {
	_, ids := s.Withhold()
	if len(ids) == 0 {
		return nil
	}
	if sealer, err := evidence.NewSealer(key); err == nil {
		for i := range s.Resources {
			if r := &s.Resources[i]; sealer.Owns(r) {
				ids = slices.DeleteFunc(ids, func(id string) bool { return id == r.ID })
			}
		}
	}
	if len(ids) == 0 {
		return nil // sealed here
	}
	return fault.New(fault.Invalid, "the snapshot holds in clear what looks like a secret, in %d of its resources, first in %.200q", len(ids), ids[0]).
		WithHelp("it was not written by c4arch as it is: scan again, and approve that")
}
