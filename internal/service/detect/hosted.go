package detect

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/drift"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
)

// Comparison is one comparison of a project's snapshot with its baseline.
type Comparison struct {
	ID       string         `json:"id"`
	Project  id.Project     `json:"project"`
	Baseline string         `json:"baseline"`
	Snapshot string         `json:"snapshot"`
	At       time.Time      `json:"at"`
	Counts   map[string]int `json:"counts"` // open findings by severity
	Findings int            `json:"findings"`
}

// FindingState is where a finding of a project stands.
type FindingState string

// The states.
const (
	Open     FindingState = "open"
	Accepted FindingState = "accepted" // an exception that is in force accepts it
	Gone     FindingState = "gone"     // the newest comparison does not have it any more
)

// FindingRow is a finding of a project, as the newest comparison that saw it has it.
type FindingRow struct {
	drift.Finding
	State      FindingState `json:"state"`
	Comparison string       `json:"comparison"`
	First      time.Time    `json:"-"`
	Last       time.Time    `json:"-"`
}

// ExceptionRow is an exception of a project: one entry of docs/formats/exceptions.md, as the service wrote it.
type ExceptionRow struct {
	ID      string     `json:"id"`
	Project id.Project `json:"project"`
	Entry   string     `json:"entry"` // YAML
	Actor   id.Actor   `json:"actor"`
	Revoked bool       `json:"revoked"`
	Created time.Time  `json:"createdAt"`
	Version int64      `json:"version"`
}

// ProposalState is where a proposal stands.
type ProposalState string

// The states of proposals.
const (
	ProposalOpen      ProposalState = "open"
	ProposalApproved  ProposalState = "approved"
	ProposalWithdrawn ProposalState = "withdrawn"
	ProposalRejected  ProposalState = "rejected"
)

// Proposal is what one person approved and another one has to approve too.
type Proposal struct {
	ID      string        `json:"id"`
	Project id.Project    `json:"project"`
	Kind    string        `json:"kind"`    // "baseline", "exception"
	Subject string        `json:"subject"` // id of the snapshot, or the entry of the exception
	Expect  string        `json:"expect"`  // of a baseline: the id of the one that was current
	Reason  string        `json:"reason"`
	Actor   id.Actor      `json:"actor"`
	State   ProposalState `json:"state"`
	Decider id.Actor      `json:"decider,omitempty" doc:"who approved, rejected or withdrew it"`
	Answer  string        `json:"answer,omitempty" doc:"why it was rejected or withdrawn"`
	Decided *time.Time    `json:"decidedAt,omitempty"`
	Created time.Time     `json:"createdAt"`
	Version int64         `json:"version"`
}

// Change is what a use case of detection does in one transaction. Records with Version 0 are new; others are written where the version is still that one.
type Change struct {
	change.Envelope
	// Approve is a baseline to keep, of the snapshot with that id, when the current one is Expect ("" for none; conflict otherwise).
	Approve  *baseline.Baseline
	Snapshot string
	Current  string
	// Compared is a comparison with its report: its findings become those of the project, and what was there and is not in it is gone.
	Compared *Comparison
	Report   *drift.Report
	// Judged is what a comparison was made of, or found that there is none to make; conflict when the project has gone on since.
	Judged *Judged
	// Seen are the dates of all findings that are there now, to be kept with the baseline in the place of those that it has. One that is here and not in the report stays what it is:
	// it could not be looked at.
	Seen       []baseline.Seen
	Exceptions []ExceptionRow
	Proposals  []Proposal
}

// Judged is where a project stands, as far as a comparison depends on it.
type Judged struct {
	Baseline   string // id of the current baseline, or ""
	Approved   string // id of the snapshot that it approved, or ""
	Newest     string // id of the newest snapshot, or ""
	Compared   string // id of the newest comparison, or ""
	Against    string // what that one was of: its baseline
	Of         string // and its snapshot
	Exceptions int64  // goes up with every change of an exception
}

// FindingQuery is which findings to list.
type FindingQuery struct {
	State    FindingState // "" means open
	Severity string       // "" means all
	After    string       // id of the last one of the page before
	Limit    int
}

// FindingCounts are how many findings a project has, by state and severity.
type FindingCounts map[FindingState]map[string]int

// All is how many of a state there are.
func (c FindingCounts) All(s FindingState) (n int) {
	for _, x := range c[s] {
		n += x
	}
	return n
}

// Projects is the port to projects.
type Projects interface {
	// Detect opens the scope's project until Close; notfound when the scope's organisation has none of that id.
	Detect(ctx context.Context, s access.Scope) (Project, error)
}

// Project is the port to what is detected in one project. What lies in another is notfound.
type Project interface {
	Baselines
	Change(ctx context.Context, c *Change) (change.Committed, error)
	// Answered is what the actor was answered to a request with that key, or nil; conflict when it was another request.
	Answered(ctx context.Context, actor id.Actor, key *change.Idempotency, now time.Time) (*change.Replay, error)
	// Snapshot loads a snapshot as something to compare, and its id; ref is what history.Store.Find takes.
	Snapshot(ctx context.Context, ref string) (Subject, string, error)
	Comparisons(ctx context.Context, before string, limit int) ([]Comparison, error)
	Report(ctx context.Context, comparison string) (*drift.Report, error)
	// Findings are sorted by severity, gravest first, then by id.
	Findings(ctx context.Context, q FindingQuery) ([]FindingRow, error)
	// Finding is the one with the id.
	Finding(ctx context.Context, name string) (FindingRow, error)
	FindingCounts(ctx context.Context) (FindingCounts, error)
	Exceptions(ctx context.Context) ([]ExceptionRow, error)
	Proposals(ctx context.Context) ([]Proposal, error)
	// Judged is where the project stands.
	Judged(ctx context.Context) (Judged, error)
	// Required is how many people an approval takes in the organisation, 1 or 2, and the version of the organisation that says so.
	Required(ctx context.Context) (people int, version int64, err error)
	About(ctx context.Context) (tenant.Project, error)
	// Key is the key under which the project's evidence is sealed, and its approvals.
	Key() []byte
	Close() error
}
