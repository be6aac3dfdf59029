package webauthn_test

import (
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/signin"
	"c4arch/internal/service/signin/webauthn"
	"c4arch/test/softkey"
)

const (
	origin = "https://c4arch.contoso.example"
	domain = "c4arch.contoso.example"
)

var model = [16]byte{0xee, 0x88, 0x28, 0x79, 0x72, 0x1c, 0x49, 0x13, 0x97, 0x75, 0x3d, 0xfc, 0xce, 0x97, 0x07, 0x2a}

func protocol(tb testing.TB, makers ...*softkey.Maker) *webauthn.Protocol {
	tb.Helper()
	roots := x509.NewCertPool()
	for _, m := range makers {
		roots.AddCert(m.Root)
	}
	p, err := webauthn.New(webauthn.Config{RPID: domain, Name: "c4arch", Origins: []string{origin}, Roots: roots, AAGUIDs: []string{"ee882879-721c-4913-9775-3dfcce97072a"}})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func maker(tb testing.TB) *softkey.Maker {
	tb.Helper()
	m, err := softkey.NewMaker("Fabrikam Root")
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// create makes a passkey with a key.
func create(tb testing.TB, p *webauthn.Protocol, k *softkey.Key, strict bool) (identity.Passkey, error) {
	tb.Helper()
	options, state, err := p.Create(signin.User{ID: "pn_1", Name: "a@contoso.example", Shown: "A"}, nil, strict)
	if err != nil {
		tb.Fatal(err)
	}
	for _, needs := range []string{`"residentKey":"required"`, `"userVerification":"required"`} {
		if !strings.Contains(string(options), needs) {
			tb.Errorf("the options do not have %s: %s", needs, options)
		}
	}
	if strict != strings.Contains(string(options), `"attestation":"direct"`) {
		tb.Errorf("attestation is asked for: %s", options)
	}
	response, err := k.Create(options)
	if err != nil {
		tb.Fatal(err)
	}
	return p.Created(state, response, strict, time.Now())
}

func TestCreate(t *testing.T) {
	ours, theirs := maker(t), maker(t)
	p := protocol(t, ours)
	with := func(k *softkey.Key, change func(*softkey.Key)) *softkey.Key {
		change(k)
		return k
	}
	for _, x := range []struct {
		name             string
		key              *softkey.Key
		member, hardware string // what is said, "" is yes
	}{
		{"hardware", softkey.Hardware(origin, domain, ours, model), "", ""},
		{"none", softkey.New(origin, domain), "", "attestation: none"},
		{"self", with(softkey.New(origin, domain), func(k *softkey.Key) { k.Format = "self" }), "", "self attestation"},
		{"another maker", softkey.Hardware(origin, domain, theirs, model), "", "none that the operator trusts"},
		{"another model", softkey.Hardware(origin, domain, ours, [16]byte{1}), "", "not on the operator's list"},
		{"copied", with(softkey.Hardware(origin, domain, ours, model), func(k *softkey.Key) { k.Flags |= softkey.Eligible }), "", "backup eligible"},
		{"not verified", with(softkey.New(origin, domain), func(k *softkey.Key) { k.Flags = softkey.Present }), "is none to what was asked", "is none to what was asked"},
		{"not present", with(softkey.New(origin, domain), func(k *softkey.Key) { k.Flags = softkey.Verified }), "is none to what was asked", "is none to what was asked"},
		{"another origin", softkey.New("https://c4arch.contoso.example.fabrikam.example", domain), "is none to what was asked", "is none to what was asked"},
		{"another domain", softkey.New(origin, "contoso.example"), "is none to what was asked", "is none to what was asked"},
		{"an assertion", with(softkey.New(origin, domain), func(k *softkey.Key) { k.Type = "webauthn.get" }), "is none to what was asked", "is none to what was asked"},
		{"in a frame", with(softkey.New(origin, domain), func(k *softkey.Key) { k.Cross = true }), "is none to what was asked", "is none to what was asked"},
	} {
		for strict, says := range map[bool]string{false: x.member, true: x.hardware} {
			k, err := create(t, p, x.key, strict)
			if says == "" && err != nil || says != "" && (fault.KindOf(err) != fault.Denied || !strings.Contains(err.Error(), says)) {
				t.Errorf("%s, strict %v: %v and not %q", x.name, strict, err, says)
			}
			if want := x.name == "hardware"; err == nil && p.Hardware(k) != want {
				t.Errorf("%s counts as hardware: %v", x.name, !want)
			}
		}
	}
}

func TestGet(t *testing.T) {
	p := protocol(t)
	key := softkey.New(origin, domain)
	k, err := create(t, p, key, false)
	if err != nil {
		t.Fatal(err)
	}
	k.Person = "pn_1"
	get := func(change func(*softkey.Key), allowed ...[]byte) error {
		options, state, err := p.Get(allowed)
		if err != nil {
			t.Fatal(err)
		}
		with := *key
		change(&with)
		response, err := with.Get(options)
		if err != nil {
			t.Fatal(err)
		}
		if _, owner, err := p.Handles(response); err != nil || string(owner) != string(with.User) {
			t.Fatalf("%s, %v", owner, err)
		}
		got, err := p.Got(state, response, k)
		if err == nil && len(got.Proof) != 64 {
			t.Errorf("no proof: %+v", got)
		}
		return err
	}
	other := softkey.New(origin, domain)
	if _, err := create(t, p, other, false); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name   string
		ok     bool
		change func(*softkey.Key)
		allow  [][]byte
	}{
		{"as it is", true, func(*softkey.Key) {}, nil},
		{"among the allowed", true, func(*softkey.Key) {}, [][]byte{other.ID, key.ID}},
		{"not among the allowed", false, func(*softkey.Key) {}, [][]byte{other.ID}},
		{"the key of another", false, func(w *softkey.Key) { id, user := w.ID, w.User; *w = *other; w.ID, w.User = id, user }, nil},
		{"not verified", false, func(w *softkey.Key) { w.Flags &^= softkey.Verified }, nil},
		{"not present", false, func(w *softkey.Key) { w.Flags &^= softkey.Present }, nil},
		{"another origin", false, func(w *softkey.Key) { w.Origin = "http://c4arch.contoso.example" }, nil},
		{"another domain", false, func(w *softkey.Key) { w.RPID = "contoso.example" }, nil},
		{"a registration", false, func(w *softkey.Key) { w.Type = "webauthn.create" }, nil},
		{"became a copy", false, func(w *softkey.Key) { w.Flags &^= softkey.Eligible | softkey.BackedUp }, nil},
	} {
		if err := get(x.change, x.allow...); (err == nil) != x.ok {
			t.Errorf("%s: %v", x.name, err)
		}
	}
	_, state, err := p.Get(nil)
	if err != nil {
		t.Fatal(err)
	}
	options, _, err := p.Get(nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := key.Get(options)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Got(state, response, k); err == nil {
		t.Error("the answer to another challenge is taken")
	}
}

func TestNew(t *testing.T) {
	for name, c := range map[string]webauthn.Config{
		"no origin":   {RPID: domain, Name: "c4arch"},
		"an address":  {RPID: "https://contoso.example", Name: "c4arch", Origins: []string{origin}},
		"a bad model": {RPID: domain, Name: "c4arch", Origins: []string{origin}, AAGUIDs: []string{"ee882879"}},
		"no model":    {RPID: domain, Name: "c4arch", Origins: []string{origin}, AAGUIDs: []string{"00000000-0000-0000-0000-000000000000"}},
	} {
		if _, err := webauthn.New(c); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzResponse sends what no browser would.
func FuzzResponse(f *testing.F) {
	m := maker(f)
	p := protocol(f, m)
	options, state, err := p.Create(signin.User{ID: "pn_1", Name: "a", Shown: "A"}, nil, true)
	if err != nil {
		f.Fatal(err)
	}
	key := softkey.Hardware(origin, domain, m, model)
	made, err := key.Create(options)
	if err != nil {
		f.Fatal(err)
	}
	asked, begun, err := p.Get(nil)
	if err != nil {
		f.Fatal(err)
	}
	got, err := key.Get(asked)
	if err != nil {
		f.Fatal(err)
	}
	k, err := p.Created(state, made, true, time.Now())
	if err != nil {
		f.Fatal(err)
	}
	k.Person = "pn_1"
	for _, seed := range [][]byte{made, got, nil, []byte(`{}`), []byte(`{"id":"","rawId":"AA","type":"public-key","response":{}}`), []byte(`[]`), made[:len(made)/2]} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, response []byte) {
		if made, err := p.Created(state, response, true, time.Now()); err == nil && (!p.Hardware(made) || string(made.Handle) != string(key.ID)) {
			t.Error("a passkey is taken that is none of the seeds'")
		}
		_, _, _ = p.Handles(response)
		if got, err := p.Got(begun, response, k); err == nil && got.Count != 1 {
			t.Errorf("an assertion is taken that is none of the seeds': %+v", got)
		}
	})
}
