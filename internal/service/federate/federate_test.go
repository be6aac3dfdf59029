package federate_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/federate"
)

func says(subject, email string, verified bool, groups ...string) federate.Assertion {
	return federate.Assertion{Subject: subject, Email: email, Verified: verified, Name: "A Person", ACR: "phr", AMR: []string{"hwk"}, Proof: "00", Groups: groups, Grouped: groups != nil}
}

func TestSignIn(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		p := w.provider(w.owner, "contoso.example", "")
		got, err := w.through(w.contoso, p.ID, says("1", "owner@contoso.example", true))
		w.check(err)
		x := w.begun[0]
		if got.Session.Person != w.owner.ID.Person() || x.Org != w.contoso || x.Realm != identity.Members || x.Method != identity.ByProvider || x.Strength.Provider != p.ID ||
			x.Strength.ACR != "phr" || x.Strength.Proof != "00" || !x.Strength.Phishing || !x.Strength.Hardware {
			t.Errorf("%+v", x)
		}
		if party := w.parties[0]; string(party.Secret.Expose()) != "of contoso.example" || party.Redirect != "https://c4arch.example/oidc/return/"+p.ID || party.Org != w.contoso {
			t.Errorf("%+v", party)
		}
		// The subject is who it was, whatever the provider says of the address from now on.
		again, err := w.through(w.contoso, p.ID, says("1", "somebody@else.example", false))
		w.check(err)
		if again.Session.Person != got.Session.Person {
			t.Error("the same subject is somebody else")
		}
		if k := w.kinds(id.Platform); !slices.Contains(k, "subject.linked") || !slices.Contains(k, "domain.claimed") {
			t.Errorf("%v", k)
		}
	})
}

// TestStrangers: whom no provider of the organisation can sign in. Each has the rightful one as its twin in [TestSignIn].
func TestStrangers(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		p := w.provider(w.owner, "contoso.example", "")
		q := w.provider(w.other, "fabrikam.example", access.Viewer)
		for _, m := range []struct {
			by    access.Actor
			email string
		}{{w.owner, "guest@nowhere.example"}, {w.other, "owner@contoso.example"}} {
			_, err := w.accounts.AddMember(ctx, m.by, accounts.NewMember{Name: "A Member", Email: m.email, Role: access.Viewer})
			w.check(err)
		}
		for name, x := range map[string]struct {
			org      id.Org
			provider string
			says     federate.Assertion
		}{
			"an address that the provider does not vouch for": {w.contoso, p.ID, says("2", "owner@contoso.example", false)},
			"no address": {w.contoso, p.ID, says("3", "", true)},
			"a member in a domain that is not proven":                       {w.contoso, p.ID, says("4", "guest@nowhere.example", true)},
			"nobody who is a member":                                        {w.contoso, p.ID, says("5", "stranger@contoso.example", true)},
			"a member, by another organisation's provider, who joins there": {w.fabrikam, q.ID, says("6", "owner@contoso.example", true)},
			"two addresses": {w.contoso, p.ID, says("7", "owner@contoso.example@fabrikam.example", true)},
		} {
			n := len(w.begun)
			_, err := w.through(x.org, x.provider, x.says)
			w.denied(err, fault.Denied, "not a member")
			if len(w.begun) != n {
				t.Errorf("%s: a session began", name)
			}
		}
		// A subject that is known in one organisation is nobody in another one.
		_, err := w.through(w.contoso, p.ID, says("8", "owner@contoso.example", true))
		w.check(err)
		_, err = w.BeginSignIn(ctx, w.fabrikam, p.ID, "", "rq_test")
		w.denied(err, fault.NotFound, "provider")
		_, err = w.BeginSignIn(ctx, id.Platform, p.ID, "", "rq_test")
		w.denied(err, fault.NotFound, "provider")
		// Who was removed does not come back by the provider.
		m, err := w.accounts.AddMember(ctx, w.owner, accounts.NewMember{Name: "A Leaver", Email: "leaver@contoso.example", Role: access.Viewer})
		w.check(err)
		_, err = w.through(w.contoso, p.ID, says("9", "leaver@contoso.example", true))
		w.check(err)
		w.check(w.accounts.RemoveMember(ctx, w.owner, m.Person, "left"))
		_, err = w.through(w.contoso, p.ID, says("9", "leaver@contoso.example", true))
		w.denied(err, fault.Denied, "not a member")
		_, err = w.through(w.contoso, p.ID, says("10", "leaver@contoso.example", true))
		w.denied(err, fault.Denied, "not a member")
	})
}

