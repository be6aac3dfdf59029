package acceptance

import (
	"context"
	"crypto/rand"
	"errors"
	"net/netip"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/acceptance"
	"c4arch/internal/trust/legal"
)

const contoso = id.Org("og_01jq8z6y5x4w3v2t1s0r9q8p7n")

type world struct {
	published []legal.Version
	kept      []acceptance.Record
	reads     int
	commits   int
}

func (w *world) Published(context.Context) ([]legal.Version, error) { return w.published, nil }

func (w *world) Acceptances(context.Context, access.Scope) ([]acceptance.Record, error) {
	w.reads++
	return w.kept, nil
}

func (w *world) Commit(_ context.Context, c *Change) (change.Committed, error) {
	w.commits++
	w.kept = append(w.kept, c.Records...)
	if len(c.Drafts) != len(c.Records) {
		return change.Committed{}, errors.New("an acceptance has no entry")
	}
	return change.Committed{}, nil
}

func (w *world) Proven(context.Context, access.Scope, string, string, string) (Proof, error) {
	return Proof{}, errors.New("not here")
}

func (w *world) Members(context.Context, access.Actor) ([]Member, error) {
	return []Member{{"pn_1", "An Owner", "owner"}, {"pn_2", "A Viewer", "viewer"}}, nil
}

func (w *world) Organisation(context.Context, access.Actor) (string, error) { return "Contoso", nil }

func person(name string, role access.Role) access.Actor {
	return access.Actor{ID: id.Actor("person:" + name), Kind: access.Person, Org: contoso, Roles: []access.Role{role}, Surface: access.Portal, Session: "ss_1", Fresh: true}
}

func TestAcceptAndGate(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	v := legal.Version{ID: "ld_1", Slug: legal.Addendum, Version: "2026-11-23", Effective: now.Add(-time.Hour), Audience: legal.Enterprise, Title: "Addendum", Summary: "New.", Body: "# Addendum\n", Accept: true, Rank: 1}.Normal()
	sum, err := v.Sum()
	if err != nil {
		t.Fatal(err)
	}
	v.Digest = string(sum)
	w := &world{}
	s := &Service{Documents: w, Store: w, Ledger: w, People: w, Now: func() time.Time { return now }, Random: rand.Reader}
	owner, viewer := person("pn_1", access.Owner), person("pn_2", access.Viewer)
	if err := s.May(t.Context(), viewer); err != nil {
		t.Fatal("nothing is published, and the gate is shut:", err)
	}
	w.published = []legal.Version{v}
	s.Forget()
	for range 2 { // what is open is not remembered
		if err := s.May(t.Context(), viewer); fault.KindOf(err) != fault.Unaccepted || fault.Status(err) != 403 {
			t.Fatal("the gate is open:", err)
		}
	}
	staff := viewer
	staff.Grant = "gr_1"
	if err := s.May(t.Context(), staff); err != nil {
		t.Error("staff under a grant is stopped:", err)
	}
	in := Give{Documents: []Seen{{v.Slug, v.Version, v.Digest}}, Authority: "director", Authorised: true, Method: acceptance.Click, Addr: netip.MustParseAddr("203.0.113.7")}
	stale, unsaid, other := owner, in, in
	stale.Fresh, unsaid.Authorised, other.Documents = false, false, []Seen{{v.Slug, v.Version, "sha256:other"}}
	for name, x := range map[string]struct {
		a    access.Actor
		in   Give
		want fault.Kind
	}{
		"a viewer": {viewer, in, fault.Denied}, "without a proof of being there": {stale, in, fault.Denied},
		"without the statement": {owner, unsaid, fault.Invalid}, "what was not shown": {owner, other, fault.Conflict},
	} {
		if _, err := s.Accept(t.Context(), x.a, x.in); fault.KindOf(err) != x.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range 2 {
		got, err := s.Accept(t.Context(), owner, in)
		if err != nil || len(got) != 1 || got[0].Origin != "public, IPv4" || got[0].Authority != "director" {
			t.Fatal(got, err)
		}
	}
	if w.commits != 1 || len(w.kept) != 1 {
		t.Errorf("%d commits, %d records", w.commits, len(w.kept))
	}
	before := w.reads
	for range 3 {
		if err := s.May(t.Context(), viewer); err != nil {
			t.Fatal(err)
		}
	}
	if w.reads != before+1 {
		t.Errorf("the gate read %d times", w.reads-before)
	}
}

func BenchmarkGate(b *testing.B) {
	w := &world{}
	s := &Service{Documents: w, Store: w, Now: time.Now}
	a := person("pn_2", access.Viewer)
	for b.Loop() {
		if err := s.May(b.Context(), a); err != nil {
			b.Fatal(err)
		}
	}
}
