package drift

import (
	"slices"
	"strings"

	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/severity"
)

// What a plan makes, destroys and replaces is meant by somebody: the rules of last resort, which speak of what nobody approved, give way to these.
var planRules = map[string]string{
	"RESOURCE-ADDED": "PLAN-CREATES", "RESOURCE-REMOVED": "PLAN-DESTROYS", "RESOURCE-MOVED": "PLAN-REPLACES",
	"RESOURCE-REPLACED": "PLAN-REPLACES", "RESOURCE-RECREATED": "PLAN-REPLACES",
}

// replacements marks what a plan would destroy and make anew: its id is known before and only after apply.
func replacements(d *diff.Diff) {
	for i := range d.Changes {
		c := &d.Changes[i]
		if c.Kind == diff.Changed && c.New.Side == evidence.Planned && anew(c.New) {
			c.Kind, c.Basis = diff.Replaced, "the plan destroys it and makes it anew"
		}
	}
}

func anew(r *evidence.Resource) bool {
	return slices.ContainsFunc(r.Expressions, func(x evidence.Expression) bool {
		return (x.Path == "id" || x.Path == "arn") && x.Unresolved == evidence.UnknownRuntime
	})
}

// destroyed are the verdicts on the going of what was, or a plan would be, replaced: what is in it is lost, though another takes its place.
func (w *work) destroyed(c *diff.Change) []severity.Verdict {
	if c.Kind != diff.Replaced || w.req.Mode == ModeEnvironments || c.Old.Form == evidence.Kubernetes && !strings.HasPrefix(c.Old.Type, "PersistentVolume") { // other objects hold nothing of their own
		return nil
	}
	vs := w.ask(severity.Case{Change: &diff.Change{Kind: diff.Removed, Old: c.Old}, Production: w.production(c.Old)})
	return slices.DeleteFunc(vs, func(v severity.Verdict) bool { return v.Path != "" || strings.HasPrefix(v.Rule.ID, genericPrefix) })
}

// meant makes what is new in the architecture, and no worse for it, small in a plan: whoever wrote the plan meant it, and it is read before it is applied.
func (w *work) meant(s delta.Status, v severity.Verdict) severity.Verdict {
	if w.req.Mode == ModePlan && s == delta.Added && v.Direction == severity.Neutral {
		v.Severity = severity.Low
	}
	return v
}

// withoutLesser leaves out that a resource was added where one of its places is at least as grave a loosening: it is what was added.
func withoutLesser(c *diff.Change, vs []severity.Verdict) []severity.Verdict {
	if c.Kind != diff.Added {
		return vs
	}
	var place severity.Severity
	for _, v := range vs {
		if v.Path != "" && v.Direction == severity.Loosened {
			place = worst(place, v.Severity)
		}
	}
	return slices.DeleteFunc(vs, func(v severity.Verdict) bool { return v.Path == "" && place != "" && place.AtLeast(v.Severity) })
}

// planned turns a verdict of a rule of last resort into that of the rule on plans.
func (w *work) planned(v severity.Verdict) severity.Verdict {
	id := planRules[v.Rule.ID]
	if w.req.Mode != ModePlan || id == "" {
		return v
	}
	rule, ok := w.req.Table.Rule(id)
	if !ok {
		return v
	}
	return severity.Verdict{Rule: rule, Severity: rule.Severity, Direction: severity.Neutral, Reason: rule.Reason}
}

// outermost keeps of the places of one resource that cannot be told those that do not lie in another.
func outermost(list []Unknown) []Unknown {
	known := make(map[diff.Path]bool, len(list))
	for _, u := range list {
		known[u.Path] = true
	}
	var out []Unknown
	for _, u := range list {
		if !inside(u.Path, known) {
			out = append(out, u)
		}
	}
	return out
}

// inside reports whether one of the places holds p.
func inside(p diff.Path, places map[diff.Path]bool) bool {
	for i := 1; i < len(p); i++ {
		if (p[i] == '.' || p[i] == '[') && places[p[:i]] {
			return true
		}
	}
	return false
}
