//go:build e2e

package e2e

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
	"c4arch/internal/render/driftpage"
	"c4arch/internal/render/rendertest"
)

// showDrift opens the page of a comparison.
func (b *tab) showDrift(c driftpage.Comparison, hash string) string {
	b.t.Helper()
	file := filepath.Join(b.t.TempDir(), "drift.html")
	b.must(os.WriteFile(file, driftPage(b.t, c), 0o644))
	at := (&url.URL{Scheme: "file", Path: file}).String()
	b.open(at + hash)
	return at
}

// TestDriftLooks takes pictures of the page, to look at.
func TestDriftLooks(t *testing.T) {
	if *shots == "" {
		t.Skip("no folder for screenshots: -shots DIR")
	}
	b := newTab(t, 1400, 900)
	at := b.showDrift(driftSample(t), "")
	for _, dark := range []bool{false, true} {
		b.dark(dark)
		name := map[bool]string{false: "light", true: "dark"}[dark]
		for _, hash := range []string{"", "mode=compare", "mode=history&at=2", "list=coverage", "list=unknown", "list=exceptions", "list=improvements"} {
			b.leave()
			b.open(at + "#" + hash)
			b.shot(name + "-" + hash)
		}
		b.leave()
		b.open(at)
		b.click(`.finding.is-critical .finding-head`, 1)
		b.shot(name + "-finding")
		b.press("2")
		b.press("f")
		b.shot(name + "-compare-wide")
	}
	b.leave()
	b.open(at)
	b.must(chromedp.Do(b.ctx, call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})))
	b.shot("print")
}

// TestDriftFindings goes from a finding to the picture and back, and filters.
func TestDriftFindings(t *testing.T) {
	b := newTab(t, 1400, 900)
	at := b.showDrift(driftSample(t), "")
	b.has("#summary", "Drift", "exit code 2", "critical", "Approved by platform-team", "claimed", "after the review of the spring release", "14 differences hidden as noise")
	b.has("#list", "The database server takes connections from the Internet", "loosened")

	b.click(`.finding.is-critical .finding-head`, 1)
	b.has(".finding.is-open", "What to do", "Set publicNetworkAccess to Disabled", "AZ-SQL-PUBLIC-NETWORK", "NIST SC-7", "terraform/main.tf:41:3", "declared in code", "2026-03-02 09:30 UTC", "raised: production")
	b.has("#selected", "Catalogue Database", "changed", "critical")
	b.until(`document.querySelector('.stage .node.is-selected[data-element$="/databases/catalogue"] .ring')`)
	b.until(`document.querySelector('#views').value.startsWith('containers-')`)
	seen := `(() => { const s = document.querySelector('.stage').getBoundingClientRect(), n = document.querySelector('.stage .is-selected > .box').getBoundingClientRect();
		return n.left >= s.left && n.right <= s.right && n.top >= s.top && n.bottom <= s.bottom; })()`
	b.until(seen)

	// The other way round: a box of the picture opens what was found about it.
	b.click(`.stage .node[data-element$="/func-contoso-orders"] > .box`, 1)
	b.has(".finding.is-open", "A setting has another value", "A secret: only a fingerprint of it was kept.")
	b.has("#selected", "Order Processing", "1 finding")
	if n := eval[int](b, `document.querySelectorAll('.finding.is-open').length`); n != 1 {
		t.Errorf("%d findings are open", n)
	}
	b.until(`location.hash.includes('finding=') && location.hash.includes('select=')`)
	b.leave()
	b.open(at + "#finding=nobody&select=nobody&view=nobody&mode=nobody&at=x&list=nobody")
	b.has("#list", "The database server")

	b.click(`.grade-filter[data-grade="high"]`, 1)
	if got := eval[string](b, `[...new Set([...document.querySelectorAll('.finding .grade')].map((g) => g.textContent))].join()`); got != "high" {
		t.Errorf("the filter leaves %s", got)
	}
	b.has(".note", "Showing")
	b.click(`.note .v-link`, 1)
	b.until(`document.querySelectorAll('.finding').length === 12`)
	b.click("#search", 1)
	b.keys("tls")
	b.until(`document.querySelectorAll('.finding').length === 1`)
	b.has("#list", "The TLS floor was lowered")
	b.keys(" nothing-has-this")
	b.has("#list", "None of 12 matches")
	b.leave()
	b.open(at)
	eval[bool](b, `(() => { const s = document.querySelector('#rule'); s.value = 'AZ-WEB-TLS'; s.dispatchEvent(new Event('change')); return true; })()`)
	b.until(`document.querySelectorAll('.finding').length === 1`)
	b.quiet()
}

