package secret_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"text/template"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
)

const (
	orgA = id.Org("og_01hzzzzzzz0000000000000001")
	orgB = id.Org("og_01hzzzzzzz0000000000000002")

	plain = "q7Zt9fK2vbW1xx83"
)

func key(t testing.TB, org id.Org, b byte) *secret.Key {
	t.Helper()
	k, err := secret.NewKey(org, bytes.Repeat([]byte{b}, secret.Size))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// shows reports whether text has the secret in one of the forms in which bytes are printed.
func shows(text string) bool {
	b := []byte(plain)
	spaced := strings.Trim(fmt.Sprint(b), "[]")
	for _, form := range []string{
		plain, hex.EncodeToString(b), strings.ToUpper(hex.EncodeToString(b)), base64.StdEncoding.EncodeToString(b), base64.RawURLEncoding.EncodeToString(b), spaced,
		strings.ReplaceAll(spaced, " ", ", "), strings.ReplaceAll(spaced, " ", ","), strings.TrimPrefix(fmt.Sprintf("%#v", b), "[]byte"), fmt.Sprintf("% x", b), fmt.Sprintf("%o", b),
		fmt.Sprintf("%b", b), fmt.Sprintf("%U", b), fmt.Sprintf("%c", b), plain[:8],
	} {
		if strings.Contains(text, strings.Trim(form, "[]{}")) {
			return true
		}
	}
	return false
}

// Where a secret may stand in something that is printed. The fields that are not exported matter most: fmt does not ask the methods of these.
type (
	exported struct{ V secret.Value }
	inside   struct{ v secret.Value }
	deep     struct {
		list []inside
		m    map[string]secret.Value
		p    *inside
		any  any
	}
	embedded struct{ secret.Value }
)

func places(v secret.Value) map[string]any {
	return map[string]any{
		"itself": v, "pointer": &v, "exported": exported{v}, "inside": inside{v}, "pointer inside": &inside{v}, "embedded": embedded{v}, "list": []secret.Value{v}, "array": [1]secret.Value{v},
		"map": map[string]secret.Value{"k": v}, "any": []any{v, &v}, "error": fmt.Errorf("wrapped: %v %w", v, fmt.Errorf("%s", v)),
		"deep": deep{[]inside{{v}}, map[string]secret.Value{"k": v}, &inside{v}, inside{v}}, "pointer deep": &deep{[]inside{{v}}, nil, &inside{v}, v},
	}
}

func TestNoVerbPrints(t *testing.T) {
	if !shows(fmt.Sprint(plain)) || !shows(fmt.Sprint([]byte(plain))) || !shows(fmt.Sprintf("%x", plain)) || !shows(fmt.Sprintf("%#v", []byte(plain))) || !shows(fmt.Sprintf("%v", struct{ b []byte }{[]byte(plain)})) {
		t.Fatal("the check sees nothing")
	}
	for where, x := range places(secret.New([]byte(plain))) {
		for _, verb := range "vTtbcdoOxXeEfFgGsqUpw" {
			for _, flags := range []string{"", "+", "#", "-", " ", "0", "30", ".3", "+#", "# "} {
				if text := fmt.Sprintf("%"+flags+string(verb), x); shows(text) {
					t.Errorf("%s: %%%s%c prints %s", where, flags, verb, text)
				}
			}
		}
		if text := fmt.Sprint(x) + fmt.Sprintln(x); shows(text) {
			t.Errorf("%s: %s", where, text)
		}
	}
	v := secret.New([]byte(plain))
	if text := fmt.Sprintf("%v %s %x %d %#v %q", v, v, v, v, v, v); text != strings.TrimSpace(strings.Repeat("[secret] ", 6)) {
		t.Errorf("printed: %s", text)
	}
	k, err := secret.NewKey(orgA, []byte(plain+plain))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []any{k, struct{ k *secret.Key }{k}, &struct{ K *secret.Key }{k}, []*secret.Key{k}} {
		if text := fmt.Sprintf("%v %+v %#v %s %x", x, x, x, x, x); shows(text) {
			t.Errorf("a key: %s", text)
		}
	}
}

func TestNoEncoderWrites(t *testing.T) {
	for where, x := range places(secret.New([]byte(plain))) {
		var out bytes.Buffer
		log := slog.New(slog.NewTextHandler(&out, nil))
		log.Info("m", "k", x, slog.Group("g", "k", x))
		log = slog.New(slog.NewJSONHandler(&out, nil))
		log.With("k", x).Info("m", slog.Any("k", x))
		if shows(out.String()) {
			t.Errorf("%s: a log has it: %s", where, out.String())
		}

		out.Reset()
		// What matters is the output; an error is one way not to have any.
		_ = gob.NewEncoder(&out).Encode(x)
		_ = xml.NewEncoder(&out).Encode(x)
		if b, err := json.Marshal(x); err == nil {
			out.Write(b)
		}
		func() {
			defer func() { _ = recover() }() // of a library that panics on what it cannot write
			if b, err := yaml.Marshal(x); err == nil {
				out.Write(b)
			}
		}()
		_ = template.Must(template.New("").Parse(`{{.}}{{printf "%s %x %v" . . .}}`)).Execute(&out, x)
		_ = htmltemplate.Must(htmltemplate.New("").Parse(`<p a="{{.}}">{{.}}</p><script>x = {{.}}</script>`)).Execute(&out, x)
		if shows(out.String()) {
			t.Errorf("%s: written: %s", where, out.String())
		}
	}
	v := secret.New([]byte(plain))
	for name, marshal := range map[string]func() error{
		"json": func() error { _, err := json.Marshal(v); return err },
		"text": func() error { _, err := v.MarshalText(); return err },
		"xml":  func() error { _, err := xml.Marshal(v); return err },
		"gob":  func() error { return gob.NewEncoder(&bytes.Buffer{}).Encode(v) },
		"yaml": func() error { _, err := yaml.Marshal(v); return err },
		"key":  func() error { _, err := json.Marshal(key(t, orgA, 1)); return err },
		"map":  func() error { _, err := json.Marshal(map[string]secret.Value{"k": v}); return err },
	} {
		if marshal() == nil {
			t.Errorf("%s writes a secret", name)
		}
	}
}

func TestValue(t *testing.T) {
	v := secret.New([]byte(plain))
	if string(v.Expose()) != plain || v.Empty() || !v.Equal(secret.New([]byte(plain))) || v.Equal(secret.New([]byte("x"))) || v.Equal(secret.Value{}) {
		t.Error("a value is not what it was made of")
	}
	var zero secret.Value
	if !zero.Empty() || zero.Expose() != nil || !zero.Equal(secret.New(nil)) || fmt.Sprint(zero) != "[secret]" {
		t.Error("the zero value is not empty")
	}
	zero.Wipe()
	v.Wipe()
	if bytes.Contains(v.Expose(), []byte("q7")) {
		t.Error("it was not overwritten")
	}
}

// What is sealed opens in its own place, and in no other.
func TestSealIsBound(t *testing.T) {
	purposes := []secret.Purpose{
		secret.ForDatabase, secret.ForObjects, secret.ForLedger, secret.ForSecrets, secret.ForEvidence, secret.ForNames, secret.ForRecords, secret.ForSigning,
	}
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Byte(), secret.Size, secret.Size).Draw(t, "key")
		k, err := secret.NewKey(orgA, bytes.Clone(raw))
		if err != nil {
			t.Fatal(err)
		}
		p, record := rapid.SampledFrom(purposes).Draw(t, "purpose"), rapid.String().Draw(t, "record")
		text := rapid.SliceOf(rapid.Byte()).Draw(t, "text")
		sealed := k.Seal(p, record, text)
		if got, err := k.Open(p, record, sealed); err != nil || !bytes.Equal(got, text) || len(sealed) != len(text)+secret.Overhead {
			t.Fatalf("%x, %v", got, err)
		}
		if bytes.Equal(sealed, k.Seal(p, record, text)) {
			t.Error("the same text is sealed to the same bytes")
		}
		if len(text) > 8 && bytes.Contains(sealed, text) {
			t.Error("the text is in what is sealed")
		}
		refused := func(what string, k *secret.Key, p secret.Purpose, record string, sealed []byte) {
			if _, err := k.Open(p, record, sealed); !errors.Is(err, secret.ErrSealed) {
				t.Errorf("%s: it opens: %v", what, err)
			}
		}
		other, err := secret.NewKey(orgB, bytes.Clone(raw))
		if err != nil {
			t.Fatal(err)
		}
		refused("another organisation with the same key", other, p, record, sealed)
		if another := rapid.SampledFrom(purposes).Draw(t, "another purpose"); another != p {
			refused("another purpose", k, another, record, sealed)
		}
		if another := rapid.String().Draw(t, "another record"); another != record {
			refused("another record", k, p, another, sealed)
		}
		raw[rapid.IntRange(0, secret.Size-1).Draw(t, "byte of the key")] ^= 1
		wrong, err := secret.NewKey(orgA, raw)
		if err != nil {
			t.Fatal(err)
		}
		refused("another key", wrong, p, record, sealed)
		i := rapid.IntRange(0, len(sealed)-1).Draw(t, "byte")
		refused("cut", k, p, record, sealed[:i])
		sealed[i] ^= byte(1 << rapid.IntRange(0, 7).Draw(t, "bit"))
		refused("a changed bit", k, p, record, sealed)
	})
}

