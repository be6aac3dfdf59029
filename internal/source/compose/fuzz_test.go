package compose

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"c4arch/internal/source/sourcetest"
)

// FuzzFiles: any base, neighbour and .env end in drafts or an error, never in a panic and
// never late; twice the same gives twice the same; no placeholder is left behind.
func FuzzFiles(f *testing.F) {
	seeds, err := filepath.Glob("testdata/shop/*.yaml")
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, s := range seeds {
		b, err := os.ReadFile(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, []byte("services: {web: {image: x, ports: [80]}}"), []byte("A=1"))
	}
	for _, s := range []string{
		"services: {a: {extends: {file: b.yaml, service: a}, ports: ['${P}:1-2'], volumes: ['${V}']}}",
		"include: [b.yaml, {path: [b.yaml], env_file: .env}]\nservices: {a: {image: x, env_file: [.env, {path: q, required: false}]}}",
		"services: {a: {image: x, networks: {n: {ipv4_address: 1}}, build: {args: {A: , B: 1.0}}}}\nnetworks: {n: {external: {name: q}}}",
		"services: {a: {image: x, environment: {A: 1, B: true, C: , D: ${X:?y}}}}\nsecrets: {s: {environment: A}}",
		"services: {a: {cgroup: '${C}', depends_on: {a: {condition: '${D}'}}}}\nconfigs: {c: {content: '${A}$$'}}",
	} {
		f.Add([]byte(s), []byte("services: {a: {image: '${Q}', labels: [x=y], volumes: [./a:/b]}}"), []byte("A='1'\nB=\"${A} $C\"\n#\nexport D\n"))
	}
	f.Add([]byte("services: {a: {image: x}}"), []byte("services: {a: !reset null, b: {image: !override x, ports: !reset []}}"), []byte("COMPOSE_PROJECT_NAME=N\n"))
	f.Fuzz(func(t *testing.T, base, other, env []byte) {
		if len(base) > 1<<14 || len(other) > 1<<14 || len(env) > 1<<14 {
			return
		}
		fsys := files("compose.yaml", string(base), "b.yaml", string(other), ".env", string(env), "compose.override.yaml", string(other))
		in := input(t, fsys, "compose.yaml", "")
		Files().Sniff(in)
		start := time.Now()
		var one, two sourcetest.Sink
		err1 := Files().Read(context.Background(), in, &one)
		if d := time.Since(start); d > 5*time.Second {
			t.Fatalf("took %v", d)
		}
		err2 := Files().Read(context.Background(), in, &two)
		if (err1 == nil) != (err2 == nil) || err1 != nil && err1.Error() != err2.Error() || !reflect.DeepEqual(one, two) {
			t.Fatalf("not the same twice: %v, %v\n%+v\n%+v", err1, err2, one, two)
		}
		for _, d := range one.Drafts {
			if d.Name == "" || !strings.HasPrefix(d.ID, "compose:") || d.Scope == "" || d.Origin.Input == "" {
				t.Fatalf("%+v", d)
			}
			for at, leaf := range d.Props.Leaves() {
				if prefix := newVariables(base).prefix; strings.Contains(leaf.Text+string(at), prefix) {
					t.Fatalf("a placeholder is left at %s of %s", at, d.ID)
				}
			}
		}
	})
}
