package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/fold"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/svg"
)

// The pictures in docs are those of the example, as it is now. The flag -docs writes them anew, for a person to look at.
var writeDocs = flag.Bool("docs", false, "write the pictures in docs/example anew")

const (
	example  = "../../examples/contoso"
	pictures = "../../docs/example"
)

// shown are the views of the example that docs shows.
var shown = []string{"landscape", "containers-online-shop-67d08d", "deployment-production", "components-storefront-326975"}

func TestPicturesInDocs(t *testing.T) {
	m, err := scan(t.Context(), example)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i := range m.Views {
		v := &m.Views[i]
		if !slices.Contains(shown, v.Key) {
			continue
		}
		f, err := figure.Draw(m, fold.View(m, v, fold.Options{}), figure.Options{})
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(pictures, v.Key+".svg")
		names = append(names, filepath.Base(name))
		got := svg.Render(f, svg.Options{})
		if *writeDocs {
			if err := os.MkdirAll(pictures, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the example gives now: look at it and run go test ./test/gallery -docs", name)
		}
	}
	entries, err := os.ReadDir(pictures)
	if err != nil {
		t.Fatal(err)
	}
	var there []string
	for _, e := range entries {
		there = append(there, e.Name())
	}
	slices.Sort(names)
	if len(names) != len(shown) || !slices.Equal(names, there) {
		t.Errorf("docs has %v, the example has %v", there, names)
	}
}

// TestRun makes a small gallery, and another in its place; it leaves a directory that is no gallery alone.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "gallery")
	empty := filepath.Join(dir, "empty.json")
	if err := os.WriteFile(empty, []byte(`{"a": 1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := run(t.Context(), out, 2, []string{"../../examples/kustomize", empty}); err != nil {
			t.Fatal(err)
		}
	}
	index, err := os.ReadFile(filepath.Join(out, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"examples-kustomize/landscape.light.svg", "landscape.print.png", " crossings", " bends", "Nothing to draw: "} {
		if !strings.Contains(string(index), want) {
			t.Errorf("the index has no %q", want)
		}
	}
	for _, theme := range themes {
		for _, ending := range []string{".svg", ".png"} {
			name := filepath.Join(out, "examples-kustomize", "landscape."+string(theme)+ending)
			if info, err := os.Stat(name); err != nil || info.Size() < 500 {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if err := run(t.Context(), dir, 1, []string{empty}); err == nil {
		t.Error("a directory of others is replaced")
	}
	if _, err := os.Stat(empty); err != nil {
		t.Error(err)
	}
	if err := run(t.Context(), out, 1, nil); err == nil {
		t.Error("nothing to draw is no error")
	}
	if err := run(t.Context(), out, 1, []string{filepath.Join(dir, "nowhere")}); err == nil {
		t.Error("what is not there is no error")
	}
}
