//go:build e2e && unix

package service

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"c4arch/test/service/live"
)

var shots = flag.String("shots", "", "a folder for screenshots")

// somebody is a person with a browser of their own, in which an authenticator of software holds their passkeys.
type somebody struct {
	*testing.T
	ctx context.Context

	mu    sync.Mutex
	said  []string
	asked []string
}

func call[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

func newSomebody(t *testing.T) *somebody {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-sync", true))
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	t.Cleanup(cancel)
	alloc, cancel := chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	s := &somebody{T: t, ctx: ctx}
	s.do(chromedp.EmulateViewport(1200, 900))
	if err := chromedp.Listen(ctx, s.hears); err != nil {
		t.Fatal(err)
	}
	s.do(call(network.Enable, network.EnableParams{}))
	s.do(call(log.Enable, cdp.Empty{}))
	s.do(call(webauthn.Enable, webauthn.EnableParams{}))
	s.do(call(webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}}))
	return s
}

func (s *somebody) hears(ev any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e := ev.(type) {
	case *log.EventEntryAdded:
		s.said = append(s.said, e.Entry.Text)
	case *network.EventRequestWillBeSent:
		s.asked = append(s.asked, e.Request.URL)
	}
}

func (s *somebody) do(a chromedp.Action[chromedp.Void]) {
	s.Helper()
	if err := chromedp.Do(s.ctx, a); err != nil {
		s.Fatal(err)
	}
}

func (s *somebody) open(url string) { s.Helper(); s.do(chromedp.Navigate(url)) }

func (s *somebody) text(js string) string {
	s.Helper()
	v, err := chromedp.Run(s.ctx, chromedp.Evaluate[string]("String("+js+")"))
	if err != nil {
		s.Fatal(err)
	}
	return v
}

// until waits in the page, frame by frame, for js to be true. A page that goes away meanwhile is asked again: the next one answers.
func (s *somebody) until(js string) {
	s.Helper()
	wait := `new Promise((done) => { const ask = (n) => (` + js + `) ? done(true) : n ? setTimeout(ask, 20, n - 1) : done(false); ask(150); })`
	var last error
	for range 5 {
		ok, err := chromedp.Run(s.ctx, chromedp.Evaluate[bool](wait, chromedp.EvalAwaitPromise))
		if err == nil && ok {
			return
		}
		if last = err; s.ctx.Err() != nil {
			break
		}
	}
	s.Fatalf("never: %s (%v)\nat %s:\n%.1500s\nthe browser says %q", js, last, s.text("location.href"), s.text("document.body.innerText"), s.said)
}

// fill puts values into fields by their ids, once the page has them all, and press presses the button with that text.
func (s *somebody) fill(pairs ...string) {
	s.Helper()
	there := `document.readyState === 'complete'`
	for i := 0; i+1 < len(pairs); i += 2 {
		there += ` && !!document.getElementById('` + pairs[i] + `')`
	}
	s.until(there)
	for i := 0; i+1 < len(pairs); i += 2 {
		s.text(`document.getElementById('` + pairs[i] + `').value = '` + pairs[i+1] + `'`)
	}
}

const buttons = `[...document.querySelectorAll('button, summary, a.button')].find(b => b.checkVisibility() && b.innerText.trim() === '`

func (s *somebody) press(words string) {
	s.Helper()
	s.until(`document.readyState === 'complete' && ` + buttons + words + `')`) // its script has run
	s.text(buttons + words + `').click()`)
}

func (s *somebody) shot(name string) {
	s.Helper()
	if *shots == "" {
		return
	}
	s.until(`document.readyState === 'complete'`)
	b, err := chromedp.Run(s.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(*shots, "walk-"+name+".png"), b, 0o644)
	}
	if err != nil {
		s.Fatal(err)
	}
}

// noOffer is a browser that offers none: the authenticator of software, which answers everything at once, would answer the offer before anybody presses a button.
const noOffer = `PublicKeyCredential.isConditionalMediationAvailable = async () => false`

// lateOffer makes the first ceremony of a document, that of the offer in the field, begin only when a second has begun, or a second after a button was pressed; the second
// hears of its own only when the first has begun. Whoever lets both run then signs with the one and shows the other's cookie.
const lateOffer = `(() => {
	const send = window.fetch;
	let first, second, begun;
	window.fetch = async (path, ...rest) => {
		if (!String(path).endsWith("/sign-in/passkey")) return send(path, ...rest);
		if (!first) {
			first = new Promise((done) => { begun = done; });
			await Promise.race([new Promise((done) => { second = done; }), new Promise((done) => addEventListener("submit", () => setTimeout(done, 1000), true))]);
			const answer = await send(path, ...rest);
			begun();
			return answer;
		}
		const answer = await send(path, ...rest);
		second();
		await first;
		return answer;
	};
})()`

