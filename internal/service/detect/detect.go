package detect

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/derive"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/exception"
	"c4arch/internal/arch/overlay"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
)

// Subject is one of the two things that are compared.
type Subject struct {
	Label       string
	Snapshot    *evidence.Snapshot
	OverlayName string
	OverlayText []byte
	Model       *c4.Model // nil: it is derived
	// Baseline is set where a person approved it.
	Baseline *baseline.Baseline
}

// Request is what to compare.
type Request struct {
	// Mode is told from the subjects when it is empty: a plan is held against its own prior state, code against what is live.
	Mode drift.Mode
	// Old may be without a snapshot when New holds a plan.
	Old, New   Subject
	Rules      *severity.Table
	Exceptions *exception.Set
	Seen       []baseline.Seen
	FailOn     severity.Severity // "" means never
	Now        time.Time
	Progress   func(stage string, done, total int) // may be nil
	// Keep is where the dates of findings are kept, and Scope what allows it; may be nil.
	Keep  Baselines
	Scope access.Scope

	code *evidence.Snapshot // of a plan: what was scanned beside it
}

// Result is what a comparison found.
type Result struct {
	Report *drift.Report
	// Old, New and Merged are the models for pictures; Merged holds what was removed too.
	Old, New, Merged *c4.Model
	// Seen are the dates of the findings that are there now.
	Seen []baseline.Seen
}

// Service is the use case.
type Service struct{}

// Compare grades what differs. Rules that could not be asked come as an error beside a whole result.
func (s *Service) Compare(ctx context.Context, req Request) (*Result, error) {
	if req.Progress == nil {
		req.Progress = func(string, int, int) {}
	}
	mode, err := s.prepare(&req)
	if err != nil {
		return nil, err
	}
	var notes []string
	for _, sub := range []*Subject{&req.Old, &req.New} {
		if n := sub.withhold(); n > 0 {
			notes = append(notes, fmt.Sprintf("%s holds in clear what looks like a secret, in %d of its resources: it is shown nowhere here, but stands in the file", sub.Label, n))
		}
		if err := Derive(ctx, sub, req.Progress); err != nil {
			return nil, err
		}
	}
	if mode == drift.ModeBaseline && !req.Old.asApproved() {
		notes = append(notes, "The architecture that follows from the baseline "+req.Old.Baseline.ID+" is not the one that was approved: this version of c4arch derives another one, "+
			"or places, dates or what was not read were changed in its file. Compare it with its source, or approve anew.")
	}
	if mode == drift.ModeBaseline || mode == drift.ModeSnapshots {
		if note := otherPaths(req.Old.Snapshot, req.New.Snapshot); note != "" {
			notes = append(notes, note)
		}
	}
	dr := drift.Request{
		Mode: mode, Table: req.Rules, Exceptions: req.Exceptions, Now: req.Now, Progress: req.Progress, Seen: byFinding(req.Seen),
	}
	if dr.Old, err = req.Old.subject(); err != nil {
		return nil, err
	}
	if dr.New, err = req.New.subject(); err != nil {
		return nil, err
	}
	dr.Code = req.code
	if mode == drift.ModeCode {
		if dr.Both, err = join(req.Old.Snapshot, req.New.Snapshot); err != nil {
			return nil, err
		}
	}
	report, asked := drift.Compare(ctx, dr)
	if report == nil {
		return nil, asked
	}
	report.Notes = append(report.Notes, notes...)
	res := &Result{Report: report, Old: req.Old.Model, New: req.New.Model}
	if report.Delta != nil {
		res.Merged = delta.Merge(req.Old.Model, req.New.Model, report.Delta)
	}
	if err := s.remember(ctx, req, res); err != nil {
		return nil, err
	}
	report.Decide(req.FailOn)
	return res, asked
}

// prepare tells the mode and splits a plan.
func (s *Service) prepare(req *Request) (drift.Mode, error) {
	if req.New.Snapshot == nil {
		return "", fault.New(fault.Invalid, "nothing to compare was given")
	}
	mode := req.Mode
	if mode == "" {
		switch {
		case has(req.New.Snapshot, evidence.Planned):
			mode = drift.ModePlan
		case req.Old.Baseline == nil && onlyCode(req.Old.Snapshot) && has(req.New.Snapshot, evidence.Live):
			mode = drift.ModeCode
		case req.Old.Baseline != nil:
			mode = drift.ModeBaseline
		default:
			mode = drift.ModeSnapshots
		}
	}
	if mode == drift.ModePlan {
		return mode, splitPlan(req)
	}
	if req.Old.Snapshot == nil {
		return "", fault.New(fault.Invalid, "there is nothing to compare with")
	}
	return mode, nil
}

