package stream_test

import (
	"c4arch/internal/account/access"
	"c4arch/internal/trust/ledger"
)

// auditingDraft is an entry that no webhook of the tests chooses.
func auditingDraft() ledger.Draft {
	return ledger.Draft{Kind: "scan.queued", Fields: []ledger.Field{ledger.Text("scan", "sc_x")}}
}

func treeOf(w *world, a access.Actor) ledger.Tree {
	w.t.Helper()
	head, err := w.trust.Head(w.t.Context(), w.inside(a.Org, access.LedgerRead))
	w.check(err)
	return head.Tree()
}
