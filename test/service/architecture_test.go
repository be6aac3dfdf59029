//go:build e2e && linux

package service

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"c4arch/test/service/live"
)

// looker is somebody in front of the architecture of a project.
type looker struct {
	*somebody
	base    string
	project string // path
}

// begins sets an instance for looking around up and opens the example.
func begins(t *testing.T) *looker {
	t.Helper()
	server := live.Serve(t, live.Build(t), live.Options{Args: []string{"--demo"}})
	l := &looker{somebody: newSomebody(t), base: strings.Replace(server.URL(), "127.0.0.1", "localhost", 1)}
	l.do(chromedp.EmulateViewport(1280, 900))
	l.open(server.SetupLink())
	l.until(`location.hash === '' && document.activeElement.id === 'name'`)
	l.fill("name", "First owner", "email", "owner@contoso.example", "organisation", "Contoso", "slug", "contoso")
	l.text(`document.querySelector('[name=agree]').click()`)
	l.press("Create a passkey and begin")
	l.until(`location.pathname === '/home'`)
	return l
}

// axed has axe-core look at the page, and fails on what is serious.
func (l *looker) axed(name string) {
	l.Helper()
	b, err := os.ReadFile(filepath.Join("..", "e2e", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		l.Fatalf("axe-core is not there: make e2e installs it (%v)", err)
	}
	if _, err := chromedp.Run(l.ctx, chromedp.Evaluate[bool](string(b)+"\ntrue")); err != nil {
		l.Fatal(err)
	}
	got, err := chromedp.Run(l.ctx, chromedp.Evaluate[string](`axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => v.id + ': ' + v.help + '\n' + v.nodes.slice(0, 6).map((n) => '  ' + n.html.slice(0, 160) + ' ' + n.failureSummary.replace(/\s+/g, ' ').slice(0, 260)).join('\n')).join('\n'))`, chromedp.EvalAwaitPromise))
	if err != nil || got != "" {
		l.Errorf("%s: axe-core finds (%v)\n%s", name, err, got)
	}
}

func (l *looker) dark(on bool) {
	value := "light"
	if on {
		value = "dark"
	}
	l.do(call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}}}))
}

// drawn waits until a picture is in place.
const drawn = `document.querySelector('[data-architecture]')?.dataset.ready && document.querySelector('.c4v svg.c4') && !document.querySelector('.c4v .is-waiting')`

// example opens the example of the instance, when it is scanned.
func (l *looker) example() {
	l.Helper()
	l.open(l.base + "/projects")
	l.until(`document.querySelector('main a[href^="/projects/pj_"]')`)
	l.project = l.text(`document.querySelector('main a[href^="/projects/pj_"]').getAttribute('href').match(/^.projects.[^/?#]+/)[0]`)
	for range 60 { // it is scanned as inputs of one's own would be
		l.open(l.base + l.project + "/architecture")
		l.until(`document.readyState === 'complete'`)
		if l.text(`document.querySelectorAll('[data-moments] a').length`) >= "2" {
			return
		}
		l.text(`new Promise((done) => setTimeout(done, 500))`)
	}
	l.Fatal("the example is not scanned")
}

// key presses a key in the picture.
func (l *looker) key(name string) {
	l.Helper()
	l.text(`(document.querySelector('.v-stage').focus(), document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: '` + name + `', bubbles: true, cancelable: true})))`)
}

