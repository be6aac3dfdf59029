//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/rendertest"
)

func contoso(t *testing.T, width, height int64, hash string) *tab {
	t.Helper()
	b := newTab(t, width, height)
	m := rendertest.Contoso()
	b.show(m, pictures(t, m), css(), hash)
	return b
}

// id returns the id of the element of that name and kind in the shop.
func id(t *testing.T, kind c4.Kind, name, technology string) string {
	t.Helper()
	for _, e := range rendertest.Contoso().Elements {
		if e.Kind == kind && e.Name == name && strings.Contains(e.Technology, technology) {
			return e.ID
		}
	}
	t.Fatalf("no %s called %s", kind, name)
	return ""
}

func node(id string) string { return `.v-stage .node[data-element="` + id + `"]` }

func TestFirstSight(t *testing.T) {
	b := contoso(t, 1440, 900, "")
	b.has(".v-name", "Contoso Shop")
	b.has(".v-facts", "subscription Contoso Production", "2026-03-14 09:26:53 UTC")
	b.has(".v-rail", "Landscape", "L1", "L2", "L3", "L4", "Deployment", "ca-shop-api")
	b.has(".v-title", "Contoso Shop: all systems")
	if n := eval[int](b, `document.querySelectorAll('.v-stage .node').length`); n != 6 {
		t.Errorf("%d boxes in the landscape, want 6", n)
	}
	// The picture's own title is not shown a second time below the page's.
	if n := eval[int](b, `[...document.querySelectorAll('.v-stage svg > text, .v-stage svg > g:not([class]) > text')].filter((e) => e.getBoundingClientRect().height > 0).length`); n != 0 {
		t.Errorf("%d lines of the picture's own title are shown", n)
	}
	b.shot("landscape-light")
	b.quiet()
}

func TestEvidenceOfAnElement(t *testing.T) {
	b := contoso(t, 1440, 900, "#view=l2-shop")
	b.shot("containers-light")
	api := id(t, c4.Container, "ca-shop-api", "")
	b.click(node(api), 1)
	b.until(`document.querySelector('.v-panel.has-selection')`)
	b.has(".v-panel", "ca-shop-api", "Azure Container Apps", "rule T10", "exports/subscription.json:204", "sha256:",
		"reads and writes", "RESP over TLS", "principalId", "Go inside", "cae-shop", "L2 · Contoso Shop")
	b.click(`.v-panel summary[title="properties.configuration"]`, 1)
	b.click(`.v-panel summary[title="properties.configuration.ingress"]`, 1)
	b.has(".v-panel", "targetPort", "8080")
	b.click(`.v-panel summary[title="properties.configuration.secrets"]`, 1)
	b.click(`.v-panel summary[title="properties.configuration.secrets[0]"]`, 1)
	b.has(".v-panel .value.secret", "secret:hmac-sha256:51f0c2a97c9e4d0fb1a6cc0e8f0d9b37")
	if strings.Contains(b.text(".v-panel"), "[object Object]") {
		t.Error("a value is not shown")
	}
	b.shot("evidence-light")
	eval[int](b, `document.querySelector('.v-panel').scrollTop = 900`)
	b.shot("evidence-light-lower")
	b.dark(true)
	b.shot("evidence-dark-lower")
	eval[int](b, `document.querySelector('.v-panel').scrollTop = 0`)
	b.shot("evidence-dark")
	b.quiet()
}

func TestEvidenceOfALine(t *testing.T) {
	b := contoso(t, 1440, 900, "#view=l2-shop&select=rel-005")
	b.until(`document.querySelector('.v-panel.has-selection')`)
	b.has(".v-panel", "ca-shop-api → orders", "reads and writes", "TDS over TLS", "high", "rule R21",
		"exports/subscription.json:225", "properties.template.containers[0].env[0].value", "terraform.tfstate:611")
	if n := eval[int](b, `document.querySelectorAll('.v-stage .line:not([data-line]).is-dim').length`); n != 0 {
		t.Errorf("%d lines of the key are taken for lines of the picture", n)
	}
	if n := eval[int](b, `document.querySelectorAll('.v-stage .line.is-selected').length`); n != 1 {
		t.Errorf("%d lines are marked, want 1", n)
	}
	b.shot("line-light")
	// A line is hit by the pointer too, in the middle of its way.
	b.keys(kb.Escape)
	b.until(`!location.hash.includes('select=')`)
	at := eval[[]float64](b, `(() => { for (const p of document.querySelectorAll('.v-stage .line .reach')) for (let i = 1; i < 40; i++) {
		const q = p.getPointAtLength(p.getTotalLength() * i / 40).matrixTransform(p.getScreenCTM());
		if (document.elementFromPoint(q.x, q.y)?.closest(".line") === p.parentElement) return [q.x, q.y];
	} return [0, 0]; })()`)
	b.must(chromedp.Do(b.ctx, chromedp.MouseClickXY(at[0], at[1])))
	b.until(`location.hash.includes('rel-')`)
	b.click(".v-panel .relation, .v-panel .description .v-link", 1)
	b.until(`document.querySelector('.v-panel .kind').textContent !== 'Relationship'`)
	b.quiet()
}

