//go:build !unix

package witness

import (
	"io/fs"

	"c4arch/internal/base/fault"
)

// lockDir refuses: a witness whose state two processes could write, or whose renames may be lost, would break its one promise.
func lockDir(string) (func() error, error) {
	return nil, fault.New(fault.Unavailable, "a witness needs a Unix system")
}

func syncDir(string) error { return fault.New(fault.Unavailable, "a witness needs a Unix system") }

func tooOpen(fs.FileInfo) bool { return false }
