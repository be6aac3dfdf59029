// Package junit writes a report of drift as JUnit XML, which nearly every CI system shows as tests.
//
// It promises: XML that is well-formed whatever the input holds, and valid against the schema that the xUnit plugin of Jenkins
// publishes (junit-10.xsd; docs/formats/drift.md lists what of it is relied on); at least one test, so that a clean run shows
// something; failures exactly when findings reach the threshold, and errors exactly when something that was known
// cannot be read; the same bytes for the same report.
package junit

import (
	"bufio"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"c4arch/internal/arch/drift"
	"c4arch/internal/render/report"
)

// Options has nothing yet.
type Options struct{}

const (
	mostText = 2000
	mostName = 300
	// mostUnknown is how many cases the suite of what is unknown has; the last stands for the rest.
	mostUnknown = 500
)

type suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Time     string   `xml:"time,attr"`
	Suites   []*suite `xml:"testsuite"`
}

type suite struct {
	Name       string     `xml:"name,attr"`
	Tests      int        `xml:"tests,attr"`
	Failures   int        `xml:"failures,attr"`
	Errors     int        `xml:"errors,attr"`
	Skipped    int        `xml:"skipped,attr"`
	Time       string     `xml:"time,attr"`
	Timestamp  string     `xml:"timestamp,attr,omitempty"`
	Properties *[]setting `xml:"properties>property"`
	Cases      []*test    `xml:"testcase"`
}

type setting struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type test struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	Time    string   `xml:"time,attr"`
	Skipped *outcome `xml:"skipped"`
	Error   *outcome `xml:"error"`
	Failure *outcome `xml:"failure"`
	Out     *output  `xml:"system-out"`
}

// output is text of several lines. It stands as CDATA so that people can read it in the file too; what would end that early is split by the
// encoder, and characters that XML does not know have been taken out by package report.
type output struct {
	Text string `xml:",cdata"`
}

type outcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",cdata"`
}

// nothing took any time: these are comparisons, not runs.
const nothing = "0"

// Render writes the report: a suite for each severity, one for improvements, one for what is unknown, and one for the verdict.
func Render(w io.Writer, r *drift.Report, _ Options) error {
	all := &suites{Name: "c4arch drift: " + cmp.Or(report.Line(r.Name, 100), "architecture"), Time: nothing}
	parts := report.Split(r)
	all.add(r, verdict(r))
	bySeverity := map[string][]*test{}
	for i := range r.Findings {
		f := &r.Findings[i]
		name := report.Line(string(f.Severity), 20)
		if report.Improvement(f) {
			continue
		}
		bySeverity[name] = append(bySeverity[name], finding(r, f))
	}
	for _, s := range report.Severities {
		all.add(r, &suite{Name: string(s), Cases: bySeverity[string(s)]})
		delete(bySeverity, string(s))
	}
	other := &suite{Name: "of no known severity"}
	for i := range r.Findings {
		name := report.Line(string(r.Findings[i].Severity), 20)
		other.Cases = append(other.Cases, bySeverity[name]...)
		delete(bySeverity, name)
	}
	all.add(r, other)
	better := &suite{Name: "improvements"}
	for _, f := range parts.Improvements {
		better.Cases = append(better.Cases, finding(r, f))
	}
	all.add(r, better)
	all.add(r, unknown(r))

	b := bufio.NewWriter(w)
	b.WriteString(xml.Header)
	e := xml.NewEncoder(b)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	b.WriteByte('\n')
	return b.Flush()
}

// add counts a suite, and leaves one without a case out.
func (a *suites) add(r *drift.Report, s *suite) {
	if len(s.Cases) == 0 {
		return
	}
	s.Name = "drift." + s.Name
	s.Time, s.Timestamp, s.Tests = nothing, timestamp(r.At), len(s.Cases)
	for _, c := range s.Cases {
		switch {
		case c.Failure != nil:
			s.Failures++
		case c.Error != nil:
			s.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
	a.Tests += s.Tests
	a.Failures += s.Failures
	a.Errors += s.Errors
	a.Suites = append(a.Suites, s)
}

// timestamp is a time as JUnit has it: without a zone, in UTC.
func timestamp(at string) string {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05")
}

// verdict is the suite that is there however clean everything is. Its case passes: what fails are the findings themselves, so that
// the number of failures is theirs.
func verdict(r *drift.Report) *suite {
	word, clause := report.Verdict(r)
	before, after := report.SideNames(r)
	lines := []string{
		word + ": " + clause + ".",
		before + ": " + report.SideText(r, &r.Old),
		after + ": " + report.SideText(r, &r.New),
		"findings: " + report.Counts(&r.Summary) + fmt.Sprintf(", %s accepted", report.Number(r.Summary.Excepted)),
		"resources: " + report.Resources(&r.Summary),
	}
	for i := range min(len(r.Exceptions), 50) {
		lines = append(lines, "needs care: "+report.Stale(&r.Exceptions[i]))
	}
	for _, n := range r.Notes[:min(len(r.Notes), 20)] {
		lines = append(lines, "note: "+report.Line(n, 500))
	}
	properties := []setting{
		{"mode", string(r.Mode)},
		{"failOn", report.Line(r.Summary.FailOn, 20)},
		{"verdict", report.Line(r.Summary.Verdict, 20)},
		{"exit", fmt.Sprint(r.Summary.Exit)},
	}
	return &suite{Name: "verdict", Properties: &properties, Cases: []*test{{
		Class: "drift.verdict", Name: "the architectures were compared", Time: nothing, Out: &output{text(lines)},
	}}}
}

func text(lines []string) string { return strings.Join(lines, "\n") + "\n" }

// finding is a case: it fails at or above the threshold, is skipped when an exception accepts it, and passes otherwise.
func finding(r *drift.Report, f *drift.Finding) *test {
	c := &test{Class: "drift." + cmp.Or(report.Line(f.Rule, 80), "no-rule"), Name: name(f), Time: nothing}
	switch {
	case report.Fails(f, r.Summary.FailOn):
		c.Failure = &outcome{Message: cmp.Or(report.Line(f.Reason, 500), report.Line(f.Title, 300)), Type: report.Line(string(f.Severity), 20), Text: body(f)}
	case report.Excepted(f) && !report.Improvement(f):
		c.Skipped = &outcome{Message: report.Exception(f.Exception)}
		c.Out = &output{body(f)}
	default:
		c.Out = &output{body(f)}
	}
	return c
}

// name says what the finding is, and ends in its id: CI systems follow a test from run to run by its name, and two findings must not share one.
func name(f *drift.Finding) string {
	text := report.Name(f, 120)
	if f.Path != "" {
		text += " " + report.Line(string(f.Path), 160)
	} else {
		text += " " + report.Happened(f.Change)
	}
	if title := report.Title(f, 160); title != "" {
		text = title + ": " + text
	}
	return report.Clip(text, mostName) + " [" + report.Line(f.ID, 80) + "]"
}

func body(f *drift.Finding) string {
	var lines []string
	add := func(label, text string) {
		if text != "" {
			lines = append(lines, label+": "+text)
		}
	}
	add("severity", report.Line(string(f.Severity), 20)+", "+report.Line(string(f.Direction), 20))
	add("resource", report.Line(f.Resource, 500))
	add("type", report.Line(f.Type, 200))
	if report.HasValues(f) {
		before, after := report.Values(f, 400)
		add("path", report.Line(string(f.Path), 400))
		add("old", before)
		add("new", after)
	} else {
		add("changed", report.Happened(f.Change))
	}
	add("why", report.Line(f.Reason, mostText))
	add("do", report.Line(f.Remediation, mostText))
	for i, p := range report.Places(f) {
		if i == 5 {
			break
		}
		where := report.Place(&p)
		if o := report.Origin(&p); o != "" {
			where += " (" + o + ")"
		}
		add("where", where)
	}
	add("since", report.Line(f.FirstSeen, 40))
	for _, l := range f.Labels[:min(len(f.Labels), 10)] {
		add("remark", report.Line(l, 200))
	}
	add("controls", report.Controls(f.Controls[:min(len(f.Controls), 20)]))
	if f.Exception != nil {
		add("accepted", report.Exception(f.Exception))
	}
	return text(lines)
}

// unknown is a case for each thing that could not be compared: an error where it was known, else skipped, since it has not been tested.
func unknown(r *drift.Report) *suite {
	s := &suite{Name: "unknown"}
	seen := map[string]int{}
	rest, known := 0, 0
	for _, g := range report.Unknown(r) {
		for _, u := range g.Things {
			if len(s.Cases) == mostUnknown-2 {
				if g.WasKnown {
					known += max(1, u.Count)
				} else {
					rest += max(1, u.Count)
				}
				continue
			}
			name := report.Thing(u)
			if seen[name]++; seen[name] > 1 {
				name += fmt.Sprintf(" #%d", seen[name])
			}
			s.Cases = append(s.Cases, notCompared(name, report.Line(g.Reason, 400), report.Line(g.Help, 400), g.WasKnown))
		}
	}
	const more = "the list would be too long; c4arch drift --format json has all of it"
	if known > 0 {
		s.Cases = append(s.Cases, notCompared("and "+report.Number(known)+" more that could be read before", more, "", true))
	}
	if rest > 0 {
		s.Cases = append(s.Cases, notCompared("and "+report.Number(rest)+" more", more, "", false))
	}
	return s
}

func notCompared(name, reason, help string, known bool) *test {
	c := &test{Class: "drift.unknown", Name: name, Time: nothing}
	o := &outcome{Message: cmp.Or(reason, "it could not be compared"), Text: help}
	if known {
		o.Message += " (it could be read before)"
		o.Type = "incomplete"
		c.Error = o
	} else {
		c.Skipped = o
	}
	return c
}
