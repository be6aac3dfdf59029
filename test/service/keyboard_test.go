//go:build e2e && linux

package service

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"c4arch/test/service/live"
)

// TestPortalByKeyboard goes from signing in to an approved baseline, a dangerous change, an exception and a pack of evidence with Tab, Enter and letters alone: everything on the way can be reached, shows that it has the focus, and comes in
// the order in which it is read (WCAG 2.2: 2.1.1, 2.4.3, 2.4.7).
func TestPortalByKeyboard(t *testing.T) {
	j := &journey{T: t, engine: "embedded", axe: axeCore(t)}
	j.program = live.Build(t)
	j.server = live.Serve(t, j.program, live.Options{Args: []string{"--demo"}})
	j.base = strings.Replace(j.server.URL(), "127.0.0.1", "localhost", 1)
	j.setUp()
	j.explores()
	s := j.owner
	s.open(j.base + "/account")
	s.press("Account")
	s.press("Sign out")
	s.until(`location.pathname === '/sign-in' && document.readyState === 'complete'`)
	s.do(call(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: noOffer}))
	s.open(j.base + "/sign-in")

	s.goes("Sign in with a passkey", "\r")
	s.until(`location.pathname === '/home' && document.readyState === 'complete'`)
	s.key("\t")
	if at := s.focused(); !strings.Contains(at, "Skip to the content") {
		t.Errorf("the first stop is %q and not the way past the navigation", at)
	}
	s.key("\r")
	s.goes("Open the example", "\r")
	s.until(`location.pathname === '` + j.project + `'`)
	s.goes("Baseline", "\r")
	s.until(`location.pathname.endsWith('/baseline')`)
	s.goes("Look at what would be approved", "\r")
	s.until(`document.getElementById('reason')`)
	s.goes("Why it is as intended", "")
	s.types("as designed")
	s.goes("Approve and sign", "\r")
	s.until(`location.pathname.includes('/baselines/') && document.body.innerText.includes('It is approved.')`)

	live.Until(t, "the baseline is compared", func() bool {
		s.open(j.base + j.project + "/drift")
		return s.text(`!document.querySelector('main').innerText.includes('Nothing is approved yet')`) == "true"
	})
	s.open(j.base + j.project + "/baseline/approve?snapshot=" + s.oldest(j))
	s.goes("Why it is as intended", "")
	s.types("as it was designed")
	s.goes("Approve and sign", "\r")
	s.until(`location.pathname.includes('/baselines/')`)
	live.Until(t, "the dangerous change is found", func() bool {
		s.open(j.base + j.project + "/drift")
		return s.text(`document.querySelector('main').innerText.includes('The Internet reaches')`) == "true"
	})
	s.goes("The Internet reaches", "\r")
	s.until(`document.getElementById('expires')`)
	s.goes("Why it has to stay", "")
	s.types("a partner reads until the move is over")
	s.goes("Who answers for it", "")
	s.types("Shop platform")
	s.goes("Propose the exception", "\r")
	s.until(`location.search.includes('done=')`)
	s.open(j.base + j.project)
	s.goes("Evidence", "\r")
	s.until(`location.pathname.endsWith('/evidence')`)
	s.goes("Make a pack of the period", "\r")
	s.until(`location.search.includes('done=') || location.pathname.split('/').length > 4`)
	live.Until(t, "the pack is made", func() bool {
		s.open(j.base + j.project + "/evidence")
		return s.text(`!!document.querySelector('main a[download]')`) == "true"
	})
	s.goes("Download the pack", "")
}

// oldest is the id of the example's first snapshot.
func (s *somebody) oldest(j *journey) string {
	s.Helper()
	s.open(j.base + j.project + "/history")
	return s.text(`[...document.querySelectorAll('input[type=radio]')].at(-1).value`)
}

// types writes a text where the focus is.
func (s *somebody) types(text string) {
	s.Helper()
	for _, letter := range text {
		s.key(string(letter))
	}
}

// key presses a key.
func (s *somebody) key(k string) {
	s.Helper()
	s.do(chromedp.KeyEvent(k))
}

// focused is what the focus is on, by its name.
func (s *somebody) focused() string {
	s.Helper()
	return s.text(`(() => { const e = document.activeElement; const l = e.labels?.[0]; return e === document.body ? '' : (e.getAttribute('aria-label') || l?.innerText || e.innerText || e.value || e.tagName).trim(); })()`)
}

// goes moves the focus on until it is on what has a name that begins so, and presses a key there. Each stop shows that it has the focus, and none holds it.
func (s *somebody) goes(name, then string) {
	s.Helper()
	s.until(`document.readyState === 'complete'`)
	var stops []string
	for range 120 {
		s.key("\t")
		at := s.focused()
		stops = append(stops, at)
		if s.text(`(() => { const e = document.activeElement; if (e === document.body) return true; const c = getComputedStyle(e); return c.outlineStyle !== 'none' && parseFloat(c.outlineWidth) >= 2; })()`) != "true" {
			s.Errorf("%q does not show that it has the focus, at %s", at, s.text("location.pathname"))
		}
		if strings.HasPrefix(at, name) {
			if then != "" {
				s.key(then)
			}
			return
		}
	}
	s.Fatalf("%q is not reached by Tab at %s, but %q", name, s.text("location.pathname"), stops)
}
