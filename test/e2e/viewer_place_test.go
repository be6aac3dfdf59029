//go:build e2e

package e2e

import (
	"bytes"
	"encoding/xml"
	"image/png"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/fold"
	"c4arch/internal/arch/placement"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/page"
	"c4arch/internal/render/rendertest"
	"c4arch/internal/render/svg"
)

func TestViewerClosesBoundaries(t *testing.T) {
	b := contoso(t, 1440, 900, "#view=deploy-prod")
	all := eval[int](b, `document.querySelectorAll('.v-stage .node').length`)
	b.click(`[data-part="foldButton"]`, 1)
	b.until(`location.hash.includes('closed=')`)
	b.until(`document.querySelector('.v-stage .is-closed .v-count')`)
	b.has(".v-live", "closed")
	hidden := eval[int](b, `[...document.querySelectorAll('.v-stage .node')].filter((g) => getComputedStyle(g).display === 'none').length`)
	if hidden == 0 || hidden == all {
		t.Errorf("%d of %d boxes are away", hidden, all)
	}
	b.shot("closed")
	b.click(`[data-part="foldButton"]`, 1)
	b.until(`!location.hash.includes('closed=') && !document.querySelector('.v-stage .is-closed')`)

	// One boundary by keys; its lines end at its border and say how many they are.
	b.leave()
	b.show(rendertest.Contoso(), pictures(t, rendertest.Contoso()), css(), inside+"&select=system:shop")
	eval[bool](b, `document.querySelector('.v-stage').focus() || true`)
	area := func() float64 {
		return eval[float64](b, `(() => { const r = document.querySelector(`+quoted(node("system:shop")+" > .box")+`).getBBox(); return r.width * r.height; })()`)
	}
	was := area()
	b.keys("c")
	b.until(`document.querySelector('.v-stage .is-closed .v-count')?.textContent === '8 inside'`)
	if now := area(); now > was/5 {
		t.Errorf("a closed boundary takes %.0f of %.0f: that is no card", now, was)
	}
	if over := eval[[]string](b, `(() => { const card = document.querySelector('.v-stage .is-closed > .box').getBoundingClientRect(); const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
		return [...document.querySelectorAll('.v-stage .line:not(.is-inside) text:not(.is-inside)')].filter((e) => meet(e.getBoundingClientRect(), card)).map((e) => e.textContent); })()`); len(over) > 0 {
		t.Errorf("the card is covered by %q", over)
	}
	if out := eval[[]string](b, `(() => { const g = document.querySelector('.v-stage .is-closed'), card = g.querySelector('.box').getBoundingClientRect(); return [...g.querySelectorAll('text')].filter((e) => { const r = e.getBoundingClientRect(); return r.width && (r.left < card.left || r.right > card.right || r.top < card.top || r.bottom > card.bottom); }).map((e) => e.textContent); })()`); len(out) > 0 {
		t.Errorf("outside its card: %q", out)
	}
	ends := eval[[]float64](b, `(() => { const r = document.querySelector('.v-stage .is-closed > .box').getBBox();
		return [...document.querySelectorAll('.v-stage .line.is-moved:not(.is-inside) .way')].map((p) => { const a = p.getPointAtLength(0), n = p.getPointAtLength(p.getTotalLength()); const far = (q) => Math.max(r.x - q.x, q.x - r.x - r.width, r.y - q.y, q.y - r.y - r.height); return Math.min(Math.abs(far(a)), Math.abs(far(n))); }); })()`)
	if len(ends) < 3 || slices.Max(ends) > 12 {
		t.Errorf("the lines of a closed boundary end %v away from its border", ends)
	}
	b.shot("one-closed")
	b.click(`[data-act="unfold"]`, 1)
	b.until(`!document.querySelector('.v-stage .is-closed')`)
	b.quiet()
}

