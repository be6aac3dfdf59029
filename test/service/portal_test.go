//go:build e2e && linux

package service

import (
	"encoding/base64"
	"flag"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"c4arch/test/pg"
	"c4arch/test/service/live"
)

// TestPortal is what people do in the portal, with the program as it is shipped and real browsers, on both engines: an instance for looking around is set up, its example explored,
// its first snapshot approved, the dangerous change found and accepted for a while by two people, a pack of evidence made and verified without the service. Every page on the way is
// shown in light, dark and on a phone, and axe-core looks at it.
func TestPortal(t *testing.T) {
	t.Run("embedded", func(t *testing.T) { throughThePortal(t, live.Options{}) })
	t.Run("postgresql", func(t *testing.T) { throughThePortal(t, live.OnPostgreSQL(pg.Empty(t))) })
}

var quick = flag.Bool("quick", false, "walk through the portal without looking at each page")

// journey is people on their way through the portal.
type journey struct {
	*testing.T
	program live.Program
	server  *live.Server
	base    string
	engine  string
	axe     string

	owner, second, third *somebody
	project              string // path of the example
	finding              string // path of the dangerous one
}

func throughThePortal(t *testing.T, o live.Options) {
	o.Args = append(o.Args, "--demo")
	j := &journey{T: t, engine: filepath.Base(t.Name())}
	j.axe = axeCore(t)
	j.program = live.Build(t)
	j.server = live.Serve(t, j.program, o)
	j.base = strings.Replace(j.server.URL(), "127.0.0.1", "localhost", 1)
	j.setUp()
	j.explores()
	j.approves()
	j.findsTheDangerous()
	j.invites()
	j.accepts()
	j.proves()
	j.makesAToken()
	j.talks()
	j.everywhere()
	j.losesAccess()
	j.strangers()
	j.hub()
}

// axeCore is the source of axe-core, which make e2e installs for test/e2e.
func axeCore(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "e2e", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatalf("axe-core is not there: make e2e installs it, or run npm install --no-package-lock in test/e2e (%v)", err)
	}
	return string(b)
}

// looks at a page as it is: axe-core in light and in dark, nothing wider than the window, and a picture of each for whoever asked for pictures.
func (j *journey) looks(s *somebody, name string) {
	j.Helper()
	s.until(`document.readyState === 'complete'`)
	if *quick || j.engine != "embedded" { // pages are the same on both engines
		return
	}
	for _, x := range []struct {
		name, scheme  string
		width, height int64
	}{{"light", "light", 1280, 900}, {"dark", "dark", 1280, 900}, {"phone", "light", 390, 844}} {
		s.do(chromedp.EmulateViewport(x.width, x.height))
		s.do(call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: x.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}))
		if _, err := chromedp.Run(s.ctx, chromedp.Evaluate[bool](j.axe+`; true`)); err != nil {
			j.Fatal(err)
		}
		wrong, err := chromedp.Run(s.ctx, chromedp.Evaluate[string](`axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}).then((r) => r.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => v.id + ': ' + v.help + '\n' + v.nodes.slice(0, 4).map((n) => '  ' + n.html.slice(0, 140) + ' ' + n.failureSummary.replace(/\s+/g, ' ').slice(0, 200)).join('\n')).join('\n'))`, chromedp.EvalAwaitPromise))
		if err != nil {
			j.Fatal(err)
		}
		if wrong != "" {
			j.Errorf("%s (%s): %s", name, x.name, wrong)
		}
		if wide := s.text(`document.documentElement.scrollWidth > innerWidth ? [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, svg, .c4v')).map(e => e.tagName + '.' + e.className).slice(0, 4).join(' ') || 'something' : ''`); wide != "" {
			j.Errorf("%s (%s): wider than the window, by %s", name, x.name, wide)
		}
		if s.text(`document.body.innerText.includes('%!')`) == "true" {
			j.Errorf("%s: a text got what it has no place for: %s", name, s.text(`document.body.innerText.split('\n').find(l => l.includes('%!'))`))
		}
		s.whole("portal-" + name + "-" + x.name)
	}
	s.do(call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}}}))
	s.do(chromedp.EmulateViewport(1200, 900))
}

