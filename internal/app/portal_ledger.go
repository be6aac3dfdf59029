package app

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/inbound/portal/ledger"
	"c4arch/internal/inbound/web"
)

// ledgerDesk is the organisation's ledger.
func (in *instance) ledgerDesk() web.Desk {
	return ledger.Desk(ledger.Parts{Ledger: in.audit, Names: actorNames{in}, Key: in.LedgerKey})
}

// actorNames are the names behind the ids of actors.
type actorNames struct{ in *instance }

// Names are members, those too that are gone, service accounts and tokens, as far as the actor may see them.
func (n actorNames) Names(ctx context.Context, a access.Actor) (map[string]string, error) {
	out := map[string]string{}
	if may(a, access.MemberList) {
		members, err := n.in.accounts.Members(ctx, a, true)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			if m.Name != "" { // whoever was erased has none
				out["person:"+m.Person] = m.Name
			}
		}
	}
	if !may(a, access.TokenList) {
		return out, nil
	}
	tokens, err := n.in.accounts.Tokens(ctx, a)
	if err != nil {
		return nil, err
	}
	for _, t := range tokens {
		out["token:"+t.ID] = t.Name
	}
	return out, nil
}

// may reports whether the actor may do that in its organisation.
func may(a access.Actor, act access.Action) bool {
	_, err := access.Decide(a, act, access.Resource{})
	return err == nil
}
