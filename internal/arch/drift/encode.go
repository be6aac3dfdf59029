package drift

import (
	"io"

	"c4arch/internal/arch/coverage"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/document"
)

// Encode writes the report as docs/formats/drift.md promises it: one finding, one unknown, one entry on a line, in the order
// of the report, so that two reports can be compared with any tool; every array is there, and the same report gives the
// same bytes. Nothing of r is changed.
func (r *Report) Encode(to io.Writer) error {
	return document.Write(to, func(w *document.Writer) {
		w.Member("format", Format)
		w.Member("version", Version)
		w.Member("name", r.Name)
		w.Member("mode", r.Mode)
		w.Member("at", r.At)
		w.Member("old", r.Old)
		w.Member("new", r.New)
		w.Name("findings")
		document.Lines(w, r.Findings, func(f *Finding) { w.Value((*findingJSON)(f)) })
		w.Name("unknown")
		document.Lines(w, r.Unknown, func(u *Unknown) { w.Value(unknownOf(u)) })
		w.Member("improvements", r.Improvements)
		document.List(w, "exceptions", r.Exceptions)
		w.Name("coverage")
		encodeCoverage(w, r.Coverage)
		w.Member("noiseBy", r.NoiseBy)
		w.Member("notes", r.Notes)
		w.Member("summary", r.Summary)
	})
}

// findingJSON is a Finding whose every array is written, empty or not: whoever reads need not ask.
type findingJSON struct {
	ID          string             `json:"id"`
	Severity    severity.Severity  `json:"severity"`
	Direction   severity.Direction `json:"direction"`
	Change      diff.Kind          `json:"change"`
	Resource    string             `json:"resource"`
	Type        string             `json:"type"`
	Name        string             `json:"name"`
	Path        diff.Path          `json:"path"`
	Old         canon.Raw          `json:"old"`
	New         canon.Raw          `json:"new"`
	Rule        string             `json:"rule"`
	Title       string             `json:"title"`
	Reason      string             `json:"reason"`
	Remediation string             `json:"remediation"`
	Controls    []string           `json:"controls"`
	Labels      []string           `json:"labels"`
	FirstSeen   string             `json:"firstSeen"`
	LastSeen    string             `json:"lastSeen"`
	Exception   *Excepted          `json:"exception"`
	Elements    []string           `json:"elements"`
	Places      []Place            `json:"places"`
}

// unknownOf counts at least one.
func unknownOf(u *Unknown) *Unknown {
	if u.Count > 0 {
		return u
	}
	one := *u
	one.Count = 1
	return &one
}

// encodeCoverage writes null where code was not compared.
func encodeCoverage(w *document.Writer, c *coverage.Coverage) {
	if c == nil {
		w.Value(nil)
		return
	}
	w.Text(`{"counts": `)
	w.Value(c.Counts)
	w.Text(`, "entries": `)
	document.Lines(w, c.Entries, func(x *coverage.Entry) { w.Value(x) })
	w.Text("}")
}
