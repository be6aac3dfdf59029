package signin_test

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/signin"
	"c4arch/test/softkey"
)

func TestSetupAndSignIn(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		k := softkey.New(origin, domain)
		first := w.setUp(k)
		a := w.who(first)
		if a.Kind != access.Person || !slices.Equal(a.Roles, []access.Role{access.Owner}) || a.Org != first.Session.Org || !a.Fresh || a.Session == "" {
			t.Errorf("the founder is %+v", a)
		}
		w.wrote(id.Platform, "setup.used", "passkey.added", "session.began")
		again, err := w.signIn(k, identity.Members)
		w.check(err)
		if again.Session.Org != a.Org || again.Session.ID == first.Session.ID || !again.Session.Strength.Phishing || again.Session.Strength.Hardware {
			t.Errorf("a session %+v", again.Session)
		}
		staff, err := w.signIn(k, identity.Staff)
		w.check(err)
		if s := w.who(staff); s.Kind != access.Staff || s.Org != id.Platform || !slices.Equal(s.Roles, []access.Role{access.Administrator}) {
			t.Errorf("the administrator is %+v", s)
		}
		// A cookie of one realm is none of the other.
		for _, x := range []signin.Attempt{
			{Cookie: string(staff.Cookie.Expose()), Realm: identity.Members},
			{Cookie: string(again.Cookie.Expose()), Realm: identity.Staff},
			{Realm: identity.Members},
			{Cookie: "c4c_0", Realm: identity.Members},
			{Cookie: string(again.Cookie.Expose())[:60] + "0000", Realm: identity.Members},
		} {
			_, _, err := w.Authenticate(w.ctx(), x)
			w.is(err, signin.ErrUnauthenticated)
		}
		w.check(w.SignOut(w.ctx(), again.Session, "rq"))
		w.check(w.SignOut(w.ctx(), again.Session, "rq"))
		_, _, err = w.attempt(again)
		w.is(err, signin.ErrUnauthenticated)
		w.wrote(id.Platform, "session.ended")
		w.who(first) // another session goes on
	})
}

func TestSetupRefuses(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		code, err := w.accounts.Begin(w.ctx())
		w.check(err)
		text := string(code.Expose())
		for name, f := range map[string]signin.Founder{
			"name": {Email: "a@contoso.example", Organisation: "C", Slug: "contoso"}, "email": {Name: "A", Email: "a", Organisation: "C", Slug: "contoso"},
			"organisation": {Name: "A", Email: "a@contoso.example", Slug: "contoso"}, "slug": {Name: "A", Email: "a@contoso.example", Organisation: "C", Slug: "-"},
		} {
			if _, err := w.BeginSetup(w.ctx(), text, f, from); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, other := range []string{"", "c4s_x", text[:len(text)-1] + "0", text + "0"} {
			_, err := w.BeginSetup(w.ctx(), other, founder, from)
			w.is(err, signin.ErrSetup)
		}
		// Of two who began with one code, one ends.
		begin := func() signin.Finish {
			c, err := w.BeginSetup(w.ctx(), text, founder, from)
			w.check(err)
			response, err := softkey.New(origin, domain).Create(c.Options)
			w.check(err)
			return signin.Finish{Handle: string(c.Handle.Expose()), Response: response}
		}
		one, two, late := begin(), begin(), begin()
		w.personnel.broken = fault.New(fault.Unavailable, "killed here")
		_, err = w.FinishSetup(w.ctx(), one)
		w.refused(err, fault.Unavailable, "killed here")
		_, err = w.FinishSetup(w.ctx(), two)
		w.is(err, signin.ErrSetup)
		// After a crash another code does it, for the same person.
		w.personnel.broken = nil
		w.setUp(softkey.New(origin, domain))
		if w.personnel.found != 1 {
			t.Errorf("%d administrators", w.personnel.found)
		}
		w.pass(signin.CeremonyLasts + time.Second)
		_, err = w.FinishSetup(w.ctx(), late)
		w.is(err, signin.ErrFailed)
	})
}

