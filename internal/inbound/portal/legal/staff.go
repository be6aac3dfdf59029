package legal

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/render/markdown"
	"c4arch/internal/service/legal"
	values "c4arch/internal/trust/legal"
)

// registryView is the registry for the platform's people.
type registryView struct {
	Now       time.Time
	Drafts    []legal.Draft // asked, then being written
	Withdrawn []legal.Draft
	Published []values.Version // the newest of each document first
	InForce   map[string]string
	Accepted  map[[2]string]int
	Names     map[string]string
	Write     bool
	Counted   bool // acceptances are counted
	Verdict   *legal.Verdict
}

func (v registryView) accepted(x values.Version) int { return v.Accepted[[2]string{x.Slug, x.Version}] }

// name is who a person is, or what is known of whoever wrote.
func name(ctx context.Context, names map[string]string, who string) string {
	if n := names[strings.TrimPrefix(who, "person:")]; n != "" {
		return n
	}
	return say.T(ctx, "somebody who is not known here any more")
}

func (d desk) registry(c *web.Call) error { return d.list(c, nil) }

func (d desk) list(c *web.Call, verdict *legal.Verdict) error {
	ctx := c.Context()
	drafts, err := d.Registry.Drafts(ctx, c.Asker())
	if err != nil {
		return err
	}
	v := registryView{Now: d.Now(), InForce: map[string]string{}, Write: c.May(access.LegalWrite, ""), Verdict: verdict}
	for _, x := range drafts {
		if x.State == legal.Withdrawn {
			v.Withdrawn = append(v.Withdrawn, x)
		} else {
			v.Drafts = append(v.Drafts, x)
		}
	}
	if v.Published, err = d.Registry.Published(ctx); err != nil {
		return err
	}
	for _, x := range values.InForce(v.Published, v.Now) {
		v.InForce[x.Slug] = x.Version
	}
	slices.SortStableFunc(v.Published, func(a, b values.Version) int {
		if n := strings.Compare(a.Slug, b.Slug); n != 0 {
			return n
		}
		return b.Effective.Compare(a.Effective)
	})
	if v.Names, err = d.Names(ctx, c.Asker()); err != nil {
		return err
	}
	if d.Accepted != nil {
		if v.Accepted, err = d.Accepted(ctx); err != nil {
			return err
		}
		v.Counted = true
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Legal registry"), Section: staffPath, Actions: registryActions(v.Write),
		Lead: say.T(ctx, "What is published here binds: it takes two people, and stays as it is. Drafts are seen by the platform's people alone."),
	}, registryPage(v))
}

