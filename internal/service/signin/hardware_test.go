package signin_test

import (
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/signin"
	"c4arch/test/softkey"
)

// TestHardware: where the platform's own people need attested hardware, nothing else makes one of them.
func TestHardware(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.Hardware = true
		code, err := w.accounts.Begin(w.ctx())
		w.check(err)
		c, err := w.BeginSetup(w.ctx(), string(code.Expose()), founder, from)
		w.check(err)
		response, err := softkey.New(origin, domain).Create(c.Options)
		w.check(err)
		_, err = w.FinishSetup(w.ctx(), signin.Finish{Handle: string(c.Handle.Expose()), Response: response})
		w.refused(err, fault.Denied, "attestation: none")
		key := w.hardware()
		s := w.setUp(key)
		if !s.Session.Strength.Hardware || s.Session.Strength.AAGUID != "ee882879-721c-4913-9775-3dfcce97072a" {
			t.Errorf("%+v", s.Session.Strength)
		}
		st, err := w.signIn(key, identity.Staff)
		w.check(err)
		if !st.Session.Strength.Hardware {
			t.Errorf("%+v", st.Session.Strength)
		}
		add := func(s signin.Signed, k *softkey.Key) error {
			a := w.who(s)
			c, err := w.BeginRegistration(w.ctx(), signin.Registration{Actor: a})
			w.check(err)
			response, err := k.Create(c.Options)
			w.check(err)
			_, err = w.FinishRegistration(w.ctx(), signin.Finish{Actor: a, Handle: string(c.Handle.Expose()), Response: response})
			return err
		}
		w.refused(add(st, softkey.New(origin, domain)), fault.Denied, "attestation: none")
		w.check(add(st, w.hardware()))
		// As a member any passkey will do, and it is no way into the platform.
		soft := softkey.New(origin, domain)
		w.check(add(s, soft))
		_, err = w.signIn(soft, identity.Members)
		w.check(err)
		_, err = w.signIn(soft, identity.Staff)
		w.is(err, signin.ErrFailed)
		// What is enough is judged again at each request.
		w.who(st)
		w.personnel.admits = fault.New(fault.Denied, "the model is not on the list any more")
		_, _, err = w.attempt(st)
		w.refused(err, fault.Denied, "not on the list")
		_, err = w.signIn(key, identity.Staff)
		w.refused(err, fault.Denied, "not on the list")
	})
}

// TestForget leaves nothing by which a person could be known.
func TestForget(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		boss := w.who(w.setUp(softkey.New(origin, domain)))
		_, ms := w.member(boss, "leaver", access.Viewer)
		person := ms.Session.Person
		scope, err := access.Decide(access.System(id.Platform, "test", access.Actor{}), access.SessionBegin, access.Resource{})
		w.check(err)
		before, err := w.store.SessionByID(w.ctx(), scope, ms.Session.ID)
		w.check(err)
		if before.Device == "" || before.Strength.Passkey == "" {
			t.Fatalf("%+v", before)
		}
		w.check(w.Forget(w.ctx(), person))
		after, err := w.store.SessionByID(w.ctx(), scope, ms.Session.ID)
		w.check(err)
		if !after.Ended || after.Device != "" || after.Strength.Passkey != "" || after.Strength.AAGUID != "" {
			t.Errorf("%+v", after)
		}
		keys, err := w.store.Passkeys(w.ctx(), scope, person)
		w.check(err)
		trusts, err := w.store.Trusts(w.ctx(), scope, person)
		w.check(err)
		if len(keys)+len(trusts) != 0 {
			t.Errorf("%v, %v", keys, trusts)
		}
		w.wrote(id.Platform, "person.forgotten")
		w.check(w.Forget(w.ctx(), person))
	})
}
