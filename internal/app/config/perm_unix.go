//go:build unix

package config

import (
	"fmt"
	"io/fs"
)

// changeable says why a configuration file is not to be trusted.
func changeable(path string, info fs.FileInfo) string {
	if info.Mode().Perm()&0o002 != 0 {
		return fmt.Sprintf("%s can be changed by everybody (mode %04o): chmod o-w '%s'", path, info.Mode().Perm(), path)
	}
	return ""
}
