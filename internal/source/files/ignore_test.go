package files

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// What git itself would list is the measure.
func TestGitignoreAsGitDoes(t *testing.T) {
	tree := []string{
		"a.json", "b.json", "dir/a.json", "dir/b.json", "dir/sub/a.json", "dir/sub/deep/c.json", "other/dir/a.json",
		"build/x.json", "src/build/x.json", "foo/build.json", "with space.json", "with space .json", "#hash.json", "!bang.json", "[x].json",
		"data-1.json", "data-12.json", "logs/today/x.json", "logs/keep.json", "x/logs/keep.json", "ünïcode.json", "UPPER.json",
	}
	for i, c := range []struct{ root, nested string }{
		{root: "*.json\n!a.json\n"},
		{root: "build/\n"},
		{root: "/build\n"},
		{root: "build\n"},
		{root: "dir/*.json\n"},
		{root: "dir/**\n!dir/sub/\n"},
		{root: "**/sub/\n"},
		{root: "dir/**/c.json\n"},
		{root: "logs/*\n!logs/keep.json\n"},
		{root: "/logs/\n!/logs/keep.json\n"},
		{root: "data-?.json\n"},
		{root: "data-[0-9][0-9].json\n"},
		{root: "\\#hash.json\n\\!bang.json\n"},
		{root: "\\[x\\].json\n"},
		{root: "ünïcode.json\n"},
		{root: "upper.json\n"},
		{root: "  \n\n# nothing\n"},
		{root: "*\n!*/\n!a.json\n"},
		{root: "*.json\n", nested: "!*.json\nb.json\n"},
		{root: "", nested: "/a.json\nsub/\n"},
		{root: "dir/\n", nested: "!a.json\n"},
		{root: "a.json\r\nb.json\r\n"},
		{root: "**\n"},
		{root: "/*\n!/dir\n/dir/*\n!/dir/sub\n"},
		{root: "*.json\n!/dir\n"},
		{root: "*.json\n!dir\n"},
		{root: "\ufeffa.json\n"},
		{root: "with space .json \n"},
		{root: "a.json\\ \nb.json\t\n"},
		{root: "a.json\\"},
		{root: "[!a].json\n"},
		{root: "[^a].json\n"},
		{root: "[]x[]*.json\n"},
		{root: "[[:upper:]]*.json\n"},
		{root: "[[:nonsense:]]*.json\n"},
		{root: "[a-c.json\n"},
		{root: "dir[+-9]a.json\n"},
		{root: "dir[!x]a.json\n"},
		{root: "dir?a.json\n"},
		{root: "[z-a].json\n"},
		{root: "[\\[]x].json\n"},
		{root: "***/c.json\n"},
		{root: "dir/***\n"},
		{root: "dir/**b.json\n"},
		{root: "d**r/a.json\n"},
		{root: "dir/**/**/c.json\n"},
		{root: "**/dir/**\n"},
		{root: "other/**/a.json\n"},
		{root: "?nïcode.json\n??nïcode.json\n"},
		{root: "(a|b).json\n$x\n^a.json\n+\n{a,b}.json\n"},
		{root: "//a.json\n"},
		{root: "dir//a.json\n"},
		{root: "!\n/\n\\\n"},
	} {
		files := map[string]string{".gitignore": c.root}
		for _, name := range tree {
			files[name] = "{}"
		}
		if c.nested != "" {
			files["dir/.gitignore"] = c.nested
		}
		root := plant(t, files)
		got, _, _ := scan(t, Limits{}, root, root)
		if want := gitLists(t, root); !slices.Equal(got, want) {
			t.Errorf("%d: %q, nested %q\n got %q\nwant %q", i, c.root, c.nested, got, want)
		}
	}
}

func gitLists(t *testing.T, root string) []string {
	t.Helper()
	git := func(args ...string) []byte {
		cmd := exec.Command("git", args...)
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "HOME="+filepath.Join(root, "none"), "XDG_CONFIG_HOME="+filepath.Join(root, "none"), "GIT_CONFIG_NOSYSTEM=1")
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %v: %v", args, err)
		}
		return out
	}
	git("init", "-q")
	var names []string
	for _, n := range strings.Split(strings.TrimRight(string(git("ls-files", "-z", "--others", "--exclude-standard")), "\x00"), "\x00") {
		if strings.HasSuffix(n, ".json") {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}

func TestAGitignoreWithoutEnd(t *testing.T) {
	root := plant(t, map[string]string{".gitignore": strings.Repeat("x\n", patternLimit+1) + "a.json\n", "a.json": "{}"})
	names, notRead, _ := scan(t, Limits{}, root, root)
	wantNames(t, names, "a.json")
	wantReason(t, notRead, ".gitignore", "more than 10000 patterns")
}

// FuzzRead reads any content under several names: no panic, always either an input or a reason or
// neither, and no reason quotes the content.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"", " \n", "{}", `{"format":"c4arch-model"}`, "\xff\xfe{\x00}\x00", "\xfe\xff\x00{\x00}", "\xff\xfe{", "\xef\xbb\xbfa: 1\n",
		"a: 1\n", "--- \n- a\n", "{\"a\":\"\x00\"}", "\xff\xff", "{{ .Values }}\n", "[section]\nkey=value\n", "# only a comment", "%YAML 1.2\n---\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &Set{lim: Limits{FileSize: 1 << 20}.orDefault()}
		for _, name := range []string{"x.json", "x.yaml", "x", "x.conf"} {
			for _, explicit := range []bool{false, true} {
				got, ok := s.read(item{name: name, path: name, explicit: explicit, fsys: fstest.MapFS{name: {Data: data}}})
				switch {
				case !ok && explicit:
					t.Fatalf("%s was named and is passed over", name)
				case ok && got.NotRead != nil && got.NotRead.Reason == "":
					t.Fatalf("%s: no reason", name)
				case ok && got.NotRead == nil && bytes.IndexByte(got.Input.Data, 0) >= 0:
					t.Fatalf("%s: a NUL byte reaches a reader", name)
				}
			}
		}
	})
}

// FuzzGitignore walks a small tree under any .gitignore.
func FuzzGitignore(f *testing.F) {
	for _, s := range []string{"*.json\n!a.json", "/x/**/y/", "[", "[]", "[a-", "\\", "!", "/", "**", "***/a", "a/**/b/**/c/**/d", "\x00", "\xff*", strings.Repeat("*a", 50)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w := walker{set: &Set{lim: Limits{}.orDefault()}, given: ".", real: "/r", seen: map[string]bool{}, budget: new(int), fsys: fstest.MapFS{
			".gitignore": {Data: []byte(text)}, "a.json": {Data: []byte("{}")}, "x/y/b.json": {Data: []byte("{}")}, "x/" + strings.Repeat("a", 60) + ".json": {Data: []byte("{}")},
		}}
		*w.budget = 100
		if err := w.walk(".", nil, 0); err != nil {
			t.Fatal(err)
		}
		// The .gitignore itself may look like a document.
		if n := len(w.set.items); n > 4 {
			t.Fatalf("%d of 4 files", n)
		}
	})
}
