// Package notice is the pages of what people are told: the list, what each person chooses, and the page by which mail is switched off from a mail.
//
// It promises: everything works without scripts; marking all as seen can be undone; what a link in a mail leads to changes nothing before somebody says so there, and then mail alone.
// It leaves out what somebody is told, which the service decides.
package notice

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/mail"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/notify"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Notify is the port to what people are told.
type Notify interface {
	List(ctx context.Context, a access.Actor, q notify.Query) ([]notify.Item, error)
	Open(ctx context.Context, a access.Actor, notice string) (string, error)
	SeeAll(ctx context.Context, a access.Actor) (time.Time, int, error)
	Unsee(ctx context.Context, a access.Actor, at time.Time) error
	Settings(ctx context.Context, a access.Actor) (notify.Settings, error)
	Choose(ctx context.Context, a access.Actor, want notify.Settings) (signing string, err error)
	Test(ctx context.Context, a access.Actor) error
	Messages(ctx context.Context, a access.Actor) ([]notify.Message, error)
	Mails() bool
	Off(ctx context.Context, org id.Org, ticket, request string) error
}

// Services are what the pages call.
type Services struct{ Notify Notify }

// Notice is the kind of thing that a route names.
const Notice = "notice"

const (
	path         = "/notifications"
	settingsPath = path + "/settings"
	perPage      = 30
)

// Desk adds the pages.
func Desk(s Services) web.Desk {
	return func(w *web.Site) {
		w.Says("seen", "All are marked as seen.")
		w.Says("unseen", "They are new again.")
		w.Says("chosen", "Your choice is kept.")
		w.Says("tested", "The test message was taken.")
		w.Page(path, "notifications", access.SelfRead, s.list)
		w.Form(path+"/seen", "notifications-seen", access.SelfChange, s.seen)
		w.Form(path+"/unseen", "notifications-unseen", access.SelfChange, s.unseen)
		w.Page(settingsPath, "notification-settings", access.SelfRead, s.settings)
		w.Form(settingsPath, "notification-choose", access.SelfChange, s.choose)
		w.Form(settingsPath+"/test", "notification-test", access.SelfChange, s.test)
		w.Page(path+"/{notice}", "notification", access.SelfRead, s.open, web.InPath("notice", Notice))
		w.Open(http.MethodGet, "/unsubscribe/{organisation}/{ticket}", "unsubscribe", s.ask)
		w.Open(http.MethodPost, "/unsubscribe/{organisation}/{ticket}", "unsubscribe-do", s.off)
	}
}

// listView is the list.
type listView struct {
	Items  []notify.Item
	Kind   notify.Kind
	Unseen bool
	New    int
	Undo   string // the time that takes marking all back, or ""
	Older  string
}

func (s Services) list(c *web.Call) error {
	ctx := c.Context()
	v := listView{Kind: notify.Kind(c.Query("kind")), Unseen: c.Query("show") == "new"}
	q := notify.Query{Unseen: v.Unseen, Before: c.Query("before"), Limit: perPage + 1}
	if v.Kind != "" {
		if !slices.Contains(notify.Kinds(), v.Kind) {
			return fault.New(fault.NotFound, "there is no such kind of notification")
		}
		q.Kinds = []notify.Kind{v.Kind}
	}
	if q.Before != "" && !id.Is(id.PrefixNotice, q.Before) {
		return fault.New(fault.NotFound, "there is no such part of the list")
	}
	var err error
	if v.Items, err = s.Notify.List(ctx, c.Asker(), q); err != nil {
		return err
	}
	if len(v.Items) > perPage {
		v.Items = v.Items[:perPage]
		v.Older = path + "?" + url.Values{"before": {v.Items[perPage-1].ID}, "kind": {string(v.Kind)}, "show": {c.Query("show")}}.Encode()
	}
	for _, it := range v.Items {
		if it.Seen.IsZero() {
			v.New++
		}
	}
	if n, err := strconv.ParseInt(c.Query("undo"), 10, 64); err == nil && n > 0 {
		v.Undo = strconv.FormatInt(n, 10)
	}
	return c.Show(web.View{Title: say.T(ctx, "Notifications"), Section: path, Actions: listActions(v)}, listPage(v))
}

