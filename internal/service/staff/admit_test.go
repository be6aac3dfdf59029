package staff_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/staff"
)

const (
	model  = "cb69481e-8ff7-4039-93ec-0a2729a154a8"
	issuer = "https://id.platform.example"
)

func TestWhoIsAdmitted(t *testing.T) {
	proof := fmt.Sprintf("%064x", 9)
	key, synced := strength(model), identity.Strength{Phishing: true, AAGUID: model, Passkey: "pk_y", Proof: proof}
	claimed := identity.Strength{Provider: "platform", Issuer: issuer, ACR: "phrh", AMR: []string{"pwd", "hwk"}, Proof: proof}
	bare := identity.Strength{Provider: "platform", Issuer: issuer, ACR: "pwd", Proof: proof}
	with := func(x identity.Strength, change func(*identity.Strength)) identity.Strength { change(&x); return x }
	both := with(bare, func(x *identity.Strength) { x.Phishing, x.Hardware, x.AAGUID, x.Passkey = true, true, model, "pk_x" })
	provider := staff.Rules{Issuer: issuer, ACR: []string{"phrh"}, AMR: []string{"hwk"}, AAGUIDs: []string{model}, Hardware: true}
	keysOnly := staff.Rules{AAGUIDs: []string{model}, Hardware: true}
	for name, x := range map[string]struct {
		rules staff.Rules
		given identity.Strength
		class string
		says  string // "" is admitted
	}{
		"no rules, a passkey":                       {staff.Rules{}, synced, "phishingResistant", ""},
		"no rules, nothing":                         {staff.Rules{}, identity.Strength{}, "weak", "with a passkey"},
		"no provider, what an organisation's says":  {staff.Rules{}, with(claimed, func(x *identity.Strength) { x.Phishing = true }), "phishingResistant", "with a passkey"},
		"no provider, hardware":                     {keysOnly, key, "hardware", ""},
		"no provider, a passkey that can be copied": {keysOnly, synced, "phishingResistant", "hardware key"},
		"no provider, a model that is not listed":   {keysOnly, strength("00000000-0000-0000-0000-000000000001"), "phishingResistant", "hardware key"},
		"no provider, a model that hides itself":    {keysOnly, strength(""), "phishingResistant", "hardware key"},
		"an empty list":                             {staff.Rules{Hardware: true}, key, "phishingResistant", "hardware key"},
		"provider, acr":                             {provider, with(claimed, func(x *identity.Strength) { x.AMR = nil }), "asserted", ""},
		"provider, amr":                             {provider, with(claimed, func(x *identity.Strength) { x.ACR = "" }), "asserted", ""},
		"provider, neither":                         {provider, bare, "weak", "hardware key"},
		"provider and a key of this product":        {provider, both, "hardware", ""},
		"provider, another issuer":                  {provider, with(claimed, func(x *identity.Strength) { x.Issuer += ".evil.example" }), "weak", "by its provider"},
		"provider, no proof is kept":                {provider, with(claimed, func(x *identity.Strength) { x.Proof = "" }), "weak", "by its provider"},
		"provider, a proof that is none":            {provider, with(claimed, func(x *identity.Strength) { x.Proof = strings.Repeat("z", 64) }), "weak", "by its provider"},
		"provider, a key alone":                     {provider, key, "hardware", "by its provider"},
		"provider, acr that is empty":               {staff.Rules{Issuer: issuer, ACR: []string{""}, Hardware: true}, with(bare, func(x *identity.Strength) { x.ACR = "" }), "weak", "hardware key"},
		"provider, hardware not asked for":          {staff.Rules{Issuer: issuer}, bare, "weak", ""},
	} {
		w := &staff.Service{Rules: x.rules}
		err := w.Enough(x.given)
		if (err == nil) != (x.says == "") || err != nil && (fault.KindOf(err) != fault.Denied || !strings.Contains(err.Error(), x.says)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEachAdmissionAndRefusalIsAnEntry(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, admin := t.Context(), w.founder()
		w.Rules = staff.Rules{AAGUIDs: []string{model}, Hardware: true}
		w.check(w.Arrive(ctx, staff.Arrival{Person: admin.ID.Person(), Strength: strength(model)}))
		if e := w.last(id.Platform, "staff.admitted"); e["strength"] != "hardware" || e["aaguid"] != model || e["passkey"] != "pk_x" || e["proof"] == "" || e["method"] != "passkey" {
			t.Error(e)
		}
		w.check(w.Arrive(ctx, staff.Arrival{Person: admin.ID.Person(), Strength: strength(model), Request: "rq_1"}))
		if e := w.last(id.Platform, "staff.admitted"); e["person"] != admin.ID.Person() || e["request"] != "rq_1" {
			t.Error(e)
		}
		w.refused(w.Arrive(ctx, staff.Arrival{Person: admin.ID.Person(), Strength: identity.Strength{Phishing: true}}), fault.Denied, "hardware key")
		if e := w.last(id.Platform, "staff.refused"); !strings.Contains(e["reason"], "hardware key") || e["strength"] != "phishingResistant" {
			t.Error(e)
		}
		w.refused(w.Arrive(ctx, staff.Arrival{Strength: strength(model)}), fault.Denied, "no record of you")
		if e := w.last(id.Platform, "staff.refused"); !strings.Contains(e["reason"], "no record") || e["person"] != "" {
			t.Error(e)
		}
		entries := len(w.ledger(id.Platform))
		w.check(w.Enough(strength(model)))
		if n := len(w.ledger(id.Platform)); n != entries {
			t.Error("asking again wrote an entry")
		}
		x, err := w.ShowState(ctx, admin)
		w.check(err)
		today := w.now().Unix() / 86400
		want := []staff.Count{
			{Day: today, Method: "passkey", Strength: "hardware", Count: 1}, {Day: today, Method: "passkey", Strength: "hardware", Admitted: true, Count: 2}, {Day: today, Method: "passkey", Strength: "phishingResistant", Count: 1},
		}
		if !slices.Equal(x.SignIns, want) || x.Provider || !x.Hardware || x.Below != 2 || x.Administrators != 1 || x.People != 1 || x.Without != 0 || x.BreakGlass != "none" {
			t.Errorf("%+v", x)
		}
		_, err = w.ShowState(ctx, w.member("pn_a", "owner"))
		w.refused(err, fault.Denied, "not allowed")
	})
}

// TestNobodyIsLetInUnrecorded closes the ledger and tries to come in.
func TestNobodyIsLetInUnrecorded(t *testing.T) {
	w := newWorld(t, "SQLite")
	w.Store = away{w.Store}
	if err := w.Arrive(t.Context(), staff.Arrival{Person: "pn_x", Strength: strength(model)}); err == nil {
		t.Error("somebody was let in without an entry")
	}
}

// TestWhenAKeyIsWhatIsMissing: the second step is for whom the provider knows, and who has nothing but the key still to show.
func TestWhenAKeyIsWhatIsMissing(t *testing.T) {
	proof := fmt.Sprintf("%064x", 9)
	bare := identity.Strength{Provider: "platform", Issuer: issuer, ACR: "pwd", Proof: proof}
	said, elsewhere, unkept := bare, bare, bare
	said.ACR, elsewhere.Issuer, unkept.Proof = "phrh", "https://id.contoso.example", ""
	rules := staff.Rules{Issuer: issuer, ACR: []string{"phrh"}, AAGUIDs: []string{model}, Hardware: true}
	for name, x := range map[string]struct {
		rules staff.Rules
		given identity.Strength
		want  bool
	}{
		"a password at the provider":   {rules, bare, true},
		"the provider says hardware":   {rules, said, false},
		"another provider":             {rules, elsewhere, false},
		"no proof":                     {rules, unkept, false},
		"no models":                    {staff.Rules{Issuer: issuer, ACR: []string{"phrh"}, Hardware: true}, bare, false},
		"hardware is not asked for":    {staff.Rules{Issuer: issuer, AAGUIDs: []string{model}}, bare, false},
		"no provider, a member's word": {staff.Rules{AAGUIDs: []string{model}, Hardware: true}, bare, false},
	} {
		if got := (&staff.Service{Rules: x.rules}).Key(x.given); got != x.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
