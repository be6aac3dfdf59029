package drift_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/diff"
	report "c4arch/internal/arch/drift"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/tree"
	"c4arch/internal/inbound/portal/drift"
	"c4arch/internal/inbound/web"
	"c4arch/internal/inbound/web/webtest"
	"c4arch/internal/service/change"
	"c4arch/internal/service/detect"
)

const at = "/projects/" + string(webtest.Project)

// told is a project with a finding.
type told struct {
	drift.Port
	standing detect.Standing
	sought   detect.Seek
	more     bool
	none     bool
	state    detect.FindingState
	proposed []detect.Entry
}

func (w *told) Project(context.Context, access.Actor, id.Project) (web.Project, error) {
	return web.Project{ID: webtest.Project, Name: "Shop"}, nil
}

func (w *told) People(context.Context, access.Actor) (map[id.Actor]string, error) {
	return map[id.Actor]string{"person:" + webtest.Person: "First owner"}, nil
}

func (w *told) Standing(context.Context, access.Actor, id.Project) (detect.Standing, error) {
	return w.standing, nil
}

func (w *told) Seek(_ context.Context, _ access.Actor, _ id.Project, q detect.Seek) ([]detect.FindingRow, bool, error) {
	w.sought = q
	if w.none {
		return nil, false, nil
	}
	return []detect.FindingRow{row()}, w.more, nil
}

func row() detect.FindingRow {
	return detect.FindingRow{Finding: report.Finding{
		ID: "f1", Severity: severity.Critical, Direction: severity.Loosened, Change: diff.Changed, Resource: "/one*", Type: "nsg", Name: "nsg-shop", Title: "A <port> is open", Reason: "anybody reaches it",
		Remediation: "close it", Rule: "AZ-1", Path: "properties.source", Old: []byte(`"10.0.0.0/8"`), New: []byte(`"*"`), Labels: []string{"raised: production"}, Controls: []string{"SC-7"}, Elements: []string{"nsg"},
	}, State: detect.Open, Comparison: "cp_1", First: webtest.Noon, Last: webtest.Noon}
}

func (w *told) Finding(_ context.Context, _ access.Actor, _ id.Project, name string) (*detect.Found, error) {
	if name != "f1" {
		return nil, fault.New(fault.NotFound, "there is no such finding")
	}
	was, is := tree.Str("10.0.0.0/8"), tree.Str("*")
	r := &evidence.Resource{ID: "/one*", Commitment: "sha256:0123", Origins: []evidence.Origin{{Input: "graph.json", Line: 7, Path: "data[0]"}}}
	f := &detect.Found{
		FindingRow: row(), Comparison: detect.Comparison{ID: "cp_1", Snapshot: "s2", At: webtest.Noon}, Rule: &severity.Rule{ID: "AZ-1", Title: "A port", Severity: severity.High, Source: "a reference"}, Old: r, New: r, OldID: "s1",
		Report: compared(), Properties: []diff.Property{{Path: "properties.source", Old: &was, New: &is}, {Path: "etag", Noise: "etag"}, {Path: "properties.other", New: &is}},
		Beside: []detect.FindingRow{{Finding: report.Finding{ID: "f2", Severity: severity.Low, Title: "A tag is gone", Path: "@tags.owner"}}},
	}
	f.State = w.state
	return f, nil
}

func compared() *report.Report {
	return &report.Report{
		Old: report.Side{Baseline: &report.Approved{By: "person:" + webtest.Person, At: "2026-11-01T10:00:00Z", Reason: "as designed"}}, New: report.Side{CollectedAt: "2026-11-22T10:00:00Z"},
		Unknown: []report.Unknown{{Type: "microsoft.web/sites", Reason: "withheld", Help: "more rights", WasKnown: true, Count: 3}},
	}
}

func (w *told) Proposals(context.Context, access.Actor, id.Project) ([]detect.Proposal, error) {
	return nil, fault.New(fault.Denied, "no") // who may not read them sees the finding all the same
}

func (w *told) ProposeException(_ context.Context, _ access.Actor, _ id.Project, e detect.Entry, _ *change.Idempotency) (detect.Proposal, error) {
	w.proposed = append(w.proposed, e)
	return detect.Proposal{}, nil
}

func (w *told) Comments(context.Context, access.Actor, id.Project, string, string) (templ.Component, error) {
	return nil, nil
}

func whole() detect.Standing {
	return detect.Standing{
		Baseline: &baseline.Approval{}, Current: "b1", Approved: "s1", Newest: "s2", Compared: &detect.Comparison{ID: "cp_1", Baseline: "b1", Snapshot: "s2", At: webtest.Noon}, Report: compared(),
		Counts: detect.FindingCounts{detect.Open: {"critical": 1}},
	}
}

