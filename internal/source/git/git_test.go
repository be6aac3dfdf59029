package git

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/sha1" // the names of objects
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"c4arch/internal/base/fault"
	"c4arch/internal/source/sourcetest"
)

// repo is a repository that the git command made.
type repo struct {
	t   testing.TB
	dir string
}

func newRepo(t testing.TB) *repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		sourcetest.Missing(t, "git is not installed: no repository was made")
	}
	r := &repo{t, filepath.Join(t.TempDir(), "repo")}
	if err := os.Mkdir(r.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	r.git("init", "-q", "-b", "main")
	return r
}

// git runs a command in the repository, with no configuration but what is said here, and returns what it prints.
func (r *repo) git(args ...string) string {
	r.t.Helper()
	return runGit(r.t, r.dir, args...)
}

func runGit(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=platform-team", "GIT_AUTHOR_EMAIL=platform-team@contoso.example", "GIT_AUTHOR_DATE=2026-01-31T12:00:00Z",
		"GIT_COMMITTER_NAME=platform-team", "GIT_COMMITTER_EMAIL=platform-team@contoso.example", "GIT_COMMITTER_DATE=2026-01-31T12:00:00Z",
		"GIT_ALLOW_PROTOCOL=file")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r *repo) write(name, text string) {
	r.t.Helper()
	p := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// commit commits everything and returns the hash.
func (r *repo) commit(message string) string {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", message)
	return r.git("rev-parse", "HEAD")
}

func open(t testing.TB, dir string) *Repository {
	t.Helper()
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func (r *repo) check(t *testing.T, at *Repository, ref, want string) {
	t.Helper()
	if got, err := at.Resolve(ref); err != nil || got != want {
		t.Errorf("%s is %s, want %s: %v", ref, got, want, err)
	}
}

const baseline = "infra/c4arch.baseline.json"

// history makes a repository with three commits, a branch, and tags of both kinds.
func history(t testing.TB) (r *repo, first, second, third string) {
	r = newRepo(t)
	r.write(baseline, "{\r\n  \"n\": 1\r\n}\n")
	r.write("README.md", "one\n")
	first = r.commit("one")
	r.git("tag", "v1")
	r.git("tag", "-a", "v1-signed-off", "-m", "the first")
	r.write(baseline, "{\"n\": 2}\n")
	second = r.commit("two")
	r.git("branch", "release/2026", "HEAD")
	r.git("tag", "-a", "tag-of-tag", "-m", "of a tag", "v1-signed-off")
	r.write("README.md", "three\n")
	third = r.commit("three")
	return r, first, second, third
}

func TestResolve(t *testing.T) {
	r, first, second, third := history(t)
	side := func() string {
		r.git("checkout", "-q", "-b", "side", first)
		r.write("side.txt", "side\n")
		c := r.commit("side")
		r.git("checkout", "-q", "main")
		r.git("merge", "-q", "--no-ff", "-m", "merge", "side")
		return c
	}()
	merge := r.git("rev-parse", "HEAD")
	for _, packed := range []bool{false, true} {
		if packed {
			r.git("gc", "-q")
			r.git("pack-refs", "--all")
		}
		at := open(t, filepath.Join(r.dir, "infra"))
		if at.Root() != r.dir && !sameFile(at.Root(), r.dir) {
			t.Errorf("root is %s", at.Root())
		}
		for ref, want := range map[string]string{
			"HEAD": merge, "@": merge, "main": merge, "heads/main": merge, "refs/heads/main": merge, "HEAD~1": third, "HEAD^": third, "main~2": second, "HEAD^2": side,
			"HEAD^2~1": first, "HEAD~3": first, "HEAD^0": merge, "HEAD~0": merge, "v1": first, "tags/v1": first, "v1-signed-off": first, "tag-of-tag": first,
			"tag-of-tag^0": first, "release/2026": second, "release/2026~1": first, first: first, strings.ToUpper(second): second, second[:7]: second, second[:12]: second,
			"ORIG_HEAD": third,
		} {
			r.check(t, at, ref, want)
		}
		for ref, kind := range map[string]fault.Kind{
			"": fault.Invalid, "nowhere": fault.NotFound, "HEAD~99": fault.NotFound, "HEAD^3": fault.NotFound, ":/two": fault.Invalid, "HEAD@{1}": fault.Invalid,
			"HEAD^{tree}": fault.Invalid, "../config": fault.Invalid, "refs/../config": fault.Invalid, "-rf": fault.Invalid, "a b": fault.Invalid, "main\x00": fault.Invalid,
			"HEAD~10001": fault.Invalid, "HEAD~99999999999999999999": fault.Invalid, "config": fault.NotFound, "CONFIG": fault.NotFound, "refs/heads": fault.NotFound,
			strings.Repeat("a", 300): fault.Invalid, strings.Repeat("0", 40): fault.NotFound, "00000000": fault.NotFound, "refs/heads/main.lock": fault.Invalid,
			r.git("rev-parse", "HEAD^{tree}"): fault.Invalid,
		} {
			if got, err := at.Resolve(ref); got != "" || fault.KindOf(err) != kind {
				t.Errorf("%q: %s, %v, want %s", ref, got, err, kind)
			}
		}
	}
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(x, y)
}

// TestAgreesWithGit: each commit, by each of the names that git gives it.
func TestAgreesWithGit(t *testing.T) {
	r, _, _, _ := history(t)
	for i := range 30 {
		r.write(fmt.Sprintf("f%d.txt", i), strings.Repeat(fmt.Sprintf("line %d\n", i), 100))
		r.commit(fmt.Sprint(i))
	}
	r.git("gc", "-q")
	at := open(t, r.dir)
	for n := range 33 {
		ref := fmt.Sprintf("HEAD~%d", n)
		want := r.git("rev-parse", ref)
		r.check(t, at, ref, want)
		r.check(t, at, r.git("rev-parse", "--short", ref), want)
	}
	for _, name := range strings.Split(r.git("ls-tree", "-r", "--name-only", "HEAD"), "\n") {
		data, _, err := at.ReadFile(t.Context(), "HEAD", name, 1<<20)
		if err != nil || strings.TrimSpace(string(data)) != strings.TrimSpace(r.git("show", "HEAD:"+name)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadFile(t *testing.T) {
	r, first, second, _ := history(t)
	r.write("big.txt", strings.Repeat("x", 1000))
	r.write("lfs.json", "version https://git-lfs.github.com/spec/v1\noid sha256:"+strings.Repeat("0", 64)+"\nsize 12345\n")
	if err := os.Symlink("infra", filepath.Join(r.dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(r.dir, "out")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../../etc/passwd", filepath.Join(r.dir, "infra", "up")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("b", filepath.Join(r.dir, "a")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a", filepath.Join(r.dir, "b")); err != nil {
		t.Fatal(err)
	}
	r.commit("links")
	// What is changed in the working tree, or there alone, is not what the commit has.
	r.write(baseline, "changed")
	r.write("new.txt", "new")
	at := open(t, r.dir)
	for _, c := range []struct{ ref, path, want, commit string }{
		{"v1", baseline, "{\r\n  \"n\": 1\r\n}\n", first},
		{"release/2026", baseline, "{\"n\": 2}\n", second},
		{"release/2026", "./infra//c4arch.baseline.json", "{\"n\": 2}\n", second},
		{"HEAD", "link/c4arch.baseline.json", "{\"n\": 2}\n", r.git("rev-parse", "HEAD")},
	} {
		data, commit, err := at.ReadFile(t.Context(), c.ref, c.path, 100)
		if err != nil || string(data) != c.want || commit != c.commit {
			t.Errorf("%s of %s: %q of %s, %v", c.path, c.ref, data, commit, err)
		}
	}
	for _, c := range []struct {
		path, want string
		kind       fault.Kind
	}{
		{"", "no path of a file", fault.Invalid},
		{".", "no path of a file", fault.Invalid},
		{"/etc/passwd", "no path", fault.Invalid},
		{"../x", "no path", fault.Invalid},
		{"a\x00b", "no path", fault.Invalid},
		{"new.txt", "has no new.txt", fault.NotFound},
		{"infra", "it is a folder", fault.Invalid},
		{"README.md/x", "has no README.md/x", fault.NotFound},
		{"big.txt", "more than 100 bytes", fault.Limited},
		{"out", "leads out of the commit", fault.Invalid},
		{"infra/up", "leads out of the commit", fault.Invalid},
		{"a", "too many links", fault.Invalid},
		{"lfs.json", "Git LFS", fault.Invalid},
	} {
		limit := int64(100)
		if c.path == "lfs.json" {
			limit = 1000
		}
		data, _, err := at.ReadFile(t.Context(), "HEAD", c.path, limit)
		if data != nil || fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %q, %v, want %s %q", c.path, data, err, c.kind, c.want)
		}
	}
	r.git("gc", "-q")
	at = open(t, r.dir)
	if _, _, err := at.ReadFile(t.Context(), "HEAD", "big.txt", 999); fault.KindOf(err) != fault.Limited {
		t.Errorf("packed and too large: %v", err)
	}
	if data, _, err := at.ReadFile(t.Context(), "HEAD", "big.txt", 1000); err != nil || len(data) != 1000 {
		t.Errorf("packed: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := at.ReadFile(ctx, "HEAD~1", "big.txt", 1000); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

// TestShallow: a runner with one commit, as CI makes it; the error names the command that fetches what is missing, and the command works.
func TestShallow(t *testing.T) {
	r, first, second, third := history(t)
	dir := filepath.Join(t.TempDir(), "runner")
	runGit(t, t.TempDir(), "clone", "-q", "--depth=1", "file://"+r.dir, dir)
	at := open(t, dir)
	r.check(t, at, "HEAD", third)
	r.check(t, at, "origin/main", third)
	r.check(t, at, "origin", third)
	if _, err := at.Resolve("HEAD~1"); fault.KindOf(err) != fault.NotFound || !strings.Contains(err.Error(), "git fetch --deepen=50") {
		t.Errorf("%v", err)
	}
	_, err := at.Resolve("origin/release/2026")
	const command = "git fetch --depth=1 origin release/2026:refs/remotes/origin/release/2026"
	if fault.KindOf(err) != fault.NotFound || !strings.Contains(err.Error(), command) {
		t.Fatalf("%v", err)
	}
	if _, err := at.Resolve("release/2026"); err == nil || !strings.Contains(err.Error(), command) {
		t.Errorf("%v", err)
	}
	if _, err := at.Resolve(first); err == nil || !strings.Contains(err.Error(), "git fetch --depth=1 origin "+first) {
		t.Errorf("%v", err)
	}
	runGit(t, dir, strings.Fields(command)[1:]...)
	at = open(t, dir)
	r.check(t, at, "origin/release/2026", second)
	r.check(t, at, "release/2026", second) // a branch that is only there
	r.check(t, at, "FETCH_HEAD", second)
	if data, commit, err := at.ReadFile(t.Context(), "release/2026", baseline, 100); err != nil || commit != second || string(data) != "{\"n\": 2}\n" {
		t.Errorf("%q %v", data, err)
	}
	runGit(t, dir, "fetch", "-q", "--deepen=50")
	r.check(t, open(t, dir), "HEAD~1", second)
}

// TestDetached: as a runner checks out a pull request.
func TestDetached(t *testing.T) {
	r, first, second, _ := history(t)
	r.git("checkout", "-q", "--detach", second)
	at := open(t, r.dir)
	r.check(t, at, "HEAD", second)
	r.check(t, at, "HEAD~1", first)
	r.git("checkout", "-q", "--orphan", "empty")
	if _, err := open(t, r.dir).Resolve("HEAD"); fault.KindOf(err) != fault.NotFound || !strings.Contains(err.Error(), "no commit yet") {
		t.Errorf("%v", err)
	}
}

func TestLinkedWorktree(t *testing.T) {
	r, first, _, third := history(t)
	dir := filepath.Join(t.TempDir(), "linked")
	r.git("worktree", "add", "-q", "--detach", dir, first)
	at := open(t, filepath.Join(dir, "infra"))
	r.check(t, at, "HEAD", first)
	r.check(t, at, "main", third)
	if !sameFile(at.Root(), dir) {
		t.Errorf("root is %s", at.Root())
	}
	if data, _, err := at.ReadFile(t.Context(), "main", "README.md", 100); err != nil || string(data) != "three\n" {
		t.Errorf("%q %v", data, err)
	}
}

// TestBorrowed: a clone that has its objects elsewhere.
func TestBorrowed(t *testing.T) {
	r, _, second, third := history(t)
	dir := filepath.Join(t.TempDir(), "shared")
	runGit(t, t.TempDir(), "clone", "-q", "--shared", r.dir, dir)
	at := open(t, dir)
	r.check(t, at, "HEAD~1", second)
	r.check(t, at, third[:8], third)
	if data, _, err := at.ReadFile(t.Context(), "HEAD", "README.md", 100); err != nil || string(data) != "three\n" {
		t.Errorf("%q %v", data, err)
	}
}

// TestExtensions: what runners set is read, and what would hide objects is refused.
func TestExtensions(t *testing.T) {
	r, _, _, third := history(t)
	r.git("config", "core.repositoryformatversion", "1")
	r.git("config", "extensions.worktreeConfig", "true")
	r.check(t, open(t, r.dir), "HEAD", third)
	r.git("config", "uploadpack.allowFilter", "true")
	partial := filepath.Join(t.TempDir(), "partial")
	runGit(t, t.TempDir(), "clone", "-q", "--no-checkout", "--filter=blob:none", "file://"+r.dir, partial)
	at := open(t, partial)
	r.check(t, at, "origin/main", third)
	if _, _, err := at.ReadFile(t.Context(), "origin/main", "README.md", 100); fault.KindOf(err) != fault.NotFound || !strings.Contains(err.Error(), "partial clone") {
		t.Errorf("%v", err)
	}
	for _, bad := range [][2]string{{"objectformat", "sha256"}, {"refstorage", "reftable"}} {
		dir := filepath.Join(t.TempDir(), "x", ".git")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		text := "[core]\n\trepositoryformatversion = 1\n[extensions]\n\t" + bad[0] + " = " + bad[1] + "\n"
		if err := os.WriteFile(filepath.Join(dir, "config"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(filepath.Dir(dir)); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), bad[0]) {
			t.Errorf("%s: %v", bad[0], err)
		}
	}
}

func TestOpenNothing(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir); fault.KindOf(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
	for name, text := range map[string]string{"empty": "", "other": "gitdir", "gone": "gitdir: ../nowhere\n", "large": "gitdir: " + strings.Repeat("x", maxPointer)} {
		at := filepath.Join(dir, name)
		if err := os.Mkdir(at, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(at, ".git"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(at); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "bare", ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(dir, "bare")); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
}

// TestFS: the tree of a commit holds to what every file system does, and shows what the commit has.
func TestFS(t *testing.T) {
	r := newRepo(t)
	other, _, _, _ := history(t)
	for _, name := range []string{"main.tf", "modules/net/main.tf", "modules/net/a/b/c.tf", "modules/app.tf", "ü/ß.txt"} {
		r.write(name, name+"\r\n")
	}
	r.write("run.sh", "#!/bin/sh\n")
	if err := os.Chmod(filepath.Join(r.dir, "run.sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"here": "modules/net", "modules/out": "../../x", "modules/up": "../main.tf"} {
		if err := os.Symlink(to, filepath.Join(r.dir, filepath.FromSlash(link))); err != nil {
			t.Fatal(err)
		}
	}
	r.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other.dir, "vendor/shop")
	commit := r.commit("all")
	at := open(t, r.dir)
	fsys, got, err := at.FS(t.Context(), "HEAD", "")
	if err != nil || got != commit {
		t.Fatal(err, got)
	}
	if err := fstest.TestFS(withoutLink{fsys.(*Tree)}, "main.tf", "modules/net/a/b/c.tf", "ü/ß.txt", "run.sh", ".gitmodules"); err != nil {
		t.Error(err)
	}
	if skipped := fsys.(*Tree).Skipped(); !slices.Equal(skipped, []string{"vendor/shop"}) {
		t.Errorf("skipped %q", skipped)
	}
	for name, want := range map[string]string{"here/main.tf": "modules/net/main.tf\r\n", "modules/up": "main.tf\r\n", "modules/net/main.tf": "modules/net/main.tf\r\n"} {
		if data, err := fs.ReadFile(fsys, name); err != nil || string(data) != want {
			t.Errorf("%s: %q %v", name, data, err)
		}
	}
	for name, want := range map[string]error{"modules/out": errLeaves, "vendor/shop/README.md": errSubmodule, "vendor/shop": errSubmodule, "nowhere": fs.ErrNotExist, "../x": fs.ErrInvalid, "main.tf/x": fs.ErrNotExist} {
		if _, err := fsys.Open(name); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	info, err := fs.Stat(fsys, "run.sh")
	if err != nil || info.Mode() != 0o555 || info.Size() != 10 || info.ModTime().Format("2006-01-02") != "2026-01-31" {
		t.Errorf("%v %v", info, err)
	}
	if to, err := fs.ReadLink(fsys, "here"); err != nil || to != "modules/net" {
		t.Errorf("%q %v", to, err)
	}
	if info, err := fs.Lstat(fsys, "here"); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("%v %v", info, err)
	}
	sub, _, err := at.FS(t.Context(), "HEAD", "modules/net")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	err = fs.WalkDir(sub, ".", func(p string, _ fs.DirEntry, err error) error { names = append(names, p); return err })
	if err != nil || !slices.Equal(names, []string{".", "a", "a/b", "a/b/c.tf", "main.tf"}) {
		t.Errorf("%q %v", names, err)
	}
	for path, want := range map[string]string{"main.tf": "no folder", "nowhere": "has no nowhere", "../x": "no path", "vendor/shop": "submodule"} {
		if fsys, _, err := at.FS(t.Context(), "HEAD", path); err == nil || fsys != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

// withoutLink leaves out the one link that leads nowhere, which fstest would open.
type withoutLink struct{ *Tree }

func (f withoutLink) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := f.Tree.ReadDir(name)
	return slices.DeleteFunc(list, func(e fs.DirEntry) bool { return e.Name() == "out" }), err
}

func (f withoutLink) Open(name string) (fs.File, error) {
	x, err := f.Tree.Open(name)
	if d, ok := x.(*dir); ok {
		d.list, err = f.ReadDir(name)
		d.read = true
	}
	return x, err
}

// object writes a loose object of any content, as no git would.
func (r *repo) object(kind string, content []byte) string {
	r.t.Helper()
	whole := append(fmt.Appendf(nil, "%s %d\x00", kind, len(content)), content...)
	sum := fmt.Sprintf("%x", sha1.Sum(whole))
	r.loose(sum, whole)
	return sum
}

func (r *repo) loose(name string, whole []byte) {
	r.t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, err := z.Write(whole)
	if err = errors.Join(err, z.Close()); err != nil {
		r.t.Fatal(err)
	}
	p := filepath.Join(r.dir, ".git", "objects", name[:2], name[2:])
	if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o755), os.RemoveAll(p), os.WriteFile(p, b.Bytes(), 0o644)); err != nil {
		r.t.Fatal(err)
	}
}

func entryOf(mode, name, hash string) string {
	raw, err := hex.DecodeString(hash)
	if err != nil {
		panic(err)
	}
	return mode + " " + name + "\x00" + string(raw)
}

func (r *repo) commitOf(tree string) string {
	return r.object("commit", []byte("tree "+tree+"\nauthor a <a@contoso.example> 1769860800 +0000\ncommitter a <a@contoso.example> 1769860800 +0000\n\nx\n"))
}

// TestBomb: forty trees, each of which holds the one below ten times, are 10^40 files. What is listed is bounded.
func TestBomb(t *testing.T) {
	r, _, _, _ := history(t)
	at := r.object("blob", []byte("x"))
	mode := "100644"
	for range 40 {
		var b strings.Builder
		for i := range 10 {
			b.WriteString(entryOf(mode, fmt.Sprint(i), at))
		}
		at, mode = r.object("tree", []byte(b.String())), "40000"
	}
	c := r.commitOf(at)
	fsys, _, err := open(t, r.dir).FS(t.Context(), c, "")
	if err != nil {
		t.Fatal(err)
	}
	fsys.(*Tree).limits.entries = 10_000
	n := 0
	err = fs.WalkDir(fsys, ".", func(_ string, _ fs.DirEntry, err error) error { n++; return err })
	if fault.KindOf(errors.Unwrap(err)) != fault.Limited || n > 20_000 {
		t.Errorf("%d entries, %v", n, err)
	}
}

// TestOddTrees: names that would leave the tree are left out and said; a path that is too deep is refused.
func TestOddTrees(t *testing.T) {
	r, _, _, _ := history(t)
	blob := r.object("blob", []byte("x"))
	tree := r.object("tree", []byte(entryOf("100644", "..", blob)+entryOf("100644", "a/b", blob)+entryOf("100644", "fine", blob)+entryOf("100644", "fine", blob)+entryOf("100644", "\xff", blob)))
	c := r.commitOf(r.object("tree", []byte(entryOf("40000", "odd", tree))))
	fsys, _, err := open(t, r.dir).FS(t.Context(), c, "")
	if err != nil {
		t.Fatal(err)
	}
	list, err := fs.ReadDir(fsys, "odd")
	if err != nil || len(list) != 1 || list[0].Name() != "fine" || !slices.Equal(fsys.(*Tree).Odd(), []string{"odd"}) {
		t.Errorf("%v %v %q", list, err, fsys.(*Tree).Odd())
	}
	at := blob
	mode := "100644"
	for range maxDepth + 5 {
		at, mode = r.object("tree", []byte(entryOf(mode, "d", at))), "40000"
	}
	deep, _, err := open(t, r.dir).FS(t.Context(), r.commitOf(at), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fs.ReadFile(deep, strings.TrimSuffix(strings.Repeat("d/", maxDepth+5), "/")); fault.KindOf(errors.Unwrap(err)) != fault.Limited {
		t.Errorf("%v", err)
	}
}

// TestDamaged: an object that is not what its name says, or says less than it holds, is refused by its name.
func TestDamaged(t *testing.T) {
	r, _, _, _ := history(t)
	name := r.git("rev-parse", "HEAD:README.md")
	for what, whole := range map[string][]byte{
		"other content": []byte("blob 6\x00threE\n"),
		"bomb":          append([]byte("blob 6\x00"), make([]byte, 50<<20)...),
		"cut off":       []byte("blob 60\x00three\n"),
		"no header":     bytes.Repeat([]byte("x"), 100),
		"no size":       []byte("blob six\x00three\n"),
		"negative size": []byte("blob -6\x00three\n"),
		"other type":    []byte("blub 6\x00three\n"),
		"empty":         {},
	} {
		r.loose(name, whole)
		at := open(t, r.dir)
		if data, _, err := at.ReadFile(t.Context(), "HEAD", "README.md", 1000); data != nil || fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %q, %v", what, data, err)
		}
	}
	r.loose(name, []byte("blob 6\x00three\n"))
	if data, _, err := open(t, r.dir).ReadFile(t.Context(), "HEAD", "README.md", 1000); err != nil || string(data) != "three\n" {
		t.Errorf("%q, %v", data, err)
	}
	if err := os.WriteFile(filepath.Join(r.dir, ".git", "objects", name[:2], name[2:]), []byte("no zlib"), 0o600); err == nil {
		if _, _, err := open(t, r.dir).ReadFile(t.Context(), "HEAD", "README.md", 1000); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v", err)
		}
	}
}

// TestDamagedPack: bytes of a pack that are not what they were give an error, and never another content.
func TestDamagedPack(t *testing.T) {
	r, _, _, _ := history(t)
	r.git("gc", "-q")
	packs, err := filepath.Glob(filepath.Join(r.dir, ".git", "objects", "pack", "*.pack"))
	if err != nil || len(packs) != 1 {
		t.Fatal(err, packs)
	}
	good, err := os.ReadFile(packs[0])
	if err == nil {
		err = os.Chmod(packs[0], 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i := 12; i < len(good)-20; i += 7 {
		bad := bytes.Clone(good)
		bad[i] ^= 0x55
		if err := os.WriteFile(packs[0], bad, 0o600); err != nil {
			t.Fatal(err)
		}
		at, err := Open(r.dir)
		if err != nil {
			continue
		}
		if data, _, err := at.ReadFile(t.Context(), "HEAD", "README.md", 1000); err == nil && string(data) != "three\n" {
			t.Fatalf("byte %d: %q", i, data)
		}
		if err := at.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCircle: references that name each other end.
func TestCircle(t *testing.T) {
	r, _, _, _ := history(t)
	for name, text := range map[string]string{"refs/heads/a": "ref: refs/heads/b\n", "refs/heads/b": "ref: refs/heads/a\n"} {
		if err := os.WriteFile(filepath.Join(r.dir, ".git", filepath.FromSlash(name)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := open(t, r.dir).Resolve("a"); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "circle") {
		t.Errorf("%v", err)
	}
}

func TestConcurrent(t *testing.T) {
	r, _, _, _ := history(t)
	r.git("gc", "-q")
	at := open(t, r.dir)
	fsys, _, err := at.FS(t.Context(), "HEAD", "")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if data, err := fs.ReadFile(fsys, baseline); err != nil || string(data) != "{\"n\": 2}\n" {
					t.Errorf("%q %v", data, err)
				}
				if _, err := at.Resolve("HEAD~1"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestParseRef(t *testing.T) {
	for in, want := range map[string][2]string{
		"git:main": {"main", ""}, "git:origin/main:infra/x.json": {"origin/main", "infra/x.json"}, "git:HEAD~1:": {"HEAD~1", ""}, "git:v1:a:b": {"v1", "a:b"},
		"git:@": {"@", ""}, "git:0123abcd:.": {"0123abcd", "."},
	} {
		if ref, path, ok := ParseRef(in); !ok || ref != want[0] || path != want[1] {
			t.Errorf("%s: %q %q %v", in, ref, path, ok)
		}
	}
	for _, in := range []string{"", "git", "git:", "git::x", "main", "GIT:main", "git:main:../x", "git:main:/etc/passwd", "git:ma in", "git:a..b", "git:-x", "git:HEAD@{1}", "git:main:a\x00"} {
		if ref, path, ok := ParseRef(in); ok || ref+path != "" {
			t.Errorf("%q: %q %q", in, ref, path)
		}
	}
}

// FuzzParseRef: what is taken is a revision and a path within the repository.
func FuzzParseRef(f *testing.F) {
	for _, s := range []string{"git:main", "git:HEAD~1:a/b", "git:HEAD^^~3:", "git:../x", "git:a:../b", "git:@{1}", "git:\xff:\xff", "git:~1", "git:a~99999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ref, path, ok := ParseRef(s)
		if !ok {
			return
		}
		name, steps, _ := parseRevision(ref)
		if name == "" || strings.Contains(name, "..") || strings.ContainsAny(name, ":\\ \x00\n") || filepath.IsAbs(name) || len(steps) > maxRef {
			t.Fatalf("%q: %q %v", s, name, steps)
		}
		if p, ok := clean(path); !ok || !fs.ValidPath(p) {
			t.Fatalf("%q: %q", s, path)
		}
		if back, again, ok := ParseRef("git:" + ref + ":" + path); !ok || back != ref || again != path {
			t.Fatalf("%q is not the same again: %q %q", s, back, again)
		}
	})
}
