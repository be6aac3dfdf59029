package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web/looktest"
)

// everyPage is each page with a cookie that can see it, and words that are on it.
var everyPage = []struct{ path, cookie, says string }{
	{"/sign-in", "", "Sign in with a passkey"},
	{"/sign-in/contoso", "", "Continue with Contoso’s Entra ID"},
	{"/sign-in/nowhere", "", "No sign-in of an organisation is known"},
	{"/setup", "", "Undertaking of confidentiality"},
	{"/invitation", "", "Show the invitation"},
	{"/recovery", "", "Get back in"},
	{"/docs/api", "", "openapi.json"},
	{"/account", memberOne, "Key on the keyring"},
	{"/account?done=passkey", memberOne, "The passkey is registered."},
	{"/device", memberOne, "Let a program in"},
	{"/step-up?next=/organisation/tokens", memberOne, "Prove that it is you"},
	{"/organisation/members", memberOne, "auditor@fabrikam.example"},
	{"/organisation/tokens", memberOne, "Deployment pipeline"},
	{"/organisation/tokens/tk_1", memberOne, "192.0.2.0/24"},
	{"/organisation/sign-in", memberOne, "_c4arch.contoso.test"},
	{"/organisation/access", memberOne, "A scan does not end"},
	{"/staff/sign-in", "", "show your own hardware key"},
	{"/staff/sign-in/key", ceremonyCookie + "=held", "Show the key"},
	{"/staff/break-glass", "", "Open the sealed account"},
	{"/staff/recovery", staffOne, "another administrator asked for"},
	{"/staff/keys", staffOne, "Key on the keyring"},
	{"/staff/step-up", staffOne, "Prove that it is you"},
	{"/staff", staffOne, "Ask for access"},
	{"/staff/undertaking", staffOne, "sign it"},
	{"/staff/personnel", staffOne, "C-2026-7"},
	{"/staff/organisations", staffOne, "Take an organisation on"},
}

// TestEveryPage asks each page about its elements, and what the policy lets it be.
func TestEveryPage(t *testing.T) {
	s := site(t, &world{fresh: true})
	nonces := map[string]bool{}
	for _, p := range everyPage {
		t.Run(p.path, func(t *testing.T) {
			res := ask(t, s, "GET", p.path, p.cookie, nil)
			body := text(t, res)
			if res.StatusCode != http.StatusOK || !strings.Contains(body, p.says) {
				t.Fatalf("%d, without %q:\n%.2000s", res.StatusCode, p.says, body)
			}
			nonce := policyOf(t, res)
			if nonces[nonce] {
				t.Error("the nonce of another answer")
			}
			nonces[nonce] = true
			if res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("Content-Type") != "text/html; charset=utf-8" {
				t.Errorf("headers: %v", res.Header)
			}
			check(t, s, body, nonce)
		})
	}
	var shown []string
	for _, r := range s.Routes() {
		if r.Method == "GET" && r.Page {
			shown = append(shown, r.Path)
		}
	}
	for _, path := range shown {
		pattern := regexp.MustCompile("^" + regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(path, "[^/]+") + "$")
		leads := slices.Contains([]string{"/", "/sign-in/{organisation}/{provider}", "/oidc/return/{provider}", "/staff/sign-in/provider"}, path)
		if !leads && !slices.ContainsFunc(everyPage, func(p struct{ path, cookie, says string }) bool {
			path, _, _ := strings.Cut(p.path, "?")
			return pattern.MatchString(path)
		}) {
			t.Errorf("%s is in no test", path)
		}
	}
}

var nonceIn = regexp.MustCompile(`script-src 'nonce-([A-Za-z0-9_-]{22})'; style-src 'nonce-([A-Za-z0-9_-]{22})'`)

func policyOf(t *testing.T, res *http.Response) string {
	t.Helper()
	p := res.Header.Get("Content-Security-Policy")
	m := nonceIn.FindStringSubmatch(p)
	if m == nil || m[1] != m[2] {
		t.Fatalf("the policy is %q", p)
	}
	for _, part := range []string{"default-src 'none'", "object-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for 'script'", "connect-src 'self'"} {
		if !strings.Contains(p, part) {
			t.Errorf("the policy has no %s: %s", part, p)
		}
	}
	if strings.Contains(p, "unsafe") || strings.Contains(p, "http") || strings.Contains(p, "*") {
		t.Errorf("the policy lets more in: %s", p)
	}
	return m[1]
}

