// Package talk is the pages of comments: what people say about an element, a finding or a proposal, as a page that stands alone and as a part of the pages of others.
//
// It promises: everything can be done without scripts; a text that was refused is not lost; a comment is shown as the plain text that it is. It leaves out every decision, which the
// service makes.
package talk

import (
	"context"
	"net/url"

	"github.com/a-h/templ"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/change"
	"c4arch/internal/service/talk"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Talk is the port to comments.
type Talk interface {
	Thread(ctx context.Context, a access.Actor, s talk.Subject) (talk.Thread, error)
	Say(ctx context.Context, a access.Actor, s talk.Subject, text string, key *change.Idempotency) (string, error)
	TakeBack(ctx context.Context, a access.Actor, project id.Project, comment string) (talk.Subject, error)
	Undo(ctx context.Context, a access.Actor, project id.Project, comment string) (talk.Subject, error)
	Redact(ctx context.Context, a access.Actor, project id.Project, comment, reason string) (talk.Subject, error)
}

// Services are what the pages call.
type Services struct {
	Talk    Talk
	Project func(ctx context.Context, a access.Actor, project id.Project) (web.Project, error)
}

// Comment is the kind of thing that a route names.
const Comment = "comment"

// Desk adds the pages.
func Desk(s Services) web.Desk {
	return func(w *web.Site) {
		const path = "/projects/{project}/comments"
		project, comment := web.InPath("project", "project"), web.InPath("comment", Comment)
		w.Says("comment", "Your comment is added.")
		w.Says("took-back", "Your comment is taken back. You can put it back within an hour.")
		w.Says("put-back", "Your comment is back.")
		w.Says("redacted", "The comment is taken away.")
		w.Page(path, "comments", access.CommentRead, s.show, project)
		w.Form(path, "comment-add", access.CommentWrite, s.add, project)
		w.Form(path+"/{comment}/take-back", "comment-take-back", access.CommentWrite, s.own(s.Talk.TakeBack, "took-back"), project, comment)
		w.Form(path+"/{comment}/undo", "comment-undo", access.CommentWrite, s.own(s.Talk.Undo, "put-back"), project, comment)
		w.Form(path+"/{comment}/redact", "comment-redact", access.CommentRedact, s.redact, project, comment)
	}
}

// Part is the comments on something, for the page of another desk; nothing for whoever may not read them.
func Part(ctx context.Context, t Talk, a access.Actor, s talk.Subject) (templ.Component, error) {
	thread, err := t.Thread(ctx, a, s)
	if k := fault.KindOf(err); k == fault.Denied || k == fault.NotFound {
		return templ.NopComponent, nil
	}
	if err != nil {
		return nil, err
	}
	return part(threadView{Thread: thread, Here: true}), nil
}

// threadView is a thread with what a form that was refused brings back.
type threadView struct {
	talk.Thread
	Here    bool // it stands on the page of what it is about
	Text    string
	Refused string
	Help    string
}

// asked is what the address is about.
func asked(c *web.Call) (talk.Subject, error) {
	p, err := c.Project()
	if err != nil {
		return talk.Subject{}, err
	}
	for _, about := range []talk.About{talk.Element, talk.Finding, talk.Proposal} {
		if name := c.Query(string(about)); name != "" {
			return talk.Subject{Project: p, About: about, ID: name}, nil
		}
	}
	return talk.Subject{}, fault.New(fault.NotFound, "nothing was named to comment on").WithHelp("open the comments from an element of the architecture, a finding or a proposal")
}

func (s Services) show(c *web.Call) error {
	sub, err := asked(c)
	if err != nil {
		return err
	}
	return s.page(c, sub, threadView{})
}

func (s Services) page(c *web.Call, sub talk.Subject, v threadView) error {
	ctx := c.Context()
	p, err := s.Project(ctx, c.Asker(), sub.Project)
	if err != nil {
		return err
	}
	if v.Thread, err = s.Talk.Thread(ctx, c.Asker(), sub); err != nil {
		return err
	}
	base := "/projects/" + string(p.ID)
	view := web.View{Title: say.T(ctx, "Comments on %s", v.Thing.Label), Project: &p, Crumbs: []web.Crumb{{Path: above(sub), Name: aboveName(ctx, sub)}}}
	view.Section = base + map[talk.About]string{talk.Element: "/architecture", talk.Finding: "/drift", talk.Proposal: "/baseline"}[sub.About]
	return c.Show(view, part(v))
}

func above(s talk.Subject) string {
	base := "/projects/" + string(s.Project)
	switch s.About {
	case talk.Finding:
		return base + "/findings/" + url.PathEscape(s.ID)
	case talk.Proposal:
		return base + "/baseline"
	case talk.Element:
	}
	return base + "/architecture?element=" + url.QueryEscape(s.ID)
}

func aboveName(ctx context.Context, s talk.Subject) string {
	switch s.About {
	case talk.Finding:
		return say.T(ctx, "Finding")
	case talk.Proposal:
		return say.T(ctx, "Baseline")
	case talk.Element:
	}
	return say.T(ctx, "Architecture")
}

// Path is the page of the comments on something.
func Path(s talk.Subject) string {
	return "/projects/" + string(s.Project) + "/comments?" + string(s.About) + "=" + url.QueryEscape(s.ID)
}

// back leads to the page that the form stood on: that of what the comments are on, or that of the comments alone.
func back(c *web.Call, s talk.Subject, word string) error {
	if c.Form("here") != "" && s.About != talk.Element {
		return c.To(above(s) + "?done=" + word + "#comments")
	}
	return c.To(Path(s) + "&done=" + word + "#comments")
}

func (s Services) add(c *web.Call) error {
	p, err := c.Project()
	if err != nil {
		return err
	}
	sub := talk.Subject{Project: p, About: talk.About(c.Form("about")), ID: c.Form("subject")}
	_, err = s.Talk.Say(c.Context(), c.Asker(), sub, c.Form("text"), nil)
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Limited: // what was written is not lost
		refused, help := fault.Public(err)
		return s.page(c, sub, threadView{Text: c.Form("text"), Refused: refused, Help: help})
	}
	if err != nil {
		return err
	}
	return back(c, sub, "comment")
}

func (s Services) own(do func(context.Context, access.Actor, id.Project, string) (talk.Subject, error), word string) web.Handler {
	return func(c *web.Call) error {
		p, err := c.Project()
		if err != nil {
			return err
		}
		sub, err := do(c.Context(), c.Asker(), p, c.Path("comment"))
		if err != nil {
			return err
		}
		return back(c, sub, word)
	}
}

func (s Services) redact(c *web.Call) error {
	p, err := c.Project()
	if err != nil {
		return err
	}
	sub, err := s.Talk.Redact(c.Context(), c.Asker(), p, c.Path("comment"), c.Form("reason"))
	if err != nil {
		return err
	}
	return back(c, sub, "redacted")
}
