package source_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/egress/cloud"
	"c4arch/internal/egress/egresstest"
	"c4arch/internal/keys/keystest"
	"c4arch/internal/keys/source"
)

const good = "q7Zt-9fK2-vbW1-xx83"

func read(t *testing.T, r *source.Reader, text string) (string, error) {
	t.Helper()
	ref, err := source.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if ref.String() != text {
		t.Errorf("%s became %s", text, ref)
	}
	v, err := r.Read(t.Context(), ref, 12)
	if err == nil && strings.Contains(fmt.Sprintf("%v %+v %#v %s", v, v, v, v), good) {
		t.Error("it prints")
	}
	return string(v.Expose()), err
}

func TestFileAndEnvironment(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	for text, kind := range map[string]fault.Kind{
		good: "", good + "\n": "", good + "\r\n": "", "": fault.Invalid, "\n": fault.Invalid, "short": fault.Invalid, "changeme": fault.Invalid, "CHANGE-ME": fault.Invalid,
		"aaaaaaaaaaaaaaaaaaaaaaaaaa": fault.Invalid, strings.Repeat("ab", 40_000): fault.Limited,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := read(t, &source.Reader{}, "file:"+path)
		if fault.KindOf(err) != kind || err == nil && got != good {
			t.Errorf("%.20q: %q, %v", text, got, err)
		}
		if err != nil && len(text) > 4 && strings.Contains(err.Error(), text) {
			t.Errorf("the error quotes it: %v", err)
		}
		env := &source.Reader{Getenv: func(name string) string {
			if name == "C4ARCH_X" {
				return text
			}
			return ""
		}}
		if got, err := read(t, env, "env:C4ARCH_X"); (err == nil) != (kind == "") || err == nil && got != good {
			t.Errorf("%.20q: %q, %v", text, got, err)
		}
		if _, err := read(t, env, "env:C4ARCH_OTHER"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v", err)
		}
	}
	if err := os.WriteFile(path, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := read(t, &source.Reader{}, "file:"+path); fault.KindOf(err) != fault.Denied {
			t.Errorf("%o: %v", mode, err)
		}
	}
	for _, p := range []string{path + "x", filepath.Dir(path)} {
		if _, err := read(t, &source.Reader{}, "file:"+p); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", p, err)
		}
	}
}

func TestKeyVault(t *testing.T) {
	t.Setenv("AZURE_TENANT_ID", keystest.Tenant)
	t.Setenv("AZURE_CLIENT_ID", keystest.User)
	t.Setenv("AZURE_CLIENT_SECRET", "right")
	v := keystest.NewVault(t, "k", "RSA")
	v.Put("database", good)
	front := egresstest.New(t, map[string]http.Handler{keystest.LoginHost: keystest.Login("right"), keystest.VaultHost: v})
	who, err := cloud.Azure(front.Client)
	if err != nil {
		t.Fatal(err)
	}
	r := &source.Reader{Client: front.Client, Identity: who}
	at := "keyvault:https://" + keystest.VaultHost + "/secrets/"
	if got, err := read(t, r, at+"database"); err != nil || got != good {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := read(t, r, at+"none"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
	v.Fail(http.StatusForbidden)
	if got, err := read(t, r, at+"database"); err != nil || got != good {
		t.Errorf("what was read is asked for again: %q, %v", got, err)
	}
	r.Forget()
	if _, err := read(t, r, at+"database"); fault.KindOf(err) != fault.Denied {
		t.Errorf("%v", err)
	}
	v.Fail(http.StatusInternalServerError)
	if _, err := read(t, r, at+"database"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
	if _, err := read(t, &source.Reader{}, at+"database"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no way: %v", err)
	}
}

// TestReadOnce: what was checked is what is used, also when the file is another one by then; and what somebody does to a secret is done to that copy alone.
func TestReadOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	if err := os.WriteFile(path, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	ref, err := source.Parse("file:" + path)
	if err != nil {
		t.Fatal(err)
	}
	r := &source.Reader{}
	first, err := r.Read(t.Context(), ref, 1)
	if err != nil {
		t.Fatal(err)
	}
	first.Wipe()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if again, err := r.Read(t.Context(), ref, 1); err != nil || string(again.Expose()) != good {
		t.Errorf("the second time: %v", err)
	}
	r.Forget()
	if _, err := r.Read(t.Context(), ref, 1); fault.KindOf(err) != fault.Invalid {
		t.Errorf("it was forgotten: %v", err)
	}
}

// What is no reference may be a secret in the wrong place: it is not quoted.
func TestNeverALiteral(t *testing.T) {
	for _, text := range []string{
		"", good, "postgres://user:" + good + "@host/db", "literal:" + good, "file:relative/" + good, "env:" + good + "=x", "keyvault:http://contoso.vault.azure.net/secrets/" + good,
		"keyvault:https://evil.example/secrets/" + good, "keyvault:https://contoso.vault.azure.net.evil.example/secrets/" + good, "keyvault:https://a:" + good + "@contoso.vault.azure.net/secrets/x",
		"keyvault:https://a.b.vault.azure.net/secrets/" + good, "keyvault:https://.vault.azure.net/secrets/" + good, "file:/a\x00" + good,
	} {
		_, err := source.Parse(text)
		if fault.KindOf(err) != fault.Invalid || strings.Contains(err.Error(), good) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"file:/a", "env:A", "keyvault:https://contoso.vault.azure.net/secrets/a", "x:y", ":", "keyvault:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ref, err := source.Parse(s)
		if err == nil && (ref.String() != s || ref.Empty()) {
			t.Errorf("%q became %q", s, ref)
		}
	})
}
