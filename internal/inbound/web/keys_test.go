package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// TestProviderAndKey goes from the provider to the key, and to a first key.
func TestProviderAndKey(t *testing.T) {
	w := &world{page: "https://login.example/authorize?state=x", wantsKey: true}
	s := site(t, w)
	if res := ask(t, s, "GET", "/staff/sign-in/key", "", nil); res.StatusCode != 303 || res.Header.Get("Location") != "/staff/sign-in" {
		t.Errorf("without the provider's word: %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	left := ask(t, s, "GET", "/staff/sign-in/provider?provider=platform&next=/staff/keys", "", nil)
	back := ask(t, s, "GET", "/oidc/return/platform?state=st&code=co", ceremonyCookie+"="+cookieNamed(t, left, ceremonyCookie).Value, nil, "Sec-Fetch-Site", "cross-site")
	if to := back.Header.Get("Location"); back.StatusCode != 303 || to != "/staff/sign-in/key?next=%2Fstaff%2Fkeys" || len(back.Cookies()) != 1 {
		t.Fatalf("%d to %q with %v", back.StatusCode, to, back.Cookies())
	}
	held := ceremonyCookie + "=" + cookieNamed(t, back, ceremonyCookie).Value
	if body := text(t, ask(t, s, "GET", "/staff/sign-in/key?next=/staff/keys", held, nil)); !strings.Contains(body, "Show the key") || !strings.Contains(body, `value="/staff/keys"`) {
		t.Error(body)
	}
	w.did = nil
	finish := map[string]any{"fields": map[string]string{"next": "/staff/keys"}, "response": map[string]string{"id": "A"}}
	for range 2 { // the question can be asked again
		if res := script(t, s, "/staff/sign-in/key/passkey", held, map[string]string{}); res.StatusCode != 200 || len(res.Cookies()) != 0 {
			t.Errorf("%d with %v", res.StatusCode, res.Cookies())
		}
	}
	res := script(t, s, "/staff/sign-in/key/passkey/finish", held, finish)
	if c := cookieNamed(t, res, staffCookie); c.Value != "rotated" || went(t, res) != "/staff/keys" || !slices.Equal(w.did, []string{"key held", "key held", "shown held"}) {
		t.Errorf("%v, and did %q", c, w.did)
	}
	// A first key: what the provider said stays with the making of the key, so that it can be begun again.
	w.did = nil
	at := held
	for range 2 {
		begun := script(t, s, "/staff/sign-in/key/new", at, map[string]string{"code": " c4k_EXAMPLE "})
		at = ceremonyCookie + "=" + cookieNamed(t, begun, ceremonyCookie).Value
	}
	res = script(t, s, "/staff/sign-in/key/new/finish", at, finish)
	if c := cookieNamed(t, res, staffCookie); c.Value != "rotated" || went(t, res) != "/staff/keys?done=passkey" || !slices.Equal(w.did, []string{"first held c4k_EXAMPLE", "first held c4k_EXAMPLE", "registered handle"}) {
		t.Errorf("%v, and did %q", c, w.did)
	}
	w.did = nil
	for _, cookie := range []string{"", ceremonyCookie + "=a.staff.Lw"} {
		for _, path := range []string{"/staff/sign-in/key/passkey", "/staff/sign-in/key/passkey/finish", "/staff/sign-in/key/new/finish"} {
			body := any(finish)
			if !strings.HasSuffix(path, "finish") {
				body = map[string]string{}
			}
			if res := script(t, s, path, cookie, body); res.StatusCode != 400 || len(w.did) > 0 {
				t.Errorf("%s with %q: %d, and did %q", path, cookie, res.StatusCode, w.did)
			}
		}
	}
}

func went(t *testing.T, res *http.Response) string {
	t.Helper()
	var to struct{ To string }
	if err := json.Unmarshal([]byte(text(t, res)), &to); err != nil {
		t.Error(err)
	}
	return to.To
}

// TestStaffWithoutAProvider: the page says what does not hold then.
func TestStaffWithoutAProvider(t *testing.T) {
	s := site(t, &world{alone: true})
	body := text(t, ask(t, s, "GET", "/staff/sign-in", "", nil))
	for _, says := range []string{"no provider", "MSP-ACC-1 and MSP-ACC-2 are not kept", "Sign in with a security key", "/staff/sign-in/key", "/staff/break-glass"} {
		if !strings.Contains(body, says) {
			t.Errorf("it does not say %q", says)
		}
	}
	if body := text(t, ask(t, s, "GET", "/staff", staffOne, nil)); !strings.Contains(body, "MSP-ACC-1 and MSP-ACC-2 are not kept") {
		t.Error(body)
	}
	if body := text(t, ask(t, s, "GET", "/staff/sign-in/key", "", nil)); !strings.Contains(body, "Register your first key") || strings.Contains(body, "Show the key") {
		t.Error(body)
	}
	if body := text(t, ask(t, site(t, &world{}), "GET", "/staff/sign-in", "", nil)); strings.Contains(body, "data-passkey") || !strings.Contains(body, "show your own hardware key") {
		t.Error("a key alone is offered beside the provider")
	}
}

func TestBreakGlassAndCodes(t *testing.T) {
	w := &world{}
	s := site(t, w)
	res := ask(t, s, "POST", "/staff/break-glass", "", url.Values{"code": {"C4B-EXAMPLE"}})
	if c := cookieNamed(t, res, staffCookie); c.Value != "rotated" || res.StatusCode != 303 || res.Header.Get("Location") != "/staff/personnel" || !slices.Equal(w.did, []string{"opened C4B-EXAMPLE"}) {
		t.Errorf("%v, %d, %q", c, res.StatusCode, w.did)
	}
	w.did = nil
	res = ask(t, s, "POST", "/staff/personnel/"+other+"/key", staffOne, url.Values{})
	if body := text(t, res); res.StatusCode != 200 || !strings.Contains(body, "c4k_EXAMPLE") || !slices.Equal(w.did, []string{"allow " + other}) || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d, %q\n%s", res.StatusCode, w.did, body)
	}
}

func TestRecoveryByTheOperator(t *testing.T) {
	w := &world{}
	s := site(t, w)
	body := text(t, ask(t, s, "POST", "/staff/recovery", staffOne, url.Values{"organisation": {"contoso"}, "email": {"owner@contoso.example"}, "reason": {"known by voice"}}))
	if !strings.Contains(body, "rc_7") || !slices.Equal(w.did, []string{"recover contoso owner@contoso.example known by voice"}) {
		t.Errorf("%q\n%s", w.did, body)
	}
	w.did = nil
	body = text(t, ask(t, s, "POST", "/staff/recovery/approval", staffOne, url.Values{"organisation": {"contoso"}, "recovery": {"rc_7"}}))
	if !strings.Contains(body, "/recovery#code=c4r_EXAMPLE") || !slices.Equal(w.did, []string{"agree contoso rc_7"}) {
		t.Errorf("%q\n%s", w.did, body)
	}
}