// whole is a picture of a whole page.
func (s *somebody) whole(name string) {
	s.Helper()
	if *shots == "" {
		return
	}
	b, err := chromedp.Run(s.ctx, chromedp.FullScreenshot(90))
	if err == nil {
		err = os.WriteFile(filepath.Join(*shots, name+".png"), b, 0o644)
	}
	if err != nil {
		s.Fatal(err)
	}
}

// setUp: the link that the instance printed, a passkey, and the home of an organisation that has an example.
func (j *journey) setUp() {
	j.owner = newSomebody(j.T)
	s := j.owner
	s.open(j.server.SetupLink())
	s.until(`location.hash === '' && document.activeElement.id === 'name'`)
	j.looks(s, "01-setup")
	s.fill("name", "First owner", "email", "owner@contoso.example", "organisation", "Contoso", "slug", "contoso")
	s.text(`document.querySelector('[name=agree]').click()`)
	s.press("Create a passkey and begin")
	s.until(`location.pathname === '/home' && document.body.innerText.includes('Contoso')`)
	j.looks(s, "02-home")
}

// explores: the example is there when both of its scans are done.
func (j *journey) explores() {
	s := j.owner
	s.press("Open the example")
	s.until(`location.pathname.startsWith('/projects/pj_')`)
	j.project = s.text(`location.pathname`)
	live.Until(j, "the example is scanned", func() bool {
		s.open(j.base + j.project + "/history")
		return s.text(`document.querySelectorAll('input[type=radio]').length >= 4`) == "true"
	})
}

// everywhere are the pages of a project and of an organisation, as its owner sees them.
func (j *journey) everywhere() {
	for _, page := range []string{"", "/architecture", "/drift", "/baseline", "/exceptions", "/scans", "/connections", "/history", "/trends", "/evidence", "/settings"} {
		j.visits(j.owner, j.project+page, "project"+strings.ReplaceAll(page, "/", "-"))
	}
	for _, page := range []string{
		"/home", "/projects", "/projects/new", "/notifications", "/notifications/settings", "/organisation/ledger", "/organisation/duties", "/organisation/free-text", "/organisation/access",
		"/organisation/streams", "/organisation/settings", "/organisation/members", "/organisation/tokens", "/organisation/sign-in", "/account",
	} {
		j.visits(j.owner, page, strings.ReplaceAll(strings.Trim(page, "/"), "/", "-"))
	}
}

// visits opens a page of this service and looks at it.
func (j *journey) visits(s *somebody, path, name string) {
	j.Helper()
	s.open(j.base + path)
	s.until(`document.querySelector('main h1')`)
	if at := s.text(`location.pathname`); at != path {
		j.Errorf("%s leads to %s", path, at)
	}
	if title := s.text(`document.querySelector('main h1').innerText`); title == "There is no such page" || title == "Something went wrong here" {
		j.Errorf("%s: %s: %s", path, title, s.text(`document.querySelector('main').innerText`))
	}
	// What the server took and what was sent, for docs/performance.md: told, not asserted.
	j.Logf("%-12s %s", j.engine, s.text(`(() => { const n = performance.getEntriesByType('navigation')[0]; const more = performance.getEntriesByType('resource'); return location.pathname.replace(/pj_[a-z0-9]+/, '{project}').padEnd(34) + (n.responseStart - n.requestStart).toFixed(0).padStart(5) + ' ms  ' + (n.encodedBodySize / 1000).toFixed(0).padStart(4) + ' kB page, ' + (more.reduce((a, r) => a + r.encodedBodySize, 0) / 1000).toFixed(0).padStart(4) + ' kB with it'; })()`))
	j.looks(s, name)
}

