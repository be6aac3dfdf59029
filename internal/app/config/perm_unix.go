//go:build unix

package config

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// exposed says why a file with a secret in it is no secret; "" where it is one. Reading by the group is borne in one case, which is how Kubernetes mounts
// secrets for a process that is not root: the file belongs to root, so that the group is all by which the process can read it.
func exposed(path string, info fs.FileInfo) string {
	mode := info.Mode()
	if !mode.IsRegular() {
		return fmt.Sprintf("%s is not a plain file", path)
	}
	allowed := fs.FileMode(0o700)
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		switch self := uint32(os.Geteuid()); {
		case st.Uid == 0 && self != 0:
			allowed = 0o740
		case st.Uid != self:
			return fmt.Sprintf("%s belongs to another user, who can change it: give it to the user of the service (chown)", path)
		}
	}
	if mode.Perm()&^allowed != 0 {
		return fmt.Sprintf("%s can be read or changed by others (mode %04o): chmod 600 %s", path, mode.Perm(), path)
	}
	return ""
}

// openDir says why a data directory is not ours alone.
func openDir(path string, info fs.FileInfo) string {
	if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Uid != uint32(os.Geteuid()) {
		return fmt.Sprintf("the data directory %s belongs to another user: chown it to the user of the service", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Sprintf("the data directory %s is open to others (mode %04o): chmod 700 %s", path, info.Mode().Perm(), path)
	}
	return ""
}

// changeable says why a configuration file is not to be trusted.
func changeable(path string, info fs.FileInfo) string {
	if info.Mode().Perm()&0o002 != 0 {
		return fmt.Sprintf("%s can be changed by everybody (mode %04o): chmod o-w %s", path, info.Mode().Perm(), path)
	}
	return ""
}
