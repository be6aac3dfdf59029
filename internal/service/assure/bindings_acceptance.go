package assure

import "c4arch/internal/trust/control"

// The checks of acceptance, and of what was ordered.
const (
	AcceptanceCurrent  = "acceptance-current"
	AcceptanceReceipts = "acceptance-receipts"
	TermsObeyed        = "terms-obeyed"
)

// acceptanceBindings are the checks of acceptance of documents, and what was ordered.
var acceptanceBindings = []control.Check{
	{
		ID: AcceptanceCurrent, Title: "Nothing behind the gate was handed out in the last 30 days to a member or a program of an organisation that had not accepted what asked for it then",
		Controls: []string{"ARC-GOV-05"},
		Partly: []control.Part{
			{Clause: "DPA-0.1", Missing: "forms that were answered by leading to another page, which the log of access does not tell from the gate"},
		},
		Mutation: "TestCurrentFails has members and programs served before anything was accepted, and before a newer version was",
	},
	{
		ID: AcceptanceReceipts, Title: "Every acceptance has the digest that the registry computes, and its entry in the ledger of the organisation says the same; none was removed or added",
		Controls: []string{"ARC-GOV-05"}, Clauses: []string{"DPA-0.1", "SE-6.2"},
		Partly: []control.Part{
			{Clause: "DPA-8.1", Missing: "acceptances from before a list of subprocessors was published, which name none"},
		},
		Mutation: "TestReceiptsFail changes a digest, a document, both and the method, removes an acceptance and adds one, on both engines",
	},
	{
		ID: TermsObeyed, Title: "No organisation has made more members, projects or connections than its order form allows since that holds",
		Controls: []string{"ARC-GOV-05", "ARC-BCP-02"},
		Partly: []control.Part{
			{Clause: "SE-11.3", Missing: "reports of recovery, which name the term that they are measured against: no recovery is measured yet"},
		},
		Mutation: "TestTermsFail adds a member, a project and a connection beyond what was ordered, on both engines",
	},
}
