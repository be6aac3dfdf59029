package app

import (
	"strings"
	"time"

	"c4arch/internal/base/id"
)

// commitmentSamples are how the pages of attestations are asked rightly.
var commitmentSamples = map[string]sample{
	"staff-attestations": {as: "staff security"},
	"staff-attestation":  {as: "staff security", fresh: atPath("wanted", "code-review")},
	"staff-attest": {
		as: "staff security", fresh: atPath("wanted", "code-review"), tame: says(dict{"text": "short"}),
		body: says(dict{"text": "Every change of the quarter has a second name.", "reference": "records/changes.csv", "digest": strings.Repeat("0a", 32), "until": time.Now().AddDate(0, 1, 0).Format(time.DateOnly)}),
	},
	"staff-attestation-withdraw": {
		as: "staff security", fresh: atPath("wanted", "code-review"), tame: says(dict{"attestation": "none", "why": "none of them"}),
		body: func(s *stage, _ *party) any {
			return dict{"attestation": s.attestation(), "why": "it was of another quarter"}
		},
	},
}

// attestation is a statement of the platform's, past the service.
func (s *stage) attestation() string {
	now := s.in.now()
	return s.stored(&party{org: id.Platform}, id.PrefixAttestation, `INSERT INTO attestation (id, wanted, person, text, reference, evidence, made_at, until, withdrawn_at, withdrawn_by, why, seal, version)
		VALUES ($1, 'code-review', 'pn_1', 'a statement', 'records', '', $2, $3, 0, '', '', '', 1)`, now.UnixMicro(), now.Add(time.Hour).UnixMicro())
}
