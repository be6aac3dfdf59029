package drift

import (
	"cmp"
	"slices"
	"strings"

	"c4arch/internal/arch/coverage"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/exception"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
)

// buckets turns what stands on one side only, code or cloud, into findings.
func (w *work) buckets(cov *coverage.Coverage) error {
	for i := range cov.Entries {
		e := &cov.Entries[i]
		id := ruleUndeclared
		f := Finding{Change: diff.Added}
		switch e.Bucket {
		case coverage.LiveOnly:
		case coverage.DeclaredOnly:
			id, f.Change = ruleNotLive, diff.Removed
		case coverage.Unmatched:
			w.report.Unknown = append(w.report.Unknown, Unknown{
				Resource: e.Resource, Type: e.Type, Input: e.Input, Line: e.Line, Count: 1, Reason: e.Reason,
				Help: "give the value that the code leaves open, with a values file or in deployments of c4arch.yaml",
			})
			continue
		default:
			continue
		}
		rule, ok := w.req.Table.Rule(id)
		if !ok {
			continue // somebody has turned it off
		}
		kind := f.Change
		f = w.finding(severity.Verdict{Rule: rule, Severity: rule.Severity, Direction: severity.Neutral, Reason: rule.Reason})
		f.Change, f.Resource, f.Type, f.Name = kind, e.Resource, e.Type, e.Name
		f.Elements = w.new.elements[e.Resource]
		side := "new"
		if e.Bucket == coverage.DeclaredOnly {
			side, f.Elements = "old", w.old.elements[e.Resource]
		}
		f.Places = []Place{{Input: e.Input, Line: e.Line, Declared: e.Bucket == coverage.DeclaredOnly, Side: side}}
		w.add(f)
	}
	return nil
}

// accept gives each finding its dates and its exception.
func (w *work) accept() {
	set := w.req.Exceptions
	if set == nil {
		set = &exception.Set{}
	}
	w.blankCheques(set)
	matched := map[string]bool{}
	for i := range w.report.Findings {
		if w.ctx.Err() != nil {
			return // the caller says so
		}
		f := &w.report.Findings[i]
		f.FirstSeen, f.LastSeen = w.at, w.at
		if s, ok := w.req.Seen[f.ID]; ok {
			f.FirstSeen = s.First
		}
		if window := set.Window(w.req.Now); window != nil && f.FirstSeen == w.at {
			f.Labels = append(f.Labels, "in a maintenance window: "+window.Reason)
		}
		about := exception.Finding{
			Resource: f.Resource, Path: string(f.Path), Pattern: patternOf(f.Path), Rule: f.Rule,
			Tags: w.tags(f.Resource), New: string(f.New), Severity: f.Severity,
		}
		for _, id := range set.Matching(about, w.req.Now) {
			matched[id] = true
		}
		x, state := set.Match(about, w.req.Now)
		if x == nil {
			continue
		}
		f.Exception = &Excepted{ID: x.ID, Owner: x.Owner, Reason: x.Reason, Expires: x.Expires, State: string(state)}
	}
	for _, s := range set.Stale(matched, w.req.Now) {
		w.report.Exceptions = append(w.report.Exceptions, Stale{ID: s.ID, Owner: s.Owner, Line: s.Line, State: string(s.State), Expires: s.Expires})
	}
}

// blankCheques says of exceptions that accept whatever comes that they do: a report that is clean because of one looks like any other.
func (w *work) blankCheques(set *exception.Set) {
	for i := range set.Exceptions {
		if e := &set.Exceptions[i]; e.Everything() && e.InForce(w.req.Now) {
			w.report.Notes = slices.Insert(w.report.Notes, 0,
				"The exception "+e.ID+" accepts every finding on everything until "+e.Expires+": while it is in force this check can hardly fail. Narrow its scope and rule, or take it out.")
		}
	}
}