func TestCeremonyOnce(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		k := softkey.New(origin, domain)
		w.setUp(k)
		begin := func(realm identity.Realm) signin.Finish {
			c, err := w.BeginSignIn(w.ctx(), realm, from)
			w.check(err)
			response, err := k.Get(c.Options)
			w.check(err)
			return signin.Finish{Handle: string(c.Handle.Expose()), Response: response}
		}
		in := begin(identity.Members)
		_, err := w.FinishSignIn(w.ctx(), in, identity.Members)
		w.check(err)
		_, err = w.FinishSignIn(w.ctx(), in, identity.Members)
		w.is(err, signin.ErrFailed)
		in = begin(identity.Members)
		_, err = w.FinishSignIn(w.ctx(), in, identity.Staff)
		w.is(err, signin.ErrFailed)
		_, err = w.FinishSignIn(w.ctx(), in, identity.Members) // it was used by the wrong attempt
		w.is(err, signin.ErrFailed)
		a, b := begin(identity.Members), begin(identity.Members)
		a.Handle, b.Handle = b.Handle, a.Handle
		_, err = w.FinishSignIn(w.ctx(), a, identity.Members)
		w.is(err, signin.ErrFailed)
		in = begin(identity.Members)
		w.pass(signin.CeremonyLasts)
		_, err = w.FinishSignIn(w.ctx(), in, identity.Members)
		w.is(err, signin.ErrFailed)
		for _, in := range []signin.Finish{{}, {Handle: in.Handle}, {Handle: "c4h_x", Response: []byte("{}")}, {Handle: begin(identity.Members).Handle, Response: make([]byte, 1<<20)}, {Handle: begin(identity.Members).Handle, Response: []byte("{}")}} {
			_, err := w.FinishSignIn(w.ctx(), in, identity.Members)
			w.is(err, signin.ErrFailed)
		}
		// Somebody who is not known, and a known one whose counter went back.
		stranger := softkey.New(origin, domain)
		c, err := w.BeginSetup(w.ctx(), "", founder, from)
		w.is(err, signin.ErrSetup)
		_ = c
		options, _, err := w.WebAuthn.Create(signin.User{ID: "pn_x", Name: "x", Shown: "x"}, nil, false)
		w.check(err)
		_, err = stranger.Create(options)
		w.check(err)
		_, err = w.signIn(stranger, identity.Members)
		w.is(err, signin.ErrFailed)
		_, err = w.BeginSignIn(w.ctx(), "visitors", from)
		w.refused(err, fault.Invalid, "realm")
	})
}

func TestCounter(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		k := w.hardware()
		w.setUp(k)
		copied := *k
		_, err := w.signIn(k, identity.Members)
		w.check(err)
		_, err = w.signIn(k, identity.Members)
		w.check(err)
		_, err = w.signIn(&copied, identity.Members)
		w.is(err, signin.ErrFailed)
		w.wrote(id.Platform, "passkey.suspected")
		_, err = w.signIn(k, identity.Members)
		w.check(err)
	})
}

func TestSessionLimits(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		k := softkey.New(origin, domain)
		s := w.setUp(k)
		org := s.Session.Org
		for range 23 {
			w.pass(59 * time.Minute)
			w.who(s)
		}
		w.pass(59 * time.Minute)
		w.who(s)
		w.pass(59 * time.Minute)
		_, _, err := w.attempt(s)
		w.is(err, signin.ErrUnauthenticated) // a day is over
		s, err = w.signIn(k, identity.Members)
		w.check(err)
		w.pass(identity.MemberLimits.Fresh)
		if a := w.who(s); a.Fresh {
			t.Error("the proof is fresh for ever")
		}
		w.pass(time.Hour)
		_, _, err = w.attempt(s)
		w.is(err, signin.ErrUnauthenticated) // idle
		st, err := w.signIn(k, identity.Staff)
		w.check(err)
		w.pass(16 * time.Minute)
		_, _, err = w.attempt(st)
		w.is(err, signin.ErrUnauthenticated)
		// The organisation's own policy.
		s, err = w.signIn(k, identity.Members)
		w.check(err)
		w.policies.of[org] = identity.Policy{Session: 10 * time.Minute}
		w.who(s)
		w.pass(10 * time.Minute)
		_, _, err = w.attempt(s)
		w.is(err, signin.ErrUnauthenticated)
		w.policies.of[org] = identity.Policy{Addresses: []string{"192.0.2.0/24"}}
		s, err = w.signIn(k, identity.Members)
		w.check(err)
		w.who(s)
		for _, addr := range []string{"198.51.100.1", "2001:db8::1"} {
			_, _, err = w.Authenticate(w.ctx(), signin.Attempt{Cookie: string(s.Cookie.Expose()), Realm: identity.Members, Addr: netip.MustParseAddr(addr)})
			w.is(err, signin.ErrAddress)
		}
		_, _, err = w.Authenticate(w.ctx(), signin.Attempt{Cookie: string(s.Cookie.Expose()), Realm: identity.Members})
		w.is(err, signin.ErrAddress)
		_, _, err = w.Authenticate(w.ctx(), signin.Attempt{Cookie: string(s.Cookie.Expose()), Realm: identity.Members, Addr: netip.MustParseAddr("::ffff:192.0.2.9")})
		w.check(err)
	})
}

