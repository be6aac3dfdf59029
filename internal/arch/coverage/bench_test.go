package coverage

import (
	"fmt"
	"testing"
)

// BenchmarkOf: 20,000 resources, half of them code; a tenth of each side is not on the other.
func BenchmarkOf(b *testing.B) {
	e := newEstate(b)
	for i := range 10_000 {
		e.azure(fmt.Sprintf("%sMicrosoft.Cache/redis/c%d", group, i), `"properties":{"minimumTlsVersion":"1.2"}`)
		e.template(fmt.Sprintf("%sMicrosoft.Cache/redis/c%d", open, i+1000), `{"properties":{"minimumTlsVersion":"1.2"}}`)
	}
	s := e.snapshot()
	b.ReportAllocs()
	for b.Loop() {
		c, _, err := Of(b.Context(), s)
		if err != nil || c.Counts[LiveOnly] != 1000 || c.Counts[DeclaredOnly] != 1000 {
			b.Fatal(err, c.Counts)
		}
	}
}
