// Package dossier writes what a pack of evidence says: tables for programs and spreadsheets, a manifest that lists them, and a report for people.
//
// It promises: of the same dossier the same bytes; every row of a table names where it comes from; a cell that nothing is known of says "no data"; no cell is a formula to a
// spreadsheet (OWASP, "CSV Injection"); the report says of every table how many rows it has and shows the first of them. It leaves out the container, the signature and the proofs.
package dossier

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/dossier"
	"c4arch/internal/render/figure"
	"c4arch/internal/trust/ledger"
)

// View is a picture of the architecture.
type View struct {
	Key, Title string
	SVG        []byte
	Figure     *figure.Figure
}

// noData is what a cell says of which nothing is known.
const noData = "no data"

// table is a list of one kind of thing.
type table struct {
	name, about string
	columns     []string
	rows        [][]string
	list        any // the same for programs; nil is none
}

// Files are the files that the manifest lists.
func Files(d *dossier.Dossier, views []View) ([]ledger.PackFile, error) {
	files := []ledger.PackFile{{Name: "README.txt", About: "what is in the pack and how it is verified", Data: []byte(readme(d))}}
	for _, v := range views {
		files = append(files, ledger.PackFile{Name: "views/" + v.Key + ".svg", About: "view: " + v.Title, Data: v.SVG})
	}
	if d.Model != nil {
		var b bytes.Buffer
		if err := c4.Encode(&b, d.Model); err != nil {
			return nil, err
		}
		files = append(files, ledger.PackFile{Name: "model.json", About: "the architecture that the views show, with its evidence", Data: b.Bytes()})
	}
	if d.Last != nil {
		var b bytes.Buffer
		if err := d.Last.Encode(&b); err != nil {
			return nil, err
		}
		files = append(files, ledger.PackFile{Name: "snapshot.json", About: "everything that the last snapshot read", Data: b.Bytes()})
	}
	for _, t := range tables(d) {
		files = append(files, ledger.PackFile{Name: t.name + ".csv", About: t.about, Data: t.csv()})
		if t.list == nil {
			continue
		}
		b, err := json.MarshalIndent(t.list, "", "  ")
		if err != nil {
			return nil, err
		}
		files = append(files, ledger.PackFile{Name: t.name + ".json", About: t.about, Data: append(b, '\n')})
	}
	slices.SortFunc(files, func(a, b ledger.PackFile) int { return strings.Compare(a.Name, b.Name) })
	return files, nil
}

// csv is RFC 4180 in UTF-8, every cell in quotes: a value with a line break stays one.
func (t table) csv() []byte {
	var b bytes.Buffer
	line := func(cells []string) {
		for i, c := range cells {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"` + strings.ReplaceAll(guarded(c), `"`, `""`) + `"`)
		}
		b.WriteString("\r\n")
	}
	line(t.columns)
	for _, r := range t.rows {
		line(r)
	}
	return b.Bytes()
}

