package signin_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/change"
	"c4arch/internal/service/federate"
	"c4arch/internal/service/signin"
	federatestore "c4arch/internal/store/federate"
	"c4arch/internal/trust/ledger"
	"c4arch/test/softkey"
)

func TestInvitation(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		boss := w.who(w.setUp(softkey.New(origin, domain)))
		_, as := w.member(boss, "admin", access.Admin)
		admin := w.who(as)
		w.pass(time.Second) // ids are in the order of time
		_, err := w.Invite(w.ctx(), admin, signin.Invite{Name: "X", Email: "x@contoso.example", Role: access.Owner})
		w.refused(err, fault.Denied, "above your own")
		v, err := w.Invite(w.ctx(), admin, signin.Invite{Name: "New Viewer", Email: "new@contoso.example", Role: access.Viewer})
		w.check(err)
		p, err := w.Invitation(w.ctx(), string(v.Text.Expose()), from)
		w.check(err)
		if p.Organisation != "Contoso" || p.Role != access.Viewer || p.Name != "New Viewer" || p.Recovery {
			t.Errorf("the link says %+v", p)
		}
		k := softkey.New(origin, domain)
		r, err := w.join(v.Text, k)
		w.check(err)
		if a := w.who(r.Signed); a.Org != boss.Org || !slices.Equal(a.Roles, []access.Role{access.Viewer}) {
			t.Errorf("%+v", a)
		}
		_, err = w.signIn(k, identity.Members)
		w.check(err)
		for _, again := range []func() error{
			func() error { _, err := w.join(v.Text, softkey.New(origin, domain)); return err },
			func() error { _, err := w.Invitation(w.ctx(), string(v.Text.Expose()), from); return err },
			func() error {
				_, err := w.AcceptByToken(w.ctx(), string(v.Text.Expose()), "laptop", from.Addr, "rq")
				return err
			},
			func() error { _, err := w.Invitation(w.ctx(), "c4i_"+string(boss.Org)+"_x", from); return err },
			func() error { _, err := w.Invitation(w.ctx(), "", from); return err },
		} {
			w.is(again(), identity.ErrCode)
		}
		once := signin.Invite{Name: "Once", Email: "once@contoso.example", Role: access.Viewer, Key: &change.Idempotency{Key: "k1", Digest: canon.Sum([]byte("once"))}}
		one, err := w.Invite(w.ctx(), boss, once)
		w.check(err)
		two, err := w.Invite(w.ctx(), boss, once)
		w.check(err)
		if one.Invitation.ID != two.Invitation.ID || !one.Text.Equal(two.Text) {
			t.Error("the same request is another invitation")
		}
		_, err = w.Invitation(w.ctx(), string(two.Text.Expose()), from)
		w.check(err)
		// Who has joined gets no other invitation: one person alone could use it in the member's place.
		_, err = w.Invite(w.ctx(), boss, signin.Invite{Person: r.Signed.Session.Person})
		w.refused(err, fault.Conflict, "joined already")
		w.wrote(boss.Org, "member.added", "invitation.created", "invitation.accepted")
		list, err := w.Invitations(w.ctx(), boss)
		w.check(err)
		if len(list) != 3 || !list[2].Used {
			t.Errorf("invitations %+v", list)
		}
		_, err = w.Invitations(w.ctx(), w.who(r.Signed))
		w.refused(err, fault.Denied, "")
	})
}

