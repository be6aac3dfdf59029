package drift

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/exception"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/detect"
)

// shown is what the page of a finding shows.
type shown struct {
	*detect.Found
	Project    id.Project
	Now        time.Time
	Properties []property
	Noise      int // differences that say nothing
	Events     []event
	Waiting    *detect.Proposal // of an exception for it
	Except     bool             // whoever looks may except it
	Typed      typed
	Comments   templ.Component // nil: none
}

func (v shown) base() string { return "/projects/" + string(v.Project) }

// property is a place that differs, with how much that weighs.
type property struct {
	Path     string
	Old, New string
	Unknown  string               // why it cannot be told
	Finding  *detect.FindingRow   // that grades it, or nil
	This     bool                 // it is the finding of the page
	Others   []*detect.FindingRow // more that grade it
}

// event is a step in the life of a finding.
type event struct {
	At     time.Time
	What   string
	Who    string
	Reason string
}

// typed is what stands in the form of an exception.
type typed struct{ Owner, Reason, Expires string }

func (d desk) finding(c *web.Call) error { return d.show(c, typed{}) }

func (d desk) show(c *web.Call, t typed) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	ctx, a := c.Context(), c.Asker()
	of, err := d.Project(ctx, a, project)
	if err != nil {
		return err
	}
	v := shown{Project: project, Now: c.Now(), Except: c.May(access.ExceptionChange, project), Typed: t}
	if v.Found, err = d.Finding(ctx, a, project, c.Path("finding")); err != nil {
		return err
	}
	v.differences()
	if err := d.story(ctx, a, &v); err != nil {
		return err
	}
	if v.Typed.Expires == "" {
		v.Typed.Expires = v.day(usualDays)
	}
	if v.Comments, err = d.Comments(ctx, a, project, "finding", v.ID); err != nil {
		return err
	}
	view := web.View{Title: say.T(ctx, "Finding: %s", v.Title), Section: v.base() + "/drift", Project: &of, Crumbs: []web.Crumb{{Path: v.base() + "/drift", Name: say.T(ctx, "Drift")}}}
	return c.Show(view, findingPage(v))
}

// usualDays is how long an exception lasts unless somebody says otherwise: long enough to mend most things, short enough to be remembered.
const usualDays = 30

// day is a day some days from now, as a form has it.
func (v shown) day(n int) string { return v.Now.UTC().AddDate(0, 0, n).Format(time.DateOnly) }

// differences are the places that differ, those that a finding grades first.
func (v *shown) differences() {
	graded := append([]*detect.FindingRow{&v.FindingRow}, pointers(v.Beside)...)
	for i := range v.Found.Properties {
		p := &v.Found.Properties[i]
		if p.Noise != "" {
			v.Noise++
			continue
		}
		row := property{Path: string(p.Path), Old: text(p, true), New: text(p, false), Unknown: p.Unknown}
		for _, f := range graded {
			if covers(f.Path, p.Path) {
				row.add(f, f.ID == v.ID)
			}
		}
		v.Properties = append(v.Properties, row)
	}
	slices.SortStableFunc(v.Properties, func(a, b property) int { return a.rank() - b.rank() })
}

func pointers(list []detect.FindingRow) (out []*detect.FindingRow) {
	for i := range list {
		out = append(out, &list[i])
	}
	return out
}

func (p *property) add(f *detect.FindingRow, this bool) {
	if p.Finding == nil {
		p.Finding, p.This = f, this
		return
	}
	p.Others = append(p.Others, f)
}

func (p *property) rank() int {
	switch {
	case p.This:
		return 0
	case p.Finding != nil:
		return 1
	}
	return 2
}

// covers reports whether a finding at a place speaks of another place: the same, one below it, or all of it.
func covers(of, at diff.Path) bool {
	a, b := of.Steps(), at.Steps()
	return len(a) <= len(b) && slices.Equal(a, b[:len(a)])
}

// text is a side of a property.
func text(p *diff.Property, old bool) string {
	side := p.New
	if old {
		side = p.Old
	}
	if side == nil {
		return ""
	}
	raw, _, err := canon.Encode(side)
	if err != nil {
		return ""
	}
	return value(raw)
}