// guarded puts an apostrophe before what a spreadsheet would calculate.
func guarded(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if s != "" && strings.ContainsRune("=+-@\t\r'\uff1d\uff0b\uff0d\uff20", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

func or(s string) string {
	if s == "" {
		return noData
	}
	return s
}

func moment(t time.Time) string {
	if t.IsZero() {
		return noData
	}
	return t.UTC().Format(time.RFC3339)
}

func entry(n int64) string {
	if n < 0 {
		return noData
	}
	return "ledger entry " + strconv.FormatInt(n, 10)
}

func number(n int) string { return strconv.Itoa(n) }

// tables are all tables, in the order of the report.
func tables(d *dossier.Dossier) []table {
	return []table{
		snapshots(d), connections(d), scans(d), approvals(d), proposals(d), comparisons(d), findings(d), exceptions(d), unknowns(d), population(d), cited(d), people(d),
	}
}

func snapshots(d *dossier.Dossier) table {
	t := table{name: "snapshots", about: "what was read, and when", list: d.Snapshots, columns: []string{"snapshot", "observed_at", "collected_at", "uploaded_at", "recorded_at", "name", "method", "scope", "resources", "not_read", "approved_by_baseline", "root"}}
	for _, s := range d.Snapshots {
		approved := s.Approved
		if approved == "" {
			approved = "none"
		}
		t.rows = append(t.rows, []string{s.ID, moment(s.Observed), moment(s.Collected), moment(s.Uploaded), moment(s.Recorded), or(s.Name), or(s.Method), or(strings.Join(s.Scope, "; ")), number(s.Resources), number(s.NotRead), approved, string(s.Root)})
	}
	return t
}

func connections(d *dossier.Dossier) table {
	t := table{name: "connections", about: "where the project reads from, as it is set up when the pack is made", list: d.Connections, columns: []string{"connection", "kind", "name", "created_at"}}
	for _, c := range d.Connections {
		t.rows = append(t.rows, []string{c.ID, c.Kind, or(c.Name), moment(c.Created)})
	}
	return t
}

func scans(d *dossier.Dossier) table {
	t := table{name: "scans", about: "readings that were asked for, those too that failed", list: d.Scans, columns: []string{"scan", "asked_at", "by", "state", "ended_at", "snapshot", "error"}}
	for _, s := range d.Scans {
		failed := s.Error
		if failed == "" {
			failed = "none"
		}
		t.rows = append(t.rows, []string{s.ID, moment(s.Asked), or(s.By), s.State, moment(s.Ended), or(s.Snapshot), failed})
	}
	return t
}

func approvals(d *dossier.Dossier) table {
	t := table{name: "approvals", about: "baselines: what was approved, by whom and why", list: d.Approvals, columns: []string{"baseline", "snapshot", "approved_at", "by", "reason", "supersedes", "source"}}
	for _, a := range d.Approvals {
		before := a.Supersedes
		if before == "" {
			before = "none"
		}
		t.rows = append(t.rows, []string{a.ID, or(a.Snapshot), moment(a.At), or(a.By), or(a.Reason), before, entry(a.Entry)})
	}
	return t
}

func proposals(d *dossier.Dossier) table {
	t := table{name: "proposals", about: "what one person proposed and a second one has to approve", list: d.Proposals, columns: []string{"proposal", "kind", "proposed_at", "by", "reason", "state", "subject"}}
	for _, p := range d.Proposals {
		t.rows = append(t.rows, []string{p.ID, p.Kind, moment(p.At), or(p.By), or(p.Reason), p.State, or(p.Subject)})
	}
	return t
}

func comparisons(d *dossier.Dossier) table {
	t := table{name: "drift/comparisons", about: "snapshots held against baselines", list: d.Comparisons, columns: []string{"comparison", "at", "snapshot", "baseline", "findings", "critical", "high", "medium", "low", "source"}}
	for _, c := range d.Comparisons {
		t.rows = append(t.rows, []string{c.ID, moment(c.At), c.Snapshot, c.Baseline, number(c.Findings), number(c.Counts["critical"]), number(c.Counts["high"]), number(c.Counts["medium"]), number(c.Counts["low"]), entry(c.Entry)})
	}
	return t
}

func findings(d *dossier.Dossier) table {
	t := table{name: "drift/findings", about: "what differed from what was approved, with when it was first and last seen", list: d.Findings, columns: []string{"finding", "severity", "state", "title", "resource", "path", "old", "new", "first_seen", "last_seen", "rule", "reason", "comparison"}}
	for _, f := range d.Findings {
		t.rows = append(t.rows, []string{f.ID, f.Severity, f.State, or(f.Title), or(f.Resource), whole(f.Path), absent(f.Old), absent(f.New), moment(f.First), moment(f.Last), or(f.Rule), or(f.Reason), or(f.Compared)})
	}
	return t
}

func whole(path string) string {
	if path == "" {
		return "(the whole resource)"
	}
	return path
}

// absent is a value that may rightly not be there.
func absent(v string) string {
	if v == "" || v == "null" {
		return "none"
	}
	return v
}

func exceptions(d *dossier.Dossier) table {
	t := table{name: "exceptions", about: "drift that is accepted for a time", list: d.Exceptions, columns: []string{"exception", "created_at", "by", "revoked", "entry"}}
	for _, e := range d.Exceptions {
		t.rows = append(t.rows, []string{e.ID, moment(e.At), or(e.By), strconv.FormatBool(e.Revoked), or(e.Entry)})
	}
	return t
}

func unknowns(d *dossier.Dossier) table {
	t := table{name: "unknowns", about: "what could not be read, and why", list: d.Unknowns, columns: []string{"snapshot", "observed_at", "kind", "input", "line", "thing", "reason", "help", "count"}}
	for _, u := range d.Unknowns {
		line := noData
		if u.Line > 0 {
			line = number(u.Line)
		}
		t.rows = append(t.rows, []string{u.Snapshot, moment(u.At), string(u.Kind), or(u.Input), line, or(u.Thing), or(u.Reason), or(u.Help), number(max(u.Count, 1))})
	}
	return t
}

func population(d *dossier.Dossier) table {
	t := table{name: "population", about: "every change between one snapshot and the next", columns: []string{"number", "change", "resource", "type", "name", "path", "old", "new", "noise_rule", "uncertain", "from_snapshot", "from_observed_at", "to_snapshot", "to_observed_at"}}
	for i, c := range d.Changes {
		t.rows = append(t.rows, []string{number(i + 1), c.Kind, c.Resource, or(c.Type), or(c.Name), whole(c.Path), absent(c.Old), absent(c.New), absent(c.Noise), absent(c.Uncertain), c.From, moment(c.FromAt), c.To, moment(c.ToAt)})
	}
	return t
}

func cited(d *dossier.Dossier) table {
	t := table{name: "ledger", about: "entries of the ledger that the pack cites, each proven in ledger.zip", list: d.Cited, columns: []string{"entry", "at", "kind", "meaning", "by"}}
	for _, c := range d.Cited {
		t.rows = append(t.rows, []string{strconv.FormatInt(c.Index, 10), moment(c.At), c.Kind, or(c.Meaning), or(c.By)})
	}
	return t
}

func people(d *dossier.Dossier) table {
	t := table{name: "people", about: "the names behind the ids, as they are when the pack is made", list: d.People, columns: []string{"id", "name"}}
	for _, p := range d.People {
		t.rows = append(t.rows, []string{p.ID, or(p.Name)})
	}
	return t
}

// Manifest lists the files, and says what the pack is of.
func Manifest(d *dossier.Dossier, files []ledger.PackFile) ([]byte, error) {
	from, to := d.Observed()
	cites := make([]int64, len(d.Cited))
	for i, c := range d.Cited {
		cites[i] = c.Index
	}
	type span struct {
		From string `json:"from"`
		To   string `json:"to"`
	}
	first, last := ends(d)
	b, err := json.MarshalIndent(struct {
		Format       string          `json:"format"`
		ID           string          `json:"id"`
		Example      bool            `json:"example"`
		What         string          `json:"what"`
		Kind         string          `json:"kind"`
		Subject      string          `json:"subject,omitempty"`
		Organisation dossier.Named   `json:"organisation"`
		Project      dossier.Named   `json:"project"`
		Method       []string        `json:"collectionMethod"`
		Covered      span            `json:"covered"`
		Observed     span            `json:"observed"`
		Collected    span            `json:"collectedAt"`
		Uploaded     span            `json:"uploadedAt"`
		Asked        string          `json:"askedAt"`
		AskedBy      string          `json:"askedBy"`
		Generator    string          `json:"generator"`
		Counts       map[string]int  `json:"counts"`
		Cited        []int64         `json:"cited"`
		Files        []ledger.Listed `json:"files"`
	}{
		ledger.PackFormat, d.ID, d.Example, d.What, d.Kind, d.Subject, d.Organisation, d.Project, methods(d),
		span{moment(d.From), moment(d.To)},
		span{moment(from), moment(to)},
		span{moment(first.Collected), moment(last.Collected)},
		span{moment(first.Uploaded), moment(last.Uploaded)},
		moment(d.Asked), d.AskedBy, d.Generator, counts(d), cites, ledger.ListPack(files),
	}, "", "  ")
	return append(b, '\n'), err
}

// ends have the earliest and the latest of each time of the snapshots.
func ends(d *dossier.Dossier) (first, last dossier.Snapshot) {
	less := func(at *time.Time, t time.Time, later bool) {
		if !t.IsZero() && (at.IsZero() || t.After(*at) == later && !t.Equal(*at)) {
			*at = t
		}
	}
	for _, s := range d.Snapshots {
		less(&first.Collected, s.Collected, false)
		less(&last.Collected, s.Collected, true)
		less(&first.Uploaded, s.Uploaded, false)
		less(&last.Uploaded, s.Uploaded, true)
	}
	return first, last
}

func methods(d *dossier.Dossier) []string {
	all := []string{}
	for _, s := range d.Snapshots {
		all = append(all, or(s.Method))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func counts(d *dossier.Dossier) map[string]int {
	out := map[string]int{}
	for _, t := range tables(d) {
		out[t.name] = len(t.rows)
	}
	return out
}

func readme(d *dossier.Dossier) string {
	var b strings.Builder
	if d.Example {
		b.WriteString("EXAMPLE. Nothing in this pack is real: it is of the example project.\n\n")
	}
	fmt.Fprintf(&b, `This is a pack of evidence, made by c4arch: %s of the project %q of %q.

Verify it, offline, with the key of the ledger, which you did NOT take from this pack:

    c4arch audit verify --key KEYFILE PACK.zip
    c4arch-verify --key KEYFILE PACK.zip

It says that every file is the one that the manifest lists, that nothing is missing or too many, that the key of the ledger signed it, that the ledger has an entry with the digest of
the manifest, and that every entry that is cited stands in the ledger.

report.pdf       what people read; its numbers come from the files here
manifest.json    what the pack is of, and every file with its SHA-256
manifest.note    the signature over manifest.json, ledger.zip and report.pdf
ledger.zip       the entries of the ledger that are cited, each with its proof
`, d.What, d.Project.Name, d.Organisation.Name)
	for _, t := range tables(d) {
		fmt.Fprintf(&b, "%-16s %s (%d rows)\n", t.name+".csv", t.about, len(t.rows))
	}
	b.WriteString("\nThe format is described in docs/formats/evidence-pack.md.\n")
	return b.String()
}