// TestReturns: what comes back from a provider is taken once, by the browser that left, from the provider that it left to.
func TestReturns(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		p := w.provider(w.owner, "contoso.example", "")
		q := w.provider(w.other, "fabrikam.example", "")
		w.says = says("1", "owner@contoso.example", true)
		begin := func() federate.Back {
			way, err := w.BeginSignIn(ctx, w.contoso, p.ID, "", "rq_test")
			w.check(err)
			return federate.Back{Handle: string(way.Handle.Expose()), Provider: p.ID, State: w.asked[len(w.asked)-1].State, Code: "good"}
		}
		good := begin()
		_, err := w.FinishSignIn(ctx, good)
		w.check(err)
		_, err = w.FinishSignIn(ctx, good)
		w.denied(err, fault.Denied, "began in this browser") // replayed
		for name, change := range map[string]func(*federate.Back){
			"another state":    func(b *federate.Back) { b.State = "another" },
			"no state":         func(b *federate.Back) { b.State = "" },
			"another handle":   func(b *federate.Back) { b.Handle = strings.Repeat("a", 43) },
			"no handle":        func(b *federate.Back) { b.Handle = "" },
			"another provider": func(b *federate.Back) { b.Provider = q.ID }, // a mix-up
			"too late":         func(*federate.Back) { w.clock.add(11 * time.Minute) },
		} {
			b := begin()
			change(&b)
			n := len(w.begun)
			_, err := w.FinishSignIn(ctx, b)
			w.denied(err, fault.Denied, "began in this browser")
			if len(w.begun) != n {
				t.Errorf("%s: a session began", name)
			}
		}
		b := begin()
		_, err = w.FinishStaff(ctx, b)
		w.denied(err, fault.Denied, "began in this browser")
		b = begin()
		b.Code, b.Error = "", "access_denied"
		_, err = w.FinishSignIn(ctx, b)
		w.denied(err, fault.Denied, "did not let you in")
		b = begin()
		off := true
		_, err = w.ChangeProvider(ctx, w.owner, p.ID, federate.ProviderChange{Off: &off})
		w.check(err)
		_, err = w.FinishSignIn(ctx, b)
		w.denied(err, fault.NotFound, "provider")
	})
}

