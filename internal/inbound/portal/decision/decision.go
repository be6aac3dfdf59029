// Package decision is the pages of baselines: which one counts, what exactly would be approved, the approval with its proof, and what one person proposed and another one decides.
//
// It promises: whoever approves sees all that they approve (what differs property by property, what would be closed, what nobody could read, what is excepted), signs with a proof of being
// there, loses nothing that they typed, and sees the entry of the ledger with a proof that was checked when the page was made. It leaves out pictures, and the decisions themselves, which
// package detect makes.
package decision

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/detect"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Times are when a snapshot came about. The zero time is not known.
type Times struct {
	Collected, Uploaded, Recorded time.Time
}

// Port is what the pages ask.
type Port interface {
	Project(ctx context.Context, a access.Actor, project id.Project) (web.Project, error)
	// People are the names of members by the ids of actors.
	People(ctx context.Context, a access.Actor) (map[id.Actor]string, error)
	Standing(ctx context.Context, a access.Actor, project id.Project) (detect.Standing, error)
	Baselines(ctx context.Context, a access.Actor, project id.Project) ([]baseline.Baseline, error)
	Proposals(ctx context.Context, a access.Actor, project id.Project) ([]detect.Proposal, error)
	Decision(ctx context.Context, a access.Actor, project id.Project, snapshot string) (*detect.Decision, error)
	DecisionOf(ctx context.Context, a access.Actor, project id.Project, proposal string) (*detect.Decision, error)
	Times(ctx context.Context, a access.Actor, project id.Project, snapshot string) (Times, error)
	Approve(ctx context.Context, a access.Actor, req detect.ApproveSnapshot) (detect.Approved, error)
	ApproveProposal(ctx context.Context, a access.Actor, project id.Project, proposal string) (detect.Approved, error)
	RejectProposal(ctx context.Context, a access.Actor, project id.Project, proposal, reason string) error
	WithdrawProposal(ctx context.Context, a access.Actor, project id.Project, proposal, reason string) error
	Receipt(ctx context.Context, a access.Actor, project id.Project, baseline string) (*detect.Receipt, error)
	Comments(ctx context.Context, a access.Actor, project id.Project, kind, subject string) (templ.Component, error)
}

// Desk adds the pages.
func Desk(p Port) web.Desk {
	return func(s *web.Site) {
		d := desk{p}
		project, proposal := web.InPath("project", "project"), web.InPath("proposal", "proposal")
		s.Page("/projects/{project}/baseline", "baseline", access.BaselineRead, d.overview, project)
		s.Page("/projects/{project}/baseline/approve", "baseline-decide", access.BaselineRead, d.decide, project)
		s.Form("/projects/{project}/baseline/approve", "baseline-approve", access.BaselineApprove, d.approve, project, web.InBody("snapshot", "snapshot"), web.InBody("expect", "baseline"))
		s.Page("/projects/{project}/baselines/{baseline}", "baseline-approval", access.BaselineRead, d.approval, project, web.InPath("baseline", "baseline"))
		s.Page("/projects/{project}/proposals/{proposal}", "proposal", access.BaselineRead, d.proposal, project, proposal)
		s.Form("/projects/{project}/proposals/{proposal}/approve", "proposal-approve", access.BaselineApprove, d.approveProposal, project, proposal)
		s.Form("/projects/{project}/proposals/{proposal}/reject", "proposal-reject", access.BaselineApprove, d.rejectProposal, project, proposal)
		s.Form("/projects/{project}/proposals/{proposal}/withdraw", "proposal-withdraw", access.BaselineApprove, d.withdrawProposal, project, proposal)
		s.Says("baseline-approved", "It is approved. The entry of the ledger stands below, with its proof.")
		s.Says("proposed", "It is proposed. Another person has to approve it before it counts.")
		s.Says("exception-approved", "The exception is approved.")
		s.Says("rejected", "The proposal is rejected. Whoever made it sees your reason.")
		s.Says("withdrawn", "The proposal is withdrawn.")
	}
}