func TestDrillDownAndUp(t *testing.T) {
	b := contoso(t, 1440, 900, "")
	b.click(node("system:shop"), 2)
	b.until(`location.hash.includes('view=l2-shop')`)
	api := id(t, c4.Container, "ca-shop-api", "")
	b.click(node(api), 1)
	b.until(`document.querySelector('.v-panel.has-selection')`)
	b.keys(kb.Enter)
	b.until(`location.hash.includes('view=l3-shop-api')`)
	b.has(".v-crumbs", "Landscape", "Contoso Shop L1", "Contoso Shop L2")
	b.shot("components-light")
	b.keys(kb.Backspace)
	b.until(`location.hash.includes('view=l2-shop') && location.hash.includes('ca-shop-api')`)
	b.keys(kb.Backspace)
	b.until(`location.hash.includes('view=l1-shop')`)
	b.keys(kb.Backspace)
	b.until(`location.hash.includes('view=landscape')`)
	eval[bool](b, `history.back() || true`)
	b.until(`location.hash.includes('view=l1-shop')`)
	eval[bool](b, `history.forward() || true`)
	b.until(`location.hash.includes('view=landscape')`)
	b.quiet()
}

func TestKeyboardAlone(t *testing.T) {
	b := contoso(t, 1440, 900, "")
	eval[bool](b, `document.querySelector('.v-stage').focus() || true`)
	b.keys(kb.ArrowDown)
	b.until(`location.hash.includes('select=')`)
	first := eval[string](b, `location.hash`)
	b.keys(kb.ArrowRight + kb.ArrowDown + kb.ArrowDown + kb.ArrowLeft)
	b.until(`location.hash !== ` + quoted(first))
	if eval[string](b, `document.activeElement.getAttribute('aria-label') || ''`) == "" {
		t.Error("what has the focus has no name")
	}
	b.keys("l")
	b.until(`location.hash.includes('select=rel-')`)
	b.keys(kb.Escape)
	b.until(`!location.hash.includes('select=')`)
	fitted := eval[string](b, `document.querySelector('.v-percent').textContent`)
	b.keys("+")
	b.until(`document.querySelector('.v-percent').textContent !== ` + quoted(fitted))
	b.keys("0")
	b.until(`document.querySelector('.v-percent').textContent === ` + quoted(fitted))
	b.press("?")
	b.until(`document.querySelector('.v-help').open`)
	b.shot("help")
	b.keys(kb.Escape)
	b.until(`!document.querySelector('.v-help').open`)
	b.keys("]")
	b.until(`!location.hash.includes('view=landscape')`)
	b.keys("a")
	b.until(`location.hash.includes('page=account')`)
	b.keys(kb.Escape)
	b.until(`!location.hash.includes('page=account')`)
	b.quiet()
}

func TestSearch(t *testing.T) {
	b := contoso(t, 1440, 900, "")
	b.press("/")
	b.until(`document.activeElement.classList.contains('v-search')`)
	b.keys("redis")
	b.until(`document.querySelectorAll('.v-results li').length > 0`)
	b.has(".v-results", "redis-shop", "Azure Cache for Redis")
	b.shot("search")
	b.keys(kb.ArrowDown + kb.ArrowUp + kb.Enter)
	b.until(`location.hash.includes('view=l2-shop') && location.hash.includes('redis-shop')`)
	b.has(".v-panel", "redis-shop")
	b.press("/")
	eval[string](b, `document.querySelector('.v-search').value = ''`)
	b.keys("microsoft.keyvault")
	b.until(`document.querySelectorAll('.v-results li').length > 0`)
	b.has(".v-results", "kv-shop")
	eval[string](b, `document.querySelector('.v-search').value = ''`)
	b.keys("appi-shop" + kb.Enter)
	b.until(`location.hash.includes('appi')`)
	b.has(".v-panel", "In no picture", "rule H2")
	b.quiet()
}

