//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"net/url"
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

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/page"
)

var shots = flag.String("shots", "", "a folder for screenshots")

// tab is one browser with one tab, and all that it said and asked for.
type tab struct {
	t   testing.TB
	ctx context.Context

	mu       sync.Mutex
	console  []string
	requests []string
}

func newTab(t testing.TB, width, height int64, more ...chromedp.EmulateViewportOption) *tab {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("hide-scrollbars", true),
	)
	deadline, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	alloc, cancel := chromedp.NewExecAllocator(deadline, opts...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx}
	b.must(chromedp.Do(ctx, chromedp.EmulateViewport(width, height, more...)))
	b.listen()
	return b
}

func (b *tab) listen() {
	b.must(chromedp.Listen(b.ctx, func(ev any) {
		if r, ok := ev.(*network.EventRequestWillBeSent); ok {
			b.mu.Lock()
			b.requests = append(b.requests, r.Request.URL)
			b.mu.Unlock()
		}
	}))
	b.must(chromedp.Do(b.ctx, call(network.Enable, network.EnableParams{})))
	messages := chromedp.Console(b.ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			b.mu.Lock()
			b.console = append(b.console, string(m.Type)+": "+m.Text)
			b.mu.Unlock()
		}
	}()
}

// call makes an action of a protocol command whose result does not matter.
func call[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

func (b *tab) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// show renders m into a file and opens it; it returns the file's address.
func (b *tab) show(m *c4.Model, pictures map[string][]byte, css, hash string) string {
	b.t.Helper()
	var buf bytes.Buffer
	b.must(page.Render(&buf, m, pictures, css))
	file := filepath.Join(b.t.TempDir(), "index.html")
	b.must(os.WriteFile(file, buf.Bytes(), 0o644))
	at := (&url.URL{Scheme: "file", Path: file}).String()
	b.open(at + hash)
	return at
}

func (b *tab) open(at string) {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.Navigate(at)))
	b.until(`document.documentElement.dataset.ready === 'true'`)
}

func eval[T any](b *tab, js string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](js))
	if err != nil {
		b.t.Fatalf("%s: %v", js, err)
	}
	return v
}

// until waits for js to be true, for as long as a loaded machine may need.
func (b *tab) until(js string) {
	b.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if eval[bool](b, "Boolean("+js+")") {
			return
		}
		if time.Now().After(end) {
			b.shot("failed")
			b.t.Fatalf("never true: %s\nthe page is at %s, and said %v", js, eval[string](b, "location.hash"), b.said())
		}
	}
}

// click presses the mouse in the middle of what a selector finds.
func (b *tab) click(selector string, times int) {
	b.t.Helper()
	b.until(`document.querySelector(` + quoted(selector) + `)`)
	time.Sleep(250 * time.Millisecond) // what glides is still afterwards
	at := eval[[]float64](b, `(() => { const e = document.querySelector(`+quoted(selector)+`); if (!e.closest('.v-stage')) e.scrollIntoView({block: 'nearest'});
		const r = e.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; })()`)
	for n := 1; n <= times; n++ {
		b.must(chromedp.Do(b.ctx, chromedp.MouseClickXY(at[0], at[1], chromedp.ClickCount(n))))
	}
}

func (b *tab) keys(keys string) {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.KeyEvent(keys)))
}

// press is a key as a person presses it: unlike keys, no character follows when the page has taken the key for itself.
func (b *tab) press(key string) {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx,
		call(input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Text: key}),
		call(input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyUp, Key: key})))
}

func (b *tab) text(selector string) string {
	b.t.Helper()
	return eval[string](b, `(document.querySelector(`+quoted(selector)+`) || {}).innerText || ''`)
}

// has fails if what a selector finds does not come to say all the words.
func (b *tab) has(selector string, words ...string) {
	b.t.Helper()
	for end := time.Now().Add(2 * time.Second); ; time.Sleep(30 * time.Millisecond) {
		text, missing := b.text(selector), ""
		for _, w := range words {
			if !strings.Contains(text, w) {
				missing = w
			}
		}
		if missing == "" {
			return
		}
		if time.Now().After(end) {
			b.t.Errorf("%s does not say %q:\n%s", selector, missing, text)
			return
		}
	}
}

func (b *tab) dark(on bool) {
	value := "light"
	if on {
		value = "dark"
	}
	b.must(chromedp.Do(b.ctx, call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}},
	})))
}

func (b *tab) shot(name string) {
	b.t.Helper()
	if *shots == "" {
		return
	}
	time.Sleep(350 * time.Millisecond)
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	b.must(err)
	b.must(os.MkdirAll(*shots, 0o755))
	b.must(os.WriteFile(filepath.Join(*shots, strings.ReplaceAll(b.t.Name(), "/", "-")+"-"+name+".png"), png, 0o644))
}

func (b *tab) said() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string{}, b.console...)
}

// quiet fails if the page complained or asked for anything but itself.
func (b *tab) quiet() {
	b.t.Helper()
	time.Sleep(100 * time.Millisecond)
	for _, s := range b.said() {
		b.t.Errorf("the console has %s", s)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.requests {
		if !strings.HasPrefix(r, "file:") && r != "about:blank" && !strings.HasPrefix(r, "data:") {
			b.t.Errorf("the page asked for %s", r)
		}
	}
	if len(b.requests) == 0 {
		b.t.Error("no request was seen at all, not even for the page: the listener does not work")
	}
}

// quoted returns s as a JavaScript string.
func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// leave goes to an empty page, so that the next address is a new visit and not a change of its end.
func (b *tab) leave() {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.Navigate("about:blank")))
}