func TestSingleSignOn(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		k := softkey.New(origin, domain)
		s := w.setUp(k)
		org := s.Session.Org
		mk, ms := w.member(w.who(s), "viewer", access.Viewer)
		w.policies.of[org] = identity.Policy{SSO: true}
		_, _, err := w.attempt(ms)
		w.is(err, signin.ErrSSO)
		_, err = w.signIn(mk, identity.Members)
		w.is(err, signin.ErrSSO)
		w.who(s)
		_, err = w.signIn(k, identity.Members)
		w.check(err)
		if w.policies.past != 1 {
			t.Errorf("an owner who came in past the provider was written down %d times", w.policies.past)
		}
		by, err := w.Start(w.ctx(), signin.Start{Person: ms.Session.Person, Realm: identity.Members, Org: org, Method: identity.ByProvider, Strength: identity.Strength{Provider: "ip_x"}})
		w.check(err)
		if a := w.who(by); !slices.Equal(a.Roles, []access.Role{access.Viewer}) {
			t.Errorf("%+v", a)
		}
		for _, in := range []signin.Start{
			{Person: ms.Session.Person}, {Person: ms.Session.Person, Realm: identity.Members, Org: id.Platform}, {Person: ms.Session.Person, Realm: identity.Members, Org: org, Grant: "gr_x"},
		} {
			_, err := w.Start(w.ctx(), in)
			w.refused(err, fault.Internal, "one realm")
		}
	})
}

func TestRemovalActsAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		s := w.setUp(softkey.New(origin, domain))
		boss := w.who(s)
		k, ms := w.member(boss, "leaver", access.Admin)
		a := w.who(ms)
		_, err := w.accounts.ChangeMember(w.ctx(), boss, a.ID.Person(), accounts.MemberChange{Role: ptr(access.Viewer)})
		w.check(err)
		if now := w.who(ms); !slices.Equal(now.Roles, []access.Role{access.Viewer}) {
			t.Errorf("the role is that of the session: %v", now.Roles)
		}
		w.check(w.accounts.RemoveMember(w.ctx(), boss, a.ID.Person(), "left"))
		_, _, err = w.attempt(ms)
		w.is(err, signin.ErrUnauthenticated)
		_, err = w.signIn(k, identity.Members)
		w.is(err, signin.ErrFailed)
		// And all of it everywhere.
		w.check(w.Forget(w.ctx(), a.ID.Person()))
		_, err = w.signIn(k, identity.Members)
		w.is(err, signin.ErrFailed)
		w.who(s)
	})
}

func ptr[T any](v T) *T { return &v }

