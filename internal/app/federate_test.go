package app

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"c4arch/internal/egress"
	"c4arch/internal/outbound/oidc"
)

// TestProvidersStayOutside: an issuer that an organisation names is on the public internet; on a private network are those alone that the operator named, each at its own port.
func TestProvidersStayOutside(t *testing.T) {
	asked := map[string]int{}
	listen := func(name string) *httptest.Server {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked[name]++
			w.WriteHeader(http.StatusNotFound)
		}))
		t.Cleanup(s.Close)
		return s
	}
	named, other := listen("named"), listen("other")
	u, err := url.Parse(named.URL)
	if err != nil {
		t.Fatal(err)
	}
	rules := egress.Defaults()
	rules[egress.OwnSignIn] = ownSignIn([]*url.URL{u})
	exit, err := egress.New(egress.Config{Rules: rules, Recorder: &egress.Book{}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	client := func(private bool) *oidc.Client {
		return oidc.New(exit.Client(egress.SignIn), exit.Client(egress.OwnSignIn), func(string) bool { return private }, time.Now)
	}
	const org = "og_01jq8z6y5x4w3v2t1s0r9q8p7n"
	for _, issuer := range []string{
		named.URL, other.URL, "https://127.0.0.1", "https://localhost/realms/x", "https://10.0.0.1", "https://169.254.169.254", "https://[::1]", "https://[fd00::1]", "https://2130706433", "http://login.example",
		"https://login.example:22", "file:///etc/passwd", "gopher://127.0.0.1",
	} {
		if err := client(false).Discover(t.Context(), org, issuer); err == nil || strings.Contains(err.Error(), "passwd") {
			t.Errorf("%s: %v", issuer, err)
		}
	}
	if err := client(true).Discover(t.Context(), org, other.URL); err == nil {
		t.Error("what the operator did not name is reached")
	}
	if len(asked) > 0 {
		t.Errorf("%v was asked", asked)
	}
	if err := client(true).Discover(t.Context(), org, named.URL); err == nil || asked["named"] != 1 {
		t.Errorf("what the operator named was asked %d times: %v", asked["named"], err)
	}
}
