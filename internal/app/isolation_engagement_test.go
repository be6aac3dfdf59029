package app

import (
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/service/engagement"
	pure "c4arch/internal/trust/engagement"
)

// auditTerms are what an audit is asked for with: from today on, for a week.
func auditTerms(s *stage) pure.Terms {
	now := s.in.now().UTC()
	return pure.Terms{
		Scope: "The measures of the annex", First: now.Format(time.DateOnly), Last: now.AddDate(0, 0, 7).Format(time.DateOnly), Confidentiality: "As the main agreement says", Security: "Read only", Cost: "Each pays its own",
	}
}

// furnishAudit gives an organisation an audit that waits for the platform.
func (s *stage) furnishAudit(p *party) {
	_, err := s.in.engaging().Ask(s.t.Context(), ownerOf(p), "", auditTerms(s))
	s.check(err)
}

// auditAsked is one that waits for the platform.
func auditAsked(s *stage, p *party, values map[string]string) {
	name, err := s.in.engaging().Ask(s.t.Context(), ownerOf(p), "", auditTerms(s))
	s.check(err)
	values["organisation"], values["engagement"] = string(p.org), name
}

// auditOffered is one to which the platform has agreed.
func auditOffered(s *stage, p *party, values map[string]string) {
	auditAsked(s, p, values)
	s.check(s.in.engaging().Answer(s.t.Context(), s.programmer(access.Legal), p.org, values["engagement"], engagement.Answer{Agree: true, Digest: s.auditDigest(p, values)}))
}

// auditAgreed is one to which both have.
func auditAgreed(s *stage, p *party, values map[string]string) {
	auditOffered(s, p, values)
	s.check(s.in.engaging().Agree(s.t.Context(), ownerOf(p), values["engagement"], s.auditDigest(p, values)))
}

func (s *stage) auditDigest(p *party, values map[string]string) string {
	e, err := s.in.engaging().One(s.t.Context(), ownerOf(p), values["engagement"])
	s.check(err)
	return e.Digest
}

// anAudit is what a form says of one.
func anAudit(s *stage, _ *party) any {
	t := auditTerms(s)
	return dict{"scope": t.Scope, "first": t.First, "last": t.Last, "confidentiality": t.Confidentiality, "security": t.Security, "cost": t.Cost}
}

// auditSum is a form with the digest of the terms that all audits here have.
func auditSum(s *stage, _ *party) any {
	sum, err := auditTerms(s).Sum()
	s.check(err)
	return dict{"digest": sum, "answer": "agree"}
}

// engagementSamples are how the pages of audits are asked rightly.
var engagementSamples = map[string]sample{
	"audits": {as: "a session of owner"}, "audit-new": {as: "a session of owner"}, "audit-ask": {as: "a session of owner", body: anAudit},
	"audit": {as: "a session of owner"}, "audit-edit": {as: "a session of owner"}, "audit-change": {as: "a session of owner", fresh: auditAsked, body: anAudit},
	"audit-agree":    {as: "a session of owner", fresh: auditOffered, body: auditSum},
	"audit-withdraw": {as: "a session of owner", fresh: auditAsked},
	"audit-end":      {as: "a session of owner", fresh: auditAgreed, body: because},
	"audit-invite":   {as: "a session of owner", fresh: auditAgreed, body: aMember},
	"staff-audits":   {as: "staff legal", query: "after="},
	"staff-audit":    {as: "staff legal", platform: true, fresh: auditAsked}, "staff-audit-answer": {as: "staff legal", platform: true, fresh: auditAsked, body: auditSum},
}