func TestGroupsGiveRoles(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		p := w.provider(w.owner, "contoso.example", access.Viewer)
		policy, err := w.ChangePolicy(ctx, w.owner, identity.Policy{Groups: []identity.GroupMapping{{Group: "architects", Role: access.Architect}, {Group: "auditors", Role: access.Auditor}}})
		w.check(err)
		role := func(want access.Role, entries int, groups ...string) {
			t.Helper()
			n := len(w.kinds(w.contoso))
			got, err := w.through(w.contoso, p.ID, says("1", "new@contoso.example", true, groups...))
			w.check(err)
			all, err := w.accounts.Members(ctx, w.owner, false)
			w.check(err)
			for _, m := range all {
				if m.Person == got.Session.Person && (m.Role != want || m.External != federate.ByProvider || m.Until.IsZero() == (want == access.Auditor)) {
					t.Errorf("%+v, not %s", m, want)
				}
			}
			if got := len(w.kinds(w.contoso)) - n; got != entries {
				t.Errorf("%d entries, not %d", got, entries)
			}
		}
		role(access.Architect, 2, "everybody", "auditors", "architects")
		role(access.Architect, 0, "architects")
		role(access.Auditor, 1, "auditors")
		role(access.Viewer, 1)
		for _, bad := range []access.Role{access.Owner, access.Security, "superuser", ""} {
			_, err := w.ChangePolicy(ctx, w.owner, identity.Policy{Version: policy.Version, Groups: []identity.GroupMapping{{Group: "g", Role: bad}}})
			w.denied(err, fault.Invalid, "gives no such role")
			if bad != "" {
				_, err = w.AddProvider(ctx, w.owner, federate.NewProvider{Name: "Another", Issuer: "https://login.contoso.example", Client: "c", Join: bad})
				w.denied(err, fault.Invalid, "gives no such role")
			}
		}
		// A member whom a person made stays what that person said.
		_, err = w.through(w.contoso, p.ID, says("2", "owner@contoso.example", true, "auditors"))
		w.check(err)
		all, err := w.accounts.Members(ctx, w.owner, false)
		w.check(err)
		if !slices.ContainsFunc(all, func(m tenant.Member) bool { return m.Person == w.owner.ID.Person() && m.Role == access.Owner }) {
			t.Errorf("%+v", all)
		}
		// Without a role for who joins, nobody whom the provider made is let in.
		none := access.Role("")
		_, err = w.ChangeProvider(ctx, w.owner, p.ID, federate.ProviderChange{Join: &none})
		w.check(err)
		_, err = w.through(w.contoso, p.ID, says("1", "new@contoso.example", true, "architects"))
		w.denied(err, fault.Denied, "not a member")
	})
}

func TestDomains(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for _, name := range []string{"gmail.com", "co.uk", "com", "localhost", "onmicrosoft.com", "corp.internal", "10.in-addr.arpa", "1.2.3.4", "a_b.com", "", "exa mple.com", strings.Repeat("a.", 130) + "com"} {
			_, err := w.AddDomain(ctx, w.owner, federate.NewDomain{Name: name})
			w.denied(err, fault.Invalid, "domain")
		}
		d, err := w.AddDomain(ctx, w.owner, federate.NewDomain{Name: "Contoso.Example."})
		w.check(err)
		if d.Name != "contoso.example" || !d.Verified.IsZero() || len(d.Proof) < 40 {
			t.Errorf("%+v", d)
		}
		_, err = w.VerifyDomain(ctx, w.owner, d.ID)
		w.denied(err, fault.Invalid, "not there yet")
		w.texts["_c4arch.contoso.example"] = []string{"c4arch-domain=somebody's"}
		_, err = w.VerifyDomain(ctx, w.owner, d.ID)
		w.denied(err, fault.Invalid, "not there yet")
		_, err = w.VerifyDomain(ctx, w.other, d.ID)
		w.denied(err, fault.NotFound, "domain")
		w.texts["_c4arch.contoso.example"] = []string{d.Proof}
		d, err = w.VerifyDomain(ctx, w.owner, d.ID)
		w.check(err)
		if d.Verified.IsZero() {
			t.Error("it is not verified")
		}
		// Another organisation may say the same, and even prove it, and is told that it is not free, not whose it is.
		e, err := w.AddDomain(ctx, w.other, federate.NewDomain{Name: "contoso.example"})
		w.check(err)
		if e.Proof == d.Proof {
			t.Error("the proof is the same")
		}
		w.texts["_c4arch.contoso.example"] = []string{d.Proof, e.Proof}
		_, err = w.VerifyDomain(ctx, w.other, e.ID)
		w.denied(err, fault.Denied, "not free")
		if strings.Contains(err.Error(), string(w.contoso)) || strings.Contains(err.Error(), "The contoso") {
			t.Errorf("%v", err)
		}
		w.check(w.RemoveDomain(ctx, w.owner, d.ID, "sold"))
		_, err = w.VerifyDomain(ctx, w.other, e.ID)
		w.check(err)
		found, err := w.Discover(ctx, "somebody@contoso.example")
		w.check(err)
		if len(found) != 0 {
			t.Errorf("%v", found)
		}
		p, err := w.AddProvider(ctx, w.other, federate.NewProvider{Name: "Directory", Issuer: "https://login.example", Client: "c"})
		w.check(err)
		for _, text := range []string{"somebody@contoso.example", "fabrikam"} {
			found, err := w.Discover(ctx, text)
			w.check(err)
			if len(found) != 1 || found[0].Provider != p.ID || found[0].Org != w.fabrikam {
				t.Errorf("%s: %v", text, found)
			}
		}
		for _, text := range []string{"somebody@nowhere.example", "nowhere", "contoso", "", "@", "a@b@c", strings.Repeat("a", 300)} {
			if found, err := w.Discover(ctx, text); err != nil || len(found) != 0 {
				t.Errorf("%q: %v, %v", text, found, err)
			}
		}
	})
}

