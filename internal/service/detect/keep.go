package detect

import (
	"context"
	"fmt"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/drift"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// KeepApproval keeps a baseline that [Service.Approve] made of a snapshot that is kept under the id, when the current one is still expect; conflict otherwise.
func KeepApproval(ctx context.Context, in Baselines, scope access.Scope, b *baseline.Baseline, snapshot, expect string, now time.Time) error {
	env := change.New(scope, now, approved(b, snapshot, expect))
	return in.Approve(ctx, &env, b, snapshot, expect)
}

// approved is the entry of a baseline that is approved. Who approved it is the actor of the entry; the name that a person gives stands in the approval alone, from
// where it can be erased with it.
func approved(b *baseline.Baseline, snapshot, previous string) ledger.Draft {
	return ledger.Draft{Kind: "baseline.approved", Fields: []ledger.Field{
		ledger.Text("baseline", b.ID), ledger.Text("snapshot", snapshot), ledger.Digest("root", b.Approval.Snapshot), ledger.Text("previous", previous),
	}}
}

// compared is the entry of a comparison whose dates are kept.
func compared(req *Request, r *drift.Report) ledger.Draft {
	n := r.Summary
	counts := fmt.Appendf(nil, `{"critical":%d,"high":%d,"low":%d,"medium":%d}`, n.Critical, n.High, n.Low, n.Medium) // canonical: sorted, whole numbers
	return ledger.Draft{Kind: "drift.compared", Fields: []ledger.Field{
		ledger.Text("baseline", req.Old.Baseline.ID), ledger.Digest("snapshot", req.New.Snapshot.Root), ledger.Int("findings", int64(len(r.Findings))),
		{Name: "counts", Value: counts},
	}}
}
