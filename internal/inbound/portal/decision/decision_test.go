package decision_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/tree"
	"c4arch/internal/inbound/portal/decision"
	"c4arch/internal/inbound/web"
	"c4arch/internal/inbound/web/webtest"
	"c4arch/internal/service/detect"
	"c4arch/internal/trust/ledger"
)

const (
	at      = "/projects/" + string(webtest.Project)
	me      = id.Actor("person:" + webtest.Person)
	other   = id.Actor("person:pn_other")
	present = "b0123456789abcdef"
)

// told is a project in which there is something of everything.
type told struct {
	decision.Port // what a test does not ask panics
	first         bool
	plan          bool
	people        int
	current       string
	proposals     []detect.Proposal
	asked         []string
	reason        string
}

func (w *told) Project(_ context.Context, _ access.Actor, p id.Project) (web.Project, error) {
	if p != webtest.Project {
		return web.Project{}, fault.New(fault.NotFound, "there is no such project")
	}
	return web.Project{ID: p, Name: "Shop"}, nil
}

func (w *told) People(context.Context, access.Actor) (map[id.Actor]string, error) {
	return map[id.Actor]string{me: "First owner", other: "Second architect"}, nil
}

func (w *told) Standing(context.Context, access.Actor, id.Project) (detect.Standing, error) {
	return detect.Standing{Current: w.current, Newest: "s2", Approved: "s1", Counts: detect.FindingCounts{detect.Open: {"high": 3}}}, nil
}

func (w *told) Baselines(context.Context, access.Actor, id.Project) ([]baseline.Baseline, error) {
	if w.first {
		return nil, nil
	}
	return []baseline.Baseline{{ID: present, Approval: baseline.Approval{By: string(other), At: "2026-11-01T10:00:00Z", Reason: "<b>as designed</b>", Snapshot: "sha256:ab", Model: "sha256:cd"}}}, nil
}

func (w *told) Proposals(context.Context, access.Actor, id.Project) ([]detect.Proposal, error) {
	return w.proposals, nil
}

func (w *told) Times(context.Context, access.Actor, id.Project, string) (decision.Times, error) {
	return decision.Times{Recorded: webtest.Noon}, nil
}

func (w *told) Comments(context.Context, access.Actor, id.Project, string, string) (templ.Component, error) {
	return nil, nil
}

func (w *told) Decision(_ context.Context, _ access.Actor, _ id.Project, ref string) (*detect.Decision, error) {
	if ref == "s_none" {
		return nil, fault.New(fault.NotFound, "there is no such snapshot")
	}
	d := &detect.Decision{Snapshot: "s2", Of: snapshot(), Plan: w.plan, Required: w.people, Exceptions: []detect.ExceptionRow{{ID: "ex_1", Entry: `{"rule":"AZ-*","scope":"*","reason":"for now","expires":"2027-01-31"}`}}}
	if w.first {
		return d, nil
	}
	d.Current, d.CurrentOf = &baseline.Baseline{ID: w.current, Approval: baseline.Approval{At: "2026-11-01T10:00:00Z"}}, "s1"
	v := tree.Str("10.20.0.0/24")
	d.Diff = &diff.Diff{Changes: []diff.Change{{Kind: diff.Changed, Old: &d.Of.Resources[0], New: &d.Of.Resources[0], Properties: []diff.Property{
		{Path: "properties.source", Old: &v}, {Path: "etag", Noise: "etag"}, {Path: "properties.hidden", Unknown: "the source withholds it"},
	}}}}
	d.Report = &drift.Report{
		Findings: []drift.Finding{
			{ID: "f1", Severity: severity.Critical, Direction: severity.Loosened, Change: diff.Changed, Resource: "/one", Name: "nsg", Title: "A port is open", Reason: "anybody reaches it", Rule: "AZ-1", Path: "properties.source"},
			{ID: "f2", Severity: severity.High, Direction: severity.Neutral, Change: diff.Added, Resource: "element", Name: "web to db", Title: "A relationship is new", Rule: "ARCH-1"},
		},
		Unknown: []drift.Unknown{{Type: "microsoft.web/sites", Reason: "settings are withheld", Help: "give more rights", Count: 2}},
	}
	d.Closes = []detect.FindingRow{{Finding: d.Report.Findings[0], State: detect.Open}}
	return d, nil
}

func snapshot() *evidence.Snapshot {
	return &evidence.Snapshot{
		Root: "sha256:ef", CollectedAt: "2026-11-22T10:00:00Z", Scope: []string{"/subscriptions/1"}, Resources: []evidence.Resource{{ID: "/one", Name: "nsg", Type: "microsoft.network/networksecuritygroups"}},
		NotRead: []evidence.NotRead{{Input: "graph.json", Line: 3, Reason: "it is no JSON"}},
	}
}

