//go:build e2e && linux

package service

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"c4arch/test/pg"
	"c4arch/test/service/live"
)

// TestWhoMay is what people do who are let in and kept out: an instance set up with a passkey, a second organisation whose people come by a provider of OpenID Connect that others
// made and by SCIM as Entra ID speaks it, single sign-on that is demanded, programs with a purpose each, a command line that is let in by its code, and what everybody is refused.
// All with the program as it is shipped, in a real browser, on both engines.
func TestWhoMay(t *testing.T) {
	t.Run("embedded", func(t *testing.T) { whoMay(t, live.Options{}) })
	t.Run("postgresql", func(t *testing.T) { whoMay(t, live.OnPostgreSQL(pg.Empty(t))) })
}

type ends struct {
	*testing.T
	program  live.Program
	server   *live.Server
	base     string
	names    *nameServer
	provider *provider
	engine   string

	owner, chief, colleague, engineer *somebody

	provisioning string // token
	user, group  string // of SCIM
}

func whoMay(t *testing.T, o live.Options) {
	e := &ends{T: t, names: serveNames(t), provider: serveProvider(t), engine: filepath.Base(t.Name())}
	o.Args = append(o.Args, "--name-server", e.names.at, "--private-providers", e.provider.issuer())
	e.program = live.Build(t)
	e.server = live.Serve(t, e.program, o)
	e.base = strings.Replace(e.server.URL(), "127.0.0.1", "localhost", 1)
	e.setUp()
	e.takeOn()
	e.tokensOfTwoPurposes()
	e.ownSignIn()
	e.demanded()
	e.provisioned()
	e.deprovisioned()
	e.viewer()
	e.foreign()
	for who, s := range map[string]*somebody{"owner": e.owner, "chief": e.chief, "colleague": e.colleague, "engineer": e.engineer} {
		s.mu.Lock()
		for _, line := range s.said {
			if strings.Contains(line, "Refused") || strings.Contains(line, "Content Security Policy") || strings.Contains(line, "violates") {
				t.Errorf("the browser of the %s says: %s", who, line)
			}
		}
		for _, u := range s.asked {
			if at, _, _ := strings.Cut(u, "#"); strings.Contains(at, "c4s_") || strings.Contains(at, "c4i_") || strings.Contains(at, "c4a_") {
				t.Errorf("the browser of the %s asked for %s", who, at)
			}
		}
		s.mu.Unlock()
	}
	if log := e.server.Log(); strings.Contains(log, "fabrikam.example") || strings.Contains(log, "c4a_") || strings.Contains(log, clientSecret) {
		t.Error("an address, a token or a secret stands in the log")
	}
}

// seen is a screenshot, of one engine.
func (e *ends) seen(s *somebody, name string) {
	e.Helper()
	if e.engine == "embedded" {
		s.shot("ends-" + name)
	}
}

// setUp: the printed link, a passkey, and whoever has it owns Contoso.
func (e *ends) setUp() {
	e.owner = newSomebody(e.T)
	s := e.owner
	s.open(e.server.SetupLink())
	s.until(`location.hash === '' && document.activeElement.id === 'name'`)
	e.seen(s, "01-setup")
	s.fill("name", "First owner", "email", "owner@contoso.example", "organisation", "Contoso", "slug", "contoso")
	s.text(`document.querySelector('[name=agree]').click()`)
	s.press("Create a passkey and begin")
	s.until(`location.pathname === '/home' && document.body.innerText.includes('Contoso')`)
}

// reply is an answer of the API to a browser.
type reply struct {
	Status int
	Body   string
}

// asks sends a request to this service as a page of it would: with the cookies of the browser.
func (s *somebody) asks(method, path string, body any, headers ...string) (r reply) {
	s.Helper()
	head := map[string]string{}
	for i := 0; i+1 < len(headers); i += 2 {
		head[headers[i]] = headers[i+1]
	}
	init := map[string]any{"method": method, "headers": head}
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			s.Fatal(err)
		}
		init["body"], head["Content-Type"] = string(text), "application/json"
	}
	with, err := json.Marshal(init)
	if err != nil {
		s.Fatal(err)
	}
	js := `fetch('` + path + `', ` + string(with) + `).then(async (r) => JSON.stringify({Status: r.status, Body: await r.text()}))`
	text, err := chromedp.Run(s.ctx, chromedp.Evaluate[string](js, chromedp.EvalAwaitPromise))
	if err == nil {
		err = json.Unmarshal([]byte(text), &r)
	}
	if err != nil {
		s.Fatal(err)
	}
	return r
}