// check is what is so of every page: nothing inline, every control has a name, every id is there once, and what it loads is there.
func check(t *testing.T, s http.Handler, body, nonce string) {
	t.Helper()
	all := elements(t, body)
	count, ids, labels := map[string]int{}, map[string]bool{}, map[string]bool{}
	for _, e := range all {
		count[e.Data]++
		if id := e.attr["id"]; id != "" {
			if ids[id] {
				t.Errorf("the id %s is there twice", id)
			}
			ids[id] = true
		}
		if e.Data == "label" && e.attr["for"] != "" {
			labels[e.attr["for"]] = true
		}
	}
	for element, want := range map[string]int{"h1": 1, "main": 1, "header": 1, "footer": 1, "style": 0, "title": 1, "iframe": 0, "object": 0} {
		if count[element] != want {
			t.Errorf("%d <%s>, not %d", count[element], element, want)
		}
	}
	for _, e := range all {
		checkElement(t, s, e, nonce, ids, labels)
	}
}

func checkElement(t *testing.T, s http.Handler, e element, nonce string, ids, labels map[string]bool) {
	t.Helper()
	for name := range e.attr {
		if strings.HasPrefix(name, "on") || name == "style" {
			t.Errorf("<%s> has %s, which the policy refuses", e.Data, name)
		}
	}
	for _, name := range []string{"aria-labelledby", "aria-describedby", "data-copy"} {
		if to := e.attr[name]; to != "" && !ids[to] {
			t.Errorf("<%s %s> names %s, which is not there", e.Data, name, to)
		}
	}
	switch e.Data {
	case "html":
		if e.attr["lang"] == "" {
			t.Error("the page names no language")
		}
	case "script", "link":
		src := e.attr["src"] + e.attr["href"]
		if e.FirstChild != nil || e.attr["rel"] != "icon" && e.attr["nonce"] != nonce {
			t.Errorf("<%s %s> does not carry the nonce, or is inline", e.Data, src)
		}
		res := ask(t, s, "GET", src, "", nil)
		if res.StatusCode != http.StatusOK || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s answers with %d", src, res.StatusCode)
		}
	case "form":
		if to := e.attr["action"]; e.attr["method"] != "post" || !strings.HasPrefix(to, "/") {
			t.Errorf("a form goes to %q by %q", to, e.attr["method"])
		}
	case "input", "select", "textarea":
		named := labels[e.attr["id"]] || e.attr["type"] == "hidden" || e.Parent.Data == "label"
		if !named {
			t.Errorf("<%s name=%s> has no label", e.Data, e.attr["name"])
		}
	case "button", "a", "summary":
		if e.words() == "" && e.attr["aria-label"] == "" {
			t.Errorf("a <%s> says nothing", e.Data)
		}
	case "time":
		if !strings.HasSuffix(e.attr["datetime"], "Z") || !strings.HasSuffix(e.words(), "UTC") {
			t.Errorf("a time without its zone: %q", e.words())
		}
	}
}

// TestNothingIsMarkup: names that somebody chose stay text.
func TestNothingIsMarkup(t *testing.T) {
	s := site(t, &world{})
	body := text(t, ask(t, s, "GET", "/organisation/members", memberOne, nil))
	if strings.Contains(body, "<b>") || !strings.Contains(body, "An &lt;b&gt;auditor&lt;/b&gt;") || !strings.Contains(body, "Contoso &lt;Ltd&gt;") {
		t.Error("a name is markup")
	}
}

// TestWhoSeesWhat: a page offers what the policies allow, and no more.
func TestWhoSeesWhat(t *testing.T) {
	for role, want := range map[access.Role][]string{
		access.Owner: {"Members", "Programs and tokens", "Sign-in", "Support access"}, access.Viewer: nil, access.Billing: nil,
	} {
		body := text(t, ask(t, site(t, &world{role: role}), "GET", "/account", memberOne, nil))
		for _, name := range want {
			if !strings.Contains(body, ">"+name+"</a>") {
				t.Errorf("%s does not see %s", role, name)
			}
		}
	}
	if body := text(t, ask(t, site(t, &world{role: access.Viewer}), "GET", "/organisation/members", memberOne, nil)); strings.Contains(body, "Invite somebody") || strings.Contains(body, "/remove") {
		t.Error("a viewer is offered to change members")
	}
	body := text(t, ask(t, site(t, &world{role: access.Admin}), "GET", "/organisation/members", memberOne, nil))
	if !strings.Contains(body, "Invite somebody") || strings.Contains(body, `value="owner"`) {
		t.Error("an administrator is offered to make owners, or to invite nobody")
	}
}

