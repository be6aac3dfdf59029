package severity_test

import (
	"testing"

	"c4arch/internal/arch/severity"
)

// TestBuiltinExamples is the test of the table that comes with the program: each rule judges its examples as it says.
func TestBuiltinExamples(t *testing.T) {
	table, err := severity.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if len(table.Rules()) == 0 {
		t.Fatal("the table is empty")
	}
	for _, err := range table.CheckExamples(t.Context()) {
		t.Error(err)
	}
}
