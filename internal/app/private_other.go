//go:build !unix

package app

// private does nothing: Windows has access lists in place of modes, which a directory hands down to what is made in it.
func private() {}
