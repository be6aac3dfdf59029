package discover

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// live reads what a connection names where it runs. That its credential is opened is in the ledger before it is used.
func (h *Hosted) live(ctx context.Context, p Project, s access.Scope, run Run, con tenant.Connection, tell func(Progress)) (where, error) {
	var credential secret.Value
	if con.Secret != "" {
		opened := RunChange{Envelope: change.New(s, h.Now(), ledger.Draft{Kind: "secret.opened", Fields: []ledger.Field{
			ledger.Text("secret", con.Secret), ledger.Text("usedFor", "connection"), ledger.Text("why", "the scan "+run.ID),
		}})}
		if _, err := p.Change(ctx, &opened); err != nil {
			return where{}, err
		}
		var err error
		if credential, err = p.Unseal(ctx, con.Secret); err != nil {
			return where{}, err
		}
	}
	at, method, err := h.Live(ctx, s.Org(), con, credential, func(answers, things int) {
		tell(Progress{Stage: Reading, Done: answers, Resources: things})
	})
	return where{Place: at, what: "the connection " + con.Name, method: method}, err
}
