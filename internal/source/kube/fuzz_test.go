package kube

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"c4arch/internal/source/sourcetest"
)

// FuzzManifests: any text ends in drafts or an error, never in a panic; twice the same
// text gives twice the same; what is emitted has an identity.
func FuzzManifests(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, s := range seeds {
		b, err := os.ReadFile(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, s := range []string{
		`{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}]}{"kind":1}`,
		"apiVersion: v1\nkind: A\nmetadata: &m {name: a, managedFields: [1]}\nx: {<<: *m}\n",
		"{{- if .Values.x }}\napiVersion: v1\nkind: A\n{{ end }}", "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: 7\n",
		"resources: [a]\n", "--- \n--- 1\n", "apiVersion: v1\nkind: PodList\nitems: {a: 1}\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		in := input("x", string(data))
		Manifests().Sniff(in)
		var one, two sourcetest.Sink
		err1 := Manifests().Read(context.Background(), in, &one)
		err2 := Manifests().Read(context.Background(), in, &two)
		if (err1 == nil) != (err2 == nil) || err1 != nil && err1.Error() != err2.Error() || !reflect.DeepEqual(one, two) {
			t.Fatalf("not the same twice: %v, %v", err1, err2)
		}
		for _, d := range one.Drafts {
			if d.Name == "" || !strings.HasPrefix(d.ID, "k8s:-/") || strings.Count(d.ID, "/") < 4 {
				t.Fatalf("identity %q of %q", d.ID, d.Name)
			}
		}
	})
}
