//go:build e2e

package serve

import (
	"context"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

var shots = flag.String("shots", "", "a folder for screenshots")

func call[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// TestSetupInABrowser opens the link and goes through with the keyboard alone, in light, dark and on a phone: the code is in no request but the body of one, and
// neither in the address bar nor in a log; the policy of the page lets its own script and style run.
func TestSetupInABrowser(t *testing.T) {
	for _, x := range []struct {
		name, scheme string
		width        int64
	}{{"light", "light", 1100}, {"dark", "dark", 1100}, {"phone", "light", 390}} {
		t.Run(x.name, func(t *testing.T) {
			p, out := parts(t, http.NotFoundHandler())
			p.Setup = completer{"the-code": nil}
			i := start(t, basic(t), p, out)
			ctx := browser(t, x.width, x.scheme)
			var mu sync.Mutex
			var asked []string
			must(t, chromedp.Listen(ctx, func(ev any) {
				if r, ok := ev.(*network.EventRequestWillBeSent); ok {
					mu.Lock()
					defer mu.Unlock()
					asked = append(asked, r.Request.URL)
				}
			}))
			must(t, chromedp.Do(ctx, call(network.Enable, network.EnableParams{})))
			must(t, chromedp.Do(ctx, chromedp.Navigate(SetupLink("http://"+i.Public, "the-code"))))
			until(t, ctx, `document.activeElement.type === 'submit' && location.hash === ''`)
			if !is(t, ctx, `getComputedStyle(document.body).display === 'grid' && document.documentElement.scrollWidth <= innerWidth`) {
				t.Error("no style, or wider than the window")
			}
			shot(t, ctx, x.name+"-ask")
			press(t, ctx, "Enter", "\r")
			until(t, ctx, `document.getElementById('token')?.textContent.startsWith('c4a_') && !document.querySelector('[data-copy=token]').hidden`)
			if !is(t, ctx, `document.documentElement.scrollWidth <= innerWidth`) {
				t.Error("wider than the window")
			}
			shot(t, ctx, x.name+"-done")
			press(t, ctx, "Tab", "")
			press(t, ctx, "Tab", "")
			until(t, ctx, `document.activeElement.dataset.copy === 'token'`)
			press(t, ctx, "Enter", "\r")
			until(t, ctx, `document.getElementById('said').textContent !== ''`)
			must(t, chromedp.Do(ctx, chromedp.Navigate(SetupLink("http://"+i.Public, "the-code"))))
			until(t, ctx, `document.activeElement.type === 'submit'`)
			press(t, ctx, "Enter", "\r")
			until(t, ctx, `document.querySelector('h1').textContent.includes('cannot be used')`)
			shot(t, ctx, x.name+"-spent")
			mu.Lock()
			defer mu.Unlock()
			for _, u := range asked {
				if before, _, _ := strings.Cut(u, "#"); strings.Contains(before, "the-code") || !strings.HasPrefix(u, "http://"+i.Public+"/setup") && !strings.HasPrefix(u, "data:") {
					t.Errorf("asked for %s", u)
				}
			}
			if strings.Contains(out.String(), "the-code") || strings.Contains(out.String(), "TOKEN") {
				t.Error("the code or the token stands in the log")
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func browser(t *testing.T, width int64, scheme string) context.Context {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true))
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	alloc, cancel := chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	must(t, chromedp.Do(ctx, chromedp.EmulateViewport(width, 844)))
	must(t, chromedp.Do(ctx, call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})))
	return ctx
}

func is(t *testing.T, ctx context.Context, js string) bool {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+js+")"))
	must(t, err)
	return v
}

// until waits in the page, frame by frame, for js to be true. A page that goes away meanwhile is asked again: the next one answers.
func until(t *testing.T, ctx context.Context, js string) {
	t.Helper()
	wait := `new Promise((done) => { const ask = (n) => (` + js + `) ? done(true) : n ? setTimeout(ask, 20, n - 1) : done(false); ask(100); })`
	var last error
	for range 5 {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](wait, chromedp.EvalAwaitPromise))
		if err == nil && ok {
			return
		}
		if last = err; ctx.Err() != nil {
			break
		}
	}
	shot(t, ctx, "failed")
	t.Fatalf("never: %s (%v)", js, last)
}

func press(t *testing.T, ctx context.Context, key, text string) {
	t.Helper()
	code := map[string]int64{"Enter": 13, "Tab": 9}[key]
	for _, kind := range []input.DispatchKeyEventType{"keyDown", "keyUp"} {
		params := input.DispatchKeyEventParams{Type: kind, Key: key, Code: key, WindowsVirtualKeyCode: code}
		if kind == "keyDown" {
			params.Text = text
		}
		must(t, chromedp.Do(ctx, call(input.DispatchKeyEvent, params)))
	}
}

func shot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	if *shots == "" {
		return
	}
	b, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	must(t, err)
	must(t, os.WriteFile(filepath.Join(*shots, "setup-"+name+".png"), b, 0o644))
}
