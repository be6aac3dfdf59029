//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/svg"
)

// pictures draws every view as a scan does.
func pictures(t *testing.T, m *c4.Model) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for i := range m.Views {
		f, err := figure.Draw(m, &m.Views[i], figure.Options{})
		if err != nil {
			t.Fatal(err)
		}
		out[m.Views[i].Key] = svg.Render(f, svg.Options{Embedded: true})
	}
	return out
}

func css() string { return svg.CSS }

func writeShot(name string, data []byte) error {
	return os.WriteFile(filepath.Join(*shots, name), data, 0o644)
}