func (w *told) DecisionOf(ctx context.Context, a access.Actor, p id.Project, name string) (*detect.Decision, error) {
	d, err := w.Decision(ctx, a, p, "s2")
	d.Proposal = &w.proposals[0]
	return d, err
}

func (w *told) Approve(_ context.Context, a access.Actor, req detect.ApproveSnapshot) (detect.Approved, error) {
	w.asked, w.reason = append(w.asked, "approve"), req.Reason
	switch {
	case !a.Fresh:
		return detect.Approved{}, access.ErrStepUp
	case req.Expect != w.current:
		return detect.Approved{}, fault.New(fault.Conflict, "the current baseline is another than you say")
	case w.people > 1:
		return detect.Approved{Proposal: &detect.Proposal{ID: "pr_1"}}, nil
	}
	return detect.Approved{Baseline: &baseline.Baseline{ID: present}}, nil
}

func (w *told) ApproveProposal(_ context.Context, _ access.Actor, _ id.Project, name string) (detect.Approved, error) {
	w.asked = append(w.asked, "approve "+name)
	return detect.Approved{Baseline: &baseline.Baseline{ID: present}}, nil
}

func (w *told) RejectProposal(_ context.Context, _ access.Actor, _ id.Project, name, reason string) error {
	w.asked = append(w.asked, "reject "+name+" "+reason)
	return nil
}

func (w *told) WithdrawProposal(_ context.Context, _ access.Actor, _ id.Project, name, reason string) error {
	w.asked = append(w.asked, "withdraw "+name+" "+reason)
	return nil
}

func (w *told) Receipt(_ context.Context, _ access.Actor, _ id.Project, name string) (*detect.Receipt, error) {
	if name != present {
		return nil, fault.New(fault.NotFound, "none")
	}
	return &detect.Receipt{Index: 41, At: webtest.Noon, Kind: "baseline.approved", Tree: ledger.Tree{Size: 97}, Proof: []ledger.Hash{{1}, {2}}}, nil
}

func open(by id.Actor) detect.Proposal {
	return detect.Proposal{ID: "pr_1", Project: webtest.Project, Kind: "baseline", Subject: "s2", Expect: present, Reason: "as it is", Actor: by, State: detect.ProposalOpen, Created: webtest.Noon}
}

func site(t *testing.T, w *told, o webtest.Options) *webtest.Site {
	o.Desks = []web.Desk{decision.Desk(w)}
	return webtest.New(t, o)
}

func has(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, x := range words {
		if !strings.Contains(page, x) {
			t.Errorf("the page lacks %q", x)
		}
	}
}

// TestPages looks at every page in every state: what it has to say is there, and it is made as pages have to be.
func TestPages(t *testing.T) {
	rejected := open(me)
	rejected.State, rejected.Decider, rejected.Answer, rejected.Decided = detect.ProposalRejected, other, "the port is open", &time.Time{}
	for _, x := range []struct {
		name, path string
		w          *told
		role       access.Role
		want       []string
	}{
		{"the baseline", "/baseline", &told{current: present, proposals: []detect.Proposal{open(other), rejected}}, access.Owner, []string{"counts now", "&lt;b&gt;as designed", "Second architect", "the port is open"}},
		{"no baseline", "/baseline", &told{first: true}, access.Owner, []string{"Nothing is approved yet", "Look at what would be approved"}},
		{"no baseline, for a viewer", "/baseline", &told{first: true}, access.Viewer, []string{"An architect or an approver has to approve it"}},
		{"the decision", "/baseline/approve", &told{current: present, people: 1}, access.Owner, []string{
			"A port is open", "anybody reaches it", "properties.source", "10.20.0.0/24", "not there", "the source withholds it", "web to db", "settings are withheld", "ex", "Approve and sign", "sha256:ef", "no data", "for now", "One finding of the project is over then.",
		}},
		{"the first decision", "/baseline/approve", &told{first: true, people: 2}, access.Architect, []string{"It is the first baseline", "it is no JSON", "Propose and sign"}},
		{"a plan", "/baseline/approve", &told{first: true, plan: true}, access.Owner, []string{"cannot be approved"}},
		{"the decision, for a viewer", "/baseline/approve", &told{current: present, people: 1}, access.Viewer, []string{"Your role does not."}},
		{"the proof", "/baselines/" + present, &told{current: present}, access.Owner, []string{"Checked just now: the ledger of 97 entries", "/organisation/ledger/41", "baseline.approved", "0100000000000000"}},
		{"a proposal of another person", "/proposals/pr_1", &told{current: present, proposals: []detect.Proposal{open(other)}}, access.Owner, []string{"Approve and sign", "Reject it instead"}},
		{"a proposal of one's own", "/proposals/pr_1", &told{current: present, proposals: []detect.Proposal{open(me)}}, access.Owner, []string{"another person decides", "Withdraw the proposal"}},
		{"a proposal that was overtaken", "/proposals/pr_1", &told{current: "b1111111111111111", proposals: []detect.Proposal{open(other)}}, access.Owner, []string{"Another baseline was approved since"}},
		{"a proposal that is decided", "/proposals/pr_1", &told{current: present, proposals: []detect.Proposal{rejected}}, access.Owner, []string{"This proposal is decided.", "the port is open"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			s := site(t, x.w, webtest.Options{Role: x.role})
			p := s.Get(at + x.path)
			if p.Status != http.StatusOK {
				t.Fatalf("%d: %v", p.Status, s.Failed)
			}
			has(t, p.Body, x.want...)
			s.Check(at + x.path)
		})
	}
}

