// Package control is the register of commitments: clauses of the contract documents, the controls that make them true, and what the checks of the controls found. It
// is pure: catalogue in, runs in, states out.
//
// A control holds while the newest run of each of its checks passed and is fresh. A clause is true while every control of it holds and a check exercises the clause
// itself; a clause that no check exercises is not yet, whatever else passes, and one that is exercised in part says what is missing. Unknown is no pass, and neither is a check
// that had nothing to look at.
//
// Where no check can look, a person of the platform attests, until a day: that is a state of its own, and never true. Where there is nothing to look at yet, a plan says what is
// missing. Clauses that are law alone are told apart.
package control

import (
	"slices"
	"time"

	"c4arch/internal/content/register"
)

// Clause is a commitment, in our own words.
type Clause = register.Clause

// Control is what makes clauses true.
type Control = register.Control

// Outcome is what a check found.
type Outcome string

// The outcomes. Unknown is no pass, and neither is Empty: what was to be looked at does not exist here, so nothing was exercised.
const (
	Pass    Outcome = "pass"
	Fail    Outcome = "fail"
	Unknown Outcome = "unknown"
	Empty   Outcome = "not exercised"
)

// Observation is one thing that a check looked at.
type Observation struct {
	Subject string  `json:"subject"` // what was looked at: "table finding (PostgreSQL)"
	Outcome Outcome `json:"outcome"`
	Detail  string  `json:"detail"` // for a person; no personal data
}

// Worst is what observations amount to: one that failed is a failure, one that is unknown is unknown, and one over an empty set, or to have looked at nothing, is no
// pass either: it was not exercised.
func Worst(list []Observation) Outcome {
	worst := Pass
	if len(list) == 0 {
		return Empty
	}
	for _, o := range list {
		if weight(o.Outcome) > weight(worst) {
			worst = o.Outcome
		}
	}
	if weight(worst) == weight(Fail) {
		return Fail
	}
	return worst
}

// weight orders outcomes; one that is none weighs as a failure.
func weight(o Outcome) int {
	if i := slices.Index([]Outcome{Pass, Empty, Unknown, Fail}, o); i >= 0 {
		return i
	}
	return 3
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
	ID       string   `json:"id"` // "row-security"
	Title    string   `json:"title"`
	Controls []string `json:"controls"`
	Clauses  []string `json:"clauses"` // those that it makes true by itself; a subset of those of its controls
	// Partly are clauses of which it exercises something and not all.
	Partly []Part        `json:"partly,omitempty"`
	Fresh  time.Duration `json:"fresh"`
	// Mutation says what was changed to see the check fail, and names the test that does so.
	Mutation string `json:"mutation"`
}

// Part is a clause that a check exercises in part, and what it leaves out.
type Part struct {
	Clause  string `json:"clause"`
	Missing string `json:"missing"`
}
