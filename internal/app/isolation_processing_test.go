package app

import (
	"strconv"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/service/processing"
	values "c4arch/internal/trust/processing"
)

// ownerOf is the owner of a party, signed in just now.
func ownerOf(p *party) access.Actor {
	return access.Actor{ID: id.Actor("person:" + p.members[access.Owner]), Kind: access.Person, Org: p.org, Roles: []access.Role{access.Owner}, Surface: access.Portal, Purpose: "portal", Session: "-", Request: "rq_test", Fresh: true}
}

// instructed is an instruction that the owner of the party gave.
func instructed(s *stage, p *party, values_ map[string]string) {
	name, err := s.in.processing.Give(s.t.Context(), ownerOf(p), processing.Given{Title: "do what is asked", Purposes: []values.Purpose{values.Support}})
	s.check(err)
	values_["instruction"] = name
}

// flaggedThere is one that the platform has flagged.
func flaggedThere(s *stage, p *party, values map[string]string) {
	instructed(s, p, values)
	s.check(s.in.processing.Flag(s.t.Context(), s.programmer(access.Legal), p.org, values["instruction"], "it seems unlawful", false))
}

// withdrawnThere is one that its owner took back.
func withdrawnThere(s *stage, p *party, values map[string]string) {
	instructed(s, p, values)
	s.check(s.in.processing.Withdraw(s.t.Context(), ownerOf(p), values["instruction"]))
}

// transferThere is one that a path names.
func transferThere(s *stage, _ *party, values_ map[string]string) {
	now := s.in.now()
	name, err := s.in.processing.Register(s.t.Context(), s.programmer(access.Legal), values.Transfer{Country: "US", Recipient: "Fabrikam Ltd", Mechanism: values.ByClauses, Evidence: "clauses of that day", Until: now.AddDate(1, 0, 0)})
	s.check(err)
	values_["transfer"] = name
}

// annexThere names an annex of which there is a version.
func annexThere(s *stage, _ *party, values map[string]string) {
	values["annex"] = processing.AnnexA
	s.check(s.in.processing.KeepAnnexes(s.t.Context()))
}

// aFlag is what a form says of one on an instruction of the party.
func aFlag(s *stage, p *party) any {
	made := map[string]string{}
	instructed(s, p, made)
	return dict{"organisation": string(p.org), "instruction": made["instruction"], "reason": "it seems unlawful"}
}

func aFlagLess(s *stage, p *party) any {
	made := map[string]string{}
	flaggedThere(s, p, made)
	return dict{"organisation": string(p.org), "instruction": made["instruction"], "reason": "it is lawful"}
}

// processingSamples are how the pages of processing are asked rightly.
var processingSamples = map[string]sample{
	"processing":             {as: "a session of owner"},
	"instruction-give":       {as: "a session of owner", body: says(dict{"title": "do what is asked", "purpose": "support"})},
	"instruction-withdraw":   {as: "a session of owner", fresh: instructed},
	"instruction-confirm":    {as: "a session of owner", fresh: flaggedThere},
	"instruction-again":      {as: "a session of owner", fresh: withdrawnThere, body: says(dict{})},
	"processing-record":      {as: "a session of owner"},
	"processing-complete":    {as: "a session of owner", body: func(s *stage, p *party) any { return aRecord(s, p) }},
	"processing-record-json": {as: "a session of owner"}, "processing-record-md": {as: "a session of owner"},
	"processing-data": {as: "a session of owner"}, "processing-data-csv": {as: "a session of owner"},
	"processing-annex": {as: "a session of owner", fresh: annexThere}, "processing-annex-md": {as: "a session of owner", fresh: annexThere},
	"processing-pack":  {as: "a session of owner"},
	"staff-processing": {as: "staff legal"},
	"staff-transfer-register": {as: "staff legal", body: func(s *stage, _ *party) any {
		return dict{"country": "US", "recipient": "Fabrikam Ltd", "mechanism": "standard clauses", "module": "2", "evidence": "clauses of that day", "until": s.in.now().AddDate(1, 0, 0).Format(time.DateOnly)}
	}},
	"staff-transfer-end":        {as: "staff legal", fresh: transferThere, body: because},
	"staff-processing-complete": {as: "staff legal", body: aProcessor},
	"staff-processing-annex":    {as: "staff legal", fresh: annexThere}, "staff-processing-annex-md": {as: "staff legal", fresh: annexThere},
	"staff-instructions":       {as: "staff legal"},
	"staff-instruction-flag":   {as: "staff legal", body: aFlag},
	"staff-instruction-unflag": {as: "staff legal", body: aFlagLess},
}

// aRecord is the part that an organisation completes, on the version that there is.
func aRecord(s *stage, p *party) any {
	r, err := s.in.processing.Record(s.t.Context(), ownerOf(p))
	s.check(err)
	return dict{"version": strconv.Itoa(r.Own.Version), "name": "Organisation", "role": "controller"}
}

func aProcessor(s *stage, _ *party) any {
	r, err := s.in.processing.Record(s.t.Context(), s.programmer(access.Legal))
	s.check(err)
	return dict{"version": strconv.FormatInt(r.Processor.Version, 10), "name": "The operator", "sites": "database; BE; ADR 12"}
}
