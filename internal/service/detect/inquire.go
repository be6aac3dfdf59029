package detect

import (
	"context"
	"slices"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// Standing is where a project stands: what is approved, what was compared last, and what that found.
type Standing struct {
	Baseline *baseline.Approval // nil: nothing is approved yet
	Current  string             // its id
	Approved string             // id of its snapshot
	Newest   string             // id of the newest snapshot, or ""
	Compared *Comparison        // nil: nothing was compared yet
	Report   *drift.Report      // of that comparison
	Counts   FindingCounts
}

// Standing is said at [Standing].
func (h *Hosted) Standing(ctx context.Context, a access.Actor, project id.Project) (Standing, error) {
	return look(ctx, h, a, access.FindingRead, project, func(p Project) (out Standing, err error) {
		j, err := p.Judged(ctx)
		if err != nil {
			return out, err
		}
		out.Current, out.Approved, out.Newest = j.Baseline, j.Approved, j.Newest
		if j.Baseline != "" {
			all, err := p.Approvals(ctx)
			if err != nil {
				return out, err
			}
			if i := slices.IndexFunc(all, func(b baseline.Baseline) bool { return b.ID == j.Baseline }); i >= 0 {
				out.Baseline = &all[i].Approval
			}
		}
		last, err := p.Comparisons(ctx, "", 1)
		if err == nil && len(last) > 0 {
			out.Compared = &last[0]
			out.Report, err = p.Report(ctx, last[0].ID)
		}
		if err != nil {
			return out, err
		}
		out.Counts, err = p.FindingCounts(ctx)
		return out, err
	})
}

// Seek is which findings somebody looks for.
type Seek struct {
	FindingQuery
	Change diff.Kind // "" any
	Words  string    // all of them stand in the finding, without regard to case; "" any
}

// mostSought bounds how many findings are looked through for one page.
const mostSought = 20 * pageOfFindings

// Seek lists findings, the gravest first, and reports whether there are more.
func (h *Hosted) Seek(ctx context.Context, a access.Actor, project id.Project, q Seek) (list []FindingRow, more bool, err error) {
	list, err = look(ctx, h, a, access.FindingRead, project, func(p Project) (found []FindingRow, err error) {
		words := strings.Fields(strings.ToLower(q.Words))
		in := q.FindingQuery
		in.Limit = pageOfFindings
		for seen := 0; seen < mostSought && len(found) <= q.Limit; seen += pageOfFindings {
			rows, err := p.Findings(ctx, in)
			if err != nil {
				return nil, err
			}
			for i := range rows {
				if q.matches(&rows[i], words) {
					found = append(found, rows[i])
				}
			}
			if len(rows) < pageOfFindings {
				break
			}
			in.After = rows[len(rows)-1].ID
		}
		return found, nil
	})
	if len(list) > q.Limit {
		return list[:q.Limit], true, err
	}
	return list, false, err
}

func (q *Seek) matches(f *FindingRow, words []string) bool {
	if q.Change != "" && f.Change != q.Change {
		return false
	}
	text := strings.ToLower(strings.Join([]string{f.Title, f.Name, f.Resource, f.Type, f.Rule, string(f.Path), f.Reason}, "\n"))
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// Found is a finding with what it rests on.
type Found struct {
	FindingRow
	Comparison Comparison
	// Rule is what graded it, nil where the table has it no more.
	Rule *severity.Rule
	// Old and New are the resource as it was approved and as it was seen last; nil where it was not there, or is an element of the architecture.
	Old, New *evidence.Resource
	// OldID is the id of the snapshot that was approved.
	OldID  string
	Report *drift.Report // of the comparison
	// Properties are all that differ between the two, noise among them, marked.
	Properties []diff.Property
	// Beside are the other findings about the same thing that are not gone, at most [mostBeside].
	Beside []FindingRow
}

const mostBeside = 50

// Finding is a finding of the project with what it rests on.
func (h *Hosted) Finding(ctx context.Context, a access.Actor, project id.Project, name string) (*Found, error) {
	return look(ctx, h, a, access.FindingRead, project, func(p Project) (*Found, error) {
		row, err := p.Finding(ctx, name)
		if err != nil {
			return nil, err
		}
		f := &Found{FindingRow: row}
		if err := f.compared(ctx, p); err != nil {
			return nil, err
		}
		if err := f.sides(ctx, p); err != nil {
			return nil, err
		}
		if f.Beside, err = beside(ctx, p, &row); err != nil {
			return nil, err
		}
		rules, err := h.Rules()
		if err == nil {
			f.Rule, _ = rules.Rule(row.Rule)
		}
		return f, err
	})
}

// compared finds the comparison that saw it last. Ids of comparisons sort by their times: the one that comes before the next greater id is it.
func (f *Found) compared(ctx context.Context, p Project) error {
	list, err := p.Comparisons(ctx, f.FindingRow.Comparison+"0", 1)
	if err != nil {
		return err
	}
	if len(list) == 0 || list[0].ID != f.FindingRow.Comparison {
		return fault.New(fault.Internal, "the comparison %.40s of a finding is missing", f.FindingRow.Comparison)
	}
	f.Comparison = list[0]
	f.Report, err = p.Report(ctx, list[0].ID)
	return err
}

// sides reads the resource on both sides. A snapshot that was let go by the rules of retention leaves its side empty.
func (f *Found) sides(ctx context.Context, p Project) error {
	b, of, err := p.Baseline(ctx, f.Comparison.Baseline)
	if err != nil {
		return err
	}
	f.OldID = of
	clean, _ := b.Snapshot.Withhold()
	f.Old = resourceIn(clean, f.Resource)
	sub, _, err := p.Snapshot(ctx, f.Comparison.Snapshot)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	sub.withhold()
	f.New = resourceIn(sub.Snapshot, f.Resource)
	if f.Old == nil || f.New == nil || f.Old.Form != f.New.Form {
		return nil
	}
	f.Properties, err = diff.Properties(f.Old, f.New, diff.PairOptions{SameKey: b.Snapshot.KeyID == sub.Snapshot.KeyID})
	return err
}

func resourceIn(s *evidence.Snapshot, name string) *evidence.Resource {
	for i := range s.Resources {
		if strings.EqualFold(s.Resources[i].ID, name) {
			return &s.Resources[i]
		}
	}
	return nil
}

func beside(ctx context.Context, p Project, f *FindingRow) (list []FindingRow, err error) {
	for _, state := range []FindingState{Open, Accepted} {
		for after, seen := "", 0; seen < mostSought; seen += pageOfFindings {
			rows, err := p.Findings(ctx, FindingQuery{State: state, After: after, Limit: pageOfFindings})
			if err != nil {
				return nil, err
			}
			for i := range rows {
				if rows[i].ID != f.ID && strings.EqualFold(rows[i].Resource, f.Resource) && len(list) < mostBeside {
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
