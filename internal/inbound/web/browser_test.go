//go:build e2e

package web

import (
	"context"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var shots = flag.String("shots", "", "a folder for screenshots")

func call2[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestPagesInABrowser shows every page in light, dark and on phones. None is wider than its window, none has a text that is cut off or a control that is too small, and the
// browser has nothing to say: no script is refused, no style is missing.
func TestPagesInABrowser(t *testing.T) {
	w := &world{fresh: true}
	s := site(t, w)
	s.Origin = ""
	server := httptest.NewServer(s)
	defer server.Close()
	base := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	for _, x := range []struct {
		name, scheme string
		width        int64
	}{{"light", "light", 1280}, {"dark", "dark", 1280}, {"phone", "light", 390}, {"small", "dark", 320}} {
		t.Run(x.name, func(t *testing.T) {
			ctx, said := browser(t, x.width, x.scheme)
			for _, p := range everyPage {
				name, _, _ := strings.Cut(strings.Trim(strings.ReplaceAll(p.path, "/", "-"), "-"), "?")
				cookie, value, _ := strings.Cut(p.cookie, "=")
				must(t, chromedp.Do(ctx, call2(network.ClearBrowserCookies, cdp.Empty{})))
				if cookie != "" {
					must(t, chromedp.Do(ctx, call2(network.SetCookie, network.SetCookieParams{Name: cookie, Value: value, URL: base, Path: "/", Secure: new(true), HTTPOnly: new(true)})))
				}
				must(t, chromedp.Do(ctx, chromedp.Navigate(base+p.path)))
				for _, menu := range []bool{false, true} {
					if menu {
						is(t, ctx, `document.querySelectorAll('details').forEach((d, i) => { d.open = !d.matches('.menu') }) || true`)
					}
					if !is(t, ctx, `document.documentElement.scrollWidth <= innerWidth`) {
						t.Errorf("%s: wider than the window, by %s", p.path, str(t, ctx, `[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + '.' + e.className).slice(0, 5).join(' ')`))
					}
					if small := str(t, ctx, `[...document.querySelectorAll('button, .button, input:not([type=hidden]), select, summary')].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 20).map(e => e.outerHTML.slice(0, 80)).join(' ')`); small != "" {
						t.Errorf("%s: too small: %s", p.path, small)
					}
					shot(t, ctx, x.name+"-"+name+map[bool]string{true: "-open"}[menu])
				}
				if !is(t, ctx, `['flex', 'grid'].includes(getComputedStyle(document.body).display)`) {
					t.Errorf("%s has no style", p.path)
				}
			}
			for _, line := range said() {
				t.Errorf("the browser says: %s", line)
			}
		})
	}
}

func browser(t *testing.T, width int64, scheme string) (context.Context, func() []string) {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true))
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	t.Cleanup(cancel)
	alloc, cancel := chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	must(t, chromedp.Do(ctx, chromedp.EmulateViewport(width, 844)))
	must(t, chromedp.Do(ctx, call2(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})))
	var mu sync.Mutex
	var lines []string
	must(t, chromedp.Listen(ctx, func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := ev.(type) {
		case *log.EventEntryAdded:
			lines = append(lines, e.Entry.Text)
		case *runtime.EventExceptionThrown:
			lines = append(lines, e.ExceptionDetails.Text)
		}
	}))
	must(t, chromedp.Do(ctx, call2(log.Enable, cdp.Empty{})))
	must(t, chromedp.Do(ctx, call2(runtime.Enable, cdp.Empty{})))
	must(t, chromedp.Do(ctx, call2(network.Enable, network.EnableParams{})))
	return ctx, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return lines
	}
}

func is(t *testing.T, ctx context.Context, js string) bool {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+js+")"))
	must(t, err)
	return v
}

func str(t *testing.T, ctx context.Context, js string) string {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[string]("String("+js+")"))
	must(t, err)
	return v
}

func shot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	if *shots == "" {
		return
	}
	b, err := chromedp.Run(ctx, chromedp.FullScreenshot(90))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(*shots, name+".png"), b, 0o644))
}