// A second way to the bytes of docs/formats/sealed.md, from its words.
func TestFormat(t *testing.T) {
	raw := bytes.Repeat([]byte{7}, secret.Size)
	k := key(t, orgA, 7)
	derived, err := hkdf.Key(sha256.New, raw, nil, "c4arch/v1/og_01hzzzzzzz0000000000000001/records", 32)
	if err != nil {
		t.Fatal(err)
	}
	if got := k.Derive(secret.ForRecords); !bytes.Equal(got.Expose(), derived) {
		t.Errorf("derived %x", got.Expose())
	}
	// Kept, so that a change of the derivation is seen: it would make all that was sealed unreadable.
	if want := "947c56c0bdccdc4f208b421cd369d8d3de471606c55f3bb769727324f4b61b76"; hex.EncodeToString(derived) != want {
		t.Errorf("derived %x, and it was %s", derived, want)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	sealed := k.Seal(secret.ForRecords, "member/pn_1/email", []byte(plain))
	aad := []byte("c4arch/v1\x00og_01hzzzzzzz0000000000000001\x00records\x00member/pn_1/email")
	got, err := gcm.Open(nil, sealed[1:13], sealed[13:], aad)
	if err != nil || string(got) != plain || sealed[0] != 1 {
		t.Errorf("%s, %v", got, err)
	}
}

func TestKeysThatAreNone(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33} {
		if _, err := secret.NewKey(orgA, make([]byte, n)); err == nil {
			t.Errorf("%d bytes are a key", n)
		}
	}
	for _, org := range []id.Org{"", "x", "og_"} {
		if _, err := secret.NewKey(org, make([]byte, secret.Size)); err == nil {
			t.Errorf("%q has a key", org)
		}
	}
}

