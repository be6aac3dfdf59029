// Package governance is the pages of the programme below /staff: who owns what, risks, decisions.
//
// It promises: everything can be done without scripts, a whole domain is given to somebody with one button, and what a form that was refused said is not lost where somebody wrote a lot.
// It leaves out every decision, which the service makes.
package governance

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/inbound/web"
	service "c4arch/internal/service/governance"
	"c4arch/internal/trust/governance"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

//go:embed assets
var assets embed.FS

// Programme is the port to the programme.
type Programme interface {
	Owners(ctx context.Context, a access.Actor) (service.Ownership, error)
	Assign(ctx context.Context, a access.Actor, items []string, to string) (int, error)

	Risks(ctx context.Context, a access.Actor) ([]service.RiskView, error)
	Risk(ctx context.Context, a access.Actor, risk string) (service.RiskView, []governance.Snapshot, error)
	KeepRisk(ctx context.Context, a access.Actor, risk string, in service.RiskInput) (string, error)
	ReviewRisk(ctx context.Context, a access.Actor, risk, note string) error
	CloseRisk(ctx context.Context, a access.Actor, risk, note string) error
	OpenRisk(ctx context.Context, a access.Actor, risk, note string) error
	StartRisks(ctx context.Context, a access.Actor) (int, error)

	Decisions(ctx context.Context, a access.Actor) ([]governance.Decision, error)
	Decision(ctx context.Context, a access.Actor, decision string) (governance.Decision, error)
	Named(ctx context.Context, a access.Actor) (map[string]string, error)
	Propose(ctx context.Context, a access.Actor, in service.Proposal) (string, error)
	Decide(ctx context.Context, a access.Actor, decision string, approve bool, reason string) error
	Difference(ctx context.Context, a access.Actor) (service.Difference, error)
}

// Entry is an entry of the instance's ledger about a decision.
type Entry struct {
	Index   int64
	Kind    string
	Meaning string
	At      time.Time
	Digest  string
}

// Parts are what the desk needs. All must be set.
type Parts struct {
	Programme Programme
	// Entries are those about a decision, the oldest first, for whoever may read the ledger; nothing for others.
	Entries func(ctx context.Context, a access.Actor, decision string) ([]Entry, error)
	// Controls are the statements of the controls by their ids.
	Controls map[string]string
	Now      func() time.Time
}

const (
	ownersPath    = "/staff/owners"
	risksPath     = "/staff/risks"
	decisionsPath = "/staff/decisions"
	registerPath  = "/staff/register"
	style         = "governance/governance.css"
)

// The kinds of things that routes name.
const (
	Risk     = "risk"
	Decision = "decision"
)

type desk struct{ Parts }

// Desk adds the pages.
func Desk(p Parts) web.Desk {
	return func(s *web.Site) {
		d := desk{p}
		files, err := fs.Sub(assets, "assets")
		if err != nil {
			panic(err) // they are part of the program
		}
		s.Assets("governance", files)
		s.Says("owned", "They have an owner now.")
		s.Says("risk", "The risk is kept, with what remains of it now.")
		s.Says("risk-reviewed", "The review is noted.")
		s.Says("risk-closed", "The risk is closed. It can be opened again.")
		s.Says("risk-opened", "The risk is open again.")
		s.Says("risks-begun", "The register begins with these risks. Look at each, and make it yours.")
		s.Says("decision-proposed", "The decision is proposed. Another person decides.")
		s.Says("decision-decided", "It is decided, and stands in the ledger.")
		s.StaffPage(ownersPath, "staff-owners", access.ControlRead, d.owners)
		s.StaffForm(ownersPath, "staff-owners-assign", access.ControlOwn, d.assign)
		d.risks(s)
		d.decisions(s)
	}
}

func (d desk) risks(s *web.Site) {
	risk := web.InPath("risk", Risk)
	s.StaffPage(risksPath, "staff-risks", access.RiskRead, d.riskList)
	s.StaffForm(risksPath+"/begin", "staff-risks-begin", access.RiskChange, d.begin)
	s.StaffPage(risksPath+"/new", "staff-risk-new", access.RiskChange, d.riskNew)
	s.StaffForm(risksPath, "staff-risk-add", access.RiskChange, d.riskKeep)
	s.StaffPage(risksPath+"/{risk}", "staff-risk", access.RiskRead, d.risk, risk)
	s.StaffPage(risksPath+"/{risk}/edit", "staff-risk-edit", access.RiskChange, d.riskEdit, risk)
	s.StaffForm(risksPath+"/{risk}", "staff-risk-change", access.RiskChange, d.riskKeep, risk)
	s.StaffForm(risksPath+"/{risk}/review", "staff-risk-review", access.RiskChange, d.turn(d.Programme.ReviewRisk, "risk-reviewed"), risk)
	s.StaffForm(risksPath+"/{risk}/close", "staff-risk-close", access.RiskChange, d.turn(d.Programme.CloseRisk, "risk-closed"), risk)
	s.StaffForm(risksPath+"/{risk}/open", "staff-risk-open", access.RiskChange, d.turn(d.Programme.OpenRisk, "risk-opened"), risk)
}

func (d desk) decisions(s *web.Site) {
	decision := web.InPath("decision", Decision)
	s.StaffPage(decisionsPath, "staff-decisions", access.DecisionRead, d.decisionList)
	s.StaffPage(decisionsPath+"/new", "staff-decision-new", access.DecisionPropose, d.decisionNew)
	s.StaffForm(decisionsPath, "staff-decision-propose", access.DecisionPropose, d.propose)
	s.StaffPage(decisionsPath+"/{decision}", "staff-decision", access.DecisionRead, d.decision, decision)
	s.StaffPage(decisionsPath+"/{decision}/decision.json", "staff-decision-file", access.DecisionRead, d.file, decision)
	s.StaffForm(decisionsPath+"/{decision}", "staff-decision-decide", access.DecisionApprove, d.decide, decision)
}
