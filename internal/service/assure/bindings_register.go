package assure

import "c4arch/internal/trust/control"

// The checks of the register itself.
const (
	RegisterComplete = "register-complete"
	RunsInLedger     = "runs-in-ledger"
)

// registerBindings are the checks of the register itself: that nothing in it is bare, and that what it says was found is what was kept.
var registerBindings = []control.Check{
	{
		ID: RegisterComplete, Title: "Every clause that is no text of the law, and every control, has a check, a plan that says what is missing, or an attestation; every check that is bound runs here, or says why not",
		Controls: []string{"ARC-GOV-04"}, Clauses: []string{"DPA-6.2"},
		Partly: []control.Part{
			{Clause: "SE-0.1", Missing: "the public list of measures with the state of each"},
			{Clause: "MSP-GEN-2", Missing: "the pages that everybody sees"},
		},
		Mutation: "TestRegisterCompleteFails takes the plans and the attestations away, and a probe that the catalogue has",
	},
	{
		ID: RunsInLedger, Title: "The newest run of each check, and each attestation, is byte for byte what its entry in the ledger has the digest of",
		Controls: []string{"ARC-GOV-04"},
		Partly: []control.Part{
			{Clause: "DPA-5.3", Missing: "measures that no check exercises yet"},
			{Clause: "MSP-GEN-3", Missing: "what the public pages say"},
		},
		Mutation: "TestRunsInLedgerFails changes the text of a kept run, its digest with it, and an attestation",
	},
}
