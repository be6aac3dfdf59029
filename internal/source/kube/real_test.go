package kube

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/source/sourcetest"
)

// TestRealInputs reads published manifests; the numbers were counted in the files with
// grep, by the lines that begin with "kind:".
func TestRealInputs(t *testing.T) {
	root := os.Getenv("C4ARCH_INPUTS")
	if root == "" {
		t.Skip("C4ARCH_INPUTS is not set: the published manifests were not read")
	}
	want := map[string]string{
		"aks-store-demo__aks-store-all-in-one.yaml":              "ConfigMap=1 Secret=2 Service=7 apps/Deployment=7 apps/StatefulSet=2",
		"microservices-demo__release__kubernetes-manifests.yaml": "Service=12 ServiceAccount=11 apps/Deployment=12",
		"microservices-demo__release__istio-manifests.yaml":      "gateway.networking.k8s.io/Gateway=1 gateway.networking.k8s.io/HTTPRoute=1 networking.istio.io/ServiceEntry=2 networking.istio.io/VirtualService=1",
		"example-voting-app__k8s-specifications":                 "Service=4 apps/Deployment=5",
	}
	got := map[string]map[string]int{}
	files, err := filepath.Glob(filepath.Join(root, "kubernetes", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no manifests below %s: %v", root, err)
	}
	for _, f := range files {
		paths := []string{f}
		if more, _ := filepath.Glob(filepath.Join(f, "*")); len(more) > 0 {
			paths = more
		}
		for _, p := range paths {
			data, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			in := input(filepath.Base(p), string(data))
			if !Manifests().Sniff(in) {
				t.Errorf("%s is not claimed", p)
			}
			var c sourcetest.Sink
			if err := Manifests().Read(context.Background(), in, &c); err != nil {
				t.Errorf("%s: %v", p, err)
			}
			for _, n := range c.Missing {
				t.Errorf("%s: not read: %+v", p, n)
			}
			counts := got[filepath.Base(f)]
			if counts == nil {
				counts = map[string]int{}
				got[filepath.Base(f)] = counts
			}
			for _, d := range c.Drafts {
				counts[d.Type]++
				if d.Origin.Line == 0 {
					t.Errorf("%s: no line", d.ID)
				}
			}
		}
	}
	for name, counts := range got {
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(counts)) {
			parts = append(parts, fmt.Sprintf("%s=%d", k, counts[k]))
		}
		if s := strings.Join(parts, " "); s != want[name] {
			t.Errorf("%s: %s, want %s", name, s, want[name])
		}
	}
}
