// Package report holds what the reports of drift have in common, so that the text, the comment, SARIF and JUnit say the
// same thing in the same words: the verdict, the two sides, which findings fail, how a value is shown and where a
// thing stands. It has no format of its own.
//
// It promises that what it returns of input is on one line, without control characters and signs that turn the
// writing direction, and no longer than was asked for; and that a secret is shown as the beginning of its fingerprint.
// It escapes for no format: that is for the format to do.
package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
)

// Severities are the severities, gravest first.
var Severities = [...]severity.Severity{severity.Critical, severity.High, severity.Medium, severity.Low}

// rank is 4 of critical and 1 of low; 0 of a word that is no severity.
func rank(s severity.Severity) int {
	i := slices.Index(Severities[:], s)
	if i < 0 {
		return 0
	}
	return len(Severities) - i
}

// Excepted reports whether an active exception accepts the finding.
func Excepted(f *drift.Finding) bool { return f.Exception != nil && f.Exception.State == "active" }

// Improvement reports whether the finding is that something became stronger than what was approved.
func Improvement(f *drift.Finding) bool { return f.Direction == severity.Tightened }

// Open reports whether the finding is drift that nobody has accepted.
func Open(f *drift.Finding) bool { return !Excepted(f) && !Improvement(f) }

// Fails reports whether the finding alone makes the verdict drift: it is open and at or above the threshold. A threshold that is no
// severity is one that nothing reaches.
func Fails(f *drift.Finding, failOn string) bool {
	floor := rank(severity.Severity(failOn))
	return floor > 0 && Open(f) && rank(f.Severity) >= floor
}

// Parts are the findings of a report by what is to be done with them, each in the order of the report.
type Parts struct {
	Open         [len(Severities)][]*drift.Finding // by severity, gravest first
	Excepted     []*drift.Finding
	Improvements []*drift.Finding
}

// Split sorts the findings into parts. A finding of a severity that is not known counts as the gravest: it must not be lost.
func Split(r *drift.Report) *Parts {
	p := &Parts{}
	for i := range r.Findings {
		f := &r.Findings[i]
		switch {
		case Improvement(f):
			p.Improvements = append(p.Improvements, f)
		case Excepted(f):
			p.Excepted = append(p.Excepted, f)
		default:
			at := max(0, slices.Index(Severities[:], f.Severity))
			p.Open[at] = append(p.Open[at], f)
		}
	}
	return p
}

// AllOpen returns the open findings, gravest first.
func (p *Parts) AllOpen() []*drift.Finding { return slices.Concat(p.Open[:]...) }

// Failing counts the findings that make the verdict drift.
func Failing(r *drift.Report) int {
	n := 0
	for i := range r.Findings {
		if Fails(&r.Findings[i], r.Summary.FailOn) {
			n++
		}
	}
	return n
}

// The verdicts of a summary.
const (
	Drift      = "drift"
	Incomplete = "incomplete"
)

// Verdict says the verdict in a word and in a clause.
func Verdict(r *drift.Report) (word, clause string) {
	s := &r.Summary
	lost := ""
	if s.WasKnown > 0 {
		lost = fmt.Sprintf("%s that could be read %s cannot be read now", Count(s.WasKnown, "thing"), then(r))
	}
	switch s.Verdict {
	case Drift:
		return "Drift", join(Count(Failing(r), "finding")+" at or above "+Line(s.FailOn, 20), lost)
	case Incomplete:
		return "Incomplete", join(lost, below(r))
	}
	word = "Clean"
	if len(Split(r).AllOpen()) > 0 {
		word = "Passed" // clean is what has nothing, not what has nothing grave enough
		if rank(severity.Severity(s.FailOn)) == 0 {
			word = "Compared"
		}
	}
	return word, join(below(r), lost)
}

// then says when the old side was made, in the words of the mode.
func then(r *drift.Report) string {
	switch {
	case r.Old.Baseline != nil:
		return "when the baseline was approved"
	case r.Mode == drift.ModeCode:
		return "in the code"
	case r.Mode == drift.ModePlan:
		return "before the plan"
	}
	return "on the old side"
}

// below says what there is when nothing reaches the threshold.
func below(r *drift.Report) string {
	open := len(Split(r).AllOpen())
	rest := ""
	if n := r.Summary.Unknown - r.Summary.WasKnown; n > 0 {
		rest = Count(n, "thing") + " could not be compared"
	}
	switch {
	case open > 0 && rank(severity.Severity(r.Summary.FailOn)) == 0:
		return join(fmt.Sprintf("%s, and nothing was to fail", Count(open, "finding")), rest)
	case open > 0:
		return join(fmt.Sprintf("no drift at or above %s; %s below it", Line(r.Summary.FailOn, 20), Count(open, "finding")), rest)
	case len(r.Findings) > 0:
		return join("no drift but what was accepted or became better", rest)
	}
	return join("no drift", rest)
}

