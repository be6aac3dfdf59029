//go:build e2e

package oidc

import (
	"bufio"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/egress"
)

// real starts oidc-provider of npm, which make e2e installs, and returns its issuer.
func real(t *testing.T, redirect string) string {
	t.Helper()
	folder, err := filepath.Abs("../../../test/e2e")
	if err != nil {
		t.Fatal(err)
	}
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(folder, "node_modules", "oidc-provider"))
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("there is no oidc-provider: %v", err)
		}
		t.Skipf("there is no oidc-provider: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := netip.MustParseAddrPort(l.Addr().String())
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "provider.mjs", strconv.Itoa(int(at.Port())), redirect)
	cmd.Dir = folder
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "ready" {
			return "http://localhost:" + strconv.Itoa(int(at.Port()))
		}
	}
	t.Fatal("the provider does not start")
	return ""
}

var action = regexp.MustCompile(`action="([^"]+)"`)

// browse does what a browser and a person do: it follows, types who it is, agrees, and is sent back with an answer.
func browse(t *testing.T, to, redirect, email string) url.Values {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), redirect) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	res, err := c.Get(to)
	for range 5 {
		if err != nil {
			t.Fatal(err)
		}
		body, errRead := egress.ReadAll(res.Body, 1<<20)
		_ = res.Body.Close()
		if errRead != nil {
			t.Fatal(errRead)
		}
		if back := res.Header.Get("Location"); strings.HasPrefix(back, redirect) {
			u, err := url.Parse(back)
			if err != nil {
				t.Fatal(err)
			}
			return u.Query()
		}
		m := action.FindStringSubmatch(string(body))
		if m == nil {
			t.Fatalf("%d: %.500s", res.StatusCode, body)
		}
		form := url.Values{"prompt": {"consent"}}
		if strings.Contains(string(body), `name="login"`) {
			form = url.Values{"prompt": {"login"}, "login": {email}, "password": {"any"}}
		}
		res, err = c.PostForm(m[1], form)
	}
	t.Fatal("it does not end")
	return nil
}

// TestRealProvider goes to a provider that others made, and back.
func TestRealProvider(t *testing.T) {
	const redirect = "http://localhost:9/oidc/return/ip_1"
	issuer := real(t, redirect)
	u, err := url.Parse(issuer)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	exit, err := egress.New(egress.Config{Rules: map[egress.Purpose]egress.Rule{egress.OwnSignIn: egress.Here(uint16(port))}, Recorder: &egress.Book{}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	c := New(exit.Client(egress.SignIn), exit.Client(egress.OwnSignIn), func(string) bool { return true }, time.Now)
	p := Party{Org: org, Issuer: issuer, Client: "c4arch", Secret: secret.New([]byte("a secret of the client for tests")), Scopes: []string{"email", "profile", "groups"}, Redirect: redirect, Groups: "groups"}
	to, err := c.Begin(t.Context(), p, ask)
	if err != nil {
		t.Fatal(err)
	}
	back := browse(t, to, redirect, "architect@contoso.example")
	if back.Get("state") != ask.State || back.Get("iss") != issuer {
		t.Fatalf("%v", back)
	}
	wrong := ask
	wrong.Verifier = strings.Repeat("w", 43)
	if _, err := c.Finish(t.Context(), p, Answer{Code: "made-up", Issuer: back.Get("iss"), Ask: ask}); fault.KindOf(err) != fault.Denied {
		t.Errorf("a code that is made up: %v", err)
	}
	if _, err := c.Finish(t.Context(), p, Answer{Code: back.Get("code"), Ask: ask}); fault.KindOf(err) != fault.Denied || !strings.Contains(err.Error(), "not of the provider") {
		t.Errorf("without iss, which it promises: %v", err)
	}
	got, err := c.Finish(t.Context(), p, Answer{Code: back.Get("code"), Issuer: back.Get("iss"), Ask: ask})
	if err != nil {
		t.Fatal(err)
	}
	if got.Issuer != issuer || got.Subject != "architect@contoso.example" || got.Email != got.Subject || !got.Verified || !slices.Equal(got.Groups, []string{"architects"}) || len(got.Proof) != 64 {
		t.Errorf("%+v", got)
	}
	if _, err := c.Finish(t.Context(), p, Answer{Code: back.Get("code"), Issuer: back.Get("iss"), Ask: ask}); fault.KindOf(err) != fault.Denied {
		t.Errorf("a code that was used: %v", err)
	}
	again := browse(t, to, redirect, "architect@contoso.example")
	if _, err := c.Finish(t.Context(), p, Answer{Code: again.Get("code"), Issuer: again.Get("iss"), Ask: wrong}); fault.KindOf(err) != fault.Denied {
		t.Errorf("another verifier: %v", err)
	}
}
