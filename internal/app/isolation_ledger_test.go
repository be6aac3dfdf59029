package app

// ledgerSamples are how the pages of the ledger are asked rightly. An entry is named by its number, which every log has: what another organisation's has no entry for is nobody's.
var ledgerSamples = map[string]sample{
	"ledger": {as: "a session of owner", query: "text=project.created"}, "ledger-entry": {as: "a session of owner"}, "ledger-entry-bundle": {as: "a session of owner"},
	"ledger-bundle": {as: "a session of owner", recalls: true}, "ledger-key": {as: "a session of owner"}, "ledger-verify": {as: "a session of owner"},
}