func TestInvitationEnds(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		boss := w.who(w.setUp(softkey.New(origin, domain)))
		invite := func(name string) signin.Invited {
			v, err := w.Invite(w.ctx(), boss, signin.Invite{Name: name, Email: name + "@contoso.example", Role: access.Viewer})
			w.check(err)
			return v
		}
		dead := func(v signin.Invited) {
			t.Helper()
			_, err := w.join(v.Text, softkey.New(origin, domain))
			w.is(err, identity.ErrCode)
		}
		v := invite("revoked")
		w.check(w.RevokeInvitation(w.ctx(), boss, v.Invitation.ID))
		w.check(w.RevokeInvitation(w.ctx(), boss, v.Invitation.ID))
		dead(v)
		w.refused(w.RevokeInvitation(w.ctx(), boss, "iv_none"), fault.NotFound, "")
		v = invite("again")
		next, err := w.Invite(w.ctx(), boss, signin.Invite{Person: v.Invitation.Person})
		w.check(err)
		dead(v)
		_, err = w.join(next.Text, softkey.New(origin, domain))
		w.check(err)
		w.refused(w.RevokeInvitation(w.ctx(), boss, next.Invitation.ID), fault.Conflict, "accepted")
		v = invite("removed")
		w.check(w.accounts.RemoveMember(w.ctx(), boss, v.Invitation.Person, "a mistake"))
		dead(v)
		// Whoever invited a viewer has not invited an owner.
		v = invite("promoted")
		_, err = w.accounts.ChangeMember(w.ctx(), boss, v.Invitation.Person, accounts.MemberChange{Role: ptr(access.Owner)})
		w.check(err)
		dead(v)
		// The member is removed between the two halves.
		v = invite("late")
		c, err := w.BeginRegistration(w.ctx(), signin.Registration{Code: string(v.Text.Expose()), Cause: from})
		w.check(err)
		response, err := softkey.New(origin, domain).Create(c.Options)
		w.check(err)
		w.check(w.accounts.RemoveMember(w.ctx(), boss, v.Invitation.Person, "a mistake"))
		_, err = w.FinishRegistration(w.ctx(), signin.Finish{Handle: string(c.Handle.Expose()), Response: response})
		w.is(err, identity.ErrCode)
		v = invite("expired")
		w.pass(signin.InvitationLasts)
		dead(v)
	})
}

// TestInvitationRace lets many use one link at once.
func TestInvitationRace(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		boss := w.who(w.setUp(softkey.New(origin, domain)))
		v, err := w.Invite(w.ctx(), boss, signin.Invite{Name: "X", Email: "x@contoso.example", Role: access.Viewer})
		w.check(err)
		var all []signin.Finish
		for range 6 {
			c, err := w.BeginRegistration(w.ctx(), signin.Registration{Code: string(v.Text.Expose()), Cause: from})
			w.check(err)
			response, err := softkey.New(origin, domain).Create(c.Options)
			w.check(err)
			all = append(all, signin.Finish{Handle: string(c.Handle.Expose()), Response: response})
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for _, in := range all {
			wg.Go(func() {
				_, err := w.FinishRegistration(w.ctx(), in)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won++
				case !errors.Is(err, identity.ErrCode):
					t.Errorf("%v", err)
				}
			})
		}
		wg.Wait()
		if won != 1 {
			t.Errorf("%d used the link", won)
		}
	})
}

// TestOrganisationsApart: two organisations invite the same address, and one of the two links falls into the hands of somebody else.
func TestOrganisationsApart(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		boss := w.who(w.setUp(softkey.New(origin, domain)))
		other := owner(w.organisation("fabrikam", "owner@fabrikam.example"))
		stolen, err := w.Invite(w.ctx(), other, signin.Invite{Name: "Both", Email: "both@contoso.example", Role: access.Viewer})
		w.check(err)
		thief := softkey.New(origin, domain)
		ts, err := w.join(stolen.Text, thief)
		w.check(err)
		ours, err := w.Invite(w.ctx(), boss, signin.Invite{Name: "Both", Email: "both@contoso.example", Role: access.Admin})
		w.check(err)
		if ours.Invitation.Person != stolen.Invitation.Person {
			t.Fatal("one address is two people")
		}
		_, err = w.Switch(w.ctx(), ts.Signed.Session, boss.Org, "rq")
		w.refused(err, fault.NotFound, "no such organisation")
		mine := softkey.New(origin, domain)
		ms, err := w.join(ours.Text, mine)
		w.check(err)
		// Neither sees, ends or goes where the other is.
		_, err = w.Switch(w.ctx(), ts.Signed.Session, boss.Org, "rq")
		w.refused(err, fault.NotFound, "no such organisation")
		_, err = w.Switch(w.ctx(), ms.Signed.Session, other.Org, "rq")
		w.refused(err, fault.NotFound, "no such organisation")
		ta, ma := w.who(ts.Signed), w.who(ms.Signed)
		for _, x := range []struct{ a, b access.Actor }{{ta, ma}, {ma, ta}} {
			list, err := w.Sessions(w.ctx(), x.a)
			w.check(err)
			keys, err := w.Passkeys(w.ctx(), x.a)
			w.check(err)
			if len(list) != 1 || len(keys) != 1 {
				t.Errorf("%d sessions and %d passkeys", len(list), len(keys))
			}
			w.refused(w.EndSession(w.ctx(), x.a, x.b.Session), fault.NotFound, "")
		}
		w.check(w.EndIn(w.ctx(), other.Org, ta.ID.Person(), "removed by SCIM"))
		_, _, err = w.attempt(ts.Signed)
		w.is(err, signin.ErrUnauthenticated)
		w.who(ms.Signed)
		_, err = w.signIn(thief, identity.Members) // no other organisation takes it
		w.is(err, signin.ErrFailed)
		_, err = w.signIn(mine, identity.Members)
		w.check(err)
	})
}