// TestViewerOpensWhatThePictureFolded: a view that comes folded is opened by further pictures of it.
func TestViewerOpensWhatThePictureFolded(t *testing.T) {
	m := rendertest.Contoso()
	i := slices.IndexFunc(m.Views, func(v c4.View) bool { return v.Key == "deploy-prod" })
	whole := &m.Views[i]
	folded := fold.View(m, whole, fold.Options{Depth: 2})
	if folded == whole {
		t.Fatal("nothing was folded")
	}
	var node string
	for _, n := range folded.Nodes {
		if n.Folded > 0 {
			node = n.ID
		}
	}
	opened := fold.View(m, whole, fold.Options{Depth: 2, Open: map[string]bool{node: true}})
	draw := func(v *c4.View) []byte {
		f, err := figure.Draw(m, v, figure.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return svg.Render(f, svg.Options{Embedded: true})
	}
	var buf bytes.Buffer
	if err := page.WritePictures(&buf, m, slices.Values([]page.Picture{
		{Key: whole.Key, SVG: draw(folded), View: folded}, {Key: whole.Key + page.Whole, SVG: draw(whole)}, {Key: whole.Key + "~" + node, SVG: draw(opened), View: opened},
	}), svg.CSS); err != nil {
		t.Fatal(err)
	}
	b := newTab(t, 1440, 900)
	file := filepath.Join(t.TempDir(), "index.html")
	b.must(os.WriteFile(file, buf.Bytes(), 0o644))
	b.open((&url.URL{Scheme: "file", Path: file, Fragment: "view=" + whole.Key}).String())
	shown := func() int { return eval[int](b, `document.querySelectorAll('.v-stage .node').length`) }
	if n := shown(); n != len(folded.Nodes) {
		t.Errorf("%d boxes at first, want %d", n, len(folded.Nodes))
	}
	b.shot("folded")
	b.click(`.v-stage .node[data-node=`+quoted(node)+`]`, 1)
	b.has(".v-panel", "Open")
	b.click(`[data-act="unfold"]`, 1)
	b.until(`location.hash.includes('open=')`)
	if n := shown(); n != len(opened.Nodes) {
		t.Errorf("%d boxes with one boundary opened, want %d", n, len(opened.Nodes))
	}
	b.shot("opened")
	b.still()
	eval[bool](b, `document.querySelector('.v-stage').focus() || true`)
	b.press("C")
	b.until(`document.querySelectorAll('.v-stage .node').length === ` + strconv.Itoa(len(whole.Nodes)))
	b.shot("whole")
	b.press("C")
	b.until(`document.querySelectorAll('.v-stage .node').length === ` + strconv.Itoa(len(folded.Nodes)))
	b.quiet()
}

func TestViewerPlacesBoxes(t *testing.T) {
	b := contoso(t, 1440, 900, inside)
	dir := b.saves()
	redis := node(element(t, "redis-shop"))
	rect := func(selector string) []float64 {
		return eval[[]float64](b, `(() => { const r = document.querySelector(`+quoted(selector)+`).getBoundingClientRect(); return [r.left, r.top, r.width, r.height]; })()`)
	}
	frame := node("system:shop") + " > .box"
	wasBox, wasFrame := rect(redis+" > .box"), rect(frame)
	x, y := b.at(redis + " > .box")
	b.drag(x, y, x-60, y+90, shiftKey)
	b.still()
	isBox, isFrame := rect(redis+" > .box"), rect(frame)
	if d := isBox[0] - wasBox[0]; d > -50 || d < -70 {
		t.Errorf("a box that was pulled by -60 went by %.1f", d)
	}
	if isFrame[3] <= wasFrame[3]+20 {
		t.Errorf("the boundary is %.0f high, and was %.0f: it does not hold what was pulled out of it", isFrame[3], wasFrame[3])
	}
	gap := eval[float64](b, `(() => { const r = document.querySelector(`+quoted(redis+" > .box")+`).getBoundingClientRect(); const p = [...document.querySelectorAll('.v-stage .line.is-moved .hit')].find((p) => p.parentElement.textContent.includes('keeps baskets')); const q = p.getPointAtLength(p.getTotalLength()).matrixTransform(p.getScreenCTM()); return Math.max(r.left - q.x, q.x - r.right, r.top - q.y, q.y - r.bottom); })()`)
	if gap > 3 || gap < -3 {
		t.Errorf("its line ends %.1f away from it", gap)
	}
	b.shot("pulled")
	b.click(`[data-part="saveButton"]`, 1)
	file, err := placement.Decode(b.saved(dir, "layout*.json"))
	if err != nil {
		t.Fatal(err)
	}
	keeps(t, file, element(t, "redis-shop"))

	b.click(`[data-part="undoButton"]`, 1)
	b.until(`document.querySelector('[data-part="undoButton"]').hidden && !document.querySelector('.v-stage .line.is-moved')`)
	if back := rect(redis + " > .box"); back[0]-wasBox[0] > 1 || wasBox[0]-back[0] > 1 {
		t.Errorf("after undo the box is at %.1f, and was at %.1f", back[0], wasBox[0])
	}
	b.quiet()
}

// keeps draws the view again with a layout file, and fails if what was placed is elsewhere.
func keeps(t *testing.T, file *placement.File, id string) {
	t.Helper()
	m := rendertest.Contoso()
	i := slices.IndexFunc(m.Views, func(v c4.View) bool { return v.Key == "l2-shop" })
	if len(file.Views) != 1 || file.Views[0].Key != "l2-shop" {
		t.Fatalf("the file has the views %v", file.Views)
	}
	seat := func(v placement.View) placement.Node {
		n := slices.IndexFunc(v.Nodes, func(n placement.Node) bool { return n.ID == id })
		if n < 0 {
			t.Fatalf("no %s in the layout", id)
		}
		return v.Nodes[n]
	}
	want := seat(file.Views[0])
	placed := 0
	for _, n := range file.Views[0].Nodes {
		if n.Placed {
			placed++
		}
	}
	if placed != 1 || !want.Placed {
		t.Errorf("%d boxes are placed, and the one that was pulled: %v", placed, want.Placed)
	}
	f, err := figure.Draw(m, &m.Views[i], figure.Options{Previous: &file.Views[0]})
	if err != nil {
		t.Fatal(err)
	}
	first, err := figure.Draw(m, &m.Views[i], figure.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, other := seat(f.Placement()), seat(first.Placement())
	// The body may begin elsewhere when something was put left of or above it, so distances to another box count.
	about := func(v placement.View) placement.Node { id = element(t, "kv-shop"); return seat(v) }
	old, now := about(file.Views[0]), about(f.Placement())
	if dx, dy := (got.X-now.X)-(want.X-old.X), (got.Y-now.Y)-(want.Y-old.Y); dx*dx+dy*dy > 16 {
		t.Errorf("the engine puts it %d, %d away from where it was placed (%+v, %+v, at first %+v)", dx, dy, got, want, other)
	}
}

func TestViewerPlacesBoxesByKeys(t *testing.T) {
	b := contoso(t, 1440, 900, inside)
	dir := b.saves()
	kv := element(t, "kv-shop")
	b.press("/")
	b.keys("kv-shop" + kb.Enter)
	b.until(`location.hash.includes('kv-shop')`)
	left := func() float64 {
		b.still()
		return eval[float64](b, `document.querySelector(`+quoted(node(kv)+" > .box")+`).getCTM().e`)
	}
	before := left()
	b.press("M")
	b.until(`document.querySelector('.v-stage').classList.contains('is-placing')`)
	b.has(".v-live", "Arrow keys place kv-shop")
	b.keys(kb.ArrowRight + kb.ArrowDown)
	b.chord("ArrowDown", shiftKey)
	b.until(`document.querySelector(` + quoted(node(kv)) + `).getAttribute('transform') === 'translate(8 48)'`)
	b.shot("in-hand")
	b.keys(kb.Escape)
	b.until(`!document.querySelector(` + quoted(node(kv)) + `).getAttribute('transform')`)
	if now := left(); now-before > 1 || before-now > 1 {
		t.Errorf("Escape leaves it at %f, and it was at %f", now, before)
	}
	b.press("M")
	b.keys(kb.ArrowRight + kb.ArrowRight + kb.Enter)
	b.until(`document.querySelector(` + quoted(node(kv)) + `).getAttribute('transform') === 'translate(16 0)'`)
	b.keys("s")
	if _, err := placement.Decode(b.saved(dir, "layout*.json")); err != nil {
		t.Error(err)
	}
	b.keys("u")
	b.until(`!document.querySelector(` + quoted(node(kv)) + `).getAttribute('transform')`)
	b.quiet()
}

func TestViewerPlacesByFinger(t *testing.T) {
	b := newTab(t, 390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulateScale(2))
	m := rendertest.Contoso()
	b.show(m, pictures(t, m), css(), inside)
	b.click(`[data-part="moveButton"]`, 1)
	b.until(`document.querySelector('[data-part="moveButton"]').getAttribute('aria-pressed') === 'true'`)
	kv := node(element(t, "kv-shop"))
	x, y := b.at(kv + " > .box")
	b.fingers(input.DispatchTouchEventTypeTouchStart, [2]float64{x, y})
	for i := 1.0; i <= 5; i++ {
		b.fingers(input.DispatchTouchEventTypeTouchMove, [2]float64{x + 4*i, y + 8*i})
	}
	b.fingers(input.DispatchTouchEventTypeTouchEnd)
	b.until(`/translate/.test(document.querySelector(` + quoted(kv) + `).getAttribute('transform'))`)
	b.shot("placed")
	b.quiet()
}

func TestViewerSavesWhatIsSeen(t *testing.T) {
	b := contoso(t, 1440, 900, inside+"&kind=container&hide=1")
	dir := b.saves()
	b.dark(true)
	b.click(`[data-part="menuButton"]`, 1)
	b.shot("menu")
	b.click(`[data-export="svg"]`, 1)
	text := b.saved(dir, "*.svg")
	aloneWellFormed(t, text)
	for _, want := range []string{"ca-shop-api", "redis-shop", "<style"} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the picture lacks %s", want)
		}
	}
	for _, bad := range []string{"Customer<", "data-node", "var(--", "tabindex", "<script"} {
		if bytes.Contains(text, []byte(bad)) {
			t.Errorf("the picture has %s", bad)
		}
	}
	b.click(`[data-part="menuButton"]`, 1)
	b.keys(kb.ArrowDown + kb.Enter)
	data := b.saved(dir, "*.png")
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if size := img.Bounds().Size(); size.X < 800 || size.Y < 600 {
		t.Errorf("the picture is %v", size)
	}
	if r, _, _, _ := img.At(2, 2).RGBA(); r > 0x8000 {
		t.Error("a picture of a dark screen has a light ground")
	}
	if *shots != "" {
		b.must(writeShot("export.svg", text))
		b.must(writeShot("export.png", data))
	}
	b.quiet()
}

