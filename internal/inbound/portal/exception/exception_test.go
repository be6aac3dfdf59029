package exception_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/portal/exception"
	"c4arch/internal/inbound/web"
	"c4arch/internal/inbound/web/webtest"
	"c4arch/internal/service/change"
	"c4arch/internal/service/detect"
)

const (
	at = "/projects/" + string(webtest.Project)
	me = "person:" + webtest.Person
)

// told is a project with exceptions of every kind.
type told struct {
	exception.Port
	empty bool
	asked []string
}

func (w *told) Project(context.Context, access.Actor, id.Project) (web.Project, error) {
	return web.Project{ID: webtest.Project, Name: "Shop"}, nil
}

func (w *told) People(context.Context, access.Actor) (map[id.Actor]string, error) {
	return map[id.Actor]string{me: "First owner", "person:pn_other": "Second architect"}, nil
}

func entry(rule, by, expires string) string {
	return `{"scope":"/one","rule":"` + rule + `","owner":"Platform","reason":"<i>for now</i>","expires":"` + expires + `","createdBy":"` + by + `","approvedBy":["` + me + `"]}`
}

func (w *told) Exceptions(context.Context, access.Actor, id.Project) ([]detect.ExceptionRow, error) {
	if w.empty {
		return nil, nil
	}
	return []detect.ExceptionRow{
		{ID: "ex_long", Entry: entry("LONG", "person:pn_other", "2027-05-01")},
		{ID: "ex_soon", Entry: entry("SOON", "person:pn_gone", "2026-11-24")},
		{ID: "ex_lacks", Entry: strings.ReplaceAll(entry("LACKS", "person:pn_other", "2027-01-01"), me, "person:pn_third")},
		{ID: "ex_over", Entry: entry("OVER", "person:pn_other", "2026-11-22")},
		{ID: "ex_revoked", Revoked: true, Entry: entry("REVOKED", "person:pn_other", "2027-01-01")},
		{ID: "ex_broken", Entry: "{"},
	}, nil
}

func (w *told) Proposals(context.Context, access.Actor, id.Project) ([]detect.Proposal, error) {
	if w.empty {
		return nil, nil
	}
	p := func(name, by string, s detect.ProposalState) detect.Proposal {
		return detect.Proposal{ID: name, Kind: "exception", Subject: entry("R-"+name, by, "2027-01-01"), Actor: id.Actor(by), State: s, Answer: map[bool]string{true: "not yet"}[s == detect.ProposalRejected]}
	}
	return []detect.Proposal{p("pr_mine", me, detect.ProposalOpen), p("pr_other", "person:pn_other", detect.ProposalOpen), p("pr_no", me, detect.ProposalRejected), {ID: "pr_base", Kind: "baseline"}}, nil
}

func (w *told) Seek(_ context.Context, _ access.Actor, _ id.Project, q detect.Seek) ([]detect.FindingRow, bool, error) {
	if q.State != detect.Open || w.empty {
		return nil, false, nil
	}
	return []detect.FindingRow{
		{Finding: drift.Finding{ID: "f1", Title: "A port is open", Severity: severity.Critical, Exception: &drift.Excepted{ID: "ex_lacks", State: "unapproved"}}},
		{Finding: drift.Finding{ID: "f2", Title: "A store is public", Severity: severity.Critical, Resource: "/ONE", Rule: "r-pr_other"}},
	}, false, nil
}

func (w *told) ProposeException(_ context.Context, _ access.Actor, _ id.Project, e detect.Entry, _ *change.Idempotency) (detect.Proposal, error) {
	w.asked = append(w.asked, "propose "+e.Scope+" "+e.Rule+" "+e.Expires)
	return detect.Proposal{}, nil
}

func (w *told) ApproveException(_ context.Context, _ access.Actor, _ id.Project, name string) error {
	w.asked = append(w.asked, "approve "+name)
	return nil
}

func (w *told) RevokeException(_ context.Context, _ access.Actor, _ id.Project, name, reason string) error {
	w.asked = append(w.asked, "revoke "+name+" "+reason)
	return nil
}

func TestPage(t *testing.T) {
	s := webtest.New(t, webtest.Options{Desks: []web.Desk{exception.Desk(&told{})}})
	p := s.Get(at + "/exceptions")
	for _, want := range []string{
		"2 wait for another person", "Ends soon", "one more day", "Takes one more person", "Approve too", "/exceptions/ex_lacks/approve", "/proposals/pr_other/approve", "/proposals/pr_other/reject", "/proposals/pr_mine/withdraw",
		"two people besides the author", "A store is public", "Rejected", "not yet", "Revoked", "Ended", "Propose it again", "&lt;i&gt;for now", "somebody who is no member any more", "no finding of now matches",
	} {
		if !strings.Contains(p.Body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, not := range []string{"/proposals/pr_mine/approve", "/exceptions/ex_long/approve", "/exceptions/ex_over/revoke", "pr_base"} {
		if strings.Contains(p.Body, not) {
			t.Errorf("the page has %q", not)
		}
	}
	s.Check(at + "/exceptions")
}

func TestWhoMayNot(t *testing.T) {
	s := webtest.New(t, webtest.Options{Role: access.Viewer, Desks: []web.Desk{exception.Desk(&told{})}})
	if p := s.Get(at + "/exceptions"); p.Status != http.StatusOK || strings.Contains(p.Body, "<textarea") {
		t.Errorf("%d, or a viewer has forms", p.Status)
	}
	s = webtest.New(t, webtest.Options{Desks: []web.Desk{exception.Desk(&told{empty: true})}})
	if p := s.Get(at + "/exceptions"); !strings.Contains(p.Body, "No exception is in force") {
		t.Error("an empty page does not teach")
	}
}

func TestForms(t *testing.T) {
	w := &told{}
	s := webtest.New(t, webtest.Options{Desks: []web.Desk{exception.Desk(w)}})
	form := url.Values{"scope": {"*"}, "rule": {"AZ-*"}, "owner": {"a team"}, "reason": {"so"}, "expires": {"2026-12-31"}}
	for path, want := range map[string]string{"/exceptions/propose": "exception-proposed", "/exceptions/ex_lacks/approve": "exception-agreed", "/exceptions/ex_soon/revoke": "revoked"} {
		if p := s.Post(at+path, form); p.To != at+"/exceptions?done="+want {
			t.Errorf("%s: %d to %q", path, p.Status, p.To)
		}
	}
	if len(w.asked) != 3 {
		t.Errorf("%q", w.asked)
	}
	for _, name := range []string{"scope", "rule", "owner", "reason", "expires"} {
		less := url.Values{}
		for k, v := range form {
			if k != name {
				less[k] = v
			}
		}
		if p := s.Post(at+"/exceptions/propose", less); p.Status != http.StatusBadRequest {
			t.Errorf("without %s: %d", name, p.Status)
		}
	}
}
