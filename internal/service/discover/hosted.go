package discover

import (
	"context"
	"io"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
)

// Upload is what was handed over for a scan: one object, sealed under the organisation's key and removed when the scan is over.
type Upload struct {
	ID      string
	Project id.Project
	Object  string // its name among the objects, staged
	Digest  canon.Digest
	Size    int64
	At      time.Time
}

// RunState is where a scan of a project stands.
type RunState string

// The states.
const (
	Queued  RunState = "queued"
	Running RunState = "running"
	Done    RunState = "done"
	Failed  RunState = "failed"
)

// Run is a scan of a project, from being asked for to its end.
type Run struct {
	ID         string     `json:"id"`
	Project    id.Project `json:"project"`
	Connection string     `json:"connection,omitempty"`
	Upload     string     `json:"-"`
	Name       string     `json:"name"` // of the architecture, or "" for that of c4arch.yaml
	State      RunState   `json:"state"`
	Stage      Stage      `json:"stage,omitempty"` // progress: how far it is
	Done       int        `json:"done"`
	Total      int        `json:"total"`
	Snapshot   string     `json:"snapshot,omitempty"`
	Resources  int        `json:"resources"`
	NotRead    int        `json:"notRead"`
	Error      string     `json:"error,omitempty"` // for a person, nothing of the inputs
	Actor      id.Actor   `json:"actor"`
	Collected  time.Time  `json:"collectedAt"`
	Created    time.Time  `json:"createdAt"`
	Ended      *time.Time `json:"endedAt,omitempty"`
	Version    int64      `json:"version"`
}

// RunChange is what a use case of scans does in one transaction. A run in version 0 is new; else it is written where its version is still that one, and goes up by one.
type RunChange struct {
	change.Envelope
	Runs    []Run
	Uploads []Upload // new ones, whose objects were staged; they become live
	Over    []string // uploads that are over: their objects are let go
	Keep    *Kept    // a snapshot to keep, in the same transaction
}

// Kept is a snapshot to keep. The same a second time is no second snapshot, and the run gets the id of the first.
type Kept struct {
	Result *Result
	Run    string
	Model  canon.Digest
}

// Projects is the port to projects.
type Projects interface {
	// Discover opens the scope's project until Close; notfound when the scope's organisation has none of that id.
	Discover(ctx context.Context, s access.Scope) (Project, error)
}

// Project is the port to the scans of one project. What lies in another is notfound.
type Project interface {
	// Stage keeps what is handed over, at most so many bytes (limited), sealed. It is no decision: nothing refers to it yet.
	Stage(ctx context.Context, r io.Reader, most int64, at time.Time) (Upload, error)
	// Handed reads an upload.
	Handed(ctx context.Context, upload string) ([]byte, error)
	// Change commits. The run that Keep names gets the id and the counts of the snapshot that is kept.
	Change(ctx context.Context, c *RunChange) (change.Committed, error)
	// Run is one scan. One whose job died has failed; when the job is put back it is queued again.
	Run(ctx context.Context, id string) (Run, error)
	// Runs returns the newest first; before is the id of the last one of the page before, or "".
	Runs(ctx context.Context, before string, limit int) ([]Run, error)
	// Progress says how far a run is, which runs from then on. It is no decision.
	Progress(ctx context.Context, id string, p Progress) error
	// Asked reports whether a request of the actor with that idempotency key was taken since then.
	Asked(ctx context.Context, actor id.Actor, key string, since time.Time) (bool, error)
	// Connection is a connection of the project.
	Connection(ctx context.Context, id string) (tenant.Connection, error)
	// Unseal is the value of a secret. Whoever calls it has committed the entry that says so.
	Unseal(ctx context.Context, name string) (secret.Value, error)
	// About is the project.
	About(ctx context.Context) (tenant.Project, error)
	// Identify is the id that the snapshot has or will have.
	Identify(k *Kept) (string, error)
	// Key is the key under which the project's evidence is sealed and committed to.
	Key() []byte
	Close() error
}
