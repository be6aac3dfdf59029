package ledger

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/gowebpki/jcs"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

const (
	org    = id.Org("og_01jz8k3v5x7qh2m4n6p8r0s1t3")
	person = "pn_01jz8k3v5x7qh2m4n6p8r0s1t3"
)

var (
	scope = Common{Actor: "person:" + person, Surface: "cli", Purpose: "interactive", Request: "rq_1", Action: "baseline.approve", Policy: "owner may", Project: "local"}
	when  = time.Date(2026, 10, 23, 8, 0, 0, 123456789, time.UTC)
)

func approved() Draft {
	return Draft{Kind: "baseline.approved", Fields: []Field{Text("baseline", "bl_1"), Text("reason", "it is what we built <&>\u2028é"), Int("previous", 3)}}
}

func TestALeafIsCanonicalAndHoldsNoValue(t *testing.T) {
	p, err := Prepare(approved(), scope, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leaf, hash := p.Seal(org, 7, when)
	again, err := jcs.Transform(leaf)
	if err != nil || !bytes.Equal(again, leaf) {
		t.Fatalf("another implementation of RFC 8785 writes %s: %v", again, err)
	}
	if hash != LeafHash(leaf) {
		t.Error("the hash is not that of the leaf")
	}
	l, err := ParseLeaf(leaf)
	if err != nil {
		t.Fatalf("%v in %s", err, leaf)
	}
	if l.Log != org || l.Index != 7 || l.Kind != "baseline.approved" || !l.At.Equal(when.Truncate(time.Microsecond)) || len(l.Fields) != 3+7 {
		t.Errorf("read back as %+v", l)
	}
	for _, f := range l.Fields {
		o := p.Openings[f.Name]
		if !o.Opens(f.Sum[:]) {
			t.Errorf("the opening of %s does not open it", f.Name)
		}
		if len(o.Value) > 4 && bytes.Contains(leaf, o.Value) {
			t.Errorf("the value of %s stands in the leaf", f.Name)
		}
	}
	if p.Openings["actor"].Subject != person || p.Openings["reason"].Subject != "" {
		t.Error("the actor is personal data of the person, the reason of nobody")
	}
	if bytes.Equal(p.Openings["actor"].Salt, p.Openings["surface"].Salt) {
		t.Error("two fields have one salt")
	}
}

func TestACommitmentIsAnHMAC(t *testing.T) {
	r := mathrand.New(mathrand.NewPCG(4, 4))
	for range 300 {
		salt, value := make([]byte, r.IntN(100)), make([]byte, r.IntN(3000))
		for i := range salt {
			salt[i] = byte(r.Uint32())
		}
		h := hmac.New(sha256.New, salt)
		h.Write(value)
		if sum := Commit(salt, value); !hmac.Equal(sum[:], h.Sum(nil)) {
			t.Fatalf("%d bytes of salt, %d of value", len(salt), len(value))
		}
	}
	// Test case 2 of RFC 4231.
	if got := fmt.Sprintf("%x", Commit([]byte("Jefe"), []byte("what do ya want for nothing?"))); got != "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" {
		t.Error(got)
	}
	for _, o := range []Opening{{}, {Value: []byte("1"), Salt: make([]byte, 31)}} {
		if sum := Commit(o.Salt, o.Value); o.Opens(sum[:]) {
			t.Error("a short salt opens")
		}
	}
}

func TestTheOrderOfFieldsMeansNothing(t *testing.T) {
	d := approved()
	zero := bytes.NewReader(make([]byte, 10_000))
	a, err := Prepare(d, scope, zero)
	if err != nil {
		t.Fatal(err)
	}
	d.Fields[0], d.Fields[2] = d.Fields[2], d.Fields[0]
	b, _ := Prepare(d, scope, zero)
	one, _ := a.Seal(org, 1, when)
	two, _ := b.Seal(org, 1, when)
	if !bytes.Equal(one, two) {
		t.Errorf("%s\n%s", one, two)
	}
}

func TestWhatPrepareRefuses(t *testing.T) {
	many := Draft{Kind: "baseline.approved"}
	for range MaxFields + 1 {
		many.Fields = append(many.Fields, Text("baseline", "x"))
	}
	with := func(f ...Field) Draft { return Draft{Kind: "baseline.approved", Fields: f} }
	for name, d := range map[string]Draft{
		"a kind nobody knows":          {Kind: "baseline.painted"},
		"a field nobody knows":         with(Text("colour", "blue")),
		"a field twice":                with(Text("reason", "a"), Text("reason", "b")),
		"a value that is not JSON":     with(Field{Name: "reason", Value: []byte("x")}),
		"no value":                     with(Field{Name: "reason"}),
		"JSON that is not canonical":   with(Field{Name: "reason", Value: []byte(`{"b":1, "a":2}`)}),
		"a value that is too long":     with(Text("reason", strings.Repeat("x", MaxValue))),
		"a person without a subject":   with(Text("reason", "person:"+person)),
		"a person in a list":           {Kind: "upload.removed", Fields: []Field{List("uploads", []string{"a", person})}},
		"a subject where none may be":  with(Personal("reason", "x", person)),
		"personal data of nobody":      {Kind: "member.added", Fields: []Field{Text("email", "a@contoso.example")}},
		"many fields":                  many,
		"another value of the project": {Kind: "token.created", Fields: []Field{Text("project", "pj_1")}},
	} {
		if _, err := Prepare(d, scope, rand.Reader); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	for name, c := range map[string]Common{
		"no actor": {Surface: "cli", Purpose: "x"}, "no surface": {Actor: "local", Purpose: "x"}, "no purpose": {Actor: "local", Surface: "cli"},
	} {
		if _, err := Prepare(approved(), c, rand.Reader); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := Prepare(approved(), scope, iotest.ErrReader(errors.New("dry"))); fault.KindOf(err) != fault.Internal {
		t.Errorf("without randomness: %v", err)
	}
	same := Draft{Kind: "token.created", Fields: []Field{Text("project", "local"), Text("token", "tk_1")}}
	if _, err := Prepare(same, scope, rand.Reader); err != nil {
		t.Errorf("saying the project again: %v", err)
	}
}

// The largest entry that Prepare takes has a leaf below the limit, whatever its place.
func TestTheLargestLeafFits(t *testing.T) {
	l := Leaf{Log: org, Index: MaxIndex, At: when, Kind: strings.Repeat("k", 31) + "." + strings.Repeat("k", 32)}
	for i := range MaxFields {
		l.Fields = append(l.Fields, Commitment{Name: "f" + strings.Repeat(string(rune('A'+i/26)), 62) + string(rune('A'+i%26))})
	}
	leaf := l.Encode()
	if _, err := ParseLeaf(leaf); err != nil || len(leaf) > MaxLeaf {
		t.Errorf("%d bytes: %v", len(leaf), err)
	}
}

func TestHelpersWriteCanonicalValues(t *testing.T) {
	for want, f := range map[string]Field{
		`"a\"\\\n\u0001€"`:               Text("x", "a\"\\\n\x01€"),
		"\"\uFFFD\"":                     Text("x", "\xff"),
		`-5`:                             Int("x", -5),
		`{"$number":"9007199254740993"}`: Int("x", 9007199254740993),
		`true`:                           Bool("x", true),
		`[]`:                             List("x", nil),
		`["b","a"]`:                      List("x", []string{"b", "a"}),
		`"sha256:00"`:                    Digest("x", "sha256:00"),
		`"2026-10-23T08:00:00.123456Z"`:  Time("x", when),
	} {
		if string(f.Value) != want || check("x", f) != nil {
			t.Errorf("%s, want %s", f.Value, want)
		}
	}
}

func TestTheCatalogueIsWellFormed(t *testing.T) {
	n := 0
	for k, meaning := range Kinds() {
		n++
		if !validKind(k) || meaning == "" || Meaning(k) != meaning {
			t.Errorf("%s: %q", k, meaning)
		}
		for f, mark := range catalogue[k].fields {
			if !validName(f) {
				t.Errorf("%s has a field %q", k, f)
			}
			if mark == 0 && (f == "person" || f == "email") {
				t.Errorf("%s: %s is personal data", k, f)
			}
			if f != "project" && slices.Contains(commonNames, f) { // what makes a project or a token for one has none above it
				t.Errorf("%s: %s is a field of every entry", k, f)
			}
		}
	}
	if n < 40 || Meaning("x.y") != "" {
		t.Errorf("%d kinds", n)
	}
}

// FuzzParseLeaf: what is read as a leaf is written as the same bytes, and any other writer of canonical JSON would write them too.
func FuzzParseLeaf(f *testing.F) {
	p, err := Prepare(approved(), scope, rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	leaf, _ := p.Seal(org, 7, when)
	f.Add(leaf)
	f.Add([]byte(`{"at":"2026-10-23T08:00:00.123456Z","fields":{"a":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},"index":0,"kind":"a.b","log":"local","v":1}`))
	f.Add([]byte(`{"at":"2026-02-30T08:00:00,123456Z","fields":{"a":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB="},"index":00,"kind":"a.b","log":"local","v":1}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := ParseLeaf(b)
		if err != nil {
			return
		}
		if !bytes.Equal(l.Encode(), b) {
			t.Fatalf("%q is read, and written as %q", b, l.Encode())
		}
		if again, err := jcs.Transform(b); err != nil || !bytes.Equal(again, b) || !json.Valid(b) {
			t.Fatalf("%q is no canonical JSON: %v", b, err)
		}
	})
}