type desk struct{ Port }

// frame is what all pages here have.
type frame struct {
	Project id.Project
	Now     time.Time
	Me      id.Actor
	People  map[id.Actor]string
	Approve bool
}

func (f frame) base() string { return "/projects/" + string(f.Project) }

// name is who an actor is.
func (f frame) name(ctx context.Context, who string) string {
	if n := f.People[id.Actor(who)]; n != "" {
		return n
	}
	return say.T(ctx, "somebody who is no member any more")
}

// framed is the frame of a page, and the view around it.
func (d desk) framed(c *web.Call, title string, crumbs bool) (frame, web.View, error) {
	project, err := c.Project()
	if err != nil {
		return frame{}, web.View{}, err
	}
	of, err := d.Project(c.Context(), c.Asker(), project)
	if err != nil {
		return frame{}, web.View{}, err
	}
	f := frame{Project: project, Now: c.Now(), Me: c.Asker().ID, Approve: c.May(access.BaselineApprove, project)}
	if f.People, err = d.People(c.Context(), c.Asker()); err != nil {
		return frame{}, web.View{}, err
	}
	v := web.View{Title: title, Section: f.base() + "/baseline", Project: &of}
	if crumbs {
		v.Crumbs = []web.Crumb{{Path: f.base() + "/baseline", Name: say.T(c.Context(), "Baseline")}}
	}
	return f, v, nil
}

// overviewed is what the page of the baseline shows.
type overviewed struct {
	frame
	Standing detect.Standing
	All      []baseline.Baseline // the newest first
	More     int                 // that are not shown
	Waiting  []detect.Proposal
	Decided  []detect.Proposal // that were rejected or withdrawn, the newest first
}

// most of a list on the page of the baseline
const (
	mostApprovals = 50
	mostDecided   = 10
)

func (d desk) overview(c *web.Call) error {
	ctx, a := c.Context(), c.Asker()
	f, view, err := d.framed(c, say.T(c.Context(), "Baseline"), false)
	if err != nil {
		return err
	}
	view.Lead = say.T(ctx, "What people approved as intended. Every scan is held against it.")
	v := overviewed{frame: f}
	if v.Standing, err = d.Standing(ctx, a, f.Project); err != nil {
		return err
	}
	if v.All, err = d.Baselines(ctx, a, f.Project); err != nil {
		return err
	}
	if len(v.All) > mostApprovals {
		v.More, v.All = len(v.All)-mostApprovals, v.All[:mostApprovals]
	}
	list, err := d.Proposals(ctx, a, f.Project)
	if err != nil {
		return err
	}
	slices.Reverse(list)
	for i := range list {
		switch {
		case list[i].Kind != "baseline", list[i].State == detect.ProposalApproved:
		case list[i].State == detect.ProposalOpen:
			v.Waiting = append(v.Waiting, list[i])
		case len(v.Decided) < mostDecided:
			v.Decided = append(v.Decided, list[i])
		}
	}
	return c.Show(view, overviewPage(v))
}

// decided is what a page of a decision shows.
type decided struct {
	frame
	*detect.Decision
	Times    Times
	Groups   []group // of what differs, those of this page
	All      int     // groups
	From     int     // the first of this page
	Reason   string  // as it was typed
	Moved    bool    // another baseline was approved while this page was looked at
	Fresh    bool    // whoever looks has just proven to be there
	Comments templ.Component
}

func (d desk) decide(c *web.Call) error {
	f, view, err := d.framed(c, say.T(c.Context(), "Approve a baseline"), true)
	if err != nil {
		return err
	}
	ref := c.Query("snapshot")
	if ref == "" {
		ref = "latest"
	}
	v := decided{frame: f}
	if v.Decision, err = d.Decision(c.Context(), c.Asker(), f.Project, ref); err != nil {
		return none(err, f)
	}
	if err := d.fill(c, &v); err != nil {
		return err
	}
	return c.Show(view, decisionPage(v))
}

