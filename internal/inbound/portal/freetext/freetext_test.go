package freetext_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	found "c4arch/internal/content/freetext"
	desk "c4arch/internal/inbound/portal/freetext"
	"c4arch/internal/inbound/web"
	"c4arch/internal/inbound/web/webtest"
	"c4arch/internal/service/freetext"
)

// kept is a service with things that were found.
type kept struct {
	policy  freetext.Policy
	scans   []freetext.Scan
	hits    []freetext.Found
	removed string
}

func (k *kept) PolicyOf(context.Context, access.Actor) (freetext.Policy, error) { return k.policy, nil }

func (k *kept) SetPolicy(_ context.Context, _ access.Actor, p freetext.Policy) error {
	k.policy = p
	return nil
}

func (k *kept) Try(_ context.Context, _ access.Actor, text string) ([]found.Hit, error) {
	return found.Find(text)
}
func (k *kept) Look(context.Context, access.Actor) error { return nil }
func (k *kept) Scans(context.Context, access.Actor, int) ([]freetext.Scan, error) {
	return k.scans, nil
}

func (k *kept) Hits(_ context.Context, _ access.Actor, state freetext.State, _ string, _ int) (some []freetext.Found, err error) {
	for _, f := range k.hits {
		if f.State == state {
			some = append(some, f)
		}
	}
	return some, nil
}
func (k *kept) Keep(context.Context, access.Actor, string) error   { return nil }
func (k *kept) Reopen(context.Context, access.Actor, string) error { return nil }
func (k *kept) Remove(_ context.Context, _ access.Actor, hit string) error {
	if hit != "fh_1" {
		return fault.New(fault.NotFound, "there is no such hit")
	}
	k.removed = hit
	return nil
}

func full() *kept {
	of := func(name string, place freetext.Place, ref string, state freetext.State) freetext.Found {
		return freetext.Found{ID: name, Place: place, Ref: ref, Field: "reason", Rule: "special.health", Class: found.Special, Confidence: found.Sure, State: state, At: webtest.Noon}
	}
	return &kept{
		policy: freetext.Default(), scans: []freetext.Scan{{ID: "fs_1", Done: true, Looked: 412, Found: 3, Started: webtest.Noon, Finished: webtest.Noon}},
		hits: []freetext.Found{of("fh_1", freetext.InLedger, "17", freetext.Open), of("fh_2", freetext.Member, webtest.Person, freetext.Open), of("fh_3", freetext.Comment, "cm_1", freetext.Kept)},
	}
}

func site(t *testing.T, k *kept, role access.Role) *webtest.Site {
	return webtest.New(t, webtest.Options{Role: role, Desks: []web.Desk{desk.Desk(k)}})
}

func TestPages(t *testing.T) {
	running := full()
	running.scans[0].Done = false
	for _, k := range []*kept{full(), {policy: freetext.Default()}, running} {
		site(t, k, access.Owner).Check(desk.Path)
		site(t, k, access.Auditor).Check(desk.Path)
	}
	if body := site(t, full(), access.Auditor).Get(desk.Path).Body; strings.Contains(body, "/hits/") {
		t.Error("an auditor is offered what only admins may")
	}
}

func TestTry(t *testing.T) {
	p := site(t, full(), access.Owner).Post(desk.Path+"/try", url.Values{"text": {"<b>She is pregnant</b>, card 4532 0151 1283 0366."}})
	for _, want := range []string{"<mark", "special.health", "identifier.paymentCard", "&lt;b&gt;"} {
		if !strings.Contains(p.Body, want) {
			t.Errorf("%d: the page does not have %q", p.Status, want)
		}
	}
}

func TestRemoveAndChoose(t *testing.T) {
	k := full()
	s := site(t, k, access.Owner)
	if p := s.Post(desk.Path+"/hits/fh_1/remove", nil); p.Status != 303 || k.removed != "fh_1" {
		t.Errorf("%d, %q", p.Status, k.removed)
	}
	if p := s.Post(desk.Path+"/hits/fh_9/remove", nil); p.Status != 404 {
		t.Errorf("%d", p.Status)
	}
	s.Post(desk.Path, url.Values{"secret": {"redact"}, "special": {"block"}, "identifier": {"warn"}, "version": {"3"}})
	if want := (freetext.Policy{Secret: freetext.Redact, Special: freetext.Block, Identifier: freetext.Warn, Version: 3}); k.policy != want {
		t.Errorf("%+v", k.policy)
	}
}
