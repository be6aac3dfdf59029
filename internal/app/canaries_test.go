package app

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/inbound/api"
	"c4arch/internal/store/trust"
	"c4arch/internal/trust/control"
)

// TestCanaries has a whole service keep its two organisations, asks every route, and breaks the answers of one.
func TestCanaries(t *testing.T) {
	s := newStage(t, "SQLite")
	ctx := t.Context()
	looks := &trust.Looks{Homes: s.in.homes, Server: s.in.server, Now: s.in.now, People: s.in.people()}
	if _, err := s.in.apart(ctx, looks); err == nil || !strings.Contains(err.Error(), "work.canaries") {
		t.Fatalf("nobody says that none are kept: %v", err)
	}
	s.in.cfg.Work.Canaries = true
	s.in.keepCanaries(ctx)
	if _, err := s.in.apart(ctx, looks); err == nil || !strings.Contains(err.Error(), "no snapshot yet") {
		t.Fatalf("what is not there yet is asked for: %v", err)
	}
	s.work(ctx)
	seen, err := s.in.apart(ctx, looks)
	s.check(err)
	for _, o := range seen {
		t.Logf("%+v", o)
	}
	if control.Worst(seen) != control.Pass {
		t.Fatalf("%+v", seen)
	}
	again, err := s.in.canaries(ctx)
	s.check(err)
	listed := s.must(s.staff[access.Operator].token, "GET", "/organisations?limit=500", nil)
	if n := strings.Count(string(listed.body), `"canary":true`); n != 2 || len(again) != 2 {
		t.Errorf("%d canaries are listed as such: %s", n, listed.body)
	}
	for _, slug := range tenant.Canaries() {
		a := s.send(s.handler, s.staff[access.Operator], request{method: "POST", path: api.Prefix + "/organisations", kind: "application/json", body: []byte(`{"slug":"` + slug + `","name":"x","ownerName":"x","ownerEmail":"x@contoso.example"}`)})
		if a.status != http.StatusBadRequest {
			t.Errorf("anybody takes the short name %s: %d %s", slug, a.status, a.body)
		}
	}
	asks, err := s.in.has(ctx, again[0], looks)
	s.check(err)
	other, err := s.in.has(ctx, again[1], looks)
	s.check(err)
	// A service that decides about the other organisation finds what is the other's.
	parts := s.in.publicParts()
	parts.Limit, parts.Access, parts.Failed, parts.Addr = nil, nil, nil, nil
	asks.Actor = other.Actor
	broken := api.ObserveNeighbours(ctx, parts, asks, other, s.in.now())
	if !slices.ContainsFunc(broken, func(o control.Observation) bool {
		return o.Outcome == control.Fail && strings.HasSuffix(o.Subject, "/members")
	}) {
		t.Errorf("nobody sees that another organisation is answered: %+v", broken)
	}
}
