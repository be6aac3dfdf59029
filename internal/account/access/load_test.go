package access

import (
	"io/fs"
	"testing"
)

// TestPoliciesLoad: rules that could not be read would deny everything.
func TestPoliciesLoad(t *testing.T) {
	dir, err := fs.Sub(files, "policy")
	if err != nil {
		t.Fatal(err)
	}
	b, err := load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.all) < 20 || len(b.all) != len(book().all) {
		t.Errorf("%d policies", len(b.all))
	}
}
