package kube

import (
	"io/fs"
	"path"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/source/sourcetest"
)

// FuzzKustomizations: any kustomization with any file and any patch ends in drafts or an error, never in a panic
// and never late; twice the same gives twice the same; each line that is told is in the file.
func FuzzKustomizations(f *testing.F) {
	n := 0
	err := fs.WalkDir(fixtures(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(p) == ".bin" {
			return err
		}
		data, err := fs.ReadFile(fixtures(), p)
		if n++; strings.HasPrefix(strings.ToLower(path.Base(p)), "kustomization") {
			f.Add(string(data), service, "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: NodePort}\n")
		} else {
			f.Add("resources: [a.yaml]\npatches: [{path: p.yaml}]\nnamePrefix: x-\n", string(data), service)
		}
		return err
	})
	if err != nil || n < 20 {
		f.Fatalf("%d seeds: %v", n, err)
	}
	for _, s := range []string{
		"resources: [a.yaml, b]\ncomponents: [c]\nnamespace: x\nnameSuffix: -y\n", "resources: [b, ./a.yaml, ../x, 'http://u:p@h/x?ref=y']\n", "kind: Component\n",
		"resources: [a.yaml]\npatchesStrategicMerge: [p.yaml]\npatchesJson6902: [{target: {kind: Service, version: v1, name: web}, path: p.yaml}]\n",
		"configMapGenerator: [{name: a, files: [k=a.txt, a.yaml], envs: [a.txt], literals: [x=y]}]\nsecretGenerator: [{name: b, env: a.txt}]\n",
		"resources: [a.yaml]\nreplacements: [{source: {kind: Service}, targets: [{select: {kind: Service}, fieldPaths: [spec.x.y, 'metadata.labels.[a=b]'], options: {create: true}}]}]\n",
		"resources: [a.yaml]\ntransformers: [\"apiVersion: builtin\\nkind: LabelTransformer\\nmetadata: {name: x}\\nlabels: {a: b}\\nfieldSpecs: [{path: spec/a, create: true}]\"]\n",
		"resources: [a.yaml]\nopenapi: {path: p.yaml}\ncrds: [p.yaml]\nconfigurations: [p.yaml]\n", "[]", "resources:\n- &a a.yaml\n- *a\n",
	} {
		f.Add(s, service, `[{"op": "add", "path": "/spec/x", "value": 1}]`)
	}
	f.Fuzz(func(t *testing.T, kustomization, resource, patch string) {
		if len(kustomization)+len(resource)+len(patch) > 1<<14 {
			return
		}
		fsys := fstest.MapFS{}
		for name, text := range map[string]string{
			"kustomization.yaml": kustomization, "a.yaml": resource, "p.yaml": patch, "a.txt": "A=b\nC\n#\n",
			"b/kustomization.yaml": "resources: [s.yaml]\n", "b/s.yaml": strings.ReplaceAll(service, "web", "base"), "c/kustomization.yaml": "kind: Component\nnamePrefix: c-\n",
		} {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
		in := sourcetest.File(t, fsys, "kustomization.yaml")
		Kustomizations().Sniff(in)
		var one, two sourcetest.Sink
		start := time.Now()
		err1 := Kustomizations().Read(t.Context(), in, &one)
		if d := time.Since(start); d > 30*time.Second {
			t.Errorf("it took %s", d)
		}
		err2 := Kustomizations().Read(t.Context(), in, &two)
		if (err1 == nil) != (err2 == nil) || err1 != nil && err1.Error() != err2.Error() || !reflect.DeepEqual(one, two) {
			t.Fatalf("not the same twice: %v, %v\n%+v\n%+v", err1, err2, one, two)
		}
		for _, d := range one.Drafts {
			file := fsys[d.Origin.Input]
			if d.Name == "" || !strings.HasPrefix(d.ID, "k8s:-/") || d.Side != evidence.Declared || file == nil {
				t.Fatalf("%q of %q from %q is %s", d.ID, d.Name, d.Origin.Input, d.Side)
			}
			last := int32(1 + strings.Count(string(file.Data), "\n") + strings.Count(string(file.Data), "\r"))
			for at, leaf := range d.Props.Leaves() {
				if leaf.Line < 0 || leaf.Line > last && !strings.ContainsAny(string(file.Data), "\u0085\u2028\u2029") {
					t.Fatalf("%s of %s is on line %d of %d", at, d.ID, leaf.Line, last)
				}
			}
		}
		for _, n := range one.Missing {
			if n.Reason == "" || n.Help == "" || n.Input == "" {
				t.Fatalf("not read: %+v", n)
			}
		}
	})
}
