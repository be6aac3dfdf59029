package talk_test

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
	desk "c4arch/internal/inbound/portal/talk"
	"c4arch/internal/inbound/web"
	"c4arch/internal/inbound/web/webtest"
	"c4arch/internal/service/change"
	"c4arch/internal/service/talk"
)

// spoken is what was said, as the pages ask for it.
type spoken struct {
	thread   talk.Thread
	said     string
	subject  talk.Subject
	took     []string
	redacted string
}

func (s *spoken) Thread(_ context.Context, _ access.Actor, sub talk.Subject) (talk.Thread, error) {
	if sub.ID == "none" {
		return talk.Thread{}, fault.New(fault.NotFound, "there is no such element")
	}
	t := s.thread
	t.Subject = sub
	return t, nil
}

func (s *spoken) Say(_ context.Context, _ access.Actor, sub talk.Subject, text string, _ *change.Idempotency) (string, error) {
	if strings.Contains(text, "@alex") {
		return "", fault.New(fault.Invalid, "@alex can be several people").WithHelp("write the whole name or the e-mail address: @alex.a@contoso.example, @alex.b@contoso.example")
	}
	s.said, s.subject = text, sub
	return "cm_1", nil
}

func (s *spoken) TakeBack(_ context.Context, _ access.Actor, p id.Project, comment string) (talk.Subject, error) {
	s.took = append(s.took, comment)
	return talk.Subject{Project: p, About: talk.Finding, ID: "f1"}, nil
}

func (s *spoken) Undo(ctx context.Context, a access.Actor, p id.Project, comment string) (talk.Subject, error) {
	return s.TakeBack(ctx, a, p, "undo "+comment)
}

func (s *spoken) Redact(_ context.Context, _ access.Actor, p id.Project, _, reason string) (talk.Subject, error) {
	s.redacted = reason
	return talk.Subject{Project: p, About: talk.Element, ID: "el 1"}, nil
}

func some() *spoken {
	at := func(n int) time.Time { return webtest.Noon.Add(-time.Duration(10-n) * time.Hour) }
	return &spoken{thread: talk.Thread{
		Thing: talk.Thing{Label: "Shop <b>API</b>", There: true}, Write: true, Redact: true, Names: []string{"Ada Owner", "Bob Architect"},
		Comments: []talk.View{
			{ID: "cm_1", Author: "pn_a", Name: "Ada Owner", State: talk.Shown, At: at(1), Mention: true, Pieces: []talk.Piece{{Text: "Why does "}, {Text: "Bob Architect", Person: "pn_b"}, {Text: " let this be reached from everywhere?\n\n<script>alert(1)</script> stands in the rule:\n  port 22, 0.0.0.0/0"}}},
			{ID: "cm_2", Author: webtest.Person, Name: "Bob Architect", State: talk.Shown, At: at(2), Mine: true, Pieces: []talk.Piece{{Text: "Until the bastion is there. "}, {Person: "pn_gone"}, {Text: " knows."}}},
			{ID: "cm_3", Author: webtest.Person, Name: "Bob Architect", State: talk.Withdrawn, At: at(3), Mine: true, Undo: true},
			{ID: "cm_4", Author: "pn_a", Name: "Ada Owner", State: talk.Redacted, At: at(4)},
			{ID: "cm_5", State: talk.Erased, At: at(5)},
		},
	}}
}

func site(t *testing.T, s *spoken) *webtest.Site {
	return webtest.New(t, webtest.Options{Role: access.Admin, Desks: []web.Desk{desk.Desk(desk.Services{
		Talk: s,
		Project: func(_ context.Context, _ access.Actor, p id.Project) (web.Project, error) {
			return web.Project{ID: p, Name: "Shop"}, nil
		},
	})}})
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

const comments = "/projects/" + string(webtest.Project) + "/comments"

func TestComments(t *testing.T) {
	s := some()
	w := site(t, s)
	p := w.Check(comments + "?element=el+1")
	keep(t, "comments", p.Body)
	for _, want := range []string{"Shop &lt;b&gt;API&lt;/b&gt;", "@Bob Architect", "&lt;script&gt;alert(1)", "@somebody who is not known here any more", "Put it back", "Take back", "mentions you", "Erased with the data"} {
		if !strings.Contains(p.Body, want) {
			t.Errorf("without %q", want)
		}
	}
	for _, about := range []string{"finding=f1", "proposal=pr_1"} {
		w.Check(comments + "?" + about)
	}
	s.thread.Thing.There, s.thread.Comments, s.thread.Write = false, nil, false
	p = w.Check(comments + "?element=x")
	keep(t, "comments-gone", p.Body)
	if !strings.Contains(p.Body, "The element is gone") || strings.Contains(p.Body, "<textarea") {
		t.Error("it is not said that the element is gone, or more can be said")
	}
	for _, bad := range []string{"", "?element=", "?other=x", "?element=none"} {
		if p := w.Get(comments + bad); p.Status != 404 {
			t.Errorf("%q: %d", bad, p.Status)
		}
	}
}

func TestAdd(t *testing.T) {
	s := some()
	w := site(t, s)
	p := w.Post(comments, url.Values{"about": {"element"}, "subject": {"el 1"}, "text": {"a & b"}})
	if p.To != comments+"?element=el+1&done=comment#comments" || s.said != "a & b" || s.subject.ID != "el 1" {
		t.Errorf("%d %s %q", p.Status, p.To, s.said)
	}
	p = w.Post(comments, url.Values{"about": {"finding"}, "subject": {"f1"}, "text": {"a"}, "here": {"1"}})
	if p.To != "/projects/"+string(webtest.Project)+"/findings/f1?done=comment#comments" {
		t.Error(p.To)
	}
	p = w.Post(comments, url.Values{"about": {"finding"}, "subject": {"f1"}, "text": {"ask @alex </textarea>"}})
	keep(t, "comment-refused", p.Body)
	for _, want := range []string{"can be several people", "@alex.b@contoso.example", "ask @alex &lt;/textarea&gt;"} {
		if !strings.Contains(p.Body, want) {
			t.Errorf("without %q", want)
		}
	}
}

func TestActs(t *testing.T) {
	s := some()
	w := site(t, s)
	if p := w.Post(comments+"/cm_2/take-back", nil); p.To != comments+"?finding=f1&done=took-back#comments" {
		t.Error(p.Status, p.To)
	}
	w.Post(comments+"/cm_3/undo", nil)
	if len(s.took) != 2 || s.took[1] != "undo cm_3" {
		t.Error(s.took)
	}
	if p := w.Post(comments+"/cm_1/redact", url.Values{"reason": {"a secret"}}); p.To != comments+"?element=el+1&done=redacted#comments" || s.redacted != "a secret" {
		t.Error(p.Status, p.To, s.redacted)
	}
}

// TestPart: whoever may not read comments is shown none, and what broke is said.
func TestPart(t *testing.T) {
	part, err := desk.Part(t.Context(), some(), access.Actor{}, talk.Subject{Project: webtest.Project, About: talk.Element, ID: "none"})
	if err != nil || part == nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := part.Render(t.Context(), &b); err != nil || b.Len() != 0 {
		t.Errorf("%q, %v", b.String(), err)
	}
	part, err = desk.Part(t.Context(), some(), access.Actor{}, talk.Subject{Project: webtest.Project, About: talk.Finding, ID: "f1"})
	if err != nil || part.Render(t.Context(), &b) != nil || !strings.Contains(b.String(), `name="here"`) {
		t.Errorf("%q, %v", b.String(), err)
	}
}
