package kustomize

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

func tree1(t testing.TB, text string) *tree.Value {
	t.Helper()
	docs, err := tree.ParseYAML([]byte(text), tree.Limits{})
	if err != nil || len(docs) != 1 {
		t.Fatal(err)
	}
	return &docs[0]
}

// build builds what stands under the pairs of name and text; the first is the kustomization.
func build(ctx context.Context, pairs ...string) (*Built, error) {
	fsys := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return Build(ctx, Source{FS: fsys, Path: pairs[0], Data: []byte(pairs[1]), Name: func(p string) string { return p }})
}

func configMap(name string) string {
	return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\ndata: {a: b}\n"
}

// TestTextsComeBack: what YAML escapes, folds or does not allow passes through the library unharmed.
func TestTextsComeBack(t *testing.T) {
	texts := []string{
		"", "a", "true", "1e3", "null", "~", "yes", "- a", "a: b", "#", "'", `"`, `\`, "\\u0041", "a\nb", "a\n", "\n\na", " a ", "a\tb", "\ta", "a \nb",
		"\u0001", "\u007f", "\u0080", "\u0085", "\u00a0", "\u2028x", "\u2029", "\ufeff", "\ufffe", "\U0001f600", "größe", "{{ x }}", "$(A)", strings.Repeat("long ", 400),
	}
	v := tree.Value{Kind: tree.Object}
	for i, text := range texts {
		v.Set(fmt.Sprintf("k%d", i), tree.Str(text))
	}
	object := tree.Value{Kind: tree.Object}
	object.Set("apiVersion", tree.Str("v1"))
	object.Set("kind", tree.Str("ConfigMap"))
	object.Set("metadata", *tree1(t, "{name: a}"))
	object.Set("data", v)
	b, err := build(t.Context(), "kustomization.yaml", "resources: [a.json]\n", "a.json", string(appendJSON(nil, &object)))
	if err != nil || len(b.Objects) != 1 {
		t.Fatalf("%+v, %v", b, err)
	}
	for i, want := range texts {
		if got := b.Objects[0].Value.Get("data").Get(fmt.Sprintf("k%d", i)); got == nil || got.Text != want || got.Kind != tree.String {
			t.Errorf("%q came back as %+v", want, got)
		}
	}
}

func TestLimits(t *testing.T) {
	many := func(n int, line string) string { return strings.Repeat(line, n) }
	chain := func(n int) []string {
		var pairs []string
		for i := range n {
			pairs = append(pairs, fmt.Sprintf("d%d/kustomization.yaml", i), fmt.Sprintf("resources: [../d%d]\n", i+1))
		}
		return append(pairs, fmt.Sprintf("d%d/kustomization.yaml", n), "namespace: x\n")
	}
	// Each level uses the next one twice, under two names.
	doubling := func(n int) []string {
		pairs := []string{"d0/kustomization.yaml", "resources: [a, b]\n"}
		for i := range n {
			for _, x := range []string{"a", "b"} {
				pairs = append(pairs, fmt.Sprintf("d%d/%s/kustomization.yaml", i, x), fmt.Sprintf("namePrefix: %s\nresources: [../../d%d]\n", x, i+1))
			}
			pairs = append(pairs, fmt.Sprintf("d%d/kustomization.yaml", i+1), "resources: [a, b]\n")
		}
		return append(pairs, fmt.Sprintf("d%d/a/kustomization.yaml", n), "namespace: x\n", fmt.Sprintf("d%d/b/kustomization.yaml", n), "namespace: x\n")
	}
	objects := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString("---\n" + configMap(fmt.Sprintf("c%d", i)))
		}
		return b.String()
	}
	copies := "[" + strings.TrimSuffix(many(40, `{"op": "copy", "from": "/data", "path": "/data/x"},`), ",") + "]"
	grow := "- source: {kind: ConfigMap, fieldPath: data}\n  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.x], options: {create: true}}]\n"
	megabyte := many(1<<20, "x")
	for name, c := range map[string]struct {
		pairs []string
		says  string
	}{
		"deep":          {chain(60), "more than 30 deep"},
		"doubling":      {doubling(10), "are used more than 1000 times"},
		"files":         {[]string{"kustomization.yaml", "configMapGenerator:\n- name: a\n  files:\n" + many(11_000, "  - k=a.txt\n"), "a.txt", "x"}, "more than 10000 files"},
		"bytes":         {[]string{"kustomization.yaml", "configMapGenerator:\n- name: a\n  files:\n" + many(100, "  - k=a.txt\n"), "a.txt", megabyte}, "more than 64 MiB"},
		"objects":       {[]string{"kustomization.yaml", "resources: [a.yaml]\n", "a.yaml", objects(3001)}, "more than 3000 objects"},
		"looks":         {[]string{"kustomization.yaml", "resources: [a.yaml]\nimages:\n" + many(2000, "- {name: a, newTag: b}\n"), "a.yaml", objects(2000)}, "too many patches"},
		"json copies":   {[]string{"kustomization.yaml", "resources: [a.yaml]\npatches: [{path: p.json, target: {kind: ConfigMap}}]\n", "a.yaml", configMap("a"), "p.json", copies}, "512 MiB"},
		"replacements":  {[]string{"kustomization.yaml", "resources: [a.yaml]\nreplacements:\n" + many(40, grow), "a.yaml", configMap("a")}, "512 MiB"},
		"patch of all":  {[]string{"kustomization.yaml", "resources: [a.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: |-\n    apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: a, annotations: {a: '" + megabyte + "'}}\n", "a.yaml", objects(600)}, "512 MiB"},
		"labels of all": {[]string{"kustomization.yaml", "resources: [a.yaml]\ncommonAnnotations: {a: '" + megabyte + "'}\n", "a.yaml", objects(600)}, "512 MiB"},
	} {
		start := time.Now()
		_, err := build(t.Context(), c.pairs...)
		if err == nil || !strings.Contains(err.Error(), c.says) || fault.KindOf(err) != fault.Limited {
			t.Errorf("%s: %v, which does not say %q", name, err, c.says)
		}
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("%s took %s", name, d)
		}
	}
}

func TestAliasBombs(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for i := 'b'; i < 'k'; i++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", i, i, strings.TrimSuffix(strings.Repeat("*"+string(i-1)+",", 10), ","))
	}
	if _, err := build(t.Context(), "kustomization.yaml", bomb); err == nil || !strings.Contains(err.Error(), "aliases expand") {
		t.Errorf("as a kustomization: %v", err)
	}
	b, err := build(t.Context(), "kustomization.yaml", "resources: [a.yaml, b.yaml]\npatches: [{path: b.yaml}]\n", "a.yaml", configMap("a"), "b.yaml", configMap("b")+bomb)
	if err != nil || len(b.Objects) != 1 || len(b.NotRead) != 2 || !strings.Contains(b.NotRead[0].Reason, "aliases expand") {
		t.Errorf("as a resource: %+v, %v", b, err)
	}
}

// TestOwnSchema: a kustomization's OpenAPI schema does not outlive it, even one that the library breaks down on.
func TestOwnSchema(t *testing.T) {
	pod := "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: x, image: y}]}\n"
	patch := "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: z, image: y}]}\n"
	containers := func() int {
		b, err := build(t.Context(), "kustomization.yaml", "resources: [a.yaml]\npatches: [{path: p.yaml}]\n", "a.yaml", pod, "p.yaml", patch)
		if err != nil || len(b.Objects) != 1 {
			t.Fatalf("%+v, %v", b, err)
		}
		return len(b.Objects[0].Value.Get("spec").Get("containers").List())
	}
	if n := containers(); n != 2 {
		t.Fatalf("lists are not merged by name: %d", n)
	}
	for _, schema := range []string{`{"definitions": {}}`, `{"definitions": {"a": {"x-kubernetes-group-version-kind": [{"group": 1}]}}}`, `{"definitions": 7}`} {
		b, err := build(t.Context(), "kustomization.yaml", "resources: [a.yaml]\npatches: [{path: p.yaml}]\nopenapi: {path: s.json}\n", "a.yaml", pod, "p.yaml", patch, "s.json", schema)
		if err == nil && len(b.Objects[0].Value.Get("spec").Get("containers").List()) != 1 {
			t.Errorf("%s is not used", schema)
		}
		if n := containers(); n != 2 {
			t.Errorf("%s stays: %d", schema, n)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := build(ctx, "kustomization.yaml", "resources: [a.yaml]\n", "a.yaml", configMap("a")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	<-ctx.Done()
	turn <- struct{}{} // the library is busy
	s := newStage(ctx, Source{FS: fstest.MapFS{}, Path: "kustomization.yaml", Name: func(p string) string { return p }})
	_, err := s.once(&layer{s: s, entry: "k0"})
	<-turn
	if fault.KindOf(err) != fault.Limited || !strings.Contains(err.Error(), "in time") {
		t.Errorf("out of time: %v", err)
	}
}

// TestManyAtOnce: the library has one schema for all; with -race this shows that we let one at a time use it.
func TestManyAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			schema := "{}"
			if i%2 == 0 {
				schema = "{version: v1.21.2}"
			}
			b, err := build(t.Context(), "kustomization.yaml", "resources: [a.yaml]\nnamePrefix: p-\nopenapi: "+schema+"\n", "a.yaml", configMap("a"))
			if err != nil && !strings.Contains(err.Error(), "kustomize refuses") || err == nil && len(b.Objects) != 1 {
				t.Errorf("%+v, %v", b, err)
			}
		})
	}
	wg.Wait()
}

func TestLinks(t *testing.T) {
	dir := t.TempDir()
	outside := t.TempDir()
	for name, text := range map[string]string{
		dir + "/kustomization.yaml": "resources: [in.yaml, out.yaml, dir, ring.yaml]\n", dir + "/real.yaml": configMap("a"),
		outside + "/out.yaml": configMap("out"), outside + "/kustomization.yaml": "resources: [out.yaml]\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for from, to := range map[string]string{"in.yaml": "real.yaml", "out.yaml": outside + "/out.yaml", "dir": outside, "ring.yaml": "ring.yaml"} {
		if err := os.Symlink(to, dir+"/"+from); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	data, _ := fs.ReadFile(root.FS(), "kustomization.yaml")
	b, err := Build(t.Context(), Source{FS: root.FS(), Path: "kustomization.yaml", Data: data, Name: func(p string) string { return p }})
	if err != nil || len(b.Objects) != 1 || b.Objects[0].File != "in.yaml" || len(b.NotRead) != 3 {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestPublicNames(t *testing.T) {
	for entry, want := range map[string]string{
		"https://user:pw@host.example/a/b?ref=x&token=y": "https://host.example/a/b", "git::https://t0ken@host.example/a.git": "git::https://host.example/a.git",
		"git@github.com:org/repo": "git@github.com:org/repo", "bob@host.example:org/repo.git?ref=v1": "host.example:org/repo.git",
		"github.com/org/repo?ref=main": "github.com/org/repo", "ssh://git@host.example/x": "ssh://git@host.example/x", "../base": "../base",
		"a\x1b[31m.yaml": "a[31m.yaml", "what?": "what?", "base@2/x": "base@2/x",
	} {
		if got := public(entry); got != want {
			t.Errorf("%q is shown as %q, want %q", entry, got, want)
		}
	}
	for entry, want := range map[string]bool{"./base": false, "base@v2": false, "a@b/c": false, "a@b/c/d": true, "a@b:c.git": true, "../github.com/x": false, "GitHub.com/x/y": true, "x.git": false, "http://a": true} {
		if got := isRemote(entry); got != want {
			t.Errorf("%q is remote: %v", entry, got)
		}
	}
}

// TestVarsBound: a var that is written often and long is refused, and one of another part of the tree is not taken.
func TestVarsBound(t *testing.T) {
	vars := "vars:\n- name: X\n  objref: {kind: ConfigMap, name: long, apiVersion: v1}\n  fieldref: {fieldpath: data.a}\n"
	pod := "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, args: ['" + strings.Repeat("$(X)", 1000) + "']}]}\n"
	long := strings.ReplaceAll(configMap("long"), "a: b", "a: "+strings.Repeat("x", 1<<20))
	_, err := build(t.Context(), "kustomization.yaml", "resources: [a.yaml, p.yaml]\n"+vars, "a.yaml", long, "p.yaml", pod)
	if fault.KindOf(err) != fault.Limited || !strings.Contains(err.Error(), "vars would make") {
		t.Errorf("a long var: %v", err)
	}
	b, err := build(t.Context(), "kustomization.yaml", "resources: [a, b]\n", "a/kustomization.yaml", vars+"resources: [p.yaml]\n", "a/p.yaml", pod,
		"b/kustomization.yaml", "resources: [a.yaml]\n", "b/a.yaml", configMap("long"))
	if err != nil || len(b.NotRead) != 1 || b.NotRead[0].Thing != "X" || b.NotRead[0].Input != "a/kustomization.yaml" || b.NotRead[0].Line != 2 {
		t.Errorf("a var of what the layer does not have: %+v, %v", b, err)
	}
}
