package app

import (
	"fmt"

	"c4arch/internal/base/id"
)

// hubSamples are how the pages of the Admin Hub are asked rightly.
var hubSamples = map[string]sample{
	"staff-overview": {as: "staff administrator"},
	"staff-jobs":     {as: "staff operations"},
	"staff-job-retry": {as: "staff operations", tame: says(dict{"organisation": "none", "job": "none"}), body: func(s *stage, p *party) any {
		return dict{"organisation": string(p.org), "job": s.sleepingJob(p)}
	}},
	"staff-personnel-change": {as: "staff administrator", fresh: hired, tame: says(dict{"version": "99"}), body: says(dict{"version": "1", "role": "support"})},
	"staff-replicas":         {as: "staff administrator"},
	"staff-ledger":           {as: "staff security"},
	"staff-ledger-entry":     {as: "staff security", fresh: func(_ *stage, _ *party, values map[string]string) { values["index"] = "0" }},
	"staff-ledger-verify":    {as: "staff security"},
	"staff-register":         {as: "staff administrator"},
	"staff-register-clause":  {as: "staff administrator", fresh: atPath("clause", "MSP-ACC-1")},
	"staff-register-control": {as: "staff administrator", fresh: atPath("control", "ARC-TEN-01")},
	"staff-register-check":   {as: "staff administrator", fresh: atPath("check", "row-security")},
	"staff-register-run":     {as: "staff security", fresh: atPath("check", "row-security")},
}

// atPath puts a thing of everybody's into a path.
func atPath(name, value string) func(*stage, *party, map[string]string) {
	return func(_ *stage, _ *party, values map[string]string) { values[name] = value }
}

// sleepingJob is one that died in the home of an organisation.
func (s *stage) sleepingJob(p *party) string {
	return s.stored(p, id.PrefixJob, `INSERT INTO job (id, kind, args, key, actor, state, run_at, attempt, max_attempts, error, created_at)
		VALUES ($1, 'home.sweep', $2, $3, 'system', 'dead', 1, 8, 8, 'it failed', 1)`, []byte("{}"), fmt.Sprintf("dead %d", s.next()))
}