// After its end a key opens nothing and, above all, seals nothing under a key of zeros.
func TestDestroyed(t *testing.T) {
	k := key(t, orgA, 1)
	sealed := k.Seal(secret.ForSecrets, "r", []byte(plain))
	k.Destroy()
	k.Destroy()
	if _, err := k.Open(secret.ForSecrets, "r", sealed); !errors.Is(err, secret.ErrSealed) {
		t.Errorf("it opens: %v", err)
	}
	for name, use := range map[string]func(){
		"seal":   func() { k.Seal(secret.ForSecrets, "r", nil) },
		"derive": func() { k.Derive(secret.ForNames) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s under a destroyed key", name)
				}
			}()
			use()
		}()
	}
}

func TestConcurrently(t *testing.T) {
	k := key(t, orgA, 1)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 50 {
				p := []secret.Purpose{secret.ForSecrets, secret.ForLedger}[i%2]
				if got, err := k.Open(p, "r", k.Seal(p, "r", []byte(plain))); err != nil || string(got) != plain {
					t.Errorf("%s, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzOpen(f *testing.F) {
	k, err := secret.NewKey(orgA, bytes.Repeat([]byte{3}, secret.Size))
	if err != nil {
		f.Fatal(err)
	}
	good := k.Seal(secret.ForSecrets, "r", []byte(plain))
	f.Add(good, "r")
	f.Add(good[:5], "r")
	f.Add([]byte{}, "")
	f.Add([]byte{1}, "r")
	f.Add(append([]byte{2}, good[1:]...), "r")
	f.Add(good, "r\x00")
	f.Fuzz(func(t *testing.T, sealed []byte, record string) {
		got, err := k.Open(secret.ForSecrets, record, sealed)
		if (err == nil) != (bytes.Equal(sealed, good) && record == "r") {
			t.Errorf("%x opens: %q, %v", sealed, got, err)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	k := key(b, orgA, 1)
	for _, n := range []int{64, 4 << 10, 256 << 10} {
		text := make([]byte, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				k.Seal(secret.ForObjects, "record", text)
			}
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	k := key(b, orgA, 1)
	for _, n := range []int{64, 4 << 10, 256 << 10} {
		sealed := k.Seal(secret.ForObjects, "record", make([]byte, n))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := k.Open(secret.ForObjects, "record", sealed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
