// Package text writes a report of drift for a terminal: the verdict, the findings by severity with what changed, why it matters
// and what to do, what became better, what could not be compared, what is accepted, and the counts.
//
// It promises that nothing of the input reaches the terminal that would move the cursor, change colours or turn the
// writing direction; that a severity is said by a sign and a word, never by colour alone; and that there is no secret
// but the beginning of its fingerprint. What is very long is cut, and the text says what was left out and where all
// of it is.
package text

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"c4arch/internal/arch/coverage"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
	"c4arch/internal/render/report"
)

// Options say how the text is written.
type Options struct {
	Color bool
	// Width is how many characters a line may have, 0 for 100. Values and paths are not broken, so that they can be copied.
	Width int
	// Verbose shows everything: every finding, and the import blocks.
	Verbose bool
}

// How much is shown unless everything is asked for.
const (
	mostFindings = 60 // in full, over all severities
	mostLines    = 12 // of each of the shorter lists
	manyOfARule  = 4  // from here on findings of one rule are told together
)

type writer struct {
	b     *bufio.Writer
	o     Options
	width int
	// left is how many findings may still be shown.
	left int
}

// Render writes the report.
func Render(w io.Writer, r *drift.Report, o Options) error {
	width := o.Width
	if width <= 0 {
		width = 100
	}
	t := &writer{b: bufio.NewWriter(w), o: o, width: max(40, width), left: mostFindings}
	parts := report.Split(r)
	t.head(r)
	for i, fs := range parts.Open {
		t.findings(report.Severities[i], fs)
	}
	t.improvements(r, parts.Improvements)
	t.excepted(parts.Excepted)
	t.unknown(r)
	t.stale(r.Exceptions)
	t.coverage(r)
	t.tail(r, parts)
	return t.b.Flush()
}

func (t *writer) line(format string, args ...any) {
	fmt.Fprintf(t.b, format, args...)
	t.b.WriteByte('\n')
}