func TestStepUpAndPasskeys(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		k := softkey.New(origin, domain)
		s := w.setUp(k)
		w.pass(identity.MemberLimits.Fresh)
		a := w.who(s)
		_, err := w.BeginRegistration(w.ctx(), signin.Registration{Actor: a})
		w.refused(err, fault.Denied, "")
		step := func(by *softkey.Key) (signin.Signed, error) {
			c, err := w.BeginStepUp(w.ctx(), s.Session, from)
			w.check(err)
			response, err := by.Get(c.Options)
			w.check(err)
			return w.FinishStepUp(w.ctx(), s.Session, signin.Finish{Handle: string(c.Handle.Expose()), Response: response})
		}
		ok, os := w.member(func() access.Actor { b := a; b.Fresh = true; return b }(), "other", access.Viewer)
		_, err = step(ok) // somebody else's
		w.is(err, signin.ErrFailed)
		old := s
		s, err = step(k)
		w.check(err)
		_, _, err = w.attempt(old)
		w.is(err, signin.ErrUnauthenticated) // it was rotated
		if !s.Session.Created.Equal(old.Session.Created) {
			t.Error("a rotation makes a session last longer")
		}
		a = w.who(s)
		if !a.Fresh {
			t.Fatal("the proof is not fresh")
		}
		second := w.hardware()
		c, err := w.BeginRegistration(w.ctx(), signin.Registration{Actor: a})
		w.check(err)
		response, err := second.Create(c.Options)
		w.check(err)
		in := signin.Finish{Actor: w.who(os), Handle: string(c.Handle.Expose()), Response: response, Name: "key"}
		_, err = w.FinishRegistration(w.ctx(), in) // in another browser
		w.is(err, signin.ErrFailed)
		c, err = w.BeginRegistration(w.ctx(), signin.Registration{Actor: a})
		w.check(err)
		response, err = second.Create(c.Options)
		w.check(err)
		made, err := w.FinishRegistration(w.ctx(), signin.Finish{Actor: a, Handle: string(c.Handle.Expose()), Response: response, Name: "key"})
		w.check(err)
		list, err := w.Passkeys(w.ctx(), a)
		w.check(err)
		if len(list) != 2 || !made.Passkey.Trusted || list[1].Name != "key" {
			t.Fatalf("passkeys %+v", list)
		}
		if others, err := w.Passkeys(w.ctx(), w.who(os)); err != nil || len(others) != 1 {
			t.Errorf("%v, %v", others, err)
		}
		_, err = w.RenamePasskey(w.ctx(), w.who(os), list[0].ID, "mine")
		w.refused(err, fault.NotFound, "no such passkey")
		_, err = w.RenamePasskey(w.ctx(), a, list[0].ID, "laptop")
		w.check(err)
		by, err := w.signIn(second, identity.Members)
		w.check(err)
		w.check(w.RemovePasskey(w.ctx(), a, made.Passkey.ID))
		_, _, err = w.attempt(by)
		w.is(err, signin.ErrUnauthenticated)
		_, err = w.signIn(second, identity.Members)
		w.is(err, signin.ErrFailed)
		w.refused(w.RemovePasskey(w.ctx(), a, list[0].ID), fault.Conflict, "last passkey")
		w.wrote(id.Platform, "passkey.changed", "passkey.removed")
	})
}

func TestSessionsOfOneself(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		k := softkey.New(origin, domain)
		s := w.setUp(k)
		_, os := w.member(w.who(s), "other", access.Viewer)
		two, err := w.signIn(k, identity.Members)
		w.check(err)
		a := w.who(s)
		list, err := w.Sessions(w.ctx(), a)
		w.check(err)
		if len(list) != 2 || list[0].Current == list[1].Current {
			t.Errorf("sessions %+v", list)
		}
		w.refused(w.EndSession(w.ctx(), w.who(os), two.Session.ID), fault.NotFound, "no such session")
		w.refused(w.EndSession(w.ctx(), a, "ss_none"), fault.NotFound, "no such session")
		w.check(w.EndSession(w.ctx(), a, two.Session.ID))
		_, _, err = w.attempt(two)
		w.is(err, signin.ErrUnauthenticated)
		three, err := w.signIn(k, identity.Members)
		w.check(err)
		w.check(w.EndOthers(w.ctx(), a))
		_, _, err = w.attempt(three)
		w.is(err, signin.ErrUnauthenticated)
		for _, stays := range []signin.Signed{s, os} { // the one that it is asked in, and those of others
			_, _, err = w.attempt(stays)
			w.check(err)
		}
		for range signin.MaxSessions + 2 {
			w.pass(time.Second)
			_, err := w.signIn(k, identity.Members)
			w.check(err)
		}
		_, _, err = w.attempt(s)
		w.is(err, signin.ErrUnauthenticated) // the oldest makes room
		w.check(w.EndAll(w.ctx(), a.ID.Person(), "test"))
		left, err := w.signIn(k, identity.Members)
		w.check(err)
		if list, err := w.Sessions(w.ctx(), w.who(left)); err != nil || len(list) != 1 {
			t.Errorf("%d, %v", len(list), err)
		}
	})
}

