package hub

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/content/register"
	"c4arch/internal/inbound/web"
	"c4arch/internal/inbound/web/webtest"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/upkeep"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/ledger"
)

const fabrikam = id.Org("og_01jq8z6y5x4w3v2t1s0r9q8p7m")

// platform is what the desk asks, in memory.
type platform struct {
	jobs     upkeep.AllWork
	asked    upkeep.AskWork
	retried  []string
	standing []upkeep.Standing
	replicas []upkeep.Replica
	waits    Waits
	report   *control.Report
	past     []assure.Kept
	ran      []string
	search   auditing.Search
	found    auditing.Found
	verdict  auditing.Verdict
	err      error
}

func (p *platform) Everywhere(_ context.Context, _ access.Actor, q upkeep.AskWork) (*upkeep.AllWork, error) {
	p.asked = q
	return &p.jobs, p.err
}

func (p *platform) Standings(context.Context, access.Actor, upkeep.Wanted) ([]upkeep.Standing, error) {
	return p.standing, p.err
}

func (p *platform) RetryAt(_ context.Context, _ access.Actor, org id.Org, name string) error {
	p.retried = append(p.retried, string(org)+" "+name)
	return p.err
}

func (p *platform) Replicas(context.Context, access.Actor) ([]upkeep.Replica, error) {
	return p.replicas, p.err
}

func (p *platform) States(context.Context, access.Actor) (*control.Report, error) {
	return p.report, p.err
}

func (p *platform) Past(_ context.Context, _ access.Actor, check string) ([]assure.Kept, error) {
	if check != "row-security" {
		return nil, fault.New(fault.NotFound, "there is no check")
	}
	return p.past, p.err
}

func (p *platform) Run(_ context.Context, _ access.Actor, checks ...string) (*assure.Round, error) {
	p.ran = append(p.ran, checks...)
	return &assure.Round{}, fault.New(fault.Drift, "did not pass: row-security")
}

func (p *platform) Search(_ context.Context, _ access.Actor, q auditing.Search) (*auditing.Found, error) {
	p.search = q
	return &p.found, p.err
}

func (p *platform) Prove(_ context.Context, _ access.Actor, index int64) (auditing.Proven, error) {
	if index > 9 {
		return auditing.Proven{}, fault.New(fault.NotFound, "the ledger has no such entry")
	}
	return auditing.Proven{Shown: shownEntry(index), Steps: []ledger.Step{{Left: true}, {}}, Wrong: map[bool]string{true: "the checkpoint is not signed by the key of this log"}[index == 9]}, p.err
}

func (p *platform) Verify(context.Context, access.Actor, auditing.Depth) (*auditing.Verdict, error) {
	return &p.verdict, p.err
}

func shownEntry(index int64) auditing.Shown {
	return auditing.Shown{Index: index, At: webtest.Noon, Kind: "job.died", Fields: fields(map[string]string{"actor": `"worker"`, "job": `"jb_1"`, "kind": `"home.sweep"`}), Erased: []string{"error"}}
}

func fields(in map[string]string) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for k, v := range in {
		out[k] = json.RawMessage(v)
	}
	return out
}

func (p *platform) site(t *testing.T, role access.Role) *webtest.Site {
	t.Helper()
	names := func(_ context.Context, _ access.Actor, orgs []id.Org) (map[id.Org]string, error) {
		return map[id.Org]string{webtest.Contoso: "contoso"}, nil
	}
	find := func(_ context.Context, _ access.Actor, text string) (id.Org, error) {
		if text == "contoso" {
			return webtest.Contoso, nil
		}
		return "", fault.New(fault.NotFound, "there is no such organisation")
	}
	parts := Parts{
		Upkeep: p, Register: p, Ledger: p, Names: names, Find: find, Version: "v1.2.3", Now: func() time.Time { return webtest.Noon }, Witnesses: []string{"witness.example"},
		Waits: func(context.Context, access.Actor) (Waits, error) { return p.waits, p.err },
		Checkpoint: func(context.Context, access.Actor) (*Checkpoint, error) {
			return &Checkpoint{Size: 8, At: webtest.Noon, Note: "arch.example/audit/platform\n8\nAAAA\n"}, p.err
		},
	}
	return webtest.New(t, webtest.Options{Role: role, Staff: true, Desks: []web.Desk{Desk(parts)}})
}

