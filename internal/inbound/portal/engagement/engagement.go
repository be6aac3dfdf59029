// Package engagement is the pages of audits by customers: where an organisation asks, agrees and lets its auditor in, and where the platform's own people answer.
//
// It promises: what is agreed to is what the page showed, by its digest; what a form that was refused said is not lost; nothing needs scripts. It leaves out every decision, which the
// service makes.
package engagement

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	service "c4arch/internal/service/engagement"
	"c4arch/internal/trust/engagement"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Audits is the port to the engagements.
type Audits interface {
	List(ctx context.Context, a access.Actor) ([]engagement.Engagement, error)
	One(ctx context.Context, a access.Actor, name string) (engagement.Engagement, error)
	Names(ctx context.Context, a access.Actor) (map[string]string, error)
	Ask(ctx context.Context, a access.Actor, name string, t engagement.Terms) (string, error)
	Agree(ctx context.Context, a access.Actor, name, digest string) error
	Withdraw(ctx context.Context, a access.Actor, name string) error
	End(ctx context.Context, a access.Actor, name, reason string) error
	Invite(ctx context.Context, a access.Actor, engaged, name, email string) (service.Invited, error)

	Everywhere(ctx context.Context, a access.Actor, after id.Org) ([]service.View, id.Org, error)
	Of(ctx context.Context, a access.Actor, org id.Org, name string) (service.View, error)
	Answer(ctx context.Context, a access.Actor, org id.Org, name string, in service.Answer) error
}

const (
	path      = "/organisation/audits"
	staffPath = "/staff/audits"
	thing     = "engagement"
)

type desk struct{ Audits }

// Desk adds the pages.
func Desk(a Audits) web.Desk {
	return func(s *web.Site) {
		d, one := desk{a}, web.InPath("engagement", thing)
		s.Page(path, "audits", access.EngagementRead, d.list)
		s.Page(path+"/new", "audit-new", access.EngagementChange, d.fresh)
		s.Form(path, "audit-ask", access.EngagementChange, d.ask)
		s.Page(path+"/{engagement}", "audit", access.EngagementRead, d.show, one)
		s.Page(path+"/{engagement}/edit", "audit-edit", access.EngagementChange, d.edit, one)
		s.Form(path+"/{engagement}", "audit-change", access.EngagementChange, d.ask, one)
		s.Form(path+"/{engagement}/agree", "audit-agree", access.EngagementChange, d.agree, one)
		s.Form(path+"/{engagement}/withdraw", "audit-withdraw", access.EngagementChange, d.withdraw, one)
		s.Form(path+"/{engagement}/end", "audit-end", access.EngagementChange, d.end, one)
		s.Form(path+"/{engagement}/auditors", "audit-invite", access.EngagementChange, d.invite, one)
		s.StaffPage(staffPath, "staff-audits", access.EngagementRead, d.everywhere)
		org := web.InPath("organisation", "organisation")
		s.StaffPage(staffPath+"/{organisation}/{engagement}", "staff-audit", access.EngagementRead, d.of, org, one)
		s.StaffForm(staffPath+"/{organisation}/{engagement}", "staff-audit-answer", access.EngagementAgree, d.answer, org, one)
		s.Says("audit-asked", "Asked. The platform answers on this page.")
		s.Says("audit-agreed", "Both sides have agreed. Auditors can be invited from the first day on.")
		s.Says("audit-withdrawn", "The audit is withdrawn. You can ask for another.")
		s.Says("audit-ended", "The audit has ended, and its auditors are members no more.")
		s.Says("audit-answered", "The organisation sees the answer now.")
	}
}

