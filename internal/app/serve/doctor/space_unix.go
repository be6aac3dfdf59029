//go:build linux || darwin

package doctor

import "syscall"

// freeSpace is what a user who is not root can still write, and all there is.
func freeSpace(path string) (free, all uint64, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return 0, 0, err
	}
	return s.Bavail * uint64(s.Bsize), s.Blocks * uint64(s.Bsize), nil
}
