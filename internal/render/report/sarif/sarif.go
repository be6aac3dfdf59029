// Package sarif writes a report of drift as SARIF 2.1.0 (OASIS Standard, docs.oasis-open.org/sarif/sarif/v2.1.0), for code
// scanning and for viewers in editors.
//
// It promises: a log that validates against the schema of the standard; the same bytes for the same report; a fingerprint for
// each result that stays the same while the drift lasts; places that are relative to one root, never a path of the machine; and no
// secret but the beginning of its fingerprint.
//
// What stands for what: an open finding is a result of kind fail; one that an exception accepts is the same with an accepted
// suppression; an improvement is of kind informational and thereby of level none, since it is no problem (section 3.27.9 of
// the standard); what could not be compared is a notification of the run, and the run is not successful when something that
// was known is unknown now.
package sarif

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
	"c4arch/internal/render/report"
)

// Options say what the report itself does not know.
type Options struct {
	// Version is that of c4arch, or "".
	Version string
	// Root is the directory to which places are relative, such as that of the repository: inputs below it are named from it, relative ones are taken to be
	// below it already. A place outside of it is not told.
	Root string
	// Fallback is a file below Root, such as the baseline's, at which a finding is shown that stands nowhere else. GitHub refuses a result without a place.
	// "" gives such a result the name of the resource alone.
	Fallback string
	// Docs is the address at which docs/formats/drift.md can be read, or "": the log then names none.
	Docs string
}

// schema is where the schema of the standard stands.
const schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// base names the root in the log.
const base = "%SRCROOT%"

// fingerprint is the name under which the id of the finding stands; another way to make ids will have another number.
const fingerprint = "c4archFinding/v1"

// The longest texts.
const (
	mostText  = 2000
	mostTitle = 200
)

// grades are the levels of SARIF, and the numbers by which GitHub ranks: its documentation of SARIF support for code scanning
// (property security-severity) has over 9.0 as critical, 7.0 to 8.9 as high, 4.0 to 6.9 as medium and 0.1 to 3.9 as low. Each
// number lies in its band as CVSS has it, away from the edges.
var grades = map[severity.Severity]struct{ level, number string }{
	severity.Critical: {sarif.LevelError, "9.5"},
	severity.High:     {sarif.LevelError, "8.0"},
	severity.Medium:   {sarif.LevelWarning, "5.5"},
	severity.Low:      {sarif.LevelNote, "2.0"},
}

// Render writes the report.
func Render(w io.Writer, r *drift.Report, o Options) error {
	log := sarif.NewReport()
	log.Schema = schema
	run := sarif.NewRun()
	run.Tool = sarif.NewTool().WithDriver(sarif.NewToolComponent().WithName("c4arch"))
	if o.Docs != "" {
		run.Tool.Driver.WithInformationURI(o.Docs)
	}
	if o.Version != "" {
		run.Tool.Driver.WithVersion(report.Line(o.Version, 80))
	}
	run.OriginalUriBaseIds = map[string]sarif.ArtifactLocation{base: {
		Index: -1, Description: message("the root of what was scanned, such as a repository"),
	}}
	run.ColumnKind = new("utf16CodeUnits")
	rules := &rules{list: []*sarif.ReportingDescriptor{}, at: map[string]int{}, docs: o.Docs}
	places := newPlaces(o)
	for i := range r.Findings {
		run.AddResult(result(r, &r.Findings[i], rules, places))
	}
	run.Tool.Driver.Rules = rules.list
	run.AddInvocation(invocation(r, places))
	run.AutomationDetails = sarif.NewRunAutomationDetails().WithID("c4arch-drift/" + plainID(r.Name))
	bag := sarif.NewPropertyBag()
	bag.Add("mode", string(r.Mode)).Add("verdict", r.Summary.Verdict).Add("failOn", report.Line(r.Summary.FailOn, 20))
	bag.Add("old", report.SideText(r, &r.Old)).Add("new", report.SideText(r, &r.New))
	run.Properties = bag
	log.AddRun(run)
	if err := log.PrettyWrite(w); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// plainID keeps of a name what is safe in the id of a run, in which a slash has a meaning.
func plainID(name string) string {
	id := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.':
			return c
		}
		return '-'
	}, report.Line(name, 80))
	return cmp.Or(strings.Trim(id, "-"), "architecture")
}

func message(text string) *sarif.Message { return sarif.NewTextMessage(text) }

// rules collects the descriptors, in the order in which they are met.
type rules struct {
	list []*sarif.ReportingDescriptor
	at   map[string]int
	docs string
}

// Viewers rank a result by its rule, so a rule has a descriptor for each way in which it can matter. The names are those of
// section 3.5.4 of the standard, hierarchical strings.
const (
	raised   = "/raised"
	improved = "/improved"
)

// variant is what the descriptor of the finding is called. It depends on the finding alone, so that a result keeps its name from run to run.
func variant(f *drift.Finding) string {
	id := cmp.Or(report.Line(f.Rule, 80), "no-rule")
	switch {
	case report.Improvement(f):
		return id + improved
	case slices.ContainsFunc(f.Labels, func(l string) bool { return strings.HasPrefix(l, "raised: ") }):
		return id + raised
	}
	return id
}

