package truth

import (
	"path/filepath"
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
	return append(own, published...)
}

// TestLabels: every label can be read, and no two have one name.
func TestLabels(t *testing.T) {
	seen := map[string]string{}
	for _, file := range labelFiles(t) {
		l := load(t, file)
		if other := seen[l.Name]; other != "" || l.Name == "" || l.About == "" || len(l.Inputs) == 0 {
			t.Errorf("%s: a label needs a name of its own (%s), a text about it and inputs", file, other)
		}
		seen[l.Name] = file
	}
}
