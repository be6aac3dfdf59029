//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

const shiftKey = 8

// mouse sends one event of the mouse, with the left button down where held.
func (b *tab) mouse(kind input.DispatchMouseEventType, x, y float64, held bool, modifiers int64) {
	b.t.Helper()
	p := input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Modifiers: modifiers}
	if held {
		p.Button, p.Buttons, p.ClickCount = input.MouseButtonLeft, 1, 1
	}
	b.must(chromedp.Do(b.ctx, call(input.DispatchMouseEvent, p)))
}

// drag pulls from one point to another in a few steps.
func (b *tab) drag(x, y, toX, toY float64, modifiers int64) {
	b.t.Helper()
	b.mouse(input.DispatchMouseEventTypeMouseMoved, x, y, false, modifiers)
	b.mouse(input.DispatchMouseEventTypeMousePressed, x, y, true, modifiers)
	for i := 1.0; i <= 5; i++ {
		b.mouse(input.DispatchMouseEventTypeMouseMoved, x+(toX-x)*i/5, y+(toY-y)*i/5, true, modifiers)
	}
	b.mouse(input.DispatchMouseEventTypeMouseReleased, toX, toY, true, modifiers)
}

func (b *tab) wheel(x, y, by float64) {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx, call(input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: x, Y: y, DeltaX: 0.001, DeltaY: by}))) // a zero would be left out, and both are asked for
}

// fingers puts one or more fingers down, moves or lifts them.
func (b *tab) fingers(kind input.DispatchTouchEventType, points ...[2]float64) {
	b.t.Helper()
	p := input.DispatchTouchEventParams{Type: kind, TouchPoints: []*input.TouchPoint{}}
	for i, at := range points {
		id := float64(i + 1)
		p.TouchPoints = append(p.TouchPoints, &input.TouchPoint{X: at[0], Y: at[1], ID: &id})
	}
	b.must(chromedp.Do(b.ctx, call(input.DispatchTouchEvent, p)))
}

// chord is a key with others held.
func (b *tab) chord(key string, modifiers int64) {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx,
		call(input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Key: key, Modifiers: modifiers}),
		call(input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyUp, Key: key, Modifiers: modifiers})))
}

// at is the middle of what a selector finds, on the screen.
func (b *tab) at(selector string) (x, y float64) {
	b.t.Helper()
	b.until(`document.querySelector(` + quoted(selector) + `)`)
	b.still()
	p := eval[[]float64](b, `(() => { const r = document.querySelector(`+quoted(selector)+`).getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; })()`)
	return p[0], p[1]
}

// still waits until the picture stays where it is: until, for a fifth of a second, no frame shows it elsewhere and nothing runs.
func (b *tab) still() {
	b.t.Helper()
	_, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`new Promise((done) => {
		const begun = performance.now();
		let last = '', since = begun;
		const look = (now) => {
			const at = document.querySelector('.v-canvas').style.transform + document.getAnimations().filter((a) => a.playState === 'running').length;
			if (at !== last) { last = at; since = now; }
			if (now - since > 200 || now - begun > 5000) done(true); else requestAnimationFrame(look);
		};
		requestAnimationFrame(look);
	})`, chromedp.EvalAwaitPromise))
	b.must(err)
}

func (b *tab) transform() string {
	b.t.Helper()
	b.still()
	return eval[string](b, `document.querySelector('.v-canvas').style.transform`)
}

// downloads is a folder into which a page saves files, and word of each that is there.
type downloads struct {
	dir  string
	done chan browser.DownloadProgressState
}

// saves lets the page save files and returns the folder in which they will be.
func (b *tab) saves() downloads {
	b.t.Helper()
	d := downloads{dir: b.t.TempDir(), done: make(chan browser.DownloadProgressState, 100)}
	b.must(chromedp.Listen(b.ctx, func(ev any) {
		if p, ok := ev.(*browser.EventDownloadProgress); ok && p.State != browser.DownloadProgressStateInProgress {
			select {
			case d.done <- p.State:
			default: // nobody asked for a hundred files
			}
		}
	}))
	events := true
	b.must(chromedp.Do(b.ctx, call(browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: d.dir, EventsEnabled: &events,
	})))
	return d
}

// saved waits for a file that the page saves.
func (b *tab) saved(d downloads, pattern string) []byte {
	b.t.Helper()
	for end := time.After(8 * time.Second); ; {
		select {
		case state := <-d.done:
			if state != browser.DownloadProgressStateCompleted {
				b.t.Fatalf("the browser says of a file: %s", state)
			}
			found, err := filepath.Glob(filepath.Join(d.dir, pattern))
			b.must(err)
			if len(found) > 0 {
				data, err := os.ReadFile(found[0])
				b.must(err)
				return data
			}
		case <-end:
			b.t.Fatalf("no file %s was saved", pattern)
		}
	}
}

// feature sets features of the reader's system.
func (b *tab) feature(pairs ...string) {
	b.t.Helper()
	var all []*emulation.MediaFeature
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, &emulation.MediaFeature{Name: pairs[i], Value: pairs[i+1]})
	}
	b.must(chromedp.Do(b.ctx, call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: all})))
}
