package detect

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/drift"
	"c4arch/internal/base/id"
)

// Baselines are the approvals of a project, the newest first, without their snapshots.
func (h *Hosted) Baselines(ctx context.Context, a access.Actor, project id.Project) ([]baseline.Baseline, error) {
	return look(ctx, h, a, access.BaselineRead, project, func(p Project) ([]baseline.Baseline, error) { return p.Approvals(ctx) })
}

// Baseline is one approval with its snapshot, and the snapshot's id; ref "" is the current one.
func (h *Hosted) Baseline(ctx context.Context, a access.Actor, project id.Project, ref string) (*baseline.Baseline, error) {
	return look(ctx, h, a, access.BaselineRead, project, func(p Project) (*baseline.Baseline, error) {
		if ref == "" {
			b, _, err := p.Current(ctx)
			return b, err
		}
		b, _, err := p.Baseline(ctx, ref)
		return b, err
	})
}

// Comparisons are those of a project, the newest first.
func (h *Hosted) Comparisons(ctx context.Context, a access.Actor, project id.Project, before string, limit int) ([]Comparison, error) {
	return look(ctx, h, a, access.FindingRead, project, func(p Project) ([]Comparison, error) { return p.Comparisons(ctx, before, limit) })
}

// Report is the report of a comparison.
func (h *Hosted) Report(ctx context.Context, a access.Actor, project id.Project, comparison string) (*drift.Report, error) {
	return look(ctx, h, a, access.FindingRead, project, func(p Project) (*drift.Report, error) { return p.Report(ctx, comparison) })
}

// Findings are those of a project.
func (h *Hosted) Findings(ctx context.Context, a access.Actor, project id.Project, q FindingQuery) ([]FindingRow, error) {
	return look(ctx, h, a, access.FindingRead, project, func(p Project) ([]FindingRow, error) { return p.Findings(ctx, q) })
}

// Exceptions are those of a project.
func (h *Hosted) Exceptions(ctx context.Context, a access.Actor, project id.Project) ([]ExceptionRow, error) {
	return look(ctx, h, a, access.ExceptionRead, project, func(p Project) ([]ExceptionRow, error) { return p.Exceptions(ctx) })
}

// Proposals are those of a project.
func (h *Hosted) Proposals(ctx context.Context, a access.Actor, project id.Project) ([]Proposal, error) {
	return look(ctx, h, a, access.BaselineRead, project, func(p Project) ([]Proposal, error) { return p.Proposals(ctx) })
}

// Snapshot is a snapshot of the project as something to draw, and its id.
func (h *Hosted) Snapshot(ctx context.Context, a access.Actor, project id.Project, ref string) (Subject, string, error) {
	snapshot := ""
	sub, err := look(ctx, h, a, access.SnapshotRead, project, func(p Project) (Subject, error) {
		s, name, err := p.Snapshot(ctx, ref)
		snapshot = name
		return s, err
	})
	return sub, snapshot, err
}

// look opens a project to read one thing.
func look[T any](ctx context.Context, h *Hosted, a access.Actor, act access.Action, project id.Project, read func(Project) (T, error)) (T, error) {
	p, _, err := h.open(ctx, a, act, project)
	if err != nil {
		var none T
		return none, err
	}
	defer p.Close() //nolint:errcheck // it was read only
	return read(p)
}