// into reads an answer that must have that status.
func (s *somebody) into(v any, status int, r reply) {
	s.Helper()
	if r.Status != status {
		s.Fatalf("%d, not %d: %s", r.Status, status, r.Body)
	}
	if v != nil {
		if err := json.Unmarshal([]byte(r.Body), v); err != nil {
			s.Fatal(err)
		}
	}
}

// takeOn: the administrator signs in as staff, in the other realm, and takes Fabrikam on; its owner comes by an invitation, in another browser.
func (e *ends) takeOn() {
	s := e.owner
	what := map[string]string{"slug": "fabrikam", "name": "Fabrikam", "ownerName": "Chief of Fabrikam", "ownerEmail": "chief@fabrikam.example"}
	if r := s.asks("POST", "/api/v1/organisations", what); r.Status != http.StatusForbidden { // as a member one has no role of the platform, whoever one is
		e.Fatalf("a member's session takes organisations on: %+v", r)
	}
	s.open(e.base + "/staff/sign-in")
	s.press("Sign in with a security key")
	s.until(`location.pathname === '/staff'`)
	e.seen(s, "02-staff")
	s.open(e.base + "/staff/organisations")
	s.until(`location.pathname === '/staff/organisations' && document.body.innerText.includes('contoso')`)
	s.fill("name", what["name"], "slug", what["slug"], "owner", what["ownerName"], "email", what["ownerEmail"])
	e.seen(s, "02-organisations")
	s.press("Take it on")
	s.until(`document.getElementById('link')`)
	link := s.text(`document.getElementById('link').textContent`)
	var known struct{ Items []struct{ Slug string } }
	s.into(&known, http.StatusOK, s.asks("GET", "/api/v1/organisations", nil, "C4arch-Realm", "staff"))
	if len(known.Items) != 2 {
		e.Errorf("the organisations are %+v", known)
	}
	e.chief = e.joins(link, "Fabrikam", "Owner", "03-invited")
}

// joins opens an invitation in a browser of its own and makes a passkey.
func (e *ends) joins(link, org, role, shot string) *somebody {
	e.Helper()
	s := newSomebody(e.T)
	s.open(link)
	s.until(`document.body.innerText.includes('Join ` + org + `') && document.body.innerText.includes('` + role + `')`)
	e.seen(s, shot)
	s.press("Create a passkey and join")
	s.until(`location.pathname === '/home' && document.body.innerText.includes('You are a member now.')`)
	return s
}

// makesToken makes a service account and a token of it by the page.
func (e *ends) makesToken(s *somebody, name, purpose string) string {
	e.Helper()
	s.open(e.base + "/organisation/tokens")
	s.fill("service-name", name)
	s.press("Make a service account")
	s.until(`document.body.innerText.includes('The service account is there.')`)
	s.text(`(() => { const a = document.getElementById('account'); a.value = [...a.options].find(o => o.text === '` + name + `').value; })()`)
	s.fill("token-name", name, "purpose", purpose)
	s.press("Make the token")
	s.until(`document.getElementById('link')?.textContent.startsWith('c4a_')`)
	return s.text(`document.getElementById('link').textContent`)
}

