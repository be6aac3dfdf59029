//go:build !unix

package own

import "io/fs"

func ours(fs.FileInfo) bool { return true }
