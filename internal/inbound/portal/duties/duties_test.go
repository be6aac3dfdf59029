package duties_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/inbound/portal/duties"
	"c4arch/internal/inbound/web"
	"c4arch/internal/inbound/web/webtest"
)

type posture struct{ removed, revoked string }

func (*posture) Report(context.Context, access.Actor) (duties.Report, error) {
	return duties.Report{Organisation: string(webtest.Contoso), AsOf: webtest.Noon, Duties: []duties.Duty{
		{ID: "owners", Clauses: []string{"SE-13.6"}, Subject: "there are two owners and not many", Outcome: duties.Done, Looked: "the members and their roles", Detail: "there are 2 owners", Path: "/organisation/members"},
		{ID: "stale-members", Clauses: []string{"SE-13.8", "SE-3.12"}, Subject: "members who no longer come are removed", Outcome: duties.ToDo, Looked: "the last session of each member", Detail: "members without a sign-in for 90 days: 2", Do: "remove those who no longer need access", Count: 2, Items: []duties.Item{
			{ID: webtest.Person, Name: "=cmd, An Architect", Kind: duties.Member, Removable: true},
		}},
		{ID: "unused-tokens", Clauses: []string{"SE-13.8"}, Subject: "tokens that nothing uses are revoked", Outcome: duties.ToDo, Looked: "the last use of each token", Detail: "tokens that nothing has used for 30 days: 1", Do: "revoke them", Count: 1, Items: []duties.Item{
			{ID: "tk_01jq8z6y5x4w3v2t1s0r9q8p7n", Name: "pipeline", Kind: duties.Token, Removable: true},
		}},
		{ID: "connection-rights", Clauses: []string{"SE-13.2"}, Subject: "connections have the rights that they need and no more", Outcome: duties.NoData, Detail: "no connection has a credential"},
		{ID: "incidents", Clauses: []string{"SE-13.10"}, Subject: "suspected incidents are reported", Outcome: duties.NotVisible, Detail: "what you suspect is not visible from here", Do: "report it"},
	}}, nil
}

func (p *posture) RemoveMember(_ context.Context, _ access.Actor, person, _ string) error {
	p.removed = person
	return nil
}

func (p *posture) RevokeToken(_ context.Context, _ access.Actor, token, _ string) error {
	p.revoked = token
	return nil
}

func site(t *testing.T, p *posture, role access.Role) *webtest.Site {
	return webtest.New(t, webtest.Options{Role: role, Desks: []web.Desk{duties.Desk(p)}})
}

func TestPage(t *testing.T) {
	site(t, &posture{}, access.Auditor).Check(duties.Path)
	s := site(t, &posture{}, access.Owner)
	body := s.Get(duties.Path).Body
	if strings.Index(body, "duty-stale-members") > strings.Index(body, "duty-owners") {
		t.Error("what is to be done does not stand first")
	}
	if strings.Contains(site(t, &posture{}, access.Auditor).Get(duties.Path).Body, "/remove") {
		t.Error("an auditor is offered to remove a member")
	}
}

func TestOneClick(t *testing.T) {
	p := &posture{}
	s := site(t, p, access.Owner)
	if a := s.Post(duties.Path+"/members/"+webtest.Person+"/remove", nil); a.Status != 303 || p.removed != webtest.Person {
		t.Errorf("%d, %q", a.Status, p.removed)
	}
	if a := s.Post(duties.Path+"/tokens/tk_01jq8z6y5x4w3v2t1s0r9q8p7n/revoke", nil); a.Status != 303 || p.revoked == "" {
		t.Errorf("%d, %q", a.Status, p.revoked)
	}
}

func TestExports(t *testing.T) {
	s := site(t, &posture{}, access.Owner)
	rows, err := csv.NewReader(strings.NewReader(s.Get(duties.Path + "/export.csv").Body)).ReadAll()
	if err != nil || len(rows) != 6 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if rows[1][0] != "2026-11-23T12:00:00Z" || rows[5][5] != "not visible" || strings.HasPrefix(rows[2][9], "=") {
		t.Errorf("%q", rows)
	}
	var r duties.Report
	if err := json.Unmarshal([]byte(s.Get(duties.Path+"/export.json").Body), &r); err != nil || len(r.Duties) != 5 || !r.AsOf.Equal(webtest.Noon) {
		t.Errorf("%+v, %v", r, err)
	}
}