// tokensOfTwoPurposes: each is good at its own door, and refused at the other's.
func (e *ends) tokensOfTwoPurposes() {
	s := e.owner
	var made struct{ Stream struct{ ID string } }
	s.into(&made, http.StatusCreated, s.asks("POST", "/api/v1/streams", map[string]string{"kind": "pull", "name": "SIEM", "start": "start"}))
	ci, streaming := e.makesToken(s, "Pipeline", "ci"), e.makesToken(s, "SIEM", "streaming")
	e.seen(s, "04-token")
	projects, events := "/api/v1/projects", "/api/v1/streams/"+made.Stream.ID+"/events"
	for _, x := range []struct {
		who, token, path string
		want             int
	}{
		{"ci", ci, projects, http.StatusOK},
		{"streaming", streaming, events, http.StatusOK},
		{"ci", ci, events, http.StatusForbidden},
		{"streaming", streaming, projects, http.StatusForbidden},
		{"ci", ci, "/scim/v2/Users", http.StatusForbidden},
		{"streaming", streaming, "/scim/v2/Users", http.StatusForbidden},
	} {
		status, body := e.send("GET", x.path, x.token, "")
		e.Logf("%s: a token for %-9s at %-60s %d", e.engine, x.who, x.path, status)
		if status != x.want || x.want == http.StatusForbidden && !strings.Contains(body, "token") {
			e.Errorf("a token for %s at %s: %d, not %d: %s", x.who, x.path, status, x.want, body)
		}
		if strings.Contains(body, x.token) {
			e.Error("the token is told back")
		}
	}
}

