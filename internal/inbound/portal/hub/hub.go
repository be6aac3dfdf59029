// Package hub is the Admin Hub: what the platform's own people see of how the service does. It lies below /staff, with the session of staff and no other.
//
// It promises: nothing on it is what an organisation has. A job shows its kind and how it stands, not what it is about; an organisation its short name and state; the ledger is
// the instance's own. Everything that needs somebody is on the first page and leads to where it is done. It leaves out every decision, which is the services'.
package hub

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/upkeep"
	"c4arch/internal/trust/control"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Upkeep is the port to jobs and replicas.
type Upkeep interface {
	Everywhere(ctx context.Context, a access.Actor, q upkeep.AskWork) (*upkeep.AllWork, error)
	Standings(ctx context.Context, a access.Actor, w upkeep.Wanted) ([]upkeep.Standing, error)
	RetryAt(ctx context.Context, a access.Actor, org id.Org, job string) error
	Replicas(ctx context.Context, a access.Actor) ([]upkeep.Replica, error)
}

// Register is the port to the register of commitments.
type Register interface {
	States(ctx context.Context, a access.Actor) (*control.Report, error)
	Past(ctx context.Context, a access.Actor, check string) ([]assure.Kept, error)
	Run(ctx context.Context, a access.Actor, checks ...string) (*assure.Round, error)
}

// Ledger is the port to the instance's own ledger.
type Ledger interface {
	Search(ctx context.Context, a access.Actor, q auditing.Search) (*auditing.Found, error)
	Prove(ctx context.Context, a access.Actor, index int64) (auditing.Proven, error)
	Verify(ctx context.Context, a access.Actor, d auditing.Depth) (*auditing.Verdict, error)
}

// Waits is what of the platform's people waits for somebody.
type Waits struct {
	// Grants are accesses that the actor asked for and that nobody has answered, Open those that are in force.
	Grants, Open int
	// Known says that the actor may list personnel; then Without are those whose record gives no role now.
	Known   bool
	Without []Lacking
	// Proposals wait for a second person.
	Proposals int
	// Provider and Hardware are how staff come in, Seal how the sealed account stands: none, sealed, opened or acknowledged. They are known where Known is.
	Provider, Hardware bool
	Seal               string
	Fresh              bool // nobody has set the service up
}

// Lacking is somebody whose record gives no role, and why.
type Lacking struct{ Name, Why string }

// Named is an organisation with its short name.
type Named struct {
	ID    id.Org
	Slug  string
	State string
}

// Parts are what the desk needs. All must be set.
type Parts struct {
	Upkeep   Upkeep
	Register Register
	Ledger   Ledger
	Waits    func(ctx context.Context, a access.Actor) (Waits, error)
	// Names are the short names of those organisations: of what is not there any more there is none.
	Names func(ctx context.Context, a access.Actor, orgs []id.Org) (map[id.Org]string, error)
	// Find is the organisation of that short name or id; not found where there is none.
	Find func(ctx context.Context, a access.Actor, text string) (id.Org, error)
	// Witnesses are who cosigns what the ledger states.
	Witnesses []string
	// Checkpoint is the newest signed checkpoint of the instance's ledger, nil where there is none yet.
	Checkpoint func(ctx context.Context, a access.Actor) (*Checkpoint, error)
	Version    string
	Now        func() time.Time
}

// Checkpoint is what the ledger has signed last.
type Checkpoint struct {
	Size      int64
	At        time.Time
	Note      string
	Cosigners []string // by whom besides
}

const (
	overviewPath = "/staff/overview"
	jobsPath     = "/staff/jobs"
	replicasPath = "/staff/replicas"
	ledgerPath   = "/staff/ledger"
	registerPath = "/staff/register"
)

// Desk adds the pages.
func Desk(p Parts) web.Desk {
	return func(s *web.Site) {
		d := desk{p}
		s.Says("retried", "The job is put back, and is done again as if it had never been tried.")
		s.Says("ran", "The check ran. What it found is below.")
		s.StaffPage(overviewPath, "staff-overview", access.PlatformRead, d.overview)
		s.StaffPage(jobsPath, "staff-jobs", access.JobRead, d.jobs)
		s.StaffForm(jobsPath+"/retry", "staff-job-retry", access.JobRetry, d.retry)
		s.StaffPage(replicasPath, "staff-replicas", access.PlatformRead, d.replicas)
		s.StaffPage(ledgerPath, "staff-ledger", access.LedgerRead, d.ledger)
		s.StaffPage(ledgerPath+"/{index}", "staff-ledger-entry", access.LedgerRead, d.entry)
		s.StaffForm(ledgerPath+"/verify", "staff-ledger-verify", access.LedgerVerify, d.verify)
		s.StaffPage(registerPath, "staff-register", access.ControlRead, d.register)
		s.StaffPage(registerPath+"/clauses/{clause}", "staff-register-clause", access.ControlRead, d.clause)
		s.StaffPage(registerPath+"/controls/{control}", "staff-register-control", access.ControlRead, d.control)
		s.StaffPage(registerPath+"/checks/{check}", "staff-register-check", access.ControlRead, d.check)
		s.StaffForm(registerPath+"/checks/{check}/run", "staff-register-run", access.ControlRun, d.runCheck)
	}
}

type desk struct{ Parts }
