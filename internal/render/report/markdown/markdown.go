// Package markdown writes a report of drift as a comment on a pull request: GitHub Flavored Markdown, which GitLab and
// Azure DevOps show as well.
//
// It promises: nothing of the input does anything in the comment (no HTML, no link, no mention, no reference to an
// issue, no picture); the whole is no longer than was asked for, and says how many findings it leaves out, the least grave
// first; it begins with a comment that is not shown, by which a later run finds it and writes over it; and there is no
// secret in it but the beginning of its fingerprint.
package markdown

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"c4arch/internal/arch/coverage"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
	"c4arch/internal/render/report"
)

// Marker is the first line. A workflow that has written a comment finds it by this line, and writes it anew.
const Marker = "<!-- c4arch-drift -->"

// Max is how long a comment is at most unless it is said otherwise: GitHub takes 65,536 characters. Min is how much is needed
// for the verdict and the counts.
const (
	Max = 65_000
	Min = 8_000
)

// Options say how the comment is written.
type Options struct {
	// MaxBytes is how long it may be: Max when 0, and never less than Min.
	MaxBytes int
}

// Render writes the report.
func Render(w io.Writer, r *drift.Report, o Options) error {
	size := o.MaxBytes
	if size <= 0 {
		size = Max
	}
	parts := report.Split(r)
	open := parts.AllOpen()
	p := &page{room: max(size, Min)}
	p.add(Marker + "\n" + head(r))
	foot := footer(r, parts)
	p.room -= len(foot) + sentences
	// What stands at the end has its room before the findings take what is left.
	rest := &page{room: p.room / 3}
	rest.others(r, parts)
	p.room -= len(rest.text)

	shown := p.table(r, open)
	p.details(open[:shown])
	if left := len(open) - shown; left > 0 {
		p.add(leftOut(left))
	}
	p.add(rest.text + foot)
	_, err := io.WriteString(w, p.text)
	return err
}

// page is what has been written, and how much room is left.
type page struct {
	text string
	room int
}

func (p *page) add(text string) {
	p.text += text
	p.room -= len(text)
}

// signs say the severity beside the word.
var signs = map[severity.Severity]string{severity.Critical: "🟥", severity.High: "🟧", severity.Medium: "🟨", severity.Low: "🟦"}

func grade(s severity.Severity) string {
	return strings.TrimSpace(signs[s] + " " + prose(string(s), 20))
}

func head(r *drift.Report) string {
	var b strings.Builder
	word, clause := report.Verdict(r)
	sign := map[string]string{report.Drift: "❌", report.Incomplete: "⚠️"}[r.Summary.Verdict]
	name := ""
	if r.Name != "" {
		name = ": " + short(r.Name, 100, 400)
	}
	fmt.Fprintf(&b, "### %s %s%s\n\n", cmp.Or(sign, "✅"), word, name)
	fmt.Fprintf(&b, "**%s.**\n\n", short(strings.ToUpper(clause[:1])+clause[1:], 300, 800))
	before, after := report.SideNames(r)
	fmt.Fprintf(&b, "- %s: %s\n", before, short(report.SideText(r, &r.Old), 600, 1000))
	fmt.Fprintf(&b, "- %s: %s\n", after, short(report.SideText(r, &r.New), 600, 1000))
	for _, n := range r.Notes[:min(len(r.Notes), 3)] {
		fmt.Fprintf(&b, "- note: %s\n", short(n, 300, 500))
	}
	b.WriteByte('\n')
	return b.String()
}

// sentences is the room that is kept for the two sentences that say what is left out.
const sentences = 400

func leftOut(n int) string {
	is := "are"
	if n == 1 {
		is = "is"
	}
	return fmt.Sprintf("**%s %s left out here, the least grave: the comment would be too long.** `c4arch drift --format json` has all of them.\n\n",
		report.Count(n, "finding"), is)
}