// TestPages sets a service up with a passkey, signs out and in, proves to be there, invites a second person into another browser, and makes a token, all with the service as it
// is shipped and a real browser. No code is in a request's address, and the browser complains of nothing.
func TestPages(t *testing.T) {
	server := live.Serve(t, live.Build(t), live.Options{})
	base := strings.Replace(server.URL(), "127.0.0.1", "localhost", 1)
	owner := newSomebody(t)
	owner.open(server.SetupLink())
	owner.until(`location.hash === '' && document.activeElement.id === 'name'`)
	owner.fill("name", "First owner", "email", "owner@contoso.example", "organisation", "Contoso", "slug", "contoso")
	owner.text(`document.querySelector('[name=agree]').click()`)
	owner.press("Create a passkey and begin")
	owner.until(`location.pathname === '/home' && document.body.innerText.includes('Everything is set up.')`)
	owner.open(base + "/account")
	owner.until(`document.body.innerText.includes('Contoso') && document.body.innerText.includes('on Linux')`)
	owner.shot("account")
	if got := owner.text("document.cookie"); got != "" {
		t.Errorf("a script reads the cookie: %q", got)
	}

	owner.press("Account")
	owner.press("Sign out")
	owner.until(`location.pathname === '/sign-in' && document.body.innerText.includes('You are signed out.')`)
	owner.do(call(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: lateOffer}))
	owner.open(base + "/organisation/members")
	owner.until(`location.pathname === '/sign-in'`)
	owner.press("Sign in with a passkey")
	owner.until(`location.pathname === '/organisation/members' && document.body.innerText.includes('owner@contoso.example')`)

	owner.open(base + "/step-up?next=/organisation/members")
	owner.press("Show the passkey")
	owner.until(`location.pathname === '/organisation/members' && location.search === '?done=proven'`)
	owner.shot("members")

	owner.fill("name", "An architect", "email", "architect@contoso.example", "role", "architect")
	owner.press("Make an invitation")
	owner.until(`document.getElementById('link')`)
	link := owner.text(`document.getElementById('link').textContent`)
	owner.shot("link")
	architect := newSomebody(t)
	architect.open(link)
	architect.until(`document.body.innerText.includes('Join Contoso') && document.body.innerText.includes('Architect')`)
	architect.shot("invited")
	architect.press("Create a passkey and join")
	architect.until(`location.pathname === '/home' && document.body.innerText.includes('You are a member now.')`)
	architect.open(base + "/organisation/members")
	architect.until(`document.body.innerText.includes('architect@contoso.example') && !document.body.innerText.includes('Invite somebody')`)

	owner.open(base + "/organisation/tokens")
	owner.fill("service-name", "Pipeline")
	owner.press("Make a service account")
	owner.until(`document.body.innerText.includes('The service account is there.')`)
	owner.fill("token-name", "build")
	owner.press("Make the token")
	owner.until(`document.getElementById('link')?.textContent.startsWith('c4a_')`)
	owner.shot("token")
	owner.open(base + "/organisation/tokens")
	owner.press("What it could reach")
	owner.until(`document.body.innerText.includes('scan.start')`)
	owner.shot("reach")

	owner.open(base + "/organisation/members")
	member := owner.text(`[...document.querySelectorAll('form[action$="/remove"]')].find(f => f.closest('tr').innerText.includes('architect@')).action`)
	owner.text(`(() => { window.confirm = () => true; const f = document.querySelector('form[action="` + strings.TrimPrefix(member, base) + `"]'); f.closest('details').open = true; f.elements.reason.value = 'the project is over'; f.requestSubmit(); })()`)
	owner.until(`document.body.innerText.includes('The member is removed')`)
	architect.open(base + "/organisation/members")
	architect.until(`location.pathname !== '/organisation/members'`)

	for _, who := range []*somebody{owner, architect} {
		who.mu.Lock()
		for _, url := range who.asked {
			// The browser draws a field for a date with a picture of its own.
			if at, _, _ := strings.Cut(url, "#"); !strings.HasPrefix(at, base) && !strings.HasPrefix(at, "data:") || strings.Contains(at, "c4s_") || strings.Contains(at, "c4i_") {
				t.Errorf("the browser asked for %s", at)
			}
		}
		for _, line := range who.said {
			if strings.HasPrefix(line, "Clear-Site-Data header on") { // what signing out is told to clear
				continue
			}
			t.Errorf("the browser says: %s", line)
		}
		who.mu.Unlock()
	}
	if log := server.Log(); strings.Contains(log, "c4i_") || strings.Contains(log, "c4a_") || strings.Contains(log, "contoso.example") {
		t.Error("a code, a token or an address stands in the log")
	}
}
