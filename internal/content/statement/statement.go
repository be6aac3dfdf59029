// Package statement has what the platform says of itself in public: sentences in plain words, each bound to clauses of the register and to the checks that look at what it says.
//
// It promises that what [Builtin] returns is whole: ids are unique and of one form, each sentence has a subject of the list, at least one clause and the day on which its words
// changed last. It leaves out whether a sentence is true, which the runs of the checks tell.
package statement

import (
	"bytes"
	_ "embed" // the sentences are part of the program
	"encoding/csv"
	"regexp"
	"slices"
	"strings"
	"time"

	"c4arch/internal/base/fault"
)

// Statement is one sentence.
type Statement struct {
	ID      string    `json:"id"` // S-ISO-1
	Subject Subject   `json:"subject"`
	Text    string    `json:"text"`
	Clauses []string  `json:"clauses"`
	Checks  []string  `json:"checks"`  // that look at exactly what it says; none: it stands as its clauses do
	Changed time.Time `json:"changed"` // the day on which its words changed last
}

// Subject is what a sentence is about.
type Subject string

// The subjects.
const (
	Isolation     Subject = "isolation"
	Access        Subject = "access"
	Encryption    Subject = "encryption"
	Audit         Subject = "audit"
	Discovery     Subject = "discovery"
	Privacy       Subject = "privacy"
	Subprocessors Subject = "subprocessors"
	Incidents     Subject = "incidents"
	Recovery      Subject = "recovery"
	Development   Subject = "development"
	Trust         Subject = "trust"
)

// Subjects are all, in the order in which they are shown.
func Subjects() []Subject {
	return []Subject{Isolation, Access, Encryption, Audit, Discovery, Privacy, Subprocessors, Incidents, Recovery, Development, Trust}
}

//go:embed statements.csv
var builtin []byte

var form = regexp.MustCompile(`^S-[A-Z]{3}-[0-9]+$`)

// Builtin are the sentences that come with the program.
func Builtin() ([]Statement, error) { return Parse(builtin) }

// Most is how many sentences a table has.
const Most = 500

// Parse reads a table of sentences.
func Parse(text []byte) (all []Statement, err error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = 6
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fault.New(fault.Invalid, "the statements are no table of six columns")
	}
	if len(rows) == 0 || strings.Join(rows[0], ",") != "id,subject,text,clauses,checks,changed" || len(rows) > Most+1 {
		return nil, fault.New(fault.Invalid, "the table of statements has other columns, or more than %d rows", Most)
	}
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		s, err := read(row)
		if err != nil {
			return nil, err
		}
		if seen[s.ID] {
			return nil, fault.New(fault.Invalid, "statement %s is there twice", s.ID)
		}
		seen[s.ID] = true
		all = append(all, s)
	}
	return all, nil
}

func read(row []string) (s Statement, err error) {
	s = Statement{ID: row[0], Subject: Subject(row[1]), Text: row[2], Clauses: parts(row[3]), Checks: parts(row[4])}
	switch {
	case !form.MatchString(s.ID):
		return s, fault.New(fault.Invalid, "%.40q is no id of a statement", s.ID)
	case !slices.Contains(Subjects(), s.Subject):
		return s, fault.New(fault.Invalid, "statement %s is about %.40q, which is no subject", s.ID, s.Subject)
	case strings.TrimSpace(s.Text) != s.Text || len(s.Text) < 20 || len(s.Text) > 300 || !strings.HasSuffix(s.Text, "."):
		return s, fault.New(fault.Invalid, "statement %s is no sentence", s.ID)
	case len(s.Clauses) == 0 || slices.Contains(s.Clauses, "") || slices.Contains(s.Checks, ""):
		return s, fault.New(fault.Invalid, "statement %s is bound to nothing", s.ID)
	}
	if s.Changed, err = time.Parse(time.DateOnly, row[5]); err != nil {
		return s, fault.New(fault.Invalid, "statement %s does not say when its words changed", s.ID)
	}
	return s, nil
}

func parts(text string) []string {
	if text == "" {
		return []string{}
	}
	return strings.Split(text, ";")
}

// Changed is the newest day on which the words of one of them changed.
func Changed(all []Statement) (day time.Time) {
	for _, s := range all {
		if s.Changed.After(day) {
			day = s.Changed
		}
	}
	return day
}
