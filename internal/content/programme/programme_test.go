package programme

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/content/register"
)

// Every runbook of the documentation has an owner, under the title that it has there.
func TestRunbooksAreListed(t *testing.T) {
	items, err := Items()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../../docs/runbooks/*.md")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d runbooks, %v", len(files), err)
	}
	listed := 0
	for _, x := range items {
		if x.Domain == "runbook" {
			listed++
		}
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".md")
		if name == "README" {
			listed++
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		title, _, _ := strings.Cut(strings.TrimPrefix(string(text), "# "), "\n")
		if !slices.Contains(items, Item{"runbook", name, title}) {
			t.Errorf("items.csv does not have runbook,%s,%s", name, title)
		}
	}
	if listed != len(files) {
		t.Errorf("items.csv lists %d runbooks, and there are %d files", listed, len(files))
	}
}

// A risk to begin with names controls that exist, and what remains is not more than what was there.
func TestRisks(t *testing.T) {
	reg, err := register.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	risks, err := Risks()
	if err != nil || len(risks) < 5 {
		t.Fatalf("%d risks, %v", len(risks), err)
	}
	for _, r := range risks {
		if r.RemainingLikelihood > r.Likelihood || r.RemainingImpact > r.Impact || r.RemainingLikelihood*r.RemainingImpact == r.Likelihood*r.Impact || len(r.Controls) == 0 {
			t.Errorf("%s: controls reduce nothing", r.Name)
		}
		for _, c := range r.Controls {
			if !slices.ContainsFunc(reg.Controls, func(x register.Control) bool { return x.ID == c }) {
				t.Errorf("%s: there is no control %s", r.Name, c)
			}
		}
	}
}
