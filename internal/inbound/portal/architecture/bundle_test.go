package architecture

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"c4arch/internal/render/viewer"
)

// The viewer and what mounts it join, each module of ours is part of it, and node reads the whole as a module.
func TestBundle(t *testing.T) {
	joined, err := viewer.Join(both{below(own, "script"), viewer.Files()}, "architecture.js")
	if err != nil {
		t.Fatal(err)
	}
	b := bundle()
	var names []string
	err = fs.WalkDir(b, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil || strings.Join(names, " ") != "architecture.css architecture.js compare.js" && strings.Join(names, " ") != "architecture.css architecture.js" {
		t.Fatalf("%q, %v", names, err)
	}
	for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "https:"} {
		if strings.Contains(joined, bad) {
			t.Errorf("a module has %s", bad)
		}
	}
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("node is not installed, and the script must be checked")
		}
		t.Skip("node is not installed: the script was not checked")
	}
	file := filepath.Join(t.TempDir(), "architecture.mjs")
	if err := os.WriteFile(file, []byte(joined), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), node, "--check", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestStamped: the picture of the example says so by itself, over everything else; what is no picture is left as it is.
func TestStamped(t *testing.T) {
	got := string(stamped([]byte(`<svg><g/></svg>` + "\n")))
	if want := `<svg><g/>` + stamp + `</svg>` + "\n"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := string(stamped([]byte("plain"))); got != "plain" {
		t.Errorf("%q", got)
	}
}
