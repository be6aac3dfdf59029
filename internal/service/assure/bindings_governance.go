package assure

import "c4arch/internal/trust/control"

// The checks of the programme.
const (
	OwnersActive       = "owners-active"
	RisksLinked        = "risks-linked"
	DecisionJournal    = "decision-journal"
	CatalogueUnchanged = "catalogue-unchanged"
	AuditsAgreed       = "audits-agreed"
)

// governanceBindings are the checks of owners, risks, decisions, audits, consent.
var governanceBindings = []control.Check{
	{
		ID: OwnersActive, Title: "Every control, runbook, review, document and part of incidents and product has one owner who is active; no reassignment is older than 14 days",
		Controls: []string{"ARC-GOV-01"}, Clauses: []string{"SE-2.1", "SE-2.3", "SE-2.4", "SE-2.5", "SE-2.6"},
		Partly:   []control.Part{{Clause: "SE-2.2", Missing: "the owner of each single change that is deployed: releases, the schema and the configuration have one each"}},
		Mutation: "TestOwnersFail takes an owner away, has one leave, and leaves a reassignment open for 15 days",
	},
	{
		ID: RisksLinked, Title: "Every open risk has controls that exist, a review that is not overdue, an active acceptor where it is accepted, and a kept measure of what remains",
		Controls: []string{"ARC-GOV-02"}, Clauses: []string{"SE-1.3"},
		Partly: []control.Part{
			{Clause: "SE-1.1", Missing: "the yearly review of the programme as a whole"},
			{Clause: "SE-1.4", Missing: "a list of regulations that are watched"},
		},
		Mutation: "TestRisksFail lets a review pass, takes the controls of a risk away, has the acceptor leave, and keeps a measure that is too low",
	},
	{
		ID: DecisionJournal, Title: "Every decision says what the ledger has the digest of, was decided by a second person, and is superseded by no change but another decision",
		Controls: []string{"ARC-GOV-03"}, Clauses: []string{"MSP-SOC-12"},
		Partly:   []control.Part{{Clause: "SE-2.7", Missing: "records of architecture that lie in repositories are linked, and not imported"}},
		Mutation: "TestDecisionsFail changes what a decision says, has its proposer decide, breaks a chain, and removes one",
	},
	{
		ID: CatalogueUnchanged, Title: "This version of the program has every control and check that was taken last, none of them weaker, unless two people decided so",
		Controls: []string{"ARC-GOV-06"},
		Partly: []control.Part{
			{Clause: "DPA-6.3", Missing: "that customers were told of a measure that became weaker"},
			{Clause: "SE-1.4", Missing: "a list of regulations that are watched"},
		},
		Mutation: "TestCatalogueFails takes a check away, and has one look at less",
	},
	{
		ID: AuditsAgreed, Title: "Everybody who was let in under an audit engagement came after both sides had agreed to its scope, timing, confidentiality, security conditions and costs, and leaves with it",
		Controls: []string{"ARC-TRU-02"}, Clauses: []string{"DPA-10.9", "DPA-10.10", "DPA-10.11", "DPA-10.12", "DPA-10.13"},
		Partly:   []control.Part{{Clause: "DPA-10.14", Missing: "that one organisation's auditor does not slow others down is limited, and not measured"}},
		Mutation: "TestAgreedFails empties each field, takes a consent away, changes the terms, lets an auditor in too early, stay too long and be more than an auditor",
	},
}