func TestPages(t *testing.T) {
	for _, x := range []struct {
		name, path string
		w          *told
		role       access.Role
		want       []string
	}{
		{"nothing scanned", "/drift", &told{}, "", []string{"Nothing was scanned yet"}},
		{"nothing approved", "/drift", &told{standing: detect.Standing{Newest: "s1"}}, "", []string{"Nothing is approved yet", at + "/baseline"}},
		{"nothing compared", "/drift", &told{standing: detect.Standing{Newest: "s1", Baseline: &baseline.Approval{}}}, "", []string{"Nothing was compared yet"}},
		{"findings", "/drift", &told{standing: whole(), more: true}, "", []string{"A &lt;port&gt; is open", "3 things", "withheld", "It could be read when the baseline was made.", "compare?from=s1&amp;to=s2", "after=f1"}},
		{"none", "/drift", &told{standing: whole(), none: true}, "", []string{"No open drift", "may hide something"}},
		{"none that matches", "/drift?q=x&severity=low", &told{standing: whole(), none: true}, "", []string{"Nothing matches", "Clear the filters"}},
		{"a finding", "/findings/f1", &told{state: detect.Open}, access.Architect, []string{
			"More dangerous", "anybody reaches it", "close it", "raised: production", "graph.json:7 data[0]", "sha256:0123", "No rule is about it", "This finding", "A tag is gone", "as designed", "First owner", "two people besides you", `value="2026-12-23"`, `max="2027-05-22"`, "One more difference says nothing",
		}},
		{"a finding, for a viewer", "/findings/f1", &told{state: detect.Open}, access.Viewer, []string{"Your role does not."}},
		{"a finding that is excepted", "/findings/f1", &told{state: detect.Accepted}, access.Owner, []string{"It is excepted already."}},
	} {
		t.Run(x.name, func(t *testing.T) {
			s := webtest.New(t, webtest.Options{Role: x.role, Desks: []web.Desk{drift.Desk(x.w)}})
			p := s.Get(at + x.path)
			if p.Status != http.StatusOK {
				t.Fatalf("%d: %v", p.Status, s.Failed)
			}
			for _, want := range x.want {
				if !strings.Contains(p.Body, want) {
					t.Errorf("the page lacks %q", want)
				}
			}
			s.Check(at + x.path)
		})
	}
}

// TestFilters: what an address says is of a closed list, or counts for nothing.
func TestFilters(t *testing.T) {
	w := &told{standing: whole()}
	s := webtest.New(t, webtest.Options{Desks: []web.Desk{drift.Desk(w)}})
	s.Get(at + "/drift?state=gone&severity=high&kind=added&q=port&after=f9")
	if q := w.sought; q.State != detect.Gone || q.Severity != "high" || q.Change != diff.Added || q.Words != "port" || q.After != "f9" || q.Limit != 50 {
		t.Errorf("%+v", q)
	}
	s.Get(at + "/drift?state='--&severity=grave&kind=x&q=" + strings.Repeat("a", 101))
	if q := w.sought; q.State != detect.Open || q.Severity != "" || q.Change != "" || q.Words != "" {
		t.Errorf("%+v", q)
	}
}

func TestExcept(t *testing.T) {
	w := &told{state: detect.Open}
	s := webtest.New(t, webtest.Options{Desks: []web.Desk{drift.Desk(w)}})
	path := at + "/findings/f1/exception"
	for name, form := range map[string]url.Values{
		"no reason":    {"owner": {"a team"}, "expires": {"2026-12-01"}},
		"no day":       {"owner": {"a team"}, "reason": {"so"}, "expires": {"soon"}},
		"a day before": {"owner": {"a team"}, "reason": {"so"}, "expires": {"2026-11-22"}},
		"too long":     {"owner": {"a team"}, "reason": {"so"}, "expires": {"2027-05-23"}},
	} {
		if p := s.Post(path, form); p.Status != http.StatusBadRequest || len(w.proposed) != 0 {
			t.Errorf("%s: %d", name, p.Status)
		}
	}
	if p := s.Post(path, url.Values{"owner": {"a team"}, "reason": {"so"}, "expires": {"2027-05-22"}}); p.To != at+"/findings/f1?done=excepted" {
		t.Errorf("%d to %q", p.Status, p.To)
	}
	// The id is one, and no pattern, whatever is in it.
	if len(w.proposed) != 1 || w.proposed[0].Scope != `/one\*` || w.proposed[0].Rule != "AZ-1" || w.proposed[0].Path != "properties.source" {
		t.Errorf("%+v", w.proposed)
	}
	if p := s.Get(at + "/findings/f9"); p.Status != http.StatusNotFound {
		t.Errorf("a finding that is none: %d", p.Status)
	}
}