// TestSeveralOrganisations: somebody who is signed in accepts the invitation of another organisation.
func TestSeveralOrganisations(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		k := softkey.New(origin, domain)
		s := w.setUp(k)
		boss := w.who(s)
		_, ms := w.member(boss, "somebody", access.Viewer)
		other := owner(w.organisation("fabrikam", "owner@fabrikam.example"))
		v, err := w.Invite(w.ctx(), other, signin.Invite{Name: "Founder", Email: founder.Email, Role: access.Auditor})
		w.check(err)
		_, err = w.Accept(w.ctx(), string(v.Text.Expose()), ms.Session, from)
		w.refused(err, fault.Denied, "for somebody else")
		in, err := w.Accept(w.ctx(), string(v.Text.Expose()), s.Session, from)
		w.check(err)
		if a := w.who(in); a.Org != other.Org || !slices.Equal(a.Roles, []access.Role{access.Auditor}) {
			t.Errorf("%+v", a)
		}
		_, _, err = w.attempt(s)
		w.is(err, signin.ErrUnauthenticated)
		_, err = w.Accept(w.ctx(), string(v.Text.Expose()), in.Session, from)
		w.is(err, identity.ErrCode)
		list, err := w.Organisations(w.ctx(), in.Session)
		w.check(err)
		if len(list) != 2 || list[0].Name != "Contoso" || list[0].Role != access.Owner || list[1].Org != other.Org {
			t.Errorf("%+v", list)
		}
		back, err := w.Switch(w.ctx(), in.Session, boss.Org, "rq")
		w.check(err)
		if a := w.who(back); a.Org != boss.Org || !slices.Equal(a.Roles, []access.Role{access.Owner}) {
			t.Errorf("%+v", a)
		}
		// With two organisations one is chosen first.
		fresh, err := w.signIn(k, identity.Members)
		w.check(err)
		a := w.who(fresh)
		if a.Org != "" || len(a.Roles) != 0 {
			t.Errorf("%+v", a)
		}
		if _, err := access.Decide(a, access.OrganisationRead, access.Resource{}); err == nil {
			t.Error("an actor of no organisation may something")
		}
	})
}

func TestAcceptByToken(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		boss := w.who(w.setUp(softkey.New(origin, domain)))
		v, err := w.Invite(w.ctx(), boss, signin.Invite{Name: "X", Email: "x@contoso.example", Role: access.Architect})
		w.check(err)
		made, err := w.AcceptByToken(w.ctx(), string(v.Text.Expose()), "c4arch on a laptop", from.Addr, "rq")
		w.check(err)
		a, err := w.accounts.Authenticate(w.ctx(), accounts.Attempt{Token: string(made.Text.Expose()), Surface: access.CLI, Request: "rq"})
		w.check(err)
		if a.ID.Person() != v.Invitation.Person || a.For != access.Interactive {
			t.Errorf("%+v", a)
		}
		_, err = w.Invite(w.ctx(), boss, signin.Invite{Person: v.Invitation.Person})
		w.refused(err, fault.Conflict, "joined already")
	})
}

