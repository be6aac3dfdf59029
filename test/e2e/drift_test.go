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
	}
	b.quiet()
}
