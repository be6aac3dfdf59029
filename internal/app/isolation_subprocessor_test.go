package app

import (
	"net/http"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/trust/subprocessor"
)

// aSupplier is what a form says of one.
func aSupplier(*stage, *party) any {
	return dict{
		"kind": "add", "name": "Contoso Mail", "entity": "Contoso Mail NV, Belgium", "purpose": "delivers mail", "data": "mail addresses", "regions": "EU", "mechanism": "none needed: inside the EEA",
		"status": "core", "hosts": "", "evidence": "DPA-1", "contracted": "2026-01-05", "reviewer": "privacy officer", "verified": "2026-01-05",
		"reason": "mail is to be delivered", "why": "it is somebody else", "material": "yes",
	}
}

// supplyThere is a change that nobody has decided, supplyTold one of which organisations were told.
func supplyThere(s *stage, _ *party, values map[string]string) {
	made, err := s.in.supply.Propose(s.t.Context(), s.programmer(access.Legal), subprocessor.Change{
		Kind: subprocessor.Add, Reason: "mail is to be delivered", Why: "it is somebody else", Mat: true,
		Entries: []subprocessor.Entry{{
			Name: "Contoso Mail", Entity: "Contoso Mail NV, Belgium", Purpose: "delivers mail", Data: []string{"mail addresses"}, Regions: []string{"EU"}, Status: subprocessor.Core,
			Evidence: "DPA-1", Contracted: s.in.now().AddDate(-1, 0, 0), Reviewer: "privacy officer",
		}},
	})
	s.check(err)
	values["change"] = made.ID
}

func supplyTold(s *stage, p *party, values map[string]string) {
	supplyThere(s, p, values)
	s.check(s.in.supply.Decide(s.t.Context(), s.programmer(access.Administrator), values["change"], true, ""))
	values["organisation"] = string(p.org)
}

func supplyObjected(s *stage, p *party, values map[string]string) {
	supplyTold(s, p, values)
	a := access.System(p.org, "a test", access.Actor{})
	a.Kind, a.Roles, a.Session, a.Fresh, a.Surface = access.Person, []access.Role{access.Owner}, "-", true, access.Portal
	a.ID, a.Request = id.Actor("person:"+p.members[access.Owner]), "rq_test"
	s.check(s.in.supply.Object(s.t.Context(), a, values["change"], "the data would leave the country"))
}

// subprocessorSamples are how the pages of subprocessors are asked rightly.
var subprocessorSamples = map[string]sample{
	"trust-subprocessors":      {whole: plainly(http.MethodGet, "/trust/subprocessors", nil)},
	"trust-subprocessors-json": {whole: plainly(http.MethodGet, "/trust/subprocessors.json", nil)},
	"trust-subprocessors-atom": {whole: plainly(http.MethodGet, "/trust/subprocessors.atom", nil)},
	"staff-subprocessors":      {as: "staff support"}, "staff-subprocessors-form": {as: "staff legal"}, "staff-subprocessors-import-form": {as: "staff legal"},
	"staff-subprocessors-propose": {as: "staff legal", body: aSupplier},
	"staff-subprocessors-import": {as: "staff legal", body: says(dict{
		"reason": "who is in use already", "list": "name,entity,purpose,data,regions,status\nFabrikam,\"Fabrikam NV, Belgium\",keeps backups,all,EU,core\n",
	})},
	"staff-supply": {as: "staff support", fresh: supplyThere}, "staff-supply-decide": {as: "staff administrator", fresh: supplyThere, body: says(dict{"decision": "decline", "reason": "it is not needed"})},
	"staff-supply-withdraw": {as: "staff legal", fresh: supplyThere, body: says(dict{"reason": "it is not needed"})},
	"staff-supply-notice":   {as: "staff support", fresh: supplyTold}, "staff-supply-answer": {as: "staff legal", fresh: supplyObjected, body: says(dict{"note": "we look for another way"})},
	"subprocessors": {as: "a session of owner"}, "subprocessor-notice": {as: "a session of owner", fresh: supplyTold},
	"subprocessor-object":    {as: "a session of owner", fresh: supplyTold, body: says(dict{"grounds": "the data would leave the country"})},
	"subprocessor-take-back": {as: "a session of owner", fresh: supplyObjected}, "subprocessor-reply": {as: "a session of owner", fresh: supplyObjected, body: says(dict{"note": "what do you propose?"})},
}
