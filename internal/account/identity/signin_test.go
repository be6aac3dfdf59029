package identity

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
)

const someOrg = id.Org("og_00000000000000000000000001")

func TestCodes(t *testing.T) {
	for name, x := range map[string]struct {
		make func() (secret.Value, error)
		is   func(string) bool
	}{
		"invitation": {func() (secret.Value, error) { return NewInvitation(someOrg, rand.Reader) }, func(s string) bool { org, err := ParseInvitation(s); return err == nil && org == someOrg }},
		"recovery":   {func() (secret.Value, error) { return NewRecovery(someOrg, rand.Reader) }, func(s string) bool { org, err := ParseRecovery(s); return err == nil && org == someOrg }},
		"cookie":     {func() (secret.Value, error) { return NewCookie(rand.Reader) }, IsCookie},
		"handle":     {func() (secret.Value, error) { return NewHandle(rand.Reader) }, IsHandle},
		"device":     {func() (secret.Value, error) { return NewDevice(rand.Reader) }, IsDevice},
	} {
		v, err := x.make()
		if err != nil {
			t.Fatal(err)
		}
		text := string(v.Expose())
		if !x.is(text) {
			t.Errorf("%s: its own text is none", name)
		}
		for i := range len(text) { // any other character in any place, and any that is missing
			for _, c := range []string{"", "_", "0", "z", "Z"} {
				if other := text[:i] + c + text[i+1:]; other != text && x.is(other) {
					t.Fatalf("%s: another text passes", name)
				}
			}
		}
		for _, other := range []string{"", text + text, text + "0", "c4a_" + text[4:], strings.ToUpper(text), strings.Repeat("0", 1<<16)} {
			if x.is(other) {
				t.Errorf("%s: %.20q passes", name, other)
			}
		}
	}
	if _, err := NewInvitation(id.Local, rand.Reader); err == nil {
		t.Error("an invitation into a laptop")
	}
	if _, err := NewCookie(bytes.NewReader(nil)); err == nil {
		t.Error("a cookie without randomness")
	}
}

func TestUserCode(t *testing.T) {
	seen := map[rune]int{}
	for range 2000 {
		code, err := NewUserCode(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := ParseUserCode(code); !ok || got != code || len(code) != 9 || code[4] != '-' {
			t.Fatalf("%q is read as %q", code, got)
		}
		for _, c := range code {
			seen[c]++
		}
	}
	for _, c := range letters {
		if seen[c] < 600 || seen[c] > 1000 { // 800 of 16,000; seven deviations
			t.Errorf("%c comes %d times", c, seen[c])
		}
	}
	if _, err := NewUserCode(bytes.NewReader(nil)); err == nil {
		t.Error("a code without randomness")
	}
	for text, want := range map[string]string{
		"wdjb-mjht": "WDJB-MJHT", "WDJBMJHT": "WDJB-MJHT", " wdjb mjht ": "WDJB-MJHT", "W.D.J.B_MJHT": "WDJB-MJHT",
		"": "", "WDJB-MJH": "", "WDJB-MJHTT": "", "WDJA-MJHT": "", "WDJB-MJH1": "", "WDJB-MJH\u017f": "", strings.Repeat("-", 100): "",
	} {
		if got, ok := ParseUserCode(text); got != want || ok != (want != "") {
			t.Errorf("%q is %q, %v", text, got, ok)
		}
	}
}

// FuzzCodes: what is read has one form, and an error quotes nothing.
func FuzzCodes(f *testing.F) {
	v, err := NewInvitation(someOrg, bytes.NewReader(make([]byte, 64)))
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{string(v.Expose()), "wdjb-mjht", "", "c4i_", "c4r__", "c4c_\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, parse := range []func(string) (id.Org, error){ParseInvitation, ParseRecovery} {
			if org, err := parse(text); err == nil && !org.Valid() || err != nil && !errors.Is(err, ErrCode) {
				t.Errorf("%q, %v", org, err)
			}
		}
		if code, ok := ParseUserCode(text); ok {
			if again, ok := ParseUserCode(code); !ok || again != code {
				t.Errorf("%q is read as %q", code, again)
			}
		}
		if n := len(text); n > 200 && (IsCookie(text) || IsHandle(text) || IsDevice(text)) {
			t.Errorf("a text of %d bytes passes", n)
		}
	})
}