// table writes a row for each open finding, as many as take half of the room, and returns how many those are.
func (p *page) table(r *drift.Report, open []*drift.Finding) int {
	if len(open) == 0 {
		return 0
	}
	p.add("| Severity | What changed | Where | Why |\n|---|---|---|---|\n")
	half := p.room / 2
	shown := 0
	for _, f := range open {
		row := row(r, f)
		if p.room-len(row) < half {
			break
		}
		p.add(row)
		shown++
	}
	p.add("\n")
	return shown
}

// name is never empty, since nothing between two pairs of asterisks is not bold but four asterisks.
func name(f *drift.Finding) string { return cmp.Or(prose(report.Name(f, 80), 80), "without a name") }

func row(r *drift.Report, f *drift.Finding) string {
	word := grade(f.Severity)
	if report.Fails(f, r.Summary.FailOn) {
		word = "**" + word + "**"
	}
	if f.Direction != severity.Neutral {
		word += "<br>" + prose(string(f.Direction), 20)
	}
	what := "**" + name(f) + "** " + prose(f.Type, 80) + "<br>" + change(f, 60)
	where := ""
	if ps := report.Places(f); len(ps) > 0 {
		where = code(report.Place(&ps[0]), 120)
	}
	return fmt.Sprintf("| %s | %s | %s | %s |\n", word, what, where, prose(cmp.Or(f.Reason, f.Title, f.Rule), 200))
}

// change is the path and both values, or what happened to the whole.
func change(f *drift.Finding, n int) string {
	if !report.HasValues(f) {
		return report.Happened(f.Change)
	}
	before, after := report.Values(f, n)
	text := ""
	if f.Path != "" {
		text = code(string(f.Path), 160) + " "
	}
	return text + value(before, n) + " → " + value(after, n)
}

func value(text string, n int) string {
	if text == report.Absent {
		return text
	}
	return code(text, n)
}

// details writes what is to be done about each finding, while there is room.
func (p *page) details(open []*drift.Finding) {
	for i, f := range open {
		text := detail(f)
		if len(text) > p.room {
			p.add(fmt.Sprintf("Of %s only the row is shown, since the comment would be too long.\n\n", report.Count(len(open)-i, "finding")))
			return
		}
		p.add(text)
	}
}

func detail(f *drift.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<details><summary>%s %s: <code>%s</code>, %s</summary>\n\n",
		signs[f.Severity], inHTML(string(f.Severity), 20), inHTML(report.Name(f, 80), 80), inHTML(cmp.Or(f.Title, f.Rule), 200))
	item := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "- %s: %s\n", label, text)
		}
	}
	item("changed", change(f, 400))
	item("why", prose(f.Reason, 1000))
	item("do", prose(f.Remediation, 1000))
	item("where", places(f))
	item("since", prose(f.FirstSeen, 40))
	for _, l := range f.Labels[:min(len(f.Labels), 5)] {
		item("remark", prose(l, 200))
	}
	item("controls", prose(report.Controls(f.Controls[:min(len(f.Controls), 20)]), 300))
	if f.Exception != nil {
		item("accepted", prose(report.Exception(f.Exception), 600))
	}
	item("rule", code(f.Rule, 80))
	item("resource", code(f.Resource, 400))
	item("finding", code(f.ID, 80))
	b.WriteString("\n</details>\n\n")
	return b.String()
}

