package governance_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	desk "c4arch/internal/inbound/portal/governance"
	"c4arch/internal/inbound/web"
	"c4arch/internal/inbound/web/webtest"
	service "c4arch/internal/service/governance"
	"c4arch/internal/trust/governance"
)

// programme is one with an open item, a risk of which a control fails, and a decision that waits.
type programme struct {
	desk.Programme
	given []string
	said  service.Proposal
}

func (p *programme) Owners(context.Context, access.Actor) (service.Ownership, error) {
	var all []governance.Owned
	for _, name := range []string{"ARC-GOV-01", "ARC-GOV-02"} {
		all = append(all, governance.Owned{Item: governance.Item{ID: "control/" + name, Domain: governance.Control, Part: "Governance", Title: "It is so"}, State: governance.Ownerless})
	}
	left := governance.Person{ID: "pn_2", Name: "A colleague", Why: "this person has left"}
	all = append(all, governance.Owned{Item: governance.Item{ID: "runbook/r", Domain: governance.Runbook, Title: "It burns"}, State: governance.Leaving, Person: left, Since: webtest.Noon, Opened: webtest.Noon})
	return service.Ownership{Items: all, People: []governance.Person{{ID: "pn_1", Name: "Somebody", Active: true}}}, nil
}

func (p *programme) Assign(_ context.Context, _ access.Actor, items []string, _ string) (int, error) {
	p.given = items
	return len(items), nil
}

func (p *programme) Risks(context.Context, access.Actor) ([]service.RiskView, error) {
	r, _, _ := p.Risk(context.Background(), access.Actor{}, "")
	return []service.RiskView{r}, nil
}

func (p *programme) Risk(context.Context, access.Actor, string) (service.RiskView, []governance.Snapshot, error) {
	r := governance.Risk{
		ID: "rk_1", Title: "A risk", Threat: "it happens", Inherent: governance.Level{Likelihood: 4, Impact: 5}, Target: governance.Level{Likelihood: 1, Impact: 4}, Treatment: governance.Accept,
		Controls: []string{"ARC-GOV-01", "ARC-GOV-02"}, Review: webtest.Noon, State: governance.RiskOpen, Accepted: governance.Acceptance{Person: "pn_1", At: webtest.Noon}, Version: 1,
	}
	v := service.RiskView{Risk: r, Failing: []string{"ARC-GOV-02"}, Overdue: true, Residual: governance.Level{Likelihood: 3, Impact: 5}}
	s := governance.Snapshot{Risk: "rk_1", At: webtest.Noon, Inherent: r.Inherent, Residual: v.Residual, Failing: v.Failing}
	return v, []governance.Snapshot{s, s}, nil
}

func (p *programme) Decisions(ctx context.Context, a access.Actor) ([]governance.Decision, error) {
	d, err := p.Decision(ctx, a, "")
	return []governance.Decision{d}, err
}

func (p *programme) Decision(context.Context, access.Actor, string) (governance.Decision, error) {
	d := governance.Decision{ID: "dc_1", Kind: governance.Security, Trigger: "threat", Title: "A decision", Context: "so", Options: "this", Decision: "that", Links: []string{"https://contoso.example/1"}, Proposed: webtest.Noon, State: governance.Proposed, Proposer: "pn_2"}
	var err error
	d.Digest, err = d.Sum()
	return d, err
}

func (p *programme) Named(context.Context, access.Actor) (map[string]string, error) {
	return map[string]string{"pn_2": "A colleague"}, nil
}

func (p *programme) Difference(context.Context, access.Actor) (service.Difference, error) {
	return service.Difference{Changes: []governance.Change{{Measure: "check a", What: "is gone", Weaker: true}}, Before: governance.Recorded{At: webtest.Noon}}, nil
}

func (p *programme) Propose(_ context.Context, _ access.Actor, in service.Proposal) (string, error) {
	p.said = in
	return "", fault.New(fault.Invalid, "the options say nothing")
}

func site(t *testing.T, p *programme) *webtest.Site {
	d := desk.Desk(desk.Parts{
		Programme: p, Controls: map[string]string{"ARC-GOV-01": "It is so", "ARC-GOV-02": "It is so too"}, Now: webtest.New(t, webtest.Options{}).Now,
		Entries: func(context.Context, access.Actor, string) ([]desk.Entry, error) {
			return []desk.Entry{{Index: 7, Kind: "decision.proposed", Meaning: "somebody proposed", At: webtest.Noon, Digest: "sha256:another"}}, nil
		},
	})
	return webtest.New(t, webtest.Options{Role: access.Security, Staff: true, Desks: []web.Desk{d}})
}

func TestPages(t *testing.T) {
	s := site(t, &programme{})
	for path, want := range map[string]string{
		"/staff/owners": "3 items need an owner", "/staff/risks": "high, 15", "/staff/risks/rk_1": "does not hold now", "/staff/risks/new": "Controls that reduce it", "/staff/risks/rk_1/edit": "Change a risk",
		"/staff/decisions": "is gone", "/staff/decisions/dc_1": "what is shown is not what was decided", "/staff/decisions/new": "Propose a decision",
	} {
		if p := s.Check(path); !strings.Contains(p.Body, want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
}

// All of a domain, a part, or what is open is given with one form.
func TestAssign(t *testing.T) {
	p := &programme{}
	s := site(t, p)
	for what, x := range map[string]struct {
		form url.Values
		n    int
	}{
		"all of a domain": {url.Values{"what": {"all"}, "domain": {"control"}}, 2}, "all that is open": {url.Values{"what": {"open"}}, 3},
		"a part": {url.Values{"what": {"all"}, "domain": {"control"}, "part": {"Governance"}}, 2}, "what is ticked": {url.Values{"what": {"ticked"}, "item": {"runbook/r"}}, 1},
	} {
		p.given = nil
		x.form.Set("person", "pn_1")
		if a := s.Post("/staff/owners", x.form); a.Status != 303 || len(p.given) != x.n {
			t.Errorf("%s: %d, %v", what, a.Status, p.given)
		}
	}
}

// What was written is not lost when it is refused.
func TestRefusedIsNotLost(t *testing.T) {
	p := &programme{}
	a := site(t, p).Post("/staff/decisions", url.Values{"kind": {"security"}, "trigger": {"threat"}, "title": {"Mine"}, "context": {"my long context"}})
	if p.said.Title != "Mine" || !strings.Contains(a.Body, "my long context") || !strings.Contains(a.Body, "the options say nothing") {
		t.Errorf("%d %s", a.Status, a.Body)
	}
}