// hub is the Admin Hub: another origin of trust, with a session of its own.
func (j *journey) hub() {
	s := j.owner
	s.open(j.base + "/staff/sign-in")
	s.press("Sign in with a security key")
	s.until(`location.pathname.startsWith('/staff') && location.pathname !== '/staff/sign-in'`)
	for _, page := range []string{"/staff/overview", "/staff", "/staff/organisations", "/staff/jobs", "/staff/replicas", "/staff/ledger", "/staff/register", "/staff/personnel", "/staff/recovery", "/staff/keys", "/staff/undertaking"} {
		j.visits(s, page, strings.ReplaceAll(strings.Trim(page, "/"), "/", "-"))
	}
}

// approves: the older of the snapshots is looked at as a decision, signed, and its entry of the ledger is there with its proof.
func (j *journey) approves() {
	s := j.owner
	s.open(j.base + j.project + "/history")
	j.looks(s, "03-history")
	oldest := s.text(`[...document.querySelectorAll('input[type=radio]')].at(-1).value`)
	s.open(j.base + j.project + "/baseline/approve?snapshot=" + oldest)
	s.until(`document.getElementById('reason')`)
	j.looks(s, "04-decision")
	s.fill("reason", "as designed")
	s.press("Approve and sign")
	s.until(`location.pathname.includes('/baselines/') && document.body.innerText.includes('It is approved.')`)
	j.looks(s, "05-approved")
	for _, what := range []string{"as designed", "First owner"} {
		if s.text(`document.body.innerText.includes('`+what+`')`) != "true" {
			j.Errorf("the approval does not say %q: %s", what, s.text(`document.body.innerText`))
		}
	}
	entry := s.text(`document.querySelector('main a[href^="/organisation/ledger/"]')?.getAttribute('href') ?? ''`)
	if entry == "" {
		j.Fatal("the approval leads to no entry of the ledger")
	}
	s.open(j.base + entry)
	s.until(`document.querySelector('main h1')`)
	j.looks(s, "06-entry")
}

// findsTheDangerous: the newer snapshot is held against what was approved, and the gravest finding says what changed.
func (j *journey) findsTheDangerous() {
	s := j.owner
	live.Until(j, "the newer snapshot is compared", func() bool {
		s.open(j.base + j.project + "/drift")
		return s.text(`document.querySelectorAll('main a[href*="/findings/"]').length > 0`) == "true"
	})
	j.looks(s, "07-drift")
	j.finding = s.text(`new URL(document.querySelector('main a[href*="/findings/"]').href).pathname`)
	s.open(j.base + j.finding)
	s.until(`document.querySelector('main .sev')?.textContent.includes('Critical')`)
	j.looks(s, "08-finding")
}

// invites: two people who may approve come by links, in browsers of their own.
func (j *journey) invites() {
	comes := func(name, email, role string) *somebody {
		s := j.owner
		s.open(j.base + "/organisation/members")
		s.fill("name", name, "email", email, "role", role)
		s.press("Make an invitation")
		s.until(`document.getElementById('link')`)
		n := newSomebody(j.T)
		n.open(s.text(`document.getElementById('link').textContent`))
		n.press("Create a passkey and join")
		n.until(`location.pathname === '/home' && document.body.innerText.includes('You are a member now.')`)
		return n
	}
	j.second = comes("An approver", "approver@contoso.example", "approver")
	j.looks(j.second, "09-joined")
	j.third = comes("An architect", "architect@contoso.example", "architect")
}

// accepts: the dangerous change stays for a while, with a reason and an end; two others sign.
func (j *journey) accepts() {
	s := j.owner
	s.open(j.base + j.finding)
	s.fill("reason", "a partner reads until the move is over", "owner", "Shop platform")
	s.press("Propose the exception")
	s.until(`!document.querySelector('form[action$="/exception"]') && document.querySelector('main')`)
	j.looks(s, "10-proposed")
	for n, other := range []*somebody{j.second, j.third} {
		button := []string{"Approve and sign", "Approve too"}[n] // that one more has to is known when the findings are held against it anew
		live.Until(j, "somebody else may approve", func() bool {
			other.open(j.base + j.project + "/exceptions")
			return other.text(`!!`+buttons+button+`')`) == "true"
		})
		j.looks(other, "11-exception-"+string(rune('1'+n)))
		other.press(button)
		other.until(`location.search.includes('done=') && document.querySelector('.note.good')`)
	}
	live.Until(j, "the finding is accepted", func() bool {
		s.open(j.base + j.finding)
		return s.text(`document.querySelector('main').innerText.includes('It is excepted already.')`) == "true"
	})
	j.looks(s, "12-accepted")
}

