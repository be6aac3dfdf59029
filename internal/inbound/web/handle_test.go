package web

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/route"
)

func countErrors(n *int) func(context.Context, error) { return func(context.Context, error) { *n++ } }

// TestWhoIsLetIn asks every route without a cookie, with that of the other realm, and from another site.
func TestWhoIsLetIn(t *testing.T) {
	w := &world{}
	s := site(t, w)
	n := 0
	for _, r := range s.Routes() {
		if r.Who == route.Everybody {
			continue
		}
		n++
		path := strings.NewReplacer("{session}", "ss_1", "{passkey}", "pk_1", "{token}", "tk_1", "{member}", other, "{invitation}", "iv_1", "{recovery}", "rc_1",
			"{account}", "sa_1", "{provider}", "ip_1", "{domain}", "dm_1", "{grant}", "gr_1", "{person}", other).Replace(r.Path)
		staff := strings.HasPrefix(r.Path, "/staff")
		wrong := map[bool]string{true: staffCookie + "=member; " + memberOne, false: memberCookie + "=staff; " + staffOne}[staff]
		for _, cookie := range []string{"", wrong, memberOne + "; " + memberOne} {
			if staff && cookie != wrong && cookie != "" {
				continue
			}
			var form url.Values
			if r.Method == "POST" {
				form = url.Values{}
			}
			res := ask(t, s, r.Method, path, cookie, form)
			to := res.Header.Get("Location")
			signIn := map[bool]string{true: "/staff/sign-in", false: "/sign-in"}[staff]
			switch {
			case r.Method == "GET" && (res.StatusCode != 303 || to != signIn+"?next="+url.QueryEscape(path)):
				t.Errorf("GET %s with %q: %d to %q", path, cookie, res.StatusCode, to)
			case r.Method == "POST" && res.StatusCode != 401:
				t.Errorf("POST %s with %q: %d", path, cookie, res.StatusCode)
			}
		}
		right := map[bool]string{true: staffOne, false: memberOne}[staff]
		if r.Method == "POST" {
			if res := ask(t, s, r.Method, path, right, url.Values{}, "Sec-Fetch-Site", "cross-site"); res.StatusCode != 403 || len(w.did) > 0 {
				t.Errorf("POST %s from another site: %d, and %v", path, res.StatusCode, w.did)
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d routes", n)
	}
}

// TestEveryoneRoutes is the list of what is for everybody.
func TestEveryoneRoutes(t *testing.T) {
	want := []string{
		"GET /", "GET /docs/api", "GET /invitation", "GET /oidc/return/{provider}", "GET /recovery", "GET /setup", "GET /sign-in", "GET /sign-in/{organisation}/{provider}",
		"GET /sign-in/{slug}", "GET /staff/break-glass", "GET /staff/sign-in", "GET /staff/sign-in/key", "GET /staff/sign-in/provider", "POST /invitation", "POST /invitation/passkey", "POST /invitation/passkey/finish",
		"POST /recovery/passkey", "POST /recovery/passkey/finish", "POST /setup/passkey", "POST /setup/passkey/finish", "POST /sign-in", "POST /sign-in/passkey",
		"POST /sign-in/passkey/finish", "POST /staff/break-glass", "POST /staff/sign-in/key/new", "POST /staff/sign-in/key/new/finish",
		"POST /staff/sign-in/key/passkey", "POST /staff/sign-in/key/passkey/finish", "POST /staff/sign-in/passkey", "POST /staff/sign-in/passkey/finish",
	}
	var got []string
	for _, r := range site(t, &world{}).Routes() {
		if r.Who == route.Everybody {
			got = append(got, r.String())
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("for everybody are\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestTakeOn takes an organisation on, and is told the link of its owner.
func TestTakeOn(t *testing.T) {
	w := &world{}
	res := ask(t, site(t, w), "POST", "/staff/organisations", staffOne, url.Values{"name": {"Fabrikam"}, "slug": {"fabrikam"}, "owner": {"Chief"}, "email": {"chief@fabrikam.example"}})
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || !slices.Equal(w.did, []string{"take on fabrikam chief@fabrikam.example"}) || !strings.Contains(string(text), "/invitation#code=c4i_EXAMPLE") {
		t.Errorf("%d, did %q: %s", res.StatusCode, w.did, text)
	}
}

// TestForms sends every form, and looks at what was done and where it leads.
func TestForms(t *testing.T) {
	for _, x := range []struct {
		path, cookie string
		form         url.Values
		did, to      string
	}{
		{"/sign-out", memberOne, url.Values{}, "signed out", "/sign-in?done=out"},
		{"/account/organisation", memberOne, url.Values{"organisation": {string(fabrikam)}}, "switched " + string(fabrikam), "/account?done=switched"},
		{"/account/sessions/ss_2/end", memberOne, url.Values{}, "ended ss_2", "/account?done=session"},
		{"/account/sessions/end", memberOne, url.Values{}, "ended others", "/account?done=others"},
		{"/account/sessions/ss_1/end", memberOne, url.Values{}, "ended ss_1", "/sign-in?done=out"},
		{"/account/passkeys/pk_1/name", memberOne, url.Values{"name": {" New "}}, "renamed pk_1 New", "/account?done=renamed"},
		{"/account/passkeys/pk_1/remove", memberOne, url.Values{}, "removed pk_1", "/account?done=removed"},
		{"/account/tokens/tk_3/revoke", memberOne, url.Values{}, "revoke tk_3", "/account?done=token"},
		{"/invitation/accept", memberOne, url.Values{"code": {"c4i_EXAMPLE"}}, "joined c4i_EXAMPLE", "/account?done=joined"},
		{"/device/decision", memberOne, url.Values{"code": {"wdjb-mjht"}, "decision": {"approve"}}, "device WDJB-MJHT in", "/account?done=approved"},
		{"/device/decision", memberOne, url.Values{"code": {"WDJB-MJHT"}}, "device WDJB-MJHT out", "/account?done=denied"},
		{"/organisation/members/" + other + "/role", memberOne, url.Values{"role": {"auditor"}, "until": {"2026-12-31"}}, "role " + other + " auditor 2027-01-01", "/organisation/members?done=role"},
		{"/organisation/members/" + other + "/remove", memberOne, url.Values{"reason": {"left"}}, "remove " + other + " left", "/organisation/members?done=member"},
		{"/organisation/members/" + other + "/recovery", memberOne, url.Values{"reason": {"lost"}}, "recover " + other + " lost", "/organisation/members?done=asked"},
		{"/organisation/members/invitations/iv_1/revoke", memberOne, url.Values{}, "withdraw iv_1", "/organisation/members?done=invitation"},
		{"/organisation/tokens/service", memberOne, url.Values{"name": {"Pipeline"}}, "service Pipeline", "/organisation/tokens?done=service"},
		{"/organisation/tokens/service/sa_1/disable", memberOne, url.Values{}, "disable sa_1", "/organisation/tokens?done=disabled"},
		{"/organisation/tokens/tk_1/revoke", memberOne, url.Values{}, "revoke tk_1", "/organisation/tokens?done=token"},
		{"/organisation/sign-in/providers", memberOne, url.Values{"name": {"Entra"}, "issuer": {"https://i"}, "secret": {"EXAMPLE"}}, "provider Entra https://i EXAMPLE", "/organisation/sign-in?done=provider"},
		{"/organisation/sign-in/providers/ip_1/switch", memberOne, url.Values{"off": {"yes"}}, "switch ip_1 off", "/organisation/sign-in?done=provider"},
		{"/organisation/sign-in/domains", memberOne, url.Values{"name": {"contoso.test"}, "provider": {"ip_1"}}, "domain contoso.test ip_1", "/organisation/sign-in?done=domain"},
		{"/organisation/sign-in/domains/dm_2/verify", memberOne, url.Values{}, "verify dm_2", "/organisation/sign-in?done=verified"},
		{"/organisation/sign-in/domains/dm_2/remove", memberOne, url.Values{}, "undomain dm_2", "/organisation/sign-in?done=undomain"},
		{"/organisation/access/gr_1/approve", memberOne, url.Values{}, "approve gr_1", "/organisation/access?done=granted"},
		{"/organisation/access/gr_1/refuse", memberOne, url.Values{"reason": {"no"}}, "refuse gr_1 no", "/organisation/access?done=refused"},
		{"/staff/sign-out", staffOne, url.Values{}, "signed out", "/staff/sign-in?done=out"},
		{"/staff/undertaking", staffOne, url.Values{"agree": {"1"}}, "sign 1", "/staff/undertaking?done=undertaken"},
		{"/staff/grants", staffOne, url.Values{"organisation": {"contoso"}, "reason": {"help"}, "hours": {"2"}}, "ask contoso help", "/staff?done=grant"},
		{"/staff/grants/gr_2/enter", staffOne, url.Values{}, "enter gr_2", "/staff?done=switched"},
		{"/staff/personnel", staffOne, url.Values{"name": {"X"}, "role": {"support", "legal"}, "until": {"2027-01-30"}}, "person X Support, Legal 2027-01-31", "/staff/personnel?done=person"},
		{"/staff/keys/pk_1/name", staffOne, url.Values{"name": {"Safe"}}, "renamed pk_1 Safe", "/staff/keys?done=renamed"},
		{"/staff/keys/pk_1/remove", staffOne, url.Values{}, "removed pk_1", "/staff/keys?done=removed"},
		{"/staff/personnel/" + other + "/leave", staffOne, url.Values{"reason": {"over"}}, "leave " + other + " over", "/staff/personnel?done=left"},
	} {
		w := &world{}
		res := ask(t, site(t, w), "POST", x.path, x.cookie, x.form)
		if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != x.to || !slices.Equal(w.did, []string{x.did}) {
			t.Errorf("%s: %d to %q, and did %q", x.path, res.StatusCode, res.Header.Get("Location"), w.did)
		}
		if word := strings.TrimPrefix(x.to[strings.IndexByte(x.to, '?'):], "?done="); dones[word] == "" {
			t.Errorf("%s: nothing is said for %s", x.path, word)
		}
	}
}

// TestTold: what is told once stands in the page, and not in an address.
func TestTold(t *testing.T) {
	for _, x := range []struct {
		path string
		form url.Values
		says string
	}{
		{"/organisation/members/invite", url.Values{"name": {"N"}, "email": {"n@contoso.example"}, "role": {"viewer"}}, "https://arch.contoso.example/invitation#code=c4i_EXAMPLE"},
		{"/organisation/members/recoveries/rc_1/approve", url.Values{}, "https://arch.contoso.example/recovery#code=c4r_EXAMPLE"},
		{"/organisation/tokens/new", url.Values{"name": {"N"}, "days": {"90"}, "purpose": {"ci"}, "scope": {"scan.start", "scan.read"}, "addresses": {"192.0.2.0/24\n2001:db8::/48"}}, "c4a_EXAMPLE"},
	} {
		w := &world{}
		res := ask(t, site(t, w), "POST", x.path, memberOne, x.form)
		body := text(t, res)
		if res.StatusCode != 200 || !strings.Contains(body, x.says) || res.Header.Get("Location") != "" || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d\n%s", x.path, res.StatusCode, body)
		}
		check(t, site(t, w), body, policyOf(t, res))
		if x.form.Get("days") != "" && !strings.Contains(w.did[0], `"Scopes":["scan.start","scan.read"],"Project":"","Addresses":["192.0.2.0/24","2001:db8::/48"],"Days":90`) {
			t.Errorf("the token is %s", w.did)
		}
	}
	for _, days := range []string{"", "0", "366", "x"} {
		w := &world{}
		if res := ask(t, site(t, w), "POST", "/organisation/tokens/new", memberOne, url.Values{"days": {days}}); res.StatusCode != 400 || len(w.did) > 0 {
			t.Errorf("%q days: %d", days, res.StatusCode)
		}
	}
}

// TestCeremonies goes through each, with the cookie that the beginning has set.
func TestCeremonies(t *testing.T) {
	for _, x := range []struct {
		path, cookie string
		fields       map[string]string
		begun, done  string
		to           string
	}{
		{"/sign-in/passkey", "", map[string]string{"next": "/organisation/members"}, "begin", "signed in handle A browser", "/organisation/members"},
		{"/sign-in/passkey", "", map[string]string{"next": "//evil.example"}, "begin", "signed in handle A browser", "/"},
		{"/staff/sign-in/passkey", "", map[string]string{"next": "/staff"}, "begin", "signed in handle A browser", "/staff"},
		{"/setup/passkey", "", map[string]string{"code": "https://x/setup#code=c4s_EXAMPLE", "name": "N", "email": "e", "organisation": "O", "slug": "o", "agree": "1"}, "setup c4s_EXAMPLE N e O o", "set up", "/account?done=welcome"},
		{"/invitation/passkey", "", map[string]string{"code": "c4i_EXAMPLE"}, "join c4i_EXAMPLE", "joined", "/account?done=joined"},
		{"/recovery/passkey", "", map[string]string{"code": "c4r_EXAMPLE"}, "join c4r_EXAMPLE", "joined", "/account?done=passkey"},
		{"/step-up/passkey", memberOne, map[string]string{"next": "/organisation/tokens?x=1"}, "step-up", "stepped up", "/organisation/tokens?done=proven"},
		{"/staff/keys/new", staffOne, map[string]string{"name": "Safe"}, "passkey", "made Safe", "/staff/keys?done=passkey"},
		{"/account/passkeys/new", memberOne, map[string]string{"name": " Phone "}, "passkey", "made Phone", "/account?done=passkey"},
	} {
		w := &world{}
		s := site(t, w)
		finish := map[string]any{"fields": x.fields, "response": map[string]string{"id": "A"}}
		if res := script(t, s, x.path+"/finish", x.cookie, finish); res.StatusCode != 400 || len(w.did) > 0 {
			t.Errorf("%s ended without a beginning: %d, %v", x.path, res.StatusCode, w.did)
		}
		res := script(t, s, x.path, x.cookie, x.fields)
		if res.StatusCode != 200 || !strings.Contains(text(t, res), "challenge") || !slices.Equal(w.did, []string{x.begun}) {
			t.Fatalf("%s: %d, and did %q", x.path, res.StatusCode, w.did)
		}
		cer := cookieNamed(t, res, ceremonyCookie)
		res = script(t, s, x.path+"/finish", x.cookie+"; "+ceremonyCookie+"="+cer.Value, finish)
		var went struct{ To string }
		if err := json.Unmarshal([]byte(text(t, res)), &went); err != nil || went.To != x.to || len(w.did) != 2 || w.did[1] != x.done {
			t.Errorf("%s: %d to %q (%v), and did %q", x.path, res.StatusCode, went.To, err, w.did)
		}
	}
}

func cookieNamed(t *testing.T, res *http.Response, name string) *http.Cookie {
	t.Helper()
	for _, c := range res.Cookies() {
		if c.Name == name {
			if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("the cookie is %v", c)
			}
			return c
		}
	}
	t.Fatalf("no cookie %s", name)
	return nil
}

// TestCookies: every cookie that is set is one that only we can read, in the realm of the route.
func TestCookies(t *testing.T) {
	s := site(t, &world{})
	fields := map[string]any{"fields": map[string]string{}, "response": map[string]string{"id": "A"}}
	for path, name := range map[string]string{"/sign-in/passkey/finish": memberCookie, "/staff/sign-in/passkey/finish": staffCookie} {
		res := script(t, s, path, ceremonyCookie+"=handle", fields)
		if c := cookieNamed(t, res, name); c.Value != "rotated" || c.MaxAge != 0 {
			t.Errorf("%s: %v", path, c)
		}
		if c := cookieNamed(t, res, ceremonyCookie); c.MaxAge >= 0 {
			t.Errorf("%s keeps the ceremony: %v", path, c)
		}
		if len(res.Cookies()) != 2 {
			t.Errorf("%s sets %v", path, res.Cookies())
		}
	}
	for path, x := range map[string][2]string{"/sign-out": {memberCookie, memberOne}, "/staff/sign-out": {staffCookie, staffOne}, "/account/sessions/ss_1/end": {memberCookie, memberOne}} {
		res := ask(t, s, "POST", path, x[1], url.Values{})
		if c := cookieNamed(t, res, x[0]); c.MaxAge >= 0 || c.Value != "" || res.Header.Get("Clear-Site-Data") != `"cache", "storage"` {
			t.Errorf("%s leaves %v and %q", path, c, res.Header.Get("Clear-Site-Data"))
		}
	}
}

// TestProvider goes away and comes back, and is led nowhere but to a path of ours.
func TestProvider(t *testing.T) {
	w := &world{page: "https://login.example/authorize?state=x"}
	s := site(t, w)
	if body := text(t, ask(t, s, "POST", "/sign-in", "", url.Values{"email": {"a@contoso.example"}, "next": {"/organisation/members"}})); !strings.Contains(body, "/sign-in/"+string(contoso)+"/ip_1?next=%2Forganisation%2Fmembers") {
		t.Errorf("no way to the provider:\n%s", body)
	}
	for path, want := range map[string]string{
		"/sign-in/" + string(contoso) + "/ip_1?next=/organisation/members": "back away ip_1 st co members /organisation/members",
		"/sign-in/" + string(contoso) + "/ip_1?next=https://evil.example":  "back away ip_1 st co members /",
		"/staff/sign-in/provider?provider=platform&next=/staff":            "back away ip_1 st co staff /staff",
	} {
		res := ask(t, s, "GET", path, "", nil)
		if res.StatusCode != 303 || res.Header.Get("Location") != w.page {
			t.Fatalf("%s: %d to %q", path, res.StatusCode, res.Header.Get("Location"))
		}
		w.did = nil
		res = ask(t, s, "GET", "/oidc/return/ip_1?state=st&code=co", ceremonyCookie+"="+cookieNamed(t, res, ceremonyCookie).Value, nil, "Sec-Fetch-Site", "cross-site")
		if got := strings.Join(w.did, "") + " " + res.Header.Get("Location"); got != want || res.StatusCode != 303 {
			t.Errorf("%s: %d, %q", path, res.StatusCode, got)
		}
	}
	for _, from := range []string{"cross-site", "same-site"} { // a link elsewhere begins nothing: somebody has to want it
		w.did = nil
		res := ask(t, s, "GET", "/sign-in/"+string(contoso)+"/ip_1?next=/organisation/members", "", nil, "Sec-Fetch-Site", from)
		if body := text(t, res); res.StatusCode != 200 || len(w.did) > 0 || len(res.Cookies()) > 0 || !strings.Contains(body, `href="/sign-in/`+string(contoso)+`/ip_1?next=%2Forganisation%2Fmembers"`) {
			t.Errorf("%s: %d, and did %q\n%s", from, res.StatusCode, w.did, body)
		}
		if res := ask(t, s, "GET", "/staff/sign-in/provider?provider=platform", "", nil, "Sec-Fetch-Site", from); res.StatusCode != 200 || len(w.did) > 0 {
			t.Errorf("staff, %s: %d, and did %q", from, res.StatusCode, w.did)
		}
	}
	for _, cookie := range []string{"", ceremonyCookie + "=handle", ceremonyCookie + "=a.root.Lw", ceremonyCookie + "=a.members.!"} {
		w.did = nil
		if res := ask(t, s, "GET", "/oidc/return/ip_1?state=st&code=co", cookie, nil); res.StatusCode != 400 || len(w.did) > 0 {
			t.Errorf("back with %q: %d", cookie, res.StatusCode)
		}
	}
	w.page = "javascript:alert(1)"
	if res := ask(t, s, "GET", "/sign-in/"+string(contoso)+"/ip_1", "", nil); res.StatusCode != 503 {
		t.Errorf("led to %q", res.Header.Get("Location"))
	}
}

// TestStepUp: what needs a fresh proof leads there and back.
func TestStepUp(t *testing.T) {
	s := site(t, &world{fail: access.ErrStepUp})
	for path, next := range map[string]string{
		"/organisation/members/" + other + "/recovery": "/organisation/members",
		"/organisation/tokens/service":                 "/organisation/tokens",
		"/organisation/sign-in/providers/ip_1/switch":  "/organisation/sign-in",
		"/account/passkeys/pk_1/remove":                "/account",
		"/organisation/access/gr_1/approve":            "/organisation/access",
	} {
		res := ask(t, s, "POST", path, memberOne, url.Values{})
		if to := res.Header.Get("Location"); res.StatusCode != 303 || to != "/step-up?next="+url.QueryEscape(next) {
			t.Errorf("%s: %d to %q", path, res.StatusCode, to)
		}
	}
	res := script(t, s, "/account/passkeys/new", memberOne, map[string]string{"name": "x"})
	if body := text(t, res); !strings.Contains(body, `"to":"/step-up"`) {
		t.Errorf("a script is told %s", body)
	}
}

// TestChoose: somebody who has chosen no organisation is led to where one is chosen.
func TestChoose(t *testing.T) {
	w := &world{org: "-"}
	s := site(t, w)
	w.org = ""
	if res := ask(t, s, "GET", "/organisation/members", memberOne, nil); res.Header.Get("Location") != "/account?done=choose" {
		t.Errorf("led to %q", res.Header.Get("Location"))
	}
	if body := text(t, ask(t, s, "GET", "/account", memberOne, nil)); !strings.Contains(body, "Fabrikam") || strings.Contains(body, "Key on the keyring") {
		t.Errorf("the account without an organisation:\n%s", body)
	}
}

func TestStart(t *testing.T) {
	s := site(t, &world{})
	for cookie, want := range map[string]string{"": "/sign-in", memberOne: "/account", memberCookie + "=old": "/sign-in"} {
		if res := ask(t, s, "GET", "/", cookie, nil); res.Header.Get("Location") != want {
			t.Errorf("with %q: to %q", cookie, res.Header.Get("Location"))
		}
	}
	if res := ask(t, s, "GET", "/", "", nil, "Accept", "application/json"); res.StatusCode != 404 || res.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("a program is told %d", res.StatusCode)
	}
	if res := ask(t, s, "GET", "/sign-in?next=/organisation/members", memberOne, nil); res.Header.Get("Location") != "/organisation/members" {
		t.Errorf("who is signed in goes to %q", res.Header.Get("Location"))
	}
	if res := ask(t, s, "GET", "/nowhere", "", nil); res.StatusCode != 404 || !strings.Contains(text(t, res), "Nothing is at this address.") {
		t.Errorf("%d", res.StatusCode)
	}
	if res := ask(t, s, "GET", "/sign-in//x", "", nil); res.StatusCode != 404 {
		t.Errorf("%d", res.StatusCode)
	}
	if res := ask(t, s, "GET", "/api/v1/nowhere", "", nil); res.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("the API answers with a page")
	}
}

func TestSetUpAlready(t *testing.T) {
	if res := ask(t, site(t, &world{}), "GET", "/setup", "", nil); res.StatusCode != 404 {
		t.Errorf("%d", res.StatusCode)
	}
	w := &world{fresh: true}
	if res := script(t, site(t, w), "/setup/passkey", "", map[string]string{"code": "c4s_EXAMPLE"}); res.StatusCode != 400 || len(w.did) > 0 {
		t.Errorf("without the undertaking: %d", res.StatusCode)
	}
}

// TestLarge: no more is read than a form can have, and nothing is taken that is no form or no JSON.
func TestLarge(t *testing.T) {
	w := &world{}
	s := site(t, w)
	if res := ask(t, s, "POST", "/organisation/tokens/service", memberOne, url.Values{"name": {strings.Repeat("x", maxForm)}}); res.StatusCode != 400 && res.StatusCode != 413 || len(w.did) > 0 {
		t.Errorf("%d", res.StatusCode)
	}
	if res := script(t, s, "/sign-in/passkey", "", map[string]string{"next": strings.Repeat("x", maxForm)}); res.StatusCode != 413 {
		t.Errorf("%d", res.StatusCode)
	}
	if res := ask(t, s, "POST", "/sign-in/passkey", "", url.Values{"next": {"/"}}); res.StatusCode != 400 || len(w.did) > 0 {
		t.Errorf("a form in the place of JSON: %d", res.StatusCode)
	}
}

func TestLoopback(t *testing.T) {
	s := site(t, &world{})
	s.Origin = ""
	for host, want := range map[string]string{"127.0.0.1:8642": "http://localhost:8642/account?x=1", "[::1]:8642": "http://localhost:8642/account?x=1", "localhost:8642": "/sign-in?next=%2Faccount%3Fx%3D1"} {
		r := newRequest(t, "http://"+host+"/account?x=1")
		res := answered(s, r)
		if got := res.Header.Get("Location"); got != want {
			t.Errorf("%s leads to %q", host, got)
		}
	}
}

func TestFault(t *testing.T) {
	if fault.KindOf(ErrSignIn) != fault.Denied {
		t.Error("whoever is not signed in is not denied")
	}
}

// TestPathsOfPrograms: what is for programs is never a page, whatever a request says that it takes; all else that is not there is one for a browser.
func TestPathsOfPrograms(t *testing.T) {
	s := site(t, &world{})
	for path, problem := range map[string]bool{
		"/openapi.json": true, "/api/v1/nothing": true, "/scim/v2/Users": true, "/oauth/token": true, "/.well-known/oauth-authorization-server": true, "/nothing": false, "/openapi.jsonx": false,
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.Header.Set("Accept", "text/html, application/json")
		rec := httptest.NewRecorder()
		s.ServeHTTP(rec, r)
		if is := rec.Header().Get("Content-Type") == "application/problem+json"; is != problem {
			t.Errorf("%s is answered with %s", path, rec.Header().Get("Content-Type"))
		}
	}
}
