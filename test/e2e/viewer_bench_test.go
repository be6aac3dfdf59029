//go:build e2e

package e2e

import (
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/rendertest"
	"c4arch/internal/render/svg"
)

// crowd is a view of n elements in systems of ten, with a line to each.
func crowd(n int) *c4.Model {
	m := rendertest.Large(n, 0)
	v := c4.View{Key: "crowd", Kind: c4.Containers, Title: "Everything"}
	for _, e := range m.Elements {
		v.Elements = append(v.Elements, e.ID)
		v.Nodes = append(v.Nodes, c4.Node{ID: e.ID, Element: e.ID, Parent: e.Parent})
	}
	for _, r := range m.Relationships {
		v.Relationships = append(v.Relationships, r.ID)
		v.Lines = append(v.Lines, c4.Line{Source: r.Source, Target: r.Target, Description: r.Description, Technology: r.Technology, Confidence: r.Confidence, Relationships: []string{r.ID}})
	}
	m.Views = []c4.View{v}
	return m
}

// frames counts what passes between frames while something is done again and again, in milliseconds: the median and the 95th percentile.
const frames = `(act, n) => new Promise((done) => { const all = []; let last = 0, i = 0;
	const step = (now) => { if (last) all.push(now - last); last = now; if (i >= n) { all.sort((a, b) => a - b); done([all[all.length >> 1], all[Math.floor(all.length * 0.95)]]); return; } act(i++); requestAnimationFrame(step); };
	requestAnimationFrame(step); })`

// answers is how long it takes from something that is done to the second frame after it, which shows it.
const answers = `async (act, n) => { const all = []; for (let i = 0; i < n; i++) { const t = performance.now(); act(i); await new Promise((d) => requestAnimationFrame(() => requestAnimationFrame(d))); all.push(performance.now() - t); } all.sort((a, b) => a - b); return [all[all.length >> 1], all[Math.floor(all.length * 0.95)]]; }`

// BenchmarkViewerFrames measures how smooth the viewer is with 500 elements in one view. It asserts nothing.
func BenchmarkViewerFrames(b *testing.B) {
	for _, n := range []int{100, 500} {
		m := crowd(n)
		f, err := figure.Draw(m, &m.Views[0], figure.Options{})
		if err != nil {
			b.Fatal(err)
		}
		drawn := map[string][]byte{"crowd": svg.Render(f, svg.Options{Embedded: true})}
		for name, act := range map[string]string{
			"pan":    `(i) => { const s = document.querySelector('.v-stage'), r = s.getBoundingClientRect(); const at = (type, x) => s.dispatchEvent(new PointerEvent(type, {bubbles: true, pointerId: 1, button: 0, clientX: r.left + x, clientY: r.top + 300})); if (i === 0) at('pointerdown', 300); at('pointermove', 300 + 8 * (i % 40)); }`,
			"zoom":   `(i) => document.querySelector('.v-stage').dispatchEvent(new WheelEvent('wheel', {bubbles: true, cancelable: true, deltaY: i % 60 < 30 ? -40 : 40, clientX: 700, clientY: 450}))`,
			"filter": `(i) => { document.querySelector('[data-value="kind:container"]').click(); }`,
			"select": `(i) => { location.hash = '#view=crowd&select=container%3A' + String(i % 90).padStart(5, '0'); }`,
		} {
			b.Run(strconv.Itoa(n)+"/"+name, func(b *testing.B) {
				page := newTab(b, 1440, 900)
				page.show(m, drawn, css(), "#view=crowd")
				eval[bool](page, `HTMLElement.prototype.setPointerCapture = Element.prototype.setPointerCapture = () => {}; document.querySelector('[data-part="filterButton"]').click(); true`)
				page.still()
				how, times := frames, "120"
				if name == "filter" || name == "select" {
					how, times = answers, "8"
				}
				var median, high float64
				for b.Loop() {
					got, err := chromedp.Run(page.ctx, chromedp.Evaluate[[]float64](`(`+how+`)(`+act+`, `+times+`)`, chromedp.EvalAwaitPromise))
					page.must(err)
					median, high = got[0], got[1]
				}
				b.ReportMetric(median, "ms/median")
				b.ReportMetric(high, "ms/p95")
			})
		}
	}
}