func TestRecovery(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		s := w.setUp(softkey.New(origin, domain))
		boss := w.who(s)
		org := boss.Org
		_, as := w.member(boss, "admin", access.Admin)
		lost, ls := w.member(boss, "lost", access.Viewer)
		admin, person := w.who(as), ls.Session.Person
		_, err := w.AskRecovery(w.ctx(), w.who(ls), org, person, "lost")
		w.refused(err, fault.Denied, "")
		_, err = w.AskRecovery(w.ctx(), admin, org, admin.ID.Person(), "lost")
		w.refused(err, fault.Denied, "own recovery")
		_, err = w.AskRecovery(w.ctx(), admin, org, boss.ID.Person(), "lost")
		w.refused(err, fault.Denied, "above your own")
		_, err = w.AskRecovery(w.ctx(), admin, org, "pn_none", "lost")
		w.refused(err, fault.NotFound, "")
		_, err = w.AskRecovery(w.ctx(), admin, w.organisation("fabrikam", "owner@fabrikam.example"), person, "lost")
		w.refused(err, fault.NotFound, "")
		r, err := w.AskRecovery(w.ctx(), admin, org, person, "the phone was lost")
		w.check(err)
		_, err = w.AskRecovery(w.ctx(), boss, org, person, "the phone was lost")
		w.refused(err, fault.Limited, "open already")
		_, _, err = w.ApproveRecovery(w.ctx(), admin, org, r.ID)
		w.refused(err, fault.Denied, "another person")
		_, _, err = w.ApproveRecovery(w.ctx(), boss, org, "rc_none")
		w.refused(err, fault.NotFound, "")
		r, link, err := w.ApproveRecovery(w.ctx(), boss, org, r.ID)
		w.check(err)
		_, _, err = w.ApproveRecovery(w.ctx(), boss, org, r.ID)
		w.refused(err, fault.Limited, "agreed to")
		_, err = w.AcceptByToken(w.ctx(), string(link.Expose()), "laptop", from.Addr, "rq")
		w.refused(err, fault.Denied, "in a browser")
		w.who(ls) // what was there is good until the link is used
		k := softkey.New(origin, domain)
		got, err := w.join(link, k)
		w.check(err)
		w.who(got.Signed)
		_, _, err = w.attempt(ls)
		w.is(err, signin.ErrUnauthenticated)
		_, err = w.signIn(lost, identity.Members)
		w.is(err, signin.ErrFailed)
		_, err = w.signIn(k, identity.Members)
		w.check(err)
		_, err = w.join(link, softkey.New(origin, domain))
		w.is(err, identity.ErrCode)
		w.wrote(org, "recovery.asked", "recovery.approved", "recovery.used")
		w.wrote(id.Platform, "recovery.finished", "passkey.removed")
		list, err := w.Recoveries(w.ctx(), boss)
		w.check(err)
		if len(list) != 1 || !list[0].Used {
			t.Errorf("%+v", list)
		}
	})
}

// TestInvitationOfWhoCame: an admin who invites somebody has the text of the link too. Once a provider has signed the member in, it is no good, and there is no other one.
func TestInvitationOfWhoCame(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		boss := w.who(w.setUp(softkey.New(origin, domain)))
		v, err := w.Invite(w.ctx(), boss, signin.Invite{Name: "X", Email: "x@contoso.example", Role: access.Architect})
		w.check(err)
		there, err := access.Decide(access.System(id.Platform, "test", access.Actor{}), access.SessionBegin, access.Resource{})
		w.check(err)
		link := func(org id.Org) {
			c := &federate.PlatformChange{Envelope: change.New(there, w.now(), ledger.Draft{Kind: "subject.linked"}), Link: &federate.Link{Issuer: "https://login.example", Subject: "1", Org: org, Person: v.Invitation.Person}}
			_, err := federatestore.NewPlatform(w.homes).Operate(w.ctx(), c)
			w.check(err)
		}
		link(w.organisation("fabrikam", "owner@fabrikam.example")) // what another organisation's provider says is nothing here
		_, err = w.Invitation(w.ctx(), string(v.Text.Expose()), from)
		w.check(err)
		link(boss.Org)
		_, err = w.join(v.Text, softkey.New(origin, domain))
		w.is(err, identity.ErrCode)
		_, err = w.AcceptByToken(w.ctx(), string(v.Text.Expose()), "laptop", from.Addr, "rq")
		w.is(err, identity.ErrCode)
		_, err = w.Invite(w.ctx(), boss, signin.Invite{Person: v.Invitation.Person})
		w.refused(err, fault.Conflict, "joined already")
	})
}

// TestPolicyHoldsWithoutABrowser: the command line is no way past what an organisation demands of whoever signs in.
func TestPolicyHoldsWithoutABrowser(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		boss := w.who(w.setUp(softkey.New(origin, domain)))
		v, err := w.Invite(w.ctx(), boss, signin.Invite{Name: "X", Email: "x@contoso.example", Role: access.Architect})
		w.check(err)
		for _, x := range []struct {
			policy identity.Policy
			want   error
		}{
			{identity.Policy{SSO: true}, signin.ErrSSO},
			{identity.Policy{Addresses: []string{"198.51.100.0/24"}}, signin.ErrAddress},
			{identity.Policy{Addresses: []string{netip.PrefixFrom(from.Addr, from.Addr.BitLen()).String()}}, nil},
		} {
			w.policies.of[boss.Org] = x.policy
			_, err = w.AcceptByToken(w.ctx(), string(v.Text.Expose()), "laptop", from.Addr, "rq")
			w.is(err, x.want)
		}
	})
}