func TestDriftOtherLists(t *testing.T) {
	b := newTab(t, 1400, 900)
	b.showDrift(driftSample(t), "")
	b.click("#list-improvements", 1)
	b.has("#list", "Purge protection is on", "approve the architecture as it is")
	b.click("#list-unknown", 1)
	b.has("#list", "unknown now, was readable", "access was refused", "neither drift nor the absence of it")
	b.click("#list-exceptions", 1)
	b.has("#list", "old-port", "It matches nothing any more", "test-rule", "expired")
	b.click("#list-coverage", 1)
	b.has("#list", "Code declares 61 of 64 (95 %)", "live, not declared", "to = azurerm_redis_cache.redis_contoso_shop", "a manifest is applied, not imported")
	eval[bool](b, `(() => { window.copied = ''; Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (t) => { window.copied = t; } } }); return true; })()`)
	b.click(".code .v-copy", 1)
	b.until(`window.copied.startsWith('import {') && window.copied.includes('id = "/subscriptions/')`)
	b.quiet()
}

func transforms(b *tab) []string {
	return eval[[]string](b, `[...document.querySelectorAll('.stage .canvas')].map((c) => c.style.transform)`)
}

// TestDriftSidesMoveTogether: what is zoomed or dragged in one pane is so in the other.
func TestDriftSidesMoveTogether(t *testing.T) {
	b := newTab(t, 1400, 900)
	b.showDrift(driftSample(t), "#mode=compare")
	b.has("#panes", "Before", "After")
	if n := eval[int](b, `document.querySelectorAll('.stage svg').length`); n != 2 {
		t.Fatalf("%d pictures", n)
	}
	fitted := transforms(b)
	at := eval[[]float64](b, `(() => { const r = document.querySelector('[data-pane=after]').getBoundingClientRect(); return [r.left + 60, r.top + 60]; })()`)
	b.must(chromedp.Do(b.ctx,
		call(input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: at[0], Y: at[1], DeltaX: 0.01, DeltaY: -240})))
	b.until(`[...document.querySelectorAll('.stage .canvas')].every((c) => c.style.transform !== ` + quoted(fitted[0]) + `)`)
	zoomed := transforms(b)
	if zoomed[0] != zoomed[1] {
		t.Errorf("the panes are at %v", zoomed)
	}
	eval[bool](b, `(() => { const s = document.querySelector('[data-pane=before]'), r = s.getBoundingClientRect();
		const at = (type, x, y) => s.dispatchEvent(new PointerEvent(type, { pointerId: 1, clientX: r.left + x, clientY: r.top + y, button: 0, bubbles: true }));
		s.setPointerCapture = () => {}; s.hasPointerCapture = () => true;
		at('pointerdown', 50, 50); at('pointermove', 90, 70); at('pointermove', 130, 90); at('pointerup', 130, 90); return true; })()`)
	dragged := transforms(b)
	if dragged[0] != dragged[1] || dragged[0] == zoomed[0] {
		t.Errorf("the panes are at %v, and were at %v", dragged, zoomed)
	}
	// What is selected stands at the same place on both sides.
	b.press("0")
	b.click(`[data-pane=after] .node[data-element="softwareSystem:declared/shop"] > .box`, 1)
	b.until(`document.querySelectorAll('.stage .ring').length === 2`)
	b.until(`(() => { const [a, c] = [...document.querySelectorAll('.stage')].map((s) => { const r = s.getBoundingClientRect(), n = s.querySelector('.is-selected > .box').getBoundingClientRect(); return [n.left + n.width / 2 - r.left, n.top + n.height / 2 - r.top]; });
		return Math.abs(a[0] - c[0]) < 3 && Math.abs(a[1] - c[1]) < 3; })()`)
	b.quiet()
}

