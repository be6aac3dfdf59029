package exception

import (
	"fmt"
	"testing"
)

// BenchmarkMatch asks a set of many exceptions, a tenth of which are patterns, about one finding.
func BenchmarkMatch(b *testing.B) {
	var entries []string
	for i := range 1000 {
		scope := fmt.Sprintf("%s%d", nsg, i)
		if i%10 == 0 {
			scope = fmt.Sprintf(`"*/rg-%d/*"`, i)
		}
		entries = append(entries, one(map[string]string{"id": fmt.Sprintf("e%d", i), "scope": scope}))
	}
	s := parse(b, file(append(entries, one(nil))...))
	f := sshFinding()
	b.ReportAllocs()
	for b.Loop() {
		if _, state := s.Match(f, today); state != Active {
			b.Fatal(state)
		}
	}
}