// TestRecoveryRevokesTokens: who has a lost device has its command line.
func TestRecoveryRevokesTokens(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		boss := w.who(w.setUp(softkey.New(origin, domain)))
		_, as := w.member(boss, "admin", access.Admin)
		_, lost := w.member(boss, "lost", access.Viewer)
		theirs, err := books{w.accounts}.Token(w.ctx(), boss.Org, lost.Session.Person, "laptop", "rq")
		w.check(err)
		others, err := books{w.accounts}.Token(w.ctx(), boss.Org, boss.ID.Person(), "laptop", "rq")
		w.check(err)
		shown := func(x signin.Issued) error {
			_, err := w.accounts.Authenticate(w.ctx(), accounts.Attempt{Token: string(x.Text.Expose()), Surface: access.CLI, Request: "rq"})
			return err
		}
		r, err := w.AskRecovery(w.ctx(), w.who(as), boss.Org, lost.Session.Person, "the laptop was lost")
		w.check(err)
		_, link, err := w.ApproveRecovery(w.ctx(), boss, boss.Org, r.ID)
		w.check(err)
		w.check(shown(theirs))
		_, err = w.join(link, softkey.New(origin, domain))
		w.check(err)
		w.is(shown(theirs), accounts.ErrUnauthenticated)
		w.check(shown(others))
		w.wrote(boss.Org, "token.revoked")
	})
}

// TestRecoveryIsOfTheRole: two admins who agreed about a viewer do not get an owner by it, when the viewer became one.
func TestRecoveryIsOfTheRole(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		boss := w.who(w.setUp(softkey.New(origin, domain)))
		_, first := w.member(boss, "first", access.Admin)
		_, second := w.member(boss, "second", access.Admin)
		_, lost := w.member(boss, "lost", access.Viewer)
		person := lost.Session.Person
		ask := func() identity.Recovery {
			r, err := w.AskRecovery(w.ctx(), w.who(first), boss.Org, person, "the phone was lost")
			w.check(err)
			return r
		}
		became := func(role access.Role) {
			_, err := w.accounts.ChangeMember(w.ctx(), boss, person, accounts.MemberChange{Role: &role})
			w.check(err)
		}
		r := ask()
		_, link, err := w.ApproveRecovery(w.ctx(), w.who(second), boss.Org, r.ID)
		w.check(err)
		became(access.Owner)
		_, err = w.join(link, softkey.New(origin, domain))
		w.is(err, identity.ErrCode)
		became(access.Viewer)
		_, err = w.join(link, softkey.New(origin, domain)) // the twin
		w.check(err)
		r = ask()
		became(access.Architect)
		_, _, err = w.ApproveRecovery(w.ctx(), w.who(second), boss.Org, r.ID)
		w.refused(err, fault.Limited, "another role")
		_, _, err = w.ApproveRecovery(w.ctx(), w.who(second), boss.Org, ask().ID)
		w.check(err)
	})
}