// send sends a request of a program.
func (e *ends) send(method, path, token, body string) (int, string) {
	e.Helper()
	var from io.Reader
	if body != "" {
		from = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(e.Context(), method, e.server.URL()+path, from)
	if err != nil {
		e.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	res, err := plain.Do(r)
	if err != nil {
		e.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // what was read counts
	text, err := io.ReadAll(res.Body)
	if err != nil {
		e.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// ownSignIn: Fabrikam's owner adds the provider and proves the domain, on the page.
func (e *ends) ownSignIn() {
	s := e.chief
	s.open(e.base + "/organisation/members")
	s.fill("name", "A colleague", "email", "colleague@fabrikam.example", "role", "architect")
	s.press("Make an invitation")
	s.until(`document.getElementById('link')`)
	e.colleague = e.joins(s.text(`document.getElementById('link').textContent`), "Fabrikam", "Architect", "05-colleague")

	s.open(e.base + "/organisation/sign-in")
	s.press("Add a provider")
	s.fill("provider-name", "Fabrikam ID", "issuer", e.provider.issuer(), "client", "c4arch", "secret", clientSecret, "groups", "groups", "join", "viewer")
	s.press("Add the provider")
	s.until(`document.body.innerText.includes('In use')`)
	redirect := s.text(`[...document.querySelectorAll('code')].find(c => c.innerText.includes('/oidc/return/')).innerText`)
	e.provider.register(redirect)
	s.fill("domain", "fabrikam.example")
	s.press("Add the domain")
	s.until(`document.body.innerText.includes('To be verified')`)
	e.seen(s, "06-domain")
	s.press("Check the record")
	s.until(`document.body.innerText.includes('_c4arch.fabrikam.example') && document.body.innerText.includes('not there yet')`)
	e.seen(s, "07-not-proven")
	s.open(e.base + "/organisation/sign-in")
	e.names.tell("_c4arch.fabrikam.example", s.text(`[...document.querySelectorAll('code')].find(c => c.innerText.startsWith('c4arch-domain=')).innerText`))
	s.press("Check the record")
	s.until(`document.body.innerText.includes('Verified')`)
	e.seen(s, "08-proven")
}

// byProvider signs somebody in by the provider, from an e-mail address to a page of this service.
func (e *ends) byProvider(s *somebody, email, then string) {
	e.Helper()
	s.do(call(network.ClearBrowserCookies, cdp.Empty{})) // the provider remembers who was there last
	s.do(call(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: noOffer}))
	s.open(e.base + "/sign-in")
	s.fill("email", email)
	s.press("Continue with your organisation")
	s.press("Continue with Fabrikam ID")
	// In one go, and when it is whole: the provider leads over several pages, and what was found on one of them is not there on the next.
	s.until(`location.origin === '` + e.provider.issuer() + `' && document.readyState === 'complete' && (() => {
		const login = document.querySelector('[name=login]'), password = document.querySelector('[name=password]');
		if (!login || !password) return false;
		login.value = '` + email + `';
		password.value = 'any';
		return true;
	})()`)
	s.press("Sign-in")
	s.press("Continue")
	s.until(`location.origin === '` + e.base + `' && ` + then)
}

func (e *ends) signOut(s *somebody) {
	e.Helper()
	s.open(e.base + "/account")
	s.press("Account")
	s.press("Sign out")
	s.until(`location.pathname === '/sign-in' && document.readyState === 'complete'`)
}

// demanded: the owner signs in by the provider and demands it of everybody; a passkey of who is not an owner is refused from then on.
func (e *ends) demanded() {
	s := e.chief
	e.signOut(s)
	e.byProvider(s, "chief@fabrikam.example", `location.pathname === '/home' && document.querySelector('.menu-list .mark')?.textContent.includes('Owner')`)
	e.seen(s, "09-by-provider")
	s.open(e.base + "/organisation/sign-in")
	s.text(`document.querySelector('[name=sso]').click()`)
	s.press("Keep this")
	s.until(`document.querySelector('[name=sso]')?.checked && location.search.includes('done')`)
	e.seen(s, "10-demanded")

	c := e.colleague
	c.open(e.base + "/organisation/members") // the session that a passkey began
	c.until(`!document.body.innerText.includes('chief@fabrikam.example')`)
	e.seen(c, "11-refused")
	if r := c.asks("GET", "/api/v1/members", nil); r.Status != http.StatusUnauthorized && r.Status != http.StatusForbidden {
		e.Errorf("a session by passkey is let in: %+v", r)
	}
	c.do(call(network.ClearBrowserCookies, cdp.Empty{}))
	c.open(e.base + "/sign-in?next=/organisation/members")
	c.press("Sign in with a passkey")
	c.until(`document.body.innerText.includes('provider')`)
	e.seen(c, "12-passkey-refused")
	if strings.Contains(c.text(`document.body.innerText`), "chief@fabrikam.example") {
		e.Error("a passkey of who is not an owner signs in")
	}
	e.byProvider(c, "colleague@fabrikam.example", `location.pathname === '/home' && document.querySelector('.menu-list .mark')?.textContent.includes('Architect')`)
}

// scim sends a request of the provisioner, which must be answered so, and reads the answer.
func (e *ends) scim(method, path, body string, want int) (got map[string]any) {
	e.Helper()
	status, text := e.send(method, "/scim/v2"+path, e.provisioning, body)
	if status != want {
		e.Fatalf("%s %s: %d, not %d\n%s\n%s", method, path, status, want, body, text)
	}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			e.Fatal(err)
		}
	}
	return got
}

func (e *ends) found(path string) int {
	e.Helper()
	n, _ := e.scim("GET", path, "", http.StatusOK)["totalResults"].(float64)
	return int(n)
}

// provisioned: the directory makes a person, changes them, and puts them into a group that gives a role; the person signs in, and lets a command line in.
func (e *ends) provisioned() {
	s := e.chief
	var policy map[string]any
	s.into(&policy, http.StatusOK, s.asks("GET", "/api/v1/sign-in-policy", nil))
	policy["groups"] = []map[string]string{{"group": "Architects", "role": "architect"}}
	s.into(nil, http.StatusOK, s.asks("PUT", "/api/v1/sign-in-policy", policy))
	e.provisioning = e.makesToken(s, "Directory", "provisioning")

	if bulk, _ := e.scim("GET", "/ServiceProviderConfig", "", http.StatusOK)["bulk"].(map[string]any); bulk["supported"] != false {
		e.Errorf("bulk: %v", bulk)
	}
	user := "/Users?filter=" + url.QueryEscape(`userName eq "Engineer@fabrikam.example"`)
	if n := e.found("/Users?filter=" + url.QueryEscape(`userName eq "1ba3f0f2-0000-4f8e-bf98-7363c4aed4ef"`)); n != 0 { // Entra ID tests the connection so
		e.Errorf("%d users that do not exist", n)
	}
	if e.found(user) != 0 {
		e.Error("the user is there already")
	}
	e.user, _ = e.scim("POST", "/Users", entra(e.T, "create-user", ""), http.StatusCreated)["id"].(string)
	e.scim("POST", "/Users", entra(e.T, "create-user", ""), http.StatusConflict)
	if e.user == "" || e.found(user) != 1 {
		e.Fatal("the user is not there")
	}
	e.scim("PATCH", "/Users/"+e.user, entra(e.T, "patch-multi", ""), http.StatusOK)
	if got := e.scim("PATCH", "/Users/"+e.user, entra(e.T, "patch-object", ""), http.StatusOK); got["displayName"] != "Bjfe" {
		e.Errorf("%v", got)
	}
	e.group, _ = e.scim("POST", "/Groups", entra(e.T, "create-group", ""), http.StatusCreated)["id"].(string)
	if n := e.found("/Groups?excludedAttributes=members&filter=" + url.QueryEscape(`displayName eq "Architects"`)); n != 1 {
		e.Errorf("%d groups", n)
	}
	e.scim("PATCH", "/Groups/"+e.group, entra(e.T, "add-member", e.user), http.StatusOK)

	s.open(e.base + "/organisation/members")
	s.until(`[...document.querySelectorAll('tr')].some(r => r.innerText.includes('updated@fabrikam.example') && r.innerText.includes('Architect'))`)
	e.seen(s, "13-provisioned")
	e.engineer = newSomebody(e.T)
	e.byProvider(e.engineer, "updated@fabrikam.example", `location.pathname === '/home' && document.querySelector('.menu-list .mark')?.textContent.includes('Architect')`)
	e.seen(e.engineer, "14-engineer")
}

var userCode = regexp.MustCompile(`(?m)^  ([A-Z0-9]{4}-[A-Z0-9]{4})$`)

// letIn runs c4arch login at a terminal and lets it in by its code, in a browser; it returns the environment of a user who is logged in then, and the token that was kept.
func (e *ends) letIn(s *somebody) (env []string, token string) {
	e.Helper()
	env = []string{"PATH=" + os.Getenv("PATH"), "XDG_CONFIG_HOME=" + e.TempDir(), "LC_ALL=C", "TZ=UTC"}
	said, says := io.Pipe()
	var all bytes.Buffer
	login := exec.CommandContext(e.Context(), e.program.C4arch, "login", e.server.URL())
	login.Env, login.Stdin, login.Stdout, login.Stderr = env, terminal(e.T), says, says
	if err := login.Start(); err != nil {
		e.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { err := login.Wait(); _ = says.Close(); ended <- err }()
	for b := make([]byte, 4096); userCode.Find(all.Bytes()) == nil; {
		n, err := said.Read(b)
		if all.Write(b[:n]); err != nil {
			e.Fatalf("c4arch login shows no code: %v\n%s", err, &all)
		}
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	if !strings.Contains(all.String(), e.base+"/device") {
		e.Errorf("c4arch login names no page:\n%s", &all)
	}
	s.open(e.base + "/device")
	s.fill("code", string(userCode.FindSubmatch(all.Bytes())[1]))
	s.press("Continue")
	s.until(`document.body.innerText.includes('Let this program in?')`)
	e.seen(s, "15-device")
	s.press("Let it in")
	s.until(`location.pathname === '/account' && location.search.includes('done=approved')`)
	if err := <-ended; err != nil {
		e.Fatalf("c4arch login: %v\n%s", err, &all)
	}
	var kept struct{ Token string }
	b, err := os.ReadFile(filepath.Join(strings.TrimPrefix(env[1], "XDG_CONFIG_HOME="), "c4arch", "login.json"))
	if err == nil {
		err = json.Unmarshal(b, &kept)
	}
	if err != nil || kept.Token == "" {
		e.Fatalf("no login is kept: %v", err)
	}
	return env, kept.Token
}

// deprovisioned: the directory says that the person is not active, and the session and the token of the person are refused within a minute, which is measured.
func (e *ends) deprovisioned() {
	env, token := e.letIn(e.engineer)
	cli := func() (int, string) {
		code, out, errs := live.Command(e, "", env, e.program.C4arch, "project", "list")
		return code, out + errs
	}
	if code, said := cli(); code != 0 {
		e.Fatalf("the command line that was let in does not work: %d\n%s", code, said)
	}
	e.engineer.into(nil, http.StatusOK, e.engineer.asks("GET", "/api/v1/members", nil))
	tokens := "/api/v1/organisation"
	if status, body := e.send("GET", tokens, token, ""); status != http.StatusOK {
		e.Fatalf("%d %s", status, body)
	}

	began := time.Now()
	e.scim("PATCH", "/Users/"+e.user, entra(e.T, "disable-text", ""), http.StatusOK)
	answered := time.Since(began)
	live.Until(e, "the session is refused", func() bool { return e.engineer.asks("GET", "/api/v1/members", nil).Status == http.StatusUnauthorized })
	session := time.Since(began)
	live.Until(e, "the token is refused", func() bool {
		status, _ := e.send("GET", tokens, token, "")
		return status == http.StatusUnauthorized
	})
	both := time.Since(began)
	e.Logf("%s: removed by SCIM: answered after %s, the session's next request refused after %s, the token's after %s", e.engine, answered.Round(time.Millisecond), session.Round(time.Millisecond), both.Round(time.Millisecond))
	if both > time.Minute {
		e.Errorf("it took %s", both)
	}
	e.engineer.open(e.base + "/organisation/members")
	e.engineer.until(`location.pathname === '/sign-in'`)
	e.seen(e.engineer, "16-ended")
	if code, said := cli(); code == 0 {
		e.Errorf("the command line goes on: %s", said)
	} else {
		e.Logf("%s: the command line says: %s", e.engine, strings.TrimSpace(said))
	}
	e.byProvider(e.engineer, "updated@fabrikam.example", `document.body.innerText.includes('not a member')`)
	e.seen(e.engineer, "17-not-a-member")

	e.scim("PATCH", "/Groups/"+e.group, entra(e.T, "remove-member-value", e.user), http.StatusOK)
	e.scim("DELETE", "/Groups/"+e.group, "", http.StatusNoContent)
	e.scim("DELETE", "/Users/"+e.user, "", http.StatusNoContent)
	e.scim("GET", "/Users/"+e.user, "", http.StatusNotFound)
	if n := e.found("/Users"); n != 0 {
		e.Errorf("%d users are left", n)
	}
}

// viewer: who comes by the provider for the first time is a viewer, and is told why what a viewer may not is refused.
func (e *ends) viewer() {
	s := e.engineer
	e.byProvider(s, "newcomer@fabrikam.example", `location.pathname === '/home' && document.querySelector('.menu-list .mark')?.textContent.includes('Viewer')`)
	r := s.asks("POST", "/api/v1/projects", map[string]string{"slug": "shop", "name": "Shop"})
	e.Logf("%s: a viewer who makes a project is told: %d %s", e.engine, r.Status, r.Body)
	if r.Status != http.StatusForbidden || !strings.Contains(r.Body, "make a project (project.create) is for: owner, admin") {
		e.Errorf("%+v", r)
	}
	s.open(e.base + "/organisation/tokens")
	s.until(`document.body.innerText.includes('That is not allowed')`)
	e.seen(s, "18-viewer")
}

// foreign: what is Contoso's is not there for Fabrikam, in the words of what is nobody's.
func (e *ends) foreign() {
	var made struct{ ID string }
	s := e.owner
	s.into(&made, http.StatusCreated, s.asks("POST", "/api/v1/projects", map[string]string{"slug": "shop", "name": "Shop"}))
	s.into(nil, http.StatusOK, s.asks("GET", "/api/v1/projects/"+made.ID, nil))
	last := made.ID[len(made.ID)-1:]
	nobodys := strings.TrimSuffix(made.ID, last) + map[bool]string{true: "0", false: "1"}[last != "0"]
	theirs, none := e.chief.asks("GET", "/api/v1/projects/"+made.ID, nil), e.chief.asks("GET", "/api/v1/projects/"+nobodys, nil)
	request := regexp.MustCompile(`rq_\w+`)
	for _, r := range []*reply{&theirs, &none} {
		r.Body = strings.ReplaceAll(strings.ReplaceAll(request.ReplaceAllString(r.Body, ""), made.ID, "ID"), nobodys, "ID")
	}
	if theirs.Status != http.StatusNotFound || theirs != none {
		e.Errorf("another organisation's: %+v, and nobody's: %+v", theirs, none)
	}
	e.Logf("%s: another organisation's project: %s", e.engine, strconv.Itoa(theirs.Status))
}
