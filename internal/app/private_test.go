//go:build unix

package app

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// What SQLite makes beside a database asks for 0666, and depends on the mask alone.
func TestPrivate(t *testing.T) {
	was := syscall.Umask(0o022)
	defer syscall.Umask(was)
	private()
	name := filepath.Join(t.TempDir(), "platform.db-wal")
	if err := os.WriteFile(name, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}
