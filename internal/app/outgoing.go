package app

import (
	"context"
	"net"

	"golang.org/x/crypto/acme/autocert"

	"c4arch/internal/account/access"
	"c4arch/internal/app/observe"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/egress"
	"c4arch/internal/inbound/api"
	small "c4arch/internal/store/instance"
)

func (in *instance) dialDatabase(ctx context.Context, network, address string) (net.Conn, error) {
	return in.exit.Dial(egress.Database)(ctx, network, address)
}

// platform is a scope for what the program does by itself on the platform.
func platform(purpose string, act access.Action) (access.Scope, error) {
	return access.Decide(access.System(id.Platform, purpose, access.Actor{}), act, access.Resource{})
}

// recordDestinations writes down where the program has spoken to since the last time. What cannot be written now is written the next time.
func (in *instance) recordDestinations(ctx context.Context) error {
	counted, lost := in.book.Take()
	if lost > 0 {
		in.log.WarnContext(ctx, "more destinations were spoken to than are told apart", "attempts", lost)
	}
	list := make([]small.Destination, 0, len(counted))
	for _, d := range counted {
		list = append(list, small.Destination{
			Host: d.Host, Port: int(d.Port), Purpose: string(d.Purpose), Outcome: string(d.Outcome), Org: d.Org, Count: d.Count, First: d.First, Last: d.Last,
		})
	}
	s, err := platform("destinations", access.PlatformOperate)
	if err != nil {
		return err
	}
	if err := in.small.Spoken(ctx, s, list); err != nil {
		in.book.Return(counted)
		return err
	}
	in.out.add(counted)
	return nil
}

// destinations are whom the program has spoken to, those of the last minute left out, as the operator may know it.
func (in *instance) destinations(ctx context.Context, a access.Actor, limit int) ([]api.Destination, error) {
	scope, err := access.Decide(a, access.PlatformRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	known, err := in.small.Destinations(ctx, scope, limit)
	list := make([]api.Destination, 0, len(known))
	for _, d := range known {
		list = append(list, api.Destination{
			Host: d.Host, Port: d.Port, Purpose: d.Purpose, Outcome: d.Outcome, Organisation: d.Org, Count: d.Count, First: d.First, Last: d.Last,
		})
	}
	return list, err
}

// outgoing is what went out by purpose, for metrics: what was taken from the book by now.
func (in *instance) outgoing() map[string]observe.Outgoing { return in.out.by() }

// certificates keeps what ACME needs in the platform's home, where every replica finds it.
type certificates struct{ in *instance }

var _ autocert.Cache = certificates{}

func (c certificates) Get(ctx context.Context, key string) ([]byte, error) {
	s, err := platform("certificates", access.PlatformRead)
	if err != nil {
		return nil, err
	}
	v, err := c.in.small.Get(ctx, s, "acme/"+key)
	if fault.KindOf(err) == fault.NotFound {
		return nil, autocert.ErrCacheMiss
	}
	return v.Expose(), err
}

func (c certificates) Put(ctx context.Context, key string, data []byte) error {
	return c.put(ctx, key, secret.New(data))
}

func (c certificates) Delete(ctx context.Context, key string) error {
	return c.put(ctx, key, secret.Value{})
}

func (c certificates) put(ctx context.Context, key string, v secret.Value) error {
	s, err := platform("certificates", access.PlatformOperate)
	if err != nil {
		return err
	}
	return c.in.small.Put(ctx, s, "acme/"+key, v, c.in.now())
}
