package drift

import (
	"cmp"
	"fmt"
	"strings"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

// secrets reports the secrets that stand in code and did not stand there on the old side.
func (w *work) secrets() {
	rule, ok := w.req.Table.Rule(ruleSecret)
	if !ok || w.req.Mode == ModePlan || w.req.Mode == ModeEnvironments {
		return
	}
	known := map[string]bool{}
	now := moved(w.diff)
	for i := range w.req.Old.Snapshot.Resources {
		r := &w.req.Old.Snapshot.Resources[i]
		for _, p := range r.Redacted {
			known[cmp.Or(now[r.ID], r.ID)+"\x00"+p.Pattern()] = true
		}
	}
	before := 0
	for i := range w.req.New.Snapshot.Resources {
		r := &w.req.New.Snapshot.Resources[i]
		if r.Side != evidence.Declared || r.Data {
			continue
		}
		for _, p := range r.Redacted {
			if known[r.ID+"\x00"+p.Pattern()] {
				before++
				continue
			}
			f := w.finding(severity.Verdict{Rule: rule, Severity: rule.Severity, Direction: severity.Loosened, Reason: rule.Reason})
			f.Change, f.Resource, f.Type, f.Name, f.Path = diff.Added, r.ID, r.Type, r.Name, diff.Path(p)
			f.New = w.new.valueAtPosition(r, p)
			f.Elements, f.Places = w.new.elements[r.ID], []Place{w.new.place(r, p)}
			w.add(f)
		}
	}
	if before > 0 {
		what := "1 value in code is, or holds, a secret that was there on the old side already; it is no drift"
		if before > 1 {
			what = fmt.Sprintf("%d values in code are, or hold, secrets that were there on the old side already; they are no drift", before)
		}
		w.report.Notes = append(w.report.Notes, what)
	}
}

func (w *where) valueAtPosition(r *evidence.Resource, p tree.Path) canon.Raw {
	if strings.HasPrefix(string(p), "@") {
		return nil
	}
	return encode(w.reading(r).At(p))
}