// Threshold says from which severity on a finding fails.
func Threshold(s *drift.Summary) string {
	if rank(severity.Severity(s.FailOn)) == 0 {
		return "nothing fails"
	}
	return "fails at " + Line(s.FailOn, 20) + " or above"
}

func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "; ")
}

// SideNames are what the two sides are called in a mode.
func SideNames(r *drift.Report) (before, after string) {
	switch {
	case r.Mode == drift.ModeCode:
		return "declared", "live"
	case r.Mode == drift.ModePlan:
		return "before", "planned"
	case r.Mode == drift.ModeEnvironments:
		return "one", "other"
	case r.Old.Baseline != nil:
		return "approved", "live"
	}
	return "before", "after"
}

// SideText says what a side is: its label, when it was collected, and who approved it when and why. The prior state of a plan is what it is;
// of a baseline it takes exceptions and dates only.
func SideText(r *drift.Report, s *drift.Side) string {
	text := cmp.Or(Line(s.Label, 200), "without a name")
	if text == "." {
		text = "the working directory"
	}
	if s.CollectedAt != "" {
		text += ", as of " + Line(s.CollectedAt, 40)
	}
	text += ", " + Count(s.Resources, "resource")
	if a := s.Baseline; a != nil {
		text += "; "
		switch {
		case r.Mode == drift.ModePlan:
			text += "exceptions and dates are those of the baseline " + Short(a.ID) + ", "
		case !strings.Contains(s.Label, a.ID):
			text += "baseline " + Short(a.ID) + ", "
		}
		text += Approval(a)
	}
	return text
}

// Approval says who approved a baseline, when and why.
func Approval(a *drift.Approved) string {
	by := Line(a.By, 100)
	if a.Claimed {
		by += " (claimed: nobody checked who it was)"
	}
	text := fmt.Sprintf("approved by %s on %s", by, Line(a.At, 40))
	if a.Reason != "" {
		text += ": " + Line(a.Reason, 300)
	}
	return text
}

// Short shortens a digest as people quote it: to as many digits as the id of a baseline has.
func Short(digest string) string {
	id := []rune(Line(strings.TrimPrefix(digest, "sha256:"), 80))
	return string(id[:min(len(id), 17)])
}

// Better says how many improvements there are, and what they mean for a baseline where there is one.
func Better(r *drift.Report, n int) string {
	text := Count(n, "improvement")
	if r.Old.Baseline != nil {
		text += ", and the baseline is out of date"
	}
	return text
}

// Controls writes the controls of frameworks, each framework once: "NIST SP 800-53: SC-7, AC-17; CIS Docker 5.14".
func Controls(list []string) string {
	var frameworks []string
	of := map[string][]string{}
	for _, c := range list {
		framework, control, ok := strings.Cut(c, ": ")
		if of[framework] == nil {
			frameworks = append(frameworks, framework)
			of[framework] = []string{}
		}
		if ok {
			of[framework] = append(of[framework], control)
		}
	}
	for i, f := range frameworks {
		if len(of[f]) > 0 {
			frameworks[i] = f + ": " + strings.Join(of[f], ", ")
		}
	}
	return Line(strings.Join(frameworks, "; "), 300)
}

// Counts says how many findings there are of each severity: 1 critical, 2 high.
func Counts(s *drift.Summary) string {
	var parts []string
	for i, n := range [...]int{s.Critical, s.High, s.Medium, s.Low} {
		if n > 0 {
			parts = append(parts, Number(n)+" "+string(Severities[i]))
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// Resources says what became of the resources.
func Resources(s *drift.Summary) string {
	parts := []string{Number(s.Same) + " the same"}
	for _, k := range [...]struct {
		n    int
		word string
	}{{s.Added, "added"}, {s.Removed, "removed"}, {s.Changed, "changed"}, {s.Moved, "moved"}, {s.Replaced, "replaced"}} {
		if k.n > 0 {
			parts = append(parts, Number(k.n)+" "+k.word)
		}
	}
	return strings.Join(parts, ", ")
}

// Number writes n with a comma between thousands.
func Number(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// Count writes "1 finding" or "3 findings".
func Count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + one + "s"
}
