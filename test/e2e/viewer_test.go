//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/rendertest"
)

const inside = "#view=l2-shop"

func element(t *testing.T, name string) string {
	t.Helper()
	return id(t, c4.Container, name, "")
}

func TestViewerPansAndZooms(t *testing.T) {
	b := contoso(t, 1440, 900, inside)
	fitted := b.transform()
	b.drag(400, 600, 500, 650, 0)
	if b.transform() == fitted {
		t.Error("pulling the picture does not move it")
	}
	b.until(`location.hash.includes('at=')`)
	moved := b.transform()
	b.wheel(600, 500, -400)
	if b.transform() == moved {
		t.Error("the wheel does not zoom")
	}
	b.shot("zoomed")
	b.until(`/at=/.test(location.hash)`)
	b.must(chromedp.Do(b.ctx, chromedp.Reload()))
	b.until(`document.documentElement.dataset.ready === 'true'`)
	if again := b.transform(); scaleOf(again) == scaleOf(fitted) {
		t.Errorf("after a reload the picture is at %s, as it was fitted", again)
	}
	b.click(`[data-part="fitButton"]`, 1)
	b.until(`!location.hash.includes('at=')`)
	for _, button := range []string{"inButton", "outButton"} {
		before := b.transform()
		b.click(`[data-part="`+button+`"]`, 1)
		if b.transform() == before {
			t.Errorf("%s does nothing", button)
		}
	}
	eval[bool](b, `document.querySelector('.v-stage').focus() || true`)
	before := b.transform()
	b.chord("ArrowRight", shiftKey)
	if b.transform() == before {
		t.Error("Shift and an arrow do not move the picture")
	}
	b.keys("1")
	b.until(`document.querySelector('.v-percent').textContent === '100 %'`)
	b.keys("0")
	b.until(`!location.hash.includes('at=')`)
	b.quiet()
}

func scaleOf(transform string) string {
	_, scale, _ := strings.Cut(transform, "scale")
	return scale
}

func TestViewerPinches(t *testing.T) {
	b := newTab(t, 390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulateScale(2))
	m := rendertest.Contoso()
	b.show(m, pictures(t, m), css(), inside)
	before := b.transform()
	b.fingers(input.DispatchTouchEventTypeTouchStart, [2]float64{150, 500}, [2]float64{240, 500})
	for i := 1.0; i <= 5; i++ {
		b.fingers(input.DispatchTouchEventTypeTouchMove, [2]float64{150 - 15*i, 500}, [2]float64{240 + 15*i, 500})
	}
	b.fingers(input.DispatchTouchEventTypeTouchEnd)
	after := b.transform()
	if scaleOf(before) == scaleOf(after) {
		t.Errorf("two fingers leave the scale at %s", scaleOf(after))
	}
	b.until(`!document.querySelector('.v-map').classList.contains('is-idle')`)
	b.shot("pinched")
	b.fingers(input.DispatchTouchEventTypeTouchStart, [2]float64{200, 500})
	for i := 1.0; i <= 4; i++ {
		b.fingers(input.DispatchTouchEventTypeTouchMove, [2]float64{200 + 20*i, 500})
	}
	b.fingers(input.DispatchTouchEventTypeTouchEnd)
	if b.transform() == after {
		t.Error("one finger does not move the picture")
	}
	small := eval[[]string](b, `[...document.querySelectorAll('.c4v button, .c4v input, .c4v select')].filter((e) => { const r = e.getBoundingClientRect(); return r.width > 0 && r.left >= 0 && r.top >= 0 && r.bottom <= innerHeight && getComputedStyle(e).visibility === 'visible' && !e.closest('.v-crumbs') && (r.height < 43.5 || r.width < 43.5); }).map((e) => e.className + ' ' + (e.getAttribute('aria-label') || e.textContent))`)
	if len(small) > 0 {
		t.Errorf("too small for a finger: %q", small)
	}
	b.quiet()
}

func TestViewerSmallMap(t *testing.T) {
	b := contoso(t, 1440, 900, inside)
	if !eval[bool](b, `document.querySelector('.v-map').classList.contains('is-idle')`) {
		t.Error("the small map covers a picture of which all is in sight")
	}
	b.keys("1")
	b.until(`!document.querySelector('.v-map').classList.contains('is-idle')`)
	b.shot("map")
	before := b.transform()
	x, y := b.at(".map-frame")
	b.drag(x, y, x+10, y+25, 0)
	moved := b.transform()
	if moved == before {
		t.Error("pulling the frame of the small map does not move the picture")
	}
	ink := eval[int](b, `(() => { const c = document.querySelector('.v-map canvas'); return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((v, i) => i % 4 === 3 && v > 0).length; })()`)
	if ink < 500 {
		t.Errorf("%d points of the small map are drawn", ink)
	}
	b.keys("m")
	b.until(`document.querySelector('.v-map').hidden`)
	b.click(`[data-part="mapButton"]`, 1)
	b.until(`!document.querySelector('.v-map').hidden`)
	b.quiet()
}

func TestViewerGrowsTheBoxThatIsEntered(t *testing.T) {
	b := contoso(t, 1440, 900, "")
	eval[bool](b, `(() => { window.flights = 0; const was = Element.prototype.animate; Element.prototype.animate = function (...a) { window.flights++; return was.apply(this, a); }; })() || true`)
	b.click(node("system:shop"), 2)
	b.until(`location.hash.includes('view=l2-shop')`)
	b.until(`window.flights === 2`)
	b.until(`!document.querySelector('.v-ghost')`)
	b.click(".v-crumbs .v-link", 1)
	b.until(`location.hash.includes('view=landscape') && location.hash.includes('select=system')`)
	b.until(`window.flights === 4`)
	b.feature("prefers-reduced-motion", "reduce")
	b.keys(kb.Enter)
	b.until(`location.hash.includes('view=l2-shop')`)
	b.still()
	if n := eval[int](b, `window.flights`); n != 4 {
		t.Errorf("%d animations for who wants less motion", n-4)
	}
	b.quiet()
}

func TestViewerFilters(t *testing.T) {
	b := contoso(t, 1440, 900, inside)
	b.click(`[data-part="filterButton"]`, 1)
	b.until(`!document.querySelector('.v-filters').hidden`)
	b.has(".v-filters", "Kind", "Technology", "Source", "Confidence", "Azure Key Vault")
	b.click(`[data-facet="kind"] li:first-child label`, 1)
	b.until(`location.hash.includes('kind=container')`)
	b.has(".v-status", "of 13 elements", "kind is Container", "The rest is dimmed.")
	b.until(`document.querySelector('.v-live').textContent.includes('kind is Container')`)
	if n := eval[int](b, `document.querySelectorAll('.v-stage .node.is-out').length`); n == 0 {
		t.Error("nothing steps back")
	}
	b.shot("dimmed")
	b.click(`.v-status [data-act="hide"]`, 1)
	b.until(`location.hash.includes('hide=1')`)
	if n := eval[int](b, `[...document.querySelectorAll('.v-stage .is-out')].filter((g) => getComputedStyle(g).display !== 'none').length`); n != 0 {
		t.Errorf("%d things that do not fit are shown", n)
	}
	b.shot("hidden")
	b.click(`.v-status [data-act="clear"]`, 1)
	b.until(`document.querySelector('.v-status').hidden && !document.querySelector('.v-stage .is-out')`)

	// By keys: open the form, go to a value, take it, close the form.
	b.keys("i")
	b.until(`document.querySelector('.v-filters').hidden`)
	b.keys("i")
	b.until(`document.activeElement.closest('.v-filters')`)
	for range 60 {
		if eval[bool](b, `(document.activeElement.dataset.value || '').startsWith('confidence:may')`) {
			break
		}
		b.keys(kb.Tab)
	}
	b.keys(" ")
	b.until(`location.hash.includes('confidence=may')`)
	b.until(`document.querySelectorAll('.v-stage .line:not(.is-out)[data-line]').length === 2`)
	b.keys(kb.Escape)
	b.until(`document.querySelector('.v-filters').hidden`)
	eval[bool](b, `document.querySelector('.v-stage').focus() || true`)
	b.keys("h")
	b.until(`location.hash.includes('hide=1')`)
	b.shot("confidence")
	eval[bool](b, `history.back() || true`)
	b.until(`!location.hash.includes('hide=1')`)
	b.quiet()
}

func TestViewerFocus(t *testing.T) {
	b := contoso(t, 1440, 900, inside)
	api := element(t, "ca-shop-api")
	b.click(node(api), 1)
	b.click(`[data-act="focus"]`, 1)
	b.until(`location.hash.includes('focus=')`)
	one := eval[int](b, `document.querySelectorAll('.v-stage .node:not(.is-out)').length`)
	b.has(".v-status", "ca-shop-api with its neighbours")
	b.shot("one-line")
	b.click(`[data-act="farther"]`, 1)
	b.until(`location.hash.includes('depth=2')`)
	if two := eval[int](b, `document.querySelectorAll('.v-stage .node:not(.is-out)').length`); two <= one {
		t.Errorf("%d elements two lines away, %d one line away", two, one)
	}
	eval[bool](b, `(() => { const s = document.querySelector('.v-status select'); s.value = 'in'; s.dispatchEvent(new Event('change')); })() || true`)
	b.until(`location.hash.includes('dir=in')`)
	b.has(".v-status", "against the lines")
	b.click(`[data-act="clear"]`, 1)
	b.until(`!location.hash.includes('focus=')`)

	eval[bool](b, `document.querySelector('.v-stage').focus() || true`)
	b.keys("n")
	b.until(`location.hash.includes('focus=')`)
	b.press(">")
	b.until(`location.hash.includes('depth=2')`)
	b.press("<")
	b.until(`!location.hash.includes('depth=')`)
	b.keys("d")
	b.until(`location.hash.includes('dir=out')`)
	b.keys("h")
	b.until(`location.hash.includes('hide=1')`)
	b.shot("what-it-uses")
	b.keys("n")
	b.until(`!location.hash.includes('focus=')`)
	b.quiet()
}

