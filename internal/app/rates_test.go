package app

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

func TestRates(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	r := newRates(func() time.Time { return now })
	one := access.Actor{ID: "person:a", Org: "og_a"}
	ask := func(a access.Actor, addr string, cost int) error {
		t.Helper()
		at, _ := netip.ParseAddr(addr)
		left, err := r.limit(t.Context(), a, at, cost)
		if (err != nil) != (left.Retry > 0) || err != nil && fault.KindOf(err) != fault.Limited {
			t.Errorf("%v with %+v", err, left)
		}
		return err
	}
	for range actorPace.burst {
		if err := ask(one, "", 1); err != nil {
			t.Fatal(err)
		}
	}
	if ask(one, "", 1) == nil {
		t.Error("an actor goes on for ever")
	}
	other := access.Actor{ID: "person:b", Org: "og_a"}
	if err := ask(other, "", 1); err != nil {
		t.Error("one actor has used up what another has:", err)
	}
	for i := range orgPace.burst { // many programs of one organisation
		_ = ask(access.Actor{ID: id.Actor(fmt.Sprintf("token:%d", i)), Org: "og_a"}, "", 1)
	}
	if ask(other, "", 1) == nil {
		t.Error("an organisation goes on for ever")
	}
	if err := ask(access.Actor{ID: "person:a", Org: "og_b"}, "", 1); err != nil {
		t.Error("one organisation has used up what another has:", err)
	}
	now = now.Add(time.Minute)
	if err := ask(one, "", 1); err != nil {
		t.Error("it does not come back:", err)
	}
	var nobody access.Actor
	for range addressPace.burst {
		if err := ask(nobody, "2001:db8::1", 1); err != nil {
			t.Fatal(err)
		}
	}
	if ask(nobody, "2001:db8::ffff:2", 1) == nil {
		t.Error("the next address of the same network begins anew")
	}
	if err := ask(nobody, "2001:db8:1::1", 1); err != nil {
		t.Error("another network:", err)
	}
	if err := ask(nobody, "", 1); err != nil {
		t.Error("a request inside of the program:", err)
	}
}

func TestRatesAreBounded(t *testing.T) {
	b := newBuckets(addressPace, 3)
	now := time.Now()
	for i := range 10 {
		b.take(fmt.Sprint(i), 1, now)
		b.take("busy", 1, now)
	}
	if len(b.all) != 3 || b.used.Len() != 3 || b.all["busy"] == nil {
		t.Errorf("%d and %d are remembered", len(b.all), b.used.Len())
	}
	if left, _ := b.take("busy", 1, now); left.Remaining != addressPace.burst-11 {
		t.Errorf("what is used is forgotten: %+v", left)
	}
}

func BenchmarkRates(b *testing.B) {
	r := newRates(time.Now)
	a := access.Actor{ID: "person:a", Org: "og_a"}
	for b.Loop() {
		_, _ = r.limit(b.Context(), a, netip.Addr{}, 0)
	}
}
