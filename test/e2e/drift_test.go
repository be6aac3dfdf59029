//go:build e2e

package e2e

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"c4arch/internal/render/driftpage"
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

func TestDriftLooks(t *testing.T) {
	b := newTab(t, 1400, 900)
	at := b.showDrift(driftSample(t), "")
	for _, dark := range []bool{false, true} {
		b.dark(dark)
		name := map[bool]string{false: "light", true: "dark"}[dark]
		for _, hash := range []string{"", "mode=compare", "mode=history&at=2", "list=coverage", "list=unknown"} {
			b.leave()
			b.open(at + "#" + hash)
			b.shot(name + "-" + hash)
		}
		b.leave()
		b.open(at)
		b.click(`.finding.is-critical .finding-head`, 1)
		b.shot(name + "-finding")
		for range 4 {
			b.press("+")
		}
		b.shot(name + "-near")
		b.press("2")
		b.press("f")
		b.shot(name + "-compare-wide")
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
