package app

import (
	"context"
	"slices"
	"strconv"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/service/processing"
	agreed "c4arch/internal/store/acceptance"
	"c4arch/internal/trust/acceptance"
	"c4arch/internal/trust/legal"
	values "c4arch/internal/trust/processing"
	"c4arch/internal/trust/terms"
)

// orderedOf is what the terms of an organisation say of processing.
func (in *instance) orderedOf(ctx context.Context, org id.Org) (processing.Ordered, error) {
	if in.orders == nil {
		return processing.Ordered{}, nil
	}
	t, err := in.orders.Terms(ctx, org)
	o := processing.Ordered{Residency: t.Residency, Role: t.Role, Models: values.NoModels}
	if t.AI != terms.AIOff && t.AI != "" {
		o.Models = string(t.AI) + ", as the order form says"
	}
	return o, err
}

// authorised is what an addendum, or an order form, instructs by itself: never support, which a grant covers, and never to improve the product with what an organisation submits.
var authorised = []values.Purpose{values.Provide, values.Notify, values.Secure, values.Meter, values.Legal}

// acceptedOf are the addendum that an organisation accepted last and the order form that holds for it now, each as the instruction that it is. What they took the place of ends.
func (in *instance) acceptedOf(ctx context.Context, org id.Org) ([]processing.Fact, error) {
	if in.orders == nil {
		return nil, nil
	}
	var facts []processing.Fact
	scope, err := access.Decide(access.System(org, "instructions of the addendum", access.Actor{}), access.AcceptanceRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	records, err := agreed.New(in.homes).Acceptances(ctx, scope)
	if err != nil {
		return nil, err
	}
	if r, there := acceptance.Last(records, legal.Addendum); there {
		facts = append(facts, processing.Fact{Source: values.Addendum, Reference: r.ID, Title: "the addendum on data processing, version " + r.Edition, Purposes: slices.Clone(authorised), From: r.At})
	}
	t, err := in.orders.Terms(ctx, org)
	if err == nil && t.Version > 0 {
		facts = append(facts, processing.Fact{
			Source: values.OrderForm, Reference: "terms/" + strconv.Itoa(t.Version), Title: "the order form " + t.Reference, Purposes: slices.Clone(authorised), From: t.From, Until: t.Until,
		})
	}
	return facts, err
}
