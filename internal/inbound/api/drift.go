package api

import (
	"context"
	"net/http"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/service/detect"
)

// baselineItem is a baseline in a list.
type baselineItem struct {
	ID       string            `json:"id"`
	Approval baseline.Approval `json:"approval"`
}

// approvedBody is what came of an approval: one of the two.
type approvedBody struct {
	Baseline *baselineItem    `json:"baseline,omitempty"`
	Proposal *detect.Proposal `json:"proposal,omitempty" doc:"waits for another person"`
}

func approved(x detect.Approved, err error) (approvedBody, error) {
	var b approvedBody
	if x.Baseline != nil {
		b.Baseline = &baselineItem{ID: x.Baseline.ID, Approval: x.Baseline.Approval}
	}
	b.Proposal = x.Proposal
	return b, err
}

type approveBody struct {
	Snapshot string `json:"snapshot" doc:"id, a beginning of it, latest, latest~1, or a time" maxLength:"100" thing:"snapshot"`
	Reason   string `json:"reason" minLength:"1" maxLength:"2000"`
	Expect   string `json:"expect,omitempty" doc:"id of the baseline that is current as far as you know; empty for none" maxLength:"40" thing:"baseline"`
}

type reasonBody struct {
	Reason string `json:"reason" minLength:"1" maxLength:"2000"`
}

func (a *api) drift() {
	a.baselines()
	a.proposals()
	a.findings()
	a.exceptions()
}

func (a *api) baselines() {
	route(a, http.MethodGet, "/projects/{project}/baselines", "list-baselines", "List approvals, the newest first", inside(access.BaselineRead),
		func(ctx context.Context, actor access.Actor, in *InProject) (list[baselineItem], error) {
			all, err := a.Drift.Baselines(ctx, actor, in.id())
			l := list[baselineItem]{Items: []baselineItem{}}
			for i := range all {
				l.Items = append(l.Items, baselineItem{ID: all[i].ID, Approval: all[i].Approval})
			}
			return l, err
		})
	route(a, http.MethodPost, "/projects/{project}/baselines", "approve-baseline", "Approve a snapshot as the baseline, or propose it where two people have to", inside(access.BaselineApprove),
		func(ctx context.Context, actor access.Actor, in *struct {
			InProject
			Once
			Body approveBody
		},
		) (approvedBody, error) {
			return approved(a.Drift.Approve(ctx, actor, detect.ApproveSnapshot{
				Project: in.id(), Snapshot: in.Body.Snapshot, Reason: in.Body.Reason, Expect: in.Body.Expect, Key: in.key("approve-baseline/"+in.Project, in.Body),
			}))
		})
}

type OneProposal struct {
	InProject
	Proposal string `path:"proposal" maxLength:"40"`
}

func (a *api) proposals() {
	route(a, http.MethodGet, "/projects/{project}/proposals", "list-proposals", "List what waits, or waited, for another person", inside(access.BaselineRead),
		func(ctx context.Context, actor access.Actor, in *InProject) (list[detect.Proposal], error) {
			items, err := a.Drift.Proposals(ctx, actor, in.id())
			return paged(items, 0, nil), err
		})
	route(a, http.MethodPost, "/projects/{project}/proposals/{proposal}/approval", "approve-proposal", "Approve what another person has proposed", inside(access.BaselineApprove),
		func(ctx context.Context, actor access.Actor, in *OneProposal) (approvedBody, error) {
			return approved(a.Drift.ApproveProposal(ctx, actor, in.id(), in.Proposal))
		})
	route(a, http.MethodPost, "/projects/{project}/proposals/{proposal}/rejection", "reject-proposal", "Reject what another person has proposed", inside(access.BaselineApprove),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneProposal
			Body reasonBody
		},
		) (none, error) {
			return none{}, a.Drift.RejectProposal(ctx, actor, in.id(), in.Proposal, in.Body.Reason)
		})
	route(a, http.MethodPost, "/projects/{project}/proposals/{proposal}/withdrawal", "withdraw-proposal", "Withdraw a proposal", inside(access.BaselineApprove),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneProposal
			Body reasonBody
		},
		) (none, error) {
			return none{}, a.Drift.WithdrawProposal(ctx, actor, in.id(), in.Proposal, in.Body.Reason)
		})
}

func (a *api) findings() {
	route(a, http.MethodGet, "/projects/{project}/comparisons", "list-comparisons", "List comparisons, the newest first", inside(access.FindingRead),
		func(ctx context.Context, actor access.Actor, in *struct {
			InProject
			Page
		},
		) (list[detect.Comparison], error) {
			at, err := in.from(actor, "list-comparisons")
			if err != nil {
				return list[detect.Comparison]{}, err
			}
			items, err := a.Drift.Comparisons(ctx, actor, in.id(), at, in.Limit)
			return goesOn(actor, "list-comparisons", items, in.Limit, func(c detect.Comparison) string { return c.ID }), err
		})
	route(a, http.MethodGet, "/projects/{project}/findings", "list-findings", "List findings, the gravest first", inside(access.FindingRead),
		func(ctx context.Context, actor access.Actor, in *struct {
			InProject
			Page
			State    string `query:"state" enum:"open,accepted,gone" default:"open"`
			Severity string `query:"severity" enum:"critical,high,medium,low"`
		},
		) (list[detect.FindingRow], error) {
			at, err := in.from(actor, "list-findings")
			if err != nil {
				return list[detect.FindingRow]{}, err
			}
			items, err := a.Drift.Findings(ctx, actor, in.id(), detect.FindingQuery{State: detect.FindingState(in.State), Severity: in.Severity, After: at, Limit: in.Limit})
			return goesOn(actor, "list-findings", items, in.Limit, func(f detect.FindingRow) string { return f.ID }), err
		})
}

type OneException struct {
	InProject
	Exception string `path:"exception" maxLength:"40"`
}

func (a *api) exceptions() {
	route(a, http.MethodGet, "/projects/{project}/exceptions", "list-exceptions", "List what was accepted, until when and by whom", inside(access.ExceptionRead),
		func(ctx context.Context, actor access.Actor, in *InProject) (list[detect.ExceptionRow], error) {
			items, err := a.Drift.Exceptions(ctx, actor, in.id())
			return paged(items, 0, nil), err
		})
	route(a, http.MethodPost, "/projects/{project}/exceptions", "propose-exception", "Propose to accept drift for a time; another person approves it", inside(access.ExceptionChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			InProject
			Once
			Body detect.Entry
		},
		) (detect.Proposal, error) {
			return a.Drift.ProposeException(ctx, actor, in.id(), in.Body, in.key("propose-exception/"+in.Project, in.Body))
		})
	route(a, http.MethodPost, "/projects/{project}/exceptions/{exception}/approval", "approve-exception", "Add a further person's approval, as a critical finding takes", inside(access.ExceptionChange),
		func(ctx context.Context, actor access.Actor, in *OneException) (none, error) {
			return none{}, a.Drift.ApproveException(ctx, actor, in.id(), in.Exception)
		})
	route(a, http.MethodPost, "/projects/{project}/exceptions/{exception}/revocation", "revoke-exception", "End an exception", inside(access.ExceptionChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneException
			Body reasonBody
		},
		) (none, error) {
			return none{}, a.Drift.RevokeException(ctx, actor, in.id(), in.Exception, in.Body.Reason)
		})
}
