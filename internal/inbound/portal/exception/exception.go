// Package exception is the page of what a project has accepted for a while: what is in force and until when, what waits for another person, and what is over.
//
// It promises: nothing that is about to end does so unannounced, a critical finding that takes one more person says so, and whoever revokes says why. It leaves out how a finding is
// excepted (package drift has that form) and how proposals are answered (package decision).
package exception

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	limits "c4arch/internal/arch/exception"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/change"
	"c4arch/internal/service/detect"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Port is what the page asks.
type Port interface {
	Project(ctx context.Context, a access.Actor, project id.Project) (web.Project, error)
	// People are the names of members by the ids of actors.
	People(ctx context.Context, a access.Actor) (map[id.Actor]string, error)
	Exceptions(ctx context.Context, a access.Actor, project id.Project) ([]detect.ExceptionRow, error)
	Proposals(ctx context.Context, a access.Actor, project id.Project) ([]detect.Proposal, error)
	Seek(ctx context.Context, a access.Actor, project id.Project, q detect.Seek) ([]detect.FindingRow, bool, error)
	ProposeException(ctx context.Context, a access.Actor, project id.Project, e detect.Entry, key *change.Idempotency) (detect.Proposal, error)
	ApproveException(ctx context.Context, a access.Actor, project id.Project, exception string) error
	RevokeException(ctx context.Context, a access.Actor, project id.Project, exception, reason string) error
}

// Desk adds the page.
func Desk(p Port) web.Desk {
	return func(s *web.Site) {
		d := desk{p}
		project, one := web.InPath("project", "project"), web.InPath("exception", "exception")
		s.Page("/projects/{project}/exceptions", "exceptions", access.ExceptionRead, d.list, project)
		s.Form("/projects/{project}/exceptions/propose", "exception-propose", access.ExceptionChange, d.propose, project)
		s.Form("/projects/{project}/exceptions/{exception}/approve", "exception-approve", access.ExceptionChange, d.approve, project, one)
		s.Form("/projects/{project}/exceptions/{exception}/revoke", "exception-revoke", access.ExceptionChange, d.revoke, project, one)
		s.Says("exception-proposed", "The exception is proposed. Another person has to approve it before it counts.")
		s.Says("exception-agreed", "Your approval is added. What it accepts is compared again.")
		s.Says("revoked", "The exception is revoked. What it accepted counts again; below you can propose it anew.")
	}
}

type desk struct{ Port }

// entry is an exception as it is kept.
type entry struct {
	detect.Entry
	CreatedBy  string   `json:"createdBy"`
	ApprovedBy []string `json:"approvedBy"`
}

// row is an exception, or the proposal of one.
type row struct {
	entry
	ID       string
	Proposal *detect.Proposal // nil: it was approved
	Revoked  bool
	Created  time.Time
	Accepts  []detect.FindingRow // findings that it accepts, or would accept
	Lacks    bool                // it takes one more person for a critical finding
	Days     int                 // until it ends; negative: it is over
}

// shown is what the page shows.
type shown struct {
	Project id.Project
	Now     time.Time
	Me      id.Actor
	People  map[id.Actor]string
	Change  bool // whoever looks may except and revoke
	Answer  bool // and may approve what somebody proposed
	Force   []row
	Wait    []row
	Over    []row
	More    int // that are over and not shown
}

func (v shown) base() string { return "/projects/" + string(v.Project) }

func (v shown) name(ctx context.Context, who string) string {
	if n := v.People[id.Actor(who)]; n != "" {
		return n
	}
	return say.T(ctx, "somebody who is no member any more")
}

// day is a day some days from now, as a form has it.
func (v shown) day(n int) string { return v.Now.UTC().AddDate(0, 0, n).Format(time.DateOnly) }

const (
	mostOver    = 50
	soon        = 14 // days before its end in which an exception is marked
	usualDays   = 30
	mostAccepts = 500
)

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
	v := shown{Project: project, Now: c.Now(), Me: a.ID, Change: c.May(access.ExceptionChange, project), Answer: c.May(access.BaselineApprove, project)}
	if v.People, err = d.People(ctx, a); err != nil {
		return err
	}
	if err := d.read(ctx, a, &v); err != nil {
		return err
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Exceptions"), Lead: say.T(ctx, "Drift that people have accepted for a while, each with a reason, an owner and an end."), Section: v.base() + "/exceptions", Project: &of,
	}, page(v))
}

// read sorts what there is into what is in force, what waits and what is over.
func (d desk) read(ctx context.Context, a access.Actor, v *shown) error {
	rows, err := d.Exceptions(ctx, a, v.Project)
	if err != nil {
		return err
	}
	found, err := d.findings(ctx, a, v.Project)
	if err != nil {
		return err
	}
	for i := range rows {
		r := row{ID: rows[i].ID, Revoked: rows[i].Revoked, Created: rows[i].Created}
		r.read(rows[i].Entry, v.Now)
		for _, f := range found {
			if f.Exception != nil && f.Exception.ID == r.ID && !r.Revoked {
				r.Accepts = append(r.Accepts, f)
				r.Lacks = r.Lacks || f.Exception.State == "unapproved"
			}
		}
		if r.Revoked || r.Days < 0 {
			v.Over = append(v.Over, r)
		} else {
			v.Force = append(v.Force, r)
		}
	}
	if err := d.waiting(ctx, a, v, found); err != nil {
		return err
	}
	slices.SortStableFunc(v.Force, func(x, y row) int { return cmp.Compare(x.Days, y.Days) })
	slices.SortStableFunc(v.Over, func(x, y row) int { return cmp.Compare(y.Expires, x.Expires) })
	if len(v.Over) > mostOver {
		v.More, v.Over = len(v.Over)-mostOver, v.Over[:mostOver]
	}
	return nil
}

