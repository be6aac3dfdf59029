package subprocessor

import (
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	service "c4arch/internal/service/subprocessor"
	"c4arch/internal/trust/subprocessor"
)

// listView is the list as the platform's people see it.
type listView struct {
	List    subprocessor.List
	Waiting []subprocessor.Change // on their way
	Past    []subprocessor.Change
	May     bool
	Lacks   map[string]string // by entry: what is missing for its duties to flow down
}

func (d desk) list(c *web.Call) error {
	ctx := c.Context()
	l, all, err := d.Service.All(ctx, c.Asker())
	if err != nil {
		return err
	}
	v := listView{List: l, May: c.May(access.SubprocessorChange, ""), Lacks: map[string]string{}}
	for _, x := range all {
		if x.State == subprocessor.Proposed || x.State == subprocessor.Approved {
			v.Waiting = append(v.Waiting, x)
		} else {
			v.Past = append(v.Past, x)
		}
	}
	for _, e := range l.Entries {
		if err := e.Flows(); err != nil && e.State() != subprocessor.Ended {
			v.Lacks[e.ID], _ = fault.Public(err)
		}
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Subprocessors"), Section: staffPath, Actions: staffActions(v.May),
		Lead: say.T(ctx, "The list that is published, and changes of it. A change takes two people, tells those whom it concerns, and begins for each when its time to object is over."),
	}, listPage(v))
}

// formView is the form of a proposal.
type formView struct {
	Kind    subprocessor.Kind
	Entry   subprocessor.Entry // what the fields begin with
	Old     *subprocessor.Entry
	InForce []subprocessor.Entry
}

func (d desk) form(c *web.Call) error {
	ctx := c.Context()
	l, _, err := d.Service.All(ctx, c.Asker())
	if err != nil {
		return err
	}
	v := formView{Kind: subprocessor.Kind(c.Query("kind"))}
	if v.Kind == "" {
		v.Kind = subprocessor.Add
	}
	if !slices.Contains([]subprocessor.Kind{subprocessor.Add, subprocessor.Replace, subprocessor.End, subprocessor.Correct, subprocessor.Stock}, v.Kind) {
		return fault.New(fault.NotFound, "there is no such change")
	}
	if v.Kind == subprocessor.Replace || v.Kind == subprocessor.End || v.Kind == subprocessor.Correct {
		if v.Old = l.Find(c.Query("entry")); v.Old == nil {
			return fault.New(fault.NotFound, "the list has no such entry").WithHelp("choose one on the page of the list")
		}
		if v.Entry = *v.Old; v.Kind == subprocessor.Replace {
			v.Entry.Name, v.Entry.Entity, v.Entry.Hosts, v.Entry.Evidence, v.Entry.Contracted, v.Entry.Reviewer = "", "", nil, "", time.Time{}, ""
		}
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Propose a change"), Section: staffPath, Crumbs: []web.Crumb{{Path: staffPath, Name: say.T(ctx, "Subprocessors")}},
		Lead: say.T(ctx, "Another of the platform's people approves it. Until then nobody is told."),
	}, formPage(v))
}

func (d desk) propose(c *web.Call) error {
	in := subprocessor.Change{
		Kind: subprocessor.Kind(c.Form("kind")), Old: c.Form("entry"), Reason: c.Form("reason"), Why: c.Form("why"), Mat: c.Form("material") == "yes",
	}
	if c.Form("urgent") == "1" {
		if in.Emergency = c.Form("emergency"); in.Emergency == "" {
			return fault.New(fault.Invalid, "the reason of the emergency is missing")
		}
	}
	if in.Kind != subprocessor.End {
		e, err := entryOf(c)
		if err != nil {
			return err
		}
		in.Entries = []subprocessor.Entry{e}
	}
	made, err := d.Service.Propose(c.Context(), c.Asker(), in)
	if err != nil {
		return err
	}
	return c.Done(staffPath+"/changes/"+made.ID, "supply-proposed")
}

// entryOf reads an entry from a form.
func entryOf(c *web.Call) (e subprocessor.Entry, err error) {
	e = subprocessor.Entry{
		Name: c.Form("name"), Entity: c.Form("entity"), Purpose: c.Form("purpose"), Data: subprocessor.Items(c.Form("data")), Features: c.Forms("feature"), Regions: subprocessor.Items(c.Form("regions")),
		Mechanism: c.Form("mechanism"), Evidence: c.Form("evidence"), Reviewer: c.Form("reviewer"), Hosts: subprocessor.Items(c.Form("hosts")), Status: subprocessor.Status(c.Form("status")), Own: c.Form("own") == "1",
	}
	if e.Contracted, err = subprocessor.Day(c.Form("contracted")); err != nil {
		return e, err
	}
	e.Verified, err = subprocessor.Day(c.Form("verified"))
	return e, err
}

func (d desk) importForm(c *web.Call) error {
	ctx := c.Context()
	return c.Show(web.View{
		Title: say.T(ctx, "Import the list"), Section: staffPath, Crumbs: []web.Crumb{{Path: staffPath, Name: say.T(ctx, "Subprocessors")}},
		Lead: say.T(ctx, "Who is in use already, before the list begins. Another of the platform's people approves it."),
	}, importPage())
}

func (d desk) take(c *web.Call) error {
	all, err := subprocessor.Import([]byte(c.Form("list")))
	if err != nil {
		return err
	}
	made, err := d.Service.Propose(c.Context(), c.Asker(), subprocessor.Change{Kind: subprocessor.Stock, Entries: all, Reason: c.Form("reason")})
	if err != nil {
		return err
	}
	return c.Done(staffPath+"/changes/"+made.ID, "supply-proposed")
}

// changeView is a change with whom it concerns.
type changeView struct {
	subprocessor.Change
	Affected  []service.Affected
	Names     map[string]string
	May, Self bool // the actor proposed it
	Lacks     []string
	Began     bool // for somebody
}

func (d desk) change(c *web.Call) error {
	ctx := c.Context()
	x, all, err := d.Service.One(ctx, c.Asker(), c.Path("change"))
	if err != nil {
		return err
	}
	v := changeView{Change: x, Affected: all, May: c.May(access.SubprocessorChange, ""), Self: c.Person() == x.Proposer}
	if v.Names, err = d.Names(ctx, c.Asker()); err != nil {
		return err
	}
	for _, o := range all {
		v.Began = v.Began || o.Notice != nil && o.Notice.Stage == subprocessor.Activated
	}
	for i := range x.Entries {
		if err := x.Entries[i].Flows(); err != nil {
			said, _ := fault.Public(err)
			v.Lacks = append(v.Lacks, said)
		}
	}
	return c.Show(web.View{
		Title: titleOfChange(ctx, &x), Section: staffPath, Crumbs: []web.Crumb{{Path: staffPath, Name: say.T(ctx, "Subprocessors")}},
	}, changePage(v))
}

func (d desk) decide(c *web.Call) error {
	name, approve := c.Path("change"), c.Form("decision") == "approve"
	if err := d.Service.Decide(c.Context(), c.Asker(), name, approve, c.Form("reason")); err != nil {
		return err
	}
	if approve {
		return c.Done(staffPath+"/changes/"+name, "supply-approved")
	}
	return c.Done(staffPath+"/changes/"+name, "supply-declined")
}

func (d desk) withdraw(c *web.Call) error {
	name := c.Path("change")
	if err := d.Service.Withdraw(c.Context(), c.Asker(), name, c.Form("reason")); err != nil {
		return err
	}
	return c.Done(staffPath+"/changes/"+name, "supply-withdrawn")
}
