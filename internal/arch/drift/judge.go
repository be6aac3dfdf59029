package drift

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/exposure"
	"c4arch/internal/arch/severity"
)

// Rules of the table that are asked for by name, since what they speak of is no change of a resource.
const (
	ruleSecret     = "SECRET-IN-CODE"
	ruleUndeclared = "CODE-NOT-DECLARED"
	ruleNotLive    = "CODE-NOT-LIVE"
	genericPrefix  = "RESOURCE-"
)

// judge asks the table about everything that changed.
func (w *work) judge(gates []exposure.Change) error {
	covered := w.judgeGates(gates)
	architecture := w.judgeArchitecture()
	for i := range w.diff.Changes {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		if i%512 == 0 {
			w.tell("grading", i, len(w.diff.Changes))
		}
		w.judgeChange(&w.diff.Changes[i], covered, architecture)
	}
	w.consequences()
	w.secrets()
	for _, u := range w.diff.Unknown {
		w.report.Unknown = append(w.report.Unknown, Unknown{
			Resource: u.Resource, Type: u.Type, Path: u.Path, Input: u.Input, Line: u.Line,
			Reason: u.Reason, Help: u.Help, WasKnown: u.WasKnown && (u.Path == "" || w.req.Mode != ModePlan), Count: max(u.Count, 1),
		})
	}
	return nil
}

func (w *work) ask(c severity.Case) []severity.Verdict {
	vs, err := w.req.Table.Judge(w.ctx, c)
	if err != nil {
		w.faults = append(w.faults, err)
	}
	return vs
}

func appendPlaces(list, more []Place) []Place {
	for _, p := range more {
		if p.Input != "" && !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

// finding begins a finding from a verdict.
func (w *work) finding(v severity.Verdict) Finding {
	f := Finding{
		Severity: v.Severity, Direction: v.Direction, Rule: v.Rule.ID, Title: v.Rule.Title,
		Reason: v.Reason, Remediation: v.Rule.Remediation, Controls: v.Rule.Controls,
	}
	if v.Direction == severity.Tightened {
		f.Remediation = "Nothing is wrong. Approve a new baseline, so that it says what is live."
	}
	if v.Raised != "" {
		f.Labels = append(f.Labels, "raised: "+v.Raised)
	}
	return f
}

// FindingID is the id of a finding. It depends on what drifted, by which rule and where, and not on the values, so that it
// stays the same while the drift lasts.
func FindingID(resource, rule string, path diff.Path) string {
	sum := sha256.Sum256([]byte(resource + "\x00" + rule + "\x00" + string(path)))
	return "d" + hex.EncodeToString(sum[:8])
}

// add takes a finding. The same one, seen in two vocabularies (an export and a state), is one with the places of both.
func (w *work) add(f Finding) {
	f.ID, f.Controls = FindingID(f.Resource, f.Rule, f.Path), controlsOf(f.Controls, f.Type)
	if i, there := w.byID[f.ID]; there {
		w.join(&w.report.Findings[i], f)
		return
	}
	w.byID[f.ID] = len(w.report.Findings)
	w.report.Findings = append(w.report.Findings, f)
}

func (w *work) join(to *Finding, f Finding) {
	if !to.Severity.AtLeast(f.Severity) {
		f.Places, f.Elements = appendPlaces(f.Places, to.Places), to.Elements
		*to = f
		return
	}
	to.Places = appendPlaces(to.Places, f.Places)
}

func worst(a, b severity.Severity) severity.Severity {
	if b != "" && !a.AtLeast(b) {
		return b
	}
	return a
}
