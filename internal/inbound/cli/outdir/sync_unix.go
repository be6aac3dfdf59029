//go:build !windows

package outdir

import "os"

// syncDir flushes a directory's entries to the disk, without which a rename may be lost.
func syncDir(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
