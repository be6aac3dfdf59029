// Package drift is the pages of what differs from what was approved: the list of findings of a project, and a page for each with what changed, how it was graded, what it rests on and
// what to do.
//
// It promises: the gravest first, every filter in the address, no list that says "nothing" where something could not be compared, and no grade without the rule that gave it. It leaves
// out the pictures (package architecture) and what is decided about a finding (packages decision and exception), to which it leads.
package drift

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/a-h/templ"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/change"
	"c4arch/internal/service/detect"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Port is what the pages ask. Comments may give nothing.
type Port interface {
	Project(ctx context.Context, a access.Actor, project id.Project) (web.Project, error)
	// People are the names of members by the ids of actors; of somebody who is none any more there is no name.
	People(ctx context.Context, a access.Actor) (map[id.Actor]string, error)
	Standing(ctx context.Context, a access.Actor, project id.Project) (detect.Standing, error)
	Seek(ctx context.Context, a access.Actor, project id.Project, q detect.Seek) ([]detect.FindingRow, bool, error)
	Finding(ctx context.Context, a access.Actor, project id.Project, name string) (*detect.Found, error)
	Exceptions(ctx context.Context, a access.Actor, project id.Project) ([]detect.ExceptionRow, error)
	Proposals(ctx context.Context, a access.Actor, project id.Project) ([]detect.Proposal, error)
	ProposeException(ctx context.Context, a access.Actor, project id.Project, e detect.Entry, key *change.Idempotency) (detect.Proposal, error)
	Comments(ctx context.Context, a access.Actor, project id.Project, kind, subject string) (templ.Component, error)
}

// Desk adds the pages.
func Desk(p Port) web.Desk {
	return func(s *web.Site) {
		d := desk{p}
		project, finding := web.InPath("project", "project"), web.InPath("finding", "finding")
		s.Page("/projects/{project}/drift", "drift", access.FindingRead, d.list, project)
		s.Page("/projects/{project}/findings/{finding}", "finding", access.FindingRead, d.finding, project, finding)
		s.Form("/projects/{project}/findings/{finding}/exception", "finding-except", access.ExceptionChange, d.except, project, finding)
		s.Says("excepted", "The exception is proposed. Another person has to approve it before it counts.")
	}
}

type desk struct{ Port }

// page is how many findings a page of the list has.
const page = 50

// listed is what the list shows.
type listed struct {
	Project  id.Project
	Now      time.Time
	Standing detect.Standing
	State    detect.FindingState
	Severity string
	Change   diff.Kind
	Words    string
	Findings []detect.FindingRow
	Older    string // address of the next part, or ""
	First    string // address of the first part, where this is another one
	Approve  bool
	Upload   bool
}

func (v listed) base() string { return "/projects/" + string(v.Project) }

// filtered reports whether something other than the open findings is asked for.
func (v listed) filtered() bool { return v.Severity != "" || v.Change != "" || v.Words != "" }

// address is that of the list with its filters.
func (v listed) address(state detect.FindingState, after string) string {
	q := url.Values{}
	for name, text := range map[string]string{"state": string(state), "severity": v.Severity, "kind": string(v.Change), "q": v.Words, "after": after} {
		if text != "" && (name != "state" || text != string(detect.Open)) {
			q.Set(name, text)
		}
	}
	if len(q) == 0 {
		return v.base() + "/drift"
	}
	return v.base() + "/drift?" + q.Encode()
}

var (
	states     = []detect.FindingState{detect.Open, detect.Accepted, detect.Gone}
	severities = []string{string(severity.Critical), string(severity.High), string(severity.Medium), string(severity.Low)}
	kinds      = []diff.Kind{diff.Added, diff.Removed, diff.Changed, diff.Moved, diff.Replaced}
)

// one is the value if it is of the list, or the first that there is: what an address says is not believed.
func one[T ~string](text string, list []T, otherwise T) T {
	if slices.Contains(list, T(text)) {
		return T(text)
	}
	return otherwise
}

const mostWords = 100 // bytes of what is searched for

func (d desk) list(c *web.Call) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	ctx, a := c.Context(), c.Asker()
	of, err := d.Project(ctx, a, project)
	if err != nil {
		return err
	}
	v := listed{
		Project: project, Now: c.Now(), State: one(c.Query("state"), states, detect.Open), Severity: one(c.Query("severity"), severities, ""), Change: one(c.Query("kind"), kinds, ""),
		Words: c.Query("q"), Approve: c.May(access.BaselineApprove, project), Upload: c.May(access.ScanStart, project),
	}
	if len(v.Words) > mostWords {
		v.Words = ""
	}
	if v.Standing, err = d.Standing(ctx, a, project); err != nil {
		return err
	}
	after := c.Query("after")
	list, more, err := d.Seek(ctx, a, project, detect.Seek{
		FindingQuery: detect.FindingQuery{State: v.State, Severity: v.Severity, After: after, Limit: page}, Change: v.Change, Words: v.Words,
	})
	if err != nil {
		return err
	}
	v.Findings = list
	if more {
		v.Older = v.address(v.State, list[len(list)-1].ID)
	}
	if after != "" {
		v.First = v.address(v.State, "")
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Drift"), Lead: say.T(ctx, "What is live and differs from what was approved, the gravest first."), Section: v.base() + "/drift", Project: &of,
	}, listPage(v))
}
