package drift

import (
	"bufio"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"

	"c4arch/internal/arch/coverage"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
)

// Encode writes the report as docs/formats/drift.md promises it: one finding, one unknown, one entry on a line, in the order
// of the report, so that two reports can be compared with any tool; every array is there, and the same report gives the
// same bytes. Nothing of r is changed.
func (r *Report) Encode(w io.Writer) error {
	e := &encoder{w: bufio.NewWriterSize(w, 1<<16)}
	e.text("{\n")
	e.member("format", Format)
	e.member("version", Version)
	e.member("name", r.Name)
	e.member("mode", r.Mode)
	e.member("at", r.At)
	e.member("old", r.Old)
	e.member("new", r.New)
	list(e, "findings", r.Findings, func(f *Finding) any { return (*findingJSON)(f) })
	list(e, "unknown", r.Unknown, func(u *Unknown) any { return unknownOf(u) })
	e.member("improvements", r.Improvements)
	list(e, "exceptions", r.Exceptions, func(s *Stale) any { return s })
	e.coverage(r.Coverage)
	e.member("noiseBy", r.NoiseBy)
	e.member("notes", r.Notes)
	e.last("summary", r.Summary)
	e.text("}\n")
	if e.err != nil {
		return e.err
	}
	return e.w.Flush()
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

// options: omitempty leaves out false and 0 too, as in encoding/json; a nil slice is [], a nil map {}; the names of maps are sorted.
var options = json.JoinOptions(
	jsonv1.OmitEmptyWithLegacySemantics(true),
	json.Deterministic(true),
	jsontext.AllowInvalidUTF8(true), // written as U+FFFD: a report with an odd name is better than none
)

type encoder struct {
	w   *bufio.Writer
	buf []byte
	err error
}

func (e *encoder) text(s string) {
	if e.err == nil {
		_, e.err = e.w.WriteString(s)
	}
}

func (e *encoder) value(v any) {
	if e.err != nil {
		return
	}
	out := appender{e.buf[:0]} // used again: the whole text never stands in memory
	if e.err = json.MarshalWrite(&out, v, options); e.err == nil {
		e.buf = out.b
		_, e.err = e.w.Write(out.b)
	}
}

type appender struct{ b []byte }

func (a *appender) Write(p []byte) (int, error) {
	a.b = append(a.b, p...)
	return len(p), nil
}

func (e *encoder) member(name string, v any) {
	e.text(`"` + name + `": `)
	e.value(v)
	e.text(",\n")
}

// last is member without the comma.
func (e *encoder) last(name string, v any) {
	e.text(`"` + name + `": `)
	e.value(v)
	e.text("\n")
}

// list writes an array with one item on each line, each as shown makes it.
func list[T any](e *encoder, name string, items []T, shown func(*T) any) {
	e.text(`"` + name + `": `)
	lines(e, items, shown)
	e.text(",\n")
}

func lines[T any](e *encoder, items []T, shown func(*T) any) {
	e.text("[")
	for i := range items {
		if i > 0 {
			e.text(",")
		}
		e.text("\n")
		e.value(shown(&items[i]))
	}
	if len(items) > 0 {
		e.text("\n")
	}
	e.text("]")
}

// coverage writes null where code was not compared.
func (e *encoder) coverage(c *coverage.Coverage) {
	if c == nil {
		e.member("coverage", nil)
		return
	}
	e.text(`"coverage": {"counts": `)
	e.value(c.Counts)
	e.text(`, "entries": `)
	lines(e, c.Entries, func(x *coverage.Entry) any { return x })
	e.text("},\n")
}