// TestFailures: one place turns an error into a page, and says what to do.
func TestFailures(t *testing.T) {
	for _, x := range []struct {
		err    error
		status int
		says   string
	}{
		{fault.New(fault.Invalid, "a reason has three letters").WithHelp("write more"), 400, "Write more."},
		{fault.New(fault.Denied, "the role owner is above your own"), 403, "The role owner is above your own."},
		{fault.New(fault.NotFound, "there is no such member"), 404, "There is no such member."},
		{fault.New(fault.Conflict, "the last owner stays an owner"), 409, "Something changed meanwhile"},
		{fault.New(fault.Limited, "too many"), 413, "A limit was met"},
		{fault.Wrap(fault.Unavailable, os.ErrClosed, "the file /var/lib/secret.db"), 503, "The service cannot do this now."},
		{os.ErrClosed, 500, "Something went wrong here"},
	} {
		s := site(t, &world{fail: x.err})
		told := 0
		s.Failed = countErrors(&told)
		res := ask(t, s, "POST", "/organisation/members/"+other+"/remove", memberOne, url.Values{"reason": {"left"}})
		body := text(t, res)
		if res.StatusCode != x.status || !strings.Contains(body, x.says) || strings.Contains(body, "/var/lib") || strings.Contains(body, "closed") {
			t.Errorf("%v: %d\n%s", x.err, res.StatusCode, body)
		}
		if (told == 1) != (x.status >= 500) {
			t.Errorf("%v was told %d times", x.err, told)
		}
		policyOf(t, res)
	}
}

// TestAssetsOfBefore: a style or script of another version is not there, and none of ours keeps anything in the browser or makes code of text.
func TestAssetsOfBefore(t *testing.T) {
	s := site(t, &world{})
	for _, path := range []string{"/assets/0000000000000000/app.css", s.assets.path("nothing.css"), s.assets.path("../web.go"), "/assets/" + s.assets.hash} {
		if res := ask(t, s, "GET", path, "", nil); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	names, err := filepath.Glob("assets/*")
	if err != nil || len(names) < 4 {
		t.Fatal(names, err)
	}
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"eval(", "Function(", "innerHTML", "localStorage", "sessionStorage", "document.cookie", "http://", "https://"} {
			if strings.Contains(strings.ReplaceAll(string(b), "http://www.w3.org/2000/svg", ""), bad) {
				t.Errorf("%s has %s", n, bad)
			}
		}
	}
}

// TestAssetsArePacked: a style is packed for who takes that, and is the same.
func TestAssetsArePacked(t *testing.T) {
	s := site(t, &world{})
	path := s.assets.path("app.css")
	plain := text(t, ask(t, s, "GET", path, "", nil))
	for accepted, want := range map[string]bool{"gzip, br": true, "br, gzip;q=0.5": true, "gzip;q=0": false, "": false, "identity": false} {
		res := ask(t, s, "GET", path, "", nil, "Accept-Encoding", accepted)
		if got := res.Header.Get("Content-Encoding") == "gzip"; got != want || res.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: packed %v, %v", accepted, got, res.Header)
			continue
		}
		body := text(t, res)
		if want {
			z, err := gzip.NewReader(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(z)
			if err != nil {
				t.Fatal(err)
			}
			if len(body)*2 > len(b) {
				t.Errorf("%d bytes of %d", len(body), len(b))
			}
			body = string(b)
		}
		if body != plain {
			t.Error("what was packed is not the same")
		}
	}
}

// TestEveryTextIsSaid: no text of a page but data is written past the language of its reader. The description of the API is that of the API, and errors speak English.
func TestEveryTextIsSaid(t *testing.T) {
	s := site(t, &world{fresh: true})
	for _, p := range everyPage {
		if strings.HasPrefix(p.path, "/docs") || strings.HasPrefix(p.path, "/staff") || p.path == "/organisation/access" {
			continue
		}
		body := text(t, ask(t, s, "GET", p.path, p.cookie, nil, "Accept-Language", say.Pseudo))
		for _, wrong := range looktest.Unsaid(body) {
			t.Errorf("%s: %s", p.path, wrong)
		}
	}
}
