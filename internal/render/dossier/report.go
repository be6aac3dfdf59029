package dossier

import (
	"fmt"
	"iter"
	"strings"

	"c4arch/internal/arch/dossier"
	"c4arch/internal/base/canon"
	"c4arch/internal/render/figure"
)

// Seal is what the ledger has of a pack when its report is written.
type Seal struct {
	Manifest canon.Digest
	Entry    int64
	Origin   string
	Size     int64
	Files    int
}

// Report are the pages of what people read.
func Report(d *dossier.Dossier, views []View, s Seal) iter.Seq2[*figure.Figure, error] {
	p := &paper{}
	if d.Example {
		p.stamp = "EXAMPLE · nothing here is real"
	}
	p.title(d, s)
	p.scope(d)
	for _, v := range views {
		p.picture(v)
	}
	p.decisions(d)
	p.drift(d)
	p.rest(d)
	p.verify(d, s)
	return func(yield func(*figure.Figure, error) bool) {
		for _, f := range p.pages {
			if !yield(f, nil) {
				return
			}
		}
	}
}

// Title is that of the document.
func Title(d *dossier.Dossier) string {
	title := "Evidence of " + d.Project.Name + ": " + d.What
	if d.Example {
		return "EXAMPLE. " + title
	}
	return title
}

