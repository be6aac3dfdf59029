// Package own says whether a file or a folder that holds a secret is out of the reach of others.
//
// It promises: what others can read or write is refused, and what belongs to somebody else, with one exception for files, [Lent], for how Kubernetes hands a secret to a
// process that is not root. It leaves out lists of access beyond the bits of the mode, and what is in the file.
package own

import (
	"io/fs"
	"runtime"

	"c4arch/internal/base/fault"
)

// Check refuses what other users can read or write, and what belongs to a user who is neither the one that runs this program nor the administrator.
// On Windows there are no such bits: there the folder of the service has to be its own.
func Check(path string, info fs.FileInfo) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		right := "600"
		if info.IsDir() {
			right = "700"
		}
		return fault.New(fault.Denied, "%s can be reached by other users (mode %04o)", path, mode).WithHelp("run: chmod %s '%s'", right, path)
	}
	if !ours(info) {
		return fault.New(fault.Denied, "%s belongs to another user", path).WithHelp("give it to the user who runs c4arch")
	}
	return nil
}

// Lent is Check for a file that somebody else keeps and lends to this program: beside what Check accepts, a file of the administrator's that one group may read, where this
// program is not the administrator and is of that group. So Kubernetes mounts a Secret into a pod with an fsGroup: owned by root, mode 0440 or 0640, readable by a group that only
// the administrator can put anybody into. Nobody but the administrator may be able to write it.
func Lent(path string, info fs.FileInfo) error {
	if info.Mode().IsRegular() && info.Mode().Perm()&^0o640 == 0 && lent(info) {
		return nil
	}
	return Check(path, info)
}
