package drift

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/coverage"
	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/exception"
	"c4arch/internal/arch/exposure"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/fault"
)

// Subject is one of the two things that are compared.
type Subject struct {
	Side     Side
	Snapshot *evidence.Snapshot
	Model    *c4.Model
	// Production says of a resource whether people map it to a production environment, beside what its tags say; it may be nil.
	Production func(*evidence.Resource) bool
}

// Request is what to compare, and by what to judge it.
type Request struct {
	Mode     Mode
	Old, New Subject
	// Both holds, in ModeCode, what code declares and what is live as one snapshot, in which the two are matched.
	Both *evidence.Snapshot
	// Code holds, in ModePlan, the code from which the plan was made, for the places where things are declared; or nil.
	Code       *evidence.Snapshot
	Table      *severity.Table
	Exceptions *exception.Set                // or nil
	Seen       map[string]baseline.Seen      // since when findings are known; may be nil
	Progress   func(stage string, n, of int) // may be nil
	Now        time.Time
}

// Compare grades what lies between two subjects. A rule that could not be asked is an error of its own beside the report, which then
// holds all that could be judged.
func Compare(ctx context.Context, req Request) (*Report, error) {
	if req.Old.Snapshot == nil || req.New.Snapshot == nil || req.Table == nil {
		return nil, fault.New(fault.Internal, "a comparison needs two snapshots and a table of rules")
	}
	w := &work{req: req, ctx: ctx, at: req.New.Snapshot.CollectedAt, byID: map[string]int{}}
	w.report = &Report{
		Name: req.New.Snapshot.Name, Mode: req.Mode, At: req.Now.UTC().Format(time.RFC3339),
		Old: req.Old.side(), New: req.New.side(),
		Findings: []Finding{}, Unknown: []Unknown{}, Exceptions: []Stale{},
	}
	w.index()
	if err := w.compare(); err != nil {
		return nil, err
	}
	w.accept()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w.finish()
	return w.report, errors.Join(w.faults...)
}

func (s *Subject) side() Side {
	out := s.Side
	out.Root, out.CollectedAt, out.KeyID = s.Snapshot.Root, s.Snapshot.CollectedAt, s.Snapshot.KeyID
	out.Resources = len(s.Snapshot.Resources)
	return out
}

// work is one comparison under way.
type work struct {
	req    Request
	ctx    context.Context
	at     string // when the new side was collected: findings are seen then
	report *Report
	old    *where
	new    *where
	diff   *diff.Diff
	delta  *delta.Delta
	byID   map[string]int // findings by id
	faults []error
}

func (w *work) index() {
	w.old, w.new = newWhere(w.req.Old.Snapshot, w.req.Old.Model, "old"), newWhere(w.req.New.Snapshot, w.req.New.Model, "new")
	if w.req.Code != nil {
		w.old.from(w.req.Old.Snapshot, w.req.Code)
		w.new.from(w.req.New.Snapshot, w.req.Code)
	}
}

func (w *work) compare() error {
	if w.req.Mode == ModeCode {
		return w.code()
	}
	o := diff.Options{AnySide: w.req.Mode == ModePlan}
	if w.req.Mode == ModeEnvironments {
		o.Match = diff.ByRole
	}
	w.tell("comparing", 0, 1)
	d, err := diff.Snapshots(w.ctx, w.req.Old.Snapshot, w.req.New.Snapshot, o)
	if err != nil {
		return err
	}
	if w.diff = d; w.req.Mode == ModePlan {
		replacements(d)
	}
	gates, err := exposure.Compare(w.ctx, w.req.Old.Snapshot, w.req.New.Snapshot, d)
	if err != nil {
		return err
	}
	if w.req.Old.Model != nil && w.req.New.Model != nil && w.req.Mode != ModeEnvironments {
		w.delta = delta.CompareMoved(w.req.Old.Model, w.req.New.Model, moved(d))
	}
	return w.judge(gates)
}

// code compares what is live with what code declares.
func (w *work) code() error {
	cov, pairs, err := coverage.Of(w.ctx, w.req.Both)
	if err != nil {
		return err
	}
	w.report.Coverage = cov
	w.report.Notes = append(w.report.Notes, cov.Notes...)
	d := &diff.Diff{Noise: map[string]int{}}
	for _, p := range pairs {
		ps, err := diff.Properties(p.Declared, p.Live, diff.PairOptions{OnlyOld: true, SameKey: w.req.Old.Snapshot.KeyID == w.req.New.Snapshot.KeyID})
		if err != nil {
			return err
		}
		if len(ps) == 0 {
			d.Same++
			continue
		}
		d.Changes = append(d.Changes, diff.Change{Kind: diff.Changed, Old: p.Declared, New: p.Live, Properties: ps})
	}
	w.diff = d
	gates, err := exposure.Compare(w.ctx, w.req.Old.Snapshot, w.req.New.Snapshot, w.withUndeclared(d, cov))
	if err != nil {
		return err
	}
	if err := w.judge(gates); err != nil {
		return err
	}
	return w.buckets(cov)
}

// withUndeclared adds what no code declares, so that a rule of a gate which somebody made by hand counts for what it lets in.
func (w *work) withUndeclared(d *diff.Diff, cov *coverage.Coverage) *diff.Diff {
	all := *d
	all.Changes = slices.Clone(d.Changes)
	for i := range cov.Entries {
		if cov.Entries[i].Bucket != coverage.LiveOnly {
			continue
		}
		for _, r := range w.new.byID[cov.Entries[i].Resource] {
			if r.Side != evidence.Declared {
				all.Changes = append(all.Changes, diff.Change{Kind: diff.Added, New: r})
			}
		}
	}
	return &all
}

// moved tells which resource each moved or replaced one was.
func moved(d *diff.Diff) map[string]string {
	m := map[string]string{}
	for i := range d.Changes {
		if c := &d.Changes[i]; c.Old != nil && c.New != nil && c.Old.ID != c.New.ID {
			m[c.Old.ID] = c.New.ID
		}
	}
	return m
}

func (w *work) tell(stage string, n, of int) {
	if w.req.Progress != nil {
		w.req.Progress(stage, n, of)
	}
}

// production reports whether a resource is one of production: by a tag that says so, or by people's mapping.
func (w *work) production(r *evidence.Resource) bool {
	if r == nil {
		return false
	}
	for _, k := range slices.Sorted(maps.Keys(r.Tags)) {
		switch strings.ToLower(k) {
		case "environment", "env", "stage":
			if productionWord(r.Tags[k]) {
				return true
			}
		}
	}
	return w.req.New.Production != nil && w.req.New.Production(r)
}

func productionWord(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "production", "prod", "prd", "live":
		return true
	}
	return false
}
