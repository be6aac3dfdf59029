//go:build unix

package app

import "syscall"

// private makes every file that the process creates from now on readable by its user alone, those that SQLite makes beside a database among them (umask(2)). It is for the
// processes that hold the data of others; commands of the user's own leave the mask as it is.
func private() { syscall.Umask(0o077) }