func aloneWellFormed(t *testing.T, text []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(text))
	n := 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := token.(xml.StartElement); ok {
			n++
		}
	}
	if n < 20 {
		t.Errorf("the picture has %d elements", n)
	}
}

func TestViewerPrintsOnSheets(t *testing.T) {
	b := contoso(t, 1440, 900, inside+"&kind=container")
	// The dialog of the system cannot be driven: what it would be given is looked at instead.
	eval[bool](b, `(window.print = () => { window.dispatchEvent(new Event('beforeprint')); window.sheets = document.adoptedStyleSheets.map((s) => s.cssRules[0].cssText).join(); window.paper = document.querySelector('.c4v').dataset.paper; window.dispatchEvent(new Event('afterprint')); }) && true`)
	for _, size := range []string{"A3", "A4"} {
		b.click(`[data-part="menuButton"]`, 1)
		b.click(`[data-export="`+size+`"]`, 1)
		b.until(`(window.sheets || '').toUpperCase().includes('` + size + ` LANDSCAPE') && window.paper === '` + size + `'`)
	}
	if n := eval[int](b, `document.adoptedStyleSheets.length`); n != 0 {
		t.Errorf("%d style sheets are left after printing", n)
	}
	pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF(func(p *cdppage.PrintToPDFParams) { p.PreferCSSPageSize = new(true) }))
	b.must(err)
	if n := strings.Count(string(pdf), "/Type /Page\n"); n != 1 {
		t.Errorf("%d pages, want 1", n)
	}
	if !bytes.Contains(pdf, []byte("/MediaBox [0 0 841")) && !bytes.Contains(pdf, []byte("/MediaBox [0 0 842")) {
		t.Error("the sheet is no A4 that lies")
	}
	if *shots != "" {
		b.must(writeShot("print-a4.pdf", pdf))
	}
	b.quiet()
}
