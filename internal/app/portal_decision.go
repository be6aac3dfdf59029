package app

import (
	"context"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/portal/decision"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/history"
)

// decisionDesk is what people approve, and what one proposes and another decides.
func (in *instance) decisionDesk() web.Desk { return decision.Desk(deciding{in.drift, in}) }

// mostKept is among how many of the newest snapshots and scans the times of one are sought: what is approved is nearly always the newest.
const mostKept = 500

// Times are when a snapshot was handed over and kept. Who may not read snapshots or scans, and whoever asks for one that is older, is told no time.
func (d deciding) Times(ctx context.Context, a access.Actor, project id.Project, snapshot string) (decision.Times, error) {
	var out decision.Times
	entries, err := d.in.history.List(ctx, a, project, mostKept)
	if err != nil && fault.KindOf(err) != fault.Denied {
		return out, err
	}
	if i := slices.IndexFunc(entries, func(e history.Entry) bool { return e.ID == snapshot }); i >= 0 {
		out.Collected, out.Recorded = entries[i].CollectedAt, entries[i].RecordedAt
	}
	runs, err := d.in.scans.List(ctx, a, project, "", mostKept)
	if fault.KindOf(err) == fault.Denied {
		return out, nil
	}
	// The first scan that brought it: a later one of the same brings nothing.
	for _, r := range slices.Backward(runs) {
		if r.Snapshot == snapshot {
			out.Uploaded = r.Created
			break
		}
	}
	return out, err
}
