// Package freetext is the page of what free text may hold: an organisation's choices, a form to try a text that is kept nowhere, and where existing texts hold what they should not.
//
// It promises that no page repeats what was found in a kept text: it names the place and the rule. It leaves out finding (content/freetext) and deciding (service/freetext).
package freetext

import (
	"context"
	"strconv"

	"c4arch/internal/account/access"
	found "c4arch/internal/content/freetext"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/freetext"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Service is the port to the use cases.
type Service interface {
	PolicyOf(ctx context.Context, a access.Actor) (freetext.Policy, error)
	SetPolicy(ctx context.Context, a access.Actor, p freetext.Policy) error
	Try(ctx context.Context, a access.Actor, text string) ([]found.Hit, error)
	Look(ctx context.Context, a access.Actor) error
	Scans(ctx context.Context, a access.Actor, limit int) ([]freetext.Scan, error)
	Hits(ctx context.Context, a access.Actor, state freetext.State, after string, limit int) ([]freetext.Found, error)
	Keep(ctx context.Context, a access.Actor, hit string) error
	Reopen(ctx context.Context, a access.Actor, hit string) error
	Remove(ctx context.Context, a access.Actor, hit string) error
}

// Path is where the page is.
const Path = "/organisation/free-text"

const (
	perPage = 50
	often   = 3 // seconds after which a page with a scan that runs is loaded again
)

type desk struct{ Service }

// Desk adds the pages.
func Desk(s Service) web.Desk {
	return func(site *web.Site) {
		d := desk{s}
		hit := web.InPath("hit", "text-hit")
		site.Page(Path, "free-text", access.FreeTextRead, d.show)
		site.Form(Path, "free-text-choose", access.FreeTextChange, d.choose)
		site.Form(Path+"/try", "free-text-try", access.FreeTextRead, d.try)
		site.Form(Path+"/scan", "free-text-scan", access.FreeTextChange, d.look)
		site.Form(Path+"/hits/{hit}/keep", "free-text-keep", access.FreeTextChange, d.one(d.Keep, "text-kept"), hit)
		site.Form(Path+"/hits/{hit}/reopen", "free-text-reopen", access.FreeTextChange, d.one(d.Reopen, "text-open"), hit)
		site.Form(Path+"/hits/{hit}/remove", "free-text-remove", access.FreeTextChange, d.one(d.Remove, "text-removed"), hit)
		site.Says("text-policy", "The choices are kept. What there is, is being looked through again.")
		site.Says("text-scan", "What there is, is being looked through.")
		site.Says("text-kept", "It is said to be right where it is, and is not shown as open any more. It is listed below, where that can be undone.")
		site.Says("text-open", "It is open again.")
		site.Says("text-removed", "It is removed. The ledger says where and by which rule, and nothing of what it was.")
	}
}

// shown is what the page shows.
type shown struct {
	Policy       freetext.Policy
	Scan         *freetext.Scan
	Open, Kept   []freetext.Found
	Older        string
	Change       bool // choose, and judge
	Remove       bool
	Tried        bool
	Text         string
	Hits         []found.Hit
	AboutClasses []aboutClass
}

// aboutClass says what a class is.
type aboutClass struct {
	Class              found.Class
	Field, Name, Words string
	Choice             freetext.Choice
}

func (d desk) show(c *web.Call) error {
	v, err := d.gather(c)
	if err != nil {
		return err
	}
	return d.page(c, v)
}

func (d desk) page(c *web.Call, v shown) error {
	ctx := c.Context()
	refresh := 0
	if v.Scan != nil && !v.Scan.Done {
		refresh = often
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Free text"), Section: Path, Refresh: refresh,
		Lead: say.T(ctx, "Comments, reasons and names are looked at before they are kept: for secrets, for data of special categories (GDPR Article 9 and 10) and for numbers that identify people."),
	}, freeTextPage(v))
}

func (d desk) gather(c *web.Call) (v shown, err error) {
	ctx, a := c.Context(), c.Asker()
	v.Change, v.Remove = c.May(access.FreeTextChange, ""), c.May(access.FreeTextChange, "")
	if v.Policy, err = d.PolicyOf(ctx, a); err != nil {
		return v, err
	}
	v.AboutClasses = classes(ctx, v.Policy)
	scans, err := d.Scans(ctx, a, 1)
	if err != nil {
		return v, err
	}
	if len(scans) > 0 {
		v.Scan = &scans[0]
	}
	if v.Open, err = d.Hits(ctx, a, freetext.Open, c.Query("after"), perPage+1); err != nil {
		return v, err
	}
	if len(v.Open) > perPage {
		v.Open = v.Open[:perPage]
		v.Older = Path + "?after=" + v.Open[perPage-1].ID
	}
	v.Kept, err = d.Hits(ctx, a, freetext.Kept, "", perPage)
	return v, err
}

func (d desk) choose(c *web.Call) error {
	version, err := strconv.ParseInt(c.Form("version"), 10, 64)
	if err != nil {
		version = -1 // no version is that: a conflict
	}
	p := freetext.Policy{Secret: freetext.Choice(c.Form("secret")), Special: freetext.Choice(c.Form("special")), Identifier: freetext.Choice(c.Form("identifier")), Version: version}
	if err := d.SetPolicy(c.Context(), c.Asker(), p); err != nil {
		return err
	}
	return c.Done(Path, "text-policy")
}

// try shows what is in a text. It goes nowhere but into the answer.
func (d desk) try(c *web.Call) error {
	text := c.Form("text")
	hits, err := d.Try(c.Context(), c.Asker(), text)
	if err != nil {
		return err
	}
	v, err := d.gather(c)
	if err != nil {
		return err
	}
	v.Tried, v.Text, v.Hits = true, text, hits
	return d.page(c, v)
}

func (d desk) look(c *web.Call) error {
	if err := d.Look(c.Context(), c.Asker()); err != nil {
		return err
	}
	return c.Done(Path, "text-scan")
}

func (d desk) one(do func(context.Context, access.Actor, string) error, word string) web.Handler {
	return func(c *web.Call) error {
		if err := do(c.Context(), c.Asker(), c.Path("hit")); err != nil {
			return err
		}
		return c.Done(Path, word)
	}
}