// story is what happened to the finding, the first thing first.
func (d desk) story(ctx context.Context, a access.Actor, v *shown) error {
	people, err := d.People(ctx, a)
	if err != nil {
		return err
	}
	name := func(who string) string {
		if n := people[id.Actor(who)]; n != "" {
			return n
		}
		return say.T(ctx, "somebody who is no member any more")
	}
	if b := v.Report.Old.Baseline; b != nil {
		v.Events = append(v.Events, event{At: moment(b.At), What: say.T(ctx, "The baseline was approved"), Who: name(b.By), Reason: b.Reason})
	}
	v.Events = append(v.Events, event{At: v.First, What: say.T(ctx, "Seen for the first time")})
	if !v.Last.Equal(v.First) {
		v.Events = append(v.Events, event{At: v.Last, What: say.T(ctx, "Seen for the last time")})
	}
	if err := d.decided(ctx, a, v, name); err != nil {
		return err
	}
	slices.SortStableFunc(v.Events, func(x, y event) int { return x.At.Compare(y.At) })
	return nil
}

// decided adds what people decided about it. Who may not read exceptions sees none.
func (d desk) decided(ctx context.Context, a access.Actor, v *shown, name func(string) string) error {
	list, err := d.Proposals(ctx, a, v.Project)
	if fault.KindOf(err) == fault.Denied {
		return nil
	}
	if err != nil {
		return err
	}
	for i := range list {
		p := &list[i]
		var e detect.Entry
		if p.Kind != "exception" || json.Unmarshal([]byte(p.Subject), &e) != nil || !speaksOf(&e, v) {
			continue
		}
		v.Events = append(v.Events, event{At: p.Created, What: say.T(ctx, "An exception until %s was proposed", e.Expires), Who: name(string(p.Actor)), Reason: p.Reason})
		switch {
		case p.State == detect.ProposalOpen:
			v.Waiting = p
		case p.Decided != nil:
			v.Events = append(v.Events, event{At: *p.Decided, What: answered(ctx, p.State), Who: name(string(p.Decider)), Reason: p.Answer})
		}
	}
	return nil
}

func answered(ctx context.Context, s detect.ProposalState) string {
	switch s {
	case detect.ProposalApproved:
		return say.T(ctx, "The exception was approved")
	case detect.ProposalRejected:
		return say.T(ctx, "The exception was rejected")
	}
	return say.T(ctx, "The proposal was withdrawn")
}

// speaksOf reports whether an exception is of this finding alone, as the form of its page makes them.
func speaksOf(e *detect.Entry, v *shown) bool {
	return strings.EqualFold(e.Scope, escaped(v.Resource)) && strings.EqualFold(e.Rule, escaped(v.FindingRow.Rule)) && e.Path == escaped(string(v.Path))
}

// escaped is a text as a pattern of docs/formats/exceptions.md that stands for itself.
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`).Replace(text)
}

func (d desk) except(c *web.Call) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	ctx, a := c.Context(), c.Asker()
	f, err := d.Finding(ctx, a, project, c.Path("finding"))
	if err != nil {
		return err
	}
	t := typed{Owner: c.Form("owner"), Reason: c.Form("reason"), Expires: c.Form("expires")}
	entry := detect.Entry{Scope: escaped(f.Resource), Path: escaped(string(f.Path)), Rule: escaped(f.FindingRow.Rule), Owner: t.Owner, Reason: t.Reason, Expires: t.Expires}
	if err := complete(t, c.Now()); err != nil {
		return err
	}
	if _, err := d.ProposeException(ctx, a, project, entry, nil); err != nil {
		return err
	}
	return c.Done("/projects/"+string(project)+"/findings/"+f.ID, "excepted")
}

// complete says what is missing in a form, in its words.
func complete(t typed, now time.Time) error {
	day, err := time.Parse(time.DateOnly, t.Expires)
	today := now.UTC().Truncate(24 * time.Hour)
	switch {
	case t.Owner == "" || t.Reason == "":
		return fault.New(fault.Invalid, "an exception has an owner and a reason").WithHelp("say who answers for it and why it has to stay")
	case err != nil:
		return fault.New(fault.Invalid, "the last day of the exception is no day").WithHelp("write it as 2027-01-31")
	case day.Before(today), day.After(today.AddDate(0, 0, exception.MaxDays)):
		return fault.New(fault.Invalid, "an exception lasts until a day in the next %d days", exception.MaxDays).WithHelp("let it end and decide anew then")
	}
	return nil
}
