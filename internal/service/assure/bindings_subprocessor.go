package assure

import "c4arch/internal/trust/control"

// The checks of subprocessors.
const (
	SubprocessorEgress = "subprocessor-egress"
	SubprocessorTerms  = "subprocessor-terms"
	ActivationGuard    = "activation-guard"
)

const noSuchEntry = "no entry of that provider: the list is what this deployment uses, and an operator who uses it lists it"

// subprocessorBindings are the checks of subprocessors and where connections go.
var subprocessorBindings = []control.Check{
	{
		ID: SubprocessorEgress, Title: "Every destination that the service reached in the last 30 days for a purpose of the platform's own is this machine, or of an entry of the published list",
		Controls: []string{"ARC-SUP-01"}, Clauses: []string{"DPA-1.4", "DPA-5.11", "MSP-SUB-1", "MSP-SOC-8"},
		Partly: []control.Part{
			{Clause: "MSP-SUB-3", Missing: noSuchEntry},
			{Clause: "MSP-SUB-4", Missing: noSuchEntry},
			{Clause: "MSP-SUB-5", Missing: noSuchEntry},
			{Clause: "MSP-SUB-6", Missing: noSuchEntry},
			{Clause: "MSP-SUB-7", Missing: noSuchEntry},
			{Clause: "MSP-SUB-8", Missing: noSuchEntry},
		},
		Mutation: "TestChecksFail has a stranger among the destinations that were reached; TestOldPath has one in rows of both engines",
	},
	{
		ID: SubprocessorTerms, Title: "Every entry of the list in force has the reference and the date of its contract, and who reviewed it",
		Controls: []string{"ARC-SUP-01"}, Clauses: []string{"DPA-8.2"},
		Mutation: "TestChecksFail takes the contract of an entry away",
	},
	{
		ID: ActivationGuard, Title: "No change of subprocessors began for an organisation before it was told and its time to object was over without an open objection, and no connection was opened that way",
		Controls: []string{"ARC-SUP-02"}, Clauses: []string{"DPA-8.5", "DPA-8.6", "MSP-SUB-2"},
		Partly: []control.Part{
			{Clause: "DPA-8.4", Missing: "a look at the mail and the bell: they are sent and received as receipts, and the check holds the delivery in the portal alone against the window"},
		},
		Mutation: "TestChecksFail has a change begin a day early, begin while an objection is open, takes the delivery of a notice away, and serves an organisation that was only told; TestOldPath does so on rows of both engines",
	},
}