// The page opens where the gravest thing is marked, at a size that can be read.
func TestDriftOpensWhereItMatters(t *testing.T) {
	b := newTab(t, 1400, 900)
	b.showDrift(driftSample(t), "")
	b.until(`parseInt(document.querySelector('#zoom .percent').textContent, 10) >= 50`)
	if !eval[bool](b, `(() => { const stage = document.querySelector('.stage').getBoundingClientRect();
		return [...document.querySelectorAll('.stage .flag')].some((f) => { const r = f.getBoundingClientRect();
			return r.width > 0 && r.left >= stage.left && r.right <= stage.right && r.top >= stage.top && r.bottom <= stage.bottom; }); })()`) {
		t.Error("nothing that is marked can be seen")
	}
	b.quiet()
}

// TestDriftSlider uses the slider by keys, by its buttons and by an address.
func TestDriftSlider(t *testing.T) {
	b := newTab(t, 1400, 900)
	at := b.showDrift(driftSample(t), "")
	b.press("3")
	b.until(`!document.querySelector('#slider').hidden`)
	b.has("#moment-text", "now", "2026-03-04")
	b.until(`document.querySelector('#moment-on').disabled && !document.querySelector('#moment-back').disabled`)
	first := eval[string](b, `document.querySelector('.stage svg').outerHTML.length + ''`)
	eval[bool](b, `document.querySelector('#moment').focus() || true`)
	for _, want := range []string{"2026-03-03", "2026-03-02", "2026-03-01"} {
		b.keys(kb.ArrowLeft)
		b.has("#moment-text", want)
	}
	b.has("#moment-text", "approved", "The first moment")
	b.until(`document.querySelector('#moment-back').disabled`)
	b.until(`document.querySelector('.stage svg').outerHTML.length + '' !== ` + quoted(first))
	if got := eval[string](b, `document.querySelector('#moment').getAttribute('aria-valuetext')`); got != "approved, 2026-03-01 09:30, 1 of 4" {
		t.Errorf("the slider says %q", got)
	}
	b.keys(kb.End)
	b.has("#moment-text", "now")
	b.click("#moment-back", 1)
	b.has("#moment-text", "2026-03-03", "since the moment before")
	b.click(".changes summary", 1)
	b.has(".changes", "moved: Fulfilment", "removed: Returns Desk")
	b.press(">")
	b.has("#moment-text", "2026-03-04")
	b.leave()
	b.open(at + "#mode=history&at=1")
	b.has("#moment-text", "2026-03-02")
	b.until(`document.querySelector('#moment').value === '1'`)
	b.quiet()
}

// TestDriftSliderWithoutHistory has two positions.
func TestDriftSliderWithoutHistory(t *testing.T) {
	c := driftSample(t)
	c.History = nil
	b := newTab(t, 1400, 900)
	b.showDrift(c, "#mode=history")
	b.has("#moment-text", "live", "2026-03-04")
	b.press("<")
	b.has("#moment-text", "approved baseline", "2026-03-01")
	b.until(`document.querySelector('#moment').max === '1' && document.querySelector('.stage svg')`)
	b.quiet()
}

