package identity

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
)

func TestWhatATokenMustBe(t *testing.T) {
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	good := Token{Purpose: access.CI, Created: at, Expires: at.Add(time.Hour)}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	mine := Token{Purpose: access.Interactive, Person: "pn_1", Role: access.Viewer, Created: at, Expires: at.Add(MaxInteractiveLife)}
	if err := mine.Check(); err != nil {
		t.Error(err)
	}
	many := make([]string, MaxAddresses+1)
	for i := range many {
		many[i] = fmt.Sprintf("192.0.2.%d/32", i)
	}
	for name, change := range map[string]func(*Token){
		"no purpose":         func(k *Token) { k.Purpose = "" },
		"two purposes":       func(k *Token) { k.Purpose = "ci,reporting" },
		"a person's program": func(k *Token) { k.Person = "pn_1" },
		"nobody's":           func(k *Token) { k.Purpose = access.Interactive },
		"no end":             func(k *Token) { k.Expires = time.Time{} },
		"over at once":       func(k *Token) { k.Expires = k.Created },
		"too long":           func(k *Token) { k.Expires = k.Created.Add(MaxProgramLife + 1) },
		"a wildcard":         func(k *Token) { k.Scopes = []access.Action{"*"} },
		"another's scope":    func(k *Token) { k.Scopes = []access.Action{access.TokenChange} },
		"a scope twice":      func(k *Token) { k.Scopes = []access.Action{access.ScanRead, access.ScanRead} },
		"too many addresses": func(k *Token) { k.Addresses = many },
		"everywhere":         func(k *Token) { k.Addresses = []string{"0.0.0.0/0"} },
		"host bits":          func(k *Token) { k.Addresses = []string{"192.0.2.1/24"} },
		"no prefix":          func(k *Token) { k.Addresses = []string{"192.0.2.1"} },
		"in IPv6":            func(k *Token) { k.Addresses = []string{"::ffff:192.0.2.0/120"} },
		"a zone":             func(k *Token) { k.Addresses = []string{"fe80::1%eth0/64"} },
	} {
		k := good
		change(&k)
		if err := k.Check(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if k := good; slices.Equal(k.May(), nil) || !slices.IsSorted(k.May()) {
		t.Errorf("without scopes it may %v", k.May())
	}
	narrow := good
	narrow.Scopes = []access.Action{access.ScanRead}
	if !slices.Equal(narrow.May(), narrow.Scopes) {
		t.Errorf("it may %v", narrow.May())
	}
	if broken := (Token{Addresses: []string{"x"}}); broken.From(netip.MustParseAddr("192.0.2.1")) {
		t.Error("addresses that cannot be read let in")
	}
}

// FuzzPrefixes: no panic, and what passes is written in one way and holds its own address.
func FuzzPrefixes(f *testing.F) {
	for _, text := range []string{"192.0.2.0/24", "2001:db8::/48", "::ffff:192.0.2.0/120", "0.0.0.0/0", "192.0.2.1/24", "/", "192.0.2.0/33", "fe80::1%25eth0/64"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := Prefixes([]string{text})
		if err != nil {
			return
		}
		if len(list) != 1 || list[0].String() != text || !(Token{Addresses: []string{text}}).From(list[0].Addr()) {
			t.Errorf("%q is %v", text, list)
		}
	})
}
