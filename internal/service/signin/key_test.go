package signin_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/signin"
	"c4arch/test/softkey"
)

const issuer = "https://id.operator.example"

// said is what the platform's provider says of a person, without a word about hardware.
func said(person string) signin.Start {
	return signin.Start{
		Person: person, Realm: identity.Staff, Method: identity.ByProvider, Device: "Firefox on Linux", Request: "rq_test",
		Strength: identity.Strength{Provider: "platform", Issuer: issuer, ACR: "pwd", Proof: fmt.Sprintf("%064x", 7)},
	}
}

// hold is a provider's word that waits for a key.
func (w *world) hold(person string) string {
	w.t.Helper()
	h, err := w.Hold(w.ctx(), said(person))
	w.check(err)
	return string(h.Expose())
}

// shows answers what is asked under a handle with a key.
func (w *world) shows(handle string, k *softkey.Key) (signin.Signed, error) {
	w.t.Helper()
	options, err := w.BeginKey(w.ctx(), handle, from)
	if err != nil {
		return signin.Signed{}, err
	}
	response, err := k.Get(options)
	if err != nil {
		return signin.Signed{}, err
	}
	return w.FinishKey(w.ctx(), signin.Finish{Handle: handle, Response: response, Request: "rq_test"})
}

// registers makes a key with a code.
func (w *world) registers(handle string, code signin.KeyCode, k *softkey.Key) (signin.Signed, error) {
	w.t.Helper()
	c, err := w.BeginFirstKey(w.ctx(), handle, string(code.Text.Expose()), from)
	if err != nil {
		return signin.Signed{}, err
	}
	response, err := k.Create(c.Options)
	w.check(err)
	return w.FinishFirstKey(w.ctx(), signin.Finish{Handle: string(c.Handle.Expose()), Response: response, Device: "Firefox on Linux", Request: "rq_test"})
}

// atConsole is whoever owns the machine.
var atConsole = access.Actor{ID: "console", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Operator}, Surface: access.Console, Purpose: "test"}

func TestProviderAndKeyTogether(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.Hardware = true
		key := w.hardware()
		admin := w.setUp(key).Session.Person
		w.personnel.provider = issuer
		// A key alone is not enough where there is a provider.
		_, err := w.signIn(key, identity.Staff)
		w.refused(err, fault.Denied, "by its provider")
		handle := w.hold(admin)
		// The question can be asked again, and is the same until it is answered.
		one, err := w.BeginKey(w.ctx(), handle, from)
		w.check(err)
		two, err := w.BeginKey(w.ctx(), handle, from)
		w.check(err)
		if string(one) != string(two) || len(one) == 0 {
			t.Error("asked otherwise")
		}
		s, err := w.shows(handle, key)
		w.check(err)
		x := s.Session.Strength
		if s.Session.Method != identity.ByProvider || s.Session.Realm != identity.Staff || s.Session.Org != id.Platform || x.Issuer != issuer || x.Proof != fmt.Sprintf("%064x", 7) || !x.Hardware || !x.Phishing || x.AAGUID == "" || x.Passkey == "" {
			t.Errorf("%+v", s.Session)
		}
		if last := w.personnel.arrived[len(w.personnel.arrived)-1]; last.person != admin || last.strength.AAGUID != x.AAGUID || last.strength.Issuer != issuer {
			t.Errorf("%+v", last)
		}
		w.who(s)
		// Once, and for five minutes.
		_, err = w.shows(handle, key)
		w.is(err, signin.ErrFailed)
		late := w.hold(admin)
		w.pass(signin.CeremonyLasts)
		_, err = w.shows(late, key)
		w.is(err, signin.ErrFailed)
		for _, bad := range []string{"", "c4h_0", string(s.Cookie.Expose())} {
			_, err = w.BeginKey(w.ctx(), bad, from)
			w.is(err, signin.ErrFailed)
			_, err = w.FinishKey(w.ctx(), signin.Finish{Handle: bad, Response: []byte("{}")})
			w.is(err, signin.ErrFailed)
		}
		// What waits is no other ceremony, nor is another one this.
		other, err := w.BeginSignIn(w.ctx(), identity.Staff, from)
		w.check(err)
		_, err = w.BeginKey(w.ctx(), string(other.Handle.Expose()), from)
		w.is(err, signin.ErrFailed)
		_, err = w.FinishSignIn(w.ctx(), signin.Finish{Handle: w.hold(admin), Response: []byte("{}")}, identity.Staff)
		w.is(err, signin.ErrFailed)
		// Confirming keeps both.
		c, err := w.BeginStepUp(w.ctx(), s.Session, from)
		w.check(err)
		response, err := key.Get(c.Options)
		w.check(err)
		s, err = w.FinishStepUp(w.ctx(), s.Session, signin.Finish{Handle: string(c.Handle.Expose()), Response: response, Request: "rq_test"})
		w.check(err)
		if y := s.Session.Strength; y.Issuer != issuer || !y.Hardware || y.Passkey != x.Passkey {
			t.Errorf("%+v", y)
		}
	})
}

