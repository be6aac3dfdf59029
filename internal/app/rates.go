package app

import (
	"container/list"
	"context"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/api"
)

// pace is how fast something may go on: so much a second, and so much at once.
type pace struct {
	name  string
	every rate.Limit
	burst int
}

// The paces of requests. One program of an organisation cannot use up what the others have, nor one organisation what the service has.
var (
	actorPace   = pace{"actor", 100, 1000}
	orgPace     = pace{"organisation", 400, 4000}
	addressPace = pace{"address", 5, 150}
)

// maxBuckets bounds how many are remembered of each sort. The one that was asked for the longest ago is forgotten: by then it is full again, unless somebody has as many
// names as that within its window, which only addresses are.
const maxBuckets = 1 << 16

// limiter takes the cost of a request from what whoever asks has.
type limiter func(ctx context.Context, a access.Actor, addr netip.Addr, cost int) (api.Allowance, error)

// rates are the rates of everybody. They are safe for concurrent use.
type rates struct {
	now                     func() time.Time
	actors, orgs, addresses *buckets
}

func newRates(now func() time.Time) *rates {
	return &rates{now: now, actors: newBuckets(actorPace, maxBuckets), orgs: newBuckets(orgPace, maxBuckets), addresses: newBuckets(addressPace, maxBuckets)}
}

// limit takes cost from what the actor and its organisation have, or from what the address of somebody who is nobody has. Of an actor's two rates the one with less left is
// told. The program itself and whoever has no address are not limited.
func (r *rates) limit(_ context.Context, a access.Actor, addr netip.Addr, cost int) (api.Allowance, error) {
	now := r.now()
	if a.ID == "" {
		if !addr.IsValid() {
			return api.Allowance{}, nil
		}
		return verdict(r.addresses.take(network(addr), cost, now))
	}
	left, ok := r.actors.take(string(a.Org)+"/"+string(a.ID)+"/"+a.Session, cost, now)
	if !ok || a.Org == "" || a.Org == id.Platform {
		return verdict(left, ok)
	}
	whole, ok := r.orgs.take(string(a.Org), cost, now)
	if !ok || whole.Remaining < left.Remaining {
		return verdict(whole, ok)
	}
	return left, nil
}

func verdict(left api.Allowance, ok bool) (api.Allowance, error) {
	if !ok {
		return left, fault.New(fault.Limited, "too many requests came from this %s", left.Name).WithHelp("wait as long as Retry-After says")
	}
	return left, nil
}

// network is what one customer of a provider has: of IPv6 the first 64 bits (RFC 6177).
func network(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		p, err := addr.Prefix(64)
		if err == nil {
			return p.String()
		}
	}
	return addr.String()
}

// buckets are token buckets by name.
type buckets struct {
	pace
	most int
	mu   sync.Mutex
	all  map[string]*list.Element
	used *list.List // of *bucket, the last used first
}

type bucket struct {
	name string
	*rate.Limiter
}

func newBuckets(p pace, most int) *buckets {
	return &buckets{pace: p, most: most, all: map[string]*list.Element{}, used: list.New()}
}

// take takes cost from the bucket of that name.
func (b *buckets) take(name string, cost int, now time.Time) (api.Allowance, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := b.all[name]
	if !ok {
		if b.used.Len() >= b.most {
			last := b.used.Back()
			delete(b.all, last.Value.(*bucket).name)
			b.used.Remove(last)
		}
		e = b.used.PushFront(&bucket{name: name, Limiter: rate.NewLimiter(b.every, b.burst)})
		b.all[name] = e
	}
	b.used.MoveToFront(e)
	l := e.Value.(*bucket)
	granted := l.AllowN(now, cost)
	left := max(0, l.TokensAt(now))
	a := api.Allowance{Name: b.name, Limit: b.burst, Window: time.Duration(float64(b.burst) / float64(b.every) * float64(time.Second)), Remaining: int(left)}
	if !granted {
		a.Retry = time.Duration((float64(cost) - left) / float64(b.every) * float64(time.Second))
	}
	return a, granted
}
