//go:build unix

package cli

import (
	"os"
	"syscall"
)

// ours reports whether a directory that was found, not named, belongs to the user: one that somebody else has put above the working
// directory is not trusted.
func ours(dir string) bool {
	info, err := os.Stat(dir)
	if err != nil {
		return false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	return !ok || int(st.Uid) == os.Geteuid()
}

// nonblock makes the opening of a pipe that nobody writes to return.
const nonblock = syscall.O_NONBLOCK
