package assure

import (
	"testing"

	"c4arch/internal/content/register"
	"c4arch/internal/trust/control"
)

// BenchmarkReport is the register alone: 285 clauses, every check run.
func BenchmarkReport(b *testing.B) {
	reg, err := register.Builtin()
	if err != nil {
		b.Fatal(err)
	}
	c, err := Built(reg, Checks())
	if err != nil {
		b.Fatal(err)
	}
	newest := map[string]control.Run{}
	for _, x := range c.Checks() {
		newest[x.ID] = control.Run{Check: x.ID, Controls: x.Controls, Clauses: x.Clauses, At: at, Outcome: control.Pass}
	}
	b.ReportAllocs()
	for b.Loop() {
		if rep := c.Report(newest, at); len(rep.Clauses) != 285 {
			b.Fatal("clauses are missing")
		}
	}
}