// none says what to do where there is no snapshot to approve.
func none(err error, f frame) error {
	if fault.KindOf(err) == fault.NotFound {
		return fault.New(fault.NotFound, "there is no such snapshot to approve").WithHelp("scan the project first: %s", f.base()+"/scans")
	}
	return err
}

// fill reads what a page of a decision shows besides.
func (d desk) fill(c *web.Call, v *decided) (err error) {
	if v.Times, err = d.Times(c.Context(), c.Asker(), v.Project, v.Snapshot); err != nil {
		return err
	}
	v.Fresh = c.Asker().Fresh
	all := groups(v.Decision)
	v.All = len(all)
	if n, err := strconv.Atoi(c.Query("from")); err == nil && n > 0 && n < len(all) {
		v.From = n
	}
	v.Groups = all[v.From:min(v.From+pageOfGroups, len(all))]
	return nil
}

func (d desk) approve(c *web.Call) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	req := detect.ApproveSnapshot{Project: project, Snapshot: c.Form("snapshot"), Reason: c.Form("reason"), Expect: c.Form("expect")}
	back := "/projects/" + string(project) + "/baseline/approve?" + url.Values{"snapshot": {req.Snapshot}}.Encode()
	done, err := d.Approve(c.Context(), c.Asker(), req)
	switch {
	case errors.Is(err, access.ErrStepUp):
		return c.Prove(back)
	case fault.KindOf(err) == fault.Conflict:
		return d.moved(c, req, err)
	case err != nil:
		return err
	case done.Proposal != nil:
		return c.Done("/projects/"+string(project)+"/proposals/"+done.Proposal.ID, "proposed")
	}
	return c.Done("/projects/"+string(project)+"/baselines/"+done.Baseline.ID, "baseline-approved")
}

// moved shows the decision as it is now, with what was typed, to somebody whose baseline was replaced meanwhile. Any other conflict stays one.
func (d desk) moved(c *web.Call, req detect.ApproveSnapshot, conflict error) error {
	f, view, err := d.framed(c, say.T(c.Context(), "Approve a baseline"), true)
	if err != nil {
		return err
	}
	v := decided{frame: f, Reason: req.Reason, Moved: true}
	if v.Decision, err = d.Decision(c.Context(), c.Asker(), f.Project, req.Snapshot); err != nil {
		return err
	}
	if current(v.Decision) == req.Expect {
		return conflict
	}
	if err := d.fill(c, &v); err != nil {
		return err
	}
	return c.ShowAs(http.StatusConflict, view, decisionPage(v))
}

// current is the id of the baseline that is decided about, "" where there is none.
func current(d *detect.Decision) string {
	if d.Current == nil {
		return ""
	}
	return d.Current.ID
}

// approved is what the page of an approval shows.
type approved struct {
	frame
	baseline.Baseline
	Receipt *detect.Receipt // nil: it is not among the newest entries
	Newest  bool            // it is the one that counts
}

func (d desk) approval(c *web.Call) error {
	ctx, a := c.Context(), c.Asker()
	f, view, err := d.framed(c, say.T(c.Context(), "Approval"), true)
	if err != nil {
		return err
	}
	all, err := d.Baselines(ctx, a, f.Project)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(b baseline.Baseline) bool { return b.ID == c.Path("baseline") })
	if i < 0 {
		return fault.New(fault.NotFound, "there is no such baseline")
	}
	v := approved{frame: f, Baseline: all[i], Newest: i == 0}
	if v.Receipt, err = d.Receipt(ctx, a, f.Project, all[i].ID); fault.KindOf(err) == fault.NotFound {
		v.Receipt, err = nil, nil
	}
	if err != nil {
		return err
	}
	return c.Show(view, approvalPage(v))
}
