//go:build unix

package git

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestPipes: a repository that somebody unpacked may have pipes where git has files. Each is an error, or is passed over; none is waited for, which
// nothing could end.
func TestPipes(t *testing.T) {
	for _, c := range []struct{ name, ref, want string }{
		{"config", "HEAD", "config of the repository"},
		{"packed-refs", "gone", "packed-refs of the repository"},
		{"shallow", "HEAD", "shallow of the repository"},
		{"HEAD", "HEAD", "no commit HEAD"},
		{"refs/heads/main", "main", "no commit main"},
		{"objects", "HEAD", "damaged"},
	} {
		r := newRepo(t)
		r.write("a.txt", "a")
		commit := r.commit("one")
		p := filepath.Join(r.dir, ".git", filepath.FromSlash(c.name))
		if c.name == "objects" {
			p = filepath.Join(p, commit[:2], commit[2:])
		}
		if err := os.Remove(p); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(p, 0o600); err != nil {
			t.Fatal(err)
		}
		repo, err := Open(r.dir)
		if err == nil {
			_, _, err = repo.ReadFile(t.Context(), c.ref, "a.txt", 100)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
