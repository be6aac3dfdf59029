package viewer_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"c4arch/internal/render/viewer"
)

func TestEveryModuleIsReached(t *testing.T) {
	joined, err := viewer.Script("page.js")
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(viewer.Files(), "*.js")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d modules, %v", len(names), err)
	}
	for _, name := range names {
		source, err := fs.ReadFile(viewer.Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := strings.Cut(strings.TrimPrefix(string(source), "// @ts-check\n"), "\n")
		if name != "types.js" && !strings.Contains(joined, head) {
			t.Errorf("%s is no part of the script of a page", name)
		}
		if !bytes.HasPrefix(source, []byte("// @ts-check\n")) {
			t.Errorf("%s is not checked for types", name)
		}
	}
	if found := regexp.MustCompile(`(?m)^(import|export)\b.*$`).FindString(joined); found != "" {
		t.Errorf("the script has %q", found)
	}
}

// TestScriptIsStrictAndPrivate runs the syntax check of node on the joined script in the way in which a page wraps it.
func TestScriptIsStrictAndPrivate(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("node is not installed, and the joined script must be checked")
		}
		t.Skip("node is not installed: the joined script was not checked")
	}
	for _, entry := range []string{"page.js", "mount.js"} {
		joined, err := viewer.Script(entry)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), entry)
		if err := os.WriteFile(file, []byte("(() => {\n\"use strict\";\n"+joined+"})();"), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(node, "--check", file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", entry, err, out)
		}
	}
}

func TestJoinOrdersByImports(t *testing.T) {
	got, err := viewer.Join(fstest.MapFS{
		"a.js": {Data: []byte("import { b, c } from './b.js';\nimport { d } from './d.js';\nexport function a() { return b + c + d; }\n")},
		"b.js": {Data: []byte("import { d } from './d.js';\nexport const b = d;\nconst inner = 2;\nexport const c = inner;\n")},
		"d.js": {Data: []byte("export const d = 1;")},
	}, "a.js")
	if err != nil {
		t.Fatal(err)
	}
	if want := "const d = 1;\nconst b = d;\nconst inner = 2;\nconst c = inner;\nfunction a() { return b + c + d; }\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestJoinRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		says  string
	}{
		"a clash of names":       {map[string]string{"a.js": "import { b } from './b.js';\nconst same = 1;\n", "b.js": "const same = 2;\nexport const b = same;\n"}, `both declare "same"`},
		"a circle":               {map[string]string{"a.js": "import { b } from './b.js';\nexport const a = 1;\n", "b.js": "import { a } from './a.js';\nexport const b = 1;\n"}, "by a detour"},
		"a missing module":       {map[string]string{"a.js": "import { b } from './b.js';\n"}, "module b.js"},
		"a missing export":       {map[string]string{"a.js": "import { c } from './b.js';\n", "b.js": "export const b = 1;\nconst c = 2;\n"}, "does not export it"},
		"another name":           {map[string]string{"a.js": "import { b as c } from './b.js';\n", "b.js": "export const b = 1;\n"}, "does not export it"},
		"a default":              {map[string]string{"a.js": "export default 1;\n"}, "cannot be joined"},
		"a module from afar":     {map[string]string{"a.js": "import { b } from 'somewhere';\n"}, "cannot be joined"},
		"a name space":           {map[string]string{"a.js": "import * as b from './b.js';\n", "b.js": "export const b = 1;\n"}, "cannot be joined"},
		"a list of exports":      {map[string]string{"a.js": "const b = 1;\nexport { b };\n"}, "cannot be joined"},
		"names taken apart":      {map[string]string{"a.js": "const { b, c } = {};\n"}, "does not see"},
		"two names at once":      {map[string]string{"a.js": "const b = 1, c = 2;\n"}, "does not see"},
		"a clash with an import": {map[string]string{"a.js": "import { b } from './b.js';\nfunction b() {}\n", "b.js": "export const b = 1;\n"}, `both declare "b"`},
	} {
		files := fstest.MapFS{}
		for n, text := range c.files {
			files[n] = &fstest.MapFile{Data: []byte(text)}
		}
		if got, err := viewer.Join(files, "a.js"); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s gives %q, %v; want an error with %q", name, got, err, c.says)
		}
	}
}

func FuzzJoin(f *testing.F) {
	for _, s := range []string{"", "import { a } from './a.js';\n", "export const x = 1;\n", "export {};\n", "import './b.js'", "\x00export function f() {}\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := viewer.Join(fstest.MapFS{"a.js": {Data: []byte(s)}}, "a.js")
		if err == nil && regexp.MustCompile(`(?m)^(?:import|export)\b`).MatchString(got) {
			t.Errorf("%q leaves %q", s, got)
		}
	})
}

// TestStylesStayInside: a host that embeds the viewer keeps its own looks.
func TestStylesStayInside(t *testing.T) {
	css := viewer.CSS()
	if strings.Count(css, "{") != strings.Count(css, "}") || !strings.HasPrefix(css, ".c4v {\n") {
		t.Error("the style sheet is not one block")
	}
	depth := 0
	for _, line := range strings.Split(css, "\n") {
		if depth == 0 && strings.Contains(line, "{") && !strings.HasPrefix(line, ".c4v") && !strings.HasPrefix(line, "@media print") {
			t.Errorf("%q holds outside of the viewer", line)
		}
		depth += strings.Count(line, "{") - strings.Count(line, "}")
	}
	names, err := filepath.Glob("style/*.css")
	if err != nil || len(names) < 7 {
		t.Fatalf("%d sheets, %v", len(names), err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if head, _, _ := strings.Cut(string(b), "\n"); !strings.Contains(css, head) {
			t.Errorf("%s is no part of the style sheet", name)
		}
	}
}

// TestNothingIsLoadedOrRun: the modules hold none of the ways by which text becomes markup or code, and no address.
func TestNothingIsLoadedOrRun(t *testing.T) {
	joined, err := viewer.Script("page.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "fetch(", "XMLHttpRequest", "WebSocket", "importScripts", "https:"} {
		if strings.Contains(joined, bad) {
			t.Errorf("a module has %s", bad)
		}
	}
	if strings.Contains(viewer.CSS(), "url(") || strings.Contains(viewer.CSS(), "@import") {
		t.Error("the style sheet loads something")
	}
}
