//go:build unix

package witness

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"c4arch/internal/base/fault"
)

// lockDir takes the directory for this process, until what it returns is called or the process ends.
func lockDir(dir string) (func() error, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "open the directory of the witness")
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f.Close, nil
	}
	_ = f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fault.New(fault.Conflict, "another process is the witness in %s", dir)
	}
	return nil, fault.Wrap(fault.Unavailable, err, "lock the directory of the witness")
}

// syncDir makes a rename durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	return errors.Join(err, d.Close())
}

func tooOpen(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }
