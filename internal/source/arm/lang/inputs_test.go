package lang

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"c4arch/internal/source/sourcetest"
)

// texts returns the JSON strings of a file, decoded. It does not mind line breaks inside of them, which Resource Manager takes and
// JSON does not.
func texts(data string) []string {
	var all []string
	for i := 0; i < len(data); i++ {
		if data[i] != '"' {
			continue
		}
		end := i + 1
		for end < len(data) && data[end] != '"' {
			if data[end] == '\\' {
				end++
			}
			end++
		}
		if end < len(data) {
			if text, err := unquote(data[i+1 : end]); err == nil {
				all = append(all, text)
			}
		}
		i = end
	}
	return all
}

// TestInputs: each expression of real templates parses, calls functions that exist, and evaluates.
func TestInputs(t *testing.T) {
	root := sourcetest.Inputs(t)
	files, err := filepath.Glob(filepath.Join(root, "arm", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, text := range texts(string(data)) {
			if !IsExpression(text) {
				continue
			}
			n++
			e, err := Parse(text)
			if err != nil {
				t.Errorf("%s: %s: %v", filepath.Base(file), text, err)
				continue
			}
			b := NewBudget(1_000_000, 64<<20)
			e.Eval(newWorld(), b)
			for _, f := range b.Faults() {
				if strings.Contains(f.Message, "there is no function") {
					t.Errorf("%s: %s: %s", filepath.Base(file), text, f.Message)
				}
			}
		}
		if n == 0 {
			t.Errorf("%s has no expression", filepath.Base(file))
		}
		t.Logf("%s: %d expressions", filepath.Base(file), n)
	}
}