func TestDeepLinkAndReload(t *testing.T) {
	b := newTab(t, 1440, 900)
	m := rendertest.Contoso()
	sql := id(t, c4.Container, "orders", "SQL")
	at := b.show(m, pictures(t, m), css(), "#view=deploy-prod&select="+sql)
	check := func() {
		t.Helper()
		b.until(`document.querySelector('.v-panel.has-selection')`)
		b.has(".v-title", "Where production runs")
		b.has(".v-panel", "orders", "Azure SQL Database", "sql-shop")
		b.until(`document.querySelectorAll('.v-stage .node.is-selected').length === 1`)
	}
	check()
	b.shot("deployment-light")
	b.must(chromedp.Do(b.ctx, chromedp.Reload()))
	b.until(`document.documentElement.dataset.ready === 'true'`)
	check()
	b.leave()
	b.open(at + "#select=" + sql) // without a view: the best one is found
	b.until(`document.querySelector('.v-panel.has-selection')`)
	b.has(".v-title", "Inside Contoso Shop")
	b.leave()
	b.open(at + "#view=gone&select=gone")
	b.has(".v-title", "Contoso Shop: all systems")
	b.quiet()
}

func TestAccount(t *testing.T) {
	b := contoso(t, 1440, 1000, "#page=account")
	b.has(".v-sheet", "The books balance: each of the 47 references", "16 shown", "21 nested", "3 unresolved", "1 ambiguous",
		"mail.contoso.example", "the host is not that of any scanned resource", "two resources are called so",
		"Not read (4)", "microsoft.quantum/workspaces", "grant Microsoft.Web/sites/config/list/action",
		"notes/old-export.csv", "azure resource graph", "Elements by level", "Infrastructure node", "Rule", "R24")
	b.shot("account-light")
	b.dark(true)
	b.shot("account-dark")
	b.dark(false)
	b.click(`.filters [data-outcome="ambiguous"]`, 1)
	b.until(`!document.querySelector('.v-sheet').innerText.includes('mail.contoso.example')`)
	b.has(".v-sheet", "two resources are called so")
	b.click(".references .v-link", 1)
	b.until(`!location.hash.includes('page=account') && location.hash.includes('select=')`)
	b.quiet()
}

func TestTheme(t *testing.T) {
	b := contoso(t, 1440, 900, "#view=l2-shop")
	paper := func() string {
		return eval[string](b, `getComputedStyle(document.querySelector('.v-top')).backgroundColor`)
	}
	b.dark(false)
	light := paper()
	b.dark(true)
	dark := paper()
	if light == dark {
		t.Errorf("light and dark are both %s", light)
	}
	b.shot("containers-dark")
	b.click(`[data-part="themeButton"]`, 1)
	b.until(`document.documentElement.dataset.theme === 'light'`)
	if got := paper(); got != light {
		t.Errorf("light chosen on a dark screen is %s, want %s", got, light)
	}
	b.shot("light-chosen-on-a-dark-screen")
	b.keys("t")
	b.until(`document.documentElement.dataset.theme === 'dark'`)
	b.dark(false)
	if got := paper(); got != dark {
		t.Errorf("dark chosen on a light screen is %s, want %s", got, dark)
	}
	b.until(`localStorage.getItem('c4arch-theme') === 'dark'`)
	b.reload()
	if got := eval[string](b, `[document.documentElement.dataset.theme, localStorage.getItem('c4arch-theme')].join()`); got != "dark,dark" {
		t.Errorf("after a reload the theme and what is kept of it are %s", got)
	}
	b.quiet()
}

func TestPhone(t *testing.T) {
	b := newTab(t, 390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulateScale(2))
	m := rendertest.Contoso()
	b.show(m, pictures(t, m), css(), "#view=l2-shop")
	b.shot("picture")
	if w := eval[int](b, `document.documentElement.scrollWidth`); w > 390 {
		t.Errorf("the page is %d wide on a screen of 390", w)
	}
	b.click(`[data-part="railButton"]`, 1)
	b.until(`document.querySelector('.v-rail').classList.contains('is-open')`)
	b.shot("drawer")
	b.click(`.v-rail .view[data-key="l3-shop-api"]`, 1)
	b.until(`location.hash.includes('l3-shop-api') && !document.querySelector('.v-rail').classList.contains('is-open')`)
	b.click(node(id(t, c4.Component, "web", "")), 1)
	b.until(`document.querySelector('.v-panel.has-selection')`)
	b.has(".v-panel", "ghcr.io/contoso/shop-api:2.31", "exports/subscription.json:219")
	b.still()
	b.until(`document.querySelector('.v-stage .is-selected > .box').getBoundingClientRect().bottom <= document.querySelector('.v-panel').getBoundingClientRect().top`)
	b.shot("sheet")
	b.click(".panel-grow", 1)
	b.shot("sheet-tall")
	b.click(".panel-close", 1)
	b.until(`!document.querySelector('.v-panel.has-selection')`)
	b.leave()
	b.quiet()
}