// TestNobodyIsLockedOut: single sign-on is demanded by an owner who is signed in by it.
func TestNobodyIsLockedOut(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		p := w.provider(w.owner, "contoso.example", "")
		good := identity.Session{ID: "ss_1", Person: w.owner.ID.Person(), Org: w.contoso, Method: identity.ByProvider, Strength: identity.Strength{Provider: p.ID}}
		demand := identity.Policy{SSO: true}
		for name, change := range map[string]func(*identity.Session, *access.Actor){
			"by a passkey":                func(s *identity.Session, _ *access.Actor) { s.Method = identity.ByPasskey },
			"in another organisation":     func(s *identity.Session, _ *access.Actor) { s.Org = w.fabrikam },
			"by a provider that is gone":  func(s *identity.Session, _ *access.Actor) { s.Strength.Provider = "ip_00000000000000000000000000" },
			"by none":                     func(s *identity.Session, _ *access.Actor) { s.Strength.Provider = "" },
			"as an administrator":         func(_ *identity.Session, a *access.Actor) { a.Roles = []access.Role{access.Admin} },
			"without a session, by token": func(_ *identity.Session, a *access.Actor) { a.Session = "" },
		} {
			s, a := good, w.owner
			change(&s, &a)
			w.session = s
			if _, err := w.ChangePolicy(ctx, a, demand); fault.KindOf(err) != fault.Denied {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.session = good
		got, err := w.ChangePolicy(ctx, w.owner, demand)
		w.check(err)
		if p, err := w.PolicyOf(ctx, w.contoso); err != nil || !p.SSO || p.Version != got.Version {
			t.Errorf("%+v, %v", p, err)
		}
		off := true
		_, err = w.ChangeProvider(ctx, w.owner, p.ID, federate.ProviderChange{Off: &off})
		w.denied(err, fault.Invalid, "only provider")
		w.denied(w.RemoveProvider(ctx, w.owner, p.ID, "because"), fault.Invalid, "only provider")
		_, err = w.ChangePolicy(ctx, w.owner, demand)
		w.denied(err, fault.Conflict, "changed meanwhile")
		w.check(w.FellBack(ctx, w.contoso, w.owner.ID.Person(), identity.Strength{Passkey: "pk_1", Hardware: true}, "rq_test"))
		if k := w.kinds(w.contoso); k[len(k)-1] != "sso.bypassed" {
			t.Errorf("%v", k)
		}
		if p, err := w.PolicyOf(ctx, w.fabrikam); err != nil || p.SSO || p.Version != 0 {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

func TestProviders(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		good := federate.NewProvider{Name: "Directory", Issuer: "https://login.example", Client: "c4arch", Secret: secret.New([]byte("s"))}
		for _, issuer := range []string{"http://login.example", "login.example", "https://u:p@login.example", "https://login.example?x=1", "https://login.example#x", "https://", "javascript:1", ""} {
			bad := good
			bad.Issuer = issuer
			_, err := w.AddProvider(ctx, w.owner, bad)
			w.denied(err, fault.Invalid, "issuer")
		}
		bad := good
		bad.Issuer = "https://nowhere.example"
		_, err := w.AddProvider(ctx, w.owner, bad)
		w.denied(err, fault.Unavailable, "answer")
		p, err := w.AddProvider(ctx, w.owner, good)
		w.check(err)
		next := secret.New([]byte("another"))
		_, err = w.ChangeProvider(ctx, w.other, p.ID, federate.ProviderChange{Secret: &next})
		w.denied(err, fault.NotFound, "provider")
		_, err = w.ChangeProvider(ctx, w.owner, p.ID, federate.ProviderChange{Secret: &next, Version: 7})
		w.denied(err, fault.Conflict, "changed meanwhile")
		changed, err := w.ChangeProvider(ctx, w.owner, p.ID, federate.ProviderChange{Secret: &next, Version: p.Version})
		w.check(err)
		_, err = w.BeginSignIn(ctx, w.contoso, p.ID, "", "rq_test")
		w.check(err)
		if got := w.parties[len(w.parties)-1]; string(got.Secret.Expose()) != "another" || changed.Version != p.Version+1 {
			t.Errorf("%+v", changed)
		}
		w.denied(w.RemoveProvider(ctx, w.other, p.ID, "because"), fault.NotFound, "provider")
		w.check(w.RemoveProvider(ctx, w.owner, p.ID, "because"))
		if all, err := w.Providers(ctx, w.owner); err != nil || len(all) != 0 {
			t.Errorf("%v, %v", all, err)
		}
		viewer := w.owner
		viewer.Roles = []access.Role{access.Viewer}
		_, err = w.AddProvider(ctx, viewer, good)
		w.denied(err, fault.Denied, "")
	})
}

func TestStaff(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		_, err := w.BeginStaff(ctx, "rq_test")
		w.denied(err, fault.NotFound, "provider")
		w.Own = func(context.Context) (*federate.Own, error) {
			return &federate.Own{Issuer: "https://login.operator.example", Client: "platform", ACR: []string{"phrh"}}, nil
		}
		finish := func(x federate.Assertion) (federate.Signed, error) {
			way, err := w.BeginStaff(ctx, "rq_test")
			w.check(err)
			ask := w.asked[len(w.asked)-1]
			if !ask.Again || !slices.Equal(ask.ACR, []string{"phrh"}) {
				t.Errorf("%+v", ask)
			}
			w.says = x
			return w.FinishStaff(ctx, federate.Back{Handle: string(way.Handle.Expose()), Provider: federate.OwnProvider, State: ask.State, Code: "good"})
		}
		got, err := finish(says("1", "security@operator.example", true))
		w.check(err)
		if x := w.begun[0]; x.Realm != identity.Staff || x.Org != id.Platform || got.Session.Person == "" {
			t.Errorf("%+v", x)
		}
		_, err = finish(says("2", "owner@contoso.example", true))
		w.denied(err, fault.Denied, "no record of you")
		_, err = finish(says("3", "security@operator.example", false))
		w.denied(err, fault.Denied, "no record of you")
		w.admit = fault.New(fault.Denied, "not strong enough")
		_, err = finish(says("1", "security@operator.example", true))
		w.denied(err, fault.Denied, "not strong enough")
		if want := []string{got.Session.Person, "", "", got.Session.Person}; !slices.Equal(w.arrived, want) {
			t.Errorf("%v and not %v", w.arrived, want)
		}
		// Where only a key is missing, what was said is held, and nobody is in yet.
		w.admit, w.wantsKey = nil, true
		waits, err := finish(says("1", "security@operator.example", true))
		w.check(err)
		if waits.Held.Empty() || !waits.Cookie.Empty() || len(w.held) != 1 || w.held[0].Person != got.Session.Person || w.held[0].Realm != identity.Staff || w.held[0].Strength.Issuer == "" {
			t.Errorf("%+v, %+v", waits, w.held)
		}
		_, err = finish(says("2", "owner@contoso.example", true))
		w.denied(err, fault.Denied, "no record of you")
		if len(w.begun) != 1 || len(w.held) != 1 {
			t.Errorf("%d sessions began, %d words are held", len(w.begun), len(w.held))
		}
	})
}

