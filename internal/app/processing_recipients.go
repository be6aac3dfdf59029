package app

import (
	"context"

	"c4arch/internal/trust/processing"
	"c4arch/internal/trust/subprocessor"
)

// recipients are the subprocessors that are active now, as a record of processing names them. Providers that a customer chose are none.
func (in *instance) recipients(ctx context.Context) ([]processing.Recipient, error) {
	if in.supply == nil {
		return nil, nil
	}
	list, err := in.supply.List(ctx)
	if err != nil {
		return nil, err
	}
	now := in.now()
	var all []processing.Recipient
	for _, e := range list.Entries {
		if e.Status == subprocessor.Chosen || e.Own || now.Before(e.Since) || !e.Until.IsZero() && !now.Before(e.Until) {
			continue
		}
		all = append(all, processing.Recipient{Name: e.Name, Entity: e.Entity, Purpose: e.Purpose, Data: e.Data, Regions: e.Regions, Status: string(e.Status), Evidence: e.Evidence})
	}
	return all, nil
}