// TestArchitecture looks at the example: down and up, search, filter, through time, before and after; places a box, which then stays; and takes it away as files.
func TestArchitecture(t *testing.T) {
	l := begins(t)
	l.example()
	l.until(drawn)
	l.shot("architecture")
	l.open(l.base + l.project + "/architecture") // everything is in memory now, as for whoever comes second
	l.until(drawn)
	t.Log(l.text(`(() => { const n = performance.getEntriesByType('navigation')[0], all = [n, ...performance.getEntriesByType('resource')];
		return 'the page is answered in ' + Math.round(n.responseEnd - n.requestStart) + ' ms; until the last answer ' + Math.round(Math.max(...all.map((r) => r.responseEnd))) + ' ms; compressed ' + Math.round(all.reduce((sum, r) => sum + r.encodedBodySize, 0) / 1000) + ' kB in ' + all.length + ' answers'; })()`))
	l.axed("the architecture")

	first := l.text(`document.querySelector('.v-title').textContent`)
	l.text(`[...document.querySelectorAll('.c4v .node')].find((g) => g.textContent.includes('Online Shop')).dispatchEvent(new MouseEvent('dblclick', {bubbles: true}))`)
	l.until(drawn + ` && document.querySelector('.v-title').textContent !== '` + first + `'`)
	l.shot("architecture-inside")
	l.text(`history.back()`)
	l.until(drawn + ` && document.querySelector('.v-title').textContent === '` + first + `'`)

	l.text(`(() => { const s = document.querySelector('.c4v input[type=search]'); s.value = 'shop'; s.dispatchEvent(new Event('input', {bubbles: true})); })()`)
	l.until(`document.querySelectorAll('.v-results [role=option]').length > 0`)
	l.text(`document.querySelector('.v-results [role=option]').click()`)
	l.until(`document.querySelector('.v-panel.has-selection .evidences, .v-panel.has-selection .part')`)
	l.shot("architecture-evidence")
	if l.text(`document.querySelectorAll('.v-panel a.v-proof').length`) != "0" {
		proof := l.text(`document.querySelector('.v-panel a.v-proof').href`)
		l.open(proof)
		l.until(`document.body.innerText.includes('The way leads to the root')`)
		l.shot("architecture-proof")
		l.axed("the proof")
		l.open(l.base + l.project + "/architecture")
		l.until(drawn)
	}

	newest := l.text(`document.querySelector('[data-architecture]').dataset.ready`)
	l.text(`(() => { const s = document.getElementById('time'); s.value = '0'; s.dispatchEvent(new Event('input', {bubbles: true})); })()`)
	l.until(drawn + ` && document.querySelector('[data-architecture]').dataset.ready !== '` + newest + `' && location.pathname !== '` + newest + `'`)
	l.shot("architecture-older")

	l.open(l.base + l.project + "/architecture")
	l.until(drawn)
	box := `[...document.querySelectorAll('.c4v .node[data-node]')].find((g) => g.classList.contains('shape-box') || !g.classList.contains('frame'))`
	node := l.text(box + `.dataset.node`)
	l.text(box + `.dispatchEvent(new MouseEvent('click', {bubbles: true}))`)
	l.text(`location.hash = '#view=' + encodeURIComponent(document.querySelector('[data-architecture]').dataset.view) + '&select=' + encodeURIComponent(` + box + `.dataset.element)`)
	l.until(`document.querySelector('.v-panel.has-selection')`)
	for _, k := range []string{"M", "ArrowRight", "ArrowRight", "ArrowDown", "Enter", "s"} {
		l.key(k)
	}
	l.until(`document.querySelector('[data-said]').textContent.includes('kept')`)
	l.shot("architecture-placed")
	l.open(l.base + l.project + "/architecture?again=1")
	l.until(drawn + ` && document.querySelector('.c4v .node[data-placed]')`)
	if got := l.text(`[...document.querySelectorAll('.c4v .node[data-placed]')].map((g) => g.dataset.node).join(' ')`); !strings.Contains(got, node) {
		t.Errorf("%s was placed, and %s is", node, got)
	}

	l.open(l.base + l.project + "/compare")
	l.until(drawn)
	l.shot("architecture-compare")
	l.axed("before and after")
	l.open(l.base + newest + "/words")
	l.until(`document.querySelector('#elements')`)
	l.shot("architecture-words")
	l.axed("in words")
	for _, f := range []string{"html", "svg", "json", "structurizr", "structurizr-json", "mermaid", "plantuml", "d2", "likec4", "drawio", "dot", "csv", "png", "pdf"} {
		js := `fetch('` + newest + `/export?format=` + f + `&view=' + encodeURIComponent(document.querySelector('#views + h3 + ul a').search.slice(6))).then(async (r) => r.status + ' ' + r.headers.get('content-disposition') + ' ' + (await r.blob()).size)`
		got, err := chromedp.Run(l.ctx, chromedp.Evaluate[string](js, chromedp.EvalAwaitPromise))
		if err != nil || !strings.HasPrefix(got, "200 attachment") || strings.HasSuffix(got, " 0") {
			t.Errorf("%s: %s, %v", f, got, err)
		}
	}
	l.dark(true)
	l.open(l.base + l.project + "/architecture")
	l.until(drawn)
	l.shot("architecture-dark")
	l.do(chromedp.EmulateViewport(390, 844))
	l.open(l.base + l.project + "/architecture?phone=1")
	l.until(drawn)
	l.dark(false)
	l.shot("architecture-phone")
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.said {
		t.Errorf("the browser says: %s", line)
	}
}
