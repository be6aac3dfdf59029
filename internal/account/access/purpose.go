package access

import "slices"

// Purpose is the one thing that a token is for. It bounds what the token may, whatever the role of whoever has it: a token of one purpose is refused everywhere else.
type Purpose string

// The purposes. Interactive is the command line of a person, who signed in for it; the others are for programs, and Operation is one of the platform.
const (
	Interactive  Purpose = "interactive"
	CI           Purpose = "ci"           // hands inputs over, scans, compares, and reads what came of it
	Reporting    Purpose = "reporting"    // reads what there is of architecture and drift
	Provisioning Purpose = "provisioning" // SCIM
	Streaming    Purpose = "streaming"    // pulls the ledger and the access log
	Operation    Purpose = "operation"    // runs the platform: organisations, jobs, keys, controls
)

// Purposes are those that there are.
var Purposes = []Purpose{Interactive, CI, Reporting, Provisioning, Streaming, Operation}

// Known reports whether there is such a purpose.
func (p Purpose) Known() bool { return slices.Contains(Purposes, p) }

// Program reports whether tokens of that purpose are of programs: they belong to a service account of an organisation and have no role.
func (p Purpose) Program() bool {
	return p == CI || p == Reporting || p == Provisioning || p == Streaming
}

// Words says what the purpose is for.
func (p Purpose) Words() string {
	switch p {
	case Interactive:
		return "the command line of a person, who may with it what the person's role may"
	case CI:
		return "a pipeline: hands inputs over, scans, compares, and reads what came of it"
	case Reporting:
		return "a report or a dashboard: reads projects, architecture and drift"
	case Provisioning:
		return "the directory of the organisation: keeps users and groups (SCIM)"
	case Streaming:
		return "a SIEM: pulls the ledger and the access log"
	case Operation:
		return "a program that runs the platform"
	}
	return ""
}

// Actions are what a token of the purpose may at most, sorted. Interactive is what an owner may by it; what a person may is that of the person's role.
func (p Purpose) Actions() []Action { return slices.Clone(rights().purposes[p]) }

// PurposeRow is one line of the table of purposes.
type PurposeRow struct {
	Purpose Purpose  `json:"purpose"`
	Words   string   `json:"words"`
	Program bool     `json:"program"` // it belongs to a service account and has no role
	Actions []Action `json:"actions"`
}

// PurposeTable is the purposes of tokens, and what a token of each may at most.
func PurposeTable() []PurposeRow {
	rows := make([]PurposeRow, len(Purposes))
	for i, p := range Purposes {
		rows[i] = PurposeRow{Purpose: p, Words: p.Words(), Program: p.Program(), Actions: p.Actions()}
	}
	return rows
}
