//go:build unix

package own_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"c4arch/internal/keys/own"
)

// asked is set in the process that asks as somebody else: path by path, one a line.
const asked = "OWN_TEST_ASKS"

func TestMain(m *testing.M) {
	list := os.Getenv(asked)
	if list == "" {
		os.Exit(m.Run())
	}
	for path := range strings.SplitSeq(list, "\n") {
		info, err := os.Stat(path)
		if err == nil {
			err = own.Lent(path, info)
		}
		if err == nil {
			_, _ = os.Stdout.WriteString("yes\n")
		} else {
			_, _ = os.Stdout.WriteString("no\n")
		}
	}
	os.Exit(0)
}

func at(t *testing.T, mode os.FileMode, uid, gid int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{os.Chown(path, uid, gid), os.Chmod(path, mode)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestOurs(t *testing.T) {
	for mode, want := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o640: false, 0o604: false, 0o660: false, 0o644: false, 0o777: false} {
		path := at(t, mode, os.Geteuid(), os.Getegid())
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := own.Check(path, info) == nil; got != want {
			t.Errorf("%04o: %v", mode, got)
		}
		if got := own.Lent(path, info) == nil; got != want { // it is ours, and lent by nobody
			t.Errorf("lent, %04o: %v", mode, got)
		}
	}
}

// TestLent asks as a user who is not root, with a group as Kubernetes gives one with fsGroup.
func TestLent(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: it takes root to ask as somebody else")
	}
	const user, group, stranger = 61234, 61235, 61236
	type file struct {
		mode     os.FileMode
		uid, gid int
		want     string
	}
	files := []file{
		{0o640, 0, group, "yes"},
		{0o440, 0, group, "yes"},
		{0o400, user, user, "yes"},
		{0o600, user, user, "yes"},
		{0o660, 0, group, "no"},
		{0o644, 0, group, "no"},
		{0o640, 0, stranger, "no"},
		{0o640, user, group, "no"},
		{0o640, stranger, group, "no"},
		{0o600, stranger, stranger, "no"},
	}
	var paths []string
	for _, f := range files {
		path := at(t, f.mode, f.uid, f.gid)
		for dir := filepath.Dir(path); dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		paths = append(paths, path)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(filepath.Dir(paths[0]), "asks") // where the other user reaches it
	if err := os.WriteFile(program, text, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env, cmd.Dir = append(os.Environ(), asked+"="+strings.Join(paths, "\n")), "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user, Gid: user, Groups: []uint32{group}}}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v %s", err, out)
	}
	got := strings.Fields(string(out))
	if len(got) != len(files) {
		t.Fatalf("%q", out)
	}
	for i, f := range files {
		if got[i] != f.want {
			t.Errorf("%04o of %d:%d: %s", f.mode, f.uid, f.gid, got[i])
		}
	}
}
