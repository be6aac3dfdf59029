package notice_test

import (
	"context"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/portal/notice"
	"c4arch/internal/inbound/web"
	"c4arch/internal/inbound/web/webtest"
	"c4arch/internal/service/notify"
)

// served is what people are told, as the pages ask for it.
type served struct {
	items    []notify.Item
	query    notify.Query
	settings notify.Settings
	chosen   notify.Settings
	messages []notify.Message
	mails    bool
	off      []string
	undone   time.Time
}

func (s *served) List(_ context.Context, _ access.Actor, q notify.Query) ([]notify.Item, error) {
	s.query = q
	return s.items[:min(q.Limit, len(s.items))], nil
}

func (s *served) Open(_ context.Context, _ access.Actor, notice string) (string, error) {
	for _, it := range s.items {
		if it.ID == notice {
			return it.Path, nil
		}
	}
	return "", fault.New(fault.NotFound, "there is no such notification")
}

func (s *served) SeeAll(context.Context, access.Actor) (time.Time, int, error) {
	return webtest.Noon, len(s.items), nil
}

func (s *served) Unsee(_ context.Context, _ access.Actor, at time.Time) error {
	s.undone = at
	return nil
}

func (s *served) Settings(context.Context, access.Actor) (notify.Settings, error) {
	return s.settings, nil
}

func (s *served) Choose(_ context.Context, _ access.Actor, want notify.Settings) (string, error) {
	s.chosen = want
	if want.Address != "" {
		return "whsec_c2VjcmV0", nil
	}
	return "", nil
}
func (s *served) Test(context.Context, access.Actor) error { return nil }
func (s *served) Messages(context.Context, access.Actor) ([]notify.Message, error) {
	return s.messages, nil
}
func (s *served) Mails() bool { return s.mails }

func (s *served) Off(_ context.Context, org id.Org, ticket, _ string) error {
	if ticket != "good" {
		return fault.New(fault.NotFound, "the link is not valid any more")
	}
	s.off = append(s.off, string(org))
	return nil
}

func item(n int, w notify.What, k notify.Kind, seen bool) notify.Item {
	it := notify.Item{
		Notice: notify.Notice{
			ID: "nt_01jq8z6y5x4w3v2t1s0r9q8p" + string(rune('a'+n)) + "z", What: w, Kind: k, Project: webtest.Project, At: webtest.Noon.Add(-time.Duration(n) * 7 * time.Hour),
			Subject: notify.Subject{Count: 2, Role: "architect", When: webtest.Noon.AddDate(0, 0, 7).UnixMicro()},
		},
		ProjectName: "Shop of Contoso", By: "Ada <b>Owner</b>", Path: "/projects/" + string(webtest.Project) + "/drift",
	}
	if seen {
		it.Seen = webtest.Noon
	}
	return it
}

func everything() *served {
	s := &served{mails: true}
	for i, x := range []struct {
		w notify.What
		k notify.Kind
	}{
		{notify.Mentioned, notify.Mention},
		{notify.BaselineProposed, notify.Decision},
		{notify.FindingsNew, notify.Finding},
		{notify.ProposalRejected, notify.Decided},
		{notify.ScanFailed, notify.Scan},
		{notify.ExceptionSoon, notify.Exception},
		{notify.ExceptionOver, notify.Exception},
		{notify.StreamOff, notify.Broken},
		{notify.StreamDead, notify.Broken},
		{notify.ConnectionBroken, notify.Broken},
		{notify.TokenSoon, notify.Token},
		{notify.MemberAdded, notify.Membership},
		{notify.RoleChanged, notify.Membership},
		{notify.GrantAsked, notify.Support},
		{notify.GrantUsed, notify.Support},
		{notify.SupplierNoticed, notify.Supplier},
		{notify.ExceptionProposed, notify.Decision},
		{notify.ProposalApproved, notify.Decided},
	} {
		s.items = append(s.items, item(i, x.w, x.k, i > 3))
	}
	s.messages = []notify.Message{
		{ID: "mg_1", Channel: notify.ByMail, State: notify.Sent, Created: webtest.Noon},
		{ID: "mg_2", Channel: notify.ByMail, State: notify.Dead, Attempts: 8, Created: webtest.Noon, Error: "the server of mail refused the message (550)"},
		{ID: "mg_3", Channel: notify.ByHook, State: notify.Due, Attempts: 2, Created: webtest.Noon, Error: "the receiver answered 500"},
		{ID: "mg_4", Channel: notify.ByMail, State: notify.Dropped, Created: webtest.Noon},
	}
	return s
}

func site(t *testing.T, s *served) *webtest.Site {
	return webtest.New(t, webtest.Options{Role: access.Architect, Desks: []web.Desk{notice.Desk(notice.Services{Notify: s})}})
}

