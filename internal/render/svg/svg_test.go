package svg

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var gallery = flag.String("gallery", "", "write pictures of all samples to this folder")

func samples() []*sketch {
	return []*sketch{shop(), tiny(), deployment(), estate(5), estate(20), estate(50), estate(100), star(24), chain(14), alone(1), alone(13), alone(60), bipartite(5, 6), hostile()}
}

func TestGallery(t *testing.T) {
	if *gallery == "" {
		t.Skip("no gallery was written: set -gallery to a folder")
	}
	if err := os.MkdirAll(*gallery, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, s := range samples() {
		m, v := s.model()
		for _, theme := range []string{"light", "dark"} {
			b, err := Render(m, v, Options{Theme: theme})
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(*gallery, v.Key+"-"+theme+".svg"), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