// TestDriftByKeysAlone does everything without a pointer.
func TestDriftByKeysAlone(t *testing.T) {
	b := newTab(t, 1400, 900)
	at := b.showDrift(driftSample(t), "")
	b.press("?")
	b.has("#help", "Help and keys", "the next finding")
	b.keys(kb.Escape)
	b.until(`!document.querySelector('#help').open`)

	for _, step := range [][2]string{{"j", "The database server"}, {"j", "The TLS floor"}, {"k", "The database server"}} {
		b.press(step[0])
		b.until(`(document.querySelector('.finding.is-open') || {innerText: ''}).innerText.includes(` + quoted(step[1]) + `)`)
	}
	b.keys(kb.Escape)
	b.until(`!document.querySelector('.finding.is-open') && !document.querySelector('.stage .ring') && document.querySelector('#selected').hidden`)

	b.press("/")
	b.until(`document.activeElement.id === 'search'`)
	b.press("j") // a letter like any other, there
	b.until(`document.querySelector('#search').value === 'j' || document.activeElement.id === 'search'`)
	eval[bool](b, `(() => { const s = document.querySelector('#search'); s.value = ''; s.dispatchEvent(new Event('input')); document.querySelector('.stage').focus(); return true; })()`)

	b.keys(kb.ArrowDown)
	b.until(`document.querySelectorAll('.stage .ring').length === 1`)
	one := eval[string](b, `new URLSearchParams(location.hash.slice(1)).get('select')`)
	b.keys(kb.ArrowUp)
	b.until(`new URLSearchParams(location.hash.slice(1)).get('select') !== ` + quoted(one))

	b.press("]")
	b.until(`location.hash.includes('view=')`)
	b.press("2")
	b.until(`document.querySelectorAll('.stage').length === 2`)
	b.press("1")
	eval[bool](b, `document.querySelector('#mode-drift').focus() || true`)
	b.keys(kb.ArrowRight)
	b.until(`document.activeElement.id === 'mode-compare' && document.activeElement.getAttribute('aria-selected') === 'true'`)
	b.keys(kb.ArrowRight)
	b.until(`document.activeElement.id === 'mode-history' && document.querySelector('#moment')`)
	b.press("1")
	b.press("t")
	b.until(`document.documentElement.dataset.theme === 'light'`)

	// Tab comes to every part, in the order in which it stands, and shows where it is.
	b.leave()
	b.open(at)
	var way []string
	for range 60 {
		b.keys(kb.Tab)
		stop := eval[[]string](b, `(() => { const a = document.activeElement, s = getComputedStyle(a); return [a.id || a.className.split(' ')[0] || a.tagName, s.outlineStyle, s.outlineWidth]; })()`)
		way = append(way, stop[0])
		if stop[0] != "BODY" && stop[0] != "skip" && (stop[1] == "none" || stop[2] == "0px") {
			t.Errorf("%s has the focus and does not show it", stop[0])
		}
		if stop[0] == "stage" {
			break
		}
	}
	last := -1
	for _, want := range []string{"skip", "theme-button", "help-button", "list-findings", "search", "finding-head", "mode-drift", "views", "stage"} {
		n := slices.Index(way, want)
		if n <= last {
			t.Errorf("Tab comes to %s at %d, after %d: %v", want, n, last, way)
		}
		last = n
	}
	b.quiet()
}

// TestDriftContrast computes the contrast of all words of the page in both themes (WCAG 2.2, 1.4.3), of marks and severities among them.
func TestDriftContrast(t *testing.T) {
	b := newTab(t, 1400, 900)
	at := b.showDrift(driftSample(t), "")
	for _, dark := range []bool{false, true} {
		b.dark(dark)
		for _, hash := range []string{"", "list=unknown", "list=exceptions", "list=coverage", "mode=history&at=2"} {
			b.leave()
			b.open(at + "#" + hash)
			if hash == "" {
				b.press("j")
				b.until(`document.querySelector('.finding.is-open') && !document.querySelector('#selected').hidden`)
			}
			bad := eval[[]string](b, contrastScript)
			for _, s := range bad {
				t.Errorf("dark %v, #%s: %s", dark, hash, s)
			}
			if n := eval[int](b, `window.measured`); n < 40 {
				t.Errorf("only %d texts were measured", n)
			}
		}
	}
	b.quiet()
}

