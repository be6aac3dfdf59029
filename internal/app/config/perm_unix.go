//go:build unix

package config

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"c4arch/internal/keys/own"
)

// exposed says why the private key of a certificate is none. Beside what package own accepts, it may be read by the group when it belongs to root and we are not
// root: so Kubernetes mounts what a manager of certificates writes, and there the group is all by which the process can read it.
func exposed(path string, info fs.FileInfo) error {
	if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Uid == 0 && os.Geteuid() != 0 && info.Mode().Perm()&^0o640 == 0 {
		return nil
	}
	return own.Check(path, info)
}

// changeable says why a configuration file is not to be trusted.
func changeable(path string, info fs.FileInfo) string {
	if info.Mode().Perm()&0o002 != 0 {
		return fmt.Sprintf("%s can be changed by everybody (mode %04o): chmod o-w '%s'", path, info.Mode().Perm(), path)
	}
	return ""
}