func TestViewerPath(t *testing.T) {
	b := contoso(t, 1440, 900, inside)
	front, db := element(t, "app-shop-storefront"), id(t, c4.Container, "orders", "SQL")
	b.click(node(front), 1)
	b.click(`[data-act="path"]`, 1)
	b.until(`location.hash.includes('from=')`)
	b.has(".v-panel", "Choose where it leads")
	b.click(node(db), 1)
	b.until(`location.hash.includes('to=')`)
	b.has(".v-panel .path", "app-shop-storefront", "orders", "2 hops", "calls", "ca-shop-api")
	b.until(`document.querySelectorAll('.v-stage .line:not(.is-out)[data-line]').length === 2`)
	b.shot("path")
	b.click(`[data-act="no-path"]`, 1)
	b.until(`!location.hash.includes('from=')`)

	// By keys, and to what another view shows.
	b.press("/")
	b.keys("customer" + kb.Enter)
	b.until(`location.hash.includes('select=person')`)
	b.keys("p")
	b.until(`location.hash.includes('from=person')`)
	b.press("/")
	b.keys("psql-billing" + kb.Enter)
	b.until(`location.hash.includes('to=')`)
	b.has(".v-panel .path", "Customer", "hop")
	hops := eval[int](b, `document.querySelectorAll('.hops li').length`)
	if hops < 2 {
		t.Errorf("%d hops from the customer to the database of billing", hops)
	}
	b.shot("path-over-views")
	b.leave()
	b.quiet()
}

func TestViewerPathShowsTheViewThatHasIt(t *testing.T) {
	b := newTab(t, 1440, 900)
	m := rendertest.Contoso()
	q := "#view=landscape&from=" + element(t, "ca-shop-api") + "&to=" + element(t, "redis-shop")
	b.show(m, pictures(t, m), css(), q)
	b.click(`[data-act="show-path"]`, 1)
	b.until(`location.hash.includes('view=l2-shop')`)
	b.until(`document.querySelectorAll('.v-stage .line:not(.is-out)[data-line]').length === 1`)
	b.quiet()
}

func TestViewerHostileAddresses(t *testing.T) {
	b := newTab(t, 1280, 800)
	m := rendertest.Contoso()
	at := b.show(m, pictures(t, m), css(), "")
	for _, hash := range []string{
		"#view=%00&select=<script>owned()</script>", "#at=NaN,1e999,-5", "#at=1,2", "#depth=1e9&focus=system:shop&dir=sideways", "#%E0%A4%A", "#closed=__proto__&open=constructor&tag=__proto__",
		"#view=l2-shop&focus=nothing&from=a&to=b&hide=1&kind=constructor", "#page=__proto__&view=l2-shop", "#" + strings.Repeat("closed=x&", 5000), "#view=l2-shop&at=0,0,1e-9",
		`#select="></style><img src=x onerror=owned()>`,
	} {
		b.leave()
		b.open(at + hash)
		b.until(`document.querySelector('.v-stage .node') && document.querySelector('.v-title').textContent`)
		if eval[bool](b, `'owned' in window || Boolean(document.querySelector('.c4v img, .c4v script'))`) {
			t.Errorf("%q ran", hash)
		}
	}
	// Addresses that change while the page is open, and the way back.
	eval[bool](b, `(location.hash = '#view=l2-shop&at=300,300,1') && true`)
	b.until(`document.querySelector('.v-percent').textContent === '100 %'`)
	eval[bool](b, `(location.hash = '#view=l1-shop') && true`)
	b.until(`document.querySelector('.v-title').textContent !== 'Inside Contoso Shop'`)
	eval[bool](b, `history.back() || true`)
	b.until(`document.querySelector('.v-title').textContent === 'Inside Contoso Shop'`)
	b.until(`document.querySelector('.v-percent').textContent === '100 %'`)
	b.quiet()
}
