// Package register is the register of commitments as it comes with the program: clauses of the contract documents in our own words, the controls that make them
// true, and to which requirements of known frameworks each control speaks.
//
// It promises that what [Builtin] returns is whole: ids are unique and of one form, every control names clauses that exist, every clause has a control. It leaves out
// what checks a control (package control) and what was found. Texts of frameworks are not here, only their ids: "supports", never "complies with".
package register

import (
	"bytes"
	_ "embed" // the tables are part of the program
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"c4arch/internal/base/fault"
)

// Clause is a commitment, in our own words.
type Clause struct {
	ID         string `json:"id"` // SE-3.5
	Section    string `json:"section"`
	Paraphrase string `json:"paraphrase"`
	Kind       string `json:"kind"` // software, process-supported-by-software, legal-text
	Behaviour  string `json:"behaviour"`
	Evidence   string `json:"evidence"`
}

// Control is what makes clauses true.
type Control struct {
	ID         string              `json:"id"` // ARC-TEN-01
	Domain     string              `json:"domain"`
	Statement  string              `json:"statement"`
	Clauses    []string            `json:"clauses"`
	Frameworks map[string][]string `json:"frameworks"` // "soc2": ["CC6.1"]
	Automated  string              `json:"automatedCheck"`
	Verified   string              `json:"idVerification"`
}

// Addition binds a clause to a control that did not name it, with the reason. They are listed apart, so that a reader sees which bindings were added afterwards.
type Addition struct {
	Clause  string `json:"clause"`
	Control string `json:"control"`
	Reason  string `json:"reason"`
}

// Register is all of it. Clauses of Controls hold the additions.
type Register struct {
	Clauses   []Clause
	Controls  []Control
	Additions []Addition
}

//go:embed clauses.csv
var clausesCSV []byte

//go:embed controls.csv
var controlsCSV []byte

//go:embed additions.csv
var additionsCSV []byte

// Builtin is the register that comes with the program.
func Builtin() (*Register, error) { return Load(clausesCSV, controlsCSV, additionsCSV) }

// Frameworks are those for which a control has ids, in the order of the columns.
var frameworks = []string{"soc2", "iso27001", "hipaa", "nis2", "dora", "gdpr", "nist80053"}

// Frameworks are the keys of [Control.Frameworks], in order.
func Frameworks() []string { return slices.Clone(frameworks) }

// Limits of what is read.
const (
	maxBytes = 4 << 20
	maxRows  = 10_000
	maxText  = 4_000
)

var (
	clauseID    = regexp.MustCompile(`^[A-Z]{2,4}(-[A-Z]{1,4})?-[0-9]{1,3}(\.[0-9]{1,3})?$|^[A-Z]{2,4}-[A-Z]\.[0-9]{1,3}$`)
	controlID   = regexp.MustCompile(`^ARC-[A-Z]{3}-[0-9]{2}$`)
	clauseKinds = []string{"software", "process-supported-by-software", "legal-text"}
)

// Load reads a register from three tables. All that is wrong is told, not the first thing alone.
func Load(clauses, controls, additions []byte) (*Register, error) {
	r := &Register{}
	errs := []error{
		rows("clauses", clauses, []string{"id", "section", "paraphrase", "kind", "behaviour", "evidence"}, func(f []string) error {
			r.Clauses = append(r.Clauses, Clause{ID: f[0], Section: f[1], Paraphrase: f[2], Kind: f[3], Behaviour: f[4], Evidence: f[5]})
			return nil
		}),
		rows("controls", controls, slices.Concat([]string{"id", "domain", "statement", "clauses"}, frameworks, []string{"automated_check", "id_verification"}), func(f []string) error {
			r.Controls = append(r.Controls, control(f))
			return nil
		}),
		rows("additions", additions, []string{"clause", "control", "reason"}, func(f []string) error {
			r.Additions = append(r.Additions, Addition{Clause: f[0], Control: f[1], Reason: f[2]})
			return nil
		}),
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return r, r.check()
}

func control(f []string) Control {
	c := Control{
		ID: f[0], Domain: f[1], Statement: f[2], Clauses: list(f[3]), Frameworks: map[string][]string{},
		Automated: f[4+len(frameworks)], Verified: f[5+len(frameworks)],
	}
	for i, name := range frameworks {
		if ids := list(f[4+i]); len(ids) > 0 {
			c.Frameworks[name] = ids
		}
	}
	return c
}

// list takes apart what stands between semicolons.
func list(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ";")
}

// rows reads a table whose first line must be header, and hands on each row.
func rows(name string, data []byte, header []string, row func([]string) error) error {
	if len(data) > maxBytes {
		return fault.New(fault.Limited, "the table of %s is larger than %d bytes", name, maxBytes)
	}
	read := csv.NewReader(bytes.NewReader(data))
	read.FieldsPerRecord = len(header)
	first, err := read.Read()
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "the table of %s", name)
	}
	if !slices.Equal(first, header) {
		return fault.New(fault.Invalid, "the table of %s has other columns than %s", name, strings.Join(header, ", "))
	}
	for n := 0; ; n++ {
		fields, err := read.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "the table of %s", name)
		}
		if n == maxRows {
			return fault.New(fault.Limited, "the table of %s has more than %d rows", name, maxRows)
		}
		line, _ := read.FieldPos(0)
		for i, f := range fields {
			if strings.TrimSpace(f) != f || strings.ContainsAny(f, "\r\n\x00") || len(f) > maxText {
				return fault.New(fault.Invalid, "the table of %s, line %d: %s has spaces around it, more than one line, or is too long", name, line, header[i])
			}
		}
		if err := row(fields); err != nil {
			return err
		}
	}
}

// Clause finds one by its id.
func (r *Register) Clause(id string) (Clause, bool) {
	i := slices.IndexFunc(r.Clauses, func(c Clause) bool { return c.ID == id })
	if i < 0 {
		return Clause{}, false
	}
	return r.Clauses[i], true
}

// Control finds one by its id.
func (r *Register) Control(id string) (Control, bool) {
	i := slices.IndexFunc(r.Controls, func(c Control) bool { return c.ID == id })
	if i < 0 {
		return Control{}, false
	}
	return r.Controls[i], true
}
