package vault_test

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/egress/cloud"
	"c4arch/internal/egress/egresstest"
	"c4arch/internal/keys/keystest"
	"c4arch/internal/keys/ring"
	"c4arch/internal/keys/vault"
)

const (
	orgA = id.Org("og_01hzzzzzzz0000000000000001")
	orgB = id.Org("og_01hzzzzzzz0000000000000002")
)

// clock is a time that a test moves.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func setup(t *testing.T, kind string) (*keystest.Vault, *vault.Root, *ring.Ring, *clock) {
	t.Helper()
	t.Setenv("AZURE_TENANT_ID", keystest.Tenant)
	t.Setenv("AZURE_CLIENT_ID", keystest.User)
	t.Setenv("AZURE_CLIENT_SECRET", "right")
	v := keystest.NewVault(t, "c4arch", kind)
	front := egresstest.New(t, map[string]http.Handler{keystest.LoginHost: keystest.Login("right"), keystest.VaultHost: v})
	who, err := cloud.Azure(front.Client)
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}
	root, err := vault.New(vault.Config{URL: "https://" + keystest.VaultHost, Key: "c4arch", Client: front.Client, Identity: who, Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	r, err := ring.New(rand.Reader, vault.Scheme, map[string]ring.Root{vault.Scheme: root})
	if err != nil {
		t.Fatal(err)
	}
	return v, root, r, c
}

func TestWrapAndRotate(t *testing.T) {
	v, _, r, clock := setup(t, "RSA")
	ctx := t.Context()
	key, wrapped, root, err := r.New(ctx, orgA)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(root, "vault:"+keystest.VaultHost+"/c4arch/") {
		t.Errorf("the root key is called %s", root)
	}
	sealed := key.Seal(secret.ForRecords, "r", []byte("text"))
	opened, err := r.Open(ctx, orgA, wrapped, root)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := opened.Open(secret.ForRecords, "r", sealed); err != nil || string(plain) != "text" {
		t.Errorf("%s, %v", plain, err)
	}
	if _, err := r.Open(ctx, orgB, wrapped, root); fault.KindOf(err) != fault.Internal {
		t.Errorf("another organisation's: %v", err)
	}

	second := v.Rotate(t)
	if _, _, changed, err := r.Rewrap(ctx, orgA, wrapped, root); err != nil || changed {
		t.Errorf("the current version is remembered: %v, %v", changed, err)
	}
	clock.now = clock.now.Add(time.Hour)
	again, newest, changed, err := r.Rewrap(ctx, orgA, wrapped, root)
	if err != nil || !changed || !strings.HasSuffix(newest, "/"+second) {
		t.Fatalf("%s, %v, %v", newest, changed, err)
	}
	if _, err := r.Open(ctx, orgA, again, newest); err != nil {
		t.Error(err)
	}
	if _, err := r.Open(ctx, orgA, again, root); err == nil {
		t.Error("it opens under the version before")
	}
	// Both operations ran in the vault.
	lines := strings.Join(v.Lines(), "\n")
	if !strings.Contains(lines, "/wrapkey") || !strings.Contains(lines, "/unwrapkey") {
		t.Errorf("asked: %s", lines)
	}
}

// What a wrapped key says does not lead anywhere else.
func TestNoOtherVaultIsAsked(t *testing.T) {
	v, _, r, _ := setup(t, "RSA")
	_, wrapped, root, err := r.New(t.Context(), orgA)
	if err != nil {
		t.Fatal(err)
	}
	before := len(v.Lines())
	version := root[strings.LastIndexByte(root, '/')+1:]
	for _, bad := range []string{
		"vault:evil.example/c4arch/" + version, "vault:" + keystest.VaultHost + "/other/" + version, "vault:" + keystest.VaultHost + "/c4arch/", "vault:" + keystest.VaultHost + "/c4arch/../" + version,
		"vault:" + version, "vault:", "kms:x",
	} {
		if _, err := r.Open(t.Context(), orgA, wrapped, bad); err == nil {
			t.Errorf("%s is asked", bad)
		}
	}
	if len(v.Lines()) != before {
		t.Errorf("asked: %v", v.Lines()[before:])
	}
}

func TestFailures(t *testing.T) {
	v, _, r, _ := setup(t, "RSA")
	_, wrapped, root, err := r.New(t.Context(), orgA)
	if err != nil {
		t.Fatal(err)
	}
	for status, kind := range map[int]fault.Kind{
		http.StatusForbidden: fault.Denied, http.StatusNotFound: fault.Unavailable, http.StatusBadRequest: fault.Internal, http.StatusConflict: fault.Unavailable,
	} {
		v.Fail(status)
		if _, err := r.Open(t.Context(), orgA, wrapped, root); fault.KindOf(err) != kind || strings.Contains(err.Error(), "a text of the vault") {
			t.Errorf("%d: %s %v", status, fault.KindOf(err), err)
		}
	}
	v.Fail(0)
	for i := range wrapped {
		changed := slices.Clone(wrapped)
		changed[i] ^= 0x10
		if i%16 == 0 { // each is a round trip
			if _, err := r.Open(t.Context(), orgA, changed, root); fault.KindOf(err) != fault.Internal {
				t.Errorf("byte %d: %v", i, err)
			}
		}
	}
}

func TestAnIdentityThatIsNone(t *testing.T) {
	t.Setenv("AZURE_TENANT_ID", keystest.Tenant)
	t.Setenv("AZURE_CLIENT_ID", keystest.User)
	t.Setenv("AZURE_CLIENT_SECRET", "a-wrong-secret")
	front := egresstest.New(t, map[string]http.Handler{keystest.LoginHost: keystest.Login("right"), keystest.VaultHost: keystest.NewVault(t, "c4arch", "RSA")})
	who, err := cloud.Azure(front.Client)
	if err != nil {
		t.Fatal(err)
	}
	root, err := vault.New(vault.Config{URL: "https://" + keystest.VaultHost, Key: "c4arch", Client: front.Client, Identity: who, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := root.Newest(t.Context()); err == nil || strings.Contains(err.Error(), "a-wrong-secret") {
		t.Errorf("%v", err)
	}
	if s := root.State(t.Context()); s.Protection != ring.Unknown || s.Why == "" {
		t.Errorf("%+v", s)
	}
}

func TestState(t *testing.T) {
	for kind, want := range map[string]ring.Protection{"RSA": ring.Service, "RSA-HSM": ring.Hardware} {
		_, _, r, _ := setup(t, kind)
		s := r.States(t.Context())
		if len(s) != 1 || s[0].Protection != want || !s[0].Newest || !slices.Contains(s[0].Detail, "RSA of 2048 bits") || !slices.Contains(s[0].Detail, "recovery Recoverable") {
			t.Errorf("%s: %+v", kind, s)
		}
	}
}

func TestConfiguration(t *testing.T) {
	for _, c := range []vault.Config{
		{URL: "http://contoso.vault.azure.net", Key: "k"},
		{URL: "https://user@contoso.vault.azure.net", Key: "k"},
		{URL: "https://contoso.vault.azure.net/keys/k", Key: "k"},
		{URL: "https://contoso.vault.azure.net", Key: "a/b"},
		{URL: "https://contoso.vault.azure.net", Key: "k", Version: "latest"},
		{URL: "https://contoso.vault.azure.net", Key: "k"},
	} {
		if _, err := vault.New(c); err == nil {
			t.Errorf("%+v is a configuration", c)
		}
	}
}
