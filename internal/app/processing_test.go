package app

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"testing"

	"c4arch/internal/trust/ledger"
	values "c4arch/internal/trust/processing"
)

// TestEveryKindHasAPurpose fails when a kind of job or of entry is new and nobody has said what it is for.
func TestEveryKindHasAPurpose(t *testing.T) {
	files, err := filepath.Glob("../service/task/*.go")
	if err != nil {
		t.Fatal(err)
	}
	kinds := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		kinds += jobsWithPurpose(t, file)
	}
	if kinds < 10 {
		t.Errorf("only %d kinds of jobs were found", kinds)
	}
	for kind := range ledger.Kinds() {
		if _, known := values.OfEntry(kind); !known {
			t.Errorf("the entry %s has no purpose: add a line to internal/trust/processing/activities.csv", kind)
		}
	}
}

// jobsWithPurpose counts the kinds of jobs that a file declares, and fails for one without a purpose.
func jobsWithPurpose(t *testing.T, file *ast.File) (kinds int) {
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for _, v := range spec.Values {
			if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				kind, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				kinds++
				if _, known := values.OfJob(kind); !known {
					t.Errorf("the job %s has no purpose: add a line to internal/trust/processing/activities.csv", kind)
				}
			}
		}
		return true
	})
	return kinds
}