// keep writes a page where somebody who looks at it asks for it.
func keep(t *testing.T, name, body string) {
	t.Helper()
	if dir := os.Getenv("C4ARCH_TEST_PAGES"); dir != "" {
		if err := os.WriteFile(dir+"/"+name+".html", []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestList(t *testing.T) {
	s := everything()
	w := site(t, s)
	w.Unread = 4
	p := w.Check("/notifications")
	keep(t, "notifications", p.Body)
	for _, want := range []string{"mentioned you in a comment in Shop of Contoso", "Ada &lt;b&gt;Owner", "2 new critical or high findings", "Mark all as seen", `href="/notifications/` + s.items[0].ID + `"`} {
		if !strings.Contains(p.Body, want) {
			t.Errorf("without %q", want)
		}
	}
	w.Check("/notifications?kind=finding&show=new")
	if len(s.query.Kinds) != 1 || !s.query.Unseen {
		t.Errorf("%+v", s.query)
	}
	for _, bad := range []string{"?kind=x", "?before=x", "?before=cm_01jq8z6y5x4w3v2t1s0r9q8p7n"} {
		if p := w.Get("/notifications" + bad); p.Status != 404 {
			t.Errorf("%s: %d", bad, p.Status)
		}
	}
	if p := w.Get("/notifications/" + s.items[0].ID); p.Status != 303 || p.To != s.items[0].Path {
		t.Errorf("%d %s", p.Status, p.To)
	}
	if p := w.Get("/notifications/nt_none"); p.Status != 404 {
		t.Error(p.Status)
	}
	p = w.Post("/notifications/seen", nil)
	if !strings.HasPrefix(p.To, "/notifications?done=seen&undo=") {
		t.Fatal(p.To)
	}
	if p := w.Check(p.To); !strings.Contains(p.Body, "Undo") {
		t.Error("nothing takes it back")
	}
	_, at, _ := strings.Cut(p.To, "undo=")
	w.Post("/notifications/unseen", url.Values{"at": {at}})
	if !s.undone.Equal(webtest.Noon) {
		t.Error(s.undone)
	}
	for _, bad := range []string{"", "x", "-1", "1e9"} {
		if p := w.Post("/notifications/unseen", url.Values{"at": {bad}}); p.Status != 400 && p.Status != 422 {
			t.Errorf("%q: %d", bad, p.Status)
		}
	}
}

func TestEmpty(t *testing.T) {
	w := site(t, &served{})
	p := w.Check("/notifications")
	keep(t, "empty", p.Body)
	if !strings.Contains(p.Body, "Nothing happened that concerns you") {
		t.Error("the empty list teaches nothing")
	}
	p = w.Check("/notifications/settings")
	keep(t, "settings-none", p.Body)
	if !strings.Contains(p.Body, "sends no mail") {
		t.Error("that there is no mail is not said")
	}
}

func TestSettings(t *testing.T) {
	s := everything()
	s.settings.Address = "https://chat.contoso.example/hook"
	w := site(t, s)
	p := w.Check("/notifications/settings")
	keep(t, "settings", p.Body)
	if strings.Contains(p.Body, "sends no mail") || !strings.Contains(p.Body, "given up") {
		t.Error("it is not what there is")
	}
	form := url.Values{"listed-mention": {"1"}, "mail-off": {"1"}}
	for _, k := range notify.Kinds() {
		form.Set("mail-"+string(k), "daily")
	}
	if p := w.Post("/notifications/settings", form); p.To != "/notifications/settings?done=chosen" {
		t.Error(p.Status, p.To)
	}
	if c := s.chosen; !c.MailOff || !c.Choice(notify.Mention).Listed || c.Choice(notify.Scan).Listed || c.Choice(notify.Scan).Mail != notify.Daily {
		t.Errorf("%+v", c)
	}
	form.Set("address", "https://chat.contoso.example/other")
	p = w.Post("/notifications/settings", form)
	keep(t, "secret", p.Body)
	if p.Status != 200 || !strings.Contains(p.Body, "whsec_c2VjcmV0") {
		t.Error("the secret is not told")
	}
}

// TestUnsubscribe: the link of a mail works for nobody in particular, changes nothing before it is said, and says nothing of others.
func TestUnsubscribe(t *testing.T) {
	s := &served{}
	w := site(t, s)
	path := "/unsubscribe/" + string(webtest.Contoso) + "/good"
	p := w.Check(path)
	keep(t, "unsubscribe", p.Body)
	if len(s.off) != 0 {
		t.Fatal("to look at the page has switched mail off")
	}
	if p := w.Post(path, url.Values{"List-Unsubscribe": {"One-Click"}}); p.Status != 200 || len(s.off) != 1 {
		t.Error(p.Status, s.off)
	}
	if p := w.Post("/unsubscribe/"+string(webtest.Contoso)+"/bad", nil); p.Status != 404 {
		t.Error(p.Status)
	}
	if p := w.Get("/unsubscribe/x/%22%3E%3Cscript%3E"); strings.Contains(p.Body, `"><script>`) {
		t.Error("what the address says is markup")
	}
}