// of returns the name of the descriptor and its index. Two findings of one rule with different severities (a user's table may do that) make
// it as grave as the graver one.
func (rs *rules) of(f *drift.Finding) (string, int) {
	id := variant(f)
	if i, ok := rs.at[id]; ok {
		rs.grade(rs.list[i], f)
		return id, i
	}
	rs.at[id] = len(rs.list)
	d := sarif.NewReportingDescriptor().WithID(id)
	title := cmp.Or(report.Title(f, mostTitle), id)
	reason := cmp.Or(report.Line(f.Reason, mostText), title)
	d.WithName(name(id))
	d.WithShortDescription(words(title))
	d.WithFullDescription(words(reason))
	d.WithHelp(help(id, title, reason, f))
	if rs.docs != "" {
		d.WithHelpURI(rs.docs)
	}
	rs.list = append(rs.list, d)
	rs.grade(d, f)
	return id, rs.at[id]
}

func words(text string) *sarif.MultiformatMessageString {
	return sarif.NewMultiformatMessageString().WithText(text)
}

// name is the rule in Pascal case, as section 3.49.7 asks.
func name(id string) string {
	var b strings.Builder
	up := true
	for _, c := range id {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		switch {
		case !letter:
			up = true
			continue
		case up:
			b.WriteString(strings.ToUpper(string(c)))
		default:
			b.WriteString(strings.ToLower(string(c)))
		}
		up = false
	}
	return cmp.Or(b.String(), "Rule")
}

// help says why it matters and what to do, as text and as Markdown. In Markdown everything is in blocks of code or escaped.
func help(id, title, reason string, f *drift.Finding) *sarif.MultiformatMessageString {
	do := cmp.Or(report.Line(f.Remediation, mostText), "Look at what changed, and repair it or approve it.")
	explain := "c4arch rules explain " + strings.TrimSuffix(strings.TrimSuffix(id, raised), improved)
	text := title + "\n\nWhy: " + reason + "\n\nWhat to do: " + do
	mark := "**" + escape(title) + "**\n\nWhy: " + escape(reason) + "\n\nWhat to do: " + escape(do)
	if len(f.Controls) > 0 {
		controls := report.Controls(f.Controls)
		text += "\n\nControls: " + controls
		mark += "\n\nControls: " + escape(controls)
	}
	text += "\n\nMore: " + explain
	mark += "\n\nMore: `" + strings.ReplaceAll(explain, "`", "'") + "`"
	return words(text).WithMarkdown(mark)
}

