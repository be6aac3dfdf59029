package oidc

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/egress"
)

const org = id.Org("og_01jq8z6y5x4w3v2t1s0r9q8p7n")

// liar is a server that speaks OpenID Connect over TLS on loopback, and lies as a test wants it to.
type liar struct {
	*httptest.Server
	key   *rsa.PrivateKey
	now   time.Time
	iss   bool // it promises the parameter iss
	name  string
	asked map[string]int

	mu     sync.Mutex
	form   url.Values
	header map[string]any
	claims map[string]any
	sign   func(text string) []byte
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// first is the key of all of them: making one takes long.
var first = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

func newLiar(t *testing.T) *liar {
	t.Helper()
	l := &liar{key: first(), now: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), asked: map[string]int{}}
	l.Server = httptest.NewTLSServer(http.HandlerFunc(l.serve))
	t.Cleanup(l.Close)
	return l
}

func (l *liar) serve(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked[r.URL.Path]++
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		issuer := l.URL
		if l.name != "" {
			issuer = l.name
		}
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": issuer, "authorization_endpoint": l.URL + "/auth", "token_endpoint": l.URL + "/token", "jwks_uri": l.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"none", "HS256", "RS256"}, "authorization_response_iss_parameter_supported": l.iss,
		})
	case "/keys":
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{map[string]any{
			"kty": "RSA", "kid": "k", "use": "sig", "alg": "RS256", "n": b64(l.key.N.Bytes()), "e": b64(big.NewInt(int64(l.key.E)).Bytes()),
		}}})
	case "/token":
		_ = r.ParseForm()
		l.form = r.PostForm
		if r.PostForm.Get("code") != "good" {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"error":"invalid_grant","error_description":"<script>"}`))
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "access", "token_type": "Bearer", "id_token": l.token()})
	case "/elsewhere/.well-known/openid-configuration":
		http.Redirect(w, r, "/.well-known/openid-configuration", http.StatusFound)
	default:
		http.NotFound(w, r)
	}
}

func (l *liar) token() string {
	head, _ := json.Marshal(l.header)
	body, _ := json.Marshal(l.claims)
	text := b64(head) + "." + b64(body)
	return text + "." + b64(l.sign(text))
}

// honest makes the provider tell the truth about that nonce.
func (l *liar) honest(nonce string) {
	l.header = map[string]any{"alg": "RS256", "kid": "k"}
	l.claims = map[string]any{
		"iss": l.URL, "sub": "1234", "aud": "c4arch", "exp": l.now.Add(5 * time.Minute).Unix(), "iat": l.now.Unix(), "nonce": nonce,
		"email": "architect@contoso.example", "email_verified": true, "name": "An Architect", "acr": "phr", "amr": []string{"hwk", "pin"}, "groups": []string{"g-1", "g-2"},
	}
	l.sign = func(text string) []byte {
		sum := sha256.Sum256([]byte(text))
		sig, err := rsa.SignPKCS1v15(rand.Reader, l.key, crypto.SHA256, sum[:])
		if err != nil {
			panic(err)
		}
		return sig
	}
}

func (l *liar) client(t *testing.T) *Client {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(l.Certificate())
	at := netip.MustParseAddrPort(strings.TrimPrefix(l.URL, "https://"))
	rule := egress.Here(at.Port())
	rule.Plain, rule.TLS = false, &tls.Config{RootCAs: roots}
	rules := egress.Defaults()
	rules[egress.OwnSignIn] = rule
	exit, err := egress.New(egress.Config{Rules: rules, Recorder: &egress.Book{}, Now: l.clock})
	if err != nil {
		t.Fatal(err)
	}
	return New(exit.Client(egress.SignIn), exit.Client(egress.OwnSignIn), func(issuer string) bool { return strings.HasPrefix(issuer, l.URL) }, l.clock)
}

func (l *liar) clock() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

func (l *liar) party() Party {
	return Party{Org: org, Issuer: l.URL, Client: "c4arch", Secret: secret.New([]byte("of the client")), Scopes: []string{"email"}, Redirect: "https://c4arch.example/oidc/return/ip_1", Groups: "groups"}
}

var ask = Ask{State: "a-state", Nonce: "a-nonce", Verifier: strings.Repeat("v", 43), Hint: "architect@contoso.example"}

func TestSignIn(t *testing.T) {
	l := newLiar(t)
	l.honest(ask.Nonce)
	c := l.client(t)
	to, err := c.Begin(t.Context(), l.party(), ask)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(ask.Verifier))
	for name, want := range map[string]string{
		"response_type": "code", "client_id": "c4arch", "state": "a-state", "nonce": "a-nonce", "code_challenge_method": "S256", "code_challenge": b64(sum[:]),
		"redirect_uri": l.party().Redirect, "scope": "openid email", "login_hint": ask.Hint,
	} {
		if got := u.Query().Get(name); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
	if strings.Contains(to, ask.Verifier) || strings.Contains(to, "of+the+client") {
		t.Error("the address has a secret")
	}
	got, err := c.Finish(t.Context(), l.party(), Answer{Code: "good", Ask: ask})
	if err != nil {
		t.Fatal(err)
	}
	proof := sha256.Sum256([]byte(l.token())) // a signature of PKCS #1 v1.5 is the same each time
	if got.Issuer != l.URL || got.Subject != "1234" || got.Email != "architect@contoso.example" || !got.Verified || got.ACR != "phr" || fmt.Sprint(got.AMR) != "[hwk pin]" ||
		fmt.Sprint(got.Groups) != "[g-1 g-2]" || !got.Grouped || got.Proof != fmt.Sprintf("%x", proof) {
		t.Errorf("%+v", got)
	}
	if l.form.Get("code_verifier") != ask.Verifier || l.form.Get("redirect_uri") != l.party().Redirect {
		t.Errorf("the exchange was %v", l.form)
	}
	if l.asked["/.well-known/openid-configuration"] != 1 {
		t.Errorf("discovery was read %d times", l.asked["/.well-known/openid-configuration"])
	}
}

// TestLies: every lie has the honest token as its twin, which the client accepts.
func TestLies(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		lie  func(l *liar)
		in   func(a *Answer)
		says string
	}{
		"another nonce":    {lie: func(l *liar) { l.claims["nonce"] = "another" }, says: "another request"},
		"no nonce":         {lie: func(l *liar) { delete(l.claims, "nonce") }, says: "another request"},
		"another audience": {lie: func(l *liar) { l.claims["aud"] = "somebody" }, says: "another client"},
		"two audiences":    {lie: func(l *liar) { l.claims["aud"] = []string{"c4arch", "somebody"} }, says: "another client"},
		"another party":    {lie: func(l *liar) { l.claims["azp"] = "somebody" }, says: "another client"},
		"another issuer":   {lie: func(l *liar) { l.claims["iss"] = "https://login.example" }, says: "another issuer"},
		"expired":          {lie: func(l *liar) { l.claims["exp"] = l.now.Add(-time.Second).Unix() }, says: "expired"},
		"of yesterday":     {lie: func(l *liar) { l.claims["iat"] = l.now.Add(-24 * time.Hour).Unix() }, says: "clocks"},
		"of tomorrow":      {lie: func(l *liar) { l.claims["iat"] = l.now.Add(24 * time.Hour).Unix() }, says: "clocks"},
		"no subject":       {lie: func(l *liar) { delete(l.claims, "sub") }, says: "missing or too long"},
		"a long subject":   {lie: func(l *liar) { l.claims["sub"] = strings.Repeat("1", 256) }, says: "missing or too long"},
		"no signature":     {lie: func(l *liar) { l.header["alg"] = "none"; l.sign = func(string) []byte { return nil } }, says: "not signed"},
		"another key": {lie: func(l *liar) {
			l.sign = func(text string) []byte {
				sum := sha256.Sum256([]byte(text))
				sig, _ := rsa.SignPKCS1v15(rand.Reader, other, crypto.SHA256, sum[:])
				return sig
			}
		}, says: "not signed"},
		"a shared key": {lie: func(l *liar) {
			l.header["alg"] = "HS256"
			l.sign = func(text string) []byte {
				m := hmac.New(sha256.New, l.key.N.Bytes())
				m.Write([]byte(text))
				return m.Sum(nil)
			}
		}, says: "not signed"},
		"a curve that it has not": {lie: func(l *liar) {
			l.header["alg"] = "ES256"
			l.sign = func(text string) []byte {
				sum := sha256.Sum256([]byte(text))
				sig, _ := ecdsa.SignASN1(rand.Reader, curve, sum[:])
				return sig
			}
		}, says: "not signed"},
		"another access token":     {lie: func(l *liar) { l.claims["at_hash"] = "AAAA" }, says: "access token"},
		"a code of another":        {in: func(a *Answer) { a.Code = "another" }, says: "invalid_grant"},
		"no code":                  {in: func(a *Answer) { a.Code = "" }, says: "no code"},
		"mix-up":                   {in: func(a *Answer) { a.Issuer = "https://login.example" }, says: "not of the provider"},
		"a promise that is broken": {lie: func(l *liar) { l.iss = true }, says: "not of the provider"},
		"groups elsewhere": {lie: func(l *liar) {
			delete(l.claims, "groups")
			l.claims["_claim_names"], l.claims["_claim_sources"] = map[string]string{"groups": "src1"}, map[string]any{"src1": map[string]string{"endpoint": "https://graph.example"}}
		}, says: "too many"},
		"not proven again": {in: func(a *Answer) { a.Ask.Again = true }, says: "prove again"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLiar(t)
			l.honest(ask.Nonce)
			c, a := l.client(t), Answer{Code: "good", Ask: ask}
			if _, err := c.Finish(t.Context(), l.party(), a); err != nil {
				t.Fatalf("what is true is refused: %v", err)
			}
			if x.lie != nil {
				l.mu.Lock()
				x.lie(l)
				l.mu.Unlock()
			}
			if x.in != nil {
				x.in(&a)
			}
			c = l.client(t) // knows nothing yet
			got, err := c.Finish(t.Context(), l.party(), a)
			if fault.KindOf(err) != fault.Denied || !strings.Contains(err.Error(), x.says) || got.Subject != "" {
				t.Errorf("%v, %+v", err, got)
			}
			if err != nil && strings.Contains(err.Error(), "script") {
				t.Error("the provider's text is quoted")
			}
		})
	}
}

func mustKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestWhatIsVerified: an address counts when the provider says so, in one of the ways that there are.
func TestWhatIsVerified(t *testing.T) {
	for _, x := range []struct {
		name  string
		value any
		want  bool
	}{
		{"email_verified", true, true},
		{"email_verified", "true", true},
		{"email_verified", false, false},
		{"email_verified", "no", false},
		{"xms_edov", true, true},
		{"xms_edov", "1", true},
		{"xms_edov", 1, true},
		{"xms_edov", 0, false},
		{"xms_edov", nil, false},
		{"verified_email", true, false},
	} {
		l := newLiar(t)
		l.honest(ask.Nonce)
		delete(l.claims, "email_verified")
		l.claims[x.name] = x.value
		got, err := l.client(t).Finish(t.Context(), l.party(), Answer{Code: "good", Ask: ask})
		if err != nil || got.Verified != x.want {
			t.Errorf("%s %v: %t, %v", x.name, x.value, got.Verified, err)
		}
	}
}

// TestKeysAreNotAskedForAgainAndAgain: tokens of a key that is not known make the client ask once, until it may again; then a key that was rolled over is found.
func TestKeysAreNotAskedForAgainAndAgain(t *testing.T) {
	l := newLiar(t)
	l.honest(ask.Nonce)
	c := l.client(t)
	finish := func() error {
		_, err := c.Finish(t.Context(), l.party(), Answer{Code: "good", Ask: ask})
		return err
	}
	if err := finish(); err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	l.key = mustKey(t) // rolled over
	l.mu.Unlock()
	for range 20 {
		if finish() == nil {
			t.Fatal("a key that is not known is good")
		}
	}
	if n := l.asked["/keys"]; n != 1 {
		t.Errorf("the keys were read %d times", n)
	}
	l.mu.Lock()
	l.now = l.now.Add(askedAgain)
	l.honest(ask.Nonce)
	l.mu.Unlock()
	if err := finish(); err != nil {
		t.Errorf("the new key is not found: %v", err)
	}
	if n := l.asked["/keys"]; n != 2 {
		t.Errorf("the keys were read %d times", n)
	}
}

func TestDiscovery(t *testing.T) {
	l := newLiar(t)
	c := l.client(t)
	if err := c.Discover(t.Context(), org, l.URL); err != nil {
		t.Fatal(err)
	}
	for issuer, want := range map[string]fault.Kind{
		l.URL + "/elsewhere":      fault.Unavailable, // no redirect is followed
		l.URL + "/nothing":        fault.Unavailable,
		"https://127.0.0.1:1":     fault.Denied, // not one that the operator named: no private address is reached
		"https://169.254.169.254": fault.Denied,
		"https://10.1.2.3":        fault.Denied,
		"http://login.example":    fault.Denied,
	} {
		if err := c.Discover(t.Context(), org, issuer); fault.KindOf(err) != want {
			t.Errorf("%s: %v", issuer, err)
		}
	}
	l.mu.Lock()
	l.name = "https://login.example/another"
	l.mu.Unlock()
	if err := l.client(t).Discover(context.Background(), org, l.URL); fault.KindOf(err) != fault.Denied || !strings.Contains(err.Error(), "another issuer") {
		t.Errorf("%v", err)
	}
}
