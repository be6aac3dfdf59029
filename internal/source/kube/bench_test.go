package kube

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"c4arch/internal/source/sourcetest"
)

func manifests(n int) string {
	var b strings.Builder
	for i := range n / 2 {
		fmt.Fprintf(&b, `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: svc-%[1]d, namespace: ns-%[2]d, labels: {app: svc-%[1]d}}
spec:
  replicas: 2
  selector: {matchLabels: {app: svc-%[1]d}}
  template:
    metadata: {labels: {app: svc-%[1]d}}
    spec:
      containers:
      - name: main
        image: registry.contoso.example/shop/svc-%[1]d:1.0.%[1]d
        ports: [{containerPort: 8080}]
        env:
        - {name: NEXT_URL, value: "http://svc-%[3]d:8080"}
        - {name: DB_HOST, value: orders-db}
        resources: {limits: {cpu: 500m, memory: 256Mi}}
---
apiVersion: v1
kind: Service
metadata: {name: svc-%[1]d, namespace: ns-%[2]d}
spec: {selector: {app: svc-%[1]d}, ports: [{port: 8080}]}
`, i, i%10, i+1)
	}
	return b.String()
}

func BenchmarkManifests1000(b *testing.B) {
	in := input("m.yaml", manifests(1000))
	b.SetBytes(int64(len(in.Data)))
	b.ReportAllocs()
	for b.Loop() {
		var out sourcetest.Counter
		if err := Manifests().Read(context.Background(), in, &out); err != nil || out.Drafts != 1000 {
			b.Fatalf("%d objects: %v", out.Drafts, err)
		}
	}
}
