// Package csv writes the elements and the relationships of an architecture as tables (RFC 4180, UTF-8, no byte order mark), for
// spreadsheets and for joining with other tables. docs/formats/csv.md describes the columns.
//
// A record is one line, whatever its values hold, and a value comes back unchanged: Plain and Items undo what a cell needs. No
// cell is a formula to a spreadsheet (OWASP, "CSV Injection").
package csv

import (
	"cmp"
	"encoding/csv"
	"io"
	"slices"
	"strconv"

	"c4arch/internal/arch/c4"
)

// ElementColumns and RelationshipColumns are the heads of the two tables. Columns may be added behind the last one.
var (
	ElementColumns = append([]string{
		"id", "kind", "name", "technology", "description", "parent", "parent_name", "external", "shape", "layer", "hidden_by", "owner",
		"tags", "badges", "resource_type", "rule",
	}, evidenceColumns...)
	RelationshipColumns = append([]string{
		"id", "source", "source_name", "target", "target_name", "description", "technology", "confidence", "declared", "layer", "rule",
	}, evidenceColumns...)
	evidenceColumns = []string{"evidence_source", "evidence_place", "evidence_resource", "evidence_property", "evidence_hash"}
)

// Elements writes the elements of m, sorted by id.
func Elements(w io.Writer, m *c4.Model) error {
	list := make([]*c4.Element, len(m.Elements))
	for i := range m.Elements {
		list[i] = &m.Elements[i]
	}
	slices.SortStableFunc(list, func(a, b *c4.Element) int { return cmp.Compare(a.ID, b.ID) })
	name := names(m)
	return write(w, ElementColumns, list, func(e *c4.Element) []string {
		return append([]string{
			cell(e.ID), cell(string(e.Kind)), cell(e.Name), cell(e.Technology), cell(e.Description), cell(e.Parent), cell(name[e.Parent]),
			strconv.FormatBool(e.External), cell(e.Shape), cell(e.Layer), cell(e.HiddenBy), cell(e.Owner), items(e.Tags), items(e.Badges),
			cell(e.ResourceType), cell(e.Rule),
		}, evidence(e.Evidence)...)
	})
}

// Relationships writes the relationships of m, sorted by id.
func Relationships(w io.Writer, m *c4.Model) error {
	list := make([]*c4.Relationship, len(m.Relationships))
	for i := range m.Relationships {
		list[i] = &m.Relationships[i]
	}
	slices.SortStableFunc(list, func(a, b *c4.Relationship) int { return cmp.Compare(a.ID, b.ID) })
	name := names(m)
	return write(w, RelationshipColumns, list, func(r *c4.Relationship) []string {
		return append([]string{
			cell(r.ID), cell(r.Source), cell(name[r.Source]), cell(r.Target), cell(name[r.Target]), cell(r.Description), cell(r.Technology),
			cell(string(r.Confidence)), strconv.FormatBool(r.Declared), cell(r.Layer), cell(r.Rule),
		}, evidence(r.Evidence)...)
	})
}

func names(m *c4.Model) map[string]string {
	out := make(map[string]string, len(m.Elements))
	for i := range m.Elements {
		out[m.Elements[i].ID] = m.Elements[i].Name
	}
	return out
}

func write[T any](w io.Writer, head []string, list []T, row func(T) []string) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true // RFC 4180, 2.1
	_ = out.Write(head)
	for _, v := range list {
		_ = out.Write(row(v))
	}
	out.Flush()
	return out.Error() // holds the first error of any write
}

// evidence returns the cells of the pieces of evidence: each a list with one item a piece, in the same order.
func evidence(list []c4.Evidence) []string {
	column := func(value func(e *c4.Evidence) string) string {
		values := make([]string, len(list))
		for i := range list {
			values[i] = value(&list[i])
		}
		return items(values)
	}
	return []string{
		column(func(e *c4.Evidence) string { return e.Input }),
		column(place),
		column(func(e *c4.Evidence) string { return e.Resource }),
		column(func(e *c4.Evidence) string { return e.Property }),
		column(func(e *c4.Evidence) string { return string(e.Commitment) }),
	}
}

// place is the line, and the column where it is known.
func place(e *c4.Evidence) string {
	s := strconv.Itoa(e.Line)
	if e.Column > 0 {
		s += ":" + strconv.Itoa(e.Column)
	}
	return s
}
