package compose

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"c4arch/internal/source/sourcetest"
)

func services(n int) string {
	var b strings.Builder
	b.WriteString("services:\n")
	for i := range n {
		fmt.Fprintf(&b, `  svc-%[1]d:
    image: registry.contoso.example/shop/svc-%[1]d:${TAG}
    ports: ["${PORT_%[1]d}:8080"]
    environment:
      - NEXT_URL=http://svc-%[2]d:8080
      - DB_HOST=orders-db
      - LEVEL
    depends_on: [svc-%[2]d]
    networks: [shop]
`, i, (i+1)%n)
	}
	b.WriteString("networks: {shop: {}}\n")
	return b.String()
}

func BenchmarkFiles100(b *testing.B)  { bench(b, 100) }
func BenchmarkFiles1000(b *testing.B) { bench(b, 1000) }

func bench(b *testing.B, n int) {
	in := input(b, nil, "-", services(n))
	b.SetBytes(int64(len(in.Data)))
	b.ReportAllocs()
	for b.Loop() {
		var out sourcetest.Counter
		if err := Files().Read(context.Background(), in, &out); err != nil || out.Drafts != n+1 {
			b.Fatalf("%d resources: %v", out.Drafts, err)
		}
	}
}
