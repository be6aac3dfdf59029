package app

import (
	"fmt"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
)

// aHit is something that was found in the free text of an organisation.
func (s *stage) aHit(p *party, state string) string {
	now := s.in.now().UnixMicro()
	scan := s.stored(p, id.PrefixTextScan, `INSERT INTO free_text_scan (id, state, looked, found, started_at, finished_at, version) VALUES ($1, 'done', 1, 1, $2, $2, 1)`, now)
	return s.stored(p, id.PrefixTextHit, `INSERT INTO free_text_hit (id, scan, place, ref, field, rule, class, confidence, start, length, state, at, version)
		VALUES ($1, $2, 'proposal', $3, 'reason', 'special.health', 'special', 'sure', 0, 4, $4, $5, 1)`, scan, fmt.Sprintf("pr_%026d", s.next()), state, now)
}

// foundText makes a hit for a twin that uses it up.
func foundText(state string) func(*stage, *party, map[string]string) {
	return func(s *stage, p *party, values map[string]string) { values["hit"] = s.aHit(p, state) }
}

// freeTextSamples are how the pages of free text, duties and trends are asked rightly.
var freeTextSamples = map[string]sample{
	"free-text": {as: "a session of owner", query: "after="},
	"free-text-choose": {as: "a session of owner", tame: says(dict{"secret": "none", "special": "warn", "identifier": "warn", "version": "0"}), body: func(s *stage, p *party) any {
		policy, err := s.in.texts.PolicyOf(s.t.Context(), access.System(p.org, "test", access.Actor{}))
		s.check(err)
		return dict{"secret": "block", "special": "warn", "identifier": "warn", "version": fmt.Sprint(policy.Version)}
	}},
	"free-text-try":  {as: "a session of owner", body: says(dict{"text": "nothing"})},
	"free-text-scan": {as: "a session of owner", elsewhere: "internal/service/freetext TestLook"},
	"free-text-keep": {as: "a session of owner", fresh: foundText("open")}, "free-text-reopen": {as: "a session of owner", fresh: foundText("kept")},
	"free-text-remove": {as: "a session of owner", fresh: foundText("open")},

	"duties": {as: "a session of owner"}, "duties-csv": {as: "a session of owner"}, "duties-json": {as: "a session of owner"},
	"duties-member": {as: "a session of owner", fresh: one("member", "/members", aMember, "id")},
	"duties-token":  {as: "a session of owner", also: access.TokenChange, fresh: one("token", "/tokens", aToken, "token.id")},

	"trends": {as: "a session of owner"}, "trends-csv": {as: "a session of owner"}, "organisation-trends": {as: "a session of owner"}, "organisation-trends-csv": {as: "a session of owner"},
}
