// Package own says whether a file or a folder that holds a secret is out of the reach of others.
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
