package files

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
)

// plant writes files below a new directory; a name that ends in "/" is a directory.
func plant(t *testing.T, tree map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range tree {
		p := filepath.Join(root, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(p), 0o755))
		if strings.HasSuffix(name, "/") {
			must(t, os.MkdirAll(p, 0o755))
			continue
		}
		must(t, os.WriteFile(p, []byte(text), 0o644))
	}
	return root
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// scan reads everything; names come back relative to the root.
func scan(t *testing.T, lim Limits, root string, paths ...string) (names []string, notRead map[string]string, ins []evidence.Input) {
	t.Helper()
	s, err := Open(paths, nil, lim)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	notRead = map[string]string{}
	short := func(n string) string {
		return strings.TrimPrefix(strings.TrimPrefix(n, filepath.ToSlash(root)), "/")
	}
	for f, err := range s.All() {
		must(t, err)
		if f.NotRead != nil {
			notRead[short(f.NotRead.Input)] = f.NotRead.Reason
			if f.NotRead.Kind == "" || f.NotRead.Reason == "" {
				t.Errorf("incomplete: %+v", *f.NotRead)
			}
			continue
		}
		names = append(names, short(f.Input.Name))
		ins = append(ins, f.Input)
	}
	return names, notRead, ins
}

func wantNames(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("inputs\n got %q\nwant %q", got, want)
	}
}

func wantReason(t *testing.T, notRead map[string]string, name, part string) {
	t.Helper()
	if r, ok := notRead[name]; !ok || !strings.Contains(r, part) {
		t.Errorf("%s: not read for %q, want %q; all: %q", name, r, part, notRead)
	}
}

func TestWalkFindsByContent(t *testing.T) {
	root := plant(t, map[string]string{
		"b/state":                    `{"version": 4}`,
		"b/no-ending":                "# a comment\n\napiVersion: v1\nkind: Service\n",
		"a.json":                     `{"a": 1}`,
		"z.yaml":                     "{{ .Values.x }}\n",
		"notes":                      "Dear all,\nplease read this.\n",
		"tool.go":                    "{",
		"picture.png":                "{",
		"binary":                     "{\x00\x01",
		"latin1":                     "{\"a\": \"\xe9\"}",
		".git/config.json":           `{}`,
		".terraform/x.json":          `{}`,
		"b/node_modules/p/x.json":    `{}`,
		"b/.terragrunt-cache/x.json": `{}`,
		"arch/model.json":            `{"format": "c4arch-model", "version": "1"}`,
		"arch/snapshot.json":         `{"format": "c4arch-snapshot", "version": "1"}`,
		"empty.json":                 "",
		"empty.yaml":                 "",
		"nul.json":                   "{\"a\":\n \"\x00\"}",
	})
	names, notRead, ins := scan(t, Limits{}, root, root)
	wantNames(t, names, "a.json", "b/no-ending", "b/state", "z.yaml")
	wantReason(t, notRead, "empty.json", "empty")
	wantReason(t, notRead, "nul.json", "NUL")
	if len(notRead) != 2 {
		t.Errorf("not read: %q", notRead)
	}
	if in := ins[2]; in.Path != "b/state" || in.Explicit || in.Outline.Keys["version"] != "4" {
		t.Errorf("input: %+v", in)
	}
	if data, err := fs.ReadFile(ins[2].FS, "a.json"); err != nil || string(data) != `{"a": 1}` {
		t.Errorf("neighbour: %s, %v", data, err)
	}
}

func TestOrderDoesNotDependOnTheArguments(t *testing.T) {
	root := plant(t, map[string]string{"b/1.json": `{}`, "a/2.json": `{}`, "a/1.json": `{}`, "c.json": `{}`})
	a, b, c := filepath.Join(root, "a"), filepath.Join(root, "b"), filepath.Join(root, "c.json")
	first, _, _ := scan(t, Limits{}, root, a, b, c)
	wantNames(t, first, "a/1.json", "a/2.json", "b/1.json", "c.json")
	second, _, _ := scan(t, Limits{}, root, c, b, a, a)
	wantNames(t, second, first...)
}

func TestAFileNamedTwiceIsReadOnce(t *testing.T) {
	root := plant(t, map[string]string{"a/1.json": `{}`, "a/2.json": `{}`})
	must(t, os.Symlink("1.json", filepath.Join(root, "a", "link.json")))
	names, _, ins := scan(t, Limits{}, root, root, filepath.Join(root, "a"), filepath.Join(root, "a", "link.json"))
	wantNames(t, names, "a/2.json", "a/link.json")
	if !ins[1].Explicit {
		t.Error("a named file is not explicit")
	}
}

func TestExplicitIsHandedOutWhateverItIs(t *testing.T) {
	root := plant(t, map[string]string{"x.txt": "hello", "arch/model.json": `{"format":"c4arch-model"}`, "empty": " \n", ".gitignore": "*"})
	names, notRead, _ := scan(t, Limits{}, root, filepath.Join(root, "x.txt"),
		filepath.Join(root, "arch", "model.json"), filepath.Join(root, "empty"))
	wantNames(t, names, "x.txt")
	wantReason(t, notRead, "arch/model.json", "output of c4arch")
	wantReason(t, notRead, "empty", "empty")
}