// IsPlan reports whether a snapshot holds a plan.
func IsPlan(s *evidence.Snapshot) bool { return has(s, evidence.Planned) }

func has(s *evidence.Snapshot, side evidence.Side) bool {
	return s != nil && slices.ContainsFunc(s.Resources, func(r evidence.Resource) bool { return r.Side == side && !r.Data })
}

func onlyCode(s *evidence.Snapshot) bool {
	return has(s, evidence.Declared) && !has(s, evidence.Live) && !has(s, evidence.Planned)
}

// splitPlan makes of one scan with a plan two snapshots: what is there before, and what would be there after.
func splitPlan(req *Request) error {
	if !has(req.New.Snapshot, evidence.Planned) {
		return fault.New(fault.Invalid, "there is no plan in what was read").WithHelp("give the output of: terraform show -json PLANFILE")
	}
	plan := req.New
	if b := req.Old.Baseline; b != nil && len(plan.OverlayText) == 0 {
		plan.OverlayName, plan.OverlayText = b.OverlayName, b.OverlayText
	}
	before, err := only(plan.Snapshot, func(r *evidence.Resource) bool { return r.Side == evidence.Live })
	if err != nil {
		return err
	}
	after, err := only(plan.Snapshot, func(r *evidence.Resource) bool { return r.Side == evidence.Planned })
	if err != nil {
		return err
	}
	// Code beside a plan is what it was made from: it is on neither side, and says where things are declared.
	if req.code, err = only(plan.Snapshot, func(r *evidence.Resource) bool { return r.Side == evidence.Declared }); err != nil {
		return err
	}
	req.Old = Subject{Label: "the prior state of " + plan.Label, Snapshot: before, OverlayName: plan.OverlayName, OverlayText: plan.OverlayText, Baseline: req.Old.Baseline}
	req.New = Subject{Label: "what " + plan.Label + " would make", Snapshot: after, OverlayName: plan.OverlayName, OverlayText: plan.OverlayText}
	return nil
}

// only is the snapshot with the resources that keep wants.
func only(s *evidence.Snapshot, keep func(*evidence.Resource) bool) (*evidence.Snapshot, error) {
	var rs []evidence.Resource
	for i := range s.Resources {
		if keep(&s.Resources[i]) {
			rs = append(rs, s.Resources[i])
		}
	}
	return evidence.NewSnapshot(meta(s), rs, slices.Clone(s.NotRead))
}

// join is one snapshot with what two hold.
func join(a, b *evidence.Snapshot) (*evidence.Snapshot, error) {
	m := meta(b)
	m.Inputs = slices.Concat(a.Inputs, b.Inputs)
	m.Scope = slices.Concat(a.Scope, b.Scope)
	return evidence.NewSnapshot(m, slices.Concat(a.Resources, b.Resources), slices.Concat(a.NotRead, b.NotRead))
}

func meta(s *evidence.Snapshot) evidence.Meta {
	return evidence.Meta{Name: s.Name, CollectedAt: s.CollectedAt, Scope: s.Scope, Inputs: s.Inputs, KeyID: s.KeyID, Method: s.Method}
}

// withhold takes out of the snapshot what looks like a secret and returns in how many resources: a file may have been written by anybody.
func (s *Subject) withhold() int {
	clean, ids := s.Snapshot.Withhold()
	if len(ids) > 0 { // else the snapshot stays the one that it is
		s.Snapshot, s.Model = clean, nil
	}
	return len(ids)
}

// asApproved reports whether the model is the one that was approved. The root of a snapshot is over resources alone; where they stood and what was not
// read show in the model. What was withdrawn or withheld since makes another model, and says nothing.
func (s *Subject) asApproved() bool {
	b := s.Baseline
	if b == nil || s.Snapshot != b.Snapshot || slices.ContainsFunc(b.Snapshot.Resources, func(r evidence.Resource) bool { return r.Erased != "" }) {
		return true
	}
	return baseline.ModelDigest(s.Model) == b.Approval.Model
}