// TestRecoveryOfTheOnlyOwner: an administrator of the platform is the second person. TestRecovery of one organisation changes nothing in another.
func TestRecoveryOfTheOnlyOwner(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		first := softkey.New(origin, domain)
		s := w.setUp(first)
		boss := w.who(s)
		org := w.organisation("fabrikam", "only@fabrikam.example")
		only := owner(org)
		v, err := w.Invite(w.ctx(), only, signin.Invite{Name: "Admin", Email: "admin@fabrikam.example", Role: access.Admin})
		w.check(err)
		joined, err := w.join(v.Text, softkey.New(origin, domain))
		w.check(err)
		members, err := w.accounts.Members(w.ctx(), only, false)
		w.check(err)
		i := slices.IndexFunc(members, func(m tenant.Member) bool { return m.Role == access.Owner })
		_, err = w.AskRecovery(w.ctx(), w.who(joined.Signed), org, members[i].Person, "lost")
		w.refused(err, fault.Denied, "administrator of the platform")
		// A member is no administrator, and of two staff neither does both parts.
		st, err := w.signIn(first, identity.Staff)
		w.check(err)
		staff := w.who(st)
		_, err = w.AskRecovery(w.ctx(), boss, org, members[i].Person, "lost")
		w.refused(err, fault.NotFound, "")
		r, err := w.AskRecovery(w.ctx(), staff, org, members[i].Person, "proved by the contract")
		w.check(err)
		_, _, err = w.ApproveRecovery(w.ctx(), staff, org, r.ID)
		w.refused(err, fault.Denied, "another person")
		second := staff
		second.ID = "person:pn_00000000000000000000000009"
		second.Roles = []access.Role{access.Support}
		_, _, err = w.ApproveRecovery(w.ctx(), second, org, r.ID)
		w.refused(err, fault.Denied, "")
		second.Roles = []access.Role{access.Administrator}
		_, link, err := w.ApproveRecovery(w.ctx(), second, org, r.ID)
		w.check(err)
		got, err := w.join(link, softkey.New(origin, domain))
		w.check(err)
		if a := w.who(got.Signed); a.Org != org || !slices.Equal(a.Roles, []access.Role{access.Owner}) {
			t.Errorf("%+v", a)
		}
		w.wrote(org, "recovery.asked", "recovery.approved")
		w.who(s)
	})
}

func TestRecoveryStaysInside(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		k := softkey.New(origin, domain)
		s := w.setUp(k)
		boss := w.who(s)
		org := w.organisation("fabrikam", "owner@fabrikam.example")
		other := owner(org)
		v, err := w.Invite(w.ctx(), other, signin.Invite{Name: "Founder", Email: founder.Email, Role: access.Viewer})
		w.check(err)
		in, err := w.Accept(w.ctx(), string(v.Text.Expose()), s.Session, from)
		w.check(err)
		home, err := w.Switch(w.ctx(), in.Session, boss.Org, "rq")
		w.check(err)
		r, err := w.AskRecovery(w.ctx(), other, org, boss.ID.Person(), "said to have lost it")
		w.check(err)
		second := other
		second.ID = "person:pn_00000000000000000000000009"
		_, link, err := w.ApproveRecovery(w.ctx(), second, org, r.ID)
		w.check(err)
		thief := softkey.New(origin, domain)
		got, err := w.join(link, thief)
		w.check(err)
		_, err = w.Switch(w.ctx(), got.Signed.Session, boss.Org, "rq")
		w.refused(err, fault.NotFound, "")
		w.who(home)
		again, err := w.signIn(k, identity.Members)
		w.check(err)
		if again.Session.Org != boss.Org {
			t.Errorf("the old passkey is still taken there: %s", again.Session.Org)
		}
	})
}

func TestRecoveryExpires(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		boss := w.who(w.setUp(softkey.New(origin, domain)))
		_, as := w.member(boss, "admin", access.Admin)
		_, ls := w.member(boss, "lost", access.Viewer)
		admin := w.who(as)
		r, err := w.AskRecovery(w.ctx(), admin, boss.Org, ls.Session.Person, "lost")
		w.check(err)
		w.pass(signin.InvitationLasts)
		_, _, err = w.ApproveRecovery(w.ctx(), boss, boss.Org, r.ID)
		w.refused(err, fault.Limited, "expired")
		r, err = w.AskRecovery(w.ctx(), admin, boss.Org, ls.Session.Person, "lost")
		w.check(err)
		_, link, err := w.ApproveRecovery(w.ctx(), boss, boss.Org, r.ID)
		w.check(err)
		w.pass(signin.RecoveryLasts)
		_, err = w.join(link, softkey.New(origin, domain))
		w.is(err, identity.ErrCode)
	})
}