func TestOnlyTheRightKeyIsTheSecondStep(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.Hardware = true
		key := w.hardware()
		first := w.setUp(key)
		admin := first.Session.Person
		w.personnel.provider = issuer
		// Another one's key, of the same maker.
		_, ms := w.member(w.who(first), "second", access.Viewer)
		second := ms.Session.Person
		w.personnel.roles[second] = []access.Role{access.Support}
		code, err := w.AllowKey(w.ctx(), atConsole, second)
		w.check(err)
		own := w.hardware()
		_, err = w.registers(w.hold(second), code, own)
		w.check(err)
		handle := w.hold(admin)
		options, err := w.BeginKey(w.ctx(), handle, from)
		w.check(err)
		response, err := own.Get(options)
		w.check(err)
		_, err = w.FinishKey(w.ctx(), signin.Finish{Handle: handle, Response: response})
		w.is(err, signin.ErrFailed)
		_, err = w.shows(handle, key) // used up by the wrong one
		w.is(err, signin.ErrFailed)
		// A passkey of the person that is no hardware, and one that only an organisation takes.
		a := w.who(first)
		c, err := w.BeginRegistration(w.ctx(), signin.Registration{Actor: a})
		w.check(err)
		soft := softkey.New(origin, domain)
		response, err = soft.Create(c.Options)
		w.check(err)
		_, err = w.FinishRegistration(w.ctx(), signin.Finish{Actor: a, Handle: string(c.Handle.Expose()), Response: response})
		w.check(err)
		handle = w.hold(admin)
		options, err = w.BeginKey(w.ctx(), handle, from)
		w.check(err)
		response, err = soft.Get(options)
		w.check(err)
		_, err = w.FinishKey(w.ctx(), signin.Finish{Handle: handle, Response: response})
		w.is(err, signin.ErrFailed)
		// Who is refused with both has no session; who has no record is not asked.
		w.personnel.admits = fault.New(fault.Denied, "the model is not on the list any more")
		_, err = w.shows(w.hold(admin), key)
		w.refused(err, fault.Denied, "not on the list")
		delete(w.personnel.roles, admin)
		_, err = w.Hold(w.ctx(), said(admin))
		w.is(err, signin.ErrFailed)
		for _, bad := range []signin.Start{{}, {Realm: identity.Members, Method: identity.ByProvider, Person: admin}, {Realm: identity.Staff, Method: identity.ByPasskey, Person: admin}} {
			_, err = w.Hold(w.ctx(), bad)
			w.refused(err, fault.Internal, "platform's people alone")
		}
	})
}

func TestTheFirstKeyOfSomebody(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.Hardware = true
		key := w.hardware()
		first := w.setUp(key)
		w.personnel.provider = issuer
		_, ms := w.member(w.who(first), "second", access.Viewer)
		second := ms.Session.Person
		w.personnel.roles[second] = nil // has to sign first
		st, err := w.shows(w.hold(first.Session.Person), key)
		w.check(err)
		admin := w.who(st)
		// Nobody without a key comes in, whatever the provider says.
		_, err = w.BeginKey(w.ctx(), w.hold(second), from)
		w.is(err, signin.ErrNoKey)
		_, err = w.FinishKey(w.ctx(), signin.Finish{Handle: w.hold(second), Response: []byte("{}")})
		w.is(err, signin.ErrNoKey)
		// Who lets somebody register one.
		stale, self := admin, first.Session.Person
		stale.Fresh = false
		_, err = w.AllowKey(w.ctx(), stale, second)
		w.refused(err, fault.Denied, "")
		_, err = w.AllowKey(w.ctx(), admin, self)
		w.refused(err, fault.Denied, "another administrator")
		_, err = w.AllowKey(w.ctx(), w.who(first), second)
		w.refused(err, fault.Denied, "")
		_, err = w.AllowKey(w.ctx(), admin, "pn_00000000000000000000000000")
		w.refused(err, fault.NotFound, "person")
		code, err := w.AllowKey(w.ctx(), admin, second)
		w.check(err)
		w.wrote(id.Platform, "staff.keyAllowed")
		// The code alone is nothing where there is a provider, and nothing with another one's word.
		_, err = w.registers("", code, w.hardware())
		w.refused(err, fault.Denied, "by its provider")
		_, err = w.registers(w.hold(self), code, w.hardware())
		w.is(err, identity.ErrCode)
		for _, bad := range []string{"", "c4k_0", "c4i_0"} {
			_, err = w.BeginFirstKey(w.ctx(), w.hold(second), bad, from)
			w.is(err, identity.ErrCode)
		}
		// A key that is no attested hardware is refused.
		handle := w.hold(second)
		_, err = w.registers(handle, code, softkey.New(origin, domain))
		w.refused(err, fault.Denied, "attestation: none")
		mine := w.hardware()
		s, err := w.registers(handle, code, mine)
		w.check(err)
		if x := s.Session.Strength; s.Session.Person != second || s.Session.Method != identity.ByProvider || x.Issuer != issuer || !x.Hardware || x.Passkey == "" {
			t.Errorf("%+v", s.Session)
		}
		w.who(s)
		// Once.
		_, err = w.registers(w.hold(second), code, w.hardware())
		w.is(err, identity.ErrCode)
		again, err := w.shows(w.hold(second), mine)
		w.check(err)
		// A key that was lost: another code, and the lost one is taken no more, nor are its sessions.
		code, err = w.AllowKey(w.ctx(), admin, second)
		w.check(err)
		next := w.hardware()
		now, err := w.registers(w.hold(second), code, next)
		w.check(err)
		for _, old := range []signin.Signed{s, again} {
			_, _, err = w.attempt(old)
			w.is(err, signin.ErrUnauthenticated)
		}
		w.who(now)
		if _, err = w.shows(w.hold(second), mine); err == nil {
			t.Error("the lost key signs in")
		}
		_, err = w.shows(w.hold(second), next)
		w.check(err)
		w.who(ms) // as a member nothing has changed
		// For a day.
		code, err = w.AllowKey(w.ctx(), admin, second)
		w.check(err)
		w.pass(signin.KeyCodeLasts + time.Second)
		_, err = w.registers(w.hold(second), code, w.hardware())
		w.is(err, identity.ErrCode)
	})
}