func TestGitignore(t *testing.T) {
	root := plant(t, map[string]string{
		".gitignore":          "# build\n/out/\n*.secret.json\n!keep.secret.json\n\nterraform.tfstate\r\ndocs/**/*.yaml\n",
		"out/a.json":          `{}`,
		"sub/out/a.json":      `{}`,
		"a.secret.json":       `{}`,
		"sub/a.secret.json":   `{}`,
		"keep.secret.json":    `{}`,
		"terraform.tfstate":   `{}`,
		"docs/a/b.yaml":       "a: 1\n",
		"sub/.gitignore":      "/local.json\n!a.secret.json\n",
		"sub/local.json":      `{}`,
		"sub/deep/local.json": `{}`,
		"local.json":          `{}`,
	})
	names, notRead, _ := scan(t, Limits{}, root, root)
	wantNames(t, names, "keep.secret.json", "local.json", "sub/a.secret.json", "sub/deep/local.json", "sub/out/a.json")
	wantReason(t, notRead, "terraform.tfstate", ".gitignore leaves out")
	named, _, _ := scan(t, Limits{}, root, filepath.Join(root, "terraform.tfstate"))
	wantNames(t, named, "terraform.tfstate")
}

func TestCodeIsOneInputPerDirectory(t *testing.T) {
	root := plant(t, map[string]string{
		"infra/main.tf": "x", "infra/vars.tf": "x", "infra/more.tf.json": "{}", "infra/prod.tfvars": "a = 1\n", "infra/mod/m.tofu": "x",
		"infra/main.bicep": "x", "chart/Chart.yaml": "name: shop\n", "chart/templates/a.yaml": "kind: {{ x }}\n",
		"chart/crds/c.yaml": "kind: CustomResourceDefinition\n",
		"p.json":            `{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"}`,
	})
	names, notRead, _ := scan(t, Limits{}, root, root)
	wantNames(t, names, "chart/Chart.yaml", "chart/crds/c.yaml", "infra", "infra/main.bicep", "infra/mod", "p.json")
	wantReason(t, notRead, "chart/Chart.yaml", "Helm chart")
	if len(notRead) != 1 {
		t.Errorf("not read: %q", notRead)
	}

	// A module is one input however it is named; the root that reaches furthest is kept. Values go with each input.
	at := func(p string) string { return filepath.Join(root, p) }
	s, err := Open([]string{at("infra/main.tf"), at("infra/vars.tf"), at("infra/prod.tfvars"), at("p.json"), root}, nil, Limits{})
	must(t, err)
	defer s.Close()
	found := 0
	for f := range s.All() {
		if !f.Input.Dir || !strings.HasSuffix(f.Input.Name, "infra") {
			continue
		}
		found++
		if in := f.Input; in.Path != "infra" || !in.Explicit || !slices.Equal(in.Files, []string{"main.tf", "more.tf.json", "vars.tf"}) {
			t.Errorf("%+v", in)
		}
		if v := f.Input.Values; len(v) != 2 || string(v[0].Data) != "a = 1\n" || v[1].Path != "p.json" {
			t.Errorf("values %+v", v)
		}
	}
	if found != 1 {
		t.Errorf("the module is %d inputs", found)
	}
	if _, err := Open([]string{at("infra/prod.tfvars")}, nil, Limits{}); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "no code was given") {
		t.Errorf("values alone: %v", err)
	}
}

func TestOverlays(t *testing.T) {
	root := plant(t, map[string]string{
		"a/c4arch.yaml": "name: A\n", "a/s.json": `{}`, "a/deep/c4arch.yaml": "name: deep\n",
		"b/c4arch.yaml": "name: B\n", "b/s.json": `{}`,
	})
	s, err := Open([]string{filepath.Join(root, "b", "s.json"), filepath.Join(root, "a")}, nil, Limits{})
	must(t, err)
	defer s.Close()
	var got []string
	for _, o := range s.Overlays() {
		got = append(got, strings.TrimPrefix(o.Name, filepath.ToSlash(root))+" "+string(o.Data))
	}
	if want := []string{"/a/c4arch.yaml name: A\n", "/b/c4arch.yaml name: B\n"}; !slices.Equal(got, want) {
		t.Errorf("overlays %q, want %q", got, want)
	}
	names, notRead, _ := scan(t, Limits{}, root, filepath.Join(root, "a"))
	wantNames(t, names, "a/s.json")
	wantReason(t, notRead, "a/deep/c4arch.yaml", "not used")
	named, err := Open([]string{filepath.Join(root, "b", "c4arch.yaml"), filepath.Join(root, "b")}, nil, Limits{})
	must(t, err)
	defer named.Close()
	if len(named.Overlays()) != 1 {
		t.Errorf("an overlay that is named and found is handed out %d times", len(named.Overlays()))
	}
}