func (t *writer) paint(code, s string) string {
	if !t.o.Color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (t *writer) strong(s string) string { return t.paint("1", s) }
func (t *writer) faint(s string) string  { return t.paint("2", s) }

// look is the sign, word and colour of a severity.
func look(s severity.Severity) (sign, color string) {
	switch s {
	case severity.Critical:
		return "✖", "1;31"
	case severity.High:
		return "▲", "31"
	case severity.Medium:
		return "●", "33"
	}
	return "○", "36"
}

// field writes a label and a text, broken into lines that hang below its beginning.
func (t *writer) field(label, text string) {
	const indent = 15
	for i, l := range wrap(text, t.width-indent) {
		if i > 0 {
			label = ""
		}
		t.line("    %s %s", t.faint(fmt.Sprintf("%-10s", label)), l)
	}
}

// wrap breaks text at spaces into lines of at most n characters; a longer word has a line for itself.
func wrap(text string, n int) []string {
	var out []string
	var line strings.Builder
	length := 0
	for _, word := range strings.Fields(text) {
		size := len([]rune(word))
		if length > 0 && length+1+size > n {
			out = append(out, line.String())
			line.Reset()
			length = 0
		}
		if length > 0 {
			line.WriteByte(' ')
			length++
		}
		line.WriteString(word)
		length += size
	}
	return append(out, line.String())
}

func (t *writer) head(r *drift.Report) {
	word, clause := report.Verdict(r)
	code := map[string]string{report.Drift: "1;31", report.Incomplete: "1;33"}[r.Summary.Verdict]
	name := report.Line(r.Name, 100)
	if name != "" {
		name += ": "
	}
	for i, l := range wrap(name+word+": "+clause, t.width) {
		if i == 0 {
			l = t.paint(cmp.Or(code, "1;32"), l)
		}
		t.line("%s", l)
	}
	before, after := report.SideNames(r)
	t.line("")
	t.side(before, report.SideText(r, &r.Old))
	t.side(after, report.SideText(r, &r.New))
	for _, n := range r.Notes[:min(len(r.Notes), mostLines)] {
		t.side("note", report.Line(n, 500))
	}
}

func (t *writer) side(label, text string) {
	for i, l := range wrap(text, t.width-13) {
		if i > 0 {
			label = ""
		}
		t.line("  %s %s", t.faint(fmt.Sprintf("%-10s", label)), l)
	}
}

// shorter writes a list with a headline, cut unless everything was asked for.
func shorter[T any](t *writer, code, headline string, list []T, each func(T)) {
	if len(list) == 0 {
		return
	}
	t.line("")
	t.line("%s", t.paint(code, headline))
	for i, x := range list {
		if i == mostLines && !t.o.Verbose {
			t.more(len(list) - i)
			return
		}
		each(x)
	}
}

func (t *writer) improvements(r *drift.Report, fs []*drift.Finding) {
	shorter(t, "1;32", "✔ BETTER: "+report.Better(r, len(fs)), fs, func(f *drift.Finding) {
		t.oneLine("", f)
		t.text("", f.Reason)
	})
}

func (t *writer) excepted(fs []*drift.Finding) {
	shorter(t, "1", fmt.Sprintf("– ACCEPTED: %s", report.Count(len(fs), "finding")), fs, func(f *drift.Finding) {
		t.oneLine(report.Line(string(f.Severity), 20)+": ", f)
		t.field("", report.Exception(f.Exception))
	})
}

func (t *writer) unknown(r *drift.Report) {
	groups := report.Unknown(r)
	n := 0
	for _, g := range groups {
		n += g.N
	}
	shorter(t, "1;33", fmt.Sprintf("? UNKNOWN: %s could not be compared", report.Count(n, "thing")), groups, func(g *report.Unreadable) {
		var things []string
		for _, u := range g.Things[:min(len(g.Things), 3)] {
			things = append(things, report.Thing(u))
		}
		text := strings.Join(things, "; ")
		if more := len(g.Things) - len(things); more > 0 {
			text += fmt.Sprintf("; and %s more", report.Number(more))
		}
		known := ""
		if g.WasKnown {
			known = " It could be read before."
		}
		for i, l := range wrap(text+": "+strings.TrimSuffix(report.Line(g.Reason, 400), ".")+"."+known, t.width-6) {
			t.line("%s%s", strings.Repeat(" ", 4+min(i, 1)*2), l)
		}
		t.text("do", g.Help)
	})
}

func (t *writer) stale(list []drift.Stale) {
	shorter(t, "1", "– EXCEPTIONS that need care", list, func(s drift.Stale) {
		t.line("    %s", report.Stale(&s))
	})
}

func (t *writer) coverage(r *drift.Report) {
	c := r.Coverage
	if c == nil {
		return
	}
	var parts []string
	for _, b := range buckets(c) {
		parts = append(parts, report.Number(c.Counts[b])+" "+report.Line(string(b), 40))
	}
	t.line("")
	t.line("%s", t.strong("CODE: "+strings.Join(parts, "; ")))
	if !t.o.Verbose && r.Mode != drift.ModeCode {
		return
	}
	var blocks, entries []*coverage.Entry
	for i := range c.Entries {
		e := &c.Entries[i]
		if e.Bucket == coverage.Both && !t.o.Verbose {
			continue
		}
		entries = append(entries, e)
		if e.Import != "" {
			blocks = append(blocks, e)
		}
	}
	for i, e := range entries {
		if i == 2*mostLines && !t.o.Verbose {
			t.more(len(entries) - i)
			break
		}
		t.entry(e)
	}
	shorter(t, "1", "IMPORT blocks, to paste into a file of Terraform", blocks, func(e *coverage.Entry) {
		t.b.WriteByte('\n')
		t.b.WriteString(strings.TrimRight(report.Lines(e.Import, 4000), "\n"))
		t.b.WriteByte('\n')
	})
}

// buckets are those that have a count, in their order, then any that is not known.
func buckets(c *coverage.Coverage) []coverage.Bucket {
	known := []coverage.Bucket{coverage.Both, coverage.LiveOnly, coverage.DeclaredOnly, coverage.Unmatched}
	for _, b := range slices.Sorted(maps.Keys(c.Counts)) {
		if !slices.Contains(known, b) {
			known = append(known, b)
		}
	}
	return known
}

func (t *writer) entry(e *coverage.Entry) {
	text := report.Line(string(e.Bucket), 40) + ": " + cmp.Or(report.Line(e.Name, 80), report.Line(e.Resource, 200))
	if e.Type != "" {
		text += " " + t.faint(report.Line(e.Type, 80))
	}
	if e.Input != "" {
		text += t.faint("  " + report.At(e.Input, e.Line))
	}
	t.line("    %s", text)
	t.text("", e.Reason)
	t.text("", e.NoImport)
	for _, c := range e.Candidates[:min(len(e.Candidates), 3)] {
		t.field("may be", report.Line(c, 200))
	}
}

func (t *writer) tail(r *drift.Report, parts *report.Parts) {
	s := &r.Summary
	t.line("")
	row := func(label, text string) { t.line("  %-13s %s", label, text) }
	row("Findings", report.Counts(s)+suffix(s.Excepted, "accepted")+suffix(len(parts.Improvements), "better"))
	row("Resources", report.Resources(s))
	if s.Unknown > 0 {
		row("Unknown", report.Number(s.Unknown)+suffix(s.WasKnown, "of which could be read before"))
	}
	if s.Noise > 0 {
		row("Noise", report.Count(s.Noise, "difference")+" that "+plural(s.Noise, "says", "say")+" nothing, not shown")
	}
	word, _ := report.Verdict(r)
	t.line("")
	t.line("%s (%s; exit code %d)", t.strong(word), report.Threshold(s), s.Exit)
}

func suffix(n int, word string) string {
	if n == 0 {
		return ""
	}
	return ", " + report.Number(n) + " " + word
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
