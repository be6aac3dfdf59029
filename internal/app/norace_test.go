//go:build !race

package app

// raced: the race detector makes everything some ten times as slow.
const raced = false
