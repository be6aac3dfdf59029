package detect

import (
	"context"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// Decision is what somebody who approves a snapshot would decide: all of it is read from what is kept, at the time of asking.
type Decision struct {
	Snapshot string // id
	Of       *evidence.Snapshot
	Plan     bool // it holds a plan, which cannot be approved
	// Current is the baseline that this one would take the place of, nil where there is none, and CurrentOf the id of its snapshot.
	Current   *baseline.Baseline
	CurrentOf string
	// Diff is what lies between the two, and Report how it is graded; nil where there is no baseline.
	Diff   *diff.Diff
	Report *drift.Report
	// Closes are the findings that are open or accepted now and would be over.
	Closes     []FindingRow
	Exceptions []ExceptionRow // that are in force
	Required   int            // how many people an approval takes
	Waiting    []Proposal     // of baselines, that wait already
	Proposal   *Proposal      // that is decided on, where it is one
}

// Decision is said at [Decision]; ref is what history.Store.Find takes.
func (h *Hosted) Decision(ctx context.Context, a access.Actor, project id.Project, ref string) (*Decision, error) {
	return look(ctx, h, a, access.BaselineRead, project, func(p Project) (*Decision, error) { return h.decision(ctx, p, ref) })
}

// DecisionOf is what whoever approves a proposal of a baseline would decide.
func (h *Hosted) DecisionOf(ctx context.Context, a access.Actor, project id.Project, proposal string) (*Decision, error) {
	return look(ctx, h, a, access.BaselineRead, project, func(p Project) (*Decision, error) {
		list, err := p.Proposals(ctx)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(list, func(x Proposal) bool { return x.ID == proposal && x.Kind == "baseline" })
		if i < 0 {
			return nil, fault.New(fault.NotFound, "there is no such proposal of a baseline")
		}
		d, err := h.decision(ctx, p, list[i].Subject)
		if d != nil {
			d.Proposal = &list[i]
		}
		return d, err
	})
}

func (h *Hosted) decision(ctx context.Context, p Project, ref string) (*Decision, error) {
	sub, name, err := p.Snapshot(ctx, ref)
	if err != nil {
		return nil, err
	}
	sub.withhold()
	d := &Decision{Snapshot: name, Of: sub.Snapshot, Plan: has(sub.Snapshot, evidence.Planned)}
	if d.Required, _, err = p.Required(ctx); err != nil {
		return nil, err
	}
	if d.Exceptions, err = p.Exceptions(ctx); err != nil {
		return nil, err
	}
	d.Exceptions = slices.DeleteFunc(d.Exceptions, func(r ExceptionRow) bool { return r.Revoked })
	all, err := p.Proposals(ctx)
	if err != nil {
		return nil, err
	}
	d.Waiting = slices.DeleteFunc(all, func(x Proposal) bool { return x.State != ProposalOpen || x.Kind != "baseline" })
	d.Current, d.CurrentOf, err = p.Current(ctx)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		d.Current = nil
		return d, nil
	case err != nil || d.Plan:
		return d, err
	}
	return d, h.held(ctx, p, d, sub)
}

// held holds what would be approved against what is.
func (h *Hosted) held(ctx context.Context, p Project, d *Decision, sub Subject) error {
	rules, err := h.Rules()
	if err != nil {
		return err
	}
	set, err := exceptionSet(ctx, p)
	if err != nil {
		return err
	}
	b := d.Current
	old := Subject{Label: "baseline " + b.ID, Snapshot: b.Snapshot, OverlayName: b.OverlayName, OverlayText: b.OverlayText, Baseline: b}
	old.withhold()
	res, err := (&Service{}).Compare(ctx, Request{Mode: drift.ModeBaseline, Old: old, New: sub, Rules: rules, Exceptions: set, Seen: b.Seen, Now: h.Now()})
	if res == nil {
		return err // with a result, err names rules that could not be asked, which the report says too
	}
	d.Report = res.Report
	if d.Diff, err = diff.Snapshots(ctx, old.Snapshot, sub.Snapshot, diff.Options{}); err != nil {
		return err
	}
	d.Closes, err = closes(ctx, p, res.Report)
	return err
}

// closes are the findings of now that the report has: against the new baseline they would be none any more. Those that it has not were over anyway.
func closes(ctx context.Context, p Project, r *drift.Report) (list []FindingRow, err error) {
	in := map[string]bool{}
	for i := range r.Findings {
		in[r.Findings[i].ID] = true
	}
	for _, state := range []FindingState{Open, Accepted} {
		for after, seen := "", 0; seen < mostSought; seen += pageOfFindings {
			rows, err := p.Findings(ctx, FindingQuery{State: state, After: after, Limit: pageOfFindings})
			if err != nil {
				return nil, err
			}
			for i := range rows {
				if in[rows[i].ID] {
					list = append(list, rows[i])
				}
			}
			if len(rows) < pageOfFindings {
				break
			}
			after = rows[len(rows)-1].ID
		}
	}
	return list, nil
}