func TestStaffAndGrants(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		k := softkey.New(origin, domain)
		s := w.setUp(k)
		org, person := s.Session.Org, s.Session.Person
		st, err := w.signIn(k, identity.Staff)
		w.check(err)
		_, err = w.Enter(w.ctx(), st.Session, org, "gr_x", "rq")
		w.is(err, signin.ErrGrant)
		g := identity.Grant{ID: "gr_1", Org: org, Staff: person, State: "active", From: w.at, Until: w.at.Add(time.Hour)}
		for name, bad := range map[string]func(*identity.Grant){
			"asked": func(g *identity.Grant) { g.State = "asked" }, "of another": func(g *identity.Grant) { g.Staff = "pn_x" }, "elsewhere": func(g *identity.Grant) { g.Org = "og_x" },
			"later": func(g *identity.Grant) { g.From = w.at.Add(time.Minute) }, "over": func(g *identity.Grant) { g.Until = w.at },
		} {
			b := g
			bad(&b)
			w.personnel.grants["gr_1"] = b
			if _, err := w.Enter(w.ctx(), st.Session, org, "gr_1", "rq"); err == nil {
				t.Errorf("a grant that is %s lets in", name)
			}
		}
		w.personnel.grants["gr_1"] = g
		in, err := w.Enter(w.ctx(), st.Session, org, "gr_1", "rq")
		w.check(err)
		if a := w.who(in); a.Kind != access.Staff || a.Org != org || a.Grant != "gr_1" {
			t.Errorf("%+v", a)
		}
		g.State = "revoked"
		w.personnel.grants["gr_1"] = g
		_, _, err = w.attempt(in)
		w.is(err, signin.ErrGrant)
		back, err := w.Switch(w.ctx(), in.Session, id.Platform, "rq")
		w.check(err)
		w.who(back)
		_, err = w.Switch(w.ctx(), back.Session, org, "rq")
		w.is(err, signin.ErrGrant)
		_, err = w.Enter(w.ctx(), s.Session, org, "gr_1", "rq")
		w.is(err, signin.ErrGrant)
		delete(w.personnel.roles, person)
		_, _, err = w.attempt(back)
		w.is(err, signin.ErrUnauthenticated)
		_, err = w.signIn(k, identity.Staff)
		w.is(err, signin.ErrFailed)
	})
}

// TestRealmsHandOutNothing: the first administrator is an owner too, by one passkey. What is registered or removed in a session of the one realm changes nothing in the other.
func TestRealmsHandOutNothing(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		first := softkey.New(origin, domain)
		member := w.setUp(first)
		staff, err := w.signIn(first, identity.Staff)
		w.check(err)
		register := func(s signin.Signed) *softkey.Key {
			k := softkey.New(origin, domain)
			c, err := w.BeginRegistration(w.ctx(), signin.Registration{Actor: w.who(s), Cause: from})
			w.check(err)
			response, err := k.Create(c.Options)
			w.check(err)
			_, err = w.FinishRegistration(w.ctx(), signin.Finish{Actor: w.who(s), Handle: string(c.Handle.Expose()), Response: response})
			w.check(err)
			return k
		}
		of, theirs := register(member), register(staff)
		_, err = w.signIn(of, identity.Members)
		w.check(err)
		_, err = w.signIn(of, identity.Staff)
		w.is(err, signin.ErrFailed)
		_, err = w.signIn(theirs, identity.Staff)
		w.check(err)
		_, err = w.signIn(theirs, identity.Members)
		w.is(err, signin.ErrFailed)
		// In a session of members the shared passkey is taken from the organisation alone.
		w.check(w.RemovePasskey(w.ctx(), w.who(member), member.Session.Strength.Passkey))
		_, err = w.signIn(first, identity.Staff)
		w.check(err)
		_, err = w.signIn(first, identity.Members)
		w.is(err, signin.ErrFailed)
	})
}

// TestSessionsEndWithTheirProvider: those of one provider in one organisation, and no others.
func TestSessionsEndWithTheirProvider(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		mine := w.setUp(softkey.New(origin, domain))
		begin := func(provider string) signin.Signed {
			s, err := w.Start(w.ctx(), signin.Start{Person: mine.Session.Person, Realm: identity.Members, Org: mine.Session.Org, Method: identity.ByProvider, Strength: identity.Strength{Provider: provider}, Request: "rq"})
			w.check(err)
			return s
		}
		one, two, other := begin("ip_1"), begin("ip_1"), begin("ip_2")
		w.check(w.EndBy(w.ctx(), w.organisation("fabrikam", "owner@fabrikam.example"), "ip_1", "removed"))
		w.who(one)
		w.check(w.EndBy(w.ctx(), mine.Session.Org, "ip_1", "removed"))
		for _, s := range []signin.Signed{one, two} {
			_, _, err := w.attempt(s)
			w.is(err, signin.ErrUnauthenticated)
		}
		w.who(other)
		w.who(mine)
	})
}