// escape makes text inert in Markdown.
func escape(text string) string {
	var b strings.Builder
	for _, c := range text {
		switch {
		case strings.ContainsRune("\\`*_{}[]()#+-!|~$@:", c):
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == '<':
			b.WriteString("&lt;")
		case c == '>':
			b.WriteString("&gt;")
		case c == '&':
			b.WriteString("&amp;")
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// grade sets how much the rule matters, unless it matters more already.
func (rs *rules) grade(d *sarif.ReportingDescriptor, f *drift.Finding) {
	level, number := sarif.LevelNone, ""
	tags := []string{"drift", "architecture"}
	if !report.Improvement(f) {
		g := gradeOf(f.Severity)
		level, number = g.level, g.number
		tags = append(tags, "security") // without this tag GitHub does not look at security-severity
	}
	if d.Properties != nil {
		if had, _ := d.Properties.Properties["security-severity"].(string); had >= number {
			return
		}
	}
	d.WithDefaultConfiguration(sarif.NewReportingConfiguration().WithEnabled(true).WithLevel(level))
	bag := sarif.NewPropertyBag()
	for _, c := range f.Controls[:min(len(f.Controls), 8)] { // GitHub takes ten tags
		tags = append(tags, report.Line(c, 80))
	}
	slices.Sort(tags)
	bag.WithTags(slices.Compact(tags)[:min(10, len(slices.Compact(tags)))])
	bag.Add("precision", "very-high")
	if number != "" {
		bag.Add("security-severity", number)
		bag.Add("problem.severity", map[string]string{sarif.LevelError: "error", sarif.LevelWarning: "warning"}[level])
		if level == sarif.LevelNote {
			bag.Add("problem.severity", "recommendation")
		}
	}
	d.WithProperties(bag)
}

// gradeOf is that of a severity; one that is not known counts as the gravest.
func gradeOf(s severity.Severity) struct{ level, number string } {
	if g, ok := grades[s]; ok {
		return g
	}
	return grades[severity.Critical]
}

func result(r *drift.Report, f *drift.Finding, rs *rules, ps *places) *sarif.Result {
	id, index := rs.of(f)
	res := sarif.NewRuleResult(id).WithRuleIndex(index)
	if report.Improvement(f) {
		res.WithKind("informational").WithLevel(sarif.LevelNone)
	} else {
		res.WithKind("fail").WithLevel(gradeOf(f.Severity).level)
	}
	res.WithMessage(message(sentence(f)))
	res.PartialFingerprints = map[string]string{fingerprint: report.Line(f.ID, 200)}
	ps.add(res, f)
	if f.Exception != nil {
		res.WithSuppressions([]*sarif.Suppression{suppression(f.Exception)})
	}
	res.WithBaselineState(baselineState(r, f))
	res.WithRank(rank(f))
	res.WithProperties(properties(f))
	return res
}

// sentence is what the finding says. Viewers show the first sentence alone where they have little room.
func sentence(f *drift.Finding) string {
	text := strings.TrimSuffix(report.Title(f, mostTitle), ".")
	text += ": " + report.Name(f, 120) + " "
	if report.HasValues(f) {
		before, after := report.Values(f, 160)
		text += report.Line(string(f.Path), 300) + " " + before + " -> " + after + "."
	} else {
		text += report.Happened(f.Change) + "."
	}
	for _, s := range []string{f.Reason, f.Remediation} {
		if s != "" {
			text += " " + strings.TrimSuffix(report.Line(s, mostText), ".") + "."
		}
	}
	return text
}

// baselineState says since when the result is there, in the words of section 3.27.24: new when this run is the first that saw it. It compares with
// the earlier runs against the same baseline, which is what first seen means; a comparison without a baseline has no earlier run.
func baselineState(r *drift.Report, f *drift.Finding) string {
	if r.Old.Baseline == nil || f.FirstSeen == "" || f.FirstSeen == f.LastSeen {
		return "new"
	}
	return "unchanged"
}

// rank orders results from 0 to 100, as section 3.27.25 has it: the number of the severity, tenfold.
func rank(f *drift.Finding) float64 {
	if report.Improvement(f) {
		return 0
	}
	return map[string]float64{"9.5": 95, "8.0": 80, "5.5": 55, "2.0": 20}[gradeOf(f.Severity).number]
}

// suppression says that people accepted the finding. Only an active exception is an accepted one: section 3.35.3 has underReview for one
// that waits for an approver, and rejected for one whose time is over.
func suppression(e *drift.Excepted) *sarif.Suppression {
	status := map[string]string{"active": "accepted", "unapproved": "underReview"}[e.State]
	s := sarif.NewSuppression().WithKind("external").WithStatus(cmp.Or(status, "rejected"))
	s.WithJustification(report.Exception(e))
	return s
}

func properties(f *drift.Finding) *sarif.PropertyBag {
	bag := sarif.NewPropertyBag()
	for _, p := range []struct{ name, value string }{
		{"severity", string(f.Severity)},
		{"direction", string(f.Direction)},
		{"change", string(f.Change)},
		{"resource", f.Resource},
		{"type", f.Type},
		{"path", string(f.Path)},
		{"firstSeen", f.FirstSeen},
		{"lastSeen", f.LastSeen},
	} {
		if p.value != "" {
			bag.Add(p.name, report.Line(p.value, 500))
		}
	}
	if report.HasValues(f) {
		before, after := report.Values(f, 500)
		bag.Add("old", before).Add("new", after)
	}
	if n := len(f.Labels); n > 0 {
		labels := make([]string, 0, n)
		for _, l := range f.Labels {
			labels = append(labels, report.Line(l, 200))
		}
		bag.Add("labels", labels)
	}
	return bag
}

// invocation says how the comparison went, and what could not be compared.
func invocation(r *drift.Report, ps *places) *sarif.Invocation {
	inv := sarif.NewInvocation().WithExecutionSuccessful(r.Summary.WasKnown == 0)
	inv.WithExitCode(r.Summary.Exit)
	word, clause := report.Verdict(r)
	inv.WithExitCodeDescription(word + ": " + clause)
	if r.At != "" && timestamp(r.At) {
		inv.WithEndTimeUtc(r.At)
	}
	for _, g := range report.Unknown(r) {
		n := sarif.NewNotification().WithLevel(sarif.LevelWarning)
		if g.WasKnown {
			n.WithLevel(sarif.LevelError)
		}
		var things []string
		for _, u := range g.Things[:min(len(g.Things), 5)] {
			things = append(things, report.Thing(u))
			if l := ps.location(u.Input, u.Line, 0); l != nil {
				n.AddLocation(l)
			}
		}
		if more := len(g.Things) - len(things); more > 0 {
			things = append(things, report.Number(more)+" more")
		}
		text := fmt.Sprintf("%s could not be compared: %s: %s.", report.Count(g.N, "thing"), strings.Join(things, "; "), strings.TrimSuffix(report.Line(g.Reason, 400), "."))
		if g.WasKnown {
			text += " It could be read before."
		}
		if g.Help != "" {
			text += " " + report.Line(g.Help, 400)
		}
		inv.AddToolExecutionNotification(n.WithMessage(message(text)))
	}
	return inv
}

// kindOf is what section 3.33.7 calls the kind of a logical location.
func kindOf(f *drift.Finding) string {
	if f.Change == diff.Removed {
		return "removed resource"
	}
	return "resource"
}
