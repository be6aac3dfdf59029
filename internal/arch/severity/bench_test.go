package severity_test

import (
	"testing"

	"c4arch/internal/arch/severity"
)

func BenchmarkBuiltin(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := severity.Builtin(); err != nil {
			b.Fatal(err)
		}
	}
}