// Derive gives a subject its model, unless it has one.
func Derive(ctx context.Context, s *Subject, tell func(stage string, done, total int)) error {
	if s.Model != nil {
		return nil
	}
	o := &overlay.Overlay{}
	if len(s.OverlayText) > 0 {
		var err error
		if o, err = overlay.Parse(s.OverlayText); err != nil {
			return fault.Wrap(fault.Invalid, err, "%s of %s", s.OverlayName, s.Label)
		}
	}
	m, err := derive.Model(ctx, s.Snapshot, derive.Options{
		Name: cmp.Or(s.Snapshot.Name, o.Name), Overlay: o, OverlayName: s.OverlayName,
		Progress: func(done, total int) { tell("deriving", done, total) },
	})
	if err != nil {
		return err
	}
	if m.NotRead == nil {
		m.NotRead = []evidence.NotRead{}
	}
	s.Model = m
	return nil
}

func (s *Subject) subject() (drift.Subject, error) {
	out := drift.Subject{Side: drift.Side{Label: s.Label}, Snapshot: s.Snapshot, Model: s.Model}
	if b := s.Baseline; b != nil {
		out.Side.Baseline = &drift.Approved{ID: b.ID, By: b.Approval.By, Claimed: b.Approval.Claimed, At: b.Approval.At, Reason: b.Approval.Reason}
	}
	if len(s.OverlayText) == 0 {
		return out, nil
	}
	o, err := overlay.Parse(s.OverlayText)
	if err != nil {
		return out, fault.Wrap(fault.Invalid, err, "%s of %s", s.OverlayName, s.Label)
	}
	out.Production = func(r *evidence.Resource) bool {
		e, _ := o.EnvironmentOf(r)
		return e != nil && strings.Contains(strings.ToLower(e.Name), "prod") && !strings.Contains(strings.ToLower(e.Name), "non")
	}
	return out, nil
}

func byFinding(list []baseline.Seen) map[string]baseline.Seen {
	m := make(map[string]baseline.Seen, len(list))
	for _, s := range list {
		m[s.Finding] = s
	}
	return m
}

// remember brings the dates of findings up to date, in the store where there is one, and always in the result.
func (s *Service) remember(ctx context.Context, req Request, res *Result) error {
	at, err := time.Parse(time.RFC3339, req.New.Snapshot.CollectedAt)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "the time of collection")
	}
	var ids []string
	for i := range res.Report.Findings {
		ids = append(ids, res.Report.Findings[i].ID)
	}
	// What could not be read now may still be there: its dates stay.
	keep := func(string) bool { return len(res.Report.Unknown) > 0 }
	if req.Keep != nil && req.Old.Baseline != nil && req.Mode == "" {
		env := change.New(req.Scope, req.Now, compared(&req, res.Report))
		if res.Seen, err = req.Keep.Saw(ctx, &env, req.Old.Baseline.ID, ids, keep, at); err != nil {
			return err
		}
	} else {
		res.Seen = merge(req.Seen, ids, keep, at)
	}
	first := byFinding(res.Seen)
	for i := range res.Report.Findings {
		f := &res.Report.Findings[i]
		if x, ok := first[f.ID]; ok {
			f.FirstSeen, f.LastSeen = x.First, x.Last
		}
	}
	return nil
}

// merge keeps the first date of what is known, gives new findings the date of now, and forgets what is gone.
func merge(known []baseline.Seen, ids []string, keep func(string) bool, at time.Time) []baseline.Seen {
	was := byFinding(known)
	now := at.UTC().Format(time.RFC3339)
	var out []baseline.Seen
	for _, id := range ids {
		x, ok := was[id]
		if !ok {
			x = baseline.Seen{Finding: id, First: now}
		}
		// A scan with a clock that is behind does not make a finding younger than it is.
		x.Last = max(x.Last, now)
		x.First = min(x.First, now)
		out = append(out, x)
		delete(was, id)
	}
	for id, x := range was {
		if keep(id) {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b baseline.Seen) int { return cmp.Compare(a.Finding, b.Finding) })
	return out
}