func (p *paper) title(d *dossier.Dossier, s Seal) {
	p.section = "Title"
	p.page("Evidence pack")
	p.y += 70
	p.put(pale, "Evidence pack", 0, sizeHead, false)
	for _, line := range broken(d.Project.Name, pageW, sizeTitle, true) {
		p.put(ink, line, 0, sizeTitle, true)
	}
	p.y += 6
	p.put(ink, upper(d.What), 0, sizeHead-3, false)
	p.y += 36
	from, to := d.Observed()
	p.fact("Organisation", d.Organisation.Name+" ("+d.Organisation.ID+")")
	p.fact("Project", d.Project.Name+" ("+d.Project.ID+")")
	p.fact("Pack", d.ID)
	p.fact("Covers", moment(d.From)+" to "+moment(d.To))
	p.fact("Observed from", moment(from))
	p.fact("Observed to", moment(to))
	p.fact("Asked for", moment(d.Asked)+" by "+name(d, d.AskedBy))
	p.fact("Made by", d.Generator)
	p.y += 20
	p.heading("In short")
	for _, line := range short(d) {
		p.fact(line[0], line[1])
	}
	p.y += 20
	p.heading("Digest")
	p.fact("Manifest", string(s.Manifest))
	p.fact("Ledger", fmt.Sprintf("entry %d of %s", s.Entry, s.Origin))
	p.text("The manifest lists every file of the pack with its SHA-256. The ledger has its digest in the entry above, and the pack proves that entry. The last page says how to verify both.")
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func name(d *dossier.Dossier, id string) string {
	for _, n := range d.People {
		if n.ID == id || "person:"+n.ID == id {
			return n.Name + " (" + id + ")"
		}
	}
	return or(id)
}

func short(d *dossier.Dossier) [][2]string {
	open, accepted := 0, 0
	for _, f := range d.Findings {
		switch f.State {
		case "open":
			open++
		case "accepted":
			accepted++
		}
	}
	properties, noise, uncertain := 0, 0, 0
	for _, c := range d.Changes {
		switch {
		case c.Uncertain != "":
			uncertain++
		case c.Noise != "":
			noise++
		default:
			properties++
		}
	}
	return [][2]string{
		{"Snapshots", number(len(d.Snapshots))},
		{"Changes", fmt.Sprintf("%d in the population: %d that count, %d that a rule calls noise, %d that cannot be told", len(d.Changes), properties, noise, uncertain)},
		{"Findings", fmt.Sprintf("%d: %d open, %d accepted by an exception, %d gone", len(d.Findings), open, accepted, len(d.Findings)-open-accepted)},
		{"Approvals", fmt.Sprintf("%d baselines, %d proposals", len(d.Approvals), len(d.Proposals))},
		{"Exceptions", number(len(d.Exceptions))},
		{"Not read", fmt.Sprintf("%d notes on what could not be read", len(d.Unknowns))},
		{"Ledger", fmt.Sprintf("%d entries are cited and proven", len(d.Cited))},
	}
}

func (p *paper) scope(d *dossier.Dossier) {
	p.chapter("Scope and method")
	p.text("A snapshot is what a source said at one time. Observed is when the source was so; collected is when it was read; uploaded is when it was handed over to the service; recorded is when the service kept it. A time that nobody stated is “no data”.")
	for _, m := range methods(d) {
		p.fact("Collection method", m)
	}
	if len(d.Snapshots) > 0 {
		p.fact("Scope", or(strings.Join(d.Snapshots[len(d.Snapshots)-1].Scope, "; ")))
	}
	p.heading("Snapshots")
	p.grid(snapshots(d), []column{{"snapshot", "Snapshot", 3}, {"observed_at", "Observed", 5}, {"collected_at", "Collected", 5}, {"uploaded_at", "Uploaded", 5}, {"recorded_at", "Recorded", 5}, {"resources", "Resources", 3}, {"not_read", "Not read", 2}})
	p.heading("Connections")
	p.grid(connections(d), []column{{"connection", "Connection", 5}, {"kind", "Kind", 2}, {"name", "Name", 3}, {"created_at", "Made", 3}})
	p.heading("Scans")
	p.grid(scans(d), []column{{"scan", "Scan", 5}, {"asked_at", "Asked", 4}, {"by", "By", 4}, {"state", "State", 2}, {"snapshot", "Snapshot", 3}, {"error", "Error", 4}})
	if d.Model != nil {
		p.heading("Views")
		p.text("The views on the next pages show the last snapshot in the notation of c4model.com. Each has its key. They are in the folder views as SVG, and as data in model.json.")
	}
}

func (p *paper) decisions(d *dossier.Dossier) {
	p.chapter("Decisions")
	p.heading("Approvals")
	p.grid(approvals(d), []column{{"baseline", "Baseline", 3}, {"snapshot", "Snapshot", 3}, {"approved_at", "At", 4}, {"by", "By", 4}, {"reason", "Reason", 5}, {"source", "Source", 3}})
	p.heading("Proposals")
	p.grid(proposals(d), []column{{"proposal", "Proposal", 4}, {"kind", "Kind", 2}, {"proposed_at", "At", 3}, {"by", "By", 4}, {"reason", "Reason", 4}, {"state", "State", 2}})
	p.heading("Exceptions")
	p.grid(exceptions(d), []column{{"exception", "Exception", 3}, {"created_at", "Made", 3}, {"by", "By", 3}, {"revoked", "Revoked", 2}, {"entry", "What is accepted", 7}})
}

func (p *paper) drift(d *dossier.Dossier) {
	p.chapter("Drift history")
	p.heading("Comparisons")
	p.grid(comparisons(d), []column{{"comparison", "Comparison", 5}, {"at", "At", 4}, {"snapshot", "Snapshot", 3}, {"baseline", "Baseline", 3}, {"critical", "Critical", 2}, {"high", "High", 1}, {"medium", "Medium", 2}, {"low", "Low", 1}, {"source", "Source", 3}})
	p.heading("Findings")
	p.grid(findings(d), []column{{"severity", "Severity", 2}, {"state", "State", 2}, {"title", "Finding", 5}, {"resource", "Resource", 5}, {"old", "Was", 3}, {"new", "Is", 3}, {"first_seen", "First seen", 3}, {"last_seen", "Last seen", 3}})
}

func (p *paper) rest(d *dossier.Dossier) {
	p.chapter("What could not be read")
	p.grid(unknowns(d), []column{{"snapshot", "Snapshot", 3}, {"kind", "Kind", 2}, {"input", "Input", 4}, {"thing", "Thing", 4}, {"reason", "Reason", 6}, {"count", "Count", 2}})
	p.chapter("Population: every change")
	p.text(fmt.Sprintf("Between one snapshot and the next there are %d changes, all of them in population.csv. Noise is what a rule says means nothing; it is listed and marked, so that the list is complete.", len(d.Changes)))
	p.grid(population(d), []column{{"number", "No.", 1}, {"change", "Change", 2}, {"resource", "Resource", 5}, {"path", "Property", 4}, {"old", "Was", 3}, {"new", "Is", 3}, {"noise_rule", "Noise", 2}, {"to_snapshot", "Seen in", 3}})
	p.chapter("Entries of the ledger")
	p.grid(cited(d), []column{{"entry", "Entry", 1}, {"at", "At", 5}, {"meaning", "What happened", 6}, {"kind", "Kind", 3}, {"by", "By", 4}})
	p.heading("People")
	p.grid(people(d), []column{{"id", "Id", 1}, {"name", "Name", 1}})
}

func (p *paper) verify(d *dossier.Dossier, s Seal) {
	p.chapter("How to verify")
	p.text("Take the key of the ledger from a day and a way that you trust: from the contract, from the operator's page, from a copy that you kept. A key that comes with the pack proves nothing. Then, without a network:")
	p.fact("Command", "c4arch audit verify --key ledger.key PACK.zip")
	p.fact("Proven means", "every file is the one that the manifest lists; nothing is missing and nothing is too many; the key of the ledger signed the manifest, the proofs and this report; the ledger has the digest of the manifest; every entry that is cited stands in the ledger.")
	p.fact("Left open", "that what was collected is what was there, and that everything that happened was written. A pack shows what was read, and when.")
	p.fact("Manifest", string(s.Manifest))
	p.fact("Ledger", fmt.Sprintf("entry %d of %s; the checkpoint in the pack covers %d entries", s.Entry, s.Origin, s.Size))
	p.fact("Files", fmt.Sprintf("%d are listed in the manifest", s.Files))
}
