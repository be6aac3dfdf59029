package trustcentre

import (
	"bytes"
	"context"
	"encoding/csv"
	"slices"
	"strings"
	"time"

	"c4arch/internal/trust/control"
)

// Framework is a catalogue of requirements of others, by the key under which the register has its ids.
type Framework struct{ Key, Name string }

// Frameworks are those of the matrix, in its order.
func Frameworks() []Framework {
	return []Framework{
		{"soc2", "SOC 2"}, {"iso27001", "ISO/IEC 27001:2022"}, {"hipaa", "HIPAA"}, {"nis2", "NIS2"}, {"dora", "DORA"}, {"gdpr", "GDPR"}, {"nist80053", "NIST SP 800-53 r5"},
	}
}

// Row is a control of ours with the requirements that it supports, and how it stands.
type Row struct {
	Control   string              `json:"control"`
	Domain    string              `json:"domain"`
	Statement string              `json:"statement"`
	State     control.State       `json:"state"`
	AsOf      time.Time           `json:"asOf,omitzero"` // the oldest of the newest runs of its checks
	Checks    []string            `json:"checks"`
	Supports  map[string][]string `json:"supports"`
}

// Matrix are our controls against frameworks.
type Matrix struct {
	At   time.Time `json:"at"`
	Note string    `json:"note"`
	Rows []Row     `json:"controls"`
}

// matrixNote says what a matrix is not.
const matrixNote = "A control supports the requirements that it names. This is our own mapping; it is no attestation, and says nothing about compliance of anybody."

// Matrix is the one of now.
func (s *Service) Matrix(ctx context.Context) (*Matrix, error) {
	r, err := s.Sources.Standing(ctx)
	if err != nil {
		return nil, err
	}
	return MatrixOf(r), nil
}

// MatrixOf is the matrix by a report.
func MatrixOf(r *control.Report) *Matrix {
	m := &Matrix{At: r.At, Note: matrixNote, Rows: make([]Row, 0, len(r.Controls))}
	ran := map[string]time.Time{}
	for _, c := range r.Checks {
		if c.Run != nil {
			ran[c.Check.ID] = c.Run.At
		}
	}
	for _, c := range r.Controls {
		row := Row{Control: c.ID, Domain: c.Domain, Statement: c.Control.Statement, State: c.State, Checks: c.Checks, Supports: map[string][]string{}}
		for _, f := range Frameworks() {
			row.Supports[f.Key] = append([]string{}, c.Frameworks[f.Key]...)
		}
		for _, check := range c.Checks {
			if at, ok := ran[check]; ok && (row.AsOf.IsZero() || at.Before(row.AsOf)) {
				row.AsOf = at
			}
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}

// Domains are those of the rows, in their order.
func (m *Matrix) Domains() (all []string) {
	for _, r := range m.Rows {
		if !slices.Contains(all, r.Domain) {
			all = append(all, r.Domain)
		}
	}
	return all
}

// In are the rows of a domain.
func (m *Matrix) In(domain string) (some []Row) {
	for _, r := range m.Rows {
		if r.Domain == domain {
			some = append(some, r)
		}
	}
	return some
}

// CSV is the matrix as a table (RFC 4180). Nothing in it comes from anybody but us.
func (m *Matrix) CSV() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	head := []string{"control", "domain", "statement", "state", "as of", "checks"}
	for _, f := range Frameworks() {
		head = append(head, "supports "+f.Name)
	}
	rows := [][]string{head}
	for _, r := range m.Rows {
		row := []string{r.Control, r.Domain, r.Statement, string(r.State), stamp(r.AsOf), strings.Join(r.Checks, " ")}
		for _, f := range Frameworks() {
			row = append(row, strings.Join(r.Supports[f.Key], " "))
		}
		rows = append(rows, row)
	}
	err := w.WriteAll(rows)
	return b.Bytes(), err
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "no data"
	}
	return t.UTC().Format(time.RFC3339)
}
