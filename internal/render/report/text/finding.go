package text

import (
	"cmp"
	"fmt"
	"strings"

	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
	"c4arch/internal/render/report"
)

// batch are findings that are told together: of one rule, with the same words.
type batch []*drift.Finding

// batches puts findings together where a rule has many of them with the same words, and keeps the order of the first of each. One
// with an exception has words of its own.
func batches(fs []*drift.Finding) []batch {
	type key struct{ rule, title, reason, remediation, direction, labels, exception string }
	of := func(f *drift.Finding) key {
		k := key{f.Rule, f.Title, f.Reason, f.Remediation, string(f.Direction), strings.Join(f.Labels, "\x00"), ""}
		if f.Exception != nil {
			k.exception = f.ID
		}
		return k
	}
	n := map[key]int{}
	for _, f := range fs {
		n[of(f)]++
	}
	at := map[key]int{}
	var out []batch
	for _, f := range fs {
		k := of(f)
		i, seen := at[k]
		if n[k] < manyOfARule || !seen {
			at[k] = len(out)
			out = append(out, batch{f})
			continue
		}
		out[i] = append(out[i], f)
	}
	return out
}

func (t *writer) findings(s severity.Severity, fs []*drift.Finding) {
	if len(fs) == 0 {
		return
	}
	sign, color := look(s)
	t.line("")
	t.line("%s", t.paint(color, fmt.Sprintf("%s %s: %s", sign, strings.ToUpper(string(s)), report.Count(len(fs), "finding"))))
	all := batches(fs)
	for i, b := range all {
		if t.left <= 0 && !t.o.Verbose {
			rest := 0
			for _, b := range all[i:] {
				rest += len(b)
			}
			t.more(rest)
			return
		}
		t.line("")
		t.batch(sign, color, string(s), b)
	}
}

func (t *writer) more(n int) {
	t.line("")
	t.line("  %s", t.faint(fmt.Sprintf("and %s more: --verbose or --format json shows all of them", report.Number(n))))
}

func (t *writer) batch(sign, color, word string, b batch) {
	f := b[0]
	t.left--
	t.line("  %s  %s", t.paint(color, sign+" "+word), t.strong(cmp.Or(report.Line(f.Title, 200), report.Line(f.Rule, 80))))
	if len(b) > 1 {
		t.line("    %s", report.Count(len(b), "time")+":")
		t.places(b)
	} else {
		t.what(f)
	}
	t.text("why", f.Reason)
	t.text("do", f.Remediation)
	t.field("rule", report.Line(f.Rule, 80)+direction(f))
	if len(f.Controls) > 0 {
		t.field("controls", report.Controls(f.Controls))
	}
	if len(b) == 1 {
		t.rest(f)
		return
	}
	since := f.FirstSeen
	for _, other := range b[1:] {
		since = min(since, other.FirstSeen)
	}
	t.text("since", since)
	t.labels(f)
}

func (t *writer) labels(f *drift.Finding) {
	for _, l := range f.Labels[:min(len(f.Labels), mostLines)] {
		t.field("remark", report.Line(l, 200))
	}
}

func (t *writer) text(label, text string) {
	if text != "" {
		t.field(label, report.Line(text, 1000))
	}
}

func direction(f *drift.Finding) string {
	if f.Direction == severity.Neutral || f.Direction == "" {
		return ""
	}
	return ", " + report.Line(string(f.Direction), 20)
}

// what says of which resource what changed.
func (t *writer) what(f *drift.Finding) {
	t.line("    %s  %s", report.Name(f, 120), t.faint(report.Line(f.Type, 120)))
	if l := change(f, t.width-4); l != "" {
		for l := range strings.SplitSeq(l, "\n") {
			t.line("    %s", l)
		}
	}
}

// change is the path and both values, on one line where they fit and else one below the other.
func change(f *drift.Finding, width int) string {
	path := report.Line(string(f.Path), 300)
	if !report.HasValues(f) {
		return report.Happened(f.Change)
	}
	before, after := report.Values(f, 160)
	if n := len([]rune(path)) + len([]rune(before)) + len([]rune(after)) + 6; n <= width {
		return strings.TrimSpace(path + "  " + before + " -> " + after)
	}
	return strings.TrimPrefix(path+"\n  ", "\n") + before + "\n  -> " + after
}

// rest is what else is known of a finding.
func (t *writer) rest(f *drift.Finding) {
	for i, p := range report.Places(f) {
		if i == 3 && !t.o.Verbose {
			t.field("", fmt.Sprintf("and %s", report.Count(len(f.Places)-i, "other place")))
			break
		}
		label := "where"
		if i > 0 {
			label = ""
		}
		text := report.Place(&p)
		if o := report.Origin(&p); o != "" {
			text += " (" + o + ")"
		}
		t.field(label, text)
	}
	t.text("since", f.FirstSeen)
	t.labels(f)
	if f.Exception != nil {
		t.field("accepted", report.Exception(f.Exception))
	}
	if t.o.Verbose {
		t.text("resource", f.Resource)
		t.text("id", f.ID)
	}
}

// oneLine writes a finding on one line, or what is said of it below its name and place where that is too long.
func (t *writer) oneLine(prefix string, f *drift.Finding) {
	name, what, at := t.parts(f)
	if at != "" {
		at = "  " + at
	}
	if len([]rune(prefix+name+what+at))+2 <= t.width-4 {
		t.line("    %s%s  %s%s", prefix, name, what, t.faint(at))
		return
	}
	t.line("    %s%s%s", prefix, name, t.faint(at))
	t.line("      %s", what) // in one piece: values are not broken
}

// places lists the resources of a batch, one on a line.
func (t *writer) places(b batch) {
	for i, f := range b {
		if i == mostLines && !t.o.Verbose {
			t.line("      %s", t.faint(fmt.Sprintf("and %s more: --verbose or --format json shows all of them", report.Number(len(b)-i))))
			return
		}
		t.line("      %s", t.short(f))
	}
}

// short is a finding on one line.
func (t *writer) short(f *drift.Finding) string {
	name, what, at := t.parts(f)
	if at != "" {
		at = t.faint("  " + at)
	}
	return name + "  " + what + at
}

// parts are what a line says of a finding: whose it is, what happened and where.
func (t *writer) parts(f *drift.Finding) (name, what, at string) {
	name, what = report.Name(f, 80), report.Happened(f.Change)
	if report.HasValues(f) {
		before, after := report.Values(f, 60)
		what = strings.TrimSpace(report.Line(string(f.Path), 160) + "  " + before + " -> " + after)
	}
	if ps := report.Places(f); len(ps) > 0 {
		at = report.Place(&ps[0])
	}
	return name, what, at
}
