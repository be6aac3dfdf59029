package id

import (
	"bytes"
	"crypto/rand"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestMint(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	raw := bytes.Repeat([]byte{0xa5}, 10)
	got, err := Mint(PrefixOrg, bytes.NewReader(raw), now)
	if err != nil {
		t.Fatal(err)
	}
	// The same by way of math/big: 48 bits of milliseconds, 80 of randomness, in 26 digits of base 32.
	n := new(big.Int).Or(new(big.Int).Lsh(big.NewInt(now.UnixMilli()), 80), new(big.Int).SetBytes(raw))
	digits := n.Text(32)
	want := "og_" + strings.Repeat("0", 26-len(digits)) + strings.Map(func(r rune) rune { return rune(alphabet[strings.IndexRune("0123456789abcdefghijklmnopqrstuv", r)]) }, digits)
	if got != want || !Is(PrefixOrg, got) || Is(PrefixProject, got) || !Org(got).Valid() || Project(got).Valid() {
		t.Errorf("%s, not %s", got, want)
	}
	if _, err := Mint(PrefixOrg, iotest.ErrReader(iotest.ErrTimeout), now); err == nil {
		t.Error("without randomness there is an id")
	}
	if _, err := Mint(PrefixOrg, bytes.NewReader(raw[:9]), now); err == nil {
		t.Error("too little randomness is enough")
	}
}

func TestIDsSortByTime(t *testing.T) {
	var ids []string
	for _, at := range []time.Time{{}, time.UnixMilli(-5), time.UnixMilli(0), time.UnixMilli(1), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 1, 0, 0, 0, 1e6, time.UTC), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
		s, err := Mint(PrefixScan, rand.Reader, at)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, s)
	}
	for i, s := range ids[:3] {
		if s[:13] != "sc_0000000000" {
			t.Errorf("%d: %s holds a time", i, s)
		}
	}
	if !slices.IsSorted(ids[2:]) {
		t.Errorf("%v", ids)
	}
}

func TestIs(t *testing.T) {
	good := "pj_01jq8z6y5x4w3v2t1s0r9q8p7n"
	for _, text := range []string{"", "pj_", good[1:], good + "0", good + "\n", strings.ToUpper(good), "pj-" + good[3:], good[:28] + "i", good[:28] + "l", good[:28] + "o", good[:28] + "u", "pj_8" + good[4:], "pn" + good[2:], " " + good} {
		if Is(PrefixProject, text) || Project(text).Valid() {
			t.Errorf("%q is one", text)
		}
	}
	if !Is(PrefixProject, good) || !Project(good).Valid() || !Project("local").Valid() || Org("Local").Valid() || !Platform.Valid() || !Local.Valid() || Org("").Valid() {
		t.Error("what is valid is mixed up")
	}
}

func TestPerson(t *testing.T) {
	for a, want := range map[Actor]string{"person:pn_1": "pn_1", "token:tk_1": "", "worker": "", "": "", "person:": "", "xperson:pn_1": ""} {
		if got := a.Person(); got != want {
			t.Errorf("%s is %q, not %q", a, got, want)
		}
	}
}

// FuzzIs: no panic, and what is an identifier can be decoded and is written in one way only.
func FuzzIs(f *testing.F) {
	f.Add("pj_01jq8z6y5x4w3v2t1s0r9q8p7n")
	f.Add("og_7zzzzzzzzzzzzzzzzzzzzzzzzz")
	f.Add("local")
	f.Add("pj_01jq8z6y5x4w3v2t1s0r9q8p7u")
	f.Add("pj_81jq8z6y5x4w3v2t1s0r9q8p7n")
	f.Add("é_01jq8z6y5x4w3v2t1s0r9q8p7n")
	form := regexp.MustCompile(`^([a-z]{2})_([0-7][0-9a-hjkmnp-tv-z]{25})$`)
	f.Fuzz(func(t *testing.T, s string) {
		if got := Is(s[:min(len(s), 2)], s); got != form.MatchString(s) {
			t.Fatalf("%q is an identifier: %t", s, got)
		}
		if !Is(PrefixProject, s) {
			return
		}
		n := new(big.Int)
		for _, c := range []byte(s[3:]) {
			n.Lsh(n, 5).Or(n, big.NewInt(int64(strings.IndexByte(alphabet, c))))
		}
		if n.BitLen() > 128 {
			t.Fatalf("%q has %d bits", s, n.BitLen())
		}
		var b [16]byte
		n.FillBytes(b[:])
		if got := "pj_" + encode(b); got != s {
			t.Errorf("%q is written %q", s, got)
		}
	})
}

func BenchmarkIs(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if !Is(PrefixProject, "pj_01jq8z6y5x4w3v2t1s0r9q8p7n") {
			b.Fatal("it is none")
		}
	}
}

func BenchmarkMint(b *testing.B) {
	for b.Loop() {
		if _, err := Mint(PrefixScan, rand.Reader, time.UnixMilli(1)); err != nil {
			b.Fatal(err)
		}
	}
}