func (d desk) verify(c *web.Call) error {
	v, err := d.Registry.Verify(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	return d.list(c, v)
}

func (d desk) importTexts(c *web.Call) error {
	n, err := d.Registry.Import(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	if n == 0 {
		return c.Done(staffPath, "legal-none")
	}
	return c.Done(staffPath, "legal-imported")
}

// editorView is a draft that is written.
type editorView struct {
	Text    values.Version
	Version int64 // 0: a new one
	Said    string
	Path    string
}

func (d desk) fresh(c *web.Call) error {
	v := editorView{Text: values.Version{Audience: values.Public, Rank: values.RankPolicy, Material: true}, Path: staffPath + "/new"}
	if slug := c.Query("of"); slug != "" { // the next version of what there is
		history, err := d.Registry.Of(c.Context(), slug)
		if err != nil {
			return err
		}
		v.Text = history[0]
		v.Text.ID, v.Text.Version, v.Text.Digest, v.Text.Summary, v.Text.Weakens, v.Text.Decision = "", "", "", "", false, ""
	}
	return editor(c, v)
}

func editor(c *web.Call, v editorView) error {
	ctx := c.Context()
	title := say.T(ctx, "New draft")
	if v.Version > 0 {
		title = say.T(ctx, "Edit the draft")
	}
	view := web.View{Title: title, Section: staffPath, Crumbs: crumbs(ctx)}
	if v.Said != "" {
		return c.ShowAs(422, view, editorPage(v))
	}
	return c.Show(view, editorPage(v))
}

func crumbs(ctx context.Context) []web.Crumb {
	return []web.Crumb{{Path: staffPath, Name: say.T(ctx, "Legal registry")}}
}

func (d desk) edit(c *web.Call) error {
	x, err := d.Registry.Draft(c.Context(), c.Asker(), c.Path("draft"))
	if err != nil {
		return err
	}
	return editor(c, editorView{Text: x.Text, Version: x.Version, Path: draftPath(x) + "/edit"})
}

func draftPath(x legal.Draft) string { return staffPath + "/" + x.Text.ID }

func (d desk) create(c *web.Call) error { return d.keep(c, "", staffPath+"/new") }

func (d desk) write(c *web.Call) error {
	name := c.Path("draft")
	return d.keep(c, name, staffPath+"/"+name+"/edit")
}

// keep writes a draft. What is wrong with it is said beside what was typed.
func (d desk) keep(c *web.Call, id, path string) error {
	text, err := typed(c)
	version, _ := strconv.ParseInt(c.Form("version"), 10, 64)
	var kept legal.Draft
	if err == nil {
		text.ID = id
		kept, err = d.Registry.Write(c.Context(), c.Asker(), text, version)
	}
	if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
		return editor(c, editorView{Text: text, Version: version, Said: err.Error(), Path: path})
	}
	if err != nil {
		return err
	}
	return c.Done(draftPath(kept), "legal-written")
}

func typed(c *web.Call) (values.Version, error) {
	v := values.Version{
		Slug: c.Form("slug"), Title: c.Form("title"), Summary: c.Form("summary"), Body: c.Form("body"), Audience: values.Audience(c.Form("audience")),
		Material: c.Form("material") != "", Accept: c.Form("accept") != "", Template: c.Form("template") != "", Weakens: c.Form("weakens") != "", Decision: c.Form("decision"),
		Supports: strings.Fields(strings.ReplaceAll(c.Form("supports"), ",", " ")),
	}
	rank, err := strconv.Atoi(c.Form("rank"))
	if err != nil {
		return v, fault.New(fault.Invalid, "the place in the order is no number")
	}
	v.Rank = rank
	return v, nil
}

// draftView is a draft with all that somebody needs to decide about it.
type draftView struct {
	legal.Draft
	Doc     markdown.Document
	Compare *compared
	Latest  *values.Version
	Names   map[string]string
	Digest  string
	Write   bool
	Publish bool
	Own     bool // whoever looks asked for its publication
	Notice  int  // days
	Least   string
}

func (d desk) draft(c *web.Call) error {
	ctx := c.Context()
	x, err := d.Registry.Draft(ctx, c.Asker(), c.Path("draft"))
	if err != nil {
		return err
	}
	v := draftView{Draft: x, Doc: markdown.Render(x.Text.Body, "s-"), Write: c.May(access.LegalWrite, ""), Publish: c.May(access.LegalPublish, ""), Own: x.Asker == c.Person(), Least: d.Now().UTC().Format(minutes)}
	sum, err := x.Text.Sum()
	if err != nil {
		return err
	}
	v.Digest = string(sum)
	if v.Names, err = d.Names(ctx, c.Asker()); err != nil {
		return err
	}
	all, err := d.Registry.Published(ctx)
	if err != nil {
		return err
	}
	if list := values.Of(all, x.Text.Slug); len(list) > 0 {
		v.Latest, v.Compare = &list[0], compare(ctx, list[0], x.Text)
		if x.Text.Material && x.Text.Audience == values.Enterprise {
			v.Notice = int(d.Notice / (24 * time.Hour))
		}
	}
	return c.Show(web.View{Title: x.Text.Title, Lead: x.Text.Summary, Section: staffPath, Crumbs: crumbs(ctx), Actions: draftActions(v)}, draftPage(v))
}

// minutes is how a field of a form has an instant.
const minutes = "2006-01-02T15:04"

// version is the draft as whoever decides saw it.
func version(c *web.Call) int64 {
	n, err := strconv.ParseInt(c.Form("version"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (d desk) ask(c *web.Call) error {
	var from time.Time
	if text := c.Form("effective"); text != "" {
		var err error
		if from, err = time.ParseInLocation(minutes, text, time.UTC); err != nil {
			return fault.New(fault.Invalid, "the instant %.40q cannot be read", text).WithHelp("it is like 2026-12-01T09:00, in UTC")
		}
	}
	if err := d.Registry.Ask(c.Context(), c.Asker(), c.Path("draft"), version(c), from); err != nil {
		return err
	}
	return c.Done(staffPath+"/"+c.Path("draft"), "legal-asked")
}

func (d desk) approve(c *web.Call) error {
	if _, err := d.Registry.Approve(c.Context(), c.Asker(), c.Path("draft"), version(c)); err != nil {
		return err
	}
	return c.Done(staffPath, "legal-published")
}

func (d desk) sendBack(c *web.Call) error {
	if err := d.Registry.Return(c.Context(), c.Asker(), c.Path("draft"), version(c), c.Form("reason")); err != nil {
		return err
	}
	return c.Done(staffPath+"/"+c.Path("draft"), "legal-returned")
}

func (d desk) withdraw(c *web.Call) error {
	if err := d.Registry.Withdraw(c.Context(), c.Asker(), c.Path("draft")); err != nil {
		return err
	}
	return c.Done(staffPath, "legal-withdrawn")
}

func (d desk) restore(c *web.Call) error {
	if err := d.Registry.Restore(c.Context(), c.Asker(), c.Path("draft")); err != nil {
		return err
	}
	return c.Done(staffPath+"/"+c.Path("draft"), "legal-restored")
}
