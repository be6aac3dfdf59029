package outdir

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/base/fault"
)

func write(t *testing.T, target string, files map[string]string) {
	t.Helper()
	d, err := Begin(target, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Discard()
	for name, text := range files {
		if err := d.Write(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
}

// list returns every file below dir.
func list(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, p)
			all = append(all, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func wantList(t *testing.T, dir string, want ...string) {
	t.Helper()
	if got := list(t, dir); !slices.Equal(got, want) {
		t.Errorf("%s holds %q, want %q", dir, got, want)
	}
}

func TestReplaceWhole(t *testing.T) {
	parent := t.TempDir()
	target := filepath.Join(parent, "a", "arch")
	write(t, target, map[string]string{"index.html": "one", "views/x.svg": "x", "views/y.svg": "y"})
	wantList(t, filepath.Join(parent, "a"), "arch/.c4arch-output", "arch/index.html", "arch/views/x.svg", "arch/views/y.svg")
	if err := os.WriteFile(filepath.Join(target, ".DS_Store"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, target, map[string]string{"index.html": "two"})
	wantList(t, filepath.Join(parent, "a"), "arch/.c4arch-output", "arch/index.html")
	if text, _ := os.ReadFile(filepath.Join(target, "index.html")); string(text) != "two" {
		t.Errorf("index.html is %q", text)
	}
	plain := filepath.Join(parent, "plain")
	if err := os.Mkdir(plain, 0o777); err != nil {
		t.Fatal(err)
	}
	got, _ := os.Stat(target)
	if want, _ := os.Stat(plain); got.Mode() != want.Mode() {
		t.Errorf("mode %v, want %v, which the umask leaves", got.Mode(), want.Mode())
	}
}

func TestEmptyDirectoryMayBeUsed(t *testing.T) {
	target := t.TempDir()
	write(t, target, map[string]string{"a": "1"})
	wantList(t, target, Marker, "a")
}

func TestWhatIsNotOursStays(t *testing.T) {
	strange := filepath.Join(t.TempDir(), "notes")
	if err := os.MkdirAll(strange, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(strange, "diary.txt"), []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	added := filepath.Join(t.TempDir(), "arch")
	write(t, added, map[string]string{"a": "1"})
	if err := os.WriteFile(filepath.Join(added, "diary.txt"), []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		strange: "was not written by c4arch",
		added:   "holds diary.txt",
		file:    "is a file",
	} {
		_, err := Begin(path, time.Now())
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "-o") || fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: %v", path, err)
		}
		if left := list(t, filepath.Dir(path)); slices.ContainsFunc(left, func(s string) bool { return strings.Contains(s, ".c4arch-") && !strings.HasSuffix(s, Marker) }) {
			t.Errorf("left behind: %v", left)
		}
	}
	if text, _ := os.ReadFile(filepath.Join(strange, "diary.txt")); string(text) != "dear" {
		t.Error("the diary is gone")
	}
}

func TestFilePutThereMeanwhile(t *testing.T) {
	target := filepath.Join(t.TempDir(), "arch")
	d, err := Begin(target, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Discard()
	if err := os.MkdirAll(target, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(target, "diary.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.Commit(); fault.KindOf(err) != fault.Conflict {
		t.Errorf("%v", err)
	}
	d.Discard()
	wantList(t, filepath.Dir(target), "arch/diary.txt")
}

func TestDiscardLeavesTheEarlierOutput(t *testing.T) {
	parent := t.TempDir()
	target := filepath.Join(parent, "arch")
	write(t, target, map[string]string{"a": "1"})
	d, err := Begin(target, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Write("a", []byte("2")); err != nil {
		t.Fatal(err)
	}
	d.Discard()
	wantList(t, parent, "arch/.c4arch-output", "arch/a")
	if text, _ := os.ReadFile(filepath.Join(target, "a")); string(text) != "1" {
		t.Errorf("a is %q", text)
	}
}

func TestCurrentDirectoryIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, path := range []string{".", dir, filepath.Dir(dir)} {
		if err := Check(path); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := Check("arch"); err != nil {
		t.Error(err)
	}
}

func TestSymlinkedTarget(t *testing.T) {
	parent := t.TempDir()
	real, link := filepath.Join(parent, "real"), filepath.Join(parent, "link")
	if err := os.Mkdir(real, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, link); err != nil {
		t.Skip("no symbolic links here: not run")
	}
	write(t, link, map[string]string{"a": "1"})
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link was replaced: %v, %v", info, err)
	}
	wantList(t, real, Marker, "a")
}

func TestNamesThatLeave(t *testing.T) {
	d, err := Begin(filepath.Join(t.TempDir(), "arch"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Discard()
	for _, name := range []string{"../x", "/x", "views/../../x", "", Marker, "a\nb", "a\\b"} {
		if _, err := d.Create(name); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
	if err := d.Write("twice", nil); err != nil {
		t.Error(err)
	}
	if err := d.Write("twice", nil); err == nil {
		t.Error("a name was taken twice")
	}
}

func TestSweep(t *testing.T) {
	parent := t.TempDir()
	target := filepath.Join(parent, "arch")
	old, young, other := filepath.Join(parent, ".arch.c4arch-000102030405"), filepath.Join(parent, ".arch.c4arch-0a0b0c0d0e0f"), filepath.Join(parent, ".arch.c4arch-notes")
	for _, p := range []string{old, young, other} {
		if err := os.Mkdir(p, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-2 * staleAfter)
	for _, p := range []string{old, other} {
		if err := os.Chtimes(p, past, past); err != nil {
			t.Fatal(err)
		}
	}
	write(t, target, map[string]string{"a": "1"})
	for p, want := range map[string]bool{old: false, young: true, other: true} {
		if _, err := os.Stat(p); (err == nil) != want {
			t.Errorf("%s: there %v, want %v", p, err == nil, want)
		}
	}
}
