package identity

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"hash/crc32"
	"math/big"
	"strings"
	"testing"
	"testing/iotest"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

const org = id.Org("og_01jq8z6y5x4w3v2t1s0r9q8p7n")

func token(t testing.TB, o id.Org) string {
	v, err := NewToken(o, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(v.Expose())
}

func TestTokenNamesItsOrganisation(t *testing.T) {
	for _, o := range []id.Org{org, id.Platform} {
		text := token(t, o)
		got, err := ParseToken(text)
		if err != nil || got != o {
			t.Errorf("%s: %s, %v", o, got, err)
		}
		if o == org && len(text) != longestToken {
			t.Errorf("%d characters, not %d", len(text), longestToken)
		}
	}
	if a, b := token(t, org), token(t, org); a == b {
		t.Error("two tokens are the same")
	}
}

// TestWrittenForm computes secret and checksum in another way: base 32 by math/big, the CRC of a fixed text.
func TestWrittenForm(t *testing.T) {
	raw := bytes.Repeat([]byte{0xa5}, secretBytes)
	v, err := NewToken(org, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	digits := func(n *big.Int, width int) string {
		s := n.Text(32) // 0-9a-v
		s = strings.Repeat("0", width-len(s)) + s
		return strings.Map(func(r rune) rune { return rune(alphabet[strings.IndexRune("0123456789abcdefghijklmnopqrstuv", r)]) }, s)
	}
	front := "c4a_" + string(org) + "_" + digits(new(big.Int).SetBytes(raw), secretChars)
	want := front + digits(big.NewInt(int64(crc32.ChecksumIEEE([]byte(front)))), summedChars)
	if got := string(v.Expose()); got != want {
		t.Errorf("%s, not %s", got, want)
	}
	sum := sha256.Sum256([]byte(want))
	if !Same(Hash([]byte(want)), sum[:]) {
		t.Error("the hash is not SHA-256 of the text")
	}
}

// TestMistypedIsTold changes every character to every other one, drops one and swaps two that stand side by side.
func TestMistypedIsTold(t *testing.T) {
	text := token(t, org)
	for i := range len(text) {
		for _, c := range []byte(alphabet + "_ILOUA\x00\xff") {
			if c == text[i] {
				continue
			}
			if _, err := ParseToken(text[:i] + string([]byte{c}) + text[i+1:]); err == nil {
				t.Fatalf("character %d as %q passes", i, c)
			}
		}
		if _, err := ParseToken(text[:i] + text[i+1:]); err == nil {
			t.Fatalf("without character %d it passes", i)
		}
		if i > 0 && text[i] != text[i-1] {
			if _, err := ParseToken(text[:i-1] + text[i:i+1] + text[i-1:i] + text[i+1:]); err == nil {
				t.Fatalf("with characters %d and %d swapped it passes", i-1, i)
			}
		}
	}
}

func TestWhatIsNoToken(t *testing.T) {
	good := token(t, org)
	setup, err := NewSetup(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "c4a_", "c4a__", good + "0", " " + good, good + "\n", strings.ToUpper(good), "Bearer " + good, string(setup.Expose()), strings.Repeat("c4a_", 1<<16)} {
		_, err := ParseToken(text)
		if fault.KindOf(err) != fault.Denied {
			t.Errorf("%.40q: %v", text, err)
		} else if len(text) > 8 && strings.Contains(err.Error(), text) {
			t.Error("the error quotes it")
		}
	}
	if err := ParseSetup(string(setup.Expose())); err != nil {
		t.Error(err)
	}
	if ParseSetup(good) == nil || ParseSetup("c4s_") == nil || ParseSetup(string(setup.Expose())[:62]) == nil {
		t.Error("what is no setup code passes")
	}
}

func TestWhoHasNoToken(t *testing.T) {
	for _, o := range []id.Org{"", id.Local, "og_1", "platform_"} {
		if _, err := NewToken(o, rand.Reader); err == nil {
			t.Errorf("%q has one", o)
		}
	}
	if _, err := NewToken(org, iotest.ErrReader(iotest.ErrTimeout)); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("without randomness: %v", err)
	}
	if _, err := NewToken(org, bytes.NewReader(make([]byte, secretBytes-1))); err == nil {
		t.Error("too little randomness is enough")
	}
}

func TestSame(t *testing.T) {
	a := Hash([]byte("a"))
	if !Same(a, Hash([]byte("a"))) || Same(a, Hash([]byte("b"))) || Same(nil, nil) || Same(a, a[:31]) || Same([]byte{}, []byte{}) {
		t.Error("hashes are told apart wrongly")
	}
}

// FuzzParse: no panic, and what passes can be written in one way only.
func FuzzParse(f *testing.F) {
	f.Add("c4a_platform_" + strings.Repeat("0", secretChars+summedChars))
	f.Add(token(f, org))
	f.Add("c4s_" + hex.EncodeToString(make([]byte, 30)))
	f.Fuzz(func(t *testing.T, text string) {
		_ = ParseSetup(text)
		o, err := ParseToken(text)
		if err != nil {
			return
		}
		cut := strings.LastIndexByte(text, '_')
		front := text[:cut+1]
		if front != "c4a_"+string(o)+"_" {
			t.Fatalf("%q names %s", text, o)
		}
		n := new(big.Int)
		for i := cut + 1; i < len(text)-summedChars; i++ {
			n.Lsh(n, 5).Or(n, big.NewInt(int64(strings.IndexByte(alphabet, text[i]))))
		}
		if n.BitLen() > 8*secretBytes {
			t.Fatalf("%q has more than 256 bits", text)
		}
		v, err := NewToken(o, bytes.NewReader(n.FillBytes(make([]byte, secretBytes))))
		if err != nil || string(v.Expose()) != text {
			t.Fatalf("%q is written %q, %v", text, v.Expose(), err)
		}
	})
}
