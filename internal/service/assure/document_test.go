package assure

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"c4arch/internal/content/register"
	"c4arch/test/golden"
)

func TestDocument(t *testing.T) {
	reg, err := register.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	text, err := Document(reg, Checks())
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "../../../../docs/controls.md", text)
}

// A check without a test that saw it fail proves nothing: every test that a binding names is there.
func TestMutationsAreTests(t *testing.T) {
	there := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err := filepath.WalkDir("../../../internal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range declared.FindAllSubmatch(text, -1) {
			there[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`\bTest[A-Z]\w*`)
	for _, c := range Checks() {
		names := named.FindAllString(c.Mutation, -1)
		if len(names) == 0 {
			t.Errorf("check %s names no test", c.ID)
		}
		for _, n := range names {
			if !there[n] {
				t.Errorf("check %s names %s, and there is no such test", c.ID, n)
			}
		}
	}
}
