package app

import "time"

// decisionSamples are how the pages of drift, approvals and exceptions are asked rightly.
var decisionSamples = map[string]sample{
	"drift": {as: "a session of owner"}, "finding": {as: "a session of owner"},
	"finding-except": {as: "a session of owner", body: func(s *stage, p *party) any {
		return dict{"owner": "team of " + p.slug, "reason": "until it is mended", "expires": s.monthOn()}
	}},
	"baseline": {as: "a session of owner"}, "baseline-decide": {as: "a session of owner"}, "baseline-approval": {as: "a session of owner"},
	"baseline-approve": {as: "a session of owner", vain: map[string]int{"expect": 409}, body: func(s *stage, p *party) any {
		return dict{"snapshot": p.ids["snapshot"][0], "reason": "as it is", "expect": s.newest(p)}
	}, tame: func(_ *stage, p *party) any {
		return dict{"snapshot": p.ids["snapshot"][0], "reason": "as it is", "expect": "none"}
	}},
	"proposal":         {as: "a session of owner", fresh: proposed},
	"proposal-approve": {as: "a session of owner", fresh: proposed},
	"proposal-reject":  {as: "a session of owner", body: because, fresh: proposed}, "proposal-withdraw": {as: "a session of owner", body: because, fresh: proposed},
	"exceptions": {as: "a session of owner"},
	"exception-propose": {as: "a session of owner", body: func(s *stage, p *party) any {
		return dict{"scope": "*", "rule": "*", "owner": "team of " + p.slug, "reason": "until it is mended", "expires": s.monthOn()}
	}},
	"exception-approve": {as: "a session of owner", fresh: accepted}, "exception-revoke": {as: "a session of owner", body: because, fresh: accepted},
}

// monthOn is a day a month from now.
func (s *stage) monthOn() string { return s.in.now().AddDate(0, 0, 30).Format(time.DateOnly) }
