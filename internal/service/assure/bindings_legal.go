package assure

import "c4arch/internal/trust/control"

// LegalRegistry is the check of the legal registry.
const LegalRegistry = "legal-registry"

// legalBindings are the checks of the legal registry.
var legalBindings = []control.Check{
	{
		ID: LegalRegistry, Title: "Every published document has the digest that the registry, the ledger, its download and everybody who accepted it say",
		Controls: []string{"ARC-GOV-05"}, Clauses: []string{"SE-7.4"},
		Partly: []control.Part{
			{Clause: "SE-0.2", Missing: "the bundle of the exact versions in force, which is the trust pack's"},
		},
		Mutation: "TestVerifySeesTampering changes a text, a digest and an entry, and adds and removes a version, on both engines",
	},
}