func places(f *drift.Finding) string {
	var all []string
	for i, pl := range report.Places(f) {
		if i == 5 {
			all = append(all, "and "+report.Count(len(f.Places)-i, "other place"))
			break
		}
		text := code(report.Place(&pl), 300)
		if o := report.Origin(&pl); o != "" {
			text += " (" + o + ")"
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// others writes what is not drift: improvements, what is accepted, what is unknown, exceptions and code.
func (p *page) others(r *drift.Report, parts *report.Parts) {
	unknown := report.Unknown(r)
	things := 0
	for _, g := range unknown {
		things += g.N
	}
	sections := 5
	share := func() int { s := p.room / sections; sections--; return s }
	collapsed(p, share(), fmt.Sprintf("❔ %s could not be compared", report.Count(things, "thing")), unknown, func(g *report.Unreadable) string {
		text := prose(g.Reason, 400)
		if g.WasKnown {
			text += " (could be read before)"
		}
		if g.Help != "" {
			text += "; " + prose(g.Help, 400)
		}
		var of []string
		for _, u := range g.Things[:min(len(g.Things), 3)] {
			of = append(of, code(report.Thing(u), 300))
		}
		if more := len(g.Things) - len(of); more > 0 {
			of = append(of, "and "+report.Number(more)+" more")
		}
		return text + ": " + strings.Join(of, ", ")
	})
	collapsed(p, share(), "✅ "+report.Better(r, len(parts.Improvements)), parts.Improvements, func(f *drift.Finding) string {
		return "**" + name(f) + "** " + change(f, 60) + ": " + prose(f.Reason, 300)
	})
	collapsed(p, share(), report.Count(len(parts.Excepted), "accepted finding"), parts.Excepted, func(f *drift.Finding) string {
		return grade(f.Severity) + " **" + name(f) + "** " + change(f, 60) + ": " + prose(report.Exception(f.Exception), 500)
	})
	collapsed(p, share(), report.Count(len(r.Exceptions), "exception")+" to look after", r.Exceptions, func(s drift.Stale) string {
		return prose(report.Stale(&s), 300)
	})
	if r.Coverage != nil {
		p.coverage(r.Coverage, share())
	}
}

// collapsed writes a list behind a headline that opens it, cut to the room that it has.
func collapsed[T any](p *page, room int, headline string, list []T, each func(T) string) {
	if len(list) == 0 {
		return
	}
	text := fmt.Sprintf("<details><summary>%s</summary>\n\n", headline)
	const end = "\n</details>\n\n"
	for i, x := range list {
		line := "- " + each(x) + "\n"
		if len(text)+len(line)+len(end)+80 > room {
			text += fmt.Sprintf("- and %s more, in `c4arch drift --format json`\n", report.Number(len(list)-i))
			break
		}
		text += line
	}
	p.add(text + end)
}

func (p *page) coverage(c *coverage.Coverage, room int) {
	var blocks []string
	for i := range c.Entries {
		if e := &c.Entries[i]; e.Import != "" {
			blocks = append(blocks, fenced(e.Import, "hcl", 2000))
		}
	}
	var counts []string
	for _, b := range [...]coverage.Bucket{coverage.Both, coverage.LiveOnly, coverage.DeclaredOnly, coverage.Unmatched} {
		counts = append(counts, report.Number(c.Counts[b])+" "+string(b))
	}
	text := "<details><summary>Code: " + strings.Join(counts, "; ") + "</summary>\n\n"
	const end = "</details>\n\n"
	for i, b := range blocks {
		if len(text)+len(b)+len(end)+120 > room {
			text += fmt.Sprintf("and %s more, in `c4arch drift --format json`\n\n", report.Count(len(blocks)-i, "import block"))
			break
		}
		text += b + "\n\n"
	}
	p.add(text + end)
}

func footer(r *drift.Report, parts *report.Parts) string {
	s := &r.Summary
	threshold := report.Threshold(s)
	text := "Findings: " + report.Counts(s)
	for _, x := range [...]struct {
		n    int
		word string
	}{{s.Excepted, "accepted"}, {len(parts.Improvements), "better"}, {s.Unknown, "unknown"}, {s.Noise, "differences that say nothing"}} {
		if x.n > 0 {
			text += ", " + report.Number(x.n) + " " + x.word
		}
	}
	return fmt.Sprintf("<sub>%s. Resources: %s. %s; exit code %d. Made %s.</sub>\n",
		text, report.Resources(s), inHTML(strings.ToUpper(threshold[:1])+threshold[1:], 60), s.Exit, inHTML(r.At, 40))
}