func TestDevice(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		s := w.setUp(softkey.New(origin, domain))
		a := w.who(s)
		begin := func() signin.Device {
			d, err := w.BeginDevice(w.ctx(), signin.Asking{Client: "c4arch", Device: "laptop"}, from)
			w.check(err)
			return d
		}
		poll := func(d signin.Device) (signin.Issued, error) {
			return w.PollDevice(w.ctx(), string(d.DeviceCode.Expose()), from)
		}
		d := begin()
		w.pass(signin.DeviceInterval)
		_, err := poll(d)
		w.is(err, signin.ErrPending)
		w.pass(time.Second)
		_, err = poll(d)
		w.is(err, signin.ErrSlowDown)
		w.pass(signin.DeviceInterval)
		_, err = poll(d)
		w.is(err, signin.ErrPending)
		seen, err := w.LookDevice(w.ctx(), a, d.UserCode, from)
		w.check(err)
		if seen.Client != "c4arch" || seen.Device != "laptop" || seen.Address != "192.0.2.7" {
			t.Errorf("%+v", seen)
		}
		stale := a
		stale.Fresh = false
		w.is(w.ApproveDevice(w.ctx(), stale, d.UserCode, true, from), signin.ErrStale)
		w.check(w.ApproveDevice(w.ctx(), a, " "+d.UserCode[:4]+d.UserCode[5:]+" ", true, from))
		w.refused(w.ApproveDevice(w.ctx(), a, d.UserCode, true, from), fault.NotFound, "no device")
		w.pass(signin.DeviceInterval)
		made, err := poll(d)
		w.check(err)
		who, err := w.accounts.Authenticate(w.ctx(), accounts.Attempt{Token: string(made.Text.Expose()), Surface: access.CLI, Request: "rq"})
		w.check(err)
		if who.ID != a.ID || who.Org != a.Org {
			t.Errorf("%+v", who)
		}
		_, err = poll(d)
		w.is(err, signin.ErrExpired)
		w.wrote(id.Platform, "device.approved")
		d = begin()
		w.check(w.ApproveDevice(w.ctx(), a, d.UserCode, false, from))
		_, err = poll(d)
		w.is(err, signin.ErrRefused)
		// The person is removed between the approval and the token.
		_, ms := w.member(a, "leaver", access.Viewer)
		d = begin()
		w.check(w.ApproveDevice(w.ctx(), w.who(ms), d.UserCode, true, from))
		w.check(w.accounts.RemoveMember(w.ctx(), a, ms.Session.Person, "left"))
		_, err = poll(d)
		w.is(err, signin.ErrRefused)
		d = begin()
		w.pass(signin.DeviceLasts)
		_, err = poll(d)
		w.is(err, signin.ErrExpired)
		_, err = w.LookDevice(w.ctx(), a, d.UserCode, from)
		w.refused(err, fault.NotFound, "no device")
		for _, code := range []string{"", "AAAA-AAAA", "BCDF", string(make([]byte, 1000))} {
			_, err := w.LookDevice(w.ctx(), a, code, from)
			w.refused(err, fault.NotFound, "no device")
		}
		_, err = w.PollDevice(w.ctx(), "c4d_x", from)
		w.is(err, signin.ErrExpired)
		token := a
		token.Session, token.For = "", access.Interactive
		_, err = w.LookDevice(w.ctx(), token, d.UserCode, from)
		w.refused(err, fault.Denied, "")
	})
}

func TestAttemptsAreLimited(t *testing.T) {
	w := newWorld(t, "SQLite")
	s := w.setUp(softkey.New(origin, domain))
	a := w.who(s)
	for what, try := range map[string]func() error{
		"user code": func() error { _, err := w.LookDevice(w.ctx(), a, "BCDF-GHJK", from); return err },
		"link":      func() error { _, err := w.Invitation(w.ctx(), "c4i_x", from); return err },
		"sign-in":   func() error { _, err := w.BeginSignIn(w.ctx(), identity.Members, from); return err },
		"step-up":   func() error { _, err := w.BeginStepUp(w.ctx(), s.Session, from); return err },
		"device":    func() error { _, err := w.BeginDevice(w.ctx(), signin.Asking{}, from); return err },
		"setup":     func() error { _, err := w.BeginSetup(w.ctx(), "c4s_x", founder, from); return err },
	} {
		w.limits.left[what] = 1
		if err := try(); fault.KindOf(err) == fault.Limited {
			t.Errorf("%s: the first attempt is %v", what, err)
		}
		if err := try(); fault.KindOf(err) != fault.Limited {
			t.Errorf("%s: the second attempt is %v", what, err)
		}
	}
}

