package files

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"
)

func TestLinksThatLeaveAreNotFollowed(t *testing.T) {
	outside := plant(t, map[string]string{"secret.json": `{"a": "outside"}`})
	root := plant(t, map[string]string{"in/a.json": `{}`})
	link := func(to, name string) { must(t, os.Symlink(to, filepath.Join(root, name))) }
	link(filepath.Join(outside, "secret.json"), "absolute.json")
	link("../../../../../../../../../etc/passwd", "relative.json")
	link(outside, "folder")
	link("loop-b", "loop-a")
	link("loop-a", "loop-b")
	link(".", "self")
	link("in", "inner")
	link("in/a.json", "again.json")
	link("nowhere", "dangling.json")
	link("nowhere", "dangling")
	names, notRead, ins := scan(t, Limits{}, root, root)
	wantNames(t, names, "in/a.json")
	for _, n := range []string{"absolute.json", "relative.json", "folder", "loop-a", "loop-b"} {
		wantReason(t, notRead, n, "leaves the scanned directory")
	}
	wantReason(t, notRead, "dangling.json", "nothing")
	if len(notRead) != 6 {
		t.Errorf("not read: %q", notRead)
	}
	for _, p := range []string{"absolute.json", "folder/secret.json", "../secret.json"} {
		if data, err := fs.ReadFile(ins[0].FS, p); err == nil {
			t.Errorf("a reader reaches %s: %q", p, data)
		}
	}
}

func TestSpecialFilesNeverBlock(t *testing.T) {
	root := plant(t, map[string]string{"a.json": `{}`})
	pipe := filepath.Join(root, "pipe.json")
	must(t, syscall.Mkfifo(pipe, 0o600))
	must(t, syscall.Mkfifo(filepath.Join(root, ".gitignore"), 0o600))
	done := make(chan struct{})
	go func() {
		defer close(done)
		names, notRead, ins := scan(t, Limits{}, root, root)
		wantNames(t, names, "a.json")
		wantReason(t, notRead, "pipe.json", "not a file")
		wantReason(t, notRead, ".gitignore", "not a plain file")
		if _, err := fs.ReadFile(ins[0].FS, "pipe.json"); err == nil {
			t.Error("a reader opens a pipe")
		}
		_, notRead, _ = scan(t, Limits{}, root, pipe)
		wantReason(t, notRead, "pipe.json", "empty")
		_, notRead, _ = scan(t, Limits{}, "", os.DevNull)
		wantReason(t, notRead, os.DevNull[1:], "device")
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("a pipe without a writer holds the scan up")
	}
}

func TestAPipeThatIsNamedIsRead(t *testing.T) {
	r, w, err := os.Pipe()
	must(t, err)
	defer r.Close()
	_, err = w.WriteString(`{"a": 1}`)
	must(t, err)
	must(t, w.Close())
	s, err := Open([]string{"/proc/self/fd/" + strconv.Itoa(int(r.Fd()))}, nil, Limits{})
	must(t, err)
	defer s.Close()
	for f := range s.All() {
		if f.NotRead != nil || string(f.Input.Data) != `{"a": 1}` {
			t.Errorf("process substitution: %+v", f)
		}
	}
	if s.Len() != 1 {
		t.Errorf("%d items", s.Len())
	}
}

// What may not be read is reported. The superuser may read everything, so that the thread
// gives its file permissions away for a while (setfsuid(2)).
func TestPermissionDenied(t *testing.T) {
	root := plant(t, map[string]string{"a.json": `{}`, "closed.json": `{}`, "shut/b.json": `{}`})
	must(t, os.Chmod(filepath.Join(root, "closed.json"), 0))
	must(t, os.Chmod(filepath.Join(root, "shut"), 0))
	// The other user must reach the two directories that the test made for itself.
	must(t, os.Chmod(root, 0o755))
	must(t, os.Chmod(filepath.Dir(root), 0o755))
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(root, "shut"), 0o755) })
	if os.Getuid() == 0 {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		must(t, syscall.Setfsuid(65534))
		defer func() { _ = syscall.Setfsuid(0) }()
	}
	names, notRead, _ := scan(t, Limits{}, root, root)
	wantNames(t, names, "a.json")
	wantReason(t, notRead, "closed.json", "permission denied")
	wantReason(t, notRead, "shut", "permission denied")
}