// stand is a platform with something of everything.
func stand(t *testing.T) *platform {
	t.Helper()
	reg, err := register.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	check := control.Check{ID: "row-security", Title: "Every row has its organisation", Controls: []string{"ARC-TEN-01"}, Fresh: 2 * time.Hour, Mutation: "a policy was dropped (TestRowSecurity)"}
	all, err := control.New(reg, []control.Check{check})
	if err != nil {
		t.Fatal(err)
	}
	run := control.Run{ID: "rn_1", Check: check.ID, Controls: check.Controls, Clauses: []string{}, At: webtest.Noon, Outcome: control.Fail, Version: "v1.2.3", Observations: []control.Observation{
		{Subject: "table scan", Outcome: control.Pass}, {Subject: "table finding", Outcome: control.Fail, Detail: "it has no policy"},
	}}
	return &platform{
		report:   all.Report(map[string]control.Run{check.ID: run}, webtest.Noon),
		past:     []assure.Kept{{Run: run, Digest: "sha256:00112233"}},
		standing: []upkeep.Standing{{Org: webtest.Contoso, Dead: 2, Oldest: webtest.Noon.Add(-time.Hour)}, {Org: fabrikam, Dead: 1, Oldest: webtest.Noon}},
		replicas: []upkeep.Replica{
			{ID: "wk_1", Version: "v1.2.3", Started: webtest.Noon.Add(-time.Hour), Seen: webtest.Noon, Workers: 4, Listening: "127.0.0.1:8642", Engine: "postgresql", Step: 23, Ahead: -11 * time.Second, Checks: []upkeep.Found{{Name: "database"}, {Name: "ledgers", Advisory: true, Says: "these do not verify: " + string(fabrikam)}}},
			{ID: "wk_2", Version: "v1.2.2", Started: webtest.Noon.Add(-2 * time.Hour), Seen: webtest.Noon.Add(-3 * time.Minute), Engine: "postgresql"},
		},
		jobs: upkeep.AllWork{Asked: 3, Next: fabrikam, More: []id.Org{webtest.Contoso}, Unread: []id.Org{fabrikam}, Work: []upkeep.Work{
			{Org: webtest.Contoso, ID: "jb_01jq8z6y5x4w3v2t1s0r9q8p7n", Kind: "scan.run", State: job.Dead, Made: webtest.Noon.Add(-26 * time.Hour), Attempt: 8, Attempts: 8, Withheld: true},
			{Org: id.Platform, ID: "jb_2", Kind: "ledger.gather", State: job.Dead, Made: webtest.Noon.Add(-time.Minute), Attempt: 8, Attempts: 8, Error: "its worker did not come back"},
		}},
		found: auditing.Found{Size: 10, Entries: []auditing.Shown{shownEntry(7)}, Older: 5, Cut: true, Looked: 5120},
		waits: Waits{Known: true, Seal: "opened", Grants: 1, Open: 2, Proposals: 1, Fresh: true, Without: []Lacking{{"Support person", "the contract has ended"}}},
	}
}

func wants(t *testing.T, page webtest.Page, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(page.Body, w) {
			t.Errorf("the page does not say %q", w)
		}
	}
}

