package app

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	desk "c4arch/internal/inbound/portal/trend"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/discover"
	"c4arch/internal/service/trend"
)

// trendsDesk is the pages of trends.
func (in *instance) trendsDesk() web.Desk {
	return desk.Desk(&trend.Service{Source: happened{in}, Now: in.now}, in.projectOf)
}

// happened is what trends are worked out from.
type happened struct{ in *instance }

func (h happened) Projects(ctx context.Context, a access.Actor) (all []trend.Project, err error) {
	projects, err := h.in.accounts.Projects(ctx, a)
	for _, p := range projects {
		if !p.Example && !p.Archived {
			all = append(all, trend.Project{ID: p.ID, Name: p.Name})
		}
	}
	return all, err
}

func (h happened) Comparisons(ctx context.Context, a access.Actor, project id.Project, before string, limit int) (all []trend.Comparison, err error) {
	list, err := h.in.drift.Comparisons(ctx, a, project, before, limit)
	for _, c := range list {
		all = append(all, trend.Comparison{ID: c.ID, At: c.At, Counts: c.Counts})
	}
	return all, err
}

// Readings are the scans that ended.
func (h happened) Readings(ctx context.Context, a access.Actor, project id.Project, before string, limit int) (all []trend.Reading, err error) {
	list, err := h.in.scans.List(ctx, a, project, before, limit)
	for _, r := range list {
		x := trend.Reading{ID: r.ID, At: r.Created, Read: r.Resources, NotRead: r.NotRead, Failed: r.State == discover.Failed}
		if r.Ended != nil {
			x.At = *r.Ended
		}
		x.Running = r.Ended == nil
		all = append(all, x)
	}
	return all, err
}

// mostAccepted is how many findings with an exception are looked at.
const mostAccepted = 500

// Decisions are the approvals of proposals, and the exceptions that accept a finding.
func (h happened) Decisions(ctx context.Context, a access.Actor, project id.Project) (all []trend.Decision, err error) {
	proposals, err := h.in.drift.Proposals(ctx, a, project)
	if err != nil {
		return nil, err
	}
	for _, p := range proposals {
		if p.Kind == "baseline" && p.State == detect.ProposalApproved && p.Decided != nil {
			all = append(all, trend.Decision{Sort: trend.Approval, From: p.Created, At: *p.Decided})
		}
	}
	exceptions, err := h.in.drift.Exceptions(ctx, a, project)
	if err != nil {
		return nil, err
	}
	made := map[string]detect.ExceptionRow{}
	for _, x := range exceptions {
		made[x.ID] = x
	}
	accepted, err := h.in.drift.Findings(ctx, a, project, detect.FindingQuery{State: detect.Accepted, Limit: mostAccepted})
	for _, f := range accepted {
		if f.Exception == nil {
			continue
		}
		if x, ok := made[f.Exception.ID]; ok {
			all = append(all, trend.Decision{Sort: trend.Exception, From: f.First, At: x.Created})
		}
	}
	return all, err
}
