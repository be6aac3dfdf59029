//go:build e2e

package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"c4arch/internal/render/rendertest"
	"c4arch/internal/render/viewer"
)

// hostScript is what a server's page has: two viewers from modules, with pictures that come later and a place to save layouts.
const hostScript = `import { mount } from './mount.js';
const model = await (await fetch('/model.json')).json();
window.saved = [];
const picture = async (key) => { const r = await fetch('/picture?key=' + encodeURIComponent(key)); return r.ok ? r.text() : ''; };
const source = { model, picture, save: async (layout) => { window.saved.push(layout); } };
window.one = mount(document.querySelector('#one'), source);
window.two = mount(document.querySelector('#two'), source);
document.documentElement.dataset.ready = 'true';
`

// TestViewerAsModules serves the modules as they are under a policy that allows neither inline script nor inline style.
func TestViewerAsModules(t *testing.T) {
	m := rendertest.Contoso()
	drawn := pictures(t, m)
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServerFS(viewer.Files()))
	text := func(kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind+"; charset=utf-8")
			_, _ = w.Write([]byte(body))
		}
	}
	mux.HandleFunc("/host.js", text("text/javascript", hostScript))
	mux.HandleFunc("/style.css", text("text/css", css()+"\nhtml, body { height: 100%; margin: 0 } #one, #two { height: 50% } h1 { color: rgb(1, 2, 3) }\n"+viewer.CSS()))
	mux.HandleFunc("/picture", func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(drawn[r.URL.Query().Get("key")]) })
	mux.HandleFunc("/model.json", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(m) })
	mux.HandleFunc("/host", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data: blob:")
		_, _ = w.Write([]byte(`<!doctype html><html lang="en"><title>Host</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"><div id="one"></div><div id="two"></div><script type="module" src="/host.js"></script>`))
	})
	server := httptest.NewServer(mux)
	defer server.Close()

	b := newTab(t, 1300, 1400)
	b.open(server.URL + "/host")
	b.until(`document.querySelectorAll('#one .v-stage .node').length === 6 && document.querySelectorAll('#two .v-stage .node').length === 6`)
	b.shot("two")
	b.click(`#two .node[data-element="system:shop"]`, 1)
	b.until(`two.state().select === 'system:shop' && one.state().select === ''`)
	b.keys(kb.Enter)
	b.until(`two.state().view === 'l2-shop' && one.state().view === 'landscape'`)
	b.until(`document.querySelectorAll('#two .v-stage .node').length === 14`)
	eval[bool](b, `one.go({view: 'l1-shop', filter: {kind: ['person']}}) || true`)
	b.until(`document.querySelector('#one .v-status').textContent.includes('Person')`)
	if clash := eval[int](b, `(() => { const ids = [...document.querySelectorAll('.c4v [id]')].map((e) => e.id); return ids.length - new Set(ids).size; })()`); clash != 0 {
		t.Errorf("%d ids are there twice", clash)
	}
	if got := eval[string](b, `location.hash`); got != "" {
		t.Errorf("a viewer without an address changed the page's to %s", got)
	}
	if got := eval[string](b, `Object.keys(window).filter((k) => !['saved', 'one', 'two'].includes(k) && /viewer|mount|model|stage/i.test(k)).join()`); got != "" {
		t.Errorf("the viewer made the globals %s", got)
	}
	// What is placed goes to the host.
	b.click(node2("#two", "ca-shop-api", t), 1)
	b.press("M")
	b.keys(kb.ArrowLeft + kb.Enter)
	b.keys("s")
	b.until(`saved.length === 1 && saved[0].views[0].key === 'l2-shop' && saved[0].views[0].nodes.some((n) => n.placed)`)

	eval[bool](b, `one.destroy() || true`)
	if left := eval[int](b, `document.querySelector('#one').childNodes.length + document.querySelector('#one').classList.length`); left != 0 {
		t.Error("a viewer that was destroyed leaves something behind")
	}
	b.keys(kb.Backspace)
	b.until(`two.state().view !== 'l2-shop'`)
	for _, s := range b.said() {
		t.Errorf("the console has %s", s)
	}
}

func node2(root, name string, t *testing.T) string {
	return root + ` .node[data-element="` + element(t, name) + `"]`
}

// TestViewerIsAccessible has axe-core look at what the viewer shows in its main states, in every theme.
func TestViewerIsAccessible(t *testing.T) {
	script, err := os.ReadFile(installed(t, "axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	b := newTab(t, 1440, 900)
	m := rendertest.Contoso()
	at := b.show(m, pictures(t, m), css(), inside)
	for _, theme := range []string{"light", "dark", "contrast"} {
		for _, hash := range []string{inside + "&select=" + element(t, "ca-shop-api"), inside + "&kind=container&from=person:customer&to=" + element(t, "redis-shop"), "#page=account"} {
			b.leave()
			b.open(at + hash)
			eval[bool](b, `(document.documentElement.dataset.theme = '`+theme+`') && true`)
			if strings.Contains(hash, "kind=") {
				b.keys("i")
			}
			b.still()
			b.shot(theme)
			_, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](string(script)+`; 'loaded'`))
			b.must(err)
			got, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`axe.run('.c4v', {resultTypes: ['violations']}).then((r) => r.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => v.id + ': ' + v.help + '\n' + v.nodes.slice(0, 6).map((n) => '  ' + n.html.slice(0, 160) + ' ' + n.failureSummary.replace(/\s+/g, ' ').slice(0, 260)).join('\n')).join('\n'))`, chromedp.EvalAwaitPromise))
			b.must(err)
			if got != "" {
				t.Errorf("%s, %s:\n%s", theme, hash[:12], got)
			}
		}
	}
}

// TestViewerForcedColors: where the system decides over colours, what is chosen still shows.
func TestViewerForcedColors(t *testing.T) {
	b := contoso(t, 1280, 800, inside+"&select="+element(t, "ca-shop-api"))
	b.feature("forced-colors", "active", "prefers-contrast", "more")
	b.until(`matchMedia('(forced-colors: active)').matches`)
	if got := eval[string](b, `getComputedStyle(document.querySelector('.view[aria-current]')).outlineStyle`); got != "solid" {
		t.Errorf("the view that is shown is not marked: outline %s", got)
	}
	b.shot("forced")
	b.feature("prefers-contrast", "more")
	b.shot("more-contrast")
	b.quiet()
}
