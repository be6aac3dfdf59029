package web

import "c4arch/internal/inbound/route"

// acceptPath is where documents are read and accepted.
const acceptPath = "/organisation/agreements/accept"

// ungated are the routes inside an organisation that stay open while documents have to be accepted: what an organisation takes out of the service, and what is needed to read and accept.
// The pages of a person, public pages and signing out are of nobody's organisation, and are not gated.
var ungated = []string{
	"agreements", "agreements-read", "agreements-accept", "acceptance-receipt",
	"evidence", "evidence-pack", "evidence-download", "ledger", "ledger-entry", "ledger-entry-bundle", "ledger-bundle", "ledger-key",
	"processing-record", "processing-record-json", "processing-record-md", "processing-data", "processing-data-csv", "processing-annex", "processing-annex-md", "processing-pack",
	"architecture-export", "duties-csv", "duties-json",
}

// accepted stops whoever acts in an organisation for which documents have to be accepted first.
func (c *Call) accepted() error {
	if c.Accepted == nil || c.who == nil || c.route.Who != route.Inside || c.route.Ungated {
		return nil
	}
	return c.Accepted(c.Context(), c.who.Actor)
}
