package pgp

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func key(t testing.TB, b byte) *Key {
	t.Helper()
	k, err := New(bytes.Repeat([]byte{b}, 32), "c4arch at contoso.example")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestTheSameKeyOfTheSameSeed(t *testing.T) {
	a, b, other := key(t, 1), key(t, 1), key(t, 2)
	if a.Fingerprint() != b.Fingerprint() || len(a.Fingerprint()) != 40 {
		t.Errorf("%s and %s", a.Fingerprint(), b.Fingerprint())
	}
	if a.Fingerprint() == other.Fingerprint() {
		t.Error("another seed has the same key")
	}
	if !bytes.Equal(a.Public(), b.Public()) {
		t.Error("the public key is written in two ways")
	}
	if bytes.Contains(a.Public(), []byte("PRIVATE")) {
		t.Error("the public key has the private one")
	}
	if _, err := New([]byte("short"), "x"); err == nil {
		t.Error("a short seed is taken")
	}
}

const text = "Contact: mailto:security@contoso.example\nExpires: 2026-12-23T00:00:00Z\n- a line that begins with a dash\n"

func TestSigning(t *testing.T) {
	k := key(t, 1)
	signed, err := k.Sign([]byte(text), now)
	if err != nil {
		t.Fatal(err)
	}
	got, at, err := Verify(k.Public(), signed, now.Add(time.Hour))
	if err != nil || string(got) != text || !at.Equal(now) {
		t.Errorf("%q %s %v", got, at, err)
	}
	if _, _, err := Verify(key(t, 2).Public(), signed, now); err == nil {
		t.Error("another key has signed it")
	}
	begin := bytes.Index(signed, []byte("Contact"))
	end := bytes.Index(signed, []byte("-----BEGIN PGP SIGNATURE"))
	for i := begin; i < end-1; i++ { // the line break before the signature is no part of the text
		flipped := bytes.Clone(signed)
		flipped[i] ^= 1
		if got, _, err := Verify(k.Public(), flipped, now); err == nil && string(got) == text {
			continue // an escape that says the same
		} else if err == nil {
			t.Fatalf("byte %d is another, and the text is taken: %q", i, got)
		}
	}
	for name, x := range map[string][]byte{
		"before": append([]byte("Contact: mailto:evil@fabrikam.example\n"), signed...), "behind": append(bytes.Clone(signed), "Contact: mailto:evil@fabrikam.example\n"...),
		"nothing": nil, "no signature": []byte(text), "cut": signed[:len(signed)-80], "large": bytes.Repeat([]byte("x"), MaxSigned+1),
	} {
		if _, _, err := Verify(k.Public(), x, now); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// GnuPG says the same.
func TestGnuPG(t *testing.T) {
	gpg, err := exec.LookPath("gpg")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("gpg is not there")
		}
		t.Skip("gpg is not there")
	}
	dir := t.TempDir()
	k := key(t, 1)
	signed, err := k.Sign([]byte(text), now)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"key.asc": k.Public(), "security.txt": signed} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) (string, error) {
		c := exec.Command(gpg, append([]string{"--homedir", dir, "--batch", "--no-autostart", "--faked-system-time", "20261123T090000"}, args...)...) //nolint:gosec // the program of the machine
		out, err := c.CombinedOutput()
		return string(out), err
	}
	if out, err := run("--import", filepath.Join(dir, "key.asc")); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := run("--verify", filepath.Join(dir, "security.txt"))
	if err != nil || !strings.Contains(out, "Good signature") {
		t.Errorf("%v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "security.txt"), bytes.Replace(signed, []byte("contoso"), []byte("fabrika"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := run("--verify", filepath.Join(dir, "security.txt")); err == nil {
		t.Errorf("GnuPG takes another text\n%s", out)
	}
}

func FuzzVerify(f *testing.F) {
	k := key(f, 1)
	signed, err := k.Sign([]byte(text), now)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add(signed[:100])
	f.Add([]byte("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n\n-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, _, err := Verify(k.Public(), b, now); err == nil && string(got) != text {
			t.Errorf("%q was not signed", got)
		}
	})
}
