package trend_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	desk "c4arch/internal/inbound/portal/trend"
	"c4arch/internal/inbound/web"
	"c4arch/internal/inbound/web/webtest"
	"c4arch/internal/service/trend"
)

// past is what happened in a project: two comparisons, a pause of 50 days, and two more.
type past struct{ empty bool }

func (past) Projects(context.Context, access.Actor) ([]trend.Project, error) {
	return []trend.Project{{ID: webtest.Project, Name: "Shop"}}, nil
}

func ago(days int) time.Time { return webtest.Noon.AddDate(0, 0, -days) }

func (p past) Comparisons(_ context.Context, _ access.Actor, _ id.Project, before string, _ int) ([]trend.Comparison, error) {
	if p.empty || before != "" {
		return nil, nil
	}
	of := func(name string, days, critical, high int) trend.Comparison {
		return trend.Comparison{ID: name, At: ago(days), Counts: map[string]int{"critical": critical, "high": high}}
	}
	return []trend.Comparison{of("d", 1, 1, 2), of("c", 3, 2, 4), of("b", 60, 0, 9), of("a", 62, 3, 7)}, nil
}

func (p past) Readings(_ context.Context, _ access.Actor, _ id.Project, before string, _ int) ([]trend.Reading, error) {
	if p.empty || before != "" {
		return nil, nil
	}
	return []trend.Reading{{ID: "z", At: ago(0), Running: true}, {ID: "c", At: ago(1), Read: 90, NotRead: 10}, {ID: "b", At: ago(2), Failed: true}, {ID: "a", At: ago(3), Read: 80}}, nil
}

func (p past) Decisions(context.Context, access.Actor, id.Project) ([]trend.Decision, error) {
	if p.empty {
		return nil, nil
	}
	return []trend.Decision{{Sort: trend.Approval, From: ago(4), At: ago(3)}, {Sort: trend.Approval, From: ago(5), At: ago(2)}, {Sort: trend.Exception, From: ago(400), At: ago(399)}}, nil
}

func site(t *testing.T, p past) *webtest.Site {
	s := &trend.Service{Source: p, Now: func() time.Time { return webtest.Noon }}
	return webtest.New(t, webtest.Options{Role: access.Owner, Desks: []web.Desk{desk.Desk(s, func(context.Context, access.Actor, id.Project) (web.Project, error) {
		return web.Project{ID: webtest.Project, Name: "Shop"}, nil
	})}})
}

const path = "/projects/" + string(webtest.Project) + "/trends"

func TestPages(t *testing.T) {
	for _, p := range []past{{}, {empty: true}} {
		s := site(t, p)
		s.Check(path)
		s.Check(path + "?days=365")
		s.Check(desk.Path + "?days=90")
	}
}

func TestGap(t *testing.T) {
	body := site(t, past{}).Get(path + "?days=90").Body
	if n := strings.Count(body, `class="line critical" d=`); n != 3 { // two runs, and the legend
		t.Errorf("%d lines of two runs and a legend", n)
	}
	for _, want := range []string{"No data: the scan failed", "90.0 %", "median of 2", "2 days"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if !strings.Contains(site(t, past{empty: true}).Get(path).Body, "No data") {
		t.Error("nothing is not said to be no data")
	}
}

func TestSheet(t *testing.T) {
	p := site(t, past{}).Get(path + "/export.csv?days=90")
	for _, want := range []string{"at,what,of,value\n", "2026-11-22T12:00:00Z,open findings,critical,1\n", "2026-11-21T12:00:00Z,scan failed,,\n", "seconds to decision,approval,86400\n"} {
		if !strings.Contains(p.Body, want) {
			t.Errorf("the sheet has no %q: %s", want, p.Body)
		}
	}
	if strings.Contains(p.Body, "exception") {
		t.Error("a decision of last year is in the range")
	}
}