func TestPages(t *testing.T) {
	p := stand(t)
	s := p.site(t, access.Operations)
	wants(t, s.Check("/staff/overview"), "3 jobs have died", "In 2 homes.", "The sealed account was opened", "A replica is silent", "differs from the database&#39;s by −11 s", "these do not verify", "A control does not hold", "waits to be set up",
		"A record gives no role", "Support person", "the contract has ended", "A proposal waits", "waits for the organisation", "contoso", string(fabrikam), "v1.2.3")
	wants(t, s.Check("/staff/jobs"), "scan.run", "The organisation reads it", "its worker did not come back", "the platform", "Do again", "26 h 0 min", "8 of 8", "after="+string(fabrikam), "3 homes were opened")
	wants(t, s.Check("/staff/replicas"), "wk_1", "Silent", "Serves, with findings", "schema step 23", "−11 s", "no data")
	wants(t, s.Check("/staff/ledger"), "has not cosigned the newest", "8 of 10 entries", "erased")
	wants(t, s.Check("/staff/register"), "MSP-ACC-1", "not yet")
	wants(t, s.Check("/staff/register?what=controls&state=failing"), "ARC-TEN-01", "it has no policy")
	wants(t, s.Check("/staff/register?what=checks"), "row-security")
	wants(t, s.Check("/staff/register/controls/ARC-TEN-01"), "row-security", "fails")
	wants(t, s.Check("/staff/register/clauses/MSP-ACC-1"), "Nothing checks it")
	wants(t, s.Check("/staff/register/checks/row-security"), "sha256:00112233", "table finding", "a policy was dropped", "failed")
	wants(t, s.Check("/staff/ledger/7"), "2 steps lead", "erased, the proof still holds")
	wants(t, s.Check("/staff/ledger/9"), "The proof does not hold", "not signed by the key")
}

// Nothing to do is said as well.
func TestQuiet(t *testing.T) {
	p := stand(t)
	p.standing, p.jobs, p.waits, p.replicas = nil, upkeep.AllWork{Asked: 1}, Waits{Known: true, Provider: true, Hardware: true, Seal: "sealed"}, nil
	p.report.Controls, p.found = nil, auditing.Found{}
	s := p.site(t, access.Operations)
	wants(t, s.Check("/staff/overview"), "Nothing. Every control that is checked holds", "Nowhere.")
	wants(t, s.Check("/staff/jobs"), "No job has died")
	wants(t, s.Check("/staff/jobs?state=running"), "Nothing is in hand")
	wants(t, s.Check("/staff/jobs?state=ready"), "Nothing waits")
	wants(t, s.Check("/staff/replicas"), "No replica has said that it is there")
	wants(t, s.Check("/staff/ledger"), "Nothing fits this search")
	wants(t, s.Check("/staff/register?text=there+is+no+such+word"), "Nothing fits")
}

func TestJobs(t *testing.T) {
	p := stand(t)
	s := p.site(t, access.Operations)
	s.Check("/staff/jobs?state=running&organisation=contoso")
	if p.asked.State != job.Running || p.asked.Org != webtest.Contoso {
		t.Errorf("it asks for %+v", p.asked)
	}
	for path, status := range map[string]int{
		"/staff/jobs?organisation=nobody": 404, "/staff/jobs?after=x": 400, "/staff/register?what=x": 400, "/staff/register?state=x": 400, "/staff/ledger?before=0": 400, "/staff/ledger?kind=x": 400,
		"/staff/ledger?from=x": 400, "/staff/ledger/x": 404, "/staff/ledger/-1": 404, "/staff/ledger/007": 404, "/staff/ledger/10": 404, "/staff/register/clauses/X": 404, "/staff/register/controls/X": 404, "/staff/register/checks/X": 404,
	} {
		if got := s.Get(path).Status; got != status {
			t.Errorf("%s is answered with %d, not %d", path, got, status)
		}
	}
	good := url.Values{"organisation": {string(webtest.Contoso)}, "job": {"jb_01jq8z6y5x4w3v2t1s0r9q8p7n"}}
	if got := s.Post("/staff/jobs/retry", good); got.Status != 303 || got.To != "/staff/jobs?done=retried" {
		t.Errorf("a retry is answered with %d to %s", got.Status, got.To)
	}
	for _, bad := range []url.Values{{"organisation": {"x"}, "job": good["job"]}, {"organisation": good["organisation"], "job": {"x"}}, {}} {
		if got := s.Post("/staff/jobs/retry", bad); got.Status != 404 {
			t.Errorf("%v is answered with %d", bad, got.Status)
		}
	}
	if len(p.retried) != 1 {
		t.Errorf("retried: %q", p.retried)
	}
}