// talks: a comment that names somebody, who is told.
func (j *journey) talks() {
	s := j.owner
	s.open(j.base + j.finding)
	s.until(`document.getElementById('comment-text')`)
	s.fill("comment-text", "@approver is this what the partner asked for?")
	s.press("Comment")
	s.until(`document.body.innerText.includes('is this what the partner asked for?')`)
	j.looks(s, "13-comment")
	live.Until(j, "the approver is told", func() bool {
		j.second.open(j.base + "/notifications")
		return j.second.text(`document.querySelector('main').innerText.includes('entioned')`) == "true"
	})
	j.looks(j.second, "14-notifications")
}

// proves: a pack of evidence is made, taken, and verified by the command line without the service; and one with a byte changed is not.
func (j *journey) proves() {
	s := j.owner
	s.open(j.base + j.project + "/evidence")
	s.press("Make a pack of the period")
	s.until(`location.search.includes('done=') || location.pathname.split('/').length > 4`)
	live.Until(j, "the pack is made", func() bool {
		s.open(j.base + j.project + "/evidence")
		return s.text(`!!document.querySelector('main a[download]')`) == "true"
	})
	j.looks(s, "15-packs")
	at := s.text(`new URL(document.querySelector('main a[download]').href).pathname`)
	s.open(j.base + strings.TrimSuffix(at, "/pack"))
	s.until(`document.querySelector('main h1')`)
	j.looks(s, "16-pack")
	pack := s.bytes(at)
	key := s.bytes("/api/v1/ledger/key")
	dir := j.TempDir()
	file, keyFile := filepath.Join(dir, "pack.zip"), filepath.Join(dir, "operator.key")
	j.write(file, pack)
	j.write(keyFile, key)
	code, out, errs := live.Command(j, "", nil, j.program.C4arch, "audit", "verify", "--key", keyFile, file)
	if code != 0 || !strings.Contains(out, "PROVEN") {
		j.Errorf("the pack does not verify (%d): %s%s", code, out, errs)
	}
	if code, out, errs := live.Command(j, "", nil, j.program.Verify, "--key", keyFile, file); code != 0 {
		j.Errorf("c4arch-verify does not take the pack (%d): %s%s", code, out, errs)
	}
	pack[len(pack)/2] ^= 1
	j.write(file, pack)
	if code, out, _ := live.Command(j, "", nil, j.program.C4arch, "audit", "verify", "--key", keyFile, file); code == 0 {
		j.Errorf("a pack with a byte changed verifies: %s", out)
	}
}

func (j *journey) write(name string, b []byte) {
	j.Helper()
	if err := os.WriteFile(name, b, 0o600); err != nil {
		j.Fatal(err)
	}
}

// bytes are what this service answers a browser at a path.
func (s *somebody) bytes(path string) []byte {
	s.Helper()
	return s.fetched(path, "{}")
}

// fetched is the same with what fetch takes besides the address.
func (s *somebody) fetched(path, how string) []byte {
	s.Helper()
	text, err := chromedp.Run(s.ctx, chromedp.Evaluate[string](`fetch('`+path+`', `+how+`).then(async (r) => { if (!r.ok) throw new Error(r.status + ' ' + await r.text()); const b = new Uint8Array(await r.arrayBuffer()); let t = ''; for (let i = 0; i < b.length; i += 8192) t += String.fromCharCode(...b.subarray(i, i + 8192)); return btoa(t); })`, chromedp.EvalAwaitPromise))
	if err != nil {
		s.Fatal(path, err)
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		s.Fatal(err)
	}
	return b
}

