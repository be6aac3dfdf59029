// Package evidence is the use case of packs of evidence: somebody asks for one of a snapshot, a baseline or a period, a job gathers it, the ledger has its digest before anything of
// it is handed out, and it is there to be downloaded until its time is over.
//
// It promises: what is in a pack is what was kept, with its times and its source, or is said not to be there; the entry that carries the digest of the manifest is proven in the pack
// itself; making one twice is one pack. It leaves out how the files are written (a port) and how a pack is verified (package ledger of trust).
package evidence

import (
	"context"
	"io"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/dossier"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Kind is what a pack is of.
type Kind string

// The kinds.
const (
	OfSnapshot Kind = "snapshot"
	OfBaseline Kind = "baseline"
	OfPeriod   Kind = "period"
)

// State is where a pack stands.
type State string

// The states.
const (
	Queued  State = "queued"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
)

// Pack is a pack, from being asked for to its end.
type Pack struct {
	ID       string       `json:"id"`
	Project  id.Project   `json:"project"`
	Kind     Kind         `json:"kind"`
	Subject  string       `json:"subject,omitempty"`
	From     time.Time    `json:"from,omitzero"`
	To       time.Time    `json:"to,omitzero"`
	State    State        `json:"state"`
	Stage    string       `json:"stage,omitempty"`
	Done     int          `json:"done"`
	Total    int          `json:"total"`
	Error    string       `json:"error,omitempty"` // for a person
	Actor    id.Actor     `json:"actor"`
	Object   string       `json:"-"`
	Digest   canon.Digest `json:"digest,omitempty"`
	Manifest canon.Digest `json:"manifest,omitempty"`
	Size     int64        `json:"size"`
	Entry    int64        `json:"entry"`
	Created  time.Time    `json:"createdAt"`
	Ended    time.Time    `json:"endedAt,omitzero"`
	Until    time.Time    `json:"until"`
	Version  int64        `json:"version"`
}

// Change is what a use case does in one transaction: packs with Version 0 are new, others are written where the version is still that one.
type Change struct {
	change.Envelope
	Packs []Pack
	Gone  []Pack
}

// Store is the port to packs. What lies in another project is notfound.
type Store interface {
	Packs(ctx context.Context, s access.Scope) ([]Pack, error) // of the scope's project, the newest first
	Pack(ctx context.Context, s access.Scope, pack string) (Pack, error)
	Data(ctx context.Context, s access.Scope, p Pack) ([]byte, error)
	// Stage keeps what a change makes live by naming it in Object of a pack.
	Stage(ctx context.Context, s access.Scope, data []byte, at time.Time) (string, error)
	Change(ctx context.Context, c *Change) (change.Committed, error)
	Progress(ctx context.Context, s access.Scope, pack, stage string, done, total int) error
	// Overdue are packs of the scope's organisation whose time is over.
	Overdue(ctx context.Context, s access.Scope, now time.Time, most int) ([]Pack, error)
}

// Source is the port to what a pack is made of, as the job reads it.
type Source interface {
	// Head is who and what: organisation, project, connections, people.
	Head(ctx context.Context, a access.Actor, p id.Project) (dossier.Dossier, error)
	// Snapshots are all that are kept, the oldest first.
	Snapshots(ctx context.Context, a access.Actor, p id.Project) ([]dossier.Snapshot, error)
	Load(ctx context.Context, a access.Actor, p id.Project, snapshot string) (*evidence.Snapshot, error)
	// Model is the architecture of a snapshot.
	Model(ctx context.Context, a access.Actor, p id.Project, snapshot string) (*c4.Model, error)
	Approvals(ctx context.Context, a access.Actor, p id.Project) ([]dossier.Approval, error)
	Proposals(ctx context.Context, a access.Actor, p id.Project) ([]dossier.Proposal, error)
	Comparisons(ctx context.Context, a access.Actor, p id.Project) ([]dossier.Comparison, error)
	Findings(ctx context.Context, a access.Actor, p id.Project) ([]dossier.Finding, error)
	Exceptions(ctx context.Context, a access.Actor, p id.Project) ([]dossier.Exception, error)
	Scans(ctx context.Context, a access.Actor, p id.Project) ([]dossier.Scan, error)
	// Entries are those of the ledger about the project from a time on, until another.
	Entries(ctx context.Context, s access.Scope, from, to time.Time) ([]dossier.Cited, error)
}

// Press is the port to what writes a pack.
type Press interface {
	// Files are those that the manifest lists, the manifest's own members in it apart.
	Files(ctx context.Context, d *dossier.Dossier) ([]ledger.PackFile, error)
	// Manifest is the manifest of files.
	Manifest(d *dossier.Dossier, files []ledger.PackFile) ([]byte, error)
	// Report is what people read.
	Report(ctx context.Context, d *dossier.Dossier, s Seal) ([]byte, error)
}

// Seal is what the ledger has of a pack when its report is written.
type Seal struct {
	Manifest canon.Digest
	Entry    int64
	Origin   string
	Size     int64
	Files    int
}

// Proofs is the port to the ledger.
type Proofs interface {
	// Proofs writes a bundle of the named entries, each with its proof.
	Bundle(ctx context.Context, s access.Scope, w io.Writer, entries []int64) (ledger.Tree, error)
	Signer(ctx context.Context, org id.Org) (*ledger.Signer, error)
}

// Service makes and hands out packs. Every field must be set.
type Service struct {
	Store   Store
	Source  Source
	Press   Press
	Ledger  Proofs
	Now     func() time.Time
	Random  io.Reader
	Days    int // how long a pack is kept
	Version string
}

// Limits.
const (
	mostPacks     = 200 // of a project
	mostWaiting   = 5
	mostSnapshots = 400
	mostCited     = 5000
	mostChanges   = 500_000
)
