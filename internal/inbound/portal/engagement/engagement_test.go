package engagement_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	desk "c4arch/internal/inbound/portal/engagement"
	"c4arch/internal/inbound/web"
	"c4arch/internal/inbound/web/webtest"
	service "c4arch/internal/service/engagement"
	"c4arch/internal/trust/engagement"
)

// audits is one engagement, in a state of the test's.
type audits struct {
	desk.Audits
	one    engagement.Engagement
	none   bool
	said   engagement.Terms
	answer service.Answer
	digest string
}

func (a *audits) List(context.Context, access.Actor) ([]engagement.Engagement, error) {
	if a.none {
		return nil, nil
	}
	return []engagement.Engagement{a.one}, nil
}

func (a *audits) One(context.Context, access.Actor, string) (engagement.Engagement, error) {
	return a.one, nil
}

func (a *audits) Names(context.Context, access.Actor) (map[string]string, error) {
	return map[string]string{"pn_1": "An owner", "pn_7": "An auditor"}, nil
}

func (a *audits) Ask(_ context.Context, _ access.Actor, _ string, t engagement.Terms) (string, error) {
	a.said = t
	return "eg_1", t.Check(webtest.Noon)
}

func (a *audits) Agree(_ context.Context, _ access.Actor, _, digest string) error {
	a.digest = digest
	return nil
}

func (a *audits) Invite(context.Context, access.Actor, string, string, string) (service.Invited, error) {
	return service.Invited{Text: secret.New([]byte("told-once")), Expires: webtest.Noon.Add(time.Hour)}, nil
}

func (a *audits) Everywhere(context.Context, access.Actor, id.Org) ([]service.View, id.Org, error) {
	v, err := a.Of(context.Background(), access.Actor{}, "", "")
	return []service.View{v}, "", err
}

func (a *audits) Of(context.Context, access.Actor, id.Org, string) (service.View, error) {
	return service.View{Customer: service.Customer{Org: "og_01jq8z6y5x4w3v2t1s0r9q8p7n", Name: "Contoso"}, Engagement: a.one}, nil
}

func (a *audits) Answer(_ context.Context, _ access.Actor, _ id.Org, _ string, in service.Answer) error {
	a.answer = in
	if !in.Agree && in.Reason == "" {
		return fault.New(fault.Invalid, "the reason says nothing")
	}
	return nil
}

func somewhere(state engagement.State) *audits {
	e := engagement.Engagement{
		ID: "eg_1", State: state, Digest: "sha256:" + strings.Repeat("a", 64), AskedBy: "pn_1", AskedAt: webtest.Noon, Version: 1, Reason: "The costs are not clear",
		Terms: engagement.Terms{
			Scope: "Annex B of the addendum, against its own words.\nWhat other organisations have is left out.", First: webtest.Noon.Format(time.DateOnly), Last: webtest.Noon.AddDate(0, 0, 5).Format(time.DateOnly),
			Confidentiality: "The agreement between the parties binds the auditor", Security: "Read only, by passkey, from managed devices", Cost: "Each side pays its own",
		},
	}
	if state == engagement.Agreed {
		e.Platform, e.Customer, e.Reason = engagement.Consent{Person: "pn_9", At: webtest.Noon}, engagement.Consent{Person: "pn_1", At: webtest.Noon}, ""
		e.Auditors = []engagement.Auditor{{Person: "pn_7", By: "pn_1", At: webtest.Noon, Until: e.Ends()}}
	}
	return &audits{one: e}
}

func site(t *testing.T, a *audits, staff bool) *webtest.Site {
	role := access.Owner
	if staff {
		role = access.Legal
	}
	return webtest.New(t, webtest.Options{Role: role, Staff: staff, Desks: []web.Desk{desk.Desk(a)}})
}

func TestPages(t *testing.T) {
	for state, want := range map[engagement.State]string{
		engagement.Asked: "the platform has to answer", engagement.Returned: "Change what is missing", engagement.Offered: "Agree for the organisation", engagement.Agreed: "Invite the auditor",
		engagement.Ended: "over", engagement.Withdrawn: "withdrawn",
	} {
		s := site(t, somewhere(state), false)
		if p := s.Check("/organisation/audits/eg_1"); !strings.Contains(p.Body, want) {
			t.Errorf("%s does not say %q", state, want)
		}
		s.Check("/organisation/audits")
	}
	s := site(t, &audits{none: true}, false)
	if p := s.Check("/organisation/audits"); !strings.Contains(p.Body, "No audit was asked for") {
		t.Error("an empty list teaches nothing")
	}
	s.Check("/organisation/audits/new")
	staff := site(t, somewhere(engagement.Asked), true)
	for path, want := range map[string]string{"/staff/audits": "Contoso", "/staff/audits/og_01jq8z6y5x4w3v2t1s0r9q8p7n/eg_1": "Agree for the platform"} {
		if p := staff.Check(path); !strings.Contains(p.Body, want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
}

// What was written is not lost when it is refused, and all that is missing is told at once.
func TestRefusedIsNotLost(t *testing.T) {
	a := somewhere(engagement.Asked)
	p := site(t, a, false).Post("/organisation/audits", url.Values{"scope": {"my long scope"}, "first": {"2026-11-24"}, "last": {"2026-11-30"}})
	for _, want := range []string{"my long scope", "the confidentiality terms says nothing", "the security conditions says nothing", "the cost allocation says nothing"} {
		if !strings.Contains(strings.ToLower(p.Body), want) {
			t.Errorf("%d, without %q", p.Status, want)
		}
	}
}

// What is agreed to is what the page showed.
func TestForms(t *testing.T) {
	a := somewhere(engagement.Offered)
	s := site(t, a, false)
	if p := s.Post("/organisation/audits/eg_1/agree", url.Values{"digest": {a.one.Digest}}); p.Status != 303 || a.digest != a.one.Digest {
		t.Errorf("%d %q", p.Status, a.digest)
	}
	if p := s.Post("/organisation/audits/eg_1/auditors", url.Values{"name": {"An auditor"}, "email": {"a@contoso.example"}}); p.Status != 200 || !strings.Contains(p.Body, "told-once") {
		t.Errorf("%d", p.Status)
	}
}