// makesAToken: for a pipeline, and takes it back.
func (j *journey) makesAToken() {
	s := j.owner
	s.open(j.base + "/organisation/tokens")
	s.fill("service-name", "Pipeline")
	s.press("Make a service account")
	s.until(`document.body.innerText.includes('The service account is there.')`)
	s.fill("token-name", "build")
	s.press("Make the token")
	s.until(`document.getElementById('link')?.textContent.startsWith('c4a_')`)
	token := s.text(`document.getElementById('link').textContent`)
	if status := j.asProgram(token); status != http.StatusOK {
		j.Errorf("the new token is answered with %d", status)
	}
	s.open(j.base + "/organisation/tokens")
	s.text(`(() => { window.confirm = () => true; const f = document.querySelector('form[action$="/revoke"]'); f.closest('details')?.setAttribute('open', ''); const r = f.elements.reason; if (r) r.value = 'not needed'; f.requestSubmit(); })()`)
	s.until(`document.body.innerText.includes('The token is revoked.')`)
	if status := j.asProgram(token); status != http.StatusUnauthorized {
		j.Errorf("the revoked token is answered with %d", status)
	}
}

func (j *journey) asProgram(token string) int {
	j.Helper()
	r, err := http.NewRequestWithContext(j.Context(), http.MethodGet, j.server.URL()+"/api/v1/projects", nil)
	if err != nil {
		j.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := plain.Do(r)
	if err != nil {
		j.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // the status counts
	return res.StatusCode
}

// losesAccess: who is removed sees nothing from the next request on.
func (j *journey) losesAccess() {
	s := j.owner
	s.open(j.base + "/organisation/members")
	s.text(`(() => { window.confirm = () => true; const f = [...document.querySelectorAll('form[action$="/remove"]')].find(f => f.closest('tr').innerText.includes('approver@')); f.closest('details').open = true; f.elements.reason.value = 'the project is over'; f.requestSubmit(); })()`)
	s.until(`document.body.innerText.includes('The member is removed')`)
	j.second.open(j.base + j.project)
	j.second.until(`document.readyState === 'complete' && !document.body.innerText.includes('Contoso Online')`)
	j.looks(j.second, "17-removed")
}

// strangers: a member of another organisation opens every address that was seen, and finds nothing at any.
func (j *journey) strangers() {
	s := j.owner
	s.open(j.base + "/staff/sign-in")
	s.press("Sign in with a security key")
	s.until(`location.pathname.startsWith('/staff') && location.pathname !== '/staff/sign-in'`)
	s.open(j.base + "/staff/organisations")
	s.fill("name", "Fabrikam", "slug", "fabrikam", "owner", "Chief of Fabrikam", "email", "chief@fabrikam.example")
	s.press("Take it on")
	s.until(`document.getElementById('link')`)
	chief := newSomebody(j.T)
	chief.open(s.text(`document.getElementById('link').textContent`))
	chief.press("Create a passkey and join")
	chief.until(`location.pathname === '/home'`)
	s.mu.Lock()
	asked := slices.Clone(s.asked)
	s.mu.Unlock()
	tried := map[string]bool{}
	for _, u := range asked {
		at, err := url.Parse(u)
		if err != nil || !strings.HasPrefix(u, j.base+"/projects/pj_") || tried[at.Path] || strings.HasSuffix(at.Path, "/uploads") {
			continue
		}
		tried[at.Path] = true
		r := chief.asks("GET", at.RequestURI(), nil, "Accept", "text/html")
		if r.Status != http.StatusNotFound || strings.Contains(r.Body, "Contoso Online") {
			j.Errorf("a stranger is answered with %d at %s", r.Status, at.Path)
		}
	}
	if len(tried) < 10 {
		j.Errorf("only %d addresses were tried", len(tried))
	}
	j.Logf("%d addresses of another organisation: none is found", len(tried))
}
