package overview

import (
	"time"

	"c4arch/internal/account/tenant"
	"c4arch/internal/base/id"
)

// Query says what is asked for.
type Query struct {
	Now, Until time.Time  // what ends between them ends soon
	Only       id.Project // "" is every project
	Projects   bool       // and what they have
	Tokens     bool
	Jobs       bool // those that died
	Newest     bool // the newest scans and findings, what waits, what ends
}

// Facts are what an organisation has, each in the order in which the port says it.
type Facts struct {
	Projects    []tenant.Project // by name
	Findings    []Count
	Scans       []Scan // the newest of each project
	Latest      []Scan // the newest of all, the newest first
	Snapshots   []Snapshot
	Baselines   []Baseline
	Drift       []Finding // open, the newest first
	Proposals   []Proposal
	Exceptions  []Exception
	Tokens      []Ending
	Jobs        []Job
	Connections []Connection
}

// Count is how many findings of a project are open in a severity.
type Count struct {
	Project  id.Project
	Severity string
	N        int
}

// Scan is a scan as a list shows it.
type Scan struct {
	Project    id.Project
	ID         string
	Connection string
	Name       string
	State      string
	Snapshot   string
	Resources  int
	NotRead    int
	Error      string
	Created    time.Time
	Ended      time.Time
}

// Snapshot is the newest of a project: the one that came last.
type Snapshot struct {
	Project   id.Project
	ID        string
	Collected time.Time
	Recorded  time.Time
	Resources int
	NotRead   int
	Count     int // how many there are
	Newer     int // how many came after the one that the baseline approves
}

// Baseline is the current one of a project.
type Baseline struct {
	Project  id.Project
	ID       string
	Snapshot string
	By       id.Actor
	At       time.Time
	Reason   string
	Count    int
}

// Finding is an open finding.
type Finding struct {
	Project  id.Project
	ID       string
	Severity string
	Title    string
	Resource string
	First    time.Time
}

// Proposal waits for another person.
type Proposal struct {
	Project id.Project
	ID      string
	Kind    string
	Actor   id.Actor
	Reason  string
	Created time.Time
}

// Exception is one that is not revoked, with its entry.
type Exception struct {
	Project id.Project
	ID      string
	Entry   string
}

// Ending is something that ends soon.
type Ending struct {
	Project id.Project // "" is of the organisation
	Kind    string     // "token", "exception"
	ID      string
	Name    string
	At      time.Time
}

// Job is one that died.
type Job struct {
	ID      string
	Kind    string
	Error   string
	Attempt int
	Created time.Time
}

// Connection is where inputs of a project come from, with the newest scan of it.
type Connection struct {
	Project id.Project
	ID      string
	Kind    string
	Name    string
	State   string // of its newest scan, "" where there is none
	Ended   time.Time
}
