package files

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
)

func lay(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func names(s *Set) []string {
	var list []string
	for f := range s.All() {
		switch {
		case f.NotRead != nil:
			list = append(list, "!"+f.NotRead.Input)
		default:
			list = append(list, f.Input.Name+"="+string(f.Input.Data)+strings.Join(f.Input.Files, ","))
		}
	}
	return list
}

// What was packed is read as the paths themselves would be.
func TestPackedIsWhatWasThere(t *testing.T) {
	dir := lay(t, map[string]string{
		"a.json": `{"a":1}`, "sub/b.yaml": "b: 1\n", "sub/.gitignore": "secret.yaml\n", "sub/secret.yaml": "s: 1\n", "tf/main.tf": "# x", "tf/vars.tf": "# y",
		"tf/x.auto.tfvars": "a=1", "key.pem": "KEY", "node_modules/x.json": "{}", "c4arch.yaml": "version: 1\n", "named/one.json": `{"n":1}`, "named/two.json": `{"n":2}`,
	})
	t.Chdir(dir)
	for _, paths := range [][]string{{"."}, {"sub", "tf", "a.json"}, {"named/one.json", "tf/main.tf"}, {"a.json", "."}} {
		var b, again bytes.Buffer
		if err := Pack(&b, paths, Limits{}); err != nil {
			t.Fatal(err)
		}
		if err := Pack(&again, paths, Limits{}); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
			t.Fatalf("%q: packed twice, other bytes (%v)", paths, err)
		}
		if bytes.Contains(b.Bytes(), []byte("key.pem")) || bytes.Contains(b.Bytes(), []byte("secret.yaml")) || bytes.Contains(b.Bytes(), []byte("node_modules")) {
			t.Errorf("%q: packed what is not to be handed on", paths)
		}
		want, err := Open(paths, nil, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := OpenPacked(b.Bytes(), PackedLimits{})
		if err != nil {
			t.Fatal(err)
		}
		if w, g := names(want), names(got); len(w) == 0 || !slices.Equal(w, g) {
			t.Errorf("%q:\n%q\nbecame\n%q", paths, w, g)
		}
		if w, g := want.Overlays(), got.Overlays(); len(w) != len(g) || len(w) > 0 && w[0].Name != g[0].Name {
			t.Errorf("%q: overlays %v became %v", paths, w, g)
		}
		if err := want.Close(); err != nil {
			t.Error(err)
		}
	}
}

func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPackedIsHostile(t *testing.T) {
	x := `{"version":1,"paths":[{"name":"d","path":"."}]}`
	for what, c := range map[string]struct {
		data []byte
		lim  PackedLimits
		kind fault.Kind
	}{
		"nothing":            {nil, PackedLimits{}, fault.Invalid},
		"no zip":             {[]byte("hello"), PackedLimits{}, fault.Invalid},
		"no index":           {zipped(t, "0/a.json", "{}"), PackedLimits{}, fault.Invalid},
		"another version":    {zipped(t, packIndex, `{"version":2,"paths":[{"name":"d","path":"."}]}`), PackedLimits{}, fault.Invalid},
		"a name that leaves": {zipped(t, packIndex, x, "0/../../etc/a.json", "{}"), PackedLimits{}, fault.Invalid},
		"an absolute name":   {zipped(t, packIndex, x, "/etc/a.json", "{}"), PackedLimits{}, fault.Invalid},
		"too much in all":    {zipped(t, packIndex, x, "0/a.json", strings.Repeat(" ", 1000)), PackedLimits{Total: 500}, fault.Limited},
		"too large a file":   {zipped(t, packIndex, x, "0/a.json", strings.Repeat(" ", 1000)), PackedLimits{Limits: Limits{FileSize: 500}}, fault.Limited},
		"too many files":     {zipped(t, packIndex, x, "0/a", "", "0/b", "", "0/c", ""), PackedLimits{Limits: Limits{Files: 3}}, fault.Limited},
		"too many paths":     {zipped(t, packIndex, `{"version":1,"paths":[{"name":"d","path":"."},{"name":"e","path":"."}]}`), PackedLimits{Paths: 1}, fault.Limited},
		"a file that is not": {zipped(t, packIndex, `{"version":1,"paths":[{"name":"a.json","path":"../a.json","file":true}]}`, "0/a.json", "{}"), PackedLimits{}, fault.Invalid},
	} {
		if _, err := OpenPacked(c.data, c.lim); fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want kind %s", what, err, c.kind)
		}
	}
}

func FuzzOpenPacked(f *testing.F) {
	f.Add(zipped(f, packIndex, `{"version":1,"paths":[{"name":"d","path":"."},{"name":"a.tf","root":1,"path":"a.tf","file":true}]}`, "0/a.json", "{}", "1/a.tf", "# x"))
	f.Add([]byte("PK"))
	f.Fuzz(func(t *testing.T, data []byte) {
		set, err := OpenPacked(data, PackedLimits{Total: 1 << 20})
		if err != nil {
			return
		}
		for found := range set.All() {
			if found.Input.Name == "" && found.NotRead == nil {
				t.Error("an input without a name")
			}
		}
	})
}
