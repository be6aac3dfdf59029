package home

import (
	"context"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/web"
	"c4arch/internal/inbound/web/webtest"
	"c4arch/internal/service/overview"
)

func site(t *testing.T, role access.Role, st overview.Standing) *webtest.Site {
	return webtest.New(t, webtest.Options{Role: role, Desks: []web.Desk{Desk(Ports{
		Home: func(context.Context, access.Actor) (overview.Standing, error) { return st, nil },
		Organisation: func(context.Context, access.Actor) (tenant.Organisation, error) {
			return tenant.Organisation{ID: webtest.Contoso, Name: "Contoso", Created: webtest.Noon}, nil
		},
		Names: func(context.Context, access.Actor) (func(id.Actor) string, error) {
			return func(id.Actor) string { return "An owner" }, nil
		},
		Explore: func(context.Context, access.Actor) (id.Project, error) { return webtest.Project, nil },
		Now:     func() time.Time { return webtest.Noon },
	})}})
}

// TestFirstRun: an organisation with nothing is led, and may look at the example.
func TestFirstRun(t *testing.T) {
	s := site(t, access.Owner, overview.Standing{})
	p := s.Check(path)
	for _, want := range []string{`href="/projects/new"`, `action="/example"`, "Look at the first diagram"} {
		if !strings.Contains(p.Body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if p := s.Post("/example", nil); p.To != "/projects/"+string(webtest.Project) {
		t.Errorf("%d to %s", p.Status, p.To)
	}
}

// TestDecisions: each leads to where it is decided, the gravest first.
func TestDecisions(t *testing.T) {
	one := overview.Project{
		Project: tenant.Project{ID: webtest.Project, Name: "Shop"}, Open: map[string]int{"critical": 1, "low": 2},
		Scan:     &overview.Scan{Project: webtest.Project, ID: "sc_1", State: "failed", Created: webtest.Noon},
		Snapshot: &overview.Snapshot{Newer: 2, NotRead: 3, Recorded: webtest.Noon}, Baseline: &overview.Baseline{At: webtest.Noon.AddDate(0, 0, -3)},
	}
	s := site(t, access.Owner, overview.Standing{
		Projects: []overview.Project{one}, Proposals: []overview.Proposal{{Project: webtest.Project, Kind: "exception", Reason: "for a while", Created: webtest.Noon}},
		Ending: []overview.Ending{{Kind: "token", Name: "pipeline", At: webtest.Noon.AddDate(0, 0, 3)}}, Jobs: []overview.Job{{ID: "jb_1", Created: webtest.Noon}},
		Drift: []overview.Finding{{Project: webtest.Project, ID: "d1", Severity: "critical", Title: "open to all", First: webtest.Noon}},
	})
	body := s.Check(path).Body
	at := "/projects/" + string(webtest.Project)
	last := 0
	for _, want := range []string{`href="` + at + `/drift"`, `href="` + at + `/exceptions"`, `href="/organisation/tokens"`, `href="` + at + `/baseline"`, "3 days old", `href="` + at + `/findings/d1"`} {
		i := strings.Index(body[last:], want)
		if i < 0 {
			t.Errorf("%s does not stand in its place", want)
			continue
		}
		last += i
	}
	for _, want := range []string{at + "/scans/sc_1", "/organisation/settings#jobs", "1 critical", "2 low"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
}

// TestBilling sees nothing of an architecture.
func TestBilling(t *testing.T) {
	p := site(t, access.Billing, overview.Standing{}).Check(path)
	if strings.Contains(p.Body, "/projects") || !strings.Contains(p.Body, "nothing of its architecture") {
		t.Errorf("%s", p.Body)
	}
}
