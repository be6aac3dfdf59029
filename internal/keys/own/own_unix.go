//go:build unix

package own

import (
	"io/fs"
	"os"
	"slices"
	"syscall"
)

func ours(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && (int64(st.Uid) == int64(os.Geteuid()) || st.Uid == 0)
}

// lent reports whether a file is root's, and of a group of ours, while we are not root.
func lent(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || st.Uid != 0 || os.Geteuid() == 0 {
		return false
	}
	groups, err := os.Getgroups()
	return err == nil && slices.Contains(append(groups, os.Getegid()), int(st.Gid))
}