func TestStandardInput(t *testing.T) {
	read := func(r io.Reader, lim Limits) Found {
		s, err := Open([]string{"-"}, r, lim)
		must(t, err)
		defer s.Close()
		for f := range s.All() {
			return f
		}
		t.Fatal("nothing found")
		return Found{}
	}
	f := read(strings.NewReader("\xff\xfe{\x00}\x00"), Limits{})
	if f.NotRead != nil || string(f.Input.Data) != "{}" || f.Input.Name != "-" || !f.Input.Explicit || f.Input.FS != nil {
		t.Errorf("UTF-16 on standard input: %+v", f)
	}
	if f := read(strings.NewReader(""), Limits{}); f.NotRead == nil || !strings.Contains(f.NotRead.Reason, "empty") {
		t.Errorf("empty standard input: %+v", f)
	}
	if f := read(strings.NewReader(strings.Repeat("x", 3<<20)), Limits{FileSize: 2 << 20}); f.NotRead == nil || !strings.Contains(f.NotRead.Reason, "2 MiB") {
		t.Errorf("endless standard input: %+v", f.NotRead)
	}
	if f := read(iotest.ErrReader(io.ErrClosedPipe), Limits{}); f.NotRead == nil {
		t.Error("a broken standard input is read")
	}
	if _, err := Open([]string{"-"}, nil, Limits{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no standard input: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	root := plant(t, map[string]string{"a/1": "", "a/2": "", "a/3": ""})
	if _, err := Open([]string{filepath.Join(root, "none")}, nil, Limits{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a missing path: %v", err)
	}
	if _, err := Open([]string{""}, nil, Limits{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an empty path: %v", err)
	}
	if _, err := Open([]string{root}, nil, Limits{Files: 3}); fault.KindOf(err) != fault.Limited {
		t.Errorf("too many files: %v", err)
	}
	if s, err := Open([]string{root}, nil, Limits{Files: 4}); err != nil {
		t.Errorf("just enough files: %v", err)
	} else if s.Len() != 3 {
		t.Errorf("Len is %d", s.Len())
	}
}

func TestLimits(t *testing.T) {
	deep := strings.Repeat("d/", 12)
	root := plant(t, map[string]string{"big.json": `{"a":"` + strings.Repeat("x", 1<<20) + `"}`, deep + "x.json": `{}`, "ok.json": `{}`})
	names, notRead, _ := scan(t, Limits{FileSize: 1 << 20, Depth: 10}, root, root)
	wantNames(t, names, "ok.json")
	wantReason(t, notRead, "big.json", "1 MiB")
	wantReason(t, notRead, strings.TrimSuffix(strings.Repeat("d/", 11), "/"), "deep")
}

// growing is a file that is written to while it is read.
type growing struct {
	fs.File
	stats int
}

type laterInfo struct {
	fs.FileInfo
	at time.Time
}

func (l laterInfo) ModTime() time.Time { return l.at }

func (g *growing) Stat() (fs.FileInfo, error) {
	info, err := g.File.Stat()
	if g.stats++; g.stats > 1 && err == nil {
		return laterInfo{info, info.ModTime().Add(time.Second)}, nil
	}
	return info, err
}

func TestAFileThatChangesIsNotRead(t *testing.T) {
	root := plant(t, map[string]string{"a.json": `{"a": 1}`})
	open := func() *os.File {
		f, err := os.Open(filepath.Join(root, "a.json"))
		must(t, err)
		t.Cleanup(func() { f.Close() })
		return f
	}
	if _, why := document(&growing{File: open()}, item{path: "a.json"}, 1<<20); why == nil || !strings.Contains(why.reason, "changed") {
		t.Errorf("a new time: %+v", why)
	}
	if data, why := document(open(), item{path: "a.json"}, 1<<20); why != nil || string(data) != `{"a": 1}` {
		t.Errorf("unchanged: %q %+v", data, why)
	}
	f := open()
	if _, why := document(&shrinking{File: f, path: f.Name()}, item{path: "a.json"}, 1<<20); why == nil || !strings.Contains(why.reason, "changed") {
		t.Errorf("cut off: %+v", why)
	}
}

// shrinking is cut off after it has been looked at.
type shrinking struct {
	fs.File
	path string
	done bool
}

func (s *shrinking) Read(p []byte) (int, error) {
	if !s.done {
		s.done = true
		if err := os.Truncate(s.path, 3); err != nil {
			return 0, err
		}
	}
	return s.File.Read(p)
}

func TestNamesAreSafeToShow(t *testing.T) {
	for in, want := range map[string]string{
		"./a//b.json":     "a/b.json",
		"a\x1b[31m.json":  "a\uFFFD[31m.json",
		"a\nb\xff.json":   "a\uFFFDb\uFFFD.json",
		"..":              "..",
		"../x/ä b.json":   "../x/ä b.json",
		"/abs/./x/../y":   "/abs/y",
		"c1\u009bm.json":  "c1\uFFFDm.json",
		"trailing/slash/": "trailing/slash",
	} {
		if got := display(in); got != want {
			t.Errorf("display(%q) = %q, want %q", in, got, want)
		}
	}
}