func (d desk) list(c *web.Call) error {
	ctx := c.Context()
	all, err := d.List(ctx, c.Asker())
	if err != nil {
		return err
	}
	v := web.View{
		Title: say.T(ctx, "Audits"), Section: path,
		Lead: say.T(ctx, "Before an auditor of yours comes, both sides agree to five things: scope, timing, confidentiality, security conditions and cost. The auditor then reads, and leaves with the last day."),
	}
	may := c.May(access.EngagementChange, "")
	if may && len(all) > 0 {
		v.Actions = askButton()
	}
	return c.Show(v, listPage(all, may, c.Now()))
}

// formView is the terms as they are written.
type formView struct {
	ID            string
	In            engagement.Terms
	Refused, Help string
	Today         string
}

func (d desk) fresh(c *web.Call) error {
	now := c.Now().UTC()
	return d.form(c, formView{In: engagement.Terms{First: now.AddDate(0, 0, 14).Format(time.DateOnly), Last: now.AddDate(0, 0, 28).Format(time.DateOnly)}})
}

func (d desk) edit(c *web.Call) error {
	e, err := d.One(c.Context(), c.Asker(), c.Path("engagement"))
	if err != nil {
		return err
	}
	return d.form(c, formView{ID: e.ID, In: e.Terms})
}

func (d desk) form(c *web.Call, f formView) error {
	ctx := c.Context()
	f.Today = c.Now().UTC().Format(time.DateOnly)
	title, status := say.T(ctx, "Ask for an audit"), 200
	if f.ID != "" {
		title = say.T(ctx, "Change what is asked for")
	}
	if f.Refused != "" {
		status = 400
	}
	return c.ShowAs(status, web.View{Title: title, Section: path, Crumbs: crumbs(ctx)}, formPage(f))
}

func crumbs(ctx context.Context) []web.Crumb {
	return []web.Crumb{{Path: path, Name: say.T(ctx, "Audits")}}
}

func (d desk) ask(c *web.Call) error {
	f := formView{ID: c.Path("engagement"), In: engagement.Terms{
		Scope: c.Form("scope"), First: c.Form("first"), Last: c.Form("last"), Confidentiality: c.Form("confidentiality"), Security: c.Form("security"), Cost: c.Form("cost"),
	}}
	name, err := d.Ask(c.Context(), c.Asker(), f.ID, f.In)
	if fault.KindOf(err) == fault.Invalid {
		f.Refused, f.Help = fault.Public(err)
		return d.form(c, f)
	}
	if err != nil {
		return err
	}
	return c.Done(path+"/"+name, "audit-asked")
}

// engagementView is one engagement, for the organisation.
type engagementView struct {
	engagement.Engagement
	Names map[string]string
	May   bool
	Now   time.Time
}

func (d desk) show(c *web.Call) (err error) {
	ctx := c.Context()
	v := engagementView{May: c.May(access.EngagementChange, ""), Now: c.Now()}
	if v.Engagement, err = d.One(ctx, c.Asker(), c.Path("engagement")); err != nil {
		return err
	}
	if v.Names, err = d.Names(ctx, c.Asker()); err != nil {
		return err
	}
	return c.Show(web.View{Title: say.T(ctx, "Audit from %s to %s", v.First, v.Last), Section: path, Crumbs: crumbs(ctx)}, onePage(v))
}

func (d desk) agree(c *web.Call) error {
	name := c.Path("engagement")
	if err := d.Agree(c.Context(), c.Asker(), name, c.Form("digest")); err != nil {
		return err
	}
	return c.Done(path+"/"+name, "audit-agreed")
}

func (d desk) withdraw(c *web.Call) error {
	if err := d.Withdraw(c.Context(), c.Asker(), c.Path("engagement")); err != nil {
		return err
	}
	return c.Done(path, "audit-withdrawn")
}

func (d desk) end(c *web.Call) error {
	name := c.Path("engagement")
	if err := d.End(c.Context(), c.Asker(), name, c.Form("reason")); err != nil {
		return err
	}
	return c.Done(path+"/"+name, "audit-ended")
}