func TestHostileNamesAreInert(t *testing.T) {
	b := newTab(t, 1440, 900)
	m := rendertest.Hostile()
	b.show(m, pictures(t, m), css(), "")
	b.until(`document.querySelectorAll('.v-stage .node').length > 5`)
	b.shot("picture")
	for _, e := range m.Elements {
		eval[bool](b, `(location.hash = '#' + new URLSearchParams({view: 'l2-hostile', select: `+quoted(e.ID)+`})) && true`)
		b.until(`document.querySelector('.v-panel.has-selection')`)
		eval[bool](b, `[...document.querySelectorAll('.v-panel details')].forEach((d) => { d.open = true; }) || true`)
		want := strings.Join(strings.Fields(e.Name), " ")
		if got := strings.Join(strings.Fields(eval[string](b, `document.querySelector('.v-panel h2').textContent`)), " "); want != "" && got != want {
			t.Errorf("the name %q is shown as %q", want, got)
		}
	}
	b.shot("panel")
	eval[bool](b, `(location.hash = '#page=account') && true`)
	b.until(`document.querySelector('.v-sheet').innerText.includes('The books balance')`)
	b.shot("account")
	b.press("/")
	b.keys("script")
	b.until(`document.querySelectorAll('.v-results li').length > 1`)
	if n := eval[int](b, `document.querySelectorAll('img, iframe, object, embed, a[href]').length`); n != 0 {
		t.Errorf("%d elements came out of names", n)
	}
	if eval[bool](b, `'owned' in window`) {
		t.Error("a name ran as a script")
	}
	b.quiet()
}

func TestNothing(t *testing.T) {
	b := newTab(t, 1280, 800)
	b.show(rendertest.Empty(), nil, css(), "")
	b.has(".v-sheet", "Nothing to draw yet", "c4arch scan", "README.md", "no reader knows this format")
	b.shot("empty")
	b.press("?")
	b.until(`document.querySelector(".v-help").open`)
	b.keys(kb.Escape)
	b.leave()
	b.quiet()
}

func TestViewWithoutAPicture(t *testing.T) {
	b := newTab(t, 1280, 800)
	b.show(rendertest.Contoso(), nil, css(), "#view=l2-shop")
	b.has(".v-stage", "There is no picture of this view here", "ca-shop-api")
	b.click(".v-stage .v-link", 1)
	b.until(`document.querySelector('.v-panel.has-selection')`)
	b.quiet()
}

// TestLarge opens a thousand elements in 300 views with pictures of 20 MB in all.
func TestLarge(t *testing.T) {
	b := newTab(t, 1440, 900)
	m := rendertest.Large(1000, 300)
	all := rendertest.Pictures(m)
	size := 0
	for k, p := range all {
		all[k] = []byte(strings.Replace(string(p), "</svg>", "<desc>"+strings.Repeat("0123456789", 7000)+"</desc></svg>", 1))
		size += len(all[k])
	}
	b.show(m, all, rendertest.CSS, "")
	b.until(`document.querySelectorAll('.v-rail .view').length === 300`)
	took := eval[float64](b, `performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd`)
	t.Logf("%d MB of pictures: ready after %.0f ms", size>>20, took)
	if took > 4000 {
		t.Errorf("the page was ready after %.0f ms", took)
	}
	b.shot("first")
	b.press("/")
	b.keys("service-777")
	b.until(`document.querySelectorAll('.v-results li').length > 0`)
	b.keys(kb.Enter)
	b.until(`document.querySelector('.v-panel h2')?.textContent === 'service-777'`)
	b.quiet()
}

func TestThePictureAlone(t *testing.T) {
	b := contoso(t, 1440, 900, "#view=l2-shop")
	b.keys("f")
	b.until(`getComputedStyle(document.querySelector('.v-rail')).display === 'none'`)
	b.until(`document.querySelector('.v-stage').clientWidth === 1440`)
	b.shot("wide")
	b.click(`[data-part="wideButton"]`, 1)
	b.until(`document.querySelector('.v-stage').clientWidth < 1000`)
	b.quiet()
}

func TestPrint(t *testing.T) {
	b := contoso(t, 1440, 900, "#view=l2-shop")
	pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF())
	b.must(err)
	if len(pdf) < 2000 {
		t.Errorf("a print of %d bytes", len(pdf))
	}
	if n := strings.Count(string(pdf), "/Type /Page\n"); n != 1 {
		t.Errorf("%d pages, want 1", n)
	}
	if *shots != "" {
		b.must(writeShot("print.pdf", pdf))
	}
	b.must(chromedp.Do(b.ctx, call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})))
	b.shot("paper")
	for _, gone := range []string{".v-top", ".v-rail", ".v-panel", ".v-zoom"} {
		if eval[string](b, `getComputedStyle(document.querySelector(`+quoted(gone)+`)).display`) != "none" {
			t.Errorf("%s is printed", gone)
		}
	}
	b.has(".v-main", "Inside Contoso Shop", "collected 2026-03-14T09:26:53Z")
	b.quiet()
}