func TestLet(t *testing.T) {
	sso := identity.Policy{SSO: true}
	for _, x := range []struct {
		policy   identity.Policy
		role     access.Role
		session  identity.Session
		fallback bool
		ok       bool
	}{
		{identity.Policy{}, access.Viewer, identity.Session{Method: identity.ByPasskey}, false, true},
		{sso, access.Viewer, identity.Session{Method: identity.ByProvider, Strength: identity.Strength{Provider: "ip_1"}}, false, true},
		{sso, access.Viewer, identity.Session{Method: identity.ByPasskey}, false, false},
		{sso, access.Admin, identity.Session{Method: identity.ByPasskey}, false, false},
		{sso, access.Owner, identity.Session{Method: identity.ByPasskey}, true, true},
		{sso, access.Owner, identity.Session{Method: identity.ByRecovery}, false, false},
		{sso, access.Owner, identity.Session{Method: identity.ByProvider}, false, false},
	} {
		fallback, err := federate.Let(x.policy, x.role, x.session)
		if fallback != x.fallback || (err == nil) != x.ok {
			t.Errorf("%+v: %t, %v", x, fallback, err)
		}
	}
}

// TestAdminsDoNotVouchForOwners: whoever can name a provider can have it say that somebody is an owner. An admin could so become one.
func TestAdminsDoNotVouchForOwners(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		ours := w.provider(w.owner, "contoso.example", access.Viewer)
		admin := w.owner
		admin.ID, admin.Roles = "person:pn_00000000000000000000000009", []access.Role{access.Admin}
		_, err := w.AddProvider(ctx, admin, federate.NewProvider{Name: "Mine", Issuer: "https://login.fabrikam.example", Client: "c", Join: access.Viewer})
		w.denied(err, fault.Denied, "owner")
		client, groups, on, off, name := "mine", "mine", false, true, "Another name"
		next := secret.New([]byte("mine"))
		for what, in := range map[string]federate.ProviderChange{
			"client": {Client: &client}, "secret": {Secret: &next}, "groups": {Groups: &groups}, "join": {Join: new(access.Role)}, "scopes": {Scopes: &[]string{"mine"}},
		} {
			if _, err := w.ChangeProvider(ctx, admin, ours.ID, in); fault.KindOf(err) != fault.Denied {
				t.Errorf("%s: %v", what, err)
			}
		}
		w.denied(w.RemoveProvider(ctx, admin, ours.ID, "because"), fault.Denied, "owner")
		// What lets nobody in, every administrator may; the twin of each refusal is the owner's.
		_, err = w.ChangeProvider(ctx, admin, ours.ID, federate.ProviderChange{Off: &off, Name: &name})
		w.check(err)
		_, err = w.ChangeProvider(ctx, admin, ours.ID, federate.ProviderChange{Off: &on})
		w.denied(err, fault.Denied, "owner")
		for _, in := range []federate.ProviderChange{{Off: &on}, {Client: &client}, {Secret: &next}, {Groups: &groups}} {
			_, err = w.ChangeProvider(ctx, w.owner, ours.ID, in)
			w.check(err)
		}
		got, err := w.through(w.contoso, ours.ID, says("1", "owner@contoso.example", true))
		w.check(err)
		if got.Session.Person != w.owner.ID.Person() {
			t.Errorf("%+v", got.Session)
		}
	})
}

// TestWhatBeganAtAProviderEndsWithIt: switched off or removed, it vouches for nobody any more.
func TestWhatBeganAtAProviderEndsWithIt(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		var ended []string
		w.Ended = func(_ context.Context, org id.Org, provider string) error {
			ended = append(ended, string(org)+" "+provider)
			return nil
		}
		p := w.provider(w.owner, "contoso.example", "")
		off, on, name := true, false, "Another name"
		for _, in := range []federate.ProviderChange{{Name: &name}, {Off: &off}, {Off: &on}} {
			_, err := w.ChangeProvider(ctx, w.owner, p.ID, in)
			w.check(err)
		}
		w.denied(w.RemoveProvider(ctx, w.other, p.ID, "because"), fault.NotFound, "")
		w.check(w.RemoveProvider(ctx, w.owner, p.ID, "because"))
		one := string(w.contoso) + " " + p.ID
		if !slices.Equal(ended, []string{one, one}) {
			t.Errorf("%v", ended)
		}
	})
}
