package detect

import (
	"context"
	"slices"
	"strings"

	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/evidence"
)

// stillThere are the dates of what the report has, and of findings of before that could not be looked at this time. All else is gone: without this a project in which one
// thing cannot be read, as the settings of an app with the rights of a reader, would never see a finding end.
func stillThere(ctx context.Context, p Project, res *Result, old, now *evidence.Snapshot) ([]baseline.Seen, error) {
	there := map[string]bool{}
	for i := range res.Report.Findings {
		there[res.Report.Findings[i].ID] = true
	}
	u := unread{unknown: res.Report.Unknown, now: resourcesOf(now), old: resourcesOf(old)}
	for _, state := range []FindingState{Open, Accepted} {
		for after := ""; len(u.unknown) > 0; {
			rows, err := p.Findings(ctx, FindingQuery{State: state, After: after, Limit: pageOfFindings})
			if err != nil {
				return nil, err
			}
			for i := range rows {
				there[rows[i].ID] = there[rows[i].ID] || u.hides(&rows[i].Finding)
			}
			if len(rows) < pageOfFindings {
				break
			}
			after = rows[len(rows)-1].ID
		}
	}
	return slices.DeleteFunc(slices.Clone(res.Seen), func(s baseline.Seen) bool { return !there[s.Finding] }), nil
}

const pageOfFindings = 500

// resources are the ids and the types of a snapshot, in lower case.
type resources struct{ ids, types map[string]bool }

func resourcesOf(s *evidence.Snapshot) resources {
	r := resources{map[string]bool{}, map[string]bool{}}
	for i := range s.Resources {
		r.ids[strings.ToLower(s.Resources[i].ID)] = true
		r.types[strings.ToLower(s.Resources[i].Type)] = true
	}
	return r
}

// unread is what a comparison could not look at.
type unread struct {
	unknown  []drift.Unknown
	old, now resources
}

// hides reports whether a finding of before can still be there, unseen. What cannot be read now and could be when the baseline was made hides what lies in it. What could
// not be read then either hides a finding only where nothing of its type is there any more: else the finding was made without it, and would be again.
func (u unread) hides(f *drift.Finding) bool {
	id, kind := strings.ToLower(f.Resource), strings.ToLower(f.Type)
	resource := u.old.ids[id] || u.now.ids[id] || u.old.types[kind] || u.now.types[kind]
	for i := range u.unknown {
		x := &u.unknown[i]
		about := (x.Resource == "" || strings.EqualFold(x.Resource, f.Resource)) && (x.Type == "" || strings.EqualFold(x.Type, f.Type))
		if x.WasKnown && (about || !resource) || about && !u.now.ids[id] && !u.now.types[kind] {
			return true
		}
	}
	return false
}