// contrastScript returns the texts outside of pictures that have less than 4.5 to 1.
const contrastScript = `(() => {
	const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
	const rgb = (c) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); const d = canvas.getImageData(0, 0, 1, 1).data; return [d[0], d[1], d[2], d[3] / 255]; };
	const over = (a, b) => [0, 1, 2].map((i) => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
	const lum = (c) => { const [r, g, b] = c.map((n) => { const v = n / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
	const bad = new Set();
	window.measured = 0;
	for (const el of document.querySelectorAll('.top *, .summary *, .side *, .main *:not(.stage *)')) {
		const text = [...el.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join('');
		if (!text || !el.getClientRects().length || el.closest('svg, .unseen, option')) continue;
		let back = [255, 255, 255, 0], opacity = 1;
		const chain = [];
		for (let p = el; p; p = p.parentElement) { chain.push(p); opacity *= Number(getComputedStyle(p).opacity); }
		let under = rgb(getComputedStyle(document.body).backgroundColor);
		for (const p of chain.reverse()) under = over(rgb(getComputedStyle(p).backgroundColor), under);
		const ink = rgb(getComputedStyle(el).color);
		ink[3] *= opacity;
		const a = lum(over(ink, under)), c = lum(under), ratio = (Math.max(a, c) + 0.05) / (Math.min(a, c) + 0.05);
		window.measured++;
		if (ratio < 4.5) bad.add(ratio.toFixed(2) + ' ' + el.tagName + '.' + el.className + ' ' + text.slice(0, 40));
	}
	return [...bad];
})()`

// TestDriftWithoutDrift still shows the architecture.
func TestDriftWithoutDrift(t *testing.T) {
	m := scanned(t, 0)
	c := driftpage.Comparison{Old: m, New: m, Delta: delta.Compare(m, m), Report: &drift.Report{
		Name: "Contoso Online", Mode: drift.ModeBaseline, At: "2026-03-04T09:31:12Z", Old: drift.Side{Label: "approved"}, New: drift.Side{Label: "live"},
		Summary: drift.Summary{Same: 131, FailOn: "medium", Verdict: "clean"},
	}}
	b := newTab(t, 1400, 900)
	b.showDrift(c, "")
	b.has("#summary", "Clean", "nothing at or above medium", "131 same")
	b.has("#list", "No drift", "What is live is what was approved")
	b.has(".heading", "Nothing in this view drifted")
	b.until(`document.querySelector('.stage svg .node') && !document.querySelector('.stage [class*=mark-]')`)
	b.click("#list-unknown", 1)
	b.has("#list", "Everything could be read")
	b.shot("clean")
	b.quiet()
}

// TestDriftOfNothing: no architecture at all on either side.
func TestDriftOfNothing(t *testing.T) {
	m := &c4.Model{}
	b := newTab(t, 1000, 700)
	b.showDrift(driftpage.Comparison{Old: m, New: m, Delta: delta.Compare(m, m), Report: &drift.Report{}}, "")
	b.has("#panes", "Nothing to draw")
	for _, key := range []string{"2", "3", "1", "j", "]", "[", "<", "+", "0", "f", "f"} {
		b.press(key)
	}
	b.has("#list", "No drift")
	b.quiet()
}

