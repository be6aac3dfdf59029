package app

// agreementSamples are how the pages of documents and terms are asked rightly.
var agreementSamples = map[string]sample{
	"agreements": {as: "a session of owner"}, "agreements-read": {as: "a session of owner"},
	"agreements-accept":        {as: "a session of owner", body: empty, elsewhere: "internal/service/acceptance TestAcceptAndGate"},
	"acceptance-receipt":       {as: "a session of owner", elsewhere: "internal/service/acceptance TestAcceptAndGate"},
	"staff-terms":              {as: "staff legal", query: "after="},
	"staff-terms-organisation": {as: "staff legal", platform: true},
	"staff-terms-change":       {as: "staff legal", platform: true, body: empty, elsewhere: "internal/service/order TestSetAndRoom"},
}
