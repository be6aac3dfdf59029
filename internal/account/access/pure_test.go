package access

import (
	"go/token"
	"strings"
	"testing"
)

// TestNothingExperimental: what Cedar calls experimental has no promise of compatibility. It serves the tests here, never a decision.
func TestNothingExperimental(t *testing.T) {
	n := 0
	for _, f := range sources(t, token.NewFileSet()) {
		for _, imp := range f.Imports {
			n++
			if strings.Contains(imp.Path.Value, "/x/exp/") {
				t.Errorf("%s is imported", imp.Path.Value)
			}
		}
	}
	if n < 10 {
		t.Errorf("%d imports", n)
	}
}

// BenchmarkLoad is what the first decision of a process costs: the policies are read, and asked about every role.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := load(policyFiles()); err != nil {
			b.Fatal(err)
		}
	}
}