// TestComingBack: who was removed and is added again under the same address has to be invited again, whatever still lies about of before.
func TestComingBack(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.accounts.Sessions = w.Service
		boss := w.who(w.setUp(softkey.New(origin, domain)))
		k, ms := w.member(boss, "leaver", access.Viewer)
		person := ms.Session.Person
		token, err := books{w.accounts}.Token(w.ctx(), boss.Org, person, "laptop", "rq")
		w.check(err)
		other := w.organisation("fabrikam", "owner@fabrikam.example")
		v, err := w.Invite(w.ctx(), owner(other), signin.Invite{Name: "leaver", Email: "leaver@contoso.example", Role: access.Viewer})
		w.check(err)
		_, err = w.Accept(w.ctx(), string(v.Text.Expose()), ms.Session, from)
		w.check(err)
		w.check(w.accounts.RemoveMember(w.ctx(), boss, person, "left"))
		back := func() {
			m, err := w.accounts.AddMember(w.ctx(), boss, accounts.NewMember{Name: "Leaver", Email: "leaver@contoso.example", Role: access.Viewer})
			w.check(err)
			if m.Person != person {
				t.Fatalf("%s and not %s", m.Person, person)
			}
		}
		refused := func() {
			s, err := w.signIn(k, identity.Members)
			w.check(err)
			if s.Session.Org != other {
				t.Errorf("the passkey of before leads into %s", s.Session.Org)
			}
			list, err := w.Organisations(w.ctx(), s.Session)
			w.check(err)
			if len(list) != 1 {
				t.Errorf("%+v", list)
			}
			_, err = w.accounts.Authenticate(w.ctx(), accounts.Attempt{Token: string(token.Text.Expose()), Surface: access.CLI, Request: "rq"})
			w.is(err, accounts.ErrUnauthenticated)
		}
		back()
		refused()
		// What could not be ended when the person went is ended before the person comes back, or nobody comes back.
		v, err = w.Invite(w.ctx(), boss, signin.Invite{Person: person})
		w.check(err)
		again, err := w.signIn(k, identity.Members)
		w.check(err)
		in, err := w.Accept(w.ctx(), string(v.Text.Expose()), again.Session, from)
		w.check(err)
		w.who(in)
		w.accounts.Sessions = lost{}
		w.check(w.accounts.RemoveMember(w.ctx(), boss, person, "left"))
		_, err = w.accounts.AddMember(w.ctx(), boss, accounts.NewMember{Name: "Leaver", Email: "leaver@contoso.example", Role: access.Viewer})
		w.refused(err, fault.Unavailable, "cannot be reached")
		w.accounts.Sessions = w.Service
		back()
		_, _, err = w.attempt(in)
		w.is(err, signin.ErrUnauthenticated)
		refused()
	})
}

// lost is a platform that cannot be reached.
type lost struct{}

func (lost) EndIn(context.Context, id.Org, string, string) error {
	return fault.New(fault.Unavailable, "the platform cannot be reached")
}
func (lost) Forget(context.Context, string) error { return nil }

// TestAcceptedByTokenAtOnce: the invitation is used up and the token is there, or neither.
func TestAcceptedByTokenAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		boss := w.who(w.setUp(softkey.New(origin, domain)))
		v, err := w.Invite(w.ctx(), boss, signin.Invite{Name: "X", Email: "x@contoso.example", Role: access.Architect})
		w.check(err)
		code := string(v.Text.Expose())
		w.Homes = dying{w.store}
		_, err = w.AcceptByToken(w.ctx(), code, "laptop", from.Addr, "rq")
		w.refused(err, fault.Unavailable, "killed here")
		w.Homes = demanding{w.store, w.policies}
		made, err := w.AcceptByToken(w.ctx(), code, "laptop", from.Addr, "rq")
		w.check(err)
		a, err := w.accounts.Authenticate(w.ctx(), accounts.Attempt{Token: string(made.Text.Expose()), Surface: access.CLI, Request: "rq"})
		w.check(err)
		if a.ID.Person() != v.Invitation.Person || !slices.Equal(a.Roles, []access.Role{access.Architect}) {
			t.Errorf("%+v", a)
		}
		_, err = w.AcceptByToken(w.ctx(), code, "laptop", from.Addr, "rq")
		w.is(err, identity.ErrCode)
		all, err := w.accounts.Tokens(w.ctx(), boss)
		w.check(err)
		n := 0
		for _, x := range all {
			if x.Person == v.Invitation.Person {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d tokens of the person", n)
		}
		w.wrote(boss.Org, "invitation.accepted", "token.created")
	})
}

// dying is a home that dies before a commit.
type dying struct{ signin.Organisations }

func (dying) Join(context.Context, *signin.Joining) (change.Committed, error) {
	return change.Committed{}, fault.New(fault.Unavailable, "killed here")
}
