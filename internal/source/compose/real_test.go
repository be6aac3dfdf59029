package compose

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"c4arch/internal/source/sourcetest"
)

// TestRealInputs reads published Compose files. The numbers were counted with another
// YAML parser: services, entries of environment, depends_on, ports; then networks (with
// the implied one), volumes and secrets.
func TestRealInputs(t *testing.T) {
	root := os.Getenv("C4ARCH_INPUTS")
	if root == "" {
		t.Skip("C4ARCH_INPUTS is not set: the published Compose files were not read")
	}
	type counts struct{ services, env, depends, ports, networks, volumes, secrets int }
	want := map[string]counts{
		"aks-store-demo__docker-compose.yml":                   {10, 29, 9, 9, 1, 0, 0},
		"awesome-compose__aspnet-mssql__compose.yaml":          {2, 2, 0, 1, 1, 0, 0},
		"awesome-compose__nginx-golang-postgres__compose.yaml": {3, 2, 2, 1, 1, 1, 1},
		"awesome-compose__traefik-golang__compose.yaml":        {2, 0, 1, 1, 1, 0, 0},
		"example-voting-app__docker-compose.yml":               {6, 2, 5, 3, 2, 1, 0},
		"opentelemetry-demo__compose.yaml":                     {20, 196, 46, 23, 1, 0, 0},
	}
	dir := filepath.Join(root, "compose")
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) < len(want) {
		t.Fatalf("%d files: %v", len(entries), err)
	}
	for _, e := range entries {
		c := read(t, os.DirFS(dir), e.Name(), "")
		var got counts
		for _, d := range c.Drafts {
			switch d.Type {
			case "compose/service":
				got.services++
				got.env += len(d.Props.Get("environment").Fields())
				got.depends += len(d.Props.Get("depends_on").Fields())
				got.ports += len(d.Props.Get("ports").List())
			case "compose/network":
				got.networks++
			case "compose/volume":
				got.volumes++
			case "compose/secret":
				got.secrets++
			}
			for at, leaf := range d.Props.Leaves() {
				if leaf.Line < 1 {
					t.Errorf("%s %s has no line", d.ID, at)
				}
			}
		}
		if got != want[e.Name()] {
			t.Errorf("%s: %+v, want %+v", e.Name(), got, want[e.Name()])
		}
		if e.Name() == "opentelemetry-demo__compose.yaml" {
			compareVariables(t, filepath.Join(dir, e.Name()), c)
		} else if len(c.Missing) != 0 {
			t.Errorf("%s: not read: %+v", e.Name(), c.Missing)
		}
	}
}

// compareVariables finds the variables of a file in another way: by the letters.
func compareVariables(t *testing.T, file string, c *sourcetest.Sink) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)\$\{([A-Z0-9_]+)\}|^      - ([A-Z0-9_]+)$`).FindAllStringSubmatch(string(data), -1) {
		names[m[1]+m[2]] = true
	}
	for _, n := range c.Missing {
		if !names[n.Thing] || n.Line < 1 {
			t.Errorf("not in the file: %+v", n)
		}
		delete(names, n.Thing)
	}
	if len(names) != 0 || len(c.Missing) < 50 {
		t.Errorf("%d not read; missing are %v", len(c.Missing), names)
	}
}