// findings are those that are there, open and accepted. Who may not read findings gets none.
func (d desk) findings(ctx context.Context, a access.Actor, project id.Project) (all []detect.FindingRow, err error) {
	for _, state := range []detect.FindingState{detect.Accepted, detect.Open} {
		list, _, err := d.Seek(ctx, a, project, detect.Seek{FindingQuery: detect.FindingQuery{State: state, Limit: mostAccepts}})
		if fault.KindOf(err) == fault.Denied {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// waiting reads the proposals. Who may not read them sees none.
func (d desk) waiting(ctx context.Context, a access.Actor, v *shown, found []detect.FindingRow) error {
	list, err := d.Proposals(ctx, a, v.Project)
	if fault.KindOf(err) == fault.Denied {
		return nil
	}
	if err != nil {
		return err
	}
	for i := range list {
		p := &list[i]
		if p.Kind != "exception" || p.State == detect.ProposalApproved {
			continue
		}
		r := row{ID: p.ID, Proposal: p, Created: p.Created}
		r.read(p.Subject, v.Now)
		for _, f := range found {
			if strings.EqualFold(escaped(f.Resource), r.Scope) && strings.EqualFold(escaped(f.Rule), r.Rule) && (r.Path == "" || r.Path == escaped(string(f.Path))) {
				r.Accepts = append(r.Accepts, f)
				r.Lacks = r.Lacks || f.Severity == severity.Critical
			}
		}
		if p.State == detect.ProposalOpen {
			v.Wait = append(v.Wait, r)
		} else {
			v.Over = append(v.Over, r)
		}
	}
	return nil
}

// read reads an entry. One that cannot be read says nothing, and comparisons say so.
func (r *row) read(text string, now time.Time) {
	_ = json.Unmarshal([]byte(text), &r.entry)
	day, err := time.Parse(time.DateOnly, r.Expires)
	if err != nil {
		r.Days = -1
		return
	}
	r.Days = int(day.Sub(now.UTC().Truncate(24*time.Hour)).Hours() / 24)
}

// escaped is a text as a pattern of docs/formats/exceptions.md that stands for itself.
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`).Replace(text)
}

// mine reports whether whoever looks wrote it, or has approved it already.
func (v shown) mine(r row) bool {
	return r.CreatedBy == string(v.Me) || slices.Contains(r.ApprovedBy, string(v.Me))
}

func (d desk) propose(c *web.Call) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	e := detect.Entry{Scope: c.Form("scope"), Path: c.Form("path"), Rule: c.Form("rule"), Owner: c.Form("owner"), Reason: c.Form("reason"), Expires: c.Form("expires")}
	if err := complete(e, c.Now()); err != nil {
		return err
	}
	if _, err := d.ProposeException(c.Context(), c.Asker(), project, e, nil); err != nil {
		return err
	}
	return c.Done("/projects/"+string(project)+"/exceptions", "exception-proposed")
}

// complete says what is missing in a form, in its words.
func complete(e detect.Entry, now time.Time) error {
	day, err := time.Parse(time.DateOnly, e.Expires)
	today := now.UTC().Truncate(24 * time.Hour)
	switch {
	case e.Scope == "" || e.Rule == "":
		return fault.New(fault.Invalid, "an exception is of a resource and a rule").WithHelp("write their ids, or patterns; * is any")
	case e.Owner == "" || e.Reason == "":
		return fault.New(fault.Invalid, "an exception has an owner and a reason").WithHelp("say who answers for it and why it has to stay")
	case err != nil:
		return fault.New(fault.Invalid, "the last day of the exception is no day").WithHelp("write it as 2027-01-31")
	case day.Before(today), day.After(today.AddDate(0, 0, limits.MaxDays)):
		return fault.New(fault.Invalid, "an exception lasts until a day in the next %d days", limits.MaxDays).WithHelp("let it end and decide anew then")
	}
	return nil
}

func (d desk) approve(c *web.Call) error {
	return d.change(c, "exception-agreed", func(project id.Project, name string) error {
		return d.ApproveException(c.Context(), c.Asker(), project, name)
	})
}

func (d desk) revoke(c *web.Call) error {
	return d.change(c, "revoked", func(project id.Project, name string) error {
		return d.RevokeException(c.Context(), c.Asker(), project, name, c.Form("reason"))
	})
}

func (d desk) change(c *web.Call, word string, do func(project id.Project, name string) error) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	if err := do(project, c.Path("exception")); err != nil {
		return err
	}
	return c.Done("/projects/"+string(project)+"/exceptions", word)
}
