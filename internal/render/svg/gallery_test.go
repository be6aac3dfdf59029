package svg

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/rendertest"
)

var (
	gallery = flag.String("gallery", "", "write pictures of all samples to this folder")
	models  = flag.String("models", "", "with -gallery: a folder of model.json files to draw too")
)

// TestGallery draws every sample in every theme: to look at, where a folder is named, and otherwise to see that all can be drawn.
func TestGallery(t *testing.T) {
	to := *gallery
	if to == "" {
		to = t.TempDir()
	}
	all := append(rendertest.Sketches(), rendertest.Contoso(), rendertest.Hostile())
	for _, m := range all {
		writeViews(t, m, to)
	}
	files, err := filepath.Glob(filepath.Join(*models, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		m, err := c4.Decode(data)
		if err != nil {
			t.Fatal(f, err)
		}
		writeViews(t, m, filepath.Join(to, strings.TrimSuffix(filepath.Base(f), ".json")))
	}
}

func writeViews(t *testing.T, m *c4.Model, folder string) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range m.Views {
		f := draw(t, m, &m.Views[i], figure.Options{})
		marked := draw(t, m, &m.Views[i], figure.Options{Marks: rendertest.EveryMark(&m.Views[i])})
		for _, theme := range figure.Themes {
			name := filepath.Join(folder, m.Views[i].Key+"-"+string(theme)+".svg")
			if err := os.WriteFile(name, Render(f, Options{Theme: theme}), 0o644); err != nil {
				t.Fatal(err)
			}
			name = filepath.Join(folder, m.Views[i].Key+"-marked-"+string(theme)+".svg")
			if err := os.WriteFile(name, Render(marked, Options{Theme: theme}), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func draw(t testing.TB, m *c4.Model, v *c4.View, o figure.Options) *figure.Figure {
	t.Helper()
	f, err := figure.Draw(m, v, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