func (s Services) open(c *web.Call) error {
	to, err := s.Notify.Open(c.Context(), c.Asker(), c.Path("notice"))
	if err != nil {
		return err
	}
	if to == "" {
		to = path
	}
	return c.To(to)
}

func (s Services) seen(c *web.Call) error {
	at, n, err := s.Notify.SeeAll(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	if n == 0 {
		return c.To(path)
	}
	return c.To(path + "?done=seen&undo=" + strconv.FormatInt(at.UnixMicro(), 10))
}

func (s Services) unseen(c *web.Call) error {
	n, err := strconv.ParseInt(c.Form("at"), 10, 64)
	if err != nil || n <= 0 {
		return fault.New(fault.Invalid, "there is nothing to undo")
	}
	if err := s.Notify.Unsee(c.Context(), c.Asker(), time.UnixMicro(n)); err != nil {
		return err
	}
	return c.Done(path, "unseen")
}

// settingsView is what a person chooses.
type settingsView struct {
	notify.Settings
	Mails    bool
	Messages []notify.Message
	Secret   string // told once
}

func (s Services) settings(c *web.Call) error {
	st, err := s.Notify.Settings(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	return s.show(c, settingsView{Settings: st})
}

func (s Services) show(c *web.Call, v settingsView) error {
	ctx := c.Context()
	var err error
	if v.Messages, err = s.Notify.Messages(ctx, c.Asker()); err != nil {
		return err
	}
	v.Mails = s.Notify.Mails()
	return c.Show(web.View{Title: say.T(ctx, "What you are told"), Lead: say.T(ctx, "For this organisation. What comes together is told together."), Section: path, Crumbs: []web.Crumb{{Path: path, Name: say.T(ctx, "Notifications")}}}, settingsPage(v))
}

func (s Services) choose(c *web.Call) error {
	want := notify.Settings{Choices: map[notify.Kind]notify.Choice{}, MailOff: c.Form("mail-off") != "", Address: c.Form("address")}
	for _, k := range notify.Kinds() {
		want.Choices[k] = notify.Choice{Listed: c.Form("listed-"+string(k)) != "", Mail: notify.Pace(c.Form("mail-" + string(k))), Hook: c.Form("hook-"+string(k)) != ""}
	}
	signing, err := s.Notify.Choose(c.Context(), c.Asker(), want)
	if err != nil {
		return err
	}
	if signing == "" {
		return c.Done(settingsPath, "chosen")
	}
	st, err := s.Notify.Settings(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	return s.show(c, settingsView{Settings: st, Secret: signing})
}

func (s Services) test(c *web.Call) error {
	if err := s.Notify.Test(c.Context(), c.Asker()); err != nil {
		return err
	}
	return c.Done(settingsPath, "tested")
}

// ask shows a button: a program that looks at the links of a mail must switch nothing off (RFC 8058 section 3.1).
func (s Services) ask(c *web.Call) error {
	return c.Show(web.View{Title: say.T(c.Context(), "No more mails"), Narrow: true}, askPage("/unsubscribe/"+url.PathEscape(c.Path("organisation"))+"/"+url.PathEscape(c.Path("ticket"))))
}

func (s Services) off(c *web.Call) error {
	if err := s.Notify.Off(c.Context(), id.Org(c.Path("organisation")), c.Path("ticket"), c.Request(c.Context())); err != nil {
		return err
	}
	return c.Show(web.View{Title: say.T(c.Context(), "No more mails"), Narrow: true}, offPage())
}

// Words are a notice as package mail has it.
func Words(it notify.Item) mail.Item {
	w := mail.Item{What: string(it.What), Project: it.ProjectName, By: it.By, Count: it.Subject.Count, Role: it.Subject.Role, URL: it.Path}
	if it.Subject.When != 0 {
		w.When = time.UnixMicro(it.Subject.When).UTC()
	}
	return w
}