// TestDriftHostile: no name does anything.
func TestDriftHostile(t *testing.T) {
	old, now := rendertest.Hostile(), rendertest.Hostile()
	for i := range now.Elements {
		now.Elements[i].Owner = rendertest.Names()[i%len(rendertest.Names())] + "!"
	}
	d := delta.Compare(old, now)
	r := driftReport(d, now)
	for i := range r.Findings {
		n := rendertest.Names()[i%len(rendertest.Names())]
		f := &r.Findings[i]
		f.Title, f.Name, f.Reason, f.Remediation, f.Rule, f.Labels, f.Controls = n, n, n, n, n, []string{n}, []string{n}
		f.Severity, f.FirstSeen, f.ID = severity.Severity(n), n, fmt.Sprint(i, n)
	}
	r.Name, r.Old.Label, r.Old.Baseline.By, r.Old.Baseline.Reason, r.Notes = rendertest.Names()[0], rendertest.Names()[1], rendertest.Names()[0], rendertest.Names()[1], rendertest.Names()
	b := newTab(t, 1400, 900)
	b.showDrift(driftpage.Comparison{Old: old, New: now, Delta: d, Report: r}, "")
	b.until(`document.querySelectorAll('.finding').length > 10`)
	for range 12 {
		b.press("j")
	}
	for _, key := range []string{"2", "3", "<", "1"} {
		b.press(key)
	}
	for _, list := range []string{"unknown", "exceptions", "coverage"} {
		b.click("#list-"+list, 1)
	}
	b.until(`document.querySelector('.stage svg')`)
	eval[bool](b, `(() => { document.querySelector('#list-findings').click(); return true; })()`)
	b.click(`.stage .node:not(.frame) > .box`, 1)
	b.until(`!document.querySelector('#selected').hidden`)
	b.shot("hostile")
	if owned := eval[bool](b, `'owned' in window`); owned {
		t.Error("a name ran as a script")
	}
	b.quiet()
}

// TestDriftWithManyFindings stays quick, and reaches what a long list has not shown yet.
func TestDriftWithManyFindings(t *testing.T) {
	c := driftSample(t)
	for i := range 3000 {
		f := c.Report.Findings[i%5]
		f.ID, f.Resource, f.Elements = fmt.Sprint("many-", i), fmt.Sprint("/resource/", i), nil
		c.Report.Findings = append(c.Report.Findings, f)
	}
	b := newTab(t, 1400, 900)
	at := b.showDrift(c, "")
	b.until(`document.querySelectorAll('.finding').length === 100`)
	b.has("#list", "Show more")
	b.shot("many")
	b.leave()
	b.open(at + "#finding=many-2500")
	b.until(`document.querySelector('.finding.is-open[data-finding="many-2500"]')`)
	b.until(`(() => { const r = document.querySelector('.finding.is-open').getBoundingClientRect(); return r.top > 0 && r.top < innerHeight; })()`)
	b.quiet()
}

// TestDriftStill: who wants no motion gets none.
func TestDriftStill(t *testing.T) {
	b := newTab(t, 1400, 900)
	b.must(chromedp.Do(b.ctx, call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}},
	})))
	b.showDrift(driftSample(t), "")
	b.press("j")
	b.until(`document.querySelector('.stage .ring')`)
	if eval[bool](b, `Boolean(document.querySelector('.canvas.glide'))`) {
		t.Error("the picture glides")
	}
	b.quiet()
}

func TestDriftOnAPhone(t *testing.T) {
	b := newTab(t, 390, 844)
	at := b.showDrift(driftSample(t), "")
	b.shot("list")
	b.click(`.finding.is-critical .finding-head`, 1)
	b.shot("finding")
	b.click(`#switch [data-part="main"]`, 1)
	b.shot("picture")
	b.leave()
	b.open(at + "#mode=history&at=1")
	b.click(`#switch [data-part="main"]`, 1)
	b.shot("history")
	b.leave()
	b.open(at + "#mode=compare")
	b.click(`#switch [data-part="main"]`, 1)
	b.shot("compare")
	if wide := eval[int](b, `document.documentElement.scrollWidth`); wide > 390 {
		t.Errorf("the page is %d wide", wide)
	}
	b.quiet()
}