// TestFirstKeyWithoutAProvider: where the platform has no provider a code is what an invitation is to a member.
func TestFirstKeyWithoutAProvider(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		first := w.setUp(softkey.New(origin, domain))
		_, ms := w.member(w.who(first), "second", access.Viewer)
		second := ms.Session.Person
		w.personnel.roles[second] = []access.Role{access.Support}
		code, err := w.AllowKey(w.ctx(), atConsole, second)
		w.check(err)
		k := softkey.New(origin, domain)
		s, err := w.registers("", code, k)
		w.check(err)
		if a := w.who(s); a.Kind != access.Staff || !slices.Equal(a.Roles, []access.Role{access.Support}) {
			t.Errorf("%+v", a)
		}
		_, err = w.signIn(k, identity.Staff)
		w.check(err)
		_, err = w.signIn(k, identity.Members)
		w.is(err, signin.ErrFailed) // no organisation takes it
	})
}

// TestRecoveryByTwoOfThePlatform: an organisation has one owner, who has lost every passkey; two administrators of the platform let the owner in again, never one.
func TestRecoveryByTwoOfThePlatform(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		org := w.setUp(softkey.New(origin, domain)).Session.Org
		admin := func(person string) access.Actor {
			return access.Actor{ID: id.Actor("person:" + person), Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Administrator}, Session: "ss_x", Fresh: true, Surface: access.Portal, Purpose: "portal"}
		}
		one, two := admin("pn_00000000000000000000000001"), admin("pn_00000000000000000000000002")
		_, err := w.AskRecoveryOf(w.ctx(), one, org, "nobody@contoso.example", "known by voice")
		w.refused(err, fault.NotFound, "no such member")
		_, err = w.AskRecoveryOf(w.ctx(), one, org, "", "known by voice")
		w.refused(err, fault.Invalid, "")
		support := one
		support.Roles = []access.Role{access.Support}
		_, err = w.AskRecoveryOf(w.ctx(), support, org, founder.Email, "known by voice")
		w.refused(err, fault.Denied, "")
		_, err = w.AskRecoveryOf(w.ctx(), owner("og_01jq8z6y5x4w3v2t1s0r9q8p7n"), org, founder.Email, "known by voice")
		w.refused(err, fault.NotFound, "no such member")
		r, err := w.AskRecoveryOf(w.ctx(), one, org, founder.Email, "known by voice")
		w.check(err)
		_, _, err = w.ApproveRecovery(w.ctx(), one, org, r.ID)
		w.refused(err, fault.Denied, "another person")
		_, link, err := w.ApproveRecovery(w.ctx(), two, org, r.ID)
		w.check(err)
		done, err := w.join(link, softkey.New(origin, domain))
		w.check(err)
		if a := w.who(done.Signed); !slices.Equal(a.Roles, []access.Role{access.Owner}) || a.Org != org {
			t.Errorf("%+v", a)
		}
		w.wrote(org, "recovery.asked", "recovery.approved", "recovery.used")
	})
}