func TestLedgerSearch(t *testing.T) {
	p := stand(t)
	s := p.site(t, access.Security)
	page := s.Check("/staff/ledger?kind=job.died&text=jb_1&from=2026-11-01&to=2026-11-23&before=8")
	if p.search.Kinds[0] != "job.died" || p.search.Text != "jb_1" || p.search.Before != 8 || !p.search.To.Equal(time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("it searches for %+v", p.search)
	}
	wants(t, page, "before=5&amp;from=2026-11-01&amp;kind=job.died", "Newer")
	p.verdict = auditing.Verdict{Read: 10, Faults: []auditing.Fault{{Where: "entry 3", What: "its hash is another one"}}}
	p.err = nil
	if got := s.Post("/staff/ledger/verify", nil); got.Status != 200 || !strings.Contains(got.Body, "its hash is another one") {
		t.Errorf("verifying is answered with %d: %.300s", got.Status, got.Body)
	}
}

func TestRunACheck(t *testing.T) {
	p := stand(t)
	got := p.site(t, access.Security).Post("/staff/register/checks/row-security/run", nil)
	if got.Status != 303 || got.To != "/staff/register/checks/row-security?done=ran" || len(p.ran) != 1 {
		t.Errorf("it is answered with %d to %s, and ran %q", got.Status, got.To, p.ran)
	}
}

// What whoever looks may not do is not offered.
func TestOffers(t *testing.T) {
	p := stand(t)
	s := p.site(t, access.Support)
	for path, word := range map[string]string{"/staff/jobs": "Do again", "/staff/register/checks/row-security": "Run it now"} {
		if strings.Contains(s.Get(path).Body, word) {
			t.Errorf("%s offers support %q", path, word)
		}
	}
}

// A member of an organisation is nobody here, whatever role it has there.
func TestMembersAreNobody(t *testing.T) {
	p := stand(t)
	member := webtest.New(t, webtest.Options{Role: access.Owner, Desks: []web.Desk{Desk(Parts{Upkeep: p, Register: p, Ledger: p})}})
	n := 0
	for _, r := range member.Routes() {
		if !strings.HasPrefix(r.Path, "/staff/") {
			continue
		}
		path := strings.NewReplacer("{index}", "0", "{clause}", "MSP-ACC-1", "{control}", "ARC-TEN-01", "{check}", "row-security").Replace(r.Path)
		if strings.Contains(path, "{") || !strings.HasPrefix(r.Name, "staff-") {
			continue
		}
		if r.Method == "GET" && (strings.HasPrefix(path, overviewPath) || strings.HasPrefix(path, jobsPath) || strings.HasPrefix(path, replicasPath) || strings.HasPrefix(path, ledgerPath) || strings.HasPrefix(path, registerPath)) {
			n++
			if got := member.Get(path); got.Status != 303 || !strings.HasPrefix(got.To, "/staff/sign-in") {
				t.Errorf("%s is answered with %d to %s", path, got.Status, got.To)
			}
		}
	}
	if n != 9 {
		t.Errorf("%d pages were asked, not 9", n)
	}
}

// What cannot be read is no empty page.
func TestAway(t *testing.T) {
	p := stand(t)
	p.err = errors.New("the database is away")
	s := p.site(t, access.Operations)
	for _, path := range []string{"/staff/overview", "/staff/jobs", "/staff/replicas", "/staff/ledger", "/staff/register"} {
		if got := s.Get(path); got.Status != 500 || strings.Contains(got.Body, "database is away") {
			t.Errorf("%s is answered with %d: %.200s", path, got.Status, got.Body)
		}
	}
}
