package truth

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// labelFiles are the labels of our own inputs and of the published ones. A folder that has
// moved away must not make the test pass.
func labelFiles(t *testing.T) []string {
	t.Helper()
	own, err := filepath.Glob("testdata/*/expected.yaml")
	if err != nil {
		t.Fatal(err)
	}
	published, err := filepath.Glob("real/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(own) < 2 || len(published) < 20 {
		t.Fatalf("%d and %d labels: some have moved away", len(own), len(published))
	}
	return slices.DeleteFunc(append(own, published...), isCode)
}

// codeFiles are the labels of code.
func codeFiles(t *testing.T) []string {
	t.Helper()
	own, err := filepath.Glob("testdata/code/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	published, err := filepath.Glob("real/arm-*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(own) < 2 || len(published) < 3 {
		t.Fatalf("%d and %d labels of code: some have moved away", len(own), len(published))
	}
	return append(own, published...)
}

func isCode(file string) bool { return strings.HasPrefix(filepath.Base(file), "arm-") }

// TestLabels: every label can be read, and no two have one name.
func TestLabels(t *testing.T) {
	seen := map[string]string{}
	for _, file := range append(labelFiles(t), codeFiles(t)...) {
		l := load(t, file)
		if other := seen[l.Name]; other != "" || l.Name == "" || l.About == "" || len(l.Inputs) == 0 {
			t.Errorf("%s: a label needs a name of its own (%s), a text about it and inputs", file, other)
		}
		seen[l.Name] = file
	}
}
