// Package control is the register of commitments: clauses of the contract documents, the controls that make them true, and what the checks of the controls found. It
// is pure: catalogue in, runs in, states out.
//
// A clause is true while each of its controls has a passing run that is fresh; a control without a check is not yet, and says so.
package control

import "time"

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

// Outcome is what a check found.
type Outcome string

// The outcomes. Unknown is no pass.
const (
	Pass    Outcome = "pass"
	Fail    Outcome = "fail"
	Unknown Outcome = "unknown"
)

// Observation is one thing that a check looked at.
type Observation struct {
	Subject string  `json:"subject"` // what was looked at: "table finding (PostgreSQL)"
	Outcome Outcome `json:"outcome"`
	Detail  string  `json:"detail"` // for a person; no personal data
}

// Run is one run of one check.
type Run struct {
	ID           string        `json:"id"`
	Check        string        `json:"check"`
	Controls     []string      `json:"controls"`
	Clauses      []string      `json:"clauses"`
	At           time.Time     `json:"at"`
	Duration     time.Duration `json:"duration"`
	Outcome      Outcome       `json:"outcome"`
	Observations []Observation `json:"observations"`
	Version      string        `json:"version"` // of the program
}

// Check is what a probe is for. Fresh is how long a run counts.
type Check struct {
	ID       string        `json:"id"` // "row-security"
	Title    string        `json:"title"`
	Controls []string      `json:"controls"`
	Clauses  []string      `json:"clauses"` // those that it makes true by itself; a subset of those of its controls
	Fresh    time.Duration `json:"fresh"`
	// Mutation says what was changed to see the check fail, and names the test that does so.
	Mutation string `json:"mutation"`
}
