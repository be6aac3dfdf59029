package app

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/inbound/portal/commitment"
	"c4arch/internal/inbound/web"
)

// commitmentDesk is the pages of attestations.
func (in *instance) commitmentDesk() web.Desk {
	return commitment.Desk(commitment.Parts{Register: in.assure, Names: in.vouching, Now: in.now})
}

// vouching are the names of the platform's people, for who may read what they vouch for.
func (in *instance) vouching(ctx context.Context, a access.Actor) (map[string]string, error) {
	scope, err := access.Decide(a, access.ControlRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	all, _, err := in.staff.Store.Personnel(ctx, scope)
	names := make(map[string]string, len(all))
	for _, p := range all {
		names[p.Person] = p.Name
	}
	return names, err
}