func (w *work) tags(id string) map[string]string {
	for _, at := range [...]*where{w.new, w.old} {
		for _, r := range at.byID[id] {
			if len(r.Tags) > 0 {
				return r.Tags
			}
		}
	}
	return nil
}

// patternOf is the shape of a path: each item stands as [].
func patternOf(p diff.Path) string {
	var b strings.Builder
	for i, step := range p.Steps() {
		switch {
		case strings.HasPrefix(step, "[") && !strings.HasPrefix(step, `["`):
			b.WriteString("[]")
			continue
		case i > 0 && !strings.HasPrefix(step, "["):
			b.WriteByte('.')
		}
		b.WriteString(step)
	}
	return b.String()
}

// finish sorts and counts.
func (w *work) finish() {
	r := w.report
	slices.SortStableFunc(r.Findings, compareFindings)
	slices.SortFunc(r.Unknown, func(a, b Unknown) int {
		return cmp.Or(cmp.Compare(order(b.WasKnown), order(a.WasKnown)), cmp.Compare(a.Input, b.Input), cmp.Compare(a.Resource, b.Resource),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Reason, b.Reason))
	})
	s := &r.Summary
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Old == nil {
			f.Old = canon.Raw("null")
		}
		if f.New == nil {
			f.New = canon.Raw("null")
		}
		switch {
		case f.Direction == severity.Tightened:
			r.Improvements++
		case f.Accepted():
			s.Excepted++
		default:
			s.count(f.Severity)
		}
	}
	for _, u := range r.Unknown {
		s.Unknown += u.Count
		if u.WasKnown {
			s.WasKnown += u.Count
		}
	}
	r.NoiseBy = w.diff.Noise
	for _, n := range w.diff.Noise {
		s.Noise += n
	}
	s.Same = w.diff.Same
	for i := range w.diff.Changes {
		switch w.diff.Changes[i].Kind {
		case diff.Added:
			s.Added++
		case diff.Removed:
			s.Removed++
		case diff.Changed:
			s.Changed++
		case diff.Moved:
			s.Moved++
		case diff.Replaced:
			s.Replaced++
		}
	}
}

func (s *Summary) count(grade severity.Severity) {
	switch grade {
	case severity.Critical:
		s.Critical++
	case severity.High:
		s.High++
	case severity.Medium:
		s.Medium++
	case severity.Low:
		s.Low++
	}
}

// Accepted reports whether an exception that is in force accepts the finding.
func (f *Finding) Accepted() bool {
	return f.Exception != nil && f.Exception.State == string(exception.Active)
}

func order(b bool) int {
	if b {
		return 1
	}
	return 0
}

// compareFindings puts what is open before what is accepted and before improvements, and of these the gravest first.
func compareFindings(a, b Finding) int {
	class := func(f *Finding) int {
		switch {
		case f.Direction == severity.Tightened:
			return 2
		case f.Accepted():
			return 1
		}
		return 0
	}
	return cmp.Or(class(&a)-class(&b), a.Severity.Rank()-b.Severity.Rank(), cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Rule, b.Rule))
}

// The verdicts of a report.
const (
	Clean      = "clean"      // exit code 0
	Drifted    = "drift"      // 2: a finding at or above the threshold
	Incomplete = "incomplete" // 3: something that could be read on the old side cannot be read now
)

// Decide says what the report comes to under a threshold; none means that no finding fails it. Drift wins over incomplete.
func (r *Report) Decide(failOn severity.Severity) {
	s := &r.Summary
	s.FailOn, s.Verdict, s.Exit = string(failOn), Clean, 0
	if failOn == "" {
		s.FailOn = "none"
	}
	if s.WasKnown > 0 {
		s.Verdict, s.Exit = Incomplete, 3
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if failOn != "" && f.Direction != severity.Tightened && !f.Accepted() && f.Severity.AtLeast(failOn) {
			s.Verdict, s.Exit = Drifted, 2
			return
		}
	}
}
