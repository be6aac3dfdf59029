package app

import (
	"context"
	"crypto/rand"
	"slices"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/egress"
	desk "c4arch/internal/inbound/portal/subprocessor"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/subprocessor"
	store "c4arch/internal/store/subprocessor"
	"c4arch/internal/trust/terms"
)

// supplying builds what is about subprocessors.
func (in *instance) supplying() *subprocessor.Service {
	return &subprocessor.Service{
		Store: store.New(in.homes), Orders: supplied{in}, Now: in.now, Random: rand.Reader, Screen: in.screen,
		Failed: func(ctx context.Context, err error) {
			in.log.WarnContext(ctx, "a change of subprocessors goes on with the job", "error", err)
		},
	}
}

// subprocessorDesk is the pages of subprocessors.
func (in *instance) subprocessorDesk() web.Desk {
	return desk.Desk(desk.Parts{Service: in.supply, Names: in.colleagues, Now: in.now})
}

// colleagues are the names of the platform's people by their ids, for those who may know them.
func (in *instance) colleagues(ctx context.Context, a access.Actor) (map[string]string, error) {
	names := map[string]string{}
	if !may(a, access.StaffList) {
		return names, nil
	}
	all, err := in.staff.Personnel(ctx, a)
	for _, p := range all {
		names[p.Personnel.Person] = p.Personnel.Name
	}
	return names, err
}

// supplied is what organisations ordered and use, as package subprocessor asks. It is asked late: the orders are built beside this.
type supplied struct{ in *instance }

// Terms are those of the order form that holds now.
func (s supplied) Terms(ctx context.Context, org id.Org) (terms.Terms, error) {
	return s.in.orders.Terms(ctx, org)
}

// UsedFeatures are those that the organisation really uses.
func (s supplied) UsedFeatures(ctx context.Context, org id.Org) ([]terms.Feature, error) {
	return s.in.orders.UsedFeatures(ctx, org)
}

// suppliers asks the list of subprocessors before the program goes out for somebody. Where the data of an organisation go that it connected itself is its own choice, and what the list
// is kept in has to be reached before it can be read: of that the comparison with the list tells.
type suppliers struct{ in *instance }

// guarded are the purposes of the platform's own.
var guarded = []egress.Purpose{egress.Objects, egress.Mail, egress.Telemetry, egress.Certs, egress.Witness}

var _ egress.Guard = suppliers{}

// Allowed says why a destination is refused for an organisation.
func (s suppliers) Allowed(org id.Org, p egress.Purpose, host string) error {
	if s.in.supply == nil || !slices.Contains(guarded, p) {
		return nil
	}
	return s.in.supply.Allowed(org, host)
}

// reloadSupply reads what the guard goes by. What was read before holds until it can be read again.
func (in *instance) reloadSupply(ctx context.Context) error {
	if err := in.supply.Reload(ctx); err != nil {
		return fault.Wrap(fault.KindOf(err), err, "the list of subprocessors")
	}
	return nil
}
