package app

import (
	"net/url"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/service/governance"
	trust "c4arch/internal/trust/governance"
)

// programmer is one of the platform's people, signed in just now.
func (s *stage) programmer(role access.Role) access.Actor {
	return access.Actor{ID: id.Actor("person:" + s.people[role]), Kind: access.Staff, Org: id.Platform, Roles: []access.Role{role}, Surface: access.Portal, Purpose: "portal", Session: "-", Request: "rq_test", Fresh: true}
}

// aRisk is what a form says of one.
func aRisk(s *stage, _ *party) any {
	return dict{
		"title": "A risk", "threat": "something happens", "treatment": "reduce", "plan": "a plan", "likelihood": "3", "impact": "3", "target-likelihood": "1", "target-impact": "2",
		"control": "ARC-TEN-01", "review": s.in.now().AddDate(0, 1, 0).Format("2006-01-02"), "version": "1",
	}
}

// riskThere is one that a path names.
func riskThere(s *stage, _ *party, values map[string]string) {
	name, err := s.in.programme.KeepRisk(s.t.Context(), s.programmer(access.Security), "", governance.RiskInput{
		Title: "A risk", Threat: "something happens", Treatment: trust.Reduce, Inherent: trust.Level{Likelihood: 3, Impact: 3}, Target: trust.Level{Likelihood: 1, Impact: 2},
		Controls: []string{"ARC-TEN-01"}, Review: s.in.now().AddDate(0, 1, 0),
	})
	s.check(err)
	values["risk"] = name
}

// riskGone is one that is closed.
func riskGone(s *stage, p *party, values map[string]string) {
	riskThere(s, p, values)
	s.check(s.in.programme.CloseRisk(s.t.Context(), s.programmer(access.Security), values["risk"], "it is none any more"))
}

func aDecision(*stage, *party) any {
	return dict{"kind": "security", "trigger": "threat", "title": "A decision", "context": "it is so", "options": "this or that", "decision": "this", "links": "docs/adr/0001", "supersedes": ""}
}

// decisionThere is one that a path names, proposed by legal.
func decisionThere(s *stage, _ *party, values map[string]string) {
	name, err := s.in.programme.Propose(s.t.Context(), s.programmer(access.Legal), governance.Proposal{Kind: trust.Security, Trigger: "threat", Title: "A decision", Context: "it is so", Options: "this or that", Decision: "this"})
	s.check(err)
	values["decision"] = name
}

// governanceSamples are how the pages of the programme are asked rightly. What they are about is the platform's and no organisation's.
var governanceSamples = map[string]sample{
	"staff-owners": {as: "staff administrator"},
	"staff-owners-assign": {as: "staff security", body: func(s *stage, _ *party) any {
		return dict{"what": "ticked", "item": "control/ARC-GOV-01", "person": s.people[access.Security]}
	}},
	"staff-risks": {as: "staff support"}, "staff-risks-begin": {as: "staff security"}, "staff-risk-new": {as: "staff security"}, "staff-risk-add": {as: "staff security", body: aRisk},
	"staff-risk": {as: "staff support", fresh: riskThere}, "staff-risk-edit": {as: "staff security", fresh: riskThere}, "staff-risk-change": {as: "staff security", fresh: riskThere, body: aRisk},
	"staff-risk-review": {as: "staff security", fresh: riskThere, body: says(dict{"note": "it was looked at"})},
	"staff-risk-close":  {as: "staff security", fresh: riskThere, body: says(dict{"note": "it is none"})},
	"staff-risk-open":   {as: "staff security", fresh: riskGone, body: says(dict{"note": "it is one"})},
	"staff-decisions":   {as: "staff support"}, "staff-decision-new": {as: "staff operations"}, "staff-decision-propose": {as: "staff operations", body: aDecision},
	"consent": {whole: plainly("GET", "/consent", nil)}, "consent-choose": {whole: plainly("POST", "/consent", func(*stage) url.Values { return url.Values{"allow": {"preferences"}} })},
	"staff-decision": {as: "staff security", fresh: decisionThere}, "staff-decision-file": {as: "staff security", fresh: decisionThere},
	"staff-decision-decide": {as: "staff security", fresh: decisionThere, body: says(dict{"answer": "approve", "reason": "it is right"})},
}