func (d desk) invite(c *web.Call) error {
	ctx, name := c.Context(), c.Path("engagement")
	told, err := d.Invite(ctx, c.Asker(), name, c.Form("name"), c.Form("email"))
	if err != nil {
		return err
	}
	link := web.Link(c.Base(), "invitation", string(told.Text.Expose()))
	return c.Show(web.View{Title: say.T(ctx, "Invitation of an auditor"), Section: path, Crumbs: crumbs(ctx)}, linkPage(link, told.Expires, path+"/"+name))
}

// everywhereView is the engagements of a page of organisations.
type everywhereView struct {
	Waiting, Others []service.View
	Older           string
	Now             time.Time
}

func (d desk) everywhere(c *web.Call) error {
	ctx, after := c.Context(), id.Org(c.Query("after"))
	if after != "" && !after.Valid() {
		return fault.New(fault.Invalid, "the list does not go on there").WithHelp("open it from its beginning")
	}
	all, more, err := d.Everywhere(ctx, c.Asker(), after)
	if err != nil {
		return err
	}
	v := everywhereView{Now: c.Now()}
	for _, x := range all {
		if x.State == engagement.Asked {
			v.Waiting = append(v.Waiting, x)
		} else {
			v.Others = append(v.Others, x)
		}
	}
	if more != "" {
		v.Older = staffPath + "?after=" + string(more)
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Audits of customers"), Section: staffPath, Lead: say.T(ctx, "What organisations ask for before their auditor comes. No auditor is let in under an engagement before both sides have agreed to it."),
	}, everywherePage(v))
}

// ofView is one engagement, for the platform.
type ofView struct {
	service.View
	May bool
	Now time.Time
}

func (d desk) of(c *web.Call) error {
	ctx := c.Context()
	x, err := d.Of(ctx, c.Asker(), id.Org(c.Path("organisation")), c.Path("engagement"))
	if err != nil {
		return err
	}
	v := ofView{View: x, May: c.May(access.EngagementAgree, ""), Now: c.Now()}
	return c.Show(web.View{Title: say.T(ctx, "Audit by %s", x.Name), Section: staffPath, Crumbs: []web.Crumb{{Path: staffPath, Name: say.T(ctx, "Audits of customers")}}}, ofPage(v))
}

func (d desk) answer(c *web.Call) error {
	org, name := id.Org(c.Path("organisation")), c.Path("engagement")
	in := service.Answer{Agree: c.Form("answer") == "agree", Digest: c.Form("digest"), Reason: c.Form("reason")}
	if err := d.Answer(c.Context(), c.Asker(), org, name, in); err != nil {
		return err
	}
	return c.Done(staffPath+"/"+string(org)+"/"+name, "audit-answered")
}

// mark is the colour and the word of where an engagement stands.
func mark(ctx context.Context, e engagement.Engagement, now time.Time) (kind, word string) {
	switch {
	case e.State == engagement.Withdrawn:
		return "", say.T(ctx, "withdrawn")
	case e.State == engagement.Ended || !now.Before(e.Ends()):
		return "", say.T(ctx, "over")
	case e.State == engagement.Asked:
		return "warn", say.T(ctx, "the platform has to answer")
	case e.State == engagement.Returned:
		return "warn", say.T(ctx, "sent back")
	case e.State == engagement.Offered:
		return "warn", say.T(ctx, "the organisation has to agree")
	case e.InForce(now):
		return "good", say.T(ctx, "in force")
	}
	return "good", say.T(ctx, "agreed, begins later")
}

// who is a member's name, or that there is none any more.
func who(ctx context.Context, names map[string]string, person string) string {
	if n := names[person]; n != "" {
		return n
	}
	return say.T(ctx, "somebody who is no member any more")
}

// short is the beginning of a text.
func short(text string) string {
	if r := []rune(text); len(r) > 120 {
		return string(r[:119]) + "…"
	}
	return text
}

func formAction(f formView) string {
	if f.ID == "" {
		return path
	}
	return path + "/" + f.ID
}