// TestOwnProposalIsNotApproved: neither the button nor the form is there for whoever proposed.
func TestOwnProposalIsNotApproved(t *testing.T) {
	s := site(t, &told{current: present, proposals: []detect.Proposal{open(me)}}, webtest.Options{})
	if p := s.Get(at + "/proposals/pr_1"); strings.Contains(p.Body, "pr_1/approve") || strings.Contains(p.Body, "pr_1/reject") {
		t.Error("whoever proposed is offered to decide")
	}
}

func TestDecide(t *testing.T) {
	form := url.Values{"snapshot": {"s2"}, "expect": {present}, "reason": {"as it is"}}
	t.Run("approved", func(t *testing.T) {
		if p := site(t, &told{current: present, people: 1}, webtest.Options{}).Post(at+"/baseline/approve", form); p.To != at+"/baselines/"+present+"?done=baseline-approved" {
			t.Errorf("%d to %q", p.Status, p.To)
		}
	})
	t.Run("proposed", func(t *testing.T) {
		if p := site(t, &told{current: present, people: 2}, webtest.Options{}).Post(at+"/baseline/approve", form); p.To != at+"/proposals/pr_1?done=proposed" {
			t.Errorf("%d to %q", p.Status, p.To)
		}
	})
	t.Run("another baseline meanwhile", func(t *testing.T) {
		p := site(t, &told{current: "b2222222222222222", people: 1}, webtest.Options{}).Post(at+"/baseline/approve", form)
		if p.Status != http.StatusConflict {
			t.Errorf("%d", p.Status)
		}
		has(t, p.Body, "Another baseline was approved while you looked", ">as it is</textarea>", `value="b2222222222222222"`)
	})
	t.Run("not proven", func(t *testing.T) {
		w := &told{current: present, people: 1}
		p := site(t, w, webtest.Options{Stale: true}).Post(at+"/baseline/approve", url.Values{"snapshot": {"s2"}, "expect": {present}, "reason": {`as "it" is <now>`}})
		if p.Status != http.StatusForbidden || p.To != "" {
			t.Errorf("%d to %q", p.Status, p.To)
		}
		has(t, p.Body, `data-then="signed"`, `id="signed"`, `name="reason" value="as &#34;it&#34; is &lt;now&gt;"`, `name="snapshot" value="s2"`, `action="`+at+`/baseline/approve"`)
		if faults := webtest.Faults(p.Body); len(faults) > 0 {
			t.Error(faults)
		}
	})
	t.Run("no such snapshot", func(t *testing.T) {
		if p := site(t, &told{}, webtest.Options{}).Get(at + "/baseline/approve?snapshot=s_none"); p.Status != http.StatusNotFound {
			t.Errorf("%d", p.Status)
		}
	})
	t.Run("answers", func(t *testing.T) {
		w := &told{current: present, proposals: []detect.Proposal{open(other)}}
		s := site(t, w, webtest.Options{})
		for _, x := range [][2]string{{"approve", at + "/baselines/" + present + "?done=baseline-approved"}, {"reject", at + "/proposals/pr_1?done=rejected"}, {"withdraw", at + "/proposals/pr_1?done=withdrawn"}} {
			if p := s.Post(at+"/proposals/pr_1/"+x[0], url.Values{"reason": {"so"}}); p.To != x[1] {
				t.Errorf("%s: %d to %q", x[0], p.Status, p.To)
			}
		}
		if got := strings.Join(w.asked, ", "); got != "approve pr_1, reject pr_1 so, withdraw pr_1 so" {
			t.Error(got)
		}
		if p := s.Post(at+"/proposals/pr_2/approve", url.Values{}); p.Status != http.StatusNotFound {
			t.Errorf("a proposal that is none: %d", p.Status)
		}
	})
}
