package subprocessor

import (
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	service "c4arch/internal/service/subprocessor"
	"c4arch/internal/trust/subprocessor"
)

// publicView is the public list.
type publicView struct {
	List   subprocessor.List
	Past   []subprocessor.List
	Shown  []subprocessor.Entry
	Ended  []subprocessor.Entry
	Status subprocessor.Status
	Text   string
	Old    bool // it is no newest version
}

func (d desk) public(c *web.Call) error {
	ctx := c.Context()
	l, err := d.version(c)
	if err != nil {
		return err
	}
	past, err := d.Service.Past(ctx)
	if err != nil {
		return err
	}
	v := publicView{List: l, Past: past, Status: subprocessor.Status(c.Query("status")), Text: strings.TrimSpace(c.Query("text")), Old: len(past) > 0 && past[0].Number != l.Number}
	if len(v.Text) > 200 || v.Status != "" && !slices.Contains(subprocessor.Statuses(), v.Status) {
		return fault.New(fault.Invalid, "the list cannot be filtered so").WithHelp("open it anew")
	}
	for _, e := range l.Entries {
		switch {
		case !v.fits(&e):
		case e.State() == subprocessor.Ended:
			v.Ended = append(v.Ended, e)
		default:
			v.Shown = append(v.Shown, e)
		}
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Subprocessors"), Section: publicPath, Path: publicPath, Public: true,
		Lead:    say.T(ctx, "Who processes personal data of customers on our behalf: what for, which data, where, and since when."),
		Actions: publicActions(),
	}, publicPage(v))
}

func (v *publicView) fits(e *subprocessor.Entry) bool {
	if v.Status != "" && e.Status != v.Status {
		return false
	}
	all := strings.Join([]string{e.Name, e.Entity, e.Purpose, strings.Join(e.Data, " "), strings.Join(e.Regions, " "), strings.Join(e.Features, " ")}, " ")
	return v.Text == "" || strings.Contains(strings.ToLower(all), strings.ToLower(v.Text))
}

// mineView is what an organisation sees.
type mineView struct {
	service.Used
	Now  time.Time
	May  bool
	Open []subprocessor.Notice
	Rest []subprocessor.Notice
}

func (d desk) mine(c *web.Call) error {
	ctx := c.Context()
	u, err := d.Service.Mine(ctx, c.Asker())
	if err != nil {
		return err
	}
	v := mineView{Used: u, Now: d.Now(), May: c.May(access.ObjectionRaise, "")}
	for _, n := range u.Notices {
		if n.Stage == subprocessor.Activated || n.Stage == subprocessor.Recall || n.Stage == subprocessor.Resolved {
			v.Rest = append(v.Rest, n)
		} else {
			v.Open = append(v.Open, n)
		}
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Subprocessors"), Section: orgPath,
		Lead: say.T(ctx, "Who processes personal data of your organisation on behalf of this service, what is going to change, and until when you can object."),
	}, minePage(v))
}

// noticeView is a notice as its organisation sees it, or the platform.
type noticeView struct {
	subprocessor.Notice
	Now    time.Time
	May    bool
	Object error // why the organisation cannot object now
	Org    *service.Org
	Path   string
}

func (d desk) notice(c *web.Call) error {
	ctx := c.Context()
	n, err := d.Service.Notice(ctx, c.Asker(), c.Path("change"))
	if err != nil {
		return err
	}
	v := noticeView{Notice: n, Now: d.Now(), May: c.May(access.ObjectionRaise, ""), Path: orgPath + "/" + n.Change}
	v.Object = n.CanObject(v.Now)
	return c.Show(web.View{
		Title: n.Entry.Name, Section: orgPath, Crumbs: []web.Crumb{{Path: orgPath, Name: say.T(ctx, "Subprocessors")}}, Lead: n.Entry.Purpose,
	}, noticePage(v))
}

func (d desk) object(c *web.Call) error {
	name := c.Path("change")
	if err := d.Service.Object(c.Context(), c.Asker(), name, c.Form("grounds")); err != nil {
		return err
	}
	return c.Done(orgPath+"/"+name, "objected")
}

func (d desk) takeBack(c *web.Call) error {
	name := c.Path("change")
	if err := d.Service.TakeBack(c.Context(), c.Asker(), name); err != nil {
		return err
	}
	return c.Done(orgPath+"/"+name, "objection-back")
}

func (d desk) reply(c *web.Call) error {
	name := c.Path("change")
	if err := d.Service.Reply(c.Context(), c.Asker(), name, c.Form("note")); err != nil {
		return err
	}
	return c.Done(orgPath+"/"+name, "objection-noted")
}

func (d desk) standing(c *web.Call) error {
	ctx := c.Context()
	n, o, err := d.Service.Objection(ctx, c.Asker(), c.Path("change"), id.Org(c.Path("organisation")))
	if err != nil {
		return err
	}
	v := noticeView{Notice: n, Now: d.Now(), May: c.May(access.SubprocessorChange, ""), Org: &o, Path: staffPath + "/changes/" + n.Change + "/for/" + string(o.ID)}
	return c.Show(web.View{
		Title: o.Slug, Section: staffPath, Lead: say.T(ctx, "What the organisation was told of the change, and what it said."),
		Crumbs: []web.Crumb{{Path: staffPath, Name: say.T(ctx, "Subprocessors")}, {Path: staffPath + "/changes/" + n.Change, Name: n.Entry.Name}},
	}, noticePage(v))
}

func (d desk) answer(c *web.Call) error {
	name, org := c.Path("change"), id.Org(c.Path("organisation"))
	x := subprocessor.Step{Option: subprocessor.Outcome(c.Form("option")), Note: c.Form("note"), Outcome: c.Form("outcome") == "1"}
	if err := d.Service.Answer(c.Context(), c.Asker(), name, org, x); err != nil {
		return err
	}
	return c.Done(staffPath+"/changes/"+name+"/for/"+string(org), "supply-answered")
}
