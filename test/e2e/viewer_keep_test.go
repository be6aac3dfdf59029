//go:build e2e

package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"c4arch/internal/arch/placement"
	"c4arch/internal/render/rendertest"
	"c4arch/internal/render/viewer"
)

// leaves says yes to every question whether to leave, and counts them.
func (b *tab) leaves() *atomic.Int32 {
	b.t.Helper()
	asked := new(atomic.Int32)
	b.must(chromedp.Listen(b.ctx, func(ev any) {
		if d, ok := ev.(*cdppage.EventJavascriptDialogOpening); ok && d.Type == cdppage.DialogTypeBeforeunload {
			asked.Add(1)
			go func() {
				_ = chromedp.Do(b.ctx, call(cdppage.HandleJavaScriptDialog, cdppage.HandleJavaScriptDialogParams{Accept: true}))
			}()
		}
	}))
	return asked
}

func (b *tab) reload() {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.Reload()))
	b.until(`document.documentElement.dataset.ready === 'true'`)
}

// placed puts a box two steps to the right by keys.
func (b *tab) placed(id string) {
	b.t.Helper()
	b.click(node(id), 1)
	b.press("M")
	b.keys(kb.ArrowRight + kb.ArrowRight + kb.Enter)
	b.stands(id, "translate(16 0)")
}

func (b *tab) stands(id, transform string) {
	b.t.Helper()
	b.until(`(document.querySelector(` + quoted(node(id)) + `)?.getAttribute('transform') || '') === '` + transform + `'`)
}

func TestViewerUndoesAndRedoes(t *testing.T) {
	b := contoso(t, 1440, 900, inside)
	kv := element(t, "kv-shop")
	b.placed(kv)
	b.press("M")
	b.keys(kb.ArrowDown + kb.Enter)
	b.stands(kv, "translate(16 8)")
	b.keys("uu")
	b.stands(kv, "")
	b.press("U")
	b.stands(kv, "translate(16 0)")
	b.click(`[data-part="redoButton"]`, 1)
	b.stands(kv, "translate(16 8)")
	b.until(`document.querySelector('[data-part="redoButton"]').hidden`)
	b.keys("u")
	b.until(`!document.querySelector('[data-part="redoButton"]').hidden`)
	b.press("M")
	b.keys(kb.ArrowLeft + kb.Enter)
	b.until(`document.querySelector('[data-part="redoButton"]').hidden`) // what was undone is gone once something else was placed
	// What is undone from another view is shown where it was.
	b.press("[")
	b.until(`!location.hash.includes('view=l2-shop')`)
	b.keys("u")
	b.until(`location.hash.includes('view=l2-shop')`)
	b.stands(kv, "translate(16 0)")
	b.quiet()
}

func TestViewerKeepsWhatWasNotSaved(t *testing.T) {
	b := contoso(t, 1440, 900, inside)
	asked, dir, kv := b.leaves(), b.saves(), element(t, "kv-shop")
	b.reload()
	if n := asked.Load(); n != 0 {
		t.Errorf("%d questions before anything was placed", n)
	}
	b.placed(kv)
	b.reload()
	if n := asked.Load(); n != 1 {
		t.Errorf("%d questions whether to leave with something that is not saved, want 1", n)
	}
	b.stands(kv, "translate(16 0)")
	b.has(".v-live", "not saved is back")
	b.shot("back")
	b.keys("s")
	file, err := placement.Decode(b.saved(dir, "layout*.json"))
	if err != nil {
		t.Fatal(err)
	}
	keeps(t, file, kv)
	b.until(`!document.querySelector('.is-due')`)
	b.reload()
	if n := asked.Load(); n != 1 {
		t.Errorf("%d questions, though the layout was saved", n-1)
	}
	b.stands(kv, "")

	// What lies in the storage may be anything.
	for _, text := range []string{`{`, `{"pictures":[null,{"key":1}]}`, `{"pictures":[{"key":"[\"l2-shop\",[]]","view":"l2-shop","print":"0","moves":[["` + kv + `",400,400]],"nodes":[]}]}`} {
		eval[bool](b, `(() => { const key = 'c4arch-places:' + location.pathname.slice(-200) + ':' + JSON.parse(document.querySelector('script[data-model]').textContent).snapshot.slice(0, 80); localStorage.setItem(key, `+quoted(text)+`); return true; })()`)
		b.reload()
		b.stands(kv, "")
	}
	b.quiet()
}

// TestViewerDoesNothingForIdsThatItDoesNotHave: an address may come from anybody.
func TestViewerDoesNothingForIdsThatItDoesNotHave(t *testing.T) {
	b := contoso(t, 1440, 900, inside+"&focus=nobody&depth=99999&from=%00&to=%3Cscript%3E&select=no-one&closed=*&open=x&at=1e99,NaN,0")
	b.until(`document.querySelectorAll('.v-stage .node').length === 14`)
	if !eval[bool](b, `document.querySelector('.v-status').hidden && !document.querySelector('.v-stage .is-out')`) {
		t.Errorf("something is filtered: %s", b.text(".v-status"))
	}
	b.quiet()
}

// TestViewerFiltersOnAPhone: what is selected does not lie over the filters.
func TestViewerFiltersOnAPhone(t *testing.T) {
	b := newTab(t, 390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch)
	m := rendertest.Contoso()
	b.show(m, pictures(t, m), css(), inside+"&select="+element(t, "kv-shop"))
	b.until(`document.querySelector('.v-panel.has-selection')`)
	b.click(`[data-part="filterButton"]`, 1)
	b.until(`(() => { const r = document.querySelector('.v-filters').getBoundingClientRect(); return document.elementFromPoint(r.left + r.width / 2, r.bottom - 20)?.closest('.v-filters'); })()`)
	b.shot("filters")
	b.click(`.v-filters .v-icon`, 1)
	b.until(`getComputedStyle(document.querySelector('.v-panel')).visibility === 'visible'`)
	b.quiet()
}

// TestViewerPlacesLabels: labels of lines that go other ways stand on them, where they cover neither boxes nor labels nor lines.
func TestViewerPlacesLabels(t *testing.T) {
	server := httptest.NewServer(http.FileServerFS(viewer.Files()))
	defer server.Close()
	b := newTab(t, 400, 300)
	b.must(chromedp.Do(b.ctx, chromedp.Navigate(server.URL+"/label.js")))
	got, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]float64](`import('/label.js').then(({placeLabels}) => {
		const way = [{x: 0, y: 0}, {x: 400, y: 0}], out = [], want = () => ({way, w: 40, h: 16, put: (p) => out.push(p.x)});
		placeLabels([want(), want()], {boxes: [{x: 190, y: -10, w: 20, h: 20}], labels: [{x: 130, y: -8, w: 30, h: 16}], ways: [way, [{x: 260, y: -50}, {x: 260, y: 50}]]});
		placeLabels([want()], {boxes: [], labels: [], ways: [way]});
		return out; })`, chromedp.EvalAwaitPromise))
	b.must(err)
	// The middle is taken by a box, the place before it by a label, the one behind it by a line.
	if want := []float64{80, 320, 200}; len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("labels are at %v, want %v", got, want)
	}
	if s := strings.Join(b.said(), "\n"); strings.Contains(s, "Error") {
		t.Error(s)
	}
}
